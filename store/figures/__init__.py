"""Figures from the database: `conversations.figures` says what they are, here they are compiled to SQL."""

from store.figures.answers import Scope, numbers, spans, tally
from store.figures.rows import AttemptRow, counts

__all__ = ["AttemptRow", "Scope", "counts", "numbers", "spans", "tally"]
