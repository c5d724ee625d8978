"""`slots add 周五 14:00-17:00 every:30m places:2`, `slots close S-3F2A1`: times that can be booked, more and fewer."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from conversations.book import fold
from conversations.commands.lines import zone_of
from conversations.commands.people import answer
from conversations.dialog import Scene, Turn, fresh_id
from conversations.effects import CloseSlot, OpenSlots, Record
from conversations.events import Event
from conversations.grammar import BadLine, Line, read_line
from conversations.identity import Role
from conversations.interview import Slot
from conversations.messages import Block, Message, Note, item
from conversations.rights import plain_job
from conversations.understanding.when import moment_of, when_of
from locales.text import Listing, Moment, Text, ct, nt, t

KIND = "command.slots"
ADD_USAGE = ct("typed", "slots add friday 14:00-17:00 every:30m places:2 job:前端")
CLOSE_USAGE = ct("typed", "slots close friday 14:00")
VERBS: Mapping[str, str] = {
    word: verb
    for verb, words in {
        "add": "add open 添加 新增 增加 开放",
        "close": "close remove 关闭 删除 取消",
        "list": "list 列表",
    }.items()
    for word in words.split()
}
DECIDERS = (Role.HR, Role.RECRUITER)
EVERY = timedelta(minutes=30)
SHORTEST, LONGEST = timedelta(minutes=5), timedelta(hours=8)
MOST = 100
MOST_PLACES = 500
SHOWN = 6
_SPAN = re.compile(r"(\d{1,3})\s*(m|min|分钟?|h|小时)?", re.IGNORECASE)
_LABEL = re.compile(r"(?i)s-?([0-9a-f]{5})")
_CLOCK = re.compile(r"\d\s*(?:[:：点时]|[ap]m\b)", re.IGNORECASE)


# -- more ------------------------------------------------------------------------------------------------


def add(scene: Scene, event: Event, rest: str) -> Turn:
    """Add the times of a span, or one; all of them, or none where one cannot be."""
    person = scene.person
    if person is None or not person.may(*DECIDERS):
        return answer(KIND, t("Times are added and closed by HR and recruiters."))
    try:
        line = read_line(rest, ("dry-run",), ("job", "every", "places"))
        role = _job(scene, line.pairs.get("job", ""))
        starts, step = _starts(scene, line)
        capacity = _places(line.pairs.get("places", "1"))
    except BadLine as bad:
        return answer(KIND, bad.why, _typed(ADD_USAGE))
    zone = zone_of(scene)
    made = tuple(
        Slot(fresh_id(event, f"slot:{at.isoformat()}"), at, zone, scene.policy.company, role, capacity, 0)
        for at in starts
    )
    if problems := list(_problems(made, scene.found["slots_all"], scene.now, step)):
        lead = t("{n} of these times cannot be added, so none was:", n=len(problems))
        return Turn(say=Message(KIND, lead, (*map(item, problems[:SHOWN]), *_rest(len(problems)))))
    if line.has("dry-run"):
        note = Note(t("Only a preview: nothing has happened. Without --dry-run it does."))
        return Turn(say=_added(made, note))
    detail = {"n": str(len(made)), "from": made[0].starts_at.isoformat(), "places": str(capacity)}
    effects = (OpenSlots(made), Record("slots.added", "slots", f"person:{person.id}", detail))
    undo = ct("typed", "slots close {label}", label=made[0].label)
    return Turn(effects=effects, say=_added(made, Note(t("To take one back: {command}", command=undo))))


def _added(made: Sequence[Slot], note: Note) -> Message:
    first = made[0]
    lead = nt(
        "{n} time for {role}, places for {places} each (clocks in {zone}):",
        "{n} times for {role}, places for {places} each (clocks in {zone}):",
        len(made),
        role=first.role or t("every role"),
        places=first.capacity,
        zone=first.zone,
    )
    lines: tuple[Block, ...] = tuple(item(_named(slot)) for slot in made[:SHOWN])
    return Message(KIND, lead, (*lines, *_rest(len(made)), note))


def _starts(scene: Scene, line: Line) -> tuple[list[datetime], timedelta]:
    """Return the instants at which times begin, and how far apart they are; raises BadLine."""
    typed, zone = line.text, zone_of(scene)
    if not typed:
        raise BadLine(t("When? Name a day and the time."))
    step = _step(line.pairs["every"]) if "every" in line.pairs else EVERY
    if (at := moment_of(typed, scene.now, zone)) is not None:
        if "every" in line.pairs:
            raise BadLine(t("From when to when? One time alone has no every:."))
        return [at], timedelta()
    window = when_of(typed, scene.now, zone)
    if window is None:
        raise BadLine(t("I cannot read “{typed}” as a day and time.", typed=typed[:80]))
    start, end = window
    if not _CLOCK.search(typed):
        raise BadLine(t("At what time? A day alone is not enough."))
    starts = []
    while start + step <= end:
        starts.append(start)
        start += step
    if not starts:
        raise BadLine(t("Between these two there is no room for one: make every: shorter, or the end later."))
    if len(starts) > MOST:
        raise BadLine(
            t("That is more than {n} times at once. Take a shorter span, or make every: longer.", n=MOST)
        )
    return starts, step


def _step(typed: str) -> timedelta:
    found = _SPAN.fullmatch(typed.strip())
    span = timedelta(0)
    if found is not None:
        is_hours = (found[2] or "").casefold() in ("h", "小时")
        span = timedelta(hours=int(found[1])) if is_hours else timedelta(minutes=int(found[1]))
    if not SHORTEST <= span <= LONGEST:
        raise BadLine(t("every: is a length from 5m to 8h, like every:30m."))
    return span


def _places(typed: str) -> int:
    if typed.isascii() and typed.isdecimal() and 0 < int(typed[:6]) <= MOST_PLACES:
        return int(typed)
    raise BadLine(t("places: is a number from 1 to {n}, like places:2.", n=MOST_PLACES))


def _job(scene: Scene, typed: str) -> str:
    """Return the role that times are for, empty for all; recruiters name one of their own."""
    person = scene.person
    if person is None or person.may(Role.HR):
        return typed.strip()
    own = {plain_job(job): job for job in person.jobs}
    if plain_job(typed) in own:
        return own[plain_job(typed)]
    if not own:
        raise BadLine(t("You have no jobs here yet. An administrator gives them: role grant"))
    raise BadLine(
        t("Recruiters change times of their own jobs: job:{jobs}", jobs=Listing(tuple(sorted(own.values()))))
    )


def _problems(made: Sequence[Slot], known: Sequence[Slot], now: datetime, step: timedelta) -> Iterator[Text]:
    for slot in made:
        if slot.starts_at <= now:
            yield t("{when} is already past.", when=_when(slot))
            continue
        same = [one for one in known if one.company == slot.company and fold(one.role) == fold(slot.role)]
        for one in same:
            if one.starts_at == slot.starts_at:
                yield t("{when} is there already: {label}.", when=_when(slot), label=one.label)
                break
            if abs(one.starts_at - slot.starts_at) < step:
                yield t(
                    "{when} overlaps {label}, {other}.", when=_when(slot), label=one.label, other=_when(one)
                )
                break


# -- fewer -----------------------------------------------------------------------------------------------


def close(scene: Scene, event: Event, rest: str) -> Turn:
    """Offer a time no more; who has it booked keeps it."""
    person = scene.person
    if person is None or not person.may(*DECIDERS):
        return answer(KIND, t("Times are added and closed by HR and recruiters."))
    try:
        line = read_line(rest, ("dry-run",), ("job",))
        found = _meant(scene, line)
    except BadLine as bad:
        return answer(KIND, bad.why, _typed(CLOSE_USAGE))
    mine = [slot for slot in found if _is_theirs(scene, slot)]
    if not mine:
        return answer(KIND, t("No time of yours is meant by “{typed}”.", typed=rest.strip()[:80]),
                      Note(t("Which there are: slots")))  # fmt: skip
    kept = sum(slot.taken for slot in mine)
    lead = nt("{n} time is offered no more:", "{n} times are offered no more:", len(mine))
    stays = nt("{n} booking in them stays.", "{n} bookings in them stay.", kept)
    if line.has("dry-run"):
        lead = nt("{n} time would be closed:", "{n} times would be closed:", len(mine))
        stays = t("Only a preview: nothing has happened. Without --dry-run it does.")
    lines: tuple[Block, ...] = tuple(item(_named(slot)) for slot in mine[:SHOWN])
    notes = (Note(stays),) if kept or line.has("dry-run") else ()
    said = Message(KIND, lead, (*lines, *_rest(len(mine)), *notes))
    if line.has("dry-run"):
        return Turn(say=said)
    closed = Record("slots.closed", "slots", f"person:{person.id}", {"n": str(len(mine)), "kept": str(kept)})
    return Turn(effects=(*(CloseSlot(slot.id) for slot in mine), closed), say=said)


def _meant(scene: Scene, line: Line) -> list[Slot]:
    """Return the times ahead that a label or an hour names; raises BadLine for a whole day without more."""
    coming = [slot for slot in scene.found["slots_all"] if slot.starts_at > scene.now]
    if job := line.pairs.get("job"):
        coming = [slot for slot in coming if plain_job(slot.role) == plain_job(job)]
    typed, zone = line.text, zone_of(scene)
    if not typed:
        raise BadLine(t("Which time? Its id stands in the list: slots"))
    if label := _LABEL.fullmatch(typed):
        named = [slot for slot in coming if slot.label == f"S-{label[1].upper()}"]
        if len(named) > 1:
            raise BadLine(t("Several times are called so. Name the day and hour instead."))
        return named
    if (at := moment_of(typed, scene.now, zone)) is not None:
        return [slot for slot in coming if slot.starts_at == at]
    window = when_of(typed, scene.now, zone)
    if window is None:
        raise BadLine(t("I cannot read “{typed}” as a day and time.", typed=typed[:80]))
    return [slot for slot in coming if window[0] <= slot.starts_at < window[1]]


def _is_theirs(scene: Scene, slot: Slot) -> bool:
    person = scene.person
    if person is None or person.may(Role.HR):
        return person is not None
    return plain_job(slot.role) in {plain_job(job) for job in person.jobs}


# -- how it is said --------------------------------------------------------------------------------------


def _when(slot: Slot) -> Moment:
    return Moment(slot.starts_at, slot.zone)


def _named(slot: Slot) -> Text:
    return t("{label} {when}", label=slot.label, when=_when(slot))


def _rest(n: int) -> tuple[Note, ...]:
    return (Note(nt("{n} more", "{n} more", n - SHOWN)),) if n > SHOWN else ()


def _typed(usage: Text) -> Note:
    return Note(t("It is typed like this: {usage}", usage=usage))
