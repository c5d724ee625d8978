"""What stands on somebody's home screen: their own interviews, or for staff how today goes and what can be typed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from conversations.commands.help import may_run
from conversations.commands.lines import KINDS, line
from conversations.commands.list import LIST, NO_SHOWS
from conversations.commands.one import sees
from conversations.commands.show import SHOW
from conversations.commands.stats import STATS
from conversations.commands.why import WHY
from conversations.dialog import Dialog, Need, Scene, Turn
from conversations.dialogs.appointments import is_off
from conversations.dialogs.phrases import go, nothing, role_first, stranger, when
from conversations.dialogs.status import lead_of, next_of
from conversations.engine import NeedMore
from conversations.events import Event
from conversations.findings import Target
from conversations.identity import Role
from conversations.interview import CaseState, Interview, State
from conversations.messages import Action, Block, Fact, Link, Message, Note, Para, item
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
              len(today), ahead=len(ahead))  # fmt: skip
    blocks: tuple[Block, ...] = (
        *_counts(today, ahead),
        *_open(today),
        *(line(target, event, scene.now) for target in ahead[:SHOWN]),
        *_words(scene),
    )
    return Message("home", lead, blocks)


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


def _words(scene: Scene) -> Iterator[Block]:
    """Yield what one can type, of that which one may."""
    offered = (LIST, NO_SHOWS, SHOW, WHY, STATS)
    usages = " · ".join(command.usage for command in offered if may_run(scene.person, command))
    if usages:
        yield Note(t("What you can type: {usages} · help", usages=usages))


def _needed(scene: Scene, name: str) -> Any:
    if name not in scene.found:
        raise NeedMore((Need(name),))
    return scene.found[name]


HOME = Dialog(
    "home",
    on={"wanted.home": _wanted},
    roles=(Role.CANDIDATE, Role.ADMIN, Role.HR, Role.RECRUITER, Role.SUPPORT, Role.VIEWER),
)
