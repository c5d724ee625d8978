"""Why somebody did not come, read from their own words; a doubtful reading gives no reason rather than a wrong one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from conversations.interview import Reason
from conversations.understanding.packs import Packs, packs, plain
from conversations.understanding.times import wishes_for_time

Flags = frozenset[str]

_SAID_FIRST = ("technical", "forgot", "other_offer", "private", "other", "came_up", "unclear")
"""Of two reasons in one clause the earlier here wins: a sudden power cut is technical, busy and forgot is forgot."""
_NOT_A_REASON = frozenset({"opt_out", "attended", "human"})
"""Whoever says one of these gives no reason, whatever words it takes."""


@dataclass(frozen=True, slots=True)
class ReasonGuess:
    """What a text gives as the reason, if any, and what else its writer seems to want.

    `flags` are of reschedule, withdraw, opt_out, human, complaint, attended, question and unclear.
    """

    reason: Reason | None = None
    flags: Flags = frozenset()


def reason_of(text: str) -> ReasonGuess:
    """Read a reason and wishes out of free text in any of the languages there are packs for."""
    book, words = packs(), plain(text)
    clauses = list(_clauses(words, book))
    flags = _flags(words, clauses, book)
    reason = None if flags & _NOT_A_REASON else _reason(clauses, book)
    if reason is Reason.OTHER_OFFER:
        flags |= {"withdraw"}
    if flags & {"withdraw"} and reason is None:
        reason = Reason.OTHER
    if reason is None and flags <= {"question"} and wishes_for_time(text):
        flags = frozenset({"reschedule"})
    if reason is None and not flags:
        flags = frozenset({"unclear"})
    if len(flags) > 1 or reason is not None:
        flags -= {"question"}
    return ReasonGuess(reason, flags)


def _reason(clauses: list[str], book: Packs) -> Reason | None:
    """The first clause with a reason counts, for what follows is mostly what came of it.

    Only "busy, and so I forgot" is forgetting.
    """
    found: list[str] = []
    for clause in clauses:
        if not book.conditions.search(clause):
            found += [name for name in _SAID_FIRST if _cue(name, clause, book)][:1]
    if found[:1] == ["came_up"] and "forgot" in found:
        return Reason.FORGOT
    return Reason(found[0]) if found else None


def _cue(name: str, clause: str, book: Packs) -> bool:
    """Tell whether a clause gives a reason that it does not deny."""
    return _is_meant(book.reasons[name], clause, book)


def _is_denied(before: str, book: Packs) -> bool:
    return any(match.end() == len(before) for match in book.denials.finditer(before))


def _flags(words: str, clauses: list[str], book: Packs) -> Flags:
    found = {
        name for name, pattern in book.flags.items() if name != "question" and _is_meant(pattern, words, book)
    }
    if found & {"opt_out"}:
        found -= {"complaint", "withdraw", "reschedule"}
    if not found and book.flags["question"].search(words):
        found = {"question"}
    return frozenset(found)


def _is_meant(pattern: re.Pattern[str], words: str, book: Packs) -> bool:
    return any(not _is_denied(words[: match.start()], book) for match in pattern.finditer(words))


def _clauses(words: str, book: Packs) -> Iterator[str]:
    start = 0
    for match in book.clause_ends.finditer(words):
        if clause := words[start : match.start()].strip():
            yield clause
        start = match.end() if match.group().strip() else match.start()
    if clause := words[start:].strip():
        yield clause
