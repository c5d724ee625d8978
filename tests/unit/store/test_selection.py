"""Interviews chosen by what they have in common, and only those that concern whoever asks."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from conversations.identity import Person, Role
from conversations.interview import Case, CaseKind, CaseState, Interview, Reason, State
from store import cases, people
from store.db import Database, Tx
from store.selection import Selection, selected
from tests.unit.store.samples import DAY, HOUR, NOW, attempt, booked, staff


async def numbers(tx: Tx, who: Person | None = None, **wanted: Any) -> set[int]:
    found = await selected(tx, who, Selection(**wanted), 100)
    return {interview.number - 1000 for interview, _ in found}


async def town(tx: Tx) -> dict[str, Any]:
    """Store five interviews that differ in everything, and two recruiters."""
    ann, ben = staff(Role.RECRUITER), staff(Role.RECRUITER)
    for each in (ann, ben):
        await people.create(tx, each)
    made: list[Interview] = [
        await booked(tx, role="前端工程师", source="校招", candidate_type="campus", recruiter=ann.id),
        await booked(tx, role="Front-end", source="Boss", attempt=attempt(confirmed_at=NOW)),
        await booked(
            tx,
            state=State.NO_SHOW,
            recruiter=ben.id,
            attempt=attempt(starts_at=NOW - HOUR, reason=Reason.TECHNICAL),
        ),
        await booked(tx, state=State.NO_SHOW, attempt=attempt(starts_at=NOW - DAY)),
        await booked(tx, attempt=attempt(starts_at=NOW + 2 * DAY, paused_at=NOW)),
    ]
    last = made[4]
    looked_after = Case(
        uuid4(), 0, CaseKind.PERSON, last.id, last.attempt.id, NOW, CaseState.TAKEN, ann.id, "Ann"
    )
    await cases.save_case(tx, looked_after)
    return {"ann": ann, "ben": ben}


@pytest.mark.parametrize(
    ("wanted", "meant"),
    [
        ({}, {1, 2, 3, 4, 5}),
        ({"job": "前端"}, {1}),
        ({"job": "FRONT"}, {2}),
        ({"job": "%"}, set()),
        ({"source": "校招"}, {1}),
        ({"source": "boss"}, {2}),
        ({"source": "校"}, set()),
        ({"type": "Campus"}, {1}),
        ({"state": State.NO_SHOW}, {3, 4}),
        ({"state": State.NO_SHOW, "reason": Reason.TECHNICAL}, {3}),
        ({"state": State.NO_SHOW, "has_reason": False}, {4}),
        ({"is_confirmed": True}, {2}),
        ({"state": State.SCHEDULED, "is_confirmed": False}, {1, 5}),
        ({"is_paused": True}, {5}),
        ({"starts_from": NOW - HOUR, "starts_until": NOW}, {3}),
        ({"numbers": (1001, 1005, 1999)}, {1, 5}),
        ({"text": "1004"}, {4}),
        ({"owners": ()}, set()),
    ],
)
async def test_what_interviews_have_in_common(db: Database, wanted: dict[str, Any], meant: set[int]) -> None:
    async with db.write() as tx:
        await town(tx)
        assert await numbers(tx, **wanted) == meant


async def test_whose_they_are(db: Database) -> None:
    async with db.write() as tx:
        who = await town(tx)
        assert await numbers(tx, owners=(who["ann"].id,)) == {1, 5}, "recruited, or looked after"
        assert await numbers(tx, owners=(who["ben"].id, who["ann"].id)) == {1, 3, 5}
        assert await numbers(tx, who["ben"]) == {3}, "a recruiter sees their own"
        assert await numbers(tx, who["ben"], numbers=(1001, 1003)) == {3}
        assert await numbers(tx, staff(Role.CANDIDATE)) == set()


async def test_no_more_than_asked_for_and_the_earliest_first(db: Database) -> None:
    async with db.write() as tx:
        await town(tx)
        found = await selected(tx, None, Selection(), 2)
    assert [interview.number for interview, _ in found] == [1004, 1003]
