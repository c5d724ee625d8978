"""Words that a spreadsheet must not take for a formula: `=HYPERLINK(…)` as a name would send the list elsewhere."""

from __future__ import annotations

from unicodedata import category

LONGEST = 32_000
"""Characters; a cell of Excel holds 32,767 (support.microsoft.com, "Excel specifications and limits")."""
STARTS = frozenset("=+-@|%＝＋－﹢﹣＠﹦\u2212")
"""What begins a formula or a command, also in full width (owasp.org/www-community/attacks/CSV_Injection)."""

_CONTROLS = frozenset("\t\r\n\0")
_UNSEEN = frozenset({"Zs", "Zl", "Zp", "Cc", "Cf"})
"""Unicode's categories of blanks, controls and marks without a shape."""


def looks_like_formula(words: str) -> bool:
    """Tell whether a spreadsheet might calculate this, also behind what nobody sees and some programs drop."""
    first = next((sign for sign in words if category(sign) not in _UNSEEN), "")
    return words[:1] in _CONTROLS or (first != "" and first in STARTS)


def harmless(words: str) -> str:
    """Return words for a cell of CSV: a formula gets an apostrophe in front, and every program shows it as text."""
    return f"'{words}" if looks_like_formula(words) else words


def clean(words: str) -> str:
    """Return words that any file can hold: without control characters and halves of characters, of bearable length."""
    kept = "".join(" " if sign < " " or "\x7f" <= sign < "\xa0" else sign for sign in words[:LONGEST])
    return kept.encode("utf-8", "replace").decode()
