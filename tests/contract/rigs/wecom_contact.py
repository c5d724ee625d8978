"""客户联系: employees whom candidates add. Each is welcomed once, within 20 seconds, and nothing they write is told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from bot.clock import VirtualClock
from bot.sandbox.contact import ContactPerson, ContactStandIn
from channels.base import Inbound
from channels.wecom_contact import Contacts
from conversations.events import Event
from tests.contract.rigs.base import Seen, Trouble
from tests.contract.rigs.company import DOUBTS, STOPS, WAITS, CompanyRig
from tests.support import samples

EMPLOYEE = "WangFang"
TOKEN = "Kx7vQ2mZ9tB4nR1c"


class ContactRig(CompanyRig):
    channel_name = "wecom_contact"
    sending = "externalcontact/send_welcome_msg"
    troubles = (
        *WAITS,
        *DOUBTS,
        *(each for each in STOPS if each.name != "another corp"),  # where nobody's callbacks come to us
        Trouble("41096", "busy"),
        Trouble("not listed", "stopped"),
        Trouble("it is late", "closed"),
        Trouble("they talk already", "closed"),
    )
    hears = False
    platform: ContactStandIn

    async def start(self) -> None:
        platform = ContactStandIn(VirtualClock(samples.NOW))
        self.person: ContactPerson = platform.person("李雷")
        self.trouble = ""
        await self.start_on(platform, users=[platform.employee(EMPLOYEE)], deadline_seconds=0.4)
        assert isinstance(self.channel, Contacts)
        self.code = await self.channel.invite(TOKEN, self.clock.now() + timedelta(days=2))
        self.chat = self.person.external_userid

    # -- coming in ----------------------------------------------------------------------------------------

    async def happens(self) -> Event:
        """Have the person come anew, by the code of their invitation."""
        self.clock.advance(timedelta(seconds=1))
        if EMPLOYEE in self.person.knows:
            await self.person.deletes(EMPLOYEE)
        self.brought = await self.person.scans(self.code)
        await self.platform.settle()
        return self.events[-1]

    async def again(self) -> list[Event]:
        count = len(self.events)
        self.platform.again(self.brought)
        await self.platform.settle()
        return self.events[count:]

    async def says(self, text: str) -> Event:
        raise LookupError("nobody is told what is written to an employee")

    async def chooses(self, number: int) -> Event:
        raise LookupError("nothing can be chosen")

    async def malformed(self) -> Sequence[Inbound]:
        await self.happens()
        await self.happens()
        self.platform.deletes(EMPLOYEE, self.person)
        self.platform.edits(EMPLOYEE, self.person)
        await self.platform.settle()
        return await self.malformed_callbacks()

    # -- going out ----------------------------------------------------------------------------------------

    async def ready(self) -> None:
        """Let the person come: only then may they be welcomed, once."""
        await self.happens()
        if self.trouble == "it is late":
            self.clock.advance(timedelta(seconds=21))
        self.person.is_talking = self.trouble == "they talk already"

    def seen(self) -> list[Seen]:
        return [
            Seen(shown.text, (), shown.opens, shown.data) for shown in self.person.chat if shown.is_of_bot
        ]

    def cause(self, trouble: Trouble) -> None:
        self.trouble = trouble.name
        if trouble.name == "not listed":
            self.platform.unlist()
        elif trouble.why != "closed":
            super().cause(trouble)
