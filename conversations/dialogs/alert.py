"""A no-show as HR sees it: one card through its life, or one list when many come at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from conversations.commands.lines import alarm
from conversations.dialog import Ask, Dialog, Need, Pick, Scene, Session, Turn
from conversations.dialogs import number
from conversations.dialogs.casework import (
    FOLDED,
    QUIETLY,
    attempt_of,
    cards,
    case_of,
    held,
    owner_of,
    release,
    shown_to,
    step_in,
    subject_of,
    take,
)
from conversations.dialogs.checked import beside
from conversations.dialogs.elsewhere import facts_of
from conversations.dialogs.escalation import bucket, first_call, is_listed
from conversations.dialogs.handing import give
from conversations.dialogs.relay import pressed as write
from conversations.dialogs.together import LISTED, TOGETHER, UPDATED_AFTER, folded, is_folded
from conversations.effects import ALERT, REPLY, Answer, Say, Show, Then
from conversations.engine import NeedMore
from conversations.events import Event, Ordered
from conversations.figures import REASONS
from conversations.findings import Target
from conversations.identity import Role, ToPerson
from conversations.interview import Attempt, Case, CaseKind, CaseState, Reason, State
from conversations.messages import Action, Block, Fact, Message, Note, Para, Press, item
from conversations.rights import sees
from locales.mask import mask_phone
from locales.text import Moment, Text, TimeOfDay, Value, ct, nt, t

# -- one no-show -----------------------------------------------------------------------------------------


def _card(scene: Scene, session: Session) -> Message:
    case = case_of(scene, session)
    if is_folded(session) and case.state is CaseState.OPEN:
        return folded("alert", _lead(scene, case))
    attempt = attempt_of(scene, case)
    blocks = (
        *_what_happened(scene, case, attempt),
        *_why(case, attempt),
        *_check(scene, attempt),
        *_who_has_it(scene, case),
        *facts_of(scene),
    )
    buttons = _buttons(scene, session, case)
    # Of what stands in a list alone nobody is told one by one how it ended.
    is_progress = case.state is not CaseState.CLOSED or is_folded(session)
    return Message(
        "alert.card", _lead(scene, case), blocks, buttons, is_progress=is_progress, owner=owner_of(case)
    )


def _lead(scene: Scene, case: Case) -> Text:
    interview = scene.booked
    who: dict[str, Value] = {"label": interview.label, "name": scene.whose.name, "role": interview.role}
    if case.state is CaseState.TAKEN:
        return Text(
            "No-show: {label} {name}, {role}. {owner} looks after it.",
            {**who, "owner": case.owner_name or "?"},
        )
    if case.state is CaseState.OPEN:
        return Text("No-show: {label} {name}, {role}.", who)
    match case.result:
        case "rebooked":
            when = Moment(interview.attempt.starts_at, interview.attempt.zone)
            return Text("Rebooked to {when}: {label} {name}, {role}.", {**who, "when": when})
        case "joined":
            return Text("Joined after all: {label} {name}, {role}.", who)
        case "dismissed" if case.owner_name:
            return Text("Dismissed by {owner}: {label} {name}, {role}.", {**who, "owner": case.owner_name})
        case "dismissed":
            return Text("Dismissed: {label} {name}, {role}.", who)
        case "undone":
            return Text("The no-show flag was wrong: {label} {name}, {role}.", who)
        case "withdrawn":
            return Text("Withdrawn by the candidate: {label} {name}, {role}.", who)
        case "cancelled":
            return Text("Cancelled: {label} {name}, {role}.", who)
        case _:
            return Text("Settled: {label} {name}, {role}.", who)


def _what_happened(scene: Scene, case: Case, attempt: Attempt) -> Iterator[Block]:
    yield Fact("when", t("It was"), t("{when}", when=Moment(attempt.starts_at, attempt.zone)))
    yield Fact(
        "since", t("Flagged as no-show"), t("{when}", when=Moment(attempt.flagged_at or case.opened_at))
    )
    yield Fact("evidence", t("Seen before"), _evidence(attempt))
    if scene.whose.phone:
        yield Fact("phone", t("Phone"), t("{phone}", phone=mask_phone(scene.whose.phone)))


def _evidence(attempt: Attempt) -> Text:
    if attempt.confirmed_at is not None and attempt.entered_at is not None:
        return t(
            "confirmed {confirmed}, tapped the link {entered}",
            confirmed=Moment(attempt.confirmed_at),
            entered=Moment(attempt.entered_at),
        )
    if attempt.entered_at is not None:
        return t("not confirmed, but tapped the link {entered}", entered=Moment(attempt.entered_at))
    if attempt.confirmed_at is not None:
        return t("confirmed {confirmed}, link not tapped", confirmed=Moment(attempt.confirmed_at))
    return t("not confirmed, link not tapped")


def _why(case: Case, attempt: Attempt) -> Iterator[Block]:
    if attempt.reason is not None:
        yield Fact("reason", t("Reason"), REASONS[attempt.reason])
    elif attempt.contacted_at is not None:
        yield Fact(
            "reason", t("Reason"), t("asked {time}, no answer yet", time=TimeOfDay(attempt.contacted_at))
        )
    if words := attempt.reason_said or case.said:
        yield Fact("said", t("In their words"), t("“{words}”", words=words[:300]))


def _check(scene: Scene, attempt: Attempt) -> Iterator[Block]:
    """Yield the last device check beside a technical reason: what they met may have shown there."""
    if attempt.reason is Reason.TECHNICAL:
        yield beside(scene)


def _who_has_it(scene: Scene, case: Case) -> Iterator[Block]:
    if case.state is CaseState.CLOSED:
        if case.closed_at is not None:
            yield Fact("closed", t("Closed"), t("{when}", when=Moment(case.closed_at)))
        if case.note:
            yield Fact("result", t("Result"), t("“{words}”", words=case.note))
        if case.owner_name and case.result != "dismissed":
            yield Fact("owner", t("Looked after by"), t("{owner}", owner=case.owner_name))
        return
    if case.owner_name and case.taken_at is not None:
        taken = t("{owner}, since {time}", owner=case.owner_name, time=TimeOfDay(case.taken_at))
        yield Fact("owner", t("Looked after by"), taken)
    if _is_rebooking(scene):
        yield Fact("progress", t("Progress"), ct("progress", "rebooking"))
    step = step_in(scene, case)
    yield Fact("next", t("Next"), step.told)
    yield from alarm(step)


def _is_rebooking(scene: Scene) -> bool:
    """Tell whether the candidate has times to choose from before them."""
    session = scene.session(f"person:{scene.whose.id}", f"interview:{scene.booked.id}")
    return session is not None and session.dialog == "rebook" and session.is_waiting


def _buttons(scene: Scene, session: Session, case: Case) -> tuple[Action, ...]:
    rebook = Press("rebook", ct("button", "Rebook"), "primary")
    dismiss, undo = Press("dismiss", ct("button", "Dismiss")), Press("undo", ct("button", "They did come"))
    hand = Press("give", ct("button", "Give to…"))
    match case.state:
        case CaseState.OPEN:
            return (rebook, Press("take", ct("button", "I look after it")), dismiss, undo, hand)
        case CaseState.TAKEN:
            write_ = Press("write", ct("button", "Write to them"))
            back = Press("release", ct("button", "Hand back"))
            shown = number.button(scene)
            # WeCom's cards have six buttons; who hands it back can give it to somebody.
            return (*shown, rebook, write_, back, dismiss, undo, *(() if shown else (hand,)))
        case CaseState.CLOSED:
            return ()


def _press(act: str, toast: Text) -> Mapping[str, Pick]:
    """Return the handler of a button that has something done to the interview."""

    def pick(scene: Scene, session: Session, event: Event, arg: str) -> Turn:
        if refused := _not_yours(scene):
            return refused
        if scene.person is None:
            return Turn()
        id, by = scene.booked.id, scene.person.id
        # What is done is seen on the card at once, whoever else shows it.
        effects = (Then(Ordered(act, id, by)), Then(Ordered("alert", id, by, {"card": "follow"})))
        return Turn(effects=effects, answer=Answer(toast=toast))

    return {act: pick}


def _take(scene: Scene, session: Session, event: Event, arg: str) -> Turn:
    if refused := _not_yours(scene):
        return refused
    if scene.person is None:
        return Turn()
    case = case_of(scene, session)
    effects = (*take(scene, case, scene.person), *cards(scene, case, but=session))
    return Turn(effects=effects, to="card", answer=Answer(toast=t("It is yours. Thank you.")))


def _release(scene: Scene, session: Session, event: Event, arg: str) -> Turn:
    if refused := _not_yours(scene):
        return refused
    case = case_of(scene, session)
    effects = (*release(scene, case, scene.person), *cards(scene, case, but=session))
    return Turn(
        effects=effects, to="card", answer=Answer(toast=t("Handed back: it waits for somebody to take it."))
    )


def _write(scene: Scene, session: Session, event: Event, arg: str) -> Turn:
    return _not_yours(scene) or write(scene, session, event, arg)


def _give(scene: Scene, session: Session, event: Event, arg: str) -> Turn:
    return _not_yours(scene) or give(scene, session, event, arg)


def _not_yours(scene: Scene) -> Turn | None:
    if scene.interview is not None and not sees(scene.person, scene.interview):
        return Turn(answer=Answer(toast=t("This interview is looked after by somebody else.")))
    return None


# -- many at once ----------------------------------------------------------------------------------------


def _alert(scene: Scene, event: Event) -> Turn:
    """Show a no-show's card; with many flags at once, the list they stand in."""
    case = next((case for case in scene.cases if case.kind is CaseKind.NO_SHOW), None)
    if case is None or scene.interview is None or scene.candidate is None:
        return Turn()
    wanted = event.body.args.get("card", "") if isinstance(event.body, Ordered) else ""
    if wanted == "single":
        return _alone(scene, case)
    if wanted == "fold":
        return _folded(scene, case)
    if shown_to(scene, case):
        return Turn(effects=cards(scene, case))
    if is_listed(scene, case):
        return Turn()
    if "flagged" not in scene.found:
        raise NeedMore((Need("flagged"),))
    others: Sequence[Target] = scene.found["flagged"]
    own = Target(scene.interview, scene.candidate, scene.cases)
    together = [own, *(target for target in others if target.interview.id != scene.interview.id)]
    is_flood = case.state is CaseState.OPEN and len(together) >= TOGETHER
    return _listed(scene, together) if is_flood else Turn(effects=first_call(scene, case))


def _alone(scene: Scene, case: Case) -> Turn:
    """Show the card of one that stands in a list, to everybody: if whoever wants it may see it."""
    if scene.person is not None and not sees(scene.person, scene.booked):
        lead = t("This interview is looked after by somebody else.")
        return Turn(effects=(Say(ToPerson(scene.person.id), Message("notice.not_allowed", lead), REPLY),))
    card = Show("team:hr", subject_of(case), "alert.card", {FOLDED: False}, ALERT)
    return Turn(effects=(card,))


def _folded(scene: Scene, case: Case) -> Turn:
    """Close the card of a no-show that stands in a list from now on."""
    known = scene.session("team:hr", subject_of(case))
    if case.state is not CaseState.OPEN or known is None or not known.is_waiting:
        return Turn()
    return Turn(effects=(Show("team:hr", subject_of(case), "alert.card", {FOLDED: True}, QUIETLY),))


def _listed(scene: Scene, together: Sequence[Target]) -> Turn:
    oldest = min(target.interview.attempt.flagged_at or scene.now for target in together)
    subject = bucket(oldest)
    session = held(scene, "team:hr", subject)
    known: list[dict[str, str]] = list(session.data.get("flags", ())) if session else []
    labels = {flag["label"] for flag in known}
    fresh = [_flag(target) for target in together if target.interview.label not in labels]
    flags = [*known, *sorted(fresh, key=lambda flag: int(flag["label"].partition("-")[2]))]
    manner = ALERT if session is None else replace(ALERT, due_at=scene.now + UPDATED_AFTER)
    shown = Show("team:hr", subject, "alert.list", {"flags": flags, "page": 1}, manner)
    others = (target.interview.id for target in together[1:]) if session is None else ()
    folds = (Then(Ordered("alert", interview, None, {"card": "fold"})) for interview in others)
    return Turn(effects=(shown, *folds))


def _flag(target: Target) -> dict[str, str]:
    interview = target.interview
    return {
        "interview": str(interview.id),
        "label": interview.label,
        "name": target.candidate.name,
        "role": interview.role,
        "at": interview.attempt.starts_at.isoformat(),
        "zone": interview.attempt.zone,
        "attempt": str(interview.attempt.id),
        "news": "entered" if interview.attempt.entered_at else "",
    }


def _list(scene: Scene, session: Session) -> Message:
    flags: list[dict[str, str]] = session.data["flags"]
    page = session.data.get("page", 1)
    shown = flags[(page - 1) * LISTED : page * LISTED]
    lead = nt("{n} no-show at once.", "{n} no-shows at once.", len(flags))
    note = Note(
        t(
            "Each of them is asked why. Tap one for its own card. If so many at once look wrong, look at the "
            "interview platform first."
        )
    )
    buttons = tuple(
        Press(
            f"open:{flag['interview']}",
            ct("button", "{label} {name}", label=flag["label"], name=flag["name"]),
        )
        for flag in shown
    )
    turn_page = (Press("page", ct("button", "More")),) if len(flags) > LISTED else ()
    refresh = Press("refresh", ct("button", "What is new?"))
    return Message("alert.list", lead, (*map(_flag_line, shown), note), (*buttons, *turn_page, refresh))


def _flag_line(flag: Mapping[str, str]) -> Para:
    said: dict[str, Value] = {
        "label": flag["label"],
        "name": flag["name"],
        "role": flag["role"],
        "when": Moment(datetime.fromisoformat(flag["at"]), flag["zone"]),
    }
    if not flag["news"]:
        return item(Text("{label} {name}, {role}: {when}", said))
    return item(Text("{label} {name}, {role}: {when}, {news}", {**said, "news": _NEWS[flag["news"]]}))


_NEWS: Mapping[str, Text] = {
    "entered": ct("news", "had tapped the link"),
    "rebooked": ct("news", "rebooked"),
    "joined": ct("news", "joined after all"),
    "cancelled": ct("news", "cancelled"),
    "withdrawn": ct("news", "withdrawn"),
    **{reason.value: text for reason, text in REASONS.items() if reason is not None},
}


def _news(target: Target, flag: Mapping[str, str]) -> str:
    """Return what is known by now of somebody on the list."""
    interview = target.interview
    match interview.state:
        case State.JOINED | State.COMPLETED:
            return "joined"
        case State.CANCELLED | State.WITHDRAWN:
            return interview.state.value
    if str(interview.attempt.id) != flag["attempt"]:
        return "rebooked"
    return interview.attempt.reason.value if interview.attempt.reason else flag["news"]


def _refresh(scene: Scene, session: Session, event: Event, arg: str) -> Turn:
    """Say what has become of everybody on the list."""
    flags: list[dict[str, str]] = session.data["flags"]
    if "interviews" not in scene.found:
        # From their day on, because whoever rebooked stands at a later one now.
        first = min(datetime.fromisoformat(flag["at"]) for flag in flags)
        days = f"{first - timedelta(days=1):%Y-%m-%d}..{first + timedelta(days=60):%Y-%m-%d}"
        raise NeedMore((Need("interviews", {"text": "", "state": "", "when": days, "limit": "2000"}),))
    now_known = {str(target.interview.id): target for target in scene.found["interviews"]}
    fresh = [
        {**flag, "news": _news(now_known[flag["interview"]], flag)}
        if flag["interview"] in now_known
        else flag
        for flag in flags
    ]
    return Turn(to="list", keep={"flags": fresh})


def _open(scene: Scene, session: Session, event: Event, arg: str) -> Turn:
    by = scene.person.id if scene.person else None
    return Turn(effects=(Then(Ordered("alert", UUID(arg), by, {"card": "single"})),))


def _page(scene: Scene, session: Session, event: Event, arg: str) -> Turn:
    pages = -(-len(session.data["flags"]) // LISTED)
    return Turn(to="list", keep={"page": session.data.get("page", 1) % pages + 1})


ALERT_DIALOG = Dialog(
    "alert",
    Ask(
        "card",
        _card,
        {
            **_press("rebook", t("Other times are on their way to the candidate.")),
            **_press("dismiss", t("Dismissed.")),
            **_press("undo", t("The flag is taken back.")),
            "take": _take,
            "release": _release,
            "write": _write,
            "number": number.pressed,
            "give": _give,
        },
        needs=("prechecks", "team"),
        exits=("card",),
    ),
    Ask("list", _list, {"open": _open, "page": _page, "refresh": _refresh}, exits=("list",)),
    entries=("list",),
    on={"ordered.alert": _alert},
    roles=(Role.HR, Role.RECRUITER),
    is_card=True,
)
