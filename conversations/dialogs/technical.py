"""When it does not work: what helps at once, who helps otherwise and when, and another time at the end."""

from __future__ import annotations

from dataclasses import replace

from conversations.dialog import Ask, Dialog, Hear, Scene, Session, Tell, Turn
from conversations.dialogs import person, rebook
from conversations.dialogs.appointments import OVER, follow, is_off, refresh_cases, standing
from conversations.dialogs.phrases import call_support, devices, go, guides, is_support_there, support, when
from conversations.effects import Answer, DropTimers, Effect, SaveCase, SaveInterview
from conversations.events import Event, Said
from conversations.interview import CaseKind, CaseState, Reason, State
from conversations.messages import Block, Message, Note, Press, item
from conversations.understanding.intents import heed
from conversations.understanding.times import wishes_for_time
from locales.text import Text, ct, t

STEPS: tuple[Text, ...] = (
    t("1. Open the link in Chrome, Edge or Safari, not inside the chat app."),
    t("2. Allow camera and microphone when the page asks, and close other apps that use them."),
    t("3. Change between Wi-Fi and mobile data, then load the page again."),
    t("4. On a computer: restart the browser. On a phone: update it, or try another device."),
)


def is_silent(scene: Scene) -> bool:
    """Tell whether the bot says nothing of its own: somebody has taken the candidate's case and talks to them."""
    case = scene.open_case(*person.HELP)
    return case is not None and case.state is CaseState.TAKEN


# -- what is said ----------------------------------------------------------------------------------------


def _fix(scene: Scene, session: Session) -> Message:
    policy = scene.policy
    lead = t("Let us get this to work. Most often one of these helps:")
    blocks: tuple[Block, ...] = (
        *(item(step) for step in STEPS),
        devices(policy),
        support(policy, scene.now),
    )
    presses = (
        Press("works", ct("button", "It works now"), "primary"),
        Press("broken", ct("button", "Still does not work")),
        Press("rebook", ct("button", "Find another time")),
    )
    enter = go(scene) if scene.booked.state is State.SCHEDULED else ()
    return Message("technical.fix", lead, blocks, (*presses, *enter, *call_support(policy), *guides(policy)))


def _waiting(scene: Scene, session: Session) -> Message:
    policy = scene.policy
    lead = t("Our support has it now, with everything you told me.")
    blocks = (
        person.who_and_when(scene),
        support(policy, scene.now),
        Note(t("What you write here goes to them. It helps to say what the screen shows.")),
    )
    presses = (
        Press("works", ct("button", "It works now")),
        Press("rebook", ct("button", "Find another time")),
    )
    return Message("technical.waiting", lead, blocks, (*presses, *call_support(policy)))


def _solved(scene: Scene, session: Session) -> Message:
    attempt = scene.booked.attempt
    if scene.booked.state is State.SCHEDULED and scene.now < attempt.starts_at:
        lead = t("Glad to hear that. See you {when}!", when=when(attempt))
    else:
        lead = t("Glad to hear that. Good luck!")
    enter = go(scene) if scene.booked.state not in OVER else ()
    return Message("technical.solved", lead, (), enter)


def _closed(scene: Scene, session: Session) -> Message:
    """After support has settled it: other times, and for one still to come its own."""
    interview = scene.booked
    if is_off(scene):
        return Message("technical.closed", t("Our support has settled your question."))
    if interview.state is State.SCHEDULED and session.data.get("slots") == []:
        lead = t(
            "Our support has settled your question. Your interview is still {when}.",
            when=when(interview.attempt),
        )
        return Message("technical.closed", lead, (), go(scene))
    if interview.state is State.SCHEDULED and scene.now < interview.attempt.starts_at:
        lead = t(
            "Our support has settled your question. Your interview is still {when}; you can also choose another time:",
            when=when(interview.attempt),
        )
        keep: tuple[Press, ...] = (Press("works", ct("button", "Keep my time"), "primary"),)
    else:
        lead = t("Our support has settled your question. Which of these times suits you for the interview?")
        keep = ()
    return Message("technical.closed", lead, (), (*keep, *rebook.times(scene, session)))


# -- what is answered ------------------------------------------------------------------------------------


def _works(scene: Scene, session: Session, event: Event, arg: str) -> Turn:
    """It works: the case is closed unless somebody has it, and a missed interview gets another time."""
    effects = settled(scene)
    if scene.booked.state is State.NO_SHOW:
        turn = rebook.begin(scene, event, "solved")
        return replace(turn, effects=(*effects, *turn.effects), chosen=ct("button", "It works now"))
    return Turn(effects=effects, to="technical.solved", chosen=ct("button", "It works now"))


def settled(scene: Scene) -> tuple[Effect, ...]:
    """It works by itself: close its case, unless somebody has taken it."""
    case = scene.open_case(CaseKind.TECHNICAL)
    if case is None:
        return ()
    if case.state is not CaseState.OPEN:
        return person.add_words(scene, case, None)
    closed = replace(case, state=CaseState.CLOSED, closed_at=scene.now, result="solved")
    return (SaveCase(closed), DropTimers(f"case:{case.id}"), *follow(scene, closed))


def _broken(scene: Scene, session: Session, event: Event, arg: str) -> Turn:
    return replace(get_help(scene, event), chosen=ct("button", "Still does not work"))


def get_help(scene: Scene, event: Event) -> Turn:
    """Support gets the case; while nobody is there, another time is offered at once."""
    effects = (*_with_reason(scene), *person.open_case(scene, event, CaseKind.TECHNICAL))
    if is_support_there(scene.policy.support, scene.now):
        return Turn(effects=effects, to="technical.waiting", answer=Answer(toast=t("Support is on it.")))
    if is_off(scene):
        return Turn(effects=effects, to="person.waiting")
    turn = rebook.begin(scene, event, "technical", by_staff=True)
    return replace(turn, effects=(*effects, *turn.effects))


def _with_reason(scene: Scene) -> tuple[Effect, ...]:
    """Somebody who was missed and cannot get in has told us why."""
    interview = scene.booked
    if interview.state is not State.NO_SHOW or interview.attempt.reason is not None:
        return ()
    attempt = replace(interview.attempt, reason=Reason.TECHNICAL, reason_at=scene.now)
    told = replace(interview, attempt=attempt)
    return (SaveInterview(told), *refresh_cases(scene.with_interview(told), CaseKind.NO_SHOW))


def _rebook(scene: Scene, session: Session, event: Event, arg: str) -> Turn:
    return replace(rebook.begin(scene, event), chosen=ct("button", "Find another time"))


def _keep(scene: Scene, session: Session, event: Event, arg: str) -> Turn:
    if scene.booked.state is State.NO_SHOW:
        return rebook.begin(scene, event, by_staff=True)
    return Turn(to="technical.solved", chosen=ct("button", "Keep my time"))


def _hear(scene: Scene, session: Session, event: Event, said: Said) -> Turn:
    """Words while something does not work are what support needs to know."""
    heard = heed(said.text)
    if wishes_for_time(said.text) and heard.intent in (None, "move"):
        return rebook.begin(scene, event, text=said.text)
    match heard.intent:
        case "yes" | "thanks" if session.step == "waiting":
            return Turn(say=Message("technical.thanked", t("Thank you for your patience.")))
        case "no":
            return get_help(scene, event)
        case None | "technical" | "complaint":
            if session.step == "waiting":
                case = scene.open_case(*person.HELP)
                added = person.add_words(scene, case, said.text) if case else ()
                return Turn(
                    effects=added, say=Message("technical.added", t("Added: our support will read it."))
                )
            return get_help(scene, event) if heard.intent else Turn(was_understood=False)
    return Turn(was_understood=False)


HEAR: Hear = _hear


def _heed(scene: Scene, event: Event) -> Turn:
    """进不去: what helps at once."""
    if is_off(scene):
        return standing(scene)
    case = scene.open_case(*person.HELP)
    said = event.body.text if isinstance(event.body, Said) else None
    if case is not None:
        return Turn(effects=person.add_words(scene, case, said), to="technical.waiting")
    return Turn(effects=_with_reason(scene), to="technical.fix")


TECHNICAL = Dialog(
    "technical",
    Ask(
        "fix",
        _fix,
        {"works": _works, "broken": _broken, "rebook": _rebook},
        hear=_hear,
        exits=("waiting", "solved", "person.waiting", *rebook.ENTRIES),
    ),
    Ask(
        "waiting",
        _waiting,
        {"works": _works, "rebook": _rebook},
        hear=_hear,
        exits=("solved", *rebook.ENTRIES),
    ),
    Tell("solved", _solved),
    Ask(
        "closed",
        _closed,
        {**rebook.PICKS, "works": _keep},
        hear=rebook.HEAR,
        exits=("solved", *rebook.EXITS),
    ),
    entries=("waiting", "solved", "closed"),
    heeds={"technical": _heed},
)
