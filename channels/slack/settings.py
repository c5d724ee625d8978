"""What an app's configuration may say. Every refusal names the setting and the remedy, never the value."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from channels.base import BadSetting

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
            raise BadSetting(key, "Slack has no such setting", f"There are {', '.join(KNOWN)}.")
    pulls = _pulls(config)
    token = _credential(config, "token", "xoxb-", "OAuth & Permissions, Bot User OAuth Token")
    client_id, client_secret = (str(config.get(key) or "") for key in ("client_id", "client_secret"))
    if not token and not (client_id and client_secret):
        why = "it is missing" if not client_id else "neither it nor client_secret is there"
        remedy = "Take the one that the app's page shows under OAuth & Permissions: it begins with xoxb-."
        raise BadSetting("token", why, remedy)
    if token and client_id:
        remedy = "Leave one of them out: with client_id each workspace brings its own token."
        raise BadSetting("token", "there is a client_id too", remedy)
    app_token = _credential(config, "app_token", "xapp-", "Basic Information, App-Level Tokens")
    if pulls and not app_token:
        remedy = "Make one on the app's page, Basic Information, App-Level Tokens, with connections:write."
        raise BadSetting("app_token", 'it is missing, and mode = "socket" needs it', remedy)
    secret = str(config.get("signing_secret") or "")
    if not pulls and not secret:
        remedy = "Copy it from the app's page, Basic Information, App Credentials."
        raise BadSetting("signing_secret", 'it is missing, and mode = "http" needs it', remedy)
    public_url = str(config.get("public_url") or "").rstrip("/")
    if client_id and not public_url:
        remedy = "Give the https address by which the internet reaches us: installing ends there."
        raise BadSetting("public_url", "it is missing, and client_id needs it", remedy)
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
        raise BadSetting("mode", "there is no such mode", 'Choose "socket" or "http".')
    return bool(mode == "socket")


def _credential(config: Mapping[str, Any], key: str, begins: str, where: str) -> str:
    value = str(config.get(key) or "")
    if value and not re.fullmatch(rf"{begins}[\w-]+", value, re.ASCII):
        why = "this has not the form of such a token"
        raise BadSetting(key, why, f"Take the one that begins with {begins} from the app's page, {where}.")
    return value


def _workspaces(value: object) -> frozenset[str]:
    listed = value.replace(",", " ").split() if isinstance(value, str) else value or ()
    if not isinstance(listed, list | tuple | set | frozenset) or not all(
        re.fullmatch("T[A-Z0-9]+", str(each)) for each in listed
    ):
        remedy = "List ids like T01AB2CD3EF: they stand in the address of each workspace in the browser."
        raise BadSetting("workspaces", "these are no workspaces' ids", remedy)
    return frozenset(map(str, listed))


def _address(config: Mapping[str, Any], key: str, usual: str) -> str:
    address = str(config.get(key) or usual).rstrip("/")
    try:
        parts = urlsplit(address)
        is_address = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        is_address = False
    if not is_address:
        raise BadSetting(key, "this is no http address", f"Leave it out to use {usual}.")
    return address


def _number(config: Mapping[str, Any], key: str, default: float, low: float, high: float) -> float:
    try:
        number = float(config.get(key, default))
    except (TypeError, ValueError):
        number = float("nan")
    if not low <= number <= high:
        raise BadSetting(key, "this is out of range", f"Give seconds between {low:g} and {high:g}.")
    return number
