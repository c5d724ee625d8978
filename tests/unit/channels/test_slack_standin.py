"""The stand-in for Slack: its own limits, and its wire format as Slack's SDK reads it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs

import aiohttp
import blockkit
import httpx
import pytest
from blockkit import core
from slack_sdk.errors import SlackApiError
from slack_sdk.signature import Clock as SdkClock
from slack_sdk.signature import SignatureVerifier
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.clock import VirtualClock
from bot.sandbox.listening import Server, listen
from bot.sandbox.people import Seen, Someone, StandIn
from bot.sandbox.slack import SlackApp, SlackStandIn
from bot.sandbox.slack.blocks import checked_blocks, checked_view
from bot.sandbox.slack.reading import read_mrkdwn
from bot.sandbox.slack.rules import Refusal
from tests.support.samples import NOW

Answers = Callable[[str, Any], Response | None]


@dataclass(frozen=True, slots=True)
class Told:
    """A request that the stand-in made."""

    kind: str
    body: Any
    headers: dict[str, str]
    raw: bytes


@dataclass(slots=True)
class Bot:
    """A bot that writes down what it is told."""

    told: list[Told] = field(default_factory=list)
    answers: Answers = lambda _, __: None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        request = Request(scope, receive)
        raw = await request.body()
        headers = {name.lower(): value for name, value in request.headers.items()}
        if headers["content-type"] == "application/json":
            body = json.loads(raw)
        else:
            form = {name: values[0] for name, values in parse_qs(raw.decode()).items()}
            body = json.loads(form["payload"]) if "payload" in form else form
        if body.get("type") == "url_verification":
            await JSONResponse({"challenge": body["challenge"]})(scope, receive, send)
            return
        kind = body.get("event", {}).get("type") or body.get("type") or body.get("command")
        self.told.append(Told(str(kind), body, headers, raw))
        await (self.answers(str(kind), body) or Response())(scope, receive, send)

    def of(self, kind: str) -> list[Any]:
        return [each.body for each in self.told if each.kind == kind]

    def messages(self) -> list[Any]:
        """What people wrote, without what the bot itself posted."""
        return [body["event"] for body in self.of("message") if "bot_id" not in body["event"]]


class Fixture:
    """A stand-in with one person, a bot by HTTP, and Slack's own SDK to call with."""

    def __init__(self) -> None:
        self.clock = VirtualClock(NOW)
        self.slack = SlackStandIn(self.clock)
        self.bot = Bot()

    async def open(self) -> None:
        await self.slack.start()
        self.server, listener = Server(self.bot), listen()
        self.serving = asyncio.create_task(self.server.serve(sockets=[listener]))
        await self.server.is_up.wait()
        self.slack.listens(f"http://127.0.0.1:{listener.getsockname()[1]}/hooks/slack/main")
        self.session = aiohttp.ClientSession()
        self.web = self.client(self.slack.token)
        self.person = self.slack.person("李雷", email="lilei@example.com")

    def client(self, token: str) -> AsyncWebClient:
        base = f"{self.slack.api_base}/api/"
        return AsyncWebClient(token, base_url=base, session=self.session, retry_handlers=[])

    async def close(self) -> None:
        await self.session.close()
        self.server.should_exit = True
        await asyncio.gather(self.slack.stop(), self.serving)

    async def refused(self, method: str, **params: Any) -> str:
        """Return Slack's word for why a call was refused."""
        with pytest.raises(SlackApiError) as raised:
            await self.web.api_call(method, json=params)
        return str(raised.value.response["error"])

    async def post(self, **params: Any) -> Any:
        return await self.web.chat_postMessage(channel=self.person.place.id, **{"text": "?", **params})


@pytest.fixture
async def made() -> AsyncIterator[Fixture]:
    fixture = Fixture()
    await fixture.open()
    yield fixture
    await fixture.close()


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def button(label: str, **more: Any) -> dict[str, Any]:
    return {"type": "button", "text": plain(label), **more}


def actions(*elements: Any) -> dict[str, Any]:
    return {"type": "actions", "elements": [*elements]}


def section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


# -- reading ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("*粗* _斜_ ~去~ `码` 完", "粗 斜 去 码 完"),
        ("a*b*c 2 * 3 * 4 snake_case_name", "a*b*c 2 * 3 * 4 snake_case_name"),
        ("&lt;b&gt; &amp;amp; &amp;lt;", "<b> &amp; &lt;"),
        ("<https://a.example/x|进入> <https://b.example/>", "进入 https://b.example/"),
        ("<!date^1795500300^{date_short_pretty} {time}|11月24日 13:05>前", "11月24日 13:05前"),
        ("<!date^1795500300^{never}|x>", "<!date^1795500300^{never}|x>"),
        ("<!here> <@U0SB0000101> <#C0SB0000102>", "@here @李雷 #hr"),
        ("&lt;!channel&gt; &lt;@U0SB0000101&gt;", "<!channel> <@U0SB0000101>"),
        ("&gt; 引\n> 二\nx > y", "引\n二\nx > y"),
        (":wave: :unknown_name: 10:30:45", "👋 :unknown_name: 10:30:45"),
    ],
)
def test_text_is_read_as_people_read_it(written: str, read: str) -> None:
    names = {"U0SB0000101": "李雷", "C0SB0000102": "hr"}
    assert read_mrkdwn(written, lambda id: names.get(id, "")).text == read


def test_addresses_are_links_unless_the_text_is_verbatim() -> None:
    text, url = "看 https://a.example/x。", "https://a.example/x"
    assert read_mrkdwn(text, str).opens == {url: url}
    verbatim = read_mrkdwn(text, str, is_verbatim=True)
    assert (verbatim.opens, verbatim.text) == ({}, text)


async def test_what_is_shown_can_be_looked_at(made: Fixture) -> None:
    at = int(NOW.timestamp())
    blocks = [
        section(f"*面试* <!date^{at}^{{ago}}|1小时后> <https://example.com/p|隐私>"),
        {"type": "context", "elements": [plain("*不是标记*"), {"type": "mrkdwn", "text": "小字"}]},
        actions(
            button("好", value="v1", action_id="a"),
            button("进入", url="https://example.com/go", action_id="b"),
        ),
    ]
    await made.post(text="提醒", blocks=blocks)
    last = made.person.last
    assert last.text == "面试 1小时后 隐私\n*不是标记*  小字"
    assert (last.buttons, last.presses) == (["好", "进入"], {"好": "v1"})
    assert last.opens == {"隐私": "https://example.com/p", "进入": "https://example.com/go"}
    assert (last.live, last.marked("bold"), last.written) == ([("1小时后", NOW)], ["面试"], "提醒")
    assert last.is_of_bot


# -- Block Kit --------------------------------------------------------------------------------------------


def option(text: str = "一", value: str = "1") -> dict[str, Any]:
    return {"text": plain(text), "value": value}


def menu(**more: Any) -> dict[str, Any]:
    return {"type": "static_select", "action_id": "m", "options": [option()], **more}


def asked(element: Any, **more: Any) -> dict[str, Any]:
    return {"type": "input", "label": plain("问"), "element": element, **more}


TYPING: dict[str, Any] = {"type": "plain_text_input", "action_id": "t"}

REFUSED: tuple[tuple[Any, str], ...] = (
    ("x", "unsupported type"),
    ({"type": "carousel"}, "unsupported type: "),
    ({"type": "section"}, "text or fields"),
    (section(""), "must be more than 0 characters [json-pointer:/blocks/0/text/text]"),
    (section("x" * 3001), "must be less than 3001"),
    ({"type": "section", "text": {"type": "html", "text": "x"}}, "plain_text or mrkdwn"),
    ({"type": "section", "fields": [plain("x")] * 11}, "no more than 10 items"),
    ({"type": "section", "fields": [plain("x" * 2001)]}, "must be less than 2001"),
    ({**section("x"), "color": "red"}, "invalid additional property: color"),
    ({"type": "header", "text": plain("x" * 151)}, "must be less than 151"),
    ({"type": "header", "text": {"type": "mrkdwn", "text": "x"}}, "must be plain_text"),
    ({"type": "context", "elements": [plain("x")] * 11}, "no more than 10 items"),
    ({"type": "context", "elements": []}, "no less than 1 items"),
    (actions(*[button(str(n), action_id=str(n)) for n in range(26)]), "no more than 25 items"),
    (actions(button("x" * 76)), "must be less than 76"),
    (actions(button("x", value="x" * 2001)), "must be less than 2001"),
    (actions(button("x", url="https://a.example/" + "x" * 3000)), "must be less than 3001"),
    (actions(button("x", url="tel:+862155550000")), "invalid url"),
    (actions(button("x", style="loud")), "primary or danger"),
    (actions(button("x", action_id="x" * 256)), "must be less than 256"),
    (actions(button("x", action_id="a"), button("y", action_id="a")), "'a' already exists"),
    (actions(TYPING), "unsupported type: plain_text_input"),
    ({"type": "divider", "block_id": "x" * 256}, "must be less than 256"),
    (actions(menu(options=[option(value=str(n)) for n in range(101)])), "no more than 100 items"),
    (actions(menu(options=[option("x" * 76)])), "must be less than 76"),
    (actions(menu(options=[option(value="x" * 76)])), "must be less than 76"),
    (actions(menu(placeholder=plain("x" * 151))), "must be less than 151"),
    (actions(menu(initial_option=option("二", "2"))), "initial option"),
    (actions({"type": "overflow", "options": [option(value=str(n)) for n in range(6)]}), "no more than 5"),
    (actions({"type": "radio_buttons", "options": [option(value=str(n)) for n in range(11)]}), "no more than 10"),
    (actions({"type": "datepicker", "initial_date": "2026-02-30"}), "YYYY-MM-DD"),
    (actions({"type": "timepicker", "initial_time": "24:00"}), "HH:mm"),
    (actions({"type": "timepicker", "timezone": "Mars/Olympus"}), "IANA"),
    (asked({**TYPING, "max_length": 3001}), "between 1 and 3000"),
    (asked({**TYPING, "min_length": 5, "max_length": 4}), "must not exceed"),
    (asked({**TYPING, "max_length": 2, "initial_value": "xxx"}), "must be less than 3"),
    (asked(button("x")), "unsupported type: button"),
    (asked(TYPING, hint=plain("x" * 2001)), "must be less than 2001"),
    ({"type": "rich_text", "elements": [{"type": "text", "text": "x"}]}, "unsupported type: text"),
)  # fmt: skip


@pytest.mark.parametrize(("block", "why"), REFUSED, ids=[str(n) for n in range(len(REFUSED))])
def test_blocks_that_are_refused(block: Any, why: str) -> None:
    with pytest.raises(Refusal) as raised:
        checked_blocks([block])
    assert raised.value.error == "invalid_blocks"
    assert any(why in detail for detail in raised.value.details), raised.value.details


async def test_what_is_wrong_is_said_where_it_is(made: Fixture) -> None:
    wrong = [section("x"), section("")]
    assert await made.refused("chat.postMessage", channel=made.person.id, blocks=wrong) == "invalid_blocks"
    answer = made.slack.calls[-1].answer
    assert answer
    why = "must be more than 0 characters [json-pointer:/blocks/1/text/text]"
    assert (answer["errors"], answer["response_metadata"]) == ([why], {"messages": [f"[ERROR] {why}"]})
    assert made.person.chat == []


async def test_messages_that_are_refused(made: Fixture) -> None:
    there = {"channel": made.person.place.id}
    for params, why in (
        ({}, "no_text"),
        ({"text": " \n"}, "no_text"),
        ({"text": "x" * 40_001}, "msg_too_long"),
        ({"blocks": [{"type": "divider"}] * 51}, "invalid_blocks"),
        ({"blocks": [section("x" * 2999)] * 5}, "msg_blocks_too_long"),
        ({"blocks": "["}, "invalid_blocks_format"),
        ({"text": "x", "metadata": {"event_type": "x"}}, "invalid_metadata_schema"),
        ({"text": "x", "metadata": "x"}, "invalid_metadata_format"),
        ({"text": "x", "thread_ts": "1.1"}, "thread_not_found"),
        ({"blocks": [{"type": "divider", "block_id": "a"}] * 2}, "invalid_blocks"),
        ({"text": "x", "channel": "C0NOWHERE"}, "channel_not_found"),
    ):
        made.clock.advance(timedelta(seconds=2))
        assert await made.refused("chat.postMessage", **{**there, **params}) == why
    assert [call.error for call in made.slack.refused] == [call.error for call in made.slack.calls]


def text(size: int) -> Any:
    return blockkit.Text("x" * size).type("plain_text")


def options(count: int) -> list[Any]:
    return [blockkit.Option(blockkit.Text(f"o{n}").type("plain_text"), str(n)) for n in range(count)]


def buttons(count: int) -> list[Any]:
    return [blockkit.Button(text(1), action_id=str(number)) for number in range(count)]


def blank(**more: Any) -> Any:
    return blockkit.Input(**{"label": text(1), "element": blockkit.PlainTextInput(action_id="x"), **more})


def modal(**more: Any) -> Any:
    return blockkit.Modal(**{"title": "x", "blocks": [blockkit.Divider()], **more})


MENU = blockkit.StaticSelect
LIMITS: dict[str, tuple[int, Callable[[int], Any]]] = {
    "section": (3000, lambda n: blockkit.Section(text=blockkit.Text("x" * n).type("mrkdwn"))),
    "header": (150, lambda n: blockkit.Header(text(n))),
    "context": (10, lambda n: blockkit.Context([text(1)] * n)),
    "actions": (25, lambda n: blockkit.Actions(buttons(n))),
    "button": (75, lambda n: blockkit.Actions([blockkit.Button(text(n))])),
    "value": (2000, lambda n: blockkit.Actions([blockkit.Button(text(1), value="x" * n)])),
    "action_id": (255, lambda n: blockkit.Actions([blockkit.Button(text(1), action_id="x" * n)])),
    "block_id": (255, lambda n: blockkit.Divider(block_id="x" * n)),
    "options": (100, lambda n: blockkit.Actions([MENU(options=options(n), placeholder=text(1))])),
    "placeholder": (150, lambda n: blockkit.Actions([MENU(options=options(1), placeholder=text(n))])),
    "radio": (10, lambda n: blockkit.Actions([blockkit.RadioButtons(options=options(n))])),
    "overflow": (5, lambda n: blockkit.Actions([blockkit.Overflow(options=options(n))])),
    "label": (2000, lambda n: blank(label=text(n))),
    "hint": (2000, lambda n: blank(hint=text(n))),
    "max_length": (3000, lambda n: blank(element=blockkit.PlainTextInput(max_length=n, action_id="x"))),
    "markdown": (12_000, lambda n: blockkit.Markdown("x" * n)),
    "title": (24, lambda n: modal(title="x" * n)),
    "submit": (24, lambda n: modal(submit="x" * n)),
    "close": (24, lambda n: modal(close="x" * n)),
    "private_metadata": (3000, lambda n: modal(private_metadata="x" * n)),
    "callback_id": (255, lambda n: modal(callback_id="x" * n)),
    "blocks": (100, lambda n: modal(blocks=[blockkit.Divider()] * n)),
}


@pytest.mark.parametrize("name", LIMITS)
def test_blockkit_knows_the_same_limits(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    limit, make = LIMITS[name]
    make(limit).build()
    with pytest.raises((core.FieldValidationError, core.ComponentValidationError)):
        make(limit + 1).build()
    monkeypatch.setattr(core.Component, "validate", lambda self: None)

    def check(size: int) -> None:
        built = make(size).build()
        if built["type"] == "modal":
            checked_view(built, ["modal"])
        else:
            checked_blocks([built])

    check(limit)
    with pytest.raises(Refusal):
        check(limit + 1)


def test_the_ids_of_elements_are_unique_in_their_block_only() -> None:
    two = [actions(button("x", action_id="a"), button("y")), actions(button("z", action_id="a"))]
    made = checked_blocks(two)
    assert [block["block_id"] for block in made] == ["sb1", "sb2"]
    assert [each["action_id"] for each in made[0]["elements"]] == ["a", "sa1.2"]


@pytest.mark.parametrize(
    ("view", "why"),
    [
        ({"type": "home", "blocks": [], "title": plain("x")}, "invalid additional property: title"),
        ({"type": "modal", "title": plain("x"), "blocks": [asked(TYPING)]}, "missing required field: submit"),
        ({"type": "modal", "blocks": []}, "[json-pointer:/view/title]"),
        (
            {"type": "modal", "title": plain("x"), "blocks": [{"type": "markdown", "text": "x"}]},
            "unsupported",
        ),
        ({"type": "workflow"}, "must be one of: modal, home"),
        ({"type": "modal", "title": plain("x"), "blocks": [], "notify_on_close": "yes"}, "boolean"),
        ({"type": "modal", "title": plain("x"), "blocks": [{"type": "divider"}] * 101}, "no more than 100"),
    ],
)
def test_views_that_are_refused(view: Any, why: str) -> None:
    with pytest.raises(Refusal) as raised:
        checked_view(view, ["modal", "home"])
    assert raised.value.error == "invalid_arguments"
    assert any(why in detail for detail in raised.value.details)


# -- the Web API ------------------------------------------------------------------------------------------


async def test_slacks_own_sdk_reads_it(made: Fixture) -> None:
    told = await made.web.auth_test()
    assert (told["team_id"], told["user_id"]) == (made.slack.team.id, made.slack.team.bot)
    assert "chat:write" in told.headers["x-oauth-scopes"].split(",")
    opened = await made.web.conversations_open(users=made.person.id)
    assert opened["channel"]["id"] == made.person.place.id
    metadata = {"event_type": "turnout", "event_payload": {"id": "1"}}
    sent = await made.post(text="你好", metadata=metadata)
    history = await made.web.conversations_history(channel=sent["channel"], include_all_metadata=True)
    assert [(each["text"], each["metadata"]) for each in history["messages"]] == [("你好", metadata)]
    assert "event_payload" not in str(await made.web.conversations_history(channel=sent["channel"]))
    changed = await made.web.chat_update(channel=sent["channel"], ts=sent["ts"], text="改了", blocks=[])
    assert (changed["text"], made.person.last.told_before) == ("改了", ["你好"])
    await made.web.chat_delete(channel=sent["channel"], ts=sent["ts"])
    assert made.person.chat == []
    user = (await made.web.users_info(user=made.person.id, include_locale=True))["user"]
    assert (user["tz"], user["locale"], user["profile"]["email"]) == (
        "Asia/Shanghai",
        "zh-CN",
        made.person.email,
    )
    found = await made.web.users_lookupByEmail(email="LiLei@example.com")
    assert found["user"]["id"] == made.person.id


async def test_calls_are_written_down(made: Fixture) -> None:
    await made.post(text="x")
    assert await made.refused("users.launch") == "unknown_method"
    told = [(call.method, call.status, call.error, call.at) for call in made.slack.calls]
    assert told == [("chat.postMessage", 200, "", NOW), ("users.launch", 200, "unknown_method", NOW)]
    assert [call.params["text"] for call in made.slack.sent] == ["x"]
    assert [call.method for call in made.slack.refused] == ["users.launch"]


async def test_json_is_not_seen_by_methods_that_read(made: Fixture) -> None:
    assert await made.refused("users.info", user=made.person.id) == "user_not_found"
    assert await made.refused("users.lookupByEmail", email=made.person.email) == "invalid_arguments"


async def test_what_a_token_may_not(made: Fixture) -> None:
    of_app = made.slack.app.app_token
    for token, why in (
        ("", "not_authed"),
        ("xoxb-wrong", "invalid_auth"),
        (of_app, "not_allowed_token_type"),
    ):
        made.web.token = token
        assert await made.refused("chat.postMessage", channel=made.person.place.id, text="x") == why
    made.web.token = made.slack.install(scopes=frozenset({"chat:write"}))
    assert await made.refused("conversations.open", users=made.person.id) == "missing_scope"
    answer = made.slack.calls[-1].answer
    assert answer
    assert (answer["needed"], answer["provided"]) == ("im:write", "chat:write")
    with pytest.raises(SlackApiError, match="missing_scope"):
        await made.web.conversations_history(channel=made.person.place.id)


async def test_whom_and_where_the_bot_may_write(made: Fixture) -> None:
    web, slack = made.web, made.slack
    made.web.token = slack.install(scopes=slack.app.scopes - {"chat:write.public"})
    public = slack.channel("hr", [made.person], has_bot=False)
    private = slack.channel("secret", [made.person], has_bot=False, is_private=True)
    assert await made.refused("chat.postMessage", channel=public.id, text="x") == "not_in_channel"
    assert await made.refused("chat.postMessage", channel=private.id, text="x") == "channel_not_found"
    await web.conversations_join(channel=public.id)
    await web.chat_postMessage(channel=public.id, text="x")
    assert public.last.text == "x"
    public.is_archived = True
    assert await made.refused("chat.postMessage", channel=public.id, text="x") == "is_archived"
    # A person's id opens the chat with them.
    sent = await web.chat_postMessage(channel=made.person.id, text="x")
    assert sent["channel"] == made.person.place.id
    assert (
        await made.refused("chat.update", channel=made.person.id, ts=sent["ts"], text="y")
        == "channel_not_found"
    )


async def test_people_who_left_and_people_of_other_firms(made: Fixture) -> None:
    slack, web = made.slack, made.web
    await made.post(text="x")
    await made.person.deactivates()
    assert await made.refused("conversations.open", users=made.person.id) == "user_disabled"
    with pytest.raises(SlackApiError, match="users_not_found"):
        await web.users_lookupByEmail(email=made.person.email)
    assert (await web.users_info(user=made.person.id))["user"]["deleted"] is True
    await made.post(text="nobody reads it, and Slack does not say so")
    hidden = slack.person("访客", guest="single", is_visible=False)
    assert await made.refused("conversations.open", users=hidden.id) == "user_not_visible"
    assert await made.refused("chat.postMessage", channel=hidden.id, text="x") == "channel_not_found"
    guest = slack.person("访客", guest="multi")
    assert (await web.users_info(user=guest.id))["user"]["is_restricted"] is True
    other = slack.person("外部", email="out@other.example", workspace=slack.workspace("别家", "other"))
    assert await made.refused("conversations.open", users=other.id) == "invalid_user_combination"
    shared = slack.channel("shared", [other])
    assert shared.is_external
    opened = await web.conversations_open(users=other.id)
    assert (await web.users_info(user=other.id))["user"]["is_stranger"] is True
    assert "email" not in (await web.users_info(user=other.id))["user"]["profile"]
    await other.says("hello", to=shared)
    await slack.settle()
    (told,) = [
        each.body for each in made.bot.told if each.kind == "message" and "bot_id" not in each.body["event"]
    ]
    assert (told["team_id"], told["event"]["user_team"]) == (slack.team.id, other.workspace.id)
    assert told["is_ext_shared_channel"] is True
    assert opened["channel"]["id"] == other.place.id


async def test_updates_keep_the_blocks_that_they_do_not_name(made: Fixture) -> None:
    sent = await made.post(text="x", blocks=[actions(button("好", value="1"))])
    there = {"channel": sent["channel"], "ts": sent["ts"]}
    await made.web.chat_update(**there, text="y")
    assert made.person.last.buttons == ["好"]
    await made.web.chat_update(**there, text="y", blocks=[])
    assert made.person.last.buttons == []
    assert await made.refused("chat.update", **there, text="x" * 4001) == "msg_too_long"
    said = await made.person.says("my own")
    assert said
    own = {"channel": sent["channel"], "ts": made.person.chat[-1].id}
    assert await made.refused("chat.update", **own, text="x") == "cant_update_message"
    assert await made.refused("chat.update", **{**there, "ts": "1.1"}, text="x") == "message_not_found"


async def test_one_post_a_second_and_channel(made: Fixture) -> None:
    for _ in range(5):
        await made.post()
    with pytest.raises(SlackApiError) as raised:
        await made.post()
    assert (raised.value.response.status_code, raised.value.response.headers["Retry-After"]) == (429, "1")
    other = made.slack.person("韩梅梅")
    await made.web.chat_postMessage(channel=other.id, text="x")
    made.clock.advance(timedelta(seconds=1))
    await made.post()
    with pytest.raises(SlackApiError, match="ratelimited"):
        await made.web.chat_postMessage(channel=made.person.id, text="x")
    for _ in range(48):
        await made.web.conversations_open(users=other.id)
    made.clock.advance(timedelta(minutes=5))
    for _ in range(50):
        await made.web.conversations_open(users=other.id)
    assert await made.refused("conversations.open", users=other.id) == "ratelimited"


async def test_files_come_in_three_steps(made: Fixture) -> None:
    sent = await made.web.files_upload_v2(
        channel=made.person.place.id, filename="面试.ics", content=b"BEGIN", initial_comment="日历"
    )
    assert sent["files"][0]["id"]
    last = made.person.last
    assert (last.document, last.data, last.text) == ("面试.ics", b"BEGIN", "日历")
    assert [call.method for call in made.slack.calls] == [
        "files.getUploadURLExternal", "upload", "files.completeUploadExternal",
    ]  # fmt: skip
    again = {"files": [{"id": sent["files"][0]["id"]}], "channel_id": made.person.place.id}
    assert await made.refused("files.completeUploadExternal", **again) == "file_not_found"
    ticket = await made.web.files_getUploadURLExternal(filename="x", length=3)
    async with made.session.post(ticket["upload_url"], data=b"four") as answer:
        assert answer.status == 400
    form = {"filename": ("x", b"sic")}
    async with httpx.AsyncClient(trust_env=False) as http:
        assert (await http.post(ticket["upload_url"], files=form)).status_code == 200
    done = {"files": [{"id": ticket["file_id"]}], "channel_id": made.person.id}
    assert await made.refused("files.completeUploadExternal", **done) == "invalid_channel"


@pytest.mark.parametrize(
    ("kind", "accepts", "status"),
    [
        ("429", False, 429), ("500", False, 500), ("503", False, 503), ("html", False, 200), ("empty", True, 200),
        ("truncated", True, 200), ("cut", True, 200), ("reset", False, 0), ("reset_after", True, 0), ("hang", True, 0),
        ("drip", True, 0), ("fatal_error", True, 200), ("internal_error", False, 200),
    ],
)  # fmt: skip
async def test_faults_on_demand(made: Fixture, kind: Any, accepts: bool, status: int) -> None:
    made.slack.fail("chat.postMessage", kind, retry_after=7)
    url = f"{made.slack.api_base}/api/chat.postMessage"
    params = {"channel": made.person.place.id, "text": "x"}
    headers = {"Authorization": f"Bearer {made.slack.token}"}
    found, body = 0, b""
    try:
        limits = aiohttp.ClientTimeout(total=0.3)
        async with made.session.post(url, json=params, headers=headers, timeout=limits) as answer:
            found = answer.status
            body = await answer.read()
    except (aiohttp.ClientError, TimeoutError):
        found = found if kind == "cut" else 0
    assert (found, len(made.person.chat)) == (status, accepts)
    if kind.endswith("_error"):
        assert json.loads(body) == {"ok": False, "error": kind}
    await made.post(text="works again")


# -- what the bot is told ---------------------------------------------------------------------------------


async def test_events_are_signed_and_come_until_they_are_taken(made: Fixture) -> None:
    await made.slack.verify()
    statuses = iter([500, 500, 404, 200])
    made.bot.answers = lambda _, __: Response(status_code=next(statuses))
    id = await made.person.says("1 < 2 & @Turnout")
    await made.slack.settle()
    assert (len(made.bot.told), made.slack.pending) == (2, True)
    made.clock.advance(timedelta(minutes=1))
    await made.slack.settle()
    assert (len(made.bot.told), made.slack.pending) == (3, True)
    made.clock.advance(timedelta(minutes=5))
    await made.slack.settle()
    assert (len(made.bot.told), made.slack.pending) == (4, False)
    assert {told.body["event_id"] for told in made.bot.told} == {id}
    assert [told.headers.get("x-slack-retry-num") for told in made.bot.told] == [None, "1", "2", "3"]
    assert made.bot.told[1].headers["x-slack-retry-reason"] == "http_error"
    told = made.bot.told[0]
    event = told.body["event"]
    assert event["text"] == f"1 &lt; 2 &amp; <@{made.slack.team.bot}>"
    assert (event["channel_type"], event["user"], event["channel"]) == (
        "im",
        made.person.id,
        made.person.place.id,
    )

    class Then(SdkClock):
        def now(self) -> float:
            return NOW.timestamp()

    verifier = SignatureVerifier(made.slack.app.signing_secret, Then())
    assert verifier.is_valid_request(told.raw, told.headers)
    assert not verifier.is_valid_request(told.raw + b" ", told.headers)


async def test_events_are_given_up_and_retries_can_be_declined(made: Fixture) -> None:
    made.bot.answers = lambda _, __: Response(status_code=500)
    await made.person.says("x")
    for _ in range(4):
        await made.slack.settle()
        made.clock.advance(timedelta(minutes=10))
    assert (len(made.bot.told), made.slack.pending) == (4, False)
    made.bot.answers = lambda _, __: Response(status_code=500, headers={"X-Slack-No-Retry": "1"})
    await made.person.says("y")
    await made.slack.settle()
    assert (len(made.bot.told), made.slack.pending) == (5, False)
    made.slack.listens("http://127.0.0.1:1/")
    await made.person.says("z")
    await made.slack.settle()
    assert made.slack.deliveries.all[-1].attempts[-1].why == "connection_failed"
    with pytest.raises(ValueError, match="challenge"):
        await made.slack.verify()


async def test_the_bot_hears_itself(made: Fixture) -> None:
    sent = await made.post(text="x")
    await made.web.chat_update(channel=sent["channel"], ts=sent["ts"], text="y")
    await made.person.says("z")
    shown = made.person.chat[-1]
    await made.person.edits(shown, "zz")
    await made.slack.settle()
    told = [event["event"] for event in made.bot.of("message")]
    assert sorted((each.get("subtype", ""), each.get("bot_id", "")) for each in told) == [
        ("", ""), ("", made.slack.team.bot_id), ("message_changed", ""), ("message_changed", ""),
    ]  # fmt: skip
    (own,) = [each for each in told if each.get("message", {}).get("user") == made.person.id]
    assert (own["message"]["text"], own["previous_message"]["text"]) == ("zz", "z")
    assert await made.person.sends("报错.png", "image/png", "看")
    await made.slack.settle()
    assert made.bot.messages()[-1]["files"][0]["name"] == "报错.png"


async def test_in_channels_the_bot_hears_what_it_is_in(made: Fixture) -> None:
    other = made.slack.channel("general", [made.person], has_bot=False)
    assert await made.person.says("hello @Turnout", to=other) is None
    await made.person.invites_bot(other)
    await made.person.says("hello @Turnout", to=other)
    shown = other.chat[-1]
    await made.person.says("in the thread", to=other, about=shown)
    await made.slack.settle()
    assert [told.kind for told in made.bot.told] == [
        "member_joined_channel",
        "message",
        "app_mention",
        "message",
    ]
    assert made.bot.of("member_joined_channel")[0]["event"]["user"] == made.slack.team.bot
    assert made.bot.messages()[-1]["thread_ts"] == shown.id
    await made.person.removes_bot(other)
    await made.slack.settle()
    assert made.bot.told[-1].kind == "member_left_channel"
    stranger = made.slack.person("路人")
    with pytest.raises(LookupError, match="not in #general"):
        await stranger.says("x", to=other)


async def test_what_only_one_person_sees(made: Fixture) -> None:
    other = made.slack.person("韩梅梅")
    place = made.slack.channel("hr", [made.person, other])
    await made.web.chat_postEphemeral(
        channel=place.id, user=other.id, text="只给你", blocks=[actions(button("好"))]
    )
    await made.web.chat_postMessage(channel=place.id, text=f"<@{other.id}> 请看")
    assert [shown.text for shown in place.seen_by(other)] == ["", "@韩梅梅 请看"]
    assert [shown.text for shown in place.seen_by(made.person)] == ["@韩梅梅 请看"]
    assert other.notified == [place.last]
    outside = made.slack.person("外人")
    assert (
        await made.refused("chat.postEphemeral", channel=place.id, user=outside.id, text="x")
        == "user_not_in_channel"
    )
    ephemeral = place.seen_by(other)[0]
    assert (
        await made.refused("chat.update", channel=place.id, ts=ephemeral.id, text="x") == "message_not_found"
    )
    await other.presses("好", to=place)
    await made.slack.settle()
    told = made.bot.of("block_actions")[0]
    assert (told["container"]["is_ephemeral"], "message" in told) == (True, False)
    async with made.session.post(
        told["response_url"], json={"replace_original": True, "text": "谢谢"}
    ) as answer:
        assert answer.status == 200
    assert (ephemeral.text, ephemeral.buttons) == ("谢谢", [])
    async with made.session.post(told["response_url"], json={"delete_original": True}) as answer:
        assert answer.status == 200
    assert [shown.text for shown in place.seen_by(other)] == ["@韩梅梅 请看"]


# -- interactions -----------------------------------------------------------------------------------------


async def test_presses_bring_what_slack_sends(made: Fixture) -> None:
    menu_ = menu(placeholder=plain("选"), options=[option("上午", "am"), option("下午", "pm")])
    sent = await made.post(blocks=[actions(button("好", value="v1", action_id="a"), menu_)])
    await made.person.presses("好")
    await made.person.presses("下午")
    await made.slack.settle()
    first, second = made.bot.of("block_actions")
    assert first["container"] == {
        "type": "message", "message_ts": sent["ts"], "channel_id": sent["channel"], "is_ephemeral": False,
    }  # fmt: skip
    (action,) = first["actions"]
    assert (action["value"], action["action_id"], action["block_id"]) == ("v1", "a", "sb1")
    assert (first["user"]["id"], first["team"]["id"]) == (made.person.id, made.slack.team.id)
    assert first["message"]["ts"] == sent["ts"]
    assert second["actions"][0]["selected_option"]["value"] == "pm"
    with pytest.raises(LookupError, match=r"no button '改约'; there are \[\['好', '上午', '下午'\]\]"):
        await made.person.presses("改约")


async def test_a_press_that_nobody_answers_is_seen(made: Fixture) -> None:
    await made.post(blocks=[actions(button("好"), button("去", url="https://a.example/", action_id="u"))])
    made.bot.answers = lambda _, __: Response(status_code=500)
    await made.person.presses("好")
    assert made.person.opens("去") == "https://a.example/"
    with pytest.raises(LookupError, match=r"it opens https://a\.example/"):
        await made.person.presses("去")
    await made.slack.settle()
    assert made.person.troubles == ["http_error", "http_error"]
    assert [told["actions"][0]["action_id"] for told in made.bot.of("block_actions")] == ["sa1.1", "u"]


async def test_commands_and_their_answers(made: Fixture) -> None:
    answers = iter(
        [Response(), Response("只有你看见"), JSONResponse({"response_type": "in_channel", "text": "大家"})]
    )
    made.bot.answers = lambda kind, _: next(answers) if kind == "/turnout" else None
    place = made.slack.channel("hr", [made.person])
    for line in ("/turnout", "/turnout status  李 & 韩", "/turnout list"):
        await made.person.types(line, place)
    await made.slack.settle()
    told = made.bot.of("/turnout")
    assert [each.get("text") for each in told] == [None, "status  李 &amp; 韩", "list"]
    assert (told[0]["channel_id"], told[0]["user_id"], told[0]["command"]) == (
        place.id,
        made.person.id,
        "/turnout",
    )
    assert [shown.text for shown in place.seen_by(made.person)] == ["只有你看见", "大家"]
    assert [shown.text for shown in place.chat] == ["大家"]
    for number in range(6):
        async with made.session.post(told[0]["response_url"], json={"text": str(number)}) as answer:
            assert answer.status == (200 if number < 5 else 404)
    assert [call.error for call in made.slack.calls if call.method == "respond"] == [""] * 5 + ["used_url"]
    made.clock.advance(timedelta(minutes=31))
    async with made.session.post(told[1]["response_url"], json={"text": "x"}) as answer:
        assert (await answer.json())["error"] == "expired_url"
    with pytest.raises(LookupError, match="/rocket is not a valid command; there are /turnout"):
        await made.person.types("/rocket")
    made.bot.answers = lambda _, __: Response(status_code=502)
    await made.person.types("/turnout x")
    await made.slack.settle()
    assert made.person.troubles == ["dispatch_failed"]


def form(**more: Any) -> dict[str, Any]:
    blocks = [
        asked({**TYPING, "max_length": 5}, block_id="why"),
        asked(menu(placeholder=plain("选")), block_id="slot", optional=True, label=plain("时间")),
        asked(
            {"type": "datepicker", "action_id": "d", "initial_date": "2026-11-25"},
            block_id="day",
            label=plain("日期"),
        ),
    ]
    return {"type": "modal", "title": plain("改约"), "submit": plain("发送"), "blocks": blocks, **more}


async def trigger(made: Fixture) -> str:
    await made.person.types("/turnout")
    await made.slack.settle()
    return str(made.bot.of("/turnout")[-1]["trigger_id"])


async def test_a_trigger_opens_one_form_within_three_seconds(made: Fixture) -> None:
    first = await trigger(made)
    opened = await made.web.views_open(trigger_id=first, view=form(callback_id="move", private_metadata="x"))
    assert (opened["view"]["callback_id"], opened["view"]["root_view_id"]) == ("move", opened["view"]["id"])
    assert made.person.modal
    assert (made.person.modal.title, made.person.modal.labels) == ("改约", ["问", "时间", "日期"])
    assert made.person.modal.value("日期") == "2026-11-25"
    assert await made.refused("views.open", trigger_id=first, view=form()) == "exchanged_trigger_id"
    late = await trigger(made)
    made.clock.advance(timedelta(seconds=4))
    assert await made.refused("views.open", trigger_id=late, view=form()) == "expired_trigger_id"
    assert await made.refused("views.open", trigger_id="x", view=form()) == "invalid_trigger_id"
    fresh = await trigger(made)
    assert (
        await made.refused("views.open", trigger_id=fresh, view=form(title=plain("x" * 25)))
        == "invalid_arguments"
    )


async def test_forms_are_filled_in_and_answered(made: Fixture) -> None:
    answers: list[Any] = []
    made.bot.answers = lambda kind, _: JSONResponse(answers.pop(0)) if kind == "view_submission" else None
    await made.web.views_open(trigger_id=await trigger(made), view=form(private_metadata="carried"))
    modal = made.person.modal
    assert modal
    assert await made.person.submits({}) is None
    assert modal.errors == {"问": "Please complete this required field."}
    assert await made.person.submits({"问": "太长太长太长"}) is None
    assert modal.errors == {"问": "Please enter no more than 5 characters."}
    answers.append({"response_action": "errors", "errors": {"why": "说清楚点"}})
    assert await made.person.submits({"t": "有事", "时间": "一", "day": "2026-11-26"})
    await made.slack.settle()
    view = made.bot.of("view_submission")[0]["view"]
    assert view["private_metadata"] == "carried"
    assert view["state"]["values"] == {
        "why": {"t": {"type": "plain_text_input", "value": "有事"}},
        "slot": {"m": {"type": "static_select", "selected_option": option()}},
        "day": {"d": {"type": "datepicker", "selected_date": "2026-11-26"}},
    }
    assert (modal.errors, made.person.modal) == ({"问": "说清楚点"}, modal)
    with pytest.raises(LookupError, match="'二' cannot be chosen; there are"):
        await made.person.fills({"时间": "二"})
    with pytest.raises(LookupError, match="asks for"):
        await made.person.fills({"身高": "x"})
    for answer, labels in (
        ({"response_action": "push", "view": form(title=plain("第二"))}, ["改约", "第二"]),
        ({"response_action": "update", "view": form(title=plain("第三"))}, ["改约", "第三"]),
        ({}, ["改约"]),
        ({"response_action": "clear"}, []),
    ):
        answers.append(answer)
        await made.person.submits({"问": "好"})
        await made.slack.settle()
        assert [each.title for each in made.person.modals] == labels
    assert (made.person.troubles, made.slack.misplaced) == ([], [])


async def test_answers_to_a_form_that_slack_cannot_use(made: Fixture) -> None:
    answers: list[Any] = [
        {"response_action": "errors", "errors": {"nowhere": "x"}},
        {"response_action": "explode"},
        {"response_action": "update", "view": form(title=plain("x" * 25))},
        "words",
    ]
    made.bot.answers = lambda kind, _: JSONResponse(answers.pop(0)) if kind == "view_submission" else None
    await made.web.views_open(trigger_id=await trigger(made), view=form())
    for _ in range(4):
        await made.person.submits({"问": "好"})
        await made.slack.settle()
    assert made.person.modal
    assert made.person.troubles == [
        "invalid_errors", "invalid_response_action", "invalid_arguments", "invalid_response_action",
    ]  # fmt: skip
    assert len(made.slack.misplaced) == 4
    made.bot.answers = lambda _, __: Response(status_code=500)
    await made.person.submits({"问": "好"})
    await made.slack.settle()
    assert (made.person.troubles[-1], made.person.modal is not None) == ("http_error", True)


async def test_a_form_put_away_is_told_if_it_wants(made: Fixture) -> None:
    await made.web.views_open(trigger_id=await trigger(made), view=form())
    assert await made.person.closes() is None
    await made.web.views_open(trigger_id=await trigger(made), view=form(notify_on_close=True))
    await made.person.closes()
    await made.slack.settle()
    assert (made.person.modal, len(made.bot.of("view_closed"))) == (None, 1)
    with pytest.raises(LookupError, match="no form open"):
        await made.person.closes()


async def test_the_home_tab(made: Fixture) -> None:
    await made.person.opens_home()
    await made.slack.settle()
    event = made.bot.of("app_home_opened")[0]["event"]
    assert (event["tab"], event["user"], "view" in event) == ("home", made.person.id, False)
    home = {"type": "home", "blocks": [section("*我的面试*"), actions(button("改约", value="move"))]}
    published = await made.web.views_publish(user_id=made.person.id, view=home)
    assert made.person.home
    assert (made.person.home.text, made.person.home.presses) == ("我的面试", {"改约": "move"})
    await made.person.presses("改约")
    await made.slack.settle()
    press = made.bot.of("block_actions")[0]
    assert (press["container"]["type"], press["view"]["id"]) == ("view", published["view"]["id"])
    assert "response_url" not in press
    stale = {"user_id": made.person.id, "view": home, "hash": "1.1"}
    assert await made.refused("views.publish", **stale) == "hash_conflict"
    await made.web.views_publish(**{**stale, "hash": published["view"]["hash"]})
    await made.person.opens_home()
    await made.slack.settle()
    assert made.bot.of("app_home_opened")[1]["event"]["view"]["id"] == published["view"]["id"]
    made.slack.app.has_home = False
    assert await made.refused("views.publish", user_id=made.person.id, view=home) == "not_enabled"


# -- installing -------------------------------------------------------------------------------------------


async def access(made: Fixture, **params: str) -> Any:
    # The SDK's own method warns of aiohttp's BasicAuth.
    url = f"{made.slack.api_base}/api/oauth.v2.access"
    async with made.session.post(url, data=params) as answer:
        return await answer.json()


async def test_an_app_is_installed_in_another_workspace(made: Fixture) -> None:
    slack, app = made.slack, made.slack.app
    app.redirect_urls = ("https://turnout.example.com/hooks/slack/main/oauth",)
    other = slack.workspace("别家", "other")
    person = slack.person("王芳", workspace=other)
    page = (
        f"https://slack.com/oauth/v2/authorize?client_id={app.client_id}&scope=chat:write,im:write&state=s1"
    )
    back = httpx.URL(slack.approve(page, person))
    assert (back.path, back.params["state"]) == ("/hooks/slack/main/oauth", "s1")
    asked_ = {"client_id": app.client_id, "client_secret": app.client_secret, "code": back.params["code"]}
    for wrong, why in (
        ({"client_id": "1"}, "invalid_client_id"),
        ({"client_secret": "1"}, "bad_client_secret"),
        ({"code": "1"}, "invalid_code"),
        ({"redirect_uri": "https://x.example/"}, "bad_redirect_uri"),
    ):
        assert (await access(made, **{**asked_, **wrong}))["error"] == why
    granted = await access(made, **asked_)
    assert (granted["team"]["id"], granted["scope"]) == (other.id, "chat:write,im:write")
    assert (await access(made, **asked_))["error"] == "invalid_code"
    await made.client(granted["access_token"]).chat_postMessage(channel=person.id, text="hello")
    assert person.last.text == "hello"
    # Nobody's token reaches into another workspace.
    with pytest.raises(SlackApiError, match="channel_not_found"):
        await made.web.chat_postMessage(channel=person.place.id, text="x")
    for wrong_page, why in (
        (page.replace("1001.2002", "1"), "client_id"),
        (page.replace("chat:write,im:write", "admin"), "Invalid permissions"),
        (page + "&redirect_uri=https://evil.example/", "redirect_uri"),
        ("https://evil.example/", "page for installing"),
    ):
        with pytest.raises(ValueError, match=why):
            slack.approve(wrong_page, person)


async def test_tokens_end(made: Fixture) -> None:
    made.slack.uninstall()
    await made.slack.settle()
    assert sorted(told.kind for told in made.bot.told) == ["app_uninstalled", "tokens_revoked"]
    assert await made.refused("auth.test") == "account_inactive"
    made.slack.app.rotates_tokens = True
    made.web.token = made.slack.install()
    await made.web.auth_test()
    made.clock.advance(timedelta(hours=12))
    assert await made.refused("auth.test") == "token_expired"
    refresh = made.slack.team.grants[-1].refresh_token
    app = made.slack.app
    renewed = await access(
        made,
        client_id=app.client_id,
        client_secret=app.client_secret,
        grant_type="refresh_token",
        refresh_token=refresh,
    )
    made.web.token = renewed["access_token"]
    assert renewed["expires_in"] == 43_200
    await made.web.auth_test()


def test_an_app_is_what_its_manifest_says() -> None:
    manifest = {
        "display_information": {"name": "Turnout"},
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": True,
            },
            "slash_commands": [{"command": "/turnout", "url": "https://t.example/c", "description": "x"}],
        },
        "oauth_config": {"redirect_urls": ["https://t.example/o"], "scopes": {"bot": ["chat:write", "commands"]}},
        "settings": {
            "event_subscriptions": {"request_url": "https://t.example/e", "bot_events": ["message.im"]},
            "interactivity": {"is_enabled": True, "request_url": "https://t.example/i"},
            "socket_mode_enabled": True,
        },
    }  # fmt: skip
    app = SlackApp.from_manifest(manifest)
    assert (app.has_home, app.has_messages, app.is_socket_mode) == (True, False, True)
    assert (sorted(app.scopes), sorted(app.events)) == (["chat:write", "commands"], ["message.im"])
    assert (app.events_url, app.interactivity_url) == ("https://t.example/e", "https://t.example/i")
    assert (app.commands, app.redirect_urls) == (
        {"/turnout": "https://t.example/c"},
        ("https://t.example/o",),
    )


async def test_what_an_app_did_not_ask_for_it_is_not_told(made: Fixture) -> None:
    made.slack.app.events = frozenset({"message.im", "message.channels"})
    place = made.slack.channel("hr", [made.person])
    assert await made.person.opens_home() is None
    made.slack.install(scopes=frozenset({"im:history"}))
    assert await made.person.says("x", to=place) is None
    assert await made.person.says("x") is not None
    made.slack.app.has_messages = False
    with pytest.raises(LookupError, match="Messages tab"):
        await made.person.says("x")
    await made.slack.settle()
    assert len(made.bot.told) == 1


# -- Socket Mode ------------------------------------------------------------------------------------------


@pytest.fixture
async def socketed(made: Fixture) -> Fixture:
    made.slack.app.is_socket_mode = True
    return made


async def opened(made: Fixture) -> aiohttp.ClientWebSocketResponse:
    url = (
        await made.client(made.slack.app.app_token).apps_connections_open(app_token=made.slack.app.app_token)
    )["url"]
    return await made.session.ws_connect(url)


async def test_the_sdk_speaks_with_it_over_a_socket(socketed: Fixture) -> None:
    app = socketed.slack.app
    client = SocketModeClient(app.app_token, web_client=socketed.client(app.app_token), ping_interval=60)
    seen: list[SocketModeRequest] = []

    async def take(client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        seen.append(request)
        payload = {"text": "好"} if request.type == "slash_commands" else None
        await client.send_socket_mode_response(SocketModeResponse(request.envelope_id, payload))

    client.socket_mode_request_listeners.append(take)
    await client.connect()  # type: ignore[no-untyped-call]
    await socketed.person.says("hello")
    await socketed.person.types("/turnout status")
    await socketed.slack.settle()
    assert [(each.type, each.accepts_response_payload) for each in seen] == [
        ("events_api", False), ("slash_commands", True),
    ]  # fmt: skip
    assert seen[0].payload["event"]["text"] == "hello"
    assert socketed.person.last.text == "好"
    await client.close()  # type: ignore[no-untyped-call]


async def test_what_is_not_acknowledged_comes_again_on_another_socket(socketed: Fixture) -> None:
    socketed.slack.deliveries._patience = 0.2
    first = await opened(socketed)
    hello = await first.receive_json()
    assert (hello["type"], hello["num_connections"]) == ("hello", 1)
    await socketed.person.says("hello")
    lost = await first.receive_json()
    second = await opened(socketed)
    assert (await second.receive_json())["num_connections"] == 2
    again = await asyncio.wait_for(second.receive_json(), 2)
    assert (lost["payload"]["event_id"], lost["retry_attempt"]) == (again["payload"]["event_id"], 0)
    assert (again["retry_attempt"], again["retry_reason"]) == (1, "http_timeout")
    await second.send_json({"envelope_id": again["envelope_id"]})
    await socketed.slack.settle()
    assert not socketed.slack.pending
    await first.close()
    await second.close()


async def test_sockets_end(socketed: Fixture) -> None:
    socketed.slack.deliveries._patience = 0.1
    socket = await opened(socketed)
    await socket.receive_json()
    url = f"{socketed.slack.api_base}/link/?ticket=used"
    with pytest.raises(aiohttp.WSServerHandshakeError):
        await socketed.session.ws_connect(url)
    await socketed.slack.sockets.refresh("warning")
    assert (await socket.receive_json())["reason"] == "warning"
    await socketed.slack.sockets.refresh()
    assert (await socket.receive_json())["reason"] == "refresh_requested"
    assert (await socket.receive()).type == aiohttp.WSMsgType.CLOSE
    await socket.close()
    other = await opened(socketed)
    await other.receive_json()
    socketed.slack.sockets.cut()
    assert (await other.receive()).type in (aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.ERROR)
    await socketed.person.types("/turnout")
    await socketed.slack.settle()
    assert socketed.person.troubles == ["dispatch_failed"]


async def test_ten_sockets_and_no_more(socketed: Fixture) -> None:
    sockets = [await opened(socketed) for _ in range(11)]
    told = [await socket.receive_json() for socket in sockets]
    assert [each["num_connections"] for each in told] == list(range(1, 12))
    assert (await sockets[-1].receive_json())["reason"] == "too_many_websockets"
    for socket in sockets:
        await socket.close()


async def test_it_is_what_stories_play_on(made: Fixture) -> None:
    await made.post(text="x")
    platform: StandIn = made.slack
    someone: Someone = made.person
    seen: Seen = made.person.last
    assert (platform.pending, someone.name, someone.toasts, seen.text) == (False, "李雷", [], "x")
    assert made.slack.place(made.person.place.id) is made.person.place
