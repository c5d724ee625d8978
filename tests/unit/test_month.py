"""The sample month: the white paper's case exactly, the same for the same seed, and there within three seconds."""

from __future__ import annotations

import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.sandbox.month import AFTER, BEFORE, FAMILIES, load_month, month
from conversations.figures import Period, proof
from conversations.interview import Reason
from locales.zones import local
from store import figures, outbox, timers
from store.db import Database
from store.figures import Scope
from store.secrets import Keyring

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
ZONE = "Asia/Shanghai"
LOADS_WITHIN = 3.0
"""Seconds of this process's own time."""


@pytest.mark.parametrize("seed", [1, 7, 2026])
@pytest.mark.parametrize("now", [NOW, datetime(2027, 3, 1, 13, 30, tzinfo=UTC)])
async def test_it_is_the_white_papers_case(tmp_path: Path, seed: int, now: datetime) -> None:
    db = await Database.open(f"sqlite:///{tmp_path}/turnout.db", Keyring.fresh())
    await db.migrate()
    begun = time.process_time()
    async with db.write() as tx:
        loaded = await load_month(tx, now, seed, zone=ZONE)
    assert time.process_time() - begun < LOADS_WITHIN
    async with db.read() as tx:
        whole = Scope(now - timedelta(days=366), now, now)
        tally = await figures.tally(tx, whole, proof.proof_question(loaded.go_live, ZONE))
        spans = await figures.spans(tx, whole, proof.handling_question(loaded.go_live, ZONE))
        assert await timers.next_at(tx) is None, "nothing of it is ever sent"
        assert await outbox.listing(tx) == []
    await db.close()
    found = proof.proof_of(loaded.go_live, tally, spans, Period(whole.start, now, ZONE))
    before, after = found.before, found.after
    assert (before.no_shows.k, before.no_shows.n) == (36, BEFORE)
    assert (after.no_shows.k, after.no_shows.n) == (24, AFTER)
    assert before.handling.median is not None
    assert after.handling.median is not None
    assert abs(before.handling.median - timedelta(hours=2)) < timedelta(minutes=1)
    assert abs(after.handling.median - timedelta(minutes=15)) < timedelta(minutes=1)
    assert round(before.satisfaction.ratio or 0, 2) == 0.35
    assert round(after.satisfaction.ratio or 0, 2) == 0.82
    assert before.reasons[Reason.FORGOT].k == 18
    assert after.reasons[Reason.TECHNICAL].k == 2
    assert len(loaded.ahead) == 24


def test_the_same_seed_is_the_same_month_and_another_is_not() -> None:
    assert month(NOW, ZONE, 3) == month(NOW, ZONE, 3)
    assert month(NOW, ZONE, 3) != month(NOW, ZONE, 4)


def test_it_looks_like_real_life() -> None:
    made = month(NOW, ZONE)
    families = Counter(one.family.name for one in made.after)
    assert set(families) == {family.name for family in FAMILIES}
    assert all(one.starts_at < NOW for one in made.after)
    assert all(one.starts_at > NOW for one in made.ahead)
    weekend = [one for one in made.after if local(one.starts_at, ZONE).weekday() > 4]
    assert {one.family.name for one in weekend} <= {"retail"}
    missed = Counter(one.family.name for one in (*made.before, *made.after) if one.is_missed)
    due = Counter(one.family.name for one in (*made.before, *made.after))
    assert missed["retail"] / due["retail"] > missed["engineers"] / due["engineers"]
    asked = [one.asked_after for one in made.after if one.asked_after]
    assert sorted(asked)[len(asked) // 2] < timedelta(minutes=1)
    assert sum(span > timedelta(hours=1) for span in asked) == 1, "one was asked late"
