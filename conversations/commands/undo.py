"""`undo I-1024`: takes back what was recorded of it; `undo` alone takes back what was just ordered for many."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from conversations.batch import Batch, BatchState
from conversations.commands.many import begin_many
from conversations.commands.orders import DECIDERS, ForMany, Order, command, is_over
from conversations.dialog import Command, Need, Scene, Turn
from conversations.effects import REPLY, DropTimers, Effect, Manner, Priority, Record, SaveBatch, Show
from conversations.events import Event
from conversations.findings import Target
from conversations.identity import Role
from conversations.interview import State
from conversations.messages import Message, Note
from locales.text import Text, ct, nt, t

RECENT = timedelta(hours=1)
"""How long `undo` without a number means the last batch."""
_NUMBERED = re.compile(r"(?i)b-?\s*(\d{1,9})")
FOLLOW = Manner(priority=Priority.EDIT)
"""For a card that only follows what was typed or tapped elsewhere."""


def _refuse(target: Target, now: datetime) -> Text | None:
    interview = target.interview
    attempt = interview.attempt
    match interview.state:
        case State.NO_SHOW | State.JOINED | State.COMPLETED:
            return None
        case State.CANCELLED if attempt.starts_at > now:
            return None
        case State.SCHEDULED if attempt.confirmed_by is not None or attempt.paused_at is not None:
            return None
    label = interview.label
    return is_over(target) or t("There is nothing to take back for {label}. See: show {label}", label=label)


ORDER = Order(
    act="undo",
    verb="undo",
    refuse=_refuse,
    done=lambda m: t(
        "{label} {name}: what was recorded about it is taken back.",
        label=m.label,
        name=m.name,
    ),
    next=lambda m: t("How it stands now: show {label}", label=m.label),
    roles=DECIDERS | {Role.SUPPORT},
    many=ForMany(
        lambda n: nt(
            "Take back what was recorded of {n} person?", "Take back what was recorded of {n} people?", n
        ),
        ct("batch", "taken back"),
        can_undo=False,
    ),
)
_ONE = command(
    ORDER,
    ("撤销", "撤回"),
    ct("typed", "undo I-1024"),
    t("Take back what was recorded; alone, what you have just ordered for many."),
    begin_many,
)


# -- a batch ---------------------------------------------------------------------------------------------


def _needs(rest: str) -> tuple[Need, ...]:
    if numbered := _NUMBERED.fullmatch(rest.strip()):
        return (Need("batch", {"number": numbered[1]}),)
    return _ONE.needs(rest) if rest.strip() else (Need("last_batch"),)


def _run(scene: Scene, event: Event, rest: str) -> Turn:
    if _NUMBERED.fullmatch(rest.strip()):
        return take_back(scene, scene.found["batch"], rest.strip())
    is_about_one = event.about is not None and scene.interview is not None
    last: Batch | None = scene.found.get("last_batch")
    if rest.strip() or is_about_one or not last or scene.now - last.runs_at > RECENT:
        return _ONE.run(scene, event, rest)
    return take_back(scene, last, last.label)


def take_back(scene: Scene, batch: Batch | None, label: str) -> Turn:
    """Take a batch back: at once where nobody has heard of it, after a question where somebody has."""
    person = scene.person
    if batch is None or person is None or (batch.by != person.id and not person.may(Role.ADMIN)):
        lead = t("No {batch} of yours can be found.", batch=label)
        return _said(lead, Note(t("Its number stands on its card. Type for example: undo B-12")))
    if batch.undoes is not None:
        return _stays(batch)
    match batch.state:
        case BatchState.WAITING:
            return _stop_before(scene, batch)
        case BatchState.CANCELLED | BatchState.STOPPED:
            one = Note(t("What was recorded of one interview is taken back like this: undo I-1024"))
            return _said(t("{batch} is taken back already.", batch=batch.label), one)
        case BatchState.RUNNING | BatchState.DONE:
            return _stop(scene, batch)


def _stop_before(scene: Scene, batch: Batch) -> Turn:
    lead = t("{batch} is taken back. Nobody was told anything.", batch=batch.label)
    effects = (
        SaveBatch(replace(batch, state=BatchState.CANCELLED)),
        DropTimers(subject_of(batch)),
        _record(scene, batch, "batch.cancelled"),
        Show(f"person:{batch.by}", subject_of(batch), "batch.off", kept(batch), FOLLOW),
    )
    return Turn(effects=effects, say=Message("command.undo", lead))


def _stop(scene: Scene, batch: Batch) -> Turn:
    """Touch nobody further at once, and ask about those who were reached."""
    if not can_undo(batch):
        return _stays(batch)
    stopped: tuple[Effect, ...] = ()
    if batch.state is BatchState.RUNNING:
        stopped = (
            SaveBatch(replace(batch, state=BatchState.STOPPED)),
            DropTimers(subject_of(batch)),
            _record(scene, batch, "batch.stopped"),
            Show(f"person:{batch.by}", subject_of(batch), "batch.stopped", kept(batch), FOLLOW),
        )
    if not batch.done:
        lead = t("{batch} is stopped. Nobody was told anything.", batch=batch.label)
        return Turn(effects=stopped, say=Message("command.undo", lead))
    holder = f"person:{scene.person.id}" if scene.person else f"person:{batch.by}"
    keep = {"batch": str(batch.id)}
    return Turn(effects=(*stopped, Show(holder, f"undo:{batch.id}", "take_back.sure", keep, REPLY)))


def _stays(batch: Batch) -> Turn:
    lead = t("{batch} was itself taking something back, and stays.", batch=batch.label)
    return _said(lead, Note(t("What it did to one of them: show I-1024")))


def kept(batch: Batch) -> dict[str, Any]:
    """Return what a card keeps of its batch."""
    return {"label": batch.label, "act": batch.act, "n": len(batch.targets)}


def can_undo(batch: Batch) -> bool:
    return batch.undoes is None and batch.act != ORDER.verb


def subject_of(batch: Batch) -> str:
    return f"batch:{batch.id}"


def _record(scene: Scene, batch: Batch, action: str) -> Record:
    actor = f"person:{scene.person.id}" if scene.person else "core"
    return Record(action, subject_of(batch), actor, {
        "batch": batch.label, "act": batch.act, "done": str(len(batch.done)), "count": str(len(batch.targets)),
    })  # fmt: skip


def _said(lead: Text, *notes: Note) -> Turn:
    return Turn(say=Message("command.undo", lead, notes))


UNDO = Command(_ONE.name, _ONE.aliases, _ONE.roles, _ONE.usage, _ONE.about, _run, _needs, may_follow=True)
