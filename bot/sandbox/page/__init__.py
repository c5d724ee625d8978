"""The sandbox's page: chat windows of everybody, time to move, the wire underneath, in a browser on this machine."""

from bot.sandbox.page.routes import build
from bot.sandbox.page.studio import Studio

__all__ = ["Studio", "build"]
