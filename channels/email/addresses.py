"""Mailboxes: how their addresses are compared, and how they are written on the wire."""

from __future__ import annotations

import ipaddress
import re
import unicodedata

LONGEST = 254
"""Of a whole address, in octets (RFC 5321, 4.5.3.1.3, without the angle brackets)."""
LONGEST_LOCAL = 64
_LOCAL = re.compile(
    r"[a-z0-9!#$%&'*+/=?^_`{|}~\x80-\U0010ffff-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~\x80-\U0010ffff-]+)*"
)
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")


def canonical(text: str) -> str | None:
    """Return an address as lists have it: in lower case, an international domain readable; None if it is none.

    The part before the @ is put into lower case too: no provider tells cases apart, and replies do not keep them.
    """
    local, at, domain = unicodedata.normalize("NFKC", text).strip().lower().rpartition("@")
    if not at or not _LOCAL.fullmatch(local) or _is_unsafe(local):
        return None
    on_wire = _ascii(domain)
    if on_wire is None or len(local.encode()) > LONGEST_LOCAL or len(f"{local}@{on_wire}".encode()) > LONGEST:
        return None
    return f"{local}@{_readable(on_wire)}"


def on_wire(address: str) -> str:
    """Return a canonical address with its domain in ASCII; what is left may need SMTPUTF8."""
    local, _, domain = address.rpartition("@")
    return f"{local}@{_ascii(domain) or domain}"


def is_loopback(host: str) -> bool:
    """Tell whether a host is this machine."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() in ("localhost", "localhost.localdomain")


def _ascii(domain: str) -> str | None:
    """Return a domain in ASCII; None if it is none, or if what is written could mean another one.

    Python knows the IDNA of 2003, which turns ß into ss: another domain, and somebody else's mailbox.
    """
    try:
        ascii_ = domain.encode("idna").decode("ascii").lower()
        is_same = domain.isascii() or ascii_.encode().decode("idna") == domain
    except UnicodeError:
        return None
    labels = ascii_.split(".")
    if len(labels) < 2 or not is_same or not all(_LABEL.fullmatch(label) for label in labels):
        return None
    return ascii_ if re.search("[a-z]", labels[-1]) else None


def _readable(domain: str) -> str:
    try:
        return domain.encode().decode("idna")
    except UnicodeError:  # the IDNA of 2008 allows more
        return domain


def _is_unsafe(local: str) -> bool:
    return any(unicodedata.category(letter)[0] in "CZ" for letter in local)
