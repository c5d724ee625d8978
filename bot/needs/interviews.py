"""What staff ask about interviews: which one is meant, lists, and what was sent."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from bot.needs.asking import Answering, Asked, target
from conversations.commands.one import THIS
from conversations.findings import Around, Delivery, LedgerEntry, Target
from conversations.identity import Person
from conversations.interview import (
    Interview,
    RungRow,
    Slot,
    State,
)
from store import (
    cases,
    interviews,
    matching,
    outbox,
    people,
    prechecks,
    rungs,
    shown,
    slots,
)
from store.db import Tx

SLOTS_AT_MOST = 200
TARGETS_AT_MOST = 9
AHEAD = timedelta(days=60)


async def _targets(asked: Asked) -> tuple[Target, ...]:
    """Interviews that words name, those still ahead or open first."""
    text = (asked.args.get("text") or "").strip().strip("\"'“”「」")
    if not text:
        return ()
    ranked = sorted(await _named(asked, text), key=lambda pair: _rank(pair[0], asked.now))
    return tuple([await target(asked.tx, i, p) for i, p in ranked[:TARGETS_AT_MOST]])


async def _named(asked: Asked, text: str) -> Sequence[tuple[Interview, Person]]:
    if tail := re.fullmatch(r"尾号\s*(\d{3,8})", text):
        return await _by_phone_tail(asked, tail[1])
    if case := re.fullmatch(r"(?i)c-\s*(\d{1,9})", text):
        return await _of_case(asked, int(case[1]))
    if user := re.fullmatch(r"@(\S+)|<@([^|>]+)(?:\|[^>]*)?>", text):
        return await _of_user(asked, user[1] or user[2])
    if text.casefold() in THIS:
        return await _answered(asked)
    return await interviews.search(asked.tx, asked.scene.person, text=text, limit=50)


async def _of_case(asked: Asked, number: int) -> Sequence[tuple[Interview, Person]]:
    case = await cases.case_by_number(asked.tx, number, asked.scene.person)
    return await _seen(asked, case.interview) if case is not None else ()


async def _of_user(asked: Asked, user: str) -> Sequence[tuple[Interview, Person]]:
    """Whom a platform calls so: by the id it mentions somebody with, or the name that a list gave for them."""
    channel = (asked.event.account or "").partition(".")[0]
    accounts = [(channel, user), (channel, f"@{user}")]
    found = await matching.people_known_by(asked.tx, phones=(), emails=(), accounts=accounts, names=())
    lists = [
        await interviews.search(asked.tx, asked.scene.person, person=person.id, limit=20) for person in found
    ]
    return [pair for some in lists for pair in some]


async def _answered(asked: Asked) -> Sequence[tuple[Interview, Person]]:
    """The interview of the card that was answered, or in whose thread this was typed."""
    event, scene = asked.event, asked.scene
    if event.about is None:
        return ()
    if scene.interview is not None and scene.about is not None:
        return await _seen(asked, scene.interview.id)
    message = await shown.by_platform_id(asked.tx, event.account or "", event.chat or "", event.about)
    label = message.message.lead.params.get("label") if message is not None else None
    return await interviews.search(asked.tx, scene.person, text=str(label)) if label else ()


async def _seen(asked: Asked, id: UUID) -> Sequence[tuple[Interview, Person]]:
    """Return an interview with its candidate, if it concerns whoever asks."""
    interview = await interviews.get(asked.tx, id, asked.scene.person)
    person = await people.get(asked.tx, interview.person) if interview is not None else None
    return [(interview, person)] if interview is not None and person is not None else ()


async def _by_phone_tail(asked: Asked, tail: str) -> Sequence[tuple[Interview, Person]]:
    """Phones are sealed, so the end of a number is looked for among the interviews around now."""
    near = await interviews.search(
        asked.tx,
        asked.scene.person,
        starts_from=asked.now - timedelta(days=30),
        starts_until=asked.now + AHEAD,
        limit=5000,
    )
    return [(i, p) for i, p in near if re.sub(r"\D", "", p.phone or "").endswith(tail)]


def _rank(interview: Interview, now: datetime) -> tuple[bool, timedelta]:
    is_closed = interview.state not in (State.SCHEDULED, State.NO_SHOW)
    return is_closed, abs(interview.attempt.starts_at - now)


async def _interviews(asked: Asked) -> tuple[Target, ...]:
    start, end = asked.window("today")
    state = asked.args.get("state")
    found = await interviews.search(
        asked.tx,
        asked.scene.person,
        text=asked.args.get("text") or None,
        state=State(state) if state else None,
        starts_from=start,
        starts_until=end,
        limit=int(asked.args.get("limit") or 200),
    )
    return tuple([await target(asked.tx, i, p) for i, p in found])


async def _around(asked: Asked) -> Around:
    """What each filter of a list finds alone, and what lies nearest to the days it was asked for."""
    tx, who = asked.tx, asked.scene.person
    text, state = asked.args["text"] or None, State(asked.args["state"]) if asked.args["state"] else None
    start, end = asked.window("today")
    before = await interviews.search(
        tx, who, text=text, state=state, starts_until=start, limit=1, latest_first=True
    )
    after = await interviews.search(tx, who, text=text, state=state, starts_from=end, limit=1)
    return Around(
        total=await interviews.tally(tx, who),
        of_text=await interviews.tally(tx, who, text=text),
        of_state=await interviews.tally(tx, who, state=state),
        of_days=await interviews.tally(tx, who, starts_from=start, starts_until=end),
        before=Target(*before[0]) if before else None,
        after=Target(*after[0]) if after else None,
    )


async def _ledger(asked: Asked) -> tuple[LedgerEntry, ...]:
    return tuple(
        [
            LedgerEntry(
                found,
                tuple(await rungs.rungs_of(asked.tx, found.interview.attempt.id)),
                await _deliveries_of(asked.tx, found.interview),
                tuple(await prechecks.of_interview(asked.tx, found.interview.id)),
                asked.house.policies.for_(found.interview.company, found.interview.role),
            )
            for found in await _targets(asked)
        ]
    )


async def _plan(asked: Asked) -> tuple[tuple[RungRow, Target], ...]:
    start, end = asked.window("tomorrow")
    found = []
    for row in await rungs.rungs_due_between(asked.tx, start, end):
        interview = await interviews.of_attempt(asked.tx, row.attempt)
        if interview is None or interview.attempt.id != row.attempt:
            continue
        if await interviews.get(asked.tx, interview.id, asked.scene.person) is None:
            continue
        person = await people.get(asked.tx, interview.person)
        if person is not None:
            found.append((row, Target(interview, person)))
    return tuple(found)


async def _slots_all(asked: Asked) -> tuple[Slot, ...]:
    return tuple(await slots.listing(asked.tx, asked.now, SLOTS_AT_MOST))


async def _deliveries(asked: Asked) -> tuple[Delivery, ...]:
    return await _deliveries_of(asked.tx, asked.scene.booked)


async def _deliveries_of(tx: Tx, interview: Interview) -> tuple[Delivery, ...]:
    rows = [
        row for row in await outbox.listing(tx, interview=interview.id) if row.attempt == interview.attempt.id
    ]
    return tuple(
        Delivery(
            row.kind,
            row.account.partition(".")[0],
            row.state,
            row.why,
            row.settled_at or row.next_at,
            row.platform_id,
            row.rung,
        )
        for row in sorted(rows, key=lambda row: row.sequence)
    )


NEEDS: Mapping[str, Answering] = {
    "targets": _targets,
    "interviews": _interviews,
    "around": _around,
    "ledger": _ledger,
    "plan": _plan,
    "slots_all": _slots_all,
    "deliveries": _deliveries,
}
