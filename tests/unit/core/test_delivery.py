"""The sending protocol: what is accepted is recorded once, what is not is tried, told, or ended with a reason."""

import shutil
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot import pumps
from bot.sandbox.telegram.rules import units
from channels.base import Rate, Unrenderable
from conversations.dialog import Turn
from conversations.effects import Manner, Priority, SaveInterview, Say, SettleRung, Withdraw
from conversations.events import Event, Ordered, Pressed, Said
from conversations.identity import Place, ToPerson
from conversations.interview import State, Verdict
from conversations.messages import File, Link, Message
from locales.text import Text
from store import blobs, buckets, outbox, people, rungs, shown
from store.errors import Unavailable
from tests.support.town import Town, open_town
from tests.support.toys import words

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


@pytest.fixture
async def town(database_url: str, tmp_path: Path) -> AsyncIterator[Town]:
    """A town on either database."""
    async with open_town(tmp_path, database_url, deadline=1) as opened:
        yield opened


@pytest.fixture
def sqlite_url(migrated_file: Path, tmp_path: Path) -> str:
    shutil.copy(migrated_file, tmp_path / "small.db")
    return f"sqlite:///{tmp_path / 'small.db'}"


@pytest.fixture
async def small(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Town]:
    """A town on SQLite, for what does not depend on the database."""
    async with open_town(tmp_path, sqlite_url, deadline=1) as opened:
        yield opened


# -- once ------------------------------------------------------------------------------------------------


async def test_what_is_said_arrives_once_and_is_recorded(town: Town) -> None:
    who, phone = await town.person()
    id = await town.say(who, "good morning")
    await town.settle()
    assert town.texts(phone) == ["good morning"]
    row = await town.row(id)
    assert (row.state, row.tries, row.in_doubt, row.why) == ("accepted", 1, False, "")
    assert row.platform_id == str(phone.last.id)


async def test_a_rung_is_sent_once_for_each_attempt_and_binding(town: Town) -> None:
    who, phone = await town.person()
    interview = await town.interview(who)
    for _ in range(3):
        await town.rung(who, interview, "1h")
    await town.settle()
    assert len([row for row in await town.rows() if row.rung]) == 1
    assert town.texts(phone) == ["reminder 1h"]
    rung = (await town.ledger(interview))["1h"]
    assert rung.verdict is Verdict.SENT
    assert rung.evidence == f"telegram.main:{phone.last.id}"


async def test_an_event_that_comes_again_says_nothing_again(town: Town) -> None:
    who, phone = await town.person()
    interview = await town.interview(who)
    name = await town.do(
        interview, (Say(ToPerson(who.id), Message("note", words("once")), Manner("ladder")),)
    )
    event = next(e for e in [await town.app.runtime.receive([_again(town, name, interview)])])
    assert event == 0
    await town.settle()
    assert town.texts(phone) == ["once"]


def _again(town: Town, name: str, interview: Any) -> Any:
    return Event(name, "core", town.clock.now(), Ordered("do", interview.id, args={"deed": name}))


async def test_what_is_said_once_for_ever_is_said_once(town: Town) -> None:
    who, phone = await town.person()
    for _ in range(3):
        await town.say(who, "told once", once="told")
    await town.settle()
    assert town.texts(phone) == ["told once"]


async def test_everywhere_means_every_channel_account_once(town: Town) -> None:
    """Two bots are one channel: the newest binding is used."""
    who, phone = await town.person(on=("main", "backup"))
    interview = await town.interview(who)
    await town.rung(who, interview, delivery="all")
    await town.settle()
    assert town.texts(phone) == ["reminder 1h"]
    assert len(town.telegram.sent) + len(town.backup.sent) == 1


# -- faults ----------------------------------------------------------------------------------------------


async def test_a_platform_that_is_busy_is_left_alone_as_long_as_it_asks_and_no_try_is_counted(
    town: Town,
) -> None:
    who, phone = await town.person()
    town.telegram.fail("sendMessage", "429", times=7, retry_after=30)
    id = await town.say(who, "patience")
    await town.pumps.until_idle()
    for n in range(1, 8):
        row = await town.row(id)
        assert (row.state, row.tries) == ("waiting", 0)
        assert row.next_at >= town.clock.now() + 30 * SECOND
        town.clock.advance(29 * SECOND)
        assert await town.pumps.outbox_once() == 0, f"asked again too early, the {n}th time"
        town.clock.advance(2 * SECOND)
        await town.pumps.until_idle()
    assert town.texts(phone) == ["patience"]
    assert (await town.row(id)).tries == 1


async def test_a_busy_group_holds_up_no_other_chat(small: Town) -> None:
    who, phone = await small.person()
    group = small.telegram.group("HR")
    small.telegram.fail("sendMessage", "429", retry_after=60)
    say = Say(Place("telegram.main", str(group.id)), Message("alert", words("alert")), Manner("ladder"))
    await small.do(None, (say,))
    await small.pumps.until_idle()
    await small.say(who, "meanwhile")
    await small.pumps.until_idle()
    assert small.texts(phone) == ["meanwhile"]
    assert group.chat == []
    await small.passes(seconds=61)
    assert [message.text for message in group.chat] == ["alert"]


async def test_a_busy_bot_holds_up_no_other_bot(small: Town) -> None:
    one, _ = await small.person("one")
    two, phone = await small.person("two", on=("backup",))
    small.telegram.fail("sendMessage", "429", retry_after=60)
    await small.say(one)
    await small.say(two, "other bot")
    await small.pumps.until_idle()
    assert small.texts(phone) == ["other bot"]


@pytest.mark.parametrize("fault", ["500", "502"])
async def test_a_failing_platform_is_tried_again(small: Town, fault: Any) -> None:
    who, phone = await small.person()
    small.telegram.fail("sendMessage", fault, times=3)
    id = await small.say(who, "at last")
    await small.passes(minutes=5)
    assert small.texts(phone) == ["at last"]
    row = await small.row(id)
    assert (row.state, row.in_doubt) == ("accepted", False)


@pytest.mark.timeout(180)
async def test_a_platform_that_never_recovers_ends_with_a_reason_and_not_with_sent(small: Town) -> None:
    who, phone = await small.person()
    interview = await small.interview(who)
    small.telegram.fail("sendMessage", "500", times=1000)
    id = await small.rung(who, interview)
    await small.passes(hours=80)
    assert small.texts(phone) == []
    assert (await small.row(id)).state in ("undeliverable", "expired", "dead")
    assert (await small.ledger(interview))["1h"].verdict in (Verdict.REFUSED, Verdict.EXPIRED)


@pytest.mark.parametrize("fault", ["reset_after", "hang", "empty", "truncated", "cut"])
async def test_an_unknown_outcome_is_sent_once_more_at_most_and_recorded(town: Town, fault: Any) -> None:
    who, phone = await town.person()
    interview = await town.interview(who)
    town.telegram.fail("sendMessage", fault)
    id = await town.rung(who, interview)
    await town.passes(minutes=5)
    assert town.texts(phone) == ["reminder 1h"] * 2
    row = await town.row(id)
    assert (row.state, row.in_doubt) == ("accepted", True)
    assert (await town.ledger(interview))["1h"].verdict is Verdict.SENT


async def test_an_outcome_that_stays_unknown_is_not_called_sent(small: Town) -> None:
    who, phone = await small.person()
    interview = await small.interview(who)
    small.telegram.fail("sendMessage", "reset_after", times=10)
    id = await small.rung(who, interview)
    await small.passes(minutes=30)
    assert len(small.texts(phone)) == 2
    row = await small.row(id)
    assert (row.state, row.in_doubt) == ("undeliverable", True)
    rung = (await small.ledger(interview))["1h"]
    assert rung.verdict is Verdict.REFUSED
    assert rung.why.startswith("in_doubt")


async def test_doubt_is_remembered_through_a_busy_spell(small: Town) -> None:
    who, phone = await small.person()
    small.telegram.fail("sendMessage", "reset_after")
    small.telegram.fail("sendMessage", "500")
    small.telegram.fail("sendMessage", "429", retry_after=5)
    small.telegram.fail("sendMessage", "reset_after")
    id = await small.say(who, "twice at most")
    await small.passes(minutes=10)
    assert len(small.texts(phone)) == 2
    row = await small.row(id)
    assert (row.state, row.in_doubt) == ("undeliverable", True)


async def test_a_page_where_json_should_be_is_never_accepted(small: Town) -> None:
    who, phone = await small.person()
    interview = await small.interview(who)
    small.telegram.fail("sendMessage", "html", times=2)
    id = await small.rung(who, interview)
    await small.passes(minutes=30)
    assert small.texts(phone) == []
    assert (await small.row(id)).state != "accepted"
    assert (await small.ledger(interview))["1h"].verdict is Verdict.REFUSED


async def test_one_page_where_json_should_be_loses_nothing(small: Town) -> None:
    who, phone = await small.person()
    small.telegram.fail("sendMessage", "html")
    await small.say(who, "still arrives")
    await small.passes(minutes=5)
    assert small.texts(phone) == ["still arrives"]


async def test_a_wrong_token_loses_nothing_that_can_wait(small: Town) -> None:
    who, phone = await small.person()
    interview = await small.interview(who)
    token, small.telegram.token = small.telegram.token, f"1:{'x' * 35}"
    id = await small.rung(who, interview)
    await small.passes(minutes=10)
    row = await small.row(id)
    assert row.state == "waiting"
    assert row.why.startswith("stopped")
    small.telegram.token = token
    await small.passes(minutes=10)
    assert small.texts(phone) == ["reminder 1h"]
    assert (await small.ledger(interview))["1h"].verdict is Verdict.SENT


async def test_a_wrong_token_sends_by_another_channel_where_there_is_one(small: Town) -> None:
    who, _ = await small.person(on=("main", "backup"))
    small.backup.token = f"1:{'x' * 35}"
    await small.say(who, "the other way")
    await small.passes(minutes=1)
    assert small.texts(await small.user(who, "main")) == ["the other way"]


async def test_what_has_no_other_way_does_not_hold_up_what_has_one(small: Town) -> None:
    stuck, _ = await small.person("stuck", on=("backup",))
    who, _ = await small.person(on=("main", "backup"))
    small.backup.token = f"1:{'x' * 35}"
    await small.say(stuck, "waits")
    await small.passes(minutes=30)
    await small.say(who, "the other way")
    await small.passes(seconds=5)
    assert small.texts(await small.user(who, "main")) == ["the other way"]


@pytest.mark.parametrize("fault", ["429", "500", "reset", "cut"])
async def test_of_a_message_in_parts_only_what_was_not_accepted_is_sent_again(
    small: Town, fault: Any
) -> None:
    who, phone = await small.person()
    interview = await small.interview(who)
    async with small.app.db.write() as tx:
        blob = await blobs.put(tx, b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n")
    file = File(blob, "interview.ics", "text/calendar", words("calendar"))
    long = " ".join(["word"] * 1200)
    small.telegram.fail("sendDocument", fault, accepts=False, retry_after=2)
    id = await small.say(who, Message("long", words(long), (file,)), interview)
    await small.passes(minutes=5)
    bodies = [message for message in phone.chat if message.sender is None]
    assert sum(units(message.text) for message in bodies if not message.document) <= units(long)
    assert len([message for message in bodies if message.document]) == 1
    row = await small.row(id)
    assert row.state == "accepted"
    assert row.platform_id == str(bodies[0].id)


# -- reach -----------------------------------------------------------------------------------------------


async def test_who_blocked_us_is_marked_and_reached_another_way(town: Town) -> None:
    who, _ = await town.person(on=("main", "backup"))
    interview = await town.interview(who)
    backup = await town.user(who, "backup")
    backup._chat.is_blocked = True
    await town.rung(who, interview)
    await town.settle()
    main = await town.user(who, "main")
    assert town.texts(main) == ["reminder 1h"]
    found = {b.address.account: b for b in (await town.whose(who)).bindings}
    assert not found["telegram.backup"].is_reachable
    assert "blocked" in (found["telegram.backup"].unreachable_why or "")
    assert found["telegram.main"].is_reachable
    rung = (await town.ledger(interview))["1h"]
    assert (rung.verdict, rung.evidence) == (Verdict.SENT, f"telegram.main:{main.last.id}")
    states = [row.state for row in await town.rows() if row.rung]
    assert sorted(states) == ["accepted", "undeliverable"]


async def test_who_cannot_be_reached_at_all_leaves_a_verdict_and_is_told_of(town: Town) -> None:
    who, phone = await town.person()
    interview = await town.interview(who)
    phone._chat.is_blocked = True
    await town.rung(who, interview, wants_receipt=True)
    await town.settle()
    rung = (await town.ledger(interview))["1h"]
    assert rung.verdict is Verdict.REFUSED
    assert rung.why.startswith("gone")
    assert [(body.outcome, body.why) for body in town.back("delivered")] == [("undeliverable", "gone")]
    assert len(town.back("unreachable")) == 1
    await town.rung(who, interview, "30m", wants_receipt=True)
    await town.settle()
    assert (await town.ledger(interview))["30m"].why == "nobody_reachable"
    assert len(town.back("unreachable")) == 1
    assert len(town.back("delivered")) == 2


async def test_nobody_to_send_to_is_a_verdict_too(small: Town) -> None:
    who, _ = await small.person(on=())
    interview = await small.interview(who)
    await small.rung(who, interview)
    assert (await small.ledger(interview))["1h"].verdict is Verdict.REFUSED
    assert (await small.rows())[-1].state == "undeliverable"


async def test_a_way_that_was_taken_away_meanwhile_is_no_way(small: Town) -> None:
    who, _ = await small.person(on=("main", "backup"))
    interview = await small.interview(who)
    (await small.user(who, "backup"))._chat.is_blocked = True
    id = await small.rung(who, interview)
    main = next(b for b in who.bindings if b.address.account == "telegram.main")
    async with small.app.db.write() as tx:
        await people.unbind(tx, main.id)
    await small.settle()
    assert (await small.row(id)).state == "undeliverable"
    assert (await small.ledger(interview))["1h"].verdict is Verdict.REFUSED


# -- checked again just before ---------------------------------------------------------------------------


async def test_what_came_too_late_is_not_sent(town: Town) -> None:
    who, phone = await town.person()
    interview = await town.interview(who)
    until = town.clock.now() + 5 * MINUTE
    id = await town.rung(who, interview, useful_until=until, wants_receipt=True)
    town.clock.advance(6 * MINUTE)
    await town.settle()
    assert town.texts(phone) == []
    assert (await town.row(id)).state == "expired"
    rung = (await town.ledger(interview))["1h"]
    assert (rung.verdict, rung.why) == (Verdict.EXPIRED, "late")
    assert [(body.outcome, body.why) for body in town.back("delivered")] == [("undeliverable", "expired")]


async def test_a_message_without_an_end_of_its_own_ends_after_three_days(small: Town) -> None:
    who, phone = await small.person()
    id = await small.say(who)
    small.clock.advance(timedelta(days=3, seconds=1))
    await small.settle()
    assert small.texts(phone) == []
    assert (await small.row(id)).state == "expired"


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ("move", "moved"),
        (State.CANCELLED, "cancelled"),
        (State.JOINED, "joined"),
        (State.WITHDRAWN, "withdrawn"),
    ],
)
async def test_a_rung_that_the_world_overtook_is_superseded(town: Town, change: Any, why: str) -> None:
    who, phone = await town.person()
    interview = await town.interview(who)
    await town.rung(who, interview)
    if change == "move":
        await town.moved(interview, HOUR)
    else:
        await town.do(
            interview, lambda scene, event: Turn((SaveInterview(replace(scene.booked, state=change)),))
        )
    await town.settle()
    assert town.texts(phone) == []
    async with town.app.db.read() as tx:
        (rung,) = await rungs.rungs_of(tx, interview.attempt.id)
    assert (rung.verdict, rung.why) == (Verdict.SUPERSEDED, why)


async def test_what_is_withdrawn_leaves_a_verdict(town: Town) -> None:
    who, phone = await town.person()
    interview = await town.interview(who)
    await town.rung(who, interview)
    await town.do(interview, (Withdraw(interview.id, "cancelled"),))
    await town.settle()
    assert town.texts(phone) == []
    rung = (await town.ledger(interview))["1h"]
    assert (rung.verdict, rung.why) == (Verdict.SUPERSEDED, "cancelled")


async def test_who_opted_out_gets_no_rung(small: Town) -> None:
    who, phone = await small.person()
    interview = await small.interview(who)
    id = await small.rung(who, interview)
    async with small.app.db.write() as tx:
        await people.save(tx, replace(who, opted_out_at=small.clock.now()))
    await small.settle()
    assert small.texts(phone) == []
    assert (await small.row(id)).state == "undeliverable"
    rung = (await small.ledger(interview))["1h"]
    assert (rung.verdict, rung.why) == (Verdict.REFUSED, "opted_out")


async def test_the_first_verdict_stands(small: Town) -> None:
    who, _ = await small.person()
    interview = await small.interview(who)
    await small.rung(who, interview)
    await small.do(interview, (SettleRung(interview.attempt.id, "1h", Verdict.SKIPPED, "confirmed"),))
    await small.settle()
    assert (await small.ledger(interview))["1h"].verdict is Verdict.SKIPPED


# -- poison ----------------------------------------------------------------------------------------------


class _Poison:
    """Breaks the rendering, or the sending, of whatever says so."""

    def __init__(self, channel: Any, error: Exception, where: str) -> None:
        self._channel = channel
        self._error = error
        self._where = where

    def __getattr__(self, name: str) -> Any:
        return getattr(self._channel, name)

    def render(self, message: Message, envelope: Any) -> Any:
        if self._where == "render" and message.kind == "poison":
            raise self._error
        return self._channel.render(message, envelope)

    async def deliver(self, payload: Any, read_blob: Any) -> Any:
        if self._where == "deliver" and "poison" in str(payload):
            raise self._error
        return await self._channel.deliver(payload, read_blob)


@pytest.mark.parametrize("error", [Unrenderable("too long"), KeyError("secret=hunter2"), RecursionError("x")])
async def test_a_message_that_cannot_be_rendered_is_put_aside_and_told_of(
    small: Town, error: Exception
) -> None:
    one, first = await small.person("one")
    two, second = await small.person("two")
    interview = await small.interview(one)
    channels: Any = small.app.channels
    channels["telegram.main"] = _Poison(channels["telegram.main"], error, "render")
    bad = await small.say(one, Message("poison", words("poison")), interview, rung="1h", wants_receipt=True)
    await small.say(one, "after it")
    await small.say(two, "beside it")
    await small.passes(minutes=1)
    assert small.texts(first) == ["after it"]
    assert small.texts(second) == ["beside it"]
    row = await small.row(bad)
    assert row.state == "dead"
    assert "hunter2" not in row.why
    (done,) = small.back("done")
    assert (done.work, done.result["kind"], done.result["outbox"]) == ("put_aside", "poison", str(bad))
    assert done.result["interview"] == interview.label
    assert [body.why for body in small.back("delivered")] == ["put_aside"]


async def test_a_message_the_platform_will_never_take_is_put_aside(small: Town) -> None:
    who, phone = await small.person()
    bad = await small.say(who, Message("blank", Text("{label}", {"label": "\u200b"})))
    await small.say(who, "after it")
    await small.passes(minutes=1)
    assert small.texts(phone) == ["after it"]
    assert (await small.row(bad)).state == "dead"
    assert len(small.back("done")) == 1


async def test_a_channel_that_breaks_while_sending_holds_up_nobody(small: Town) -> None:
    one, first = await small.person("one")
    two, second = await small.person("two")
    channels: Any = small.app.channels
    channels["telegram.main"] = _Poison(channels["telegram.main"], KeyError("bug"), "deliver")
    bad = await small.say(one, "poison")
    await small.say(one, "after it")
    await small.say(two, "beside it")
    await small.passes(minutes=10)
    assert small.texts(first) == ["after it"]
    assert small.texts(second) == ["beside it"]
    assert (await small.row(bad)).state in ("undeliverable", "dead")


async def test_a_database_that_fails_for_a_moment_puts_nothing_aside(
    small: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    who, phone = await small.person()
    id = await small.say(who, "despite all")
    times = iter(range(3))
    real = people.get

    async def failing(tx: Any, person: Any) -> Any:
        if next(times, None) is not None:
            raise Unavailable("the database does not answer")
        return await real(tx, person)

    monkeypatch.setattr(people, "get", failing)
    await small.passes(minutes=5)
    assert small.texts(phone) == ["despite all"]
    assert (await small.row(id)).state == "accepted"


# -- editing ---------------------------------------------------------------------------------------------


async def test_a_message_of_the_same_key_is_edited(town: Town) -> None:
    who, phone = await town.person()
    for text in ("first", "second"):
        await town.say(who, Message("card", words(text), key="card"))
        await town.passes(seconds=2)
    assert town.texts(phone) == ["second"]
    assert phone.last.told_before == ["first"]


async def test_an_edit_of_a_message_that_is_gone_is_posted_anew(town: Town) -> None:
    who, phone = await town.person()
    await town.say(who, Message("card", words("first"), key="card"))
    await town.passes(seconds=2)
    phone.last.is_deleted = True
    await town.say(who, Message("card", words("second"), key="card"))
    await town.passes(seconds=5)
    assert town.texts(phone) == ["second"]
    await town.say(who, Message("card", words("third"), key="card"))
    await town.passes(seconds=5)
    assert town.texts(phone) == ["third"]


async def test_the_buttons_of_an_answered_question_are_taken_off(town: Town) -> None:
    who, phone = await town.person()
    interview = await town.interview(who)
    await town.book(interview)
    await town.passes(seconds=2)
    assert phone.last.buttons == ["yes", "no", "later", "detail", "lost"]
    asked = phone.last
    await _press(town, phone, asked, "no")
    await town.passes(seconds=5)
    assert asked.buttons == []
    assert "why" in asked.text  # what was chosen stays under it
    assert phone.last.buttons[0] == "reason:forgot"


async def _press(town: Town, phone: Any, on: Any, label: str) -> None:
    """Press a button as Telegram would tell it."""
    button = on.button(label)
    event = Event(
        id=f"press-{on.id}-{label}-{town.clock.now().isoformat()}",
        source="telegram.main",
        at=town.clock.now(),
        body=Pressed(button["callback_data"]),
        account="telegram.main",
        user=str(phone.id),
        chat=str(phone.id),
        about=str(on.id),
    )
    await town.happens(event)


async def test_closing_what_cannot_be_edited_any_more_posts_nothing(small: Town) -> None:
    who, phone = await small.person()
    interview = await small.interview(who)
    await small.book(interview)
    await small.passes(seconds=2)
    asked = phone.last
    async with small.app.db.write() as tx:
        known = await shown.by_platform_id(tx, "telegram.main", str(phone.id), str(asked.id))
        assert known is not None
        await shown.update_(tx, replace(known, editable_until=small.clock.now()))
    await _press(small, phone, asked, "yes")
    await small.passes(seconds=5)
    assert [text for text in small.texts(phone) if text.startswith("come")] == ["come"]
    assert phone.last.text == "thanks"


async def test_a_press_brings_what_the_next_edit_is_made_with(small: Town) -> None:
    who, phone = await small.person()
    interview = await small.interview(who)
    await small.book(interview)
    await small.passes(seconds=2)
    at, asked = small.clock.now(), phone.last
    chat = str(phone.id)
    said = Event("fresh", "telegram.main", at, Said("hm"), "telegram.main", chat, chat)
    fresh = replace(said, about=str(asked.id), edit_token="fresh")
    await small.happens(fresh)
    async with small.app.db.read() as tx:
        known = await shown.by_platform_id(tx, "telegram.main", str(phone.id), str(asked.id))
    assert known
    assert (known.edit_token, known.editable_until) == ("fresh", None)


@pytest.mark.parametrize(("avoids", "later"), [(True, True), (False, False)])
async def test_reminders_keep_off_the_hour_where_that_is_asked_for(
    small: Town, monkeypatch: pytest.MonkeyPatch, avoids: bool, later: bool
) -> None:
    channel = small.app.runtime.channels["telegram.main"]
    monkeypatch.setattr(channel, "caps", replace(channel.caps, avoids_full_hours=avoids), raising=False)
    who, _ = await small.person()
    interview = await small.interview(who)
    id = await small.rung(who, interview)
    row = await small.row(id)
    assert row.due_at.minute % 30 == 0
    assert (row.next_at - row.due_at >= timedelta(minutes=1)) == later
    assert row.next_at - row.due_at <= timedelta(minutes=2)


# -- shadow ----------------------------------------------------------------------------------------------


async def test_in_shadow_nothing_is_sent_and_what_would_be_is_recorded(
    sqlite_url: str, tmp_path: Path
) -> None:
    shadow = '\n[policy.roles.Shadow]\nmode = "shadow"\n'
    async with open_town(tmp_path, sqlite_url, policy=shadow) as town:
        who, phone = await town.person()
        interview = await town.interview(who, role="Shadow")
        id = await town.rung(who, interview, wants_receipt=True)
        await town.passes(hours=1)
        assert town.texts(phone) == []
        assert town.telegram.sent == []
        assert (await town.row(id)).state == "would-send"
        rung = (await town.ledger(interview))["1h"]
        assert rung.verdict is Verdict.WOULD_SEND
        assert [body.outcome for body in town.back("delivered")] == ["would-send"]


# -- order -----------------------------------------------------------------------------------------------


async def test_within_a_chat_what_was_said_first_arrives_first(town: Town) -> None:
    who, phone = await town.person()
    for n in range(8):
        await town.say(who, str(n))
    await town.passes(minutes=1)
    assert town.texts(phone) == [str(n) for n in range(8)]


async def test_order_is_kept_through_a_busy_spell(small: Town) -> None:
    who, phone = await small.person()
    small.telegram.fail("sendMessage", "429", times=2, retry_after=7)
    for n in range(4):
        await small.say(who, str(n))
    await small.passes(minutes=2)
    assert small.texts(phone) == [str(n) for n in range(4)]


async def test_replies_go_before_alerts_before_rungs_before_digests(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pumps, "IN_FLIGHT", 1)
    order = (Priority.DIGEST, Priority.RUNG, Priority.ALERT, Priority.REPLY)
    for priority in order:
        for n in range(3):
            who, _ = await town.person(f"{priority.name} {n}")
            await town.say(who, priority.name, priority=priority)
    await town.passes(minutes=1)
    sent = [call.params["text"] for call in town.telegram.sent]
    assert sent == [priority.name for priority in reversed(order) for _ in range(3)]


async def test_never_more_in_flight_than_eight_of_an_account(small: Town) -> None:
    channels: Any = small.app.channels
    real, now, most = channels["telegram.main"], [0], [0]

    class Counting(_Poison):
        async def deliver(self, payload: Any, read_blob: Any) -> Any:
            now[0] += 1
            most[0] = max(most[0], now[0])
            try:
                return await real.deliver(payload, read_blob)
            finally:
                now[0] -= 1

    channels["telegram.main"] = Counting(real, ValueError(), "nowhere")
    for n in range(30):
        who, _ = await small.person(f"p{n}")
        await small.say(who)
    await small.passes(minutes=1)
    assert len(small.telegram.sent) == 30
    assert 1 < most[0] <= 8


# -- taking over -----------------------------------------------------------------------------------------


async def test_what_a_predecessor_had_in_hand_is_sent_and_marked_as_maybe_twice(town: Town) -> None:
    who, phone = await town.person()
    interview = await town.interview(who)
    id = await town.rung(who, interview)
    (row,) = await town.app.delivery.claim("somebody who died", 8)
    async with town.app.db.write() as tx:
        await outbox.freeze(tx, row.id, "[]")
    assert await town.pumps.outbox_once() == 0
    await town.pumps.recover()
    await town.passes(seconds=5)
    assert town.texts(phone) == ["reminder 1h"]
    assert (await town.row(id)).in_doubt


async def test_a_channel_is_told_what_may_have_arrived(small: Town) -> None:
    channels: Any = small.app.channels
    real, told = channels["telegram.main"], []

    class Noting(_Poison):
        async def deliver(self, payload: Any, read_blob: Any) -> Any:
            told.append(payload.in_doubt)
            return await real.deliver(payload, read_blob)

    channels["telegram.main"] = Noting(real, ValueError(), "nowhere")
    who, _ = await small.person()
    small.telegram.fail("sendMessage", "500")
    small.telegram.fail("sendMessage", "reset_after")
    await small.say(who, "maybe twice")
    await small.passes(minutes=5)
    assert told == [False, False, True]


async def test_a_claim_that_was_lost_settles_nothing(town: Town) -> None:
    who, phone = await town.person()
    await town.say(who, "late")
    (row,) = await town.app.delivery.claim("slow", 8)
    await town.app.delivery.take_over("quick")
    await town.app.delivery.send(row)
    again = await town.row(row.id)
    assert again.state == "waiting"
    assert len(town.texts(phone)) == 1


async def test_a_claim_that_nobody_settled_is_taken_back(small: Town) -> None:
    """Whatever went wrong between claim and commit, a message is not stuck until the next start."""
    who, phone = await small.person()
    await small.say(who, "stuck")
    await small.app.delivery.claim(small.pumps.owner, 8)
    await small.passes(minutes=2)
    assert small.texts(phone) == ["stuck"]


async def test_a_link_may_lead_to_the_page_of_another_interview_of_the_same_person(town: Town) -> None:
    who, phone = await town.person()
    other, _ = await town.person("other")
    first, second = await town.interview(who), await town.interview(who, timedelta(hours=5))
    theirs = await town.interview(other)
    links = tuple(Link(f"my:{one.id}", words(f"{n}")) for n, one in enumerate((first, second, theirs)))
    await town.say(who, Message("home", words("home"), actions=links), first)
    await town.settle()
    opened = [button["url"] for row in phone.last.rows for button in row]
    tokens = [town.app.links.read_page("my", url.rpartition("/")[2], town.clock.now()) for url in opened]
    assert [token.interview for token in tokens] == [first.id, second.id]


async def test_where_too_many_are_dropped_silently_every_part_counts(
    small: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    who, phone = await small.person()
    channel = small.app.runtime.channels["telegram.main"]
    rates = (Rate("member", 30, MINUTE),)
    silent = replace(channel.caps, drops_silently=True, rates=rates)
    waits = []
    for caps in (replace(silent, drops_silently=False), silent):
        monkeypatch.setattr(channel, "caps", caps, raising=False)
        for _ in range(2):
            await small.say(who, "x" * 9000)
        await small.settle()
        limits = buckets.limits_of(channel.account, str(phone.id), True, rates)
        async with small.app.db.read() as tx:
            waits.append((await buckets.load(tx, limits, small.app.clock.now())).wait(limits))
        await small.passes(minutes=5)
    assert waits[0] is None
    assert waits[1] is not None
