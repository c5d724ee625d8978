"""All dialogs and commands in one book, found by what they react to; refuses what cannot work together."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from conversations.dialog import END, BadDialog, Command, Dialog, Reaction, Step

T = TypeVar("T")


_LABEL = re.compile(r"(?i)[ic]-\s?\d{1,9}|尾号\s*\d{3,8}")
_OURS = re.compile(r"(?i)(?:@\w*bot\s+)?/?(?:turnout(?:@\w+)?(?:[\s:,，：]+|$))?")
"""What may stand before any command: the bot's name, and the word that Slack wants."""
_SHOW, _HELP = "show", "help"
_NAME_THEN = (
    r"((?![我你您他她请帮把要想不别都全怎如能可是])[\u3400-\u9fff·]{{2,6}}?|[A-Za-z]-?\d{{3,9}}|尾号\d{{3,8}})"
    r"({words})((?:[\d\s+今明后大本这下周星早中晚上].*)?)"
)
"""Somebody, a Chinese command, and the rest, without a space between them."""


def fold(word: str) -> str:
    """Return a typed word as it is compared: half-width, lower case, without slash and outer space."""
    return typed(word).removeprefix("/").casefold()


def typed(text: str) -> str:
    """Return what somebody typed, half-width, without outer space and signs that nobody sees."""
    wide = unicodedata.normalize("NFKC", text)
    return "".join(sign for sign in wide if unicodedata.category(sign) != "Cf").strip()


@dataclass(frozen=True, slots=True)
class Book:
    """The declared dialogs and commands."""

    dialogs: Mapping[str, Dialog]
    on: Mapping[str, Dialog]
    heeds: Mapping[str, Dialog]
    commands: Mapping[str, Command]
    """By every word that calls them, folded."""

    @classmethod
    def of(cls, dialogs: Iterable[Dialog], commands: Iterable[Command] = ()) -> Book:
        """Collect what was declared; raises BadDialog for two owners of one event or an exit to nowhere."""
        dialogs = tuple(dialogs)
        by_name = _unique((dialog.name, dialog) for dialog in dialogs)
        for dialog in dialogs:
            for step in dialog.steps.values():
                for target in step.exits:
                    _check(by_name, f"{dialog.name}.{step.name}", target)
        return cls(
            dialogs=by_name,
            on=_unique((key, dialog) for dialog in dialogs for key in dialog.on),
            heeds=_unique((key, dialog) for dialog in dialogs for key in dialog.heeds),
            commands=_unique((fold(word), c) for c in commands for word in (c.name, *c.aliases)),
        )

    def step(self, at: str) -> tuple[Dialog, Step]:
        """Return the dialog and step that `dialog.step` names; raises BadDialog if there is none."""
        dialog_name, _, step_name = at.partition(".")
        dialog = self.dialogs.get(dialog_name)
        if dialog is None or step_name not in dialog.steps:
            raise BadDialog(f"there is no step {at}")
        return dialog, dialog.steps[step_name]

    def reaction(self, key: str) -> tuple[Dialog, Reaction] | None:
        dialog = self.on.get(key)
        return (dialog, dialog.on[key]) if dialog else None

    def command(self, text: str) -> tuple[Command, str] | None:
        """Return the command that typed words call and the rest of the line.

        A Chinese word needs no space behind it (`查看I-1001`); the longest word that fits wins. The number of an
        interview or case alone shows it.
        """
        line = _line(text)
        folded = line.casefold()
        if _LABEL.fullmatch(line) and _SHOW in self.commands:
            return self.commands[_SHOW], line
        for word in sorted(self.commands, key=len, reverse=True):
            if folded == word or (folded.startswith(word) and folded[len(word)].isspace()):
                return self.commands[word], line[len(word) :].strip()
            if not word.isascii() and folded.startswith(word):
                return self.commands[word], line[len(word) :].strip()
        return None

    def command_behind(self, text: str) -> tuple[Command, str] | None:
        """Return the command whose word stands behind what it is about, `张三 改约 明天下午3点`, and the rest.

        Only commands that say so are found like this, or any behind a number; the rest is put into the order they
        are typed in. Chinese needs no spaces: `张三改约明天下午3点`.
        """
        words = _line(text).split()
        for n in range(1, len(words)):
            found = self.command(" ".join(words[n:]))
            is_named = n == 1 and _LABEL.fullmatch(words[0]) is not None
            if found is not None and (found[0].may_follow or is_named) and not _LABEL.fullmatch(words[n]):
                return found[0], " ".join((*words[:n], found[1])).strip()
        return self._in_one_word(_line(text))

    def _in_one_word(self, line: str) -> tuple[Command, str] | None:
        known = (word for word, command in self.commands.items() if command.may_follow and not word.isascii())
        words = "|".join(map(re.escape, sorted(known, key=len, reverse=True)))
        found = re.fullmatch(_NAME_THEN.format(words=words), line, re.DOTALL) if words else None
        return (self.commands[found[2]], f"{found[1]} {found[3]}".strip()) if found else None


def _line(text: str) -> str:
    """Return a typed line without what may stand before any command; what that leaves nothing of asks for help."""
    line = typed(text)
    return line[found.end() :] or _HELP if line and (found := _OURS.match(line)) else line


def _unique(pairs: Iterable[tuple[str, T]]) -> dict[str, T]:
    found: dict[str, T] = {}
    for key, value in pairs:
        if key in found:
            raise BadDialog(f"{key} is declared twice")
        found[key] = value
    return found


def _check(dialogs: Mapping[str, Dialog], where: str, target: str) -> None:
    if "." not in target or target == END:
        return
    dialog_name, _, step_name = target.partition(".")
    if dialog_name not in dialogs or step_name not in dialogs[dialog_name].steps:
        raise BadDialog(f"{where}: exit to unknown step {target}")
    if step_name not in dialogs[dialog_name].entries:
        raise BadDialog(f"{where}: {target} is no entry of its dialog")
