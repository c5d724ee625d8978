"""What has to hold for WeCom's two ways to people outside the company, beside their keys."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from bot.settings.mistakes import settings_of
from bot.settings.wecom import SHORTEST_SECRET
from channels.tencent.company import OFFICIAL, CompanySettings
from channels.wecom_contact.settings import read_settings as read_contact
from channels.wecom_kf.settings import read_settings as read_kf
from locales.text import t

if TYPE_CHECKING:
    from bot.settings.tables import Reading

Config = dict[str, Any]
REQUIRED = frozenset({"corpid", "secret", "token", "aes_key"})
FIRST = t(
    "have e-mail, SMS or a WeChat service account beside it: whom none of these reaches is left to their recruiter"
)


def check_kf(reading: Reading, config: Config, path: str, public_url: str) -> None:
    """Tell what is wrong with a customer service account, with its remedy."""
    _check(reading, config, path, public_url, read_kf, REQUIRED | {"open_kfid"})
    told = t("writes to nobody first: only for 48 hours after they wrote, five messages for each of theirs")
    reading.warn(path, told, FIRST)


def check_contact(reading: Reading, config: Config, path: str, public_url: str) -> None:
    """Tell what is wrong with contacts of employees, with its remedy."""
    _check(reading, config, path, public_url, read_contact, REQUIRED | {"users"})
    told = t("writes to nobody first, and but once: a welcome as they add an employee")
    reading.warn(path, told, FIRST)


def _check(
    reading: Reading,
    config: Config,
    path: str,
    public_url: str,
    read: Callable[[Mapping[str, Any]], CompanySettings],
    required: frozenset[str],
) -> None:
    settings = settings_of(reading, path, {**config, "public_url": public_url}, read, required)
    if settings is None:
        return
    is_official = settings.api_base == OFFICIAL
    if is_official and len(settings.secret) < SHORTEST_SECRET:
        remedy = t("copy the whole of it from the app's page")
        reading.wrong(f"{path}.secret", t("is too short to be WeCom's"), remedy)
    _, platform, name = path.rsplit(".", 2)
    if not public_url:
        remedy = t(
            "set it: WeCom tells what happens to /hooks/{platform}/{name} under it, and nowhere else",
            platform=platform,
            name=name,
        )
        reading.warn("server.public_url", t("is missing, and {path} needs it", path=path), remedy)
    elif is_official and not public_url.startswith("https:"):
        reading.warn(
            "server.public_url", t("is not https: what is said can be changed on the way"), t("use https")
        )
