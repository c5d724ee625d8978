"""WeCom (企业微信): one self-built app for HR, recruiters and employees, and the robots of its groups."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from channels.base import (
    Caps,
    Contact,
    Decide,
    Envelope,
    Fetched,
    Forged,
    Forgetful,
    Inbound,
    Parsed,
    Payload,
    ReadBlob,
    Receipt,
    Receive,
    Vault,
)
from channels.routes import ROUTES
from channels.tencent.codec import REASON, Codec
from channels.tencent.xml import read_xml
from channels.wecom.reading import read_callback
from channels.wecom.settings import read_settings
from channels.wecom.writing import write
from conversations.effects import Answer
from conversations.events import Event
from conversations.messages import Message
from locales.text import Reader, Text
from locales.translate import render

if TYPE_CHECKING:
    from channels.wecom.posting import Posting
    from channels.wecom.wire import Wire


class WeCom:
    """One app. Its settings are `corpid`, `agentid`, `secret`, and `token` and `aes_key` of its callbacks.

    Chats are userids, or `webhook:<name>` for a group's robot out of `robots`.
    """

    caps: Caps = replace(ROUTES["wecom.app"], one_way=ROUTES["wecom.webhook"])
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
        self._settings = read_settings(account, config)
        self._vault = vault or Forgetful()
        self._codec = Codec(self._settings.token, self._settings.aes_keys, self._settings.corpid)
        self._wire: Wire | None = None
        self._posting: Posting | None = None
        self._has_made_tile = False

    async def open(self) -> None:
        """Ask whether the app works; may be repeated; raises NotDelivered."""
        await self._connected().agent.get(self._settings.agentid)

    async def close(self) -> None:
        wire, self._wire, self._posting = self._wire, None, None
        if wire is not None:
            await wire.aclose()

    # -- coming in -------------------------------------------------------------------------------------------

    async def parse(self, inbound: Inbound) -> Parsed:
        """Answer the check of our address, or return what a callback says. There is never more than an empty 200."""
        if inbound.method == "GET":
            return Parsed(reply=self._codec.echo(inbound.query, inbound.received_at))
        if inbound.method != "POST":
            raise Forged(REASON)
        body, _ = self._codec.open(inbound.query, inbound.body, inbound.received_at)
        event = read_callback(read_xml(body), self.account, self._settings.agentid, inbound.received_at)
        return Parsed((event,) if event is not None else ())

    def respond(self, event: Event, answer: Answer, reader: Reader) -> Parsed:
        return Parsed()

    async def pull(self, cursor: str | None, receive: Receive, decide: Decide | None = None) -> str | None:
        return cursor

    # -- going out -------------------------------------------------------------------------------------------

    def render(self, message: Message, envelope: Envelope) -> Payload:
        return write(message, envelope, self.caps.to(envelope.chat), self._settings.agentid)

    async def deliver(self, payload: Payload, read_blob: ReadBlob) -> Receipt:
        """Send all calls within one deadline. `gone` and `refused` with detail "edit_gone" are for good."""
        return await self._poster().deliver(payload, read_blob)

    async def answer(self, event: Event, answer: Answer, reader: Reader) -> None:
        """Do nothing: no press waits for an answer, and nothing can flash up."""

    # -- looking after ---------------------------------------------------------------------------------------

    async def check(self) -> tuple[str, ...]:
        """Ask WeCom whether the app works; return what is wrong, each with its remedy."""
        from channels.wecom.checking import check

        return await check(self.account, self._settings, self._connected())

    async def find(self, email: str | None, phone: str | None, hint: str | None) -> Contact | None:
        """Return whom a userid, a phone number or a mailbox belongs to, if the app may know."""
        from channels.wecom.finding import Finding

        return await Finding(self._connected(), self._vault, self._now).find(email, phone, hint)

    async def fetch(self, event: Event, reference: str, most: int) -> Fetched:
        """Return a file that somebody sent, within three days of that; raises NotDelivered."""
        from channels.tencent.fetching import fetch

        return await fetch(self._connected(), reference, most, self._settings.api_base)

    def invite_url(self, token: str) -> str | None:
        return None  # whom the app is shown to finds it in their list

    async def register(self, commands: Mapping[str, Sequence[tuple[str, Text]]]) -> None:
        """Set the app's menu, which is for staff, whatever others offer candidates."""
        from channels.wecom.menu import app_menu

        if self._settings.has_menu:
            await self._connected().menu.create(self._settings.agentid, app_menu())

    @property
    def shows_figures(self) -> bool:
        return self._settings.has_tile

    async def show_figures(self, user: str, figures: Sequence[tuple[Text, str]], reader: Reader) -> None:
        """Show a member figures on the app's tile of their workbench; raises NotDelivered."""
        from channels.wecom.workbench import make_tile, show_figures

        told = [(render(name, reader), value) for name, value in figures]
        if not self._has_made_tile:
            await make_tile(self._connected(), self._settings, [name for name, _ in told])
            self._has_made_tile = True
        await show_figures(self._connected(), self._settings, user, told)

    def _poster(self) -> Posting:
        if self._posting is None:
            from channels.wecom.posting import Posting

            self._posting = Posting(self._connected(), self._settings, self._now)
        return self._posting

    def _connected(self) -> Wire:
        from channels.wecom.wire import Wire

        if self._wire is None:
            self._wire = Wire(self._settings, self._vault, self._now)
        return self._wire
