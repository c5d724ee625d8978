"""The stand-in for Telegram: its own limits, and its wire format as aiogram reads it."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from bot.clock import VirtualClock
from bot.sandbox.telegram import Person, TelegramStandIn
from bot.sandbox.telegram.rules import Refusal, check_url, checked_keyboard, checked_text, units
from tests.support.samples import NOW


@pytest.fixture
async def platform() -> AsyncIterator[TelegramStandIn]:
    async with TelegramStandIn(VirtualClock(NOW)) as made:
        yield made


@pytest.fixture
async def http(platform: TelegramStandIn) -> AsyncIterator[httpx.AsyncClient]:
    base = f"{platform.api_base}/bot{platform.token}/"
    async with httpx.AsyncClient(base_url=base, trust_env=False) as made:
        yield made


@pytest.fixture
async def person(platform: TelegramStandIn) -> Person:
    made = platform.person("李雷", language_code="zh-hans", username="lilei")
    await made.starts()
    return made


@pytest.mark.parametrize(
    ("text", "entities", "refused"),
    [
        ("", None, "message text is empty"),
        (5, None, "message text is empty"),
        (" \u200b\ufeff\n", None, "text must be non-empty"),
        ("x" * 4097, None, "message is too long"),
        ("👍" * 2049, None, "message is too long"),
        ("\ud800", None, "strings must be encoded in UTF-8"),
        ("x", "bold", "can't parse entities"),
        ("x", [{"type": "loud", "offset": 0, "length": 1}], "unsupported type"),
        ("x", [{"type": "bold", "offset": -1, "length": 1}], "incorrect offset -1"),
        ("x", [{"type": "bold", "offset": 0, "length": 2}], "ends after the end"),
        ("👍", [{"type": "bold", "offset": 1, "length": 1}], "middle of a UTF-16 symbol"),
        (
            "x",
            [{"type": "text_link", "offset": 0, "length": 1, "url": "http://localhost/"}],
            "Wrong HTTP URL",
        ),
        ("x", [{"type": "date_time", "offset": 0, "length": 1, "date_time_format": "r"}], "unix_time"),
        (
            "x",
            [{"type": "date_time", "offset": 0, "length": 1, "unix_time": 1, "date_time_format": "rt"}],
            "format",
        ),
        (
            "abc",
            [{"type": "bold", "offset": 0, "length": 2}, {"type": "italic", "offset": 1, "length": 2}],
            "overlap",
        ),
    ],
)
def test_texts_that_are_refused(text: object, entities: object, refused: str) -> None:
    with pytest.raises(Refusal, match=refused):
        checked_text(text, entities)


def test_texts_are_cleaned_and_their_entities_moved() -> None:
    bold = {"type": "bold", "offset": 4, "length": 3}
    assert checked_text("\r\n a\u202eb\tc  ", [bold]) == (
        "ab c",
        [{"type": "bold", "offset": 1, "length": 2}],
    )
    assert checked_text("x" * 4096, None)[0] == "x" * 4096
    assert units(checked_text("👍" * 2048, None)[0]) == 4096


def test_what_telegram_marks_by_itself() -> None:
    text = "@durov /stop https://example.com/x a@b.com +86 138 0013 8000 #tag"
    kinds = [entity["type"] for entity in checked_text(text, None)[1]]
    assert kinds == ["mention", "bot_command", "url", "email", "phone_number", "hashtag"]


@pytest.mark.parametrize(
    ("button", "refused"),
    [
        ({"text": "x"}, "text buttons are unallowed"),
        ({"text": "", "callback_data": "x"}, "can't find field"),
        ({"text": "x", "callback_data": "字" * 22}, "BUTTON_DATA_INVALID"),
        ({"text": "x", "callback_data": "x", "url": "https://a.b"}, "exactly one"),
        ({"text": "x", "callback_data": "x", "style": "loud"}, "BUTTON_STYLE_INVALID"),
        ({"text": "x", "url": "tel:+861"}, "Wrong HTTP URL"),
        ("x", "can't find field"),
    ],
)
def test_buttons_that_are_refused(button: object, refused: str) -> None:
    with pytest.raises(Refusal, match=refused):
        checked_keyboard({"inline_keyboard": [[button]]})


@pytest.mark.parametrize(
    ("url", "refused"),
    [
        ("http://localhost:8080/x", "Wrong HTTP URL"),
        ("ftp://a.b", "Unsupported URL protocol"),
        ("wemeet://page", "Unsupported URL protocol"),
        ("", "host is empty"),
        ("http://a.b:99999", "port"),
        ("tg://a.b:80", "Wrong tg URL"),
    ],
)
def test_addresses_that_are_refused(url: str, refused: str) -> None:
    with pytest.raises(Refusal, match=refused):
        check_url(url, "inline keyboard button")


async def test_parameters_come_in_every_form(http: httpx.AsyncClient, person: Person) -> None:
    entities = [{"type": "bold", "offset": 0, "length": 2}]
    params: dict[str, Any] = {"chat_id": person.id, "text": "你好 all", "entities": json.dumps(entities)}
    answers = [
        await http.post("sendMessage", json={**params, "entities": entities}),
        await http.post("sendMessage", data=params),
        await http.post("SENDMESSAGE", data=params, files={"unused": ("x", b"x")}),
        await http.get("sendMessage", params=params),
    ]
    assert [answer.status_code for answer in answers] == [200] * 4
    assert [message.marked("bold") for message in person.chat if message.sender is None] == [["你好"]] * 4


async def test_documents_come_as_attachments(http: httpx.AsyncClient, person: Person) -> None:
    file = {"f1": ("面试.ics", b"BEGIN")}
    data: dict[str, Any] = {"chat_id": person.id, "document": "attach://f1", "caption": "日历"}
    assert (await http.post("sendDocument", data=data, files=file)).status_code == 200
    assert (person.last.document, person.last.data, person.last.text) == ("面试.ics", b"BEGIN", "日历")
    for wrong in ({"document": "file-1"}, {"document": "attach://f2"}):
        assert (await http.post("sendDocument", data=data | wrong, files=file)).status_code == 400


async def test_everything_is_logged_as_accepted_or_refused(
    platform: TelegramStandIn, http: httpx.AsyncClient, person: Person
) -> None:
    for params in ({"chat_id": person.id, "text": "x"}, {"chat_id": 1, "text": "x"}, {"text": "x"}):
        await http.post("sendMessage", json=params)
    await http.post("launchRocket")
    assert [(call.method, call.number) for call in platform.accepted] == [("sendMessage", person.last.id)]
    assert [(call.code, call.description) for call in platform.refused] == [
        (400, "Bad Request: chat not found"),
        (400, "Bad Request: chat not found"),
        (404, "Not Found: method not found"),
    ]


async def test_updates_and_answers_are_what_aiogram_reads(
    platform: TelegramStandIn, http: httpx.AsyncClient, person: Person
) -> None:
    from aiogram.types import Message, Update

    group = platform.group("HR", [person], topics=[5])
    button = {"inline_keyboard": [[{"text": "好", "callback_data": "x"}]]}
    sent = await http.post("sendMessage", json={"chat_id": person.id, "text": "?", "reply_markup": button})
    assert Message.model_validate(sent.json()["result"]).text == "?"
    await person.says("hello", about=person.last)
    await person.says("/today", to=group)
    await person.sends("photo", "报错", width=1, height=1)
    await person.sends("voice", duration=3)
    await person.presses("好")
    await person.blocks()
    await group.throws_out(person)
    kinds = [Update.model_validate(update.body).event_type for update in platform.updates.all]
    assert kinds == [
        "message", "message", "message", "message", "message", "callback_query", "my_chat_member", "my_chat_member",
    ]  # fmt: skip


async def test_offsets_confirm_and_limits_hold(
    platform: TelegramStandIn, http: httpx.AsyncClient, person: Person
) -> None:
    for word in "一二三":
        await person.says(word)

    async def poll(**params: int) -> list[int]:
        return [
            update["update_id"] - 700000001
            for update in (await http.post("getUpdates", json=params)).json()["result"]
        ]

    assert await poll() == [0, 1, 2, 3]
    assert await poll(limit=2) == [0, 1]
    assert await poll(offset=700000003) == [2, 3]
    assert await poll() == [2, 3]
    assert await poll(offset=-1) == [3]
    assert await poll(offset=700000005) == []
    assert isinstance(platform.clock, VirtualClock)
    await person.says("四")
    platform.clock.advance(timedelta(hours=25))
    assert await poll() == []


async def test_a_webhook_is_tried_again_in_order(
    platform: TelegramStandIn, http: httpx.AsyncClient, person: Person
) -> None:
    seen: list[tuple[int, str | None]] = []
    failures = iter([500, 401, 200, 200])

    async def app(scope: Any, receive: Any, send: Any) -> None:
        from starlette.requests import Request
        from starlette.responses import Response

        request = Request(scope, receive)
        update = await request.json()
        seen.append((update["update_id"], request.headers.get("x-telegram-bot-api-secret-token")))
        await Response(status_code=next(failures, 200))(scope, receive, send)

    from bot.sandbox.listening import Server, listen

    server, listener = Server(app), listen()
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    await server.is_up.wait()
    url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
    await http.post("setWebhook", json={"url": url, "secret_token": "s3cret", "allowed_updates": ["message"]})
    await person.says("hello")
    await person.blocks()  # not asked for
    await platform.settle()
    first, second = seen[0][0], seen[0][0] + 1
    assert seen == [(first, "s3cret")] * 3 + [(second, "s3cret")]
    assert [status for _, status in platform.updates.sent] == [500, 401, 200, 200]
    assert (await http.post("getUpdates")).status_code == 409
    server.should_exit = True
    await serving


async def test_presses_that_nobody_takes_are_dropped(
    platform: TelegramStandIn, http: httpx.AsyncClient, person: Person
) -> None:
    button = {"inline_keyboard": [[{"text": "好", "callback_data": "x"}]]}
    await http.post("sendMessage", json={"chat_id": person.id, "text": "?", "reply_markup": button})
    await person.presses("好")
    assert isinstance(platform.clock, VirtualClock)
    platform.clock.advance(timedelta(seconds=151))
    updates = (await http.post("getUpdates")).json()["result"]
    assert [list(update)[1] for update in updates] == ["message"]


async def test_people_see_what_is_there(
    platform: TelegramStandIn, http: httpx.AsyncClient, person: Person
) -> None:
    rows = [[{"text": "改约", "callback_data": "x"}, {"text": "进入", "url": "https://example.com/"}]]
    params = {"chat_id": person.id, "text": "?", "reply_markup": {"inline_keyboard": rows}}
    await http.post("sendMessage", json=params)
    assert (person.last.buttons, person.opens("进入")) == (["改约", "进入"], "https://example.com/")
    with pytest.raises(LookupError, match=r"'求助'; there are \[\['改约', '进入'\]\]"):
        await person.presses("求助")
    with pytest.raises(LookupError, match=r"opens https://example\.com/"):
        await person.presses("进入")
    with pytest.raises(LookupError):
        person.opens("改约")
    with pytest.raises(ValueError, match="does not lead to @turnout_bot"):
        await person.open_link("https://t.me/other_bot?start=x")
    number = person.last.id
    changed = {**params, "message_id": number, "text": "!"}
    assert (await http.post("editMessageText", json=changed)).status_code == 200
    assert (person.last.text, person.last.told_before) == ("!", ["?"])
    assert "not modified" in (await http.post("editMessageText", json=changed)).json()["description"]
    assert (await http.post("deleteMessage", json=changed)).status_code == 200
    assert "to edit not found" in (await http.post("editMessageText", json=changed)).json()["description"]
