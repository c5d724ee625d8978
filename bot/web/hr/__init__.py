"""The page of figures for staff: read-only, opened from a chat, in one browser, for half a day."""

from bot.web.hr.routes import add_routes

__all__ = ["add_routes"]
