"""`write C-77` and `handback C-77`: write with the candidate through us, and let the bot take over again."""

from __future__ import annotations

from dataclasses import replace

from conversations.commands.cases import CASE_ROLES, may, needs_case, not_yours, with_case
from conversations.commands.lines import name_of
from conversations.commands.people import answer
from conversations.dialog import Command, Scene, Turn
from conversations.effects import Then
from conversations.events import Event, Ordered
from conversations.findings import CaseFound
from conversations.interview import CaseState
from conversations.messages import Note
from locales.text import ct, t

WRITES, BACK = "command.write", "command.handback"
WRITE_USAGE, HANDBACK_USAGE = ct("typed", "write C-77"), ct("typed", "handback C-77")


def _write(scene: Scene, event: Event, rest: str) -> Turn:
    def then(found: CaseFound, tail: str) -> Turn:
        if scene.person is None or not may(scene, found):
            return not_yours(WRITES, found)
        order = Ordered("write", found.target.interview.id, scene.person.id, {"case": str(found.case.id)})
        return Turn(effects=(Then(order),))

    return with_case(scene, event, rest, "write", WRITE_USAGE, then)


def _hand_back(scene: Scene, event: Event, rest: str) -> Turn:
    def then(found: CaseFound, tail: str) -> Turn:
        case = found.case
        if scene.person is None or not may(scene, found):
            return not_yours(BACK, found)
        if case.state is not CaseState.TAKEN:
            return answer(BACK, t("Nobody looks after {case}: it is with me.", case=case.label))
        order = Ordered("handback", found.target.interview.id, scene.person.id, {"case": str(case.id)})
        if any(session.subject == f"relay:{case.id}" and session.is_waiting for session in scene.sessions):
            # Where they wrote with the candidate it is said that this is over.
            return Turn(effects=(Then(order),))
        lead = t("{name} is with me again.", name=name_of(found.target.candidate, event))
        see = Note(t("See: show {label}", label=found.target.interview.label))
        return replace(answer(BACK, lead, see), effects=(Then(order),))

    return with_case(scene, event, rest, "handback", HANDBACK_USAGE, then)


WRITE = Command("write", ("写给", "联系"), CASE_ROLES, WRITE_USAGE, t("Write with a candidate through me."), _write,
                needs_case)  # fmt: skip
HANDBACK = Command("handback", ("交还",), CASE_ROLES, HANDBACK_USAGE, t("Let me take over from you again."),
                   _hand_back, needs_case)  # fmt: skip
