"""Pictures follow the figures that a command told in words; without them the words were told all the same."""

from dataclasses import replace
from typing import Any

import pytest

from bot.charts.drawing import NotDrawn
from bot.charts.job import chart
from bot.jobs import run as run_job
from conversations.book import Book
from conversations.commands import COMMANDS
from conversations.dialogs import DIALOGS
from conversations.effects import Record, Say, Work
from conversations.events import Done
from conversations.figures.overview import Unmatched
from conversations.identity import ToPerson
from conversations.interview import Reason
from conversations.messages import File
from conversations.pictures import picture_from, trend_picture
from locales.text import Reader
from locales.translate import render
from tests.support import figured
from tests.support.figured import LIVE_ON, MISSION, NOW, WEEK, reasons, some
from tests.support.pictures import SCOPE, pictures, trend
from tests.support.staff_scenes import HAN, POLICY, Stage, text_of

BOOK = Book.of(DIALOGS, COMMANDS)
FACTS = (
    *some(30, 15, role="Sales"),
    *some(100, 10, first=2000, role="Java"),
    *(fact for week in range(1, 6) for fact in some(20, 2 + week, NOW - week * WEEK, 4000 + 100 * week)),
    *reasons(*(Reason.TECHNICAL,) * 6),
)


def played(line: str) -> Stage:
    known: dict[str, Any] = {
        "stats": lambda args: figured.stats(FACTS, args, POLICY),
        "reasons": lambda args: figured.why(FACTS, args, POLICY),
        "trend": lambda args: figured.weeks(FACTS) if "job" not in args else Unmatched("job", args["job"]),
        "report": lambda args: figured.compared(MISSION, LIVE_ON),
    }
    stage = Stage(book=BOOK, found=known, policy=replace(POLICY, go_live=LIVE_ON))
    stage.types(line, HAN)
    return stage


def works(stage: Stage) -> list[Work]:
    return [effect for effect in stage.effects if isinstance(effect, Work)]


@pytest.mark.parametrize(
    ("line", "tag"),
    [
        ("trend", "trend"),
        ("reasons last90d", "reasons"),
        ("stats last90d by:role", "groups"),
        ("report", "change"),
    ],
)
def test_figures_come_in_words_at_once_and_as_a_picture_later(line, tag):
    stage = played(line)
    assert len([effect for effect in stage.effects if isinstance(effect, Say)]) == 1
    (work,) = works(stage)
    assert work.kind == "chart"
    assert picture_from(work.args["picture"]).tag == tag
    assert (work.args["locale"], work.args["zone"]) == ("en", "Asia/Shanghai")


@pytest.mark.parametrize(
    "line", ["stats last90d", "stats gibberish", "trend job:nobody", "reasons gibberish"]
)
def test_where_there_is_nothing_to_see_none_is_drawn(line):
    assert works(played(line)) == []


def came_back(result: dict[str, Any]) -> Stage:
    stage = Stage(book=BOOK)
    stage.happens(Done("chart", result), HAN)
    return stage


def test_a_picture_comes_to_whoever_asked_with_its_facts_in_words():
    (work,) = works(played("trend"))
    (say,) = came_back({**work.args, "blob": "sha256:1", "name": "trend.png"}).effects
    assert isinstance(say, Say)
    assert say.to == ToPerson(HAN.id)
    (file,) = say.message.blocks
    assert isinstance(file, File)
    assert (file.blob, file.name, file.media_type) == ("sha256:1", "trend.png", "image/png")
    assert text_of(say.message).startswith("No-show rate ")
    assert file.alt.msgid != say.message.lead.msgid


async def test_a_picture_that_fails_is_written_down_and_nobody_is_bothered(monkeypatch):
    async def fails(specs: Any) -> Any:
        raise NotDrawn("the process that draws charts took longer than 20 s and was ended")

    monkeypatch.setattr("bot.charts.job.STUDIO.draw", fails)
    (work,) = works(played("trend"))
    desk: Any = type("Desk", (), {"clock": type("Clock", (), {"now": lambda self: NOW})()})()
    with pytest.raises(NotDrawn):
        await chart(desk, work.args)
    result = await run_job(desk, "chart", work.args)
    (effect,) = came_back(result).effects
    assert isinstance(effect, Record)
    assert (effect.action, "took longer than 20 s" in effect.detail["why"]) == ("picture.failed", True)


def test_a_trend_begins_with_the_first_interview_and_ends_with_the_last_whole_week():
    weeks = ((0, 0), (0, 0), (3, 20), (0, 0), (2, 20), (1, 2), (1, 20))
    picture = trend_picture(trend(weeks), SCOPE)
    assert picture is not None
    assert [(week.n, week.is_shown) for week in picture.periods] == [
        (20, True),
        (0, False),
        (20, True),
        (2, False),
    ]
    assert trend_picture(trend(((0, 0), (3, 20), (1, 20))), SCOPE) is None


@pytest.mark.parametrize("name", pictures())
@pytest.mark.parametrize("locale", ["en", "zh_Hans"])
def test_title_and_words_tell_what_is_to_be_seen(name, locale):
    picture = pictures()[name]
    reader = Reader(locale, "Asia/Shanghai", NOW)
    title, facts = render(picture.title, reader), render(picture.alt, reader)
    assert facts
    assert facts != title
    assert "{" not in title + facts


@pytest.mark.parametrize("line", ["trend --lang zh_Hans", "export last30d --lang zh_Hans"])
def test_pictures_and_files_come_in_the_language_that_was_asked_for(line):
    stage = played(line)
    (work,) = works(stage)
    assert (work.args["locale"], work.args["language"]) == ("zh_Hans", "zh_Hans")
    stage.happens(
        Done(work.kind, {**work.args, "blob": "sha256:0", "name": "x", "media_type": "text/csv", "rows": 2}),
        HAN,
    )
    brought = stage.effects[-1] if isinstance(stage.effects[-1], Say) else stage.said[-1]
    assert brought.manner.language == "zh_Hans"
