"""What an account needs, platform by platform. A channel gets its own line in PLATFORMS when it is built."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from bot.settings import keys
from bot.settings.addresses import is_this_machine
from bot.settings.keys import Key
from bot.settings.slack import check_slack
from bot.settings.sms import check_sms
from bot.settings.tables import Reading
from bot.settings.wechat import check_wechat
from bot.settings.wecom import check_wecom
from bot.settings.wecom_outside import check_contact, check_kf
from locales.text import t

Config = dict[str, Any]

TELEGRAM_API = "https://api.telegram.org"
TELEGRAM_PORTS = frozenset({None, 443, 80, 88, 8443})
"""Ports Telegram delivers to (core.telegram.org/bots/webhooks)."""
SHORTEST_TELEGRAM_TOKEN = 35
SHORTEST_WEBHOOK_SECRET = 16
"""Stand-ins on another `api_base` may use what they like."""


def check_telegram(reading: Reading, config: Config, path: str, public_url: str) -> None:
    is_official = config.get("api_base") == TELEGRAM_API
    if is_official and 0 < len(config.get("token", "")) < SHORTEST_TELEGRAM_TOKEN:
        remedy = t("copy the whole of what @BotFather gave")
        reading.wrong(f"{path}.token", t("is too short for a bot's token"), remedy)
    if is_official and 0 < len(config.get("webhook_secret", "")) < SHORTEST_WEBHOOK_SECRET:
        remedy = t("leave it out, or use 16 to 256 of A-Z a-z 0-9 _ -")
        reading.wrong(f"{path}.webhook_secret", t("is too short to keep forgers out"), remedy)
    if config.get("mode") != "webhook":
        return
    own = config.get("webhook_url")
    key, url = (f"{path}.webhook_url", own) if own else ("server.public_url", public_url)
    if not url:
        remedy = t('set it, like "https://turnout.example.com", or {path}.mode = "polling"', path=path)
        reading.wrong(key, t('is missing, and {path}.mode is "webhook"', path=path), remedy)
    elif is_official and not url.startswith("https:"):
        reading.wrong(key, t("is not https, and Telegram delivers nowhere else"), t("use https"))
    elif is_official and urlsplit(url).port not in TELEGRAM_PORTS:
        reading.wrong(key, t("has a port Telegram does not deliver to"), t("use 443, 80, 88 or 8443"))


SHORTEST_INBOUND_SECRET = 16


def check_email(reading: Reading, config: Config, path: str, public_url: str) -> None:
    if config.get("security") == "none" and not is_this_machine(config.get("host", "localhost")):
        remedy = t('use "starttls" or "tls": passwords and details of candidates would travel in the open')
        reading.wrong(f"{path}.security", t("none is only for a mail server on this machine"), remedy)
    if bool(config.get("username")) != bool(config.get("password")):
        missing = "password" if config.get("username") else "username"
        reading.wrong(f"{path}.{missing}", t("is missing"), t("give both username and password, or neither"))
    for key in ("username", "password") if config.get("imap_host") else ():
        if not config.get(f"imap_{key}") and not config.get(key):
            reading.wrong(f"{path}.imap_{key}", t("is missing"), t("give what the mailbox is opened with"))
    if file := config.get("ca_file"):
        config["ca_file"] = str(reading.folder / file)
        if not (reading.folder / file).is_file():
            reading.wrong(
                f"{path}.ca_file",
                t("there is no such file"),
                t("name one, beside the configuration or by its path"),
            )
    if secret := config.get("inbound_secret"):
        if len(secret) < SHORTEST_INBOUND_SECRET:
            remedy = t("use {n} characters or more", n=SHORTEST_INBOUND_SECRET)
            reading.wrong(f"{path}.inbound_secret", t("is too short to keep forgers out"), remedy)
    elif not config.get("imap_host"):
        remedy = t(
            "set it, and have mail brought to /hooks/{hook}; or set imap_host",
            hook="/".join(path.split(".")[1:]),
        )
        reading.warn(
            f"{path}.inbound_secret", t("is missing, so nobody learns which mails do not arrive"), remedy
        )


def check_nothing(reading: Reading, config: Config, path: str, public_url: str) -> None:
    pass


@dataclass(frozen=True, slots=True)
class Platform:
    """The keys of an account, which of them it cannot do without, and what else has to hold."""

    keys: tuple[Key, ...] = ()
    required: tuple[str, ...] = ()
    check: Callable[[Reading, Config, str, str], None] = check_nothing
    hooks: tuple[str, ...] = ()
    """What stands behind the account's address in those that its provider has to be given."""


PLATFORMS: Mapping[str, Platform] = {
    "console": Platform(keys.CONSOLE),
    "email": Platform(keys.E_MAIL, ("host", "from"), check_email),
    "slack": Platform(keys.SLACK, check=check_slack),
    "telegram": Platform(keys.TELEGRAM, ("token",), check_telegram),
    "sms": Platform(
        keys.SMS, ("provider",), check_sms, ("reports?key=<hook_secret>", "inbound?key=<hook_secret>")
    ),
    "wechat": Platform(keys.WECHAT, ("appid", "secret", "token", "aes_key"), check_wechat, ("",)),
    "wecom": Platform(keys.WECOM, ("corpid", "agentid", "secret", "token", "aes_key"), check_wecom, ("",)),
    "wecom_kf": Platform(
        keys.WECOM_KF, ("corpid", "secret", "token", "aes_key", "open_kfid"), check_kf, ("",)
    ),
    "wecom_contact": Platform(
        keys.WECOM_CONTACT, ("corpid", "secret", "token", "aes_key", "users"), check_contact, ("",)
    ),
}
"""On a platform that is missing here any key is taken as it stands."""
