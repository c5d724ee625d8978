"""The addresses of the pages for candidates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from bot.web.my.at import At
from bot.web.my.go import Go
from bot.web.my.join import Join
from bot.web.my.mine import Mine
from bot.web.my.stop import Stop
from bot.web.my.visits import Visits

if TYPE_CHECKING:
    from bot.app import App

LOOKS = ["GET", "HEAD"]
"""What changes nothing, however often and by whomever it is asked: mail scanners and previews open every link."""


def add_routes(site: FastAPI, app: App) -> None:
    """Let candidates in."""
    visits = Visits(app)
    mine, go, join, stop = Mine(app, visits), Go(app, visits), Join(app, visits), Stop(app, visits)
    at = At(app, visits)

    @site.api_route("/my/{link}", methods=LOOKS)
    async def look_at_mine(link: str, request: Request) -> Response:
        return await mine.look(link, request)

    @site.post("/my/{link}")
    async def act_on_mine(link: str, request: Request) -> Response:
        return await mine.act(link, request)

    @site.api_route("/my/{link}/calendar.ics", methods=LOOKS)
    async def calendar(link: str, request: Request) -> Response:
        return await mine.calendar(link, request)

    @site.api_route("/my/{link}/qr.png", methods=LOOKS)
    async def picture_of_mine(link: str, request: Request) -> Response:
        return await mine.picture(link, request)

    @site.api_route("/go/{link}", methods=LOOKS)
    async def look_at_entrance(link: str, request: Request) -> Response:
        return await go.look(link, request)

    @site.post("/go/{link}")
    async def enter(link: str, request: Request) -> Response:
        return await go.enter(link, request)

    @site.api_route("/join/{token}", methods=LOOKS)
    async def look_at_invitation(token: str, request: Request) -> Response:
        return await join.look(token, request)

    @site.api_route("/join/{token}/{account}.png", methods=LOOKS)
    async def picture_of_invitation(token: str, account: str, request: Request) -> Response:
        return await join.picture(token, account, request)

    @site.api_route("/stop/{link}", methods=LOOKS)
    async def look_at_stop(link: str, request: Request) -> Response:
        return await stop.look(link, request)

    @site.post("/stop/{link}")
    async def stop_messages(link: str, request: Request) -> Response:
        return await stop.stop(link, request)

    @site.api_route("/at/{code}", methods=LOOKS)
    async def look_at_typed(code: str, request: Request) -> Response:
        return await at.look(code, request)
