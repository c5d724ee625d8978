"""A file on its way from one app to another: fetched, recognised by its bytes, or why not."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest

from bot.carrying import MOST, carry, recognised
from channels.base import Fetched, NotDelivered
from channels.routes import ROUTES
from conversations.identity import Address, Person
from store import blobs, people
from store.db import Database
from tests.support.samples import NOW

JPEG = b"\xff\xd8\xff\xe0 a picture"
TELEGRAM, WECHAT, MAIL = ROUTES["telegram"], ROUTES["wechat.template"], ROUTES["email"]
CAPS = {"telegram.main": TELEGRAM, "wechat.main": WECHAT, "email.main": MAIL}


class Handing:
    """A channel that hands out one file."""

    def __init__(self, data: bytes = JPEG, why: str = "", detail: str = "", name: str = "") -> None:
        self.data, self.why, self.detail, self.name = data, why, detail, name
        self.asked: list[tuple[str, int]] = []

    async def fetch(self, event: Any, reference: str, most: int) -> Fetched:
        self.asked.append((reference, most))
        if self.why:
            raise NotDelivered(self.why, self.detail)  # type: ignore[arg-type]
        return Fetched(self.data, self.name)


async def somebody(db: Database, *accounts: str) -> Person:
    async with db.write() as tx:
        made = await people.create(tx, Person(uuid4(), "李雷"))
        for account in accounts:
            await people.bind(tx, made.id, Address(account, f"u-{made.id}"), "c", NOW)
    return made


def desk(db: Database, channel: object) -> Any:
    clock, house = SimpleNamespace(now=lambda: NOW), SimpleNamespace(caps=CAPS)
    return SimpleNamespace(db=db, clock=clock, house=house, channels={"telegram.main": channel})


def wanted(to: Person, **more: str) -> dict[str, str]:
    usual = {"account": "telegram.main", "user": "1", "reference": "f-1", "kind": "picture", "name": ""}
    return {**usual, "to": str(to.id), **more}


async def test_what_is_fetched_is_kept_and_named_by_what_it_is(db: Database) -> None:
    channel = Handing()
    found = await carry(desk(db, channel), wanted(await somebody(db, "telegram.main")))
    assert (found["name"], found["media_type"], found["channel"]) == ("picture.jpg", "image/jpeg", "telegram")
    assert channel.asked == [("f-1", MOST)]
    async with db.read() as tx:
        assert await blobs.read(tx, found["blob"]) == JPEG


@pytest.mark.parametrize(("said", "name"), [("", "简历.docx"), ("scan.docx", "scan.docx")])
async def test_a_name_that_comes_with_the_file_is_its_name(db: Database, said: str, name: str) -> None:
    channel = Handing(b"PK", name="简历.docx")
    asked = wanted(await somebody(db, "telegram.main"), kind="document", name=said)
    assert (await carry(desk(db, channel), asked))["name"] == name


async def test_it_takes_the_way_that_carries_files(db: Database) -> None:
    to = await somebody(db, "wechat.main", "email.main")
    found = await carry(desk(db, Handing()), wanted(to, prefer="wechat"))
    assert found["channel"] == "email"


@pytest.mark.parametrize(
    ("channel", "accounts", "more", "why"),
    [
        (object(), ("telegram.main",), {}, {"why": "not_fetched"}),
        (Handing(), ("telegram.main",), {"reference": ""}, {"why": "not_fetched"}),
        (Handing(), ("telegram.main",), {"account": "sms.main"}, {"why": "not_fetched"}),
        (Handing(), (), {}, {"why": "nowhere"}),
        (Handing(), ("wechat.main",), {}, {"why": "not_carried", "there": "wechat.main"}),
        (Handing(b""), ("telegram.main",), {}, {"why": "gone"}),
        (Handing(why="refused", detail="too_large"), ("telegram.main",), {}, {"why": "too_large", "mb": 20}),
        (Handing(why="refused", detail="the file is gone"), ("telegram.main",), {}, {"why": "gone"}),
    ],
)
async def test_why_it_is_not_brought(
    db: Database, channel: object, accounts: tuple[str, ...], more: dict[str, str], why: dict[str, Any]
) -> None:
    assert await carry(desk(db, channel), wanted(await somebody(db, *accounts), **more)) == why


async def test_a_platform_that_is_busy_is_asked_again(db: Database) -> None:
    with pytest.raises(NotDelivered):
        await carry(desk(db, Handing(why="busy")), wanted(await somebody(db, "telegram.main")))


@pytest.mark.parametrize(
    ("data", "name", "kind", "expected"),
    [
        (b"\x89PNG\r\n\x1a\n..", "", "picture", ("picture.png", "image/png")),
        (JPEG, "scan.jpg", "document", ("scan.jpg", "application/octet-stream")),
        (b"OggS..", "", "voice", ("voice.ogg", "audio/ogg")),
        (b"#!AMR\n", "", "voice", ("voice.amr", "audio/amr")),
        (b"....ftypisom", "", "video", ("video.mp4", "video/mp4")),
        (b"%PDF-1.7", "简历 2026.pdf", "document", ("简历 2026.pdf", "application/pdf")),
        (b"<html>", "photo.jpg", "picture", ("photo.jpg", "application/octet-stream")),
        (b"?", "../../etc/x.sh\x00", "document", (".. .. etc x.sh", "application/octet-stream")),
        (b"?", "no ending", "document", ("document", "application/octet-stream")),
        (b"?", "a" * 200 + ".pdf", "document", ("a" * 77 + ".pdf", "application/octet-stream")),
    ],
)
def test_what_a_file_is_called_and_is(data: bytes, name: str, kind: str, expected: tuple[str, str]) -> None:
    assert recognised(data, name, kind, TELEGRAM) == expected


def test_a_picture_too_large_to_be_shown_goes_as_a_file() -> None:
    small = replace(TELEGRAM, largest_picture=10)
    assert recognised(JPEG, "", "picture", small) == ("picture.jpg", "application/octet-stream")
