"""What a mail account can be set up with, there and in the configuration."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

import channels
from bot.settings import BadConfig, read
from channels import load
from channels.base import BadSetting, Forgetful
from channels.email import KEY, Email
from tests.support.accounts import ACCOUNTS
from tests.support.samples import NOW
from tests.support.told import require_told
from tests.unit.test_config_bad import changed

SECRET = "S3cret-value-of-24-letters"
LOGIN = {"username": "u", "password": SECRET}


def made(**changes: Any) -> Email:
    return Email("email.main", {**ACCOUNTS["email"], **changes}, lambda: NOW)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"host": ""}, "host"),
        ({"from": ""}, "from"),
        ({"from": "S3cret"}, "from"),
        ({"from": "Interviews <a@example.com>"}, "from"),
        ({"reply_to": "nobody"}, "reply_to"),
        ({"security": "ssl"}, "security"),
        ({"security": "none"}, "security"),
        ({"security": "none", "host": "10.0.0.1"}, "security"),
        ({"username": "u"}, "password"),
        ({"password": SECRET}, "username"),
        ({"port": 0.5}, "port"),
        ({"port": 70_000}, "port"),
        ({"port": "S3cret"}, "port"),
        ({"deadline_seconds": float("nan")}, "deadline_seconds"),
        ({"deadline_seconds": 100}, "deadline_seconds"),
        ({"inbound_secret": "S3cret"}, "inbound_secret"),
        ({"imap_host": "imap.example.com"}, "imap_username"),
        ({"imap_host": "imap.example.com", "imap_username": "u"}, "imap_password"),
        ({"imap_host": "imap.example.com", **LOGIN, "imap_folder": 'a" b'}, "imap_folder"),
        ({"imap_host": "imap.example.com", **LOGIN, "poll_seconds": 10_000}, "poll_seconds"),
        ({"pasword": SECRET}, "pasword"),
    ],
)
def test_bad_settings_name_the_remedy_and_no_value(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(BadSetting) as raised:
        made(**changes)
    assert raised.value.field == field
    assert raised.value.why
    assert raised.value.remedy.endswith(".")
    assert "S3cret" not in str(raised.value)
    require_told(raised.value)


def test_what_is_not_said_follows_from_what_is() -> None:
    assert [made(security=kind)._settings.port for kind in ("starttls", "tls")] == [587, 465]
    assert made(security="none", host="localhost")._settings.port == 25
    settings = made(**{"from": "面试@例子.中国"})._settings
    assert (settings.sender, settings.domain) == ("面试@例子.中国", "xn--fsqu00a.xn--fiqs8s")
    assert settings.helo == settings.domain


def test_a_mailbox_is_opened_with_what_mails_are_sent_with() -> None:
    own = {"imap_host": "imap.example.com", **LOGIN}
    box = made(**own)._settings.mailbox
    assert box is not None
    assert (box.username, box.password, box.port, box.folder) == ("u", SECRET, 993, "INBOX")
    other = made(**own, imap_username="other", imap_password="p" * 8)._settings.mailbox
    assert other is not None
    assert (other.username, other.password) == ("other", "p" * 8)


def test_secrets_are_not_shown() -> None:
    settings = made(**LOGIN, inbound_secret=SECRET, imap_host="imap.example.com")._settings
    assert SECRET not in repr(settings)


def test_the_rate_is_the_servers() -> None:
    assert made().caps.rates == ()
    (rate,) = made(per_minute=30).caps.rates
    assert (rate.scope, rate.count, rate.per.total_seconds()) == ("account", 30, 60)


async def test_the_key_is_drawn_once_and_kept() -> None:
    vault = Forgetful()
    one, other = (Email("email.main", ACCOUNTS["email"], lambda: NOW, vault) for _ in range(2))
    await one.open()
    key = await vault.get(KEY)
    await one.open()
    await other.open()
    assert await vault.get(KEY) == key
    names = [(await each._known_marks()).make("a", "b@example.com") for each in (one, other, made())]
    assert names[0] == names[1] != names[2]


async def test_who_has_an_address_is_found() -> None:
    channel = load("email")("email.main", ACCOUNTS["email"], lambda: NOW)
    for email, hint in (
        ("LiLei@Example.com", None),
        (None, "lilei@example.com"),
        ("lilei@example.com", "x@y.zz"),
    ):
        found = await channel.find(email, None, hint)
        assert found is not None
        assert (found.user, found.chat) == ("lilei@example.com",) * 2
    for email, hint in ((None, None), ("lilei", None), (None, "+86 138 0000 0000"), ("a@b", "")):
        assert await channel.find(email, "138 0000 0000", hint) is None
    assert channel.invite_url("token") is None


# -- in the configuration ---------------------------------------------------------------------------------


def refused(account: dict[str, Any], folder: Path = Path("/nowhere")) -> str:
    with pytest.raises(BadConfig) as raised:
        read(changed({"channels/email/main": {**ACCOUNTS["email"], **account}}), {}, folder)
    return str(raised.value)


@pytest.mark.parametrize(
    ("account", "told"),
    [
        ({"host": "smtp example"}, "is not the name of a server"),
        ({"security": "none"}, "none is only for a mail server on this machine"),
        ({"security": "ssl"}, "is not one of starttls, tls, none"),
        ({"username": "u"}, "channels.email.main.password: is missing"),
        ({"ca_file": "own.pem"}, "there is no such file"),
        ({"imap_host": "imap.example.com"}, "channels.email.main.imap_password: is missing"),
        ({"inbound_secret": "short"}, "too short to keep forgers out"),
        ({"from": "nobody"}, "is not an e-mail address"),
        ({"tls": True}, "there is no such key"),
    ],
)
def test_what_cannot_work_is_refused(account: dict[str, Any], told: str) -> None:
    assert told in refused(account)


def test_what_is_missing_is_named_with_its_remedy() -> None:
    with pytest.raises(BadConfig) as raised:
        read(changed({"channels/email/main": {}}), {}, Path("/nowhere"))
    told = str(raised.value)
    assert "channels.email.main.host: is missing; write it" in told
    # Only a secret may stand in a file of its own.
    assert "host_file" not in told


def test_files_are_found_beside_the_configuration(tmp_path: Path) -> None:
    (tmp_path / "own.pem").write_text("x")
    account = {**ACCOUNTS["email"], "ca_file": "own.pem", "inbound_secret": SECRET}
    settings = read(changed({"channels/email/main": account}), {}, tmp_path)
    assert settings.channels["email.main"]["ca_file"] == str(tmp_path / "own.pem")
    assert settings.warnings == ()
    # What the configuration says, the channel takes.
    Email("email.main", {**settings.channels["email.main"], "public_url": "https://x.example"}, lambda: NOW)


def test_who_takes_in_no_mail_is_told_what_that_means() -> None:
    settings = read(changed({"channels/email/main": dict(ACCOUNTS["email"])}), {}, Path("/nowhere"))
    (warning,) = settings.warnings
    assert warning.key == "channels.email.main.inbound_secret"
    assert "/hooks/email/main" in str(warning)
    account = {**ACCOUNTS["email"], **LOGIN, "imap_host": "imap.example.com"}
    assert read(changed({"channels/email/main": account}), {}, Path("/nowhere")).warnings == ()


def test_the_readmes_example_works(tmp_path: Path) -> None:
    text = (Path(channels.__path__[0]) / "email" / "README.md").read_text("utf-8")
    lines = text.partition("[channels.email.main]\n")[2].partition("\n\n")[0].splitlines()
    account = tomllib.loads("\n".join(line.strip() for line in lines))
    (tmp_path / "smtp-password").write_text(SECRET)
    settings = read(changed({"channels/email/main": account}), {}, tmp_path)
    made = Email("email.main", settings.channels["email.main"], lambda: NOW)
    assert (made._settings.port, made._settings.per_minute) == (587, 30)
