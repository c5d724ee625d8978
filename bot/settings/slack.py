"""What has to hold for a Slack account beside its keys: they belong together in one of a few ways."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.settings.problems import as_told
from channels.base import BadSetting
from channels.slack.settings import OFFICIAL, read_settings
from locales.text import t

if TYPE_CHECKING:
    from bot.settings.tables import Reading

SHORTEST_SIGNING_SECRET = 16
"""Stand-ins on another `api_base` may use what they like."""


def check_slack(reading: Reading, config: dict[str, Any], path: str, public_url: str) -> None:
    """Tell what is wrong with an account, with its remedy."""
    try:
        settings = read_settings(path, {**config, "public_url": public_url})
    except BadSetting as bad:
        key = "server.public_url" if bad.field == "public_url" else f"{path}.{bad.field}"
        reading.wrong(key, as_told(bad.why), as_told(bad.remedy))
        return
    secret = settings.signing_secret
    if settings.api_base == OFFICIAL and 0 < len(secret) < SHORTEST_SIGNING_SECRET:
        remedy = t("copy the whole of it from Basic Information, App Credentials")
        reading.wrong(f"{path}.signing_secret", t("is too short to be Slack's"), remedy)
    if settings.is_shared and not settings.workspaces:
        remedy = t(
            "list the ids of your own: whoever installs the app is asked for candidates by e-mail address"
        )
        reading.warn(f"{path}.workspaces", t("is empty, so any workspace may install the app"), remedy)
