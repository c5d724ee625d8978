"""WeCom's customer service (微信客服): one account to which people write from their own WeChat."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from channels.base import (
    Caps,
    Contact,
    Decide,
    Envelope,
    Fetched,
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
from channels.tencent.welcomes import Welcomes
from channels.tencent.xml import read_xml
from channels.wecom_kf.fetching import Fetching
from channels.wecom_kf.reading import read_callback
from channels.wecom_kf.settings import read_settings
from channels.wecom_kf.writing import write
from conversations.effects import Answer
from conversations.events import Event
from conversations.messages import Message
from locales.text import Reader, Text

if TYPE_CHECKING:
    from channels.wecom_kf.posting import Posting
    from channels.wecom_kf.wire import Wire

SCENE = "turnout"
"""By what our own link to the account is known there; without one it would carry no token."""
LINK = "link"
"""What the link is called in the vault."""
LONGEST_TOKEN = 128


class Kf:
    """One account. Its settings are `open_kfid`, and the keys of an app that may use it.

    Chats are external_userids. Nobody is written to first: only after they wrote, or as they come.
    """

    caps: Caps = ROUTES["wecom.kf"]
    pulls = True
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
        self._fetching = Fetching(account, self._settings, self._vault, self._welcomes, now)
        self._link: str | None = None
        self._wire: Wire | None = None
        self._posting: Posting | None = None

    async def open(self) -> None:
        """Get the link that leads to the account; may be repeated; raises NotDelivered."""
        await self._fetching.begin()
        self._link = await self._vault.get(LINK)
        asked = {"open_kfid": self._settings.open_kfid, "scene": SCENE}
        answer = await self._connected().ask("POST", "kf/add_contact_way", data=asked)
        link = answer.get("url")
        if not isinstance(link, str) or not link.startswith(("https://", "http://")):
            raise NotDelivered("busy", "add_contact_way gave no link", scope="account")
        if link != self._link:
            await self._vault.put(LINK, link)
        self._link = link

    async def close(self) -> None:
        wire, self._wire, self._posting = self._wire, None, None
        if wire is not None:
            await wire.aclose()

    # -- coming in -------------------------------------------------------------------------------------------

    async def parse(self, inbound: Inbound) -> Parsed:
        """Answer the check of our address, or note that there is something to fetch: `pull` does that."""
        if inbound.method == "GET":
            return Parsed(reply=self._codec.echo(inbound.query, inbound.received_at))
        if inbound.method != "POST":
            raise Forged(REASON)
        body, _ = self._codec.open(inbound.query, inbound.body, inbound.received_at)
        token = read_callback(read_xml(body), self._settings.open_kfid)
        if token is not None:
            await self._fetching.called(token)
        return Parsed()

    def respond(self, event: Event, answer: Answer, reader: Reader) -> Parsed:
        return Parsed()

    async def pull(self, cursor: str | None, receive: Receive, decide: Decide | None = None) -> str | None:
        """Fetch one page of messages: at once after a callback, otherwise once in `poll_seconds`.

        Returns with the same cursor after a few seconds when there was nothing. What was written before the
        account was first opened here is passed over: it was said to somebody else.
        """
        return await self._fetching.once(self._connected(), cursor, receive)

    # -- going out -------------------------------------------------------------------------------------------

    def render(self, message: Message, envelope: Envelope) -> Payload:
        return write(message, envelope, self.caps, self._settings.open_kfid)

    async def deliver(self, payload: Payload, read_blob: ReadBlob) -> Receipt:
        """Send all calls within one deadline, the first as a welcome while somebody may be welcomed.

        Accepted is not arrived: what is refused later comes in as `Unreachable`.
        """
        return await self._poster().deliver(payload, read_blob)

    async def answer(self, event: Event, answer: Answer, reader: Reader) -> None:
        """Do nothing: no press waits for an answer, and nothing can flash up."""

    # -- looking after ---------------------------------------------------------------------------------------

    async def check(self) -> tuple[str, ...]:
        """Ask WeCom whether the account works; return what is wrong, each with its remedy."""
        from channels.wecom_kf.checking import check

        return await check(self.account, self._settings, self._connected())

    async def find(self, email: str | None, phone: str | None, hint: str | None) -> Contact | None:
        return None  # people are known here only once they have come

    async def fetch(self, event: Event, reference: str, most: int) -> Fetched:
        """Return a file that somebody sent, within three days of that; raises NotDelivered."""
        from channels.tencent.fetching import fetch

        return await fetch(self._connected(), reference, most, self._settings.api_base)

    def invite_url(self, token: str) -> str | None:
        """Return the link that opens the talk with a token; None until the account was opened once."""
        if self._link is None or not re.fullmatch(rf"[\w-]{{1,{LONGEST_TOKEN}}}", token, re.ASCII):
            return None
        return f"{self._link}{'&' if '?' in self._link else '?'}scene_param={quote(token, safe='')}"

    async def register(self, commands: Mapping[str, Sequence[tuple[str, Text]]]) -> None:
        """Do nothing: such accounts have no menu that an app could set."""

    def _poster(self) -> Posting:
        if self._posting is None:
            from channels.tencent.media import Media
            from channels.wecom_kf.posting import Posting

            wire = self._connected()
            self._posting = Posting(wire, self._settings, self._welcomes, Media(wire, self._now))
        return self._posting

    def _connected(self) -> Wire:
        from channels.wecom_kf.wire import Wire

        if self._wire is None:
            self._wire = Wire(self._settings, self._vault, self._now)
        return self._wire
