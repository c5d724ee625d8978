"""An order for several: who is meant, who is left out and why, read back before anything happens."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from conversations.batch import AGAIN, Batch, BatchState, Places
from conversations.commands.lines import name_of
from conversations.commands.meant import Meant
from conversations.commands.orders import Order, begin
from conversations.dialog import Need, Scene, Turn, fresh_id
from conversations.effects import REPLY, Show
from conversations.engine import NeedMore
from conversations.events import Event
from conversations.findings import Target
from conversations.messages import Action, Block, Fact, Message, Note, Para, Press, item
from conversations.rights import sees
from locales.text import Listing, Moment, Text, ct, nt, t

AT_MOST = 500
"""So many interviews at once, and no more: whoever means more asks twice."""
NAMED = 6
LEFT_OUT_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Judged:
    """Who of those that are meant an order fits, and why not the others."""

    fit: tuple[Target, ...]
    left: tuple[Text, ...]


def begin_many(order: Order, scene: Scene, event: Event, meant: Meant) -> Turn:
    """Show what would happen to whom; only a button makes it happen."""
    found: Sequence[Target] = scene.found["selected"]
    seen = [target for target in found if sees(scene.person, target.interview)]
    if len(seen) == 1:
        return begin(order, scene, event, seen[0], meant)
    if problem := _not_so(seen, meant):
        return Turn(say=Message(order.kind, *problem))
    args = order.many.args(meant) if order.many else {}
    judged = judge(order, seen, scene)
    if not judged.fit:
        return Turn(say=_nobody(order, judged))
    if meant.is_dry:
        alone = t("Only a preview: nothing has happened. Without --dry-run you are asked.")
        return Turn(say=preview(order, judged, scene, event, (Note(alone),)))
    if scene.person is None:
        return Turn()
    keep = {
        "act": order.verb,
        "args": dict(args),
        "ids": [str(target.interview.id) for target in seen],
        "is_sure": meant.is_sure,
    }
    subject = f"batch:{fresh_id(event, 'batch')}"
    return Turn(effects=(Show(f"person:{scene.person.id}", subject, "batch.preview", keep, REPLY),))


def judge(order: Order, targets: Sequence[Target], scene: Scene) -> Judged:
    """Part those an order fits from those it does not; who has just had it is not given it twice."""
    if "same_batches" not in scene.found:
        raise NeedMore((Need("same_batches", {"act": order.verb}),))
    same: Sequence[Batch] = scene.found["same_batches"]
    fit, left = [], []
    for target in targets:
        problem = order.refuse(target, scene.now) or _just_ordered(target, same, scene)
        if problem is None:
            fit.append(target)
        else:
            left.append(problem)
    return Judged(tuple(fit), tuple(left))


def _just_ordered(target: Target, same: Sequence[Batch], scene: Scene) -> Text | None:
    id = target.interview.id
    for batch in same:
        is_off = batch.state in (BatchState.CANCELLED, BatchState.STOPPED) or id in batch.failed
        if id in batch.targets and not is_off and scene.now - batch.created_at <= AGAIN:
            return t(
                "{label}: {batch} does just this already.", label=target.interview.label, batch=batch.label
            )
    return None


def _not_so(seen: Sequence[Target], meant: Meant) -> tuple[Text, tuple[Note, ...]] | None:
    if not seen:
        lead = t("No interview of yours is meant by this.")
        hint = t("Without days it looks 30 days back and 60 ahead. Who there is: list today · list no_show")
        return lead, (Note(hint),)
    if len(seen) > AT_MOST:
        lead = t("More than {n} interviews are meant by this.", n=AT_MOST)
        return lead, (Note(t("Narrow it down by days, job: or source:, and do the rest afterwards.")),)
    return None


def _nobody(order: Order, judged: Judged) -> Message:
    lead = t("There is nobody to do this for.")
    return Message(order.kind, lead, (*_left_out(judged.left),))


# -- what is read back -----------------------------------------------------------------------------------


def preview(
    order: Order,
    judged: Judged,
    scene: Scene,
    event: Event | None,
    notes: tuple[Block, ...],
    *actions: Action,
) -> Message:
    """Return what would happen to how many, the first of their names, and who is left out."""
    assert order.many is not None  # noqa: S101 - what is for one only has no preview
    blocks = (
        Para(_names(judged.fit, event)),
        Fact("when", t("When"), _days(judged.fit)),
        *(_places(scene, judged.fit) if order.many.asks_for_places else ()),
        *_left_out(judged.left),
        *notes,
    )
    return Message("batch.preview", order.many.ask(len(judged.fit)), blocks, actions)


def _names(targets: Sequence[Target], event: Event | None) -> Text:
    shown = tuple(
        t(
            "{label} {name}",
            label=target.interview.label,
            name=name_of(target.candidate, event) if event is not None else target.candidate.name,
        )
        for target in targets[:NAMED]
    )
    rest = len(targets) - NAMED
    more = (nt("{n} more", "{n} more", rest),) if rest > 0 else ()
    return t("{names}", names=Listing((*shown, *more)))


def _days(targets: Sequence[Target]) -> Text:
    ordered = sorted((target.interview.attempt for target in targets), key=lambda attempt: attempt.starts_at)
    first, last = (Moment(attempt.starts_at, attempt.zone) for attempt in (ordered[0], ordered[-1]))
    if first.at == last.at:
        return t("{when}", when=first)
    return t("{first} to {last}", first=first, last=last)


def _places(scene: Scene, targets: Sequence[Target]) -> Iterator[Block]:
    """Tell whether everybody finds a place, before they are asked to look for one."""
    if "places" not in scene.found:
        ids = " ".join(str(target.interview.id) for target in targets)
        raise NeedMore((Need("places", {"interviews": ids}),))
    places: Places = scene.found["places"]
    people = nt("{n} person", "{n} people", places.people)
    free = nt("{n} free place that fits", "{n} free places that fit", places.soon)
    yield Para(t("{people}, {places}.", people=people, places=free))
    if places.after:
        yield Para(
            nt(
                "{n} gets the first free one after that.",
                "{n} get the first free ones after that.",
                places.after,
            )
        )
    if places.without:
        lead = nt(
            "For {n} there is none yet: a colleague will have to find a time.",
            "For {n} there are none yet: a colleague will have to find times.",
            places.without,
        )
        yield Para(lead)
        yield Note(t("More places first? Add them with a list of slots, then type this again."))


def _left_out(left: Sequence[Text]) -> Iterator[Block]:
    if not left:
        return
    yield Para(nt("{n} is left out:", "{n} are left out:", len(left)))
    yield from (item(why) for why in left[:LEFT_OUT_SHOWN])
    rest = len(left) - LEFT_OUT_SHOWN
    if rest > 0:
        yield Note(nt("{n} more", "{n} more", rest))


def asked(order: Order, judged: Judged, scene: Scene, *, is_sure: bool) -> Message:
    """Return the preview with the question whether it is meant."""
    assert order.many is not None  # noqa: S101 - what is for one only has no preview
    wait = Note(
        t("Nothing has happened yet. After your yes there are 30 seconds in which “undo” takes it back.")
    )
    alone = (Note(t("--yes counts for one interview only.")),) if is_sure else ()
    n = len(judged.fit)
    yes = ct("button", "Yes, all {n}", n=n) if n > 1 else ct("button", "Yes")
    presses = (
        Press("yes", yes, "danger" if order.many.is_grave else "primary"),
        Press("no", ct("button", "No, leave it")),
    )
    return preview(order, judged, scene, None, (*alone, wait), *presses)
