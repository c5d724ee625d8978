"""What an app's configuration may say. Every refusal names the setting and the remedy, never the value."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from channels.base import BadSetting
from locales.text import Text, t
from locales.told import Told

OFFICIAL = "https://slack.com/api"
AUTHORIZE = "https://slack.com/oauth/v2/authorize"
COMMAND = "/turnout"
KNOWN = (
    "token",
    "signing_secret",
    "app_token",
    "mode",
    "client_id",
    "client_secret",
    "workspaces",
    "history",
    "public_url",
    "api_base",
    "authorize_url",
    "poll_seconds",
    "deadline_seconds",
)


@dataclass(frozen=True, slots=True)
class Settings:
    """One app's configuration, checked."""

    pulls: bool
    """Socket Mode: what happens comes by a connection of ours."""
    token: str = field(repr=False)
    """The bot's token; empty when workspaces bring their own by OAuth."""
    signing_secret: str = field(repr=False)
    app_token: str = field(repr=False)
    client_id: str
    client_secret: str = field(repr=False)
    workspaces: frozenset[str]
    """The workspaces that may install the app; empty for any."""
    has_history: bool
    """Whether our private chats may be read, to see whether a message arrived after all."""
    public_url: str
    api_base: str
    authorize_url: str
    poll_seconds: float
    """How long one pull waits for something to come."""
    deadline: float
    """Seconds after which a send is given up."""

    @property
    def is_shared(self) -> bool:
        """Whether several workspaces install the app by OAuth."""
        return not self.token


def read_settings(account: str, config: Mapping[str, Any]) -> Settings:
    """Return a configuration, checked; raises BadSetting."""
    for key in config:
        if key not in KNOWN:
            strange = t("{what} has no such setting", what="Slack")
            raise _bad(key, strange, t("There are {known}.", known=", ".join(KNOWN)))
    pulls = _pulls(config)
    token = _credential(config, "token", "xoxb-", t("OAuth & Permissions, Bot User OAuth Token"))
    client_id, client_secret = (str(config.get(key) or "") for key in ("client_id", "client_secret"))
    if not token and not (client_id and client_secret):
        why = t("neither it nor client_secret is there") if client_id else t("it is missing")
        remedy = t("Take the one that the app's page shows under OAuth & Permissions: it begins with xoxb-.")
        raise _bad("token", why, remedy)
    if token and client_id:
        remedy = t("Leave one of them out: with client_id each workspace brings its own token.")
        raise _bad("token", t("there is a client_id too"), remedy)
    app_token = _credential(config, "app_token", "xapp-", t("Basic Information, App-Level Tokens"))
    if pulls and not app_token:
        remedy = t("Make one on the app's page, Basic Information, App-Level Tokens, with connections:write.")
        raise _bad("app_token", t("it is missing, and {what} needs it", what='mode = "socket"'), remedy)
    secret = str(config.get("signing_secret") or "")
    if not pulls and not secret:
        remedy = t("Copy it from the app's page, Basic Information, App Credentials.")
        raise _bad("signing_secret", t("it is missing, and {what} needs it", what='mode = "http"'), remedy)
    public_url = str(config.get("public_url") or "").rstrip("/")
    if client_id and not public_url:
        remedy = t("Give the https address by which the internet reaches us: installing ends there.")
        raise _bad("public_url", t("it is missing, and {what} needs it", what="client_id"), remedy)
    return Settings(
        pulls=pulls,
        token=token,
        signing_secret=secret,
        app_token=app_token,
        client_id=client_id,
        client_secret=client_secret,
        workspaces=_workspaces(config.get("workspaces")),
        has_history=config.get("history", True) is not False,
        public_url=public_url,
        api_base=_address(config, "api_base", OFFICIAL),
        authorize_url=_address(config, "authorize_url", AUTHORIZE),
        poll_seconds=_number(config, "poll_seconds", 25, 0, 60),
        deadline=_number(config, "deadline_seconds", 15, 0.05, 60),
    )


def _pulls(config: Mapping[str, Any]) -> bool:
    mode = config.get("mode") or ("socket" if config.get("app_token") else "http")
    if mode not in ("socket", "http"):
        raise _bad(
            "mode", t("there is no such mode"), t("Choose {one} or {other}.", one='"socket"', other='"http"')
        )
    return bool(mode == "socket")


def _credential(config: Mapping[str, Any], key: str, begins: str, where: Text) -> str:
    value = str(config.get(key) or "")
    if value and not re.fullmatch(rf"{begins}[\w-]+", value, re.ASCII):
        why = t("this has not the form of such a token")
        remedy = t(
            "Take the one that begins with {begins} from the app's page, {where}.", begins=begins, where=where
        )
        raise _bad(key, why, remedy)
    return value


def _workspaces(value: object) -> frozenset[str]:
    listed = value.replace(",", " ").split() if isinstance(value, str) else value or ()
    if not isinstance(listed, list | tuple | set | frozenset) or not all(
        re.fullmatch("T[A-Z0-9]+", str(each)) for each in listed
    ):
        remedy = t("List ids like T01AB2CD3EF: they stand in the address of each workspace in the browser.")
        raise _bad("workspaces", t("these are no workspaces' ids"), remedy)
    return frozenset(map(str, listed))


def _address(config: Mapping[str, Any], key: str, usual: str) -> str:
    address = str(config.get(key) or usual).rstrip("/")
    try:
        parts = urlsplit(address)
        is_address = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        is_address = False
    if not is_address:
        raise _bad(key, t("this is no http address"), t("Leave it out to use {usual}.", usual=usual))
    return address


def _number(config: Mapping[str, Any], key: str, default: float, low: float, high: float) -> float:
    try:
        number = float(config.get(key, default))
    except (TypeError, ValueError):
        number = float("nan")
    if not low <= number <= high:
        limits = t("Give seconds between {least} and {most}.", least=f"{low:g}", most=f"{high:g}")
        raise _bad(key, t("this is out of range"), limits)
    return number


def _bad(key: str, why: Text, remedy: Text) -> BadSetting:
    """Return what is wrong with a setting, in words that are told in the reader's language."""
    return BadSetting(key, Told(why), Told(remedy))
