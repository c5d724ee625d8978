"""The callbacks' codec: the published vectors, other people's implementations both ways, and everything forged."""

import base64
import hashlib
import os
import struct
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from hypothesis import given
from hypothesis import strategies as st
from wechatpy.work.crypto import WeChatCrypto

from channels.base import Forged, Malformed
from channels.tencent.codec import FRESH_FOR, Codec, read_key
from channels.tencent.xml import DEEPEST, read_xml, required, text_of
from tests.support.tencent import VECTORS, instant

TOKEN, CORP = "QDG6eK", "wx5823bf96d3bd56c7"
KEY = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"
OLD = "kWxPEV2UEDyxWpmPdKC3F4dgPDmOvfKX1HGnEUDS1aR"
NOW = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)
TEXT = "<xml><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[收到]]></Content></xml>".encode()


def codec(*keys: str) -> Codec:
    return Codec(TOKEN, keys or (KEY,), CORP)


def of(vector) -> Codec:
    return Codec(vector["token"], [vector["key"]] if "key" in vector else [KEY], vector.get("id", ""))


def envelope(sealed: str, *, at: datetime = NOW, by: Codec | None = None, nonce: str = "n1"):
    """Return query and body of a callback that carries something sealed."""
    timestamp = str(int(at.timestamp()))
    signature = (by or codec()).sign(timestamp, nonce, sealed)
    query = {"msg_signature": signature, "timestamp": timestamp, "nonce": nonce}
    return query, f"<xml><Encrypt><![CDATA[{sealed}]]></Encrypt><ToUserName>x</ToUserName></xml>".encode()


def sealed(content: bytes = TEXT, key: str = KEY) -> str:
    return codec(key).encrypt(content, os.urandom(16))


# -- the published vectors -----------------------------------------------------------------------------------


@pytest.mark.parametrize("vector", VECTORS, ids=[vector["name"] for vector in VECTORS])
def test_the_published_vectors_hold(vector) -> None:
    made = of(vector)
    if vector["kind"] == "plain_signature":
        query = {name: vector[name] for name in ("timestamp", "nonce", "signature")}
        made.check_plain(query, instant(vector["timestamp"]))
        return
    if vector["kind"] == "encrypt":
        assert made.encrypt(vector["msg"].encode(), vector["random"].encode()) == vector["encrypt"]
    content, _ = made.decrypt(vector["encrypt"])
    for name in ("msg", "contains", "plain", "echo"):
        assert vector.get(name, "") in content.decode()
    if "msg_signature" in vector:
        signed = made.sign(vector["timestamp"], vector["nonce"], vector["encrypt"])
        assert signed == vector["msg_signature"]


def test_there_are_sixteen_of_them() -> None:
    assert len(VECTORS) == 16
    assert {vector["kind"] for vector in VECTORS} == {"plain_signature", "encrypt", "decrypt"}


# -- other implementations -----------------------------------------------------------------------------------


@given(st.text(max_size=300).filter(lambda text: "\0" not in text))
def test_wechatpy_reads_what_we_seal_and_we_what_it_seals(text: str) -> None:
    theirs = WeChatCrypto(TOKEN, KEY, CORP)
    answer = codec().seal(text.encode(), NOW)
    root = read_xml(answer)
    parts = [text_of(root, name) for name in ("MsgSignature", "TimeStamp", "Nonce")]
    assert theirs.decrypt_message(answer.decode(), *parts) == text
    body = theirs.encrypt_message(text, "n2", str(int(NOW.timestamp())))
    outer = read_xml(body.encode())
    query = {
        "msg_signature": text_of(outer, "MsgSignature"),
        "timestamp": text_of(outer, "TimeStamp"),
        "nonce": text_of(outer, "Nonce"),
    }
    assert codec().open(query, body.encode(), NOW) == (text.encode(), 0)


def by_the_page(key: str, content: bytes, id: str) -> str:
    """Seal as the documentation describes it, sharing nothing with the codec."""
    aes = base64.b64decode(key + "=")
    plain = b"R" * 16 + struct.pack("!I", len(content)) + content + id.encode()
    plain += bytes([32 - len(plain) % 32]) * (32 - len(plain) % 32)
    cipher = Cipher(algorithms.AES(aes), modes.CBC(aes[:16])).encryptor()
    return base64.b64encode(cipher.update(plain) + cipher.finalize()).decode()


@given(st.binary(max_size=200))
def test_what_is_sealed_by_the_page_is_opened(content: bytes) -> None:
    inside = by_the_page(KEY, content, CORP)
    timestamp = str(int(NOW.timestamp()))
    signature = hashlib.sha1("".join(sorted([TOKEN, timestamp, "n", inside])).encode()).hexdigest()
    query = {"msg_signature": signature, "timestamp": timestamp, "nonce": "n"}
    body = f"<xml><Encrypt>{inside}</Encrypt></xml>".encode()
    assert codec().open(query, body, NOW) == (content, 0)


# -- checks --------------------------------------------------------------------------------------------------


def test_the_check_of_our_address_is_echoed_decrypted() -> None:
    inside = sealed(b"1616140317555161061")
    query, _ = envelope(inside)
    assert codec().echo({**query, "echostr": inside}, NOW) == b"1616140317555161061"
    # Whoever does not encode a plus sign sends a space.
    assert codec().echo({**query, "echostr": inside.replace("+", " ")}, NOW) == b"1616140317555161061"


def test_the_key_before_opens_and_answers_while_it_is_changed() -> None:
    query, body = envelope(sealed(key=OLD), by=codec(KEY))
    both = codec(KEY, OLD)
    assert both.open(query, body, NOW) == (TEXT, 1)
    answer = read_xml(both.seal(b"hello", NOW, 1))
    assert codec(OLD).decrypt(text_of(answer, "Encrypt"))[0] == b"hello"
    with pytest.raises(Forged):
        codec(KEY).open(query, body, NOW)


@pytest.mark.parametrize(("minutes", "is_taken"), [(-11, False), (-9, True), (9, True), (11, False)])
def test_what_is_old_or_of_the_future_is_refused(minutes: int, is_taken: bool) -> None:
    query, body = envelope(sealed(), at=NOW + timedelta(minutes=minutes))
    if is_taken:
        assert codec().open(query, body, NOW)[0] == TEXT
    else:
        with pytest.raises(Forged):
            codec().open(query, body, NOW)
    assert timedelta(minutes=10) == FRESH_FOR


def forgeries() -> Iterator[tuple[str, dict[str, str], bytes]]:
    good = sealed()
    query, body = envelope(good)
    yield "no query", {}, body
    for name, values in {
        "msg_signature": ("", "0" * 40, query["msg_signature"].upper(), "é" * 40, "\udcff", "x" * 10_000),
        "timestamp": ("", "soon", "-1", "9" * 40, "１７９５５００３００"),
        "nonce": ("", "n2"),
    }.items():
        for n, value in enumerate(values):
            yield f"{name} {n}", {**query, name: value}, body
    yield "other id", *envelope(by_the_page(KEY, TEXT, "wxsomebodyelse"))
    yield "no id", *envelope(by_the_page(KEY, TEXT, ""))
    yield "other key", *envelope(by_the_page(OLD, TEXT, CORP))
    yield "no base64", *envelope("***")
    yield "empty", *envelope("")
    yield "half a block", *envelope(base64.b64encode(b"x" * 17).decode())
    yield "nonsense", *envelope(base64.b64encode(b"x" * 64).decode())
    yield "one block", *envelope(base64.b64encode(b"x" * 16).decode())
    yield "cut", *envelope(good[:-24])
    yield "two Encrypt", query, body.replace(b"<ToUserName>x</ToUserName>", b"<Encrypt>y</Encrypt>")
    yield "no XML", query, b"{}"
    yield "not UTF-8", query, b"\xff\xfe<xml/>"
    yield "doctype", query, b"<!DOCTYPE xml>" + body
    entities = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
    yield "entities", query, entities + body
    yield "deep", query, b"<xml>" + b"<a>" * 200_000
    yield "other root", query, body.replace(b"<xml>", b"<html>").replace(b"</xml>", b"</html>")


FORGERIES = list(forgeries())


@pytest.mark.parametrize(("query", "body"), [each[1:] for each in FORGERIES], ids=[e[0] for e in FORGERIES])
def test_whatever_is_forged_is_refused_for_one_reason(query, body) -> None:
    with pytest.raises(Forged) as raised:
        codec().open(query, body, NOW)
    assert raised.value.reason == "callback"


def oddly_padded(tail: bytes) -> str:
    aes = base64.b64decode(KEY + "=")
    cipher = Cipher(algorithms.AES(aes), modes.CBC(aes[:16])).encryptor()
    plain = b"R" * 16 + struct.pack("!I", 3) + b"abc" + CORP.encode()
    plain = plain[:-1] + b"\0" * (-len(plain[:-1] + tail) % 16) + tail
    return base64.b64encode(cipher.update(plain) + cipher.finalize()).decode()


@pytest.mark.parametrize("tail", [b"\0", b"\x21", b"\xff", b"\x01\x02", b"\x03\x03\x02\x03"])
def test_padding_is_not_believed(tail: bytes) -> None:
    query, body = envelope(oddly_padded(tail))
    with pytest.raises(Forged):
        codec().open(query, body, NOW)


def test_a_length_beyond_the_end_is_refused() -> None:
    aes = base64.b64decode(KEY + "=")
    plain = b"R" * 16 + struct.pack("!I", 2**32 - 1) + b"x" * 12
    cipher = Cipher(algorithms.AES(aes), modes.CBC(aes[:16])).encryptor()
    inside = base64.b64encode(cipher.update(plain + b"\x20" * 32) + cipher.finalize()).decode()
    with pytest.raises(Forged):
        codec().decrypt(inside)


@pytest.mark.parametrize("key", ["", "x", KEY[:-1], KEY + "x", KEY[:-1] + "é", KEY[:-1] + "*", "=" * 43])
def test_what_is_no_key_is_refused(key: str) -> None:
    with pytest.raises(ValueError, match="no EncodingAESKey"):
        read_key(key)


# -- the gate before XML -------------------------------------------------------------------------------------


@given(
    st.one_of(
        st.binary(max_size=400), st.text(max_size=400).map(lambda text: text.encode("utf-8", "replace"))
    )
)
def test_the_gate_takes_anything_and_only_refuses(body: bytes) -> None:
    try:
        root = read_xml(body)
    except Malformed:
        return
    assert root.tag == "xml"


TREES = st.recursive(
    st.text("abc<>&]['\"!-?/ \n", max_size=12),
    lambda inner: st.lists(st.tuples(st.sampled_from(["xml", "MsgType", "a", "b:c"]), inner), max_size=4),
    max_leaves=20,
)


def written(tree) -> str:
    if isinstance(tree, str):
        return tree
    return "".join(f"<{tag}>{written(inner)}</{tag}>" for tag, inner in tree)


@given(TREES, st.sampled_from(["", "<?xml version='1.0' encoding='gbk'?>", "<!DOCTYPE xml>", "<!-- x -->"]))
def test_trees_are_read_or_refused(tree, head: str) -> None:
    body = f"{head}<xml>{written(tree)}</xml>".encode()
    with suppress(Malformed):
        root = read_xml(body)
        assert not head.startswith("<!D")
        for path in ("MsgType", "a", "xml/a", "Missing"):
            assert isinstance(text_of(root, path), str)
        required(root, "MsgType")


def test_depth_is_counted_and_not_recursed() -> None:
    assert read_xml(b"<xml>" + b"<a>" * (DEEPEST - 1) + b"</a>" * (DEEPEST - 1) + b"</xml>").tag == "xml"
    for depth in (DEEPEST, 100_000):
        with pytest.raises(Malformed, match="too_deep"):
            read_xml(b"<xml>" + b"<a>" * depth + b"</a>" * depth + b"</xml>")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"<!DOCTYPE xml SYSTEM 'file:///etc/passwd'><xml/>", "document_type"),
        (b"<xml><MsgType>text</MsgType><MsgType>event</MsgType></xml>", "msgtype_twice"),
        (b"<xml><MsgType><a>text</a></MsgType></xml>", "not_a_text"),
        (b"<xml><MsgType> </MsgType></xml>", "msgtype"),
        (b"<xml/>", "msgtype"),
        (b"<root/>", "not_a_callback"),
        (b"<xml>", "not_xml"),
        (b"\xff<xml/>", "not_utf8"),
    ],
)
def test_what_cannot_be_meant_is_refused(body: bytes, reason: str) -> None:
    with pytest.raises(Malformed, match=f"^{reason}$"):
        required(read_xml(body), "MsgType")
