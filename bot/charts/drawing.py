"""Has charts drawn by a short-lived process, and keeps the last ones by what is on them."""

from __future__ import annotations

import asyncio
import json
import sys
from base64 import b64decode
from collections import OrderedDict
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Literal

from bot.charts import font
from bot.charts.child import BAD_SPEC, NO_FONT
from bot.charts.look import Spec

CHILD = Path(__file__).with_name("child.py")
DEADLINE = 20.0
"""Seconds; a chart takes one, a busy machine five."""
KEPT = 64
Format = Literal["png", "svg"]
_ENVIRONMENT = {"LANG": "C.UTF-8", "TZ": "UTC"}


class NotDrawn(Exception):
    """There is no picture; the text that goes with it says the same, so it goes without."""


class Studio:
    """Draws one batch at a time: a picture is no reason for the machine to be slow."""

    def __init__(
        self, *, folder: Path = font.FOLDER, child: Path = CHILD, deadline: float = DEADLINE
    ) -> None:
        self.folder, self.child, self.deadline = folder, child, deadline
        self._kept: OrderedDict[str, bytes] = OrderedDict()
        self._turn = asyncio.Lock()

    async def draw(self, specs: Sequence[Spec], form: Format = "png") -> list[bytes]:
        """Return the specs as PNG or SVG, in order; raises NotDrawn with the reason and the remedy."""
        keys = [_key(spec, form) for spec in specs]
        async with self._turn:
            missing = {key: spec for key, spec in zip(keys, specs, strict=True) if key not in self._kept}
            drawn = await self._draw(list(missing.values()), form) if missing else []
            self._kept.update(zip(missing, drawn, strict=True))
            found = [self._kept[key] for key in keys]
            self._forget(keys)
        return found

    def _forget(self, used: Sequence[str]) -> None:
        for key in used:
            self._kept.move_to_end(key)
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)

    async def _draw(self, specs: Sequence[Spec], form: Format) -> list[bytes]:
        asked = {"folder": str(self.folder), "family": font.FAMILY, "format": form, "specs": specs}
        code, said, why = await self._run(json.dumps(asked).encode())
        if code == NO_FONT:
            raise NotDrawn(f"charts need their font: {why}. Install Turnout again.")
        if code == BAD_SPEC:
            raise NotDrawn(f"the chart cannot be drawn as it is described: {why}. Tell the developers.")
        if code:
            raise NotDrawn(f"the process that draws charts ended with {code}; look for too little memory")
        return _read(said, form, len(specs))

    async def _run(self, asked: bytes) -> tuple[int, bytes, str]:
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-I", str(self.child), stdin=pipe, stdout=pipe, stderr=pipe, env=_ENVIRONMENT
        )
        try:
            async with asyncio.timeout(self.deadline):
                said, complaint = await process.communicate(asked)
        except TimeoutError:
            raise NotDrawn(
                f"the process that draws charts took longer than {self.deadline:g} s and was ended"
            ) from None
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        return process.returncode or 0, said, complaint.decode("utf-8", "replace").strip()[-500:]


def _read(said: bytes, form: Format, expected: int) -> list[bytes]:
    try:
        drawn = [b64decode(one) if form == "png" else one.encode() for one in json.loads(said)]
    except ValueError:
        drawn = []
    if len(drawn) != expected:
        raise NotDrawn("the process that draws charts brought no pictures; install Turnout again")
    return drawn


def _key(spec: Spec, form: Format) -> str:
    return sha256(f"{form}:{json.dumps(spec, sort_keys=True)}".encode()).hexdigest()


STUDIO = Studio()
"""The one of this process: what it has drawn for a chat, a page need not draw again."""
