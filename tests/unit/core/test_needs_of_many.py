"""What commands about many, and about one by other names, find in a real database."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from bot.needs import House, load
from conversations.batch import Batch, Places, places_for
from conversations.dialog import Need, Scene, Session
from conversations.events import Commanded, Event
from conversations.findings import Target
from conversations.identity import Address, Person, Role
from conversations.interview import Case, CaseKind, Interview, Reason, State
from conversations.messages import Message
from locales.text import t
from store import batches, cases, people, shown, slots
from store.db import Database, Tx
from tests.support.staff_scenes import POLICY
from tests.unit.store.samples import DAY, HOUR, NOW, attempt, booked, interview, person, slot, staff


class _Policies:
    """Policies of an installation with one company."""

    def for_(self, company: str, role: str) -> Any:
        return POLICY


HAN = staff(Role.HR)


@pytest.fixture
async def tx(db: Database) -> AsyncIterator[Tx]:
    async with db.write() as opened:
        await people.create(opened, HAN)
        yield opened


async def asked(tx: Tx, need: str, who: Person = HAN, about: str = "", **args: str) -> Any:
    scene = Scene(NOW, POLICY, who)
    event = Event("1", "slack.main", NOW, Commanded("x"), "slack.main", "U1", "C1", about=about or None)
    policies: Any = _Policies()
    links: Any = None
    return await load(tx, Need(need, args), scene, event, House(policies, links))


async def labels(
    tx: Tx, need: str = "selected", who: Person = HAN, about: str = "", **args: str
) -> list[str]:
    found: tuple[Target, ...] = await asked(tx, need, who, about, **args)
    return [target.interview.label for target in found]


# -- several ---------------------------------------------------------------------------------------------


async def test_days_are_those_of_whoever_asks_and_without_any_those_around_now(tx: Tx) -> None:
    for days in (-40, -1, 0, 1, 70):
        await booked(tx, attempt=attempt(starts_at=NOW + days * DAY + HOUR))
    assert await labels(tx) == ["I-1002", "I-1003", "I-1004"]
    assert await labels(tx, when="today") == ["I-1003"]
    assert await labels(tx, when="today 14:30..15:30") == ["I-1003"]
    assert await labels(tx, when="today 15:00..16:00") == ["I-1003"], "the first minute is inside"
    assert await labels(tx, when="today 14:00..15:00") == [], "the last is not"
    assert await labels(tx, numbers="1001 1005") == ["I-1001", "I-1005"], "a number says which day"


async def test_tags_are_sealed_and_found_all_the_same(tx: Tx) -> None:
    await booked(tx, tags={"校区": "北京", "batch": "A"})
    await booked(tx, tags={"校区": "上海"})
    await booked(tx)
    assert await labels(tx, tag="校区") == ["I-1001", "I-1002"]
    assert await labels(tx, tag="北京") == ["I-1001"]
    assert await labels(tx, tag="校区=上海") == ["I-1002"]
    assert await labels(tx, tag="Batch=a") == ["I-1001"]


async def test_who_cannot_be_reached(tx: Tx) -> None:
    reached = await people.create(tx, person())
    await people.bind(tx, reached.id, Address("slack.main", "U7"), "D7", NOW)
    await booked(tx, reached)
    await booked(tx)
    await booked(tx, attempt=attempt(starts_at=NOW - HOUR))
    assert await labels(tx, state="unbound") == ["I-1002"], "what has begun is not waited for"


async def test_states_and_reasons_as_they_are_typed(tx: Tx) -> None:
    missed = attempt(starts_at=NOW - HOUR, reason=Reason.FORGOT)
    await booked(tx, state=State.NO_SHOW, attempt=missed)
    await booked(tx, state=State.NO_SHOW, attempt=attempt(starts_at=NOW - HOUR))
    await booked(tx, attempt=attempt(confirmed_at=NOW))
    await booked(tx, attempt=attempt(paused_at=NOW))
    assert await labels(tx, state="no_show", reason="forgot") == ["I-1001"]
    assert await labels(tx, state="no_show", reason="none") == ["I-1002"]
    assert await labels(tx, state="confirmed") == ["I-1003"]
    assert await labels(tx, state="unconfirmed") == ["I-1004"]
    assert await labels(tx, state="paused") == ["I-1004"]


async def test_owners_are_oneself_or_somebody_of_staff(tx: Tx) -> None:
    rui = await people.create(tx, replace(staff(Role.RECRUITER), name="Rui Chen"))
    await booked(tx, recruiter=HAN.id)
    await booked(tx, recruiter=rui.id)
    assert await labels(tx, owner="@me") == ["I-1001"]
    assert await labels(tx, owner="我") == ["I-1001"]
    assert await labels(tx, owner="rui chen") == ["I-1002"]
    assert await labels(tx, owner="nobody") == []
    assert await labels(tx, who=rui) == ["I-1002"]


# -- one, by other names ---------------------------------------------------------------------------------


async def test_a_case_names_its_interview(tx: Tx) -> None:
    one = await booked(tx)
    await cases.save_case(tx, Case(uuid4(), 0, CaseKind.NO_SHOW, one.id, one.attempt.id, NOW))
    assert await labels(tx, "targets", text="C-1") == ["I-1001"]
    assert await labels(tx, "targets", text="c-9") == []
    assert await labels(tx, "targets", staff(Role.RECRUITER), text="C-1") == [], "it is not theirs"


async def test_a_mention_names_its_user(tx: Tx) -> None:
    bound = await people.create(tx, person(phone=None, email=None))
    await people.bind(tx, bound.id, Address("slack.main", "U7"), "D7", NOW)
    hinted = await people.create(tx, person(hints={"slack": "@lilei"}, phone=None, email=None))
    await booked(tx, bound)
    await booked(tx, hinted)
    assert await labels(tx, "targets", text="<@U7|li.lei>") == ["I-1001"]
    assert await labels(tx, "targets", text="@U7") == ["I-1001"]
    assert await labels(tx, "targets", text="@lilei") == ["I-1002"]
    assert await labels(tx, "targets", text="@nobody") == []


async def test_this_is_the_interview_of_the_message_that_was_answered(tx: Tx) -> None:
    one = await booked(tx)
    lead = t("{label} {name}: sure?", label=one.label, name="李雷")
    told = shown.Shown(
        id=uuid4(),
        account="slack.main",
        chat="C1",
        message=Message("command.show", lead),
        shown_at=NOW,
        platform_id="41",
    )
    await shown.put(tx, told)
    assert await labels(tx, "targets", about="41", text="this") == ["I-1001"]
    assert await labels(tx, "targets", about="41", text="这个") == ["I-1001"]
    assert await labels(tx, "targets", about="42", text="this") == []
    assert await labels(tx, "targets", text="this") == []
    assert await labels(tx, "targets", staff(Role.RECRUITER), about="41", text="this") == []


# -- places ----------------------------------------------------------------------------------------------


def people_for(*roles: str) -> list[Interview]:
    return [interview(uuid4(), role=role) for role in roles]


@pytest.mark.parametrize(
    ("roles", "free", "places"),
    [
        (["A"] * 3, [slot(role="A", capacity=5, taken=3)], Places(3, 2, 0)),
        (["A", "B"], [slot(role="A", capacity=9)], Places(2, 1, 0)),
        (["A", "B"], [slot(role="A"), slot(role="")], Places(2, 2, 0)),
        (["A", "A"], [slot(company="other", capacity=9)], Places(2, 0, 0)),
        (
            ["A"] * 40,
            [slot(capacity=32), slot(starts_at=NOW + 20 * DAY, capacity=5)],
            Places(40, 32, 5),
        ),
        (["A", ""], [slot(role="", capacity=1), slot(role="A")], Places(2, 2, 0)),
    ],
)
def test_places_are_given_once_and_each_roles_own_first(
    roles: list[str], free: list[Any], places: Places
) -> None:
    assert places_for(people_for(*roles), free, {"acme": NOW + 7 * DAY}) == places


def test_who_finds_none_is_told_apart_from_who_waits() -> None:
    assert (Places(40, 32, 5).after, Places(40, 32, 5).without) == (5, 3)
    assert (Places(40, 32, 20).after, Places(40, 32, 20).without) == (8, 0)
    assert (Places(4, 4, 9).after, Places(4, 4, 9).without) == (0, 0)


async def test_places_within_the_days_of_the_policy_and_after(tx: Tx) -> None:
    made = [await booked(tx, attempt=attempt(starts_at=NOW - HOUR)) for _ in range(3)]
    await slots.create(tx, slot(starts_at=NOW + DAY), "a")
    await slots.create(tx, slot(starts_at=NOW + timedelta(minutes=5), capacity=9), "too soon")
    await slots.create(tx, slot(starts_at=NOW + 9 * DAY, capacity=9), "after")
    await slots.create(tx, slot(starts_at=NOW + 99 * DAY, capacity=9), "far")
    ids = " ".join(str(each.id) for each in made)
    assert await asked(tx, "places", interviews=ids) == Places(3, 1, 2)


async def test_staffs_offers_go_beyond_the_usual_days_only_when_nothing_is_free_within(tx: Tx) -> None:
    one = await booked(tx, state=State.NO_SHOW, attempt=attempt(starts_at=NOW - HOUR))
    whose = await people.get(tx, one.person)
    await slots.create(tx, slot(starts_at=NOW + 9 * DAY), "after")

    async def offered(*sessions: Session) -> int:
        scene = Scene(NOW, POLICY, HAN, one, whose, sessions=sessions)
        policies: Any = _Policies()
        links: Any = None
        event = Event("1", "core", NOW, Commanded("x"))
        return len(await load(tx, Need("slots"), scene, event, House(policies, links)))

    own = Session(uuid4(), f"person:{one.person}", f"interview:{one.id}", data={"by_staff": True})
    assert await offered() == 0
    assert await offered(replace(own, data={})) == 0
    assert await offered(own) == 1
    await slots.create(tx, slot(starts_at=NOW + DAY), "soon")
    await slots.create(tx, slot(starts_at=NOW + 8 * DAY), "after, too")
    assert await offered(own) == 1, "what is soon is enough"


# -- what was ordered ------------------------------------------------------------------------------------


async def test_batches_by_id_number_and_time(tx: Tx) -> None:
    one = await booked(tx)
    made = await batches.save(tx, Batch(uuid4(), 0, HAN.id, "remind", (one.id,), NOW, NOW))
    assert await asked(tx, "batch", id=str(made.id)) == made
    assert await asked(tx, "batch", number="1") == made
    assert await asked(tx, "last_batch") == made
    assert await asked(tx, "last_batch", staff(Role.HR)) is None
    assert await asked(tx, "next_batch") == 2
    assert await asked(tx, "same_batches", act="remind") == (made,)
    assert await asked(tx, "same_batches", act="cancel") == ()
    assert await labels(tx, "members", interviews=f"{one.id} {uuid4()}") == ["I-1001"]
