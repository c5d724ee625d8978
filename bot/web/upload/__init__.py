"""The page where HR sends a list: for chat apps in which files do not reach us."""

from bot.web.upload.routes import add_routes

__all__ = ["add_routes"]
