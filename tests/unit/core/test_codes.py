"""Codes to scan are made when a message is sent, where a file has room, and never hold it up."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

import pytest

from channels.base import Call, Envelope, NotDelivered, Payload
from conversations.book import Book
from conversations.commands import COMMANDS
from conversations.dialogs import DIALOGS
from conversations.messages import File, Message
from tests.support.town import Town, open_town
from tests.unit.core.test_several_channels import Board, board, booked, candidate


class Coded(Board):
    """A platform that makes a code when it is asked."""

    answers = True

    async def invite(self, token: str, until: datetime) -> str:
        if not self.answers:
            raise NotDelivered("busy", "45009")
        return f"https://weixin.example/q/{token}"


@pytest.fixture
async def town(migrated_file: Path, tmp_path: Path) -> AsyncIterator[Town]:
    shutil.copy(migrated_file, tmp_path / "small.db")
    book = Book.of(DIALOGS, COMMANDS)
    async with open_town(tmp_path, f"sqlite:///{tmp_path / 'small.db'}", book=book) as opened:
        yield opened


class Mail(Board):
    """Keeps what it was given to render."""

    def render(self, message: Message, envelope: Envelope) -> Payload:
        self.kept = [block for block in message.blocks if isinstance(block, File)]
        return Payload((Call("text", {"text": "…"}),))


def wechat(town: Town) -> Coded:
    made = board(town, "wechat.template")
    coded = Coded("wechat.main", town, made.caps)
    del town.app.channels[made.account]
    town.app.channels["wechat.main"] = coded
    return coded


def mail(town: Town, **changes: bool) -> Mail:
    made = board(town, "email", **changes)
    kept = Mail(made.account, town, made.caps)
    town.app.channels[made.account] = kept
    return kept


async def test_a_mail_brings_the_code_that_leads_into_wechat(town: Town) -> None:
    wechat(town)
    letters = mail(town)
    await booked(town, await candidate(town, email="li@example.com"))
    (code,) = [file for file in letters.kept if file.name == "wechat.png"]
    assert code.blob.startswith("sha256:")
    picture = await town.app.delivery._read_blob(code.blob)
    assert picture.startswith(b"\x89PNG")


async def test_without_an_answer_or_room_the_message_goes_without_it(town: Town) -> None:
    codes = wechat(town)
    codes.answers = False
    letters = mail(town)
    await booked(town, await candidate(town, email="li@example.com"))
    assert [file.name for file in letters.kept if file.media_type == "image/png"] == []
    codes.answers = True
    small = mail(town, files=False)
    await booked(town, await candidate(town, email="mei@example.com"))
    assert [file.name for file in small.kept if file.media_type == "image/png"] == []
