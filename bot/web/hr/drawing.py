"""Charts for the page: drawn while the browser shows what stands above them; without them the tables are open."""

from __future__ import annotations

import asyncio
import re
import secrets
from collections.abc import AsyncIterator, Mapping, Sequence
from html import escape

from bot import observe
from bot.charts.drawing import STUDIO, NotDrawn
from bot.charts.font import NoFont
from bot.charts.inline import inline
from bot.charts.onpage import on_page
from bot.web.hr.view import Plot
from locales.text import Reader

PATIENCE = 8.0
"""Seconds that a page waits for its charts; drawing goes on, for whoever loads it again."""

log = observe.logger("pages")
_drawing: set[asyncio.Task[dict[str, str]]] = set()


class Places:
    """Where charts go in a page that is written before they are drawn."""

    def __init__(self) -> None:
        self._mark = secrets.token_hex(8)
        """Nothing that anybody wrote can look like a place."""
        self._place = re.compile(rf"\[{self._mark}:(chart|open):([\w-]+)\]")

    def chart(self, name: str) -> str:
        return f"[{self._mark}:chart:{name}]"

    def open(self, name: str) -> str:
        """Return what stands in a `<details>` until it is known whether it has to be open."""
        return f"[{self._mark}:open:{name}]"

    async def fill(self, html: str, charts: asyncio.Task[dict[str, str]], missing: str) -> AsyncIterator[str]:
        """Yield the page up to the first place at once, and the rest when the charts are there."""
        first = self._place.search(html)
        head = html[: first.start()] if first else html
        yield head
        drawn = await _awaited(charts)
        # A server sends at once what it is given at once.
        yield self._place.sub(lambda place: self._filled(place, drawn, missing), html[len(head) :])

    def _filled(self, place: re.Match[str], drawn: Mapping[str, str], missing: str) -> str:
        what, name = place.groups()
        if what == "open":
            return "" if name in drawn else " open"
        return drawn.get(name, f'<p class="note">{escape(missing)}</p>')


def begin(plots: Sequence[Plot], reader: Reader) -> asyncio.Task[dict[str, str]]:
    """Begin to draw, and return what ends with SVG by the names of the charts: those that there are."""
    task = asyncio.create_task(_draw([plot for plot in plots if plot.picture is not None], reader))
    _drawing.add(task)  # a task that nobody holds may vanish
    task.add_done_callback(_drawing.discard)
    return task


async def _draw(plots: Sequence[Plot], reader: Reader) -> dict[str, str]:
    if not plots:
        return {}
    try:
        specs = [on_page(plot.picture, reader) for plot in plots if plot.picture is not None]
        drawn = await STUDIO.draw(specs, "svg")
    except (NotDrawn, NoFont) as error:
        log.warning("charts.not_drawn", why=str(error))
        return {}
    return {
        plot.name: inline(svg, f"{plot.finding}. {plot.alt}") for plot, svg in zip(plots, drawn, strict=True)
    }


async def _awaited(charts: asyncio.Task[dict[str, str]]) -> Mapping[str, str]:
    try:
        return await asyncio.wait_for(asyncio.shield(charts), PATIENCE)
    except TimeoutError:
        return {}
    except Exception as error:  # a mistake of ours costs the charts, not the page
        log.error("charts.broke", error=error)
        return {}
