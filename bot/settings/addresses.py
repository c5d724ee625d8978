"""Web addresses, hosts, phones, mailboxes, accounts and places."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import SplitResult, urlsplit

from bot.settings.kinds import Kind, read_line, table_from_text
from bot.settings.problems import Wrong, shown
from bot.settings.times import read_zone
from bot.settings.words import read_language
from conversations.identity import Place
from locales.text import t


def _split_url(value: object, example: str) -> tuple[str, SplitResult]:
    text = read_line(value)
    try:
        parts = urlsplit(text)
        _ = parts.port  # raises when it is no port
    except ValueError:
        raise Wrong(
            t("{value} is not a web address", value=shown(value)),
            t('write it like "{example}"', example=example),
        ) from None
    if parts.scheme.casefold() not in {"http", "https"}:
        raise Wrong(
            t("{value} does not begin with http:// or https://", value=shown(value)),
            t('write it like "{example}"', example=example),
        )
    if not parts.hostname or re.search(r"[\s<>\"\\]", text):
        raise Wrong(
            t("{value} is not a web address", value=shown(value)),
            t('write it like "{example}"', example=example),
        )
    if "@" in parts.netloc:
        raise Wrong(t("it holds a user name or password, which everybody would read"), t("take them out"))
    return text, parts


def read_url(value: object) -> str:
    """Return a web address, or nothing when it is empty."""
    return "" if value == "" else _split_url(value, "https://example.com/guide")[0]


def read_base_url(value: object) -> str:
    """Return the beginning of web addresses, without a slash at its end."""
    if value == "":
        return ""
    text, parts = _split_url(value, "https://turnout.example.com")
    if parts.query or parts.fragment:
        raise Wrong(
            t("{value} has a ? or # in it", value=shown(value)), t("leave only scheme, host, port and path")
        )
    return text.rstrip("/")


def is_this_machine(host: str) -> bool:
    """Tell whether a host's name or address stays on this machine."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.casefold().rstrip(".") in ("localhost", "localhost.localdomain")


def is_private(url: str) -> bool:
    """Tell whether a web address stays on this machine or in this network."""
    host = (urlsplit(url).hostname or "").rstrip(".")
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return "." not in host or host.endswith((".localhost", ".local", ".internal", ".lan", ".home.arpa"))
    return address.is_loopback or address.is_private


def read_host(value: object) -> str:
    text = read_line(value)
    bare = text.strip("[]")
    try:
        return str(ipaddress.ip_address(bare))
    except ValueError:
        pass
    # What has only digits and dots and is not an address would be looked up as a name, in vain.
    if re.fullmatch(r"(?=.*[A-Za-z])[A-Za-z0-9]([A-Za-z0-9._-]{0,251}[A-Za-z0-9])?", text):
        return text
    raise Wrong(
        t("{value} is not an address to listen on", value=shown(value)),
        t('write "127.0.0.1", "0.0.0.0", "::" or a host name'),
    )


def read_server(value: object) -> str:
    """Return the name or address of another machine."""
    text = read_line(value)
    try:
        return read_host(text)
    except Wrong:
        raise Wrong(
            t("{value} is not the name of a server", value=shown(value)),
            t('write it like "smtp.example.com"'),
        ) from None


def read_phone(value: object) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        raise Wrong(
            t("{value} is a number, which loses zeros and the plus sign", value=shown(value)),
            t("write it in quotes"),
        )
    text = read_line(value)
    if text and not re.fullmatch(
        r"(?=(?:\D*[0-9]){3})[+0-9(（][0-9 ()（）.\-–/*#+]*(?:(?:转|ext\.?|x)\s*[0-9]+)?", text
    ):
        raise Wrong(
            t("{value} is not a phone number", value=shown(value)),
            t('write it like "400-820-8820" or "+49 30 901820"'),
        )
    return text


def read_email(value: object) -> str:
    text = read_line(value)
    if text and not re.fullmatch(r"[^@\s<>\"',;]+@[^@\s<>\"',;]+\.[^@\s<>\"',;.]+", text):
        raise Wrong(
            t("{value} is not an e-mail address", value=shown(value)),
            t('write it like "support@example.com"'),
        )
    return text


def read_turn(value: object) -> str:
    """Return the address of a TURN server (RFC 7065), or nothing when it is empty."""
    text = read_line(value)
    if text and not re.fullmatch(r"turns?:[A-Za-z0-9.\-\[\]:]{1,253}(\?transport=(udp|tcp))?", text):
        raise Wrong(
            t("{value} is not a TURN server", value=shown(value)),
            t('write it like "turn:turn.example.com:3478"'),
        )
    return text


ACCOUNT = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}")
_PLACE = re.compile(rf"({ACCOUNT.pattern}\.{ACCOUNT.pattern}):([^#\s]+)(?:#([^#\s]+))?")


def read_place(value: object) -> Place | None:
    """Return a group or channel, or nothing when it is empty."""
    match value:
        case "":
            return None
        case str():
            return _place(value)
        case {"at": at, **rest} if not rest.keys() - {"locale", "zone"}:
            place = _place(at)
            locale = read_language(rest["locale"]) if "locale" in rest else None
            zone = read_zone(rest["zone"]) if "zone" in rest else None
            return Place(place.account, place.chat, place.thread, locale, zone)
    remedy = t(
        'write "telegram.main:-100123", or {at = "telegram.main:-100123", locale = "en", zone = "Asia/Tokyo"}'
    )
    raise Wrong(t("{value} is not a place", value=shown(value)), remedy)


def _place(value: object) -> Place:
    match = _PLACE.fullmatch(value.strip()) if isinstance(value, str) else None
    if not match:
        remedy = t(
            'write account and chat, like "telegram.main:-100123", and #thread after it where there is one'
        )
        raise Wrong(t("{value} is not a place", value=shown(value)), remedy)
    return Place(match[1], match[2], match[3])


def place_text(place: Place) -> str:
    return f"{place.account}:{place.chat}" + (f"#{place.thread}" if place.thread else "")


URL = Kind(read_url)
TURN = Kind(read_turn)
BASE_URL = Kind(read_base_url)
HOST = Kind(read_host)
SERVER_NAME = Kind(read_server)
PHONE = Kind(read_phone)
EMAIL = Kind(read_email)
PLACE = Kind(read_place, table_from_text)
