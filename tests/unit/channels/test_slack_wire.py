"""The Slack channel on the wire, beyond what the contract asks of every channel."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from bot.clock import VirtualClock
from bot.sandbox.listening import Server, listen
from bot.sandbox.slack import SlackApp, SlackPerson, SlackStandIn
from channels import load
from channels.base import Call, Channel, NotDelivered, Payload, Receipt
from channels.slack.manifest import SCOPES, manifest
from channels.slack.wire import PAUSE, Wire
from conversations.effects import Answer
from conversations.events import Event, Pressed
from conversations.messages import Field, Form, Message
from tests.support.samples import CALENDAR, MESSAGES, NOW, choices, envelope, reader, words

EMAIL = "lilei@example.com"


@pytest.fixture
async def platform() -> AsyncIterator[SlackStandIn]:
    app = SlackApp.from_manifest(manifest())
    async with SlackStandIn(VirtualClock(NOW), app, is_limited=False) as made:
        yield made


@pytest.fixture
async def channel(platform: SlackStandIn) -> AsyncIterator[Channel]:
    made = connect(platform)
    yield made
    await made.close()


def connect(platform: SlackStandIn, **more: Any) -> Channel:
    config = {
        "token": platform.token,
        "app_token": platform.app.app_token,
        "api_base": f"{platform.api_base}/api",
        "deadline_seconds": 2,
        "poll_seconds": 1,
    }
    return load("slack")("slack.main", {**config, **more}, platform.clock.now)


async def read_blob(_: str) -> bytes:
    return CALENDAR


async def sends(channel: Channel, message: Message, chat: str, **more: Any) -> Receipt:
    return await channel.deliver(rendered(channel, message, chat, **more), read_blob)


def rendered(channel: Channel, message: Message, chat: str, request_id: str = "r1", **more: Any) -> Payload:
    made = envelope(message, chat, account="slack.main", **more)
    return channel.render(message, replace(made, request_id=request_id))


# -- where it goes ----------------------------------------------------------------------------------------


async def test_a_users_id_is_a_chat_that_is_opened_first(platform: SlackStandIn, channel: Channel) -> None:
    person = platform.person("李雷")
    receipt = await sends(channel, MESSAGES["rebooked"], person.id)
    assert receipt.edit_token == f"{person.place.id}:{receipt.id}:5e5e5e5e"
    await sends(channel, MESSAGES["bare"], person.id)
    assert [call.method for call in platform.calls].count("conversations.open") == 1
    assert [(shown.document, shown.data) for shown in person.chat if shown.document] == [
        ("面试.ics", CALENDAR)
    ]


async def test_what_only_one_may_see_is_shown_to_one(platform: SlackStandIn, channel: Channel) -> None:
    one, other = platform.person("one"), platform.person("other")
    team = platform.channel("hr", [one, other])
    receipt = await sends(channel, MESSAGES["rebooked"], f"{team.id}!{one.id}")
    assert receipt.edit_token is None
    assert [shown.text[:3] for shown in team.seen_by(one)] == ["已经为"]
    assert team.seen_by(other) == []
    assert [shown.document for shown in one.chat] == ["面试.ics"]


async def test_a_home_is_published_again_and_again(platform: SlackStandIn, channel: Channel) -> None:
    person = platform.person("李雷")
    for message in (MESSAGES["greeting"], MESSAGES["bare"]):
        receipt = await sends(channel, message, f"home:{person.id}")
        assert receipt.edit_token is None
    assert person.home is not None
    assert person.home.text == "好的，到时候见！"
    assert person.chat == []


async def test_a_channel_without_us_says_how_to_invite_us(platform: SlackStandIn, channel: Channel) -> None:
    team = platform.channel("hr", [platform.person("HR")], has_bot=False)
    with pytest.raises(NotDelivered, match="/invite") as raised:
        await sends(channel, MESSAGES["bare"], team.id)
    assert (raised.value.why, raised.value.scope) == ("gone", "chat")


async def test_a_thread_is_answered_in_the_thread(platform: SlackStandIn, channel: Channel) -> None:
    hr = platform.person("HR")
    team = platform.channel("hr", [hr])
    first = await sends(channel, choices(2), team.id, is_private=False)
    second = await sends(channel, MESSAGES["bare"], team.id, is_private=False, thread=first.id)
    assert [(shown.id, shown.thread) for shown in team.chat] == [(first.id, None), (second.id, first.id)]
    with pytest.raises(NotDelivered, match="thread_not_found") as raised:
        await sends(channel, MESSAGES["bare"], team.id, is_private=False, thread="5.000001")
    assert raised.value.why == "refused"


# -- edits ------------------------------------------------------------------------------------------------


async def test_a_card_that_is_gone_has_to_be_posted_anew(platform: SlackStandIn, channel: Channel) -> None:
    person = platform.person("李雷")
    receipt = await sends(channel, choices(1), person.id)
    await person.says("hello")
    person.chat[0].is_deleted = True
    for token in (
        receipt.edit_token,
        f"{person.place.id}:{person.chat[-1].id}",
    ):  # deleted; and the person's own
        with pytest.raises(NotDelivered) as raised:
            await sends(channel, choices(2), person.id, edits=token)
        assert (raised.value.why, raised.value.detail) == ("refused", "edit_gone")


async def test_an_edit_in_doubt_can_be_repeated(platform: SlackStandIn, channel: Channel) -> None:
    person = platform.person("李雷")
    receipt = await sends(channel, choices(3), person.id)
    for fault in ("reset_after", "empty"):
        platform.fail("chat.update", fault)
        with pytest.raises(NotDelivered) as raised:
            await sends(channel, choices(2), person.id, edits=receipt.edit_token)
        assert raised.value.why == "busy"
    await sends(channel, choices(2), person.id, edits=receipt.edit_token)
    assert len(person.chat) == 1


# -- files ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "fault", "why"),
    [
        ("files.getUploadURLExternal", "500", "busy"),
        ("files.getUploadURLExternal", "empty", "busy"),
        ("upload", "500", "busy"),
        ("upload", "reset", "busy"),
        ("files.completeUploadExternal", "429", "busy"),
        ("files.completeUploadExternal", "reset", "in_doubt"),
    ],
)
async def test_a_file_that_fails_leaves_its_message_accepted(
    platform: SlackStandIn, channel: Channel, method: str, fault: Any, why: str
) -> None:
    person = platform.person("李雷")
    payload = rendered(channel, MESSAGES["rebooked"], person.id)
    platform.fail(method, fault)
    with pytest.raises(NotDelivered) as raised:
        await channel.deliver(payload, read_blob)
    assert (raised.value.why, raised.value.accepted) == (why, 1)
    assert raised.value.receipt is not None
    assert [shown.document for shown in person.chat] == [None]
    await channel.deliver(replace(payload, calls=payload.calls[1:]), read_blob)
    assert [shown.document for shown in person.chat] == [None, "面试.ics"]


# -- in doubt ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", ["reset_after", "hang", "fatal_error", "truncated"])
async def test_what_arrived_after_all_is_not_sent_again(
    platform: SlackStandIn, channel: Channel, fault: Any
) -> None:
    person = platform.person("李雷")
    payload = rendered(channel, choices(2), person.id)
    quick = connect(platform, deadline_seconds=0.3)
    platform.fail("chat.postMessage", fault)
    with pytest.raises(NotDelivered) as raised:
        await quick.deliver(payload, read_blob)
    assert raised.value.why == "in_doubt"
    await person.says("what came in between")
    receipt = await channel.deliver(replace(payload, in_doubt=True), read_blob)
    assert (receipt.id, receipt.edit_token) == (person.chat[0].id, f"{person.place.id}:{person.chat[0].id}")
    assert len([shown for shown in person.chat if shown.is_of_bot]) == 1
    await quick.close()


async def test_what_did_not_arrive_is_sent(platform: SlackStandIn, channel: Channel) -> None:
    person = platform.person("李雷")
    await sends(channel, choices(2), person.id, request_id="another")
    payload = rendered(channel, choices(2), person.id)
    platform.fail("chat.postMessage", "reset")
    with pytest.raises(NotDelivered):
        await channel.deliver(payload, read_blob)
    await channel.deliver(replace(payload, in_doubt=True), read_blob)
    assert len(person.chat) == 2


async def test_without_doubt_nobody_reads_the_chat(platform: SlackStandIn, channel: Channel) -> None:
    await sends(channel, choices(2), platform.person("李雷").id)
    assert [call.method for call in platform.calls] == ["conversations.open", "chat.postMessage"]


async def test_where_the_chat_may_not_be_read_it_is_sent_again(
    platform: SlackStandIn, channel: Channel
) -> None:
    hr = platform.person("HR")
    team = platform.channel("hr", [hr])  # without channels:history
    payload = rendered(channel, choices(2), team.id)
    await channel.deliver(payload, read_blob)
    await channel.deliver(replace(payload, in_doubt=True), read_blob)
    assert len(team.chat) == 2
    blind = connect(platform, history=False)
    payload = rendered(blind, choices(2), hr.id)
    await blind.deliver(payload, read_blob)
    await blind.deliver(replace(payload, in_doubt=True), read_blob)
    assert len(hr.chat) == 2
    await blind.close()


async def test_a_doubt_that_cannot_be_looked_into_now_waits(platform: SlackStandIn, channel: Channel) -> None:
    person = platform.person("李雷")
    payload = rendered(channel, choices(2), person.id)
    await channel.deliver(payload, read_blob)
    platform.fail("conversations.history", "429", retry_after=9)
    with pytest.raises(NotDelivered) as raised:
        await channel.deliver(replace(payload, in_doubt=True), read_blob)
    assert (raised.value.why, raised.value.retry_after) == ("busy", timedelta(seconds=9))
    assert len(person.chat) == 1


# -- presses and forms ------------------------------------------------------------------------------------


FORM = Form("move", words("改约", "Move"), (Field("day", words("日期", "Day"), "date"),), words("好", "OK"))


async def pressed(platform: SlackStandIn, channel: Channel, person: SlackPerson) -> Event:
    """Return a press of this person's that can still be answered."""
    await sends(channel, choices(1), person.id)
    trigger = await person.presses(person.last.buttons[0])
    return Event(
        "1", "slack.main", NOW, Pressed("v"), "slack.main", person.id, person.place.id, answer_token=trigger
    )


async def test_a_form_opens_once_and_late_is_no_error(platform: SlackStandIn, channel: Channel) -> None:
    person = platform.person("李雷")
    event = await pressed(platform, channel, person)
    await channel.answer(event, Answer(form=FORM), reader())
    assert person.modal is not None
    await person.closes()
    await channel.answer(event, Answer(form=FORM), reader())  # exchanged_trigger_id
    assert person.modal is None
    late = await pressed(platform, channel, person)
    platform.clock.advance(timedelta(seconds=4))
    await channel.answer(late, Answer(form=FORM), reader())
    assert person.modal is None
    assert [call.error for call in platform.refused] == ["exchanged_trigger_id", "expired_trigger_id"]


async def test_a_form_too_large_for_slack_is_not_opened(platform: SlackStandIn, channel: Channel) -> None:
    person = platform.person("李雷")
    event = await pressed(platform, channel, person)
    await channel.answer(event, Answer(form=replace(FORM, carried={"x": "y" * 4000})), reader())
    assert person.modal is None


async def test_a_toast_is_for_whoever_pressed(platform: SlackStandIn, channel: Channel) -> None:
    one, other = platform.person("one"), platform.person("other")
    team = platform.channel("hr", [one, other])
    event = Event("1", "slack.main", NOW, Pressed("v"), "slack.main", one.id, team.id, is_private=False)
    await channel.answer(event, Answer(toast=words("已是 <旧> 消息", "Old")), reader())
    await channel.answer(
        replace(event, chat=one.place.id, is_private=True), Answer(words("好", "OK")), reader()
    )
    await channel.answer(replace(event, chat=f"home:{one.id}"), Answer(words("好", "OK")), reader())
    await channel.answer(event, Answer(), reader())
    assert [shown.text for shown in team.seen_by(one)] == ["已是 <旧> 消息"]
    assert team.seen_by(other) == []
    assert [shown.text for shown in one.chat] == ["好"]


# -- who is who -------------------------------------------------------------------------------------------


async def test_people_are_found_by_address_or_id(platform: SlackStandIn, channel: Channel) -> None:
    person = platform.person("李雷", email=EMAIL, tz="Europe/Berlin", locale="de-DE")
    for email, hint in ((EMAIL, None), (None, person.id), (None, f"<@{person.id}>"), (EMAIL, "U0NOBODY")):
        contact = await channel.find(email, None, hint)
        assert contact is not None
        assert (contact.user, contact.chat) == (person.id, person.place.id)
        assert (contact.zone, contact.language) == ("Europe/Berlin", "de-DE")
    for email, hint in ((None, None), ("nobody@example.com", None), (None, "@lilei"), (None, "U0NOBODY")):
        assert await channel.find(email, "+8613800001234", hint) is None


async def test_programs_and_people_who_left_are_nobody(platform: SlackStandIn, channel: Channel) -> None:
    left = platform.person("left", email=EMAIL)
    await left.deactivates()
    assert await channel.find(EMAIL, None, None) is None
    assert await channel.find(None, None, left.id) is None
    assert await channel.find(None, None, platform.team.bot) is None
    assert await channel.find(None, None, "USLACKBOT") is None


async def test_guests_are_found_where_a_chat_with_them_opens(
    platform: SlackStandIn, channel: Channel
) -> None:
    guest = platform.person("guest", guest="single")
    assert await channel.find(None, None, guest.id) is not None
    stranger = platform.person("stranger", workspace=platform.workspace("Other", "other"))
    assert await channel.find(None, None, stranger.id) is None


async def test_who_cannot_be_asked_now_is_asked_later(platform: SlackStandIn, channel: Channel) -> None:
    platform.person("李雷", email=EMAIL)
    for method in ("users.lookupByEmail", "users.info", "conversations.open"):
        platform.fail(method, "429", retry_after=4)
        with pytest.raises(NotDelivered) as raised:
            await channel.find(EMAIL, None, None)
        assert (raised.value.why, raised.value.scope) == ("busy", "account")


# -- whether it works -------------------------------------------------------------------------------------


async def test_a_working_app_has_nothing_wrong(platform: SlackStandIn, channel: Channel) -> None:
    await channel.open()
    await channel.open()
    assert await channel.check() == ()
    assert channel.invite_url("token") is None
    await channel.register({})


async def test_each_thing_wrong_has_its_remedy(platform: SlackStandIn) -> None:
    async def wrong(**changes: str) -> tuple[str, ...]:
        channel = connect(platform, **changes)
        try:
            return await channel.check()
        finally:
            await channel.close()

    (problem,) = await wrong(token="xoxb-1-2-Unknown")
    assert "does not know this token. Take the one" in problem
    (problem,) = await wrong(app_token="xapp-1-A-Unknown")
    assert "app_token (invalid_auth). Turn Socket Mode on" in problem
    for problem in await wrong(api_base="http://127.0.0.1:1"):
        assert "cannot be reached (not connected: ClientConnectorError). Check the network" in problem
    lacking = platform.install(scopes=frozenset(SCOPES) - {"users:read.email", "files:write"})
    (problem,) = await wrong(token=lacking)
    assert "lacks the scopes files:write, users:read.email. Add them" in problem


async def test_an_app_that_was_removed_cannot_be_opened(platform: SlackStandIn, channel: Channel) -> None:
    platform.uninstall()
    with pytest.raises(NotDelivered, match="Install it again") as raised:
        await channel.open()
    assert (raised.value.why, raised.value.scope) == ("stopped", "account")


# -- what answers mean ------------------------------------------------------------------------------------


class Answering:
    """A server with one answer."""

    def __init__(self) -> None:
        self.status, self.body, self.headers = 200, b"", {"content-type": "application/json"}
        self.asked: list[Request] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        await request.body()
        self.asked.append(request)
        await Response(self.body, self.status, self.headers)(scope, receive, send)


@pytest.fixture
async def answering() -> AsyncIterator[tuple[Answering, Wire]]:
    app, listener = Answering(), listen()
    server = Server(app)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    await server.is_up.wait()
    wire = Wire(f"http://127.0.0.1:{listener.getsockname()[1]}")
    yield app, wire
    await wire.close()
    server.should_exit = True
    await serving


POST = ("chat.postMessage", {"channel": "D1", "text": "x"})
UPDATE = ("chat.update", {"channel": "D1", "ts": "5.0", "text": "x"})
OPEN = ("conversations.open", {"users": "U1"})


async def judged(answering: tuple[Answering, Wire], asked: tuple[str, dict[str, str]] = POST) -> NotDelivered:
    with pytest.raises(NotDelivered) as raised:
        await answering[1].ask(*asked, 2, "xoxb-S3cret")
    assert "S3cret" not in str(raised.value)
    return raised.value


ANSWERS: tuple[tuple[int, bytes, str, str], ...] = (
    (200, b"", "in_doubt", "busy"),
    (200, b"<html>", "in_doubt", "busy"),
    (200, b'"ok"', "in_doubt", "busy"),
    (200, b"[]", "in_doubt", "busy"),
    (200, b"[" * 9999, "in_doubt", "busy"),
    (200, b'{"ok":true', "in_doubt", "busy"),
    (200, b'{"ok":false}', "in_doubt", "busy"),
    (200, b'{"ok":false,"error":5}', "in_doubt", "busy"),
    (200, b'{"ok":false,"error":"internal_error"}', "in_doubt", "busy"),
    (200, b'{"ok":false,"error":"service_unavailable"}', "busy", "busy"),
    (200, b'{"ok":false,"error":"ratelimited"}', "busy", "busy"),
    (429, b"", "busy", "busy"),
    (500, b'{"ok":false,"error":"internal_error"}', "busy", "busy"),
    (502, b"<html>", "busy", "busy"),
    (403, b"blocked by the firewall", "busy", "busy"),
    (200, b'{"ok":false,"error":"account_inactive"}', "stopped", "stopped"),
    (200, b'{"ok":false,"error":"channel_not_found"}', "gone", "gone"),
    (200, b'{"ok":false,"error":"msg_too_long"}', "refused", "refused"),
    (200, b'{"ok":false,"error":"cant_update_message"}', "refused", "refused"),
)
"""Status and body, and what they mean for a post and for an edit."""


async def test_accepted_is_only_what_says_so(answering: tuple[Answering, Wire]) -> None:
    app, _ = answering
    for status, body, of_a_post, of_an_edit in ANSWERS:
        app.status, app.body = status, body
        app.headers = {"content-type": "application/json"}
        whys = ((await judged(answering)).why, (await judged(answering, UPDATE)).why)
        assert whys == (of_a_post, of_an_edit), body
        for kind in ("text/html", "text/plain"):  # not Slack's own words, whatever they say
            app.headers = {"content-type": kind}
            assert (await judged(answering)).why in ("in_doubt", "busy")


async def test_refusals_say_whom_they_concern_and_what_to_do(answering: tuple[Answering, Wire]) -> None:
    app, _ = answering

    def says(error: str, **more: object) -> None:
        app.body = json.dumps({"ok": False, "error": error, **more}).encode()

    says("missing_scope", needed="im:write", provided="chat:write")
    stopped = await judged(answering, OPEN)
    assert (stopped.why, stopped.scope) == ("stopped", "account")
    assert "Add the scope im:write" in stopped.detail
    says("invalid_blocks", response_metadata={"messages": ["[ERROR] too long [json-pointer:/blocks/0/text]"]})
    assert (
        await judged(answering)
    ).detail == "invalid_blocks: [ERROR] too long [json-pointer:/blocks/0/text]"
    says("message_not_found")
    assert (await judged(answering, UPDATE)).detail == "edit_gone"
    assert (await judged(answering)).detail == "message_not_found"


async def test_whoever_asks_too_much_waits_as_long_as_slack_says(answering: tuple[Answering, Wire]) -> None:
    app, _ = answering
    app.status, app.body = 429, b'{"ok":false,"error":"ratelimited"}'
    for given, seconds in (("7", 7), ("soon", 30), ("", 30), ("9" * 30, 30)):
        app.headers = {"content-type": "application/json", "retry-after": given}
        busy = await judged(answering)
        assert (busy.retry_after, busy.scope) == (timedelta(seconds=seconds), "chat")
    # One message a second is a chat's limit, calls a minute are the account's.
    assert (await judged(answering, OPEN)).scope == "account"


async def test_nothing_is_sent_through_a_proxy_or_twice(
    answering: tuple[Answering, Wire], monkeypatch: pytest.MonkeyPatch
) -> None:
    app, wire = answering
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    direct = Wire(wire.client.base_url)
    app.body = b'{"ok":true,"ts":"5.0"}'
    assert (await direct.ask(*POST, 2, "xoxb-1"))["ts"] == "5.0"
    assert app.asked[-1].headers["authorization"] == "Bearer xoxb-1"
    await direct.close()
    app.status, app.body = 500, b""
    count = len(app.asked)
    with suppress(NotDelivered):
        await wire.ask(*POST, 2, "xoxb-1")
    assert len(app.asked) == count + 1


async def test_who_is_not_there_is_busy() -> None:
    wire = Wire("http://127.0.0.1:1")
    with pytest.raises(NotDelivered, match="not connected") as raised:
        await wire.ask(*POST, 2, "xoxb-1")
    assert (raised.value.why, raised.value.retry_after, raised.value.scope) == ("busy", PAUSE, "account")
    with pytest.raises(NotDelivered, match="not uploaded") as raised:
        await wire.put("http://127.0.0.1:1/upload", b"x", 2)
    assert raised.value.why == "busy"
    await wire.close()


async def test_an_upload_that_is_too_large_is_refused(answering: tuple[Answering, Wire]) -> None:
    app, wire = answering
    for status, why in ((413, "refused"), (503, "busy")):
        app.status = status
        with pytest.raises(NotDelivered) as raised:
            await wire.put(wire.client.base_url, b"x", 2)
        assert raised.value.why == why


async def test_answers_that_lack_what_they_should_bring(answering: tuple[Answering, Wire]) -> None:
    app, wire = answering
    app.body = b'{"ok":true}'
    base = wire.client.base_url
    channel = load("slack")(
        "slack.main", {"token": "xoxb-1-2-A", "app_token": "xapp-1-A", "api_base": base}, lambda: NOW
    )
    with pytest.raises(NotDelivered) as raised:
        await sends(channel, MESSAGES["bare"], "D1")
    assert raised.value.why == "in_doubt"
    with pytest.raises(NotDelivered) as raised:
        await sends(channel, MESSAGES["bare"], "U1")
    assert raised.value.why == "busy"
    with pytest.raises(NotDelivered) as raised:
        await sends(channel, MESSAGES["rebooked"], "C1!U1")
    assert raised.value.why == "busy"
    with pytest.raises(NotDelivered) as raised:
        await channel.deliver(Payload(()), read_blob)
    assert raised.value.why == "refused"
    again = Call(
        "chat.postMessage", {"channel": "D1", "metadata": {"event_payload": {"id": "x"}}, "text": "x"}
    )
    for messages in (b"5", b'[5, {"metadata": 5}, {"metadata": {"event_type": "turnout"}}]'):
        app.body = b'{"ok":true,"ts":"5.0","messages":' + messages + b"}"
        assert (await channel.deliver(Payload((again,), in_doubt=True), read_blob)).id == "5.0"
    assert await channel.find(EMAIL, None, "U1") is None
    await channel.close()
