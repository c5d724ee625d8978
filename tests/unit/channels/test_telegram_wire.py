"""The Telegram channel on the wire, beyond what the contract asks of every channel."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.clock import VirtualClock
from bot.sandbox.telegram import TelegramStandIn
from channels import load
from channels.base import Channel, Inbound, NotDelivered, Receipt
from channels.telegram.wire import Moved, Unchanged, judge
from conversations.effects import Answer
from conversations.events import Event, Followed, Said, Unreachable
from conversations.messages import File, Message
from locales.text import t
from tests.support.samples import CALENDAR, MESSAGES, NOW, choices, data, envelope, reader


@pytest.fixture
async def platform() -> AsyncIterator[TelegramStandIn]:
    async with TelegramStandIn(VirtualClock(NOW)) as made:
        yield made


@pytest.fixture
async def channel(platform: TelegramStandIn) -> AsyncIterator[Channel]:
    made = connect(platform)
    yield made
    await made.close()


def connect(platform: TelegramStandIn, **more: Any) -> Channel:
    config = {
        "token": platform.token,
        "api_base": platform.api_base,
        "poll_seconds": 1,
        "deadline_seconds": 2,
    }
    return load("telegram")("telegram.main", {**config, **more}, lambda: NOW)


async def sends(channel: Channel, message: Message, chat: object, **more: Any) -> Receipt:
    async def read_blob(_: str) -> bytes:
        return CALENDAR

    return await channel.deliver(channel.render(message, envelope(message, str(chat), **more)), read_blob)


class Received:
    """What a pull handed over, and under which cursor."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.cursors: list[str | None] = []
        self.is_failing = False

    async def __call__(self, events: Sequence[Event], cursor: str | None) -> None:
        if self.is_failing:
            raise OSError("disk full")
        self.events += events
        self.cursors.append(cursor)


# -- who can be written to --------------------------------------------------------------------------------


async def test_nobody_is_written_to_who_never_came(platform: TelegramStandIn, channel: Channel) -> None:
    stranger = platform.person("韩梅梅")
    with pytest.raises(NotDelivered, match="can't initiate conversation") as raised:
        await sends(channel, MESSAGES["bare"], stranger.id)
    assert raised.value.why == "gone"
    with pytest.raises(NotDelivered, match="chat not found") as raised:
        await sends(channel, MESSAGES["bare"], 424242)
    assert raised.value.why == "gone"


async def test_groups_threads_and_moves(platform: TelegramStandIn, channel: Channel) -> None:
    hr = platform.person("HR")
    group = platform.group("面试", [hr], topics=[5])
    await sends(channel, choices(2), group.id, is_private=False, thread="5")
    assert group.last.thread == 5
    with pytest.raises(NotDelivered, match="thread not found") as raised:
        await sends(channel, choices(2), group.id, is_private=False, thread="6")
    assert raised.value.why == "gone"
    # A group that has grown gets another id: what is sent to the old one arrives, and can be edited.
    group.becomes_supergroup(-1009000000009)
    receipt = await sends(channel, MESSAGES["rebooked"], group.id, is_private=False)
    assert receipt.edit_token is not None
    assert receipt.edit_token.startswith("-1009000000009:")
    assert [shown.document for shown in group.chat][-2:] == [None, "面试.ics"]
    await sends(channel, choices(1), group.id, is_private=False, edits=receipt.edit_token)
    await group.throws_out(hr)
    with pytest.raises(NotDelivered, match="kicked") as raised:
        await sends(channel, choices(2), group.id, is_private=False)
    assert raised.value.why == "gone"


async def test_a_picture_arrives_and_what_is_none_is_refused(
    platform: TelegramStandIn, channel: Channel
) -> None:
    hr = platform.person("HR")
    await hr.says("hi")
    shown = File("sha256:" + "5e" * 32, "trend.png", "image/png", data("No-show rate 9.8%"))
    payload = channel.render(
        Message("picture", data("Look"), (shown,)), envelope(MESSAGES["bare"], str(hr.id))
    )
    head = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"

    async def sent(picture: bytes) -> Receipt:
        async def read_blob(_: str) -> bytes:
            return picture

        return await channel.deliver(payload, read_blob)

    await sent(head + (1080).to_bytes(4, "big") + (760).to_bytes(4, "big"))
    assert (hr.chat[-1].document, hr.chat[-1].text) == ("trend.png", "No-show rate 9.8%")
    for none in (
        b"%PDF-1.7 and so on, and so on",
        head + b"\0\0\x04\x38" + b"\0\0\0\x05",
        b"\x89PNG" * 3_000_000,
    ):
        with pytest.raises(NotDelivered) as raised:
            await sent(none)
        assert raised.value.why == "refused"


async def test_a_group_hears_only_what_is_meant_for_it(platform: TelegramStandIn, channel: Channel) -> None:
    hr = platform.person("HR")
    group = platform.group("面试", [hr])
    received = Received()
    await channel.open()
    await hr.says("今天吃什么", to=group)
    await hr.says("/today@turnout_bot", to=group)
    await hr.says("@turnout_bot 今天", to=group)
    receipt = await sends(channel, choices(2), group.id, is_private=False)
    await hr.says("2", to=group, about=group.last)
    await hr.presses(group.last.buttons[0], to=group)
    await channel.pull(None, received)
    assert [(event.body.tag, event.about) for event in received.events] == [
        ("commanded", None), ("said", None), ("said", receipt.id), ("pressed", receipt.id),
    ]  # fmt: skip
    assert {(event.chat, event.user) for event in received.events} == {(str(group.id), str(hr.id))}


async def test_a_mention_in_somebodys_data_calls_nobody(platform: TelegramStandIn, channel: Channel) -> None:
    group = platform.group("HR", [platform.person("HR")])
    message = Message("m", data("理由：@durov 让我来的 @everyone"))
    await sends(channel, message, group.id, is_private=False)
    assert group.last.marked("mention") == []
    assert "@\u2060durov" in group.last.text


# -- edits ------------------------------------------------------------------------------------------------


async def test_a_card_that_is_gone_has_to_be_posted_anew(platform: TelegramStandIn, channel: Channel) -> None:
    person = platform.person("李雷")
    await person.starts()
    receipt = await sends(channel, choices(1), person.id)
    person.last.is_deleted = True
    for token in (receipt.edit_token, f"{person.id}:101"):  # deleted; and the person's own
        with pytest.raises(NotDelivered) as raised:
            await sends(channel, choices(2), person.id, edits=token)
        assert (raised.value.why, raised.value.detail) == ("refused", "edit_gone")


@pytest.mark.parametrize("kind", ["html", "truncated", "reset_after", "hang"])
async def test_an_edit_in_doubt_can_be_repeated(
    platform: TelegramStandIn, channel: Channel, kind: Any
) -> None:
    person = platform.person("李雷")
    await person.starts()
    receipt = await sends(channel, choices(1), person.id)
    quick = connect(platform, deadline_seconds=0.3)
    platform.fail("editMessageText", kind)
    with pytest.raises(NotDelivered) as raised:
        await sends(quick, choices(2), person.id, edits=receipt.edit_token)
    await quick.close()
    assert raised.value.why == "busy"
    await sends(channel, choices(2), person.id, edits=receipt.edit_token)
    assert len(person.last.buttons) == 2


# -- limits of the platform -------------------------------------------------------------------------------


async def burst(channel: Channel, chat: int, is_private: bool) -> None:
    for _ in range(30):
        await sends(channel, MESSAGES["bare"], chat, is_private=is_private)


async def test_a_rate_is_told_apart_by_where_it_was_hit(platform: TelegramStandIn, channel: Channel) -> None:
    platform.is_limited = True
    person = platform.person("李雷")
    await person.starts()
    group = platform.group("HR", [person])
    for chat, is_private, scope in ((person.id, True, "account"), (group.id, False, "chat")):
        with pytest.raises(NotDelivered) as raised:
            await burst(channel, chat, is_private)
        assert (raised.value.why, raised.value.scope) == ("busy", scope)
        assert raised.value.retry_after is not None


@pytest.mark.parametrize(
    ("status", "body", "why"),
    [
        (200, b"", "in_doubt"),
        (200, b"<html>", "in_doubt"),
        (200, b'{"ok":true}', "in_doubt"),
        (200, b'{"ok":"true","result":{}}', "in_doubt"),
        (200, b'{"ok":true,"result":{"mess', "in_doubt"),
        (200, b"[" * 9999, "in_doubt"),
        (200, b'{"ok":false,"error_code":400,"description":"Bad Request: x"}', "refused"),
        (302, b"", "busy"),
        (403, b"<html>company firewall</html>", "busy"),
        (407, b"", "busy"),
        (413, b"", "refused"),
        (413, b'{"ok":false,"error_code":413,"description":"Request Entity Too Large"}', "refused"),
        (500, b"", "busy"),
        (502, b"<html>", "busy"),
        (504, b'{"ok":true,"result":{}}', "busy"),
        (429, b'{"ok":false,"error_code":429,"description":"Too Many Requests"}', "busy"),
        (429, b'{"ok":false,"parameters":{"retry_after":10072}}', "busy"),
        (401, b'{"ok":false,"error_code":401,"description":"Unauthorized"}', "stopped"),
        (404, b'{"ok":false,"error_code":404,"description":"Not Found"}', "stopped"),
        (409, b'{"ok":false,"error_code":409,"description":"Conflict: terminated"}', "busy"),
        (
            403,
            b'{"ok":false,"error_code":403,"description":"Forbidden: bot was blocked by the user"}',
            "gone",
        ),
        (403, b'{"ok":false,"error_code":403,"description":"Forbidden: the group chat was deleted"}', "gone"),
        (400, b'{"ok":false,"error_code":400,"description":"Bad Request: chat not found"}', "gone"),
        (400, b'{"ok":false,"error_code":400,"description":"Bad Request: PEER_ID_INVALID"}', "gone"),
        (400, b'{"ok":false,"error_code":400,"description":"Bad Request: TOPIC_CLOSED"}', "gone"),
        (400, b'{"ok":false,"error_code":400,"description":"Bad Request: BUTTON_DATA_INVALID"}', "refused"),
        (400, b'{"ok":false,"error_code":"400","description":null,"parameters":[]}', "refused"),
        (400, b'{"ok":false}', "refused"),
    ],
)
def test_answers_mean_what_they_mean(status: int, body: bytes, why: str) -> None:
    with pytest.raises(NotDelivered) as raised:
        judge(status, body)
    assert raised.value.why == why


def test_answers_that_are_no_failures() -> None:
    assert judge(200, b'{"ok":true,"result":{"message_id":5}}') == {"message_id": 5}
    with pytest.raises(Unchanged):
        judge(400, b'{"ok":false,"error_code":400,"description":"Bad Request: message is not modified: x"}')
    with pytest.raises(Moved) as raised:
        judge(400, b'{"ok":false,"error_code":400,"parameters":{"migrate_to_chat_id":-1001}}')
    assert raised.value.chat == -1001


async def test_waiting_is_as_long_as_we_are_told(platform: TelegramStandIn, channel: Channel) -> None:
    person = platform.person("李雷")
    await person.starts()
    platform.fail("sendMessage", "429", retry_after=10_072)
    with pytest.raises(NotDelivered) as raised:
        await sends(channel, MESSAGES["bare"], person.id)
    assert raised.value.retry_after == timedelta(seconds=10_072)


async def test_a_slow_answer_in_time_is_an_answer(platform: TelegramStandIn, channel: Channel) -> None:
    person = platform.person("李雷")
    await person.starts()
    platform.fail("sendMessage", "drip", interval=0.001)
    assert (await sends(channel, MESSAGES["bare"], person.id)).id == str(person.last.id)


async def test_a_firewall_that_swallows_everything_is_no_doubt(channel: Channel) -> None:
    """What was never connected was never sent: it may be sent again without a second thought."""
    blackhole = load("telegram")(
        "telegram.main",
        {"token": "1:abcdefgh", "api_base": "http://127.0.0.1:9", "deadline_seconds": 0.3},
        lambda: NOW,
    )
    with pytest.raises(NotDelivered) as raised:
        await sends(blackhole, MESSAGES["bare"], 1)
    await blackhole.close()
    assert (raised.value.why, raised.value.scope) == ("busy", "account")


async def test_a_missing_file_is_found_out_before_anything_is_sent(
    platform: TelegramStandIn, channel: Channel
) -> None:
    person = platform.person("李雷")
    await person.starts()

    async def read_blob(_: str) -> bytes:
        raise LookupError("no such blob")

    message = MESSAGES["rebooked"]
    with pytest.raises(LookupError):
        await channel.deliver(channel.render(message, envelope(message, str(person.id))), read_blob)
    assert platform.sent == []


# -- polling ----------------------------------------------------------------------------------------------


async def test_the_offset_is_confirmed_only_after_the_commit(
    platform: TelegramStandIn, channel: Channel
) -> None:
    person = platform.person("李雷")
    await person.says("一")
    received = Received()
    received.is_failing = True
    with pytest.raises(OSError, match="disk full"):
        await channel.pull(None, received)
    received.is_failing = False
    cursor = await channel.pull(None, received)
    assert [event.body for event in received.events] == [Said("一")]
    assert received.cursors == [cursor]
    assert platform.updates.pending != []  # not confirmed yet: a crash now brings it again
    await person.says("二")
    await channel.pull(cursor, received)
    assert [event.body for event in received.events] == [Said("一"), Said("二")]


async def test_an_empty_poll_keeps_the_cursor(platform: TelegramStandIn) -> None:
    received, made = Received(), connect(platform, poll_seconds=0)
    for cursor in (None, "17", "", "nonsense"):
        assert await made.pull(cursor, received) == cursor
    assert received.cursors == []
    await made.close()


async def test_polling_takes_a_webhook_away(platform: TelegramStandIn, channel: Channel) -> None:
    await platform.updates.set_webhook("http://127.0.0.1:9/hook", "x")
    assert len(await channel.check()) == 1
    received = Received()
    with pytest.raises(NotDelivered, match="webhook"):
        await channel.pull(None, received)
    assert await channel.pull(None, received) is None
    assert await channel.check() == ()


async def test_two_pollers_are_told_what_to_do(platform: TelegramStandIn, channel: Channel) -> None:
    received = Received()
    first = asyncio.create_task(channel.pull(None, received))
    await asyncio.sleep(0.2)
    other = connect(platform)
    second = asyncio.create_task(other.pull(None, received))
    with pytest.raises(NotDelivered, match=r'Stop the other process .* mode = "webhook"'):
        await first
    await second
    await other.close()


@pytest.mark.parametrize("kind", ["429", "500", "502", "html", "empty", "truncated", "cut", "reset", "hang"])
async def test_a_poll_that_fails_loses_nothing(
    platform: TelegramStandIn, channel: Channel, kind: Any
) -> None:
    person = platform.person("李雷")
    await person.says("一")
    platform.fail("getUpdates", kind)
    received = Received()
    quick = connect(platform, poll_seconds=0, deadline_seconds=0.3)
    with pytest.raises(NotDelivered) as raised:
        await quick.pull(None, received)
    assert raised.value.why == "busy"
    await quick.pull(None, received)
    await quick.close()
    assert [event.body for event in received.events] == [Said("一")]


async def test_one_strange_update_stops_nobody(platform: TelegramStandIn, channel: Channel) -> None:
    person = platform.person("李雷")
    await person.says("一")
    platform.updates.add("message", {"chat": "nonsense"}, 1)
    platform.updates.add("message", {"message_id": 1, "chat": {"id": [1]}}, 2)
    await person.says("二")
    received = Received()
    await channel.pull(None, received)
    assert [event.body for event in received.events] == [Said("一"), Said("二")]


async def test_blocking_and_coming_back_are_heard(platform: TelegramStandIn, channel: Channel) -> None:
    person = platform.person("李雷")
    await person.starts("a")
    await person.blocks()
    await person.open_link(channel.invite_url("b") or "https://t.me/turnout_bot?start=b")
    received = Received()
    await channel.pull(None, received)
    assert [event.body for event in received.events] == [
        Followed("a"), Unreachable("blocked"), Followed(), Followed("b"),
    ]  # fmt: skip


# -- set up -----------------------------------------------------------------------------------------------


async def test_opening_learns_the_name_and_sets_the_webhook(platform: TelegramStandIn) -> None:
    made = connect(platform, mode="webhook", public_url="http://127.0.0.1:9/base")
    assert made.invite_url("abc") is None
    assert any("nowhere" in problem for problem in await made.check())
    await made.open()
    assert made.invite_url("abc-_1") == "https://t.me/turnout_bot?start=abc-_1"
    assert made.invite_url("a b") is None
    assert made.invite_url("a" * 65) is None
    assert platform.updates.webhook is not None
    assert platform.updates.webhook.url == "http://127.0.0.1:9/base/hooks/telegram/main"
    assert platform.updates.allowed == frozenset(
        {"message", "edited_message", "callback_query", "my_chat_member"}
    )
    assert await made.check() == ()
    await platform.person("李雷").says("?")
    with pytest.raises(TimeoutError):
        await platform.settle(0.3)
    assert [problem for problem in await made.check() if "public_url" in problem]
    await made.close()


async def test_a_wrong_token_is_told_with_its_remedy(platform: TelegramStandIn) -> None:
    for token in ("700000001:" + "x" * 35, "1:short-one"):
        made = connect(platform, token=token)
        (problem,) = await made.check()
        assert "@BotFather" in problem
        assert token not in problem
        with pytest.raises(NotDelivered) as raised:
            await made.open()
        assert raised.value.why == "stopped"
        await made.close()


async def test_commands_are_offered_by_language(platform: TelegramStandIn, channel: Channel) -> None:
    listed = [("status", t("Reply with a number.")), ("今天", t("Reply with a number.")), ("x" * 33, t("No"))]
    await channel.register({"zh_Hans": listed, "en": listed})
    assert platform.commands == {
        "zh": [{"command": "status", "description": "请回复数字。"}],
        "en": [{"command": "status", "description": "Reply with a number."}],
        "": [{"command": "status", "description": "Reply with a number."}],
    }
    await channel.register({"en": [(f"c{n}", t("Reply with a number.")) for n in range(150)]})
    assert len(platform.commands["en"]) == 100


async def test_a_press_of_the_day_before_is_no_error(platform: TelegramStandIn, channel: Channel) -> None:
    person = platform.person("李雷")
    await person.starts()
    await sends(channel, choices(1), person.id)
    await person.presses(person.last.buttons[0])
    received = Received()
    await channel.pull(None, received)
    press = received.events[-1]
    assert isinstance(platform.clock, VirtualClock)
    platform.clock.advance(timedelta(minutes=3))
    await channel.answer(press, Answer(t("Reply with a number.")), reader())
    assert person.toasts == []
    await channel.answer(replace(press, answer_token=None), Answer(), reader())


async def test_a_webhook_request_while_polling_is_refused(
    platform: TelegramStandIn, channel: Channel
) -> None:
    inbound = Inbound("POST", "/", {}, {}, json.dumps({"update_id": 1}).encode(), NOW)
    with pytest.raises(Exception, match="no_webhook"):
        await channel.parse(inbound)
