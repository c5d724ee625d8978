"""What has to hold for a WeCom account beside its keys."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from bot.settings.mistakes import settings_of
from channels.wecom.settings import OFFICIAL, read_settings
from locales.text import t

if TYPE_CHECKING:
    from bot.settings.tables import Reading

SHORTEST_SECRET = 32
"""Stand-ins on another `api_base` may use what they like."""
REQUIRED = frozenset({"corpid", "agentid", "secret", "token", "aes_key"})


def check_wecom(reading: Reading, config: dict[str, Any], path: str, public_url: str) -> None:
    """Tell what is wrong with an account, with its remedy."""
    given = {**config, "public_url": public_url}
    settings = settings_of(reading, path, given, partial(read_settings, path), REQUIRED)
    if settings is None:
        return
    if settings.api_base == OFFICIAL and len(settings.secret) < SHORTEST_SECRET:
        remedy = t("copy the whole of it from the app's page")
        reading.wrong(f"{path}.secret", t("is too short to be WeCom's"), remedy)
    if not public_url:
        name = path.rpartition(".")[2]
        remedy = t(
            "set it: WeCom brings presses and words to /hooks/wecom/{name} under it, and nowhere else",
            name=name,
        )
        reading.warn("server.public_url", t("is missing, and {path} needs it", path=path), remedy)
    elif settings.api_base == OFFICIAL and not public_url.startswith("https:"):
        reading.warn(
            "server.public_url", t("is not https: what is said can be changed on the way"), t("use https")
        )
