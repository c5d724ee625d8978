"""`config`: read from what is typed, looked at before it is done, by administrators only."""

from typing import Any

import pytest

from conversations.book import Book
from conversations.commands import COMMANDS
from conversations.commands.config import read
from conversations.configured import Changed, Compared, Configured, Refused, Setting, Version, refused_plain
from conversations.dialogs import DIALOGS
from conversations.effects import Say, Work
from conversations.events import Done
from conversations.grammar import BadLine
from conversations.identity import Role, ToTeam
from locales.text import Text
from tests.support.staff_scenes import ADA, HAN, NOW, RUI, Stage, text_of

BOOK = Book.of(DIALOGS, COMMANDS)
PREVIEW = {
    "do": "look", "key": "grace", "value": "15m", "company": "", "role": "", "version": 0, "is_dry": False,
    "is_sure": False, "person": str(ADA.id), "base": 3, "changes": [["policy.grace", "10m", "15m"]], "plan": [1, 2, 0],
}  # fmt: skip


def stage(**found: Any) -> Stage:
    return Stage(book=BOOK, found=found)


def works(played: Stage) -> list[dict[str, Any]]:
    return [dict(effect.args) for effect in played.effects if isinstance(effect, Work)]


@pytest.mark.parametrize(
    ("typed", "verb", "key", "value"),
    [
        ("", "get", "", None),
        ("get grace", "get", "grace", None),
        ("set grace 15m", "set", "grace", "15m"),
        ("set grace=15m", "set", "grace", "15m"),
        ("设置 quiet_hours 22:00-08:00", "set", "quiet_hours", "22:00-08:00"),
        ('set companies."Acme Ltd".grace 5m', "set", 'companies."Acme Ltd".grace', "5m"),
        ("set what_next 三天内: 答复您", "set", "what_next", "三天内: 答复您"),
        ("unset grace", "unset", "grace", None),
    ],
)
def test_what_is_typed_is_taken_apart(typed, verb, key, value):
    wanted = read(typed)
    assert (wanted.verb, wanted.key, wanted.value) == (verb, key, value)


def test_flags_company_and_job_stand_anywhere():
    wanted = read('set grace company:"Acme Ltd" job:前端 15m --dry-run --yes')
    assert (wanted.key, wanted.value, wanted.company, wanted.role) == ("grace", "15m", "Acme Ltd", "前端")
    assert wanted.is_dry
    assert wanted.is_sure


@pytest.mark.parametrize(
    "typed", ["set", "set grace", "unset", "back", "back x", "back 0", "diff soon", "burn it"]
)
def test_what_cannot_be_read_is_refused_in_one_line(typed):
    with pytest.raises(BadLine):
        read(typed)
    played = stage()
    message = played.types(f"config {typed}", ADA)
    assert message is not None
    assert message.kind == "command.config"
    assert works(played) == []


def test_a_change_is_slow_work_that_looks_first():
    played = stage()
    played.types("config set grace 15m --dry-run", ADA)
    (asked,) = works(played)
    assert (asked["do"], asked["key"], asked["value"], asked["is_dry"]) == ("look", "grace", "15m", True)
    assert asked["person"] == str(ADA.id)


def test_a_value_keeps_the_commas_it_was_typed_with():
    played = stage()
    played.types("配置 设置 what_next 三天内，我们答复您。（工作日）", ADA)
    assert works(played)[0]["value"] == "三天内，我们答复您。（工作日）"


def test_hr_may_look_and_not_change():
    played = stage(config=Configured((Setting("policy.grace", "10m"),), 1))
    for line in ("set grace 15m", "unset grace", "back 1"):
        message = played.types(f"config {line}", HAN)
        assert message is not None
        assert "Only administrators" in text_of(message)
    assert works(played) == []
    message = played.types("config get", HAN)
    assert message is not None
    assert "policy.grace = 10m" in text_of(message)
    message = played.types("config get", RUI)
    assert message is not None
    assert message.kind == "notice.not_allowed"


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        (Setting("policy.grace", "10m", "default"), "default"),
        (Setting("policy.grace", "10m", "environment", "TURNOUT_POLICY__GRACE"), "TURNOUT_POLICY__GRACE"),
        (Setting("companies.X.grace", "10m", "set", "policy.grace"), "It comes from policy.grace"),
    ],
)
def test_a_key_is_told_with_where_it_comes_from(setting, words):
    message = stage(config=Configured((setting,), 1)).types("config get grace", ADA)
    assert message is not None
    assert words in text_of(message)


def test_an_unknown_key_is_told_with_the_one_that_is_near():
    message = stage(config=Configured((), 1, "grace")).types("config get gracee", ADA)
    assert message is not None
    assert "config get grace?" in text_of(message)


def test_a_long_list_has_pages():
    settings = tuple(Setting(f"policy.k{n}", str(n)) for n in range(25))
    played = stage(config=Configured(settings, 1))
    first = played.types("config get", ADA)
    last = played.types("config get +3", ADA)
    assert first is not None
    assert last is not None
    assert "15 more: config get +2" in text_of(first)
    assert "policy.k24" in text_of(last)


def test_versions_and_differences_are_told():
    versions = (Version(2, NOW, "Ada", ("policy.grace",)), Version(1, NOW, "file"))
    message = stage(config_versions=versions).types("config list", ADA)
    assert message is not None
    assert "by Ada: policy.grace" in text_of(message)
    assert "by the file" in text_of(message)
    compared = Compared(1, 2, (Changed("policy.grace", None, "15m"),))
    message = stage(config_diff=compared).types("config diff 1", ADA)
    assert message is not None
    assert "policy.grace: not set → 15m" in text_of(message)
    message = stage(config_diff=Compared(0, 2)).types("config diff 7", ADA)
    assert message is not None
    assert "no version 7" in text_of(message)


def test_a_change_is_asked_about_with_the_plan_and_applied_from_that_version():
    played = stage()
    played.happens(Done("config", PREVIEW), ADA)
    shown = played.said[-1].message
    assert "policy.grace: 10m → 15m" in text_of(shown)
    assert "+1 −0, 2 would move" in text_of(shown)
    assert [press.action for press in shown.presses] == ["yes", "no"]
    played.presses(played.session(f"person:{ADA.id}", "config"), "yes", ADA)
    asked = works(played)[-1]
    assert (asked["do"], asked["base"], asked["key"], asked["value"]) == ("apply", 3, "grace", "15m")


def test_a_preview_asks_nothing_and_yes_beforehand_does_it():
    played = stage()
    played.happens(Done("config", {**PREVIEW, "is_dry": True}), ADA)
    assert played.said[-1].message.presses == ()
    played.happens(Done("config", {**PREVIEW, "is_sure": True}), ADA)
    assert works(played)[-1]["do"] == "apply"


def refused(key: str) -> Refused:
    return Refused(key, Text("is a table"), Text("name one key in it"))


@pytest.mark.parametrize(
    ("result", "words"),
    [
        (
            {"problems": refused_plain([refused("policy.a"), refused("policy.b")])},
            "2 things are wrong",
        ),
        ({"unknown_version": 9}, "no version 9"),
        ({"is_stale": True}, "Somebody else"),
        ({"error": "x"}, "try again"),
        ({"changes": [], "plan": [0, 0, 0]}, "so already"),
    ],
)
def test_what_stands_against_it_is_told(result, words):
    played = stage()
    played.happens(Done("config", {**PREVIEW, **result}), ADA)
    assert words in text_of(played.said[-1].message)
    assert works(played) == []


def test_whoever_is_no_administrator_any_more_changes_nothing():
    played = stage()
    played.happens(Done("config", {**PREVIEW, "is_sure": True}), HAN)
    assert works(played) == []
    assert played.said == []


def test_a_file_that_differs_is_told_to_the_administrators_with_both_ways_out():
    played = stage()
    played.happens(Done("file_differs", {"version": 2, "keys": ["policy.grace"], "misfits": []}))
    say = next(effect for effect in played.effects if isinstance(effect, Say))
    assert say.to == ToTeam(Role.ADMIN.value)
    assert "turnout config take-file" in text_of(say.message)
    assert "turnout config print" in text_of(say.message)
    played.happens(
        Done("file_differs", {"version": 2, "keys": [], "misfits": refused_plain([refused("policy.x")])})
    )
    assert "does not fit" in text_of(played.said[-1].message)
