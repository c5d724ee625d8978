"""The slow work of an export: read, choose, write, keep the file; what comes back names it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from bot.export.about import About
from bot.export.choosing import chosen
from bot.export.loading import MOST, TooMany, load
from bot.export.making import FORMS, make_parts
from channels.base import Caps
from conversations.commands.lines import days_of
from conversations.identity import Person, Role
from locales.text import Reader, t
from locales.zones import local
from store import blobs, people

if TYPE_CHECKING:
    from bot.jobs import Desk

LARGEST = 20_000_000
"""Bytes, where nothing else is known: what WeCom takes."""
MAY_EXPORT = (Role.HR, Role.RECRUITER, Role.VIEWER)
MAY_EXPORT_WHOLE = (Role.HR,)


async def export(desk: Desk, args: Mapping[str, Any]) -> dict[str, Any]:
    """Make the file that a person asked for: {"blob", "name", "media_type", "rows"}, or what stands against it.

    `args`: person, start, until (ISO), pairs, form, is_whole, locale, zone, is_formal. Nothing found is {"rows": 0},
    too much {"most": …}. What is larger than a message may carry comes in parts, in `files`. What somebody may have
    is checked anew: roles may have changed while the work waited.
    """
    async with desk.db.read() as tx:
        person = await people.get(tx, UUID(args["person"]))
    if person is None or not may_have(person, is_whole=bool(args["is_whole"])):
        return {"error": "not allowed"}
    start, until = (datetime.fromisoformat(args[name]) for name in ("start", "until"))
    try:
        found = await load(desk.db, start, until, person)
    except TooMany:
        return {"most": MOST}
    rows = chosen(found, args["pairs"], person.id)
    if not rows:
        return {"rows": 0}
    now = desk.clock.now()
    reader = Reader(args["locale"], args["zone"], now, bool(args["is_formal"]))
    about = About(
        days_of((start, until), reader.zone),
        now,
        person.name,
        len(rows),
        tuple(t("{filter}", filter=f"{key}:{value}") for key, value in args["pairs"].items()),
        bool(args["is_whole"]),
    )
    form = next(form for form in FORMS if form == args["form"])
    days = local(start, reader.zone).date(), local(until - timedelta(microseconds=1), reader.zone).date()
    made = await asyncio.to_thread(make_parts, rows, form, about, reader, days, largest_of(desk.house.caps))
    files = []
    for each in made:
        async with desk.db.write() as tx:
            files.append({"blob": await blobs.put(tx, each.data), "name": each.name})
    return {**files[0], "files": files, "media_type": made[0].media_type, "rows": len(rows)}


def largest_of(caps: Mapping[str, Caps]) -> int:
    """Return how many bytes a file may have on every route that it may go by: which one it is, is known later."""
    return min((own.largest_file for own in caps.values() if own.files), default=LARGEST)


def may_have(person: Person, *, is_whole: bool) -> bool:
    """Tell whether somebody may have the list, or even whole names; admins may."""
    return person.may(*(MAY_EXPORT_WHOLE if is_whole else MAY_EXPORT))
