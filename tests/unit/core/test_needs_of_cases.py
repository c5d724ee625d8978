"""Whom and which case a command means, as a real database finds them: only what whoever asks may see."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from bot.needs import House, load
from conversations.dialog import Need, Scene
from conversations.events import Commanded, Event
from conversations.identity import Address, Person, Role
from conversations.interview import Case, CaseKind, CaseState
from store import cases, interviews, people
from store.db import Database, Tx
from tests.support.staff_scenes import POLICY
from tests.unit.store.samples import NOW, booked, person, staff

HAN = replace(staff(Role.HR), name="韩 梅梅", email="han@example.com", phone="+8613900000001")
RUI = replace(staff(Role.RECRUITER), name="Rui", jobs=frozenset({"Java"}))


async def asked(tx: Tx, need: str, who: Person = HAN, **args: str) -> Any:
    scene = Scene(NOW, POLICY, who)
    event = Event("1", "slack.main", NOW, Commanded("x"), "slack.main", "U1", "C1")
    nothing: Any = None
    return await load(tx, Need(need, args), scene, event, House(nothing, nothing))


@pytest.mark.parametrize(
    "typed",
    ["<@U024BE7LH>", "<@U024BE7LH|han>", "slack.main:U024BE7LH", "@U024BE7LH", "韩梅梅", "@韩 梅梅", "梅梅",
     "han@example.com", "han", "139 0000 0001"],
)  # fmt: skip
async def test_somebody_of_staff_is_found_however_they_are_named(db: Database, typed: str) -> None:
    async with db.write() as tx:
        for each in (HAN, RUI):
            await people.create(tx, each)
        await people.bind(tx, HAN.id, Address("slack.main", "U024BE7LH"), "D1", NOW)
        assert [found.name for found in await asked(tx, "somebody", text=typed)] == [HAN.name]
        assert [found.id for found in await asked(tx, "somebody", text=f"person:{HAN.id}")] == [HAN.id]


@pytest.mark.parametrize("typed", ["", "@", "<@U1>", "lilei@example.com", "李雷", "telegram.main:1"])
async def test_a_candidate_is_nobody_of_staff_unless_their_very_address_is_typed(
    db: Database, typed: str
) -> None:
    async with db.write() as tx:
        candidate = await people.create(tx, person(name="李雷", email="lilei@example.com"))
        await people.bind(tx, candidate.id, Address("slack.main", "U77"), "D7", NOW)
        assert await asked(tx, "somebody", text=typed) == ()
        assert [found.id for found in await asked(tx, "somebody", text="<@U77>")] == [candidate.id]


async def test_cases_are_found_by_number_by_interview_and_as_ones_own(db: Database) -> None:
    async with db.write() as tx:
        for each in (HAN, RUI):
            await people.create(tx, each)
        java, other = await booked(tx, role="Java"), await booked(tx, role="Sales")
        mine = await cases.save_case(tx, _case(java))
        theirs = await cases.save_case(
            tx, replace(_case(other), state=CaseState.TAKEN, owner=HAN.id, owner_name="韩")
        )

        async def labels(text: str, who: Person = HAN) -> list[str]:
            return [found.case.label for found in await asked(tx, "cases", who, text=text)]

        assert await labels(mine.label) == await labels(java.label) == [mine.label]
        assert await labels(mine.label.lower().replace("-", "")) == [mine.label]
        assert await labels("") == [theirs.label]
        assert await labels(theirs.label, RUI) == await labels(other.label, RUI) == []
        assert await labels(mine.label, RUI) == [mine.label]
        assert [case.id for case in await asked(tx, "owned", person=str(HAN.id))] == [theirs.id]
        assert await asked(tx, "titles") == ("Java", "Sales")
        assert await interviews.roles(tx) == ["Java", "Sales"]


def _case(of: Any) -> Case:
    return Case(uuid4(), 0, CaseKind.NO_SHOW, of.id, of.attempt.id, NOW)
