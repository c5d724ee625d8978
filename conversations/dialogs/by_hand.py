"""A reminder that only a person may send: WeChat lets nobody but an employee write to a candidate first.

Where every way to a candidate is one that they have to open, the rung is a task on the card of whoever recruits
them: the words ready to be copied, and two buttons. It counts as sent when somebody says so, and never before.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from conversations.dialog import Ask, Dialog, Need, Scene, Session, Tell, Turn
from conversations.dialogs import number
from conversations.dialogs.appointments import is_current, is_off
from conversations.dialogs.phrases import company, devices, role_of, support, when
from conversations.dialogs.together import folded, is_folded, told
from conversations.effects import (
    ALERT,
    DropTimers,
    Effect,
    Manner,
    Priority,
    Record,
    SetTimer,
    SettleRung,
    Show,
)
from conversations.engine import NeedMore
from conversations.events import Done, Due, Event
from conversations.identity import Person, Role
from conversations.interview import State, Verdict
from conversations.messages import Action, Link, Message, Note, Para, Press
from conversations.names import channel_names
from conversations.plan import useful_until
from locales.text import Countdown, Moment, Quoted, Text, ct, t

QUIETLY = Manner(where="ladder", priority=Priority.EDIT)
ENDS = "by_hand"
"""What the timers are called at which a task that nobody did is over; the rung stands behind a colon."""


# -- what is said ----------------------------------------------------------------------------------------


def _task(scene: Scene, session: Session) -> Message:
    interview, candidate = scene.booked, scene.whose
    lead = t(
        "{label} {name}: please send this reminder yourself, before {when}.",
        label=interview.label,
        name=candidate.name,
        when=Moment(datetime.fromisoformat(session.data["until"])),
    )
    if is_folded(session):
        return folded("by_hand", lead)
    blocks = (
        Note(_how(session.data["channels"])),
        Para(t("{words}", words=_ready(scene))),
        Note(t("It counts as sent when you tap the button.")),
    )
    actions: tuple[Action, ...] = (
        Press("sent", ct("button", "I have sent it"), "primary"),
        Press("not_sent", ct("button", "I cannot")),
        Link(f"copy:{interview.id}", ct("button", "Their page")),
        *number.button(scene),
    )
    return Message("by_hand", lead, blocks, actions)


def _how(channels: Sequence[str]) -> Text:
    """Return which way is left: what an employee may do where the bot may not, or another way altogether."""
    if "wecom_contact" in channels:
        return t("I may not write to them first, and their contact in WeCom may. Write to them there:")
    if "wecom_kf" in channels:
        return t(
            "Nobody may write first on WeChat customer service. Call them, or send these words and the link to their "
            "page by another way:"
        )
    return t(
        "I may not write to them first on {channels}. Send them these words:",
        channels=channel_names(channels),
    )


def _ready(scene: Scene) -> Quoted:
    """Return the reminder in the candidate's language, on their clock."""
    policy, attempt, candidate = scene.policy, scene.booked.attempt, scene.whose
    said = t(
        "Hello {name}, {interview} at {company} is {when}, {countdown}. What you need: {devices}. Questions: {support}",
        name=candidate.name,
        interview=role_of(scene.booked),
        company=company(policy),
        when=when(attempt),
        countdown=Countdown(attempt.starts_at),
        devices=devices(policy).value,
        support=support(policy, scene.now).value,
    )
    return Quoted(said, candidate.locale or policy.languages[0], candidate.zone or policy.zone)


def _over(scene: Scene, session: Session) -> Message:
    label, name = scene.booked.label, scene.whose.name
    outcomes: dict[str, Text] = {
        "sent": t("{label} {name}: the reminder is sent. Thank you!", label=label, name=name),
        "not_sent": t(
            "{label} {name}: the reminder is not sent. You can call them instead.", label=label, name=name
        ),
        "late": t("{label} {name}: this reminder was not sent in time.", label=label, name=name),
        "moot": t("{label} {name}: this reminder is not needed any more.", label=label, name=name),
    }
    is_to_be_called = scene.whose.phone and session.data.get("outcome") in ("not_sent", "late")
    how = (Note(t("The whole number: reveal {label}", label=label)),) if is_to_be_called else ()
    # Of what stood in the list alone nobody is told once more by itself.
    over = outcomes[session.data.get("outcome", "moot")]
    return Message("by_hand.over", over, how, is_progress=is_folded(session))


# -- what happens ----------------------------------------------------------------------------------------


def _wanted(scene: Scene, event: Event) -> Turn:
    """A rung found every way shut: somebody is asked to send it, if it can still be of use."""
    if not isinstance(event.body, Done) or not is_current(scene, event.body.result.get("attempt")):
        return Turn()
    rung = scene.policy.rung(str(event.body.result["rung"]))
    interview = scene.booked
    if rung is None or is_off(scene) or interview.state is not State.SCHEDULED:
        return Turn()
    until = useful_until(rung, interview.attempt, scene.policy)
    if until <= scene.now:
        return Turn(effects=(_settled(scene, rung.name, Verdict.EXPIRED, "late"),))
    attempt = str(interview.attempt.id)
    keep = {
        "rung": rung.name,
        "attempt": attempt,
        "until": until.isoformat(),
        "channels": sorted({binding.address.channel for binding in scene.whose.reachable}),
        "outcome": "",
    }
    timer = SetTimer(
        f"{ENDS}:{rung.name}", f"interview:{interview.id}", until, {"rung": rung.name, "attempt": attempt}
    )
    card = Show(_doer(scene), _subject(scene), "by_hand.task", keep, ALERT)
    return Turn(effects=(*told(scene, card), timer))


def _doer(scene: Scene) -> str:
    """Return who sends it: whoever recruits the candidate, if a chat reaches them, otherwise HR."""
    if "team" not in scene.found:
        raise NeedMore((Need("team"),))
    staff: tuple[Person, ...] = scene.found["team"]
    recruits = (person for person in staff if person.id == scene.booked.recruiter and person.reachable)
    return next((f"person:{person.id}" for person in recruits), "team:hr")


def _subject(scene: Scene) -> str:
    return f"by_hand:{scene.booked.id}"


def _settled(scene: Scene, rung: str, verdict: Verdict, why: str) -> SettleRung:
    return SettleRung(scene.booked.attempt.id, rung, verdict, why)


def _is_open(scene: Scene, session: Session) -> bool:
    return is_current(scene, session.data["attempt"]) and scene.booked.state is State.SCHEDULED


def _sent(scene: Scene, session: Session, event: Event, argument: str) -> Turn:
    return _done(scene, session, Verdict.SENT, "sent")


def _not_sent(scene: Scene, session: Session, event: Event, argument: str) -> Turn:
    return _done(scene, session, Verdict.REFUSED, "not_sent")


def _done(scene: Scene, session: Session, verdict: Verdict, outcome: str) -> Turn:
    if not _is_open(scene, session):
        return Turn(to="over", keep={"outcome": "moot"})
    person = scene.person
    by = f"person:{person.id}" if person else "core"
    effects: tuple[Effect, ...] = (
        _settled(scene, session.data["rung"], verdict, f"by_hand: {outcome}"),
        DropTimers(f"interview:{scene.booked.id}", (f"{ENDS}:{session.data['rung']}",)),
        Record(f"rung.by_hand.{outcome}", f"interview:{scene.booked.id}", by, {"rung": session.data["rung"]}),
    )
    return Turn(effects=effects, to="over", keep={"outcome": outcome})


def _ended(scene: Scene, event: Event) -> Turn:
    """Nobody said that it was sent while it could be of use: that stands in the ledger, and on the card."""
    if not isinstance(event.body, Due):
        return Turn()
    rung, attempt = event.body.data.get("rung", ""), event.body.data.get("attempt", "")
    effects: list[Effect] = [SettleRung(UUID(attempt), rung, Verdict.EXPIRED, "by_hand: nobody")]
    asked = [s for s in scene.sessions if s.subject == _subject(scene) and s.at == "by_hand.task"]
    for session in (s for s in asked if s.data["rung"] == rung):
        outcome = "late" if _is_open(scene, session) else "moot"
        effects.append(Show(session.holder, session.subject, "by_hand.over", {"outcome": outcome}, QUIETLY))
    return Turn(effects=tuple(effects))


BY_HAND = Dialog(
    "by_hand",
    Ask("task", _task, {"sent": _sent, "not_sent": _not_sent, "number": number.pressed}, exits=("over",)),
    Tell("over", _over),
    entries=("over",),
    on={"done.by_hand": _wanted, f"due.{ENDS}": _ended},
    roles=(Role.HR, Role.RECRUITER),
    is_card=True,
)
