"""Files that people send to WeCom, its customer service and WeChat: fetched by their id, or why not."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest

from bot.clock import VirtualClock
from channels.base import Fetched, Forgetful, NotDelivered
from channels.tencent.fetching import is_of_tencent, name_in
from channels.wechat import WeChat
from channels.wecom import WeCom
from channels.wecom_kf import Kf
from conversations.events import Event, Sent
from tests.support.accounts import ACCOUNTS
from tests.support.samples import NOW
from tests.support.tencent.literal import (
    Literal,
    Say,
    as_a_file,
    as_a_page,
    as_text,
    cut_off,
    in_chunks,
    never,
    plainly,
    refused,
)

CHANNELS: Mapping[str, Any] = {"wecom": WeCom, "wecom_kf": Kf, "wechat": WeChat}
JPEG = b"\xff\xd8\xff\xe0 a screenshot"
MOST = 1000
TOKEN = {"errcode": 0, "errmsg": "ok", "access_token": "accesstoken000001", "expires_in": 7200}
NO_SUCH = {"errcode": 40007, "errmsg": "invalid media_id, hint: [1]"}
EXPIRED = {"errcode": 42001, "errmsg": "access_token expired: access_token=accesstoken000001"}


@pytest.fixture
async def tencent() -> AsyncIterator[Literal]:
    async with Literal() as made:
        made.will("gettoken", TOKEN)
        made.will("stable_token", TOKEN)
        yield made


@pytest.fixture(params=sorted(CHANNELS))
async def channel(request: pytest.FixtureRequest, tencent: Literal) -> AsyncIterator[Any]:
    given = {**ACCOUNTS[request.param], "api_base": tencent.address}
    made = CHANNELS[request.param](f"{request.param}.main", given, VirtualClock(NOW).now, Forgetful())
    yield made
    await made.close()


async def fetch(channel: Any, most: int = MOST) -> Fetched:
    event = Event("e", channel.account, NOW, Sent("picture", "MEDIA_ID"), channel.account, "u")
    found: Fetched = await channel.fetch(event, "MEDIA_ID", most)
    return found


async def failure(channel: Any, most: int = MOST) -> NotDelivered:
    with pytest.raises(NotDelivered) as raised:
        await fetch(channel, most)
    told = str(raised.value)
    assert "accesstoken" not in told
    assert "ANOTHER" not in told
    return raised.value


async def test_a_file_is_its_bytes(channel: Any, tencent: Literal) -> None:
    tencent.will("media/get", JPEG)
    tencent.say = as_a_file("MEDIA_ID.jpg")
    assert await fetch(channel) == Fetched(JPEG)
    (asked,) = tencent.of("media/get")
    assert (asked.method, asked.query["media_id"]) == ("GET", "MEDIA_ID")
    assert asked.query["access_token"] == "accesstoken000001"
    assert asked.headers["accept-encoding"] == "identity"


async def test_a_document_keeps_its_name(channel: Any, tencent: Literal) -> None:
    tencent.will("media/get", b"PK")
    tencent.say = as_a_file("简历 2026.docx", "application/octet-stream")
    assert await fetch(channel) == Fetched(b"PK", "简历 2026.docx")


@pytest.mark.parametrize("body", [b'{"errcode": 42001}', b'{"video_url": "http://10.0.0.1/"}', b"[]", b""])
async def test_a_document_may_read_like_an_error(channel: Any, tencent: Literal, body: bytes) -> None:
    tencent.will("media/get", body)
    tencent.say = as_a_file("a.json", "application/json")
    assert (await fetch(channel)).data == body
    assert len(tencent.of("media/get")) == 1


async def test_a_picture_without_a_name_is_one_all_the_same(channel: Any, tencent: Literal) -> None:
    tencent.will("media/get", JPEG)
    tencent.say = as_a_file()
    assert await fetch(channel) == Fetched(JPEG)


@pytest.mark.parametrize("say", [plainly, as_text, in_chunks, as_a_file()])
async def test_an_id_that_is_over_is_gone(channel: Any, tencent: Literal, say: Say) -> None:
    tencent.will("media/get", NO_SUCH)
    tencent.say = say
    refusal = await failure(channel)
    assert refusal.why == "refused"
    assert refusal.detail.startswith("40007")


@pytest.mark.parametrize("length", [MOST + 1, 50 * MOST])
@pytest.mark.parametrize("say", [as_a_file("a.jpg"), as_a_file(), in_chunks])
async def test_no_more_is_read_than_may_be(channel: Any, tencent: Literal, say: Say, length: int) -> None:
    tencent.will("media/get", b"x" * length)
    tencent.say = say
    assert (await failure(channel)).detail == "too_large"


async def test_as_much_as_may_be_is_read(channel: Any, tencent: Literal) -> None:
    tencent.will("media/get", b"x" * MOST)
    tencent.say = as_a_file("a.jpg")
    assert len((await fetch(channel)).data) == MOST


async def test_what_wecom_hands_out_in_parts_alone_is_too_large(channel: Any, tencent: Literal) -> None:
    tencent.will("media/get", {"errcode": 830002, "errmsg": "file too large"})
    refusal = await failure(channel)
    assert (refusal.why, refusal.detail) == ("refused", "too_large")


async def test_a_token_that_is_not_taken_is_renewed_once(channel: Any, tencent: Literal) -> None:
    for path in ("gettoken", "stable_token"):
        tencent.will(path, TOKEN, {**TOKEN, "access_token": "ANOTHER"})
    tencent.will("media/get", EXPIRED, JPEG)
    tencent.say = lambda body: plainly(body) if body.startswith(b"{") else as_a_file()(body)
    assert await fetch(channel) == Fetched(JPEG)
    assert [each.query["access_token"] for each in tencent.of("media/get")] == [
        "accesstoken000001",
        "ANOTHER",
    ]
    tencent.will("media/get", EXPIRED)
    assert (await failure(channel)).why == "stopped"


@pytest.mark.parametrize("say", [as_a_page, refused, cut_off])
async def test_what_stands_between_hands_out_no_file(channel: Any, tencent: Literal, say: Say) -> None:
    tencent.will("media/get", JPEG)
    tencent.say = say
    assert (await failure(channel)).why == "busy"


async def test_who_says_nothing_is_waited_for_no_longer_than_that(
    channel: Any, tencent: Literal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("channels.tencent.fetching.FETCHED_WITHIN", 0.3)
    tencent.will("media/get", JPEG)
    tencent.say = never
    assert (await failure(channel)).why == "busy"


async def test_a_video_is_fetched_from_where_it_is(channel: Any, tencent: Literal) -> None:
    tencent.will("media/get", {"video_url": f"{tencent.address}/video/1"})
    tencent.will("/video/1", b"....ftypmp42")
    assert await fetch(channel) == Fetched(b"....ftypmp42")
    (asked,) = tencent.of("/video/1")
    assert "access_token" not in asked.query
    tencent.will("/video/1", b"x" * (MOST + 1))
    assert (await failure(channel)).detail == "too_large"


@pytest.mark.parametrize(
    "address",
    ["http://169.254.169.254/latest", "file:///etc/passwd", "http://qq.com.example/", "http://[", 7],
)
async def test_no_video_is_fetched_from_elsewhere(channel: Any, tencent: Literal, address: object) -> None:
    tencent.will("media/get", {"video_url": address})
    assert (await failure(channel)).why == "refused"


def test_where_tencent_keeps_files() -> None:
    assert is_of_tencent("http://vweixinf.tc.qq.com/102/20202/a.mp4", "https://api.weixin.qq.com")
    assert not is_of_tencent("http://evilqq.com/a.mp4", "https://api.weixin.qq.com")
    assert not is_of_tencent("ftp://a.qq.com/a.mp4", "https://api.weixin.qq.com")


@pytest.mark.parametrize(
    ("disposition", "name"),
    [
        ('attachment; filename="MEDIA_ID.jpg"', "MEDIA_ID.jpg"),
        ("attachment; filename=plain.pdf", "plain.pdf"),
        ("attachment; filename=\"x.pdf\"; filename*=UTF-8''%E7%AE%80%E5%8E%86.pdf", "简历.pdf"),
        ("attachment; filename*=utf-8'zh'%ff.pdf", "�.pdf"),
        ('attachment; filename="../../etc/passwd"', "passwd"),
        ('attachment; filename="C:\\temp\\a.pdf"', "a.pdf"),
        ("attachment; filename*=UTF-8''..%2F..%2Fa.pdf", "a.pdf"),
        ('attachment; filename="a\u202efdp.exe"', "afdp.exe"),
        ('attachment; filename="say \\"hi\\".txt"', 'say "hi".txt'),
        ('attachment; filename="..."', ""),
        ('attachment; filename="%s.pdf"' % ("a" * 500), "a" * 197 + ".pdf"),
        ('attachment; filename="%s"' % ("a" * 500), "a" * 200),
        ('attachment; filename="', ""),
        ("attachment", ""),
        ('attachment; filename="' + "\\" * 5001, ""),
    ],
)
def test_what_a_file_is_called(disposition: str, name: str) -> None:
    assert name_in(disposition) == name


def test_a_name_read_as_latin_1_is_read_as_it_was_meant() -> None:
    assert name_in('attachment; filename="简历.pdf"'.encode().decode("latin-1")) == "简历.pdf"
