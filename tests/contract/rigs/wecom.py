"""WeCom: a self-built app, with sealed callbacks to us."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, ClassVar

from bot.clock import VirtualClock
from bot.sandbox.wecom import Shown, WeComPerson, WeComStandIn
from channels.base import Inbound, Receipt
from conversations.events import Event
from conversations.messages import Message
from tests.contract.rigs.base import Seen, Trouble
from tests.contract.rigs.company import DOUBTS, STOPS, WAITS, CompanyRig
from tests.support import samples

MOBILE = "13800001234"


class WeComRig(CompanyRig):
    channel_name = "wecom"
    sending = "message/send"
    troubles: ClassVar[Sequence[Trouble]] = (*WAITS, *DOUBTS, *STOPS, Trouble("another agent", "stopped"))
    gone: ClassVar[Sequence[str]] = ("leaves scope", "leaves company")
    sends_files_apart = True
    files_wait = timedelta(minutes=1)
    platform: WeComStandIn

    async def start(self) -> None:
        platform = WeComStandIn(VirtualClock(samples.NOW), is_limited=False)
        self.person: WeComPerson = platform.person("李雷", "LiLei", mobile=MOBILE, email="lilei@example.com")
        await self.start_on(platform, agentid=platform.agent_id)
        contact = await self.channel.find(None, f"+86{MOBILE}", None)
        assert contact
        assert contact.user == self.person.userid
        self.chat = contact.chat

    # -- coming in ----------------------------------------------------------------------------------------

    async def says(self, text: str) -> Event:
        return await self.happened(await self.person.says(text))

    async def chooses(self, number: int) -> Event:
        newest = self.person.last
        if not newest.presses and not self.card():
            return await self.says(str(number))
        shown = self.card() or newest
        return await self.happened(await self.person.presses([*shown.presses][number - 1], on=shown))

    def card(self) -> Shown | None:
        """Return the card of the newest message: what had no room on it may have followed."""
        latest = self.person.last.at
        return next((each for each in reversed(self.person.chat) if each.presses and each.at == latest), None)

    async def happened(self, id: str) -> Event:
        """Return the event that something became: the newest."""
        count = len(self.events)
        self.brought = id
        await self.platform.settle()
        assert self.platform.callbacks[-1].attempts == [200]
        assert len(self.events) == count + 1
        return self.events[-1]

    async def again(self) -> list[Event]:
        count = len(self.events)
        self.platform.again(self.brought)
        await self.platform.settle()
        return self.events[count:]

    async def malformed(self) -> Sequence[Inbound]:
        await self.sends(samples.choices(2))
        await self.chooses(1)
        await self.says("收到")
        for kind in ("image", "voice", "location", "link"):
            await self.happened(await self.person.sends(kind))
        await self.person.opens_app()
        await self.person.leaves_scope()
        await self.platform.settle()
        return await self.malformed_callbacks()

    # -- going out ----------------------------------------------------------------------------------------

    async def sends(self, message: Message, locale: str = "zh_Hans", **more: Any) -> Receipt:
        """Render and deliver a message, each with an id of its own."""
        self.count += 1
        return await super().sends(message, locale, **{"request_id": f"row-{self.count}", **more})

    def seen(self) -> list[Seen]:
        return [self.look(shown) for shown in self.person.chat if shown.is_of_bot]

    def look(self, shown: Shown) -> Seen:
        return Seen(shown.text, tuple(shown.presses), shown.opens, shown.data)

    def cause(self, trouble: Trouble) -> None:
        if trouble.name == "another agent":
            self.reconnect(agentid=1)
        else:
            super().cause(trouble)

    async def lose(self, way: str) -> None:
        if way == "leaves scope":
            await self.person.leaves_scope()
            await self.platform.settle()
        else:
            self.person.leaves_company()

    def refusals(self) -> list[str]:
        dropped = [f"dropped: {each.why}" for each in self.platform.dropped]
        return [*super().refusals(), *dropped, *self.platform.cut]
