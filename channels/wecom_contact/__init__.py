"""WeCom's customer contacts (客户联系): a candidate adds an employee, and is welcomed once with our links."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from channels.base import (
    Caps,
    Contact,
    Decide,
    Envelope,
    Forged,
    Forgetful,
    Inbound,
    NotDelivered,
    Parsed,
    Payload,
    ReadBlob,
    Receipt,
    Receive,
    Vault,
)
from channels.routes import ROUTES
from channels.tencent.codec import REASON, Codec
from channels.tencent.welcomes import GOOD_FOR, Welcomes
from channels.tencent.xml import read_xml
from channels.wecom_contact.reading import read_callback
from channels.wecom_contact.settings import read_settings
from channels.wecom_contact.ways import Ways
from channels.wecom_contact.writing import METHOD, write
from conversations.effects import Answer
from conversations.events import Event
from conversations.messages import Message
from locales.text import Reader, Text

if TYPE_CHECKING:
    from channels.wecom_contact.wire import Wire


class Contacts:
    """Some employees' contacts. Its settings are their userids as `users`, and the keys of an app.

    Chats are external_userids. Nobody is ever written to but once, as they come.
    """

    caps: Caps = ROUTES["wecom.contact"]
    pulls = False
    has_more_doors = False

    def __init__(
        self,
        account: str,
        config: Mapping[str, Any],
        now: Callable[[], datetime],
        vault: Vault | None = None,
    ) -> None:
        self.account = account
        self._now = now
        self._settings = read_settings(config)
        self._vault = vault or Forgetful()
        self._codec = Codec(self._settings.token, self._settings.aes_keys, self._settings.corpid)
        self._welcomes = Welcomes(self._vault, now)
        self._ways = Ways(account, self._settings.users, self._vault, now)
        self._wire: Wire | None = None

    async def open(self) -> None:
        """Ask who may have contacts, and delete what was made for invitations that are over; raises NotDelivered."""
        from channels.wecom_contact.checking import FOLLOWERS

        await self._connected().ask("GET", FOLLOWERS)
        await self._ways.clear(self._connected())

    async def close(self) -> None:
        wire, self._wire = self._wire, None
        if wire is not None:
            await wire.aclose()

    # -- coming in -------------------------------------------------------------------------------------------

    async def parse(self, inbound: Inbound) -> Parsed:
        """Answer the check of our address, or return who was added by a way of ours, and who has left."""
        if inbound.method == "GET":
            return Parsed(reply=self._codec.echo(inbound.query, inbound.received_at))
        if inbound.method != "POST":
            raise Forged(REASON)
        body, _ = self._codec.open(inbound.query, inbound.body, inbound.received_at)
        found = read_callback(read_xml(body), self.account, inbound.received_at)
        if found is None:
            return Parsed()
        if found.welcome:
            await self._welcomes.keep(found.event.user or "", found.welcome, found.event.at + GOOD_FOR)
        return Parsed((found.event,))

    def respond(self, event: Event, answer: Answer, reader: Reader) -> Parsed:
        return Parsed()

    async def pull(self, cursor: str | None, receive: Receive, decide: Decide | None = None) -> str | None:
        return cursor

    # -- going out -------------------------------------------------------------------------------------------

    def render(self, message: Message, envelope: Envelope) -> Payload:
        return write(message, envelope, self.caps)

    async def deliver(self, payload: Payload, read_blob: ReadBlob) -> Receipt:
        """Welcome somebody who has just come; everybody else is `closed`, and stays it."""
        (call,) = payload.calls
        user = str(call.params["to"])
        code = await self._welcomes.get(user)
        if code is None:
            told = "Only a welcome can be said here, within 20 seconds: an employee has to write by hand."
            raise NotDelivered("closed", told, scope="chat")
        try:
            data = {"welcome_code": code, "text": call.params["text"]}
            await self._connected().ask("POST", METHOD, data=data)
        except NotDelivered as failure:
            if failure.why not in ("busy", "in_doubt"):
                await self._welcomes.forget(user)
            raise
        await self._welcomes.forget(user)
        return Receipt(str(call.params["id"]))

    async def answer(self, event: Event, answer: Answer, reader: Reader) -> None:
        """Do nothing: nothing is pressed here."""

    # -- looking after ---------------------------------------------------------------------------------------

    async def check(self) -> tuple[str, ...]:
        """Ask WeCom whether candidates can add the employees; return what is wrong, each with its remedy."""
        from channels.wecom_contact.checking import check

        return await check(self.account, self._settings, self._connected())

    async def find(self, email: str | None, phone: str | None, hint: str | None) -> Contact | None:
        return None  # people are known here only once they have added somebody

    def invite_url(self, token: str) -> str | None:
        return None  # each invitation has a code of its own, which WeCom is asked for

    async def invite(self, token: str, until: datetime) -> str:
        """Return the address of the picture that is scanned, or pressed long, to add an employee.

        The same for the same token, until then. Raises NotDelivered.
        """
        return await self._ways.of(self._connected(), token, until)

    async def draw(self, token: str, until: datetime) -> bytes:
        """Return that picture: it is WeCom's own code, with the employee in its middle; raises NotDelivered."""
        from channels.wecom_contact.pictures import fetched

        return await fetched(self._connected(), await self.invite(token, until), self._settings.api_base)

    async def register(self, commands: Mapping[str, Sequence[tuple[str, Text]]]) -> None: ...

    def _connected(self) -> Wire:
        from channels.wecom_contact.wire import Wire

        if self._wire is None:
            self._wire = Wire(self._settings, self._vault, self._now)
        return self._wire
