"""The page's addresses: what a visitor sees, what keeps it fresh, and everything they can do on it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from time import perf_counter
from urllib.parse import quote, urlsplit

from markupsafe import Markup
from sse_starlette import EventSourceResponse
from starlette.applications import Starlette
from starlette.datastructures import FormData
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from bot.sandbox.page import acts
from bot.sandbox.page.deeds import DEEDS, Doing
from bot.sandbox.page.lists import samples
from bot.sandbox.page.regions import PNG, draw, fresh, pretty, regions
from bot.sandbox.page.studio import Mistaken, Studio
from bot.sandbox.stories import Story
from locales.text import Text, ct

HERE = Path(__file__).parent
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; font-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
BREATH = timedelta(milliseconds=80)
LONGEST_BODY = 3_000_000
"""Bytes; a list of interviews may have two million."""

TOO_LARGE = ct("sandbox", "That is too large: at most {mb} MB.", mb=LONGEST_BODY // 1_000_000)

NO_FILE = ct("sandbox", "There is no such file.")

Answers = Callable[[Request], Awaitable[Response]]


def build(studio: Studio) -> Starlette:
    """Return the page as an application, for loopback only."""
    deeds = [
        Route(f"/{name}", _deed(studio, doing), methods=["POST"], name=name) for name, doing in DEEDS.items()
    ]
    return Starlette(
        routes=[
            Route("/", _page(studio)),
            Route("/events", _events(studio)),
            Route("/_sandbox/state", _state(studio)),
            Route("/wire/{id:int}", _exchange(studio)),
            Route("/files/{number:int}", _file(studio)),
            Route("/samples/{name}", _sample(studio)),
            *deeds,
            Mount("/static", StaticFiles(directory=HERE / "static"), name="static"),
        ],
        # A page on the internet that has its name lead to 127.0.0.1 is not answered.
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost"])],
    )


def _page(studio: Studio) -> Answers:
    async def page(request: Request) -> Response:
        studio.begin()
        found = draw(
            "page.html", studio, regions=await regions(studio), groups=_groups(studio), samples=[*samples()]
        )
        return HTMLResponse(found, headers=HEADERS)

    return page


def _groups(studio: Studio) -> dict[str, list[Story]]:
    """Return what can be played, under the names of its kinds."""
    found: dict[str, list[Story]] = {"cases": [], "lessons": [], "scenarios": []}
    for story in studio.stories.values():
        kind = story.name.partition("-")[0]
        found[{"case": "cases", "lesson": "lessons"}.get(kind, "scenarios")].append(story)
    return found


def _events(studio: Studio) -> Answers:
    async def events(request: Request) -> Response:
        # Lines end in \n alone: the reader of hx-sse 4.0.1 takes a \r\n that is cut in two for an event's end.
        return EventSourceResponse(_fresh(studio), headers={"Cache-Control": "no-store"}, sep="\n")

    return events


async def _fresh(studio: Studio) -> AsyncIterator[dict[str, str]]:
    """Yield the parts of the page that have come to look different, as htmx swaps them in."""
    sent: dict[str, str] = {}
    async for _ in studio.watch():
        began = perf_counter()
        parts = await fresh(studio, frozenset(sent))
        changed = []
        for id, html in parts.items():
            digest = sha256(html.encode()).hexdigest()
            is_within = "windows" in parts and id.startswith("w") and id not in ("windows", "wire")
            if sent.get(id) != digest and html and not is_within:
                changed.append(f'<hx-partial hx-target="#{id}" hx-swap="innerMorph">{html}</hx-partial>')
            sent[id] = digest
        for gone in [id for id in sent if id not in parts]:
            del sent[gone]
        if changed:
            yield {"data": "".join(changed)}
            # What happens in a moment is shown together; whoever draws slowly draws more rarely.
            spent = timedelta(seconds=perf_counter() - began)
            await studio.machine.wait(asyncio.Event(), BREATH + 2 * spent)


def _state(studio: Studio) -> Answers:
    async def state(request: Request) -> Response:
        stage = studio.stage
        return JSONResponse(
            {
                "story": studio.story.name if studio.story else None,
                "is_playing": studio.is_playing,
                "outcome": studio.outcome,
                "now": stage.clock.now().isoformat() if stage else None,
                "version": studio.version,
                "wire": len(studio.wire) if studio.wire else 0,
            }
        )

    return state


def _exchange(studio: Studio) -> Answers:
    async def exchange(request: Request) -> Response:
        try:
            found = studio.exchange(request.path_params["id"])
        except Mistaken as mistaken:
            return HTMLResponse(
                draw("notice.html", studio, notice=mistaken.said, is_good=False), 404, HEADERS
            )
        question, response = pretty(found)
        html = draw("exchange.html", studio, each=found, question=question, response=response)
        return HTMLResponse(html, headers=HEADERS)

    return exchange


def _file(studio: Studio) -> Answers:
    """Return what came with a message, named by its window: pictures to look at, anything else to be kept."""

    async def file(request: Request) -> Response:
        try:
            key, number = request.query_params.get("window", ""), request.path_params["number"]
            shown = acts.message(studio, key, number)
        except Mistaken as mistaken:
            return HTMLResponse(
                draw("notice.html", studio, notice=mistaken.said, is_good=False), 404, HEADERS
            )
        is_picture = shown.data.startswith(PNG)
        kept = (
            {}
            if is_picture
            else {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(shown.document or 'file')}"}
        )
        media = "image/png" if is_picture else "application/octet-stream"
        return Response(shown.data, headers={**HEADERS, **kept}, media_type=media)

    return file


def _sample(studio: Studio) -> Answers:
    async def sample(request: Request) -> Response:
        found = samples().get(request.path_params["name"])
        if found is None:
            return HTMLResponse(draw("notice.html", studio, notice=NO_FILE, is_good=False), 404, HEADERS)
        kept = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(request.path_params['name'])}"}
        return Response(found, headers={**HEADERS, **kept}, media_type="application/octet-stream")

    return sample


def _deed(studio: Studio, doing: Doing) -> Answers:
    async def deed(request: Request) -> Response:
        if not _is_from_here(request):
            return Response("this is not from the page", 403, media_type="text/plain")
        length = request.headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > LONGEST_BODY:
            return HTMLResponse(draw("notice.html", studio, notice=TOO_LARGE, is_good=False), 413, HEADERS)
        locale = studio.locale
        try:
            async with request.form(max_files=1, max_fields=100) as form:
                told = await doing(studio, FormData(form.multi_items()))
        except Mistaken as mistaken:
            html = draw("notice.html", studio, notice=mistaken.said, is_good=False)
            return HTMLResponse(html, status_code=422, headers=HEADERS)
        said = told if isinstance(told, Text) else ""
        answer = told if isinstance(told, Markup) else draw("notice.html", studio, notice=said, is_good=True)
        # In another language the whole page reads differently.
        again = {"HX-Refresh": "true"} if studio.locale != locale else {}
        return HTMLResponse(answer, headers={**HEADERS, **again})

    return deed


def _is_from_here(request: Request) -> bool:
    """Tell whether a request comes from the page itself, and not from a page elsewhere that a browser has open."""
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return False
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host")
