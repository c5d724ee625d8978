"""The app as Slack is told to make it: one JSON to paste. Pure; needs no credentials.

docs.slack.dev/reference/app-manifest.
"""

from __future__ import annotations

from typing import Any

from channels.slack.settings import COMMAND

SCOPES = (
    "app_mentions:read",
    "chat:write",
    "commands",
    "files:read",
    "files:write",
    "im:history",
    "im:write",
    "users:read",
    "users:read.email",
)
"""What the bot may do: write, bring a file, fetch one that was sent to it, read its own private chats, look
somebody up."""
EVENTS = ("app_home_opened", "app_mention", "app_uninstalled", "message.im", "tokens_revoked", "user_change")


def manifest(account: str = "main", public_url: str = "") -> dict[str, Any]:
    """Return an app's manifest: by Socket Mode without an address of ours, by requests to us with one."""
    hook = f"{public_url.rstrip('/')}/hooks/slack/{account}" if public_url else ""
    here = {"request_url": hook} if hook else {}
    command = {
        "command": COMMAND,
        "description": "Your interview: status, move, help. For staff: help lists everything",
        "usage_hint": "status | move | help",
        "should_escape": False,
        **({"url": hook} if hook else {}),
    }
    redirect = {"redirect_urls": [f"{hook}/oauth"]} if hook else {}
    return {
        "_metadata": {"major_version": 1, "minor_version": 1},
        "display_information": {
            "name": "Turnout",
            "description": "Reminds people of their interviews, and helps when something comes between.",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": "Turnout", "always_online": True},
            "slash_commands": [command],
        },
        "oauth_config": {**redirect, "scopes": {"bot": list(SCOPES)}},
        "settings": {
            "event_subscriptions": {**here, "bot_events": list(EVENTS)},
            "interactivity": {"is_enabled": True, **here},
            "org_deploy_enabled": False,
            "socket_mode_enabled": not hook,
            "token_rotation_enabled": False,
        },
    }
