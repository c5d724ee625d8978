"""Asked for on a phone: the link to one's own page, sent to where one reads on a computer."""

from __future__ import annotations

from conversations.dialog import Dialog, Scene, Turn
from conversations.dialogs.appointments import is_off, standing
from conversations.dialogs.phrases import company, role_of, when
from conversations.effects import Answer, Manner, Say
from conversations.events import Event
from conversations.identity import ToPerson
from conversations.messages import Link, Message, Note
from locales.text import ct, t

ON_COMPUTERS = ("email", "slack", "wecom", "telegram")
"""Channels that are read on a computer too, the likeliest first."""


def reachable(scene: Scene) -> str | None:
    """Return the channel by which a link reaches the candidate's computer, None when there is none."""
    if scene.whose.opted_out_at is not None:
        return None
    reached = {binding.address.channel for binding in scene.whose.reachable}
    return next((name for name in ON_COMPUTERS if name in reached), None)


def _wanted(scene: Scene, event: Event) -> Turn:
    """Send it, and say where it will be found; beside whatever is being asked, which stays open."""
    if is_off(scene):
        return standing(scene)
    channel = reachable(scene)
    if channel is None:
        return Turn(answer=Answer(toast=t("I know no way to your computer. Type the short address there.")))
    manner = Manner(where="ladder", channels=(channel,))
    interview = scene.booked
    sent = Say(ToPerson(scene.whose.id), _link(scene), manner, interview.id, interview.attempt.id)
    if channel == "email":
        toast = t("Sent. You find the link in your e-mail: open it on your computer.")
    else:
        toast = t("Sent. You find the link in our chat: open it on your computer.")
    return Turn(effects=(sent,), answer=Answer(toast=toast))


def _link(scene: Scene) -> Message:
    lead = t(
        "{company}: here is your page for {interview}, {when}, to open on your computer.",
        company=company(scene.policy),
        interview=role_of(scene.booked),
        when=when(scene.booked.attempt),
    )
    note = Note(t("You asked for this link on another device. It is only for you."))
    return Message("send_link.link", lead, (note,), (Link("my", ct("button", "Open my page")),))


SEND_LINK = Dialog("send_link", on={"wanted.send_link": _wanted})
