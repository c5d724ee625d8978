"""The envelope of Tencent's callbacks: AES-256-CBC under the EncodingAESKey, signed with the token by SHA-1.

developer.work.weixin.qq.com/document/path/90968; developers.weixin.qq.com, push/encryption. On `cryptography` and not
on wechatpy's own: that believes the padding and the length it finds, draws its random bytes from `random.sample`,
compares signatures with `!=`, and fails with a dozen kinds of exceptions. Tests hold it against this one.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

from channels.base import Forged, Malformed
from channels.tencent.xml import read_xml, required

FRESH_FOR = timedelta(minutes=10)
BLOCK = 32
"""What is padded to, twice that of the cipher."""
LONGEST_ENVELOPE = 256 * 1024
REASON = "callback"
"""The one reason for everything that is not authentic: a second one would tell a forger how far they came."""


class Codec:
    """What one account's callbacks are opened and answered with. After a change of key the old one still opens."""

    def __init__(self, token: str, aes_keys: Sequence[str], receive_id: str) -> None:
        """`aes_keys` are EncodingAESKeys of 43 characters, the present one first; raises ValueError."""
        self._token = token
        self._keys = tuple(read_key(key) for key in aes_keys)
        self._receive_id = receive_id.encode()

    def echo(self, query: Mapping[str, str], now: datetime) -> bytes:
        """Return what the check of our address wants to hear, decrypted; raises Forged."""
        # Who leaves the address as it is sends a plus sign that reads as a space.
        sealed = query.get("echostr", "").replace(" ", "+")
        self._check(query, sealed, now)
        return self.decrypt(sealed)[0]

    def open(self, query: Mapping[str, str], body: bytes, now: datetime) -> tuple[bytes, int]:
        """Return a callback's own XML, and which key opened it; raises Forged."""
        try:
            sealed = required(read_xml(body), "Encrypt", LONGEST_ENVELOPE)
        except Malformed:
            raise Forged(REASON) from None
        self._check(query, sealed, now)
        return self.decrypt(sealed)

    def seal(self, reply: bytes, now: datetime, key: int = 0) -> bytes:
        """Return the XML that answers a callback, under the key that opened it."""
        sealed = self.encrypt(reply, secrets.token_bytes(16), key)
        at, nonce = str(int(now.timestamp())), secrets.token_hex(8)
        signature = self.sign(at, nonce, sealed)
        return (
            f"<xml><Encrypt><![CDATA[{sealed}]]></Encrypt><MsgSignature><![CDATA[{signature}]]></MsgSignature>"
            f"<TimeStamp>{at}</TimeStamp><Nonce><![CDATA[{nonce}]]></Nonce></xml>"
        ).encode()

    def sign(self, *parts: str) -> str:
        """Return the signature over the token and some texts."""
        return hashlib.sha1(  # noqa: S324 - the protocol's
            "".join(sorted((self._token, *parts))).encode("utf-8", "surrogatepass")
        ).hexdigest()

    def check_plain(self, query: Mapping[str, str], now: datetime) -> None:
        """Verify `signature`, over the address's own parts alone, as WeChat checks our address; raises Forged."""
        self._verify(query, "signature", now)

    def _check(self, query: Mapping[str, str], sealed: str, now: datetime) -> None:
        self._verify(query, "msg_signature", now, sealed)

    def _verify(self, query: Mapping[str, str], name: str, now: datetime, *more: str) -> None:
        at, nonce = query.get("timestamp", ""), query.get("nonce", "")
        right = self.sign(at, nonce, *more)
        given = query.get(name, "")
        # On bytes: compare_digest raises TypeError for text that is not ASCII.
        is_right = hmac.compare_digest(given.encode("utf-8", "surrogatepass"), right.encode())
        if not is_right or not _is_fresh(at, now):
            raise Forged(REASON)

    def decrypt(self, sealed: str) -> tuple[bytes, int]:
        """Return what an envelope holds, and which key opened it; raises Forged."""
        try:
            data = base64.b64decode(sealed.encode(), validate=True)
        except (binascii.Error, UnicodeEncodeError):
            raise Forged(REASON) from None
        for number, key in enumerate(self._keys):
            content = _opened(key, data)
            if content is not None and hmac.compare_digest(content[1], self._receive_id):
                return content[0], number
        raise Forged(REASON)

    def encrypt(self, content: bytes, random: bytes, key: int = 0) -> str:
        plain = random + len(content).to_bytes(4, "big") + content + self._receive_id
        pad = BLOCK - len(plain) % BLOCK
        cipher = Cipher(AES(self._keys[key]), CBC(self._keys[key][:16])).encryptor()
        return base64.b64encode(cipher.update(plain + bytes([pad]) * pad) + cipher.finalize()).decode()


def read_key(text: str) -> bytes:
    """Return the key that an EncodingAESKey stands for; raises ValueError."""
    try:
        # Not validated to the bit: Tencent's own samples end in characters whose last bits are not zero.
        key = base64.b64decode(f"{text}=".encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError):
        raise ValueError("no EncodingAESKey") from None
    if len(text) != 43 or len(key) != 32:
        raise ValueError("no EncodingAESKey")
    return key


def _opened(key: bytes, data: bytes) -> tuple[bytes, bytes] | None:
    """Return the message and the receive id; None if this key does not open it."""
    if not data or len(data) % 16:
        return None
    cipher = Cipher(AES(key), CBC(key[:16])).decryptor()
    plain = cipher.update(data) + cipher.finalize()
    pad = plain[-1]
    if not 1 <= pad <= BLOCK or plain[-pad:] != bytes([pad]) * pad:
        return None
    content = plain[16:-pad]
    length = int.from_bytes(content[:4], "big")
    if len(content) < 4 + length:
        return None
    return content[4 : 4 + length], content[4 + length :]


def _is_fresh(timestamp: str, now: datetime) -> bool:
    is_number = timestamp.isascii() and timestamp.isdecimal() and len(timestamp) <= 12
    return is_number and abs(now.timestamp() - int(timestamp)) <= FRESH_FOR.total_seconds()
