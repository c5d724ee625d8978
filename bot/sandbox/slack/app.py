"""The app as it is configured at api.slack.com, and the workspaces it is installed in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

SCOPES = frozenset(
    "chat:write chat:write.public commands im:write im:history channels:history channels:read groups:history "
    "groups:read channels:join files:read files:write users:read users:read.email app_mentions:read".split()
)
EVENTS: Mapping[str, str] = {
    "message.im": "im:history",
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "app_mention": "app_mentions:read",
    "app_home_opened": "",
    "member_joined_channel": "channels:read",
    "member_left_channel": "channels:read",
    "user_change": "users:read",
    "tokens_revoked": "",
    "app_uninstalled": "",
}
"""What the sandbox can tell a bot, with the scope each needs."""


@dataclass(slots=True)
class SlackApp:
    """What an app's pages at api.slack.com say; `from_manifest` reads it from an app manifest."""

    id: str = "A0SANDBOX01"
    name: str = "Turnout"
    client_id: str = "1001.2002"
    client_secret: str = "sandbox-client-secret-0001"  # noqa: S105 - the sandbox's own
    signing_secret: str = "5a4db0e05a4db0e05a4db0e05a4db0e0"  # noqa: S105
    app_token: str = "xapp-1-A0SANDBOX01-1001-SandboxSandboxSandbox"  # noqa: S105
    scopes: frozenset[str] = SCOPES
    events: frozenset[str] = frozenset(EVENTS)
    commands: dict[str, str] = field(default_factory=lambda: {"/turnout": ""})
    """Slash commands, with the address each is sent to."""
    events_url: str = ""
    interactivity_url: str = ""
    redirect_urls: tuple[str, ...] = ()
    is_socket_mode: bool = False
    has_home: bool = True
    has_messages: bool = True
    """Whether its Messages tab is on: otherwise nobody can be written to in private."""
    rotates_tokens: bool = False

    @classmethod
    def from_manifest(cls, manifest: Mapping[str, Any]) -> SlackApp:
        """Return the app that api.slack.com makes of a manifest; raises KeyError where it lacks something."""
        features, settings = manifest.get("features", {}), manifest.get("settings", {})
        oauth, home = manifest.get("oauth_config", {}), features.get("app_home", {})
        subscribed = settings.get("event_subscriptions", {})
        interactivity = settings.get("interactivity", {})
        return cls(
            name=manifest["display_information"]["name"],
            scopes=frozenset(oauth.get("scopes", {}).get("bot", ())),
            events=frozenset(subscribed.get("bot_events", ())),
            commands={each["command"]: each.get("url", "") for each in features.get("slash_commands", ())},
            events_url=subscribed.get("request_url", ""),
            interactivity_url=interactivity.get("request_url", "") if interactivity.get("is_enabled") else "",
            redirect_urls=tuple(oauth.get("redirect_urls", ())),
            is_socket_mode=settings.get("socket_mode_enabled", False),
            has_home=home.get("home_tab_enabled", False),
            has_messages=home.get("messages_tab_enabled", False)
            and not home.get("messages_tab_read_only_enabled", False),
            rotates_tokens=settings.get("token_rotation_enabled", False),
        )

    def listens(self, url: str) -> None:
        """Have everything sent to one address."""
        self.events_url = self.interactivity_url = url
        self.commands = dict.fromkeys(self.commands, url)


@dataclass(slots=True)
class Grant:
    """A bot token."""

    token: str
    scopes: frozenset[str]
    expires_at: datetime | None = None
    refresh_token: str = ""
    is_revoked: bool = False


@dataclass(slots=True)
class Workspace:
    """A team on Slack."""

    id: str
    name: str
    domain: str
    bot: str
    """The bot's user id there."""
    bot_id: str
    grants: list[Grant] = field(default_factory=list)

    @property
    def token(self) -> str:
        """The newest token that the app was given here; empty when it is not installed."""
        return next((grant.token for grant in reversed(self.grants) if not grant.is_revoked), "")

    @property
    def scopes(self) -> frozenset[str]:
        return next((grant.scopes for grant in reversed(self.grants) if not grant.is_revoked), frozenset())
