"""The fields of template messages: what each kind of them takes. Tencent refuses the rest with 47003.

developers.weixin.qq.com/doc/service, Template_Message_Interface and api_sendtemplatemessage. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from locales.text import Text, t

_HAN = "\u3400-\u9fff"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of field: what its values look like, and where they may come from."""

    form: re.Pattern[str]
    says: Text
    sources: tuple[str, ...] = ()


def _kind(form: str, says: Text, *sources: str) -> Kind:
    return Kind(re.compile(form, re.ASCII), says, sources)


_PRINTED = r"[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?"
_CLOCK = r"(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?"
_DATE = rf"\d{{4}}年\d{{1,2}}月\d{{1,2}}日(?: {_CLOCK})?"
_TIME = rf"(?:{_DATE}|{_CLOCK})"

KINDS: Mapping[str, Kind] = {
    "thing": _kind(r"\S(?:[^\r\n]{0,18}\S)?", t("20 characters"), "what", "countdown", "role", "company"),
    "time": _kind(rf"{_TIME}(?:~{_TIME})?", t("a time of 24 hours"), "time"),
    "date": _kind(rf"{_DATE}(?:~{_TIME})?", t("a date, with a time or without"), "time"),
    "phrase": _kind(rf"[{_HAN}]{{1,5}}", t("5 Han characters"), "state"),
    "name": _kind(
        rf"[{_HAN}·]{{1,10}}|(?=.{{1,20}}\Z)[A-Za-z .,'·-]*[A-Za-z.]",
        t("10 Han characters or 20 letters"),
        "name",
    ),
    "character_string": _kind(rf"(?=.{{1,32}}\Z){_PRINTED}", t("32 digits, letters and signs")),
    "phone_number": _kind(r"[0-9+()-]{1,17}", t("17 digits and signs")),
    "car_number": _kind(rf"(?=.{{1,8}}\Z)[{_HAN}]?[0-9A-Za-z]+[{_HAN}]?", t("a car's number")),
    "number": _kind(r"(?=.{1,32}\Z)\d+(?:\.\d+)?", t("32 digits")),
    "letter": _kind(r"[A-Za-z]{1,32}", t("32 letters")),
    "symbol": _kind(r"[^\w\s]{1,5}", t("5 signs")),
    "amount": _kind(r"[^\d\s]?\d{1,10}(?:\.\d{1,2})?元?", t("an amount")),
    "const": _kind(r"\S(?:[^\r\n]{0,18}\S)?", t("one of the words that the template lists")),
    "enum": _kind(r"\S(?:[^\r\n]{0,18}\S)?", t("one of the words that the template lists")),
}
"""By the letters with which a field's name begins; a number follows."""

_NAME = re.compile(r"([a-z_]+?)(\d{1,3})")


def kind_of(field: str) -> Kind | None:
    """Return what a field takes; None for a name that no template has."""
    found = _NAME.fullmatch(field)
    return KINDS.get(found[1]) if found else None


def fits(field: str, value: str) -> bool:
    """Tell whether Tencent takes a value there."""
    kind = kind_of(field)
    return kind is not None and kind.form.fullmatch(value) is not None
