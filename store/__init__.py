"""The database: every noun of the core, on SQLite and PostgreSQL."""
