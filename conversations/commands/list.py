"""`list`: interviews by day, state or name, a screen at a time; 今天, 明天 and 未参加 are words of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from conversations.book import fold
from conversations.commands.lines import SCREEN, days_of, line, line_typed, more, page_in, pages, zone_of
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
_LISTED: Mapping[str, Text] = {
    "no_show": ct("list", "no-shows"),
    "unbound": ct("list", "cannot be reached yet"),
    "unconfirmed": ct("list", "not confirmed"),
    "confirmed": ct("list", "confirmed"),
    "joined": ct("list", "joined"),
    "completed": ct("list", "completed"),
    "cancelled": ct("list", "cancelled"),
    "withdrawn": ct("list", "withdrawn"),
}
_AHEAD = frozenset({"unbound", "unconfirmed", "confirmed"})
"""What only interviews still ahead can be."""
_USUAL: Mapping[str, str] = {
    "unconfirmed": "next60d",
    "confirmed": "next60d",
    "joined": "last7d",
    "completed": "last7d",
    "cancelled": "last30d",
    "withdrawn": "last30d",
}
"""The days a state is listed for when none are asked for."""
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
    def needs(self) -> tuple[Need, ...]:
        if self.state == "unbound":
            return (Need("unbound"),)
        state = "scheduled" if self.state in _AHEAD else self.state
        return (
            Need("interviews", {"text": self.text, "state": state, "when": self.when, "limit": str(LIMIT)}),
        )

    def found(self, scene: Scene) -> list[Target]:
        """Return what was found and is asked for: what is to come first, then what was, the nearest first."""
        window = when_of(self.when, scene.now, zone_of(scene))
        return sorted(
            (
                target
                for target in scene.found["unbound" if self.state == "unbound" else "interviews"]
                if sees(scene.person, target.interview)
                and (window is None or window[0] <= target.interview.attempt.starts_at < window[1])
                and self._is_meant(target, scene.now)
            ),
            key=lambda target: self._order(target, scene.now),
        )

    def in_words(self, scene: Scene) -> Text:
        """Return what is listed, as in "no-shows, Tue 24 Nov"."""
        window = when_of(self.when, scene.now, zone_of(scene)) if self.when != "all" else None
        said = [_LISTED[self.state]] if self.state else []
        said += [days_of(window, zone_of(scene))] if window else []
        said += [t("“{text}”", text=self.text)] if self.text else []
        what = said[0] if said else t("all")
        for also in said[1:]:
            what = t("{what}, {also}", what=what, also=also)
        return what

    def _order(self, target: Target, now: datetime) -> tuple[bool, float, int]:
        starts_at = target.interview.attempt.starts_at
        is_search = self.when == "all" and self.state != "no_show"
        distance = abs(starts_at - now).total_seconds() if is_search else starts_at.timestamp()
        return is_search and starts_at < now, distance, target.interview.number

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

    Without a state or name it is today's list.
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
    usual = _USUAL.get(state, "all") if state or text else "today"
    return Asked(" ".join(text), state, when or usual, page)


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
        return Turn(say=_answer(asked, asked.found(scene), scene, event))

    return Command(name, aliases, STAFF, usage, about, run, needs)


def _answer(asked: Asked, found: Sequence[Target], scene: Scene, event: Event) -> Message:
    page = asked.page if asked.page <= -(-len(found) // SCREEN) else 1
    shown = pages(found, page)
    if not shown:
        lead = t("No interviews: {what}.", what=asked.in_words(scene))
        return Message(
            "command.list", lead, (Note(t("Try: list today · list tomorrow · list no_show · list unbound")),)
        )
    lead = nt("{n} interview: {what}.", "{n} interviews: {what}.", len(found), what=asked.in_words(scene))
    narrow = t("There are more than {n}, so not all are listed: ask for a day, a state or a name.", n=LIMIT)
    blocks: tuple[Block, ...] = (
        *(line(target, event, scene.now) for target in shown),
        *more(len(found), page, page_in(line_typed(event))[0]),
        *([Note(narrow)] if len(found) >= LIMIT else []),
        Note(t("More about one: show {label}. What was sent: why {label}", label=shown[0].interview.label)),
    )
    return Message("command.list", lead, blocks, _links(shown, event) if asked.state == "unbound" else ())


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
    t("Interviews by day, state or name: list friday · list no_show · list unbound"),
)
TOMORROW = listing("tomorrow", ("明天",), "tomorrow", t("Tomorrow's interviews."), when="tomorrow")
NO_SHOWS = listing("no-shows", ("未参加", "no_shows"), "no-shows", t("All open no-shows."), state="no_show")
