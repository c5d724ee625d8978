"""What has to hold for a WeChat service account beside its keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.settings.mistakes import settings_of
from channels.wechat.checking import GO_TO_EVERYBODY
from channels.wechat.settings import OFFICIAL, Settings, read_settings
from locales.text import t

if TYPE_CHECKING:
    from bot.settings.tables import Reading

SHORTEST_SECRET = 32
"""Stand-ins on another `api_base` may use what they like."""
REQUIRED = ("appid", "secret", "token", "aes_key")


def check_wechat(reading: Reading, config: dict[str, Any], path: str, public_url: str) -> None:
    """Tell what is wrong with an account, with its remedy."""
    settings = settings_of(reading, path, {**config, "public_url": public_url}, read_settings, REQUIRED)
    if settings is None:
        return
    if settings.api_base == OFFICIAL and len(settings.secret) < SHORTEST_SECRET:
        remedy = t("copy the whole of it from 基本配置")
        reading.wrong(f"{path}.secret", t("is too short to be WeChat's"), remedy)
    _check_templates(reading, settings, path)
    _check_address(reading, settings, path)


def _check_templates(reading: Reading, settings: Settings, path: str) -> None:
    """Say what would go another way: WeChat lets nothing else out unless somebody has just written."""
    if left := [kind for kind in GO_TO_EVERYBODY if settings.template(kind) is None]:
        reason = t(
            "have none for {kinds}, which every candidate gets: outside a window they go another way",
            kinds=", ".join(left),
        )
        remedy = t('name one that has these kinds, or kinds = ["*"]; channels/wechat/README.md shows some')
        reading.warn(f"{path}.templates", reason, remedy)


def _check_address(reading: Reading, settings: Settings, path: str) -> None:
    if not settings.public_url:
        name = path.rpartition(".")[2]
        remedy = t(
            "set it: WeChat brings words to /hooks/wechat/{name} under it, and templates lead to our pages",
            name=name,
        )
        reading.warn("server.public_url", t("is missing, and {path} needs it", path=path), remedy)
    elif settings.api_base == OFFICIAL and not settings.public_url.startswith("https:"):
        reading.warn(
            "server.public_url", t("is not https: what is said can be changed on the way"), t("use https")
        )
