"""One interview to be added: what is missing is asked for in words or a form, then it is read back, then added."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from conversations.book import Book
from conversations.commands import COMMANDS
from conversations.commands.add import NEEDED, ROLES, Draft, read
from conversations.commands.lines import zone_of
from conversations.dialog import END, Ask, Dialog, Scene, Session, Turn
from conversations.dialogs.forms import filled, span_in
from conversations.dialogs.phrases import is_url
from conversations.dialogs.yes_or_no import no_in, yes_in
from conversations.effects import Answer, Say, Work
from conversations.events import Done, Event, Said
from conversations.grammar import BadLine
from conversations.identity import ToPerson
from conversations.messages import Block, Fact, Field, Form, Link, Message, Note, Press
from conversations.understanding.when import moment_of, when_of
from locales.text import Listing, Moment, Text, ct, t
from locales.translate import best_locale
from locales.zones import local

_KNOWN: tuple[tuple[str, Text], ...] = (
    ("name", t("Candidate")),
    ("phone", t("Phone")),
    ("email", t("E-mail")),
    ("role", t("Role")),
    ("link", t("Link")),
    ("source", t("Source")),
)


_TYPED = Book.of((), COMMANDS)
_SOME_NOW = datetime(2026, 1, 1, tzinfo=UTC)


# -- what is asked ---------------------------------------------------------------------------------------


def _ask(scene: Scene, session: Session) -> Message:
    draft = Draft.from_data(session.data["draft"])
    missing = tuple(NEEDED[name] for name in draft.missing)
    lead = (
        t("What is missing: {fields}.", fields=Listing(missing))
        if missing
        else t("What should be different?")
    )
    blocks: tuple[Block, ...] = (
        *_facts(scene, draft),
        Note(
            t("Type it as it comes: 李雷 13800001234 前端 tomorrow 14:00 https://… Nothing has happened yet.")
        ),
    )
    presses = (Press("fill", ct("button", "Fill in a form"), "primary"), *_leave())
    return Message("add.ask", lead, blocks, presses)


def _typed(scene: Scene, session: Session) -> Message:
    lead = t("Type what is missing: whom, phone, role, day and time, link.")
    return Message("add.typed", lead, (Note(t("Nothing has happened yet.")),), _leave())


def _sure(scene: Scene, session: Session) -> Message:
    draft = Draft.from_data(session.data["draft"])
    lead = t("Add this interview with {name}?", name=draft.name)
    blocks: list[Block] = [*_facts(scene, draft)]
    if not (draft.phone or draft.email):
        blocks.append(Note(t("Without phone or e-mail you hand over their personal link yourself.")))
    presses = (
        Press("yes", ct("button", "Yes, add it"), "primary"),
        Press("change", ct("button", "Something is different")),
        *_leave(),
    )
    return Message("add.sure", lead, (*blocks, Note(t("Nothing has happened yet."))), presses)


def _facts(scene: Scene, draft: Draft) -> tuple[Fact, ...]:
    facts = [Fact(name, label, t("{value}", value=getattr(draft, name))) for name, label in _KNOWN
             if getattr(draft, name)]  # fmt: skip
    if draft.starts_at and (at := moment_of(draft.starts_at, scene.now, draft.zone)) is not None:
        value = t("{when} ({zone})", when=Moment(at, draft.zone), zone=draft.zone)
        facts.append(Fact("when", t("When"), value))
    return tuple(facts)


def _leave() -> tuple[Press, ...]:
    return (Press("no", ct("button", "No, leave it")),)


def _form(scene: Scene, session: Session) -> Form:
    draft, zone = Draft.from_data(session.data["draft"]), zone_of(scene)
    day, _, clock = draft.starts_at.partition(" ")
    return Form(
        "add.typed",
        t("Add an interview"),
        (
            Field("name", t("Candidate"), initial=draft.name, max_length=100),
            Field("phone", t("Phone"), is_required=False, initial=draft.phone, max_length=30),
            Field("email", t("E-mail"), is_required=False, initial=draft.email, max_length=100),
            Field("role", t("Role"), is_required=False, initial=draft.role, max_length=100),
            Field("day", t("Day"), "date", initial=day or local(scene.now, zone).date().isoformat()),
            Field("time", t("Time (clocks in {zone})", zone=zone), "time", initial=clock or "10:00"),
            Field("link", t("Link"), initial=draft.link, max_length=500),
        ),
        ct("button", "Add it"),
    )


# -- what is answered ------------------------------------------------------------------------------------


def _fill(scene: Scene, session: Session, event: Event, arg: str) -> Turn:
    return Turn(to="typed", chosen=ct("button", "Fill in a form"))


def _change(scene: Scene, session: Session, event: Event, arg: str) -> Turn:
    return Turn(to="ask", chosen=ct("button", "Something is different"))


def _no(scene: Scene, session: Session, event: Event, arg: str) -> Turn:
    said = Message("add.left", t("Nothing was added."), (Note(t("To begin again: add")),))
    return Turn(say=said, to=END, chosen=ct("button", "No, leave it"))


def _hear(scene: Scene, session: Session, event: Event, said: Said) -> Turn:
    if no_in(said.text):
        return _no(scene, session, event, "")
    if _is_command(said.text):
        return Turn(was_understood=False)
    before = Draft.from_data(session.data["draft"])
    try:
        draft = read(said.text, scene.now, zone_of(scene), before)
    except BadLine as bad:
        return Turn(say=Message("add.wrong", bad.why, (Note(t("To leave it: no")),)))
    if draft == before:
        return Turn(was_understood=False)
    return Turn(to="ask" if draft.missing else "sure", keep={"draft": draft.as_data()})


def _is_command(text: str) -> bool:
    """Tell whether it is a command of its own; a day at its front, 今天 14:00, is none."""
    return when_of(text.split()[0], _SOME_NOW, "UTC") is None and _TYPED.command(text) is not None


def _hear_sure(scene: Scene, session: Session, event: Event, said: Said) -> Turn:
    if yes_in(said.text):
        return _yes(scene, session, event, "")
    return _no(scene, session, event, "") if no_in(said.text) else Turn(was_understood=False)


def _submit(scene: Scene, session: Session, event: Event, values: Mapping[str, str]) -> Turn:
    name, phone, email, role, day, at, link = filled(
        values, "name", "phone", "email", "role", "day", "time", "link"
    )
    zone = zone_of(scene)
    span, wrong = span_in(day, at or "?", zone, scene.now)
    if not name:
        wrong["name"] = t("Whom is it with?")
    if not is_url(link):
        wrong["link"] = t("This is no address. It begins with https://")
    if span is None or wrong:
        return Turn(answer=Answer(field_errors=wrong))
    draft = Draft(name, phone, email, role, f"{local(span[0], zone):%Y-%m-%d %H:%M}", zone, link)
    return Turn(to="sure", keep={"draft": Draft.from_data(session.data["draft"]).over(draft).as_data()})


def _yes(scene: Scene, session: Session, event: Event, arg: str) -> Turn:
    """Have it added; whoever may not see all interviews adds it as their own."""
    person = scene.person
    if person is None:
        return Turn()
    languages = scene.policy.languages
    locale = best_locale(person.locale, languages, languages[0])
    asked = {"draft": session.data["draft"], "person": str(person.id), "locale": locale}
    return Turn(effects=(Work("add", asked),), to=END, chosen=ct("button", "Yes, add it"))


# -- what comes of it ------------------------------------------------------------------------------------


def _done(scene: Scene, event: Event) -> Turn:
    """`result`: draft, and interview (its label), id and link; or wrong: [[column, reason]]; or error."""
    if not isinstance(event.body, Done) or scene.person is None or not scene.person.may(*ROLES):
        return Turn()
    return Turn(effects=(Say(ToPerson(scene.person.id), _told(event.body.result)),))


def _told(result: Mapping[str, Any]) -> Message:
    if result.get("wrong"):
        column, reason = result["wrong"][0]
        lead = t("It was not added: {reason}", reason=f"{column}: {reason}" if column else reason)
        return Message("add.wrong", lead, (Note(t("To begin again: add")),))
    if "interview" not in result:
        lead = t("It could not be added just now. Please try again.")
        return Message("add.wrong", lead, (Note(t("To begin again: add")),))
    draft, label = Draft.from_data(result["draft"]), str(result["interview"])
    lead = t("{label} {name} is added, {when}.", label=label, name=draft.name,
             when=Moment(datetime.fromisoformat(result["starts_at"]), draft.zone))  # fmt: skip
    note = Note(t("Its reminders: plan {label} · To call it off: cancel {label}", label=label))
    link = Link(f"invite:{result['id']}", ct("button", "Invitation link"))
    return Message("add.done", lead, (note,), (link,))


ADDING = Dialog(
    "adding",
    Ask(
        "ask",
        _ask,
        {"fill": _fill, "no": _no},
        hear=_hear,
        exits=("typed", "ask", "sure", END),
        form=_form,
        submit=_submit,
    ),
    Ask("typed", _typed, {"no": _no}, hear=_hear, exits=("ask", "sure", END), form=_form, submit=_submit),
    Ask("sure", _sure, {"yes": _yes, "change": _change, "no": _no}, hear=_hear_sure, exits=("ask", END)),
    entries=("ask", "sure"),
    on={"done.add": _done},
    roles=ROLES,
)
