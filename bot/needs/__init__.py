"""What a decision asks the database for: one function for each need that dialogs and commands may name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.needs import (
    candidate,
    channels,
    config,
    digest,
    figures,
    interviews,
    looking,
    people,
    selected,
    team,
)
from bot.needs.asking import Answering, Asked, House
from conversations.dialog import Need, Scene
from conversations.events import Event
from store.db import Tx

__all__ = ["NEEDS", "House", "load"]

NEEDS: Mapping[str, Answering] = {
    **candidate.NEEDS,
    **channels.NEEDS,
    **config.NEEDS,
    **digest.NEEDS,
    **figures.NEEDS,
    **interviews.NEEDS,
    **looking.NEEDS,
    **people.NEEDS,
    **selected.NEEDS,
    **team.NEEDS,
}


async def load(tx: Tx, need: Need, scene: Scene, event: Event, house: House) -> Any:
    """Return what a need finds; raises KeyError for a need that nobody here knows."""
    return await NEEDS[need.name.partition(":")[0]](Asked(tx, need, scene, event, house))
