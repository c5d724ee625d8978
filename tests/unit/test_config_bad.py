"""Configurations that are refused: each with its key and reason, all at once, and never with a secret."""

import copy
import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from bot import cli
from bot.settings import BadConfig, Settings, load, read
from bot.settings.toml import literal
from locales.catalogue import LOCALES, SOURCE
from locales.text import Text
from locales.translate import require_translated

GONE = object()
TOKEN = "1234567890:AAEhBOweik6ad9r_QXMENQjcrGbqCr4K-bc"
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
GOOD: dict[str, Any] = {
    "server": {"public_url": "https://turnout.example.com"},
    "channels": {"telegram": {"main": {"token": TOKEN}}},
    "interviews": {"main": {"secret": SECRET}},
    "policy": {
        "name": "Nebula",
        "languages": ["en"],
        "devices": "A phone",
        "support": {"name": "Support", "phone": "400-820-8820"},
    },
}


def changed(changes: Mapping[str, object]) -> str:
    """Return GOOD as TOML with some of its keys changed, `/` between the tables."""
    tree = copy.deepcopy(GOOD)
    for path, value in changes.items():
        *tables, last = path.split("/")
        node: dict[str, Any] = tree
        for table in tables:
            node = node.setdefault(table, {})
        if value is GONE:
            del node[last]
        else:
            node[last] = value
    return "\n".join(f"{name} = {literal(value)}" for name, value in tree.items())


def refused(text: str, environ: dict[str, str] | None = None, folder: Path = Path("/nowhere")) -> BadConfig:
    with pytest.raises(BadConfig) as caught:
        read(text, environ or {}, folder)
    return caught.value


def good(changes: Mapping[str, object] | None = None, **environ: str) -> Settings:
    return read(changed(changes or {}), environ, Path("/nowhere"))


TABLE: list[tuple[dict[str, object], str, str]] = [
    # unknown keys and tables
    ({"polcy/grace": "5m"}, "polcy", 'did you mean "policy"?'),
    ({"grace": "5m"}, "grace", "it belongs under [policy]"),
    ({"server/prot": 1}, "server.prot", 'did you mean "port"?'),
    ({"policy/grase": "5m"}, "policy.grase", 'did you mean "grace"?'),
    ({"policy/public_url": "https://x.example"}, "policy.public_url", "it belongs under [server]"),
    ({"policy/support/phon": "1"}, "policy.support.phon", 'did you mean "phone"?'),
    ({"companies/Acme/zoen": "UTC"}, "companies.Acme.zoen", 'did you mean "zone"?'),
    ({"interviews/main/secrt": "x"}, "interviews.main.secrt", 'did you mean "secret"?'),
    # tables that are none
    ({"server": "8080"}, "server", "is text where a table belongs"),
    ({"policy": [1]}, "policy", "is a list where a table belongs"),
    ({"channels/telegram": TOKEN}, "channels.telegram", "is text where a table belongs"),
    ({"channels/telegram": {"token": TOKEN}}, "channels.telegram.token", "stands outside of any account"),
    ({"interviews": {"secret": SECRET}}, "interviews.secret", "stands outside of any account"),
    ({"companies/Acme": True}, "companies.Acme", "is a value where a table belongs"),
    ({"policy/support": "400-820-8820"}, "policy.support", "is text where a table belongs"),
    ({"policy/blocks": "x"}, "policy.blocks", "is text where a table belongs"),
    # server, database, keys, log
    ({"server/port": 0}, "server.port", "0 is out of range"),
    ({"server/port": 70000}, "server.port", "70000 is out of range"),
    ({"server/port": "8080"}, "server.port", '"8080" is not a whole number'),
    ({"server/port": True}, "server.port", "true is not a whole number"),
    ({"server/port": 80.5}, "server.port", "80.5 is not a whole number"),
    ({"server/host": "http://localhost"}, "server.host", "is not an address to listen on"),
    ({"server/host": "300.1.1.1"}, "server.host", "is not an address to listen on"),
    ({"server/host": 1}, "server.host", "1 is not text"),
    ({"server/public_url": "turnout.example.com"}, "server.public_url", "does not begin with http"),
    ({"server/public_url": "ftp://example.com"}, "server.public_url", "does not begin with http"),
    ({"server/public_url": "https://"}, "server.public_url", "is not a web address"),
    ({"server/public_url": "https://x.example:port"}, "server.public_url", "is not a web address"),
    ({"server/public_url": "https://x.example/?a=1"}, "server.public_url", "has a ? or #"),
    ({"server/public_url": "https://me:pass@x.example"}, "server.public_url", "user name or password"),
    ({"database/url": "mysql://host/db"}, "database.url", "mysql is not a database"),
    ({"database/url": "turnout.db"}, "database.url", "is not an address"),
    ({"database/url": "sqlite://turnout.db"}, "database.url", "names no file"),
    ({"database/url": "sqlite:///:memory:"}, "database.url", "keeps nothing"),
    ({"database/url": "postgresql://host"}, "database.url", "names no database"),
    ({"database/url": "postgresql://host:x/db"}, "database.url", "is not an address"),
    ({"secrets/keyring": ""}, "secrets.keyring", "names no file"),
    ({"secrets/keyring": "turnout.db"}, "secrets.keyring", "is the database's own file"),
    ({"log/level": "verbose"}, "log.level", "is not one of debug, info, warning, error"),
    ({"log/format": "jsn"}, "log.format", 'did you mean "json"?'),
    # channels and their secrets
    ({"channels/telgram/main": {"token": TOKEN}}, "channels.telgram", 'did you mean "telegram"?'),
    ({"channels/fax/main": {}}, "channels.fax", "there are: console"),
    ({"channels/telegram/Main Bot": {"token": "1:x"}}, 'channels.telegram."Main Bot"', "cannot be the name"),
    ({"channels/telegram/main/token": GONE}, "channels.telegram.main.token", "is missing"),
    ({"channels/telegram/main/token": ""}, "channels.telegram.main.token", "it is empty"),
    ({"channels/telegram/main/token": 12345}, "channels.telegram.main.token", "it is not text"),
    ({"channels/telegram/main/token": "<token>"}, "channels.telegram.main.token", "only a placeholder"),
    ({"channels/telegram/main/token": "AAEhBOweik"}, "channels.telegram.main.token", "not a bot's token"),
    ({"channels/telegram/main/token": "1:AAEhBOweik"}, "channels.telegram.main.token", "too short"),
    ({"channels/telegram/main/token": f"{TOKEN[:20]} {TOKEN[20:]}"}, "channels.telegram.main.token", "blanks"),
    ({"channels/telegram/main/token_file": "x"}, "channels.telegram.main.token", "stands here and in token_file"),
    ({"channels/telegram/main/mode": "push"}, "channels.telegram.main.mode", "is not one of polling, webhook"),
    ({"channels/telegram/main/api_base": "telegram"}, "channels.telegram.main.api_base", "does not begin with"),
    ({"channels/telegram/main/webhook_secret": "short"}, "channels.telegram.main.webhook_secret", "too short"),
    ({"channels/telegram/main/poll_seconds": 90}, "channels.telegram.main.poll_seconds", "out of range"),
    ({"channels/telegram/second/token": TOKEN}, "channels.telegram.second.token", "is the same secret as"),
    ({"server/public_url": GONE, "interviews": GONE, "channels/telegram/main/mode": "webhook"},
     "server.public_url", 'is missing, and channels.telegram.main.mode is "webhook"'),
    ({"server/public_url": "http://10.0.0.1", "channels/telegram/main/mode": "webhook"},
     "server.public_url", "is not https, and Telegram delivers nowhere else"),
    ({"server/public_url": "https://x.example:8080", "channels/telegram/main/mode": "webhook"},
     "server.public_url", "has a port Telegram does not deliver to"),
    ({"channels/slack/main": {"token": "xoxb-1-a"}}, "channels.slack.main.signing_secret", 'mode = "http" needs it'),
    ({"channels/sms/main": {"provider": "http", "url": "https://x.example/{to}", "hook_secret": "short"}},
     "channels.sms.main.body", "{text} stands neither here nor in url"),
    # interviews
    ({"interviews/main/secret": GONE}, "interviews.main.secret", "is missing"),
    ({"interviews/main/secret": "whsec_c2hvcnQ="}, "interviews.main.secret", "it holds only 5 bytes"),
    ({"interviews/main/secret": "whsec_!!!"}, "interviews.main.secret", "is not base64"),
    ({"interviews/main/secret": "too-short"}, "interviews.main.secret", "it is too short: 9 characters"),
    ({"interviews/main/secret": "a" * 40}, "interviews.main.secret", "can be guessed"),
    ({"interviews/main/secret": []}, "interviews.main.secret", "neither text nor a list"),
    ({"interviews/main/secret": [SECRET, "short"]}, "interviews.main.secret[1]", "it is too short"),
    ({"interviews/main/previous_secret": SECRET}, "interviews.main.previous_secret", "is the same secret as"),
    ({"interviews/other/secret": SECRET}, "interviews.other.secret", "is the same secret as"),
    # the four elements
    ({"policy/devices": GONE}, "policy.devices", "the device requirements are missing in en"),
    ({"policy/devices": "  "}, "policy.devices", "the device requirements are missing in en"),
    ({"policy/devices": "…"}, "policy.devices", "the device requirements are missing in en"),
    ({"policy/devices": "TODO"}, "policy.devices", "the device requirements are missing in en"),
    ({"policy/languages": ["en", "zh"]}, "policy.devices", "the device requirements are missing in zh_Hans"),
    ({"policy/roles/Cook/languages": ["en", "zh"]}, "policy.devices", "which policy.roles.Cook.languages offers"),
    ({"policy/support/phone": ""}, "policy.support.phone", "by neither phone nor e-mail"),
    ({"companies/Acme/support/phone": ""}, "companies.Acme.support.phone", "by neither phone nor e-mail"),
    ({"policy/support/name": ""}, "policy.support.name", "the name of support is missing in en"),
    ({"policy/support/name": {"zh": "技术支持"}}, "policy.support.name", "the name of support is missing in en"),
    # words and languages
    ({"policy/name": GONE}, "policy.name", "is missing"),
    ({"policy/name": {"zh": "星云"}}, "policy.name", "is missing in en"),
    ({"policy/languages": []}, "policy.languages", "the list is empty"),
    ({"policy/languages": "en"}, "policy.languages", "is not a list"),
    ({"policy/languages": ["tlh"]}, "policy.languages[0]", "is not a language Turnout speaks"),
    ({"policy/languages": ["en", "en-GB"]}, "policy.languages[1]", "en is named twice"),
    ({"policy/devices": {"en": "A phone", "fr": "x"}}, "policy.devices.fr", "is not a language Turnout speaks"),
    ({"policy/devices": 3}, "policy.devices", "neither text nor a table"),
    ({"policy/devices": {"en": 3}}, "policy.devices.en", "3 is not text"),
    ({"policy/devices": "a\u0007b"}, "policy.devices", "control characters"),
    ({"policy/what_next": {"zh": "等通知"}}, "policy.what_next", "is missing in en"),
    ({"policy/roles/Cook/blocks/soup": {"zh": "汤"}}, "policy.roles.Cook.blocks.soup", "is missing in en"),
    # the ladder
    ({"policy/rungs": []}, "policy.rungs", "the list is empty"),
    ({"policy/rungs": "24h"}, "policy.rungs", "is not a list"),
    ({"policy/rungs": ["24h", "soon"]}, "policy.rungs[1]", '"soon" is not a length of time'),
    ({"policy/rungs": [24]}, "policy.rungs[0]", "24 has no unit"),
    ({"policy/rungs": ["0m"]}, "policy.rungs[0]", '"0m" is too short'),
    ({"policy/rungs": ["-1h"]}, "policy.rungs[0]", "is not a length of time"),
    ({"policy/rungs": ["24h", "1d"]}, "policy.rungs[1].before", "24h is also the time of rung [0]"),
    ({"policy/rungs": [{"name": "a", "before": "2h"}, {"name": "A", "before": "1h"}]},
     "policy.rungs[1].name", "is also the name of rung [0]"),
    ({"policy/rungs": [{"name": "a"}]}, "policy.rungs[0].before", "is missing"),
    ({"policy/rungs": [{"before": "1h", "chanels": []}]}, "policy.rungs[0].chanels", 'did you mean "channels"?'),
    ({"policy/rungs": [{"before": "1h", "name": "a/b"}]}, "policy.rungs[0].name", "cannot be the name of a rung"),
    ({"policy/rungs": [{"before": "1h", "channels": ["email"]}]},
     "policy.rungs[0].channels", '"email" has no account'),
    ({"policy/rungs": [{"before": "1h", "channels": ["telegram.main"]}]},
     "policy.rungs[0].channels", "names an account"),
    ({"policy/rungs": [{"before": "1h", "delivery": "both"}]}, "policy.rungs[0].delivery", "all, fallback"),
    ({"policy/rungs": [{"before": "1h", "when_confirmed": "no"}]},
     "policy.rungs[0].when_confirmed", "neither true nor false"),
    ({"companies/Acme/roles/Cook/rungs": ["x"]}, "companies.Acme.roles.Cook.rungs[0]", "not a length of time"),
    # times
    ({"policy/zone": "Mars/Olympus"}, "policy.zone", "is not a time zone"),
    ({"policy/zone": "北京时间"}, "policy.zone", 'write "Asia/Shanghai"'),
    ({"policy/zone": "asia/shanghai"}, "policy.zone", 'write "Asia/Shanghai"'),
    ({"policy/grace": "2m", "policy/rescue_after": "3m"}, "policy.grace", "2m is over before rescue_after (3m)"),
    ({"companies/Acme/rescue_after": "30m"}, "policy.grace", "10m is over before rescue_after (30m)"),
    ({"policy/grace": 10}, "policy.grace", "10 has no unit"),
    ({"policy/grace": "10"}, "policy.grace", "is not a length of time"),
    ({"policy/patience": "400d"}, "policy.patience", "is too long"),
    ({"policy/horizon": "1h", "policy/move_cutoff": "2h"}, "policy.horizon", "is within move_cutoff"),
    ({"policy/quiet_hours": "22-8"}, "policy.quiet_hours", "is not a time of day"),
    ({"policy/quiet_hours": "late"}, "policy.quiet_hours", "is not a span of the day"),
    ({"policy/quiet_hours": "08:00-08:00"}, "policy.quiet_hours", "begins and ends at the same time"),
    ({"policy/quiet_hours": "12:00-11:00"}, "policy.quiet_hours", "is quiet for 23h"),
    ({"policy/go_live": "September"}, "policy.go_live", 'write it like "2026-09-01"'),
    ({"policy/digest_at": "9 o'clock"}, "policy.digest_at", "is not a time of day"),
    ({"policy/digest_at": "25:00"}, "policy.digest_at", "is not a time of day"),
    ({"policy/support/hours": "18:00-09:00"}, "policy.support.hours", "ends before it begins"),
    ({"policy/support/days": "mon-fun"}, "policy.support.days", "is not a day of the week"),
    ({"policy/support/zone": "CST"}, "policy.support.zone", "is not a time zone"),
    ({"policy/moves_allowed": -1}, "policy.moves_allowed", "-1 is out of range"),
    # addresses
    ({"policy/support/phone": 4008208820}, "policy.support.phone", "is a number, which loses zeros"),
    ({"policy/support/phone": "call us"}, "policy.support.phone", "is not a phone number"),
    ({"policy/support/email": "support@"}, "policy.support.email", "is not an e-mail address"),
    ({"policy/guide_url": "javascript:alert(1)"}, "policy.guide_url", "does not begin with http"),
    ({"policy/faq_url": "www.example.com/faq"}, "policy.faq_url", "does not begin with http"),
    ({"policy/precheck_url": "http://a b"}, "policy.precheck_url", "is not a web address"),
    ({"policy/digest_place": "here"}, "policy.digest_place", "is not a place"),
    ({"policy/digest_place": {"to": "x"}}, "policy.digest_place", "is not a place"),
    ({"policy/alerts_place": "telegram.hr:-1"}, "policy.alerts_place", 'there is no account "telegram.hr"'),
    ({"teams/hr": "slack.main:C1"}, "teams.hr", 'there is no account "slack.main"'),
    ({"teams/hr": 5}, "teams.hr", "5 is not a place"),
    # who joined
    ({"policy/join_signal": "poll"}, "policy.join_signal", 'write "platform" or "manual"'),
    ({"policy/join_signal": "magic"}, "policy.join_signal", "is not one of manual, platform, poll"),
    ({"policy/join_signal": "platform", "interviews": GONE}, "policy.join_signal", "needs an account"),
    ({"policy/signal_account": "zoom"}, "policy.signal_account", 'there is no account "zoom"'),
    ({"policy/join_signal": "platform", "interviews/b/secret": f"{SECRET}AAAA"},
     "policy.signal_account", "there are several accounts (b, main)"),
    ({"policy/mode": "test"}, "policy.mode", "is not one of live, shadow"),
    ({"policy/address": "polite"}, "policy.address", "is not one of formal, casual"),
    # names
    ({"companies/": {}}, 'companies.""', "has no name"),
    ({"companies/Acme": {}, "companies/ＡＣＭＥ": {}}, 'companies."ＡＣＭＥ"', "is the same name as companies.Acme"),
    ({"companies/A/name": "Acme", "companies/B/name": "acme"}, "companies.B", "and so is companies.A"),
    ({"policy/roles/Cook": {}, "policy/roles/cook ": {}}, 'policy.roles."cook "', "is the same name as"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "key", "reason"), TABLE, ids=[f"{key}-{n}" for n, (_, key, _) in enumerate(TABLE)]
)
def test_refused(changes, key, reason):
    found = refused(changed(changes)).problems
    assert any(problem.key == key and reason in str(problem) for problem in found), "\n".join(map(str, found))
    for problem in found:
        assert problem.reason, problem
        assert problem.remedy, problem
        assert "\n" not in str(problem)
        assert len(str(problem)) < 400


@pytest.mark.parametrize("locale", [locale for locale in LOCALES if locale != SOURCE])
def test_every_problem_is_a_sentence_in_every_language(locale):
    for changes, _, _ in TABLE:
        for problem in refused(changed(changes)).problems:
            require_translated(problem.reason, locale)
            require_translated(problem.remedy, locale)
            assert problem.told(locale) != str(problem)


def test_the_command_line_says_it_in_the_language_that_was_asked_for(tmp_path, monkeypatch):
    path = tmp_path / "turnout.toml"
    path.write_text(changed({"policy/grace": "soon"}), "utf-8")
    for name in ("TURNOUT_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    command = ["check", "--config", str(path)]
    assert "is not a length of time" in CliRunner().invoke(cli.app, command).output
    assert "看不出是多长时间" in CliRunner().invoke(cli.app, [*command, "--lang", "zh_Hans"]).output
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    assert "看不出是多长时间" in CliRunner().invoke(cli.app, command).output


def test_the_table_is_long_enough_and_its_base_is_good():
    assert len(TABLE) >= 60
    assert good().warnings == ()


def test_a_single_mistake_is_one_problem():
    noisy = {}
    for changes, key, _ in TABLE:
        found = refused(changed(changes)).problems
        if len(changes) == 1 and len(found) > 2:
            noisy[key] = [str(problem) for problem in found]
    assert noisy == {}


def test_all_problems_come_at_once():
    changes = {
        "server/port": 0,
        "policy/grace": "x",
        "policy/devices": GONE,
        "policy/support/phone": 1,
        "policy/rungs": ["x", "0m", {"befor": "1h"}],
        "log/level": "x",
        "interviews/main/secret": "x",
        "companies/Acme/zone": "x",
    }
    keys = {problem.key for problem in refused(changed(changes)).problems}
    assert keys >= {
        "server.port", "policy.grace", "policy.devices", "policy.support.phone", "policy.rungs[0]", "policy.rungs[1]",
        "policy.rungs[2].befor", "policy.rungs[2].before", "log.level", "interviews.main.secret", "companies.Acme.zone",
    }  # fmt: skip


def test_the_exception_says_every_problem_on_its_own_line():
    error = refused(changed({"server/port": 0, "log/level": "x"}))
    assert str(error).splitlines() == [str(problem) for problem in error.problems]


# Secrets


@pytest.mark.parametrize(
    "value", ["hunter2", "hunter2hunter2", "a secret with blanks", f"{TOKEN}\nx", "…geheim…"]
)
@pytest.mark.parametrize(
    "path",
    [
        "channels/telegram/main/token",
        "channels/telegram/main/webhook_secret",
        "channels/telegram/main",
        "channels/telegram",
        "channels",
        "interviews/main/secret",
        "interviews/main/previous_secret",
        "interviews/main",
        "interviews",
        "database/url",
        "database",
        "secrets",
        "channels/telegram/main/tokn",
        "interviews/main/secrets",
    ],
)
def test_no_problem_shows_a_secret(path, value):
    error = refused(changed({path: value, "server/port": 0}))
    assert "geheim" not in f"{error}{error!r}"
    assert value not in f"{error}{error!r}"
    assert "hunter2" not in f"{error}{error!r}"


@pytest.mark.parametrize(
    "changes",
    [
        {"server/public_url": TOKEN},
        {"policy/grace": f"use {TOKEN} here"},
        {f"channels/telegram/{TOKEN}": {}},
        {f"policy/{TOKEN}": 1},
        {"policy/guide_url": "https://user:hunter2hunter2@example.com"},
        {"policy/name": SECRET, "policy/zone": SECRET},
    ],
)
def test_a_token_in_the_wrong_place_is_not_shown(changes):
    error = refused(changed({**changes, "server/port": 0}))
    for secret in (TOKEN, TOKEN[11:], SECRET, "hunter2"):
        assert secret not in str(error)


def test_a_database_password_is_not_shown():
    error = refused(
        changed({"database/url": "oracle://me:hunter2hunter2@host/db", "policy/zone": "hunter2hunter2"})
    )
    assert "hunter2" not in str(error)


def test_secrets_show_nothing_of_themselves():
    settings = good({"database/url": "postgresql://me:hunter2hunter2@host/db"})
    assert settings.channels["telegram.main"]["token"] == TOKEN
    for secret in (TOKEN, SECRET, "hunter2hunter2"):
        assert secret not in repr(settings)
        assert secret in settings.secrets


# Files


def test_a_missing_file_says_how_to_get_one(tmp_path):
    with pytest.raises(BadConfig, match=r"does not exist; write one with: turnout init"):
        load(tmp_path / "turnout.toml", {})


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"\x00\x01\x02\xff\xfe", "is not UTF-8 text"),
        (b"a = 1\0", "is a binary file"),
        (b"\x7fELF\x02\x01\x01\x00", "is a binary file"),
        ('# 公司\nname = "星云"'.encode("gb18030"), "is not UTF-8 text (line 1)"),
        ("a = 1".encode("utf-16"), "is not UTF-8 text"),
        (b"# " + b"x" * 1_100_000, "is larger than 1,000,000 bytes"),
        (b"[server\nport = 1", "is not TOML at line 1, column 8"),
        (b"\n\n[server]\nport 1", "is not TOML at line 4, column 6"),
        (b"[server]\nport = 1\nport = 2", "is not TOML at line 3"),
        ("[policy]\nname = “星云”".encode(), "use plain quotes"),
        (b"a = " + b"[" * 5000, "is nested too deeply"),
        (b"a = " + b"9" * 5000, "is not TOML"),
        (b"a = 2026-13-45", "is not TOML"),
    ],
)
def test_files_that_cannot_be_read(tmp_path, data, reason):
    path = tmp_path / "turnout.toml"
    path.write_bytes(data)
    with pytest.raises(BadConfig) as caught:
        load(path, {})
    (problem,) = caught.value.problems
    assert problem.key == str(path)
    assert reason in str(problem)


def test_a_folder_is_not_a_file(tmp_path):
    with pytest.raises(BadConfig, match="is a folder; name the file in it"):
        load(tmp_path, {})


def test_a_name_that_is_none_is_refused():
    with pytest.raises(BadConfig, match="cannot be read"):
        load(Path("/nowhere/a\0b"), {})


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_nobody_may_read_is_refused(tmp_path):
    path = tmp_path / "turnout.toml"
    path.write_text("a = 1")
    path.chmod(0)
    with pytest.raises(BadConfig, match=r"cannot be read \(Permission denied\)"):
        load(path, {})


def test_windows_editors_are_no_obstacle(tmp_path):
    path = tmp_path / "turnout.toml"
    path.write_bytes(b"\xef\xbb\xbf" + changed({}).replace("\n", "\r\n").encode())
    assert load(path, {}).policies.default.company == "Nebula"


def test_without_a_file_the_environment_is_all_there_is():
    with pytest.raises(BadConfig) as caught:
        load(None, {})
    assert {"policy.name", "policy.devices", "policy.support.phone"} <= {
        each.key for each in caught.value.problems
    }


# Anything at all


scalars = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.dates() | st.times()
)
known = st.sampled_from([
    "server", "database", "channels", "telegram", "main", "token", "token_file", "policy", "companies", "roles",
    "rungs", "support", "blocks", "devices", "name", "before", "interviews", "secret", "teams", "hr", "grace",
    "quiet_hours", "languages", "url", "log", "secrets", "keyring", "zone", "public_url", "", "星云",
])  # fmt: skip
trees = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(known | st.text(max_size=5), inner, max_size=4)
    ),
)


def toml(value: object) -> str:
    match value:
        case None:
            return '""'
        case dict():
            return "{" + ", ".join(f"{literal(name)} = {toml(each)}" for name, each in value.items()) + "}"
        case list():
            return f"[{', '.join(map(toml, value))}]"
    return literal(value)


@given(st.dictionaries(known, trees, max_size=5))
def test_whatever_is_well_formed_is_loaded_or_refused(tree):
    text = "\n".join(f"{literal(name)} = {toml(value)}" for name, value in tree.items())
    with pytest.raises(BadConfig) as caught:
        read(text, {}, Path("/nowhere"))
    assert caught.value.problems
    str(caught.value).encode()


@given(st.text(max_size=200) | st.text("[]{}=\"'#\n.,azAZ019 \\", max_size=200))
def test_whatever_is_text_is_loaded_or_refused(text):
    with pytest.raises(BadConfig):
        read(text, {}, Path("/nowhere"))


@given(st.binary(max_size=200))
def test_whatever_is_a_file_is_loaded_or_refused(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("junk") / "turnout.toml"
    path.write_bytes(data)
    with pytest.raises(BadConfig):
        load(path, {})


@given(
    st.dictionaries(known.map(lambda name: f"TURNOUT_{name.upper()}__X"), st.text(max_size=30), max_size=4)
)
def test_whatever_the_environment_holds_is_loaded_or_refused(environ):
    try:
        read(changed({}), environ, Path("/nowhere"))
    except BadConfig as error:
        str(error).encode()


@pytest.mark.parametrize("name", ["TURNOUT____URL", "TURNOUT_SERVER__", "TURNOUT_SERVER____PORT"])
def test_odd_variables_are_problems_of_their_own(name):
    assert refused(changed({}), {name: "x"}).problems[0].reason == Text("has an empty part")


# Speed


@pytest.mark.parametrize("count", [20_000])
def test_thousands_of_mistakes_take_no_more_than_three_seconds(count):
    started = time.monotonic()
    refused("\n".join(f"key{n} = 1" for n in range(count)))
    refused("[policy]\nrungs = [" + ", ".join(f'"{n}x"' for n in range(count)) + "]")
    refused("".join(f"[companies.c{n}]\n" for n in range(500)))
    assert time.monotonic() - started < 3 * 3


def test_without_a_public_address_interview_platforms_may_still_reach_us_here():
    settings = good({"server/public_url": GONE})
    assert [problem.key for problem in settings.warnings if "interviews.main" in str(problem)] == [
        "server.public_url"
    ]
