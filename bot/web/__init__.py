"""One ASGI app: the front door, the platforms' hooks, the tracked link, health."""
