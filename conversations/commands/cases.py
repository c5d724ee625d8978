"""Commands about one case: `C-77`, or the interview that it is about, or without either one's own."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from conversations.commands.lines import KINDS, name_of
from conversations.commands.people import answer
from conversations.dialog import Need, Scene, Turn
from conversations.effects import REPLY, Show
from conversations.events import Event
from conversations.findings import CaseFound
from conversations.grammar import BadLine, read_line
from conversations.identity import Role
from conversations.interview import CaseState
from conversations.messages import MAX_CHOICES, Note
from conversations.rights import may_handle, sees
from locales.text import Moment, Text, t

CASE_ROLES = frozenset({Role.HR, Role.RECRUITER, Role.SUPPORT})

Then_ = Callable[[CaseFound, str], Turn]


def split(rest: str) -> tuple[str, str]:
    """Return the word that names a case, and what follows it; raises BadLine."""
    words = read_line(rest).words
    return (words[0], " ".join(words[1:])) if words else ("", "")


def needs_case(rest: str) -> tuple[Need, ...]:
    try:
        text, _ = split(rest)
    except BadLine:
        return ()
    return (Need("cases", {"text": text}),)


def with_case(scene: Scene, event: Event, rest: str, verb: str, usage: Text, then: Then_) -> Turn:
    """Go on with the one open case that is meant, or ask for it."""
    kind = f"command.{verb}"
    try:
        text, tail = split(rest)
    except BadLine as bad:
        return answer(kind, bad.why)
    found: Sequence[CaseFound] = scene.found["cases"]
    seen = [each for each in found if sees(scene.person, each.target.interview)]
    open_ones = [each for each in seen if each.case.state is not CaseState.CLOSED]
    if len(open_ones) == 1:
        return then(open_ones[0], tail)
    if len(open_ones) > 1:
        return _choose(scene, event, verb, open_ones, tail)
    if seen:
        closed = seen[0].case
        when = Moment(closed.closed_at) if closed.closed_at else t("earlier")
        lead = t("{case} is closed since {when}.", case=closed.label, when=when)
        return answer(kind, lead, Note(t("See: show {label}", label=seen[0].target.interview.label)))
    how = Note(t("It is typed like this: {usage}", usage=usage))
    if not text:
        return answer(kind, t("Which case? You look after none at the moment."), how)
    return answer(kind, t("No case of yours matches “{text}”.", text=text), how)


def _choose(scene: Scene, event: Event, verb: str, found: Sequence[CaseFound], tail: str) -> Turn:
    if scene.person is None:
        return Turn()
    options = [
        {
            "label": each.case.label,
            "name": name_of(each.target.candidate, event),
            "role": each.target.interview.role,
            "at": each.target.interview.attempt.starts_at.isoformat(),
            "zone": each.target.interview.attempt.zone,
        }
        for each in found[:MAX_CHOICES]
    ]
    keep = {"verb": verb, "tail": tail, "options": options}
    return Turn(effects=(Show(f"person:{scene.person.id}", "choose", "choose.ask", keep, REPLY),))


def may(scene: Scene, found: CaseFound) -> bool:
    """Tell whether whoever types may do something about a case."""
    is_owner = scene.person is not None and found.case.owner == scene.person.id
    return is_owner or may_handle(scene.person, found.case.kind, found.target.interview)


def not_yours(kind: str, found: CaseFound) -> Turn:
    lead = t("{case} ({kind}) is not among what you may look after.", case=found.case.label,
             kind=KINDS[found.case.kind])  # fmt: skip
    return answer(kind, lead, Note(t("See: show {label}", label=found.target.interview.label)))
