"""The console: what is typed goes straight in."""

from __future__ import annotations

import io
from dataclasses import replace

from channels import load
from channels.base import Inbound, Parsed
from conversations.events import Event
from tests.contract.rigs.base import Rig, Seen
from tests.support import samples


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
