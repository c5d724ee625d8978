"""The pure core: events in, decisions out. No clock, network, database, randomness or logging."""
