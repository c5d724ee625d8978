"""`list`: interviews by day, state or name, a screen at a time; 今天, 明天 and 未参加 are words of their own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from conversations.book import fold
from conversations.commands.lines import SCREEN, days_of, line, line_typed, more, page_in, pages, zone_of
from conversations.commands.selecting import STATES, check_days, in_words
from conversations.dialog import Command, Need, Scene, Turn
from conversations.engine import NeedMore
from conversations.events import Event
from conversations.findings import Around, Target
from conversations.grammar import SELECTING, BadLine, read_line
from conversations.identity import STAFF
from conversations.messages import Block, Link, Message, Note, Para
from conversations.rights import SEES_ALL, sees
from conversations.understanding.when import moment_of, when_of
from locales.text import Listing, Text, ct, nt, t

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
_AHEAD: Mapping[str, Text] = {
    "unbound": t("Everybody who is still ahead can be reached."),
    "unconfirmed": t("Everybody who is still ahead has confirmed."),
    "confirmed": t("Nobody who is still ahead has confirmed yet."),
}
"""What only interviews still ahead can be, and what it means when none is."""
_USUAL: Mapping[str, str] = {
    "unconfirmed": "next60d",
    "confirmed": "next60d",
    "joined": "last7d",
    "completed": "last7d",
    "cancelled": "last30d",
    "withdrawn": "last30d",
}
"""The days a state is listed for when none are asked for."""
_LISTS = frozenset({"list", "列表", "名单"})
"""The word itself, behind what it is about: today list."""
LIMIT = 200
"""No list goes further than this; whoever needs more asks for less."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a list was asked for; all of it narrows the list down."""

    text: str = ""
    state: str = ""
    when: str = ""
    page: int = 1
    pairs: Mapping[str, str] = field(default_factory=dict)
    """What else they have in common, `source:校招`, in the words of the core."""

    @property
    def needs(self) -> tuple[Need, ...]:
        if self.pairs:
            shared = {**({"state": self.state} if self.state else {}), **self.pairs}
            return (Need("selected", {"text": self.text, "when": self.when, **shared}),)
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
                for target in scene.found[self.needs[0].name]
                if (window is None or window[0] <= target.interview.attempt.starts_at < window[1])
                and self.is_meant(target, scene)
            ),
            key=lambda target: self._order(target, scene.now),
        )

    def in_words(self, scene: Scene) -> Text:
        """Return what is listed, as in "no-shows, Tue 24 Nov"."""
        said = [_LISTED[self.state]] if self.state else []
        said += [t("{days} ({zone})", days=self.days(scene), zone=zone_of(scene))] if self.has_days else []
        said += [t("“{text}”", text=self.text)] if self.text else []
        said += [t("“{text}”", text=f"{key}:{value}") for key, value in self.pairs.items()]
        what = said[0] if said else t("all")
        for also in said[1:]:
            what = t("{what}, {also}", what=what, also=also)
        return what

    @property
    def has_days(self) -> bool:
        return self.when not in ("", "all")

    def days(self, scene: Scene) -> Text:
        window = when_of(self.when, scene.now, zone_of(scene))
        return days_of(window, zone_of(scene)) if window else t("all")

    @property
    def around(self) -> Need:
        """What tells why nothing was found."""
        state = "scheduled" if self.state in _AHEAD else self.state
        return Need("around", {"text": self.text, "state": state, "when": self.when})

    def is_meant(self, target: Target, scene: Scene) -> bool:
        """Tell whether an interview would be listed, if its day were asked for."""
        return sees(scene.person, target.interview) and self._is_meant(target, scene.now)

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
    """Read a list's arguments: states, days and pairs, in any order, and a name or role in what is left.

    Without any of these but days it is today's list. Raises BadLine for a pair that cannot be read.
    """
    typed = read_line(rest, keys=SELECTING)
    pairs = in_words(typed.selecting)
    state = pairs.pop("state", state) if pairs.get("state") in _LISTED else state
    words, text, day = list(typed.words), [], ""
    while words:
        n = next((n for n in range(min(4, len(words)), 0, -1) if _is_day(" ".join(words[:n]))), 0)
        if n and day:
            raise BadLine(_two_days(day, " ".join(words[:n])))
        if n:
            when = day = " ".join(words[:n])
            words = words[n:]
        elif fold(words[0]) in _LISTS:
            words.pop(0)
        elif fold(words[0]) in STATES:
            state, words = STATES[fold(words[0])], words[1:]
        else:
            text.append(words.pop(0))
    check_days(" ".join(text))
    if text and moment_of(" ".join(text), datetime(2026, 1, 1, tzinfo=UTC), "UTC"):
        raise BadLine(
            t("“{typed}” is one moment. For some hours: list today 14:00..15:00", typed=" ".join(text))
        )
    if pairs:
        return Asked(" ".join(text), state, when, typed.page, pairs)
    usual = _USUAL.get(state, "all") if state or text else "today"
    return Asked(" ".join(text), state, when or usual, typed.page)


def _two_days(first: str, second: str) -> Text:
    return t("“{first}” and “{second}” at once? For all between them: list {first}..{second}", first=first,
             second=second)  # fmt: skip


def _is_day(text: str) -> bool:
    return when_of(text, datetime(2026, 1, 1, tzinfo=UTC), "UTC") is not None


def listing(
    name: str, aliases: tuple[str, ...], usage: Text, about: Text, state: str = "", when: str = ""
) -> Command:
    """Return a command that lists, narrowed down from the start."""

    def needs(rest: str) -> tuple[Need, ...]:
        try:
            return read(rest, state=state, when=when).needs
        except BadLine:
            return ()

    def run(scene: Scene, event: Event, rest: str) -> Turn:
        try:
            asked = read(rest, state=state, when=when)
        except BadLine as bad:
            typed = Note(t("It is typed like this: {usage}", usage=usage))
            return Turn(say=Message("command.list", bad.why, (typed,)))
        return Turn(say=_answer(asked, asked.found(scene), scene, event))

    return Command(name, aliases, STAFF, usage, about, run, needs)


def _answer(asked: Asked, found: Sequence[Target], scene: Scene, event: Event) -> Message:
    page = asked.page if asked.page <= -(-len(found) // SCREEN) else 1
    shown = pages(found, page)
    if not shown:
        return _none(asked, scene, event)
    lead = nt("{n} interview: {what}.", "{n} interviews: {what}.", len(found), what=asked.in_words(scene))
    narrow = t("There are more than {n}, so not all are listed: ask for a day, a state or a name.", n=LIMIT)
    blocks: tuple[Block, ...] = (
        *(line(target, event, scene.now) for target in shown),
        *more(len(found), page, page_in(line_typed(event))[0]),
        *([Note(narrow)] if len(found) >= LIMIT else []),
        Note(t("More about one: show {label}. What was sent: why {label}", label=shown[0].interview.label)),
    )
    return Message("command.list", lead, blocks, _links(shown, event) if asked.state == "unbound" else ())


def _none(asked: Asked, scene: Scene, event: Event) -> Message:
    """Say why nothing is listed: which filter finds nothing, what lies nearest, and how much there is at all."""
    if asked.pairs:
        lead = t("No interviews: {what}.", what=asked.in_words(scene))
        hint = t("Without days it looks 30 days back and 60 ahead. Who there is: list today · list no_show")
        return Message("command.list", lead, (Note(hint),))
    if "around" not in scene.found:
        raise NeedMore((asked.around,))
    around: Around = scene.found["around"]
    lead = t("No interviews: {what}.", what=asked.in_words(scene))
    if not around.total:
        return Message("command.list", lead, (Note(_nothing_at_all(scene)),))
    near = [target for target in (around.after, around.before) if target and asked.is_meant(target, scene)]
    nearest = min(near, key=lambda target: abs(target.interview.attempt.starts_at - scene.now), default=None)
    blocks: tuple[Block, ...] = (
        *map(Para, _reasons(asked, around, scene)),
        *([Para(t("The nearest: {line}", line=line(nearest, event, scene.now).text))] if nearest else []),
        Note(nt("There is {n} interview in all.", "There are {n} interviews in all.", around.total)),
        Note(t("Try: list today · list tomorrow · list no_show · list unbound")),
    )
    return Message("command.list", lead, blocks)


def _nothing_at_all(scene: Scene) -> Text:
    if scene.person is not None and scene.person.roles & SEES_ALL:
        return t("There is no interview at all yet. They come with a list: turnout import")
    return t("You see the interviews you recruit for, and there is none yet.")


def _reasons(asked: Asked, around: Around, scene: Scene) -> Iterator[Text]:
    """Yield what each filter finds alone, when it finds nothing or several only miss each other."""
    state = "" if asked.state in _AHEAD else asked.state
    filters = (
        (asked.text, t("“{text}”", text=asked.text), around.of_text),
        (state, _LISTED.get(state, t("all")), around.of_state),
        (asked.has_days, asked.days(scene), around.of_days),
    )
    used = [(words, n) for is_asked, words, n in filters if is_asked]
    without = [words for words, n in used if not n]
    for words in without if len(used) > 1 else ():
        yield t("Nothing matches: {what}.", what=words)
    if asked.text and not around.of_text:
        yield t("Names are compared whole. The number (I-1024) or the end of the phone number works, too.")
    if not without and len(used) > 1:
        yield t("Each alone matches something: {what}.", what=Listing(tuple(_counted(*one) for one in used)))
    elif not without and asked.state in _AHEAD:
        yield _AHEAD[asked.state]


def _counted(words: Text, n: int) -> Text:
    return t("{what} ({n})", what=words, n=n)


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
    ct("typed", "list today"),
    t("Interviews by day, state or name: list friday · list no_show · list unbound"),
)
TOMORROW = listing(
    "tomorrow", ("明天",), ct("typed", "tomorrow"), t("Tomorrow's interviews."), when="tomorrow"
)
NO_SHOWS = listing(
    "no-shows", ("未参加", "no_shows"), ct("typed", "no-shows"), t("All open no-shows."), state="no_show"
)
