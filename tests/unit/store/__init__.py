"""The store, every test of it on both databases."""
