"""The tables, one revision after the other."""
