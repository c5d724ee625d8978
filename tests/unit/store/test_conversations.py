"""Sessions, what is shown, files, transcripts, windows and slow work: what a conversation leaves behind."""

from dataclasses import replace
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any
from uuid import uuid4

import pytest

from conversations.dialog import Session
from conversations.messages import Fact, File, Link, Message, Note, Para, Press
from locales.text import Countdown, Day, Listing, Moment, Percent, Points, Span, TimeOfDay, Words, ct, nt, t
from store import blobs, jobs, sessions, shown, transcript, windows
from store.db import Database, Tx
from store.errors import Conflict
from store.shown import Shown
from tests.unit.store.samples import DAY, HOUR, MINUTE, NOW, booked, event, message, row

EVERYTHING_SAYABLE = Message(
    kind="everything",
    lead=nt("{n} slot", "{n} slots", 3, when=Moment(NOW, "Asia/Shanghai"), who="李雷 <b>"),
    blocks=(
        Para(ct("case", "Open", inner=t("inside {x}", x=7))),
        Fact("time", t("Time"), t("{a} {b}", a=TimeOfDay(NOW), b=Countdown(NOW + HOUR))),
        Fact("rest", t("Rest"), t("{a} {b} {c}", a=Day(date(2026, 11, 24)), b=Span(HOUR), c=Percent(0.125))),
        Note(t("{a} {b}", a=Points(-0.02), b=Words({"zh_Hans": "带身份证", "en": "bring your ID"}))),
        Note(t("{all}", all=Listing((t("one"), "two", Moment(datetime(2026, 1, 1, tzinfo=UTC)))))),
        File("sha256:00", "面试.ics", "text/calendar", t("Calendar file")),
    ),
    actions=(Press("coming", t("I'll be there"), "primary"), Link("go", t("Enter"))),
    key="k",
)


def session(**values: Any) -> Session:
    return Session(**{"id": uuid4(), "holder": "person:1", "subject": "interview:1", **values})


async def test_a_session_comes_back_as_saved(db: Database) -> None:
    whole = session(
        dialog="no_show",
        step="reason",
        turn=4,
        choices=("forgot", "slot:7"),
        asked_at=NOW,
        misses=1,
        data={"said": "病了", "n": 1, "nested": {"list": [1, None, True, 2.5]}},
    )
    async with db.write() as tx:
        await sessions.save(tx, whole)
        assert await sessions.get(tx, whole.id) == whole
        assert await sessions.find(tx, "person:1", "interview:1") == whole
        assert await sessions.find(tx, "person:1", "interview:2") is None
        moved = replace(whole, step="slots", turn=5, asked_at=None, data={})
        await sessions.save(tx, moved)
        assert await sessions.get(tx, whole.id) == moved


async def test_sessions_of_a_holder_and_about_a_subject(db: Database) -> None:
    async with db.write() as tx:
        idle, old = session(subject="a"), session(subject="b", asked_at=NOW)
        new, team = session(subject="c", asked_at=NOW + HOUR), session(holder="team:hr", subject="a")
        for each in (idle, old, new, team):
            await sessions.save(tx, each)
        assert await sessions.of_holder(tx, "person:1") == [new, old, idle]
        assert {each.id for each in await sessions.about(tx, "a")} == {idle.id, team.id}


async def test_a_second_session_of_the_same_key_is_a_conflict(db: Database) -> None:
    async with db.write() as tx:
        await sessions.save(tx, session())
        with pytest.raises(Conflict):
            await sessions.save(tx, session())


@pytest.mark.parametrize("value", [NOW, uuid4(), {1, 2}, b"x"], ids=lambda value: type(value).__name__)
async def test_what_would_come_back_as_something_else_is_refused(db: Database, value: object) -> None:
    async with db.write() as tx:
        with pytest.raises(TypeError):
            await sessions.save(tx, session(data={"value": value}))


def card(**values: Any) -> Shown:
    wanted: dict[str, Any] = {"id": uuid4(), "account": "telegram.main", "chat": "42", "message": message()}
    return Shown(**{**wanted, "shown_at": NOW, "platform_id": "7", "key": "case:1", **values})


async def test_what_is_shown_comes_back_with_everything_sayable(db: Database) -> None:
    whole = card(
        message=EVERYTHING_SAYABLE,
        binding=uuid4(),
        person=uuid4(),
        session=uuid4(),
        turn=2,
        edit_token="42:7",
        editable_until=NOW + 2 * DAY,
    )
    async with db.write() as tx:
        assert await shown.put(tx, whole) == whole
        assert await shown.get(tx, whole.id) == whole
        assert await shown.find(tx, "telegram.main", "42", "case:1") == whole
        assert await shown.by_platform_id(tx, "telegram.main", "42", "7") == whole
        assert await shown.find(tx, "telegram.main", "43", "case:1") is None
        assert await shown.by_platform_id(tx, "slack.main", "42", "7") is None


async def test_an_edit_is_the_same_message_and_a_new_post_another(db: Database) -> None:
    async with db.write() as tx:
        first = await shown.put(tx, card())
        edited = await shown.put(tx, card(turn=2))
        assert edited.id == first.id
        assert (await shown.get(tx, first.id)) == edited
        posted = await shown.put(tx, card(platform_id="8"))
        assert posted.id != first.id
        assert await shown.find(tx, "telegram.main", "42", "case:1") == posted
        old = await shown.by_platform_id(tx, "telegram.main", "42", "7")
        assert old == replace(edited, key=""), "a reply to the old card still finds its session"
        for _ in range(2):
            await shown.put(tx, card(key=""))
        assert await shown.find(tx, "telegram.main", "42", "") is None


async def test_buttons_are_closed_on_everything_shown_before_a_turn(db: Database) -> None:
    of = uuid4()
    async with db.write() as tx:
        first = await shown.put(tx, card(session=of, turn=1, key="", platform_id="1"))
        second = await shown.put(tx, card(session=of, turn=2, key="", platform_id="2", account="slack.main"))
        await shown.put(tx, card(session=of, turn=3, key="", platform_id="3"))
        await shown.put(tx, card(session=uuid4(), turn=1, key="", platform_id="4"))
        assert await shown.of_session(tx, of, 3) == [first, second]
        await shown.close(tx, first.id)
        assert await shown.of_session(tx, of, 3) == [second]


async def test_what_a_platform_accepted_is_remembered(db: Database) -> None:
    of = uuid4()
    posted = row(chat="42", session=of, turn=1, message=message(key="card"))
    async with db.write() as tx:
        first = await shown.remember(tx, posted, "7", "token", NOW + DAY, NOW)
        assert (first.session, first.turn, first.key, first.is_closed) == (of, 1, "card", False)
        again = await shown.remember(tx, replace(posted, id=uuid4(), turn=2), "7", "token", None, NOW)
        assert (again.id, again.turn) == (first.id, 2)
        closing = row(chat="42", session=of, edits=first.id, message=message(actions=()))
        closed = await shown.remember(tx, closing, "7", None, None, NOW + MINUTE)
        assert (closed.id, closed.key, closed.edit_token, closed.is_closed) == (
            first.id,
            "card",
            "token",
            True,
        )
        assert await shown.of_session(tx, of, 9) == []


async def test_a_token_that_was_good_for_once_is_used_up_and_may_come_anew(db: Database) -> None:
    posted = row(chat="42", message=message(key="card"))
    async with db.write() as tx:
        first = await shown.remember(tx, posted, "7", "once", NOW + DAY, NOW)
        edit = row(chat="42", edits=first.id, message=message(key="card"))
        assert (await shown.remember(tx, edit, "7", "", None, NOW)).edit_token == ""
        await shown.renew(tx, "telegram.main", "42", "7", "fresh", NOW + 2 * DAY)
        await shown.renew(tx, "telegram.main", "42", "none of ours", "fresh", None)
        known = await shown.get(tx, first.id)
        assert known
        assert (known.edit_token, known.editable_until) == ("fresh", NOW + 2 * DAY)


async def test_what_is_gone_from_a_chat_is_forgotten(db: Database) -> None:
    async with db.write() as tx:
        first, second = await shown.put(tx, card()), await shown.put(tx, card(key="other", platform_id="8"))
        await shown.forget(tx, "telegram.main", "42", "", second.id)
        assert await shown.get(tx, second.id) is None
        await shown.forget(tx, "telegram.main", "42", "")
        await shown.forget(tx, "telegram.main", "42", "case:1")
        assert await shown.get(tx, first.id) is None


async def test_files_are_found_by_their_content(db: Database) -> None:
    data = b"BEGIN:VCALENDAR\x00\xff"
    async with db.write() as tx:
        name = await blobs.put(tx, data)
        assert name == f"sha256:{sha256(data).hexdigest()}"
        assert await blobs.put(tx, data) == name
        for each in (name, f"blob:{name}", name.replace("sha256", "blob")):
            assert await blobs.read(tx, each) == data
        for each in ("sha256:" + "0" * 64, "sha256:12", ""):
            with pytest.raises(LookupError):
                await blobs.read(tx, each)


async def test_the_end_of_a_transcript_in_its_order(db: Database) -> None:
    async with db.write() as tx:
        of = (await booked(tx)).id
        for n in range(4):
            await transcript.add_line(tx, of, NOW, "candidate", f"第{n}句")
        assert [line.text for line in await transcript.lines(tx, of, 2)] == ["第2句", "第3句"]
        assert await transcript.lines(tx, uuid4()) == []


async def test_a_window_counts_what_may_still_be_sent(db: Database) -> None:
    async def left(tx: Tx, at: datetime = NOW) -> int:
        return await windows.messages_left(tx, "wechat.main", "openid", at)

    async with db.write() as tx:
        assert await windows.reserve(tx, "wechat.main", "openid", NOW) is None
        await windows.open_window(tx, "wechat.main", "openid", "message", NOW, NOW + 48 * HOUR, 5)
        await windows.open_window(tx, "wechat.main", "openid", "menu", NOW, NOW + MINUTE, 3)
        assert await left(tx) == 8
        taken = [await windows.reserve(tx, "wechat.main", "openid", NOW) for _ in range(4)]
        assert taken[0] == taken[1] == taken[2] != taken[3], "the one that closes first goes first"
        assert await left(tx) == 4
        assert taken[0] is not None
        await windows.give_back(tx, taken[0])
        assert await left(tx) == 5
        assert await left(tx, NOW + MINUTE) == 4
        await windows.open_window(tx, "wechat.main", "openid", "message", NOW, NOW + 48 * HOUR, 5)
        assert await left(tx, NOW + MINUTE) == 5
        assert await left(tx, NOW + 48 * HOUR) == 0
        await windows.close_windows(tx, "wechat.main", "openid")
        assert await left(tx) == 0


async def test_slow_work_comes_back_unless_it_ends(db: Database) -> None:
    asked = event("导出")
    async with db.write() as tx:
        id = await jobs.put(tx, "export", {"from": "2026-11-01", "n": 3}, asked, NOW)
        await jobs.put(tx, "chart", {}, asked, NOW)
        assert await jobs.next_at(tx) == NOW
        [job] = await jobs.claim(tx, NOW)
        assert (job.id, job.kind, job.args, job.event, job.tries) == (
            id,
            "export",
            {"from": "2026-11-01", "n": 3},
            asked,
            1,
        )
        [chart] = await jobs.claim(tx, NOW, 9)
        assert await jobs.claim(tx, NOW, 9) == []
        await jobs.failed(tx, chart.id, NOW, "OSError", NOW + MINUTE)
        assert [(each.kind, each.why) for each in await jobs.claim(tx, NOW + MINUTE, 9)] == [
            ("chart", "OSError")
        ]
        await jobs.failed(tx, chart.id, NOW, "OSError", None)
        assert [each.tries for each in await jobs.claim(tx, NOW + jobs.LEASE, 9)] == [2]
        await jobs.recover(tx)
        assert [each.tries for each in await jobs.claim(tx, NOW, 9)] == [3]
        await jobs.done(tx, id, NOW)
        await jobs.recover(tx)
        assert await jobs.claim(tx, NOW + DAY, 9) == []
        assert await jobs.next_at(tx) is None


async def test_the_first_that_a_session_showed_is_known_in_each_chat(db: Database) -> None:
    session = uuid4()
    async with db.write() as tx:
        await shown.put(tx, card(session=session, platform_id="7", key=""))
        await shown.put(tx, card(session=session, platform_id="9", key="", turn=2))
        await shown.put(tx, card(session=session, platform_id="5", key="", account="slack.main"))
        await shown.put(tx, card(session=uuid4(), platform_id="1", key="", chat="43"))
        await shown.put(tx, card(session=session, platform_id="", key="", chat="44"))
        assert await shown.roots(tx, session) == {("telegram.main", "42"): "7", ("slack.main", "42"): "5"}
