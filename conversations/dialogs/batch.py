"""A batch from the question to its end: one card that is edited, and an event of its own for each interview."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from conversations.batch import AT_ONCE, GIVE_UP, PAUSE, WAIT, Batch, BatchState
from conversations.commands import ORDERS
from conversations.commands.many import Judged, asked, judge
from conversations.commands.orders import Order
from conversations.commands.undo import FOLLOW, can_undo, kept, subject_of, take_back
from conversations.dialog import Ask, Dialog, Need, Scene, Session, Tell, Turn, fresh_id
from conversations.dialogs.appointments import actor, subject
from conversations.dialogs.confirm import MAY_ORDER
from conversations.dialogs.corrections import why_not_corrected
from conversations.dialogs.yes_or_no import no_in, yes_in
from conversations.effects import (
    DropTimers,
    Effect,
    Manner,
    Priority,
    Record,
    SaveBatch,
    SetTimer,
    SettleTarget,
    Show,
    Soon,
    Then,
)
from conversations.engine import NeedMore
from conversations.events import Due, Event, Ordered, Said
from conversations.findings import Target
from conversations.messages import Block, Message, Note, Press, item
from conversations.names import channel_of
from conversations.rights import sees
from locales.text import Span, Text, ct, nt, t

TIMER = "batch"
PARTS = 4
"""How often at most a card tells how far a batch has come."""
FAILED_SHOWN = 6


def order_of(verb: str) -> Order:
    return next(order for order in ORDERS if order.verb == verb)


# -- the question ----------------------------------------------------------------------------------------


def _preview(scene: Scene, session: Session) -> Message:
    order = order_of(session.data["act"])
    return asked(order, _judged(scene, session, order), scene, is_sure=session.data.get("is_sure", False))


def _judged(scene: Scene, session: Session, order: Order) -> Judged:
    """Return who it fits now, of those who were meant."""
    if "members" not in scene.found:
        raise NeedMore((Need("members", {"interviews": " ".join(session.data["ids"])}),))
    members: Sequence[Target] = scene.found["members"]
    may = scene.person is not None and scene.person.may(*order.roles)
    seen = [target for target in members if may and sees(scene.person, target.interview)]
    return judge(order, seen, scene)


def _yes(scene: Scene, session: Session, event: Event, arg: str) -> Turn:
    """It is meant: it waits for half a minute, in which it can be taken back as if nothing had been."""
    order = order_of(session.data["act"])
    judged = _judged(scene, session, order)
    if not judged.fit or scene.person is None:
        return Turn(to="nobody")
    if "next_batch" not in scene.found:
        raise NeedMore((Need("next_batch"),))
    batch = Batch(
        id=UUID(session.subject.partition(":")[2]),
        number=scene.found["next_batch"],
        by=scene.person.id,
        act=order.verb,
        targets=tuple(target.interview.id for target in judged.fit),
        created_at=scene.now,
        runs_at=scene.now + WAIT,
        args=session.data["args"],
    )
    return Turn(effects=_ordered(scene, event, batch), to="waiting", keep=kept(batch))


def _ordered(scene: Scene, event: Event, batch: Batch) -> tuple[Effect, ...]:
    """Save a new batch, and have it begin when it is to; its card follows where it was ordered."""
    detail = {"batch": batch.label, "act": batch.act, "count": str(len(batch.targets))}
    return (
        SaveBatch(batch),
        SetTimer(TIMER, subject_of(batch), batch.runs_at, {"channel": channel_of(event.account or "")}),
        Record("batch.ordered", subject_of(batch), actor(scene), detail),
    )


def _no(scene: Scene, session: Session, event: Event, arg: str) -> Turn:
    return Turn(to="left")


def _left(scene: Scene, session: Session) -> Message:
    return Message("batch.left", t("Nothing was changed: nobody hears of it."))


def _nobody(scene: Scene, session: Session) -> Message:
    lead = t("Meanwhile there is nobody left to do this for.")
    return Message("batch.nobody", lead, (Note(t("How they stand: list today")),))


def _hear(scene: Scene, session: Session, event: Event, said: Said) -> Turn:
    if yes_in(said.text):
        return _yes(scene, session, event, "")
    if no_in(said.text):
        return _no(scene, session, event, "")
    return Turn(was_understood=False)


# -- before it begins ------------------------------------------------------------------------------------


def _waiting(scene: Scene, session: Session) -> Message:
    order = order_of(session.data["act"])
    lead = nt(
        "{batch}, {what}: begins in {span}, for {n} person.",
        "{batch}, {what}: begins in {span}, for {n} people.",
        session.data["n"],
        batch=session.data["label"],
        what=_what(order),
        span=Span(WAIT),
    )
    note = Note(t("Until then nobody hears of it. Changed your mind? Tap, or type: undo"))
    return Message("batch.waiting", lead, (note,), (Press("undo", ct("button", "Undo"), "danger"),))


def _undo(scene: Scene, session: Session, event: Event, arg: str) -> Turn:
    turn = take_back(scene, _batch(scene, session.subject), session.data.get("label", ""))
    # The card itself says so.
    shows = any(isinstance(effect, Show) and effect.subject == session.subject for effect in turn.effects)
    return replace(turn, say=None) if shows else turn


def _off(scene: Scene, session: Session) -> Message:
    lead = t("{batch} was taken back before it began. Nobody was told anything.", batch=session.data["label"])
    return Message("batch.off", lead)


def _what(order: Order) -> Text:
    return order.many.what if order.many is not None else t("{what}", what=order.verb)


# -- while it runs ---------------------------------------------------------------------------------------


def _batch(scene: Scene, subject: str) -> Batch | None:
    if "batch" not in scene.found:
        raise NeedMore((Need("batch", {"id": subject.partition(":")[2]}),))
    found: Batch | None = scene.found["batch"]
    return found


def _due(scene: Scene, event: Event) -> Turn:
    """Begin the next of them, each with an event of its own; say how far it is, and when all came back, so."""
    body = event.body
    if not isinstance(body, Due):
        return Turn()
    batch = _batch(scene, body.subject)
    if batch is None or batch.state not in (BatchState.WAITING, BatchState.RUNNING):
        return Turn()
    if batch.is_over:
        return _finish(batch, body)
    following = batch.targets[batch.begun : batch.begun + AT_ONCE]
    if not following:
        return _wait(scene, batch, body)
    running = replace(batch, state=BatchState.RUNNING, begun=batch.begun + len(following))
    each = tuple(
        Soon(f"batch:{batch.id}:{id}", Ordered("each", id, batch.by, {"batch": str(batch.id)}))
        for id in following
    )
    data = {**body.data, "since": scene.now.isoformat(), "told": str(_parts(batch))}
    is_news = batch.begun == 0 or str(_parts(batch)) != body.data.get("told")
    told = _told(running, body) if is_news and len(batch.targets) > AT_ONCE else ()
    again = SetTimer(TIMER, subject_of(batch), scene.now + PAUSE, data)
    return Turn(effects=(SaveBatch(running), *each, again, *told))


def _wait(scene: Scene, batch: Batch, due: Due) -> Turn:
    """All are begun: wait for those that have not come back, ever longer, and not for ever."""
    since = datetime.fromisoformat(due.data["since"]) if "since" in due.data else scene.now
    waited = scene.now - since
    if waited >= GIVE_UP:
        why = t("Something went wrong with it, and whoever runs Turnout was told.")
        lost = tuple(SettleTarget(batch.id, id, why) for id in batch.targets if not batch.is_settled(id))
        return Turn(effects=(*lost, SetTimer(TIMER, subject_of(batch), scene.now + PAUSE, due.data)))
    data = {**due.data, "since": since.isoformat(), "told": str(_parts(batch))}
    told = _told(batch, due) if str(_parts(batch)) != due.data.get("told") else ()
    pause = max(PAUSE, min(timedelta(seconds=30), waited))
    return Turn(effects=(SetTimer(TIMER, subject_of(batch), scene.now + pause, data), *told))


def _parts(batch: Batch) -> int:
    return batch.settled * PARTS // max(1, len(batch.targets))


def _told(batch: Batch, due: Due) -> tuple[Show, ...]:
    manner = _there(due, Priority.EDIT)
    return (Show(f"person:{batch.by}", subject_of(batch), "batch.progress", kept(batch), manner),)


def _there(due: Due, priority: Priority) -> Manner:
    """Say it where the batch was ordered, if that can be written to."""
    channel = due.data.get("channel", "")
    return Manner(where="ladder", priority=priority, channels=(channel,) if channel else ())


def _finish(batch: Batch, due: Due) -> Turn:
    over = replace(batch, state=BatchState.DONE)
    detail = {"batch": batch.label, "done": str(len(batch.done)), "failed": str(len(batch.failed))}
    return Turn(
        effects=(
            SaveBatch(over),
            DropTimers(subject_of(batch)),
            Record("batch.done", subject_of(batch), "core", detail),
            Show(
                f"person:{batch.by}",
                subject_of(batch),
                "batch.over",
                kept(batch),
                _there(due, Priority.ALERT),
            ),
        )
    )


def _each(scene: Scene, event: Event) -> Turn:
    """Do it to one of them, if it still can be and was not done before."""
    body = event.body
    if not isinstance(body, Ordered) or scene.interview is None or scene.candidate is None:
        return Turn()
    batch = _batch(scene, f"batch:{body.args['batch']}")
    if batch is None or batch.state is not BatchState.RUNNING or batch.is_settled(body.interview):
        return Turn()
    order = order_of(batch.act)
    target = Target(scene.interview, scene.candidate, scene.cases)
    if problem := _why_not(scene, order, batch, target):
        return Turn(effects=(SettleTarget(batch.id, body.interview, problem),))
    act, args = (
        (order.act, batch.args) if batch.undoes is None else ("correct", {**batch.args, "act": batch.act})
    )
    return Turn(
        effects=(
            SettleTarget(batch.id, body.interview),
            Record(f"batch.{act}", subject(scene.interview), actor(scene), {"batch": batch.label}),
            Then(Ordered(act, body.interview, batch.by, args)),
        )
    )


def _why_not(scene: Scene, order: Order, batch: Batch, target: Target) -> Text | None:
    if scene.person is None or not scene.person.may(*order.roles) or not sees(scene.person, target.interview):
        return t("{label} is not yours to change any more.", label=target.interview.label)
    if batch.undoes is not None:
        return why_not_corrected(order, target, scene.now, batch.args)
    return order.refuse(target, scene.now)


# -- how far it is ---------------------------------------------------------------------------------------


def _known(scene: Scene, session: Session) -> Batch:
    batch = _batch(scene, session.subject)
    if batch is None:
        raise LookupError(f"{session.subject} is not in the scene of its card")
    return batch


def _progress(scene: Scene, session: Session) -> Message:
    batch = _known(scene, session)
    stop = (Press("undo", ct("button", "Stop"), "danger"),) if can_undo(batch) else ()
    return Message("batch.progress", _so_far(batch), tuple(_failures(batch)), stop, is_progress=True)


def _so_far(batch: Batch) -> Text:
    said: Mapping[str, Any] = {
        "batch": batch.label,
        "what": _title(batch),
        "done": len(batch.done),
        "n": len(batch.targets),
    }
    if batch.failed:
        return t("{batch}, {what}: {done} of {n} done, {failed} not.", **said, failed=len(batch.failed))
    return t("{batch}, {what}: {done} of {n} done.", **said)


def _title(batch: Batch) -> Text:
    what = _what(order_of(batch.act))
    return t("{what}, taken back", what=what) if batch.undoes is not None else what


def _failures(batch: Batch) -> Iterator[Block]:
    for why in list(batch.failed.values())[:FAILED_SHOWN]:
        yield item(why)
    rest = len(batch.failed) - FAILED_SHOWN
    if rest > 0:
        yield Note(nt("{n} more", "{n} more", rest))


def _over(scene: Scene, session: Session) -> Message:
    batch = _known(scene, session)
    back = batch.done and can_undo(batch)
    hint = t("Within a day it can be taken back: undo {batch}", batch=batch.label)
    note = Note(hint if back else t("How they stand: list today"))
    press = (Press("undo", ct("button", "Undo")),) if back else ()
    return Message("batch.over", _so_far(batch), (*_failures(batch), note), press)


def _stopped(scene: Scene, session: Session) -> Message:
    batch = _known(scene, session)
    lead = t(
        "{batch}, {what}, is taken back: {done} of {n} had been done.",
        batch=batch.label,
        what=_title(batch),
        done=len(batch.done),
        n=len(batch.targets),
    )
    return Message("batch.stopped", lead, tuple(_failures(batch)))


BATCH = Dialog(
    "batch",
    Ask("preview", _preview, {"yes": _yes, "no": _no}, hear=_hear, exits=("waiting", "left", "nobody")),
    Tell("left", _left),
    Tell("nobody", _nobody),
    Ask("waiting", _waiting, {"undo": _undo}),
    Tell("off", _off),
    Ask("progress", _progress, {"undo": _undo}),
    Ask("over", _over, {"undo": _undo}),
    Tell("stopped", _stopped),
    entries=("off", "progress", "over", "stopped"),
    on={"due.batch": _due, "ordered.each": _each},
    roles=MAY_ORDER,
    is_card=True,
)


# -- taking it back afterwards ---------------------------------------------------------------------------


def _sure(scene: Scene, session: Session) -> Message:
    batch = _known_by(scene, session.data["batch"])
    lead = nt(
        "{batch}, {what}: {n} person has been reached. Take it back, with a word to whoever was told?",
        "{batch}, {what}: {n} people have been reached. Take it back, with a word to whoever was told?",
        len(batch.done),
        batch=batch.label,
        what=_title(batch),
    )
    note = Note(t("Whoever has chosen or answered since keeps that. Nobody further is touched meanwhile."))
    presses = (
        Press("yes", ct("button", "Yes, take it back"), "danger"),
        Press("no", ct("button", "No, leave it")),
    )
    return Message("take_back.sure", lead, (note,), presses)


def _known_by(scene: Scene, id: str) -> Batch:
    batch = _batch(scene, f"batch:{id}")
    if batch is None:
        raise LookupError(f"batch {id} is not known")
    return batch


def _take_back(scene: Scene, session: Session, event: Event, arg: str) -> Turn:
    """Begin a batch of corrections for those it was done to, at once; the one taken back stays so."""
    batch = _known_by(scene, session.data["batch"])
    if scene.person is None:
        return Turn(to="kept")
    if "next_batch" not in scene.found:
        raise NeedMore((Need("next_batch"),))
    correction = Batch(
        id=fresh_id(event, f"undo:{batch.id}"),
        number=scene.found["next_batch"],
        by=scene.person.id,
        act=batch.act,
        targets=tuple(id for id in batch.targets if id in batch.done),
        created_at=scene.now,
        runs_at=scene.now,
        args={"since": batch.created_at.isoformat()},
        undoes=batch.id,
    )
    effects = (
        *_ordered(scene, event, correction),
        SaveBatch(replace(batch, state=BatchState.STOPPED)),
        Show(f"person:{batch.by}", subject_of(batch), "batch.stopped", kept(batch), FOLLOW),
    )
    keep = {"label": correction.label, "of": batch.label}
    return Turn(effects=effects, to="begun", keep=keep, chosen=ct("button", "Yes, take it back"))


def _keep(scene: Scene, session: Session, event: Event, arg: str) -> Turn:
    return Turn(to="kept", chosen=ct("button", "No, leave it"))


def _begun(scene: Scene, session: Session) -> Message:
    data = session.data
    lead = t("{correction} takes {batch} back now.", correction=data["label"], batch=data["of"])
    return Message("take_back.begun", lead)


def _kept_message(scene: Scene, session: Session) -> Message:
    return Message("take_back.kept", t("Then it stays as it is."))


def _hear_sure(scene: Scene, session: Session, event: Event, said: Said) -> Turn:
    if yes_in(said.text):
        return _take_back(scene, session, event, "")
    if no_in(said.text):
        return _keep(scene, session, event, "")
    return Turn(was_understood=False)


TAKE_BACK = Dialog(
    "take_back",
    Ask("sure", _sure, {"yes": _take_back, "no": _keep}, hear=_hear_sure, exits=("begun", "kept")),
    Tell("begun", _begun),
    Tell("kept", _kept_message),
    roles=MAY_ORDER,
)
