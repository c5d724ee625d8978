"""What a mail account's configuration may say. Every refusal names the setting and the remedy, never the value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from channels.base import BadSetting
from channels.email.addresses import canonical, is_loopback, on_wire

Security = Literal["starttls", "tls", "none"]
PORTS: Mapping[str, int] = {"starttls": 587, "tls": 465, "none": 25}
"""RFC 6409 and RFC 8314."""
SHORTEST_SECRET = 16
KNOWN = frozenset(
    "host port security username password from name reply_to message_id_domain helo ca_file per_minute "
    "deadline_seconds inbound_secret public_url".split()
)


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


def read_settings(config: Mapping[str, Any]) -> Settings:
    """Return what a configuration says; raises BadSetting."""
    for key in config:
        if key not in KNOWN:
            remedy = f"There are {', '.join(sorted(KNOWN - {'public_url'}))}."
            raise BadSetting(key, "e-mail has no such setting", remedy)
    host, security = str(config.get("host") or ""), _security(config)
    if not host:
        raise BadSetting("host", "it is missing", "Give the name of your mail server.")
    if security == "none" and not is_loopback(host):
        remedy = 'Use "starttls" or "tls": passwords and candidates\' details must not travel in the open.'
        raise BadSetting("security", "none is for a mail server on this machine only", remedy)
    username, password = str(config.get("username") or ""), str(config.get("password") or "")
    if bool(username) != bool(password):
        missing = "password" if username else "username"
        raise BadSetting(missing, "it is missing", "Give both username and password, or neither.")
    sender = _address(config, "from")
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
        ca_file=str(config.get("ca_file") or ""),
        deadline=_number(config, "deadline_seconds", 30, 0.05, 60),
        per_minute=int(_number(config, "per_minute", 0, 0, 100_000)),
        inbound_secret=_inbound_secret(config),
    )


def _security(config: Mapping[str, Any]) -> Security:
    match config.get("security", "starttls"):
        case "starttls":
            return "starttls"
        case "tls":
            return "tls"
        case "none":
            return "none"
    raise BadSetting("security", "there is no such kind", 'Write "starttls", "tls" or "none".')


def _address(config: Mapping[str, Any], key: str) -> str:
    given = str(config.get(key) or "")
    address = canonical(given)
    if address is None:
        why = "this is no e-mail address" if given else "it is missing"
        raise BadSetting(key, why, "Write one address, like interviews@example.com.")
    return address


def _inbound_secret(config: Mapping[str, Any]) -> str:
    secret = str(config.get("inbound_secret") or "")
    if secret and len(secret) < SHORTEST_SECRET:
        raise BadSetting("inbound_secret", "it is too short", f"Use at least {SHORTEST_SECRET} characters.")
    return secret


def _number(config: Mapping[str, Any], key: str, default: float, low: float, high: float) -> float:
    try:
        number = float(config.get(key) or default)
    except (TypeError, ValueError):
        number = float("nan")
    if not low <= number <= high:
        raise BadSetting(key, "this is out of range", f"Give a number between {low:g} and {high:g}.")
    return number
