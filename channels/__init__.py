"""Channels: one module for each platform, all of one shape."""
