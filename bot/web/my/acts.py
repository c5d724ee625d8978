"""What a candidate does on their page, as an event: a press, something wanted, words, a form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from hashlib import sha256

from bot.web.my.seals import Seals
from bot.web.my.visits import Visit
from conversations.events import Body, Event, Pressed, Said, Submitted, Wanted
from conversations.identity import PAGE

WANTS = frozenset({"confirm", "move", "cant", "technical", "person", "status", "stop", "start", "send_link"})
"""What the page's own buttons may ask for."""
LONGEST = 1000
"""Characters of what somebody types; more is cut off, as the field does."""


def act(visit: Visit, given: Mapping[str, str], seals: Seals, now: datetime) -> Event | None:
    """Return what a form of the page asks for; None for nothing, such as words that are only space.

    The event's id comes from the page that was shown and from what was sent: whatever is sent twice happens once.
    """
    body = _body(given, seals)
    if body is None:
        return None
    told = "\n".join(f"{name}={value}" for name, value in sorted(given.items()))
    return event(visit, sha256(told.encode()).hexdigest()[:32], body, now)


def event(visit: Visit, id: str, body: Body, now: datetime) -> Event:
    """Return what happens on a candidate's page."""
    person, interview = str(visit.person.id), str(visit.interview.id)
    made = Event(f"{visit.interview.id.hex}:{id}", PAGE, now, body, account=PAGE, user=person, chat=interview)
    return replace(made, language=visit.reader.locale)


def _body(given: Mapping[str, str], seals: Seals) -> Body | None:
    if "value" in given:
        return Pressed(given["value"][:200])
    if given.get("want") in WANTS:
        return Wanted(given["want"])
    if "carried" in given:
        return _form(given, seals)
    words = given.get("text", "").strip()
    return Said(words[:LONGEST]) if words else None


def _form(given: Mapping[str, str], seals: Seals) -> Body | None:
    carried = seals.opened(given["carried"])
    if carried is None:
        return None
    name = carried.pop("form")
    filled = {
        key.removeprefix("f."): value.strip()[:LONGEST]
        for key, value in given.items()
        if key.startswith("f.")
    }
    return Submitted(name, filled, carried)
