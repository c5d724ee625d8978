"""`add 李雷 13800001234 前端 明天14:00 https://…`: one interview from what was typed; what is missing is asked for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from conversations.commands.lines import zone_of
from conversations.commands.people import answer
from conversations.commands.selecting import check_days
from conversations.dialog import Command, Scene, Turn
from conversations.effects import REPLY, Show
from conversations.events import Event
from conversations.grammar import BadLine, read_line
from conversations.identity import Role
from conversations.understanding.when import moment_of
from locales.text import Moment, Text, ct, t
from locales.zones import local

KIND = "command.add"
USAGE = ct("typed", "add 李雷 13800001234 job:前端 tomorrow 14:00 https://meet.example/1")
ROLES = frozenset({Role.HR, Role.RECRUITER})
NEEDED: Mapping[str, Text] = {
    "name": t("whom it is with"),
    "starts_at": t("the day and time"),
    "link": t("the link where it takes place"),
}
_PHONE = re.compile(r"(?!\d{4}-\d\d?-\d)\+?\d[\d\-()]{6,18}\d")
_MAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
_LINK = re.compile(r"(?:https?|zoommtg|weixin)://\S+|#小程序://\S+", re.IGNORECASE)
_LONGEST_MOMENT = 4


@dataclass(frozen=True, slots=True)
class Draft:
    """One interview as far as it is known."""

    name: str = ""
    phone: str = ""
    email: str = ""
    role: str = ""
    starts_at: str = ""
    """On the wall, `2026-11-25 14:00`, on the clocks in `zone`."""
    zone: str = ""
    link: str = ""
    source: str = ""

    def as_data(self) -> dict[str, str]:
        return {name: getattr(self, name) for name in self.__dataclass_fields__}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Draft:
        return cls(**{name: str(data.get(name) or "") for name in cls.__dataclass_fields__})

    @property
    def missing(self) -> tuple[str, ...]:
        return tuple(name for name in NEEDED if not getattr(self, name))

    def over(self, other: Draft) -> Draft:
        """Return it with what another one says beside or instead."""
        said = {name: value for name, value in other.as_data().items() if value}
        return replace(self, **said)


def read(rest: str, now: datetime, zone: str, before: Draft | None = None) -> Draft:
    """Read an interview's fields out of words, in any order; raises BadLine.

    The first words that are nothing else are the name, those after it the role. `before` is what is known already.
    """
    line = read_line(rest, ("yes",), ("job", "source", "at"))
    known = before or Draft()
    found = Draft(zone=zone, role=line.pairs.get("job", ""), source=line.pairs.get("source", ""))
    left: list[str] = []
    words = list(line.words)
    if at := line.pairs.get("at"):
        words += at.split()
    while words:
        size, at_wall = _moment(words, now, zone)
        if size:
            found, words = replace(found, starts_at=at_wall), words[size:]
            continue
        word = words.pop(0)
        if _LINK.fullmatch(word):
            found = replace(found, link=word)
        elif _MAIL.fullmatch(word):
            found = replace(found, email=word)
        elif _PHONE.fullmatch(word):
            found = replace(found, phone=word)
        else:
            left.append(word)
    check_days(" ".join(left))
    _check_ahead(found, now)
    return known.over(_named(found, left, known))


def _check_ahead(found: Draft, now: datetime) -> None:
    """Refuse what has begun already; raises BadLine."""
    at = moment_of(found.starts_at, now, found.zone) if found.starts_at else None
    if at is not None and at <= now:
        raise BadLine(t("{when} has already passed ({zone}). What was before now comes with a list: import",
                        when=Moment(at, found.zone), zone=found.zone))  # fmt: skip


def _named(found: Draft, left: list[str], known: Draft) -> Draft:
    """Give words that are nothing else to the name, then to the role, whichever is still wanted."""
    if not left:
        return found
    wants_name, wants_role = not known.name, not (known.role or found.role)
    if wants_name and wants_role:
        # A name in Latin letters has two words at least; the rest is what they apply for.
        cut = 1 if not left[0].isascii() or len(left) == 1 else 2
        return replace(found, name=" ".join(left[:cut]), role=" ".join(left[cut:]))
    if wants_name:
        return replace(found, name=" ".join(left))
    if wants_role:
        return replace(found, role=" ".join(left))
    raise BadLine(t("I do not know what “{words}” is here.", words=" ".join(left)[:80]))


def _moment(words: list[str], now: datetime, zone: str) -> tuple[int, str]:
    """Return how many of the first words are a day and time, and which."""
    for size in range(min(_LONGEST_MOMENT, len(words)), 0, -1):
        typed = " ".join(words[:size])
        if _PHONE.fullmatch(typed):
            continue
        at = moment_of(typed, now, zone)
        if at is not None:
            return size, f"{local(at, zone):%Y-%m-%d %H:%M}"
    return 0, ""


def run(scene: Scene, event: Event, rest: str) -> Turn:
    """Ask for what is missing, or whether it is right."""
    if scene.person is None:
        return Turn()
    try:
        draft = read(rest, scene.now, zone_of(scene))
    except BadLine as bad:
        return answer(KIND, bad.why)
    step = "adding.sure" if not draft.missing else "adding.ask"
    return Turn(
        effects=(
            Show(f"person:{scene.person.id}", "add", step, {"draft": draft.as_data(), "wrong": ""}, REPLY),
        )
    )


ADD = Command(
    "add",
    ("新增", "新增面试", "添加面试"),
    ROLES,
    USAGE,
    t("Add one interview; what is left out is asked for."),
    run,
    is_personal=True,
)
