"""Loads everything a decision needs: who acts, about which interview, and what its queries found."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from bot import claims, digests
from bot.links import FORM, Links, whom
from bot.settings import Policies
from conversations.dialog import ELSEWHERE, Scene, Session
from conversations.events import (
    Booked,
    Checked,
    Delivered,
    Done,
    Due,
    Event,
    Followed,
    Opened,
    Ordered,
    Picked,
    Pressed,
    Said,
    Signal,
    Submitted,
)
from conversations.identity import NOBODY, PAGE, Address, Person
from conversations.interview import Interview, State
from conversations.understanding.numbers import number_in
from store import cases, interviews, people, rungs, sessions, shown, signals, tokens
from store.db import Tx
from store.shown import Shown

TALKS = ("talk.open", "relay.chat")
"""The steps of a conversation with a person that hear everything that is written."""
_OPEN = (State.SCHEDULED, State.NO_SHOW)


async def load(tx: Tx, event: Event, policies: Policies, links: Links, now: datetime) -> tuple[Scene, Event]:
    """Return the scene of an event, and the event with its press verified.

    Raises BadToken when a press carries a value that was not shown to whoever pressed it.
    """
    person = await _actor(tx, event)
    if isinstance(event.body, Pressed):
        event = replace(event, body=_read_press(event, event.body, person, links, now))
    elif person is not None and person.is_staff:
        event = await _numbered(tx, event)
    about = await _session_answered(tx, event)
    held = await sessions.of_holder(tx, f"person:{person.id}") if person else []
    interview = await _interview(tx, event, person, about, held)
    if interview is not None:
        policy = policies.for_(interview.company, interview.role)
    else:
        company = digests.named_in(event)
        policy = policies.for_(company, "") if company else policies.default
    candidate = await people.get(tx, interview.person) if interview else None
    known_cases = tuple(await cases.cases_of(tx, interview.id)) if interview else ()
    found = {s.id: s for s in held}
    subjects = _subjects(interview, (str(case.id) for case in known_cases))
    found |= {s.id: s for s in await sessions.about(tx, *subjects)}
    if about is not None:
        found[about.id] = about
    return Scene(
        now=now,
        policy=policy,
        person=person,
        interview=interview,
        candidate=candidate,
        rungs=tuple(await rungs.rungs_of(tx, interview.attempt.id)) if interview else (),
        cases=known_cases,
        sessions=tuple(found.values()),
        last_signal_at=await signals.last_heard(tx, policy.signal_account) if policy.signal_account else None,
        about=about.id if about else None,
        latest=await _told_last(tx, event, person),
        next_case=await cases.next_case_number(tx),
    ), event


def _subjects(interview: Interview | None, case_ids: Iterable[str]) -> Iterable[str]:
    if interview is not None:
        yield f"interview:{interview.id}"
        yield f"by_hand:{interview.id}"
        yield f"{ELSEWHERE}{interview.id}"
        for id in case_ids:
            yield f"case:{id}"
            yield f"relay:{id}"


async def _actor(tx: Tx, event: Event) -> Person | None:
    if isinstance(event.body, Ordered) and event.body.by is not None:
        return await people.get(tx, event.body.by)
    if event.account is None or event.user is None:
        return None
    if event.account == PAGE:
        return await people.get(tx, UUID(event.user))
    return await people.by_address(tx, Address(event.account, event.user))


def _read_press(
    event: Event, press: Pressed, person: Person | None, links: Links, now: datetime
) -> Picked | Submitted:
    names = [whom(None, event.account or "", event.chat or "")]
    if person is not None:
        names.insert(0, whom(person.id, "", ""))
    picked = links.read_button(press.value, tuple(names), now)
    if picked.choice != FORM:
        return picked
    return Submitted("", press.filled, {"session": str(picked.session), "turn": str(picked.turn)})


async def _numbered(tx: Tx, event: Event) -> Event:
    """Take a number that staff type for the choice that had it on a team's card, as it was shown to them.

    It is the card they reply to, otherwise the newest in this chat; a question of their own goes before older cards.
    """
    n = number_in(event.body.text) if isinstance(event.body, Said) else None
    for seen in await _cards(tx, event) if n is not None else ():
        session = await sessions.get(tx, seen.session) if seen.session else None
        if session is None or not session.is_waiting:
            continue
        presses = seen.message.presses
        if event.about is None and not await _is_plain(tx, event, seen):
            break
        if not session.holder.startswith("team:") or n is None or n > len(presses):
            break
        action = presses[n - 1].action
        if action in session.choices:
            picked = Picked(session.id, session.choices.index(action) + 1, session.turn)
        else:
            picked = Picked(session.id, n, seen.turn)
        return replace(event, body=picked)
    return event


async def _is_plain(tx: Tx, event: Event, seen: Shown) -> bool:
    """Tell whether a card is what was told last, with no other question right before it.

    Where a message cannot be answered, as on WeChat, it may also be the only question that is still open.
    """
    account, chat = event.account or "", event.chat or ""
    last, *before = await shown.latest(tx, account, chat)
    if last.id == seen.id and not await _are_asking(tx, before, seen):
        return True
    is_unanswerable = seen.edit_token is None
    return is_unanswerable and not await _are_asking(tx, await shown.asking(tx, account, chat), seen)


async def _are_asking(tx: Tx, messages: Sequence[Shown], but: Shown) -> bool:
    """Tell whether any of some messages asks something else that is not answered yet."""
    others = {each.session for each in messages if not each.is_closed and each.session is not None}
    found = [await sessions.get(tx, id) for id in others - {but.session}]
    return any(session is not None and session.is_waiting for session in found)


async def _told_last(tx: Tx, event: Event, person: Person | None) -> UUID | None:
    """Return the session of what was told last where staff write in private, NOBODY if that asked nothing."""
    is_typed = isinstance(event.body, Said) and event.is_private and person is not None and person.is_staff
    if not is_typed or event.account is None or event.chat is None:
        return None
    told = await shown.latest(tx, event.account, event.chat, 1)
    return (told[0].session or NOBODY) if told else NOBODY


async def _cards(tx: Tx, event: Event) -> Sequence[Shown]:
    if event.account is None or event.chat is None:
        return ()
    if event.about is not None:
        answered = await shown.by_platform_id(tx, event.account, event.chat, event.about)
        if answered is not None and answered.session is not None:
            return (answered,)
    return await shown.asking(tx, event.account, event.chat) if event.is_private else ()


async def _session_answered(tx: Tx, event: Event) -> Session | None:
    """Return the session of the press, of the timer, or of the message that was replied to."""
    match event.body:
        case Picked(session=id):
            return await sessions.get(tx, id)
        case Submitted(carried={"session": id}) if (known := _as_id(id)) is not None:
            return await sessions.get(tx, known)
        case Due(subject=subject) if subject.startswith("session:"):
            return await sessions.get(tx, UUID(subject.partition(":")[2]))
    if event.about and event.account and event.chat:
        message = await shown.by_platform_id(tx, event.account, event.chat, event.about)
        if message is not None and message.session is not None:
            return await sessions.get(tx, message.session)
    return None


def _as_id(text: str) -> UUID | None:
    """Return an id that came back from outside, None for what is none."""
    try:
        return UUID(text)
    except ValueError:
        return None


async def _interview(
    tx: Tx, event: Event, person: Person | None, about: Session | None, held: Iterable[Session]
) -> Interview | None:
    id = await _named_interview(tx, event)
    if id is None and about is not None:
        id = await _of_subject(tx, about.subject)
    if id is not None:
        return await interviews.get(tx, id)
    if isinstance(event.body, Picked | Submitted | Due) or person is None:
        return None
    return await _of_person(tx, person, held)


async def _named_interview(tx: Tx, event: Event) -> UUID | None:
    match event.body:
        case Signal(interview=id) | Opened(interview=id) | Checked(interview=id) | Ordered(interview=id):
            return id
        case Booked(interview=id) | Delivered(interview=id):
            return id
        case Due(subject=subject):
            return await _of_subject(tx, subject)
        case Done(result={"about": id}):
            return UUID(str(id))
        case Followed(token=token) if token:
            for purpose in ("bind", claims.PURPOSE):
                state = await tokens.look(tx, purpose, token, event.at)
                if state.subject:
                    return await _of_subject(tx, state.subject)
            return None
        case Picked() | Submitted():
            return None
    return UUID(event.chat) if event.account == PAGE and event.chat else None


async def _of_subject(tx: Tx, subject: str) -> UUID | None:
    kind, _, id = subject.partition(":")
    if kind in ("interview", "survey", "by_hand"):
        return UUID(id)
    if kind in ("case", "relay", "aside"):
        case = await cases.case(tx, UUID(id))
        return case.interview if case else None
    return None


async def _of_person(tx: Tx, person: Person, held: Iterable[Session]) -> Interview | None:
    """Return the interview that words without context are about: the one last asked about, or the next one."""
    waiting = [s for s in held if s.asked_at is not None and s.subject.startswith(("interview:", "survey:"))]
    # While somebody writes with a person, all they write belongs there, whatever else was asked since.
    if talks := [s for s in held if s.is_waiting and s.at in TALKS]:
        waiting = talks
    if waiting:
        newest = max(waiting, key=lambda s: (s.asked_at or s.id, s.turn))
        id = await _of_subject(tx, newest.subject)
        return await interviews.get(tx, id) if id is not None else None
    own = [i for i, _ in await interviews.search(tx, None, person=person.id, limit=20)]
    still_open = [i for i in own if i.state in _OPEN]
    return min(still_open, key=lambda i: i.attempt.starts_at, default=None) or max(
        own, key=lambda i: i.attempt.starts_at, default=None
    )
