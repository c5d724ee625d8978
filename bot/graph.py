"""Dialogs drawn as Mermaid state diagrams, from what they declare."""

from __future__ import annotations

from collections.abc import Iterator

from conversations.book import Book
from conversations.commands import COMMANDS
from conversations.dialog import END, Ask, Dialog
from conversations.dialogs import DIALOGS


def draw() -> str:
    """Return one diagram for each dialog, as Markdown that GitHub and editors show."""
    book = Book.of(DIALOGS, COMMANDS)
    return "\n".join(line for dialog in book.dialogs.values() for line in _dialog(dialog)) + "\n"


def _dialog(dialog: Dialog) -> Iterator[str]:
    yield f"## {dialog.name}"
    yield ""
    if dialog.on:
        yield f"Happens on {', '.join(f'`{key}`' for key in sorted(dialog.on))}."
    if dialog.heeds:
        yield f"Said at any time: {', '.join(f'`{key}`' for key in sorted(dialog.heeds))}."
    if dialog.on or dialog.heeds:
        yield ""
    if dialog.steps:
        yield "```mermaid"
        yield "stateDiagram-v2"
        yield from _steps(dialog)
        yield "```"
        yield ""


def _steps(dialog: Dialog) -> Iterator[str]:
    own = f"{dialog.name}."
    for name in sorted(dialog.entries):
        yield f"    [*] --> {_id(name)}"
    for step in dialog.steps.values():
        choices = f": {', '.join(step.pick)}" if isinstance(step, Ask) and step.pick else ""
        yield f'    state "{step.name}{choices}" as {_id(step.name)}'
    exits = {
        step.name: dict.fromkeys(t.removeprefix(own) for t in step.exits) for step in dialog.steps.values()
    }
    elsewhere = {target for targets in exits.values() for target in targets if "." in target}
    for target in sorted(elsewhere):
        yield f'    state "→ {target}" as {_id(target)}'
    for name, targets in exits.items():
        for target in targets:
            yield f"    {_id(name)} --> {'[*]' if target == END else _id(target)}"


def _id(name: str) -> str:
    """Return a name that Mermaid takes for a state's: `end` and the like would be words of its own."""
    return f"s_{name.replace('.', '__')}"
