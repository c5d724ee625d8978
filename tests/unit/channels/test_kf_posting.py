"""Sending: the welcome once, the same id again, what is refused and why, and the errors by name."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest

from bot.clock import VirtualClock
from channels.base import BadSetting, Forgetful, NotDelivered, Payload, Receipt
from channels.tencent.errors import refusal
from channels.wecom_kf import Kf
from channels.wecom_kf.errors import OF_KF
from channels.wecom_kf.settings import read_settings
from channels.wecom_kf.writing import make_id
from conversations.messages import Message
from tests.contract.rigs.base import read_blob
from tests.support.accounts import ACCOUNTS
from tests.support.samples import MESSAGES, NOW, choices, envelope
from tests.support.tencent.answering import Answering

GOOD = ACCOUNTS["wecom_kf"]
SEND, WELCOME = "kf/send_msg", "kf/send_msg_on_event"
OURS = make_id("row1")


class Account:
    def __init__(self) -> None:
        self.clock = VirtualClock(NOW)
        self.tencent = Answering(kf__send_msg={"msgid": OURS}, kf__send_msg_on_event={"msgid": OURS})
        self.vault = Forgetful()
        self.kf = Kf(
            "wecom_kf.main", {**GOOD, "public_url": "https://t.example.com"}, self.clock.now, self.vault
        )

    def rendered(self, message: Message) -> Payload:
        return self.kf.render(message, envelope(message, "wm1", request_id="row1"))

    async def sends(self, message: Message = MESSAGES["bare"], in_doubt: bool = False) -> Receipt:
        return await self.kf.deliver(replace(self.rendered(message), in_doubt=in_doubt), read_blob)

    async def fails(self, message: Message = MESSAGES["bare"], in_doubt: bool = False) -> NotDelivered:
        with pytest.raises(NotDelivered) as raised:
            await self.sends(message, in_doubt)
        return raised.value

    async def comes(self) -> None:
        await self.kf._welcomes.keep("wm1", "CODE", self.clock.now() + timedelta(seconds=20))


@pytest.fixture
async def account() -> AsyncIterator[Account]:
    made = Account()
    await made.tencent.behind(made.kf._connected())
    yield made
    await made.kf.close()


async def test_a_message_has_our_own_id(account: Account) -> None:
    assert await account.sends() == Receipt(OURS)
    (sent,) = account.tencent.of(SEND)
    assert (sent["touser"], sent["open_kfid"], sent["msgid"]) == ("wm1", GOOD["open_kfid"], OURS)


async def test_who_has_just_come_is_welcomed_once(account: Account) -> None:
    await account.comes()
    assert await account.sends(choices(2)) == Receipt(OURS)
    (welcome,) = account.tencent.of(WELCOME)
    assert {*welcome} == {"code", "msgid", "msgtype", "msgmenu"}
    assert (welcome["code"], welcome["msgid"]) == ("CODE", OURS)
    assert account.tencent.of(SEND) == []
    await account.sends()
    assert len(account.tencent.of(SEND)) == 1


async def test_a_welcome_that_is_too_late_is_a_message(account: Account) -> None:
    await account.comes()
    account.clock.advance(timedelta(seconds=21))
    await account.sends()
    assert account.tencent.of(WELCOME) == []


@pytest.mark.parametrize("code", [40058, 95018, 41050, 99999])
async def test_a_welcome_that_is_refused_is_a_message(account: Account, code: int) -> None:
    await account.comes()
    account.tencent.will(WELCOME, {"errcode": code})
    assert await account.sends() == Receipt(OURS)
    assert await account.kf._welcomes.get("wm1") is None


async def test_a_welcome_waits_while_tencent_is_busy(account: Account) -> None:
    await account.comes()
    account.tencent.will(WELCOME, {"errcode": -1}, {"msgid": OURS})
    assert (await account.fails()).why == "busy"
    await account.sends()
    assert len(account.tencent.of(WELCOME)) == 2


@pytest.mark.parametrize("method", [SEND, WELCOME])
async def test_what_may_have_arrived_is_known_again(account: Account, method: str) -> None:
    if method == WELCOME:
        await account.comes()
    account.tencent.will(method, httpx.ReadTimeout("TOKEN"), {"errcode": 40058})
    assert (await account.fails()).why == "in_doubt"
    assert await account.sends(in_doubt=True) == Receipt(OURS)
    other = SEND if method == WELCOME else WELCOME
    assert account.tencent.of(other) == []


async def test_a_mistake_of_ours_is_not_taken_for_that(account: Account) -> None:
    account.tencent.will(SEND, {"errcode": 40058, "errmsg": "text.content"})
    failure = await account.fails()
    assert (failure.why, "text.content" in failure.detail) == ("refused", True)


async def test_accepted_is_what_has_a_number(account: Account) -> None:
    account.tencent.will(SEND, {})
    assert (await account.fails()).why == "in_doubt"


@pytest.mark.parametrize(
    ("state", "told"),
    [
        (2, "wait"),
        (3, "has the talk"),
        (4, "write first"),
        (1, "has the talk, or"),
        (None, "has the talk, or"),
    ],
)
async def test_a_talk_that_is_not_ours_is_explained(account: Account, state: int | None, told: str) -> None:
    account.tencent.will(SEND, {"errcode": 95018})
    answer = {"service_state": state} if state is not None else {"errcode": -1}
    account.tencent.will("kf/service_state/get", answer)
    failure = await account.fails()
    assert (failure.why, failure.scope, told in failure.detail) == ("closed", "chat", True)
    (asked,) = account.tencent.of("kf/service_state/get")
    assert asked == {"open_kfid": GOOD["open_kfid"], "external_userid": "wm1"}


async def test_files_are_uploaded_once_and_sent_apart(account: Account) -> None:
    account.tencent.will("media/upload", {"media_id": "M"})
    account.tencent.will(SEND, {"msgid": "a"}, {"errcode": 95001}, {"msgid": "b"})
    failure = await account.fails(MESSAGES["rebooked"])
    assert (failure.why, failure.accepted, failure.receipt) == ("closed", 1, Receipt(OURS))
    await account.sends(MESSAGES["rebooked"])
    assert len(account.tencent.of("media/upload")) == 1
    last = account.tencent.of(SEND)[-1]
    assert (last["msgid"], last["msgtype"], last["file"]) == (f"{OURS}-1", "file", {"media_id": "M"})


TABLE = {
    "busy": "-1 45009 45011 45033 95007",
    "stopped": "40001 40014 42001 40013 40056 40091 40125 41001 41004 48001 48004 301002 60011 95017 60020 "
    "95000 95003 95004 95011 95012 95023",
    "refused": "40008 40033 40035 40058 44002 44004 45002 47001 95008 95009 95014 95015",
    "closed": "95001 95002 95013 95016 95018 95019",
    "gone": "84061 50002",
}


@pytest.mark.parametrize(
    ("code", "why"), [(int(code), why) for why, codes in TABLE.items() for code in codes.split()]
)
def test_every_code_has_its_class(code: int, why: str) -> None:
    failure = refusal(code, "x", meanings=OF_KF)
    assert failure.why == why
    assert (failure.scope == "account") == (why == "stopped" or code in (45009, 45011, 45033))
    if why == "stopped":
        assert failure.detail.endswith((".", ")."))  # what to do about it


async def test_the_link_carries_a_token(account: Account) -> None:
    assert account.kf.invite_url("abc-_1") is None
    account.tencent.will("kf/add_contact_way", {"url": "https://work.weixin.qq.com/kf/kfc1?enc_scene=E"})
    await account.kf.open()
    link = "https://work.weixin.qq.com/kf/kfc1?enc_scene=E&scene_param=abc-_1"
    assert account.kf.invite_url("abc-_1") == link
    assert account.kf.invite_url("a b") is None
    assert account.tencent.of("kf/add_contact_way") == [{"open_kfid": GOOD["open_kfid"], "scene": "turnout"}]
    # What was known goes on while WeCom does not answer.
    again = Kf("wecom_kf.main", GOOD, account.clock.now, account.vault)
    await account.tencent.behind(again._connected())
    account.tencent.will("kf/add_contact_way", {"errcode": -1})
    with pytest.raises(NotDelivered):
        await again.open()
    assert again.invite_url("abc-_1") == link
    await again.close()


OWN = {"open_kfid": GOOD["open_kfid"], "name": "面试客服", "manage_privilege": True}


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ({"account_list": [OWN]}, ()),
        ({"account_list": [{**OWN, "manage_privilege": False}]}, ("可调用接口的应用",)),
        ({"account_list": [{"open_kfid": "wk2", "name": "别的"}]}, ("wk2 (别的)",)),
        ({"account_list": []}, ("可调用接口的应用",)),
        ({"errcode": 95017}, ("可调用接口的应用",)),
        ({"errcode": -1}, ("cannot be reached",)),
    ],
)
async def test_a_check_says_what_to_do(
    account: Account, answer: dict[str, Any], told: tuple[str, ...]
) -> None:
    account.tencent.will("kf/account/list", answer)
    found = await account.kf.check()
    assert len(found) == len(told)
    assert all(word in each for word, each in zip(told, found, strict=True))


async def test_a_check_misses_our_address() -> None:
    kf = Kf("wecom_kf.main", GOOD, lambda: NOW)
    await Answering(kf__account__list={"account_list": [OWN]}).behind(kf._connected())
    (told,) = await kf.check()
    assert "/hooks/wecom_kf/main" in told
    await kf.close()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *((field, "") for field in ("corpid", "secret", "token", "aes_key", "open_kfid")),
        ("open_kfid", "客服"),
        ("poll_seconds", -1),
        ("deadline_seconds", "soon"),
        ("agentid", 7),
    ],
)
def test_what_cannot_work_is_refused(field: str, value: object) -> None:
    with pytest.raises(BadSetting) as raised:
        read_settings({**GOOD, field: value})
    assert raised.value.field == field
    assert raised.value.remedy


def test_settings_tell_no_secret() -> None:
    settings = read_settings({**GOOD, "previous_aes_key": "a" * 43})
    assert not [secret for secret in settings.secrets if secret in repr(settings)]
    assert (settings.poll_seconds, settings.deadline) == (60, 15)
