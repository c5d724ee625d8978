"""What commands about many ask for: who is meant, how many places there are, and what was ordered before."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from uuid import UUID

from bot.needs.asking import Answering, Asked, target
from conversations.batch import AGAIN, UNDO_WITHIN, Batch, Places, places_for
from conversations.book import fold
from conversations.findings import Target
from conversations.identity import Person
from conversations.interview import Interview, Reason, State
from store import batches, interviews, people, selection, slots

SELECTED_AT_MOST = 501
"""One more than may be meant by one command, so that too many show."""
LOOKED_AT = 5000
BEHIND, AHEAD = timedelta(days=30), timedelta(days=60)
"""Which days are meant where none are named."""
PLACES_AHEAD = timedelta(days=60)
PLACES_LOOKED_AT = 2000
_CONFIRMED = {"confirmed": True, "unconfirmed": False}


async def _selected(asked: Asked) -> tuple[Target, ...]:
    """The interviews that have in common what was typed, of those that concern whoever typed it.

    Tags are sealed and reach is a matter of bindings, so these two narrow down what the database found.
    """
    wanted = await _wanted(asked)
    found = await selection.selected(asked.tx, asked.scene.person, wanted, LOOKED_AT)
    meant = [(i, p) for i, p in found if _has_tag(i, asked.args.get("tag", "")) and _is_so(i, p, asked)]
    return tuple([await target(asked.tx, i, p) for i, p in meant[:SELECTED_AT_MOST]])


async def _wanted(asked: Asked) -> selection.Selection:
    args = asked.args
    state, reason = args.get("state", ""), args.get("reason", "")
    starts_from, starts_until = _days(asked)
    numbers = [int(number) for number in args.get("numbers", "").split()]
    return selection.Selection(
        text=args.get("text", ""),
        job=args.get("job", ""),
        source=args.get("source", ""),
        type=args.get("type", ""),
        state=_state(state),
        is_confirmed=_CONFIRMED.get(state),
        is_paused=True if state == "paused" else None,
        has_reason=False if reason == "none" else None,
        reason=Reason(reason) if reason and reason != "none" else None,
        owners=await _owners(asked, args["owner"]) if args.get("owner") else None,
        numbers=numbers,
        starts_from=None if numbers else starts_from,
        starts_until=None if numbers else starts_until,
    )


def _days(asked: Asked) -> tuple[datetime, datetime]:
    if asked.args.get("when"):
        return asked.window("today")
    return asked.now - BEHIND, asked.now + AHEAD


def _state(state: str) -> State | None:
    """Return the state that an interview has to be in; what is only said of those still ahead are scheduled."""
    if state in ("unbound", "paused", *_CONFIRMED):
        return State.SCHEDULED
    return State(state) if state else None


def _is_so(interview: Interview, person: Person, asked: Asked) -> bool:
    state = asked.args.get("state", "")
    if state in ("unbound", *_CONFIRMED) and interview.attempt.starts_at <= asked.now:
        return False
    return state != "unbound" or not person.reachable


def _has_tag(interview: Interview, wanted: str) -> bool:
    """Tell whether a tag is `key=value`, or has the words as its key or value."""
    if not wanted:
        return True
    key, is_pair, value = fold(wanted).partition("=")
    tags = [(fold(name), fold(content)) for name, content in interview.tags.items()]
    if is_pair:
        return (key.strip(), value.strip()) in tags
    return any(key in tag for tag in tags)


async def _owners(asked: Asked, typed: str) -> Collection[UUID]:
    person, name = asked.scene.person, fold(typed.removeprefix("@"))
    if name in ("me", "我", "mine"):
        return [person.id] if person else []
    return [each.id for each in await people.everybody_of_staff(asked.tx) if fold(each.name) == name]


async def _places(asked: Asked) -> Places:
    """How many free places there are for interviews, within the days in which times are offered and after."""
    found = await interviews.among(
        asked.tx,
        interviews.is_one_of([UUID(id) for id in asked.args["interviews"].split()]),
        limit=SELECTED_AT_MOST,
    )
    wanted = [interview for interview, _ in found]
    policies = asked.house.policies
    until = {i.company: asked.now + policies.for_(i.company, i.role).horizon for i in wanted}
    free = await slots.listing(asked.tx, asked.now + timedelta(minutes=15), PLACES_LOOKED_AT)
    in_time = (slot for slot in free if slot.starts_at < asked.now + PLACES_AHEAD)
    return places_for(wanted, in_time, until)


async def _batch(asked: Asked) -> Batch | None:
    """The batch of an id or a number (B-12), for whoever ordered it."""
    id, number = asked.args.get("id", ""), asked.args.get("number", "")
    found = await batches.get(asked.tx, UUID(id), is_locked=True) if id else None
    if number:
        found = await batches.by_number(asked.tx, int(number))
    return found


async def _last_batch(asked: Asked) -> Batch | None:
    person = asked.scene.person
    return await batches.latest(asked.tx, person.id, asked.now - UNDO_WITHIN) if person else None


async def _next_batch(asked: Asked) -> int:
    return await batches.next_number(asked.tx)


async def _same_batches(asked: Asked) -> tuple[Batch, ...]:
    """The batches of an act that were ordered a moment ago, by anybody."""
    return tuple(await batches.since(asked.tx, asked.args["act"], asked.now - AGAIN))


async def _members(asked: Asked) -> tuple[Target, ...]:
    """The interviews of some ids, in their order."""
    ids = [UUID(id) for id in asked.args["interviews"].split()]
    found = await interviews.among(asked.tx, interviews.is_one_of(ids), limit=SELECTED_AT_MOST)
    known = {interview.id: (interview, person) for interview, person in found}
    return tuple(Target(*known[id]) for id in ids if id in known)


NEEDS: Mapping[str, Answering] = {
    "selected": _selected,
    "places": _places,
    "batch": _batch,
    "last_batch": _last_batch,
    "next_batch": _next_batch,
    "same_batches": _same_batches,
    "members": _members,
}
