"""Draws charts and ends: a process of its own, so that no spec can hang, fill or crash the one that talks to people.

Run by its path with `-I`, by `bot.charts.drawing` only. It imports nothing of Turnout, inherits no environment, and
may reach no address. Standard input: {"folder": of the fonts, "family": …, "format": "png" or "svg", "specs": […]}.
Standard output: a JSON list, PNGs in base64. When it cannot, it says why in one line and ends with NO_FONT or BAD_SPEC.
"""

from __future__ import annotations

import json
import resource
import struct
import sys
import zlib
from base64 import b64encode
from collections.abc import Iterator
from typing import Any

NO_FONT, BAD_SPEC = 3, 4
CPU_SECONDS = 60
"""When nobody is left to end it."""
MEMORY = 1 << 30
"""Bytes of data; a chart takes about an eighth. Address space cannot be bounded: V8 reserves gigabytes of it."""
_SAMPLE = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="60" height="30">'
    '<text x="2" y="24" font-size="22" font-weight="{}" font-family="{}">未5</text></svg>'
)


def main() -> int:
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    asked = json.load(sys.stdin.buffer)
    import vl_convert

    vl_convert.register_font_directory(asked["folder"])
    if not writes(vl_convert, asked["family"]):
        print(f"the font {asked['family']} is not in {asked['folder']}", file=sys.stderr)
        return NO_FONT
    try:
        drawn = [draw(vl_convert, spec, asked["format"]) for spec in asked["specs"]]
    except ValueError as error:
        print(" ".join(str(error).split())[:200], file=sys.stderr)
        return BAD_SPEC
    sys.stdout.write(json.dumps(drawn))
    return 0


def writes(vl_convert: Any, family: str) -> bool:
    """Tell whether text in the font leaves any ink, and bold other ink: vl-convert drops text without a word."""
    blank, regular, bold = (
        vl_convert.svg_to_png(_SAMPLE.format(weight, name))
        for weight, name in (("normal", "no such font"), ("normal", family), ("bold", family))
    )
    return len({blank, regular, bold}) == 3


def draw(vl_convert: Any, spec: dict[str, Any], form: str) -> str:
    if form == "svg":
        svg: str = vl_convert.vegalite_to_svg(spec, allowed_base_urls=[])
        return svg
    return b64encode(smaller(vl_convert.vegalite_to_png(spec, allowed_base_urls=[]))).decode()


def smaller(png: bytes) -> bytes:
    """Return the same picture packed well, a third as large (w3.org/TR/png-3: chunks, and zlib inside IDAT)."""
    kept = list(_chunks(png))
    pixels = zlib.decompress(b"".join(data for name, data in kept if name == b"IDAT"))
    chunks = (kept[0], (b"IDAT", zlib.compress(pixels, 9)), (b"IEND", b""))
    return png[:8] + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in chunks
    )


def _chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 8
    while at < len(png):
        length, name = struct.unpack_from(">I4s", png, at)
        yield name, png[at + 8 : at + 8 + length]
        at += 12 + length


if __name__ == "__main__":
    sys.exit(main())
