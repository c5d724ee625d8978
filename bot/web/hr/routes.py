"""The addresses of the page of figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from bot.web.hr.opening import Opening
from bot.web.hr.showing import Showing

if TYPE_CHECKING:
    from bot.app import App

LOOKS = ["GET", "HEAD"]
"""What opens nothing: link previews and mail scanners look at every link, and must not be the one browser."""


def add_routes(site: FastAPI, app: App) -> None:
    """Let staff in."""
    showing = Showing(app, Opening(app))

    @site.api_route("/hr/{link}", methods=LOOKS)
    async def look(link: str, request: Request) -> Response:
        return await showing.look(link, request)

    @site.post("/hr/{link}")
    async def come_in(link: str, request: Request) -> Response:
        return await showing.come_in(link, request)

    @site.get("/hr/{link}/export.{form}")
    async def take(link: str, form: str, request: Request) -> Response:
        return await showing.take(link, form, request)
