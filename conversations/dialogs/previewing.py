"""A reminder shown to staff: word for word as its candidate will read it, on that day, with buttons that do nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from conversations.dialog import Dialog, Scene, Session, Turn
from conversations.dialogs.phrases import zone_of
from conversations.dialogs.reminder import REMINDER
from conversations.effects import REPLY, Record, Say
from conversations.events import Event, Ordered
from conversations.identity import STAFF, ToPerson
from conversations.interview import State
from conversations.messages import Block, Fact, File, Link, Message, Note, Para, item
from conversations.names import channel_names
from conversations.policy import Rung
from locales.text import Listing, Moment, Reader, Text, t
from locales.translate import best_locale, render

_OVER = (State.CANCELLED, State.WITHDRAWN, State.JOINED, State.COMPLETED)


def _preview(scene: Scene, event: Event) -> Turn:
    """`args`: rung and lang, either may be empty."""
    return _say(event, _shown(scene, event)) if scene.interview is not None else Turn()


def _shown(scene: Scene, event: Event) -> Message:
    rung = _rung(scene, event)
    if isinstance(rung, Text):
        return Message("command.preview", rung, tuple(_rungs(scene)))
    label, person = scene.booked.label, scene.whose
    at = _due_at(scene, rung)
    told = _message(replace(scene, now=at), event)
    reader = Reader(_locale(scene, event), zone_of(scene), at, scene.policy.formal)
    lead = t("Preview of {rung} to {label} {name}, as it would be sent {when}:", rung=rung.name, label=label,
             name=person.name, when=Moment(at))  # fmt: skip
    lines = tuple(item(t("{line}", line=line)) for line in _lines(told, reader))
    return Message("command.preview", lead, (*lines, *_about(scene, rung)))


def _about(scene: Scene, rung: Rung) -> Iterator[Note]:
    channels = [binding.address.channel for binding in scene.whose.reachable]
    if channels:
        yield Note(t("It goes by {channels}. Buttons here do nothing.", channels=channel_names(channels)))
    else:
        yield Note(t("They cannot be reached yet: link {label}", label=scene.booked.label))
    yield Note(
        t(
            "To have it sent to you as it is: test-send {label} {rung}",
            label=scene.booked.label,
            rung=rung.name,
        )
    )


def _lines(message: Message, reader: Reader) -> Iterator[str]:
    """Yield a message line by line, as somebody reads it."""
    yield render(message.lead, reader)
    for block in message.blocks:
        match block:
            case Para(text=text) | Note(text=text):
                yield render(text, reader)
            case Fact(label=label, value=value, is_said=False):
                yield f"{render(label, reader)}: {render(value, reader)}"
            case File(name=name):
                yield f"📎 {name}"
    if message.actions:
        yield " ".join(f"[{render(action.label, reader)}]" for action in message.actions)


# -- really sent, to oneself -----------------------------------------------------------------------------


def _test_send(scene: Scene, event: Event) -> Turn:
    if not isinstance(event.body, Ordered) or event.body.by is None or scene.interview is None:
        return Turn()
    rung = _rung(scene, event)
    if isinstance(rung, Text):
        return _say(event, Message("command.test-send", rung, tuple(_rungs(scene))))
    told = _message(scene, event)
    links = tuple(action for action in told.actions if isinstance(action, Link) and _is_plain(action))
    note = Note(
        t("A trial of {rung} for {label}: nobody else got it.", rung=rung.name, label=scene.booked.label)
    )
    blocks: tuple[Block, ...] = (*told.blocks, note)
    sent = Message("test.reminder", told.lead, blocks, links)
    manner = replace(REPLY, language=_locale(scene, event))
    said = Message("command.test-send", t("This is what {label} gets as {rung}; its buttons are left out.",
                                          label=scene.booked.label, rung=rung.name))  # fmt: skip
    by = event.body.by
    deed = Record("message.tested", f"interview:{scene.booked.id}", f"person:{by}", {"rung": rung.name})
    return Turn(effects=(deed, Say(ToPerson(by), sent, manner), Say(ToPerson(by), said)))


def _is_plain(link: Link) -> bool:
    return link.to.partition(":")[0] in ("http", "https", "tel", "mailto")


# -- which one -------------------------------------------------------------------------------------------


def _rung(scene: Scene, event: Event) -> Rung | Text:
    """Return the reminder that is meant, the next one where none is named; or why there is none."""
    body, interview = event.body, scene.booked
    name = body.args.get("rung", "") if isinstance(body, Ordered) else ""
    if interview.state in _OVER or not scene.policy.rungs:
        return t("No reminder is sent for {label} any more. What was: why {label}", label=interview.label)
    if name:
        same = [rung for rung in scene.policy.rungs if rung.name.casefold() == name.casefold()]
        return (
            same[0]
            if same
            else t(
                "There is no reminder “{name}”. See which there are: plan {label}",
                name=name[:40],
                label=interview.label,
            )
        )
    waiting = {row.name for row in scene.rungs if row.verdict is None}
    ahead = [rung for rung in scene.policy.rungs if rung.name in waiting]
    return ahead[0] if ahead else scene.policy.rungs[-1]


def _rungs(scene: Scene) -> Iterator[Note]:
    names = tuple(rung.name for rung in scene.policy.rungs)
    if names:
        yield Note(t("There are: {known}", known=Listing(names)))


def _due_at(scene: Scene, rung: Rung) -> datetime:
    row = next((row for row in scene.rungs if row.name == rung.name and row.verdict is None), None)
    return row.due_at if row is not None else scene.booked.attempt.starts_at - rung.before


def _message(scene: Scene, event: Event) -> Message:
    """Return the reminder itself, made by the very step that makes it when it is due."""
    step = REMINDER.steps["ask"]
    return step.prompt(
        scene, Session(UUID(int=0), f"person:{scene.whose.id}", f"interview:{scene.booked.id}")
    )


def _locale(scene: Scene, event: Event) -> str:
    wanted = event.body.args.get("lang", "") if isinstance(event.body, Ordered) else ""
    languages = scene.policy.languages
    return best_locale(wanted or scene.whose.locale, languages, languages[0])


def _say(event: Event, message: Message) -> Turn:
    by = event.body.by if isinstance(event.body, Ordered) else None
    return Turn(effects=(Say(ToPerson(by), message),)) if by is not None else Turn()


PREVIEWING = Dialog(
    "previewing",
    on={"ordered.preview": _preview, "ordered.test_send": _test_send},
    needs={"ordered.preview": ("prechecks",), "ordered.test_send": ("prechecks",)},
    roles=STAFF,
)
