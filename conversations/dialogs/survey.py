"""How was it? One tap, then one for reminders and one for support where there was any; never twice, never pressed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, Literal
from uuid import UUID

from conversations.dialog import END, Ask, Dialog, Need, Pick, Scene, Session, Tell, Turn
from conversations.dialogs.appointments import may_be_told
from conversations.dialogs.casework import SETTLED
from conversations.dialogs.forms import filled
from conversations.dialogs.person import HELP
from conversations.dialogs.phrases import zone_of
from conversations.effects import Answer, Effect, Manner, Priority, SaveFeedback, Say, SetTimer, Show
from conversations.engine import NeedMore
from conversations.events import Due, Event, Said
from conversations.identity import ToTeam
from conversations.interview import Case, CaseKind, CaseState, State, Verdict
from conversations.late import next_unquiet
from conversations.messages import Fact, Field, Form, Message, Note, Press
from conversations.policy import Policy
from conversations.understanding.intents import heed
from locales.text import Text, ct, t

LOW = 2
"""A score that HR hears of at once."""
WORTH_ASKING = timedelta(days=2)
LONGEST = 1000
SCORES: Mapping[int, Text] = {
    1: ct("button", "Poor"),
    2: ct("button", "Not so good"),
    3: ct("button", "All right"),
    4: ct("button", "Good"),
    5: ct("button", "Very good"),
}
REMINDERS: Mapping[int, Text] = {
    0: ct("button", "Just right"),
    1: ct("button", "Too many"),
    -1: ct("button", "Too few"),
}
SUPPORT: Mapping[int, Text] = {1: ct("button", "Yes, in time"), 0: ct("button", "No, too late")}
SKIP = ct("button", "Skip")
Question = Literal["overall", "reminders", "support"]


# -- when it is asked ------------------------------------------------------------------------------------


def _due(scene: Scene, event: Event) -> Turn:
    """Ask about an attempt that took place, or that somebody looked after, if nobody has asked about it yet."""
    body = event.body
    if not isinstance(body, Due) or scene.interview is None or not may_be_told(scene):
        return Turn()
    attempt = UUID(body.data["attempt"])
    cases = _helped(scene, attempt)
    took_place = _is_over(scene) and scene.booked.attempt.id == attempt
    if scene.open_case(*HELP, CaseKind.NO_SHOW) is not None or not (took_place or cases):
        return Turn()
    if scene.now - body.due_at > WORTH_ASKING:
        return Turn()
    morning = next_unquiet(scene.policy, zone_of(scene), scene.now)
    if morning > scene.now:
        return Turn(effects=(SetTimer("survey", body.subject, morning, body.data),))
    if "feedback" not in scene.found:
        raise NeedMore((Need("feedback", {"attempt": str(attempt)}),))
    if scene.found["feedback"]:
        return Turn()
    return Turn(effects=_ask(scene, attempt, cases, took_place))


def _is_over(scene: Scene) -> bool:
    """Tell whether it took place; where no platform says that it is over, it is when HR said they came."""
    if scene.policy.join_signal == "manual" and scene.booked.state is State.JOINED:
        return True
    return scene.booked.state is State.COMPLETED


def _ask(scene: Scene, attempt: UUID, cases: tuple[Case, ...], took_place: bool) -> tuple[Effect, ...]:
    interview = scene.booked
    sent = any(row.attempt == attempt and row.verdict is Verdict.SENT for row in scene.rungs)
    keep = {
        "interview": str(interview.id),
        "attempt": str(attempt),
        "label": interview.label,
        "role": interview.role,
        "about": "interview" if took_place else _what_was_settled(cases),
        "asks": [*(["reminders"] if sent else []), *(["support"] if cases else [])],
        "case": cases[0].label if cases else "",
    }
    holder, subject = f"person:{scene.whose.id}", f"survey:{interview.id}"
    manner = Manner(where="ladder", priority=Priority.DIGEST, useful_until=scene.now + WORTH_ASKING)
    return (
        SaveFeedback(interview.id, attempt, "overall"),
        Show(holder, subject, "survey.overall", keep, manner),
    )


def _helped(scene: Scene, attempt: UUID) -> tuple[Case, ...]:
    """Return the cases of an attempt in which somebody of staff had a hand."""
    closed = (c for c in scene.cases if c.attempt == attempt and c.state is CaseState.CLOSED and c.owner)
    return tuple(case for case in closed if case.kind in HELP or _is_settled(scene, case))


def _is_settled(scene: Scene, case: Case) -> bool:
    """Tell whether a no-show was looked after, and nothing follows after which there is more to ask."""
    is_last = scene.booked.attempt.id == case.attempt and scene.booked.state is not State.SCHEDULED
    return case.kind is CaseKind.NO_SHOW and case.result == SETTLED and is_last


def _what_was_settled(cases: Sequence[Case]) -> str:
    return "help" if any(case.kind in HELP for case in cases) else "missed"


# -- what is asked ---------------------------------------------------------------------------------------


def _overall(scene: Scene, session: Session) -> Message:
    if session.data["about"] == "help":
        lead = t("Our support has settled your question. How was that for you? One tap is enough.")
    elif session.data["about"] == "missed":
        lead = t(
            "We have looked after your interview that did not take place. How was that for you? One tap is enough."
        )
    elif session.data["role"]:
        lead = t(
            "How was everything around your {role} interview for you? One tap is enough.",
            role=session.data["role"],
        )
    else:
        lead = t("How was everything around your interview for you? One tap is enough.")
    note = Note(t("It helps us to do better, and has no effect on your application."))
    return Message("survey.overall", lead, (note,), _presses("overall", SCORES))


def _reminders(scene: Scene, session: Session) -> Message:
    lead = t("Thank you! Were my reminders right for you?")
    form = _both() if "support" in session.data["asks"] else None
    return Message("survey.reminders", lead, (), _presses("reminders", REMINDERS), form=form)


def _both() -> Form:
    """Return the two questions that are left as one form; neither has to be answered."""
    fields = (
        _question("reminders", t("My reminders were"), REMINDERS),
        _question("support", t("Support in time?"), SUPPORT),
    )
    return Form("survey.reminders", t("Thank you! Two short questions more:"), fields, ct("button", "Send"))


def _question(name: Question, label: Text, labels: Mapping[int, Text]) -> Field:
    options = tuple((str(score), text) for score, text in labels.items())
    return Field(name, label, "choice", options, is_required=False)


def _support(scene: Scene, session: Session) -> Message:
    lead = t("Thank you! And was our support there in time?")
    return Message("survey.support", lead, (), _presses("support", SUPPORT))


def _presses(question: str, labels: Mapping[int, Text]) -> tuple[Press, ...]:
    return (*(Press(f"{question}:{score}", label) for score, label in labels.items()), Press("skip", SKIP))


def _sorry(scene: Scene, session: Session) -> Message:
    lead = t("I am sorry that it was not good. Would you tell us in a sentence what we should do better?")
    note = Note(t("Just write it here. The hiring team reads it."))
    return Message("survey.sorry", lead, (note,), (Press("skip", ct("button", "No, thank you")),))


def _form(scene: Scene, session: Session) -> Form:
    words = Field("words", t("In a sentence or two"), "long", max_length=LONGEST)
    return Form("survey.sorry", t("What should we do better?"), (words,), ct("button", "Send"))


def _thanks(scene: Scene, session: Session) -> Message:
    lead = t("Thank you, that helps us to do better. All the best!")
    low = session.data.get("score", LOW + 1) <= LOW
    person = (Note(t("If you would like to talk to somebody, write “person”.")),) if low else ()
    return Message("survey.thanks", lead, person)


def _more(scene: Scene, session: Session) -> Message:
    """Thank somebody who is content; what they add is heard, and nothing is asked."""
    lead = t("Thank you, that helps us to do better. All the best!")
    return Message("survey.more", lead, (Note(t("If you want to add something, just write it here.")),))


def _noted(scene: Scene, session: Session) -> Message:
    return Message("survey.noted", t("Thank you, the hiring team reads it."))


# -- what is answered ------------------------------------------------------------------------------------


def _skip(scene: Scene, session: Session, event: Event, arg: str) -> Turn:
    return Turn(to=END, chosen=SKIP, answer=Answer(toast=t("No problem. All the best!")))


def _answer(question: Question, labels: Mapping[int, Text]) -> Mapping[str, Pick]:
    """Return the handlers of a question's buttons: an answer is kept, and leads to the next question."""

    def pick(scene: Scene, session: Session, event: Event, arg: str) -> Turn:
        score = int(arg)
        keep = {"score": score} if question == "overall" else {}
        known = replace(session, data={**session.data, **keep})
        data = session.data
        kept = SaveFeedback(UUID(data["interview"]), UUID(data["attempt"]), question, score)
        effects: tuple[Effect, ...] = (kept,)
        if question == "overall" and score <= LOW:
            effects = (*effects, _tell_hr(scene, known))
        return Turn(effects=effects, to=_next(known, question), keep=keep, chosen=labels[score])

    return {question: pick, "skip": _skip}


_SUPPORT = _answer("support", SUPPORT)


def _submit_both(scene: Scene, session: Session, event: Event, values: Mapping[str, str]) -> Turn:
    """Keep what was chosen of two questions that were asked at once; none of them is asked again."""
    data = session.data
    asked: tuple[tuple[Question, Mapping[int, Text]], ...] = (("reminders", REMINDERS), ("support", SUPPORT))
    told = [
        (question, score, labels[score])
        for question, labels in asked
        for score in labels
        if values.get(question) == str(score)
    ]
    kept = tuple(
        SaveFeedback(UUID(data["interview"]), UUID(data["attempt"]), question, score)
        for question, score, _ in told
    )
    return Turn(effects=kept, to=_next(session, "support"), chosen=_all_of([each for *_, each in told]))


def _all_of(chosen: Sequence[Text]) -> Text:
    match chosen:
        case [one]:
            return one
        case [one, other]:
            return t("{one}; {other}", one=one, other=other)
    return SKIP


def _next(session: Session, answered: str) -> str:
    """Return the step of the first question that is left."""
    order = ("overall", *session.data["asks"])
    left = order[order.index(answered) + 1 :]
    return left[0] if left else "sorry" if session.data["score"] <= LOW else "more"


def _hear(scene: Scene, session: Session, event: Event, said: Said) -> Turn:
    """A plain yes or no answers what can be answered so; whatever else is said is not about this."""
    intent = heed(said.text).intent
    if session.step == "support" and intent in ("yes", "ack", "no"):
        return _SUPPORT["support"](scene, session, event, "0" if intent == "no" else "1")
    return _skip(scene, session, event, "") if intent == "no" else Turn(was_understood=False)


def _hear_words(scene: Scene, session: Session, event: Event, said: Said) -> Turn:
    """What went wrong, in their words; what one can say at any time is heard as that."""
    match heed(said.text).intent:
        case "no":
            return _skip(scene, session, event, "")
        case None | "complaint" | "technical":
            return _told(scene, session, said.text)
    return Turn(was_understood=False)


def _submit(scene: Scene, session: Session, event: Event, values: Mapping[str, str]) -> Turn:
    (words,) = filled(values, "words")
    return _told(scene, session, words) if words else _skip(scene, session, event, "")


def _told(scene: Scene, session: Session, words: str) -> Turn:
    to = "thanks" if session.step == "sorry" else "noted"
    return Turn(effects=(_tell_hr(scene, session, words[:LONGEST]),), to=to)


def _tell_hr(scene: Scene, session: Session, words: str = "") -> Say:
    """Tell HR of a low score at once, of anybody's words when they come; good ones can wait for a free minute."""
    data: Mapping[str, Any] = session.data
    is_low = data["score"] <= LOW
    said = (Fact("said", t("In their words"), t("“{words}”", words=words)),) if words else ()
    case = (Fact("case", t("Support had"), t("{case}", case=data["case"])),) if data["case"] else ()
    message = _of_low(scene, data, (*case, *said)) if is_low else _of_words(scene, data, said)
    manner = Manner(where="ladder", priority=Priority.ALERT if is_low else Priority.DIGEST)
    return Say(ToTeam("hr"), message, manner, UUID(data["interview"]), UUID(data["attempt"]))


def _of_low(scene: Scene, data: Mapping[str, Any], facts: tuple[Fact, ...]) -> Message:
    lead = t(
        "{label} {name} was not content: {score} of 5.",
        label=data["label"], name=_name(scene), score=data["score"],
    )  # fmt: skip
    note = Note(t("A call may help. What was sent to them: why {label}", label=data["label"]))
    return Message("hr.low_score", lead, (*facts, note))


def _of_words(scene: Scene, data: Mapping[str, Any], said: tuple[Fact, ...]) -> Message:
    lead = t(
        "{label} {name} gave {score} of 5 and wrote something.",
        label=data["label"], name=_name(scene), score=data["score"],
    )  # fmt: skip
    return Message(
        "hr.words", lead, (*said, Note(t("Everything about it: show {label}", label=data["label"])))
    )


def _name(scene: Scene) -> str:
    return scene.person.name if scene.person else ""


def _lapse(scene: Scene, session: Session, event: Event) -> Turn:
    """No answer is an answer, too: nobody is asked again."""
    return Turn(to=END)


def _patience(policy: Policy) -> timedelta:
    return policy.patience


_EXITS = ("reminders", "support", "sorry", "more", END)

SURVEY = Dialog(
    "survey",
    Ask(
        "overall",
        _overall,
        _answer("overall", SCORES),
        hear=_hear,
        lapse=_lapse,
        patience=_patience,
        exits=_EXITS,
    ),
    Ask(
        "reminders",
        _reminders,
        _answer("reminders", REMINDERS),
        hear=_hear,
        lapse=_lapse,
        patience=_patience,
        exits=_EXITS[1:],
        submit=_submit_both,
    ),
    Ask(
        "support",
        _support,
        _SUPPORT,
        hear=_hear,
        lapse=_lapse,
        patience=_patience,
        exits=_EXITS[2:],
    ),
    Ask(
        "sorry",
        _sorry,
        {"skip": _skip},
        hear=_hear_words,
        lapse=_lapse,
        patience=_patience,
        exits=("thanks", END),
        form=_form,
        submit=_submit,
    ),
    Ask("more", _more, {}, hear=_hear_words, lapse=_lapse, patience=_patience, exits=("noted", END)),
    Tell("thanks", _thanks),
    Tell("noted", _noted),
    on={"due.survey": _due},
)
