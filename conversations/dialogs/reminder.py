"""Reminders with the four elements, the confirmation they ask for, and what follows it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from conversations.dialog import Ask, Dialog, Scene, Session, Turn
from conversations.dialogs import coming
from conversations.dialogs.appointments import (
    is_current,
    is_off,
    may_be_told,
    standing,
    subject,
    was_just,
)
from conversations.dialogs.checked import reminded
from conversations.dialogs.phrases import (
    calendar,
    call_support,
    company,
    elements,
    go,
    guides,
    role_of,
    when,
    zone_of,
)
from conversations.dialogs.rebook import reminders_ahead
from conversations.effects import (
    PROMPTLY,
    Answer,
    Effect,
    Manner,
    Priority,
    SaveInterview,
    Say,
    SetTimer,
    SettleRung,
)
from conversations.events import Due, Event
from conversations.identity import ToTeam
from conversations.interview import RungRow, State, Verdict
from conversations.late import held_until
from conversations.messages import Action, Block, Message, Note, Para
from conversations.plan import lateness, useful_until
from conversations.policy import Rung
from locales.text import Countdown, Listing, Moment, Text, t

# -- what is said ----------------------------------------------------------------------------------------


def _ask(scene: Scene, session: Session) -> Message:
    actions: tuple[Action, ...] = (
        *go(scene),
        *coming.presses(scene),
        *guides(scene.policy),
        *call_support(scene.policy),
    )
    blocks = (*elements(scene, "time", "countdown"), *reminded(scene))
    return Message("reminder", _lead(scene), blocks, actions)


def _lead(scene: Scene) -> Text:
    attempt, policy = scene.booked.attempt, scene.policy
    role = role_of(scene.booked)
    if scene.now >= attempt.starts_at:
        return t(
            "{company}: {interview} has started. It began {when}; the room is open, and you can still come in.",
            company=company(policy),
            interview=role,
            when=when(attempt),
        )
    return t(
        "{company}: {interview} is {when}, {countdown}.",
        company=company(policy),
        interview=role,
        countdown=Countdown(attempt.starts_at),
        when=when(attempt),
    )


def _sure(scene: Scene, session: Session) -> Message:
    lead = t("Thank you. Will you be there, {when}?", when=when(scene.booked.attempt))
    return Message("reminder.sure", lead, (), coming.presses(scene))


def _confirmed(scene: Scene, session: Session) -> Message:
    attempt = scene.booked.attempt
    lead = t("Thank you for confirming. See you {when}!", when=when(attempt))
    times = reminders_ahead(scene)
    following: tuple[Block, ...] = ()
    if times:
        following = (Para(t("I will remind you {times}.", times=Listing(times))),)
    elif scene.now < attempt.starts_at:
        following = (Para(t("You have everything you need: this link opens the interview.")),)
    actions: tuple[Action, ...] = (*go(scene), *coming.presses(scene), *guides(scene.policy))
    return Message("reminder.confirmed", lead, following, actions)


def _moved(scene: Scene, session: Session) -> Message:
    interview = scene.booked
    before = session.data.get("from")
    if before:
        old = Moment(datetime.fromisoformat(before), session.data.get("zone") or interview.attempt.zone)
        lead = t(
            "{company} has moved {interview}. New time: {new}. Old time: {old}.",
            company=company(scene.policy),
            interview=role_of(interview),
            new=when(interview.attempt),
            old=old,
        )
    else:
        lead = t(
            "{company} has changed the details of {interview}: {new}.",
            company=company(scene.policy),
            interview=role_of(interview),
            new=when(interview.attempt),
        )
    note = Note(t("If this does not suit you, one tap is enough to tell us."))
    actions: tuple[Action, ...] = (*go(scene), *coming.presses(scene), *guides(scene.policy))
    blocks = (*elements(scene, "time"), note, calendar(interview))
    return Message("reminder.moved", lead, blocks, actions, calendar="update")


# -- when a rung is due ----------------------------------------------------------------------------------


def _due(scene: Scene, event: Event) -> Turn:
    """Send a rung, or write down why it is not sent."""
    body = event.body
    if not isinstance(body, Due):
        return Turn()
    name, attempt = body.name.partition(":")[2] or body.data.get("rung", ""), body.data.get("attempt")
    if scene.interview is None or not is_current(scene, attempt):
        return Turn(effects=_of_old_attempt(name, attempt))
    id = scene.booked.attempt.id
    row = next((r for r in scene.rungs if (r.attempt, r.name) == (id, name)), RungRow(id, name, body.due_at))
    if row.verdict is not None:
        return Turn()
    rung = scene.policy.rung(name)
    if rung is None:
        return _settled(row, Verdict.SKIPPED, "not_in_policy")
    if not_sent := _why_not(scene, rung):
        return _settled(row, *not_sent)
    match lateness(row, scene.booked.attempt, scene.policy, scene.now, scene.rungs):
        case "expired":
            return _settled(row, Verdict.EXPIRED, "late")
        case "superseded":
            return _settled(row, Verdict.SUPERSEDED, "overtaken")
    return _held(scene, row, rung) or _send(scene, row, rung)


def _of_old_attempt(name: str, attempt: str | None) -> tuple[Effect, ...]:
    return (SettleRung(UUID(attempt), name, Verdict.SUPERSEDED, "moved"),) if attempt else ()


def _settled(row: RungRow, verdict: Verdict, why: str) -> Turn:
    return Turn(effects=(SettleRung(row.attempt, row.name, verdict, why),))


def _why_not(scene: Scene, rung: Rung) -> tuple[Verdict, str] | None:
    """Return why a rung is not sent at all: what became of the interview, or of the way to its candidate."""
    interview, person = scene.booked, scene.whose
    attempt = interview.attempt
    match interview.state:
        case State.CANCELLED | State.WITHDRAWN:
            return Verdict.SUPERSEDED, interview.state.value
        case State.JOINED | State.COMPLETED | State.NO_SHOW:
            return Verdict.SKIPPED, interview.state.value
    if attempt.joined_at is not None:
        return Verdict.SKIPPED, "joined"
    if attempt.confirmed_at is not None and not rung.when_confirmed:
        return Verdict.SKIPPED, "confirmed"
    if attempt.paused_at is not None:
        return Verdict.PAUSED, "paused"
    if person.opted_out_at is not None:
        return Verdict.REFUSED, "opted_out"
    if not person.bindings:
        return Verdict.SKIPPED, "unbound"
    if not person.reachable:
        return Verdict.REFUSED, "unreachable"
    return None


def _held(scene: Scene, row: RungRow, rung: Rung) -> Turn | None:
    """Wait for the morning, if that is not too late."""
    attempt, policy = scene.booked.attempt, scene.policy
    until = held_until(attempt, policy, zone_of(scene), scene.now)
    if until is None:
        return None
    if until <= useful_until(rung, attempt, policy):
        data = {"attempt": str(attempt.id), "rung": row.name}
        return Turn(effects=(SetTimer(f"rung:{row.name}", subject(scene.booked), until, data),))
    return _settled(row, Verdict.EXPIRED, "quiet").and_also(_tell_hr(scene, row))


def _tell_hr(scene: Scene, row: RungRow) -> Say:
    interview = scene.booked
    lead = t(
        "{label} {name}, {when}: a reminder fell into the night and would have come too late in the morning.",
        label=interview.label,
        name=scene.whose.name,
        when=when(interview.attempt),
    )
    manner = Manner(where="ladder", priority=Priority.ALERT, once=f"quiet:{row.attempt}:{row.name}")
    return Say(ToTeam("hr"), Message("hr.quiet", lead), manner, interview.id, interview.attempt.id)


def _send(scene: Scene, row: RungRow, rung: Rung) -> Turn:
    manner = Manner(
        where="ladder",
        priority=Priority.RUNG,
        delivery=rung.delivery,
        channels=rung.channels,
        rung=row.name,
        due_at=row.due_at,
        useful_until=useful_until(rung, scene.booked.attempt, scene.policy),
    )
    return Turn(to="reminder.ask", keep={"rung": row.name}, manner=manner)


def _remind(scene: Scene, event: Event) -> Turn:
    """HR wants a reminder sent now, besides the ladder."""
    if is_off(scene) or scene.booked.state is State.NO_SHOW:
        return Turn(answer=Answer(toast=t("There is nothing left to remind them of.")))
    if not may_be_told(scene):
        return Turn(answer=Answer(toast=t("The candidate cannot be reached by chat. Please call them.")))
    session = scene.session(f"person:{scene.whose.id}", subject(scene.booked))
    if session is not None and was_just(session, "reminder.ask", scene.now):
        return Turn()
    keep = {"rung": None, "by_staff_at": scene.now.isoformat()}
    return Turn(to="reminder.ask", keep=keep, manner=PROMPTLY)


# -- what candidates answer ------------------------------------------------------------------------------


def _heed_confirm(scene: Scene, event: Event) -> Turn:
    return coming.confirm(scene, event)


def _heed_ack(scene: Scene, event: Event) -> Turn:
    """收到 is read, not confirmed: asked once whether they come, then only thanked."""
    if is_off(scene):
        return Turn(say=Message("reminder.thanked", t("Thank you!")))
    interview = scene.booked
    attempt = interview.attempt
    if interview.state is not State.SCHEDULED or attempt.confirmed_at or attempt.starts_at <= scene.now:
        return Turn(say=Message("reminder.thanked", t("Thank you!")))
    if attempt.acknowledged_at is not None:
        said = t("Thank you! When you know whether you can come, one tap or “I'll be there” is enough.")
        return Turn(say=Message("reminder.thanked", said))
    read = replace(interview, attempt=replace(attempt, acknowledged_at=scene.now))
    return Turn(effects=(SaveInterview(read),), to="reminder.sure")


def _heed_link(scene: Scene, event: Event) -> Turn:
    """They ask for the link: everything that a reminder holds."""
    return standing(scene) if is_off(scene) else Turn(to="reminder.ask", keep={"rung": None})


REMINDER = Dialog(
    "reminder",
    Ask("ask", _ask, coming.PICKS, hear=coming.HEAR, needs=("prechecks",), exits=coming.EXITS),
    Ask("sure", _sure, coming.PICKS, hear=coming.HEAR, exits=coming.EXITS),
    Ask("confirmed", _confirmed, coming.PICKS, hear=coming.HEAR, exits=coming.EXITS),
    Ask("moved", _moved, coming.PICKS, hear=coming.HEAR, exits=coming.EXITS),
    entries=("sure", "confirmed", "moved"),
    on={"due.rung": _due, "ordered.remind": _remind},
    heeds={"confirm": _heed_confirm, "ack": _heed_ack, "link": _heed_link},
)
