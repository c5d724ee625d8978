"""The drawn dialogs are Mermaid that renders, and draw what is declared."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from bot.graph import draw
from conversations.dialog import Dialog
from conversations.dialogs import DIALOGS

STATE = re.compile(r'state "(?P<label>[^"]+)" as (?P<id>\w+)')
ARROW = re.compile(r"(?P<source>\w+|\[\*\]) --> (?P<target>\w+|\[\*\])")


def diagrams() -> Iterator[tuple[str, list[str]]]:
    """Yield the dialogs' names with the lines of their diagrams."""
    for section in draw().split("\n## "):
        name, _, rest = section.removeprefix("## ").partition("\n")
        if "```mermaid" in rest:
            body = rest.split("```mermaid\n")[1].split("```")[0]
            yield name, [line.strip() for line in body.splitlines()]


DIAGRAMS = dict(diagrams())


def test_every_dialog_with_steps_is_drawn() -> None:
    assert set(DIAGRAMS) == {dialog.name for dialog in DIALOGS if dialog.steps}


@pytest.mark.parametrize("name", DIAGRAMS)
def test_a_diagram_is_valid_mermaid(name: str) -> None:
    head, *lines = DIAGRAMS[name]
    assert head == "stateDiagram-v2"
    states = [found["id"] for line in lines if (found := STATE.fullmatch(line))]
    arrows = [found for line in lines if (found := ARROW.fullmatch(line))]
    assert len(states) + len(arrows) == len(lines), "every line is a state or an arrow"
    assert len(states) == len(set(states)), "every state is named once"
    assert len(arrows) == len({arrow[0] for arrow in arrows}), "every arrow is drawn once"
    ends = {end for arrow in arrows for end in (arrow["source"], arrow["target"])} - {"[*]"}
    assert ends <= set(states), "arrows lead from and to states"
    assert set(states) - {arrow["target"] for arrow in arrows} == set(), "every state is reached"
    assert any(arrow["source"] == "[*]" for arrow in arrows), "it begins somewhere"


@pytest.mark.parametrize("dialog", [d for d in DIALOGS if d.steps], ids=lambda dialog: dialog.name)
def test_a_diagram_has_every_step_and_choice(dialog: Dialog) -> None:
    lines = "\n".join(DIAGRAMS[dialog.name])
    for step in dialog.steps.values():
        label = next(found["label"] for found in STATE.finditer(lines) if found["id"] == f"s_{step.name}")
        assert all(choice in label for choice in getattr(step, "pick", ()))
