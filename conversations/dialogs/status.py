"""Where things stand: what was sent, what comes next, and who does what by when."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from conversations.dialog import Dialog, Scene, Session, Tell, Turn
from conversations.dialogs.appointments import is_off
from conversations.dialogs.person import HELP, who_and_when
from conversations.dialogs.phrases import bare, company, go, nothing, role_first, role_of, when
from conversations.events import Event
from conversations.interview import Case, CaseKind, State, Verdict
from conversations.messages import Block, Fact, Message, Note, item
from conversations.steps import Owner, Step, handled_by, next_step
from locales.text import Countdown, Moment, Text, Words, ct, t

RUNGS_TOLD = 4


def _now(scene: Scene, session: Session) -> Message:
    if scene.interview is None:
        return nothing(scene)
    actions = go(scene) if _is_ahead(scene) else ()
    return Message("status", lead_of(scene), tuple(_blocks(scene)), actions)


def _is_ahead(scene: Scene) -> bool:
    """Tell whether the link still leads into an interview."""
    return not is_off(scene) and scene.booked.state is State.SCHEDULED


def lead_of(scene: Scene) -> Text:
    """Return where the interview stands, in one sentence to its candidate."""
    interview = scene.booked
    role, at = role_of(interview), when(interview.attempt)
    match interview.state:
        case State.SCHEDULED if scene.now >= interview.attempt.starts_at:
            return t(
                "{interview} has started: {when}. You can still come in.",
                interview=role_first(interview),
                when=at,
            )
        case State.SCHEDULED:
            left = Countdown(interview.attempt.starts_at)
            return t(
                "{interview} is {when}, {countdown}.",
                interview=role_first(interview),
                when=at,
                countdown=left,
            )
        case State.JOINED:
            return t("You are in {interview}, {when}. Good luck!", interview=role, when=at)
        case State.COMPLETED:
            return t("You have completed {interview}, {when}. Thank you!", interview=role, when=at)
        case State.NO_SHOW:
            return t("You couldn't make it to {interview}, {when}. You can choose another time.", interview=role,
                     when=at)  # fmt: skip
        case State.CANCELLED:
            return t("{interview}, {when}, was called off.", interview=role_first(interview), when=at)
        case State.WITHDRAWN:
            return t("You have withdrawn your application ({interview}).", interview=role)


def _blocks(scene: Scene) -> Iterator[Block]:
    yield Fact("progress", t("Progress"), bare(_progress(scene)))
    yield from _sent(scene)
    yield Fact("next", t("Next"), next_of(scene))
    if scene.open_case(*HELP) is not None:
        yield who_and_when(scene)
    if scene.whose.opted_out_at is not None:
        yield Note(t("You asked for no more messages. Write START to get them again."))
    yield Note(t("From {company}", company=company(scene.policy)))


def _progress(scene: Scene) -> Text:
    """Name the state in the words that the company uses too."""
    attempt = scene.booked.attempt
    match scene.booked.state:
        case State.NO_SHOW if _is_rebooking(scene):
            return ct("progress", "Rebooking")
        case State.NO_SHOW:
            return ct("progress", "Could not make it")
        case State.JOINED:
            return ct("progress", "In the interview")
        case State.COMPLETED:
            return ct("progress", "Completed")
        case State.CANCELLED:
            return ct("progress", "Called off")
        case State.WITHDRAWN:
            return ct("progress", "Withdrawn")
        case State.SCHEDULED:
            pass
    if _is_rebooking(scene):
        return ct("progress", "Rebooking")
    if attempt.confirmed_at is not None:
        return ct("progress", "Confirmed")
    if any(row.verdict is Verdict.SENT for row in scene.rungs):
        return ct("progress", "Reminder sent")
    return ct("progress", "Booked")


def _is_rebooking(scene: Scene) -> bool:
    session = scene.session(f"person:{scene.whose.id}", f"interview:{scene.booked.id}")
    return session is not None and session.dialog == "rebook" and session.is_waiting


def _sent(scene: Scene) -> Iterator[Block]:
    sent = [row for row in scene.rungs if row.verdict is Verdict.SENT]
    for row in sorted(sent, key=lambda row: row.settled_at or row.due_at)[-RUNGS_TOLD:]:
        yield item(t("Reminder sent: {when}", when=Moment(row.settled_at or row.due_at)))


def next_of(scene: Scene) -> Text:
    """Return who does what next, and by when."""
    interview, policy = scene.booked, scene.policy
    attempt = interview.attempt
    match interview.state:
        case State.COMPLETED if policy.what_next:
            return t("{words}", words=Words(policy.what_next))
        case State.COMPLETED:
            return t("The hiring team will tell you what comes next.")
        case State.JOINED:
            return t("The interview is under way.")
        case State.CANCELLED | State.WITHDRAWN:
            return t("There is nothing more for you to do.")
        case State.NO_SHOW:
            case = scene.open_case(CaseKind.NO_SHOW)
            if case is not None and case.owner_name:
                return t(
                    "{name} looks after it, by {when}. You can choose another time here: write “move”.",
                    name=case.owner_name,
                    when=Moment(handled_by(case, policy)),
                )
            if case is not None and _step(scene, case).owner in (Owner.HR, Owner.RECRUITER):
                return t(
                    "The hiring team gets in touch with you by {when}. You can also choose another time: write “move”.",
                    when=Moment(handled_by(case, policy)),
                )
            return t("You: choose another time, write “move”.")
        case State.SCHEDULED:
            pass
    planned = () if scene.whose.opted_out_at is not None else scene.rungs
    ahead = min(
        (row.due_at for row in planned if row.verdict is None and row.due_at > scene.now), default=None
    )
    if scene.now >= attempt.starts_at:
        return t("You: come in by {when}.", when=Moment(attempt.starts_at + policy.grace, attempt.zone))
    if attempt.confirmed_at is None and ahead is not None:
        return t("You: tell us whether you can come. I: remind you {when}.", when=Moment(ahead))
    if ahead is not None:
        return t("I: remind you {when}. You: come in by {start}.", when=Moment(ahead), start=when(attempt))
    return t("You: come in by {start}.", start=when(attempt))


def _step(scene: Scene, case: Case) -> Step:
    """Return whose turn the hiring team reads that it is."""
    return next_step(scene.booked, scene.whose, case, scene.policy, scene.now, scene.whose.name)


def _heed(scene: Scene, event: Event) -> Turn:
    """Answered beside whatever is being asked, which stays open."""
    if scene.interview is None:
        return Turn(say=nothing(scene))
    session = scene.session(f"person:{scene.whose.id}", f"interview:{scene.interview.id}")
    return Turn(say=_now(scene, session or _NO_SESSION))


_NO_SESSION = Session(UUID(int=0), "", "")


STATUS = Dialog("status", Tell("now", _now), heeds={"status": _heed})
