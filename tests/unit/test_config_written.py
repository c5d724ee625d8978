"""What a company decided, key by key: typed, compared, printed; secrets never among it."""

import tomllib
from datetime import date, time
from pathlib import Path
from typing import Any

import pytest

from bot.configuration import differences
from bot.settings import BadConfig, read
from bot.settings.toml import to_toml
from bot.settings.written import (
    BadKey,
    as_text,
    changed,
    default_of,
    flat,
    from_text,
    key_of,
    nearest_key,
    path_of,
    written_in,
)

TREE: dict[str, Any] = {
    "policy": {"grace": "10m", "support": {"phone": "400"}, "roles": {"前端 工程师": {"rungs": ["24h"]}}},
    "companies": {"Acme Ltd": {"grace": "5m"}},
    "channels": {"telegram": {"main": {"token": "1:secret"}}},
}
TEXT = """
[policy]
name = "Acme"
zone = "Asia/Shanghai"
languages = ["en"]
devices = "A computer"
[policy.support]
phone = "400-820-8820"
[channels.console.main]
secret = "not-for-anybody-1"
"""


def settings(text: str = TEXT, **environ: str) -> Any:
    return read(text, environ, Path("."))


@pytest.mark.parametrize(
    ("typed", "path"),
    [
        ("grace", ("policy", "grace")),
        ("policy.grace", ("policy", "grace")),
        ("support.phone", ("policy", "support", "phone")),
        ('companies."acme ltd".grace', ("companies", "Acme Ltd", "grace")),
        ("companies.“Acme Ltd”.roles.测试.rungs", ("companies", "Acme Ltd", "roles", "测试", "rungs")),
        ("policy.roles.前端工程师.rungs", ("policy", "roles", "前端 工程师", "rungs")),
        ("devices.zh_Hans", ("policy", "devices", "zh_Hans")),
    ],
)
def test_where_a_typed_key_stands(typed, path):
    assert path_of(typed, TREE) == path


def test_a_key_of_a_company_and_role_that_are_named_beside_it():
    path = path_of("rungs", TREE, "ACME ltd", "前端")
    assert path == ("companies", "Acme Ltd", "roles", "前端", "rungs")
    assert path_of("rungs", TREE, role="前端工程师") == ("policy", "roles", "前端 工程师", "rungs")


@pytest.mark.parametrize(
    "typed", ["", ".", "policy", "precheck.turn_secret", "precheck.turn_secret_file", "channels.slack.main.token",
              "database.url", "a..b", 'companies."x']
)  # fmt: skip
def test_what_cannot_be_set_from_chat(typed):
    with pytest.raises(BadKey) as bad:
        path_of(typed, TREE)
    assert bad.value.reason
    assert bad.value.remedy


@pytest.mark.parametrize(
    ("key", "typed", "value"),
    [
        ("grace", "15m", "15m"),
        ("grace", "“15m”", "15m"),
        ("moves_allowed", "３", 3),
        ("precheck.offered", "false", False),
        ("rungs", "24h，1h、30m", ["24h", "1h", "30m"]),
        ("rungs", '[{before = "24h", name = "day"}]', [{"before": "24h", "name": "day"}]),
        ("what_next", "三天内，我们答复您。", "三天内，我们答复您。"),
        ("devices", '{en = "A phone", zh_Hans = "手机"}', {"en": "A phone", "zh_Hans": "手机"}),
        ("blocks.coding", "带上电脑", "带上电脑"),
        ("gracee", "15m", "15m"),
    ],
)
def test_what_a_typed_value_is(key, typed, value):
    path = path_of(key, TREE)
    found: Any = changed(TREE, path, typed)
    for part in path:
        found = found[part]
    assert found == value
    assert TREE["policy"]["grace"] == "10m", "what it was made from stays"


def test_one_languages_words_leave_the_others():
    written = {"policy": {"languages": ["zh-CN", "en"], "devices": "A computer"}}
    found = changed(written, ("policy", "devices", "en"), "A phone")
    assert found["policy"]["devices"] == {"zh_Hans": "A computer", "en": "A phone"}


def test_unset_takes_a_key_out_and_keeps_the_company():
    found = changed(TREE, ("companies", "Acme Ltd", "grace"), None)
    assert found["companies"] == {"Acme Ltd": {}}
    assert changed(found, ("policy", "nothing", "there"), None)["policy"] == TREE["policy"]


def test_differences_are_told_by_key():
    other = changed(changed(TREE, ("policy", "grace"), "15m"), ("policy", "support", "phone"), None)
    told = [(change.key, change.old, change.new) for change in differences(TREE, other)]
    assert told == [("policy.grace", "10m", "15m"), ("policy.support.phone", "400", None)]


def test_secrets_are_never_among_it():
    tree = {"policy": {"precheck": {"turn_secret": "hush", "turn_url": "turn:a"}, "grace": "10m"}}
    assert written_in({**tree, "channels": {"x": 1}}) == {
        "policy": {"precheck": {"turn_url": "turn:a"}, "grace": "10m"}
    }
    only = {"policy": {"precheck": {"turn_secret_file": "x"}}}
    assert written_in(only) == {"policy": {}}


def test_dates_and_times_of_toml_are_kept_as_text():
    tree = {"policy": {"digest_at": time(9), "go_live": date(2026, 9, 1)}}
    assert written_in(tree) == {"policy": {"digest_at": "09:00:00", "go_live": "2026-09-01"}}


def test_what_is_kept_is_read_back_and_an_older_form_is_not():
    assert from_text(as_text(TREE)) == TREE
    assert from_text("[1, 2]") is None


def test_it_is_printed_as_toml_that_reads_the_same():
    written = written_in(TREE)
    assert tomllib.loads(to_toml(written)) == written
    assert '[policy.roles."前端 工程师"]' in to_toml(written)


def test_flat_keys_can_be_typed_again():
    for key, value in flat(written_in(TREE)).items():
        path = path_of(key, TREE)
        assert key_of(path) == key
        assert as_text(changed(written_in(TREE), path, value)) == as_text(written_in(TREE))


def test_defaults_and_near_keys():
    assert default_of(("companies", "x", "grace")) == "10m"
    assert default_of(("policy", "name")) == ""
    assert default_of(("policy", "rungs")) == "24h,1h,30m"
    assert nearest_key("gracee") == "grace"
    assert nearest_key("wholly unlike") is None


def test_settings_are_read_again_with_other_policies():
    found = settings()
    again = found.again(changed(found.written, ("policy", "grace"), "20m"))
    assert again.policies.default.grace.total_seconds() == 1200
    assert again.channels == found.channels
    with pytest.raises(BadConfig) as bad:
        found.again({"policy": {**found.written["policy"], "grace": "soon", "patience": "1y", "x": 1}})
    assert {problem.key for problem in bad.value.problems} == {
        "policy.grace",
        "policy.patience",
        "policy.x",
    }


def test_a_secret_of_the_file_stays_when_other_policies_are_read():
    turn = 'turn_url = "turn:turn.example:3478"\nturn_user = "u"\nturn_secret = "hush-hush-1"'
    text = f"{TEXT}\n[policy.precheck]\n{turn}\n"
    found = settings(text)
    assert "hush" not in as_text(found.written)
    again = found.again(changed(found.written, ("policy", "grace"), "20m"))
    assert again.policies.default.precheck.turn_secret == "hush-hush-1"
    assert "hush" not in repr(again)


def test_the_environment_goes_before_what_is_written():
    found = settings(TURNOUT_POLICY__GRACE="12m")
    assert found.overlaid == {"policy.grace": "TURNOUT_POLICY__GRACE"}
    assert "grace" not in found.written["policy"]
    assert found.again(found.written).policies.default.grace.total_seconds() == 720


def test_everybody_who_holds_policies_sees_them_become_others():
    policies = settings().policies.copy()
    other = settings().again({"policy": {**settings().written["policy"], "grace": "20m"}}).policies
    policies.become(other)
    assert policies.default.grace.total_seconds() == 1200
    assert policies.for_("", "x").grace.total_seconds() == 1200
    assert [policy.grace for _, _, policy in policies] == [policies.default.grace]
