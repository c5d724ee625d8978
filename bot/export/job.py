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
from bot.export.making import FORMS, make
from conversations.commands.lines import days_of
from conversations.identity import Person, Role
from locales.text import Reader, t
from locales.zones import local
from store import blobs, people

if TYPE_CHECKING:
    from bot.jobs import Desk

MAY_EXPORT = (Role.HR, Role.RECRUITER, Role.VIEWER)
MAY_EXPORT_WHOLE = (Role.HR,)


async def export(desk: Desk, args: Mapping[str, Any]) -> dict[str, Any]:
    """Make the file that a person asked for: {"blob", "name", "media_type", "rows"}, or what stands against it.

    `args`: person, start, until (ISO), pairs, form, is_whole, locale, zone, is_formal. Nothing found is {"rows": 0},
    too much {"most": …}. What somebody may have is checked anew: roles may have changed while the work waited.
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
    made = await asyncio.to_thread(make, rows, form, about, reader, days)
    async with desk.db.write() as tx:
        blob = await blobs.put(tx, made.data)
    return {"blob": blob, "name": made.name, "media_type": made.media_type, "rows": len(rows)}


def may_have(person: Person, *, is_whole: bool) -> bool:
    """Tell whether somebody may have the list, or even whole names; admins may."""
    return person.may(*(MAY_EXPORT_WHOLE if is_whole else MAY_EXPORT))
