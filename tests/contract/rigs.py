"""How each channel is set up on a stand-in of its platform. A channel without a rig fails the suite."""

from __future__ import annotations

import asyncio
import io
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, ClassVar

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp

from bot.clock import VirtualClock
from bot.sandbox.telegram import Group, Person, TelegramStandIn
from bot.sandbox.telegram import Shown as TelegramShown
from bot.sandbox.telegram.wire import Server, listen
from channels import load
from channels.base import Channel, Forged, Inbound, Malformed, NotDelivered, Parsed, Payload, Receipt
from conversations.events import Event
from conversations.messages import Message
from tests.support import samples


@dataclass(frozen=True, slots=True)
class Seen:
    """A message as somebody sees it."""

    text: str
    choices: tuple[str, ...] = ()
    """Labels of what can be pressed."""
    opens: Mapping[str, str] = field(default_factory=dict)
    """Addresses behind buttons, by label."""
    file: bytes = b""


@dataclass(frozen=True, slots=True)
class Trouble:
    """A fault of the platform, what has to be thrown for it, and whether the message arrived all the same."""

    name: str
    why: str
    arrives: bool = False
    retry_after: timedelta | None = None


class Rig(ABC):
    """One channel with one person on its platform."""

    channel_name: ClassVar[str]
    troubles: ClassVar[Sequence[Trouble]] = ()
    gone: ClassVar[Sequence[str]] = ()
    """The ways in which somebody can get out of reach."""
    channel: Channel
    chat: str

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.replaced: list[Channel] = []

    @abstractmethod
    async def start(self) -> None: ...

    async def stop(self) -> None:
        await asyncio.gather(*(channel.close() for channel in (self.channel, *self.replaced)))

    @abstractmethod
    async def says(self, text: str) -> Event:
        """Have the person type something, and return the event that it became."""

    @abstractmethod
    async def chooses(self, number: int) -> Event:
        """Have the person take the choice of this number, as the newest message offers it."""

    @abstractmethod
    async def again(self) -> list[Event]:
        """Have the platform bring the newest event a second time; return what it became then."""

    @abstractmethod
    def seen(self) -> list[Seen]:
        """Return what the person sees of us, oldest first."""

    @abstractmethod
    def authentic(self, body: bytes) -> Inbound:
        """Return a request that carries the right proof."""

    @abstractmethod
    def forgeries(self) -> list[Inbound]:
        """Return requests that claim to be the platform's and are not."""

    def cause(self, trouble: Trouble) -> None:
        """Have the next send meet a fault."""
        raise NotImplementedError

    async def lose(self, way: str) -> None:
        """Have the person get out of reach."""
        raise NotImplementedError

    def refusals(self) -> list[str]:
        """Return what the platform did not take."""
        return []

    async def sends(self, message: Message, locale: str = "zh_Hans", **more: Any) -> Receipt:
        """Render and deliver a message."""
        payload = self.rendered(message, locale, **more)
        return await self.channel.deliver(payload, read_blob)

    def rendered(self, message: Message, locale: str = "zh_Hans", **more: Any) -> Payload:
        made = samples.envelope(message, self.chat, locale, account=self.channel.account, **more)
        return self.channel.render(message, made)


async def read_blob(blob: str) -> bytes:
    assert blob == samples.BLOB
    return samples.CALENDAR


class TelegramRig(Rig):
    channel_name = "telegram"
    troubles = (
        Trouble("429", "busy", retry_after=timedelta(seconds=7)),
        Trouble("500", "busy"),
        Trouble("502", "busy", retry_after=timedelta(seconds=5)),
        Trouble("down", "busy", retry_after=timedelta(seconds=5)),
        Trouble("html", "in_doubt"),
        Trouble("empty", "in_doubt", arrives=True),
        Trouble("truncated", "in_doubt", arrives=True),
        Trouble("cut", "in_doubt", arrives=True),
        Trouble("reset", "in_doubt"),
        Trouble("reset_after", "in_doubt", arrives=True),
        Trouble("hang", "in_doubt", arrives=True),
        Trouble("drip", "in_doubt", arrives=True),
        Trouble("unauthorized", "stopped"),
    )
    gone = ("blocks", "deletes_account")

    async def start(self) -> None:
        self.clock = VirtualClock(samples.NOW)
        self.platform = TelegramStandIn(self.clock)
        await self.platform.start()
        self.person: Person = self.platform.person("李雷", language_code="zh-hans")
        self.chat = str(self.person.id)
        self.made = {
            "token": self.platform.token,
            "api_base": self.platform.api_base,
            "deadline_seconds": 0.4,
        }
        self.channel = await self.connect()
        await self.channel.open()
        await self.person.starts("token")
        await self.platform.settle()

    async def connect(self) -> Channel:
        raise NotImplementedError

    async def stop(self) -> None:
        await asyncio.gather(super().stop(), self.platform.stop())

    async def says(self, text: str) -> Event:
        return await self.happened(await self.person.says(text))

    async def chooses(self, number: int) -> Event:
        shown = next(
            message for message in reversed(self.person.chat) if message.sender is None and message.rows
        )
        buttons = [button["text"] for row in shown.rows for button in row if "callback_data" in button]
        return await self.happened(await self.person.presses(buttons[number - 1], on=shown))

    async def happened(self, number: int) -> Event:
        await self.platform.settle()
        return next(event for event in reversed(self.events) if event.id == str(number))

    async def again(self) -> list[Event]:
        count = len(self.events)
        self.platform.again(int(self.events[-1].id))
        await self.platform.settle()
        return self.events[count:]

    def seen(self) -> list[Seen]:
        return [self.look(message) for message in self.person.chat if message.sender is None]

    def look(self, shown: TelegramShown) -> Seen:
        buttons = [button for row in shown.rows for button in row]
        return Seen(
            shown.text,
            tuple(button["text"] for button in buttons if "callback_data" in button),
            {button["text"]: button["url"] for button in buttons if "url" in button},
            shown.data,
        )

    def authentic(self, body: bytes) -> Inbound:
        assert self.platform.updates.webhook
        headers = {"x-telegram-bot-api-secret-token": str(self.platform.updates.webhook.secret)}
        return Inbound("POST", "/hooks/telegram/main", {}, headers, body, samples.NOW)

    def forgeries(self) -> list[Inbound]:
        right = self.authentic(b'{"update_id": 1}')
        secret = right.headers["x-telegram-bot-api-secret-token"]
        wrong = ("", "x", secret[:-1], secret + "x", secret.upper(), "é" * 32, "\udcff", "0" * 100_000)
        name = "x-telegram-bot-api-secret-token"
        return [replace(right, headers={}), *(replace(right, headers={name: value}) for value in wrong)]

    def cause(self, trouble: Trouble) -> None:
        if trouble.name == "down":
            made = {**self.made, "api_base": "http://127.0.0.1:1"}
            self.replaced.append(self.channel)
            self.channel = load("telegram")("telegram.main", made, self.clock.now)
        elif trouble.name == "unauthorized":
            self.platform.token = "1:revoked"
        else:
            self.platform.fail("sendMessage", trouble.name, retry_after=7)  # type: ignore[arg-type]

    async def lose(self, way: str) -> None:
        if way == "blocks":
            await self.person.blocks()
            await self.platform.settle()
        else:
            self.person.deletes_account()

    def refusals(self) -> list[str]:
        return [refused.description for refused in self.platform.refused]

    def group(self) -> Group:
        return self.platform.group("HR", [self.person], topics=[5])


class TelegramByWebhook(TelegramRig):
    async def connect(self) -> Channel:
        self.listener = listen()
        self.server = Server(self.hook())
        self.serving = asyncio.create_task(self.server.serve(sockets=[self.listener]))
        await self.server.is_up.wait()
        url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        made = {**self.made, "mode": "webhook", "public_url": url}
        return load("telegram")("telegram.main", made, self.clock.now)

    def hook(self) -> ASGIApp:
        async def answer(request: Request) -> Response:
            headers = {name.lower(): value for name, value in request.headers.items()}
            inbound = Inbound(
                request.method, request.url.path, {}, headers, await request.body(), self.clock.now()
            )
            try:
                parsed = await self.channel.parse(inbound)
            except Forged as forged:
                return PlainTextResponse(forged.reason, 401)
            except Malformed as malformed:
                return PlainTextResponse(malformed.reason, 400)
            self.events += parsed.events
            return Response(parsed.reply, media_type=parsed.media_type)

        async def app(scope: Any, receive: Any, send: Any) -> None:
            await (await answer(Request(scope, receive)))(scope, receive, send)

        return app

    async def stop(self) -> None:
        self.server.should_exit = True
        await asyncio.gather(super().stop(), self.serving)


class TelegramByPolling(TelegramRig):
    async def connect(self) -> Channel:
        channel = load("telegram")("telegram.main", {**self.made, "poll_seconds": 5}, self.clock.now)
        self.pulling = asyncio.create_task(self.pull(channel))
        return channel

    async def pull(self, channel: Channel) -> None:
        cursor: str | None = None

        async def receive(events: Sequence[Event], reached: str | None) -> None:
            self.events += events

        while True:
            cursor = await channel.pull(cursor, receive)

    async def stop(self) -> None:
        self.pulling.cancel()
        with suppress(asyncio.CancelledError, NotDelivered):
            await self.pulling
        await super().stop()

    def authentic(self, body: bytes) -> Inbound:
        return Inbound("POST", "/hooks/telegram/main", {}, {}, body, samples.NOW)

    def forgeries(self) -> list[Inbound]:
        # Nothing may come in from outside where nothing is waited for.
        return [self.authentic(b'{"update_id": 1}')]


class ConsoleRig(Rig):
    channel_name = "console"
    chat = "lilei"

    async def start(self) -> None:
        self.out = io.StringIO()
        made = {"secret": "let-me-in", "stream": self.out}
        self.channel = load("console")("console.main", made, lambda: samples.NOW)
        self.typed: list[Inbound] = []
        await self.channel.open()

    async def says(self, text: str) -> Event:
        query = {"id": str(len(self.typed) + 1), "user": self.chat}
        self.typed.append(replace(self.authentic(text.encode()), query=query))
        return self.take(await self.channel.parse(self.typed[-1]))

    async def chooses(self, number: int) -> Event:
        return await self.says(str(number))

    def take(self, parsed: Parsed) -> Event:
        self.events += parsed.events
        return parsed.events[0]

    async def again(self) -> list[Event]:
        return [self.take(await self.channel.parse(self.typed[-1]))]

    def seen(self) -> list[Seen]:
        return [Seen(text) for _, text in self.channel.shown]  # type: ignore[attr-defined]

    def authentic(self, body: bytes) -> Inbound:
        query = {"id": "1", "user": self.chat}
        return Inbound(
            "POST", "/hooks/console/main", query, {"x-console-secret": "let-me-in"}, body, samples.NOW
        )

    def forgeries(self) -> list[Inbound]:
        right = self.authentic(b"hello")
        wrong = ("", "let-me-ix", "é", "\udcff")
        return [
            replace(right, headers={}),
            *(replace(right, headers={"x-console-secret": each}) for each in wrong),
        ]


RIGS: tuple[type[Rig], ...] = (TelegramByWebhook, TelegramByPolling, ConsoleRig)
