"""A story's chats as one page of phones, for the README's picture: `python -m bot.sandbox.picture forgot zh_Hans`."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from bot import observe
from bot.sandbox.stage import COMPANY_ZONE
from bot.sandbox.stories import STORIES
from locales.zones import local

LAST = 5
"""How many messages of each chat fit a phone."""

_pages = Environment(
    loader=PackageLoader("bot.web", "pages"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
)


async def page(name: str, locale: str) -> str:
    """Play a story and return its chats as HTML."""
    story = next(story for story in STORIES if story.name == name)
    async with await story.open(locale) as stage:
        await story.play(stage)
        phones = [
            {
                "name": person.name,
                "messages": [
                    {
                        "is_ours": message.is_of_bot,
                        "text": message.text,
                        "buttons": message.buttons,
                        "file": message.document or "",
                        "at": f"{local(message.at, COMPANY_ZONE):%H:%M}",
                    }
                    for message in person.chat[-LAST:]
                ],
            }
            for person in stage.people.values()
        ]
    return _pages.get_template("phones.html").render(phones=phones, lang=locale.replace("_", "-"))


def main() -> None:
    name, locale, path = sys.argv[1], sys.argv[2], Path(sys.argv[3])
    observe.set_up("error", "text")
    path.write_text(asyncio.run(page(name, locale)), "utf-8")


if __name__ == "__main__":
    main()
