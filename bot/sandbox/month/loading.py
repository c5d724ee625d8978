"""Puts the month into a database, as the product would have left it there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from random import Random
from uuid import UUID

from bot.sandbox.month.families import (
    DEVICES,
    GIVEN,
    HELPERS,
    RECRUITERS,
    SURNAMES,
    TROUBLES,
    Words,
)
from bot.sandbox.month.shape import Made, Month, month
from conversations.identity import Address, Person, Role
from conversations.interview import (
    Attempt,
    Case,
    CaseKind,
    CaseState,
    Interview,
    Outcome,
    Reason,
    RungRow,
    State,
    Verdict,
)
from conversations.prechecks import Finding, Precheck
from locales.zones import local
from store import cases, feedback, interviews, people, prechecks, rungs
from store.db import Tx

GRACE = timedelta(minutes=10)
_MINUTE = timedelta(minutes=1)
_LADDER = (("24h", timedelta(hours=24)), ("1h", timedelta(hours=1)), ("30m", timedelta(minutes=30)))
_LINK = "https://meet.example.com/turnout/month"


@dataclass(frozen=True, slots=True)
class Loaded:
    """What was put into the database."""

    go_live: date
    """The day to compare by: `report` with it tells the white paper's case."""
    recruiters: tuple[Person, ...]
    interviews: int
    ahead: tuple[str, ...]
    """Labels of the interviews still ahead; no reminder is planned for them before somebody has it planned."""


async def load_month(
    tx: Tx,
    now: datetime,
    seed: int = 7,
    *,
    company: str = "",
    zone: str = "Asia/Shanghai",
    locale: str = "zh_Hans",
) -> Loaded:
    """Put the month until `now` into a database, in the words of a language; the same seed, the same month.

    Some 640 interviews in about two seconds. Nothing of it is ever sent: nobody in it has a timer.
    """
    made = month(now, zone, seed)
    writer = _Writer(tx, now, company, zone, locale == "zh_Hans", Random(seed))  # noqa: S311 - as there
    return await writer.write(made)


@dataclass(slots=True)
class _Writer:
    tx: Tx
    now: datetime
    company: str
    zone: str
    is_chinese: bool
    chance: Random
    recruiters: tuple[Person, ...] = ()
    helpers: tuple[Person, ...] = ()
    number: int = 0
    ladders: list[RungRow] = field(default_factory=list)

    async def write(self, made: Month) -> Loaded:
        self.recruiters = await self._staff(RECRUITERS, Role.RECRUITER)
        self.helpers = await self._staff(HELPERS, Role.VIEWER)
        everybody = [*made.before, *made.after, *made.ahead]
        candidates = [self._candidate(one) for one in everybody]
        await people.create_all(self.tx, candidates)
        drafts = [self._interview(one, whose, made) for one, whose in zip(everybody, candidates, strict=True)]
        stored = await interviews.create_all(self.tx, drafts)
        for one, whose, interview in zip(everybody, candidates, stored, strict=True):
            await self._around(one, whose, interview, made)
        await rungs.plan_rungs(self.tx, self.ladders)
        ahead = tuple(interview.label for interview in stored[len(stored) - len(made.ahead) :])
        return Loaded(made.go_live, self.recruiters, len(stored), ahead)

    def _said(self, words: Words) -> str:
        return words[0] if self.is_chinese else words[1]

    def _id(self) -> UUID:
        return UUID(int=self.chance.getrandbits(128), version=4)

    async def _staff(self, names: Sequence[Words], role: Role) -> tuple[Person, ...]:
        found = tuple(Person(self._id(), self._said(name), roles=frozenset({role})) for name in names)
        await people.create_all(self.tx, found)
        return found

    # -- who, and what was agreed ------------------------------------------------------------------------

    def _candidate(self, one: Made) -> Person:
        self.number += 1
        given = self.chance.choice(GIVEN)
        name = self.chance.choice(SURNAMES) + given
        return Person(
            self._id(),
            name,
            "zh_Hans" if self.is_chinese else "en",
            self.zone,
            phone=f"+86139{self.number:08d}",
            email=f"month{self.number}@example.com",
        )

    def _interview(self, one: Made, whose: Person, made: Month) -> Interview:
        family = one.family
        source, _ = family.sources[one.source]
        tag = "城市" if self.is_chinese else "city"
        recruiter = self.recruiters[(self.number + len(family.name)) % len(self.recruiters)]
        attempt = self._attempt(one)
        return Interview(
            self._id(),
            0,
            0,
            whose.id,
            self.company,
            self._said(family.roles[one.role]),
            attempt,
            _state(one, self.now),
            self._said(source),
            family.candidate_type,
            recruiter.id if one.role == 0 else self.chance.choice(self.recruiters).id,
            tags={tag: self._said(family.campus[one.city])},
            invited_at=one.booked_at + _MINUTE if one.booked_at < one.starts_at else None,
        )

    def _attempt(self, one: Made) -> Attempt:
        at, is_ahead = one.starts_at, one.starts_at > self.now
        came = not (one.is_missed or one.is_cancelled or is_ahead)
        flagged = at + GRACE if one.is_missed else None
        asked = flagged + one.asked_after if flagged and one.asked_after else None
        is_watched = one.booked_at < at
        outcome = Outcome.NO_SHOW if one.is_missed else Outcome.COMPLETED if came else None
        return Attempt(
            self._id(),
            1,
            at,
            self.zone,
            _LINK,
            local(at, self.zone).replace(tzinfo=None),
            one.booked_at,
            confirmed_at=at - timedelta(hours=20) if one.confirmed and is_watched else None,
            entered_at=at - 3 * _MINUTE if came and is_watched else None,
            joined_at=at - _MINUTE if came else None,
            completed_at=at + 40 * _MINUTE if came else None,
            flagged_at=flagged,
            contacted_at=asked,
            reason=one.reason,
            reason_at=asked + 4 * _MINUTE if asked and one.reason else None,
            outcome=Outcome.CANCELLED if one.is_cancelled else outcome,
        )

    # -- what other tables say ---------------------------------------------------------------------------

    async def _around(self, one: Made, whose: Person, interview: Interview, made: Month) -> None:
        attempt = interview.attempt
        is_watched = one.booked_at < one.starts_at
        if is_watched and one.is_bound:
            await self._bound(one, whose)
        if is_watched and one.starts_at <= self.now:
            self.ladders += self._ladder(one, attempt)
            if one.checked or one.reason is Reason.TECHNICAL:
                await self._checked(one, interview)
        if one.is_missed:
            await self._case(
                interview, CaseKind.NO_SHOW, attempt.flagged_at, one.handled, bool(one.rebooked_at)
            )
        if one.was_in_trouble:
            before = one.starts_at - 25 * _MINUTE
            await self._case(interview, CaseKind.TECHNICAL, before, 9 * _MINUTE, is_helped=True)
        await self._feedback(one, interview)
        if one.rebooked_at is not None:
            await self._again(one, interview, one.rebooked_at)

    async def _bound(self, one: Made, whose: Person) -> None:
        user = whose.id.hex[:16]
        address = Address(f"{one.family.channels[0]}.month", user)
        await people.bind(self.tx, whose.id, address, user, one.booked_at + 30 * _MINUTE)

    def _ladder(self, one: Made, attempt: Attempt) -> Iterator[RungRow]:
        """Yield the reminders: nearly all were taken by two platforms, a few by one, and some came too late."""
        first, *others = one.family.channels
        for name, before in _LADDER:
            due_at = attempt.starts_at - before
            if due_at < attempt.booked_at:
                yield RungRow(attempt.id, name, due_at, Verdict.SKIPPED, "booked_late", "", attempt.booked_at)
                continue
            used = [first, *(others[:1] if name == "1h" and self.chance.random() < 0.9 else [])]
            evidence = ", ".join(f"{channel}.month:{self.chance.randrange(10**6)}" for channel in used)
            yield RungRow(attempt.id, name, due_at, Verdict.SENT, "", evidence, due_at)

    async def _checked(self, one: Made, interview: Interview) -> None:
        (device,) = self.chance.choices([name for name, _ in DEVICES], [weight for _, weight in DEVICES])
        is_trouble = one.reason is Reason.TECHNICAL or self.chance.random() < 0.08
        codes = (self.chance.choice(TROUBLES),) if is_trouble else ("CAM-OK", "MIC-OK", "NET-OK")
        at = interview.attempt.starts_at - timedelta(hours=self.chance.choice((2, 5, 20)))
        found = tuple(Finding(code) for code in codes)
        await prechecks.add(self.tx, Precheck(self._id(), interview.id, at, found, 20, device))

    async def _case(
        self,
        interview: Interview,
        kind: CaseKind,
        opened_at: datetime | None,
        took: timedelta | None,
        is_helped: bool = False,
    ) -> None:
        if opened_at is None or took is None:
            return
        closed_at = opened_at + took
        hr, support = self.helpers
        owner = support if kind is CaseKind.TECHNICAL else hr
        is_open = closed_at > self.now
        await cases.save_case(
            self.tx,
            Case(
                self._id(),
                0,
                kind,
                interview.id,
                interview.attempt.id,
                opened_at,
                CaseState.OPEN if is_open else CaseState.CLOSED,
                owner=None if is_open else owner.id,
                owner_name=None if is_open else owner.name,
                taken_at=None if is_open else opened_at + took / 4,
                closed_at=None if is_open else closed_at,
                result=None if is_open else "rebooked" if is_helped else "dismissed",
            ),
        )

    async def _feedback(self, one: Made, interview: Interview) -> None:
        if not one.was_surveyed or one.starts_at > self.now:
            return
        at = one.starts_at + timedelta(hours=2)
        answers: list[tuple[str, int | None]] = [("overall", one.score)]
        if one.reminders is not None:
            answers.append(("reminders", one.reminders))
        if one.was_in_trouble and one.score is not None:
            answers.append(("support", int(one.score > 2)))
        for question, score in answers:
            await feedback.save(self.tx, interview.id, interview.attempt.id, question, score, at)

    async def _again(self, one: Made, interview: Interview, at: datetime) -> None:
        """Give a no-show the new appointment they took; it took place, unless it is still ahead."""
        fresh = replace(
            self._attempt(
                replace(one, is_missed=False, starts_at=at, booked_at=at - timedelta(hours=20), reason=None)
            ),
            n=2,
        )
        state = _state(replace(one, is_missed=False, starts_at=at), self.now)
        await interviews.save(self.tx, replace(interview, attempt=fresh, state=state), interview.attempt)
        if at <= self.now:
            self.ladders += self._ladder(replace(one, starts_at=at), fresh)


def _state(one: Made, now: datetime) -> State:
    if one.is_cancelled:
        return State.CANCELLED
    if one.starts_at > now:
        return State.SCHEDULED
    return State.NO_SHOW if one.is_missed else State.COMPLETED
