"""Cuts the font of the charts out of Noto Sans CJK: `python -m tests.support.cut_font <folder>`.

The folder is where Debian's `fonts-noto-cjk` and `unicode-data` were unpacked (`apt-get download`, `dpkg -x`).
Nobody needs it to run or to test Turnout: the result is in `bot/charts/fonts`. Made from version 2.004.
"""

from __future__ import annotations

import bz2
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTCollection, TTFont
from fontTools.ttLib.tables._c_m_a_p import CmapSubtable

from bot.charts.font import BOLD, FAMILY, FULL_CODES, REGULAR

SIMPLIFIED = "Noto Sans CJK SC"
STANDARD = re.compile(r"^U\+([0-9A-F]+)\tkTGH\t", re.MULTILINE)
"""The Table of General Standard Chinese Characters of 2013: what a name registered in China is written with."""
LATIN_AND_SIGNS = (
    range(0x20, 0x7F),
    range(0xA0, 0x180),
    range(0x1EA0, 0x1EFA),
    range(0x2010, 0x2040),
    range(0x2190, 0x219A),
    range(0x3000, 0x3030),
    range(0x3041, 0x3100),
    range(0xFF01, 0xFF5F),
)
SINGLE = "‰′″€℃№™−×÷±≈≠≤≥∞√■□▲△▼▽◆◇○●★☆✓①②③④⑤⑥⑦⑧⑨"


def of_encoding(encoding: str, leads: range, trails: range) -> Iterator[int]:
    """Yield the characters that an encoding writes with these two bytes."""
    for lead in leads:
        text = b"".join(bytes((lead, trail)) for trail in trails).decode(encoding, "ignore")
        yield from map(ord, text)


def signs() -> set[int]:
    return {ord(sign) for sign in SINGLE} | {code for codes in LATIN_AND_SIGNS for code in codes}


def for_headings() -> set[int]:
    """Return GB 2312: what the titles that we write need, and nearly every name."""
    return signs() | set(of_encoding("gb2312", range(0xA1, 0xF8), range(0xA1, 0xFF)))


def for_names(unihan: str) -> set[int]:
    """Return the standard characters too, and the common traditional ones, which are Big5's first level."""
    traditional = of_encoding("big5", range(0xA4, 0xC7), range(0x40, 0xFF))
    return for_headings() | {int(code, 16) for code in STANDARD.findall(unihan)} | set(traditional)


def cut(collection: Path, codes: set[int], target: Path, style: str) -> None:
    fonts = TTCollection(str(collection), lazy=True).fonts
    font = next(font for font in fonts if font["name"].getDebugName(1) == SIMPLIFIED)
    options = subset.Options(
        hinting=False, layout_features=["kern"], name_IDs=[0, 13, 14], notdef_outline=True
    )
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=codes)
    cutter.subset(font)
    rename(font, style)
    write_full_codes(font)
    font.save(target)


def rename(font: TTFont, style: str) -> None:
    """Give the cut its own name, so that no font of the machine is taken for it."""
    postscript = f"{FAMILY.replace(' ', '')}-{style}"
    named = {
        1: FAMILY,
        2: style,
        3: f"2.004;{postscript}",
        4: f"{FAMILY} {style}",
        5: "Version 2.004",
        6: postscript,
    }
    for place, text in named.items():
        font["name"].setName(text, place, 3, 1, 0x409)
    cff = font["CFF "].cff
    cff.fontNames = [postscript]
    cff[0].rawDict.update(FullName=f"{FAMILY} {style}", FamilyName=FAMILY)


def write_full_codes(font: TTFont) -> None:
    """Leave one table of characters, in the one format that `bot.charts.font` reads."""
    table = CmapSubtable.newSubtable(12)
    table.platformID, table.platEncID = FULL_CODES
    table.format, table.reserved, table.length, table.language, table.nGroups = 12, 0, 0, 0, 0
    table.cmap = font.getBestCmap()
    font["cmap"].tables = [table]


def main(folder: Path) -> None:
    unihan = bz2.decompress(next(folder.rglob("Unihan_OtherMappings.txt.bz2")).read_bytes()).decode()
    cut(next(folder.rglob("NotoSansCJK-Regular.ttc")), for_names(unihan), REGULAR, "Regular")
    cut(next(folder.rglob("NotoSansCJK-Bold.ttc")), for_headings(), BOLD, "Bold")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
