"""E-mail: one mailbox that sends by SMTP. What comes in is brought by whoever receives its mail (README.md)."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from channels.base import (
    Caps,
    Contact,
    Decide,
    Envelope,
    Forged,
    Forgetful,
    Inbound,
    Malformed,
    NotDelivered,
    Parsed,
    Payload,
    Rate,
    ReadBlob,
    Receipt,
    Receive,
    Vault,
)
from channels.email.addresses import canonical, on_wire
from channels.email.building import build, needs_utf8
from channels.email.marks import Marks
from channels.email.reading import read_mail
from channels.email.settings import read_settings
from channels.email.writing import write
from channels.routes import ROUTES
from channels.shape import read_reference
from conversations.effects import Answer
from conversations.events import Event
from conversations.messages import Message
from locales.text import Reader, Text

if TYPE_CHECKING:
    from channels.email.wire import Wire

KEY = "message_id_key"
"""Under this name the vault keeps what Message-IDs are made with."""


class Email:
    """One mail account. It needs no connection to take mail in, and keeps one to send only for a moment."""

    caps: Caps = ROUTES["email"]

    def __init__(
        self,
        account: str,
        config: Mapping[str, Any],
        now: Callable[[], datetime],
        vault: Vault | None = None,
    ) -> None:
        self.account = account
        self.pulls = False
        self._settings = read_settings(config)
        self._vault = vault or Forgetful()
        self._marks: Marks | None = None
        self._wire: Wire | None = None
        if self._settings.per_minute:
            rate = Rate("account", self._settings.per_minute, timedelta(minutes=1))
            self.caps = replace(self.caps, rates=(rate,))

    async def open(self) -> None:
        """Have the key for Message-IDs ready. Nothing is asked of the mail server: `check` does that."""
        await self._known_marks()

    async def close(self) -> None:
        wire, self._wire = self._wire, None
        if wire is not None:
            await wire.close()

    async def parse(self, inbound: Inbound) -> Parsed:
        """Return what a mail to us says; its body is the mail itself (RFC 5322)."""
        secret = self._settings.inbound_secret
        if not secret:
            raise Forged("no_inbound")
        kind, _, given = inbound.headers.get("authorization", "").partition(" ")
        # On bytes: compare_digest raises TypeError for text that is not ASCII.
        is_right = hmac.compare_digest(given.strip().encode("utf-8", "surrogatepass"), secret.encode())
        if kind.lower() != "bearer" or not is_right:
            raise Forged("secret")
        if inbound.method != "POST":
            raise Malformed("method")
        return read_mail(inbound.body, await self._known_marks(), self.account, inbound.received_at)

    def respond(self, event: Event, answer: Answer, reader: Reader) -> Parsed:
        return Parsed()

    def render(self, message: Message, envelope: Envelope) -> Payload:
        return write(message, envelope, self.caps, takes_replies=bool(self._settings.inbound_secret))

    async def deliver(self, payload: Payload, read_blob: ReadBlob) -> Receipt:
        """Send within the deadline; the receipt's id is the Message-ID, the same however often it is tried."""
        (call,) = payload.calls
        recipient = canonical(str(call.params["to"]))
        if recipient is None:
            raise NotDelivered("gone", "this is no e-mail address", scope="chat")
        blobs = [read_reference(file["file"])[0] for file in call.params["files"]]
        files = {blob: await read_blob(blob) for blob in blobs}
        name, mail = build(call.params, recipient, self._settings, await self._known_marks(), files)
        addresses = on_wire(self._settings.sender), on_wire(recipient)
        utf8 = needs_utf8(recipient, self._settings)
        await self._connected().send(*addresses, mail, utf8, self._settings.deadline)
        return Receipt(name)

    async def answer(self, event: Event, answer: Answer, reader: Reader) -> None: ...

    async def pull(self, cursor: str | None, receive: Receive, decide: Decide | None = None) -> str | None:
        return cursor

    async def check(self) -> tuple[str, ...]:
        """Connect, encrypt and log in; return what is wrong, with its remedy."""
        try:
            await self._connected().check(self._settings.deadline)
        except NotDelivered as failure:
            if failure.why == "stopped":
                return (failure.detail,)
            where = f"{self._settings.host}:{self._settings.port}"
            return (f"{where} cannot be reached ({failure.detail}). Check host, port and the network.",)
        return ()

    async def find(self, email: str | None, phone: str | None, hint: str | None) -> Contact | None:
        """Return the mailbox of an address, without asking whether it exists: only sending tells."""
        address = canonical(email or hint or "")
        return Contact(address, address) if address else None

    def invite_url(self, token: str) -> str | None:
        return None  # nobody has to come to a mailbox first

    async def register(self, commands: Mapping[str, Sequence[tuple[str, Text]]]) -> None: ...

    async def _known_marks(self) -> Marks:
        """Return what makes and reads Message-IDs, by a key that is drawn once and kept."""
        if self._marks is None:
            if await self._vault.get(KEY) is None:
                await self._vault.put(KEY, secrets.token_hex(32))
            # Asked again: of several processes that drew one, the last has it.
            key = bytes.fromhex(await self._vault.get(KEY) or "")
            self._marks = Marks(key, self._settings.domain)
        return self._marks

    def _connected(self) -> Wire:
        from channels.email.wire import Wire

        if self._wire is None:
            self._wire = Wire(self._settings)
        return self._wire
