"""Everything a visitor of the page can do, by its address; fields are checked before anything happens."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta

from markupsafe import Markup
from starlette.datastructures import FormData

from bot.sandbox.page import acts, lists
from bot.sandbox.page.regions import draw
from bot.sandbox.page.spoiling import brought, spoil
from bot.sandbox.page.studio import FIRST, Mistaken, Studio
from locales.text import Text, ct

LONGEST_TEXT = 4000
SPANS = {"hour": timedelta(hours=1), "day": timedelta(days=1)}
FIELD = "f."
"""What the names of a form's own fields begin with."""

Doing = Callable[[Studio, FormData], Awaitable[object]]


def field(form: FormData, name: str) -> str:
    """Return a field's text, cut at what anybody may send; empty when it is missing or a file."""
    value = form.get(name, "")
    return value[:LONGEST_TEXT] if isinstance(value, str) else ""


def number(form: FormData, name: str) -> int:
    """Return a field that is to be a number; raises Mistaken."""
    value = field(form, name)
    if not (value.isascii() and value.isdecimal()):
        raise Mistaken(ct("sandbox", "{name} is to be a number.", name=name))
    return int(value[:9])


def filled(form: FormData) -> Mapping[str, str]:
    """Return a form's own fields; of several with one name all values, as one types them."""
    found: dict[str, str] = {}
    for name, value in form.multi_items():
        if name.startswith(FIELD) and isinstance(value, str):
            key, text = name.removeprefix(FIELD), value[:LONGEST_TEXT]
            found[key] = f"{found[key]}, {text}" if key in found else text
    return found


async def _play(studio: Studio, form: FormData) -> None:
    await studio.open(field(form, "story"), field(form, "lang"))


async def _reset(studio: Studio, form: FormData) -> None:
    await studio.open(studio.story.name if studio.story else FIRST)


async def _pause(studio: Studio, form: FormData) -> None:
    studio.pause()


async def _resume(studio: Studio, form: FormData) -> None:
    studio.resume()


async def _step(studio: Studio, form: FormData) -> None:
    studio.step()


async def _clock(studio: Studio, form: FormData) -> None:
    studio.run_at(number(form, "speed"))


async def _pass(studio: Studio, form: FormData) -> None:
    span = field(form, "span")
    if span == "next":
        await studio.to_next()
    elif span in SPANS:
        await studio.passes(SPANS[span])
    else:
        raise Mistaken(ct("sandbox", "Time passes by an hour, a day, or to what is due next."))


async def _say(studio: Studio, form: FormData) -> None:
    await acts.says(studio, field(form, "window"), field(form, "text"), field(form, "by"))


async def _press(studio: Studio, form: FormData) -> None:
    window, by = field(form, "window"), field(form, "by")
    await acts.presses(studio, window, number(form, "message"), field(form, "label"), by, filled(form))


async def _do(studio: Studio, form: FormData) -> None:
    await acts.does(studio, field(form, "window"), field(form, "doing"))


async def _choose(studio: Studio, form: FormData) -> None:
    await acts.chooses(studio, field(form, "window"), field(form, "entry"))


async def _submit(studio: Studio, form: FormData) -> None:
    await acts.submits(studio, field(form, "window"), filled(form))


async def _close(studio: Studio, form: FormData) -> None:
    await acts.closes(studio, field(form, "window"))


async def _visit(studio: Studio, form: FormData) -> None:
    await acts.visits(studio, field(form, "window"), field(form, "to"))


async def _invite(studio: Studio, form: FormData) -> None:
    await acts.invited(studio, field(form, "window"), field(form, "interview"))


async def _browse(studio: Studio, form: FormData) -> None:
    window = field(form, "window")
    await acts.browses(studio, window, number(form, "form"), field(form, "button"), filled(form))


async def _open(studio: Studio, form: FormData) -> None:
    acts.open_window(studio, field(form, "window"))


async def _replay(studio: Studio, form: FormData) -> Text:
    return brought(await studio.replay(studio.exchange(number(form, "exchange"))))


async def _fault(studio: Studio, form: FormData) -> Text:
    return await spoil(studio, field(form, "platform"), field(form, "name"))


async def _upload(studio: Studio, form: FormData) -> Markup:
    studio.looked = await lists.look(studio, form)
    return _uploaded(studio, studio.looked)


async def _apply(studio: Studio, form: FormData) -> Markup:
    studio.looked = await lists.apply(studio, studio.looked)
    return _uploaded(studio, studio.looked)


def _uploaded(studio: Studio, looked: lists.Looked) -> Markup:
    return draw("uploaded.html", studio, looked=looked, counts=looked.found["counts"])


DEEDS: Mapping[str, Doing] = {
    "play": _play,
    "reset": _reset,
    "pause": _pause,
    "resume": _resume,
    "step": _step,
    "clock": _clock,
    "pass": _pass,
    "say": _say,
    "press": _press,
    "do": _do,
    "choose": _choose,
    "submit": _submit,
    "close": _close,
    "visit": _visit,
    "invite": _invite,
    "browse": _browse,
    "open": _open,
    "replay": _replay,
    "fault": _fault,
    "upload": _upload,
    "apply": _apply,
}
"""What can be done, by its address; each POST. What is returned, a sentence or HTML, is shown to whoever did it."""
