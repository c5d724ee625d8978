"""Yes and no, as staff type them instead of tapping."""

from __future__ import annotations

import unicodedata

_YES = frozenset("yes y ok sure confirm 是 是的 好 好的 确认 确定 对 可以".split())
_NO = frozenset("no n 不 不是 不要 否 算了 别".split())


def yes_in(text: str) -> bool:
    """Tell whether a text is nothing but a yes."""
    return _word(text) in _YES


def no_in(text: str) -> bool:
    """Tell whether a text is nothing but a no."""
    return _word(text) in _NO


def _word(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().strip(" .!?。！？")
