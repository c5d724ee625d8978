"""A typed number that picks a choice: "2", "２", "二", "②", "2." and "第二个" are all the second."""

from __future__ import annotations

import re
import unicodedata

_HAN = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_SHAPE = re.compile(
    r"(?:选|第|#|no\.?)?\s*([1-9]|[一二两三四五六七八九])\s*(?:个|项|号|[.、。)!])?", re.IGNORECASE
)


def number_in(text: str) -> int | None:
    """Return the number if the text is nothing but one, 1 to 9."""
    found = _SHAPE.fullmatch(unicodedata.normalize("NFKC", text).strip())
    if found is None:
        return None
    digit = found.group(1)
    return _HAN.get(digit) or int(digit)
