"""The addresses of the page for lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from bot.web.hr.opening import Opening
from bot.web.upload.receiving import PURPOSE, Receiving

if TYPE_CHECKING:
    from bot.app import App


def add_routes(site: FastAPI, app: App) -> None:
    """Let HR send lists."""
    receiving = Receiving(app, Opening(app, PURPOSE))

    @site.api_route("/upload/{link}", methods=["GET", "HEAD"])
    async def look_at_upload(link: str, request: Request) -> Response:
        return await receiving.look(link, request)

    @site.post("/upload/{link}")
    async def send_list(link: str, request: Request) -> Response:
        return await receiving.act(link, request)
