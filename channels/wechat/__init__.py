"""WeChat (微信服务号): one verified service account for candidates; templates, and while a window is open chat."""

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
from channels.tencent.codec import REASON, Codec
from channels.tencent.words import words
from channels.tencent.xml import read_xml
from channels.wechat import entering
from channels.wechat.menus import Menus, is_item, number_of
from channels.wechat.reading import Click, click_of, read_callback
from channels.wechat.settings import read_settings
from channels.wechat.writing import CUSTOM, TEMPLATE, write
from conversations.effects import Answer
from conversations.events import Event, Pressed, Said
from conversations.messages import Message
from locales.text import Reader, Text

if TYPE_CHECKING:
    from channels.wechat.inviting import Codes
    from channels.wechat.posting import Posting
    from channels.wechat.wire import Wire

LONGEST_ECHO = 256


class WeChat:
    """One service account. Its settings are `appid`, `secret`, `token`, `aes_key` and its `templates`.

    Chats are openids. A message takes the route its envelope names: `wechat.custom` while a window is open,
    otherwise `wechat.template`.
    """

    caps: Caps = replace(TEMPLATE, in_window=CUSTOM)
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
        self._codec = Codec(self._settings.token, self._settings.aes_keys, self._settings.appid)
        self._menus = Menus(self._vault)
        self._wire: Wire | None = None
        self._codes: Codes | None = None

    async def open(self) -> None:
        """Ask whether the account works; may be repeated; raises NotDelivered."""
        await self._connected().ask("GET", "template/get_all_private_template")

    async def close(self) -> None:
        wire, self._wire, self._codes = self._wire, None, None
        if wire is not None:
            await wire.aclose()

    # -- coming in -------------------------------------------------------------------------------------------

    async def parse(self, inbound: Inbound) -> Parsed:
        """Answer the check of our address, or return what a callback says. There is never more than an empty 200."""
        if inbound.method == "GET":
            self._codec.check_plain(inbound.query, inbound.received_at)
            return Parsed(reply=inbound.query.get("echostr", "")[:LONGEST_ECHO].encode("utf-8", "replace"))
        if inbound.method != "POST":
            raise Forged(REASON)
        body, _ = self._codec.open(inbound.query, inbound.body, inbound.received_at)
        root = read_xml(body)
        event = read_callback(root, self.account, inbound.received_at)
        if event is None:
            return Parsed()
        click = click_of(root)
        return Parsed((await (self._said(event) if click is None else self._clicked(event, click)),))

    async def _said(self, event: Event) -> Event:
        """Return words; those of an item in the chat are a tap on it, should WeChat ever not tell so."""
        if not isinstance(event.body, Said) or not is_item(event.body.text):
            return event
        choice = await self._menus.find(event.chat or "", "", event.body.text)
        return replace(event, body=Pressed(choice.value), about=choice.about) if choice is not None else event

    async def _clicked(self, event: Event, click: Click) -> Event:
        """Return a tap on an item in the chat: it counts as one on the account's menu, and opens a minute.

        Of a menu that is not known any more the number is what was asked last; words that have none are words.
        """
        choice = await self._menus.find(event.chat or "", click.id, click.content)
        if choice is not None:
            return replace(event, body=Pressed(choice.value), about=choice.about, opens="menu")
        number = number_of(click.content)
        body = Said(number) if number else words(click.content)
        return replace(event, body=body or event.body, opens="menu")

    def respond(self, event: Event, answer: Answer, reader: Reader) -> Parsed:
        return Parsed()

    async def pull(self, cursor: str | None, receive: Receive, decide: Decide | None = None) -> str | None:
        return cursor

    # -- going out -------------------------------------------------------------------------------------------

    def render(self, message: Message, envelope: Envelope) -> Payload:
        """Return the calls for a message; raises NotDelivered `closed` where only a window would let it out."""
        return write(message, envelope, self._settings)

    async def deliver(self, payload: Payload, read_blob: ReadBlob) -> Receipt:
        """Send all calls within one deadline."""
        return await self._poster().deliver(payload)

    async def answer(self, event: Event, answer: Answer, reader: Reader) -> None:
        """Do nothing: no press waits for an answer, and nothing can flash up."""

    # -- looking after ---------------------------------------------------------------------------------------

    async def check(self) -> tuple[str, ...]:
        """Ask WeChat whether the account works; return what is wrong, each with its remedy."""
        from channels.wechat.checking import check

        return await check(self.account, self._settings, self._connected())

    async def find(self, email: str | None, phone: str | None, hint: str | None) -> Contact | None:
        return None  # nobody is found here: who follows the account by a code of ours is known

    async def fetch(self, event: Event, reference: str, most: int) -> Fetched:
        """Return a file that somebody sent, within three days of that; raises NotDelivered."""
        from channels.tencent.fetching import fetch

        return await fetch(self._connected(), reference, most, self._settings.api_base)

    def invite_url(self, token: str) -> str | None:
        return None  # WeChat makes it when it is asked

    async def invite(self, token: str, until: datetime) -> str:
        """Return what a temporary QR code holds, which is a link as well; raises NotDelivered."""
        from channels.wechat.inviting import Codes

        self._codes = self._codes or Codes(self._connected())
        return await self._codes.code(token, until, self._now())

    def recognise(self, address: str) -> str:
        """Return the address that leads to a page of ours, and there tells who opened it."""
        return entering.recognising(address, self._settings)

    async def visitor(self, address: str, query: Mapping[str, str]) -> str | None:
        """Return the openid of whoever came to a page by `recognise`; raises NotDelivered."""
        return await entering.visitor(address, query, self._settings, self._connected())

    async def register(self, commands: Mapping[str, Sequence[tuple[str, Text]]]) -> None:
        """Set the account's menu: it has names where other platforms have commands."""
        from channels.wechat.menu import account_menu

        if self._settings.has_menu:
            await self._connected().menu.create(account_menu())

    def _poster(self) -> Posting:
        from channels.wechat.posting import Posting

        return Posting(self._connected(), self._settings, self._menus)

    def _connected(self) -> Wire:
        from channels.wechat.wire import Wire

        if self._wire is None:
            self._wire = Wire(self._settings, self._vault, self._now)
        return self._wire
