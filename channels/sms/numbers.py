"""Phone numbers: E.164 as we know people by, and as a provider in China writes its own."""

from __future__ import annotations

import re
import unicodedata

_CHINESE_MOBILE = re.compile(r"(?:\+?86)?(1[3-9]\d{9})")
_ABROAD = re.compile(r"\+[1-9]\d{7,14}")


def e164(text: str) -> str | None:
    """Return a number that can be texted as +8613800000000; None for landlines in China and whatever is unclear.

    Without a country code it must be a Chinese mobile's, as in imported lists.
    """
    bare = unicodedata.normalize("NFKC", text)
    digits = re.sub(r"\(0\)|[\s\-.()/‐‑–—·]", "", bare)
    digits = re.sub(r"^00", "+", digits)
    if found := _CHINESE_MOBILE.fullmatch(digits):
        return f"+86{found[1]}"
    if _ABROAD.fullmatch(digits) and not digits.startswith("+86"):
        return digits
    return None


def of_provider(text: str) -> str | None:
    """Return the number a provider names, which may leave out the plus sign; None if it is none."""
    return e164(text) or e164(f"+{text.strip()}")


def national(number: str) -> str | None:
    """Return the eleven digits of a mobile in mainland China; None for any other number."""
    found = re.fullmatch(r"\+86(1[3-9]\d{9})", number)
    return found[1] if found else None
