"""A group's robot on WeCom: what we say stands in the group, and nothing comes back from there."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from channels.base import Channel
from conversations.events import Event
from tests.contract.rigs.base import Seen, Trouble
from tests.contract.rigs.company import DOUBTS, WAITS
from tests.contract.rigs.wecom import WeComRig


class WebhookRig(WeComRig):
    """The robot's key is all it takes: no token, no secret, no trusted address. Callbacks are those of its app."""

    sending = "webhook/send"
    # What a robot is answered is so short that even a slow answer comes in time.
    troubles = (*WAITS, *(each for each in DOUBTS if each.name != "drip"), Trouble("93008", "gone"))
    gone = ("robot removed",)
    hears = False
    sends_files_apart = False

    async def start(self) -> None:
        self.chat = "webhook:hr"
        await super().start()
        self.chat = "webhook:hr"

    async def start_on(self, platform: Any, **more: Any) -> None:
        self.group = platform.robot("面试群")
        await super().start_on(platform, robots={"hr": self.group.key}, **more)

    def connected(self, **changes: Any) -> Channel:
        channel = super().connected(**changes)
        channel.caps = channel.caps.to(self.chat)
        return channel

    async def chooses(self, number: int) -> Event:
        raise LookupError("nobody can answer a robot")

    async def malformed(self) -> list[Any]:
        await self.says("收到")
        return await self.malformed_callbacks()

    def seen(self) -> list[Seen]:
        """Return what people read in the group: some signs have a twin that is no markup."""
        found = [self.look(shown) for shown in self.group.chat]
        return [replace(seen, text=seen.text.replace("\u2060", "").replace("\u02cb", "`")) for seen in found]

    async def lose(self, way: str) -> None:
        self.group.has_robot = False
