"""What it costs: each script prints figures; nothing here fails for being slow."""
