"""The lines of a daily digest: what each of their buttons does, and how they stand by now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from conversations.commands.remind import ORDER as REMIND
from conversations.dialog import Need, Pick, Scene, Session, Turn
from conversations.digest import DigestFacts, Standing, facts_from
from conversations.digest.needs import lines_need, require
from conversations.digest.words import cases_of, lines_of
from conversations.effects import Answer, Manner, Priority, Record, Then
from conversations.engine import NeedMore
from conversations.events import Event, Ordered
from conversations.findings import CaseFound, Target
from conversations.interview import CaseState
from conversations.messages import Action, Link, Message, Note, Press
from conversations.rights import may_handle, sees
from locales.text import Text, TimeOfDay, ct, t

_NOBODY: Mapping[str, str] = {}
BETWEEN = timedelta(hours=1)
"""A nudge is not repeated within this, whoever pressed."""
_STAYS = frozenset({"no_show_before"})
EDIT = Manner(where="ladder", priority=Priority.DIGEST, only_edits=True)
_GONE = t("That is not on this list any more.")
_NOT_YOURS = t("This interview is looked after by somebody else.")


# -- how they stand --------------------------------------------------------------------------------------


def standing(scene: Scene, facts: DigestFacts, nudged: Mapping[str, str] = _NOBODY) -> Mapping[str, Standing]:
    """Return how the lines stand: what was so in the morning already settles nothing.

    Somebody who missed one before and had confirmed is a risk until they are there, a case that somebody had is
    open until it is closed.
    """
    found: Mapping[str, Standing] = scene.found["digest_lines"]
    still = {line.label for line in lines_of(facts) if set(line.risks) <= _STAYS}
    still |= {f"C-{case.number}" for case in cases_of(facts) if case.owner is not None}
    now = {name: Standing(one.risks) if name in still and one.risks else one for name, one in found.items()}
    at = {name: datetime.fromisoformat(when) for name, when in nudged.items()}
    return {name: replace(one, nudged_at=_later(one.nudged_at, at.get(name))) for name, one in now.items()}


def _later(one: datetime | None, other: datetime | None) -> datetime | None:
    """Return the later of two instants: what this card remembers, and what somebody did elsewhere."""
    return max((at for at in (one, other) if at is not None), default=None)


def stood(now: Mapping[str, Standing]) -> dict[str, str]:
    """Return how lines stand as a session keeps it: what differs is worth an edit."""
    return {name: "✓" if one.settled is not None else " ".join(one.risks) for name, one in now.items()}


# -- buttons ---------------------------------------------------------------------------------------------


def actions_of(facts: DigestFacts, now: Mapping[str, Standing], at: datetime) -> tuple[Action, ...]:
    """Return two buttons for each line that is open, and one for each case that nobody has.

    Who was reminded within the hour has no button for it.
    """
    return tuple(_actions(facts, now, at))


def _actions(facts: DigestFacts, now: Mapping[str, Standing], at: datetime) -> Iterator[Press]:
    for line in lines_of(facts):
        if line.label in now and now[line.label].settled is None:
            if not _is_fresh(now[line.label].nudged_at, at):
                yield Press(f"nudge:{line.label}", ct("button", "Nudge {label}", label=line.label))
            yield Press(f"call:{line.label}", ct("button", "Call {label}", label=line.label))
    for case in cases_of(facts):
        name = f"C-{case.number}"
        if case.owner is None and name in now and now[name].settled is None:
            yield Press(f"take:{name}", ct("button", "Take {case}", case=name))


def _is_fresh(nudged_at: datetime | None, now: datetime) -> bool:
    return nudged_at is not None and now - nudged_at < BETWEEN


def _nudge(scene: Scene, session: Session, event: Event, label: str) -> Turn:
    found = _target(scene, session, label)
    if found is None or scene.person is None:
        return Turn(answer=Answer(toast=_GONE))
    if problem := _refusal(scene, found):
        return Turn(answer=Answer(toast=problem))
    facts = facts_from(session.data["facts"])
    require(scene, [lines_need(facts)])
    now = standing(scene, facts, session.data["nudged"]).get(label, Standing())
    if now.nudged_at is not None and _is_fresh(now.nudged_at, scene.now):
        return Turn((), "day", manner=EDIT, answer=Answer(toast=_so_soon(label, now.nudged_at, scene)))
    order = Ordered("remind", found.interview.id, scene.person.id)
    nudged = {**session.data["nudged"], label: scene.now.isoformat()}
    said = t("A reminder is on its way to {label}.", label=label)
    return Turn((Then(order),), "day", {"nudged": nudged}, manner=EDIT, answer=Answer(toast=said))


def _so_soon(label: str, at: datetime, scene: Scene) -> Text:
    """Say when somebody was faster, and how to do it nevertheless."""
    return t(
        "{label} was reminded at {time}. If it has to be again so soon: remind {label}",
        label=label, time=TimeOfDay(at, scene.policy.zone),
    )  # fmt: skip


def _refusal(scene: Scene, found: Target) -> Text | None:
    if not sees(scene.person, found.interview):
        return _NOT_YOURS
    return REMIND.refuse(found, scene.now)


def _call(scene: Scene, session: Session, event: Event, label: str) -> Turn:
    """Tell whoever wants to call the number, in private; that it was told is written down."""
    found = _target(scene, session, label)
    if found is None or scene.person is None:
        return Turn(answer=Answer(toast=_GONE))
    if not sees(scene.person, found.interview):
        return Turn(answer=Answer(toast=_NOT_YOURS))
    name, phone = found.candidate.name, found.candidate.phone
    if phone is None:
        return Turn(answer=Answer(toast=t("No phone number of {label} is known.", label=label)))
    lead = t("{label} {name}: {phone}", label=label, name=name, phone=phone)
    note = Note(t("After the call: confirm {label} · rebook {label}", label=label))
    message = Message("digest.call", lead, (note,), (Link(f"tel:{phone}", ct("button", "Call")),))
    told = Record("phone.revealed", f"interview:{found.interview.id}", f"person:{scene.person.id}")
    return Turn(effects=(told,), say=message)


def _take(scene: Scene, session: Session, event: Event, name: str) -> Turn:
    if "cases" not in scene.found:
        raise NeedMore((Need("cases", {"text": name}),))
    found: Sequence[CaseFound] = scene.found["cases"]
    one = next((each for each in found if each.case.label == name), None)
    if one is None or scene.person is None or one.case.state is not CaseState.OPEN:
        return Turn(answer=Answer(toast=_GONE))
    if not may_handle(scene.person, one.case.kind, one.target.interview):
        return Turn(answer=Answer(toast=_NOT_YOURS))
    order = Ordered("take", one.target.interview.id, scene.person.id, {"case": str(one.case.id)})
    # The line says so itself when the case is taken, here and wherever else it stands.
    return Turn(effects=(Then(order),), answer=Answer(toast=t("It is yours. Thank you.")))


def _target(scene: Scene, session: Session, label: str) -> Target | None:
    facts = facts_from(session.data["facts"])
    line = next((line for line in lines_of(facts) if line.label == label), None)
    if line is None:
        return None
    if "members" not in scene.found:
        raise NeedMore((Need("members", {"interviews": str(line.interview)}),))
    found: Sequence[Any] = scene.found["members"]
    return next(iter(found), None)


PICKS: Mapping[str, Pick] = {"nudge": _nudge, "call": _call, "take": _take}
