"""Many cards of one kind at once: from the fourth within two minutes on they stand in one list, opened one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from conversations.dialog import Ask, Dialog, Need, Scene, Session, Turn
from conversations.dialogs.casework import FOLDED, QUIETLY, held
from conversations.effects import ALERT, Effect, Show, Then
from conversations.engine import NeedMore
from conversations.events import Event, Ordered
from conversations.findings import Target
from conversations.identity import Role
from conversations.messages import Message, Note, Para, Press, item
from locales.text import Moment, Text, Value, ct, nt, t

TOGETHER = 4
"""So many cards of one kind become one list …"""
WITHIN = timedelta(minutes=2)
"""… when they come to the same reader in this time."""
LISTED = 4
"""On a page of the list: with the button below them no more than any platform draws."""
UPDATED_AFTER = timedelta(seconds=20)
"""When a list that stands already says what has come since: not once for each."""
IN_THE_LIST = Note(t("It stands in the list with the others."))

Entry = Mapping[str, str]


# -- a card comes ----------------------------------------------------------------------------------------


def told(scene: Scene, *shows: Show) -> tuple[Effect, ...]:
    """Show cards about the scene's interview to their readers: each by itself, or where many come in their list."""
    if missing := [need for show in shows for need in _needs(scene, show)]:
        raise NeedMore(missing)
    return tuple(effect for show in shows for effect in _told(scene, show))


def _needs(scene: Scene, show: Show) -> Iterator[Need]:
    """Yield at once all that has to be known of a reader."""
    for subject in (show.subject, _list_of(scene, show)):
        name = f"session:{show.holder}:{subject}"
        if scene.session(show.holder, subject) is None and name not in scene.found:
            yield Need(name, {"holder": show.holder, "subject": subject})
    if (name := _lately(show)) not in scene.found:
        of = {"holder": show.holder, "dialog": _dialog(show), "seconds": f"{WITHIN.seconds}"}
        yield Need(name, of)


def _told(scene: Scene, show: Show) -> tuple[Effect, ...]:
    known = held(scene, show.holder, show.subject)
    if known is not None and known.is_waiting and known.at == show.step:
        return (show,)
    listed = held(scene, show.holder, _list_of(scene, show))
    items: list[Entry] = list(listed.data["items"]) if listed else []
    singles = _singles(scene, show)
    lately = [each for each in items if scene.now - datetime.fromisoformat(each["listed_at"]) <= WITHIN]
    if (
        len({each["subject"] for each in lately} | {each["subject"] for each in singles} | {show.subject})
        < TOGETHER
    ):
        return (replace(show, keep={**show.keep, FOLDED: False}),)
    own = _entry(scene, show, Target(scene.booked, scene.whose))
    named = {each["subject"] for each in items}
    items = [
        *(each for each in items if each["subject"] != show.subject),
        *(each for each in singles if each["subject"] not in named),
        own,
    ]
    manner = replace(show.manner, due_at=scene.now + UPDATED_AFTER) if listed and lately else show.manner
    keep = {"of": _dialog(show), "items": items, "page": 1}
    # Its own card waits folded: whoever opens it in the list, or takes it, goes on there.
    folded = replace(show, keep={**show.keep, FOLDED: True}, manner=QUIETLY)
    folds = (_then(scene, each, "fold") for each in singles)
    return (Show(show.holder, _list_of(scene, show), "together.list", keep, manner), folded, *folds)


def _in_order(entry: Entry) -> tuple[str, int]:
    """Order by start and number: in which order many come at once is chance."""
    return entry["at"], int(entry["label"].rpartition("-")[2])


def is_folded(session: Session) -> bool:
    """Tell whether a card only says that it stands in a list."""
    return bool(session.data.get(FOLDED))


def folded(kind: str, lead: Text) -> Message:
    """Return a card that stands in a list. To somebody who has not seen it before nothing is sent."""
    return Message(f"{kind}.folded", lead, (IN_THE_LIST,), is_progress=True)


def _list_of(scene: Scene, show: Show) -> str:
    at = scene.now
    return f"{_dialog(show)}s:{at - timedelta(minutes=at.minute % 10):%Y%m%dT%H%M}"


def _dialog(show: Show) -> str:
    return show.step.partition(".")[0]


def _lately(show: Show) -> str:
    return f"lately:{show.holder}:{_dialog(show)}"


def _singles(scene: Scene, show: Show) -> list[Entry]:
    """Return the cards of the same kind that came to the same reader lately, and still ask."""
    found: Sequence[tuple[Session, Target]] = scene.found[_lately(show)]
    return [
        _entry(scene, Show(session.holder, session.subject, session.at), target)
        for session, target in found
        if session.subject != show.subject
    ]


def _entry(scene: Scene, show: Show, target: Target) -> Entry:
    interview = target.interview
    return {
        "holder": show.holder,
        "subject": show.subject,
        "step": show.step,
        "interview": str(interview.id),
        "label": interview.label,
        "name": target.candidate.name,
        "role": interview.role,
        "at": interview.attempt.starts_at.isoformat(),
        "zone": interview.attempt.zone,
        "listed_at": scene.now.isoformat(),
    }


def _then(scene: Scene, entry: Entry, act: str) -> Then:
    by = scene.person.id if scene.person else None
    args = {name: entry[name] for name in ("holder", "subject", "step")}
    return Then(Ordered(act, UUID(entry["interview"]), by, args))


# -- the list --------------------------------------------------------------------------------------------


_LEADS: Mapping[str, Callable[[int], Text]] = {
    "support": lambda n: nt("{n} call for help at once.", "{n} calls for help at once.", n),
    "by_hand": lambda n: nt(
        "{n} reminder to be sent by hand.",
        "{n} reminders to be sent by hand.",
        n,
    ),
}


def _list(scene: Scene, session: Session) -> Message:
    items: Sequence[Entry] = session.data["items"]
    page = session.data.get("page", 1)
    shown = sorted(items, key=_in_order)[(page - 1) * LISTED : page * LISTED]
    buttons = tuple(
        Press(
            f"open:{items.index(each)}",
            ct("button", "{label} {name}", label=each["label"], name=each["name"]),
        )
        for each in shown
    )
    turn_page = (Press("page", ct("button", "More")),) if len(items) > LISTED else ()
    note = Note(t("Tap one for its own card."))
    lead = _LEADS[session.data["of"]](len(items))
    return Message("together.list", lead, (*map(_line, shown), note), (*buttons, *turn_page))


def _line(entry: Entry) -> Para:
    said: dict[str, Value] = {
        "label": entry["label"],
        "name": entry["name"],
        "role": entry["role"],
        "when": Moment(datetime.fromisoformat(entry["at"]), entry["zone"]),
    }
    return item(Text("{label} {name}, {role}: {when}", said))


def _open(scene: Scene, session: Session, event: Event, arg: str) -> Turn:
    items: Sequence[Entry] = session.data["items"]
    return Turn(effects=(_then(scene, items[int(arg)], "unfold"),))


def _page(scene: Scene, session: Session, event: Event, arg: str) -> Turn:
    pages = -(-len(session.data["items"]) // LISTED)
    return Turn(to="list", keep={"page": session.data.get("page", 1) % pages + 1})


# -- its cards -------------------------------------------------------------------------------------------


def _fold(scene: Scene, event: Event) -> Turn:
    """Close a card that stands in a list from now on."""
    args = _args(event)
    known = held(scene, args["holder"], args["subject"])
    if known is None or not known.is_waiting or known.at != args["step"]:
        return Turn()
    return Turn(effects=(Show(known.holder, known.subject, known.at, {FOLDED: True}, QUIETLY),))


def _unfold(scene: Scene, event: Event) -> Turn:
    """Show a card of a list by itself, as it stands now."""
    args = _args(event)
    known = held(scene, args["holder"], args["subject"])
    step = known.at if known is not None and known.step else args["step"]
    return Turn(effects=(Show(args["holder"], args["subject"], step, {FOLDED: False}, ALERT),))


def _args(event: Event) -> Mapping[str, Any]:
    return event.body.args if isinstance(event.body, Ordered) else {}


TOGETHER_DIALOG = Dialog(
    "together",
    Ask("list", _list, {"open": _open, "page": _page}, exits=("list",)),
    entries=("list",),
    on={"ordered.fold": _fold, "ordered.unfold": _unfold},
    roles=(Role.SUPPORT, Role.HR, Role.RECRUITER, Role.ADMIN),
    is_card=True,
)
