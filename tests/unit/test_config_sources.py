"""The environment over the file, secrets from files of their own, and what is said about both."""

import json
import os
import re
from datetime import time, timedelta
from importlib import import_module
from pathlib import Path

import pytest

from bot.settings import BadConfig, Secret, describe, load, read
from bot.settings.keys import POLICY, SECTIONS
from bot.settings.problems import in_words
from bot.settings.sources import variable
from tests.support.accounts import ACCOUNTS
from tests.unit.test_config_bad import GONE, SECRET, TOKEN, changed, good, refused

GOLDEN = Path(__file__).parent.parent / "golden" / "config"
SAMPLE = Path(__file__).parent.parent.parent / "bot" / "presets" / "sample.toml"


BOTH = {"zh_Hans": "手机", "en": "A phone"}


def written(tmp_path: Path, name: str, content: str, mode: int = 0o600) -> Path:
    path = tmp_path / name
    path.write_text(content, "utf-8")
    path.chmod(mode)
    return path


# Defaults


def test_defaults(tmp_path):
    settings = load(written(tmp_path, "turnout.toml", changed({"server": GONE, "interviews": GONE})), {})
    assert (settings.server.host, settings.server.port, settings.public_url) == ("127.0.0.1", 8080, "")
    assert settings.database_url == f"sqlite:///{tmp_path}/turnout.db"
    assert settings.keyring == tmp_path / "keyring.json"
    assert (settings.log.level, settings.log.format) == ("info", "auto")
    assert settings.channels["telegram.main"]["mode"] == "polling"
    assert settings.channels["telegram.main"]["api_base"] == "https://api.telegram.org"
    assert "webhook_secret" not in settings.channels["telegram.main"]


def test_the_keyring_is_beside_the_database_file():
    assert good({"database/url": "sqlite:////var/lib/turnout/t.db"}).keyring == Path(
        "/var/lib/turnout/keyring.json"
    )
    assert good({"database/url": "postgresql://h/d"}).keyring == Path("/nowhere/keyring.json")
    assert good({"secrets/keyring": "/etc/turnout/keys.json"}).keyring == Path("/etc/turnout/keys.json")


@pytest.mark.parametrize(
    ("written", "used"),
    [
        ("sqlite:///data/t.db", "sqlite:////nowhere/data/t.db"),
        ("sqlite:////data/t.db", "sqlite:////data/t.db"),
        ("sqlite+aiosqlite:///t.db", "sqlite:////nowhere/t.db"),
        ("postgres://me:pw@h:5433/d", "postgresql://me:pw@h:5433/d"),
        ("postgresql+asyncpg://h/d?ssl=require", "postgresql://h/d?ssl=require"),
        ("postgresql:///d?host=/run/postgresql", "postgresql:///d?host=/run/postgresql"),
    ],
)
def test_databases_are_told_without_driver_and_with_an_absolute_path(written, used):
    assert good({"database/url": written}).database_url == used


# The environment


WITH_ACCOUNTS = {
    f"channels/{platform}/main": dict(ACCOUNTS[platform])
    for platform in ("email", "slack", "sms", "wechat", "wecom", "wecom_contact", "wecom_kf")
}


def test_every_key_has_a_variable():
    assert variable("database.url") == "TURNOUT_DATABASE__URL"
    assert variable("channels.telegram.main.token") == "TURNOUT_CHANNELS__TELEGRAM__MAIN__TOKEN"
    for section, known in SECTIONS.items():
        for key in known:
            if key.default in (None, ""):
                continue
            name = variable(f"{section}.{key.name}".replace("<account>", "main"))
            value = key.default if isinstance(key.default, str) else json.dumps(key.default)
            # A table reads as TOML has it, and JSON's colon is not TOML's.
            good({"policy/devices": BOTH, **WITH_ACCOUNTS}, **{name: re.sub(r'"(\w+)": ', r"\1 = ", value)})


def test_the_environment_wins():
    settings = good(
        {"server/port": 1000, "policy/grace": "20m", "policy/rungs": ["24h"]},
        TURNOUT_SERVER__PORT="9000",
        TURNOUT_POLICY__GRACE="5m",
        TURNOUT_POLICY__RUNGS="48h, 2h",
        TURNOUT_POLICY__SUPPORT__PHONE="110110",
        TURNOUT_DATABASE__URL="postgresql://h/d",
    )
    policy = settings.policies.default
    assert settings.server.port == 9000
    assert settings.database_url == "postgresql://h/d"
    assert policy.grace == timedelta(minutes=5)
    assert [rung.name for rung in policy.rungs] == ["48h", "2h"]
    assert policy.support.phone == "110110"
    assert policy.support.name == {"en": "Support"}


def test_an_installation_without_a_file():
    settings = load(
        None,
        {
            "TURNOUT_CHANNELS__TELEGRAM__MAIN__TOKEN": TOKEN,
            "TURNOUT_POLICY__NAME": '{zh_Hans = "星云", en = "Nebula"}',
            "TURNOUT_POLICY__DEVICES__ZH_HANS": "手机",
            "TURNOUT_POLICY__DEVICES__EN": "A phone",
            "TURNOUT_POLICY__SUPPORT__PHONE": "400-820-8820",
            "TURNOUT_POLICY__RUNGS": '[{name = "day", before = "24h", when_confirmed = false}, "1h"]',
            "PATH": "/bin",
            "TURNOUT_LANG": "zh",
        },
    )
    policy = settings.policies.default
    assert policy.display_name == {"zh_Hans": "星云", "en": "Nebula"}
    assert policy.devices == {"zh_Hans": "手机", "en": "A phone"}
    assert [(rung.name, rung.when_confirmed) for rung in policy.rungs] == [("day", False), ("1h", True)]
    assert settings.database_url == f"sqlite:///{Path.cwd()}/turnout.db"


def test_variables_find_names_written_otherwise():
    settings = good(
        {"companies/Acme Ltd./grace": "20m", "policy/roles/前端工程师/grace": "15m"},
        TURNOUT_COMPANIES__ACME_LTD__GRACE="30m",
        TURNOUT_POLICY__ROLES__前端工程师__GRACE="12m",
    )
    assert settings.policies.for_("Acme Ltd.", "").grace == timedelta(minutes=30)
    assert settings.policies.for_("", "前端工程师").grace == timedelta(minutes=12)


def test_an_empty_variable_is_not_set():
    assert good({"server/port": 1000}, TURNOUT_SERVER__PORT=" ").server.port == 1000


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("TURNOUT_DATABASE_URL", "x", "did you mean TURNOUT_DATABASE__URL?"),
        (
            "TURNOUT_SERVER__PROT",
            "1",
            'server.prot: there is no such key (from TURNOUT_SERVER__PROT); did you mean "port"',
        ),
        (
            "TURNOUT_SERVER__PORT",
            "http",
            'server.port: "http" is not a whole number (from TURNOUT_SERVER__PORT)',
        ),
        (
            "TURNOUT_POLICY__RUNGS",
            "24h,soon",
            'policy.rungs[1]: "soon" is not a length of time (from TURNOUT_POLICY__',
        ),
        ("TURNOUT_POLICY__RUNGS", "[", 'policy.rungs: "[" is not a list (from TURNOUT_POLICY__RUNGS)'),
        ("TURNOUT_FOO__BAR", "x", "foo: there is no such key (from TURNOUT_FOO__BAR)"),
        ("TURNOUT_POLICY__GRACE", "\udcff", "TURNOUT_POLICY__GRACE: is not UTF-8 text"),
    ],
)
def test_what_is_wrong_with_a_variable_names_it(name, value, problem):
    assert problem in str(refused(changed({}), {name: value}))


def test_a_variable_and_its_parts_do_not_go_together():
    error = refused(changed({}), {"TURNOUT_POLICY__NAME": "Nebula", "TURNOUT_POLICY__NAME__EN": "Nebula"})
    assert "is a part of TURNOUT_POLICY__NAME, which is set as a whole" in str(error)


def test_no_variable_shows_a_secret():
    error = refused(changed({}), {
        "TURNOUT_CHANNELS__TELEGRAM__MAIN__TOKEN": "hunter2hunter2",
        "TURNOUT_CHANNELS__TELEGRAM__MAIN__TOKN": "hunter2hunter2",
        "TURNOUT_INTERVIEWS__MAIN__SECRET": "hunter2hunter2",
        "TURNOUT_CHANNELS": "hunter2hunter2",
        "TURNOUT_INTERVIEWS__MAIN": "hunter2hunter2",
        "TURNOUT_DATABASE__URL": "hunter2hunter2",
    })  # fmt: skip
    assert "hunter2" not in str(error)


# Files of secrets


def test_secrets_from_files(tmp_path):
    written(tmp_path, "token", f"\ufeff{TOKEN}\r\n")
    written(tmp_path, "signing", f"{SECRET}\n")
    text = changed(
        {"channels/telegram/main": {"token_file": "token"}, "interviews/main": {"secret_file": "signing"}}
    )
    settings = load(written(tmp_path, "turnout.toml", text, 0o644), {})
    assert settings.channels["telegram.main"]["token"] == TOKEN
    assert isinstance(settings.channels["telegram.main"]["token"], Secret)
    assert "token_file" not in settings.channels["telegram.main"]
    assert settings.interviews["main"].secrets == (SECRET,)
    assert settings.warnings == ()


@pytest.mark.parametrize("inside", [{}, {"channels/telegram/main": {"token_file": "/elsewhere"}}])
def test_a_file_named_by_a_variable_wins(tmp_path, inside):
    other = f"99{TOKEN}"
    name = str(written(tmp_path, "token", other))
    settings = good(inside, TURNOUT_CHANNELS__TELEGRAM__MAIN__TOKEN_FILE=name)
    assert settings.channels["telegram.main"]["token"] == other


def test_a_variable_wins_over_a_file():
    inside = {"channels/telegram/main": {"token_file": "/elsewhere"}}
    settings = good(inside, TURNOUT_CHANNELS__TELEGRAM__MAIN__TOKEN=TOKEN)
    assert settings.channels["telegram.main"]["token"] == TOKEN


def test_a_database_address_from_a_file(tmp_path):
    name = str(written(tmp_path, "url", "postgresql://me:hunter2hunter2@h/d\n"))
    settings = good({}, TURNOUT_DATABASE__URL_FILE=name)
    assert settings.database_url == "postgresql://me:hunter2hunter2@h/d"
    assert "hunter2hunter2" in settings.secrets


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (None, "does not exist"),
        (b"", "is empty"),
        (b" \n", "is empty"),
        (b"\xff\xfe\x00", "is not text"),
        (b"x" * 70_000, "is too large"),
        (b"hunter2hunter2 geheim", "blanks"),
        (b"hunter2hunter2", "it is not a bot's token"),
    ],
)
def test_files_of_secrets_that_are_none(tmp_path, content, reason):
    if content is not None:
        (tmp_path / "token").write_bytes(content)
    error = refused(changed({"channels/telegram/main": {"token_file": "token"}}), folder=tmp_path)
    (problem,) = error.problems
    assert problem.key == "channels.telegram.main.token_file"
    assert reason in in_words(problem.reason)
    assert "hunter2" not in str(error)


@pytest.mark.parametrize(
    ("name", "reason"), [("", "is not the name of a file"), (5, "is not the name"), (".", "regular")]
)
def test_names_of_files_that_are_none(tmp_path, name, reason):
    error = refused(changed({"channels/telegram/main": {"token_file": name}}), folder=tmp_path)
    assert reason in str(error)


def test_both_ways_at_once_are_refused():
    both = {"TURNOUT_INTERVIEWS__MAIN__SECRET": SECRET, "TURNOUT_INTERVIEWS__MAIN__SECRET_FILE": "/x"}
    assert "stands here and in secret_file too" in str(refused(changed({}), both))


def test_rotation():
    old = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX"
    assert good({"interviews/main/previous_secret": old}).interviews["main"].secrets == (SECRET, old)
    assert good({"interviews/main/secret": [SECRET, old]}).interviews["main"].secrets == (SECRET, old)
    plain = "correct horse battery staple".replace(" ", "-")
    assert good({"interviews/main/secret": plain}).interviews["main"].secrets == (plain,)


# Warnings


def test_a_file_with_secrets_that_all_may_read_is_warned_about(tmp_path):
    path = written(tmp_path, "turnout.toml", changed({}), 0o644)
    (warning,) = load(path, {}).warnings
    assert str(warning) == f"{path}: holds secrets and every user here may read it; type: chmod 600 {path}"
    path.chmod(0o640)
    assert load(path, {}).warnings == ()


@pytest.mark.parametrize(
    ("url", "is_warned"),
    [
        ("http://turnout.example.com", True),
        ("http://8.8.8.8", True),
        ("https://turnout.example.com", False),
        ("http://localhost:8080", False),
        ("http://127.0.0.1:8080", False),
        ("http://[::1]:8080", False),
        ("http://192.168.1.5", False),
        ("http://turnout.internal", False),
        ("http://turnout", False),
    ],
)
def test_a_public_url_should_be_https(url, is_warned):
    assert [str(each) for each in good({"server/public_url": url}).warnings] == is_warned * [
        "server.public_url: is not https; use https: personal details travel on these pages"
    ]


def test_other_warnings():
    assert "nobody can be reached" in str(good({"channels": GONE}).warnings[0])
    assert "7 reminders" in str(good({"policy/rungs": [f"{n}h" for n in range(1, 8)]}).warnings[0])


def test_addresses_are_trimmed():
    assert good({"server/public_url": "https://x.example/turnout/"}).public_url == "https://x.example/turnout"


# Platforms without keys of their own here


def test_a_platform_without_declared_keys_takes_any(tmp_path):
    written(tmp_path, "pw", "hunter2hunter2")
    text = changed({"channels/fax/main": {"host": "mx", "port": 25, "tls": True, "password_file": "pw"}})
    settings = read(text, {}, tmp_path, platforms=("telegram", "fax"))
    assert settings.channels["fax.main"] == {
        "host": "mx",
        "port": 25,
        "tls": True,
        "password": "hunter2hunter2",
    }
    assert "hunter2" not in repr(settings)
    assert describe(settings)["channels"]["fax.main"]["password"] == "set"


def test_a_rung_may_name_any_platform_with_an_account():
    text = changed(
        {"channels/fax/main": {}, "policy/rungs": [{"before": "24h", "channels": ["fax", "telegram"]}]}
    )
    policy = read(text, {}, Path("/nowhere"), platforms=("telegram", "fax")).policies.default
    assert policy.rungs[0].channels == ("fax", "telegram")


def test_channels_that_carry_little_need_the_page():
    changes = {"channels/sms/main": dict(ACCOUNTS["sms"]), "server": GONE, "interviews": GONE}
    with pytest.raises(
        BadConfig, match=r"server\.public_url: a message on sms leaves link, devices and support to our"
    ):
        read(changed(changes), {}, Path("/nowhere"), platforms=("telegram", "sms"))
    # Where no rung uses it, nothing is lacking.
    changes["policy/rungs"] = [{"before": "1h", "channels": ["telegram"]}]
    read(changed(changes), {}, Path("/nowhere"), platforms=("telegram", "sms"))


# The sample


def test_the_sample_loads_and_is_described(tmp_path):
    path = written(tmp_path, "turnout.toml", SAMPLE.read_text("utf-8"))
    settings = load(path, {})
    assert [each.key for each in settings.warnings] == ["interviews.main.secret"]
    told = json.dumps(describe(settings), ensure_ascii=False, indent=1).replace(str(tmp_path), "…") + "\n"
    golden = GOLDEN / "sample.json"
    if os.environ.get("GOLDEN") == "write":
        golden.write_text(told, "utf-8")
    assert told == golden.read_text("utf-8"), "GOLDEN=write writes it anew"


def test_the_sample_has_every_table_and_every_key_of_the_policy():
    text = SAMPLE.read_text("utf-8")
    for table in (
        "server",
        "database",
        "secrets",
        "log",
        "channels.telegram.main",
        "interviews.main",
        "teams",
        "policy",
    ):
        assert f"[{table}]" in text
    told = {match[1] for match in re.finditer(r"^(\w+) = ", text, re.MULTILINE)} | {"devices", "what_next"}
    assert {key.name for key in POLICY} - told <= {"delivery", "alerts_place", "support_place"}


def test_the_golden_list_of_problems():
    bad = (GOLDEN / "bad.toml").read_text("utf-8")
    told = f"{refused(bad)}\n"
    golden = GOLDEN / "bad.txt"
    if os.environ.get("GOLDEN") == "write":
        golden.write_text(told, "utf-8")
    assert told == golden.read_text("utf-8"), "GOLDEN=write writes it anew"


def test_the_description_shows_no_secret():
    old = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX"
    changes = {
        "database/url": "postgresql://me:hunter2hunter2@h:5432/d?password=hunter3",
        "interviews/main/previous_secret": old,
        "channels/telegram/main/webhook_secret": "0123456789abcdefgh",
    }
    settings = good(changes)
    told = describe(settings)
    for secret in (TOKEN, SECRET, old, "hunter", "me:", "0123456789abcdefgh"):
        assert secret not in json.dumps(told)
    assert told["database"] == {"url": "postgresql://h:5432/d"}
    assert told["interviews"]["main"] == {"secret": "set", "previous_secret": "set"}
    assert told["channels"]["telegram.main"]["token"] == "set"
    assert describe(good())["channels"]["telegram.main"]["webhook_secret"] == "missing"


def test_times_are_read_as_people_write_them():
    policy = good(
        {
            "policy/quiet_hours": "21:30–7:00",
            "policy/digest_at": "off",
            "policy/grace": "1h 30m",
            "policy/patience": "2d",
            "policy/support/hours": "00:00-24:00",
            "policy/support/days": "周一至周五, sat",
        }
    ).policies.default
    assert (policy.quiet_from, policy.quiet_until) == (time(21, 30), time(7))
    assert policy.digest_at is None
    assert (policy.grace, policy.patience) == (timedelta(minutes=90), timedelta(days=2))
    assert (policy.support.opens, policy.support.closes) == (time(0), time(23, 59))
    assert policy.support.days == frozenset(range(6))
    assert good({"policy/support/days": "sat-mon"}).policies.default.support.days == {5, 6, 0}
    assert good({"policy/support/days": "daily"}).policies.default.support.days == frozenset(range(7))
    off = good({"policy/quiet_hours": "off"}).policies.default
    assert off.quiet_from == off.quiet_until
    native = read(
        changed({}).replace('name = "Nebula"', 'digest_at = 07:30:00, name = "N"'), {}, Path("/nowhere")
    )
    assert native.policies.default.digest_at == time(7, 30)


def test_a_channel_knows_every_key_we_let_through():
    from channels.telegram.settings import KNOWN

    ours = {key.name for key in SECTIONS["channels.telegram.<account>"]}
    assert set(KNOWN) - ours == {"public_url"}
    assert ours <= set(KNOWN)


@pytest.mark.parametrize("platform", ["slack", "wechat", "wecom", "wecom_contact", "wecom_kf"])
def test_a_platform_knows_every_key_we_let_through(platform):
    known = import_module(f"channels.{platform}.settings").KNOWN
    ours = {key.name for key in SECTIONS[f"channels.{platform}.<account>"]}
    assert set(known) - ours == {"public_url"}
    assert ours <= set(known)
