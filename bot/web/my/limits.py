"""How often a page may be asked for: counted in this process, because a GET writes nothing."""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.web.door import Refused

SPAN = timedelta(minutes=1)
BAD_LINKS = 10
"""Links that are not ours, from one address: somebody is guessing."""
VISITS = 60
"""Of one link. Good links are not counted by address: a campus stands behind one, all at the same minute."""
MOST_KEPT = 20_000


class Limits:
    """Counts in fixed minutes; what is not asked for again is forgotten."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._counts: OrderedDict[str, tuple[datetime, int]] = OrderedDict()

    def guess(self, address: str) -> None:
        """Count a link that is not ours; raises Refused when there were too many."""
        self._count(f"bad:{address}", BAD_LINKS)

    def visit(self, link: str) -> None:
        """Count a request for a good link; raises Refused when there were too many."""
        self._count(f"link:{link}", VISITS)

    def _count(self, name: str, most: int) -> None:
        now = self._clock.now()
        since, count = self._counts.pop(name, (now, 0))
        if not timedelta() <= now - since < SPAN:
            since, count = now, 0
        self._counts[name] = since, count + 1
        while len(self._counts) > MOST_KEPT:
            self._counts.popitem(last=False)
        if count >= most:
            wait = max(1, round((since + SPAN - now).total_seconds()))
            remedy = f"Wait {wait} seconds."
            raise Refused(429, f"too_often:{name.partition(':')[0]}", remedy, {"Retry-After": str(wait)})
