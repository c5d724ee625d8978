"""A call for help as support sees it: facts, the candidate's words, who has it, until when."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from conversations.commands.lines import KINDS, alarm
from conversations.dialog import Ask, Dialog, Scene, Session, Turn
from conversations.dialogs import number
from conversations.dialogs.casework import (
    assign,
    cards,
    case_of,
    close,
    hand_over,
    owner_of,
    release,
    shown_to,
    step_in,
    subject_of,
    take,
    team_in,
)
from conversations.dialogs.checked import beside
from conversations.dialogs.elsewhere import facts_of
from conversations.dialogs.escalation import bucket, escalate, is_listed, next_call
from conversations.dialogs.handing import give
from conversations.dialogs.relay import begin, hand_back
from conversations.dialogs.relay import pressed as write
from conversations.dialogs.together import folded, is_folded
from conversations.dialogs.warned import everybody, hr_beside, responsible
from conversations.effects import ALERT, REPLY, Answer, Effect, Manner, Priority, Say, SetTimer, Then
from conversations.events import Due, Event, Ordered, Said
from conversations.findings import TranscriptLine
from conversations.identity import Recipient, Role, ToPerson, ToTeam
from conversations.interview import Case, CaseKind, CaseState
from conversations.messages import Action, Block, Fact, Message, Note, Press, item
from conversations.steps import HR_WARNED_BEFORE, handled_by
from locales.mask import mask_phone
from locales.text import Moment, Text, TimeOfDay, Value, ct, t

LINES = 6
"""Lines of the transcript on the card."""
LONGEST = 200
_HELP = (CaseKind.TECHNICAL, CaseKind.PERSON)


# -- the card --------------------------------------------------------------------------------------------


def _card(scene: Scene, session: Session) -> Message:
    case = case_of(scene, session)
    if is_folded(session) and case.state is CaseState.OPEN:
        return folded("support", _lead(scene, case))
    transcript: Sequence[TranscriptLine] = scene.found["transcript"]
    blocks = (*_facts(scene, case), *_who_has_it(scene, case), *facts_of(scene), *_said(transcript))
    # Of what stands in a list alone nobody is told one by one how it ended.
    is_progress = case.state is not CaseState.CLOSED or is_folded(session)
    return Message(
        "support.card",
        _lead(scene, case),
        blocks,
        _actions(scene, case),
        is_progress=is_progress,
        owner=owner_of(case),
    )


def _lead(scene: Scene, case: Case) -> Text:
    interview = scene.booked
    who: dict[str, Value] = {
        "kind": KINDS[case.kind],
        "label": interview.label,
        "name": scene.whose.name,
        "owner": case.owner_name or "?",
    }
    if case.state is CaseState.CLOSED and case.owner_name:
        return Text("{label} {name}, {kind}: settled by {owner}.", who)
    if case.state is CaseState.CLOSED:
        return Text("{label} {name}, {kind}: settled.", who)
    if case.state is CaseState.TAKEN:
        return Text("{label} {name}, {kind}: {owner} looks after it.", who)
    if case.escalated_at is not None:
        return Text("Nobody has taken it yet: {label} {name}, {kind}.", who)
    return Text("Please take it: {label} {name}, {kind}.", who)


def _facts(scene: Scene, case: Case) -> Iterator[Block]:
    interview, candidate = scene.booked, scene.whose
    attempt = interview.attempt
    yield Fact("role", t("Role"), t("{role}", role=interview.role))
    yield Fact("when", t("Interview"), t("{when}", when=Moment(attempt.starts_at, attempt.zone)))
    yield Fact("since", t("Asked for help"), t("{when}", when=Moment(case.opened_at)))
    if case.said:
        yield Fact("said", t("In their words"), t("“{words}”", words=case.said[:300]))
    if attempt.entered_at is not None:
        yield Fact("entered", t("Tapped the link"), t("{when}", when=Moment(attempt.entered_at)))
    yield beside(scene)
    if candidate.phone:
        yield Fact("phone", t("Phone"), t("{phone}", phone=mask_phone(candidate.phone)))


def _who_has_it(scene: Scene, case: Case) -> Iterator[Block]:
    if case.state is CaseState.CLOSED:
        if case.closed_at is not None:
            yield Fact("closed", t("Closed"), t("{when}", when=Moment(case.closed_at)))
        if case.note:
            yield Fact("result", t("Result"), t("“{words}”", words=case.note))
        return
    if case.owner_name and case.taken_at is not None:
        taken = t("{owner}, since {time}", owner=case.owner_name, time=TimeOfDay(case.taken_at))
        yield Fact("owner", t("Looked after by"), taken)
    step = step_in(scene, case)
    yield Fact("next", t("Next"), step.told)
    yield from alarm(step)


def _said(transcript: Sequence[TranscriptLine]) -> Iterator[Block]:
    if transcript:
        yield Note(t("Said last:"))
    for line in transcript[-LINES:]:
        words = " ".join(line.text.split())
        said: dict[str, Value] = {
            "time": TimeOfDay(line.at),
            "words": words if len(words) <= LONGEST else f"{words[: LONGEST - 1]}…",
        }
        match line.who:
            case "candidate":
                yield item(Text("{time} candidate: {words}", said))
            case "bot":
                yield item(Text("{time} bot: {words}", said))
            case "staff":
                yield item(Text("{time} team: {words}", said))


def _actions(scene: Scene, case: Case) -> tuple[Action, ...]:
    shown = number.button(scene)
    rebook = Press("rebook", ct("button", "Offer other times"))
    close, hand = Press("close", ct("button", "Settled")), Press("give", ct("button", "Give to…"))
    match case.state:
        case CaseState.OPEN:
            return (Press("take", ct("button", "I look after it"), "primary"), *shown, rebook, close, hand)
        case CaseState.TAKEN:
            return (
                Press("close", close.label, "primary"),
                *shown,
                Press("write", ct("button", "Write to them")),
                Press("release", ct("button", "Hand back")),
                rebook,
                hand,
            )
        case CaseState.CLOSED:
            return ()


# -- its buttons -----------------------------------------------------------------------------------------


def _take(scene: Scene, session: Session, event: Event, arg: str) -> Turn:
    if scene.person is None:
        return Turn()
    case = case_of(scene, session)
    effects = (*take(scene, case, scene.person), *cards(scene, case, but=session))
    return Turn(
        effects=effects, to="card", answer=Answer(toast=t("It is yours. The candidate knows. Thank you."))
    )


def _release(scene: Scene, session: Session, event: Event, arg: str) -> Turn:
    case = case_of(scene, session)
    effects = (*release(scene, case, scene.person), *cards(scene, case, but=session))
    return Turn(
        effects=effects, to="card", answer=Answer(toast=t("Handed back: it waits for somebody to take it."))
    )


def _close(scene: Scene, session: Session, event: Event, arg: str) -> Turn:
    case = case_of(scene, session)
    effects = (*close(scene, case, scene.person), *cards(scene, case, but=session))
    return Turn(
        effects=effects, to="card", answer=Answer(toast=t("Settled. The candidate is offered other times."))
    )


def _rebook(scene: Scene, session: Session, event: Event, arg: str) -> Turn:
    by = scene.person.id if scene.person else None
    toast = t("Other times are on their way to the candidate.")
    return Turn(
        effects=(Then(Ordered("rebook", scene.booked.id, by)),), to="card", answer=Answer(toast=toast)
    )


# -- what happens outside the card -----------------------------------------------------------------------


def _due_ack(scene: Scene, event: Event) -> Turn:
    """Nobody has taken it in time."""
    subject = event.body.subject if isinstance(event.body, Due) else ""
    case = next((case for case in scene.cases if subject_of(case) == subject), None)
    return Turn(effects=next_call(scene, case)) if case else Turn()


def _due_overdue(scene: Scene, event: Event) -> Turn:
    """Two hours are nearly over: whoever has it is warned, and a quarter of an hour before the end HR."""
    body = event.body
    subject = body.subject if isinstance(body, Due) else ""
    case = next((case for case in scene.cases if subject_of(case) == subject), None)
    if case is None or case.state is CaseState.CLOSED or not isinstance(body, Due):
        return Turn()
    first = responsible(scene, case)
    # Whoever has it can still settle it by themselves; of what nobody has taken HR knows at once.
    is_owners = case.state is CaseState.TAKEN and first is not None and body.data.get("to") != "hr"
    stage = "owner" if is_owners else "hr"
    # Of many that stand in one list there is one warning.
    is_one_of_many = case.state is CaseState.OPEN and is_listed(scene, case)
    name = bucket(case.opened_at) if is_one_of_many else case.id
    told = _overdue_list(scene, case) if is_one_of_many else _overdue(scene, case)
    manner = Manner(where="ladder", priority=Priority.ALERT, once=f"overdue:{name}:{stage}")
    interview = scene.booked
    readers: tuple[Recipient, ...] = everybody(scene, case)
    if first is not None and case.state is CaseState.TAKEN:
        readers = (ToPerson(first.id),) if is_owners else hr_beside(scene, (first.id,))
    effects: tuple[Effect, ...] = (
        *(Say(to, told, manner, interview.id, interview.attempt.id) for to in readers),
        *(cards(scene, case) if shown_to(scene, case) else ()),
    )
    if is_owners:
        again_at = handled_by(case, scene.policy) - HR_WARNED_BEFORE
        effects = (*effects, SetTimer("overdue", subject, again_at, {"to": "hr"}))
    return Turn(effects=effects)


def _overdue(scene: Scene, case: Case) -> Message:
    by = handled_by(case, scene.policy)
    told: dict[str, Value] = {
        "case": case.label,
        "label": scene.booked.label,
        "name": scene.whose.name,
        "kind": KINDS[case.kind],
        "when": Moment(by),
    }
    lead = Text("{case} is still open: {label} {name}, {kind}. Please settle it by {when}.", told)
    if by <= scene.now:
        lead = Text("{case} is still open, and was due by {when}: {label} {name}, {kind}.", told)
    step = step_in(scene, case)
    how = Note(t("To do so: take {case} · write {case} · close {case}", case=case.label))
    return Message("hr.overdue", lead, (Fact("next", t("Next"), step.told), *alarm(step), how))


def _overdue_list(scene: Scene, case: Case) -> Message:
    by = handled_by(case, scene.policy)
    told: dict[str, Value] = {
        "case": case.label,
        "label": scene.booked.label,
        "name": scene.whose.name,
        "start": Moment(scene.booked.attempt.starts_at),
        "when": Moment(by),
    }
    lead = t(
        "No-shows of {start} are still open, {case} {label} {name} among them. Please settle them by {when}.",
        **told,
    )
    if by <= scene.now:
        lead = t(
            "No-shows of {start} are still open, and were due by {when}: {case} {label} {name} among them.",
            **told,
        )
    return Message("hr.overdue", lead, (Note(t("All of them: no-shows")),))


def _silent(scene: Scene, event: Event) -> Turn:
    """The bot says nothing while somebody has the case; that somebody reads what was written."""
    case = scene.open_case(*_HELP)
    if case is None or not isinstance(event.body, Said):
        return Turn()
    owner = ToPerson(case.owner) if case.owner else ToTeam("support")
    name, interview = scene.whose.name, scene.booked
    lead = t("{name} writes: {words}", name=name, words=event.body.text[:1000])
    note = Note(
        t(
            "{label}, {case}. I keep silent until you hand back. To answer them here: write {case}",
            label=interview.label,
            case=case.label,
        )
    )
    told = Message("support.words", lead, (note,))
    return Turn(effects=(Say(owner, told, ALERT, interview.id, interview.attempt.id), *cards(scene, case)))


def _ordered(scene: Scene, event: Event) -> Turn:
    """Do to a case what a command or another dialog orders: `args` may name it, otherwise it is the open one."""
    body, person = event.body, scene.person
    if not isinstance(body, Ordered):
        return Turn()
    case = next(
        (case for case in scene.cases if str(case.id) == body.args.get("case")), None
    ) or scene.open_case(*_HELP, CaseKind.NO_SHOW)
    if case is None or case.state is CaseState.CLOSED:
        return Turn()
    match body.act:
        case "take" if person is not None:
            effects = take(scene, case, person)
        case "release" if case.state is CaseState.TAKEN:
            effects = release(scene, case, person)
        case "close":
            effects = close(scene, case, person, body.args.get("result", "solved"), body.args.get("note", ""))
        case "escalate":
            return Turn(effects=escalate(scene, case))
        case "assign":
            to = next((each for each in team_in(scene) if str(each.id) == body.args["to"]), None)
            return Turn(effects=assign(scene, case, to, person)) if to is not None else Turn()
        case "handoff":
            return Turn(effects=hand_over(scene, case, body.args["to"], person))
        case "handback":
            return Turn(effects=hand_back(scene, case, person))
        case "write" if person is not None:
            begun = begin(scene, case, person, event.account or "")
            if isinstance(begun, Text):
                return Turn(effects=(Say(ToPerson(person.id), Message("relay.refused", begun), REPLY),))
            # Whoever has it already writes from now on: no card says anything new.
            return Turn(effects=(*begun, *(cards(scene, case) if case.state is CaseState.OPEN else ())))
        case _:
            return Turn()
    return Turn(effects=(*effects, *cards(scene, case)))


SUPPORT = Dialog(
    "support",
    Ask(
        "card",
        _card,
        {
            "take": _take,
            "release": _release,
            "close": _close,
            "rebook": _rebook,
            "write": write,
            "give": give,
            "number": number.pressed,
        },
        needs=("transcript", "prechecks", "team"),
        exits=("card",),
    ),
    on={
        "due.ack": _due_ack,
        "silent": _silent,
        "ordered.take": _ordered,
        "ordered.release": _ordered,
        "ordered.close": _ordered,
        "ordered.escalate": _ordered,
        "ordered.assign": _ordered,
        "ordered.handoff": _ordered,
        "ordered.handback": _ordered,
        "ordered.write": _ordered,
        "due.overdue": _due_overdue,
    },
    needs={"silent": ("transcript",)},
    roles=(Role.SUPPORT, Role.HR),
    is_card=True,
)
