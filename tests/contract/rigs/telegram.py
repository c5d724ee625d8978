"""Telegram: by webhook, and by polling."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp

from bot.clock import VirtualClock
from bot.sandbox.listening import Server, listen
from bot.sandbox.telegram import Group, Person, TelegramStandIn
from bot.sandbox.telegram import Shown as TelegramShown
from channels import load
from channels.base import Channel, Forged, Inbound, Malformed, NotDelivered
from conversations.events import Event
from tests.contract.rigs.base import Rig, Seen, Trouble
from tests.support import samples


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
    sends_files_apart = True

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

    def spoil_files(self) -> None:
        self.platform.fail("sendDocument", "429", retry_after=3)

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
    is_pulled = True

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
