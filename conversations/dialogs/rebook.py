"""Another time: three spread-out free times as buttons, more of them, or one's own words; booked by one tap."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from conversations.dialog import Ask, Dialog, Hear, Need, Pick, Scene, Session, Tell, Turn
from conversations.dialogs import person
from conversations.dialogs.appointments import (
    OF_THE_START,
    close_cases,
    is_off,
    may_be_told,
    move,
    plan,
    refresh_cases,
    standing,
    subject,
    unhurried,
    was_just,
)
from conversations.dialogs.forms import Wrong, filled, span_in, too_far
from conversations.dialogs.phrases import calendar, elements, go, guides, role_of, when, zone_of
from conversations.effects import (
    PROMPTLY,
    Answer,
    DropTimers,
    Effect,
    HoldSlot,
    Manner,
    Priority,
    Say,
    Withdraw,
)
from conversations.engine import NeedMore
from conversations.events import Booked, Event, Failed, Ordered, Said, Signal
from conversations.identity import ToTeam
from conversations.interview import CaseKind, Interview, Slot, State
from conversations.messages import Block, Field, Form, Message, Note, Para, Press
from conversations.policy import Policy
from conversations.spread import spread, within
from conversations.understanding.intents import heed
from conversations.understanding.times import window_of
from locales.text import Listing, Moment, Span, Text, ct, nt, t
from locales.zones import local, resolve

COUNT = 3
APOLOGIES = ("outage", "sorry")
"""What a whole day's interviews are offered other times for."""
ENTRIES = ("rebook.offer", "rebook.by_person", "status.now")
"""Where `begin` may lead."""
Because = Literal["limit", "cutoff", "no_slots", "none_fits"]


# -- how it begins ---------------------------------------------------------------------------------------


def begin(
    scene: Scene,
    event: Event,
    why: str = "",
    *,
    text: str = "",
    by_staff: bool = False,
    to: str = "rebook.offer",
) -> Turn:
    """Offer free times, or let a person find one where the rules or the calendar leave none.

    `why` chooses the first words. `text` may hold times that somebody typed. Staff are bound by no limit.
    """
    if is_off(scene):
        return standing(scene)
    if not by_staff and (because := _limit(scene)):
        return by_person(scene, event, because)
    slots = _slots(scene)
    if not slots:
        return by_person(scene, event, "no_slots")
    keep = {"why": why, "near": False, "by_staff": by_staff}
    if text and (wanted := _windows(scene, text)):
        return Turn(to=to, keep={**keep, "why": why or "typed", **_wanted(scene, slots, wanted)})
    return Turn(to=to, keep={**keep, **_shown(scene, slots, ())})


def by_person(scene: Scene, event: Event, because: Because) -> Turn:
    """Somebody of the team finds a time, and the candidate knows that."""
    return Turn(
        effects=(*person.open_case(scene, event), *refresh_cases(scene, CaseKind.NO_SHOW)),
        to="rebook.by_person",
        keep={"because": because},
    )


def _limit(scene: Scene) -> Because | None:
    interview, policy = scene.booked, scene.policy
    if interview.moves >= policy.moves_allowed:
        return "limit"
    left = interview.attempt.starts_at - scene.now
    is_near = timedelta() < left < policy.move_cutoff
    return "cutoff" if interview.state is State.SCHEDULED and is_near else None


def _slots(scene: Scene) -> tuple[Slot, ...]:
    if "slots" not in scene.found:
        raise NeedMore((Need("slots"),))
    found: Iterable[Slot] = scene.found["slots"]
    attempt, is_booked = scene.booked.attempt, scene.booked.state is State.SCHEDULED
    return tuple(
        slot
        for slot in found
        if slot.is_free
        and slot.starts_at > scene.now
        and not (is_booked and (slot.id == attempt.slot or slot.starts_at == attempt.starts_at))
    )


def _shown(scene: Scene, slots: Sequence[Slot], seen: Sequence[str]) -> dict[str, Any]:
    """Return what a session keeps of the times it offers: none of those `seen`, until all were seen."""
    zone = zone_of(scene)
    chosen = spread(slots, zone, scene.now, COUNT, [UUID(id) for id in seen])
    is_again = not chosen
    if is_again:
        seen, chosen = (), spread(slots, zone, scene.now, COUNT)
    known = [*seen, *(str(slot.id) for slot in chosen)]
    rest = spread(slots, zone, scene.now, 1, [UUID(id) for id in known])
    return {
        "slots": [_kept(slot) for slot in chosen],
        "seen": known,
        "more": bool(rest) or is_again or len(known) > len(chosen),
        "again": is_again,
    }


def _kept(slot: Slot) -> dict[str, str]:
    return {"id": str(slot.id), "at": slot.starts_at.isoformat(), "zone": slot.zone}


# -- what is offered -------------------------------------------------------------------------------------


def times(scene: Scene, session: Session) -> tuple[Press, ...]:
    """Return the offered times as buttons, and the ways on from them."""
    data = session.data if "slots" in session.data else _shown(scene, _slots(scene), ())
    offered = tuple(
        Press(
            f"slot:{n}",
            ct("button", "{when}", when=Moment(datetime.fromisoformat(slot["at"]), slot["zone"])),
        )
        for n, slot in enumerate(data["slots"])
    )
    more = (Press("more", ct("button", "Other times")),) if data["more"] else ()
    return (
        *offered,
        *more,
        Press("typed", ct("button", "Type a time")),
        Press("none", ct("button", "None of these")),
    )


def _offer(scene: Scene, session: Session) -> Message:
    notes: tuple[Block, ...] = ()
    if session.data.get("again"):
        notes = (Note(t("Those were all the free times. Here they are again.")),)
    elif session.data.get("near"):
        notes = (Note(t("You can also type another day or time.")),)
    lead = _apology(scene, session) or _lead(session)
    return Message("rebook.offer", lead, notes, times(scene, session))


def _apology(scene: Scene, session: Session) -> Text | None:
    """Return the first words to somebody whose interview failed together with others'."""
    if session.data.get("near"):
        return None
    interview = scene.booked
    match session.data.get("why"):
        case "outage":
            return t(
                "We are sorry: {interview}, {when}, was spoilt by trouble on our side. It has no effect on you. "
                "Which of these times suits you?",
                interview=role_of(interview),
                when=when(interview.attempt),
            )
        case "sorry":
            return t(
                "We are sorry that it did not work out with {interview}, {when}, and would be glad to see you "
                "another time. Which of these suits you?",
                interview=role_of(interview),
                when=when(interview.attempt),
            )
    return None


def _lead(session: Session) -> Text:
    if session.data.get("near"):
        return t("Nothing is free just then. These are the nearest times:")
    match session.data.get("why"):
        case "typed":
            return t("These times are free:")
        case "more":
            return t("Some other times:")
        case "forgot":
            return t("That happens, no problem. Which of these times suits you?")
        case "came_up":
            return t("Thank you for telling us, and I hope all is well. Which of these times suits you?")
        case "unclear":
            return t("Sorry that our message was not clear. Which of these times suits you?")
        case "private" | "other":
            return t("That is all right, and thank you for answering. Which of these times suits you?")
        case "technical":
            return t(
                "Sorry that it does not work. Support is back later and has your question, but you need not wait: "
                "which of these times suits you?"
            )
        case "staff":
            return t("The hiring team offers you another time. Which of these suits you?")
        case "stay":
            return t("Good that you are still with us. Which of these times suits you?")
        case "solved":
            return t("Glad that it works now. Which of these times suits you?")
        case _:
            return t("Of course. Which of these times suits you?")


def _typed(scene: Scene, session: Session) -> Message:
    lead = t("When would suit you? Type a day or a time, such as “tomorrow after 4 pm” or “Friday morning”.")
    return Message("rebook.typed", lead, (), (Press("back", ct("button", "Show me the free times")),))


def _gone(scene: Scene, session: Session) -> Message:
    lead = t("Sorry, that time has just been taken. These are still free:")
    return Message("rebook.gone", lead, (), times(scene, session))


# -- what is chosen --------------------------------------------------------------------------------------


def _slot(scene: Scene, session: Session, event: Event, arg: str) -> Turn:
    """Book the time that was shown, if it is still free."""
    if is_off(scene):
        return standing(scene)
    if not session.data.get("by_staff") and (because := _limit(scene)):
        return by_person(scene, event, because)
    shown = session.data if "slots" in session.data else _shown(scene, _slots(scene), ())
    kept = shown["slots"]
    wanted = kept[int(arg)]["id"] if arg.isdigit() and int(arg) < len(kept) else ""
    slot = next((slot for slot in _slots(scene) if str(slot.id) == wanted), None)
    if slot is None:
        return _take_another(scene, event, session)
    turn = _book(scene, event, slot)
    # Where trouble was on our side, the case about it is settled with the new time.
    settled = (
        close_cases(scene, "rebooked", CaseKind.TECHNICAL) if session.data.get("crowd") == "outage" else ()
    )
    return turn.and_also(*settled)


def _book(scene: Scene, event: Event, slot: Slot) -> Turn:
    interview = scene.booked
    moved, effects = move(scene, event, slot.starts_at, slot.zone, slot.join, slot=slot.id, by_candidate=True)
    told: tuple[Effect, ...] = ()
    if interview.state is State.SCHEDULED:
        told = (tell_hr(scene, interview, t("moved by the candidate to {when}.", when=when(moved.attempt))),)
    return Turn(
        effects=(HoldSlot(slot.id, interview.id), *effects, *told),
        to="rebook.done",
        answer=Answer(toast=t("Booked. Thank you!")),
        chosen=t("{when}", when=when(moved.attempt)),
    )


def tell_hr(scene: Scene, interview: Interview, what: Text) -> Say:
    """Tell HR in one line what a candidate did about an attempt; the same line follows what comes of it."""
    attempt = interview.attempt
    lead = t(
        "{label} {name}, {role}, {when}: {what}",
        label=interview.label,
        name=scene.whose.name,
        role=interview.role,
        when=when(attempt),
        what=what,
    )
    message = Message("hr.told", lead, key=f"told:{attempt.id}")
    manner = Manner(where="ladder", priority=Priority.ALERT)
    return Say(ToTeam("hr"), message, manner, interview.id, attempt.id)


def _take_another(scene: Scene, event: Event, session: Session | None) -> Turn:
    """Somebody was faster: fresh times at once."""
    slots = _slots(scene)
    if not slots:
        return by_person(scene, event, "no_slots")
    by_staff, crowd = bool(session and session.data.get("by_staff")), _of_crowd(session)
    fresh = _own_times(scene, slots) if crowd else _shown(scene, slots, ())
    return Turn(
        to="rebook.gone",
        keep={**fresh, "near": False, "by_staff": by_staff, **crowd},
        answer=Answer(toast=t("Sorry, that time has just been taken.")),
    )


def _failed(scene: Scene, event: Event) -> Turn:
    """The last place went while we were booking it."""
    if not isinstance(event.body, Failed) or scene.interview is None:
        return Turn()
    return _take_another(scene, event, scene.session(f"person:{scene.whose.id}", subject(scene.interview)))


def _more(scene: Scene, session: Session, event: Event, arg: str) -> Turn:
    slots = _slots(scene)
    if not slots:
        return by_person(scene, event, "no_slots")
    shown = _shown(scene, slots, session.data.get("seen", ()))
    return Turn(to="rebook.offer", keep={**_lasting(session), "why": "more", "near": False, **shown})


def _back(scene: Scene, session: Session, event: Event, arg: str) -> Turn:
    return _more(scene, replace(session, data={**session.data, "seen": []}), event, arg)


def _to_typed(scene: Scene, session: Session, event: Event, arg: str) -> Turn:
    return Turn(to="rebook.typed", keep=_lasting(session), chosen=ct("button", "Type a time"))


def _none(scene: Scene, session: Session, event: Event, arg: str) -> Turn:
    return replace(by_person(scene, event, "none_fits"), chosen=ct("button", "None of these"))


def _lasting(session: Session) -> dict[str, Any]:
    """Return what a session keeps from one offer to the next."""
    by_staff, seen = session.data.get("by_staff", False), list(session.data.get("seen", ()))
    return {"by_staff": by_staff, "seen": seen, **_of_crowd(session)}


def _of_crowd(session: Session | None) -> dict[str, Any]:
    """Return why somebody was offered times together with many others, as a session keeps it."""
    crowd = session.data.get("crowd") if session is not None else None
    return {"crowd": crowd} if crowd else {}


PICKS: Mapping[str, Pick] = {"slot": _slot, "more": _more, "typed": _to_typed, "none": _none}
EXITS = ("rebook.offer", "rebook.gone", "rebook.typed", "rebook.by_person", "rebook.done", "status.now")


# -- their own words -------------------------------------------------------------------------------------


def _hear(scene: Scene, session: Session, event: Event, said: Said) -> Turn:
    """Understand a time, "more" and "none of these"; anything else goes to what one can say at any time."""
    slots = _slots(scene)
    wanted = _windows(scene, said.text)
    if wanted and slots:
        keep = {**_lasting(session), "why": "typed", **_wanted(scene, slots, wanted)}
        return Turn(to="rebook.offer", keep=keep)
    match heed(said.text).intent:
        case "more":
            return _more(scene, session, event, "")
        case "no":
            return by_person(scene, event, "none_fits")
    return Turn(was_understood=False)


HEAR: Hear = _hear


# -- the same as a form ----------------------------------------------------------------------------------


def _form(scene: Scene, session: Session) -> Form:
    zone = zone_of(scene)
    return Form(
        "rebook.typed",
        t("Another time"),
        (
            Field("day", t("Which day would suit you?"), "date", is_required=False),
            Field("time", t("About what time? (clocks in {zone})", zone=zone), "time", is_required=False),
            Field("words", t("Or in your own words, such as “Friday morning”"), is_required=False),
        ),
        ct("button", "Show me the free times"),
    )


def _submit(scene: Scene, session: Session, event: Event, values: Mapping[str, str]) -> Turn:
    """Offer what is free around the day and time chosen, or around what the words say."""
    if is_off(scene):
        return standing(scene)
    wanted, wrong = _filled_in(scene, values)
    if wrong:
        return Turn(answer=Answer(field_errors=wrong))
    slots = _slots(scene)
    if not slots:
        return by_person(scene, event, "no_slots")
    keep = {**_lasting(session), "why": "typed", **_wanted(scene, slots, wanted)}
    return Turn(to="rebook.offer", keep=keep)


def _filled_in(scene: Scene, values: Mapping[str, str]) -> tuple[list[tuple[datetime, datetime]], Wrong]:
    """Return what a form asks for as stretches of time, and what is wrong with it."""
    day, at, words = filled(values, "day", "time", "words")
    zone, horizon = zone_of(scene), scene.policy.horizon
    if day:
        span, wrong = span_in(day, at, zone, scene.now, horizon)
        return [span] if span else [], wrong
    if not words:
        return [], {"day": t("Choose a day, or write below when it would suit you.")}
    found = _windows(scene, words)
    if not found:
        return [], {"words": t("I find no day or time in this. Write for example: tomorrow after 4 pm")}
    if found[0][0] > scene.now + horizon:
        return [], {"words": too_far(local(scene.now + horizon, zone).date())}
    return found, {}


# -- what words and forms ask for ------------------------------------------------------------------------


def _windows(scene: Scene, text: str) -> list[tuple[datetime, datetime]]:
    """Return what somebody typed as stretches of time, on their own clock."""
    zone = zone_of(scene)
    found = window_of(text, local(scene.now, zone))
    return [(resolve(window.start, zone), resolve(window.end, zone)) for window in found]


def _wanted(
    scene: Scene, slots: Sequence[Slot], windows: Sequence[tuple[datetime, datetime]]
) -> dict[str, Any]:
    """Return the free times within the windows, or the nearest to them."""
    inside = {slot.id: slot for start, end in windows for slot in within(slots, start, end)}
    if inside:
        chosen = spread(tuple(inside.values()), zone_of(scene), scene.now, COUNT)
    else:
        near = sorted(slots, key=lambda slot: min(_distance(slot, *window) for window in windows))
        chosen = tuple(sorted(near[:COUNT], key=lambda slot: slot.starts_at))
    return {
        "slots": [_kept(slot) for slot in chosen],
        "seen": [str(slot.id) for slot in chosen],
        "more": len(slots) > len(chosen),
        "near": not inside,
        "again": False,
    }


def _distance(slot: Slot, start: datetime, end: datetime) -> float:
    if slot.starts_at < start:
        return (start - slot.starts_at).total_seconds()
    return max((slot.starts_at - end).total_seconds(), 0.0)


# -- how it ends -----------------------------------------------------------------------------------------


def _done(scene: Scene, session: Session) -> Message:
    interview = scene.booked
    lead = t("It is booked: {when}. Thank you, and see you then!", when=when(interview.attempt))
    blocks = (*elements(scene, "time"), *_what_we_send(scene), calendar(interview))
    return Message("rebook.done", lead, blocks, (*go(scene), *guides(scene.policy)), calendar="update")


def _what_we_send(scene: Scene) -> tuple[Block, ...]:
    times = reminders_ahead(scene)
    said: tuple[Block, ...] = ()
    if times:
        said = (Para(t("I will remind you {times}.", times=Listing(times))),)
    return (*said, Note(t("If anything changes, just write to me: “move”, “can't come” or “help”.")))


def reminders_ahead(scene: Scene) -> tuple[Text, ...]:
    """Return how long before the start reminders are still to come: "1 hour before"."""
    attempt = scene.booked.attempt
    rungs = (rung for rung in scene.policy.rungs if rung.when_confirmed or attempt.confirmed_at is None)
    ahead = (Span(rung.before) for rung in rungs if attempt.starts_at - rung.before > scene.now)
    return tuple(t("{span} before", span=span) for span in ahead)


def _by_person(scene: Scene, session: Session) -> Message:
    match session.data.get("because"):
        case "limit":
            lead = nt(
                "Your interview has been moved {n} time already, so a colleague will find the next time with you.",
                "Your interview has been moved {n} times already, so a colleague will find the next time with you.",
                scene.booked.moves,
            )
        case "cutoff":
            lead = t(
                "It begins in less than {span}, so a colleague will arrange this with you.",
                span=Span(scene.policy.move_cutoff),
            )
        case "no_slots":
            lead = t("There is no free time at the moment. A colleague will find one with you.")
        case _:
            lead = t("Then a colleague will find a time with you.")
    return Message("rebook.by_person", lead, (person.who_and_when(scene),))


# -- what staff and platforms do -------------------------------------------------------------------------


def _ordered_rebook(scene: Scene, event: Event) -> Turn:
    """HR has other times offered to the candidate, whatever the limits say."""
    if not may_be_told(scene):
        return Turn(answer=Answer(toast=t("The candidate cannot be reached by chat. Please call them.")))
    why = event.body.args.get("why", "staff") if isinstance(event.body, Ordered) else "staff"
    session = scene.session(f"person:{scene.whose.id}", subject(scene.booked)) if scene.interview else None
    if session is not None and was_just(session, "rebook.offer", scene.now):
        return Turn()
    turn = replace(begin(scene, event, why, by_staff=True), manner=PROMPTLY)
    if turn.to != "rebook.offer":
        return turn
    crowd = {"crowd": why, **_own_times(scene, _slots(scene))} if why in APOLOGIES else {}
    return replace(turn, keep={**turn.keep, **crowd, "by_staff_at": scene.now.isoformat()})


def _own_times(scene: Scene, slots: Sequence[Slot]) -> dict[str, Any]:
    """Return other times for each of many, so that not all of them tap the same one first."""
    ordered = sorted({slot.starts_at: slot for slot in slots}.values(), key=lambda slot: slot.starts_at)
    size = len(ordered)
    places = {(scene.booked.number + n * size // COUNT) % size for n in range(COUNT)}
    chosen = [ordered[place] for place in sorted(places)]
    return {
        "slots": [_kept(slot) for slot in chosen],
        "seen": [str(slot.id) for slot in chosen],
        "more": size > len(chosen),
        "again": False,
    }


def _ordered_offer(scene: Scene, event: Event) -> Turn:
    """After a call for help was settled: other times, beside "keep my time"."""
    if not may_be_told(scene) or is_off(scene):
        return Turn()
    if scene.booked.state is State.SCHEDULED and not _slots(scene):
        # Their own time stands: that there is no other is nobody's matter yet.
        return Turn(to="technical.closed", keep={"slots": []}, manner=PROMPTLY)
    return replace(begin(scene, event, "closed", by_staff=True, to="technical.closed"), manner=PROMPTLY)


def _ordered_move(scene: Scene, event: Event) -> Turn:
    """HR moves it: a new attempt, and the candidate is told the old and the new time."""
    if not isinstance(event.body, Ordered) or scene.interview is None:
        return Turn()
    attempt, args = scene.booked.attempt, event.body.args
    starts_at = datetime.fromisoformat(args["starts_at"]) if args.get("starts_at") else attempt.starts_at
    return _begin_anew(scene, event, starts_at, args.get("zone") or attempt.zone, args.get("join", ""))


def _signal_moved(scene: Scene, event: Event) -> Turn:
    if not isinstance(event.body, Signal) or scene.interview is None:
        return Turn()
    attempt, body = scene.booked.attempt, event.body
    return _begin_anew(scene, event, body.starts_at or attempt.starts_at, attempt.zone, body.join or "")


def _begin_anew(scene: Scene, event: Event, starts_at: datetime, zone: str, join: str) -> Turn:
    old = scene.booked.attempt
    if (starts_at, zone, join or old.join) == (old.starts_at, old.zone, old.join) or is_off(scene):
        return Turn()
    _, effects = move(scene, event, starts_at, zone, join)
    return _told(scene, effects, old.starts_at, starts_at, old.zone)


def _told(scene: Scene, effects: tuple[Effect, ...], old: datetime | None, new: datetime, zone: str) -> Turn:
    if not may_be_told(scene):
        return Turn(effects=effects)
    before = old.isoformat() if old is not None and old != new else None
    return Turn(
        effects=effects, to="reminder.moved", keep={"from": before, "zone": zone}, manner=unhurried(scene)
    )


def replanned(scene: Scene, event: Event) -> Turn:
    """A list moved it, or a zone's rules did: the new time stands already, and has to be planned and told."""
    body = event.body
    if not isinstance(body, Booked):
        return Turn()
    interview = scene.booked
    # What waits to be sent still names the old time.
    taken_back = (Withdraw(interview.id, "moved"), DropTimers(subject(interview), OF_THE_START))
    effects = (*taken_back, *plan(scene, interview))
    return _told(scene, effects, body.previous_start, interview.attempt.starts_at, interview.attempt.zone)


def _heed_move(scene: Scene, event: Event) -> Turn:
    """改约, or a wish with a time in it."""
    return begin(scene, event, text=event.body.text if isinstance(event.body, Said) else "")


def _lapse(scene: Scene, session: Session, event: Event) -> Turn:
    """Nobody answered: the offer stays open, and whoever looks after the case sees that no time was chosen."""
    return Turn(effects=refresh_cases(scene, CaseKind.NO_SHOW))


def _patience(policy: Policy) -> timedelta:
    return policy.patience


REBOOK = Dialog(
    "rebook",
    Ask(
        "offer",
        _offer,
        PICKS,
        hear=HEAR,
        lapse=_lapse,
        patience=_patience,
        exits=EXITS,
    ),
    Ask("typed", _typed, {"back": _back}, hear=HEAR, exits=EXITS, form=_form, submit=_submit),
    Ask("gone", _gone, PICKS, hear=HEAR, lapse=_lapse, patience=_patience, exits=EXITS),
    Tell("by_person", _by_person),
    Tell("done", _done),
    entries=("offer", "gone", "typed", "by_person", "done"),
    on={
        "failed.hold_slot": _failed,
        "ordered.rebook": _ordered_rebook,
        "ordered.offer": _ordered_offer,
        "ordered.move": _ordered_move,
        "signal.moved": _signal_moved,
    },
    heeds={"move": _heed_move},
)
