"""The pages that candidates open from a message: my interview, enter, join, stop. A GET shows, a POST acts."""

from bot.web.my.routes import add_routes

__all__ = ["add_routes"]
