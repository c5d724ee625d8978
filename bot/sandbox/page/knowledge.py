"""What the product knows at this moment, read from its database: interviews with their rungs, cases, what waits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.sandbox.stage import Stage
from conversations.commands.lines import KINDS, state_of
from conversations.commands.why import STATES, VERDICTS, in_words
from conversations.interview import Case, Interview, RungRow, Slot
from locales.text import Text, ct, t
from store import cases, interviews, journal, outbox, people, rungs, slots
from store.db import Tx
from store.outbox import OutboxRow

SHOWN = 6
"""Interviews, those touched last first."""
WAITING = 8
SENT = 12


@dataclass(frozen=True, slots=True)
class KnownRung:
    """One reminder, as `why` tells it."""

    name: str
    due_at: datetime
    verdict: str
    told: Text
    why: Text
    evidence: str

    @classmethod
    def of(cls, row: RungRow) -> KnownRung:
        why = in_words(row.why) if row.why else t("{nothing}", nothing="")
        return cls(row.name, row.due_at, row.verdict or "planned", VERDICTS[row.verdict], why, row.evidence)


@dataclass(frozen=True, slots=True)
class KnownAttempt:
    n: int
    starts_at: datetime
    rungs: Sequence[KnownRung]


@dataclass(frozen=True, slots=True)
class KnownInterview:
    label: str
    name: str
    state: Text
    attempts: Sequence[KnownAttempt]
    cases: Sequence[Text]


@dataclass(frozen=True, slots=True)
class KnownDelivery:
    """One message on its way, and how that went."""

    at: datetime
    """When it arrived, is tried next, or was given up."""
    kind: str
    platform: str
    state: str
    told: Text
    tries: int
    in_doubt: bool
    why: Text | None

    @classmethod
    def of(cls, row: OutboxRow) -> KnownDelivery:
        why = in_words(row.why) if row.why else None
        at = row.settled_at or row.next_at
        platform = row.account.partition(".")[0]
        told = STATES["sending" if row.state == "claimed" else row.state]
        return cls(at, row.kind, platform, row.state, told, row.tries, row.in_doubt, why)


@dataclass(frozen=True, slots=True)
class Knowledge:
    """Everything the page shows of the database."""

    interviews: Sequence[KnownInterview]
    waiting: Sequence[tuple[datetime, str, str]]
    """When it is due, the kind of message, and by which account."""
    deliveries: Sequence[KnownDelivery] = ()
    """The newest first."""
    slots: Sequence[Slot] = ()
    journal: Sequence[journal.Entry] = ()
    """The newest first."""


async def knowledge(stage: Stage) -> Knowledge:
    """Return what is known now. Nothing is written."""
    async with stage.app.db.read() as tx:
        found = await interviews.search(tx, None, limit=200)
        newest = sorted(found, key=lambda pair: pair[0].number)[-SHOWN:]
        rows = await outbox.listing(tx, state="waiting", limit=WAITING)
        return Knowledge(
            [await _known(tx, interview, stage) for interview, _ in newest],
            [(row.next_at, row.kind, row.account.partition(".")[0]) for row in rows],
            [KnownDelivery.of(row) for row in await outbox.listing(tx, limit=SENT)],
            await slots.listing(tx, stage.clock.now(), SENT),
            await journal.listing(tx, limit=SENT),
        )


async def _known(tx: Tx, interview: Interview, stage: Stage) -> KnownInterview:
    person = await people.get(tx, interview.person)
    attempts = [
        KnownAttempt(
            attempt.n,
            attempt.starts_at,
            [
                KnownRung.of(row)
                for row in sorted(await rungs.rungs_of(tx, attempt.id), key=lambda r: r.due_at)
            ],
        )
        for attempt in await interviews.attempts(tx, interview.id)
    ]
    open_cases = [_case(case) for case in await cases.cases_of(tx, interview.id)]
    name = person.name if person else ""
    return KnownInterview(interview.label, name, state_of(interview, stage.clock.now()), attempts, open_cases)


def _case(case: Case) -> Text:
    return ct(
        "sandbox", "{label}: {kind}, {state}", label=case.label, kind=KINDS[case.kind], state=case.state.value
    )
