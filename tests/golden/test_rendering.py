"""Every message on every route in both languages, word for word.

After a change that is meant: `GOLDEN=write python -m pytest tests/golden`, and read the difference.
"""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from channels import CHANNELS, load
from channels.routes import ROUTES
from channels.shape import shape
from conversations.messages import Message
from tests.support.samples import HOSTILE, MESSAGES, NOW, envelope, hostile

RENDERED = Path(__file__).parent / "rendered"
LOCALES = ("zh_Hans", "en")
LEFT_OUT = {"digest", *(f"choices_{count}" for count in range(1, 9))}
SHOWN: Mapping[str, Message] = {
    **{name: message for name, message in MESSAGES.items() if name not in LEFT_OUT},
    "hostile": hostile(" ".join(HOSTILE[:6])),
}


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("route", ROUTES)
def test_what_is_said_is_what_was_read_and_approved(route: str, locale: str) -> None:
    pages = ("\n".join([f"=== {name}", *page(route, message, locale), ""]) for name, message in SHOWN.items())
    told = "\n".join(pages)
    file = RENDERED / f"{route}.{locale}.txt"
    if os.environ.get("GOLDEN") == "write":
        file.parent.mkdir(exist_ok=True)
        file.write_text(told, "utf-8", newline="\n")
    assert told == file.read_text("utf-8"), "see the first line of this test's module"


def test_no_page_is_left_over() -> None:
    known = {f"{route}.{locale}.txt" for route in ROUTES for locale in LOCALES}
    assert {file.name for file in RENDERED.iterdir()} == known


def page(route: str, message: Message, locale: str) -> Iterator[str]:
    """Yield the calls of a channel, or, for a route that has none yet, what it could carry."""
    made = envelope(message, locale=locale, account=f"{route}.main")
    if route in CHANNELS:
        config = {"token": "1:abcdefgh"} if route == "telegram" else {}
        for call in load(route)(f"{route}.main", config, lambda: NOW).render(message, made).calls:
            yield call.method
            for name, value in call.params.items():
                yield from field(name, value)
        return
    shaped = shape(message, made, ROUTES[route])
    yield from field("text", shaped.text)
    for button in shaped.buttons:
        yield f"  [{button.label}] {button.style} {button.url or button.value.rstrip('x')}"
    for file in shaped.files:
        yield f"  file {file.name}"


def field(name: str, value: object) -> Iterator[str]:
    match value:
        case str() if "\n" in value:
            yield f"  {name}:"
            yield from (f"    | {line}" for line in value.split("\n"))
        case list():
            yield f"  {name}:"
            yield from (f"    - {item}" for item in value)
        case dict() if name == "reply_markup":
            yield from field("buttons", ["  ".join(map(key, row)) for row in value["inline_keyboard"]])
        case _:
            yield f"  {name}: {value}"


def key(button: Mapping[str, str]) -> str:
    leads = button.get("url") or button["callback_data"].rstrip("x")
    return " ".join([f"[{button['text']}]", *([button["style"]] if "style" in button else []), leads])
