"""The device check: a page that tells candidates, before the interview, whether it will work where they are."""

from bot.web.precheck.routes import add_routes

__all__ = ["add_routes"]
