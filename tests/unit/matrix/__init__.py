"""Who may type and press what: a table, and everything that is in the product but not in it fails."""
