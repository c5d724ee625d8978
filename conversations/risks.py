"""The interviews ahead that are worth a look."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from conversations.digest import TodayLine


@dataclass(frozen=True, slots=True)
class Risks:
    """Interviews ahead, each with the names of its risks."""

    lines: tuple[TodayLine, ...]
    window: tuple[datetime, datetime]

    @property
    def risky(self) -> tuple[TodayLine, ...]:
        """Those with a risk, the most risks first, then the next."""
        found = [line for line in self.lines if line.risks]
        return tuple(sorted(found, key=lambda line: (-len(line.risks), line.starts_at, line.number)))

    @property
    def counts(self) -> Mapping[str, int]:
        return Counter(risk for line in self.lines for risk in line.risks)
