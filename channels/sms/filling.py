"""Names in braces, filled in as the place they stand in needs it. There are five, and nothing else is looked at."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Literal
from urllib.parse import quote

NAMES = ("to", "text", "id", "from", "secret")
Content = Literal["json", "form"]
_NAME = re.compile(r"\{(\w+)\}")


def names_in(text: str) -> Iterator[str]:
    yield from (found[1] for found in _NAME.finditer(text))


def fill(template: str, values: Mapping[str, str], place: Content | Literal["url", "header"]) -> str:
    """Return a template with its names filled in, each escaped for where it stands; a value is never looked into."""

    def value(found: re.Match[str]) -> str:
        raw = values.get(found[1])
        return found[0] if raw is None else _escaped(raw, place)

    return _NAME.sub(value, template)


def _escaped(value: str, place: str) -> str:
    match place:
        case "json":
            return json.dumps(value, ensure_ascii=False)[1:-1]
        case "header":
            return re.sub(r"[^\x20-\x7e]", "", value)
    return quote(value, safe="")
