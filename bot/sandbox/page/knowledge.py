"""What the product knows at this moment, read from its database: interviews with their rungs, cases, what waits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.sandbox.page.naming import Naming, actor
from bot.sandbox.stage import Stage
from conversations.commands.audit import Logged, what_of
from conversations.commands.lines import KINDS, state_of
from conversations.commands.why import STATES, VERDICTS, in_words
from conversations.interview import Case, CaseState, Interview, RungRow, Slot
from conversations.names import channel_name, channel_of, message_name
from locales.text import Text, ct, t
from store import cases, interviews, journal, outbox, people, rungs, slots
from store.db import Tx
from store.outbox import OutboxRow

SHOWN = 6
"""Interviews, those touched last first."""
WAITING = 8
SENT = 12
RECEIPT = 14
"""Signs of a platform's own id that are shown."""


@dataclass(frozen=True, slots=True)
class KnownRung:
    """One reminder, as `why` tells it."""

    name: str
    due_at: datetime
    verdict: str
    told: Text
    why: Text
    evidence: Sequence[Text]
    """What platforms call what they accepted."""

    @classmethod
    def of(cls, row: RungRow) -> KnownRung:
        why = in_words(row.why) if row.why else t("{nothing}", nothing="")
        return cls(
            row.name,
            row.due_at,
            row.verdict or "planned",
            VERDICTS[row.verdict],
            why,
            _receipts(row.evidence),
        )


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
    kind: Text
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
        return cls(at, message_name(row.kind), platform, row.state, told, row.tries, row.in_doubt, why)


@dataclass(frozen=True, slots=True)
class KnownEntry:
    """One entry of the journal, in words."""

    at: datetime
    subject: str
    """Whom or what it is about: I-1024, C-77, a name."""
    what: Text
    who: Text


@dataclass(frozen=True, slots=True)
class Knowledge:
    """Everything the page shows of the database."""

    interviews: Sequence[KnownInterview]
    waiting: Sequence[tuple[datetime, Text, str]]
    """When it is due, the kind of message, and by which account."""
    deliveries: Sequence[KnownDelivery] = ()
    """The newest first."""
    slots: Sequence[Slot] = ()
    journal: Sequence[KnownEntry] = ()
    """The newest first."""


async def knowledge(stage: Stage) -> Knowledge:
    """Return what is known now. Nothing is written."""
    async with stage.app.db.read() as tx:
        found = await interviews.search(tx, None, limit=200)
        newest = sorted(found, key=lambda pair: pair[0].number)[-SHOWN:]
        rows = await outbox.listing(tx, state="waiting", limit=WAITING)
        naming = Naming(tx)
        return Knowledge(
            [await _known(tx, interview, stage) for interview, _ in newest],
            [(row.next_at, message_name(row.kind), row.account.partition(".")[0]) for row in rows],
            [KnownDelivery.of(row) for row in await outbox.listing(tx, limit=SENT)],
            await slots.listing(tx, stage.clock.now(), SENT),
            [await _entry(naming, entry) for entry in await journal.listing(tx, limit=SENT)],
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


def _receipts(evidence: str) -> list[Text]:
    found = []
    for each in evidence.split(", ") if evidence else ():
        account, _, id = each.partition(":")
        name = channel_name(channel_of(account)) if id else each
        found.append(
            ct("sandbox", "{channel} {id}", channel=name, id=id if len(id) <= RECEIPT else f"{id[:RECEIPT]}…")
        )
    return found


async def _entry(naming: Naming, entry: journal.Entry) -> KnownEntry:
    subject, who = await naming.of(entry.subject), actor(await naming.of(entry.actor))
    what = what_of(Logged(entry.number, entry.at, entry.action, subject, "", entry.detail))
    return KnownEntry(entry.at, subject, what, who)


def _case(case: Case) -> Text:
    state = {
        CaseState.OPEN: ct("sandbox", "open"),
        CaseState.TAKEN: ct("sandbox", "taken by {name}", name=case.owner_name or "–"),
        CaseState.CLOSED: ct("sandbox", "closed"),
    }[case.state]
    return ct("sandbox", "{label}: {kind}, {state}", label=case.label, kind=KINDS[case.kind], state=state)
