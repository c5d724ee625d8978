"""Candidates whom we cannot reach, or by one channel only: one list a day to HR, with a link to copy for each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from conversations.dialog import Dialog, Need, Scene, Session, Tell, Turn
from conversations.dialogs.casework import held
from conversations.effects import ALERT, Show
from conversations.engine import NeedMore
from conversations.events import Event
from conversations.findings import Target
from conversations.identity import Role
from conversations.interview import State
from conversations.messages import Block, Link, Message, Note, Para, item
from conversations.names import FOR_EMPLOYEES, WITHOUT_READERS, channel_name, channel_names
from locales.text import Moment, Text, Value, ct, nt, t
from locales.zones import local

LINES = 9
"""Candidates on the card; the rest is in `list unbound`."""

Entry = dict[str, Any]


def _due_unbound(scene: Scene, event: Event) -> Turn:
    """Some time after the invitation, and a day before the start: who has not come to the bot yet?"""
    if not _is_ahead(scene) or scene.whose.reachable:
        return Turn()
    subject, known = _today(scene)
    if scene.booked.label in known.get("labels", ()):
        return Turn()
    if "unbound" not in scene.found:
        # Asked for only now: after a list of a thousand, all but the first of a thousand timers end above.
        raise NeedMore((Need("unbound"),))
    targets: dict[str, Target] = {scene.booked.label: Target(scene.booked, scene.whose)}
    targets |= {target.interview.label: target for target in scene.found["unbound"]}
    found = _soonest_first(targets.values())
    keep = {
        "labels": [target.interview.label for target in found],
        "unbound": [_entry(target) for target in found[:LINES]],
        "thin": known.get("thin", []),
    }
    return _show(subject, keep)


def _due_reach(scene: Scene, event: Event) -> Turn:
    """A day before the start: whoever is reached by one channel only has no second one to fall back on."""
    known = {binding.address.channel for binding in scene.whose.reachable}
    others = sorted({*scene.found["channels"]} - known - WITHOUT_READERS - FOR_EMPLOYEES)
    if not _is_ahead(scene) or len(known) != 1 or not others:
        return Turn()
    subject, listed = _today(scene)
    thin = list(listed.get("thin", ()))
    if scene.booked.label in {entry["label"] for entry in thin}:
        return Turn()
    thin.append({**_entry(Target(scene.booked, scene.whose)), "channel": min(known), "others": others})
    keep = {"labels": listed.get("labels", []), "unbound": listed.get("unbound", []), "thin": thin}
    return _show(subject, keep)


def _is_ahead(scene: Scene) -> bool:
    interview = scene.booked
    is_wanted = interview.state is State.SCHEDULED and scene.whose.opted_out_at is None
    return is_wanted and interview.attempt.starts_at > scene.now


def _today(scene: Scene) -> tuple[str, Mapping[str, Any]]:
    """Return the subject of the day's list, and what stands on it already."""
    subject = f"unbound:{local(scene.now, scene.policy.zone).date().isoformat()}"
    session = held(scene, "team:hr", subject)
    return subject, session.data if session else {}


def _show(subject: str, keep: Mapping[str, Any]) -> Turn:
    return Turn(effects=(Show("team:hr", subject, "unbound.card", keep, ALERT),))


def _soonest_first(targets: Iterable[Target]) -> list[Target]:
    return sorted(targets, key=lambda target: (target.interview.attempt.starts_at, target.interview.number))


def _entry(target: Target) -> Entry:
    interview = target.interview
    return {
        "interview": str(interview.id),
        "label": interview.label,
        "name": target.candidate.name,
        "role": interview.role,
        "at": interview.attempt.starts_at.isoformat(),
        "zone": interview.attempt.zone,
    }


def _card(scene: Scene, session: Session) -> Message:
    unbound: Sequence[Entry] = session.data["unbound"]
    thin: Sequence[Entry] = session.data["thin"]
    n = len(session.data["labels"])
    if unbound:
        lead = nt(
            "{n} candidate cannot be reached yet: they have not opened their link.",
            "{n} candidates cannot be reached yet: they have not opened their link.",
            n,
        )
    else:
        lead = nt(
            "{n} candidate can be reached by one channel only.",
            "{n} candidates can be reached by one channel only.",
            len(thin),
        )
    shown = (*unbound, *thin[: max(0, LINES - len(unbound))])
    links = tuple(
        Link(f"invite:{entry['interview']}", ct("button", "Copy link {label} {name}", label=entry["label"],
                                                name=entry["name"]))
        for entry in shown
    )  # fmt: skip
    return Message("unbound.card", lead, tuple(_blocks(n, unbound, thin)), links)


def _blocks(n: int, unbound: Sequence[Entry], thin: Sequence[Entry]) -> Iterator[Block]:
    for entry in unbound:
        yield item(Text("{label} {name}, {role}: {when}", _said(entry)))
    if n > LINES:
        more = nt("and {n} more: /list unbound", "and {n} more: /list unbound", n - LINES)
        yield Note(more)
    room = max(0, LINES - len(unbound))
    if unbound and thin:
        yield Para(nt("By one channel only: {n}", "By one channel only: {n}", len(thin)))
    for entry in thin[:room]:
        yield item(t("{line}, by {channel} only; {others} could be added", line=Text("{label} {name}, {role}: {when}",
                     _said(entry)), channel=channel_name(entry["channel"]),
                     others=channel_names(entry.get("others", ()))))  # fmt: skip
    yield Note(
        t("Send everybody their own link, by mail, phone or chat. It greets them and turns reminders on.")
    )
    if thin:
        yield Note(t("For e-mail or SMS, put the address or number into the list and import it again."))


def _said(entry: Mapping[str, Any]) -> dict[str, Value]:
    return {
        "label": entry["label"],
        "name": entry["name"],
        "role": entry["role"],
        "when": Moment(datetime.fromisoformat(entry["at"]), entry["zone"]),
    }


UNBOUND = Dialog(
    "unbound",
    Tell("card", _card),
    on={"due.unbound": _due_unbound, "due.unbound_day": _due_unbound, "due.reach": _due_reach},
    needs={"due.reach": ("channels",)},
    roles=(Role.HR,),
    is_card=True,
)
