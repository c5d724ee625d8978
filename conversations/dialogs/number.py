"""A candidate's phone number, masked on every card: a button shows it whole, in private, and that is written down."""

from __future__ import annotations

from conversations.dialog import Scene, Session, Turn
from conversations.effects import Answer, Record
from conversations.events import Event
from conversations.messages import Link, Message, Note, Press
from conversations.rights import sees
from locales.text import ct, t

SHOW = Press("number", ct("button", "Show number"))


def button(scene: Scene) -> tuple[Press, ...]:
    """Return the button, where there is a number."""
    return (SHOW,) if scene.whose.phone else ()


def pressed(scene: Scene, session: Session, event: Event, arg: str) -> Turn:
    """Tell whoever wants to call the number, in their own chat."""
    interview, candidate = scene.booked, scene.whose
    if scene.person is None or not sees(scene.person, interview):
        return Turn(answer=Answer(toast=t("This interview is looked after by somebody else.")))
    if candidate.phone is None:
        return Turn(answer=Answer(toast=t("No phone number of {label} is known.", label=interview.label)))
    lead = t("{label} {name}: {phone}", label=interview.label, name=candidate.name, phone=candidate.phone)
    note = Note(t("Please keep it to yourself. That you looked is written down."))
    call = (Link(f"tel:{candidate.phone}", ct("button", "Call")),)
    deed = Record("phone.revealed", f"interview:{interview.id}", f"person:{scene.person.id}")
    return Turn(effects=(deed,), say=Message("phone", lead, (note,), call))
