"""The reason before the absence: somebody cannot come, and gets another time while theirs can still be given back."""

from __future__ import annotations

from dataclasses import replace

from conversations.dialog import Ask, Dialog, Scene, Session, Turn
from conversations.dialogs import coming, no_show, rebook
from conversations.dialogs.appointments import is_off, refresh_cases, standing
from conversations.dialogs.no_show import PICKS, REBOOK, presses
from conversations.dialogs.phrases import when
from conversations.events import Event, Said
from conversations.interview import CaseKind, Reason, State
from conversations.messages import Message, Note, Press
from conversations.understanding.intents import heed
from locales.text import ct, t


def _ask(scene: Scene, session: Session) -> Message:
    attempt = scene.booked.attempt
    if scene.now < attempt.starts_at:
        lead = t("Thank you for telling us in time. Shall we find another time?")
    else:
        lead = t("Thank you for telling us. Shall we find another time?")
    note = Note(t("It is planned for {when}. It would help us to know the reason.", when=when(attempt)))
    reasons = presses(
        Reason.CAME_UP,
        Reason.TECHNICAL,
        Reason.FORGOT,
        Reason.UNCLEAR,
        Reason.OTHER_OFFER,
        Reason.PRIVATE,
    )
    keep = Press("keep", ct("button", "I can come after all"))
    return Message("cant_come.ask", lead, (note,), (REBOOK, *reasons, keep))


def _keep(scene: Scene, session: Session, event: Event, arg: str) -> Turn:
    return replace(coming.confirm(scene, event), chosen=ct("button", "I can come after all"))


def _heed_cant(scene: Scene, event: Event) -> Turn:
    """来不了, with or without a reason beside it."""
    if is_off(scene):
        return standing(scene)
    said = event.body.text if isinstance(event.body, Said) else ""
    reason = heed(said).reason
    if reason is not None:
        return replace(no_show.give(scene, event, reason, said), chosen=None)
    if scene.booked.state is State.NO_SHOW:
        return Turn(effects=refresh_cases(scene, CaseKind.NO_SHOW), to="no_show.ask")
    return Turn(to="cant_come.ask")


CANT_COME = Dialog(
    "cant_come",
    Ask(
        "ask",
        _ask,
        {**PICKS, "keep": _keep},
        hear=no_show.HEAR,
        exits=("reminder.confirmed", *no_show.EXITS, *rebook.ENTRIES),
    ),
    heeds={"cant": _heed_cant},
)
