"""A stranger proves by a code who they are; whether a number is known is never told."""

from __future__ import annotations

import re
import shutil
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from bot.sandbox.telegram import Person as User
from conversations.book import Book
from conversations.commands import COMMANDS
from conversations.dialogs import DIALOGS
from conversations.events import Event, Followed, Said
from conversations.identity import Role
from tests.support.town import Town, open_town
from tests.unit.core.test_several_channels import Board, board, booked, candidate

MAILBOX, PHONE = "li@example.com", "13800001234"


@pytest.fixture
async def town(migrated_file: Path, tmp_path: Path) -> AsyncIterator[Town]:
    shutil.copy(migrated_file, tmp_path / "small.db")
    book = Book.of(DIALOGS, COMMANDS)
    async with open_town(tmp_path, f"sqlite:///{tmp_path / 'small.db'}", book=book) as opened:
        yield opened


@pytest.fixture
async def mail(town: Town) -> Board:
    """Li Lei has an interview tomorrow and is reached by e-mail; in Telegram nobody knows him."""
    found = board(town, "email")
    await booked(town, await candidate(town, email=MAILBOX, phone=PHONE))
    return found


async def says(town: Town, who: User, text: str) -> None:
    await town.happens(_event(town, who, Said(text)))
    await town.passes(seconds=2)


def _event(town: Town, who: User, body: Said | Followed) -> Event:
    user = str(who.id)
    at = town.clock.now()
    return Event(uuid4().hex, "telegram.main", at, body, "telegram.main", user, user, language="en")


def stranger(town: Town, name: str = "李雷") -> User:
    found = town.telegram.person(name)
    found._chat.is_open = True
    return found


def codes(mail: Board) -> list[str]:
    return [found[0] for text in mail.texts() if (found := re.findall(r"(?<=code is )\d{6}", text))]


@pytest.mark.parametrize(
    "typed", [PHONE, "138 0000 1234", "+86 13800001234", MAILBOX, "１３８００００１２３４"]
)
async def test_a_code_to_the_phone_or_mailbox_lets_them_in(town: Town, mail: Board, typed: str) -> None:
    who = stranger(town)
    await town.happens(_event(town, who, Followed()))
    await town.settle()
    assert "write me the phone number" in who.last.text
    await says(town, who, typed)
    assert "on its way" in who.last.text
    (code,) = codes(mail)
    await says(town, who, code)
    assert "Hello 李雷" in who.last.text


async def test_who_is_not_known_hears_the_same_and_nobody_is_sent_anything(town: Town, mail: Board) -> None:
    who = stranger(town)
    await says(town, who, "13900009999")
    assert "on its way" in who.last.text
    assert codes(mail) == []


async def test_staff_are_not_found_by_their_number(town: Town, mail: Board) -> None:
    await town.person("王芳", Role.HR, phone="13700007777", email="hr@example.com")
    await says(town, stranger(town), "13700007777")
    assert codes(mail) == []


async def test_a_code_works_only_in_the_chat_that_asked_for_it_and_for_ten_minutes(
    town: Town, mail: Board
) -> None:
    who, other = stranger(town), stranger(town, "别人")
    await says(town, who, PHONE)
    (code,) = codes(mail)
    await says(town, other, code)
    assert "does not fit" in other.last.text
    town.clock.advance(timedelta(minutes=11))
    await says(town, who, code)
    assert "does not fit" in who.last.text


async def test_codes_are_not_guessed(town: Town, mail: Board) -> None:
    who = stranger(town)
    await says(town, who, PHONE)
    (code,) = codes(mail)
    for n in range(5):
        await says(town, who, f"{(int(code) + n + 1) % 10**6:06d}")
    await says(town, who, code)
    assert "does not fit" in who.last.text


async def test_nobody_is_showered_with_codes(town: Town, mail: Board) -> None:
    for n in range(9):
        await says(town, stranger(town, f"stranger {n}"), PHONE)
    assert len(codes(mail)) == 5
