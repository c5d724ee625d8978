"""The codec and Tencent's own @wecom/crypto read each other, both ways."""

import os

from channels.tencent.codec import Codec
from tests.peers import ask

TOKEN, CORP = "QDG6eK", "wx5823bf96d3bd56c7"
KEY = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"
AT, NONCE = "1795500000", "n1"
MESSAGES = (
    "",
    "x",
    "收到",
    "<xml><Content><![CDATA[1 < 2 & *x* 👨‍👩‍👧]]></Content></xml>",
    "]]>",
    *("李" * length for length in range(1, 40)),
    "x" * 100_000,
)


def test_tencents_own_implementation_reads_what_we_seal() -> None:
    codec = Codec(TOKEN, [KEY], CORP)
    sealed = [codec.encrypt(message.encode(), os.urandom(16)) for message in MESSAGES]
    opened = ask("wecom.cjs", [{"act": "decrypt", "key": KEY, "sealed": each} for each in sealed])
    assert [(each["message"], each["id"]) for each in opened] == [(message, CORP) for message in MESSAGES]
    signed = ask("wecom.cjs", [signing(each) for each in sealed])
    assert signed == [codec.sign(AT, NONCE, each) for each in sealed]


def test_we_read_what_it_seals() -> None:
    codec = Codec(TOKEN, [KEY], CORP)
    asked = [{"act": "encrypt", "key": KEY, "message": message, "id": CORP} for message in MESSAGES]
    sealed = ask("wecom.cjs", asked)
    assert [codec.decrypt(each)[0].decode() for each in sealed] == [*MESSAGES]


def signing(sealed: str) -> dict[str, str]:
    return {"act": "sign", "token": TOKEN, "timestamp": AT, "nonce": NONCE, "sealed": sealed}
