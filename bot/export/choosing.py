"""Which attempts a selector means: `job:前端 source:校招 owner:@me state:no_show reason:technical tag:届别=2027`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

from bot.export.rows import Exported
from conversations.book import fold

ME = frozenset({"@me", "me", "我"})
NONE = "none"


def chosen(rows: Iterable[Exported], pairs: Mapping[str, str], asker: UUID) -> list[Exported]:
    """Return the rows that all pairs mean; words are compared without regard to case and width."""
    return [row for row in rows if all(_means(row, key, value, asker) for key, value in pairs.items())]


def _means(row: Exported, key: str, value: str, asker: UUID) -> bool:
    facts = row.facts
    match key:
        case "job":
            return fold(value) in fold(facts.role)
        case "source":
            return fold(value) in fold(facts.source)
        case "type":
            return fold(value) == fold(facts.candidate_type)
        case "state":
            return value == (facts.outcome or "scheduled")
        case "reason":
            return value == (facts.reason or NONE) and (facts.is_no_show or value != NONE)
        case "owner":
            return facts.recruiter == asker if fold(value) in ME else fold(value) in fold(row.recruiter)
        case "tag":
            name, is_named, wanted = value.partition("=")
            tags = facts.tags.items()
            return any(
                fold(wanted if is_named else value) == fold(found)
                and (not is_named or fold(name) == fold(tag))
                for tag, found in tags
            )
    return False
