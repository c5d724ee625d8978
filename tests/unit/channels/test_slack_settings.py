"""What an app may be told: in one of its ways, each refusal with a remedy and without the value."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from bot import cli
from bot.sandbox.slack import SlackApp
from bot.sandbox.slack.app import EVENTS as TELLABLE
from bot.settings import BadConfig, read
from bot.settings.problems import in_words
from channels import load
from channels.base import BadSetting
from channels.routes import ROUTES
from channels.slack.manifest import EVENTS, SCOPES, manifest
from tests.support.samples import NOW
from tests.support.told import require_told
from tests.unit.test_config_bad import changed

TOKEN = "xoxb-1-2-S3cret"
SECRET = "5a4db0e05a4db0e05a4db0e05a4db0e0"
SOCKET: dict[str, Any] = {"token": TOKEN, "app_token": "xapp-1-A1-S3cret"}
HTTP: dict[str, Any] = {"token": TOKEN, "signing_secret": SECRET}
SHARED: dict[str, Any] = {
    "client_id": "1.2",
    "client_secret": "S3cret",
    "signing_secret": SECRET,
    "public_url": "https://t.example.com",
}


def made(config: dict[str, Any]) -> Any:
    return load("slack")("slack.main", config, lambda: NOW)


def test_the_app_token_alone_means_socket_mode() -> None:
    assert made(SOCKET).pulls
    assert not made(HTTP).pulls
    assert not made({**SOCKET, **HTTP, "mode": "http"}).pulls
    assert made({**SHARED, "mode": "socket", "app_token": SOCKET["app_token"]}).pulls


def test_without_history_a_message_is_not_known_again() -> None:
    assert made(SOCKET).caps is ROUTES["slack"]
    assert made({**SOCKET, "history": False}).caps.idempotency == "none"


@pytest.mark.parametrize(
    ("config", "field"),
    [
        ({}, "token"),
        ({"token": "S3cret"}, "token"),
        ({"token": "xoxp-1-S3cret", "signing_secret": SECRET}, "token"),
        ({"client_id": "1.2", "signing_secret": SECRET}, "token"),
        ({**HTTP, "client_id": "1.2", "client_secret": "S3cret"}, "token"),
        ({"token": TOKEN}, "signing_secret"),
        ({"token": TOKEN, "mode": "http"}, "signing_secret"),
        ({"token": TOKEN, "mode": "socket"}, "app_token"),
        ({"token": TOKEN, "app_token": "S3cret"}, "app_token"),
        ({**SOCKET, "mode": "webhook"}, "mode"),
        ({**SHARED, "public_url": ""}, "public_url"),
        ({**SHARED, "workspaces": "T1, S3cret"}, "workspaces"),
        ({**SHARED, "workspaces": 5}, "workspaces"),
        ({**SOCKET, "api_base": "S3cret"}, "api_base"),
        ({**SOCKET, "api_base": "https://[S3cret"}, "api_base"),
        ({**SOCKET, "poll_seconds": "S3cret"}, "poll_seconds"),
        ({**SOCKET, "deadline_seconds": 0}, "deadline_seconds"),
        ({**SOCKET, "tokn": "S3cret"}, "tokn"),
    ],
)
def test_bad_settings_name_the_remedy_and_no_value(config: dict[str, Any], field: str) -> None:
    with pytest.raises(BadSetting) as raised:
        made(config)
    assert raised.value.field == field
    assert raised.value.why
    assert raised.value.remedy.endswith(".")
    assert "S3cret" not in str(raised.value)
    require_told(raised.value)


def test_no_secret_stands_in_what_is_printed() -> None:
    for config in (SOCKET, HTTP, SHARED):
        channel = made(config)
        assert "S3cret" not in repr(channel._settings)
        assert SECRET not in repr(channel._settings)


# -- in the configuration ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("account", "key", "reason"),
    [
        ({}, "channels.slack.main.token", "it is missing"),
        ({"token": TOKEN}, "channels.slack.main.signing_secret", "it is missing"),
        ({"token": TOKEN, "signing_secret": "short"}, "channels.slack.main.signing_secret", "too short"),
        ({"token": "xoxp-1"}, "channels.slack.main.token", "not the form"),
        ({**SOCKET, "mode": "webhook"}, "channels.slack.main.mode", "not one of socket, http"),
    ],
)
def test_a_configuration_is_refused_with_its_key(account: dict[str, Any], key: str, reason: str) -> None:
    with pytest.raises(BadConfig) as raised:
        read(changed({"channels/slack/main": account}), {}, Path("/nowhere"))
    (problem,) = raised.value.problems
    assert problem.key == key
    assert reason in in_words(problem.reason)
    assert problem.remedy


def test_a_configuration_may_have_each_kind_of_account() -> None:
    shared = {key: value for key, value in SHARED.items() if key != "public_url"}
    text = changed({"channels/slack/one": SOCKET, "channels/slack/all": shared})
    settings = read(text, {}, Path("/nowhere"))
    assert [warning.key for warning in settings.warnings] == ["channels.slack.all.workspaces"]
    shared["workspaces"] = "T01AB2CD3EF, T9"
    text = changed({"channels/slack/all": shared})
    assert read(text, {}, Path("/nowhere")).warnings == ()


# -- the manifest -----------------------------------------------------------------------------------------


def test_the_manifest_makes_an_app_for_socket_mode() -> None:
    app = SlackApp.from_manifest(manifest())
    assert (app.is_socket_mode, app.events_url, app.commands) == (True, "", {"/turnout": ""})
    assert (app.has_home, app.has_messages, app.rotates_tokens) == (True, True, False)
    assert "request_url" not in str(manifest())


def test_the_manifest_makes_an_app_that_posts_to_us() -> None:
    app = SlackApp.from_manifest(manifest("hr", "https://t.example.com/"))
    hook = "https://t.example.com/hooks/slack/hr"
    assert (app.is_socket_mode, app.events_url, app.interactivity_url) == (False, hook, hook)
    assert (app.commands, app.redirect_urls) == ({"/turnout": hook}, (f"{hook}/oauth",))


def test_the_command_prints_it_without_any_configuration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    printed = CliRunner().invoke(cli.app, ["manifest", "slack", "--public-url", "https://t.example.com"])
    assert printed.exit_code == 0
    assert json.loads(printed.stdout) == manifest("main", "https://t.example.com")
    for platform in ("telegram", "fax"):
        assert CliRunner().invoke(cli.app, ["manifest", platform]).exit_code == 1


def test_every_event_has_the_scope_it_needs() -> None:
    assert {*EVENTS} <= {*TELLABLE}
    assert {TELLABLE[name] for name in EVENTS} - {""} <= {*SCOPES}
