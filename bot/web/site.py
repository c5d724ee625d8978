"""The routes: platforms' hooks, interview signals, the tracked interview link, health and figures for machines."""

from __future__ import annotations

from datetime import timedelta
from ipaddress import ip_address
from typing import TYPE_CHECKING

from fastapi import FastAPI
from jinja2 import Environment, PackageLoader, StrictUndefined
from prometheus_client import generate_latest
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from bot import observe
from bot.links import BadToken, PageToken
from bot.web import door, interviews
from bot.web.door import FrontDoor, Refused
from channels.base import Forged, Malformed
from conversations.events import Event, Opened
from conversations.interview import State
from locales.text import Countdown, Moment, Reader, Text, ct, t
from locales.translate import render
from store import interviews as interview_rows
from store import outbox

if TYPE_CHECKING:
    from bot.app import App

OPEN = (State.SCHEDULED, State.JOINED, State.NO_SHOW)
"""States in which an interview can be entered."""
TICK_WITHIN = timedelta(seconds=15)
PAGE_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; form-action 'self' https: http:; "
    "frame-ancestors 'none'; base-uri 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}

_pages = Environment(
    loader=PackageLoader("bot.web", "pages"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
)


def build(app: App) -> FastAPI:
    """Return the ASGI application; starting and stopping it starts and stops everything."""
    site = FastAPI(
        openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False, lifespan=app.lifespan
    )
    site.add_middleware(FrontDoor)

    @site.exception_handler(HTTPException)
    async def not_there(request: Request, error: HTTPException) -> Response:
        return door.refusal(door.of_router(error), request.scope["path"])

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
    async def hook(platform: str, account: str, request: Request) -> Response:
        inbound = await door.read(request, app.clock)
        channel = app.channels.get(f"{platform}.{account}")
        if channel is None:
            raise Refused(404, "unknown_account", "Use the name of an account in [channels].")
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

    @site.get("/go/{token}")
    async def show_entrance(token: str, request: Request) -> Response:
        return await _entrance(app, token, request)

    @site.post("/go/{token}")
    async def enter(token: str, request: Request) -> Response:
        return await _enter(app, token, request)

    @site.get("/page.css")
    async def style() -> Response:
        source, _, _ = _pages.loader.get_source(_pages, "page.css")  # type: ignore[union-attr]
        return Response(source, media_type="text/css", headers={"Cache-Control": "max-age=3600"})

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


async def _read(app: App, token: str) -> PageToken:
    try:
        return app.links.read_page("go", token, app.clock.now())
    except BadToken as bad:
        raise Refused(404, f"link:{bad.reason}", "Open the newest message from us: its link works.") from None


async def _entrance(app: App, token: str, request: Request) -> Response:
    """Show where the interview is. Opening changes nothing: mail scanners and previews open every link."""
    opened = await _read(app, token)
    async with app.db.read() as tx:
        interview = await interview_rows.get(tx, opened.interview)
        person = await app.person(tx, opened.person)
    if interview is None:
        raise Refused(404, "link:unknown", "Open the newest message from us: its link works.")
    policy = app.settings.policies.for_(interview.company, interview.role)
    reader = app.delivery.reader(person, policy, request.headers.get("accept-language", "")[:5] or None)
    attempt = interview.attempt
    is_url = attempt.join.startswith(("https://", "http://"))
    is_on = interview.state in OPEN
    words = {
        "title": t("Your interview: {role}", role=interview.role),
        "when": t("{time}", time=Moment(attempt.starts_at, attempt.zone)),
        "countdown": t("{countdown}", countdown=Countdown(attempt.starts_at)),
        "enter": ct("button", "Enter the interview"),
        "over": t("This interview is no longer open. Please look at the newest message from us."),
        "join": t("How to join: {join}", join=attempt.join),
    }
    return _page("go.html", reader, words, is_url=is_url, is_on=is_on)


async def _enter(app: App, token: str, request: Request) -> Response:
    """Note the tap as evidence, and send the candidate on to the interview."""
    opened = await _read(app, token)
    await door.read(request, app.clock)
    async with app.db.read() as tx:
        interview = await interview_rows.get(tx, opened.interview)
    if interview is None or not interview.attempt.join.startswith(("https://", "http://")):
        raise Refused(404, "link:unknown", "Open the newest message from us: its link works.")
    if interview.state not in OPEN:
        return await _entrance(app, token, request)
    now = app.clock.now()
    id = f"go:{interview.attempt.id}:{now.isoformat(timespec='minutes')}"
    await app.receive([Event(id, "web", now, Opened("entered", interview.id))])
    return RedirectResponse(
        interview.attempt.join, 303, {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
    )


def _page(name: str, reader: Reader, words: dict[str, Text], **values: object) -> HTMLResponse:
    rendered = {key: render(text, reader) for key, text in words.items()}
    lang = reader.locale.replace("_", "-")
    return HTMLResponse(
        _pages.get_template(name).render(lang=lang, **rendered, **values), headers=PAGE_HEADERS
    )


def _is_from_here(request: Request) -> bool:
    """Tell whether a request comes from this machine or its network, and not through a proxy for the outside."""
    if request.client is None or "x-forwarded-for" in request.headers or "forwarded" in request.headers:
        return False
    try:
        address = ip_address(request.client.host)
    except ValueError:
        return False
    return address.is_loopback or address.is_private
