"""`close C-77 called, comes on Friday`: it is settled, with a word on how."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from conversations.commands.cases import CASE_ROLES, may, needs_case, not_yours, with_case
from conversations.commands.people import answer
from conversations.dialog import Command, Scene, Turn
from conversations.effects import Then
from conversations.events import Event, Ordered
from conversations.findings import CaseFound
from conversations.interview import CaseKind
from conversations.messages import Note
from locales.text import ct, t

KIND, USAGE = "command.close", ct("typed", "close C-77 called, comes on Friday")
LONGEST = 300
_RESULTS: Mapping[str, str] = {
    **dict.fromkeys(("solved", "settled", "done", "已解决", "解决", "已处理"), "solved"),
    **dict.fromkeys(("dismissed", "dismiss", "忽略", "不处理"), "dismissed"),
}


def run(scene: Scene, event: Event, rest: str) -> Turn:
    def then(found: CaseFound, tail: str) -> Turn:
        if scene.person is None or not may(scene, found):
            return not_yours(KIND, found)
        case = found.case
        result = _RESULTS.get(tail.casefold(), "solved")
        note = "" if tail.casefold() in _RESULTS else tail[:LONGEST]
        args = {"case": str(case.id), "result": result, "note": note}
        order = Ordered("close", found.target.interview.id, scene.person.id, args)
        lead = t("{case} is closed.", case=case.label)
        label = found.target.interview.label
        after = (
            t("The no-show stays counted. Another time: rebook {label}", label=label)
            if case.kind is CaseKind.NO_SHOW
            else t("The candidate is offered other times. See: show {label}", label=label)
        )
        return replace(answer(KIND, lead, Note(after)), effects=(Then(order),))

    return with_case(scene, event, rest, "close", USAGE, then)


CLOSE = Command("close", ("关闭", "结案"), CASE_ROLES, USAGE, t("Close a case, with a word on how it ended."), run,
                needs_case)  # fmt: skip
