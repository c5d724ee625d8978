"""What a line names: one interview by its words, or several by what they have in common."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from conversations.commands.one import Split, numbers_in, whole
from conversations.commands.selecting import check_days, in_words
from conversations.dialog import Need
from conversations.grammar import SELECTING, Line, read_line

FLAGS = ("dry-run", "yes", "at")
"""`--dry-run` only tells what would happen, `--yes` asks nothing where it is one interview, `--at` is its time."""


@dataclass(frozen=True, slots=True)
class Meant:
    """The interviews that a line names, what stands behind them, and how it is wanted."""

    text: str = ""
    """Words that name an interview; in a selection, what else its interviews have to match."""
    tail: str = ""
    when: str = ""
    """The days that are meant, as typed."""
    pairs: Mapping[str, str] = field(default_factory=dict)
    """What a selection's interviews have in common, by key, in the words of the core."""
    numbers: tuple[str, ...] = ()
    flags: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_selection(self) -> bool:
        return bool(self.pairs or self.numbers or self.when)

    @property
    def is_dry(self) -> bool:
        return "dry-run" in self.flags

    @property
    def is_sure(self) -> bool:
        return "yes" in self.flags

    @property
    def need(self) -> Need | None:
        """What finds the interviews; None where nothing names any."""
        if self.is_selection:
            numbers = {"numbers": " ".join(self.numbers)} if self.numbers else {}
            return Need("selected", {"text": self.text, "when": self.when, **self.pairs, **numbers})
        return Need("targets", {"text": self.text}) if self.text else None


def meant_by(rest: str, split: Split = whole) -> Meant:
    """Read what a command about interviews is typed with; raises BadLine for what cannot be read.

    A command that takes something behind the name, such as a time, takes days for that and not for a selection.
    """
    line = read_line(rest, FLAGS if split is not whole else FLAGS[:2], SELECTING)
    if line.selecting:
        when, others = line.days()
        check_days(others)
        return Meant(others, line.flags.get("at", ""), when, in_words(line.selecting), (), line.flags)
    if numbers := _numbers(line):
        return Meant(numbers=numbers, flags=line.flags)
    when, others = line.days()
    if when and (not others or split is whole):
        check_days(others)
        return Meant(others, "", when, flags=line.flags)
    text, tail = split(line.text)
    check_days(text)
    return Meant(text, line.flags.get("at") or tail, flags=line.flags)


def _numbers(line: Line) -> tuple[str, ...]:
    """Return the numbers of several interviews that are typed one after another."""
    found = numbers_in(line.text)
    return found if len(found) > 1 or (found and len(line.words) > 1) else ()


def selecting_in(line: Line) -> Mapping[str, str]:
    """Return the pairs of a line that choose interviews, in the words of the core; raises BadLine."""
    return in_words(line.selecting)
