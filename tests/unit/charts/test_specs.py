"""What charts are made of, kept as data: after a change that is meant, GOLDEN=write writes it anew. Look at them!"""

import json
import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.charts.font import BOLD, REGULAR, characters, width
from bot.charts.look import EDGE, LABEL, SMALL, TITLE, WIDTH, distinct, wrapped
from bot.charts.spec import spec_of
from conversations.pictures import TrendPicture, picture_from, plain
from locales.text import Reader, Text, t
from locales.translate import render
from tests.support.pictures import pictures

GOLDEN = Path(__file__).parent.parent.parent / "golden" / "charts"
PICTURES = pictures()
LOCALES = ("zh_Hans", "en")


def reader(locale: str) -> Reader:
    return Reader(locale, "Asia/Shanghai", datetime(2026, 11, 23, 1, tzinfo=UTC))


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("name", PICTURES)
def test_a_chart_is_what_was_looked_at_and_approved(name: str, locale: str) -> None:
    spec = spec_of(PICTURES[name], reader(locale))
    said = {"alt": render(PICTURES[name].alt, reader(locale)), "spec": {**spec, "config": "see look.py"}}
    told = json.dumps(said, ensure_ascii=False, indent=1) + "\n"
    golden = GOLDEN / f"{name}.{locale}.json"
    if os.environ.get("GOLDEN") == "write":
        golden.write_text(told, "utf-8", newline="\n")
    assert told == golden.read_text("utf-8"), "GOLDEN=write writes it anew; then look at the picture"


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_carried_as_plain_json(name: str) -> None:
    assert picture_from(json.loads(json.dumps(plain(PICTURES[name])))) == PICTURES[name]


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("name", PICTURES)
def test_type_is_large_enough_for_a_phone(name: str, locale: str) -> None:
    sizes = set(sizes_in(spec_of(PICTURES[name], reader(locale))))
    assert min(sizes) >= 22
    assert {TITLE, LABEL} <= sizes


def sizes_in(spec: Any) -> Iterator[int]:
    if isinstance(spec, dict):
        for name, value in spec.items():
            if name.lower().endswith("fontsize"):
                yield value
            yield from sizes_in(value)
    elif isinstance(spec, list):
        for one in spec:
            yield from sizes_in(one)


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("name", PICTURES)
def test_nothing_is_written_that_the_font_lacks(name: str, locale: str) -> None:
    known = set(characters(REGULAR)) & set(characters(BOLD)) | set(characters(REGULAR))
    spec = spec_of(PICTURES[name], reader(locale))
    written = "".join(words_in({**spec, "config": {}}))
    assert [sign for sign in written if sign != "\n" and ord(sign) not in known] == []


def words_in(spec: Any) -> Iterator[str]:
    if isinstance(spec, str):
        yield spec
    for one in spec.values() if isinstance(spec, dict) else spec if isinstance(spec, list) else ():
        yield from words_in(one)


def test_a_character_the_font_lacks_shows_as_a_box_and_does_not_vanish() -> None:
    spec = json.dumps(spec_of(PICTURES["groups"], reader("zh_Hans")), ensure_ascii=False)
    assert "猎头□" in spec
    assert "𠮷" not in spec


@pytest.mark.parametrize(
    "text",
    [
        "Most are lost before the step “confirmed”, and it has been so for the whole of the last quarter, sadly",
        "流失最多在“已确认”之前，而且整个上一季度一直如此，请各位同事注意这一点并尽快处理一下这个问题好吗",
        "W" * 200,
        "一二三四五六七八九十" * 9,
    ],
)
def test_a_title_never_runs_out_of_the_picture(text: str) -> None:
    lines = wrapped(text, TITLE, 2, is_bold=True)
    assert len(lines) == 2
    assert all(width(line, is_bold=True) * TITLE <= WIDTH - 2 * EDGE for line in lines)
    assert not re.match("[，。：；]", lines[1])


def test_a_short_text_stays_on_one_line_and_an_empty_one_is_empty() -> None:
    assert wrapped("未参加率 9.8%", TITLE, 2) == ["未参加率 9.8%"]
    assert wrapped("", TITLE, 2) == [""]


def test_bars_with_the_same_name_stay_two_bars() -> None:
    assert distinct(["𠮷", "𠮸", "甲"]) == ["□", "□ (2)", "甲"]


def test_somebodys_words_are_data_and_no_expression() -> None:
    hostile = t("{role}", role='"+datum+"\\\'];window.x=1//<b>&')
    for picture in map(with_words(hostile), PICTURES.values()):
        spec = spec_of(picture, reader("en"))
        assert [found for found in expressions_in(spec) if "window" in found] == []
        assert "window" in json.dumps(spec)


def with_words(words: Text) -> Any:
    def changed(picture: Any) -> Any:
        data = plain(picture)
        data["title"]["params"] = {}
        for row in data.get("bars", data.get("changes", [])):
            row["label"] = plain_text(words)
        return picture_from({**data, "title": plain_text(words)})

    return changed


def plain_text(words: Text) -> dict[str, Any]:
    return {"msgid": words.msgid, "params": dict(words.params), "tag": "text"}


def expressions_in(spec: Any) -> Iterator[str]:
    if isinstance(spec, dict):
        yield from (
            str(spec[name]) for name in ("expr", "test", "labelExpr", "filter", "signal") if name in spec
        )
    for one in spec.values() if isinstance(spec, dict) else spec if isinstance(spec, list) else ():
        yield from expressions_in(one)


def test_a_trend_without_any_known_rate_still_has_its_bars() -> None:
    trend = PICTURES["trend"]
    assert isinstance(trend, TrendPicture)
    data = plain(trend)
    for period in data["periods"]:
        period["is_shown"] = False
    spec = spec_of(picture_from(data), reader("en"))
    assert {row["rate"] for row in spec["data"]["values"]} == {None}
    assert SMALL in set(sizes_in(spec))
