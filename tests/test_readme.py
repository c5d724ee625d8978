"""The README says what is so."""

from __future__ import annotations

import io
import re
from pathlib import Path

from rich.console import Console

from bot.sandbox.stories import STORIES, print_ledger, print_transcript

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")


def test_the_two_commands_come_first() -> None:
    assert README.index("make demo") < README.index("make test") < README.index("##")


def test_the_sample_configuration_is_the_one_that_is_tested() -> None:
    sample = (ROOT / "bot" / "presets" / "sample.toml").read_text("utf-8").rstrip()
    assert f"```toml\n{sample}\n```" in README


def test_the_pictures_are_there() -> None:
    for path in re.findall(r"!\[[^\]]*\]\(([^)]+)\)", README):
        assert (ROOT / path).read_bytes().startswith(b"\x89PNG")


async def test_the_transcript_is_what_the_story_prints() -> None:
    story = next(story for story in STORIES if story.name == "forgot")
    out = io.StringIO()
    async with await story.open("en") as stage:
        await story.play(stage)
        console = Console(file=out, width=10_000)
        print_transcript(stage, console)
        await print_ledger(stage, console)
    printed = {_unstamped(line) for line in out.getvalue().splitlines()}
    block = re.search(r"as it printed.*?\n\n((?:    .*\n)+)", README)
    assert block is not None
    shown = [_unstamped(line) for line in block[1].splitlines()]
    assert len(shown) > 30
    assert [line for line in shown if line not in printed] == []


def _unstamped(line: str) -> str:
    """Leave out the time before a line: which of several at one instant bears it, is chance."""
    return re.sub(r"^\s*(\d\d-\d\d \d\d:\d\d)?\s+", "", line).strip()
