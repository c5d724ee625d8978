"""Requests as Slack makes them: only what it signed, read by bolt's app without asking anybody, never a 5xx."""

import hashlib
import hmac
import json
import logging
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest

import channels
from channels import load
from channels.base import Channel, Forged, Forgetful, Inbound, Malformed, Parsed
from channels.slack.signing import SIGNATURE, TIMESTAMP
from conversations.effects import Answer
from conversations.events import Commanded, Event, Pressed, Said, Submitted
from conversations.messages import Field, Form
from tests.support.samples import NOW, reader, words

SECRET = "5a4db0e05a4db0e05a4db0e05a4db0e0"
CONFIG: dict[str, Any] = {"token": "xoxb-1-2-Abc", "signing_secret": SECRET, "api_base": "http://127.0.0.1:1"}
SHARED = {
    "client_id": "1.2",
    "client_secret": "S3cret",
    "signing_secret": SECRET,
    "public_url": "https://t.example",
}
MESSAGE = {
    "type": "event_callback",
    "team_id": "T9",
    "event_id": "Ev1",
    "event": {
        "type": "message",
        "channel": "D1",
        "channel_type": "im",
        "user": "U1",
        "text": "收到",
        "ts": "5.0",
    },
    "authorizations": [{"team_id": "T9", "user_id": "UBOT", "is_bot": True, "enterprise_id": None}],
}
VIEW = {
    "type": "modal",
    "callback_id": "move",
    "private_metadata": '{"carried":{"session":"s"},"chat":"D1","is_private":true}',
    "state": {"values": {"day": {"day": {"selected_date": "2026-11-25"}}}},
}
SUBMISSION = {
    "type": "view_submission",
    "team": {"id": "T9"},
    "user": {"id": "U1"},
    "trigger_id": "1.2.3",
    "view": VIEW,
}
PRESS = {
    "type": "block_actions",
    "team": {"id": "T9"},
    "user": {"id": "U1"},
    "trigger_id": "1.2.3",
    "container": {"message_ts": "7.0", "channel_id": "D1"},
    "channel": {"id": "D1"},
    "actions": [{"type": "button", "action_id": "press_1", "block_id": "b", "value": "v1"}],
    "response_url": "http://127.0.0.1:1/actions",
}
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
async def channel() -> AsyncIterator[Channel]:
    made = load("slack")("slack.main", CONFIG, lambda: NOW)
    yield made
    await made.close()


def signed(body: bytes, secret: str = SECRET, age: int = 0, kind: str = "application/json") -> Inbound:
    stamp = str(int(NOW.timestamp()) - age)
    digest = hmac.new(secret.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256).hexdigest()
    headers = {TIMESTAMP: stamp, SIGNATURE: f"v0={digest}", "content-type": kind}
    return Inbound("POST", "/hooks/slack/main", {}, headers, body, NOW)


def said(payload: object) -> Inbound:
    return signed(json.dumps(payload).encode())


def interacted(payload: object) -> Inbound:
    return signed(urlencode({"payload": json.dumps(payload)}).encode(), kind=FORM)


async def only(channel: Channel, inbound: Inbound) -> Event:
    (event,) = (await channel.parse(inbound)).events
    return event


# -- whose it is ------------------------------------------------------------------------------------------


async def test_each_forgery_has_its_reason(channel: Channel) -> None:
    right = said(MESSAGE)

    async def reason(**headers: str | None) -> str:
        changed = {name.replace("_", "-"): value for name, value in headers.items()}
        kept = {name: value for name, value in {**right.headers, **changed}.items() if value is not None}
        with pytest.raises(Forged) as raised:
            await channel.parse(Inbound("POST", right.path, {}, kept, right.body, NOW))
        return raised.value.reason

    assert await reason(x_slack_signature=None) == "unsigned"
    assert await reason(x_slack_request_timestamp=None) == "unsigned"
    for stamp in ("soon", "", "-5", "1.5", "9" * 40, "١٢٣", "\udcff"):
        assert await reason(x_slack_request_timestamp=stamp) == "timestamp"
    for signature in (
        "",
        "v0=é",
        "v0=\udcff",
        right.headers[SIGNATURE].upper(),
        right.headers[SIGNATURE] + "0",
    ):
        assert await reason(x_slack_signature=signature) == "signature"


async def test_what_is_signed_is_taken_for_five_minutes(channel: Channel) -> None:
    body = json.dumps(MESSAGE).encode()
    assert (await channel.parse(signed(body, age=300))).events
    assert (await channel.parse(signed(body, age=-300))).events
    for age in (301, -301):
        with pytest.raises(Forged, match="stale"):
            await channel.parse(signed(body, age=age))
    with pytest.raises(Forged, match="signature"):
        await channel.parse(signed(body, secret="another"))


async def test_nothing_is_taken_where_nothing_is_waited_for(channel: Channel) -> None:
    polled = load("slack")("slack.main", {"token": "xoxb-1-2-Abc", "app_token": "xapp-1-A-b"}, lambda: NOW)
    with pytest.raises(Forged, match="no_webhook"):
        await polled.parse(said(MESSAGE))
    for path in ("/hooks/slack/main", "/hooks/slack/main/install", "/hooks/slack/main/oauth"):
        with pytest.raises(Forged, match="unsigned"):
            await channel.parse(Inbound("GET", path, {}, {}, b"", NOW))


async def test_slack_may_look_at_the_certificate_and_ask_for_its_challenge(channel: Channel) -> None:
    looked = Inbound("POST", "/hooks/slack/main", {}, {"content-type": FORM}, b"ssl_check=1&token=x", NOW)
    assert await channel.parse(looked) == Parsed()
    with pytest.raises(Forged):
        await channel.parse(
            Inbound("POST", "/hooks/slack/main", {}, {"content-type": FORM}, b"ssl_check=0", NOW)
        )
    parsed = await channel.parse(said({"type": "url_verification", "challenge": "3eZbrw1a", "token": "x"}))
    assert (json.loads(parsed.reply), parsed.events) == ({"challenge": "3eZbrw1a"}, ())
    assert parsed.media_type.startswith("application/json")


# -- what it says -----------------------------------------------------------------------------------------


async def test_events_commands_and_presses_come_by_one_address(channel: Channel) -> None:
    event = await only(channel, said(MESSAGE))
    assert (event.id, event.body, event.user, event.chat) == ("Ev1", Said("收到"), "U1", "D1")
    fields = {
        "command": "/turnout",
        "text": "move 明天",
        "team_id": "T9",
        "user_id": "U1",
        "channel_id": "C1",
        "trigger_id": "1.2",
        "response_url": "http://127.0.0.1:1/commands",
    }
    event = await only(channel, signed(urlencode(fields).encode(), kind=FORM))
    assert (event.body, event.chat) == (Commanded("move", "明天"), "C1!U1")
    parsed = await channel.parse(interacted(PRESS))
    assert (parsed.events[0].body, parsed.reply, parsed.status) == (Pressed("v1"), b"", 200)
    assert not parsed.wants_answer


async def test_a_second_delivery_is_read_like_the_first(channel: Channel) -> None:
    inbound = said(MESSAGE)
    again = Inbound(
        "POST",
        inbound.path,
        {},
        {**inbound.headers, "x-slack-retry-num": "1", "x-slack-retry-reason": "http_timeout"},
        inbound.body,
        NOW + timedelta(minutes=1),
    )
    assert (await only(channel, again)).id == (await only(channel, inbound)).id


async def test_whoever_we_are_is_known_from_the_event_itself(channel: Channel) -> None:
    mention = {
        **MESSAGE,
        "event": {"type": "app_mention", "channel": "C1", "user": "U1", "text": "<@UBOT> hi"},
    }
    assert (await only(channel, said(mention))).body == Said("hi")
    own = {**MESSAGE, "event": {**MESSAGE["event"], "user": "UBOT"}}  # type: ignore[dict-item]
    assert (await channel.parse(said(own))).events == ()


async def test_what_does_not_concern_us_is_taken_and_dropped(channel: Channel) -> None:
    for payload in (
        {**MESSAGE, "event": {"type": "emoji_changed"}},
        {**MESSAGE, "event": {"type": "tokens_revoked", "tokens": {"bot": ["UBOT"]}}},
        {"type": "app_rate_limited", "team_id": "T9", "minute_rate_limited": 1},
    ):
        assert (await channel.parse(said(payload))).events == ()
    closed = {**SUBMISSION, "type": "view_closed"}
    assert await channel.parse(interacted(closed)) == Parsed(media_type="text/plain;charset=utf-8")
    opened = {**PRESS, "actions": [{"type": "button", "action_id": "open_1", "url": "https://x.example"}]}
    assert (await channel.parse(interacted(opened))).events == ()


@pytest.mark.parametrize(
    ("inbound", "reason"),
    [
        (signed(b""), "not_json"),
        (signed(b"[]"), "not_an_object"),
        (signed(b"[" * 100), "too_deep"),
        (signed(b"\xff"), "not_utf8"),
        (signed(b'{"type":"event_callback"}'), "unhandled"),
        (signed(b"{}"), "unhandled"),
        (signed(b"payload=%ff", kind=FORM), "not_utf8"),
        (signed(b"\xff", kind=FORM), "not_utf8"),
        (signed(b"a=1&" * 200, kind=FORM), "too_many_fields"),
        (signed(b"payload=[]", kind=FORM), "not_an_object"),
        (signed(b"a=1", kind=FORM), "unhandled"),
        (said({"type": "shortcut", "callback_id": "x"}), "unhandled"),
        (said({**MESSAGE, "team": 5}), "unreadable"),
        (said({**MESSAGE, "authorizations": 5}), "unreadable"),
        (said({**MESSAGE, "event_id": None}), "event_id"),
        (interacted({**SUBMISSION, "view": {**VIEW, "state": None}}), "state"),
        (interacted({**PRESS, "user": {"id": 5}}), "user"),
    ],
)
async def test_what_makes_no_sense_has_its_reason(channel: Channel, inbound: Inbound, reason: str) -> None:
    with pytest.raises(Malformed) as raised:
        await channel.parse(inbound)
    assert raised.value.reason == reason


async def test_nothing_that_was_said_reaches_a_log(
    channel: Channel, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await channel.parse(said(MESSAGE))
    with pytest.raises(Malformed):
        await channel.parse(said({**MESSAGE, "type": "收到"}))
    assert "收到" not in caplog.text
    assert SECRET not in caplog.text


async def test_the_environment_configures_nothing(
    channel: Channel, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("BOT_TOKEN", "SIGNING_SECRET", "CLIENT_ID", "CLIENT_SECRET", "SCOPES", "VERIFICATION_TOKEN"):
        monkeypatch.setenv(f"SLACK_{name}", "from-elsewhere")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:2")
    assert (await only(channel, said(MESSAGE))).body == Said("收到")
    assert list(tmp_path.iterdir()) == []


# -- several workspaces -----------------------------------------------------------------------------------


async def test_each_workspace_has_its_own_names_and_can_leave() -> None:
    vault = Forgetful()
    kept = {"team": "T9", "token": "xoxb-9", "bot_user": "UBOT", "bot_id": "B1", "name": "Nine"}
    await vault.put("workspace:T9", json.dumps(kept))
    channel = load("slack")("slack.main", SHARED, lambda: NOW, vault)
    event = await only(channel, said(MESSAGE))
    assert (event.user, event.chat) == ("T9:U1", "T9:D1")
    # Slack Connect: the token is that of whom the event was sent for, not of whoever wrote.
    foreign = {**MESSAGE, "team_id": "T7"}
    assert (await only(channel, said(foreign))).chat == "T9:D1"
    revoked = {"type": "tokens_revoked", "tokens": {"oauth": ["U5"], "bot": []}}
    assert (await channel.parse(said({**MESSAGE, "event": revoked}))).events == ()
    assert await vault.names() == ("workspace:T9",)
    await channel.parse(said({**MESSAGE, "event": {"type": "app_uninstalled"}}))
    assert await vault.names() == ()
    with pytest.raises(Malformed, match="not_installed"):
        await channel.parse(interacted(PRESS))


# -- what is answered -------------------------------------------------------------------------------------


async def test_a_form_wants_its_answer_in_the_response(channel: Channel) -> None:
    parsed = await channel.parse(interacted(SUBMISSION))
    assert parsed.wants_answer
    (event,) = parsed.events
    assert event.body == Submitted("move", {"day": "2026-11-25"}, {"session": "s"})

    def respond(answer: Answer) -> Any:
        made = channel.respond(event, answer, reader())
        return json.loads(made.reply) if made.reply else None

    assert respond(Answer()) is None
    assert respond(Answer(toast=words("好", "OK"))) is None
    wrong = Answer(field_errors={"day": words("已过", "Past")})
    assert respond(wrong) == {"response_action": "errors", "errors": {"day": "已过"}}
    form = Form("why", words("为什么", "Why"), (Field("why", words("原因", "Why")),), words("好", "OK"))
    again = respond(Answer(form=form))
    assert (again["response_action"], again["view"]["callback_id"]) == ("update", "why")
    assert json.loads(again["view"]["private_metadata"])["chat"] == "D1"
    large = Form("why", words("为什么", "Why"), (), words("好", "OK"), {"x": "y" * 3000})
    assert respond(Answer(form=large)) is None


# -- what is loaded ---------------------------------------------------------------------------------------


def test_rendering_reading_and_settings_load_no_sdk() -> None:
    program = (
        "import channels.slack, channels.slack.reading, channels.slack.writing, bot.settings, sys; "
        "print([name for name in ('slack_sdk', 'slack_bolt', 'aiohttp') if name in sys.modules])"
    )
    root = channels.__path__[0].rpartition("/")[0]
    ran = subprocess.run(
        [sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=True
    )
    assert ran.stdout.strip() == "[]"
