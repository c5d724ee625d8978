"""`list`: interviews by day, state or name, a screen at a time; 今天, 明天 and 未参加 are words of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from conversations.book import fold
from conversations.commands.lines import SCREEN, line, more, page_in, pages, zone_of
from conversations.commands.one import sees
from conversations.dialog import Command, Need, Scene, Turn
from conversations.events import Event
from conversations.findings import Target
from conversations.identity import STAFF
from conversations.messages import Block, Link, Message, Note
from conversations.understanding.when import when_of
from locales.text import Text, ct, nt, t

STATES: Mapping[str, str] = {
    word: state
    for state, words in {
        "no_show": "no_show noshow no-show no-shows 未参加",
        "unbound": "unbound 未绑定",
        "unconfirmed": "unconfirmed 未确认",
        "confirmed": "confirmed 已确认",
        "joined": "joined 已参加",
        "completed": "completed 已完成",
        "cancelled": "cancelled canceled 已取消",
        "withdrawn": "withdrawn 已退出",
    }.items()
    for word in words.split()
}
_AHEAD = frozenset({"unbound", "unconfirmed", "confirmed"})
"""What only interviews still ahead can be."""
LIMIT = 200
"""No list goes further than this; whoever needs more asks for less."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a list was asked for; all of it narrows the list down."""

    text: str = ""
    state: str = ""
    when: str = ""
    page: int = 1

    @property
    def typed(self) -> str:
        """As it is typed, without the page."""
        when = "" if self.when == "all" else self.when
        return " ".join(("list", *filter(None, (self.state, when, self.text))))

    @property
    def needs(self) -> tuple[Need, ...]:
        if self.state == "unbound":
            return (Need("unbound"),)
        state = "scheduled" if self.state in _AHEAD else self.state
        return (
            Need("interviews", {"text": self.text, "state": state, "when": self.when, "limit": str(LIMIT)}),
        )

    def found(self, scene: Scene) -> list[Target]:
        """Return what was found and is asked for, the next first."""
        window = when_of(self.when, scene.now, zone_of(scene))
        return sorted(
            (
                target
                for target in scene.found["unbound" if self.state == "unbound" else "interviews"]
                if sees(scene.person, target.interview)
                and (window is None or window[0] <= target.interview.attempt.starts_at < window[1])
                and self._is_meant(target, scene.now)
            ),
            key=lambda target: (target.interview.attempt.starts_at, target.interview.number),
        )

    def _is_meant(self, target: Target, now: datetime) -> bool:
        if self.state not in _AHEAD:
            return True
        if target.interview.attempt.starts_at <= now:
            return False
        if self.state == "unbound":
            return not target.candidate.reachable and fold(self.text) in fold(
                f"{target.interview.label} {target.candidate.name} {target.interview.role}"
            )
        return (target.interview.attempt.confirmed_at is not None) is (self.state == "confirmed")


def read(rest: str, *, state: str = "", when: str = "") -> Asked:
    """Read a list's arguments: states and days, in any order, and a name or role in what is left.

    Without a state or name it is today's list, with one everything of a year.
    """
    words_typed, page = page_in(rest)
    words, text = words_typed.split(), []
    while words:
        n = next((n for n in range(min(4, len(words)), 0, -1) if _is_day(" ".join(words[:n]))), 0)
        if n:
            when, words = " ".join(words[:n]), words[n:]
        elif fold(words[0]) in STATES:
            state, words = STATES[fold(words[0])], words[1:]
        else:
            text.append(words.pop(0))
    return Asked(" ".join(text), state, when or ("all" if state or text else "today"), page)


def _is_day(text: str) -> bool:
    return when_of(text, datetime(2026, 1, 1, tzinfo=UTC), "UTC") is not None


def listing(
    name: str, aliases: tuple[str, ...], usage: str, about: Text, state: str = "", when: str = ""
) -> Command:
    """Return a command that lists, narrowed down from the start."""

    def needs(rest: str) -> tuple[Need, ...]:
        return read(rest, state=state, when=when).needs

    def run(scene: Scene, event: Event, rest: str) -> Turn:
        asked = read(rest, state=state, when=when)
        return Turn(say=_answer(asked, asked.found(scene), event, scene.now))

    return Command(name, aliases, STAFF, usage, about, run, needs)


def _answer(asked: Asked, found: Sequence[Target], event: Event, now: datetime) -> Message:
    page = asked.page if asked.page <= -(-len(found) // SCREEN) else 1
    shown = pages(found, page)
    if not shown:
        lead = t("No interviews for “{typed}”.", typed=asked.typed)
        hint = t("Try {examples}", examples="list today · list tomorrow · list no_show · list unbound")
        return Message("command.list", lead, (Note(hint),))
    lead = nt("{n} interview ({typed}):", "{n} interviews ({typed}):", len(found), typed=asked.typed)
    blocks: tuple[Block, ...] = (
        *(line(target, event, now) for target in shown),
        *more(len(found), page, asked.typed),
    )
    links = _links(shown, event) if asked.state == "unbound" else ()
    first = shown[0].interview.label
    note = Note(
        t(
            "More about one: {show}. Why a message was sent or not: {why}",
            show=f"show {first}",
            why=f"why {first}",
        )
    )
    return Message("command.list", lead, (*blocks, note), links)


def _links(shown: Sequence[Target], event: Event) -> tuple[Link, ...]:
    if not event.is_private:
        return ()
    return tuple(
        Link(f"invite:{target.interview.id}", ct("button", "Link for {label}", label=target.interview.label))
        for target in shown
    )


LIST = listing(
    "list",
    ("列表", "名单", "今天", "today"),
    "list today",
    t("Interviews by day, state or name: {examples}", examples="list friday · list no_show · list unbound"),
)
TOMORROW = listing("tomorrow", ("明天",), "tomorrow", t("Tomorrow's interviews."), when="tomorrow")
NO_SHOWS = listing("no-shows", ("未参加", "no_shows"), "no-shows", t("All open no-shows."), state="no_show")
