"""Which known word a mistyped one was meant to be: letters left out, doubled, swapped, or the beginning of one."""

from __future__ import annotations

from collections.abc import Iterable

SHORTEST_BEGINNING = 3
"""Letters from which on the beginning of a word stands for it."""


def nearest(typed: str, known: Iterable[str]) -> str | None:
    """Return the known word that is least far from what was typed; None when none is near.

    Near is one slip in words of up to five letters, two in longer ones. A Chinese word of two signs allows one,
    and may have more behind it without a space.
    """
    ranked = sorted((found, len(word), word) for word in known if (found := _far(typed, word)) is not None)
    return ranked[0][2] if ranked else None


def _far(typed: str, word: str) -> float | None:
    """Return how far a word is from what was typed, None if too far."""
    if not typed or not word:
        return None
    if word.isascii() != typed[: len(word)].isascii():
        return None
    if word.isascii() and len(typed) >= SHORTEST_BEGINNING and word.startswith(typed):
        return 0.5
    head = typed if word.isascii() else typed[: len(word)]
    if len(word) < 2 or len(head) < 2:
        return None
    slips = distance(head, word)
    return slips if slips <= (1 if len(word) <= 5 else 2) else None


def distance(one: str, other: str) -> int:
    """Return how many letters have to be added, left out, replaced or swapped with their neighbour."""
    before: list[int] = []
    last = list(range(len(other) + 1))
    for i, letter in enumerate(one, start=1):
        row = [i]
        for j, wanted in enumerate(other, start=1):
            best = min(row[j - 1] + 1, last[j] + 1, last[j - 1] + (letter != wanted))
            is_swap = i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == wanted
            row.append(min(best, before[j - 2] + 1) if is_swap else best)
        before, last = last, row
    return last[-1]
