"""Channels, piece by piece."""
