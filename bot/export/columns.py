"""The columns of an export: their stable names, what they are called, what they mean and where they come from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.export.masking import Mask
from bot.export.rows import Exported
from conversations.figures import REASONS, said
from conversations.interview import Outcome
from conversations.names import channel_names
from conversations.prechecks import CODES
from locales.text import Text, ct, t
from locales.zones import local

Cell = Text | str | int | datetime | None
"""A date and time is told as it is on clocks where the interview takes place."""
TAGS_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Column:
    """One column; `name` is for programs and never changes."""

    name: str
    label: Text | str
    definition: Text
    of: Callable[[Exported, Mask, datetime], Cell]
    width: int = 14
    """Characters."""


OUTCOMES: dict[Outcome | None, Text] = {
    Outcome.JOINED: ct("state", "joined"),
    Outcome.COMPLETED: ct("state", "completed"),
    Outcome.NO_SHOW: ct("export", "no-show"),
    Outcome.MOVED: ct("state", "moved"),
    Outcome.CANCELLED: ct("state", "cancelled"),
}
_STANDS = {
    "ahead": ct("export", "ahead"),
    "over": ct("export", "over"),
    "undecided": ct("export", "undecided"),
}
_REMINDERS = {0: ct("button", "Just right"), 1: ct("button", "Too many"), -1: ct("button", "Too few")}
_SUPPORT = {1: ct("button", "Yes, in time"), 0: ct("button", "No, too late")}
_VERDICTS = {
    "fail": ct("export", "needs fixing"),
    "warn": ct("export", "with a remark"),
    "pass": ct("export", "fine"),
}


def columns_for(rows: Iterable[Exported]) -> tuple[Column, ...]:
    """Return all columns, with one for each tag that any row has."""
    names = sorted({name for row in rows for name in row.facts.tags})
    return (*COLUMNS, *(_tag(name) for name in names[:TAGS_SHOWN]))


def _tag(name: str) -> Column:
    definition = t("As it stands in the company's own list.")
    return Column(
        f"tag:{name}", name, definition, lambda row, mask, now: mask.words(row.facts.tags.get(name, ""))
    )


def _wall(row: Exported, at: datetime | None) -> datetime | None:
    return local(at, row.facts.zone).replace(second=0, microsecond=0) if at else None


def _stand(row: Exported, mask: Mask, now: datetime) -> Text:
    if row.facts.outcome is not None:
        return _STANDS["over"]
    return _STANDS["ahead" if row.facts.starts_at > now else "undecided"]


def _reason(row: Exported, mask: Mask, now: datetime) -> Cell:
    return REASONS[row.facts.reason] if row.facts.is_no_show or row.facts.reason else None


def _handling(row: Exported, mask: Mask, now: datetime) -> int | None:
    span = row.facts.handling
    return round(span.total_seconds() / 60) if span is not None else None


def _channels(row: Exported, mask: Mask, now: datetime) -> Cell:
    return t("{channels}", channels=channel_names(row.facts.channels)) if row.facts.channels else None


def verdict_of(codes: Iterable[str] | None) -> str | None:
    """Return what a device check came to by its codes: "fail", "warn" or "pass"; None without a check."""
    if codes is None:
        return None
    statuses = {CODES[code].status for code in codes if code in CODES}
    return next((status for status in ("fail", "warn") if status in statuses), "pass")


def _check(row: Exported, mask: Mask, now: datetime) -> Cell:
    verdict = verdict_of(row.facts.check_codes)
    return _VERDICTS[verdict] if verdict is not None else None


def _said(words: Mapping[int, Text], score: int | None) -> Text | None:
    return words.get(score) if score is not None else None


COLUMNS: Sequence[Column] = (
    Column(
        "interview", ct("export", "Interview"), t("The interview's number; typed after a command, it finds it."),
        lambda row, mask, now: f"I-{row.facts.number}", 11,
    ),
    Column(
        "attempt", ct("export", "Appointment"), t("1 is the first; a new one begins when it is moved or rebooked."),
        lambda row, mask, now: row.n, 12,
    ),
    Column(
        "name", ct("export", "Candidate"), t("The candidate's name."),
        lambda row, mask, now: mask.name(row.name), 16,
    ),
    Column(
        "phone", ct("export", "Phone"), t("The candidate's phone number."),
        lambda row, mask, now: mask.phone(row.phone), 18,
    ),
    Column("role", ct("export", "Job"), t("The job they apply for."), lambda row, mask, now: row.facts.role, 20),
    Column(
        "source", ct("export", "Source"), t("Where the candidate came from."),
        lambda row, mask, now: row.facts.source,
    ),
    Column(
        "candidate_type", ct("export", "Type"), t("Campus, experienced, part-time or intern."),
        lambda row, mask, now: said("candidate_type", row.facts.candidate_type) if row.facts.candidate_type else None,
    ),
    Column(
        "recruiter", ct("export", "Recruiter"), t("Who recruits them."),
        lambda row, mask, now: row.recruiter,
    ),
    Column(
        "start", ct("export", "Start"), t("On clocks where the interview takes place, like all times here."),
        lambda row, mask, now: row.facts.wall.replace(second=0, microsecond=0), 17,
    ),
    Column("zone", ct("export", "Time zone"), t("Whose clocks those are."), lambda row, mask, now: row.facts.zone, 18),
    Column(
        "state", ct("export", "State"), t("Ahead, over, or undecided: due, but nobody said how it went."), _stand,
    ),
    Column(
        "outcome", ct("export", "Outcome"), t("How it went."),
        lambda row, mask, now: OUTCOMES[row.facts.outcome] if row.facts.outcome else None,
    ),
    Column("reason", ct("export", "Reason"), t("Why they did not come, as they or HR said."), _reason, 18),
    Column(
        "confirmed", ct("export", "Confirmed at"), t("When the candidate confirmed."),
        lambda row, mask, now: _wall(row, row.facts.confirmed_at), 17,
    ),
    Column(
        "flagged", ct("export", "Flagged at"), t("When it was flagged as a no-show."),
        lambda row, mask, now: _wall(row, row.facts.flagged_at), 17,
    ),
    Column(
        "contacted", ct("export", "Asked at"), t("When a platform accepted the question why."),
        lambda row, mask, now: _wall(row, row.facts.contacted_at), 17,
    ),
    Column(
        "closed", ct("export", "Closed at"), t("When the case of the no-show was closed."),
        lambda row, mask, now: _wall(row, row.facts.closed_at), 17,
    ),
    Column(
        "handling_minutes", ct("export", "Handling, minutes"), t("From the no-show flag until its case was closed."),
        _handling, 12,
    ),
    Column(
        "channels", ct("export", "Reminded on"), t("The channels whose platforms accepted a reminder."), _channels, 18,
    ),
    Column(
        "precheck", ct("export", "Device check"), t("The last one before the start, or up to an hour after it."),
        _check,
    ),
    Column(
        "rating", ct("export", "Rating"), t("How everything was, from 1, poor, to 5, very good."),
        lambda row, mask, now: row.facts.rating, 10,
    ),
    Column(
        "reminders_said", ct("export", "Reminders were"), t("What the candidate said of the reminders."),
        lambda row, mask, now: _said(_REMINDERS, row.facts.reminders_said),
    ),
    Column(
        "support_said", ct("export", "Help in time"), t("Whether help was there in time, as the candidate said."),
        lambda row, mask, now: _said(_SUPPORT, row.facts.support_said),
    ),
)  # fmt: skip
