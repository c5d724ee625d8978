"""`show I-1024`: one interview on one screen, with who does what next and by when."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from conversations.commands.lines import KINDS, alarm, held_back, name_of, phone_of, state_of, when_it_is
from conversations.commands.one import needs_ledger, with_entry
from conversations.commands.orders import DECIDERS
from conversations.dialog import Command, Need, Scene, Turn
from conversations.events import Event
from conversations.figures import REASONS
from conversations.findings import LedgerEntry
from conversations.identity import STAFF, Person, Role
from conversations.interview import Case, CaseState, Interview, State
from conversations.messages import Block, Fact, Message, Note, Para
from conversations.names import channel_names
from conversations.prechecks import result
from conversations.steps import next_step, staffed
from locales.text import Moment, Text, ct, t

USAGE = ct("typed", "show I-1024")


def _needs(rest: str) -> tuple[Need, ...]:
    found = needs_ledger(rest)
    return (*found, Need("team")) if found else ()


def run(scene: Scene, event: Event, rest: str) -> Turn:
    def then(entry: LedgerEntry) -> Turn:
        return Turn(say=_answer(scene, event, entry))

    return with_entry(scene, event, rest, "show", USAGE, then)


def _answer(scene: Scene, event: Event, entry: LedgerEntry) -> Message:
    interview, candidate = entry.target.interview, entry.target.candidate
    name, phone = name_of(candidate, event), phone_of(candidate)
    lead = t(
        "{label} {name}, {role}: {state}",
        label=interview.label,
        name=name,
        role=interview.role,
        state=state_of(interview, scene.now),
    )
    case = next((case for case in entry.target.cases if case.state is not CaseState.CLOSED), None)
    step = next_step(interview, candidate, case, scene.policy, scene.now, name)
    step = staffed(step, interview, scene.policy, scene.found["team"])
    label = interview.label
    blocks = (
        Fact("when", t("When"), t("{when}", when=when_it_is(interview))),
        Fact("next", t("Next"), step.told),
        *alarm(step),
        *_so_far(entry),
        *([_case(case)] if case else []),
        *_reach(candidate, phone),
        *_reminder(entry, scene.now),
        *held_back(interview),
        *_whole(scene, candidate, label),
        Note(_more(scene, interview)),
    )
    return Message("command.show", lead, blocks)


def _more(scene: Scene, interview: Interview) -> Text:
    """Return what whoever reads it can do next, of what they may and what the interview still allows."""
    may = scene.person is not None and scene.person.may(*DECIDERS)
    is_open = interview.state is State.SCHEDULED and interview.attempt.joined_at is None
    label = interview.label
    if may and interview.state is State.NO_SHOW:
        return t("More: why {label} · rebook {label}", label=label)
    if may and is_open:
        return t("More: why {label} · remind {label} · move {label} 2026-11-25T14:00", label=label)
    return t("More: why {label} · plan {label}", label=label)


def _whole(scene: Scene, candidate: Person, label: str) -> Iterator[Block]:
    """Tell whoever may how they get what is hidden."""
    if candidate.phone and scene.person is not None and scene.person.may(Role.HR, Role.RECRUITER):
        yield Note(t("The whole number: reveal {label}", label=label))


def _so_far(entry: LedgerEntry) -> Iterator[Block]:
    """Tell what the candidate did."""
    attempt = entry.target.interview.attempt
    moments: tuple[tuple[datetime | None, str, Text], ...] = (
        (
            attempt.confirmed_at,
            "confirmed",
            t("Confirmed by phone") if attempt.confirmed_by else t("Confirmed"),
        ),
        (attempt.entered_at, "entered", t("Tapped the link")),
        (attempt.joined_at, "joined", t("Joined")),
        (attempt.flagged_at, "flagged", t("Flagged as no-show")),
        (attempt.contacted_at, "asked", t("Asked why")),
    )
    for at, fact, label in moments:
        if at is not None:
            yield Fact(fact, label, t("{when}", when=Moment(at)))
    if entry.checks:
        yield Fact("check", t("Device check"), result(entry.checks[0]))
    if attempt.reason is not None:
        yield Fact("reason", t("Reason"), REASONS[attempt.reason])
    if attempt.reason_said:
        yield Fact("said", t("In their words"), t("“{words}”", words=attempt.reason_said[:300]))


def _case(case: Case) -> Block:
    return Para(
        t(
            "{case}, {kind}, since {since}",
            case=case.label,
            kind=KINDS[case.kind],
            since=Moment(case.opened_at),
        )
    )


def _reach(candidate: Person, phone: str | None) -> Iterator[Block]:
    if candidate.opted_out_at is not None:
        yield Fact("reach", t("Reached by"), t("nothing: they asked for no more messages"))
    elif candidate.reachable:
        channels = channel_names(binding.address.channel for binding in candidate.reachable)
        yield Fact("reach", t("Reached by"), t("{channels}", channels=channels))
    else:
        yield Fact("reach", t("Reached by"), t("nothing yet: they have not opened their link"))
    if phone:
        yield Fact("phone", t("Phone"), t("{phone}", phone=phone))


def _reminder(entry: LedgerEntry, now: datetime) -> Iterator[Block]:
    waiting = [row for row in entry.rungs if row.verdict is None and row.due_at >= now]
    if waiting and entry.target.interview.attempt.paused_at is None:
        first = min(waiting, key=lambda row: row.due_at)
        yield Fact(
            "reminder", t("Next reminder"), t("{rung}, {when}", rung=first.name, when=Moment(first.due_at))
        )


SHOW = Command(
    "show",
    ("查看", "详情"),
    STAFF,
    USAGE,
    t("One interview: state, contact, what comes next."),
    run,
    _needs,
    may_follow=True,
    flags=(),
)
