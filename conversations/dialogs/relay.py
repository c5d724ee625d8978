"""Somebody of staff and a candidate write with each other through us, each in their own chat; the bot keeps silent.

On platforms that say what a message answers it is a thread; elsewhere it is a mode of the private chat, in which
everything typed goes to the candidate until it is handed back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from conversations.book import fold
from conversations.commands.cases import CASE_ROLES
from conversations.dialog import Ask, Dialog, Need, Scene, Session, Tell, Turn
from conversations.dialogs import talking
from conversations.dialogs.aside import ask
from conversations.dialogs.carrying import (
    as_words,
    carry,
    file_of,
    is_file,
    is_list,
    kept,
    sent_what,
    why_not,
)
from conversations.dialogs.casework import cards, close, release, take
from conversations.dialogs.phrases import company
from conversations.dialogs.talk import id_of, to_staff
from conversations.effects import ALERT, PROMPTLY, REPLY, Answer, Effect, KeepWords, Manner, Say, Show
from conversations.engine import NeedMore
from conversations.events import Delivered, Done, Edited, Event, Ordered, Said, Sent
from conversations.identity import NOBODY, Person, ToPerson
from conversations.interview import Case, CaseKind, CaseState
from conversations.messages import Message, Note, Para, Press
from conversations.policy import Policy
from conversations.rights import may_handle
from locales.text import Text, Value, ct, t

LONGEST = 2000
HAND_BACK = frozenset({"handback", "hand back", "交还", "交还助手"})


# -- how it begins ---------------------------------------------------------------------------------------


def refusal(scene: Scene, case: Case, person: Person) -> Text | None:
    """Return why somebody cannot write to the candidate of a case through us now; None when they can."""
    candidate, name = scene.whose, scene.whose.name
    if case.state is CaseState.CLOSED:
        return t("{case} is closed already.", case=case.label)
    if case.state is CaseState.TAKEN and case.owner != person.id:
        return t("{owner} looks after {case}.", owner=case.owner_name or "?", case=case.label)
    if case.owner != person.id and not may_handle(person, case.kind, scene.booked):
        return t("This interview is looked after by somebody else.")
    if candidate.opted_out_at is not None:
        return t("{name} asked for no more messages. Please call them.", name=name)
    if not candidate.reachable:
        return t("{name} cannot be reached by chat. Please call them.", name=name)
    if talking.of_staff(scene, case) is not None:
        return t("You are writing with {name} already.", name=name)
    return None


def begin(scene: Scene, case: Case, person: Person, account: str) -> tuple[Effect, ...] | Text:
    """Open the conversation, and take the case if nobody has; or return why that cannot be."""
    if refused := refusal(scene, case, person):
        return refused
    if "threads" not in scene.found:
        raise NeedMore((Need("threads"),))
    step = "relay.thread" if account in scene.found["threads"] else "relay.chat"
    if step == "relay.chat" and any(_is_mode(session, person) for session in scene.sessions):
        return t(
            "You are writing with somebody else here. Hand them back first: {command}", command="handback"
        )
    subject = talking.subject_of_talk(case)
    taken = take(scene, case, person, is_heard=False) if case.state is CaseState.OPEN else ()
    words = {"case": str(case.id), "owner": person.name}
    about = {"interview": str(scene.booked.id), "candidate": str(scene.whose.id), "name": scene.whose.name}
    return (
        *taken,
        Show(f"person:{person.id}", subject, step, {**words, **about, "account": account}, REPLY),
        Show(f"person:{scene.whose.id}", subject, "talk.open", words, PROMPTLY),
    )


def _is_mode(session: Session, person: Person) -> bool:
    return session.holder == f"person:{person.id}" and session.is_waiting and session.at == "relay.chat"


def pressed(scene: Scene, session: Session, event: Event, arg: str) -> Turn:
    """The button "Write to them" on a card."""
    case = next(case for case in scene.cases if f"case:{case.id}" == session.subject)
    if scene.person is None:
        return Turn()
    begun = begin(scene, case, scene.person, event.account or "")
    if isinstance(begun, Text):
        return Turn(answer=Answer(toast=begun))
    toast = t("Write to {name} in our private chat.", name=scene.whose.name)
    if case.state is CaseState.TAKEN:
        return Turn(effects=begun, answer=Answer(toast=toast))
    return Turn(effects=(*begun, *cards(scene, case, but=session)), to="card", answer=Answer(toast=toast))


# -- what staff see --------------------------------------------------------------------------------------


def _lead(scene: Scene) -> Text:
    interview = scene.booked
    return t("You are writing with {name}: {label}, {role}.", name=scene.whose.name, label=interview.label,
             role=interview.role)  # fmt: skip


def _under(scene: Scene, session: Session) -> Note:
    said = t(
        "They read it as from “{who}, {company}”. I keep silent meanwhile, and tell you if something does not arrive.",
        who=str(session.data.get("owner", "")),
        company=company(scene.policy),
    )
    return Note(said)


_LIMITS = Note(
    t(
        "Files, and what you change later, go with it, as far as your chat app hands them to me. "
        "After a day without a word I take over again."
    )
)
_BUTTONS = (
    Press("back", ct("button", "Hand back to Turnout")),
    Press("settled", ct("button", "Settled")),
)


def _thread(scene: Scene, session: Session) -> Message:
    how = Para(t("What you answer to this message goes to them, and what they answer comes here."))
    return Message("relay.open", _lead(scene), (how, _under(scene, session), _LIMITS), _BUTTONS)


def _chat(scene: Scene, session: Session) -> Message:
    how = Para(t("All that you write to me now goes to them. Commands need their slash meanwhile: /today"))
    return Message("relay.open", _lead(scene), (how, _under(scene, session), _LIMITS), _BUTTONS)


def _over(scene: Scene, session: Session) -> Message:
    name = scene.whose.name
    match session.data.get("why"):
        case "closed":
            lead = t("The case is closed: {name} is with me again.", name=name)
        case "handed":
            lead = t("Somebody else looks after it now: you no longer write with {name}.", name=name)
        case "silent":
            lead = t("Nobody has written for a day, so {name} is with me again.", name=name)
        case _:
            lead = t("Handed back: {name} is with me again.", name=name)
    return Message("relay.over", lead, (Note(t("What you write here goes to nobody but me now.")),))


# -- what staff write ------------------------------------------------------------------------------------


def _case(scene: Scene, session: Session) -> Case | None:
    found = next((case for case in scene.cases if str(case.id) == session.data.get("case")), None)
    return found if found is not None and found.state is CaseState.TAKEN else None


def _hear(scene: Scene, session: Session, event: Event, said: Said) -> Turn:
    """Bring words to the candidate; a slash is a command to us, as ever."""
    case = _case(scene, session)
    if said.text.startswith(("/", "／")):
        return Turn(was_understood=False)
    if case is None:
        return Turn(to="over", keep={"why": "closed"})
    if fold(said.text) in HAND_BACK:
        return _back(scene, session, event, "")
    if isinstance(event.body, Sent) and is_list(event.body):
        before = scene.session(session.holder, f"aside:{case.id}")
        return Turn(effects=(ask(session, event.body, "", event, before),))
    if (gone := _out_of_reach(scene)) is not None:
        return _not_brought(scene, session, gone)
    if isinstance(event.body, Sent) and is_file(event.body):
        about = {"interview": scene.booked.id, "case": case.id, "candidate": scene.whose.id}
        file = carry({**about, "prefer": _channel(scene, case)}, kept(event, event.body))
        return Turn(effects=(file, talking.goes_on(scene, session)))
    words = as_words(event.body) if isinstance(event.body, Sent) else said.text
    if not words.strip():
        return _not_brought(scene, session, t("I cannot bring this. Please tell them in words."))
    is_edit = isinstance(event.body, Edited)
    return Turn(effects=_words(scene, case, session, words, is_corrected=is_edit))


def _out_of_reach(scene: Scene) -> Text | None:
    candidate = scene.whose
    if candidate.opted_out_at is None and candidate.reachable:
        return None
    return t("{name} cannot be reached by chat any more. Please call them.", name=candidate.name)


def _words(
    scene: Scene, case: Case, session: Session, words: str, *, is_corrected: bool = False
) -> tuple[Effect, ...]:
    told: dict[str, Value] = {
        "who": _who(scene, case),
        "company": company(scene.policy),
        "words": words[:LONGEST],
    }
    lead = Text("{who}, {company}, corrected: {words}" if is_corrected else "{who}, {company}: {words}", told)
    return (
        _to_candidate(scene, case, Message("relay.words", lead)),
        KeepWords(scene.booked.id, words),
        talking.goes_on(scene, session),
    )


def _who(scene: Scene, case: Case) -> str:
    return scene.person.name if scene.person else case.owner_name or "?"


def _channel(scene: Scene, case: Case) -> str:
    """Return on which platform the candidate wrote last."""
    theirs = talking.of_candidate(scene, case)
    return str(theirs.data.get("channel", "")) if theirs else ""


def _to_candidate(scene: Scene, case: Case, message: Message, channel: str = "") -> Say:
    channel = channel or _channel(scene, case)
    manner = Manner(where="ladder", channels=(channel,) if channel else (), wants_receipt=True)
    interview = scene.booked
    return Say(ToPerson(scene.whose.id), message, manner, interview.id, interview.attempt.id)


def _ordered(scene: Scene, event: Event) -> Turn:
    """Bring words of which it was asked whether they are for the candidate."""
    if not isinstance(event.body, Ordered) or scene.person is None:
        return Turn()
    args = event.body.args
    case = next((case for case in scene.cases if str(case.id) == args.get("case")), None)
    session = talking.of_staff(scene, case) if case is not None else None
    if case is None or session is None or session.holder != f"person:{scene.person.id}":
        return Turn(effects=(_too_late(scene),))
    if (gone := _out_of_reach(scene)) is not None:
        return _not_brought(scene, session, gone)
    return Turn(effects=_words(scene, case, session, args["words"]))


def _too_late(scene: Scene) -> Say:
    """Say to whoever wrote that the conversation is over."""
    lead = t("It was not sent: you no longer write with {name}.", name=scene.whose.name)
    again = Note(t("To write to them again: write {label}", label=scene.booked.label))
    to = ToPerson(scene.person.id if scene.person else NOBODY)
    return Say(to, Message("relay.not_brought", lead, (again,)), REPLY)


def _fetched(scene: Scene, event: Event) -> Turn:
    """A file has been fetched, or not: it goes where it was meant to, and otherwise staff read why not."""
    result = event.body.result if isinstance(event.body, Done) else {}
    if scene.interview is None or scene.candidate is None or scene.person is None:
        return Turn()
    case = next((case for case in scene.cases if str(case.id) == result.get("case")), None)
    staff = talking.of_staff(scene, case) if case is not None else None
    is_theirs = scene.person.id == scene.candidate.id
    if case is None or staff is None:
        return Turn() if is_theirs else Turn(effects=(_too_late(scene),))
    return _from_candidate(scene, staff, result) if is_theirs else _from_staff(scene, case, staff, result)


def _from_candidate(scene: Scene, staff: Session, result: Mapping[str, Any]) -> Turn:
    name, words = scene.whose.name, str(result.get("caption") or "")
    lead = t("{name}: {words}", name=name, words=words) if words else sent_what(str(result["kind"]), name)
    if "blob" in result:
        return Turn(
            effects=(to_staff(scene, staff, Message("relay.answer", lead, (file_of(result, name),))),)
        )
    blocks = (Para(sent_what(str(result["kind"]), name)),) if words else ()
    why = Note(why_not(result))
    how = Note(t("Please ask them to mail it, or to tell you in words."))
    return Turn(effects=(to_staff(scene, staff, Message("relay.answer", lead, (*blocks, why, how))),))


def _from_staff(scene: Scene, case: Case, staff: Session, result: Mapping[str, Any]) -> Turn:
    who, name = _who(scene, case), scene.whose.name
    words = str(result.get("caption") or "")
    if "blob" not in result:
        lead = t("The file did not go to {name}.", name=name)
        how = Note(t("Please send it by mail, or tell them in words."))
        return Turn(
            effects=(
                _to_staff(scene, staff, Message("relay.not_brought", lead, (Note(why_not(result)), how))),
            )
        )
    told: dict[str, Value] = {"who": who, "company": company(scene.policy), "words": words}
    lead = Text("{who}, {company}: {words}" if words else "{who}, {company}, sends you a file.", told)
    message = Message("relay.words", lead, (file_of(result, who),))
    effects: tuple[Effect, ...] = (_to_candidate(scene, case, message, str(result["channel"])),)
    sign = f"📎 {result['name']} {words}".strip()
    return Turn(effects=(*effects, KeepWords(scene.booked.id, sign)))


def _not_brought(scene: Scene, session: Session, why: Text) -> Turn:
    return Turn(effects=(_to_staff(scene, session, Message("relay.not_brought", why)),))


def _to_staff(scene: Scene, session: Session, message: Message) -> Say:
    """Say something in the thread, or the chat, in which staff write with the candidate."""
    staff = ToPerson(id_of(session.holder))
    interview = scene.booked
    manner = replace(ALERT, under=session.id)
    return Say(staff, message, manner, interview.id, interview.attempt.id, session.id, session.turn)


def _delivered(scene: Scene, event: Event) -> Turn:
    """What was written could not be brought: whoever wrote it can still call."""
    if not isinstance(event.body, Delivered) or event.body.outcome == "accepted" or scene.interview is None:
        return Turn()
    for case in scene.cases:
        if (session := talking.of_staff(scene, case)) is not None:
            why = t("Your last words did not reach {name}. Please call them.", name=scene.whose.name)
            return _not_brought(scene, session, why)
    return Turn()


# -- how it ends -----------------------------------------------------------------------------------------


def _back(scene: Scene, session: Session, event: Event, arg: str) -> Turn:
    case = _case(scene, session)
    if case is None:
        return Turn(to="over", keep={"why": "closed"})
    return Turn(effects=hand_back(scene, case, scene.person), chosen=ct("button", "Hand back to Turnout"))


def hand_back(
    scene: Scene, case: Case, person: Person | None, why: talking.Why = "back"
) -> tuple[Effect, ...]:
    """The bot speaks again; a call for help waits to be taken again, a no-show stays with whoever has it."""
    if case.kind is CaseKind.NO_SHOW:
        return talking.end(scene, case, why)
    freed = replace(case, state=CaseState.OPEN, owner=None, owner_name=None, taken_at=None)
    return (*release(scene, case, person, why), *cards(scene, freed))


def _settled(scene: Scene, session: Session, event: Event, arg: str) -> Turn:
    case = _case(scene, session)
    if case is None:
        return Turn(to="over", keep={"why": "closed"})
    effects = close(scene, case, scene.person)
    closed = replace(case, state=CaseState.CLOSED)
    return Turn(effects=(*effects, *cards(scene, closed)), chosen=ct("button", "Settled"))


def _lapse(scene: Scene, session: Session, event: Event) -> Turn:
    """A day without a word: both are told, and the bot takes over."""
    case = _case(scene, session)
    return Turn(effects=hand_back(scene, case, None, "silent")) if case else Turn()


def _patience(policy: Policy) -> timedelta:
    return talking.SILENCE


_PICKS = {"back": _back, "settled": _settled}

RELAY = Dialog(
    "relay",
    Ask("thread", _thread, _PICKS, _hear, _lapse, _patience, exits=("over",), hears="replies"),
    Ask("chat", _chat, _PICKS, _hear, _lapse, _patience, exits=("over",), hears="everything"),
    Tell("over", _over),
    entries=("thread", "chat", "over"),
    on={"delivered.relay.words": _delivered, "ordered.bring": _ordered, "done.carry": _fetched},
    roles=CASE_ROLES,
)
