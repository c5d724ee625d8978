"""E-mail: one address that sends by SMTP. What comes in is brought by a mail server, or lies in a mailbox."""

from __future__ import annotations

import asyncio
import hmac
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import structlog

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
from channels.email import mailbox
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
from locales.text import Reader, Text, t
from locales.told import Told, text_of

if TYPE_CHECKING:
    from channels.email.wire import Wire

KEY = "message_id_key"
"""Under this name the vault keeps what Message-IDs are made with."""

log = structlog.get_logger()


class Email:
    """One mail account. It needs no connection to take mail in, and keeps one to send only for a moment."""

    caps: Caps = ROUTES["email"]
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
        self.pulls = self._settings.mailbox is not None
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
        return write(message, envelope, self.caps, takes_replies=self._settings.takes_mail)

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
        """Look into the mailbox once, after a while; the cursor is what its server numbers its mails by."""
        box = self._settings.mailbox
        if box is None:
            return cursor
        mails, after = await asyncio.to_thread(mailbox.fetch, box, cursor)
        if after != cursor:
            marks = await self._known_marks()
            await receive([event for mail in mails for event in self._read(mail, marks)], after)
        if len(mails) < mailbox.MOST:
            await asyncio.sleep(box.poll_seconds)
        return after

    def _read(self, mail: bytes, marks: Marks) -> tuple[Event, ...]:
        try:
            return read_mail(mail, marks, self.account, self._now()).events
        except Malformed as malformed:  # most of what comes to a mailbox is not for us
            log.info("mail.not_for_us", account=self.account, reason=malformed.reason)
            return ()

    async def check(self) -> tuple[str, ...]:
        """Connect, encrypt and log in, to send and to look into the mailbox; return what is wrong, with its remedy."""
        settings, box = self._settings, self._settings.mailbox
        sending = self._connected().check(settings.deadline)
        wrong = [await _problem(sending, settings.host, settings.port, "host, port")]
        if box is not None:
            looking = asyncio.to_thread(mailbox.check, box)
            wrong.append(await _problem(looking, box.host, box.port, "imap_host, imap_port"))
        return tuple(problem for problem in wrong if problem)

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


async def _problem(asking: Awaitable[None], host: str, port: int, settings: str) -> str:
    try:
        await asking
    except NotDelivered as failure:
        if failure.why == "stopped":
            return failure.detail
        return Told(
            t(
                "{address} cannot be reached ({why}). Check {settings} and the network.",
                address=f"{host}:{port}",
                why=text_of(failure.detail),
                settings=settings,
            )
        )
    return ""
