"""Fetching: at once when called, on from the cursor, nothing twice and nothing of before our time."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.clock import VirtualClock
from channels.base import Forged, Forgetful, NotDelivered
from channels.wecom_kf import Kf
from conversations.events import Event, Followed, Said
from tests.support.accounts import ACCOUNTS
from tests.support.tencent.answering import NOW, Answering, callback, sealed

GOOD = ACCOUNTS["wecom_kf"]
KF = GOOD["open_kfid"]
PATH = "/hooks/wecom_kf/main"


def said(text: str, at: datetime = NOW, **more: Any) -> dict[str, Any]:
    known = {"msgid": f"m-{text}", "open_kfid": KF, "external_userid": "wm1", "origin": 3, "msgtype": "text"}
    return {**known, "send_time": int(at.timestamp()), "text": {"content": text}, **more}


def page(cursor: str, *messages: object, has_more: int = 0) -> dict[str, Any]:
    return {"next_cursor": cursor, "msg_list": [*messages], "has_more": has_more}


class Account:
    def __init__(self, **changes: Any) -> None:
        self.clock = VirtualClock(NOW)
        self.tencent = Answering()
        self.vault = Forgetful()
        self.changes = changes
        self.received: list[tuple[list[str], str | None]] = []
        self.events: list[Event] = []
        self.cursor: str | None = None

    async def connect(self) -> None:
        self.kf = Kf("wecom_kf.main", {**GOOD, **self.changes}, self.clock.now, self.vault)
        await self.tencent.behind(self.kf._connected())

    async def receive(self, events: Sequence[Event], reached: str | None) -> None:
        self.received.append(([event.id for event in events], reached))
        self.events += events

    async def pulls(self) -> None:
        self.cursor = await self.kf.pull(self.cursor, self.receive)

    async def called(self, token: str = "T1", kf: str = KF) -> None:
        xml = callback(Event="kf_msg_or_event", Token=token, OpenKfId=kf)
        parsed = await self.kf.parse(sealed(self.kf._codec, xml, PATH))
        assert (parsed.events, parsed.reply, parsed.status) == ((), b"", 200)

    @property
    def synced(self) -> list[dict[str, Any]]:
        return self.tencent.of("kf/sync_msg")


@pytest.fixture
async def account() -> AsyncIterator[Account]:
    made = Account()
    await made.connect()
    yield made
    await made.kf.close()


async def test_pages_are_handed_on_with_their_cursor(account: Account) -> None:
    account.tencent.will(
        "kf/sync_msg", page("c1", said("一"), has_more=1), page("c2", has_more=1), page("c3", said("二"))
    )
    for _ in range(3):
        await account.pulls()
    assert account.received == [(["m-一"], "c1"), ([], "c2"), (["m-二"], "c3")]
    assert account.synced == [
        {"limit": 1000, "voice_format": 0, "open_kfid": KF},
        {"limit": 1000, "voice_format": 0, "open_kfid": KF, "cursor": "c1"},
        {"limit": 1000, "voice_format": 0, "open_kfid": KF, "cursor": "c2"},
    ]


async def test_a_callback_wakes_who_waits_and_lends_its_token(account: Account) -> None:
    account.tencent.will("kf/sync_msg", page("c1"), page("c2", said("一")), page("c2"))
    await account.pulls()
    waiting = asyncio.create_task(account.pulls())
    await asyncio.sleep(0)
    await account.called()
    await asyncio.wait_for(waiting, 1)
    assert account.synced[-1]["token"] == "T1"
    assert account.cursor == "c2"
    # The same token again is another call.
    await account.called()
    await asyncio.wait_for(account.pulls(), 1)
    assert len(account.synced) == 3


async def test_another_process_finds_the_call_in_the_vault(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("channels.wecom_kf.fetching.LOOK", 0.01)
    await account.pulls()
    web = Kf("wecom_kf.main", GOOD, account.clock.now, account.vault)
    await web.parse(sealed(web._codec, callback(Event="kf_msg_or_event", Token="T2", OpenKfId=KF), PATH))
    await account.pulls()
    assert account.synced[-1]["token"] == "T2"
    await account.pulls()
    assert len(account.synced) == 2


async def test_nothing_is_asked_while_nobody_called(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("channels.wecom_kf.fetching.LOOK", 0.01)
    for _ in range(5):
        await account.pulls()
    assert len(account.synced) == 1


async def test_a_lost_call_costs_no_message() -> None:
    account = Account(poll_seconds=0)
    await account.connect()
    account.tencent.will("kf/sync_msg", page("c1"), page("c2", said("一")))
    await account.pulls()
    await account.pulls()
    assert account.received[-1] == (["m-一"], "c2")
    await account.kf.close()


@pytest.mark.parametrize("is_old", [True, False])
async def test_a_token_that_is_over_is_done_without(account: Account, is_old: bool) -> None:
    await account.called("T1")
    if is_old:
        account.clock.advance(timedelta(minutes=10))
    account.tencent.will("kf/sync_msg", *([] if is_old else [{"errcode": 95007}]), page("c1"))
    await account.pulls()
    assert "token" not in account.synced[-1]
    assert (len(account.synced), account.cursor) == (1 if is_old else 2, "c1")


async def test_what_was_written_before_our_time_is_passed_over(account: Account) -> None:
    before = said("旧", NOW - timedelta(hours=1))
    account.tencent.will("kf/sync_msg", page("c1", before, said("新")))
    await account.pulls()
    assert account.received == [(["m-新"], "c1")]
    # Also by the next process, to which our time is the same.
    account.clock.advance(timedelta(days=1))
    account.tencent.will("kf/sync_msg", page("c1", before, said("后")))
    await account.connect()
    account.cursor = None
    await account.pulls()
    assert account.received[-1] == (["m-后"], "c1")


async def test_a_failure_leaves_the_cursor_and_is_tried_at_once(account: Account) -> None:
    account.tencent.will("kf/sync_msg", {"errcode": -1}, {"errcode": 45009}, page("c1", said("一")))
    for wait in (None, timedelta(minutes=1)):
        with pytest.raises(NotDelivered) as raised:
            await account.pulls()
        assert (raised.value.why, raised.value.retry_after) == ("busy", wait)
    await account.pulls()
    assert account.received == [(["m-一"], "c1")]


@pytest.mark.parametrize("answer", [{"msg_list": {}}, {"next_cursor": "c", "msg_list": "[]"}])
async def test_an_answer_that_makes_no_sense_is_asked_again(account: Account, answer: dict[str, Any]) -> None:
    account.tencent.will("kf/sync_msg", answer)
    with pytest.raises(NotDelivered, match="busy"):
        await account.pulls()


async def test_a_page_that_leads_nowhere_ends(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("channels.wecom_kf.fetching.LOOK", 0.01)
    account.tencent.will("kf/sync_msg", page("c1", said("一")), page("c1", has_more=1))
    await account.pulls()
    await account.called()
    for _ in range(5):
        await account.pulls()
    assert len(account.synced) == 2


async def test_one_bad_message_stops_none(account: Account) -> None:
    account.tencent.will("kf/sync_msg", page("c1", {"origin": 3}, "x", said("一")))
    await account.pulls()
    assert [event.body for event in account.events] == [Said("一")]


async def test_who_comes_may_be_welcomed_for_twenty_seconds(account: Account) -> None:
    told = {"event_type": "enter_session", "open_kfid": KF, "external_userid": "wm1", "scene_param": "tok"}
    came = {"msgid": "e1", "send_time": int(NOW.timestamp()), "origin": 4, "msgtype": "event"}
    account.tencent.will("kf/sync_msg", page("c1", {**came, "event": {**told, "welcome_code": "W"}}))
    await account.pulls()
    (event,) = account.events
    assert (event.body, event.opens) == (Followed("tok"), "enter")
    assert await account.kf._welcomes.get("wm1") == "W"
    account.clock.advance(timedelta(seconds=20))
    assert await account.kf._welcomes.get("wm1") is None


async def test_a_call_for_another_account_wakes_nobody(account: Account) -> None:
    await account.called(kf="wkother")
    assert await account.vault.get("callback") is None


async def test_a_forged_call_is_none(account: Account) -> None:
    right = sealed(account.kf._codec, callback(Event="kf_msg_or_event", Token="T"), PATH)
    other = Kf("wecom_kf.x", {**GOOD, "token": "other"}, account.clock.now)
    with pytest.raises(Forged):
        await other.parse(right)
