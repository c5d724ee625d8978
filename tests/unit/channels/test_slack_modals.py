"""Forms as modals: within Slack's limits, carrying what they carry, and read back whatever comes."""

import json
from typing import Any

import pytest

from bot.sandbox.slack.blocks import checked_view
from channels.base import Malformed
from channels.slack.modals import TooLarge, make_errors, make_view, read_submission
from conversations.events import Event, Pressed
from conversations.messages import Field, Form
from tests.support.samples import NOW, data, reader, words

EVENT = Event("1", "slack.main", NOW, Pressed("v"), "slack.main", "U1", "D1")
FORM = Form(
    "move",
    words("改时间" * 20, "Move it " * 20),
    (
        Field("day", words("日期", "Day"), "date", initial="2026-11-25"),
        Field("time", words("时间", "Time"), "time", is_required=False, initial="14:30"),
        Field(
            "why",
            words("原因", "Why"),
            "choice",
            (("a", words("甲", "A")), ("b", data("长" * 200))),
            initial="b",
        ),
        Field("name", data("<b> & *x*"), "text", initial="x" * 900, max_length=20),
        Field("note", words("说明", "Note"), "long", max_length=99_999),
    ),
    words("提交" * 20, "Send"),
    {"session": "s", "turn": "3"},
)


def view_of(form: Form = FORM, event: Event = EVENT) -> dict[str, Any]:
    return make_view(form, event, reader())


def element(name: str) -> dict[str, Any]:
    (block,) = [block for block in view_of()["blocks"] if block["block_id"] == name]
    return dict(block["element"])


@pytest.mark.parametrize("locale", ["zh_Hans", "en"])
def test_a_form_is_a_modal_that_slack_takes(locale: str) -> None:
    view = make_view(FORM, EVENT, reader(locale))
    assert checked_view(view, ["modal"])["callback_id"] == "move"
    assert all(len(view[name]["text"]) <= 24 for name in ("title", "submit", "close"))
    assert [block["optional"] for block in view["blocks"]] == [False, True, False, False, False]


def test_each_kind_of_field_has_its_element() -> None:
    assert element("day") == {"type": "datepicker", "initial_date": "2026-11-25", "action_id": "day"}
    assert element("time")["timezone"] == "Asia/Shanghai"
    assert element("time")["initial_time"] == "14:30"
    assert element("why")["initial_option"] == element("why")["options"][1]
    assert len(element("why")["options"][1]["text"]["text"]) == 75
    assert element("name") == {
        "type": "plain_text_input",
        "multiline": False,
        "max_length": 20,
        "initial_value": "x" * 20,
        "action_id": "name",
    }
    assert (element("note")["multiline"], element("note")["max_length"]) == (True, 3000)


def test_what_slack_would_refuse_is_left_out() -> None:
    fields = (
        Field("day", words("日期", "Day"), "date", initial="tomorrow"),
        Field("time", words("时间", "Time"), "time", initial="2 pm"),
        Field("why", words("原因", "Why"), "choice", (), initial="a"),
        Field("many", words("多", "Many"), "choice", tuple((str(n), data(str(n))) for n in range(300))),
    )
    view = view_of(Form("odd", words("怪", "Odd"), fields, words("好", "OK")))
    elements = [block["element"] for block in checked_view(view, ["modal"])["blocks"]]
    assert "initial_date" not in elements[0]
    assert "initial_time" not in elements[1]
    assert elements[2]["type"] == "plain_text_input"
    assert len(elements[3]["options"]) == 100


def test_what_does_not_fit_is_said_aloud() -> None:
    with pytest.raises(TooLarge, match="move"):
        view_of(Form("move", words("改", "Move"), (), words("好", "OK"), {"x": "y" * 3000}))


def test_what_is_wrong_stands_below_its_field() -> None:
    assert make_errors({"day": words("已过", "Past")}, reader()) == {"day": "已过"}


def submitted(state: object, **more: object) -> dict[str, object]:
    kept = json.dumps({"carried": {"session": "s"}, "chat": "D1", "is_private": True})
    return {
        "callback_id": "move",
        "private_metadata": kept,
        "state": {"values": state} if isinstance(state, dict) else state,
        **more,
    }


def test_what_was_filled_in_comes_back_by_field() -> None:
    filled = read_submission(
        submitted(
            {
                "day": {"day": {"type": "datepicker", "selected_date": "2026-11-25"}},
                "time": {"time": {"type": "timepicker", "selected_time": None}},
                "why": {"why": {"type": "static_select", "selected_option": {"value": "b", "text": {}}}},
                "name": {"name": {"type": "plain_text_input", "value": "李雷\r\n2"}},
            }
        )
    )
    assert filled.values == {"day": "2026-11-25", "time": "", "why": "b", "name": "李雷\n2"}
    assert (filled.name, filled.carried, filled.chat, filled.is_private) == (
        "move",
        {"session": "s"},
        "D1",
        True,
    )


def test_a_view_remembers_where_it_was_opened() -> None:
    event = Event(
        "1", "slack.main", NOW, Pressed("v"), "slack.main", "U1", "C1", is_private=False, thread="3.0"
    )
    view = {**view_of(event=event), "state": {"values": {}}}
    filled = read_submission(view)
    assert (filled.chat, filled.is_private, filled.thread) == ("C1", False, "3.0")
    assert filled.carried == FORM.carried


@pytest.mark.parametrize(
    "view",
    [
        {},
        submitted({}, callback_id=None),
        submitted({}, callback_id=""),
        submitted({}, callback_id="x" * 300),
        submitted(None),
        submitted([]),
        submitted({str(n): {"x": {}} for n in range(101)}),
        submitted({"a": None}),
        submitted({"a": {}}),
        submitted({"a": {"x": {}, "y": {}}}),
        submitted({"a": {"x": "value"}}),
        submitted({"a": {"x": {"value": 5}}}),
        submitted({"a": {"x": {"value": "x" * 3001}}}),
        submitted({"a": {"x": {"selected_option": {"value": []}}}}),
        submitted({}, private_metadata=None),
        submitted({}, private_metadata="x" * 3001),
        submitted({}, private_metadata="{"),
        submitted({}, private_metadata="[" * 40),
        submitted({}, private_metadata="[]"),
        submitted({}, private_metadata='{"carried": []}'),
        submitted({}, private_metadata='{"carried": {"session": 5}}'),
    ],
)
def test_views_that_make_no_sense_are_malformed(view: dict[str, object]) -> None:
    with pytest.raises(Malformed):
        read_submission(view)


def test_a_view_that_carried_nothing_is_no_error() -> None:
    filled = read_submission(submitted({}, private_metadata=""))
    assert (filled.carried, filled.chat, filled.is_private) == ({}, None, True)
