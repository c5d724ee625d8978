"""Sure? Asked before what a candidate is told at once and cannot be unsaid."""

from __future__ import annotations

from collections.abc import Sequence

from conversations.commands import ORDERS
from conversations.commands.orders import Matter, Order, carry_out
from conversations.dialog import END, Ask, Dialog, Need, Scene, Session, Turn
from conversations.dialogs.yes_or_no import no_in, yes_in
from conversations.engine import NeedMore
from conversations.events import Event, Said
from conversations.findings import Target
from conversations.identity import Role
from conversations.messages import Message, Note, Press
from conversations.rights import sees
from locales.text import Text, ct, t

MAY_ORDER: frozenset[Role] = frozenset().union(*(order.roles for order in ORDERS))
"""Whoever may order anything; whether they may order just this is asked again when they say yes."""


def _order(session: Session) -> Order:
    return next(order for order in ORDERS if order.verb == session.data["verb"])


def _sure(scene: Scene, session: Session) -> Message:
    order, matter = _order(session), Matter.from_data(session.data["matter"])
    question = (
        order.ask(matter) if order.ask else t("{label} {name}: sure?", label=matter.label, name=matter.name)
    )
    buttons = (
        Press("yes", order.yes or ct("button", "Yes"), "danger"),
        Press("no", ct("button", "No, leave it")),
    )
    return Message("confirm.ask", question, (Note(t("Nothing has happened yet.")),), buttons)


def _yes(scene: Scene, session: Session, event: Event, arg: str) -> Turn:
    """Do it, if it still may and can be done by whoever was asked."""
    order, matter = _order(session), Matter.from_data(session.data["matter"])
    if "targets" not in scene.found:
        raise NeedMore((Need("targets", {"text": matter.label}),))
    found: Sequence[Target] = scene.found["targets"]
    target = next(
        (t for t in found if t.interview.id == matter.interview and sees(scene.person, t.interview)), None
    )
    kind = f"command.{order.verb}"
    may = scene.person is not None and scene.person.may(*order.roles)
    if target is None or not may:
        return _end(Message(kind, t("{label} is not yours to change any more.", label=matter.label)))
    if problem := order.refuse(target, scene.now):
        return _end(Message(kind, problem))
    turn = carry_out(order, scene, matter)
    return Turn(effects=turn.effects, say=turn.say, to=END, chosen=order.yes or ct("button", "Yes"))


def _no(scene: Scene, session: Session, event: Event, arg: str) -> Turn:
    matter = Matter.from_data(session.data["matter"])
    lead = t("Nothing was changed. {label} stays as it is.", label=matter.label)
    note = Note(t("How it stands: show {label}", label=matter.label))
    return _end(Message(f"command.{session.data['verb']}", lead, (note,)), ct("button", "No, leave it"))


def _hear(scene: Scene, session: Session, event: Event, said: Said) -> Turn:
    if yes_in(said.text):
        return _yes(scene, session, event, "")
    if no_in(said.text):
        return _no(scene, session, event, "")
    return Turn(was_understood=False)


def _end(message: Message, chosen: Text | None = None) -> Turn:
    return Turn(say=message, to=END, chosen=chosen)


CONFIRM = Dialog(
    "confirm", Ask("ask", _sure, {"yes": _yes, "no": _no}, hear=_hear, exits=(END,)), roles=MAY_ORDER
)
