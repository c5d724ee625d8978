"""(Scene, Event) → Outcome: finds who decides, lets them, and puts sessions where the decision leads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal
from uuid import UUID

from conversations.book import Book
from conversations.dialog import (
    END,
    SINCE,
    Ask,
    BadDialog,
    Command,
    Dialog,
    Need,
    Reaction,
    Scene,
    Session,
    Turn,
    fresh_id,
)
from conversations.effects import (
    REPLY,
    Answer,
    Bind,
    CloseButtons,
    DropTimers,
    Effect,
    Manner,
    Record,
    SaveCase,
    SaveInterview,
    SavePerson,
    Say,
    SetTimer,
    Show,
    Work,
)
from conversations.events import (
    Checked,
    Commanded,
    Delivered,
    Done,
    Due,
    Edited,
    Event,
    Failed,
    Followed,
    Opened,
    Ordered,
    Picked,
    Said,
    Sent,
    Signal,
    Submitted,
    Wanted,
)
from conversations.grammar import Wish, strange_flag, wish_in
from conversations.identity import NOBODY, STAFF, Binding, Person, Recipient, Role, ToPerson, ToTeam
from conversations.interview import CaseKind, CaseState
from conversations.messages import MAX_CHOICES, Message, Note
from conversations.rights import sees
from conversations.understanding.intents import heed
from conversations.understanding.numbers import number_in
from locales.text import Text, t
from locales.translate import best_locale

MISSES_BEFORE_A_PERSON = 2
_ALWAYS_HEARD = ("stop", "start", "privacy")
"""What is one's right is heard even while a person has the conversation."""
_YES = ("yes", "confirm", "ack")
_REPLIES = ("yes", "no", "confirm")
"""What answers a question whether somebody is sure."""
_MOVED_ON = t("Things have moved on since that message. This is where we are:")
_NOT_FOR_YOU = t("This button is for somebody else.")
_ABOUT_ONE = ("interview:", "case:", "by_hand:", "relay:", "aside:")
LISTS = (".csv", ".xlsx", ".xls", ".tsv")
"""What the names of lists that staff send end in."""
_BY_SOMEBODY = (Said, Picked, Commanded, Submitted, Wanted, Sent, Edited, Followed)


class NeedMore(Exception):
    """The scene lacks what these needs name. Load them into `Scene.found` and react again.

    Nothing has happened yet.
    """

    def __init__(self, needs: Iterable[Need]) -> None:
        self.needs = tuple(needs)
        super().__init__(", ".join(need.name for need in self.needs))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was decided: effects in order, sessions to save, and what the platform's response should hold."""

    effects: tuple[Effect, ...] = ()
    sessions: tuple[Session, ...] = ()
    answer: Answer | None = None


def react(book: Book, scene: Scene, event: Event) -> Outcome:
    """Decide what an event leads to. Pure: the same scene and event always give the same outcome.

    Raises NeedMore when a query's result is missing, and BadDialog when a dialog leaves by an exit that it
    did not declare.
    """
    play = _Play(book, scene, event)
    match event.body:
        case Picked():
            play.picked(event.body)
        case Said() if scene.person is not None:
            play.said(event.body)
        case Commanded() if scene.person is not None:
            play.commanded(f"{event.body.verb} {event.body.rest}")
        case Submitted():
            play.submitted(event.body)
        case Sent() if scene.person is not None:
            play.sent(event.body)
        case Edited():
            play.edited(event.body)
        case Wanted(intent=intent) if scene.person is not None and intent in book.heeds:
            play.heeded(intent)
        case Wanted() if scene.person is None and _key(event) not in book.on:
            play.happened("stranger")  # a menu is there for everybody who follows
        case Wanted(intent=intent) if scene.person is None and f"wanted.{intent}" not in book.on:
            play.happened("stranger")
        case Due(name="lapse"):
            play.lapsed(event.body)
        case _:
            play.happened(_key(event))
    return play.outcome()


def present(book: Book, scene: Scene, session: Session) -> Message:
    """Return what a session shows at present, anywhere: in a chat, on a page, after a change of channel."""
    _, step = book.step(session.at)
    _require(scene, [Need(name) for name in step.needs])
    return step.prompt(scene, session)


def _key(event: Event) -> str:
    """Name an event as `Dialog.on` does."""
    match event.body:
        case Due(name=name):
            return f"due.{name.partition(':')[0]}"
        case Signal(kind=kind):
            return f"signal.{kind}"
        case Opened(page=page):
            return f"opened.{page}"
        case Checked(verdict=verdict):
            return f"checked.{verdict}"
        case Ordered(act=act):
            return f"ordered.{act}"
        case Delivered(kind=kind):
            return f"delivered.{kind}"
        case Failed(effect=effect):
            return f"failed.{effect}"
        case Done(work=work):
            return f"done.{work}"
        case Wanted(intent=intent) if intent not in ("stop", "start"):
            return f"wanted.{intent}"
        case Said() | Commanded():
            return "stranger"
        case body:
            return body.tag


def _key_of(card: Session) -> str:
    return f"card:{card.id}"


def _since(card: Session, choices: tuple[str, ...]) -> int:
    """Return since which turn a card's choices are these; its turn has just risen."""
    is_same = bool(choices) and choices == card.choices
    return min(card.since, card.turn - 1) if is_same else card.turn


def _require(scene: Scene, needs: Iterable[Need]) -> None:
    missing = [need for need in needs if need.name not in scene.found]
    if missing:
        raise NeedMore(missing)


class _Play:
    """One event being decided: the scene as it becomes, and what was gathered on the way."""

    def __init__(self, book: Book, scene: Scene, event: Event) -> None:
        self.book = book
        self.scene = scene
        self.event = event
        self.effects: list[Effect] = []
        self.sessions: dict[tuple[str, str], Session] = {}
        self.answer: Answer | None = None

    def outcome(self) -> Outcome:
        return Outcome(tuple(self.effects), tuple(self.sessions.values()), self.answer)

    # -- what can happen ---------------------------------------------------------------------------------

    def picked(self, press: Picked) -> None:
        session = next((s for s in self.scene.sessions if s.id == press.session), None)
        is_done = session is not None and session.data.get("picked") == [press.turn, press.choice]
        if session is not None and is_done and (press.turn != session.turn or not session.step):
            self.answer = Answer(toast=t("Got it already, thank you."))
            self._tell_again(session)
            return
        if session is None or not session.step:
            self.answer = Answer(toast=t("That message is from earlier and no longer does anything."))
            return
        dialog, _ = self.book.step(session.at)
        if refused := self._refusal(dialog, session):
            self._refuse(session, refused)
            return
        if self._is_elsewhere() and dialog not in [self.book.heeds.get(each) for each in _ALWAYS_HEARD]:
            self.happened(
                "overheard"
            )  # a tap there is words for the colleague, and no reply of ours would arrive
            return
        is_current = session.since <= press.turn <= session.turn
        if not is_current or not 1 <= press.choice <= len(session.choices):
            self._stale(session)
            return
        self._pick(session, press.choice)

    def submitted(self, form: Submitted) -> None:
        """Take a form that came back, if it is the one its session still shows."""
        session = next((s for s in self.scene.sessions if str(s.id) == form.carried.get("session")), None)
        if session is None or not session.step:
            self.answer = Answer(toast=t("That message is from earlier and no longer does anything."))
            return
        dialog, step = self.book.step(session.at)
        if refused := self._refusal(dialog, session):
            self._refuse(session, refused)
            return
        turn = form.carried.get("turn", "")
        is_current = turn.isdecimal() and session.since <= int(turn) <= session.turn
        if not is_current or not isinstance(step, Ask) or step.submit is None:
            self._stale(session)
            return
        _require(self.scene, [Need(need) for need in step.needs])
        self._leave(step.submit(self.scene, session, self.event, form.values), session)

    def heeded(self, intent: str) -> None:
        """Do what was asked for by name, as if it had been said."""
        dialog = self.book.heeds[intent]
        self._run(dialog, intent, dialog.heeds[intent])

    def said(self, words: Said) -> None:
        if not self.event.is_private and self.scene.about is None:
            return  # people talk with each other there; the bot is spoken to by command or by reply
        if self._is_elsewhere() and heed(words.text).intent not in _ALWAYS_HEARD:
            self.happened("overheard")
            return
        talk = self._talk()
        is_with_a_person = talk is not None or self._is_with_a_person()
        if self.scene.is_of_staff and talk is not None and self._heard(talk, words):
            return
        if not is_with_a_person and self._number(words.text):
            return
        if self.scene.is_of_staff and (self._filled(words) or self.commanded(words.text, is_certain=False)):
            return
        if is_with_a_person and heed(words.text).intent not in _ALWAYS_HEARD:
            if talk is None or not self._heard(talk, words):
                self.happened("silent")
            return
        session = self._newest_waiting()
        if session is not None and self._heard(session, words):
            return
        if self.scene.is_of_staff and self._run_command(self.book.command_behind(words.text)):
            return
        if self.scene.is_of_staff and self.scene.interview is None:
            is_bare = number_in(words.text) is not None or heed(words.text).intent in _YES
            unknown = "unclear" if is_bare else "unknown_command"
            self.happened("beside" if self._is_beside_a_talk() else unknown)
            return
        heard = heed(words.text)
        if heard.intent is not None and (dialog := self.book.heeds.get(heard.intent)) is not None:
            self._run(dialog, heard.intent, dialog.heeds[heard.intent])
        elif session is not None:
            self._missed(session)
        else:
            self.happened("said")

    def sent(self, file: Sent) -> None:
        """Take a file for what is being talked about with a person, otherwise as what it is anywhere."""
        if self._is_elsewhere():
            self.happened("overheard")
            return
        talk = self._talk()
        if talk is not None and self._heard(talk, Said(file.caption)):
            return
        is_for_us = file.name.lower().endswith(LISTS)
        if self.scene.is_of_staff and not is_for_us and self._is_beside_a_talk():
            self.happened("beside")
            return
        # Staff send lists; a candidate's document is what any file of theirs is.
        is_list = self.scene.is_of_staff and file.kind == "document" and "document" in self.book.on
        self.happened("document" if is_list else _key(self.event))

    def edited(self, words: Edited) -> None:
        """Let a conversation with a person hear what was changed of it; to us all else was said once and is done."""
        talk = self._talk() if self.event.is_private and not self._is_elsewhere() else None
        if talk is None or talk.asked_at is None:
            return
        # Platforms tell the second.
        if words.written_at >= talk.asked_at.replace(microsecond=0):
            self._heard(talk, Said(words.text))

    def commanded(self, line: str, *, is_certain: bool = True) -> bool:
        """Run a typed command; tell whether there was one."""
        if self.scene.is_of_staff and self._are_several(line):
            self.happened("several_commands")
            return True
        found = self.book.command(line)
        if found is None and is_certain and self.scene.is_of_staff:
            found = self.book.command_behind(line)
        if found is None:
            if is_certain and not self._slash_word(line):
                self.happened("unknown_command" if self.scene.is_of_staff else "said")
            return is_certain
        return self._run_command(found)

    def _are_several(self, text: str) -> bool:
        """Tell whether every line of what was typed is a command of its own."""
        lines = [line for line in text.splitlines() if line.strip()]
        return len(lines) > 1 and all(self.book.command(line) is not None for line in lines)

    def _run_command(self, found: tuple[Command, str] | None) -> bool:
        """Run a command if there is one, and whoever typed it may; tell whether there was one."""
        if found is None:
            return False
        command, rest = found
        if not self._may_run(command):
            self.answer = None
            self.happened("not_allowed")
            return True
        rest, wish = wish_in(rest)
        if wish.language and not best_locale(wish.language, default=""):
            self.happened("no_language")
            return True
        if command.flags is not None and (why := strange_flag(rest, command.flags)):
            typed = Note(t("It is typed like this: {usage}", usage=command.usage))
            refused = Turn(say=Message(f"command.{command.name}", why, (typed,)))
            self._apply(_as_wished(refused, wish, self.scene), None)
            return True
        _require(self.scene, command.needs(rest))
        if command.is_personal:
            wish = replace(wish, is_here=False)
        self._apply(_as_wished(command.run(self.scene, self.event, rest), wish, self.scene), None)
        return True

    def lapsed(self, due: Due) -> None:
        session = next((s for s in self.scene.sessions if due.subject == f"session:{s.id}"), None)
        if session is None or not session.is_waiting or due.data.get("turn") != str(session.turn):
            return
        _, step = self.book.step(session.at)
        if isinstance(step, Ask) and step.lapse is not None:
            _require(self.scene, [Need(name) for name in step.needs])
            self._leave(step.lapse(self.scene, session, self.event), session)

    def happened(self, key: str) -> None:
        if (dialog := self.book.on.get(key)) is not None:
            self._run(dialog, key, dialog.on[key])

    # -- how a decision is reached -----------------------------------------------------------------------

    def _run(self, dialog: Dialog, key: str, reaction: Reaction) -> None:
        _require(self.scene, [Need(name) for name in dialog.needs.get(key, ())])
        turn = reaction(self.scene, self.event)
        if isinstance(self.event.body, Done) and (language := self.event.body.result.get("language")):
            turn = _in_language(turn, str(language), self.scene)
        self._apply(turn, self._own_session())

    def _pick(self, session: Session, choice: int) -> None:
        _, step = self.book.step(session.at)
        action = session.choices[choice - 1]
        name, _, argument = action.partition(":")
        if not isinstance(step, Ask) or name not in step.pick:
            raise BadDialog(f"{session.at} shows {action} but does not handle it")
        _require(self.scene, [Need(need) for need in step.needs])
        self._leave(step.pick[name](self.scene, session, self.event, argument), session, chose=choice)

    def _heard(self, session: Session, words: Said) -> bool:
        _, step = self.book.step(session.at)
        if not isinstance(step, Ask) or step.hear is None:
            return False
        _require(self.scene, [Need(name) for name in step.needs])
        turn = step.hear(self.scene, session, self.event, words)
        is_yes = (
            heed(words.text).intent in _YES and step.hears == "newest"
        )  # all else is somebody's conversation
        if turn.was_understood and is_yes and not self._is_last(session):
            self.happened("unclear")
        elif turn.was_understood:
            self._leave(turn, session)
        return turn.was_understood

    def _filled(self, words: Said) -> bool:
        """Let a step hear what may be its answer before it is a command.

        "Tomorrow 14:00" where a form asks for it, and a bare 确认 where staff are asked whether they are sure.
        """
        session = self._newest_waiting()
        if session is None:
            return False
        dialog, step = self.book.step(session.at)
        is_reply = dialog.roles <= STAFF and heed(words.text).intent in _REPLIES
        is_first = isinstance(step, Ask) and (step.form is not None or is_reply)
        return is_first and self._heard(session, words)

    def _number(self, text: str) -> bool:
        """Let "2", "２" or "二" pick the second choice of what was asked last; tell whether it did."""
        session = self._newest_waiting(with_choices=True)
        n = number_in(text)
        if session is None or n is None or not 1 <= n <= len(session.choices):
            return False
        if self._is_last(session):
            self._pick(session, n)
        else:
            self.happened("unclear")
        return True

    def _is_last(self, session: Session) -> bool:
        """Tell whether a bare "2" or "yes" can only be meant for this: nothing else was told here since."""
        latest = self.scene.latest
        return latest is None or session.id in (latest, self.scene.about)

    def _missed(self, session: Session) -> None:
        if session.misses + 1 >= MISSES_BEFORE_A_PERSON and "misses" in self.book.on:
            self._keep(replace(session, misses=0))
            self.happened("misses")
            return
        session = replace(session, misses=session.misses + 1)
        self._prompt(session, REPLY, Note(t("I did not quite get that. Please tap one, or type its number.")))

    def _stale(self, session: Session) -> None:
        self.answer = Answer(toast=t("Things have moved on since that message."))
        if session.is_waiting and not session.holder.startswith("team:"):
            self._prompt(session, REPLY, Note(_MOVED_ON))
        else:
            self._tell_again(session)

    def _tell_again(self, session: Session) -> None:
        """Tell whoever typed a number, or pressed an old card, how it stands: nothing flashes up for them."""
        is_editable = self.event.edit_token is not None and self._is_card(session)
        is_typed = self.event.answer_token is None and (is_editable or session.holder.startswith("team:"))
        if not is_typed or not (session.is_waiting or is_editable):
            return
        dialog, step = self.book.step(session.at)
        if not self._may_press(dialog, session):
            return
        _require(self.scene, [Need(name) for name in step.needs])
        card = step.prompt(self.scene, session)
        to = ToPerson(self.scene.person.id if self.scene.person else NOBODY)
        # What was pressed says how it stands from now on, where the press gives leave to that.
        key = (card.key or _key_of(session)) if is_editable else ""
        told = replace(card, blocks=(Note(_MOVED_ON), *card.blocks), key=key)
        self.effects.append(Say(to, told, REPLY, *self._about(), session.id, session.turn))

    # -- what a decision does ----------------------------------------------------------------------------

    def _leave(self, turn: Turn, session: Session, chose: int | None = None) -> None:
        """Apply what a step decided; it may only lead where the step says."""
        if turn.to is not None:
            self._check_exit(session, turn.to)
        self._apply(turn, session, chose)

    def _apply(self, turn: Turn, session: Session | None, chose: int | None = None) -> None:
        for effect in turn.effects:
            if isinstance(effect, Show):
                self._show(effect)
            else:
                self.effects.append(effect)
                self.scene = _after(self.scene, effect)
        if turn.answer is not None:
            self.answer = turn.answer
        if session is not None:
            session = self.sessions.get((session.holder, session.subject), session)
            pressed = self.event.body.turn if isinstance(self.event.body, Picked) else session.turn
            picked = [pressed, chose]
            is_answered = turn.to is not None or turn.chosen is not None
            if session.is_waiting and is_answered and not self._is_card(session):
                self.effects.append(CloseButtons(session.id, session.turn + 1, turn.chosen))
                session = replace(session, turn=session.turn + 1, choices=(), asked_at=None)
            if chose is not None:
                session = replace(session, data={**session.data, "picked": picked})
        if turn.say is not None:
            self._say(turn, turn.say, session)
        if session is not None and turn.to is not None:
            self._move(session, turn.to, turn.keep, turn.manner)
        elif session is not None and (turn.keep or chose is not None or turn.chosen is not None):
            self._keep(replace(session, data={**session.data, **turn.keep}))

    def _say(self, turn: Turn, message: Message, session: Session | None) -> None:
        to: Recipient
        if isinstance(self.event.body, _BY_SOMEBODY):
            # Whoever did something is answered, and it need not be the one whose session this is.
            to = ToPerson(self.scene.person.id if self.scene.person else NOBODY)
        elif session is not None and not session.holder.startswith("team:"):
            to = recipient(session.holder)
        elif self.scene.person is not None:
            to = ToPerson(self.scene.person.id)
        elif self.scene.candidate is not None:
            to = ToPerson(self.scene.candidate.id)
        else:
            to = ToPerson(NOBODY)
        manner = turn.manner if turn.to is None else replace(turn.manner, rung=None, wants_receipt=False)
        self.effects.append(Say(to, message, manner, *self._about()))

    def _show(self, show: Show) -> None:
        session = self.sessions.get((show.holder, show.subject))
        session = session or self.scene.session(show.holder, show.subject)
        if session is None:
            name = f"session:{show.holder}:{show.subject}"
            _require(self.scene, [Need(name, {"holder": show.holder, "subject": show.subject})])
            session = self.scene.found[name] or self._new_session(show.holder, show.subject)
        if show.is_silent:
            dialog, step = self.book.step(show.step)
            kept = replace(session, dialog=dialog.name, step=step.name, data={**show.keep})
            self._keep(kept)
            others = (each for each in self.scene.sessions if each.id != kept.id)
            self.scene = replace(self.scene, sessions=(*others, kept))
            return
        self._move(session, show.step, show.keep, show.manner)

    def _move(self, session: Session, to: str, keep: Mapping[str, Any], manner: Manner) -> None:
        last = {key: value for key, value in session.data.items() if key == "picked"}
        kept = {**last, **keep}
        if to == END:
            self.effects.append(DropTimers(f"session:{session.id}"))
            self._keep(replace(session, step="", choices=(), asked_at=None, misses=0, data=kept))
            return
        at = to if "." in to else f"{session.dialog}.{to}"
        dialog, step = self.book.step(at)
        data = {**session.data, **kept} if dialog.name == session.dialog else kept
        if at != session.at:
            session = replace(session, choices=())
        self._prompt(replace(session, dialog=dialog.name, step=step.name, data=data, misses=0), manner)

    def _prompt(self, session: Session, manner: Manner, remark: Note | None = None) -> None:
        """Show the session's step as a new turn, and wait for the answer if it asks for one."""
        dialog, step = self.book.step(session.at)
        _require(self.scene, [Need(name) for name in step.needs])
        session = replace(session, turn=session.turn + 1)
        message = step.prompt(self.scene, session)
        if remark is not None:
            message = replace(message, blocks=(remark, *message.blocks))
        if dialog.is_card and not message.key:
            message = replace(message, key=_key_of(session))
        if message.form is not None and not (isinstance(step, Ask) and step.submit is not None):
            raise BadDialog(f"{session.at} shows a form but does not take what it brings")
        if isinstance(step, Ask) and step.form is not None and self._may_open_a_form():
            form = step.form(self.scene, session)
            carried = {**form.carried, "session": str(session.id), "turn": str(session.turn)}
            self.answer = replace(self.answer or Answer(), form=replace(form, carried=carried))
        choices = tuple(press.action for press in message.presses)
        if len(choices) > MAX_CHOICES:
            raise BadDialog(f"{session.at} offers {len(choices)} choices; {MAX_CHOICES} is the most")
        if dialog.is_card:
            session = replace(session, data={**session.data, SINCE: _since(session, choices)})
        is_asked = isinstance(step, Ask) and bool(choices or step.hear)
        timer = f"session:{session.id}"
        self._keep(replace(session, choices=choices, asked_at=self.scene.now if is_asked else None))
        to = recipient(session.holder)
        self.effects.append(Say(to, message, manner, *self._about(), session.id, session.turn))
        if isinstance(step, Ask) and step.patience is not None:
            at = self.scene.now + step.patience(self.scene.policy)
            self.effects.append(SetTimer("lapse", timer, at, {"turn": str(session.turn)}))
        elif session.turn > 1:
            self.effects.append(DropTimers(timer))

    def _may_open_a_form(self) -> bool:
        """Tell whether a form can be shown at once: to a press, and to a command typed where it brings leave to."""
        body = self.event.body
        return isinstance(body, Picked) or (
            isinstance(body, Commanded) and self.event.answer_token is not None
        )

    def _keep(self, session: Session) -> None:
        self.sessions[session.holder, session.subject] = session

    # -- what is known -----------------------------------------------------------------------------------

    def _about(self) -> tuple[UUID | None, UUID | None]:
        interview = self.scene.interview
        return (interview.id, interview.attempt.id) if interview else (None, None)

    def _own_session(self) -> Session | None:
        """The candidate's session about the interview; a reaction's `to` moves this one."""
        if self.scene.interview is None or self.scene.candidate is None:
            return None
        holder, subject = f"person:{self.scene.candidate.id}", f"interview:{self.scene.interview.id}"
        known = self.sessions.get((holder, subject)) or self.scene.session(holder, subject)
        return known or self._new_session(holder, subject)

    def _new_session(self, holder: str, subject: str) -> Session:
        return Session(fresh_id(self.event, f"session:{holder}:{subject}"), holder, subject)

    def _talk(self) -> Session | None:
        """The conversation with another person that these words belong to, if there is one."""
        person = self.scene.person
        for session in self.scene.sessions:
            if person is None or not session.is_waiting or session.holder != f"person:{person.id}":
                continue
            _, step = self.book.step(session.at)
            hears = step.hears if isinstance(step, Ask) else "newest"
            if hears == "everything" or (hears == "replies" and session.id == self.scene.about):
                return session
        return None

    def _is_beside_a_talk(self) -> bool:
        """Tell whether staff write where they have a conversation by answers, but answer nothing of it."""
        person = self.scene.person
        return self.event.is_private and any(
            person is not None
            and session.holder == f"person:{person.id}"
            and session.is_waiting
            and session.data.get("account") == self.event.account
            and isinstance(step := self.book.step(session.at)[1], Ask)
            and step.hears == "replies"
            for session in self.scene.sessions
        )

    def _newest_waiting(self, *, with_choices: bool = False) -> Session | None:
        """The session whose question these words answer: the one of the message replied to, or the newest."""
        waiting = [s for s in self.scene.sessions if s.is_waiting and (s.choices or not with_choices)]
        for session in waiting:
            if session.id == self.scene.about and self._may_press(self.book.step(session.at)[0], session):
                return session
        person = self.scene.person
        own = [
            s
            for s in waiting
            if person is not None
            and s.holder == f"person:{person.id}"
            and not self._is_talk(s)
            and self._may_press(self.book.step(s.at)[0], s)
        ]
        last = self.scene.latest
        return max(own, key=lambda s: (s.id == last, s.asked_at or self.scene.now, s.turn), default=None)

    def _is_talk(self, session: Session) -> bool:
        """Tell whether a session is a conversation with another person, which hears words by a rule of its own."""
        _, step = self.book.step(session.at)
        return isinstance(step, Ask) and step.hears != "newest"

    def _is_with_a_person(self) -> bool:
        """While somebody has taken the candidate's case, the bot stays out of the conversation."""
        if self.scene.is_of_staff:
            return False
        case = self.scene.open_case(CaseKind.TECHNICAL, CaseKind.PERSON)
        return case is not None and case.state is CaseState.TAKEN

    def _is_elsewhere(self) -> bool:
        """Tell whether a colleague has the talk in hand in which these words were said: they are meant for them."""
        person, now = self.scene.person, self.scene.now
        return person is not None and any(
            session.holder == f"person:{person.id}"
            and session.data.get("account") == self.event.account
            and session.is_elsewhere(now)
            for session in self.scene.sessions
        )

    def _is_card(self, session: Session) -> bool:
        return bool(session.dialog) and self.book.dialogs[session.dialog].is_card

    def _refuse(self, session: Session, why: Text) -> None:
        """Say why not, and write down who wanted what."""
        self.answer = Answer(toast=why)
        if self.scene.person is not None:
            self.effects.append(
                Record(
                    "right.refused", session.subject, f"person:{self.scene.person.id}", {"what": session.at}
                )
            )

    def _may_press(self, dialog: Dialog, session: Session) -> bool:
        return self._refusal(dialog, session) is None

    def _refusal(self, dialog: Dialog, session: Session) -> Text | None:
        """Return why whoever acts may not press what a session shows; None when they may."""
        person = self.scene.person
        is_own = session.holder.startswith("person:")
        if person is None or (is_own and session.holder != f"person:{person.id}"):
            return _NOT_FOR_YOU
        if is_own and Role.CANDIDATE in dialog.roles:
            return None
        # Who had a right when they were shown it may have lost it since.
        if not person.may(*dialog.roles):
            return _NOT_FOR_YOU
        # A team's card stands where recruiters read along whose interview it is not.
        known = self.scene.interview if session.subject.startswith(_ABOUT_ONE) else None
        if known is not None and not sees(person, known):
            return t("This interview is looked after by somebody else.")
        return None

    def _may_run(self, command: Command) -> bool:
        return Role.CANDIDATE in command.roles or (
            self.scene.person is not None and self.scene.person.may(*command.roles)
        )

    def _slash_word(self, line: str) -> bool:
        """Candidates may put a slash before what they can say at any time: `/status`, `/stop`."""
        if self.scene.is_of_staff:
            return False
        heard = heed(line)
        dialog = self.book.heeds.get(heard.intent) if heard.intent else None
        if dialog is None or heard.intent is None:
            return False
        self._run(dialog, heard.intent, dialog.heeds[heard.intent])
        return True

    def _check_exit(self, session: Session, to: str) -> None:
        if not session.step:
            return
        _, step = self.book.step(session.at)
        own = to.removeprefix(f"{session.dialog}.")
        if to not in step.exits and own not in step.exits:
            raise BadDialog(f"{session.at} left to {to}, which it does not declare")


def _as_wished(turn: Turn, wish: Wish, scene: Scene) -> Turn:
    """Return a command's answer for everybody in the group, or in another language, where that was asked for."""
    where: Literal["here"] | None = "here" if wish.is_here else None
    turn = replace(turn, manner=replace(turn.manner, where=where or turn.manner.where))
    return _in_language(turn, wish.language, scene) if wish.language else turn


def _in_language(turn: Turn, language: str, scene: Scene) -> Turn:
    """Return what is said to whoever asks, now and when slow work for it is done, in the language they asked for."""
    asks = ToPerson(scene.person.id) if scene.person else None

    def said(effect: Effect) -> Effect:
        match effect:
            case Say(to=to) if to == asks:
                return replace(effect, manner=replace(effect.manner, language=language))
            case Show(holder=holder) if asks is not None and recipient(holder) == asks:
                return replace(effect, manner=replace(effect.manner, language=language))
            case Work(args=args) if "locale" in args:
                locale = best_locale(language, scene.policy.languages, str(args["locale"]))
                return replace(effect, args={**args, "locale": locale, "language": language})
            case Work(args=args):
                return replace(effect, args={**args, "language": language})
        return effect

    manner = replace(turn.manner, language=language)
    return replace(turn, manner=manner, effects=tuple(map(said, turn.effects)))


def recipient(holder: str) -> Recipient:
    """Return whom a session's holder names."""
    kind, _, name = holder.partition(":")
    return ToTeam(name) if kind == "team" else ToPerson(UUID(name))


def _after(scene: Scene, effect: Effect) -> Scene:
    """Return the scene as it will be once an effect is carried out, for the prompts that follow."""
    match effect:
        case SaveInterview(interview=interview) if scene.interview and interview.id == scene.interview.id:
            return replace(scene, interview=interview)
        case SaveCase(case=case):
            others = tuple(c for c in scene.cases if c.id != case.id)
            is_new = len(others) == len(scene.cases)
            return replace(scene, cases=(case, *others), next_case=scene.next_case + is_new)
        case SavePerson(person=person):
            is_candidate = scene.candidate is not None and scene.candidate.id == person.id
            is_actor = scene.person is None or scene.person.id == person.id
            return replace(
                scene,
                candidate=person if is_candidate else scene.candidate,
                person=person if is_actor else scene.person,
            )
        case Bind(person=id, address=address):
            binding = Binding(UUID(int=0), id, address, scene.now)
            return replace(
                scene, candidate=_bound(scene.candidate, binding), person=_bound(scene.person, binding)
            )
        case _:
            return scene


def _bound(person: Person | None, binding: Binding) -> Person | None:
    """Return somebody as they will be once they are bound, if it is they."""
    if person is None or person.id != binding.person:
        return person
    others = (known for known in person.bindings if known.address != binding.address)
    return replace(person, bindings=(*others, binding))
