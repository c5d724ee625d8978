"""`take C-77`: I look after it."""

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
from conversations.steps import handled_by
from locales.text import Moment, Text, Value, ct, t

KIND, USAGE = "command.take", ct("typed", "take C-77")


def run(scene: Scene, event: Event, rest: str) -> Turn:
    def then(found: CaseFound, tail: str) -> Turn:
        case, interview, person = found.case, found.target.interview, scene.person
        if person is None or not may(scene, found):
            return not_yours(KIND, found)
        if case.state is CaseState.TAKEN and case.owner == person.id:
            return answer(KIND, t("{case} is yours already.", case=case.label), _next(found))
        if case.state is CaseState.TAKEN:
            lead = t("{owner} looks after {case}.", owner=case.owner_name or "?", case=case.label)
            to_me = t("To take it over all the same: assign {case} me", case=case.label)
            return answer(KIND, lead, Note(to_me))
        lead = _lead(scene, event, found)
        order = Ordered("take", interview.id, person.id, {"case": str(case.id)})
        return replace(answer(KIND, lead, _next(found)), effects=(Then(order),))

    return with_case(scene, event, rest, "take", USAGE, then)


def _lead(scene: Scene, event: Event, found: CaseFound) -> Text:
    by = handled_by(found.case, scene.policy)
    told: dict[str, Value] = {
        "case": found.case.label,
        "label": found.target.interview.label,
        "name": name_of(found.target.candidate, event),
        "when": Moment(by),
    }
    if scene.now < by:
        return Text("{case} is yours: {label} {name}, by {when}.", told)
    return Text("{case} is yours: {label} {name}. It was due by {when}; thank you for taking it now.", told)


def _next(found: CaseFound) -> Note:
    return Note(t("Next: write {case} · rebook {label} · close {case}", case=found.case.label,
                  label=found.target.interview.label))  # fmt: skip


TAKE = Command("take", ("接手", "领取"), CASE_ROLES, USAGE, t("Look after a case yourself."), run, needs_case)
