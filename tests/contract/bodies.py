"""A thousand bodies that no platform should send: cut, nested, retyped, oversized, in other encodings."""

from __future__ import annotations

import copy
import json
import random
import re
from collections.abc import Iterator, Sequence
from typing import Any

USER = {"id": 10001, "is_bot": False, "first_name": "李雷", "language_code": "zh-hans"}
CHAT = {"id": 10001, "type": "private", "first_name": "李雷"}
TEXT = {
    "update_id": 1,
    "message": {
        "message_id": 5,
        "date": 1795500300,
        "from": USER,
        "chat": CHAT,
        "text": "/start abc",
        "reply_to_message": {"message_id": 3, "date": 1, "chat": CHAT, "text": "?"},
        "message_thread_id": 3,
        "is_topic_message": True,
    },
}
PHOTO = {
    "update_id": 2,
    "message": {
        "message_id": 6,
        "from": USER,
        "chat": CHAT,
        "caption": "这里报错",
        "photo": [{"file_id": "small"}, {"file_id": "large", "width": 1280}],
    },
}
PLACE = {
    "update_id": 3,
    "message": {
        "message_id": 7,
        "from": USER,
        "chat": CHAT,
        "location": {"latitude": 31.2, "longitude": 121.5},
    },
}
PRESS = {
    "update_id": 4,
    "callback_query": {
        "id": "77",
        "from": USER,
        "data": "v1.1.x",
        "message": {"message_id": 5, "date": 0, "chat": CHAT},
    },
}
BLOCK = {
    "update_id": 5,
    "my_chat_member": {
        "from": USER,
        "chat": CHAT,
        "date": 1,
        "old_chat_member": {"status": "member", "user": USER},
        "new_chat_member": {"status": "kicked", "user": USER},
    },
}
GOOD = (TEXT, PHOTO, PLACE, PRESS, BLOCK)
ODD: tuple[Any, ...] = (
    None, True, False, 0, -1, 1.5, 1e308, 2**52 + 1, -(10**30), "", "x", "é" * 9, "\x00", "\ud800", "\u202e",
    [], [[]], [None], {}, {"a": {}}, {"id": []}, [{"file_id": 5}], "9" * 5000,
)  # fmt: skip
RAW = (
    b"", b" ", b"null", b"[]", b"{}", b"0", b'""', b"true", b"{", b"[", b'{"update_id":', b"NaN", b"-Infinity",
    b'{"update_id": NaN}', b'{"update_id": 1e400}', b'{"update_id": 1, "update_id": "x"}', b"\xff\xfe\x00",
    b"\xef\xbb\xbf{}", b"\x00" * 100, b"[" * 100_000, b'{"a":' * 50_000, b'"' + b"\\" * 99_999, b'"\\' * 60_000,
    b"1" * 200_000, b'{"update_id": ' + b"1" * 5000 + b"}", b"<xml/>", b"update_id=1&message=x",
    '{"update_id": 1}'.encode("utf-16"), '{"update_id": 1}'.encode("utf-32"), b'{"update_id":1,"message":' + b"[" * 40
    + b"]" * 40 + b"}", b"{'update_id': 1}", b'{"update_id": 1,}', b'{"update_id": 01}', b'{"update_id": 1} trailing',
)  # fmt: skip


def malformed(good: Sequence[Any] = GOOD, count: int = 1000, most: int | None = None) -> list[bytes]:
    """Return at least so many bodies made from good ones, always the same; of very many, `most` by chance."""
    random_ = random.Random(20261124)
    retyped = [*_retyped(good), *_without(good)]
    if most is not None and len(retyped) > most:
        retyped = random_.sample(retyped, most)
    found = [*RAW, *retyped]
    while len(found) < count:
        body = bytearray(json.dumps(random_.choice(good), ensure_ascii=False).encode())
        match random_.randrange(4):
            case 0:
                del body[random_.randrange(len(body)) :]
            case 1:
                body[random_.randrange(len(body))] = random_.randrange(256)
            case 2:
                place = random_.randrange(len(body))
                body[place:place] = random_.randbytes(random_.randrange(1, 40))
            case _:
                place = random_.randrange(len(body))
                body[place:place] = body[random_.randrange(len(body)) :]
        found.append(bytes(body))
    return found


def _paths(value: object, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if path:
        yield path
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _paths(item, (*path, key))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _paths(item, (*path, number))


def _retyped(good: Sequence[Any]) -> Iterator[bytes]:
    """Yield good updates with one value of another type."""
    for update in good:
        for path in _paths(update):
            for odd in ODD:
                changed: Any = copy.deepcopy(update)
                place = changed
                for key in path[:-1]:
                    place = place[key]
                place[path[-1]] = odd
                yield json.dumps(changed).encode()


def _without(good: Sequence[Any]) -> Iterator[bytes]:
    """Yield good updates that lack one value."""
    for update in good:
        for path in _paths(update):
            changed: Any = copy.deepcopy(update)
            place = changed
            for key in path[:-1]:
                place = place[key]
            del place[path[-1]]
            yield json.dumps(changed).encode()


_ODD_TEXTS = (
    "", " ", "x", "é" * 9, "\u202e", "9" * 5000, "-1", "1e400", "\ufffd", "x" * 100_000, "<b>", "&amp;", "]]>",
    "\n" * 99,
)  # fmt: skip
_RAW_XML = (
    b"", b" ", b"<", b"<xml", b"<xml>", b"<xml/>", b"<xml></xml>", b"</xml>", b"<xml></xml><xml></xml>", b"{}", b"null",
    b"\xff\xfe\x00", b"\x00" * 100, b"<a>" * 50_000, b"<xml>" + b"<a>" * 500 + b"</a>" * 500 + b"</xml>",
    b"<xml>" + b"<a/>" * 20_000 + b"</xml>", b"<?xml version='1.0'?><!DOCTYPE xml><xml/>", b"<xml>&lol;</xml>",
    b"<!DOCTYPE x [<!ENTITY l 'lol'>]><xml><MsgType>&l;</MsgType></xml>", b"<xml><MsgType></xml></MsgType>",
    b"<!DOCTYPE x SYSTEM 'file:///etc/passwd'><xml/>", "<xml>\u4f60</xml>".encode("utf-16"), b"<xml a='1' a='2'/>",
    b"<?xml version='1.0' encoding='gbk'?><xml>\xc4\xe3</xml>", b"<xml><![CDATA[</xml>", b"<xml><MsgType/></xml>",
    b"<xml xmlns='x'><MsgType>text</MsgType></xml>", b"<?xml version='1.0' encoding='utf-7'?><xml/>",
    b"<xml>&#0;</xml>", b"<xml>&#xD800;</xml>", b"<xml><MsgType>text</MsgType><MsgType>event</MsgType></xml>",
    b"<other><MsgType/></other>",
)  # fmt: skip


def malformed_xml(good: Sequence[str], count: int = 1000) -> list[bytes]:
    """Return at least so many bodies made from good XML, always the same."""
    random_ = random.Random(20261124)
    found = [*_RAW_XML, *(changed for xml in good for changed in _changed(xml))]
    while len(found) < count:
        body = bytearray(random_.choice(good).encode())
        place = random_.randrange(len(body))
        match random_.randrange(4):
            case 0:
                del body[place:]
            case 1:
                body[place] = random_.randrange(256)
            case 2:
                body[place:place] = random_.randbytes(random_.randrange(1, 40))
            case _:
                body[place:place] = body[random_.randrange(len(body)) :]
        found.append(bytes(body))
    return found


def _changed(xml: str) -> Iterator[bytes]:
    """Yield XML that lacks one element, has it twice, empty, with others in it, or with another text."""
    for element in re.finditer(r"<(\w+)>(?:<!\[CDATA\[.*?\]\]>|[^<]*)</\1>", xml, re.DOTALL):
        name = element[1]
        others = (f"<{name}><![CDATA[{odd.replace(']]>', ']] >')}]]></{name}>" for odd in _ODD_TEXTS)
        for instead in (
            "",
            element[0] * 2,
            f"<{name}/>",
            f"<{name}><a>1</a></{name}>",
            f"<{name}>]]></{name}>",
            *others,
        ):
            yield (xml[: element.start()] + instead + xml[element.end() :]).encode()
