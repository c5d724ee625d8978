"""`assign C-77 @user` and `handoff C-77 support|hr|@user`: somebody else looks after it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from conversations.commands.cases import CASE_ROLES, may, needs_case, not_yours, split, with_case
from conversations.commands.people import answer, called, which
from conversations.dialog import Command, Need, Scene, Turn
from conversations.effects import Then
from conversations.events import Event, Ordered
from conversations.findings import CaseFound
from conversations.grammar import BadLine
from conversations.identity import Person, Role
from conversations.messages import Note
from conversations.names import ROLES
from conversations.rights import HANDLES, may_handle
from locales.text import Text, ct, t

_ME = frozenset({"me", "我", "自己"})
_TEAMS: Mapping[str, str] = {
    **dict.fromkeys(("support", "it", "技术支持", "支持"), "support"),
    **dict.fromkeys(("hr", "人事"), "hr"),
}


def _needs(rest: str) -> tuple[Need, ...]:
    try:
        _, who = split(rest)
    except BadLine:
        return ()
    who = _plain(who)
    is_known = not who or who.casefold() in _ME or who.casefold() in _TEAMS
    return (*needs_case(rest), *(() if is_known else (Need("somebody", {"text": who}),)))


def _plain(who: str) -> str:
    return who.removeprefix("给").removeprefix("to ").strip()


def _command(verb: str, aliases: tuple[str, ...], usage: Text, about: Text, *, to_teams: bool) -> Command:
    kind = f"command.{verb}"

    def run(scene: Scene, event: Event, rest: str) -> Turn:
        def then(found: CaseFound, tail: str) -> Turn:
            if not may(scene, found):
                return not_yours(kind, found)
            who = _plain(tail)
            if not who:
                return answer(kind, t("To whom? It is typed like this: {usage}", usage=usage))
            team = _TEAMS.get(who.casefold())
            if team is not None and to_teams:
                return _to_team(scene, found, team)
            return _to_somebody(scene, found, who)

        return with_case(scene, event, rest, verb, usage, then)

    def _to_team(scene: Scene, found: CaseFound, team: str) -> Turn:
        case = found.case
        if Role(team) not in HANDLES[case.kind]:
            lead = t("{team} does not look after cases of this kind.", team=ROLES[Role(team)])
            return answer(kind, lead, Note(t("It is typed like this: {usage}", usage=usage)))
        lead = t("{case} is with {team} now, and they are called.", case=case.label, team=ROLES[Role(team)])
        return replace(
            answer(kind, lead, _back(case.label)), effects=(_order(scene, found, "handoff", team),)
        )

    def _to_somebody(scene: Scene, found: CaseFound, who: str) -> Turn:
        case = found.case
        me = (scene.person,) if scene.person is not None else ()
        people: Sequence[Person] = me if who.casefold() in _ME else scene.found.get("somebody", ())
        if len(people) > 1:
            return which(scene, verb, case.label, people)
        if not people:
            return answer(kind, t("Nobody of staff is called “{who}”.", who=who),
                          Note(t("Type a name, a mailbox or @user, or a team: {usage}", usage=usage)))  # fmt: skip
        person = people[0]
        if not may_handle(person, case.kind, found.target.interview):
            lead = t("{name} may not look after {case}: they are {role}.", name=person.name, case=case.label,
                     role=called(person))  # fmt: skip
            return answer(kind, lead, Note(t("Nothing has changed.")))
        if case.owner == person.id:
            return answer(kind, t("{name} looks after {case} already.", name=person.name, case=case.label))
        lead = t("{name} looks after {case} now, and has its card.", name=person.name, case=case.label)
        order = _order(scene, found, "assign", str(person.id))
        return replace(answer(kind, lead, _back(case.label)), effects=(order,))

    return Command(verb, aliases, CASE_ROLES, usage, about, run, _needs)


def _back(case: str) -> Note:
    return Note(t("To have it back: assign {case} me", case=case))


def _order(scene: Scene, found: CaseFound, act: str, to: str) -> Then:
    by = scene.person.id if scene.person else None
    return Then(Ordered(act, found.target.interview.id, by, {"case": str(found.case.id), "to": to}))


ASSIGN = _command(
    "assign",
    ("指派", "分配"),
    ct("typed", "assign C-77 @user"),
    t("Give a case to somebody."),
    to_teams=False,
)
HANDOFF = _command(
    "handoff",
    ("转交", "移交"),
    ct("typed", "handoff C-77 support"),
    t("Hand a case to support, HR or somebody."),
    to_teams=True,
)
