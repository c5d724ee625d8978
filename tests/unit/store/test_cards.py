"""Cards on their way: newer versions overtake, one edit is spent on how it ends, the one that was pressed goes on."""

from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from bot import cards
from channels.routes import ROUTES
from conversations.effects import Priority
from conversations.messages import Message, Press
from locales.text import t
from store import outbox, shown
from store.db import Database, Tx
from store.outbox import OutboxRow
from store.shown import Shown
from tests.unit.store.samples import MINUTE, NOW, row

CARD = uuid4()
WECOM, TELEGRAM = ROUTES["wecom.app"], ROUTES["telegram"]


def card(lead: str = "open", *presses: str, **values: object) -> Message:
    actions = tuple(Press(press, t("{word}", word=press)) for press in presses)
    return Message("alert.card", t("{word}", word=lead), (), actions, key=f"card:{CARD}", **values)  # type: ignore[arg-type]


def version(message: Message, priority: Priority = Priority.EDIT, **values: object) -> OutboxRow:
    return row(
        message=message, session=CARD, priority=int(priority), account="wecom.main", chat="LiLei", **values
    )


def before(message: Message, token: str | None = "task:code") -> Shown:
    return Shown(
        id=uuid4(), account="wecom.main", chat="LiLei", message=message, shown_at=NOW, platform_id="task1",
        key=message.key, session=CARD, edit_token=token, is_closed=not message.presses,
    )  # fmt: skip


async def stored(tx: Tx, put: OutboxRow) -> OutboxRow:
    overtaking = await cards.overtaking(tx, put)
    assert await outbox.put(tx, overtaking)
    return overtaking


async def states(tx: Tx, *rows: OutboxRow) -> list[tuple[str, str]]:
    found = [await outbox.get(tx, each.id) for each in rows]
    return [(each.state, each.why) for each in found if each is not None]


async def test_a_newer_version_goes_instead_of_one_that_waits_as_urgently(db: Database) -> None:
    async with db.write() as tx:
        first = await stored(tx, version(card("open", "take"), Priority.ALERT))
        later = version(card("asked", "take"), due_at=NOW + MINUTE, next_at=NOW + MINUTE)
        second = await stored(tx, later)
        other = await stored(tx, replace(version(card("other", "take")), session=uuid4()))
        assert await states(tx, first, second, other) == [
            ("superseded", "newer_version"),
            ("waiting", ""),
            ("waiting", ""),
        ]
        assert (second.priority, second.next_at) == (int(Priority.ALERT), NOW)


async def test_what_was_tried_is_not_overtaken(db: Database) -> None:
    async with db.write() as tx:
        first = await stored(tx, version(card("open", "take"), Priority.ALERT))
        await outbox.freeze(tx, first.id, "{}")
        second = await stored(tx, version(card("asked", "take")))
        assert await states(tx, first, second) == [("waiting", ""), ("waiting", "")]


@pytest.mark.parametrize("is_shown", [False, True])
async def test_an_end_is_told_to_whoever_has_seen_the_beginning(db: Database, is_shown: bool) -> None:
    async with db.write() as tx:
        if is_shown:
            await shown.put(tx, before(card("open", "take")))
        await stored(tx, version(card("asked", "take"), Priority.ALERT))
        last = await stored(tx, version(card("over")))
        (state,) = await states(tx, last)
        assert state == (("waiting", "") if is_shown else ("superseded", "never_shown"))


async def test_the_card_that_was_pressed_is_edited_from_now_on(db: Database) -> None:
    async with db.write() as tx:
        old = await shown.put(tx, before(card("open", "take")))
        new = await shown.put(tx, replace(before(card("asked", "take"), ""), platform_id="task2"))
        await shown.renew(tx, "wecom.main", "LiLei", "task1", "task1:fresh", None)
        found = await shown.find(tx, "wecom.main", "LiLei", f"card:{CARD}")
        assert found is not None
        assert (found.id, found.edit_token) == (old.id, "task1:fresh")
        other = await shown.get(tx, new.id)
        assert other is not None
        assert other.key == ""


ME, SOMEBODY = UUID(int=1), UUID(int=2)


def test_what_somebody_else_has_in_hand_loses_its_buttons() -> None:
    taken = version(card("taken", "release", owner=SOMEBODY), to_person=ME)
    old = before(card("open", "take"))
    assert cards.as_read(taken, old, WECOM).presses == ()
    assert cards.as_read(taken, None, WECOM).presses, "a new card has its own edit"
    assert cards.as_read(taken, old, TELEGRAM).presses
    assert cards.as_read(replace(taken, to_person=SOMEBODY), old, WECOM).presses


@pytest.mark.parametrize(
    ("old", "new", "can_edit", "why"),
    [
        (card("open", "take"), card("asked", "take", is_progress=True), True, "only_progress"),
        (card("open", "take"), card("taken", "release", is_progress=True), True, ""),
        (card("open", "take"), card("over"), True, ""),
        (card("open", "take"), card("over"), False, ""),
        (card("taken"), card("over"), False, "told_already"),
        (card("open", "take"), card("more", "take"), True, ""),
    ],
)
def test_one_edit_is_spent_on_how_it_ends(old: Message, new: Message, can_edit: bool, why: str) -> None:
    row_ = version(new)
    assert cards.why_not_told(row_, before(old), WECOM, can_edit=can_edit) == why
    assert cards.why_not_told(row_, before(old), TELEGRAM, can_edit=can_edit) == ""
    assert cards.why_not_told(row_, None, WECOM, can_edit=can_edit) == ""
    called = replace(row_, priority=int(Priority.ALERT))
    assert cards.why_not_told(called, before(old), WECOM, can_edit=can_edit) == ""
