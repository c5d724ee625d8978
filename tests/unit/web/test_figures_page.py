"""What the page of figures shows: to each role its own, narrowed down as asked, useful without its charts too."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import random
import re
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest

from bot.charts.drawing import STUDIO, NotDrawn
from bot.sandbox.pages import Page
from bot.web.hr import drawing
from conversations.identity import Person, Role
from conversations.interview import Case, CaseKind, Outcome
from store import cases, interviews, journal, people
from store.figures import counts as attempts
from tests.support.quarter import DAY
from tests.unit.web.conftest import Web
from tests.unit.web.figures import Browser, a_quarter, before_the_page, link, staff
from tests.unit.web.mine import open_web

TILES = ("No-show rate", "Device check passed", "Recovered after a no-show", "No-show handling time")


@pytest.fixture
async def web(migrated_file: Path, tmp_path: Path) -> AsyncIterator[Web]:
    async with open_web(tmp_path, migrated_file) as made:
        yield made


@pytest.fixture(autouse=True)
def empty(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """Draw nothing into the charts, except where a test wants to see them: it takes seconds."""
    if "drawn" not in request.fixturenames:

        async def draw(specs: Any, form: str) -> list[bytes]:
            return [b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>' for _ in specs]

        monkeypatch.setattr(STUDIO, "draw", draw)


@pytest.fixture
def drawn() -> None:
    """Let the charts be drawn."""


@pytest.fixture
def undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no chart be drawn."""

    async def draw(specs: Any, form: str) -> list[bytes]:
        raise NotDrawn("nobody draws here")

    monkeypatch.setattr(STUDIO, "draw", draw)


def text_of(page: Page) -> str:
    return " ".join(page.text.split())


async def facts(web: Web, days: int = 30, principal: Person | None = None) -> list[Any]:
    now = web.town.clock.now()
    async with web.town.app.db.read() as tx:
        rows = await attempts(tx, now - days * DAY, now, principal=principal)
    return [row.facts for row in rows]


# -- what there is ---------------------------------------------------------------------------------------


async def test_it_says_what_the_database_says(web: Web) -> None:
    await a_quarter(web)
    browser, path = await before_the_page(web, Role.HR)
    page = await browser.opens(path, **{"from": "2026-11-01", "to": "2026-11-22"})
    found = [fact for fact in await facts(web, 25) if 1 <= fact.wall.day <= 22 and fact.wall.month == 11]
    missed, due = sum(f.is_no_show for f in found), sum(f.is_decided for f in found)
    assert f"of the interviews due were missed: {missed} of {due}." in text_of(page)
    for tile in TILES:
        assert tile.lower() in text_of(page).lower()
    assert "Sun 1 Nov to Sun 22 Nov (Asia/Shanghai)" in text_of(page)


async def test_every_chart_has_its_table_and_its_definition(web: Web, undrawn: None) -> None:
    await a_quarter(web, 600)
    browser, path = await before_the_page(web, Role.VIEWER)
    await browser.opens(path, days="last90d")
    html = browser.last.body.decode()
    for name in (
        "trend",
        "heat",
        "reasons",
        "funnel",
        "by-role",
        "by-source",
        "by-candidate_type",
        "by-channel",
    ):
        section = re.search(
            rf'<section class="card plot" aria-labelledby="{name}-of {name}">(.*?)</section>', html, re.S
        )
        assert section is not None, name
        assert "<details open>" in section[1], "nobody draws, so the table is open"
        assert section[1].count("<tr>") > 2
        assert 'scope="row"' in section[1]
        assert "could not be drawn" in section[1]
    assert "Wilson" in html


async def test_the_charts_are_drawn_into_the_page(web: Web, drawn: None) -> None:
    await a_quarter(web)
    browser, path = await before_the_page(web, Role.HR)
    await browser.opens(path)
    html = browser.last.body.decode()
    assert html.count("<svg") == html.count('role="img"') >= 6
    assert "could not be drawn" not in html
    assert "<details open>" not in html
    assert not re.search(r"<svg[^>]*>.*?(style=|href=|url\(|<style|<script).*?</svg>", html, re.S)
    labels = re.findall(r'<svg[^>]*aria-label="([^"]+)"', html)
    assert len(set(labels)) == len(labels)


async def test_what_stands_above_the_charts_does_not_wait_for_them(
    web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    await a_quarter(web)
    browser, path = await before_the_page(web, Role.HR)
    may_go_on, came = asyncio.Event(), []

    async def draw(specs: Any, form: str) -> list[bytes]:
        await may_go_on.wait()
        raise NotDrawn("too late")

    monkeypatch.setattr(STUDIO, "draw", draw)
    headers = browser._headers()

    async def receive() -> Any:
        await may_go_on.wait()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        came.append(message)
        if len(came) == 2:
            assert "Needs a person" in message["body"].decode()
            may_go_on.set()

    scope = {
        "type": "http", "asgi": {"version": "3.0", "spec_version": "2.4"}, "http_version": "1.1", "method": "GET",
        "scheme": "http", "path": path, "raw_path": path.encode(), "query_string": b"", "root_path": "",
        "headers": [(b"host", b"127.0.0.1"), *headers], "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80),
    }  # fmt: skip
    await web.app(scope, receive, send)
    assert len(came) > 2
    assert came[-1] == {"type": "http.response.body", "body": b"", "more_body": False}


async def test_a_page_does_not_wait_for_charts_for_ever(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    await a_quarter(web)
    never = asyncio.Event()

    async def draw(specs: Any, form: str) -> list[bytes]:
        await never.wait()
        return []

    monkeypatch.setattr(STUDIO, "draw", draw)
    monkeypatch.setattr(drawing, "PATIENCE", 0.01)
    browser, path = await before_the_page(web, Role.HR)
    await browser.opens(path)
    assert "could not be drawn" in browser.last.body.decode()
    never.set()


async def test_without_interviews_it_says_so(web: Web) -> None:
    browser, path = await before_the_page(web, Role.HR)
    page = await browser.opens(path)
    assert browser.last.status == 200
    assert "No interview was due in these days. Choose more of them." in text_of(page)
    assert "Nobody is waiting for a person." in text_of(page)


async def test_it_speaks_the_readers_language(web: Web) -> None:
    await a_quarter(web)
    browser, path = await before_the_page(web, Role.HR, locale="zh_Hans")
    page = await browser.opens(path)
    assert page.lang == "zh-Hans"
    assert "面试到场看板" in page.text
    page = await browser.opens(path, lang="en", days="last90d")
    assert page.lang == "en"
    assert "lang=en" in next(to for label, to in page.links.items() if label == "Last 7 days")
    back = page.links["简体中文"]
    assert "days=last90d" in back
    assert "lang=zh_Hans" in back


async def test_days_are_those_of_the_readers_zone(web: Web) -> None:
    browser, path = await before_the_page(web, Role.HR, zone="America/New_York")
    page = await browser.opens(path, **{"from": "2026-11-01"})
    assert "Sun 1 Nov to Sun 22 Nov (America/New_York)" in text_of(page), "it is still Sunday there"


# -- to whom ---------------------------------------------------------------------------------------------


async def test_a_recruiter_sees_their_own(web: Web) -> None:
    one, other = await a_quarter(web)
    path, browser = link(web, await _bound(web, one)), Browser(web)
    page = await browser.comes_in(await browser.opens(path))
    page = await browser.opens(path, days="last90d")
    found = [fact for fact in await facts(web, 90) if fact.recruiter == one.id]
    missed, due = sum(f.is_no_show for f in found), sum(f.is_decided for f in found)
    assert f"missed: {missed} of {due}." in text_of(page)
    assert other.name not in page.text
    await browser.opens(f"{path}/export.json", days="last90d")
    listed = json.loads(browser.last.body)["attempts"]
    assert {row["recruiter"] for row in listed} == {one.name}
    page = await browser.opens(path, recruiter=other.id.hex)
    assert browser.last.status == 422


async def _bound(web: Web, person: Person) -> Person:
    """Return somebody as they are once they came to the bot."""
    from conversations.identity import Address

    async with web.town.app.db.write() as tx:
        await people.bind(tx, person.id, Address("telegram.main", person.id.hex), "1", web.town.clock.now())
        found = await people.get(tx, person.id)
    assert found is not None
    return found


async def test_support_sees_who_needs_a_person_and_no_figures(web: Web) -> None:
    await a_quarter(web)
    await _case(web, CaseKind.TECHNICAL)
    await _case(web, CaseKind.NO_SHOW)
    browser, path = await before_the_page(web, Role.SUPPORT)
    page = await browser.opens(path, days="last90d", job="x", by="y")
    assert browser.last.status == 200
    assert "1 case is open, none is late." in text_of(page)
    assert "technical problem" in text_of(page)
    for word in ("missed", "No-show rate", "Narrow down", "Last 7 days", "Take it away", "%"):
        assert word not in text_of(page), word
    await browser.opens(f"{path}/export.csv")
    assert browser.last.status == 404


async def test_support_adds_nothing_to_what_a_recruiter_sees(web: Web) -> None:
    one, _ = await a_quarter(web)
    both = replace(one, roles=frozenset({Role.RECRUITER, Role.SUPPORT}))
    async with web.town.app.db.write() as tx:
        await people.save(tx, both)
    path, browser = link(web, await _bound(web, both)), Browser(web)
    await browser.comes_in(await browser.opens(path))
    page = await browser.opens(path, days="last90d")
    due = sum(fact.is_decided for fact in await facts(web, 90) if fact.recruiter == one.id)
    assert f" of {due}." in text_of(page)


async def _case(web: Web, kind: CaseKind, name: str = "Li Lei", **known: Any) -> Case:
    whose, _ = await web.town.person(name)
    booked = await web.town.interview(whose, timedelta(hours=-1))
    case = Case(whose.id, 0, kind, booked.id, booked.attempt.id, web.town.clock.now(), **known)
    async with web.town.app.db.write() as tx:
        return await cases.save_case(tx, case)


async def test_who_needs_a_person_stands_there_masked_with_owner_and_deadline(web: Web) -> None:
    await staff(web, Role.HR, name="Somebody")
    case = await _case(web, CaseKind.NO_SHOW, "Anna Smith")
    browser, path = await before_the_page(web, Role.HR)
    page = await browser.opens(path)
    said = text_of(page)
    assert case.label in said
    assert "Anna S., Engineer" in said
    assert "Smith" not in browser.last.body.decode()
    assert "1 case is open, none is late." in said
    web.town.clock.advance(timedelta(hours=3))
    said = text_of(await browser.opens(path))
    assert "1 case is open, 1 is late." in said
    assert "late by" in said


async def test_no_name_and_no_phone_of_a_candidate_is_on_the_page(web: Web) -> None:
    await a_quarter(web)
    browser, path = await before_the_page(web, Role.HR)
    for days in ("last30d", "last90d"):
        await browser.opens(path, days=days)
        html = browser.last.body.decode()
        for secret in ("韩梅梅", "李雷", "欧阳娜娜", "Smith", "1380000"):
            assert secret not in html


# -- narrowed down ---------------------------------------------------------------------------------------


async def test_every_filter_narrows_it_down(web: Web) -> None:
    one, _ = await a_quarter(web)
    browser, path = await before_the_page(web, Role.HR)
    known = await facts(web, 90)
    filters: tuple[tuple[dict[str, str], Callable[[Any], bool]], ...] = (
        ({"job": "产品经理"}, lambda fact: fact.role == "产品经理"),
        ({"source": "校招"}, lambda fact: fact.source == "校招"),
        ({"type": "campus"}, lambda fact: fact.candidate_type == "campus"),
        ({"recruiter": one.id.hex}, lambda fact: fact.recruiter == one.id),
        ({"tag": "校区=北京"}, lambda fact: fact.tags.get("校区") == "北京"),
        ({"tag": "校区=北京", "source": "校招", "job": ""}, lambda fact: fact.tags.get("校区") == "北京"),
    )
    for query, fits in filters:
        page = await browser.opens(path, days="last90d", **query)
        assert browser.last.status == 200
        found = [fact for fact in known if fits(fact)]
        missed, due = sum(f.is_no_show for f in found), sum(f.is_decided for f in found)
        assert f"missed: {missed} of {due}." in text_of(page), query
        await browser.opens(f"{path}/export.json", days="last90d", **query)
        listed = json.loads(browser.last.body)["attempts"]
        assert len(listed) == len(found), query


async def test_any_column_can_split_it(web: Web) -> None:
    await a_quarter(web, 400)
    browser, path = await before_the_page(web, Role.HR)
    page = await browser.opens(path, days="last90d", by="tag:校区")
    assert "No-show rate by 校区" in text_of(page)
    for campus in ("北京", "上海", "深圳"):
        assert campus in text_of(page)
    page = await browser.opens(path, days="last90d", by="lead")
    assert "No-show rate by lead time" in text_of(page)


async def test_groups_of_fewer_than_five_are_hidden(web: Web) -> None:
    await a_quarter(web)
    rare = await _few(web, 4)
    browser, path = await before_the_page(web, Role.HR)
    page = await browser.opens(path, days="last90d")
    tables = browser.last.body.decode().partition('class="plots"')[2]
    assert rare not in tables
    assert "of fewer than 5 interviews is not shown by itself." in text_of(page)
    page = await browser.opens(path, days="last90d", job=rare)
    assert "too few to show without telling about persons" in text_of(page)
    assert "missed:" not in text_of(page)
    assert not re.search(r"\d%", text_of(page))


async def _few(web: Web, n: int) -> str:
    """Store some missed interviews of a job that hardly anybody applies for."""
    for _ in range(n):
        whose, _user = await web.town.person("Rare")
        booked = await web.town.interview(whose, timedelta(hours=-30), role="Astronaut")
        missed = replace(booked.attempt, outcome=Outcome.NO_SHOW, flagged_at=booked.attempt.starts_at)
        async with web.town.app.db.write() as tx:
            await interviews.save(tx, replace(booked, attempt=missed))
    return "Astronaut"


async def test_a_column_of_few_is_no_choice(web: Web) -> None:
    """What is written in a column of one's own may be a person's number."""
    await a_quarter(web)
    whose, _ = await web.town.person("Li Lei")
    await web.town.interview(whose, timedelta(hours=-30), tags={"工号": "10086-secret"})
    browser, path = await before_the_page(web, Role.HR)
    await browser.opens(path, days="last90d")
    assert "10086-secret" not in browser.last.body.decode()
    await browser.opens(path, tag="工号=10086-secret")
    assert browser.last.status == 422


# -- what cannot be --------------------------------------------------------------------------------------

WRONG = (
    ({"from": "2026-02-31"}, "“2026-02-31” is on no calendar. Choose a day, like 2026-11-01."),
    ({"from": "yesterday"}, "“yesterday” is on no calendar."),
    ({"to": "0001-01-01"}, "“0001-01-01” is on no calendar."),
    ({"from": "٢٠٢٦-١١-٠١"}, "is on no calendar."),
    ({"from": "2026-11-20", "to": "2026-11-01"}, "The last day is before the first."),
    ({"from": "2027-01-01"}, "That day has not come yet."),
    ({"from": "2020-01-01"}, "That is more than a year."),
    ({"days": "last9999d"}, "There is no “last9999d” among what can be chosen here."),
    ({"job": "Astronaut"}, "There is no “Astronaut” among what can be chosen here."),
    ({"recruiter": "00"}, "There is no “00” among what can be chosen here."),
    ({"tag": "x"}, "There is no “x” among what can be chosen here."),
    ({"by": "person"}, "There is no “person” among what can be chosen here."),
    ({"job": "=cmd|' /C calc'!A0"}, "There is no “=cmd|' /C calc'!A0”"),
    ({"job": "<img src=x onerror=alert(1)>"}, "There is no “<img src=x onerror=alert(1)>”"),
)


@pytest.mark.parametrize(("query", "line"), WRONG, ids=lambda each: str(each)[:30])
async def test_what_cannot_be_is_said_in_one_line(web: Web, query: dict[str, str], line: str) -> None:
    await a_quarter(web, 30)
    browser, path = await before_the_page(web, Role.HR)
    page = await browser.opens(path, **query)
    assert browser.last.status == 422
    assert any(line in notice for notice in page.notices), page.notices
    assert "missed:" not in text_of(page), "figures of something else would be taken for what was asked"
    assert "Show everything" in page.links
    assert "<img" not in browser.last.body.decode()
    await browser.opens(f"{path}/export.csv", **query)
    assert browser.last.status == 422


async def test_nothing_in_the_address_breaks_it(web: Web) -> None:
    await a_quarter(web, 40)
    browser, path = await before_the_page(web, Role.HR)
    chance = random.Random(20261123)
    keys = (
        "days",
        "from",
        "to",
        "company",
        "job",
        "source",
        "type",
        "recruiter",
        "tag",
        "by",
        "lang",
        "code",
        "state",
        "x",
    )
    values = (
        "", " ", "0", "-1", "last7d", "2026-11-01", "2026-11-31", "9999-12-31", "10000-01-01", "0000-00-00",
        "2026-W01-1", "校招", "campus", "a=b", "tag:x", "tag:", "=", "=1+1", "%00", "\x00", "\ud7ff", "😀" * 50,
        "A" * 3000, "' OR 1=1 --",
        "{{7*7}}", "{x}", "{0}", "%s", "\u202e", "../..", "lead", "hour", "cut", "reason", "zh_Hans", "null", "[]",
    )  # fmt: skip
    for _ in range(120):
        web.town.clock.advance(timedelta(seconds=2))
        pairs = [(chance.choice(keys), chance.choice(values)) for _ in range(chance.randrange(5))]
        below = chance.choice(("", "", "", "/export.csv", "/export.json", "/export.exe", "/x"))
        await _is_answered(web, browser, path + below, urlencode(pairs).encode())
    for raw in (
        b"%",
        b"%zz",
        b"&&&&",
        b"=",
        b"job=%ff%fe",
        b"from=%ED%A0%80",
        b"a" * 9000,
        quote("职位=工程师").encode(),
    ):
        await _is_answered(web, browser, path, raw)


async def _is_answered(web: Web, browser: Browser, path: str, query: bytes) -> None:
    """Ask; whatever stands in the address, it is answered with a page, a file, or a page that says what is wrong."""
    before = len(web.logs)
    answer = await web.ask("GET", path, headers=browser._headers(), query=query)
    assert 200 <= answer.status < 500, (query, web.logs[before:])
    assert all(line["log_level"] == "info" for line in web.logs[before:]), (query, web.logs[before:])
    assert answer.status < 400 or answer.is_for_people


# -- to take away ----------------------------------------------------------------------------------------


async def test_what_is_shown_can_be_taken_away(web: Web) -> None:
    await a_quarter(web)
    browser, path = await before_the_page(web, Role.HR)
    page = await browser.opens(path, days="last90d", source="校招")
    found = [fact for fact in await facts(web, 90) if fact.source == "校招"]
    for form in ("XLSX", "CSV", "JSON"):
        await browser.asks("GET", page.links[form])
        assert browser.last.status == 200
        assert "attachment" in browser.last.headers["content-disposition"]
        if form == "CSV":
            rows = list(csv.reader(io.StringIO(browser.last.body.decode("utf-8-sig"))))
            assert len(rows) == len(found) + 1
        assert "李雷".encode() not in browser.last.body
    async with web.town.app.db.read() as tx:
        entries = [entry for entry in await journal.listing(tx) if entry.action == "export.asked"]
    assert [entry.detail["form"] for entry in entries] == ["json", "csv", "xlsx"]
    assert {entry.detail["whole"] for entry in entries} == {"no"}


async def test_a_file_of_nothing_is_refused_in_one_line(web: Web) -> None:
    browser, path = await before_the_page(web, Role.HR)
    page = await browser.opens(f"{path}/export.xlsx")
    assert browser.last.status == 422
    assert "Nothing began in these days, so there is nothing to take away." in page.notices[0]


async def test_a_file_of_too_much_is_refused_in_one_line(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    await a_quarter(web, 60)
    monkeypatch.setattr("bot.export.loading.MOST", 3)
    browser, path = await before_the_page(web, Role.HR)
    page = await browser.opens(f"{path}/export.csv", days="last90d")
    assert browser.last.status == 422
    assert "too many for one file. Choose fewer days." in page.notices[0]


async def test_a_name_that_is_a_formula_is_harmless(web: Web) -> None:
    whose, _ = await web.town.person("=HYPERLINK(1)")
    await web.town.interview(whose, timedelta(hours=-30), role="=1+1", source="@SUM(A1)")
    browser, path = await before_the_page(web, Role.HR)
    await browser.opens(f"{path}/export.csv")
    cells = [cell for row in csv.reader(io.StringIO(browser.last.body.decode("utf-8-sig"))) for cell in row]
    assert not any(cell.startswith(("=", "@", "+")) for cell in cells)


async def test_a_database_that_is_away_is_a_page_too(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    browser, path = await before_the_page(web, Role.HR)

    async def away(*_: Any) -> Any:
        raise OSError("away")

    monkeypatch.setattr("bot.web.hr.loading.choices", away)
    page = await browser.opens(path)
    assert browser.last.status == 503
    assert "One moment, please" in page.text
