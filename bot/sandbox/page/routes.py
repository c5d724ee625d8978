"""The page's addresses: what a visitor sees, what keeps it fresh, and everything they can do on it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

from sse_starlette import EventSourceResponse
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from bot.sandbox.page.regions import draw, pretty, regions
from bot.sandbox.page.studio import FIRST, Mistaken, Studio
from bot.sandbox.stories import STORIES

HERE = Path(__file__).parent
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; font-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
LONGEST_TEXT = 4000
BREATH = timedelta(milliseconds=80)
SPANS = {"hour": timedelta(hours=1), "day": timedelta(days=1)}

Doing = Callable[[Studio, Request], Awaitable[object]]


def build(studio: Studio) -> Starlette:
    """Return the page as an application, for loopback only."""
    deeds = [
        Route(f"/{name}", _deed(studio, doing), methods=["POST"], name=name) for name, doing in _DEEDS.items()
    ]
    return Starlette(
        routes=[
            Route("/", _page(studio)),
            Route("/events", _events(studio)),
            Route("/_sandbox/state", _state(studio)),
            Route("/wire/{id:int}", _exchange(studio)),
            *deeds,
            Mount("/static", StaticFiles(directory=HERE / "static"), name="static"),
        ],
        # A page on the internet that has its name lead to 127.0.0.1 is not answered.
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost"])],
    )


def _page(studio: Studio) -> Callable[[Request], Awaitable[Response]]:
    async def page(request: Request) -> Response:
        if studio.stage is None:
            await studio.open(FIRST)
        found = draw("page.html", studio, regions=await regions(studio), stories=STORIES)
        return HTMLResponse(found, headers=HEADERS)

    return page


def _events(studio: Studio) -> Callable[[Request], Awaitable[Response]]:
    async def events(request: Request) -> Response:
        return EventSourceResponse(_fresh(studio), headers={"Cache-Control": "no-store"})

    return events


async def _fresh(studio: Studio) -> AsyncIterator[dict[str, str]]:
    """Yield the parts of the page that have come to look different, as htmx swaps them in."""
    sent: dict[str, str] = {}
    async for _ in studio.watch():
        changed = []
        for id, html in (await regions(studio)).items():
            digest = sha256(html.encode()).hexdigest()
            if sent.get(id) != digest:
                sent[id] = digest
                changed.append(f'<hx-partial hx-target="#{id}" hx-swap="innerMorph">{html}</hx-partial>')
        if changed:
            yield {"data": "".join(changed)}
            # What happens in a moment is shown together.
            await studio.machine.wait(asyncio.Event(), BREATH)


def _state(studio: Studio) -> Callable[[Request], Awaitable[Response]]:
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


def _exchange(studio: Studio) -> Callable[[Request], Awaitable[Response]]:
    async def exchange(request: Request) -> Response:
        found = studio.wire.get(request.path_params["id"]) if studio.wire is not None else None
        if found is None:
            return HTMLResponse(draw("notice.html", studio, notice="that is forgotten already"), 404, HEADERS)
        question, response = pretty(found)
        html = draw("exchange.html", studio, each=found, question=question, response=response)
        return HTMLResponse(html, headers=HEADERS)

    return exchange


def _deed(studio: Studio, doing: Doing) -> Callable[[Request], Awaitable[Response]]:
    async def deed(request: Request) -> Response:
        if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
            return HTMLResponse("", status_code=403)
        try:
            await doing(studio, request)
        except Mistaken as mistaken:
            return HTMLResponse(
                draw("notice.html", studio, notice=str(mistaken)), status_code=422, headers=HEADERS
            )
        return HTMLResponse(draw("notice.html", studio, notice=""), headers=HEADERS)

    return deed


async def _field(request: Request, name: str) -> str:
    form = await request.form()
    value = form.get(name, "")
    return value[:LONGEST_TEXT] if isinstance(value, str) else ""


async def _number(request: Request, name: str) -> int:
    value = await _field(request, name)
    if not value.isdecimal():
        raise Mistaken(f"{name} is to be a number")
    return int(value[:9])


async def _play(studio: Studio, request: Request) -> None:
    await studio.open(await _field(request, "story"), await _field(request, "lang"))


async def _reset(studio: Studio, request: Request) -> None:
    await studio.open(studio.story.name if studio.story else FIRST)


async def _pause(studio: Studio, request: Request) -> None:
    studio.pause()


async def _resume(studio: Studio, request: Request) -> None:
    studio.resume()


async def _step(studio: Studio, request: Request) -> None:
    studio.step()


async def _say(studio: Studio, request: Request) -> None:
    await studio.says(await _field(request, "window"), await _field(request, "text"))


async def _press(studio: Studio, request: Request) -> None:
    number = await _number(request, "message")
    await studio.presses(await _field(request, "window"), number, await _field(request, "label"))


async def _clock(studio: Studio, request: Request) -> None:
    studio.run_at(await _number(request, "speed"))


async def _pass(studio: Studio, request: Request) -> None:
    span = await _field(request, "span")
    if span == "next":
        await studio.to_next()
    elif span in SPANS:
        await studio.passes(SPANS[span])
    else:
        raise Mistaken(f"time passes by {', '.join((*SPANS, 'next'))}")


async def _replay(studio: Studio, request: Request) -> None:
    await studio.replay(await _number(request, "exchange"))


_DEEDS: dict[str, Doing] = {
    "play": _play,
    "reset": _reset,
    "pause": _pause,
    "resume": _resume,
    "step": _step,
    "say": _say,
    "press": _press,
    "clock": _clock,
    "pass": _pass,
    "replay": _replay,
}
"""What can be done, by its address; each POST."""
