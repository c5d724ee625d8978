"""The routes: platforms' hooks, interview signals, the candidates' pages, health and figures for machines."""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from fastapi import FastAPI
from prometheus_client import generate_latest
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot import observe
from bot.web import door, hr, interviews, page, precheck, upload
from bot.web.door import FrontDoor, Refused
from bot.web.my import add_routes
from channels.base import Forged, Malformed
from store import outbox

if TYPE_CHECKING:
    from bot.app import App


def build(app: App) -> FastAPI:
    """Return the ASGI application; starting and stopping it starts and stops everything."""
    site = FastAPI(
        openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False, lifespan=app.lifespan
    )
    root = urlsplit(app.settings.server.public_url).path.rstrip("/")
    site.add_middleware(FrontDoor, root=root)

    @site.exception_handler(HTTPException)
    async def not_there(request: Request, error: HTTPException) -> Response:
        return door.refusal(door.of_router(error), request.scope, root)

    @site.api_route("/hooks/interviews/{account}", methods=["POST"])
    async def interview_signal(account: str, request: Request) -> Response:
        inbound = await door.read(request, app.clock)
        known = app.settings.interviews.get(account)
        if known is None:
            raise Refused(404, "unknown_account", "Use the name of an account in [interviews].")
        body = interviews.verify(inbound, known.secrets)
        async with app.db.read() as tx:
            event = await interviews.read_signal(tx, account, inbound, body)
        if event is None:
            return JSONResponse({"ok": True, "ignored": True})
        await app.receive([event])
        return JSONResponse({"ok": True})

    @site.api_route("/hooks/{platform}/{account}", methods=["GET", "POST"])
    @site.api_route("/hooks/{platform}/{account}/{rest:path}", methods=["GET", "POST"])
    async def hook(platform: str, account: str, request: Request, rest: str | None = None) -> Response:
        inbound = await door.read(request, app.clock)
        channel = app.channels.get(f"{platform}.{account}")
        if channel is None:
            raise Refused(404, "unknown_account", "Use the name of an account in [channels].")
        if rest is not None and not (rest and channel.has_more_doors):
            raise Refused(404, "unknown_path", "Look at the address: there is nothing here.")
        try:
            parsed = await channel.parse(inbound)
        except (Forged, Malformed) as error:
            raise door.of_channel(error) from None
        if parsed.wants_answer:
            event = parsed.events[0]
            parsed = channel.respond(event, *await app.decide(event))
        elif parsed.events:
            await app.receive(parsed.events)
        headers = {"Cache-Control": "no-store", **parsed.headers}
        return Response(parsed.reply, parsed.status, headers, parsed.media_type)

    add_routes(site, app)
    precheck.add_routes(site, app)
    hr.add_routes(site, app)
    upload.add_routes(site, app)

    @site.get("/page.css")
    async def style(request: Request) -> Response:
        return page.sheet(request)

    @site.get("/figures.css")
    async def style_of_figures(request: Request) -> Response:
        return page.sheet(request, "figures.css")

    @site.get("/healthz")
    async def healthy() -> Response:
        return JSONResponse({"ok": True})

    @site.get("/readyz")
    async def ready() -> Response:
        problems = await app.problems()
        return JSONResponse({"ok": not problems, "problems": problems}, 503 if problems else 200)

    @site.get("/metrics")
    async def metrics(request: Request) -> Response:
        if not _is_from_here(request):
            raise Refused(404, "metrics_from_outside", "Ask from this machine or its private network.")
        async with app.db.read() as tx:
            oldest = await outbox.oldest_due(tx, app.clock.now())
        observe.OLDEST_DUE.set((app.clock.now() - oldest).total_seconds() if oldest else 0)
        return Response(generate_latest(observe.REGISTRY), media_type="text/plain; version=0.0.4")

    return site


def _is_from_here(request: Request) -> bool:
    """Tell whether a request comes from this machine or its network, and not through a proxy for the outside."""
    if request.client is None or "x-forwarded-for" in request.headers or "forwarded" in request.headers:
        return False
    try:
        address = ip_address(request.client.host)
    except ValueError:
        return False
    return address.is_loopback or address.is_private
