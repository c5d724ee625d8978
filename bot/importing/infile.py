"""What rows of one list say of each other: the same row twice, one phone with two names."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from bot.importing.columns import Columns, Field
from bot.importing.drafts import InterviewDraft
from bot.importing.matching import Key, field_of, is_same_name, keys_of, same_as
from bot.importing.problems import Fault
from bot.importing.words import fold
from locales.text import t


@dataclass(slots=True)
class _Profile:
    """One person as the rows so far describe them; `rows` begins with the first."""

    name: str
    rows: list[int]
    details: dict[str, str]
    starts: dict[datetime, int]
    """Which row begins when."""


@dataclass(slots=True)
class Repeats:
    """Rows seen so far; the first of two that contradict each other stands."""

    columns: Columns
    profiles: dict[Key, _Profile] = field(default_factory=dict)
    of_row: dict[int, _Profile] = field(default_factory=dict)
    ids: dict[tuple[str, str], int] = field(default_factory=dict)

    def check(self, row: int, draft: InterviewDraft) -> Fault | None:
        """Return why a row cannot stand beside those before it; remember it if it can."""
        number = (draft.company, fold(draft.external_id or ""))
        if draft.external_id and number in self.ids:
            reason = t(
                "The same number stands in row {row} already. Give each interview its own.",
                row=self.ids[number],
            )
            return Fault(self.columns.heading(Field.EXTERNAL_ID), reason)
        met = self._met(draft)
        if contradiction := self._contradiction(draft, met):
            return contradiction
        starts = {draft.starts_at: row}
        for profile in met:
            if taken := starts.keys() & profile.starts.keys():
                return Fault(self.columns.heading(Field.NAME), same_as(profile.starts[min(taken)]))
            starts |= profile.starts
        self._remember(row, draft, met)
        if draft.external_id:
            self.ids[number] = row
        return None

    def first_row_of(self, row: int) -> int:
        """Return the first row about the same person."""
        return self.of_row[row].rows[0]

    def _met(self, draft: InterviewDraft) -> list[_Profile]:
        """Return the people of earlier rows who share a phone, address or account with this one, earliest first."""
        met = {id(found): found for key in _keys(draft) if (found := self.profiles.get(key))}
        return sorted(met.values(), key=lambda one: one.rows[0])

    def _contradiction(self, draft: InterviewDraft, met: list[_Profile]) -> Fault | None:
        details = dict(keys_of(draft))
        for profile in met:
            if not is_same_name(profile.name, draft.name):
                kind, value = next(key for key in _keys(draft) if self.profiles.get(key) is profile)
                return Fault(
                    self.columns.heading(field_of(kind)),
                    t(
                        "{value} stands in row {row} for {name} already. Correct it, or write the name the same way.",
                        value=value,
                        row=profile.rows[0],
                        name=profile.name,
                    ),
                )
            for kind, value in profile.details.items():
                if details.setdefault(kind, value) != value:
                    heading = self.columns.heading(field_of(kind))
                    return Fault(
                        heading,
                        t(
                            "Row {row} gives {name} another {column}: {value}. Correct the wrong one.",
                            row=profile.rows[0],
                            name=profile.name,
                            column=heading,
                            value=value,
                        ),
                    )
        return None

    def _remember(self, row: int, draft: InterviewDraft, met: list[_Profile]) -> None:
        profile = met[0] if met else _Profile(draft.name, [], {}, {})
        for other in met[1:]:
            profile.rows += other.rows
            profile.details |= other.details
            profile.starts |= other.starts
            self.of_row.update(dict.fromkeys(other.rows, profile))
        profile.rows.append(row)
        profile.starts[draft.starts_at] = row
        profile.details |= dict(keys_of(draft))
        self.of_row[row] = profile
        self.profiles.update(dict.fromkeys((*profile.details.items(), *_keys(draft)), profile))


def _keys(draft: InterviewDraft) -> list[Key]:
    return keys_of(draft) or [("name", fold(draft.name))]
