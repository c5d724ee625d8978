"""The process that draws: what it makes, and that whatever becomes of it is said in a line."""

import os
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.charts import font
from bot.charts.drawing import CHILD, NotDrawn, Studio
from bot.charts.look import WIDTH, frame
from bot.charts.spec import spec_of
from tests.unit.charts.test_specs import PICTURES, reader

LARGEST = 160_000
SIMPLE = frame("未参加率 9.8%", "全部团队", [{"mark": "bar"}], data={"values": [{}]})


def size(png: bytes) -> tuple[int, int]:
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    return struct.unpack_from(">II", png, 16)


def pixels(png: bytes) -> bytes:
    """Return the rows of a PNG with one IDAT, filters undone where none or the one on the left was used."""
    at, data = 8, b""
    while at < len(png):
        length, name = struct.unpack_from(">I4s", png, at)
        data += png[at + 8 : at + 8 + length] if name == b"IDAT" else b""
        at += 12 + length
    return zlib.decompress(data)


async def test_every_picture_is_drawn_wide_small_and_with_ink_in_its_title() -> None:
    specs = [
        spec_of(picture, reader(locale)) for picture in PICTURES.values() for locale in ("zh_Hans", "en")
    ]
    drawn = await Studio(deadline=60).draw(specs)
    assert [size(png) for png in drawn] == [(WIDTH, spec["height"]) for spec in specs]
    assert max(map(len, drawn)) < LARGEST
    assert all(ink_in_rows(png, 40, 90) for png in drawn)


def ink_in_rows(png: bytes, first: int, last: int) -> bool:
    """Tell whether anything changes from left to right in these rows: after the left filter a plain row is zeros."""
    wide, rows = 4 * WIDTH + 1, pixels(png)
    lines = [rows[line * wide + 5 : (line + 1) * wide] for line in range(first, last)]
    return sum(any(line) for line in lines) > (last - first) // 2


async def test_the_same_spec_is_drawn_the_same_and_once() -> None:
    studio = Studio(deadline=60)
    first, again = await studio.draw([SIMPLE, SIMPLE])
    assert first == again == (await Studio(deadline=60).draw([SIMPLE]))[0]
    studio.child = Path("nowhere.py")
    assert await studio.draw([SIMPLE]) == [first]


async def test_old_pictures_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.charts.drawing.KEPT", 1)
    studio = Studio(deadline=60)
    other = frame("另一张", "范围", [{"mark": "bar"}], data={"values": [{}]})
    await studio.draw([SIMPLE, other])
    assert len(studio._kept) == 1


async def test_without_its_font_there_is_an_error_and_no_wordless_picture(tmp_path: Path) -> None:
    with pytest.raises(NotDrawn, match=r"charts need their font: .* Install Turnout again"):
        await Studio(folder=tmp_path, deadline=60).draw([SIMPLE])


async def test_with_half_of_its_font_there_is_an_error_too(tmp_path: Path) -> None:
    (tmp_path / font.REGULAR.name).write_bytes(font.REGULAR.read_bytes())
    with pytest.raises(NotDrawn, match="charts need their font"):
        await Studio(folder=tmp_path, deadline=60).draw([SIMPLE])


def test_a_damaged_font_is_named(tmp_path: Path) -> None:
    damaged = tmp_path / "Damaged.otf"
    damaged.write_bytes(font.BOLD.read_bytes()[:90])
    with pytest.raises(font.NoFont, match=r"Damaged\.otf .* Install Turnout again"):
        font.characters(damaged)


@pytest.fixture
def child(tmp_path: Path) -> Callable[[str], Path]:
    def written(program: str) -> Path:
        path = tmp_path / "child.py"
        path.write_text(f"import os, sys, signal\n{program}\n")
        return path

    return written


async def test_a_process_that_hangs_is_ended_and_named(child: Callable[[str], Path], tmp_path: Path) -> None:
    mark = tmp_path / "pid"
    hangs = child(f"open({str(mark)!r}, 'w').write(str(os.getpid())); signal.pause()")
    with pytest.raises(NotDrawn, match="took longer than 2 s and was ended"):
        await Studio(child=hangs, deadline=2).draw([SIMPLE])
    with pytest.raises(ProcessLookupError):
        os.kill(int(mark.read_text()), 0)


@pytest.mark.parametrize(
    ("program", "why"),
    [
        ("os.kill(os.getpid(), signal.SIGKILL)", "ended with -9"),
        ("sys.stdin.read(); os.abort()", "ended with -6"),
        ("sys.exit(1)", "ended with 1"),
        ("sys.stdin.read(); print('no JSON')", "no pictures"),
        ("sys.stdin.read(); print('[]')", "no pictures"),
    ],
)
async def test_a_process_that_dies_is_named(child: Callable[[str], Path], program: str, why: str) -> None:
    with pytest.raises(NotDrawn, match=why):
        await Studio(child=child(program), deadline=60).draw([SIMPLE])


async def test_a_spec_that_makes_no_sense_is_refused() -> None:
    with pytest.raises(NotDrawn, match="cannot be drawn as it is described"):
        await Studio(deadline=60).draw([{"mark": "no such mark"}])


async def test_a_chart_reaches_no_address() -> None:
    spec = {**SIMPLE, "data": {"url": "https://example.com/data.json"}}
    with pytest.raises(NotDrawn):
        await Studio(deadline=60).draw([spec])


def test_the_process_knows_no_secret_and_nothing_of_turnout() -> None:
    source = CHILD.read_text("utf-8")
    lines = [line.split() for line in source.splitlines() if line.strip().startswith(("import ", "from "))]
    imports = {words[1].split(".")[0] for words in lines}
    assert imports <= {*sys.stdlib_module_names, "vl_convert", "__future__"}
    loaded = subprocess.run(
        [sys.executable, "-c", "import bot.charts.drawing, bot.charts.spec, sys; print('vl_convert' in sys.modules)"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert loaded.stdout == "False\n"
