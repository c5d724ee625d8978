"""What goes wrong on demand: a method's next calls are refused, broken off, or answered with nonsense."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from bot.sandbox.slack import wire

FaultKind = Literal[
    "busy", "45009", "45011", "45015", "45047", "40164", "40001", "40014", "42001", "40125", "40241", "43116",
    "48001", "500", "503", "html", "empty", "truncated", "cut", "reset", "reset_after", "hang", "drip",
]  # fmt: skip
PACE = 0.1
"""Seconds between two letters of an answer that drips: the shortest has 27."""
DEAD_TOKEN = frozenset({"40001", "40014", "42001"})
_BROKEN = frozenset("500 503 html empty truncated cut reset reset_after hang drip".split())


@dataclass(slots=True)
class Fault:
    """Something that goes wrong with the next calls of a method."""

    kind: FaultKind
    times: int
    accepts: bool
    """Whether the call is carried out all the same."""

    @property
    def code(self) -> int | None:
        """The errcode it is; None where the answer itself breaks."""
        if self.kind in _BROKEN:
            return None
        return -1 if self.kind == "busy" else int(self.kind)

    @property
    def broken(self) -> wire.Fault | None:
        """What becomes of the answer."""
        if self.kind not in _BROKEN:
            return None
        return wire.Fault(self.kind, 1, 0, self.accepts, PACE)  # type: ignore[arg-type]


class Faults:
    """What is still to go wrong."""

    def __init__(self) -> None:
        self._next: dict[str, deque[Fault]] = {}

    def add(self, method: str, kind: FaultKind, times: int, accepts: bool | None) -> None:
        does = kind in wire.ACCEPTING if accepts is None else accepts
        self._next.setdefault(method, deque()).append(Fault(kind, times, does))

    def take(self, method: str) -> Fault | None:
        """Return what goes wrong with a call, and count it."""
        waiting = self._next.get(method)
        if not waiting:
            return None
        waiting[0].times -= 1
        return waiting[0] if waiting[0].times else waiting.popleft()

    def clear(self) -> None:
        self._next.clear()

    @property
    def left(self) -> Mapping[str, int]:
        """How many calls of each method are still to fail."""
        return {
            method: sum(each.times for each in waiting) for method, waiting in self._next.items() if waiting
        }
