"""An export as JSON, for programs: names never change, instants are exact and in UTC, words are those of the code."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from bot.export.about import About
from bot.export.columns import verdict_of
from bot.export.harmless import clean
from bot.export.masking import Mask
from bot.export.rows import Exported
from locales.text import Reader
from locales.translate import render


def exact(rows: Iterable[Exported], mask: Mask, about: About, reader: Reader) -> bytes:
    """Return the file: {"about": …, "attempts": […]}; what is not known is null."""
    # One line a row, so that 50,000 of them are not held twice, and two files can be compared.
    attempts = ",\n".join(_line(_attempt(row, mask)) for row in rows)
    return f'{{"about": {_line(_about(about, reader))},\n"attempts": [\n{attempts}\n]}}\n'.encode(
        "utf-8", "replace"
    )


def _line(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False)


def _about(about: About, reader: Reader) -> dict[str, Any]:
    return {
        "days": render(about.days, reader),
        "filters": [render(filter_, reader) for filter_ in about.filters],
        "made_at": _instant(about.made_at),
        "made_by": about.made_by,
        "rows": about.rows,
        "masked": not about.is_whole,
    }


def _attempt(row: Exported, mask: Mask) -> dict[str, Any]:
    facts = row.facts
    words = {
        "role": facts.role,
        "source": facts.source,
        "candidate_type": facts.candidate_type,
        "recruiter": row.recruiter,
        "name": mask.name(row.name),
        "phone": mask.phone(row.phone),
    }
    instants = {
        "starts_at": facts.starts_at,
        "confirmed_at": facts.confirmed_at,
        "flagged_at": facts.flagged_at,
        "contacted_at": facts.contacted_at,
        "closed_at": facts.closed_at,
    }
    return {
        "interview": facts.number,
        "attempt": row.n,
        **{name: clean(value) or None for name, value in words.items()},
        **{name: _instant(at) for name, at in instants.items()},
        "local_start": f"{facts.wall:%Y-%m-%dT%H:%M}",
        "zone": facts.zone,
        "outcome": facts.outcome,
        "reason": facts.reason,
        "handling_minutes": round(facts.handling.total_seconds() / 60)
        if facts.handling is not None
        else None,
        "channels": list(facts.channels),
        "precheck": verdict_of(facts.check_codes),
        "rating": facts.rating,
        "reminders_said": facts.reminders_said,
        "support_said": facts.support_said,
        "tags": _tags(facts.tags, mask),
    }


def _tags(tags: Mapping[str, str], mask: Mask) -> dict[str, str]:
    return {clean(name): clean(mask.words(value)) for name, value in sorted(tags.items())}


def _instant(at: datetime | None) -> str | None:
    return at.isoformat().replace("+00:00", "Z") if at is not None else None
