"""What a mail account's configuration may say. Every refusal names the setting and the remedy, never the value."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from channels.base import BadSetting
from channels.email.addresses import canonical, is_loopback, on_wire
from locales.text import Text, t
from locales.told import Told

Security = Literal["starttls", "tls", "none"]
PORTS: Mapping[str, int] = {"starttls": 587, "tls": 465, "none": 25}
"""RFC 6409 and RFC 8314."""
SHORTEST_SECRET = 16
KNOWN = frozenset(
    "host port security username password from name reply_to message_id_domain helo ca_file per_minute "
    "deadline_seconds inbound_secret imap_host imap_port imap_username imap_password imap_folder poll_seconds "
    "public_url".split()
)


@dataclass(frozen=True, slots=True)
class Mailbox:
    """Where mail to us lies, on an IMAP server."""

    host: str
    port: int
    username: str
    password: str = field(repr=False)
    folder: str
    poll_seconds: float
    ca_file: str
    deadline: float


@dataclass(frozen=True, slots=True)
class Settings:
    """How one account sends, and what it takes in."""

    host: str
    port: int
    security: Security
    username: str
    password: str = field(repr=False)
    sender: str
    """The address that mails come from, canonical."""
    name: str
    reply_to: str
    helo: str
    domain: str
    """Of our Message-IDs."""
    ca_file: str
    deadline: float
    per_minute: int
    inbound_secret: str = field(repr=False)
    mailbox: Mailbox | None

    @property
    def takes_mail(self) -> bool:
        return self.mailbox is not None or bool(self.inbound_secret)


def read_settings(config: Mapping[str, Any]) -> Settings:
    """Return what a configuration says; raises BadSetting."""
    for key in config:
        if key not in KNOWN:
            remedy = t("There are {known}.", known=", ".join(sorted(KNOWN - {"public_url"})))
            raise _bad(key, t("{what} has no such setting", what=t("e-mail")), remedy)
    host, security = str(config.get("host") or ""), _security(config)
    if not host:
        raise _bad("host", t("it is missing"), t("Give the name of your mail server."))
    if security == "none" and not is_loopback(host):
        remedy = t(
            "Use {one} or {other}: passwords and candidates' details must not travel in the open.",
            one='"starttls"',
            other='"tls"',
        )
        raise _bad("security", t("none is for a mail server on this machine only"), remedy)
    username, password = str(config.get("username") or ""), str(config.get("password") or "")
    if bool(username) != bool(password):
        missing = "password" if username else "username"
        raise _bad(missing, t("it is missing"), t("Give both username and password, or neither."))
    sender = _address(config, "from")
    ca_file, deadline = str(config.get("ca_file") or ""), _number(config, "deadline_seconds", 30, 0.05, 60)
    domain = str(config.get("message_id_domain") or on_wire(sender).rpartition("@")[2])
    return Settings(
        host=host,
        port=int(_number(config, "port", PORTS[security], 1, 65535)),
        security=security,
        username=username,
        password=password,
        sender=sender,
        name=" ".join(str(config.get("name") or "").split()),
        reply_to=_address(config, "reply_to") if config.get("reply_to") else "",
        helo=str(config.get("helo") or domain),
        domain=domain,
        ca_file=ca_file,
        deadline=deadline,
        per_minute=int(_number(config, "per_minute", 0, 0, 100_000)),
        inbound_secret=_inbound_secret(config),
        mailbox=_mailbox(config, username, password, ca_file, deadline),
    )


def _mailbox(
    config: Mapping[str, Any], username: str, password: str, ca_file: str, deadline: float
) -> Mailbox | None:
    host = str(config.get("imap_host") or "")
    if not host:
        return None
    username = str(config.get("imap_username") or username)
    password = str(config.get("imap_password") or password)
    if not username or not password:
        missing = "imap_password" if username else "imap_username"
        raise _bad(missing, t("it is missing"), t("Give what the mailbox is opened with."))
    folder = str(config.get("imap_folder") or "INBOX")
    if not re.fullmatch(r'[^"\\\x00-\x1f\x7f-\U0010ffff]+', folder):
        remedy = t("Use letters, digits and / or . alone.")
        raise _bad("imap_folder", t("it is no name of a folder"), remedy)
    return Mailbox(
        host=host,
        port=int(_number(config, "imap_port", 993, 1, 65535)),
        username=username,
        password=password,
        folder=folder,
        poll_seconds=_number(config, "poll_seconds", 60, 0, 3600),
        ca_file=ca_file,
        deadline=deadline,
    )


def _security(config: Mapping[str, Any]) -> Security:
    match config.get("security", "starttls"):
        case "starttls":
            return "starttls"
        case "tls":
            return "tls"
        case "none":
            return "none"
    remedy = t("Write {one}, {two} or {three}.", one='"starttls"', two='"tls"', three='"none"')
    raise _bad("security", t("there is no such kind"), remedy)


def _address(config: Mapping[str, Any], key: str) -> str:
    given = str(config.get(key) or "")
    address = canonical(given)
    if address is None:
        why = t("this is no e-mail address") if given else t("it is missing")
        raise _bad(key, why, t("Write one address, like interviews@example.com."))
    return address


def _inbound_secret(config: Mapping[str, Any]) -> str:
    secret = str(config.get("inbound_secret") or "")
    if secret and len(secret) < SHORTEST_SECRET:
        remedy = t("Use at least {least} characters.", least=str(SHORTEST_SECRET))
        raise _bad("inbound_secret", t("it is too short"), remedy)
    return secret


def _number(config: Mapping[str, Any], key: str, default: float, low: float, high: float) -> float:
    try:
        number = float(config.get(key, default))
    except (TypeError, ValueError):
        number = float("nan")
    if not low <= number <= high:
        limits = t("Give a number between {least} and {most}.", least=f"{low:g}", most=f"{high:g}")
        raise _bad(key, t("this is out of range"), limits)
    return number


def _bad(key: str, why: Text, remedy: Text) -> BadSetting:
    """Return what is wrong with a setting, in words that are told in the reader's language."""
    return BadSetting(key, Told(why), Told(remedy))
