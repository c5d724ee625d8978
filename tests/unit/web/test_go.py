"""The interview's own link: opening it changes nothing, entering is noted as evidence and leads on."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from conversations.interview import Interview, State
from store import interviews
from tests.unit.web.conftest import Web

HOUR = timedelta(hours=1)


async def ready(web: Web, **values: Any) -> tuple[Interview, str]:
    """Return an interview, and the path of its candidate's link."""
    who, _ = await web.town.person()
    interview = await web.town.interview(who, **values)
    url = web.town.app.links.page("go", interview.id, web.town.clock.now() + 14 * HOUR)
    return interview, "/go/" + url.rpartition("/")[2]


async def entered(web: Web) -> list[Any]:
    await web.town.pumps.handle_waiting()
    return web.town.back("opened")


async def test_opening_shows_when_it_is_and_changes_nothing(web: Web) -> None:
    interview, path = await ready(web)
    page = await web.ask("GET", path)
    for _ in range(3):
        page = await web.ask("GET", path)
        assert page.status == 200
        assert "Engineer" in page.body.decode()
        assert interview.attempt.join not in page.body.decode()
    assert await entered(web) == []
    async with web.town.app.db.read() as tx:
        assert await interviews.get(tx, interview.id) == interview
    assert page.is_for_people
    assert page.headers["referrer-policy"] == "no-referrer"


async def test_entering_is_noted_once_a_minute_and_leads_on(web: Web) -> None:
    interview, path = await ready(web)
    for _ in range(3):
        answer = await web.ask("POST", path)
        assert (answer.status, answer.headers["location"]) == (303, "https://meet.example/1")
    assert [(body.page, body.interview) for body in await entered(web)] == [("entered", interview.id)]
    web.town.clock.advance(timedelta(minutes=1))
    await web.ask("POST", path)
    assert len(await entered(web)) == 2


@pytest.mark.parametrize("state", [State.CANCELLED, State.WITHDRAWN, State.COMPLETED])
async def test_an_interview_that_is_over_is_not_entered(web: Web, state: State) -> None:
    interview, path = await ready(web)
    async with web.town.app.db.write() as tx:
        await interviews.save(tx, replace(interview, state=state))
    assert (await web.ask("GET", path)).status == 200
    answer = await web.ask("POST", path)
    assert "location" not in answer.headers
    assert await entered(web) == []


async def test_a_meeting_without_an_address_shows_how_to_join(web: Web) -> None:
    interview, path = await ready(web)
    number = replace(interview.attempt, join='Meeting <b>123</b> "456"')
    async with web.town.app.db.write() as tx:
        await interviews.save(tx, replace(interview, attempt=number))
    page = await web.ask("GET", path)
    assert "Meeting &lt;b&gt;123" in page.body.decode()
    assert (await web.refused("POST", path)).status == 404


async def test_a_link_ends(web: Web) -> None:
    _, path = await ready(web)
    web.town.clock.advance(15 * HOUR)
    for method in ("GET", "POST"):
        assert (await web.refused(method, path)).status == 404
    assert await entered(web) == []


async def test_a_link_for_nothing_is_refused(web: Web) -> None:
    who, _ = await web.town.person()
    url = web.town.app.links.page("go", who.id, web.town.clock.now() + HOUR)
    for method in ("GET", "POST"):
        assert (await web.refused(method, "/go/" + url.rpartition("/")[2])).status == 404


@pytest.mark.parametrize("end", ["x", ".", "%00", "\n", "é"])
async def test_a_changed_link_is_refused(web: Web, end: str) -> None:
    _, path = await ready(web)
    for changed in (path + end, path[:-1], path[:5] + end + path[6:], path.upper()):
        for method in ("GET", "POST"):
            assert (await web.refused(method, changed)).status in (404, 405)


@pytest.mark.parametrize(
    "language", [b"zh-CN,zh;q=0.9", b"en", b"de", b"", b"*", b"\xff\xfe", b"zh_Hans_CN_x" * 999]
)
async def test_the_page_is_in_a_language_there_is(web: Web, language: bytes) -> None:
    _, path = await ready(web)
    page = await web.ask("GET", path, headers=[(b"accept-language", language)])
    assert page.status == 200


async def test_a_body_too_large_changes_nothing(web: Web) -> None:
    _, path = await ready(web)
    assert (await web.refused("POST", path, b"x" * 300_000)).status == 413
    assert await entered(web) == []
