"""A talk that a colleague has taken in hand on its platform: the bot keeps silent there, and cards say whose it is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from conversations.dialog import ELSEWHERE, Dialog, Scene, Session, Tell, Turn
from conversations.dialogs.casework import cards, team_in
from conversations.effects import Show
from conversations.events import Event, Held
from conversations.interview import CaseState
from conversations.messages import Block, Fact, Message
from conversations.names import channel_name, channel_of
from locales.text import t

LASTS = timedelta(hours=48)
"""After this without a word from them the platform ends the talk by itself."""


def facts_of(scene: Scene) -> Iterator[Block]:
    """Yield who has the candidate's talk in hand, if somebody has."""
    for session in scene.sessions:
        if session.subject == f"{ELSEWHERE}{scene.booked.id}" and session.is_elsewhere(scene.now):
            channel = channel_name(channel_of(session.data["account"]))
            has = t(
                "{name} has it on {channel}; I keep silent there", name=session.data["by"], channel=channel
            )
            yield Fact("elsewhere", t("Talk"), has)


def _held(scene: Scene, event: Event) -> Turn:
    """A colleague takes a talk in hand, or ends it."""
    if not isinstance(event.body, Held) or scene.interview is None or scene.person is None:
        return Turn()
    by = event.body.by
    keep = {
        "account": event.account or "",
        "by": _name(scene, by) if by else "",
        "until": (event.at + LASTS).isoformat() if by else "",
    }
    holder, subject = f"person:{scene.person.id}", f"{ELSEWHERE}{scene.interview.id}"
    kept = Show(holder, subject, "elsewhere.talk", keep, is_silent=True)
    return Turn(effects=(kept, *_cards(scene)))


def _name(scene: Scene, user: str) -> str:
    """Return what a colleague is called, by their id in the company; the id itself where we do not know them."""
    for person in team_in(scene):
        if any(
            b.address.channel == "wecom" and b.address.user.lower() == user.lower() for b in person.bindings
        ):
            return person.name
    return user


def _overheard(scene: Scene, event: Event) -> Turn:
    """What a candidate writes to a colleague stands in the transcript, and on the cards; it is no answer to us."""
    known = [session for session in scene.sessions if session.is_elsewhere(scene.now)]
    until = (event.at + LASTS).isoformat()
    kept = (
        Show(each.holder, each.subject, each.at, {**each.data, "until": until}, is_silent=True)
        for each in known
    )
    return Turn(effects=(*kept, *_cards(scene)))


def _cards(scene: Scene) -> tuple[Show, ...]:
    shown = (
        effect for case in scene.cases if case.state is not CaseState.CLOSED for effect in cards(scene, case)
    )
    return tuple(effect for effect in shown if isinstance(effect, Show))


def _talk(scene: Scene, session: Session) -> Message:
    """Say whose the talk is; cards do, so that this is shown by itself nowhere."""
    until = session.data.get("until") or scene.now.isoformat()
    is_theirs = datetime.fromisoformat(until) > scene.now
    lead = t("{name} has the talk.", name=session.data["by"]) if is_theirs else t("The talk is mine again.")
    return Message("elsewhere.talk", lead)


ELSEWHERE_DIALOG = Dialog(
    "elsewhere",
    Tell("talk", _talk),
    entries=("talk",),
    on={"held": _held, "overheard": _overheard},
)
