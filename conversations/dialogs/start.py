"""Around the start: is somebody stuck, did they come, and what became of it in the end."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from conversations.dialog import END, Ask, Dialog, Scene, Session, Tell, Turn, fresh_id
from conversations.dialogs import coming
from conversations.dialogs.afterwards import ask_later
from conversations.dialogs.appointments import (
    actor,
    close_cases,
    end,
    is_current,
    may_be_told,
    move,
    standing,
    stop,
    subject,
    unhurried,
)
from conversations.dialogs.casework import warning
from conversations.dialogs.person import HELP
from conversations.dialogs.phrases import call_support, company, go, role_first, role_of, support, when
from conversations.dialogs.rebook import tell_hr
from conversations.effects import (
    PROMPTLY,
    Answer,
    Effect,
    Manner,
    Priority,
    Record,
    ReleaseSlot,
    SaveCase,
    SaveInterview,
    Say,
    SetTimer,
    Then,
    Withdraw,
)
from conversations.events import Due, Event, Ordered, Signal
from conversations.identity import ToTeam
from conversations.interview import (
    Attempt,
    Case,
    CaseKind,
    CaseState,
    Outcome,
    Reason,
    State,
    Verdict,
)
from conversations.messages import Action, Block, Message, Note, Para, Press
from locales.text import Moment, Words, ct, t

NEAR = timedelta(hours=2)
"""Help that was asked for so long before the start is about the start."""
OWN_SILENCE = timedelta(minutes=10)
"""A timer that fires later than this was not watched: nothing is concluded from it."""
LOOK_AGAIN = timedelta(minutes=1)
CATCH_UP = timedelta(minutes=2)
"""What a platform that was silent gets to send what it kept, before anybody is flagged."""
GIVE_UP = timedelta(hours=24)
"""A platform silent for so long after a start tells us nothing any more: HR is asked instead."""
ASK_FOR = timedelta(days=3)
"""How long the question why is worth sending."""


# -- stuck? ----------------------------------------------------------------------------------------------


def _due_rescue(scene: Scene, event: Event) -> Turn:
    """Three minutes after the start: whoever is not seen may be stuck, and is asked before anybody counts."""
    body = event.body
    if not isinstance(body, Due) or not is_current(scene, body.data.get("attempt")):
        return Turn()
    interview, policy = scene.booked, scene.policy
    attempt = interview.attempt
    if interview.state is not State.SCHEDULED or attempt.joined_at is not None or not may_be_told(scene):
        return Turn()
    if scene.now >= attempt.starts_at + policy.grace or _being_helped(scene) is not None:
        return Turn()
    if attempt.entered_at is not None and policy.join_signal == "manual":
        # Nobody will tell us more than this tap did.
        return Turn()
    until = attempt.starts_at + policy.grace
    manner = Manner(where="ladder", priority=Priority.ALERT, useful_until=until)
    return Turn(to="start.stuck", manner=manner)


def _stuck(scene: Scene, session: Session) -> Message:
    attempt, policy = scene.booked.attempt, scene.policy
    lead = t(
        "Are you stuck? {interview} has started, and I cannot see you there yet.",
        interview=role_first(scene.booked),
    )
    note = Note(
        t(
            "If you are in, all is well. The room is open until {when} at least.",
            when=Moment(attempt.starts_at + policy.grace, attempt.zone),
        )
    )
    presses = (
        Press("in", ct("button", "I am in"), "primary"),
        Press("technical", ct("button", "Something does not work")),
        Press("late", ct("button", "I need a few minutes")),
        Press("cant", ct("button", "I can't make it")),
    )
    actions: tuple[Action, ...] = (*go(scene), *presses, *call_support(policy))
    return Message("start.stuck", lead, (note, support(policy, scene.now)), actions)


def _good_luck(scene: Scene, session: Session) -> Message:
    return Message("start.good_luck", t("Good, then I'll leave you to it. Good luck!"))


def _in(scene: Scene, session: Session, event: Event, arg: str) -> Turn:
    """Evidence, not attendance: what counts is what the platform or HR says."""
    interview = scene.booked
    attempt = interview.attempt
    seen = SaveInterview(
        replace(interview, attempt=replace(attempt, entered_at=attempt.entered_at or scene.now))
    )
    effects = (seen,) if attempt.entered_at is None and interview.state is State.SCHEDULED else ()
    return Turn(effects=effects, to="good_luck", chosen=ct("button", "I am in"))


def _technical(scene: Scene, session: Session, event: Event, arg: str) -> Turn:
    return Turn(to="technical.fix", chosen=ct("button", "Something does not work"))


def _late(scene: Scene, session: Session, event: Event, arg: str) -> Turn:
    return replace(late(scene, event), chosen=ct("button", "I need a few minutes"))


def _cant(scene: Scene, session: Session, event: Event, arg: str) -> Turn:
    return replace(coming.cant(scene, event), chosen=ct("button", "I can't make it"))


def late(scene: Scene, event: Event) -> Turn:
    """They will be late: HR knows, and they get as much time again before anybody is flagged."""
    if scene.interview is None or scene.interview.state is not State.SCHEDULED:
        return standing(scene)
    interview, policy = scene.booked, scene.policy
    attempt = interview.attempt
    if attempt.starts_at - scene.now > timedelta(hours=12):
        return Turn(to="reminder.ask", keep={"rung": None})
    effects: tuple[Effect, ...] = (tell_hr(scene, interview, t("says they will be a few minutes late.")),)
    flag_at = attempt.starts_at + 2 * policy.grace
    if policy.join_signal != "manual" and scene.now < attempt.starts_at + policy.grace:
        effects = (*effects, SetTimer("flag", subject(interview), flag_at, {"attempt": str(attempt.id)}))
    return Turn(effects=effects, to="start.late")


def _told_late(scene: Scene, session: Session) -> Message:
    attempt, policy = scene.booked.attempt, scene.policy
    lead = t("Thank you for telling us, the hiring team knows. No need to rush.")
    until = Moment(attempt.starts_at + 2 * policy.grace, attempt.zone)
    notes = (
        Note(
            t("Please come in by {when}. If that gets too tight, I will find you another time.", when=until)
        ),
    )
    presses = (
        Press("technical", ct("button", "Something does not work")),
        Press("cant", ct("button", "I can't make it")),
    )
    return Message("start.late", lead, notes, (*go(scene), *presses))


# -- did they come? --------------------------------------------------------------------------------------


def _due_flag(scene: Scene, event: Event) -> Turn:
    """At the end of the grace: flag whoever did not come, if we are in a position to know."""
    body = event.body
    if not isinstance(body, Due) or not is_current(scene, body.data.get("attempt")):
        return Turn()
    interview, policy = scene.booked, scene.policy
    attempt = interview.attempt
    if interview.state is not State.SCHEDULED or attempt.joined_at is not None:
        return Turn()
    if scene.now - body.due_at > OWN_SILENCE or policy.join_signal == "manual" or _says_in(scene):
        return _ask_hr(scene)
    if _is_silent(scene):
        if scene.now - attempt.starts_at > GIVE_UP:
            return _ask_hr(scene)
        # The longer the silence, the rarer the look: a night of it is no thousand events.
        wait = max(LOOK_AGAIN, min(policy.heartbeat_within, (scene.now - attempt.starts_at) / 10))
        return Turn(effects=(_look_again(scene, wait, "silent"), _tell_of_silence(scene)))
    if body.data.get("after") == "silent":
        return Turn(effects=(_look_again(scene, CATCH_UP, "caught_up"),))
    return flag(scene, event)


def _ask_hr(scene: Scene) -> Turn:
    """Nobody is flagged for what we cannot know: HR is asked who came."""
    return Turn(effects=(Then(Ordered("review", scene.booked.id)),))


def _says_in(scene: Scene) -> bool:
    """Tell whether the candidate answered "I am in" when asked whether they are stuck."""
    session = scene.session(f"person:{scene.whose.id}", subject(scene.booked))
    return session is not None and session.at == "start.good_luck"


def _is_silent(scene: Scene) -> bool:
    heard = scene.last_signal_at
    return heard is None or scene.now - heard > scene.policy.heartbeat_within


def _look_again(scene: Scene, wait: timedelta, after: str) -> SetTimer:
    interview = scene.booked
    data = {"attempt": str(interview.attempt.id), "after": after}
    return SetTimer("flag", subject(interview), scene.now + wait, data)


def _tell_of_silence(scene: Scene) -> Say:
    policy = scene.policy
    if scene.last_signal_at is None:
        lead = t("Nothing has been heard from the interview platform yet, so nobody is flagged as a no-show.")
    else:
        lead = t(
            "The interview platform has been silent since {when}, so nobody is flagged as a no-show.",
            when=Moment(scene.last_signal_at),
        )
    note = Note(t("As soon as it reports again, I carry on by myself. Please have somebody look at it."))
    # Once for each silence, however many nights it lasts.
    since = scene.last_signal_at.isoformat() if scene.last_signal_at else "never"
    once = f"silent:{policy.signal_account}:{since}"
    manner = Manner(where="ladder", priority=Priority.ALERT, once=once)
    return Say(ToTeam("hr"), Message("hr.platform_silent", lead, (note,)), manner)


def _being_helped(scene: Scene) -> Case | None:
    """Return the case in which they talk with us about this start: taken, or opened when it was near.

    One that a failed device check opened days before, and that nobody took, explains no absence.
    """
    case = scene.open_case(*HELP)
    if case is None:
        return None
    is_near = case.opened_at >= scene.booked.attempt.starts_at - NEAR
    return case if is_near or case.state is CaseState.TAKEN else None


def flag(scene: Scene, event: Event) -> Turn:
    """They did not come: HR sees it, and they are asked why, kindly, with another time beside."""
    interview, policy = scene.booked, scene.policy
    helped = _being_helped(scene)
    attempt = replace(interview.attempt, flagged_at=scene.now, outcome=Outcome.NO_SHOW)
    if helped is not None and attempt.reason is None:
        # They are talking to us already, and we know why.
        reason = Reason.TECHNICAL if helped.kind is CaseKind.TECHNICAL else None
        attempt = replace(
            attempt, reason=reason, reason_at=scene.now if reason else None, contacted_at=helped.opened_at
        )
    case = Case(
        id=fresh_id(event, "no_show"),
        number=scene.next_case,
        kind=CaseKind.NO_SHOW,
        interview=interview.id,
        attempt=attempt.id,
        opened_at=scene.now,
    )
    effects = (
        *stop(scene, Verdict.SKIPPED, "no_show"),
        SaveInterview(replace(interview, state=State.NO_SHOW, attempt=attempt)),
        SaveCase(case),
        SetTimer("contact_alarm", f"case:{case.id}", scene.now + policy.ask_alarm),
        warning(case, policy),
        Record("interview.flagged", subject(interview), actor(scene), {"attempt": str(attempt.n)}),
        Then(Ordered("alert", interview.id)),
    )
    if helped is not None or not may_be_told(scene):
        return Turn(effects=effects)
    manner = Manner(
        where="ladder", priority=Priority.ALERT, wants_receipt=True, useful_until=scene.now + ASK_FOR
    )
    return Turn(effects=effects, to="no_show.ask", manner=manner)


# -- they came -------------------------------------------------------------------------------------------


def _joined(scene: Scene, event: Event) -> Turn:
    """The platform or HR says they are there; a flag that was wrong is taken back, with an apology."""
    if scene.interview is None:
        return Turn()
    interview = scene.booked
    if interview.state in (State.JOINED, State.COMPLETED):
        return Turn()
    if interview.state in (State.CANCELLED, State.WITHDRAWN):
        return Turn(effects=(Record("interview.joined_though_off", subject(interview), actor(scene)),))
    attempt = _seen(interview.attempt, _at(scene, event))
    was_flagged = interview.state is State.NO_SHOW
    effects = (
        *stop(scene, Verdict.SKIPPED, "joined"),
        end(scene, State.JOINED, Outcome.JOINED, attempt),
        *close_cases(scene, "joined", CaseKind.NO_SHOW),
        Record("interview.joined", subject(interview), actor(scene)),
        # Where HR says who came, nobody says when it was over.
        *((ask_later(scene, attempt.id),) if scene.policy.join_signal == "manual" else ()),
    )
    if not was_flagged:
        return Turn(effects=effects, to=_leave(scene))
    if not may_be_told(scene):
        return Turn(effects=effects, to=_leave(scene))
    return Turn(effects=effects, to="start.sorry", manner=PROMPTLY)


def _leave(scene: Scene) -> str | None:
    """End the candidate's dialog about a start that went well, without a word into their interview."""
    session = scene.session(f"person:{scene.whose.id}", subject(scene.booked))
    is_about_it = session is not None and session.is_waiting and scene.open_case(*HELP) is None
    return END if is_about_it else None


def _seen(attempt: Attempt, at: datetime) -> Attempt:
    return replace(attempt, joined_at=attempt.joined_at or at)


def _at(scene: Scene, event: Event) -> datetime:
    said = event.body.occurred_at if isinstance(event.body, Signal) else None
    return min(said, scene.now) if said is not None else scene.now


def _sorry(scene: Scene, session: Session) -> Message:
    lead = t("You are in, great! I had missed that and asked you why you were not there. Please forgive me.")
    note = Note(t("It is put right and has no effect on you. Good luck!"))
    return Message("start.sorry", lead, (note,))


def _completed(scene: Scene, event: Event) -> Turn:
    """It took place: thanks, what comes next, and by when."""
    if scene.interview is None:
        return Turn()
    interview = scene.booked
    if interview.state is State.COMPLETED:
        return Turn()
    at = _at(scene, event)
    attempt = replace(_seen(interview.attempt, at), completed_at=at)
    effects = (
        *stop(scene, Verdict.SKIPPED, "completed"),
        end(scene, State.COMPLETED, Outcome.COMPLETED, attempt),
        *close_cases(scene, "joined", CaseKind.NO_SHOW),
        Record("interview.completed", subject(interview), actor(scene)),
        ask_later(scene.with_interview(replace(interview, state=State.COMPLETED)), attempt.id),
    )
    if not may_be_told(scene):
        return Turn(effects=effects)
    return Turn(effects=effects, to="start.thanks", manner=PROMPTLY)


def _thanks(scene: Scene, session: Session) -> Message:
    policy = scene.policy
    lead = t(
        "Thank you for {interview} with {company}. You have done your part!",
        interview=role_of(scene.booked),
        company=company(policy),
    )
    following: tuple[Block, ...] = (
        (Para(t("What comes next: {words}", words=Words(policy.what_next))),) if policy.what_next else ()
    )
    note = Note(t("Write “status” at any time to see where things stand."))
    return Message("start.thanks", lead, (*following, note))


# -- it is off, or was recorded wrongly ------------------------------------------------------------------


def _cancelled(scene: Scene, event: Event) -> Turn:
    if scene.interview is None:
        return Turn()
    interview = scene.booked
    if interview.state in (State.JOINED, State.COMPLETED, State.CANCELLED, State.WITHDRAWN):
        return Turn()
    attempt = interview.attempt
    release = (ReleaseSlot(attempt.slot, interview.id),) if attempt.slot else ()
    effects = (
        *stop(scene, Verdict.SUPERSEDED, "cancelled"),
        end(scene, State.CANCELLED, attempt.outcome or Outcome.CANCELLED),
        *release,
        *close_cases(scene, "cancelled", CaseKind.NO_SHOW),
        Record("interview.cancelled", subject(interview), actor(scene)),
    )
    if not may_be_told(scene):
        return Turn(effects=effects)
    return Turn(effects=effects, to="start.called_off", manner=unhurried(scene))


def _called_off(scene: Scene, session: Session) -> Message:
    lead = t(
        "{company} has called off {interview}, {when}. There is nothing you need to do.",
        company=company(scene.policy),
        interview=role_of(scene.booked),
        when=when(scene.booked.attempt),
    )
    note = Note(t("Sorry for the trouble. The hiring team will be in touch if there is more to say."))
    return Message("start.called_off", lead, (note,), calendar="cancel")


def _ordered_no_show(scene: Scene, event: Event) -> Turn:
    """HR says they did not come."""
    if scene.interview is None or scene.interview.state is not State.SCHEDULED:
        return Turn()
    if scene.booked.attempt.starts_at > scene.now:
        return Turn(answer=Answer(toast=t("It has not begun yet.")))
    return flag(scene, event)


def _undo(scene: Scene, event: Event) -> Turn:
    """Take back what was recorded: a flag that was wrong, or that somebody joined."""
    if scene.interview is None:
        return Turn()
    interview = scene.booked
    attempt = interview.attempt
    undone = Record("interview.undone", subject(interview), actor(scene), {"was": interview.state.value})
    if interview.state is State.NO_SHOW:
        open_again = replace(attempt, flagged_at=None)
        effects = (
            Withdraw(interview.id, "undone"),
            end(scene, State.SCHEDULED, None, open_again),
            *close_cases(scene, "undone", CaseKind.NO_SHOW),
            undone,
        )
        if attempt.contacted_at is None or not may_be_told(scene):
            return Turn(effects=effects, to=_leave(scene))
        return Turn(effects=effects, to="start.mistaken", manner=PROMPTLY)
    if interview.state in (State.JOINED, State.COMPLETED):
        open_again = replace(attempt, joined_at=None, completed_at=None, flagged_at=None)
        return Turn(effects=(end(scene, State.SCHEDULED, None, open_again), undone))
    if interview.state is State.SCHEDULED:
        return _undo_recorded(scene)
    if interview.state is State.CANCELLED and attempt.starts_at > scene.now:
        # A new attempt at the same time: what the cancellation settled stays settled, its reminders begin anew.
        _, moved = move(scene, event, attempt.starts_at, attempt.zone, attempt.join)
        is_quiet = isinstance(event.body, Ordered) and bool(event.body.args.get("quietly"))
        if is_quiet or not may_be_told(scene):
            return Turn(effects=(*moved, undone))
        return Turn(effects=(*moved, undone), to="start.on_again", manner=unhurried(scene))
    return Turn()


def _undo_recorded(scene: Scene) -> Turn:
    """Take back what HR last did to an interview that is still to come: held its reminders back, or confirmed it."""
    attempt = scene.booked.attempt
    by = scene.person.id if scene.person else None
    is_held = attempt.paused_at is not None
    if attempt.confirmed_by is not None and attempt.confirmed_at is not None:
        is_held = attempt.paused_at is not None and attempt.paused_at >= attempt.confirmed_at
        act = "resume" if is_held else "unconfirm"
        return Turn(effects=(Then(Ordered(act, scene.booked.id, by)),))
    return Turn(effects=(Then(Ordered("resume", scene.booked.id, by)),) if is_held else ())


def _mistaken(scene: Scene, session: Session) -> Message:
    lead = t("We asked you why you could not make it, and that was our mistake. Please forgive us.")
    return Message(
        "start.mistaken", lead, (Note(t("It is put right, and there is nothing you need to do.")),)
    )


def _on_again(scene: Scene, session: Session) -> Message:
    lead = t(
        "{company}: {interview} takes place after all, {when}.",
        company=company(scene.policy),
        interview=role_of(scene.booked),
        when=when(scene.booked.attempt),
    )
    return Message("start.on_again", lead, (), (*go(scene), *coming.presses(scene)), calendar="update")


def _dismiss(scene: Scene, event: Event) -> Turn:
    """HR leaves it at that: the no-show stays counted, nobody has to look after it."""
    if scene.interview is None:
        return Turn()
    by = scene.person
    named = tuple(
        replace(case, owner=case.owner or by.id, owner_name=case.owner_name or by.name)
        if by is not None and case.kind is CaseKind.NO_SHOW
        else case
        for case in scene.cases
    )
    effects = close_cases(replace(scene, cases=named), "dismissed", CaseKind.NO_SHOW)
    return Turn(effects=(*effects, Record("case.dismissed", subject(scene.booked), actor(scene))))


def _entered(scene: Scene, event: Event) -> Turn:
    """They tapped "enter": written down once, said to nobody."""
    if scene.interview is None or scene.interview.attempt.entered_at is not None:
        return Turn()
    interview = scene.interview
    seen = replace(interview, attempt=replace(interview.attempt, entered_at=scene.now))
    return Turn(effects=(SaveInterview(seen),))


def _heartbeat(scene: Scene, event: Event) -> Turn:
    """The platform is alive; that it was heard is written down by whoever received it."""
    return Turn()


def _heed_late(scene: Scene, event: Event) -> Turn:
    return late(scene, event)


START = Dialog(
    "start",
    Ask(
        "stuck",
        _stuck,
        {"in": _in, "technical": _technical, "late": _late, "cant": _cant},
        exits=("good_luck", "technical.fix", "late", "reminder.ask", *coming.EXITS),
    ),
    Ask(
        "late",
        _told_late,
        {"technical": _technical, "cant": _cant},
        exits=("technical.fix", *coming.EXITS),
    ),
    Tell("good_luck", _good_luck),
    Tell("sorry", _sorry),
    Tell("mistaken", _mistaken),
    Tell("thanks", _thanks),
    Tell("called_off", _called_off),
    Ask("on_again", _on_again, coming.PICKS, hear=coming.HEAR, exits=coming.EXITS),
    entries=("late", "sorry", "mistaken", "thanks", "called_off", "on_again"),
    on={
        "due.rescue": _due_rescue,
        "due.flag": _due_flag,
        "signal.joined": _joined,
        "signal.completed": _completed,
        "signal.cancelled": _cancelled,
        "signal.heartbeat": _heartbeat,
        "ordered.joined": _joined,
        "ordered.no_show": _ordered_no_show,
        "ordered.cancel": _cancelled,
        "ordered.undo": _undo,
        "ordered.dismiss": _dismiss,
        "opened.entered": _entered,
    },
    heeds={"late": _heed_late},
)
