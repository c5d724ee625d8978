"""How Tencent seals callbacks, written from its documentation alone (developer.work.weixin.qq.com 90968).

The sandbox has its own, so that a mistake in the channel's shows.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from dataclasses import dataclass

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

BLOCK = 32
"""PKCS#7 fills up to 32 bytes here, not to AES's 16."""


def new_key() -> str:
    """Return an EncodingAESKey: 43 characters, of which base64 makes 32 bytes."""
    return base64.b64encode(secrets.token_bytes(32)).decode()[:43]


def signature(token: str, *parts: str) -> str:
    """Return what proves that parts come from somebody who knows the token."""
    return hashlib.sha1("".join(sorted((token, *parts))).encode(), usedforsecurity=False).hexdigest()


@dataclass(frozen=True, slots=True)
class Seal:
    """The key of one app's callbacks."""

    token: str
    aes_key: str
    receive_id: str
    """The corpid."""

    def encrypt(self, message: str | bytes, random: bytes = b"") -> str:
        """Return a message sealed for its receiver; `random` is 16 bytes."""
        body = message.encode() if isinstance(message, str) else message
        head = (random or secrets.token_hex(8).encode()) + len(body).to_bytes(4, "big")
        plain = head + body + self.receive_id.encode()
        fill = BLOCK - len(plain) % BLOCK
        sealing = self._cipher().encryptor()
        sealed = sealing.update(plain + bytes([fill]) * fill) + sealing.finalize()
        return base64.b64encode(sealed).decode()

    def decrypt(self, sealed: str) -> str:
        """Return what was sealed; raises ValueError."""
        opening = self._cipher().decryptor()
        plain = opening.update(base64.b64decode(sealed, validate=True)) + opening.finalize()
        plain = plain[: -plain[-1]]
        length = int.from_bytes(plain[16:20], "big")
        if plain[20 + length :] != self.receive_id.encode():
            raise ValueError("sealed for somebody else")
        return plain[20 : 20 + length].decode()

    def sign(self, timestamp: str, nonce: str, sealed: str) -> str:
        return signature(self.token, timestamp, nonce, sealed)

    def _cipher(self) -> Cipher[modes.CBC]:
        key = base64.b64decode(self.aes_key + "=")
        return Cipher(algorithms.AES(key), modes.CBC(key[:16]))
