"""The slow work of a list that came by chat or page: fetched, kept, looked at row by row, then taken in."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

from bot.booking import Booking
from bot.importing import columns
from bot.importing.problems import Unreadable
from bot.importing.reading import read
from bot.importing.table import LARGEST_FILE
from bot.problems import Problem
from channels.base import Fetching, NotDelivered
from conversations.events import Event, Sent
from conversations.identity import Person, Role
from locales.text import Reader, Text, t
from locales.translate import render
from store import blobs, interviews, people

if TYPE_CHECKING:
    from bot.jobs import Desk

Args = Mapping[str, Any]
MAY_IMPORT = (Role.HR,)
MAY_ADD = (Role.HR, Role.RECRUITER)
LONGEST_NAME = 80
MOST_TOLD = 60
"""Rows that are told of in chat; of a longer list the others are mended after these."""


async def take_list(desk: Desk, args: Args) -> dict[str, Any]:
    """Look at a list (`do` = look) or take it in (`do` = apply).

    The list is a `blob` that was kept, a `text`, or a file of an `account` by its `reference`. The result has `blob`,
    `kind`, `counts` and `told`: [row, who, what, column, reason] of what is wrong, then of what else is to be known;
    once it is taken in, `plan`: reminders planned and left. Or `unreadable`: one sentence. Who may is asked anew.
    """
    person = UUID(str(args["person"]))
    async with desk.db.read() as tx:
        who = await people.get(tx, person)
    if desk.booking is None or who is None or not who.may(*MAY_IMPORT):
        return {"error": "not allowed"}
    say = _saying(desk, args)
    name = " ".join(str(args.get("file") or "").split())[:LONGEST_NAME] or say(t("The list you sent"))
    try:
        data = await _data(desk, args, name)
    except _TooLarge as large:
        return {"unreadable": say(large.why)}
    async with desk.db.write() as tx:
        blob = await blobs.put(tx, data)
    return {"blob": blob, "file": name, **await look_or_apply(desk.booking, data, name, who, args)}


async def add(desk: Desk, args: Args) -> dict[str, Any]:
    """Add one interview: its label, id, start and `wrong`, [[column, reason]], where it cannot be."""
    async with desk.db.read() as tx:
        who = await people.get(tx, UUID(str(args["person"])))
    if desk.booking is None or who is None or not who.may(*MAY_ADD):
        return {"error": "not allowed"}
    draft = dict(args["draft"])
    own = {} if who.may(Role.HR) else {"recruiter": who.email or who.phone or who.name}
    cells = {name: value for name, value in {**draft, **own}.items() if value}
    asked = {"cells": cells, "lang": args.get("locale") or "en", "actor": f"person:{who.id}"}
    found = await desk.booking.add_one(asked)
    if found.get("wrong") or not found.get("interview"):
        return {"wrong": found.get("wrong") or []}
    async with desk.db.read() as tx:
        made = await interviews.by_name(tx, found["interview"])
    if made is None:
        return {"error": "gone"}
    at = made.attempt.starts_at.isoformat()
    return {"interview": made.label, "id": str(made.id), "starts_at": at}


async def look_or_apply(booking: Booking, data: bytes, name: str, who: Person, args: Args) -> dict[str, Any]:
    """Return what a list would do, or with `do` = apply what it did; `unreadable` where it is none."""
    kind = str(args.get("kind") or "") or _kind_of(data, name)
    asked = {
        "file": name,
        "data": base64.b64encode(data).decode(),
        "apply": args["do"] == "apply",
        "lang": args.get("locale") or "en",
        "actor": f"person:{who.id}",
    }
    try:
        found = await (booking.import_slots(asked) if kind == "slots" else booking.import_list(asked))
    except Problem as problem:
        return {"unreadable": problem.what}
    told = [*_wrong(found["rows"]), *_notes(found["rows"])]
    return {
        "kind": kind,
        "counts": dict(found["counts"]),
        "told": told[:MOST_TOLD],
        "untold": max(0, len(told) - MOST_TOLD),
        "plan": list(found.get("plan", (0, 0))),
    }


def _wrong(rows: list[dict[str, Any]]) -> Iterator[list[Any]]:
    """Yield everything that is wrong with a row that cannot be taken."""
    for row in rows:
        if row["verdict"] == "bad":
            faults = [
                (row["column"], row["reason"]),
                *((one["column"], one["reason"]) for one in row["also"]),
            ]
            for column, reason in faults:
                yield [row["row"], row["label"], "bad", column, reason]


def _notes(rows: list[dict[str, Any]]) -> Iterator[list[Any]]:
    for row in rows:
        if row["verdict"] != "bad":
            for note in row["notes"]:
                yield [row["row"], row["label"], "note", "", note]


def _kind_of(data: bytes, name: str) -> str:
    """Tell whether a list holds interviews or times: what only reads as times is times."""
    try:
        read(data, name, columns.INTERVIEWS)
    except Unreadable:
        try:
            read(data, name, columns.SLOTS)
        except Unreadable:
            return "interviews"
        return "slots"
    return "interviews"


class _TooLarge(Exception):
    def __init__(self, why: Text) -> None:
        super().__init__("too large")
        self.why = why


async def _data(desk: Desk, args: Args, name: str) -> bytes:
    if args.get("blob"):
        async with desk.db.read() as tx:
            return await blobs.read(tx, str(args["blob"]))
    if args.get("text"):
        return str(args["text"]).encode("utf-8")
    channel: object = desk.channels.get(str(args["account"]))
    if not isinstance(channel, Fetching):
        raise NotDelivered("refused", "files are not fetched there")
    now = desk.clock.now()
    sent = Sent("document", str(args["reference"]), name=name)
    event = Event("fetch", str(args["account"]), now, sent, str(args["account"]), str(args.get("user") or ""))
    try:
        return (await channel.fetch(event, str(args["reference"]), LARGEST_FILE)).data
    except NotDelivered as failure:
        if failure.detail == "too_large":
            text = t(
                "{file} is larger than {mb} MB. Split the list, or delete pictures from it, then import again.",
                file=name,
                mb=LARGEST_FILE // 1_000_000,
            )
            raise _TooLarge(text) from None
        raise


def _saying(desk: Desk, args: Args) -> Any:
    locale, zone = str(args.get("locale") or "en"), str(args.get("zone") or "UTC")
    reader = Reader(locale, zone, desk.clock.now())
    return lambda text: render(text, reader)
