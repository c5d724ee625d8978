"""One candidate on several channels: who is found by a list, calendars that follow, countdowns, pages, lost groups."""

import io
import shutil
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from bot import scene
from bot.effects import Carrier
from bot.sandbox.telegram import Person as User
from channels.base import Caps, Contact, Envelope, NotDelivered, Payload, ReadBlob, Receipt
from channels.console import Console
from channels.routes import ROUTES
from conversations.book import Book
from conversations.commands import COMMANDS
from conversations.dialogs import DIALOGS
from conversations.effects import ALERT, Manner, Priority, Say
from conversations.events import Booked, Event, Ordered, Pressed, Said, Unreachable, Wanted
from conversations.identity import PAGE, Address, Person, Place, Role, ToPerson, ToTeam
from conversations.interview import Interview, State, Verdict
from conversations.messages import File, Message, Press
from store import cases, interviews, outbox, people, shown, tokens, transcript, windows
from tests.support.town import Town, open_town
from tests.support.toys import words

HOUR = timedelta(hours=1)


class Board(Console):
    """A console that looks like another route, edits what it shows, and may know people."""

    def __init__(self, account: str, town: Town, caps: Caps) -> None:
        super().__init__(account, {"stream": io.StringIO()}, town.clock.now)
        self.caps = caps
        self.known: dict[str, Contact] = {}
        self.refuses: NotDelivered | None = None
        self.shuts = False
        """Whether the platform says that windows are shut, whatever our ledger thinks."""
        self.payloads: list[Payload] = []
        self.parts = 1
        """In how many calls a message goes through a window."""

    async def deliver(self, payload: Payload, read_blob: ReadBlob) -> Receipt:
        if self.refuses is not None:
            raise self.refuses
        if self.shuts and payload.calls[0].params.get("route") == "wechat.custom":
            raise NotDelivered("closed", "45015")
        self.payloads.append(payload)
        receipt = await super().deliver(payload, read_blob)
        return replace(receipt, edit_token="board" if self.caps.edits == "always" else None)

    def render(self, message: Message, envelope: Envelope) -> Payload:
        made = super().render(message, envelope)
        parts = self.parts if envelope.route == "wechat.custom" else 1
        made = replace(made, calls=made.calls * parts)
        return Payload(tuple(replace(c, params={**c.params, "route": envelope.route}) for c in made.calls))

    async def find(self, email: str | None, phone: str | None, hint: str | None) -> Contact | None:
        if self.refuses is not None:
            raise self.refuses
        return self.known.get(email or "")

    def texts(self) -> list[str]:
        return [text for _, text in self.shown]


@pytest.fixture
async def town(migrated_file: Path, tmp_path: Path) -> AsyncIterator[Town]:
    """A town with the product's own dialogs, on SQLite."""
    shutil.copy(migrated_file, tmp_path / "small.db")
    book = Book.of(DIALOGS, COMMANDS)
    async with open_town(tmp_path, f"sqlite:///{tmp_path / 'small.db'}", book=book) as opened:
        yield opened


def board(town: Town, route: str, **changes: Any) -> Board:
    made = Board(f"{route}.main", town, replace(ROUTES[route], rates=(), **changes))
    town.app.channels[made.account] = made
    return made


async def booked(town: Town, whose: Person, after: timedelta = 26 * HOUR) -> Interview:
    interview = await town.interview(whose, after)
    await books(town, interview)
    return interview


async def books(town: Town, interview: Interview, is_new: bool = True) -> None:
    body = Booked(interview.id, is_new=is_new)
    await town.happens(Event(uuid4().hex, "cli", town.clock.now(), body))
    await town.settle()


async def candidate(town: Town, **values: Any) -> Person:
    found, _ = await town.person("李雷", on=(), **values)
    return found


async def accounts(town: Town, person: Person) -> dict[str, bool]:
    return {b.address.account: b.is_reachable for b in (await town.whose(person)).bindings}


# -- found by a list --------------------------------------------------------------------------------------


async def test_a_candidate_is_reached_by_mailbox_and_phone_without_having_come(town: Town) -> None:
    mail, sms = board(town, "email"), board(town, "sms")
    who = await candidate(town, email="li@example.com", phone="+8613800001234")
    await booked(town, who)
    assert await accounts(town, who) == {"email.main": True, "sms.main": True}
    # By mail, which says more than a text message.
    assert [chat for chat, _ in mail.shown] == ["li@example.com"]
    assert sms.shown == []
    assert "http://127.0.0.1:8080/my/" in mail.texts()[0]


async def test_a_new_address_takes_the_place_of_the_old_one(town: Town) -> None:
    board(town, "email")
    who = await candidate(town, email="old@example.com")
    interview = await booked(town, who)
    async with town.app.db.write() as tx:
        await people.save(tx, replace(await town.whose(who), email="new@example.com"))
    await books(town, interview, is_new=False)
    found = {b.address.user: b.is_reachable for b in (await town.whose(who)).bindings}
    assert found == {"old@example.com": False, "new@example.com": True}


async def test_an_address_that_is_somebody_elses_stays_theirs(town: Town) -> None:
    mail = board(town, "email")
    first = await candidate(town, email="shared@example.com")
    await booked(town, first)
    second = await candidate(town, email="shared@example.com")
    await booked(town, second)
    assert (await accounts(town, first), await accounts(town, second)) == ({"email.main": True}, {})
    assert len(mail.shown) == 1
    assert await town.dead() == []


async def test_whom_a_platform_knows_is_greeted_there(town: Town) -> None:
    slack = board(town, "slack")
    slack.known["li@example.com"] = Contact("U1", "D1", "Europe/Berlin", "en")
    who = await candidate(town, email="li@example.com")
    await booked(town, who)
    assert await accounts(town, who) == {"slack.main": True}
    assert (await town.whose(who)).zone == "Europe/Berlin"
    assert slack.shown == []  # it is night there
    await town.passes(hours=6)
    assert {chat for chat, _ in slack.shown} == {"D1"}


async def test_who_was_told_by_mail_is_not_greeted_again_where_they_are_found(town: Town) -> None:
    mail, slack = board(town, "email"), board(town, "slack")
    slack.known["li@example.com"] = Contact("U1", "D1")
    who = await candidate(town, email="li@example.com")
    await booked(town, who)
    assert await accounts(town, who) == {"email.main": True, "slack.main": True}
    assert (len(mail.shown), len(slack.shown)) == (1, 0)


async def test_a_platform_that_cannot_be_asked_now_is_asked_again(town: Town) -> None:
    slack = board(town, "slack")
    slack.known["li@example.com"] = Contact("U1", "D1")
    slack.refuses = NotDelivered("busy", "down", timedelta(minutes=1))
    who = await candidate(town, email="li@example.com")
    await booked(town, who)
    assert await accounts(town, who) == {}
    slack.refuses = None
    await town.passes(minutes=2)
    assert await accounts(town, who) == {"slack.main": True}


# -- calendars --------------------------------------------------------------------------------------------


async def test_a_change_told_in_a_chat_reaches_the_calendar_by_mail(town: Town) -> None:
    mail = board(town, "email")
    who, phone = await town.person("李雷", email="li@example.com")
    interview = await booked(town, who)
    assert [m.text for m in phone.chat] != []
    assert mail.shown == []
    said = Message("note", words("moved"), calendar="update")
    about = (interview.id, interview.attempt.id)
    await _says(town, interview, Say(ToPerson(who.id), said, Manner("ladder"), *about))
    (row,) = [row for row in await town.rows() if row.account == "email.main"]
    (entry,) = [block for block in row.message.blocks if isinstance(block, File)]
    assert (entry.media_type, row.state) == ("text/calendar", "accepted")
    (row,) = [row for row in await town.rows() if row.account != "email.main" and row.kind == "note"]
    assert not [block for block in row.message.blocks if isinstance(block, File)]


async def _says(town: Town, interview: Interview, say: Say) -> None:
    """Have something said as an effect of an event about the interview."""
    event = Event(uuid4().hex, "core", town.clock.now(), Booked(interview.id, is_new=False))
    async with town.app.db.write() as tx:
        runtime = town.app.runtime
        found, _ = await scene.load(tx, event, runtime.policies, runtime.links, town.clock.now())
        carrier = Carrier(tx, found, event, runtime.caps, runtime.teams, town.clock.now())
        await carrier.carry_out((say,))
    await town.settle()


# -- countdowns -------------------------------------------------------------------------------------------


async def test_a_reminder_that_cannot_count_is_edited_at_the_thresholds(town: Town) -> None:
    slack = board(town, "slack")
    slack.known["li@example.com"] = Contact("U1", "D1")
    who = await candidate(town, email="li@example.com")
    interview = await booked(town, who, 3 * HOUR)
    await town.passes(hours=2, minutes=1)
    reminders = [row for row in await town.rows() if row.kind == "reminder"]
    assert [row.state for row in reminders] == ["accepted", "waiting"]
    await town.passes(minutes=52)
    edits = [row for row in await town.rows() if row.key.startswith("countdown:")]
    assert edits[0].due_at == interview.attempt.starts_at - timedelta(minutes=10)
    assert "accepted" in {row.state for row in edits}


async def test_a_moved_interview_is_not_counted_down(town: Town) -> None:
    slack = board(town, "slack")
    slack.known["li@example.com"] = Contact("U1", "D1")
    who = await candidate(town, email="li@example.com")
    interview = await booked(town, who, 3 * HOUR)
    await town.passes(hours=2, minutes=1)
    async with town.app.db.read() as tx:
        current = await interviews.get(tx, interview.id)
    assert current is not None
    await town.moved(current, 48 * HOUR)
    await town.passes(minutes=52)
    edits = [row for row in await town.rows() if row.key.startswith("countdown:")]
    assert [(row.state, row.why) for row in edits] == [("superseded", "moved")]


# -- what bounced later -----------------------------------------------------------------------------------


async def bounces(town: Town, user: str) -> None:
    body = Unreachable("5.1.1 no such mailbox")
    event = Event(uuid4().hex, "email.main", town.clock.now(), body, account="email.main", user=user)
    await town.happens(event)
    await town.settle()


async def test_what_bounced_goes_another_way_once(town: Town) -> None:
    mail, sms = board(town, "email"), board(town, "sms")
    who = await candidate(town, email="li@example.com", phone="+8613800001234")
    await booked(town, who)
    assert (len(mail.shown), len(sms.shown)) == (1, 0)
    for _ in range(2):
        await bounces(town, "li@example.com")
    assert await accounts(town, who) == {"email.main": False, "sms.main": True}
    assert [chat for chat, _ in sms.shown] == ["+8613800001234"]


async def test_a_bounce_of_what_no_longer_matters_sends_nothing(town: Town) -> None:
    _, sms = board(town, "email"), board(town, "sms")
    who = await candidate(town, email="li@example.com", phone="+8613800001234")
    interview = await booked(town, who)
    async with town.app.db.write() as tx:
        current = await interviews.get(tx, interview.id)
        assert current is not None
        await interviews.save(tx, replace(current, state=State.CANCELLED))
    await bounces(town, "li@example.com")
    assert sms.shown == []


# -- windows ----------------------------------------------------------------------------------------------


def wechat(town: Town) -> Board:
    found = board(town, "wechat.template", finds="email", in_window=ROUTES["wechat.custom"])
    del town.app.channels[found.account]
    found.account = "wechat.main"
    town.app.channels["wechat.main"] = found
    return found


async def opens(town: Town, account: str, user: str, how: str) -> None:
    event = Event(uuid4().hex, account, town.clock.now(), Said("在吗"), account, user, user, opens=how)
    await town.happens(event)
    await town.settle()


async def tells(town: Town, interview: Interview, who: Person, text: str) -> None:
    said = Message("note", words(text))
    about = (interview.id, interview.attempt.id)
    await _says(town, interview, Say(ToPerson(who.id), said, Manner("ladder"), *about))


def routes_taken(channel: Board) -> list[str]:
    return [call.params.get("route", "") for payload in channel.payloads for call in payload.calls]


async def test_an_open_window_is_used_as_long_as_it_has_places_and_a_template_after(town: Town) -> None:
    chat = wechat(town)
    who = await candidate(town, email="openid")
    interview = await booked(town, who)
    assert routes_taken(chat) == ["wechat.template"]
    await opens(town, "wechat.main", "openid", "menu")
    assert routes_taken(chat)[1:] == ["wechat.custom"]  # the answer to what was said
    for _ in range(3):
        await tells(town, interview, who, "more")
    await town.settle()
    assert routes_taken(chat)[2:] == ["wechat.custom", "wechat.custom", "wechat.template"]
    await opens(town, "wechat.main", "openid", "menu")
    await town.passes(minutes=1)
    await tells(town, interview, who, "a minute later")
    await town.settle()
    assert routes_taken(chat)[-1] == "wechat.template"


async def test_each_part_of_a_message_takes_a_place_and_half_a_message_is_not_begun(town: Town) -> None:
    chat = wechat(town)
    who = await candidate(town, email="openid")
    interview = await booked(town, who)
    await opens(town, "wechat.main", "openid", "message")
    chat.parts = 3
    count = len(chat.payloads)
    for _ in range(2):
        await tells(town, interview, who, "in three parts")
        await town.settle()
    sent = [[call.params["route"] for call in payload.calls] for payload in chat.payloads[count:]]
    assert sent == [["wechat.custom"] * 3, ["wechat.template"]]
    async with town.app.db.read() as tx:
        assert await windows.messages_left(tx, "wechat.main", "openid", town.clock.now()) == 1


async def test_the_platforms_word_on_a_window_overrules_the_ledger(town: Town) -> None:
    chat = wechat(town)
    who = await candidate(town, email="openid")
    interview = await booked(town, who)
    await opens(town, "wechat.main", "openid", "message")
    chat.shuts = True
    await tells(town, interview, who, "still there?")
    await town.settle()
    assert routes_taken(chat)[-1] == "wechat.template"
    rows = [row for row in await town.rows() if row.kind == "note"]
    assert [row.state for row in rows] == ["accepted"]
    async with town.app.db.read() as tx:
        assert await windows.messages_left(tx, "wechat.main", "openid", town.clock.now()) == 0


async def test_a_place_comes_back_after_a_refusal_and_not_after_doubt(town: Town) -> None:
    chat = wechat(town)
    who = await candidate(town, email="openid")
    interview = await booked(town, who)
    await opens(town, "wechat.main", "openid", "message")

    async def left() -> int:
        async with town.app.db.read() as tx:
            return await windows.messages_left(tx, "wechat.main", "openid", town.clock.now())

    before = await left()
    chat.refuses = NotDelivered("refused", "45002 too long")
    await tells(town, interview, who, "refused")
    await town.settle()
    assert await left() == before
    chat.refuses = NotDelivered("in_doubt", "no answer")
    await tells(town, interview, who, "in doubt")
    await town.settle()
    assert await left() < before


def customer_service(town: Town) -> Board:
    """A route on which candidates write first."""
    found = board(town, "wecom.kf", finds="email")
    del town.app.channels[found.account]
    found.account = "kf.main"
    town.app.channels["kf.main"] = found
    return found


async def presses(town: Town, who: User, label: str) -> None:
    value = next(seen.presses[label] for seen in reversed(who.chat) if label in seen.presses)
    user = str(who.id)
    account = "telegram.main"
    await town.happens(Event(uuid4().hex, account, town.clock.now(), Pressed(value), account, user, user))
    await town.settle()


@pytest.mark.parametrize(
    ("label", "verdict", "why"),
    [
        ("I have sent it", Verdict.SENT, "by_hand: sent"),
        ("I cannot", Verdict.REFUSED, "by_hand: not_sent"),
        ("", Verdict.EXPIRED, "by_hand: nobody"),
    ],
)
async def test_where_only_a_person_may_write_first_a_rung_is_somebodys_task(
    town: Town, label: str, verdict: Verdict, why: str
) -> None:
    found = customer_service(town)
    _, desk = await town.person("王芳", Role.HR)
    who = await candidate(town, email="wmxxx")
    interview = await booked(town, who, 3 * HOUR)
    await town.passes(hours=2, minutes=1)
    assert found.shown == []
    assert (await town.ledger(interview))["1h"].verdict is None
    assert "please send this reminder yourself" in desk.last.text
    assert "Hello 李雷" in desk.last.text
    if label:
        await presses(town, desk, label)
    await town.passes(minutes=27)
    assert (await town.ledger(interview))["1h"].verdict is (verdict if label else None)
    await town.passes(minutes=4)
    rung = (await town.ledger(interview))["1h"]
    assert (rung.verdict, rung.why) == (verdict, why)
    assert (await town.ledger(interview))["30m"].verdict is None


async def test_the_task_is_the_recruiters_where_a_chat_reaches_them(town: Town) -> None:
    customer_service(town)
    _, desk = await town.person("王芳", Role.HR)
    recruiter, theirs = await town.person("小孙", Role.RECRUITER)
    who = await candidate(town, email="wmxxx")
    interview = await town.interview(who, 3 * HOUR, recruiter=recruiter.id)
    await books(town, interview)
    await town.passes(hours=2, minutes=1)
    assert "please send this reminder yourself" in theirs.last.text
    assert not any("yourself" in seen.text for seen in desk.chat)


async def test_a_task_that_is_not_needed_any_more_counts_for_nothing(town: Town) -> None:
    customer_service(town)
    _, desk = await town.person("王芳", Role.HR)
    who = await candidate(town, email="wmxxx")
    interview = await booked(town, who, 3 * HOUR)
    await town.passes(hours=2, minutes=1)
    await town.happens(Event(uuid4().hex, "cli", town.clock.now(), Ordered("cancel", interview.id)))
    await town.settle()
    await presses(town, desk, "I have sent it")
    assert any("not needed any more" in seen.text for seen in desk.chat)
    assert (await town.ledger(interview))["1h"].verdict is not Verdict.SENT


async def test_a_rung_goes_by_itself_while_the_window_is_open(town: Town) -> None:
    found = customer_service(town)
    who = await candidate(town, email="wmxxx")
    await booked(town, who, 3 * HOUR)
    await town.passes(hours=2, minutes=1)
    await opens(town, "kf.main", "wmxxx", "message")
    await town.passes(minutes=30)
    assert found.shown != []


# -- the page ---------------------------------------------------------------------------------------------


def on_page(town: Town, who: Person, interview: Interview, body: Any, id: str = "") -> Event:
    return Event(
        id or uuid4().hex,
        PAGE,
        town.clock.now(),
        body,
        account=PAGE,
        user=str(who.id),
        chat=str(interview.id),
    )


async def pages(town: Town, interview: Interview) -> list[outbox.OutboxRow]:
    return [row for row in await town.rows() if (row.account, row.chat) == (PAGE, str(interview.id))]


async def test_what_is_asked_on_the_page_is_answered_there(town: Town) -> None:
    board(town, "email")
    who = await candidate(town, email="li@example.com")
    interview = await booked(town, who)
    await town.app.decide(on_page(town, who, interview, Wanted("status")))
    (row,) = await pages(town, interview)
    assert (row.state, row.kind, row.to_person) == ("accepted", "status", who.id)
    await town.app.decide(on_page(town, who, interview, Said("I cannot come")))
    assert [row.kind for row in await pages(town, interview)] == ["status", "cant_come.ask"]


async def test_an_answer_on_the_page_closes_the_chats_buttons_and_comes_once(town: Town) -> None:
    who, phone = await town.person("李雷", email="li@example.com")
    interview = await booked(town, who)
    assert phone.last.rows
    async with town.app.db.read() as tx:
        (first,) = [row for row in await town.rows() if row.kind == "greeting"]
        seen = await shown.by_platform_id(tx, first.account, first.chat, first.platform_id)
    assert seen is not None
    assert seen.session is not None
    value = town.app.links.button(seen.session, seen.turn, 1, f"person:{who.id}", town.clock.now())
    event = on_page(town, who, interview, Pressed(value), "double")
    for _ in range(2):
        await town.app.decide(event)
    await town.passes(seconds=5)
    assert not any("callback_data" in button for row in phone.last.rows for button in row)
    async with town.app.db.read() as tx:
        confirmed = await interviews.get(tx, interview.id)
    assert confirmed is not None
    assert confirmed.attempt.confirmed_at is not None
    assert len(await pages(town, interview)) == 1


async def test_a_page_that_could_not_be_handled_now_is_handled_later(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    who = await candidate(town)
    interview = await booked(town, who)
    real = town.app.runtime.handle

    async def broken(tx: Any, event: Event) -> Any:
        raise RuntimeError("no")

    monkeypatch.setattr(town.app.runtime, "handle", broken)
    with pytest.raises(RuntimeError):
        await town.app.decide(on_page(town, who, interview, Wanted("status")))
    monkeypatch.setattr(town.app.runtime, "handle", real)
    await town.settle()
    assert [row.kind for row in await pages(town, interview)] == ["status"]


# -- a group that is lost ---------------------------------------------------------------------------------


async def test_what_a_lost_group_should_have_read_goes_to_a_member_who_learns_of_it(town: Town) -> None:
    member, phone = await town.person("王芳", Role.HR)
    slack = board(town, "slack")
    slack.refuses = NotDelivered("gone", "not_in_channel", scope="chat")
    town.app.runtime.teams = {**town.app.runtime.teams, "hr": Place("slack.main", "C1")}
    who = await candidate(town)
    interview = await booked(town, who, HOUR)
    await _says(town, interview, Say(ToTeam("hr"), Message("alert", words("look")), ALERT))
    assert "look" in town.texts(phone)
    rows = {row.account: row for row in await town.rows() if row.kind == "alert"}
    assert rows["slack.main"].state == "undeliverable"
    assert rows["telegram.main"].to_person == member.id
    assert rows["telegram.main"].is_private
    assert interview.state is State.SCHEDULED


# -- a group in which nobody can answer -------------------------------------------------------------------

ROBOT = Place("wecom.app.main", "webhook:hr")


async def with_robot(town: Town) -> tuple[Board, Interview, User]:
    """Return an app whose robot stands in HR's group, an interview, and a member of HR."""
    _, member = await town.person("王芳", Role.HR)
    app = board(town, "wecom.app", one_way=ROUTES["wecom.webhook"])
    town.app.runtime.teams = {**town.app.runtime.teams, "hr": ROBOT}
    return app, await booked(town, await candidate(town), HOUR), member


async def test_a_robot_is_told_news_and_digests(town: Town) -> None:
    app, interview, member = await with_robot(town)
    await _says(town, interview, Say(ToTeam("hr"), Message("news", words("look")), ALERT))
    daily = Message("digest", words("daily"), (), (Press("take", words("mine")),))
    await _says(town, interview, Say(ToTeam("hr"), daily, Manner("ladder", Priority.DIGEST)))
    await town.passes(minutes=6)  # off the full hour
    assert [(chat, text.partition("\n")[0]) for chat, text in app.shown] == [
        ("webhook:hr", "look"), ("webhook:hr", "daily"),
    ]  # fmt: skip
    assert "look" not in town.texts(member)


async def test_what_asks_something_goes_to_each_of_the_team_instead(town: Town) -> None:
    app, interview, member = await with_robot(town)
    card = Message("alert.card", words("open"), (), (Press("take", words("mine")),), key="card:1")
    await _says(town, interview, Say(ToTeam("hr"), card, ALERT))
    assert app.shown == []
    assert any("open" in text for text in town.texts(member))
    states = {row.account: (row.state, row.why) for row in await town.rows() if row.kind == "alert.card"}
    assert states.pop("wecom.app.main") == ("superseded", "asks_where_nobody_answers")
    assert [state for state, _ in states.values()] == ["accepted"]


async def test_a_question_put_straight_to_a_robot_is_refused(town: Town) -> None:
    app, interview, _ = await with_robot(town)
    asked = Message("alert.card", words("open"), (), (Press("take", words("mine")),))
    await _says(town, interview, Say(ROBOT, asked, ALERT))
    (row,) = [row for row in await town.rows() if row.kind == "alert.card"]
    assert (row.state, row.why) == ("dead", "refused: asks_where_nobody_answers")
    (told,) = app.texts()
    assert "asks_where_nobody_answers" in told, "HR is told that it was put aside"


# -- cards where nothing can be edited --------------------------------------------------------------------


async def test_a_card_that_cannot_be_edited_is_told_anew_when_it_is_settled(town: Town) -> None:
    sms = board(town, "sms")
    who = await candidate(town)
    interview = await booked(town, who, HOUR)
    place, quietly = Place("sms.main", "+8613900000000"), Manner("ladder", Priority.EDIT)
    card = Message("alert.card", words("open"), (), (Press("take", words("mine")),), key="card:1")
    await _says(town, interview, Say(place, card, ALERT))
    await _says(town, interview, Say(place, replace(card, lead=words("asked")), quietly))
    await _says(town, interview, Say(place, replace(card, lead=words("settled"), actions=()), quietly))
    assert [text.partition("\n")[0] for text in sms.texts()] == ["open", "settled"]
    (row,) = [row for row in await town.rows() if row.state == "superseded"]
    assert row.why == "not_editable"


# -- numbers for cards ------------------------------------------------------------------------------------


async def staff_by_sms(town: Town, *numbers: str) -> list[Person]:
    found = []
    for number in numbers:
        who, _ = await town.person(f"Support {number[-1]}", Role.SUPPORT, on=())
        async with town.app.db.write() as tx:
            await people.bind(tx, who.id, Address("sms.main", number), number, town.clock.now())
        found.append(await town.whose(who))
    return found


async def texts_back(town: Town, number: str, text: str, about: str | None = None) -> None:
    at = town.clock.now()
    await town.happens(
        Event(
            uuid4().hex,
            "sms.main",
            at,
            Said(text),
            account="sms.main",
            user=number,
            chat=number,
            about=about,
        )
    )
    await town.settle()


async def _owners(town: Town) -> list[str]:
    """Return who has each open case."""
    async with town.app.db.read() as tx:
        return [case.owner_name or "" for case in await cases.open_cases(tx)]


async def _calls_for_help(town: Town) -> Interview:
    who = await candidate(town, email="li@example.com")
    interview = await booked(town, who, 20 * HOUR)
    for words_ in ("my camera does not work", "person"):
        await town.app.decide(on_page(town, who, interview, Said(words_)))
    await town.settle()
    return interview


async def test_a_number_picks_from_the_newest_card_in_the_chat(town: Town) -> None:
    sms = board(town, "sms")
    board(town, "email")
    first, second = "+8613900000001", "+8613900000002"
    await staff_by_sms(town, first, second)
    await _calls_for_help(town)
    assert {chat for chat, _ in sms.shown} == {first, second}
    assert "1. I look after it" in sms.texts()[0]
    await texts_back(town, first, "1")
    assert await _owners(town) == ["Support 1"]
    assert "1. Settled" in sms.texts()[-1]
    await texts_back(town, second, "1")
    assert await _owners(town) == []


async def test_a_number_counts_as_the_card_that_it_answers_was_shown(town: Town) -> None:
    sms = board(town, "sms")
    board(town, "email")
    first, second = "+8613900000001", "+8613900000002"
    await staff_by_sms(town, first, second)
    await _calls_for_help(town)
    (old,) = [row for row in await town.rows() if row.kind == "support.card" and row.chat == second]
    await texts_back(town, first, "1")
    told = len(sms.shown)
    await texts_back(town, second, "1", about=old.platform_id)
    assert await _owners(town) == ["Support 1"], "“I look after it” was first when it was shown"
    ((chat, text),) = sms.shown[told:]
    assert chat == second
    assert "Things have moved on" in text
    assert "1. Settled" in text
    await texts_back(town, second, "3", about=old.platform_id)
    assert await _owners(town) == [], "“settled” was third when it was shown"


async def test_a_strangers_words_are_not_taken_for_the_candidates(town: Town) -> None:
    """Somebody of staff who has not come in yet answers a card with their one-time code."""
    sms = board(town, "sms")
    board(town, "email")
    number = "+8613900000009"
    town.app.runtime.teams = {**town.app.runtime.teams, "support": Place("sms.main", number)}
    interview = await _calls_for_help(town)
    async with town.app.db.write() as tx:
        now = town.clock.now()
        code = await tokens.mint_token(tx, "role", "role:support", now, now + HOUR)
    (card,) = [row for row in await town.rows() if row.chat == number]
    await texts_back(town, number, code, about=card.platform_id)
    assert "Welcome" in sms.texts()[-1] or "欢迎" in sms.texts()[-1]
    async with town.app.db.read() as tx:
        said = await transcript.lines(tx, interview.id, 40)
    assert [line.text for line in said if line.who == "candidate"] == ["my camera does not work", "person"]
