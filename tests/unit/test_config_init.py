"""`turnout init`: seven questions at most, and a file that loads as it stands."""

import re
import stat
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.init import (
    GENERAL,
    PRESETS,
    QUESTIONS,
    Answers,
    ask,
    language,
    plan_init,
    read_preset,
    write,
)
from bot.settings import BadConfig, Policies, describe, load, missing_elements, read
from bot.settings.keys import SECTIONS
from bot.settings.toml import literal
from tests.unit.test_config_bad import TOKEN

SLACK_TOKENS = "xapp-1-A0-1-abcdef xoxb-1-2-abcdefghij"
GIVEN = {"company": "星云", "phone": "400-820-8820", "token": TOKEN}
EVERY = (*PRESETS, GENERAL)


def text_of(preset: str, **given: str) -> str:
    return plan_init(ask({**GIVEN, **given}, preset))


def policies_of(text: str) -> Policies:
    return read(text, {}, Path("/nowhere")).policies


@pytest.mark.parametrize("preset", EVERY)
@pytest.mark.parametrize("token", [TOKEN, SLACK_TOKENS, ""])
@pytest.mark.parametrize("languages", ["zh_Hans, en", "en", "zh"])
def test_every_preset_loads_clean(tmp_path, preset, token, languages):
    path = tmp_path / "turnout.toml"
    write(path, text_of(preset, token=token, languages=languages))
    settings = load(path, {})
    assert [each.key for each in settings.warnings] == ([] if token else ["channels"])
    policy = settings.policies.default
    assert missing_elements(policy) == []
    assert policy.company == "星云"
    assert any(rung.delivery == "all" for rung in policy.rungs)


def test_presets_differ_where_people_do():
    rungs = {
        preset: [(rung.name, rung.delivery) for rung in policies_of(text_of(preset)).default.rungs]
        for preset in EVERY
    }
    assert rungs == {
        "retail": [("day-before", "fallback"), ("half-hour", "all")],
        "campus": [("three-days", "all"), ("day-before", "fallback"), ("hour-before", "fallback")],
        "tech": [("day-before", "all"), ("hour-before", "fallback")],
        "manufacturing": [("day-before", "all"), ("two-hours", "fallback"), ("half-hour", "fallback")],
        "general": [("24h", "all"), ("1h", "fallback"), ("30m", "fallback")],
    }
    assert not policies_of(text_of("retail")).default.formal
    assert policies_of(text_of("tech")).default.formal


def test_a_channel_not_set_up_yet_is_shown_and_not_used():
    text = text_of("tech")
    assert '# once [channels.email.main] is set up:\n# channels = ["email", "telegram"]' in text
    uncommented = text.replace('# channels = ["', 'channels = ["')
    with pytest.raises(BadConfig, match='"email" has no account'):
        read(uncommented, {}, Path("/nowhere"))


@pytest.mark.parametrize("preset", EVERY)
def test_every_key_is_there_and_explained(preset):
    text = text_of(preset)
    for section, known in SECTIONS.items():
        for key in known:
            if key.name == "rungs":
                continue
            lines = text.splitlines()
            written = [n for n, line in enumerate(lines) if re.match(rf"(# )?{key.name} = ", line)]
            assert written, f"{section}.{key.name}"
            assert any(lines[n - 1].startswith("# ") for n in written)


def test_the_defaults_shown_are_the_defaults():
    text = text_of("general")
    on = re.sub(
        r"^# \[channels\..*\n(?:#.*\n)*", "", text.partition("# What differs for a role")[0], flags=re.M
    )
    shown = re.sub(r'^# (\w+ = (?!"…"))', r"\1", on, flags=re.MULTILINE)
    assert shown.count("\n# ") < text.count("\n# ") - 30

    def told(text: str) -> Any:
        return describe(read(text, {}, Path("/nowhere")))

    assert told(shown) == told(text)


def test_the_example_at_the_end_is_right():
    text = text_of("general")
    head, mark, tail = text.partition("#\n# [policy.roles.")
    example = re.sub(r"^# ?", "", f"# [policy.roles.{tail}", flags=re.MULTILINE)
    assert mark
    policies = policies_of(f"{head}\n{example}")
    assert policies.for_("艾克米", "store manager").rungs[0].name == "48h"
    assert policies.for_("", "前端工程师").blocks["coding"]["en"] == "There is a coding task."


# The questions


def answering(answers: dict[str, list[str]], asked: list[str], said: list[str]) -> dict[str, Any]:
    """Return prompt and complain for `ask` that answer from lists and note what was said."""
    of_text = {text: question.name for question in QUESTIONS for text in question.text.values()}

    def prompt(text: str, default: str | None) -> str:
        asked.append(of_text[text])
        return answers.get(of_text[text], [""]).pop(0) if answers.get(of_text[text]) else ""

    return {"prompt": prompt, "complain": said.append}


def test_seven_questions_at_most():
    asked: list[str] = []
    said: list[str] = []
    answers = ask({}, "retail", **answering({"company": ["Acme"], "phone": ["110110"]}, asked, said))
    assert asked == ["company", "zone", "languages", "phone", "hours", "devices", "token"]
    assert said == []
    assert answers == Answers(
        "Acme", "Asia/Shanghai", ("en", "zh_Hans"), "110110", "09:00-21:00",
        {"en": "A charged phone with a camera, and a quiet place", "zh_Hans": "充好电的手机（带摄像头）、安静的地方"},
        "", "retail",
    )  # fmt: skip


def test_what_flags_say_is_not_asked():
    asked: list[str] = []
    ask({"company": "Acme", "zone": "Tokyo"}, "tech", **answering({"phone": ["110110"]}, asked, []))
    assert asked == ["languages", "phone", "hours", "devices", "token"]


@pytest.mark.parametrize("lang", ["en", "zh_Hans"])
def test_an_answer_that_is_not_understood_is_asked_again(lang):
    asked: list[str] = []
    said: list[str] = []
    answers = ask(
        {},
        lang=lang,
        **answering(
            {
                "company": ["", "Acme"],
                "zone": ["Mars", "北京时间"],
                "languages": ["klingon", "英文，中文"],
                "phone": ["", "call us", "+49 30 901820"],
                "hours": ["9 to 5", "9:00–17:30"],
                "devices": ["only one", "A phone | 手机"],
                "token": ["hunter2", TOKEN],
            },
            asked,
            said,
        ),
    )
    hints = {question.name: question.hint[lang] for question in QUESTIONS}
    assert said == [
        hints[name]
        for name in ("company", "zone", "languages", "phone", "phone", "hours", "devices", "token")
    ]
    assert (answers.zone, answers.languages, answers.phone) == (
        "Asia/Shanghai",
        ("en", "zh_Hans"),
        "+49 30 901820",
    )
    assert (answers.hours, answers.devices) == ("09:00-17:30", {"en": "A phone", "zh_Hans": "手机"})
    assert answers.token == TOKEN
    assert TOKEN not in repr(answers)


def test_without_a_prompt_all_that_is_missing_is_told_at_once():
    with pytest.raises(BadConfig) as caught:
        ask({"zone": "Mars", "hours": "x", "token": "hunter2hunter2"})
    assert [each.key for each in caught.value.problems] == [
        "--company",
        "--zone",
        "--phone",
        "--hours",
        "--token",
    ]
    assert all(each.remedy for each in caught.value.problems)
    assert "hunter2" not in str(caught.value)


def test_an_unknown_preset_is_refused():
    with pytest.raises(BadConfig, match="choose from retail, campus, tech, manufacturing"):
        ask(GIVEN, "banking")
    with pytest.raises(BadConfig, match="there is no preset"):
        read_preset("../sample")


@pytest.mark.parametrize(
    ("flag", "environ", "found"),
    [
        (None, {}, "en"),
        (None, {"LANG": "zh_CN.UTF-8"}, "zh_Hans"),
        (None, {"LANG": "C.UTF-8"}, "en"),
        (None, {"LANG": "de_DE.UTF-8"}, "en"),
        (None, {"LC_ALL": "en_US.UTF-8", "LANG": "zh_CN.UTF-8"}, "en"),
        (None, {"LANG": "en_US.UTF-8", "TURNOUT_LANG": "zh"}, "zh_Hans"),
        ("zh-CN", {"LANG": "en_US"}, "zh_Hans"),
    ],
)
def test_the_language_of_the_questions(flag, environ, found):
    assert language(flag, environ) == found


def test_every_question_is_there_in_both_languages():
    for question in QUESTIONS:
        assert question.text.keys() == question.hint.keys() == {"en", "zh_Hans"}
    assert len(QUESTIONS) <= 7


def test_the_zone_of_this_machine_is_offered():
    assert ask(GIVEN, environ={"TZ": ":Europe/Berlin"}).zone == "Europe/Berlin"
    assert ask(GIVEN, environ={"TZ": "CET-1"}).zone == "Asia/Shanghai"


# The text


@given(st.text(min_size=1, max_size=60))
def test_whatever_is_answered_stays_text(words):
    given = {**GIVEN, "company": words, "devices": f"{words} | {words}"}
    try:
        answers = ask(given)
    except BadConfig:
        return
    policy = policies_of(plan_init(answers)).default
    assert policy.display_name == dict.fromkeys(("zh_Hans", "en"), answers.company)
    assert policy.devices == answers.devices


@given(
    st.recursive(
        st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=10,
    )
)
def test_literals_are_read_back(value):
    assert tomllib.loads(f"value = {literal(value)}")["value"] == value


# The file


def test_only_its_owner_may_read_the_file(tmp_path):
    path = tmp_path / "turnout.toml"
    write(path, "a = 1\n")
    assert path.read_text() == "a = 1\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_is_not_overwritten_unless_forced(tmp_path):
    path = tmp_path / "turnout.toml"
    path.write_text("mine")
    path.chmod(0o644)
    with pytest.raises(BadConfig, match="is there already; use --force"):
        write(path, "new")
    assert path.read_text() == "mine"
    write(path, "new", force=True)
    assert path.read_text() == "new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_a_dangling_link_is_not_followed(tmp_path):
    path = tmp_path / "turnout.toml"
    path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(BadConfig, match="is there already"):
        write(path, "new")
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_is_not_there_is_said(tmp_path):
    with pytest.raises(BadConfig, match="cannot be written"):
        write(tmp_path / "nowhere" / "turnout.toml", "new")


def test_slacks_two_tokens_come_in_either_order() -> None:
    answers = ask({**GIVEN, "token": "xoxb-1-2-abcdefghij\nxapp-1-A0-1-abcdef\n"})
    assert answers.token == SLACK_TOKENS
    for wrong in ("xoxb-1-2-abcdefghij", "xoxp-1-2 xapp-1", "xoxb-1 xoxb-2", "xoxb-1 xapp-1 xapp-2"):
        with pytest.raises(BadConfig, match="two tokens of a Slack app"):
            ask({**GIVEN, "token": wrong})
