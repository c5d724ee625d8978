"""What a decision asks the database for: one function for each need that dialogs and commands may name."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from channels.base import Caps
from conversations.dialog import Need, Scene, Session
from conversations.digest import DigestFacts, OpenCase, TodayLine, risks_of
from conversations.events import Event, Followed
from conversations.figures import AttemptFacts, handling_time, late_contacts
from conversations.findings import Around, Delivery, LedgerEntry, Target, TranscriptLine
from conversations.identity import Person, Role
from conversations.interview import (
    Attempt,
    Case,
    CaseKind,
    CaseState,
    Interview,
    Outcome,
    RungRow,
    Slot,
    State,
)
from conversations.prechecks import Precheck, Verdict
from conversations.understanding.when import when_of
from locales.zones import day_bounds, local
from store import (
    cases,
    feedback,
    figures,
    interviews,
    outbox,
    people,
    prechecks,
    rungs,
    sessions,
    slots,
    tokens,
    transcript,
)
from store.db import Tx
from store.tokens import TokenState

FLAGGED_TOGETHER = timedelta(minutes=2)
STARTING_TOGETHER = timedelta(minutes=10)
SLOTS_AT_MOST = 200
TARGETS_AT_MOST = 9
AHEAD = timedelta(days=60)


class Asked:
    """One need of one decision: where to look, for whom, and when it is."""

    def __init__(self, tx: Tx, need: Need, scene: Scene, event: Event, caps: Mapping[str, Caps]) -> None:
        self.tx = tx
        self.args = need.args
        self.scene = scene
        self.event = event
        self.caps = caps

    @property
    def now(self) -> datetime:
        return self.scene.now

    @property
    def zone(self) -> str:
        person = self.scene.person
        return (person.zone if person else None) or self.scene.policy.zone

    def window(self, default: str) -> tuple[datetime, datetime]:
        """Return the window that `when` names, in the zone of whoever asks."""
        found = when_of(self.args.get("when") or default, self.now, self.zone)
        return found or day_bounds(local(self.now, self.zone).date(), self.zone)


async def load(tx: Tx, need: Need, scene: Scene, event: Event, caps: Mapping[str, Caps]) -> Any:
    """Return what a need finds; raises KeyError for a need that nobody here knows. `caps` are of our accounts."""
    return await _NEEDS[need.name.partition(":")[0]](Asked(tx, need, scene, event, caps))


# -- for candidates --------------------------------------------------------------------------------------


async def _slots(asked: Asked) -> tuple[Slot, ...]:
    interview, policy = asked.scene.booked, asked.scene.policy
    after = asked.now + timedelta(minutes=15)
    found = await slots.free(
        asked.tx, interview.company, interview.role, after, asked.now + policy.horizon, SLOTS_AT_MOST
    )
    return tuple(slot for slot in found if slot.id != interview.attempt.slot)


async def _token(asked: Asked) -> TokenFound:
    body = asked.event.body
    value = body.token if isinstance(body, Followed) else getattr(body, "text", "").strip()
    for purpose in ("bind", "role"):
        state = await tokens.look(asked.tx, purpose, value, asked.now) if value else TokenState("unknown")
        if state.state != "unknown":
            person = asked.scene.person
            is_mine = person is not None and state.used_by in (str(person.id), "")
            return TokenFound(state.state, purpose, state.subject, state.state == "used" and is_mine)
    return TokenFound("unknown", "", "", False)


class TokenFound:
    """How a token stands, as the greeting reads it."""

    def __init__(self, state: str, purpose: str, subject: str, used_by_me: bool) -> None:
        self.state = state
        self.purpose = purpose
        self.subject = subject
        self.used_by_me = used_by_me


async def _transcript(asked: Asked) -> tuple[TranscriptLine, ...]:
    lines = await transcript.lines(asked.tx, asked.scene.booked.id, 40)
    return tuple(TranscriptLine(line.at, _who(line.who), line.text) for line in lines)


def _who(name: str) -> Literal["candidate", "bot", "staff"]:
    return "candidate" if name == "candidate" else "bot" if name == "bot" else "staff"


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


async def _channels(asked: Asked) -> tuple[str, ...]:
    return tuple(sorted({account.partition(".")[0] for account in asked.caps}))


async def _accounts(asked: Asked) -> Mapping[str, str]:
    """Return the accounts that reach people who never came to us, and by what they find them."""
    return {account: caps.finds for account, caps in asked.caps.items() if caps.finds != "nobody"}


async def _inviting(asked: Asked) -> tuple[str, ...]:
    """Return the platforms that reach only whoever came to us."""
    found = (account.partition(".")[0] for account, caps in asked.caps.items() if caps.finds == "nobody")
    return tuple(sorted({*found} - {"console"}))


async def _session(asked: Asked) -> Session | None:
    return await sessions.find(asked.tx, asked.args["holder"], asked.args["subject"])


async def _attempts(asked: Asked) -> tuple[Attempt, ...]:
    return tuple(await interviews.attempts(asked.tx, asked.scene.booked.id))


async def _prechecks(asked: Asked) -> tuple[Precheck, ...]:
    """Return the interview's device checks, the last one first."""
    return tuple(await prechecks.of_interview(asked.tx, asked.scene.booked.id))


async def _others(asked: Asked) -> tuple[Interview, ...]:
    scene = asked.scene
    if scene.person is None:
        return ()
    found = await interviews.search(asked.tx, None, person=scene.person.id, state=State.SCHEDULED)
    own = scene.interview.id if scene.interview else None
    return tuple(interview for interview, _ in found if interview.id != own)


async def _feedback(asked: Asked) -> Mapping[str, int | None]:
    return await feedback.of_attempt(asked.tx, UUID(asked.args["attempt"]))


# -- for staff -------------------------------------------------------------------------------------------


async def _targets(asked: Asked) -> tuple[Target, ...]:
    """Interviews that words name, those still ahead or open first."""
    text = (asked.args.get("text") or "").strip().strip("\"'“”「」")
    if not text:
        return ()
    if tail := re.fullmatch(r"尾号\s*(\d{3,8})", text):
        found = await _by_phone_tail(asked, tail[1])
    else:
        found = await interviews.search(asked.tx, asked.scene.person, text=text, limit=50)
    ranked = sorted(found, key=lambda pair: _rank(pair[0], asked.now))
    return tuple([await _target(asked.tx, i, p) for i, p in ranked[:TARGETS_AT_MOST]])


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


async def _target(tx: Tx, interview: Interview, person: Person) -> Target:
    return Target(interview, person, tuple(await cases.cases_of(tx, interview.id)))


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
    return tuple([await _target(asked.tx, i, p) for i, p in found])


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
                target,
                tuple(await rungs.rungs_of(asked.tx, target.interview.attempt.id)),
                await _deliveries_of(asked.tx, target.interview),
                tuple(await prechecks.of_interview(asked.tx, target.interview.id)),
            )
            for target in await _targets(asked)
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


async def _facts(asked: Asked) -> tuple[AttemptFacts, ...]:
    start, end = asked.window("last7d")
    return await _facts_between(asked.tx, start, min(end, asked.now), asked.scene.person)


async def _facts_between(
    tx: Tx, start: datetime, until: datetime, principal: Person | None
) -> tuple[AttemptFacts, ...]:
    known = {field.name for field in fields(AttemptFacts)}
    rows = await figures.counts(tx, start, until, principal=principal)
    return tuple(AttemptFacts(**{name: getattr(row, name) for name in known}) for row in rows)


async def _slots_all(asked: Asked) -> tuple[Slot, ...]:
    return tuple(await slots.listing(asked.tx, asked.now, SLOTS_AT_MOST))


async def _flagged(asked: Asked) -> tuple[Target, ...]:
    own = asked.scene.interview.id if asked.scene.interview else None
    found = []
    for case in await cases.open_cases(asked.tx):
        is_recent = asked.now - case.opened_at <= FLAGGED_TOGETHER
        if case.kind is CaseKind.NO_SHOW and is_recent and case.interview != own:
            found.append(await _of_id(asked.tx, case.interview))
    return tuple(sorted(filter(None, found), key=lambda target: target.interview.number))


async def _recent_flags(asked: Asked) -> int:
    return len(await _flagged(asked))


async def _of_id(tx: Tx, id: UUID) -> Target | None:
    interview = await interviews.get(tx, id)
    person = await people.get(tx, interview.person) if interview else None
    return await _target(tx, interview, person) if interview and person else None


async def _upcoming(asked: Asked, until: timedelta = AHEAD) -> Sequence[tuple[Interview, Person]]:
    return await interviews.search(
        asked.tx,
        None,
        state=State.SCHEDULED,
        starts_from=asked.now,
        starts_until=asked.now + until,
        limit=2000,
    )


async def _unbound(asked: Asked) -> tuple[Target, ...]:
    return tuple(
        Target(i, p) for i, p in await _upcoming(asked) if not p.reachable and p.opted_out_at is None
    )


async def _starting(asked: Asked) -> tuple[Target, ...]:
    at = asked.scene.booked.attempt.starts_at
    found = await interviews.search(
        asked.tx,
        None,
        company=asked.scene.booked.company,
        starts_from=at - STARTING_TOGETHER,
        starts_until=at + STARTING_TOGETHER + timedelta(seconds=1),
        limit=500,
    )
    return tuple([await _target(asked.tx, i, p) for i, p in found if i.attempt.outcome is None])


async def _team(asked: Asked) -> tuple[Person, ...]:
    seen: dict[UUID, Person] = {}
    for role in (Role.ADMIN, Role.HR, Role.RECRUITER, Role.SUPPORT, Role.VIEWER):
        seen |= {person.id: person for person in await people.staff(asked.tx, role)}
    return tuple(seen.values())


# -- the digest ------------------------------------------------------------------------------------------


async def _digest(asked: Asked) -> DigestFacts:
    zone = asked.scene.policy.zone
    today = local(asked.now, zone).date()
    yesterday = today - timedelta(days=1)
    start, end = day_bounds(yesterday, zone)
    facts = await _facts_between(asked.tx, start, end, None)
    decided = [fact for fact in facts if fact.outcome not in (Outcome.CANCELLED, Outcome.MOVED)]
    no_shows = [fact for fact in decided if fact.is_no_show]
    reasons: dict[Any, int] = {}
    for fact in no_shows:
        reasons[fact.reason] = reasons.get(fact.reason, 0) + 1
    lines, checked = await _today(asked, today)
    rated = await feedback.tally(asked.tx, "overall", start, end)
    return DigestFacts(
        team="hr",
        on=today,
        since=yesterday,
        until=yesterday,
        joined=sum(fact.has_joined for fact in decided),
        no_shows=len(no_shows),
        undecided=sum(fact.outcome is None for fact in decided),
        cancelled=len(facts) - len(decided),
        reasons=reasons,
        breaches=tuple(f"I-{fact.number}" for fact in late_contacts(facts, asked.now)),
        handling=handling_time(facts).median,
        rating=rated.average,
        ratings=rated.answered,
        today=lines,
        checks=checked,
        open_cases=tuple(
            [await _open_case(asked.tx, case, asked.now) for case in await cases.open_cases(asked.tx)]
        ),
        unbound=await _later_unbound(asked, day_bounds(today, zone)[1]),
    )


async def _today(asked: Asked, today: Any) -> tuple[tuple[TodayLine, ...], Mapping[Verdict, int]]:
    """Return today's interviews with their risks, and how the last check of each that has one ended."""
    start, end = day_bounds(today, asked.scene.policy.zone)
    found = await interviews.search(
        asked.tx, None, state=State.SCHEDULED, starts_from=max(start, asked.now), starts_until=end, limit=500
    )
    lines = []
    checks = await prechecks.last_of(asked.tx, [interview.id for interview, _ in found])
    verdicts = {id: check.verdict for id, check in checks.items()}
    for interview, person in found:
        past = await _missed_before(asked.tx, person.id)
        check = verdicts.get(interview.id)
        risks = risks_of(interview.attempt, is_bound=bool(person.reachable), missed_before=past, check=check)
        lines.append(
            TodayLine(
                interview.number,
                person.name,
                interview.attempt.starts_at,
                interview.attempt.zone,
                interview.role,
                risks,
            )
        )
    return tuple(lines), Counter(verdicts.values())


async def _missed_before(tx: Tx, person: UUID) -> bool:
    """Tell whether somebody did not come once, in this interview or another."""
    for interview, _ in await interviews.search(tx, None, person=person, limit=20):
        if any(a.outcome is Outcome.NO_SHOW for a in await interviews.attempts(tx, interview.id)):
            return True
    return False


async def _open_case(tx: Tx, case: Case, now: datetime) -> OpenCase:
    target = await _of_id(tx, case.interview)
    number = target.interview.number if target else 0
    name = target.candidate.name if target else ""
    owner = case.owner_name if case.state is CaseState.TAKEN else None
    return OpenCase(case.number, case.kind, number, name, now - case.opened_at, owner)


async def _later_unbound(asked: Asked, after: datetime) -> tuple[str, ...]:
    return tuple(t.interview.label for t in await _unbound(asked) if t.interview.attempt.starts_at >= after)


_NEEDS: Mapping[str, Callable[[Asked], Awaitable[Any]]] = {
    "slots": _slots,
    "token": _token,
    "transcript": _transcript,
    "deliveries": _deliveries,
    "prechecks": _prechecks,
    "others": _others,
    "feedback": _feedback,
    "session": _session,
    "accounts": _accounts,
    "channels": _channels,
    "inviting": _inviting,
    "attempts": _attempts,
    "targets": _targets,
    "interviews": _interviews,
    "around": _around,
    "ledger": _ledger,
    "plan": _plan,
    "facts": _facts,
    "slots_all": _slots_all,
    "flagged": _flagged,
    "recent_flags": _recent_flags,
    "unbound": _unbound,
    "starting": _starting,
    "team": _team,
    "digest": _digest,
}
