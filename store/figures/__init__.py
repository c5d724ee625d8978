"""Figures from the database: `conversations.figures` says what they are, here they are compiled to SQL."""

from store.figures.answers import (
    Scope,
    missed_before,
    numbers,
    sealed_part,
    spans,
    tagged,
    tags,
    tally,
    without_tags,
)
from store.figures.rows import AttemptRow, counts

__all__ = [
    "AttemptRow",
    "Scope",
    "counts",
    "missed_before",
    "numbers",
    "sealed_part",
    "spans",
    "tagged",
    "tags",
    "tally",
    "without_tags",
]
