"""What figures are made of."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from bot.needs.asking import Answering, Asked
from conversations.figures import AttemptFacts
from conversations.identity import Person
from store import (
    figures,
)
from store.db import Tx


async def _facts(asked: Asked) -> tuple[AttemptFacts, ...]:
    start, end = asked.window("last7d")
    return await facts_between(asked.tx, start, min(end, asked.now), asked.scene.person)


async def facts_between(
    tx: Tx, start: datetime, until: datetime, principal: Person | None
) -> tuple[AttemptFacts, ...]:
    rows = await figures.counts(tx, start, until, principal=principal)
    return tuple(row.facts for row in rows)


NEEDS: Mapping[str, Answering] = {
    "facts": _facts,
}
