"""What pages hand out and get back: the cookie of somebody who was checked, the nonce of a page, a form's own data."""

from __future__ import annotations

import base64
import binascii
import hmac
import json
import secrets
import struct
from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

LIFE = timedelta(days=30)
_COOKIE = struct.Struct(">16sQ")
_MAC = 16
_CODE = 5


class Seals:
    """Everything here is made with keys of its own, derived from one secret. `secure` pages stand behind https."""

    def __init__(self, secret: bytes, secure: bool) -> None:
        self._keys = {
            name: hmac.digest(secret, name.encode(), "sha256") for name in ("cookie", "nonce", "form", "code")
        }
        self.secure = secure
        # The prefix has browsers refuse it from anywhere but here (RFC 6265bis, 4.1.3.2); it needs https.
        self.cookie_name = "__Host-turnout" if secure else "turnout"

    def cookie(self, person: UUID, now: datetime) -> str:
        """Return the value of the cookie that says: this browser was checked for this person."""
        row = _COOKIE.pack(person.bytes, int((now + LIFE).timestamp()))
        return f"{_text(row)}.{_text(self._mac('cookie', row))}"

    def is_checked(self, cookie: str | None, person: UUID, now: datetime) -> bool:
        """Tell whether a cookie is this person's, made here and not too old."""
        row_text, _, mac = (cookie or "").partition(".")
        row = _bytes(row_text)
        if len(row) != _COOKIE.size or not hmac.compare_digest(_bytes(mac), self._mac("cookie", row)):
            return False
        whose, until = _COOKIE.unpack(row)
        return bool(whose == person.bytes and now.timestamp() < until)

    def nonce(self, link: str) -> str:
        """Return what makes the forms of one page, shown once, known again: another site cannot make it."""
        fresh = secrets.token_bytes(9)
        return f"{_text(fresh)}.{_text(self._mac('nonce', fresh + link.encode()))}"

    def is_nonce(self, nonce: str, link: str) -> bool:
        fresh, _, mac = nonce.partition(".")
        return hmac.compare_digest(_bytes(mac), self._mac("nonce", _bytes(fresh) + link.encode()))

    def sealed(self, carried: Mapping[str, str]) -> str:
        """Return what a form carries, so that it comes back as it was."""
        row = json.dumps(dict(carried), ensure_ascii=False, sort_keys=True).encode()
        return f"{_text(row)}.{_text(self._mac('form', row))}"

    def opened(self, sealed: str) -> dict[str, str] | None:
        """Return what a form carried, or None when it was changed."""
        row_text, _, mac = sealed.partition(".")
        row = _bytes(row_text)
        if not row or not hmac.compare_digest(_bytes(mac), self._mac("form", row)):
            return None
        carried: dict[str, str] = json.loads(row)
        return carried

    def code(self, interview: UUID, person: UUID, window: int) -> str:
        """Return eight characters that are easy to type, the same within one window of time."""
        row = struct.pack(">16s16sQ", interview.bytes, person.bytes, window)
        return base64.b32encode(self._mac("code", row)[:_CODE]).decode()

    def _mac(self, key: str, row: bytes) -> bytes:
        return hmac.digest(self._keys[key], row, "sha256")[:_MAC]


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return b""
