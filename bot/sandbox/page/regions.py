"""The parts of the page that change by themselves: each is rendered anew when it may look different."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from functools import cache, partial
from typing import Any
from urllib.parse import parse_qsl, quote

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from bot import observe
from bot.sandbox.lessons import LESSONS, reached
from bot.sandbox.page import markup
from bot.sandbox.page.acts import is_ours
from bot.sandbox.page.knowledge import knowledge
from bot.sandbox.page.letters import letter
from bot.sandbox.page.sentences import SENTENCES
from bot.sandbox.page.spoiling import offered
from bot.sandbox.page.studio import SPEEDS, Studio
from bot.sandbox.page.windows import Window, windows
from bot.sandbox.page.wire import Exchange
from bot.sandbox.platforms import LABELS
from bot.sandbox.slack import SlackStandIn
from bot.sandbox.stage import COMPANY_ZONE
from locales.text import Countdown, Moment, Reader, Text, ct
from locales.translate import render
from locales.zones import local

WIRE_SHOWN = 60
CAPTIONS = 14
_TOKEN = re.compile(r"[\w:%-]{25,}")
PNG = b"\x89PNG"

log = observe.logger("sandbox")


class _Lenient(Environment):
    """Strict about names, but not about what platforms' own JSON may leave out: that is None."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        is_left_out = isinstance(obj, dict) and attribute not in obj and not hasattr(obj, attribute)
        return None if is_left_out else super().getattr(obj, attribute)


@cache
def _templates() -> Environment:
    found = _Lenient(
        loader=PackageLoader("bot.sandbox.page"),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.tests["picture"] = lambda data: data.startswith(PNG)
    found.filters["path"] = lambda path: _TOKEN.sub(lambda found: f"{found[0][:6]}…", str(path))
    found.filters["seconds"] = lambda at: f":{at:%S}"
    found.filters["clock"] = lambda at: f"{local(at, COMPANY_ZONE):%H:%M:%S}"
    found.filters["moment"] = lambda at: f"{local(at, COMPANY_ZONE):%m-%d %H:%M}"
    found.filters["time"] = lambda at: f"{local(at, COMPANY_ZONE):%H:%M}"
    return found


def draw(template: str, studio: Studio, **more: Any) -> Markup:
    """Return a template rendered for whoever watches this studio, in their language.

    `words(Text)`, `say(name)` and `moment(instant)` are what templates write with.
    """
    now = studio.stage.clock.now() if studio.stage is not None else studio.machine.now()
    reader = Reader(studio.locale, COMPANY_ZONE, now)

    def words(text: Text | str) -> str:
        return text if isinstance(text, str) else render(text, reader)

    def say(name: str, /, **values: Any) -> str:
        sentence = SENTENCES[name]
        return render(Text(sentence.msgid, values, context=sentence.context), reader)

    def moment(at: datetime) -> str:
        return render(ct("sandbox", "{when}", when=Moment(at)), reader)

    def counts(at: datetime) -> str:
        return render(ct("sandbox", "{countdown}", countdown=Countdown(at)), reader)

    found = _templates().get_template(template)
    text = found.render(
        studio=studio, words=words, say=say, moment=moment, labels=LABELS[studio.locale],
        shown_in=partial(_Shows, studio, counts), quote=partial(quote, safe=""), now=now, **more,
    )  # fmt: skip
    return Markup(text)  # noqa: S704 - autoescaped by the template


class _Shows:
    """How a window's messages are turned into HTML: its links act in the name of whoever sits there."""

    def __init__(self, studio: Studio, counts: markup.Counts, window: Window) -> None:
        self._studio, self._counts, self._window = studio, counts, window

    def leads(self, label: str, to: str) -> Markup:
        """Return a link: ours opens in their browser here, an invitation is followed, another leads nowhere."""
        stage = self._studio.stage
        if stage is None or (self._window.is_group and not is_ours(stage, to)):
            return Markup('<span class="link">{}</span>').format(label)
        ours = is_ours(stage, to)
        if not ours and not any(each in to for each in ("://t.me/", "weixin.qq.com/", "work.weixin.qq.com/")):
            return Markup('<span class="link" title="{}">{}</span>').format(to, label)
        values = json.dumps({"window": self._window.key, "to": to}, ensure_ascii=False)
        link = Markup(
            '<button type="button" class="link" hx-post="/visit" hx-vals="{}" hx-target="#notice">{}</button>'
        ).format(values, label)
        tab = Markup(' <a class="tab" href="{}" target="_blank" rel="noreferrer" aria-label="{}">↗</a>')
        return link + tab.format(to, f"{label} ↗") if ours and to.startswith(stage.base) else link

    def telegram(self, seen: Any) -> Markup:
        return markup.telegram(seen.text, seen.entities, self.leads, self._counts)

    def slack(self, text: Mapping[str, Any]) -> Markup:
        stage = self._studio.stage
        stand_in = stage.platforms["slack"].stand_in if stage is not None else None
        names = stand_in.name_of if isinstance(stand_in, SlackStandIn) else lambda id: ""
        return markup.slack(text, names, self.leads, self._counts)

    def plain(self, seen: Any) -> Markup:
        return markup.plain(seen.text, seen.opens, self.leads)

    def tencent(self, text: str) -> Markup:
        return markup.tencent(text, self.leads)

    def markdown(self, text: str) -> Markup:
        return markup.markdown(text, self.leads)

    def letter(self, html: str) -> Markup:
        return letter(html, self.leads)


async def _lesson(studio: Studio) -> Markup:
    story = studio.story
    lesson = next((each for each in LESSONS if story is not None and each.name == story.name), None)
    if lesson is None or studio.stage is None:
        return draw("lesson.html", studio, lesson=None, steps=())
    done = await reached(lesson, studio.stage)
    return draw("lesson.html", studio, lesson=lesson, steps=list(zip(lesson.steps, done, strict=True)))


# -- the parts ----------------------------------------------------------------------------------------------

Part = Callable[[Studio], Awaitable[Markup]]


async def _clock(studio: Studio) -> Markup:
    return draw("clock.html", studio, speeds=SPEEDS)


async def _told(studio: Studio) -> Markup:
    return draw("told.html", studio, lines=list(studio.captions)[-CAPTIONS:])


async def _wire(studio: Studio) -> Markup:
    return draw("wire.html", studio, wire=list(studio.wire or ())[:WIRE_SHOWN])


async def _knows(studio: Studio) -> Markup:
    known = await knowledge(studio.stage) if studio.stage is not None else None
    return draw("state.html", studio, known=known)


async def _coped(studio: Studio) -> Markup:
    known = await knowledge(studio.stage) if studio.stage is not None else None
    return draw("coped.html", studio, known=known)


async def _faults(studio: Studio) -> Markup:
    return draw("faults.html", studio, offered=offered(studio))


async def _all_windows(studio: Studio) -> Markup:
    shown, others = windows(studio)
    return draw("windows.html", studio, windows=shown, others=others)


PARTS: Mapping[str, Part] = {
    "clock": _clock,
    "told": _told,
    "lesson": _lesson,
    "windows": _all_windows,
    "wire": _wire,
    "state": _knows,
    "coped": _coped,
    "faults": _faults,
}
"""By their ids on the page."""


async def regions(studio: Studio) -> dict[str, Markup]:
    """Return every part that changes by itself, by its id on the page.

    A part that cannot be shown is a sentence that says so: the others go on.
    """
    return {id: await _part(studio, id, part) for id, part in PARTS.items()}


async def fresh(studio: Studio, known: frozenset[str]) -> dict[str, Markup]:
    """Return the parts as they are now for a page that has some already: of windows, each one that it has."""
    parts = {id: await _part(studio, id, part) for id, part in PARTS.items() if id != "windows"}
    try:
        shown, others = windows(studio)
        ids = f"windows-{'-'.join(window.id for window in shown)}-{len(others)}"
        if ids not in known:
            parts["windows"] = await _part(studio, "windows", _all_windows)
        # Which windows there are, so that all are sent anew when there are others.
        parts[ids] = Markup("")
        parts |= {window.id: draw("window.html", studio, window=window) for window in shown}
    except Exception as error:
        parts["windows"] = _broken(studio, "windows", error)
    return parts


async def _part(studio: Studio, id: str, part: Part) -> Markup:
    try:
        return await part(studio)
    except Exception as error:  # the stage may be struck while it is read
        return _broken(studio, id, error)


def _broken(studio: Studio, id: str, error: Exception) -> Markup:
    log.warning("sandbox.part_broke", part=id, error=type(error).__name__)
    return draw("broken.html", studio, error=type(error).__name__)


def pretty(exchange: Exchange) -> tuple[str, str]:
    """Return a request and its answer as they are read: JSON and forms in lines, anything else as it is."""
    return _pretty(exchange.body, exchange.query), _pretty(exchange.answer, "")


def _pretty(body: bytes, query: str) -> str:
    head = f"?{query}\n\n" if query else ""
    text = body.decode("utf-8", "replace")
    try:
        return head + json.dumps(json.loads(text), ensure_ascii=False, indent=2)
    except ValueError:
        pairs = parse_qsl(text, keep_blank_values=True) if "=" in text and "\n" not in text else []
    return head + ("\n".join(f"{name} = {value}" for name, value in pairs) or text)
