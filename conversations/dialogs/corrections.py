"""What was done to somebody by mistake is taken back: a word to whoever was told, silence to whoever was not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from conversations.commands import undo
from conversations.commands.orders import Order, is_done
from conversations.dialog import Ask, Dialog, Need, Scene, Session, Turn
from conversations.dialogs import coming
from conversations.dialogs.appointments import actor, may_be_told, plan, subject
from conversations.dialogs.phrases import company, go, when
from conversations.effects import PROMPTLY, Effect, Record, SaveInterview, Then, Withdraw
from conversations.engine import NeedMore
from conversations.events import Event, Ordered
from conversations.findings import Delivery, Target
from conversations.interview import State
from conversations.messages import Action, Message, Note
from locales.text import Text, t

SAYS: Mapping[str, tuple[str, ...]] = {
    "remind": ("reminder",),
    "invite": ("greeting",),
    "rebook": ("rebook.offer", "rebook.by_person"),
    "cancel": ("start.called_off",),
}
"""What candidates hear of an order by kinds of messages; what the others say is taken back by `undo` itself."""
_TOLD = frozenset({"accepted", "claimed"})


def why_not_corrected(order: Order, target: Target, now: datetime, args: Mapping[str, str]) -> Text | None:
    """Return why what was done to one of a batch stays as it is; `args` hold since when it may have been done."""
    interview = target.interview
    attempt, label = interview.attempt, interview.label
    match order.verb:
        case "rebook":
            if attempt.booked_at >= datetime.fromisoformat(args["since"]):
                return t("{label} has chosen another time since, which stands.", label=label)
            return is_done(target)
        case "remind":
            return is_done(target)
        case "confirm" if attempt.confirmed_by is None:
            return t("{label}: the candidate has confirmed themselves, which stands.", label=label)
        case "resume":
            return None if attempt.paused_at is None else is_done(target)
    return undo.ORDER.refuse(target, now)


def _correct(scene: Scene, event: Event) -> Turn:
    """`args`: the act that was done by mistake, and since when it can have been."""
    body = event.body
    if not isinstance(body, Ordered) or scene.interview is None:
        return Turn()
    act = body.args["act"]
    if act not in SAYS:
        back = "pause" if act == "resume" else "undo"
        return Turn(effects=(Then(Ordered(back, body.interview, body.by)),))
    was_told, waits = _heard_of(scene, act, datetime.fromisoformat(body.args["since"]))
    effects: tuple[Effect, ...] = (Withdraw(body.interview, "undone", SAYS[act]),) if waits else ()
    if act == "cancel":
        silence = {} if was_told else {"quietly": "yes"}
        return Turn(effects=(*effects, Then(Ordered("undo", body.interview, body.by, silence))))
    if not was_told or not may_be_told(scene):
        return Turn(effects=effects)
    return Turn(effects=effects, to="correction.ignore", keep={"act": act}, manner=PROMPTLY)


def _heard_of(scene: Scene, act: str, since: datetime) -> tuple[bool, bool]:
    """Tell whether the candidate was told of it, and whether something still waits to be sent."""
    if "deliveries" not in scene.found:
        raise NeedMore((Need("deliveries"),))
    deliveries: Sequence[Delivery] = scene.found["deliveries"]
    own = [d for d in deliveries if d.kind in SAYS[act] and d.rung is None]
    told = any(d.state in _TOLD and d.at is not None and d.at >= since for d in own)
    return told, any(d.state == "waiting" for d in own)


def _ignore(scene: Scene, session: Session) -> Message:
    interview, now = scene.booked, scene.now
    if interview.state is State.SCHEDULED and interview.attempt.starts_at > now:
        lead = t(
            "Please ignore our last message, it was our mistake. Your interview with {company} stays as it is: {when}.",
            company=company(scene.policy),
            when=when(interview.attempt),
        )
        actions: tuple[Action, ...] = (*go(scene), *coming.presses(scene))
        return Message("correction.ignore", lead, (), actions)
    lead = t(
        "Please ignore our last message, it was our mistake. {company} will come back to you.",
        company=company(scene.policy),
    )
    note = Note(t("Sorry for the trouble. There is nothing you need to do."))
    return Message("correction.ignore", lead, (note,))


# -- what HR records of one ------------------------------------------------------------------------------


def _confirmed(scene: Scene, event: Event) -> Turn:
    """HR says that they said they come: fewer reminders from now on, as if they had tapped."""
    interview = scene.booked
    attempt = interview.attempt
    if interview.state is not State.SCHEDULED or attempt.confirmed_at is not None:
        return Turn()
    by = scene.person.id if scene.person else None
    confirmed = replace(interview, attempt=replace(attempt, confirmed_at=scene.now, confirmed_by=by))
    record = Record("interview.confirmed", subject(interview), actor(scene), {"by": "staff"})
    return Turn(effects=(SaveInterview(confirmed), *plan(scene, confirmed), record))


def _unconfirmed(scene: Scene, event: Event) -> Turn:
    interview = scene.booked
    attempt = interview.attempt
    if attempt.confirmed_by is None:
        return Turn()
    open_again = replace(interview, attempt=replace(attempt, confirmed_at=None, confirmed_by=None))
    record = Record("interview.unconfirmed", subject(interview), actor(scene))
    return Turn(effects=(SaveInterview(open_again), record))


def _paused(scene: Scene, event: Event) -> Turn:
    """Hold back what is to come; what has fallen due and waits for the platform is not sent either."""
    interview = scene.booked
    attempt = interview.attempt
    if attempt.paused_at is not None or interview.state is not State.SCHEDULED:
        return Turn()
    held = replace(interview, attempt=replace(attempt, paused_at=scene.now))
    record = Record("interview.paused", subject(interview), actor(scene))
    return Turn(effects=(SaveInterview(held), record))


def _resumed(scene: Scene, event: Event) -> Turn:
    """Take reminders up from the next one on: what fell due meanwhile has its verdict and is not sent late."""
    interview = scene.booked
    attempt = interview.attempt
    if attempt.paused_at is None:
        return Turn()
    going = replace(interview, attempt=replace(attempt, paused_at=None))
    record = Record("interview.resumed", subject(interview), actor(scene))
    return Turn(effects=(SaveInterview(going), record))


CORRECTION = Dialog(
    "correction",
    Ask("ignore", _ignore, coming.PICKS, hear=coming.HEAR, exits=coming.EXITS),
    on={
        "ordered.correct": _correct,
        "ordered.confirm": _confirmed,
        "ordered.unconfirm": _unconfirmed,
        "ordered.pause": _paused,
        "ordered.resume": _resumed,
    },
)
