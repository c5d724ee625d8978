"""Message-IDs that only we can make, each for one recipient: by them bounces and replies prove what they answer."""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterable
from hashlib import sha256

_ID = re.compile(r"<?\s*(([\w-]{1,64})\.([0-9a-f]{24})@[\w.-]{1,253})\s*>?", re.ASCII)
_PLAIN = re.compile(r"[\w-]{1,64}", re.ASCII)


class Marks:
    """Makes and reads Message-IDs, without their angle brackets, by a key of the account's own."""

    def __init__(self, key: bytes, domain: str) -> None:
        self._key = key
        self._domain = domain

    def make(self, request: str, recipient: str) -> str:
        """Return the Message-ID of a send: the same send has the same one however often it is tried."""
        own = request if _PLAIN.fullmatch(request) else sha256(request.encode()).hexdigest()[:32]
        return f"{own}.{self._mac(own, recipient)}@{self._domain}"

    def root(self, recipient: str) -> str:
        """Return the Message-ID that nothing has, and that all mails to a recipient refer to as their thread."""
        return f"{self._mac('thread', recipient)}@{self._domain}"

    def find(self, ids: Iterable[str], recipients: Iterable[str]) -> tuple[str, str] | None:
        """Return the first of the ids that we made for one of the recipients, and that recipient."""
        known = list(dict.fromkeys(recipients))
        for id in ids:
            if (read := _ID.fullmatch(id)) is None:
                continue
            for recipient in known:
                if hmac.compare_digest(read[3], self._mac(read[2], recipient)):
                    return read[1], recipient
        return None

    def _mac(self, request: str, recipient: str) -> str:
        return hmac.digest(self._key, f"{request}\0{recipient}".encode(), "sha256").hex()[:24]


def read_ids(header: str) -> list[str]:
    """Return the Message-IDs in a header, newest first, without what stands between them."""
    return [f"<{id}>" for id in reversed(re.findall(r"<([^<>\s]{3,320})>", header))]
