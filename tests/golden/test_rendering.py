"""Messages of every shape on every route in both languages, word for word.

After a change that is meant: `GOLDEN=write python -m pytest tests/golden`, and read the difference.
"""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from channels.routes import ROUTES
from conversations.messages import Message
from tests.golden.pages import page
from tests.support.samples import HOSTILE, MESSAGES, NOW, envelope, hostile

RENDERED = Path(__file__).parent / "rendered"
LOCALES = ("zh_Hans", "en")
LEFT_OUT = {"digest", "digest_with_buttons", *(f"choices_{count}" for count in range(1, 9))}
SHOWN: Mapping[str, Message] = {
    **{name: message for name, message in MESSAGES.items() if name not in LEFT_OUT},
    "hostile": hostile(" ".join(HOSTILE[:6])),
}


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("route", ROUTES)
def test_what_is_said_is_what_was_read_and_approved(route: str, locale: str) -> None:
    pages = ("\n".join([f"=== {name}", *told(route, message, locale), ""]) for name, message in SHOWN.items())
    said = "\n".join(pages)
    file = RENDERED / f"{route}.{locale}.txt"
    if os.environ.get("GOLDEN") == "write":
        file.parent.mkdir(exist_ok=True)
        file.write_text(said, "utf-8", newline="\n")
    assert said == file.read_text("utf-8"), "see the first line of this test's module"


def test_no_page_is_left_over() -> None:
    known = {f"{route}.{locale}.txt" for route in ROUTES for locale in LOCALES}
    assert {file.name for file in RENDERED.iterdir()} == known


def told(route: str, message: Message, locale: str) -> Iterator[str]:
    return page(route, message, envelope(message, locale=locale, account=f"{route}.main"), NOW)
