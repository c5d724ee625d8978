"""Reading settings one by one. What is wrong is collected, so that all of it is told at once."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from channels.base import BadSetting
from locales.text import Text, t
from locales.told import Told


class Checked:
    """One configuration being read."""

    def __init__(self, config: Mapping[str, Any], field: str = "") -> None:
        self.config = config
        self.problems: list[BadSetting] = []
        self._field = field

    def wrong(self, field: str, why: Text, remedy: Text) -> None:
        self.problems.append(BadSetting(f"{self._field}{field}", Told(why), Told(remedy)))

    def below(self, field: str) -> Checked | None:
        """Return a table's own reading, which tells its problems here; None where there is no table."""
        table = self.config.get(field)
        if table in (None, ""):
            return None
        if not isinstance(table, Mapping):
            remedy = t("Write its keys in {braces} or below a line of its own in [ ].", braces="{ }")
            self.wrong(field, t("it is no table"), remedy)
            return None
        inner = Checked(table, f"{self._field}{field}.")
        inner.problems = self.problems
        return inner

    def refuse_strange(self, known: Collection[str], of: Text | str) -> None:
        for key in self.config:
            if key not in known:
                listed = ", ".join(name for name in known if name != "public_url")
                remedy = t("There are {known}.", known=listed)
                self.wrong(key, t("{what} has no such setting", what=of), remedy)

    def text(self, field: str, default: str = "", *, needed: Text | None = None) -> str:
        """Return a text; `needed` is the remedy where it may not be missing."""
        value = self.config.get(field, default)
        if not isinstance(value, str):
            self.wrong(field, t("it is no text"), t("Write it in quotes."))
            return default
        if needed and not value.strip():
            self.wrong(field, t("it is missing"), needed)
        return value.strip()

    def choice(self, field: str, options: tuple[str, ...], default: str | None = None) -> Any:
        value = self.config.get(field, default)
        if value not in options:
            why = t("there is no such choice") if value else t("it is missing")
            self.wrong(field, why, t("Choose {options}.", options=_either(options)))
            return None
        return value

    def flag(self, field: str, default: bool) -> bool:
        value = self.config.get(field, default)
        if not isinstance(value, bool):
            self.wrong(field, t("it is neither true nor false"), t("Write true or false."))
            return default
        return value

    def number(self, field: str, default: float, low: float, high: float) -> float:
        value = self.config.get(field, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            limits = t("Give a number between {least} and {most}.", least=f"{low:g}", most=f"{high:g}")
            self.wrong(field, t("this is out of range"), limits)
            return default
        return value

    def address(self, field: str, default: str = "") -> str:
        """Return a web address that is https, or on this machine."""
        url = self.text(field, default, needed=t("Write the https address that the provider documents."))
        try:
            parts = urlsplit(url)
            host, _ = parts.hostname or "", parts.port
        except ValueError:
            self.wrong(field, t("this is no address"), t("Write https://name/path."))
            return url
        if not url:
            return url
        if parts.scheme not in ("http", "https") or not host or "{" in host or "@" in parts.netloc:
            remedy = t("Write https://name/path, without user and password.")
            self.wrong(field, t("this is no address"), remedy)
        elif parts.scheme == "http" and not is_loopback(host):
            self.wrong(field, t("it is not https, and anybody on the way could read it"), t("Use https."))
        return url


def _either(options: Sequence[str]) -> Text | str:
    said: Text | str = options[0]
    for option in options[1:]:
        said = t("{one} or {other}", one=said, other=option)
    return said


def is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
