"""The font of the charts, a part of Noto Sans SC: where it lies, and what to do about characters it lacks."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "fonts"
REGULAR = FOLDER / "TurnoutSansSC-Regular.otf"
BOLD = FOLDER / "TurnoutSansSC-Bold.otf"
FAMILY = "Turnout Sans SC"
"""Its own name: what a machine has under the name of Noto Sans SC may hold other characters."""
UNKNOWN = "□"
FULL_CODES = (3, 10)
"""Platform and encoding of the subtable that holds every character; `tests.support.cut_font` writes it."""
_NARROW = str.maketrans("‘’“”", "''\"\"")


class NoFont(Exception):
    """The font is missing or damaged; without it a picture would show no text at all, and nothing would say so."""


def printable(text: str, *, is_bold: bool = False) -> str:
    """Return a label as the font can write it: □ stands for a character it lacks, which would vanish unseen."""
    known = characters(BOLD if is_bold else REGULAR)
    line = " ".join(text.split())
    if line.isascii() or not any(sign >= "\u2e80" for sign in line):
        line = line.translate(_NARROW)  # a Chinese font makes Western quotes as wide as a character
    return "".join(sign if ord(sign) in known else UNKNOWN for sign in line)


def width(text: str, *, is_bold: bool = False) -> float:
    """Return how wide a text is in ems, by the advances that the font gives its characters."""
    known = characters(BOLD if is_bold else REGULAR)
    return sum(known.get(ord(sign), 1.0) for sign in text)


@cache
def characters(font: Path) -> Mapping[int, float]:
    """Return the code points a font has, and how wide each is in ems; raises NoFont.

    Read from its tables `cmap` (format 12), `hmtx`, `hhea` and `head` (learn.microsoft.com/typography/opentype/spec).
    """
    try:
        return _characters(font.read_bytes())
    except (OSError, LookupError, struct.error) as error:
        raise NoFont(
            f"The font {font.name} of the charts is missing or damaged. Install Turnout again."
        ) from error


def _characters(data: bytes) -> dict[int, float]:
    tables = _tables(data)
    cmap, hmtx = tables[b"cmap"], tables[b"hmtx"]
    (em,) = struct.unpack_from(">H", data, tables[b"head"] + 18)
    (advances,) = struct.unpack_from(">H", data, tables[b"hhea"] + 34)
    (subtables,) = struct.unpack_from(">H", data, cmap + 2)
    places = (struct.unpack_from(">HHI", data, cmap + 4 + 8 * number) for number in range(subtables))
    start = cmap + {(platform, encoding): offset for platform, encoding, offset in places}[FULL_CODES]
    (groups,) = struct.unpack_from(">I", data, start + 12)
    ranges = (struct.unpack_from(">III", data, start + 16 + 12 * number) for number in range(groups))

    def advance(glyph: int) -> float:
        (units,) = struct.unpack_from(">H", data, hmtx + 4 * min(glyph, advances - 1))
        return float(units / em)

    return {
        code: advance(glyph + code - first)
        for first, last, glyph in ranges
        for code in range(first, last + 1)
    }


def _tables(data: bytes) -> dict[bytes, int]:
    (count,) = struct.unpack_from(">H", data, 4)
    records = (struct.unpack_from(">4sIII", data, 12 + 16 * number) for number in range(count))
    return {tag: offset for tag, _, offset, _ in records}
