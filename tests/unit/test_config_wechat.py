"""A WeChat service account in a configuration: what is wrong, what is missing, and its README as it stands."""

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

import channels
from bot.settings import BadConfig, read
from bot.settings.toml import literal
from channels import load
from tests.support.accounts import ACCOUNTS
from tests.support.samples import MESSAGES, NOW, envelope
from tests.unit.test_config_bad import GONE, GOOD, good

ACCOUNT = dict(ACCOUNTS["wechat"])
PUBLIC = {"server/public_url": "https://turnout.example.com"}
README = (Path(channels.__path__[0]) / "wechat" / "README.md").read_text("utf-8")


def told(**changes: object) -> list[str]:
    """Return the keys of what is said of an account."""
    with pytest.raises(BadConfig) as raised:
        good({**PUBLIC, "channels/wechat/main": {**ACCOUNT, **changes}})
    return [problem.key.removeprefix("channels.wechat.main.") for problem in raised.value.problems]


def warned(settings: Mapping[str, object], **changes: object) -> list[str]:
    found = good({**settings, "channels/wechat/main": {**ACCOUNT, **changes}})
    return [problem.key for problem in found.warnings]


def test_an_account_that_says_all_is_taken() -> None:
    assert warned(PUBLIC) == []


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"secret": "too-short"}, "secret"),
        ({"appid": "ww0123456789abcdef"}, "appid"),
        ({"aes_key": "short"}, "aes_key"),
        (
            {"templates": {"a": {"id": "template-a", "kinds": ["x"], "fields": {"thing1": "time"}}}},
            "templates.a.fields.thing1",
        ),
    ],
)
def test_what_cannot_work_is_told_by_its_key(changes: dict[str, object], key: str) -> None:
    assert told(**changes) == [key]


def test_what_would_go_another_way_is_remarked_on() -> None:
    only = {"one": {"id": "template-one", "kinds": ["reminder"], "fields": {"thing1": "what"}}}
    assert warned(PUBLIC, templates=only) == ["channels.wechat.main.templates"]
    assert "server.public_url" in warned({"server/public_url": "http://turnout.example.com"})


def test_the_readme_is_taken_as_it_stands(tmp_path: Path) -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", README, re.DOTALL)
    secrets = {"wechat": "a" * 32, "wechat-token": "sampletoken", "wechat-aes-key": "b" * 43}
    for name, secret in secrets.items():
        (tmp_path / name).write_text(secret, "utf-8")
        example = example.replace(f'/run/secrets/{name}"', f'{tmp_path / name}"')
    example = example.replace("wx…", "wx0123456789abcdef").replace("<模板ID>", "a-template-of-theirs")
    known = {name: value for name, value in GOOD.items() if name != "channels"}
    known["server"] = {**known.get("server", {}), "public_url": "https://turnout.example.com"}
    rest = "\n".join(f"{name} = {literal(value)}" for name, value in known.items())
    settings = read(f"{rest}\n{example}", {}, tmp_path)
    assert settings.warnings == ()
    channel = load("wechat")("wechat.main", settings.channels["wechat.main"], lambda: NOW)
    for locale in ("zh_Hans", "en"):
        for message in (MESSAGES["reminder"], MESSAGES["bare"]):
            made = envelope(message, "oLiLei", locale, account="wechat.main")
            assert channel.render(message, replace(made, route="wechat.template")).calls


def test_without_our_pages_templates_lead_nowhere() -> None:
    with pytest.raises(BadConfig, match=r"server\.public_url: a message on wechat leaves"):
        good({"server/public_url": GONE, "channels/wechat/main": ACCOUNT})
