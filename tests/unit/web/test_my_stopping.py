"""The link at the end of an e-mail: opening it changes nothing, one press or one click stops all messages."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from conversations.interview import State
from tests.unit.web.conftest import Web
from tests.unit.web.mine import PHONE, Candidate, candidate, counts, open_web


@pytest.fixture
async def web(migrated_file: Path, tmp_path: Path) -> AsyncIterator[Web]:
    async with open_web(tmp_path, migrated_file) as made:
        yield made


async def is_stopped(who: Candidate) -> bool:
    return (await who.town.whose(who.person)).opted_out_at is not None


async def test_one_press_stops_without_a_cookie_and_shows_nothing_personal(web: Web) -> None:
    who = await candidate(web, phone=PHONE)
    page = await who.opens(who.path("stop"))
    assert "Shall I stop sending you messages?" in page.text
    assert not await is_stopped(who)
    page = await who.presses(page, "Yes, stop")
    assert await is_stopped(who)
    assert "I will send you nothing more" in page.text
    assert who.answer is not None
    for told in ("李雷", "Front-end engineer", "24 Nov"):
        assert told not in who.answer.body.decode()
    assert "nothing more" in (await who.opens(who.path("stop"))).text


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (b"application/x-www-form-urlencoded", b"List-Unsubscribe=One-Click"),
        (
            b"multipart/form-data; boundary=b",
            b'--b\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--b--',
        ),
        (b"", b""),
    ],
)
async def test_one_click_of_a_mail_program_is_answered_at_once(web: Web, kind: bytes, body: bytes) -> None:
    who = await candidate(web)
    for _ in range(2):
        answer = await web.ask("POST", who.path("stop"), body, [(b"content-type", kind)])
        assert answer.status == 200
        assert "location" not in answer.headers
    assert await is_stopped(who)
    rows = [row for row in await web.town.rows() if row.kind == "hr.opted_out"]
    assert len(rows) == 1


async def test_scanners_stop_nothing(web: Web) -> None:
    who = await candidate(web)
    before = await counts(web)
    for method in ("GET", "HEAD", "GET"):
        assert (await who.opens(who.path("stop"), method)).status == 200
    assert await counts(web) == before


@pytest.mark.parametrize("state", [State.NO_SHOW, State.COMPLETED, State.CANCELLED])
async def test_one_may_stop_whatever_became_of_the_interview(web: Web, state: State) -> None:
    who = await candidate(web)
    await who.becomes(state=state)
    await who.presses(await who.opens(who.path("stop")), "Yes, stop")
    assert await is_stopped(who)


async def test_who_came_back_can_stop_again(web: Web) -> None:
    who = await candidate(web)
    await who.presses(await who.opens(who.path("stop")), "Yes, stop")
    await who.presses(await who.opens(), "Send me messages again")
    assert not await is_stopped(who)
    await who.presses(await who.opens(who.path("stop")), "Yes, stop")
    assert await is_stopped(who)
