"""Customer contacts: who comes by a way of ours, the one welcome, and the ways themselves."""

import random
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from bot.clock import VirtualClock
from channels.base import BadSetting, Forged, Forgetful, Inviting, Malformed, NotDelivered, Parsed, Receipt
from channels.tencent.welcomes import Welcomes
from channels.wecom_contact import Contacts
from channels.wecom_contact.settings import read_settings
from conversations.events import Body, Followed, Unreachable
from conversations.messages import Message
from tests.contract import bodies
from tests.contract.rigs.base import read_blob
from tests.support.accounts import ACCOUNTS
from tests.support.samples import HOSTILE, MESSAGES, NOW, URLS, data, envelope, hostile
from tests.support.tencent import CALLBACKS
from tests.support.tencent.answering import Answering, callback, sealed

GOOD = ACCOUNTS["wecom_contact"]
PATH = "/hooks/wecom_contact/main"
WELCOME = "externalcontact/send_welcome_msg"
WAY = "externalcontact/add_contact_way"
TOKEN = "A-" + "x" * 20
CAME: dict[str, object] = {
    "Event": "change_external_contact",
    "ChangeType": "add_external_contact",
    "UserID": "WangFang",
    "ExternalUserID": "wm1",
    "State": f"turnout-{TOKEN}",
    "WelcomeCode": "CODE",
}


class Account:
    def __init__(self) -> None:
        self.clock = VirtualClock(NOW)
        self.tencent = Answering()
        self.vault = Forgetful()
        self.contacts = Contacts(
            "wecom_contact.main", {**GOOD, "public_url": "https://t.example.com"}, self.clock.now, self.vault
        )

    async def hears(self, xml: bytes) -> Parsed:
        at = self.clock.now()
        return await self.contacts.parse(sealed(self.contacts._codec, xml, PATH, at))

    async def sends(self, message: Message = MESSAGES["greeting"], **more: Any) -> Receipt:
        made = envelope(message, "wm1", **{"request_id": "row1", **more})
        return await self.contacts.deliver(self.contacts.render(message, made), read_blob)

    async def fails(self) -> NotDelivered:
        with pytest.raises(NotDelivered) as raised:
            await self.sends()
        return raised.value


@pytest.fixture
async def account() -> AsyncIterator[Account]:
    made = Account()
    await made.tencent.behind(made.contacts._connected())
    yield made
    await made.contacts.close()


SAMPLES: dict[str, Body | None] = {
    "event_add_external_contact_with_state": None,  # a state of somebody else's
    "event_del_external_contact": Unreachable("deleted by the employee"),
    "event_customer_acquisition_balance_low": None,
    "event_kf_msg_or_event": None,
    "event_subscribe": None,
    "text": None,
}


@pytest.mark.parametrize(("name", "body"), SAMPLES.items(), ids=SAMPLES)
async def test_each_sample_is_read(account: Account, name: str, body: Body | None) -> None:
    parsed = await account.hears(CALLBACKS[f"wecom/{name}"])
    assert [event.body for event in parsed.events] == ([body] if body else [])
    assert (parsed.reply, parsed.status) == (b"", 200)


async def test_a_callback_of_somebody_elses_app_is_refused(account: Account) -> None:
    with pytest.raises(Malformed, match="msgtype"):
        await account.hears(CALLBACKS["wecom/suite_add_external_contact_with_state"])


@pytest.mark.parametrize("change", ["add_external_contact", "add_half_external_contact"])
async def test_who_comes_by_our_way_brings_its_token(account: Account, change: str) -> None:
    (event,) = (await account.hears(callback(**{**CAME, "ChangeType": change}))).events
    assert (event.body, event.user, event.chat) == (Followed(TOKEN), "wm1", "wm1")
    assert (event.opens, event.source) == ("contact", "wecom_contact.main")
    again = await account.hears(callback(**{**CAME, "ChangeType": change}))
    assert [each.id for each in again.events] == [event.id]


@pytest.mark.parametrize("state", ["", "teststate", "turnout-", "turnout-" + "x" * 23, "turnout-a b"])
async def test_everybody_else_is_left_alone(account: Account, state: str) -> None:
    assert (await account.hears(callback(**{**CAME, "State": state}))).events == ()
    assert (await account.fails()).why == "closed"


async def test_who_leaves_is_out_of_reach(account: Account) -> None:
    left = {**CAME, "ChangeType": "del_follow_user"}
    (event,) = (await account.hears(callback(**left))).events
    assert (event.body, event.user) == (Unreachable("deleted us"), "wm1")


async def test_somebody_is_welcomed_once_with_the_links(account: Account) -> None:
    await account.hears(callback(**CAME))
    assert await account.sends() == Receipt("row1")
    (sent,) = account.tencent.of(WELCOME)
    assert sent["welcome_code"] == "CODE"
    assert {*sent} == {"welcome_code", "text"}
    assert URLS["my"] in sent["text"]["content"]
    failure = await account.fails()
    assert (failure.why, failure.scope) == ("closed", "chat")
    assert len(account.tencent.of(WELCOME)) == 1


async def test_twenty_seconds_later_nobody_is_welcomed(account: Account) -> None:
    await account.hears(callback(**CAME))
    account.clock.advance(timedelta(seconds=20))
    assert (await account.fails()).why == "closed"
    assert account.tencent.of(WELCOME) == []


@pytest.mark.parametrize(
    ("code", "why", "tries"),
    [
        (41050, "closed", 1),
        (41051, "closed", 1),
        (41096, "busy", 2),
        (-1, "busy", 2),
        (40058, "refused", 1),
        (84061, "gone", 1),
    ],
)
async def test_what_a_welcome_is_refused_with(account: Account, code: int, why: str, tries: int) -> None:
    await account.hears(callback(**CAME))
    account.tencent.will(WELCOME, {"errcode": code})
    assert (await account.fails()).why == why
    await account.fails()
    assert len(account.tencent.of(WELCOME)) == tries


async def test_a_welcome_that_may_have_arrived_is_in_doubt(account: Account) -> None:
    await account.hears(callback(**CAME))
    account.tencent.will(WELCOME, httpx.ReadTimeout("CODE"))
    failure = await account.fails()
    assert (failure.why, "CODE" in str(failure)) == ("in_doubt", False)


def test_a_welcome_keeps_its_limit_and_its_links() -> None:
    contacts = Contacts("wecom_contact.main", GOOD, lambda: NOW)
    long = Message("m", data("很长的话。" * 500), (), MESSAGES["greeting"].actions)
    for message in (*MESSAGES.values(), *map(hostile, HOSTILE), long):
        (call,) = contacts.render(message, envelope(message, "wm1")).calls
        text = call.params["text"]["content"]
        assert 0 < len(text.encode()) <= 4000
        assert URLS["my"] in text


async def test_each_token_has_a_code_to_scan(account: Account) -> None:
    assert isinstance(account.contacts, Inviting)
    until = NOW + timedelta(days=7)
    account.tencent.will(WAY, {"config_id": "c1", "qr_code": "http://p.qpic.cn/1"})
    for _ in range(2):
        assert await account.contacts.invite(TOKEN, until) == "http://p.qpic.cn/1"
    (asked,) = account.tencent.of(WAY)
    assert asked == {
        "type": 2,
        "scene": 2,
        "state": f"turnout-{TOKEN}",
        "user": ["WangFang", "LiNa"],
        "skip_verify": True,
        "remark": "Turnout wecom_contact.main",
    }
    assert len(str(asked["state"])) <= 30
    assert not [name for name in await account.vault.names() if TOKEN in name]
    with pytest.raises(NotDelivered, match="too long"):
        await account.contacts.invite("x" * 23, until)


async def test_a_way_that_is_over_is_deleted(account: Account) -> None:
    gone = "externalcontact/del_contact_way"
    account.tencent.will(
        WAY, {"config_id": "c1", "qr_code": "http://x/1"}, {"config_id": "c2", "qr_code": "http://x/2"}
    )
    await account.contacts.invite("one", NOW + timedelta(days=1))
    await account.contacts.invite("two", NOW + timedelta(days=3))
    account.clock.advance(timedelta(days=2))
    account.tencent.will(gone, {"errcode": -1}, {})
    for _ in range(3):
        await account.contacts.open()
    assert account.tencent.of(gone) == [{"config_id": "c1"}] * 2
    assert await account.contacts.invite("two", NOW) == "http://x/2"


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ({"follow_user": ["wangfang", "LiNa", "other"]}, ()),
        ({"follow_user": ["LiNa"]}, ("WangFang may have no contacts",)),
        ({"errcode": 48001}, ("add the permission",)),
        ({"errcode": -1}, ("cannot be reached",)),
    ],
)
async def test_a_check_says_what_to_do(
    account: Account, answer: dict[str, Any], told: tuple[str, ...]
) -> None:
    account.tencent.will("externalcontact/get_follow_user_list", answer)
    found = await account.contacts.check()
    assert len(found) == len(told)
    assert all(word in each for word, each in zip(told, found, strict=True))


async def test_a_thousand_strange_callbacks_are_read_or_refused(account: Account) -> None:
    outcomes: set[object] = set()
    for body in bodies.malformed_xml(
        [callback(**CAME).decode(), CALLBACKS["wecom/event_del_external_contact"].decode()]
    ):
        try:
            outcomes.add(len((await account.hears(body)).events))
        except Malformed as malformed:
            outcomes.add(malformed.reason)
    assert len(outcomes) > 3


async def test_forgeries_are_refused(account: Account) -> None:
    right = sealed(account.contacts._codec, callback(**CAME), PATH)
    other = Contacts("wecom_contact.x", {**GOOD, "token": "other"}, lambda: NOW)
    with pytest.raises(Forged):
        await other.parse(right)


@pytest.mark.parametrize("users", ["", [], "王芳", "a b", ["x"] * 101])
def test_users_have_to_be_userids(users: object) -> None:
    with pytest.raises(BadSetting, match="users"):
        read_settings({**GOOD, "users": users})


def test_one_user_is_one() -> None:
    assert read_settings({**GOOD, "users": ["WangFang"]}).users == ("WangFang",)


async def test_welcomes_are_each_ones_own_and_forgotten() -> None:
    clock, vault = VirtualClock(NOW), Forgetful()
    one, other = Welcomes(vault, clock.now), Welcomes(vault, clock.now)
    until = NOW + timedelta(seconds=20)
    for user in ("wm1", "wm2"):
        await one.keep(user, f"code-{user}", until)
    await one.keep("wm3", "late", NOW)
    await one.keep("wm4", "x" * 300, until)
    assert [await other.get(user) for user in ("wm1", "wm2", "wm3", "wm4")] == [
        "code-wm1",
        "code-wm2",
        None,
        None,
    ]
    await other.forget("wm1")
    assert [await one.get(user) for user in ("wm1", "wm2")] == [None, "code-wm2"]
    clock.advance(timedelta(minutes=1))
    await one.forget("nobody")
    assert await vault.get("welcomes") == "{}"
    await vault.put("welcomes", random.Random(1).randbytes(9).hex())
    assert await one.get("wm2") is None
