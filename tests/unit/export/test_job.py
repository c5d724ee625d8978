"""The slow work of an export: who may have what, which attempts, and the file that is kept."""

import csv
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import StringIO
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest

from bot.clock import VirtualClock
from bot.export import loading
from bot.export.job import export, largest_of
from channels.routes import ROUTES
from conversations.identity import Person, Role
from store import blobs, people
from store.db import Database
from tests.support.histories import history
from tests.unit.store.conftest import database_url, db, empty_url, keyring, migrated_file

__all__ = ["database_url", "db", "empty_url", "keyring", "migrated_file"]

START = datetime(2026, 10, 1, tzinfo=UTC)
UNTIL = START + timedelta(days=31)
NOW = UNTIL + timedelta(days=1)


@pytest.fixture
def desk(db: Database) -> Any:
    return SimpleNamespace(db=db, clock=VirtualClock(NOW), house=SimpleNamespace(caps={}))


async def somebody(db: Database, *roles: Role) -> Person:
    person = Person(uuid4(), "韩梅梅", roles=frozenset(roles))
    async with db.write() as tx:
        return await people.create(tx, person)


def asked(person: Person, **changes: Any) -> dict[str, Any]:
    usual = {
        "person": str(person.id), "when": "last30d", "start": START.isoformat(), "until": UNTIL.isoformat(),
        "pairs": {}, "form": "json", "is_whole": False, "locale": "zh_Hans", "zone": "Asia/Shanghai", "is_formal": True,
    }  # fmt: skip
    return {**usual, **changes}


async def attempts(db: Database, result: dict[str, Any]) -> list[dict[str, Any]]:
    async with db.read() as tx:
        data = await blobs.read(tx, result["blob"])
    found: list[dict[str, Any]] = json.loads(data)["attempts"]
    assert len(found) == result["rows"]
    return found


async def test_hr_gets_every_attempt_of_the_time_once(db, desk):
    async with db.write() as tx:
        await history(tx, 1, START)
    hr = await somebody(db, Role.HR)
    found = await attempts(db, await export(desk, asked(hr)))
    assert len({(row["interview"], row["attempt"]) for row in found}) == len(found) > 40
    assert [row["starts_at"] for row in found] == sorted(row["starts_at"] for row in found)
    assert {row["name"] for row in found} == {"李*"}
    whole = await attempts(db, await export(desk, asked(hr, is_whole=True)))
    assert {row["name"] for row in whole} == {"李雷"}


async def test_recruiters_get_their_own_and_never_whole_names(db, desk):
    async with db.write() as tx:
        recruiter, other = await history(tx, 2, START)
    found = await attempts(db, await export(desk, asked(recruiter)))
    assert found
    assert {row["recruiter"] for row in found} == {"R0"}
    mine = await attempts(db, await export(desk, asked(recruiter, pairs={"owner": "@me"})))
    assert mine == found
    assert await export(desk, asked(other, is_whole=True)) == {"error": "not allowed"}


@pytest.mark.parametrize("roles", [(Role.SUPPORT,), (Role.CANDIDATE,)])
async def test_who_lost_the_right_meanwhile_gets_nothing(db, desk, roles):
    assert await export(desk, asked(await somebody(db, *roles))) == {"error": "not allowed"}


@pytest.mark.parametrize(
    ("pairs", "holds"),
    [
        ({"source": "校招"}, lambda row: row["source"] == "校招"),
        ({"job": "java"}, lambda row: row["role"] == "Java"),
        ({"type": "campus"}, lambda row: row["candidate_type"] == "campus"),
        ({"state": "no_show"}, lambda row: row["outcome"] == "no_show"),
        ({"state": "scheduled"}, lambda row: row["outcome"] is None),
        ({"reason": "technical"}, lambda row: row["reason"] == "technical"),
        ({"reason": "none"}, lambda row: row["outcome"] == "no_show" and row["reason"] is None),
        ({"tag": "校区=北京"}, lambda row: row["tags"].get("校区") == "北京"),
        ({"tag": "25-29"}, lambda row: row["tags"].get("年龄段") == "25-29"),
        ({"owner": "r1"}, lambda row: row["recruiter"] == "R1"),
        (
            {"source": "fair", "state": "no_show"},
            lambda row: (row["source"], row["outcome"]) == ("fair", "no_show"),
        ),
    ],
)
async def test_selectors_choose_exactly_what_they_mean(db, desk, pairs, holds):
    async with db.write() as tx:
        await history(tx, 3, START, size=60)
    hr = await somebody(db, Role.HR)
    everything = await attempts(db, await export(desk, asked(hr)))
    found = await attempts(db, await export(desk, asked(hr, pairs=pairs)))
    assert found == [row for row in everything if holds(row)] != []


async def test_nothing_and_too_much_are_told_and_make_no_file(db, desk, monkeypatch):
    hr = await somebody(db, Role.HR)
    assert await export(desk, asked(hr)) == {"rows": 0}
    async with db.write() as tx:
        await history(tx, 4, START)
    assert await export(desk, asked(hr, pairs={"source": "nowhere"})) == {"rows": 0}
    monkeypatch.setattr(loading, "MOST", 10)
    monkeypatch.setattr("bot.export.job.MOST", 10)
    assert await export(desk, asked(hr)) == {"most": 10}


async def test_the_days_are_exact_at_both_ends(db, desk):
    async with db.write() as tx:
        await history(tx, 5, START)
    hr = await somebody(db, Role.HR)
    found = await attempts(db, await export(desk, asked(hr)))
    times = sorted({datetime.fromisoformat(row["starts_at"]) for row in found})
    part = asked(hr, start=times[1].isoformat(), until=times[-1].isoformat())
    kept = {datetime.fromisoformat(row["starts_at"]) for row in await attempts(db, await export(desk, part))}
    assert sorted(kept) == times[1:-1]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
async def test_the_file_is_named_and_typed(db, desk, form):
    async with db.write() as tx:
        await history(tx, 6, START)
    hr = await somebody(db, Role.HR)
    result = await export(desk, asked(hr, form=form))
    assert result["name"] == f"interviews-2026-10-01-to-2026-11-01.{form}"
    assert result["media_type"].endswith({"csv": "csv", "xlsx": "sheet"}[form])
    async with db.read() as tx:
        data = await blobs.read(tx, result["blob"])
    if form == "csv":
        assert len(list(csv.reader(StringIO(data.decode("utf-8-sig"), newline="")))) == result["rows"] + 1
    else:
        assert data.startswith(b"PK")


@pytest.mark.parametrize("form", ["csv", "json", "xlsx"])
async def test_what_no_message_can_carry_comes_in_parts(db, desk, form):
    """The route that carries least decides, since it is known later by which one the file goes."""
    async with db.write() as tx:
        await history(tx, 7, START)
    hr = await somebody(db, Role.HR)
    (whole,) = (await export(desk, asked(hr, form=form)))["files"]
    async with db.read() as tx:
        size = len(await blobs.read(tx, whole["blob"]))
    least = size * 3 // 4
    small = replace(ROUTES["wecom.app"], largest_file=least)
    dumb = replace(ROUTES["sms"], files=False, largest_file=1)
    desk.house.caps = {"telegram.main": ROUTES["telegram"], "wecom.main": small, "sms.main": dumb}
    result = await export(desk, asked(hr, form=form))
    parts = result["files"]
    assert len(parts) >= 2
    assert result["name"] == f"interviews-2026-10-01-to-2026-11-01-1-of-{len(parts)}.{form}"
    assert len({part["name"] for part in parts}) == len(parts)
    found: list[dict[str, Any]] = []
    for part in parts:
        async with db.read() as tx:
            data = await blobs.read(tx, part["blob"])
        assert len(data) <= least
        found += json.loads(data)["attempts"] if form == "json" else []
    assert len(found) == (result["rows"] if form == "json" else 0)


@pytest.mark.parametrize(
    "route", [caps for caps in ROUTES.values() if caps.files], ids=lambda caps: caps.route
)
def test_no_route_is_given_more_than_it_carries(route):
    assert largest_of({"it": route, "sms.main": ROUTES["sms"]}) == route.largest_file
