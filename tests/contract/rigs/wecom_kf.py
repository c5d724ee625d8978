"""微信客服: an account with which somebody on personal WeChat talks. Callbacks say that there is something to read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from bot.clock import VirtualClock
from bot.sandbox.kf import KfPerson, KfStandIn, Shown
from channels.base import Inbound, Receipt
from conversations.events import Event
from conversations.messages import Message
from tests.contract.rigs.base import Seen, Trouble
from tests.contract.rigs.company import DOUBTS, STOPS, WAITS, CompanyRig
from tests.support import samples


class KfRig(CompanyRig):
    channel_name = "wecom_kf"
    sending = "kf/send_msg"
    troubles = (
        *WAITS,
        *DOUBTS,
        *STOPS,
        Trouble("another account", "stopped"),
        Trouble("not listed", "stopped"),
        Trouble("48 hours have passed", "closed"),
        Trouble("48 hours have passed, by the other code", "closed"),
        Trouble("five were sent", "closed"),
        Trouble("a person has the talk", "closed"),
    )
    gone = ("is nobody's",)
    sends_files_apart = True
    files_wait = timedelta(minutes=1)
    platform: KfStandIn

    async def start(self) -> None:
        platform = KfStandIn(VirtualClock(samples.NOW))
        self.person: KfPerson = platform.person("李雷")
        self.cursor: str | None = None
        self.before: str | None = None
        self.is_silent = False
        await self.start_on(platform, open_kfid=platform.open_kfid)
        self.chat = self.person.external_userid

    # -- coming in ----------------------------------------------------------------------------------------

    async def says(self, text: str) -> Event:
        return await self.happened(await self.person.says(text))

    async def chooses(self, number: int) -> Event:
        newest = self.person.last
        return await self.happened(await self.person.presses([*newest.presses][number - 1], on=newest))

    async def happened(self, msgid: str) -> Event:
        """Return the event that something became."""
        self.brought = msgid
        self.before = self.cursor
        self.cursor = await self.read(self.cursor)
        return next(event for event in reversed(self.events) if event.id == msgid)

    async def read(self, cursor: str | None) -> str | None:
        """Bring the callbacks that wait, and read all that there is."""
        await self.platform.settle()
        assert self.platform.callbacks[-1].attempts[-1] == 200
        reached = cursor

        async def receive(events: Sequence[Event], at: str | None) -> None:
            self.events += events

        return await self.channel.pull(reached, receive)

    async def again(self) -> list[Event]:
        """Bring the newest callback again, and read from where it was read before: what was read got lost."""
        count = len(self.events)
        self.platform.again(self.brought)
        self.cursor = await self.read(self.before)
        return [event for event in self.events[count:] if event.id == self.brought]

    async def malformed(self) -> Sequence[Inbound]:
        await self.sends(samples.choices(2))
        await self.chooses(1)
        return await self.malformed_callbacks()

    # -- going out ----------------------------------------------------------------------------------------

    async def ready(self) -> None:
        """Let the person write: only then may they be answered, five times. It is read with what comes next."""
        if not self.is_silent:
            await self.person.says("在吗")

    async def sends(self, message: Message, locale: str = "zh_Hans", **more: Any) -> Receipt:
        """Render and deliver a message, each with an id of its own."""
        self.count += 1
        return await super().sends(message, locale, **{"request_id": f"row-{self.count}", **more})

    def seen(self) -> list[Seen]:
        return [self.look(shown) for shown in self.person.chat if shown.is_of_bot]

    def look(self, shown: Shown) -> Seen:
        return Seen(shown.text, tuple(shown.presses), shown.opens, shown.data)

    def cause(self, trouble: Trouble) -> None:
        self.is_silent = trouble.why == "closed"
        match trouble.name:
            case "another account":
                other = self.platform.desk.account("售后").open_kfid
                self.reconnect(open_kfid=f"{other}0")
            case "not listed":
                self.platform.unlist()
            case "48 hours have passed" | "48 hours have passed, by the other code":
                self.wrote(timedelta(hours=49))
                self.platform.says_late_by(95018 if "other" in trouble.name else 95002)
            case "five were sent":
                self.wrote(timedelta())
                self.person.sent_since = 5
            case "a person has the talk":
                self.wrote(timedelta())
                self.platform.takes_over(self.person)
            case _:
                super().cause(trouble)

    def wrote(self, ago: timedelta) -> None:
        """Let the person have written so long ago."""
        self.person.wrote_at = self.clock.now() - ago

    async def lose(self, way: str) -> None:
        self.is_silent = True
        del self.platform.desk.people[self.person.external_userid]
