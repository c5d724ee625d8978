"""The page for lists: one browser, HR only, safe from forged forms; its card comes to the chat it was asked in."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from bot.importing.table import LARGEST_FILE
from bot.sandbox.people import Someone
from bot.sandbox.stage import Stage
from bot.sandbox.stories.admin import PICTURE, lines
from bot.sandbox.stories.story import hr, staff, stands

NONCE = re.compile(r'name="nonce" value="([^"]+)"')


@pytest.fixture(params=["telegram", "wecom"])
async def stage(request: pytest.FixtureRequest) -> AsyncIterator[Stage]:
    async with await Stage.open("en", on=(request.param,)) as opened:
        yield opened


@pytest.fixture
async def browser() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(trust_env=False) as client:
        yield client


async def link(stage: Stage, who: Someone) -> str:
    """Ask for the page in the chat, and return its address."""
    await stage.says(who, "import")
    return next(url for url in stage.newest(who).opens.values() if "/upload/" in url)


async def comes_in(browser: httpx.AsyncClient, url: str) -> str:
    """Open the page in this browser, and return the nonce of its form."""
    first = await browser.get(url)
    assert first.status_code == 200
    inside = await browser.post(url, data={"nonce": nonce(first)}, follow_redirects=True)
    assert 'type="file"' in inside.text
    return nonce(inside)


def nonce(page: httpx.Response) -> str:
    found = NONCE.search(page.text)
    assert found is not None
    return found[1]


def file(data: bytes, name: str = "list.csv") -> dict[str, Any]:
    return {"file": (name, data, "text/csv")}


async def test_a_list_is_looked_at_on_the_page_and_taken_in_from_the_chat(
    stage: Stage, browser: httpx.AsyncClient
) -> None:
    team = await hr(stage)
    url = await link(stage, team)
    data = lines(stage, "Li Lei", "Zhang San").encode()
    page = await browser.post(url, data={"nonce": await comes_in(browser, url)}, files=file(data))
    assert page.status_code == 200
    assert "1 new and 1 left out" in page.text
    assert "138 is no phone number" in page.text
    assert await stage.operations.list({}) == []
    await stage.settle()
    stage.saw(team, "1 new and 1 left out", last=True)
    await stage.picks(team, "apply")
    await stands(stage, "scheduled", "A-1")


async def test_another_browser_is_kept_out(stage: Stage, browser: httpx.AsyncClient) -> None:
    team = await hr(stage)
    url = await link(stage, team)
    good = await comes_in(browser, url)
    async with httpx.AsyncClient(trust_env=False) as other:
        assert (await other.get(url)).status_code == 403
        sent = await other.post(url, data={"nonce": good}, files=file(lines(stage, "Li Lei").encode()))
        assert sent.status_code == 403
    assert await stage.operations.list({}) == []


async def test_a_forged_form_does_nothing(stage: Stage, browser: httpx.AsyncClient) -> None:
    team = await hr(stage)
    url = await link(stage, team)
    assert (await browser.post(url, data={"nonce": "made.up"})).status_code == 403
    await comes_in(browser, url)
    for given in ({}, {"nonce": "made.up"}):
        sent = await browser.post(url, data=given, files=file(lines(stage, "Li Lei").encode()))
        assert sent.status_code == 403
    count = len(team.chat)
    await stage.settle()
    assert len(team.chat) == count


async def test_whoever_is_no_longer_hr_is_kept_out(stage: Stage, browser: httpx.AsyncClient) -> None:
    admin = await staff(stage, "Zhao Min", "admin")
    team = await hr(stage)
    url = await link(stage, team)
    good = await comes_in(browser, url)
    await stage.says(admin, "role revoke “Wang Fang, HR” hr")
    assert (await browser.get(url)).status_code == 403
    assert (await browser.post(url, data={"nonce": good}, files=file(b"x"))).status_code == 403


async def test_what_is_no_list_is_said_in_one_line(stage: Stage, browser: httpx.AsyncClient) -> None:
    team = await hr(stage)
    url = await link(stage, team)
    good = await comes_in(browser, url)

    async def says(data: bytes, words: str, status: int) -> None:
        page = await browser.post(url, data={"nonce": good}, files=file(data))
        assert (page.status_code, words in page.text) == (status, True), page.text

    await says(PICTURE, "list.csv is a picture", 400)
    await says(b"nothing here, really", "headings", 400)
    await says(b"", "No file was chosen", 400)
    await says(b"," * (LARGEST_FILE + 70_000), "larger than 20 MB", 413)
    page = await browser.post(url, content=b"--x\r\nbroken", headers={"content-type": "multipart/form-data"})
    assert page.status_code == 400
    count = len(team.chat)
    await stage.settle()
    assert len(team.chat) == count


async def test_the_link_ends_with_the_day(stage: Stage, browser: httpx.AsyncClient) -> None:
    team = await hr(stage)
    url = await link(stage, team)
    stage.clock.set(stage.clock.now().replace(hour=23))
    page = await browser.get(url)
    assert page.status_code == 404
    assert "type “import”" in page.text
