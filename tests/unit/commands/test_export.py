"""`export`: what is asked of the slow work, what is refused with the remedy, and what comes back."""

from typing import Any

import pytest

from conversations.book import Book
from conversations.commands import COMMANDS
from conversations.dialogs import DIALOGS
from conversations.effects import Record, Say, Work
from conversations.events import Done
from conversations.identity import ToPerson
from conversations.messages import File
from tests.support.staff_scenes import ADA, HAN, NOW, RUI, SAM, VERA, Stage, text_of

BOOK = Book.of(DIALOGS, COMMANDS)


def typed(line: str, by: Any = HAN, **found: Any) -> Stage:
    played = Stage(book=BOOK, found={"gives_files": True, "pages": True, **found})
    played.types(line, by)
    return played


def work(played: Stage) -> dict[str, Any]:
    (found,) = [effect for effect in played.effects if isinstance(effect, Work)]
    assert found.kind == "export"
    return dict(found.args)


def records(played: Stage) -> list[Record]:
    return [effect for effect in played.effects if isinstance(effect, Record)]


def came_back(result: dict[str, Any], by: Any = HAN) -> Stage:
    played = Stage(book=BOOK)
    asked = {"when": "last30d", "pairs": {}, "form": "xlsx", "is_whole": False}
    played.happens(Done("export", {**asked, **result}), by)
    return played


def test_the_usual_export_is_thirty_days_as_a_spreadsheet_without_whole_names():
    asked = work(typed("export"))
    assert (asked["form"], asked["is_whole"], asked["when"], asked["pairs"]) == ("xlsx", False, "last30d", {})
    assert asked["until"] == NOW.isoformat()
    assert asked["person"] == str(HAN.id)
    assert (asked["locale"], asked["zone"]) == ("en", "Asia/Shanghai")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("export last7d --csv", {"when": "last7d", "form": "csv"}),
        ("导出 2026-11 --json", {"when": "2026-11", "form": "json"}),
        ("导出 --CSV", {"form": "csv"}),
        ("export source:校招 state:未参加", {"pairs": {"source": "校招", "state": "no_show"}}),
        ("export last7d --xlsx --whole", {"is_whole": True}),
        ("ｅｘｐｏｒｔ　last7d　－－csv", {"when": "last7d", "form": "csv"}),
    ],
)
def test_days_selectors_and_forms_in_any_width(line, expected):
    assert expected.items() <= work(typed(line)).items()


@pytest.mark.parametrize("by", [HAN, RUI, VERA, ADA])
def test_whoever_counts_may_export(by):
    assert work(typed("export", by))["person"] == str(by.id)


def test_support_may_not():
    played = typed("export", SAM)
    assert [effect for effect in played.effects if isinstance(effect, Work)] == []


@pytest.mark.parametrize("by", [RUI, VERA])
def test_whole_names_are_for_hr_and_the_way_on_is_told(by):
    played = typed("export --whole", by)
    assert [effect for effect in played.effects if isinstance(effect, Work)] == []
    assert "Without --whole" in text_of(played.said[-1].message)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("export yesterweek", "I cannot read “yesterweek” as days."),
        ("export last7d --pdf", "--pdf means nothing here."),
        ("export state:gone", "“state:gone” is none I know."),
        ("export by:source", "“by:” means nothing here."),
    ],
)
def test_what_cannot_be_read_is_refused_with_examples(line, why):
    played = typed(line)
    assert [effect for effect in played.effects if isinstance(effect, Work)] == []
    told = text_of(played.said[-1].message)
    assert told.startswith(why)
    assert "export last30d" in told


@pytest.mark.parametrize(("pages", "way"), [(True, "on your page"), (False, "on another platform")])
def test_where_no_file_can_come_the_way_to_it_is_told_and_none_is_made(pages, way):
    played = typed("export last7d", gives_files=False, pages=pages)
    assert not [effect for effect in played.effects if isinstance(effect, Work)]
    assert "cannot send files" in text_of(played.said[-1].message)
    assert way in text_of(played.said[-1].message)
    assert bool(played.said[-1].message.actions) == pages


def test_asking_and_getting_are_written_down_without_personal_detail():
    (asked,) = records(typed("export last7d --csv --whole"))
    detail = {"days": "last7d", "form": "csv", "whole": "yes"}
    assert asked == Record("export.asked", f"person:{HAN.id}", f"person:{HAN.id}", detail)
    made = {"blob": "sha256:1", "name": "x.xlsx", "media_type": "application/json", "rows": 3}
    (got,) = records(came_back(made))
    assert (got.action, got.detail["rows"], got.detail["whole"]) == ("export.made", "3", "no")


def test_the_file_comes_to_whoever_asked():
    made = {"blob": "sha256:1", "name": "interviews.xlsx", "media_type": "text/csv", "rows": 3}
    (say,) = [effect for effect in came_back(made).effects if isinstance(effect, Say)]
    assert say.to == ToPerson(HAN.id)
    (file,) = [block for block in say.message.blocks if isinstance(block, File)]
    assert (file.blob, file.name, file.media_type) == ("sha256:1", "interviews.xlsx", "text/csv")
    assert text_of(say.message).startswith("Here is the list: 3 appointments.")


def test_a_list_in_parts_says_so_and_brings_each():
    files = [{"blob": f"sha256:{n}", "name": f"interviews-{n}-of-3.json"} for n in (1, 2, 3)]
    made = {**files[0], "files": files, "media_type": "application/json", "rows": 40_000}
    says = [effect for effect in came_back(made).effects if isinstance(effect, Say)]
    assert [text_of(say.message).splitlines()[0] for say in says] == [
        "Here is the list: 40000 appointments, in 3 parts.",
        "Part 2 of 3",
        "Part 3 of 3",
    ]
    sent = [block for say in says for block in say.message.blocks if isinstance(block, File)]
    assert [file.name for file in sent] == [file["name"] for file in files]


@pytest.mark.parametrize(
    ("result", "said"),
    [
        ({"rows": 0}, "There is nothing to export for last30d source:fair."),
        ({"most": 50_000}, "That is more than 50000 appointments"),
        ({"error": "OSError: secret detail"}, "The list could not be made."),
    ],
)
def test_what_stands_against_it_is_one_line_with_the_remedy(result, said):
    played = came_back({**result, "pairs": {"source": "fair"}})
    (say,) = [effect for effect in played.effects if isinstance(effect, Say)]
    assert say.message.kind == "export"
    told = text_of(say.message)
    assert told.startswith(said)
    assert len(told.splitlines()) >= 2
    assert "secret" not in told
    assert records(played) == []


def test_future_days_are_not_exported():
    asked = work(typed("export today"))
    assert asked["until"] == NOW.isoformat()
