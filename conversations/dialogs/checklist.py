"""Who did not come? Asked of HR where no platform says it: one card for all interviews of a start, pre-ticked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from conversations.dialog import Ask, Dialog, Scene, Session, Tell, Turn
from conversations.dialogs.casework import held
from conversations.effects import ALERT, Answer, Show, Then
from conversations.events import Event, Ordered
from conversations.findings import Target
from conversations.identity import Role
from conversations.interview import State
from conversations.messages import Block, Field, Form, Message, Note, Para, Press, item
from locales.text import Moment, Text, TimeOfDay, Value, ct, nt, t

ON_A_PAGE = 7
"""Beside them there is room for "Done" and "Next page"."""
IN_A_FORM = 3
"""As many questions as a message can ask at once anywhere (WeCom's multiple_interaction)."""
MOST = 50
"""Interviews on one card; when more begin at once, each fifty have a card."""

Entry = dict[str, Any]


def _ask(scene: Scene, event: Event) -> Turn:
    """Put an interview that began without a signal, and those that began with it, on their card."""
    return _put(scene, "began")


def _review(scene: Scene, event: Event) -> Turn:
    """The same for one whose platform spoke too late, or whose start we did not watch: HR decides, not we."""
    return _put(scene, "review")


def _put(scene: Scene, why: str) -> Turn:
    if scene.interview is None or scene.candidate is None:
        return Turn()
    own = Target(scene.interview, scene.candidate, scene.cases)
    together: Sequence[Target] = (own, *scene.found["starting"])
    undecided = {target.interview.id: target for target in together if _is_undecided(target, scene.now)}
    if scene.interview.id not in undecided:
        return Turn()
    first = min(target.interview.attempt.starts_at for target in undecided.values())
    subject = f"checklist:{scene.interview.company}:{first:%Y%m%dT%H%M}"
    if len(undecided) > MOST:
        # A campus day: nobody pages through hundreds, and several can share them.
        block = scene.interview.number // MOST
        subject = f"{subject}:{block}"
        undecided = {
            id: target for id, target in undecided.items() if target.interview.number // MOST == block
        }
    session = held(scene, "team:hr", subject)
    known: list[Entry] = list(session.data.get("entries", ())) if session else []
    noted: list[Entry] = list(session.data.get("settled", ())) if session else []
    seen = {entry["interview"] for entry in (*known, *noted)}
    fresh = [_entry(target) for id, target in undecided.items() if str(id) not in seen]
    if not fresh:
        return Turn()
    is_answered = session is not None and session.step == "done"
    entries = sorted(
        fresh if is_answered else [*known, *fresh], key=lambda entry: (entry["at"], entry["label"])
    )
    # What was answered stays as it was answered; those that come later get a card of their own.
    past = session.data.get("round", 1) if session else 1
    keep = {"entries": entries, "page": 1, "why": why, "round": past + is_answered}
    if is_answered:
        keep["settled"] = []
    return Turn(effects=(Show("team:hr", subject, "checklist.card", keep, ALERT),))


def _is_undecided(target: Target, now: datetime) -> bool:
    interview = target.interview
    attempt = interview.attempt
    has_signal = (
        attempt.joined_at is not None or not attempt.is_open or interview.state is not State.SCHEDULED
    )
    return attempt.starts_at <= now and not has_signal


def _entry(target: Target) -> Entry:
    interview, attempt = target.interview, target.interview.attempt
    return {
        "interview": str(interview.id),
        "label": interview.label,
        "name": target.candidate.name,
        "role": interview.role,
        "at": attempt.starts_at.isoformat(),
        "zone": attempt.zone,
        "entered": attempt.entered_at.isoformat() if attempt.entered_at else "",
        "came": attempt.entered_at is not None,
    }


# -- the card --------------------------------------------------------------------------------------------


def _card(scene: Scene, session: Session) -> Message:
    entries: list[Entry] = session.data["entries"]
    shown = _page_of(session)
    first = min(entries, key=lambda entry: str(entry["at"]))
    when = Moment(datetime.fromisoformat(first["at"]), first["zone"])
    lead = nt(
        "Who did not come? {n} interview began, {when}.",
        "Who did not come? {n} interviews began, {when}.",
        len(entries),
        when=when,
    )
    blocks = (*_head(session), *(_line(entry) for entry in shown))
    missed = sum(not entry["came"] for entry in entries)
    done = (
        nt("Done: {n} did not come", "Done: {n} did not come", missed)
        if missed
        else t("Done: everybody came")
    )
    turn_page = (Press("page", ct("button", "Next page")),) if len(entries) > ON_A_PAGE else ()
    buttons = (*map(_toggle_button, shown), *turn_page, Press("done", done, "primary"))
    return Message("checklist.card", lead, blocks, buttons, _key(session), form=_form(entries, lead))


def _form(entries: Sequence[Entry], lead: Text) -> Form | None:
    """Return the same for a few as one question each, with "I do not know yet" for an answer, too."""
    if len(entries) > IN_A_FORM:
        return None
    fields = tuple(
        Field(
            entry["interview"],
            Text("{label} {name}", {"label": entry["label"], "name": entry["name"]}, context="button"),
            "choice",
            (("came", ct("option", "Came")), ("missed", ct("option", "Did not come")),
             ("open", ct("option", "Not known yet"))),
            initial="came" if entry["came"] else "missed",
        )
        for entry in entries
    )  # fmt: skip
    return Form("checklist.card", lead, fields, ct("button", "Done"))


def _head(session: Session) -> Iterator[Block]:
    if session.data.get("why") == "review":
        yield Para(t("Nobody told us in time how these went, so nobody was flagged."))
    yield Note(t("Whoever tapped their link counts as there. Correct what is wrong, then press Done. "
                 "Nobody is flagged before you do."))  # fmt: skip


def _line(entry: Mapping[str, Any]) -> Para:
    said: dict[str, Value] = {"label": entry["label"], "name": entry["name"], "role": entry["role"]}
    if entry["entered"]:
        tapped = TimeOfDay(datetime.fromisoformat(entry["entered"]))
        return item(Text("{label} {name}, {role}: tapped the link at {time}", {**said, "time": tapped}))
    return item(Text("{label} {name}, {role}: did not tap the link", said))


def _toggle_button(entry: Mapping[str, Any]) -> Press:
    who: dict[str, Value] = {"label": entry["label"], "name": entry["name"]}
    came, missed = (
        Text("☑ {label} {name}", who, context="button"),
        Text("☐ {label} {name}", who, context="button"),
    )
    return Press(f"toggle:{entry['interview']}", came if entry["came"] else missed)


def _page_of(session: Session) -> Sequence[Entry]:
    page = session.data.get("page", 1)
    entries: list[Entry] = session.data["entries"]
    return entries[(page - 1) * ON_A_PAGE : page * ON_A_PAGE]


def _key(session: Session) -> str:
    return f"{session.subject}:{session.data.get('round', 1)}"


def _toggle(scene: Scene, session: Session, event: Event, arg: str) -> Turn:
    entries = [
        {**entry, "came": not entry["came"]} if entry["interview"] == arg else entry
        for entry in session.data["entries"]
    ]
    return Turn(to="card", keep={"entries": entries})


def _page(scene: Scene, session: Session, event: Event, arg: str) -> Turn:
    pages = -(-len(session.data["entries"]) // ON_A_PAGE)
    return Turn(to="card", keep={"page": session.data.get("page", 1) % pages + 1})


def _done(scene: Scene, session: Session, event: Event, arg: str) -> Turn:
    return _note(scene, session, session.data["entries"], ())


_CAME: Mapping[str | None, bool] = {"came": True, "missed": False}


def _submit(scene: Scene, session: Session, event: Event, values: Mapping[str, str]) -> Turn:
    """Note what was chosen for each; who is not known yet stays on the card."""
    told = [(entry, _CAME.get(values.get(entry["interview"]))) for entry in session.data["entries"]]
    settled = [{**entry, "came": came} for entry, came in told if came is not None]
    if not settled:
        return Turn(answer=Answer(toast=t("Nothing noted yet. Choose for whoever you know about.")))
    return _note(scene, session, settled, [entry for entry, came in told if came is None])


def _note(scene: Scene, session: Session, settled: Sequence[Entry], left: Sequence[Entry]) -> Turn:
    person = scene.person
    orders = tuple(_orders(settled, person.id if person else None))
    noted = [*session.data.get("settled", ()), *settled]
    thanks = Answer(toast=t("Thank you, noted."))
    if left:
        keep = {"entries": [*left], "settled": noted, "page": 1}
        return Turn(effects=orders, to="card", keep=keep, answer=thanks)
    by = person.name if person else ""
    keep = {"entries": noted, "settled": [], "by": by, "answered_at": scene.now.isoformat()}
    return Turn(effects=orders, to="done", keep=keep, answer=thanks)


def _orders(entries: Iterable[Mapping[str, Any]], by: UUID | None) -> Iterator[Then]:
    for entry in entries:
        act = "joined" if entry["came"] else "no_show"
        yield Then(Ordered(act, UUID(entry["interview"]), by, {"source": "checklist"}))


def _answered(scene: Scene, session: Session) -> Message:
    entries: list[Entry] = session.data["entries"]
    missed = [entry for entry in entries if not entry["came"]]
    lead = nt(
        "{by} noted: {came} came, {n} did not.",
        "{by} noted: {came} came, {n} did not.",
        len(missed),
        by=session.data.get("by", ""),
        came=len(entries) - len(missed),
    )
    return Message("checklist.done", lead, tuple(_consequences(missed)), key=_key(session))


def _consequences(missed: Sequence[Entry]) -> Iterator[Block]:
    yield from map(_line, missed[:ON_A_PAGE])
    if missed:
        label = missed[0]["label"]
        yield Note(
            t("They are asked why, and offered other times. A mistake? Type: undo {label}", label=label)
        )


CHECKLIST = Dialog(
    "checklist",
    Ask(
        "card",
        _card,
        {"toggle": _toggle, "page": _page, "done": _done},
        exits=("card", "done"),
        submit=_submit,
    ),
    Tell("done", _answered),
    on={"due.checklist": _ask, "ordered.review": _review},
    needs={"due.checklist": ("starting",), "ordered.review": ("starting",)},
    roles=(Role.HR,),
    is_card=True,
)
