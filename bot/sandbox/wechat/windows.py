"""When somebody may be written to, and how often: what they do opens it (sendCustomMessage, rule of 2023-06-12).

Each scene has its own messages and its own end. Whether a second act of the same kind adds to what is left is not
documented; here it begins anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from bot.clock import Clock
from bot.sandbox.wechat.rules import Refusal

Scene = Literal["message", "menu", "follow", "scan"]

GRANTS: Mapping[Scene, tuple[int, timedelta]] = {
    "message": (5, timedelta(hours=48)),
    "menu": (3, timedelta(minutes=1)),
    "follow": (3, timedelta(minutes=1)),
    "scan": (3, timedelta(minutes=1)),
}


@dataclass(slots=True)
class Grant:
    """What one act grants."""

    ends_at: datetime
    left: int


class Windows:
    """Everybody's open windows. With `is_limited` off nothing is ever used up or over."""

    def __init__(self, clock: Clock, is_limited: bool) -> None:
        self._clock = clock
        self._is_limited = is_limited
        self._open: dict[str, dict[Scene, Grant]] = {}

    def open(self, openid: str, scene: Scene) -> None:
        count, lasts = GRANTS[scene]
        self._open.setdefault(openid, {})[scene] = Grant(self._clock.now() + lasts, count)

    def shut(self, openid: str) -> None:
        self._open.pop(openid, None)

    def left(self, openid: str) -> int:
        """Return how many messages somebody may still be sent now."""
        return sum(grant.left for grant in self._now(openid))

    def granted(self, openid: str) -> int:
        """Return how many messages the windows that are open now allowed when they were opened."""
        now = self._clock.now()
        known = self._open.get(openid, {}).items()
        return sum(GRANTS[scene][0] for scene, grant in known if now < grant.ends_at)

    def ends_at(self, openid: str) -> datetime | None:
        """Return when the last of the windows that are open now ends, None when none is."""
        return max((grant.ends_at for grant in self._now(openid)), default=None)

    def take(self, openid: str) -> None:
        """Use one message up, of what ends first; raises Refusal 45015 or 45047."""
        if not self._is_limited:
            return
        grants = self._now(openid)
        if not grants:
            raise Refusal(45015)
        having = [grant for grant in grants if grant.left]
        if not having:
            raise Refusal(45047)
        min(having, key=lambda grant: grant.ends_at).left -= 1

    def _now(self, openid: str) -> list[Grant]:
        now = self._clock.now()
        return [grant for grant in self._open.get(openid, {}).values() if now < grant.ends_at]
