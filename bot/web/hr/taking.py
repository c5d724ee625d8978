"""The same selection to take away as a file: masked, free of formulas, and written down."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from starlette.responses import Response

from bot.export.about import About
from bot.export.job import may_have
from bot.export.loading import load
from bot.export.making import Form, make
from bot.export.rows import Exported
from bot.web.hr.asking import Query
from bot.web.hr.loading import seen_as
from bot.web.hr.opening import Visit
from bot.web.page import HEADERS
from conversations.commands.lines import days_of
from conversations.figures import Question, label_of, reference
from locales.text import Listing, Text, ct
from locales.zones import local
from store import journal

if TYPE_CHECKING:
    from bot.app import App


async def take(app: App, visit: Visit, query: Query, form: Form) -> Response | None:
    """Return the file, None where there is nothing in it; raises bot.export.loading.TooMany.

    Whoever asks is written down, also where nothing comes of it.
    """
    await _record(app, visit, query, form)
    rows = await _rows(app, visit, query)
    if not rows:
        return None
    period, reader = query.asked.period, replace(visit.reader, now=app.clock.now())
    about = About(
        days_of((period.start, period.until), reader.zone),
        reader.now,
        visit.person.name,
        len(rows),
        tuple(_filters(query)),
    )
    days = local(period.start, reader.zone).date(), local(period.until - _MOMENT, reader.zone).date()
    made = await asyncio.to_thread(make, rows, form, about, reader, days)
    headers = {**HEADERS, "Content-Disposition": f'attachment; filename="{made.name}"'}
    return Response(made.data, media_type=made.media_type, headers=headers)


_MOMENT = timedelta(microseconds=1)


async def _rows(app: App, visit: Visit, query: Query) -> Sequence[Exported]:
    period = query.asked.period
    found = await load(app.db, period.start, period.until, seen_as(visit.person))
    meant = Question((), where=query.asked.where)
    return [row for row in found if reference.is_meant(row.facts, meant)]


def _filters(query: Query) -> list[Text]:
    asked = query.asked
    return [
        ct(
            "figures",
            "{dimension} {values}",
            dimension=label_of(each.dimension),
            values=Listing(tuple(asked.named(each.dimension, value) for value in each.values)),
        )
        for each in asked.filters
    ]


async def _record(app: App, visit: Visit, query: Query, form: Form) -> None:
    who = f"person:{visit.person.id}"
    period = query.asked.period
    detail = {"days": f"{period.first}..{period.last}", "form": form, "whole": "no", "from": "page"}
    async with app.db.write() as tx:
        await journal.append(tx, "export.asked", who, who, detail, app.clock.now())


def may_take(visit: Visit) -> bool:
    return may_have(visit.person, is_whole=False)
