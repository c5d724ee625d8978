"""After somebody could not make it: another time beside the reasons, and neither needed for the other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from conversations.dialog import Ask, Dialog, Hear, Pick, Scene, Session, Tell, Turn
from conversations.dialogs import rebook
from conversations.dialogs.appointments import (
    actor,
    close_cases,
    end,
    follow,
    is_off,
    refresh_cases,
    standing,
    stop,
    subject,
)
from conversations.dialogs.casework import cards
from conversations.dialogs.forms import filled
from conversations.dialogs.phrases import role_of, when
from conversations.dialogs.warned import everybody
from conversations.effects import (
    ALERT,
    Answer,
    Effect,
    Manner,
    Priority,
    Record,
    ReleaseSlot,
    SaveCase,
    SaveInterview,
    Say,
    Then,
)
from conversations.events import Delivered, Due, Event, Ordered, Said
from conversations.interview import CaseKind, CaseState, Outcome, Reason, State, Verdict
from conversations.messages import Field, Form, Message, Note, Press
from conversations.policy import Policy
from conversations.understanding.intents import heed
from conversations.understanding.times import wishes_for_time
from locales.text import Moment, Text, ct, t

LABELS: Mapping[Reason, Text] = {
    Reason.FORGOT: ct("button", "I forgot the time"),
    Reason.TECHNICAL: ct("button", "A technical problem"),
    Reason.CAME_UP: ct("button", "Something came up"),
    Reason.UNCLEAR: ct("button", "The notice was unclear"),
    Reason.OTHER_OFFER: ct("button", "I took another offer"),
    Reason.PRIVATE: ct("button", "I'd rather not say"),
}
REBOOK = Press("rebook", ct("button", "Find another time"), "primary")
LATER = (Reason.UNCLEAR, Reason.OTHER_OFFER, Reason.PRIVATE)
LONGEST = 1000
_NOT_A_REASON = frozenset(
    {"stop", "start", "person", "privacy", "status", "help", "attended", "late", "link"}
)
"""What is heard as what one can say at any time, even while a reason is asked for."""


# -- what is asked ---------------------------------------------------------------------------------------


def presses(*reasons: Reason) -> tuple[Press, ...]:
    return tuple(Press(f"reason:{reason.value}", LABELS[reason]) for reason in reasons)


def _ask(scene: Scene, session: Session) -> Message:
    interview = scene.booked
    lead = t(
        "Sorry that you couldn't make it to {interview}, {when}. No problem: shall we find another time?",
        interview=role_of(interview),
        when=when(interview.attempt),
    )
    note = Note(t("It would help us to know what happened. One tap is enough, or tell me in your own words."))
    reasons = presses(Reason.FORGOT, Reason.TECHNICAL, Reason.CAME_UP)
    more = Press("more", ct("button", "Another reason"))
    return Message("no_show.ask", lead, (note,), (REBOOK, *reasons, more))


def _more(scene: Scene, session: Session) -> Message:
    lead = t("Which of these is it? Or tell me in your own words.")
    return Message("no_show.more", lead, (), (*presses(*LATER), REBOOK))


def _form(scene: Scene, session: Session) -> Form:
    reasons = (*LABELS.items(), (Reason.OTHER, ct("button", "Something else")))
    return Form(
        "no_show.more",
        t("What happened?"),
        (
            Field(
                "reason", t("Which of these is it?"), "choice", tuple((r.value, text) for r, text in reasons)
            ),
            Field(
                "words", t("In your own words, if you like"), "long", is_required=False, max_length=LONGEST
            ),
        ),
        ct("button", "Send"),
    )


def _leaving(scene: Scene, session: Session) -> Message:
    if session.data.get("why") == "offer":
        lead = t("Congratulations! Shall I tell the team that you are withdrawing your application?")
    else:
        lead = t("Shall I tell the team that you are withdrawing your application?")
    keep: tuple[Press, ...] = ()
    if scene.booked.state is State.SCHEDULED and scene.now < scene.booked.attempt.starts_at:
        keep = (Press("keep", ct("button", "No, I keep my time")),)
    presses = (
        Press("withdraw", ct("button", "Yes, withdraw"), "danger"),
        Press("stay", ct("button", "No, find another time"), "primary"),
        *keep,
    )
    return Message("no_show.leaving", lead, (), presses)


def _left(scene: Scene, session: Session) -> Message:
    lead = t("It is done, and the team knows. Thank you for telling us, and all the best!")
    return Message("no_show.left", lead, calendar="cancel")


def _attended(scene: Scene, session: Session) -> Message:
    lead = t(
        "Thank you for telling me. I have passed it on, and the hiring team will put it right if we were wrong."
    )
    return Message("no_show.attended", lead)


# -- a reason --------------------------------------------------------------------------------------------


def give(scene: Scene, event: Event, reason: Reason, said: str | None = None) -> Turn:
    """Write a reason down, show it to whoever looks after it, and go on to what helps."""
    if is_off(scene):
        return standing(scene)
    interview = scene.booked
    attempt = replace(
        interview.attempt,
        reason=reason,
        reason_at=scene.now,
        reason_said=said[:LONGEST] if said else interview.attempt.reason_said,
    )
    told = replace(interview, attempt=attempt)
    known = scene.with_interview(told)
    effects: list[Effect] = [SaveInterview(told), *refresh_cases(known, CaseKind.NO_SHOW)]
    if interview.state is State.SCHEDULED:
        effects.append(rebook.tell_hr(known, told, _cannot_come(reason)))
    turn = _after(known, event, reason)
    return replace(turn, effects=(*effects, *turn.effects), chosen=LABELS.get(reason))


def _after(scene: Scene, event: Event, reason: Reason) -> Turn:
    match reason:
        case Reason.TECHNICAL:
            return Turn(to="technical.fix")
        case Reason.OTHER_OFFER:
            return Turn(to="no_show.leaving", keep={"why": "offer"})
        case _:
            return rebook.begin(scene, event, reason.value)


def _cannot_come(reason: Reason) -> Text:
    match reason:
        case Reason.FORGOT:
            return t("cannot come, forgot the time. Other times are offered.")
        case Reason.TECHNICAL:
            return t("cannot come, technical problem. Help and other times are offered.")
        case Reason.CAME_UP:
            return t("cannot come, something came up. Other times are offered.")
        case Reason.UNCLEAR:
            return t("cannot come, the notice was unclear. Other times are offered.")
        case Reason.OTHER_OFFER:
            return t("cannot come, took another offer, and is asked whether to withdraw.")
        case Reason.PRIVATE | Reason.OTHER:
            return t("cannot come. Other times are offered.")


def _reason(scene: Scene, session: Session, event: Event, arg: str) -> Turn:
    return give(scene, event, Reason(arg))


def _submit(scene: Scene, session: Session, event: Event, values: Mapping[str, str]) -> Turn:
    """A reason from the list with their own words beside it; "something else" may say a reason we know."""
    chosen, words = filled(values, "reason", "words")
    reason = next((reason for reason in Reason if reason.value == chosen), None)
    if reason is None:
        return Turn(answer=Answer(field_errors={"reason": t("Please choose one of these.")}))
    if reason is Reason.OTHER:
        reason = heed(words).reason or reason
    return give(scene, event, reason, words)


def _rebook(scene: Scene, session: Session, event: Event, arg: str) -> Turn:
    return replace(rebook.begin(scene, event), chosen=REBOOK.label)


def _to_more(scene: Scene, session: Session, event: Event, arg: str) -> Turn:
    return Turn(to="no_show.more", chosen=ct("button", "Another reason"))


PICKS: Mapping[str, Pick] = {"reason": _reason, "rebook": _rebook, "more": _to_more}
EXITS = ("no_show.more", "no_show.leaving", "technical.fix", *rebook.ENTRIES)


def _hear(scene: Scene, session: Session, event: Event, said: Said) -> Turn:
    """A reason or a time in their own words; what is neither goes to what one can say at any time."""
    heard = heed(said.text)
    if heard.intent in _NOT_A_REASON:
        return Turn(was_understood=False)
    if heard.reason is not None:
        turn = give(scene, event, heard.reason, said.text)
        if heard.intent == "withdraw":
            why = "offer" if heard.reason is Reason.OTHER_OFFER else "words"
            return replace(turn, to="no_show.leaving", keep={"why": why})
        if turn.to == "rebook.offer" and wishes_for_time(said.text):
            return replace(turn, keep=rebook.begin(scene, event, "typed", text=said.text).keep)
        return turn
    if heard.intent in ("move", "yes") or wishes_for_time(said.text):
        return rebook.begin(scene, event, text=said.text)
    return Turn(was_understood=False)


HEAR: Hear = _hear


# -- taking leave ----------------------------------------------------------------------------------------


def _withdraw(scene: Scene, session: Session, event: Event, arg: str) -> Turn:
    if is_off(scene):
        return standing(scene)
    interview = scene.booked
    attempt = interview.attempt
    is_ahead = attempt.slot is not None and attempt.starts_at > scene.now
    release = (ReleaseSlot(attempt.slot, interview.id),) if is_ahead and attempt.slot else ()
    told: tuple[Effect, ...] = ()
    if interview.state is State.SCHEDULED:
        told = (rebook.tell_hr(scene, interview, t("withdrew the application.")),)
    return Turn(
        effects=(
            *stop(scene, Verdict.SUPERSEDED, "withdrawn"),
            end(scene, State.WITHDRAWN, attempt.outcome or Outcome.CANCELLED),
            *release,
            *close_cases(scene, "withdrawn", CaseKind.NO_SHOW),
            *told,
            Record("interview.withdrawn", subject(interview), actor(scene)),
        ),
        to="left",
        answer=Answer(toast=t("Thank you for telling us.")),
        chosen=ct("button", "Yes, withdraw"),
    )


def _stay(scene: Scene, session: Session, event: Event, arg: str) -> Turn:
    return replace(rebook.begin(scene, event, "stay"), chosen=ct("button", "No, find another time"))


def _keep(scene: Scene, session: Session, event: Event, arg: str) -> Turn:
    return Turn(to="reminder.ask", keep={"rung": None}, chosen=ct("button", "No, I keep my time"))


def _heed_withdraw(scene: Scene, event: Event) -> Turn:
    if is_off(scene):
        return standing(scene)
    said = event.body.text if isinstance(event.body, Said) else ""
    reason = heed(said).reason
    if reason is None:
        return Turn(to="no_show.leaving", keep={"why": "words"})
    turn = give(scene, event, reason, said)
    why = "offer" if reason is Reason.OTHER_OFFER else "words"
    return replace(turn, to="no_show.leaving", keep={"why": why})


def _heed_attended(scene: Scene, event: Event) -> Turn:
    """They say they were there: HR looks at it, with their words."""
    if scene.interview is None or scene.interview.state in (State.JOINED, State.COMPLETED):
        return standing(scene)
    interview = scene.booked
    if interview.attempt.starts_at > scene.now:
        return Turn(to="reminder.ask", keep={"rung": None})
    said = event.body.text if isinstance(event.body, Said) else ""
    case = scene.open_case(CaseKind.NO_SHOW)
    if case is None:
        return Turn(effects=(Then(Ordered("review", interview.id)),), to="no_show.attended")
    told = replace(case, said=said[:LONGEST])
    return Turn(effects=(SaveCase(told), *cards(scene, told, manner=ALERT)), to="no_show.attended")


# -- whether they were asked -----------------------------------------------------------------------------


def _delivered(scene: Scene, event: Event) -> Turn:
    """A platform took the question, or nobody did."""
    body = event.body
    if not isinstance(body, Delivered) or scene.interview is None:
        return Turn()
    interview = scene.interview
    attempt = interview.attempt
    if attempt.flagged_at is None or attempt.contacted_at is not None:
        return Turn()
    if body.outcome != "accepted":
        return Turn(effects=refresh_cases(scene, CaseKind.NO_SHOW))
    asked = replace(interview, attempt=replace(attempt, contacted_at=scene.now))
    known = scene.with_interview(asked)
    return Turn(effects=(SaveInterview(asked), *refresh_cases(known, CaseKind.NO_SHOW)))


def _due_alarm(scene: Scene, event: Event) -> Turn:
    """Three quarters of the hour are over and they are not asked: HR can still call them."""
    body = event.body
    if not isinstance(body, Due) or scene.interview is None:
        return Turn()
    case = next((case for case in scene.cases if f"case:{case.id}" == body.subject), None)
    interview = scene.interview
    if case is None or case.state is CaseState.CLOSED or interview.attempt.id != case.attempt:
        return Turn()
    if interview.attempt.contacted_at is not None:
        return Turn()
    lead = t(
        "{label} {name} has not been asked yet why they did not come: I cannot reach them. Please call them by {when}.",
        label=interview.label,
        name=scene.whose.name,
        when=Moment(case.opened_at + scene.policy.ask_within),
    )
    manner = Manner(where="ladder", priority=Priority.ALERT, once=f"contact:{case.id}")
    message = Message("hr.not_asked", lead)
    told = (Say(to, message, manner, interview.id, interview.attempt.id) for to in everybody(scene, case))
    return Turn(effects=(*told, *follow(scene, case)))


def _lapse(scene: Scene, session: Session, event: Event) -> Turn:
    """No answer for a day: the question stays open, and HR sees on the card that it is theirs now."""
    return Turn(effects=refresh_cases(scene, CaseKind.NO_SHOW))


def _patience(policy: Policy) -> timedelta:
    return policy.patience


NO_SHOW = Dialog(
    "no_show",
    Ask(
        "ask",
        _ask,
        PICKS,
        hear=HEAR,
        lapse=_lapse,
        patience=_patience,
        exits=EXITS,
    ),
    Ask(
        "more",
        _more,
        PICKS,
        hear=HEAR,
        lapse=_lapse,
        patience=_patience,
        exits=EXITS,
        form=_form,
        submit=_submit,
    ),
    Ask(
        "leaving",
        _leaving,
        {"withdraw": _withdraw, "stay": _stay, "keep": _keep},
        exits=("left", "reminder.ask", *rebook.ENTRIES),
    ),
    Tell("left", _left),
    Tell("attended", _attended),
    entries=("more", "leaving", "attended"),
    on={"delivered.no_show.ask": _delivered, "due.contact_alarm": _due_alarm},
    heeds={"withdraw": _heed_withdraw, "attended": _heed_attended},
)
