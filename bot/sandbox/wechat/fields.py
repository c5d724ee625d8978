"""Templates of the account, and what their fields take (Template_Message_Interface, 类目模板消息)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.wechat.rules import Refusal

_FIELD = re.compile(r"\{\{(\w+)\.DATA\}\}")
_KIND = re.compile(r"(\w*?[a-z])\d*")
_CLOCK = r"(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?"
_DAY = "|".join(
    (
        r"(?:\d{4}年)?\d{1,2}月\d{1,2}日",
        r"\d{4}年\d{1,2}月",
        r"(?:\d{4}-)?\d{1,2}-\d{1,2}",
        r"(?:\d{4}/)?\d{1,2}/\d{1,2}",
        r"(?:\d{4}\.)?\d{1,2}\.\d{1,2}",
        r"\d{4}[-/.]\d{1,2}",
    )
)
_TIME = rf"(?:(?:{_DAY})\s?)?{_CLOCK}"
_DATE = rf"(?:{_DAY})(?:\s?{_CLOCK})?"
_HAN = "\u3400-\u4dbf\u4e00-\u9fff"


def _fits(form: str) -> Callable[[str], bool]:
    known = re.compile(form)
    return lambda value: known.fullmatch(value) is not None


def _is_name(value: str) -> bool:
    most = 10 if re.search(f"[{_HAN}]", value) else 20
    return len(value) <= most and not re.search(r"\d", value)


TAKES: Mapping[str, Callable[[str], bool]] = {
    "thing": lambda value: len(value) <= 20,
    "number": lambda value: len(value) <= 32 and re.fullmatch(r"-?\d+(?:\.\d+)?", value) is not None,
    "letter": _fits("[A-Za-z]{1,32}"),
    "symbol": _fits(rf"[^\w{_HAN}]{{1,5}}"),
    "character_string": _fits(rf"[^{_HAN}\u3000-\u303f\uff00-\uffef]{{1,32}}"),
    "time": _fits(rf"{_TIME}(?:~{_TIME})?"),
    "date": _fits(rf"{_DATE}(?:~{_DATE})?"),
    "amount": _fits(r"[¥￥$]?\d{1,10}(?:\.\d+)?元?"),
    "phone_number": _fits(r"[\d+\-() ]{1,17}"),
    "car_number": _fits(rf"[{_HAN}A-Z0-9]{{1,8}}"),
    "name": _is_name,
    "phrase": _fits(f"[{_HAN}]{{1,5}}"),
}
"""What a field of each kind takes; `const` and `enum` take what is registered for them."""


@dataclass(frozen=True, slots=True)
class Template:
    """A template in the account's list."""

    id: str
    title: str
    content: str
    """Its lines: a label and `{{thing2.DATA}}`."""
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """What a `const` or `enum` field takes."""

    @property
    def fields(self) -> list[str]:
        return _FIELD.findall(self.content)

    def listed(self) -> dict[str, str]:
        """Return what get_all_private_template says of it."""
        trade = {"primary_industry": "", "deputy_industry": ""}
        return {"template_id": self.id, "title": self.title, **trade, "content": self.content, "example": ""}

    def show(self, data: object) -> tuple[str, list[str]]:
        """Return a message as it is read, and what was cut off; raises Refusal 47003."""
        if not isinstance(data, dict):
            raise Refusal(47001)
        shown, cut = {}, []
        for name in self.fields:
            shown[name] = self._value(name, data.get(name))
            if shown[name] != str(data[name]["value"]):
                cut.append(f"{name}: {str(data[name]['value'])[:40]!r}")
        body = _FIELD.sub(lambda found: shown[found[1]], self.content)
        return f"{self.title}\n{body}", cut

    def _value(self, name: str, given: Any) -> str:
        value = given.get("value") if isinstance(given, dict) else None
        text = "" if value is None else str(value)
        # What stands behind the end of a line is not shown.
        kept = re.split(r"[\r\n]", text, maxsplit=1)[0].strip()
        if not kept:
            raise Refusal(47003, f"data.{name}.value is empty")
        if not self._takes(name, kept):
            raise Refusal(47003, f"data.{name}.value invalid")
        return kept

    def _takes(self, name: str, value: str) -> bool:
        found = _KIND.fullmatch(name)
        kind = found[1] if found else ""
        if kind in ("const", "enum"):
            return value in self.choices.get(name, ())
        return kind in TAKES and TAKES[kind](value)
