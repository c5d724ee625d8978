"""Signed, expiring tokens for buttons and pages, bound to a person or a place."""

from __future__ import annotations

import base64
import binascii
import hmac
import struct
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from uuid import UUID

from conversations.events import Picked

_EPOCH = datetime(2024, 1, 1, tzinfo=UTC)
_MAC = 12
_ROW = struct.Struct(">16sHH")
_STAFF_BODY = 24
_STAFF_MAC = 12
_PAGE_BODY = 19
_PAGE_MAC = 7
"""A page's token is 35 characters: what a text message's template takes for one value. Who guesses at it has to guess
the interview's id as well, and is stopped after a few tries."""
BUTTON_LIFE = timedelta(days=60)
FORM = 0
"""What stands for the choice on the button that sends a message's form."""


class BadToken(Exception):
    """A token that was not made here, was made for somebody else, or has expired; `reason` says which."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class PageToken:
    """What a page link stands for: one interview, and with it one candidate."""

    purpose: str
    interview: UUID
    """Whose candidate may see the page."""
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class StaffToken:
    """What a link to a page for staff stands for: the chat identity it was made for, by its binding."""

    purpose: str
    binding: UUID
    expires_at: datetime


def whom(person: UUID | None, account: str, chat: str) -> str:
    """Return the name a token is bound to: the person it was shown to, or the place."""
    return f"person:{person}" if person else f"place:{account}:{chat}"


class Links:
    """Makes and reads tokens with keys derived from one secret. `public_url` is where candidates reach us."""

    def __init__(self, secret: bytes, public_url: str) -> None:
        self._button_key = hmac.digest(secret, b"turnout/buttons", "sha256")
        self._page_key = hmac.digest(secret, b"turnout/pages", "sha256")
        self._staff_key = hmac.digest(secret, b"turnout/staff", "sha256")
        self._invite_key = hmac.digest(secret, b"turnout/invites", "sha256")
        self.public_url = public_url.rstrip("/")

    def button(self, session: UUID, turn: int, choice: int, bound_to: str, now: datetime) -> str:
        """Return the value of a button, `v1.choice.row.mac`, at most 64 bytes (Telegram's callback_data).

        Choices are counted from 1; FORM is the button that sends a message's form.
        """
        row = _ROW.pack(session.bytes, turn & 0xFFFF, (now + BUTTON_LIFE - _EPOCH).days)
        return f"v1.{choice}.{_text(row)}.{_text(self._button_mac(choice, row, bound_to))}"

    def read_button(self, value: str, bound_to: tuple[str, ...], now: datetime) -> Picked:
        """Return what a pressed button stands for, if it was shown to one of those it may be bound to."""
        parts = value.split(".") if value.isascii() else []
        if len(parts) != 4 or parts[0] != "v1" or len(parts[1]) != 1 or not parts[1].isdigit():
            raise BadToken("not_ours")
        choice, row, mac = int(parts[1]), _bytes(parts[2]), _bytes(parts[3])
        if len(row) != _ROW.size:
            raise BadToken("not_ours")
        if not any(hmac.compare_digest(mac, self._button_mac(choice, row, name)) for name in bound_to):
            raise BadToken("not_theirs")
        session, turn, day = _ROW.unpack(row)
        if (now - _EPOCH).days > day:
            raise BadToken("expired")
        return Picked(UUID(bytes=session), choice, turn)

    def invite_token(self, interview: UUID) -> str:
        """Return the one-time token of a candidate's personal link, 128 bits.

        It is made anew from the interview whenever the link is shown; the store holds its hash and whether it
        was used, so that no plain token lies anywhere.
        """
        return _text(hmac.digest(self._invite_key, interview.bytes, "sha256")[:16])

    def page(self, purpose: str, interview: UUID, expires_at: datetime) -> str:
        """Return the address of a page for an interview's candidate; it can be opened until it expires."""
        minutes = int((expires_at - _EPOCH).total_seconds() // 60)
        body = interview.bytes + minutes.to_bytes(3, "big")
        return f"{self.public_url}/{purpose}/{_text(body + self._page_mac(purpose, body))}"

    def read_page(self, purpose: str, token: str, now: datetime) -> PageToken:
        """Return what a page's token stands for; raises BadToken."""
        raw = _bytes(token) if token.isascii() else b""
        body, mac = raw[:_PAGE_BODY], raw[_PAGE_BODY:]
        # Decoding drops the last bits of a text, so that several texts would be one token.
        is_whole = len(raw) == _PAGE_BODY + _PAGE_MAC and _text(raw) == token
        if not is_whole or not hmac.compare_digest(mac, self._page_mac(purpose, body)):
            raise BadToken("not_ours")
        expires_at = _EPOCH + timedelta(minutes=int.from_bytes(body[16:], "big"))
        if now >= expires_at:
            raise BadToken("expired")
        return PageToken(purpose, UUID(bytes=body[:16]), expires_at)

    def staff_page(self, purpose: str, binding: UUID, message: UUID, expires_at: datetime) -> str:
        """Return the address of a page for somebody of staff, as the chat identity `binding`.

        Each message has a link of its own, so that a new one can be asked for when another browser opened the last.
        """
        minutes = int((expires_at - _EPOCH).total_seconds() // 60)
        body = binding.bytes + minutes.to_bytes(3, "big") + message.bytes[:5]
        return f"{self.public_url}/{purpose}/{_text(body + self._staff_mac(purpose, body))}"

    def read_staff_page(self, purpose: str, token: str, now: datetime) -> StaffToken:
        """Return what the token of a page for staff stands for; raises BadToken."""
        raw = _bytes(token) if token.isascii() else b""
        body, mac = raw[:_STAFF_BODY], raw[_STAFF_BODY:]
        is_whole = len(raw) == _STAFF_BODY + _STAFF_MAC and _text(raw) == token
        if not is_whole or not hmac.compare_digest(mac, self._staff_mac(purpose, body)):
            raise BadToken("not_ours")
        expires_at = _EPOCH + timedelta(minutes=int.from_bytes(body[16:19], "big"))
        if now >= expires_at:
            raise BadToken("expired")
        return StaffToken(purpose, UUID(bytes=body[:16]), expires_at)

    def _button_mac(self, choice: int, row: bytes, bound_to: str) -> bytes:
        return hmac.digest(self._button_key, b"%d|%b|%b" % (choice, row, bound_to.encode()), "sha256")[:_MAC]

    def _staff_mac(self, purpose: str, body: bytes) -> bytes:
        return hmac.digest(self._staff_key, purpose.encode() + b"|" + body, sha256)[:_STAFF_MAC]

    def _page_mac(self, purpose: str, body: bytes) -> bytes:
        return hmac.digest(self._page_key, purpose.encode() + b"|" + body, sha256)[:_PAGE_MAC]


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return b""
