"""What stands on somebody's home screen: their own interviews, or for staff how today goes and what can be typed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from conversations.commands.lines import KINDS, line
from conversations.dialog import Dialog, Need, Scene, Turn
from conversations.dialogs.appointments import is_off
from conversations.dialogs.phrases import go, nothing, role_first, stranger, when
from conversations.dialogs.status import lead_of, next_of
from conversations.engine import NeedMore
from conversations.events import Event
from conversations.findings import Around, Target
from conversations.identity import Role
from conversations.interview import CaseState, Interview, State
from conversations.messages import Action, Block, Fact, Link, Message, Note, Para, item
from conversations.rights import sees
from locales.text import Countdown, Text, ct, nt, t

SHOWN = 4
"""Interviews on the screen; the rest is a word away."""


def _wanted(scene: Scene, event: Event) -> Turn:
    person = scene.person
    if person is None:
        return Turn(say=stranger(scene))
    if person.is_staff:
        return Turn(say=_of_staff(scene, event))
    if scene.interview is None or scene.candidate is None or scene.candidate.id != person.id:
        return Turn(say=nothing(scene))
    return Turn(say=_of_candidate(scene))


# -- candidates ------------------------------------------------------------------------------------------


def _of_candidate(scene: Scene) -> Message:
    found: Sequence[Interview] = _needed(scene, "others")
    others = sorted(found, key=lambda interview: interview.attempt.starts_at)
    following = (Fact("next", t("Next"), next_of(scene)),) if not is_off(scene) else ()
    note = Note(t("Write to me at any time: status, move, can't come, help."))
    blocks = (*following, *map(_line, others[:SHOWN]), note)
    return Message("home", lead_of(scene), blocks, tuple(_links(scene, others[:SHOWN])))


def _line(interview: Interview) -> Para:
    return item(
        t(
            "{interview}: {when}, {countdown}",
            interview=role_first(interview),
            when=when(interview.attempt),
            countdown=Countdown(interview.attempt.starts_at),
        )
    )


def _links(scene: Scene, others: Iterable[Interview]) -> Iterator[Action]:
    if scene.booked.state is State.SCHEDULED:
        yield from go(scene)
    yield Link("my", ct("button", "My interview"))
    for interview in others:
        yield Link(f"my:{interview.id}", t("{interview}", interview=role_first(interview)))


# -- staff -----------------------------------------------------------------------------------------------


def _of_staff(scene: Scene, event: Event) -> Message:
    found: Sequence[Target] = _needed(scene, "interviews")
    today = [target for target in found if sees(scene.person, target.interview)]
    ahead = sorted((x for x in today if _is_ahead(x, scene)), key=lambda x: x.interview.attempt.starts_at)
    lead = nt("Today {n} interview, {ahead} of them still ahead.", "Today {n} interviews, {ahead} of them still ahead.",
              len(today), ahead=len(ahead)) if today else t("No interviews today.")  # fmt: skip
    blocks: tuple[Block, ...] = (
        *_counts(today, ahead),
        *_open(today),
        *(line(target, event, scene.now) for target in ahead[:SHOWN]),
        *([] if ahead else _nearest(scene, event)),
        Note(t("What you can type: list today · list no_show · show I-1024 · why I-1024 · help")),
    )
    return Message("home", lead, blocks)


def _nearest(scene: Scene, event: Event) -> Iterator[Block]:
    """Yield what comes after a day on which nothing is ahead any more."""
    around: Around = _needed(scene, "around", {"text": "", "state": State.SCHEDULED.value, "when": "today"})
    if around.after is not None and sees(scene.person, around.after.interview):
        yield Para(t("The nearest: {line}", line=line(around.after, event, scene.now).text))


def _is_ahead(target: Target, scene: Scene) -> bool:
    return target.interview.state is State.SCHEDULED and target.interview.attempt.starts_at > scene.now


def _counts(today: Sequence[Target], ahead: Sequence[Target]) -> Iterator[Block]:
    states = Counter(target.interview.state for target in today)
    counts: tuple[tuple[str, Text, int], ...] = (
        ("joined", t("Joined"), states[State.JOINED] + states[State.COMPLETED]),
        ("no_show", t("No-shows"), states[State.NO_SHOW]),
        ("unconfirmed", t("Not confirmed"), sum(x.interview.attempt.confirmed_at is None for x in ahead)),
        ("unbound", t("Cannot be reached yet"), sum(not x.candidate.reachable for x in ahead)),
    )
    for name, label, n in counts:
        if n:
            yield Fact(name, label, t("{n}", n=n))


def _open(today: Sequence[Target]) -> Iterator[Block]:
    """Name what waits for somebody, with the interview it is about."""
    waiting = [(x, case) for x in today for case in x.cases if case.state is CaseState.OPEN]
    for target, case in waiting[:SHOWN]:
        said = t("Nobody has it yet: {label}, {kind}", label=target.interview.label, kind=KINDS[case.kind])
        yield item(said)


def _needed(scene: Scene, name: str, args: Mapping[str, str] | None = None) -> Any:
    if name not in scene.found:
        raise NeedMore((Need(name, args or {}),))
    return scene.found[name]


HOME = Dialog(
    "home",
    on={"wanted.home": _wanted},
    roles=(Role.CANDIDATE, Role.ADMIN, Role.HR, Role.RECRUITER, Role.SUPPORT, Role.VIEWER),
)
