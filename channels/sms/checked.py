"""Reading settings one by one. What is wrong is collected, so that all of it is told at once."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from channels.base import BadSetting


class Checked:
    """One configuration being read."""

    def __init__(self, config: Mapping[str, Any], field: str = "") -> None:
        self.config = config
        self.problems: list[BadSetting] = []
        self._field = field

    def wrong(self, field: str, why: str, remedy: str) -> None:
        self.problems.append(BadSetting(f"{self._field}{field}", why, remedy))

    def below(self, field: str) -> Checked | None:
        """Return a table's own reading, which tells its problems here; None where there is no table."""
        table = self.config.get(field)
        if table in (None, ""):
            return None
        if not isinstance(table, Mapping):
            self.wrong(field, "it is no table", "Write its keys in { } or below a line of its own in [ ].")
            return None
        inner = Checked(table, f"{self._field}{field}.")
        inner.problems = self.problems
        return inner

    def refuse_strange(self, known: Collection[str], of: str) -> None:
        for key in self.config:
            if key not in known:
                listed = ", ".join(name for name in known if name != "public_url")
                self.wrong(key, f"{of} has no such setting", f"There are {listed}.")

    def text(self, field: str, default: str = "", *, needed: str = "") -> str:
        """Return a text; `needed` is the remedy where it may not be missing."""
        value = self.config.get(field, default)
        if not isinstance(value, str):
            self.wrong(field, "it is no text", "Write it in quotes.")
            return default
        if needed and not value.strip():
            self.wrong(field, "it is missing", needed)
        return value.strip()

    def choice(self, field: str, options: tuple[str, ...], default: str | None = None) -> Any:
        value = self.config.get(field, default)
        if value not in options:
            why = "there is no such choice" if value else "it is missing"
            self.wrong(field, why, f"Choose {' or '.join(options)}.")
            return None
        return value

    def flag(self, field: str, default: bool) -> bool:
        value = self.config.get(field, default)
        if not isinstance(value, bool):
            self.wrong(field, "it is neither true nor false", "Write true or false.")
            return default
        return value

    def number(self, field: str, default: float, low: float, high: float) -> float:
        value = self.config.get(field, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            self.wrong(field, "this is out of range", f"Give a number between {low:g} and {high:g}.")
            return default
        return value

    def address(self, field: str, default: str = "") -> str:
        """Return a web address that is https, or on this machine."""
        url = self.text(field, default, needed="Write the https address that the provider documents.")
        try:
            parts = urlsplit(url)
            host, _ = parts.hostname or "", parts.port
        except ValueError:
            self.wrong(field, "this is no address", "Write https://name/path.")
            return url
        if not url:
            return url
        if parts.scheme not in ("http", "https") or not host or "{" in host or "@" in parts.netloc:
            self.wrong(field, "this is no address", "Write https://name/path, without user and password.")
        elif parts.scheme == "http" and not is_loopback(host):
            self.wrong(field, "it is not https, and anybody on the way could read it", "Use https.")
        return url


def is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
