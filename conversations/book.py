"""All dialogs and commands in one book, found by what they react to; refuses what cannot work together."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from conversations.dialog import END, BadDialog, Command, Dialog, Reaction, Step

T = TypeVar("T")


def fold(word: str) -> str:
    """Return a typed word as it is compared: half-width, lower case, without slash and outer space."""
    return unicodedata.normalize("NFKC", word).strip().removeprefix("/").casefold()


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

    def command(self, typed: str) -> tuple[Command, str] | None:
        """Return the command that typed words call and the rest of the line.

        A Chinese word needs no space behind it (`查看I-1001`); the longest word that fits wins.
        """
        line = unicodedata.normalize("NFKC", typed).strip().removeprefix("/")
        folded = line.casefold()
        for word in sorted(self.commands, key=len, reverse=True):
            if folded == word or (folded.startswith(word) and folded[len(word)].isspace()):
                return self.commands[word], line[len(word) :].strip()
            if not word.isascii() and folded.startswith(word):
                return self.commands[word], line[len(word) :].strip()
        return None

    def command_behind(self, typed: str) -> tuple[Command, str] | None:
        """Return the command whose word stands behind what it is about, `张三 改约 明天下午3点`, and the rest.

        Only commands that say so are found like this; the rest is put into the order they are typed in.
        """
        words = unicodedata.normalize("NFKC", typed).strip().removeprefix("/").split()
        for n in range(1, len(words)):
            found = self.command(" ".join(words[n:]))
            if found is not None and found[0].may_follow:
                return found[0], " ".join((*words[:n], found[1])).strip()
        return None


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
