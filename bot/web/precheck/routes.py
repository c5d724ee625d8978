"""The addresses of the device check. Only its first has a token; a cookie stands for it in the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from bot.web.my.routes import LOOKS
from bot.web.my.visits import Visits
from bot.web.precheck import assets, words
from bot.web.precheck.checking import Checking
from bot.web.precheck.probes import Probes

if TYPE_CHECKING:
    from bot.app import App


def add_routes(site: FastAPI, app: App) -> None:
    """Let candidates check their devices."""
    visits = Visits(app)
    checking, probes = Checking(app, visits), Probes(app)

    @site.api_route("/check", methods=LOOKS)
    async def look(request: Request) -> Response:
        return await checking.look(request)

    @site.post("/check")
    async def answer_who_it_is(request: Request) -> Response:
        return await checking.answer(request)

    @site.post("/check/report")
    async def report(request: Request) -> Response:
        return await checking.report(request)

    @site.post("/check/want")
    async def want(request: Request) -> Response:
        return await checking.want(request)

    @site.api_route("/check/interview.ics", methods=LOOKS)
    async def calendar(request: Request) -> Response:
        return await checking.calendar(request)

    @site.api_route("/check/qr.svg", methods=LOOKS)
    async def picture(request: Request) -> Response:
        return await checking.picture(request)

    @site.get("/check/time")
    async def time(request: Request) -> Response:
        return probes.time(request)

    @site.get("/check/down")
    async def down(request: Request) -> Response:
        return probes.down(request)

    @site.post("/check/up")
    async def up(request: Request) -> Response:
        return await probes.up(request)

    @site.get("/check/static/{version}/{name}")
    async def asset(version: str, name: str, request: Request) -> Response:
        return assets.answer(version, name, request)

    @site.get("/check/words/{version}/{name}")
    async def said(version: str, name: str, request: Request) -> Response:
        return words.answer(version, name, request)

    # Last, so that nothing above is taken for a token.
    @site.api_route("/check/{link}", methods=LOOKS)
    async def open_link(link: str, request: Request) -> Response:
        return await checking.open(link, request)
