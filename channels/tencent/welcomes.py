"""Codes with which somebody who has just come may be welcomed: once each, within 20 seconds.

developer.work.weixin.qq.com/document/path/95122 (微信客服), 92137 (客户联系). They come in where one process reads, and
are used where another sends: so they lie in the vault, all of an account together, and what is over goes with the next.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from channels.base import Vault
from channels.tencent.words import short

GOOD_FOR = timedelta(seconds=20)
LONGEST_CODE = 256
NAME = "welcomes"
_MOST_TRIES = 20

Known = Mapping[str, tuple[str, datetime]]


class Welcomes:
    """The codes of one account, by whom they are for."""

    def __init__(self, vault: Vault, now: Callable[[], datetime]) -> None:
        self._vault = vault
        self._now = now

    async def keep(self, user: str, code: str, until: datetime) -> None:
        """Keep a code until it is over."""
        if 0 < len(code) <= LONGEST_CODE and self._now() < until:
            await self._change(lambda known: {**known, short(user): (code, until)})

    async def get(self, user: str) -> str | None:
        """Return the code with which somebody may be welcomed now."""
        found = _read(await self._vault.get(NAME)).get(short(user))
        return found[0] if found is not None and self._now() < found[1] else None

    async def forget(self, user: str) -> None:
        """Somebody was welcomed, or it is too late."""
        await self._change(
            lambda known: {whose: kept for whose, kept in known.items() if whose != short(user)}
        )

    async def _change(self, change: Callable[[Known], Known]) -> None:
        for _ in range(_MOST_TRIES):
            old = await self._vault.get(NAME)
            known = {whose: kept for whose, kept in _read(old).items() if self._now() < kept[1]}
            if await self._vault.swap(NAME, old, _written(change(known))):
                return


def _written(known: Known) -> str:
    return json.dumps({whose: [code, until.isoformat()] for whose, (code, until) in known.items()})


def _read(text: str | None) -> dict[str, tuple[str, datetime]]:
    try:
        return {
            str(whose): (str(code), datetime.fromisoformat(until))
            for whose, (code, until) in json.loads(text or "{}").items()
        }
    except (ValueError, TypeError, AttributeError):
        return {}
