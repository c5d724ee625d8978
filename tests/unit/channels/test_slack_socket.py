"""Socket Mode: kept before it is confirmed, answered in the confirmation, connected again whatever happens."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest

from bot.clock import VirtualClock
from bot.sandbox.slack import SlackApp, SlackPerson, SlackStandIn
from channels import load
from channels.base import Channel, NotDelivered
from channels.slack import websocket
from channels.slack.manifest import manifest
from conversations.effects import Answer
from conversations.events import Event, Said, Submitted
from conversations.messages import Field, Form
from locales.text import Reader
from tests.support.samples import NOW, envelope, reader, words
from tests.support.samples import choices as offer

FORM = Form("move", words("改约", "Move"), (Field("day", words("日期", "Day"), "date"),), words("好", "OK"))


class Pump:
    """What a pull hands over, as a pump takes it."""

    def __init__(self, channel: Channel) -> None:
        self.channel = channel
        self.events: list[Event] = []
        self.acknowledged_before: list[int] = []
        self.is_failing = False
        self.reply = Answer()
        self.platform: SlackStandIn

    async def receive(self, events: Sequence[Event], cursor: str | None) -> None:
        assert cursor is None
        self.acknowledged_before.append(len(self.platform.sockets.acknowledged))
        if self.is_failing:
            raise OSError("disk full")
        self.events += events

    async def decide(self, event: Event) -> tuple[Answer, Reader]:
        self.events.append(event)
        return self.reply, reader()

    async def pull(self) -> str | None:
        return await self.channel.pull("kept", self.receive, self.decide)

    async def until(self, count: int) -> list[Event]:
        """Pull until so many events have come, and return them."""
        async with asyncio.timeout(10):
            while len(self.events) < count:
                await self.pull()
        return self.events


@pytest.fixture
async def platform() -> AsyncIterator[SlackStandIn]:
    async with SlackStandIn(
        VirtualClock(NOW), SlackApp.from_manifest(manifest()), is_limited=False, patience=0.4
    ) as made:
        yield made


@pytest.fixture
async def pump(platform: SlackStandIn) -> AsyncIterator[Pump]:
    channel = connect(platform)
    pump = Pump(channel)
    pump.platform = platform
    yield pump
    await channel.close()


@pytest.fixture
def person(platform: SlackStandIn) -> SlackPerson:
    return platform.person("李雷")


def connect(platform: SlackStandIn, **more: Any) -> Channel:
    config = {
        "token": platform.token,
        "app_token": platform.app.app_token,
        "api_base": f"{platform.api_base}/api",
        "deadline_seconds": 2,
        "poll_seconds": 0.5,
    }
    return load("slack")("slack.main", {**config, **more}, platform.clock.now)


async def test_what_came_is_kept_before_it_is_confirmed(pump: Pump, person: SlackPerson) -> None:
    await person.says("收到")
    (event,) = await pump.until(1)
    assert (event.body, event.at) == (Said("收到"), NOW)
    await pump.platform.settle()
    assert pump.acknowledged_before == [0]
    assert len(pump.platform.sockets.acknowledged) == 1


async def test_what_could_not_be_kept_comes_again(pump: Pump, person: SlackPerson) -> None:
    pump.is_failing = True
    await person.says("收到")
    with pytest.raises(OSError, match="disk full"):
        await pump.pull()
    assert pump.platform.sockets.acknowledged == []
    pump.is_failing = False
    again = pump.platform.deliveries.all[-1]
    pump.platform.again(again.id)
    (event,) = await pump.until(1)
    assert event.id == again.id


async def test_a_quiet_while_ends_with_the_same_cursor(pump: Pump) -> None:
    assert await pump.pull() == "kept"
    assert await pump.pull() == "kept"
    assert [call.method for call in pump.platform.calls] == ["apps.connections.open"]


async def test_a_form_is_answered_in_its_confirmation(pump: Pump, person: SlackPerson) -> None:
    made = offer(1)
    payload = pump.channel.render(made, envelope(made, person.id, account="slack.main"))

    async def read_blob(_: str) -> bytes:
        return b""

    await pump.channel.deliver(payload, read_blob)
    await person.presses(person.last.buttons[0])
    (press,) = await pump.until(1)
    await pump.channel.answer(press, Answer(form=FORM), reader())
    pump.reply = Answer(field_errors={"day": words("已过", "Past")})
    await person.submits({"日期": "2026-11-20"})
    event = (await pump.until(2))[-1]
    assert event.body == Submitted("move", {"day": "2026-11-20"}, {})
    await pump.platform.settle()
    assert person.modal is not None
    assert person.modal.errors == {"日期": "已过"}
    pump.reply = Answer()
    await person.submits({"日期": "2026-11-25"})
    await pump.until(3)
    await pump.platform.settle()
    assert person.modal is None
    assert (person.troubles, pump.platform.misplaced) == ([], [])


async def test_what_makes_no_sense_is_confirmed_and_dropped(pump: Pump, person: SlackPerson) -> None:
    await pump.pull()
    socket = pump.platform.sockets.open[0]
    for frame in (
        {"envelope_id": "1", "type": "events_api", "payload": {"type": "event_callback"}},
        {"envelope_id": "2", "type": "events_api", "payload": []},
        {"envelope_id": 3, "payload": {}},
        ["no object"],
    ):
        await socket.tell(frame)
    await person.says("收到")
    await pump.until(1)
    await pump.platform.settle()
    told = [each["envelope_id"] for each in pump.platform.sockets.acknowledged]
    assert told[0] == "1"
    assert len(told) == 2
    assert pump.platform.sockets.acknowledged[0] == {"envelope_id": "1"}


async def test_a_refreshed_connection_loses_nothing(pump: Pump, person: SlackPerson) -> None:
    await pump.pull()
    for count, reason in enumerate(("warning", "refresh_requested"), 1):
        await pump.platform.sockets.refresh(reason)
        await person.says(f"after {reason}")
        assert (await pump.until(count))[-1].body == Said(f"after {reason}")
        await pump.platform.settle()
    opened = [call.method for call in pump.platform.calls].count("apps.connections.open")
    assert opened == 3
    assert len(pump.platform.sockets.open) == 1


async def test_a_cut_connection_is_opened_again(pump: Pump, person: SlackPerson) -> None:
    await pump.pull()
    pump.platform.sockets.cut()
    await pump.pull()
    await person.says("收到")
    assert (await pump.until(1))[-1].body == Said("收到")


async def test_a_connection_too_quiet_is_replaced(pump: Pump, person: SlackPerson) -> None:
    await pump.pull()
    channel: Any = pump.channel
    channel._socket._heard_at -= websocket.STALE + 1
    await pump.pull()
    await pump.pull()
    assert [call.method for call in pump.platform.calls].count("apps.connections.open") == 2
    await person.says("收到")
    assert (await pump.until(1))[-1].body == Said("收到")
    assert len(pump.platform.sockets.open) == 1


async def test_without_a_connection_the_pull_says_why(pump: Pump) -> None:
    platform = pump.platform
    platform.fail("apps.connections.open", "429", retry_after=9)
    with pytest.raises(NotDelivered) as raised:
        await pump.pull()
    assert raised.value.retry_after is not None
    assert (raised.value.why, raised.value.retry_after.total_seconds()) == ("busy", 9)
    platform.fail("apps.connections.open", "empty")
    with pytest.raises(NotDelivered, match="without"):
        await pump.pull()
    unknown = Pump(connect(platform, app_token="xapp-1-A-Unknown"))
    with pytest.raises(NotDelivered) as raised:
        await unknown.pull()
    assert raised.value.why == "stopped"
    await unknown.channel.close()


async def test_no_address_of_a_socket_stands_in_an_error(pump: Pump, monkeypatch: pytest.MonkeyPatch) -> None:
    async def elsewhere(*_: Any) -> dict[str, Any]:
        return {"ok": True, "url": "ws://127.0.0.1:1/link/?ticket=S3cret"}

    channel: Any = pump.channel
    monkeypatch.setattr(channel._connected(), "ask", elsewhere)
    with pytest.raises(NotDelivered, match="no websocket") as raised:
        await pump.pull()
    assert "S3cret" not in str(raised.value)
    assert json.dumps(str(raised.value.__cause__)) == '"None"'


async def test_who_does_not_pull_returns_at_once(platform: SlackStandIn) -> None:
    channel = connect(platform, mode="http", signing_secret=platform.app.signing_secret)
    assert not channel.pulls
    assert await Pump(channel).pull() == "kept"
    await channel.close()
