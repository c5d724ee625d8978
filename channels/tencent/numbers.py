"""Numbers in what Tencent says: numbers in its pages, and digits in quotes in some of its answers and callbacks."""

from __future__ import annotations

import re

_WHOLE = re.compile(r"-?[0-9]{1,18}", re.ASCII)


def number(value: object) -> int | None:
    """Return a whole number, however it is written; None for everything else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str) and _WHOLE.fullmatch(value.strip()):
        return int(value)
    if isinstance(value, float) and value.is_integer() and abs(value) < 10**18:
        return int(value)
    return value if isinstance(value, int) else None


def name_of(value: object) -> str:
    """Return an id, which may be a number; "" for what is none."""
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
