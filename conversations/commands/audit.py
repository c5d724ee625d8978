"""`audit I-1024 last7d`: who did what and when, from the journal; `audit verify` tells whether it is whole."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from conversations.commands.lines import days_of, line_typed, more, zone_of
from conversations.commands.people import answer
from conversations.dialog import Command, Need, Scene, Turn
from conversations.events import Event
from conversations.grammar import BadLine, Line, read_line
from conversations.identity import Role
from conversations.messages import Message, Note, Para, item
from conversations.names import ROLES
from conversations.understanding.when import when_of
from locales.text import Moment, Text, ct, nt, t

KIND = "command.audit"
USAGE = ct("typed", "audit I-1024 last7d")
DEFAULT = "last7d"
SHOWN = 10
_VERIFY = frozenset("verify check 校验 验证".split())
_PLAIN: Mapping[str, Text] = {
    "interview.booked": t("booked"),
    "interview.cancelled": t("cancelled"),
    "interview.completed": t("completed"),
    "interview.confirmed": t("confirmed"),
    "interview.unconfirmed": t("no longer confirmed"),
    "interview.flagged": t("flagged as no-show"),
    "interview.joined": t("joined"),
    "interview.joined_though_off": t("joined, though it was off"),
    "interview.paused": t("reminders held back"),
    "interview.resumed": t("reminders taken up again"),
    "interview.undone": t("the last step taken back"),
    "interview.withdrawn": t("withdrawn by the candidate"),
    "case.opened": t("case opened"),
    "case.taken": t("case taken"),
    "case.assigned": t("case assigned"),
    "case.released": t("case put back"),
    "case.closed": t("case closed"),
    "case.dismissed": t("case dismissed"),
    "case.escalated": t("case passed on"),
    "case.called_next": t("the next person called"),
    "case.handed_over": t("case handed over"),
    "page.opened": t("page opened"),
    "person.bound": t("came into the chat"),
    "person.found": t("found on a platform"),
    "person.not_found": t("not found on a platform"),
    "person.address_taken": t("an address belongs to somebody else"),
    "person.opted_in": t("wants messages again"),
    "person.opted_out": t("wants no more messages"),
    "person.revealed": t("phone and mailbox looked at"),
    "phone.revealed": t("phone looked at"),
    "message.lost": t("a message did not arrive"),
    "picture.failed": t("a picture could not be made"),
    "rung.by_hand.sent": t("reminder sent by hand"),
    "rung.by_hand.not_sent": t("reminder not sent by hand"),
    "invitation.sent": t("invited again"),
    "message.tested": t("a message tried out"),
}
_ACTS: Mapping[str, Text] = {
    "remind": ct("deed", "remind"),
    "invite": ct("deed", "invite again"),
    "confirm": ct("deed", "record as confirmed"),
    "joined": ct("deed", "record as joined"),
    "no_show": ct("deed", "mark as no-show"),
    "move": ct("deed", "move"),
    "rebook": ct("deed", "ask to rebook"),
    "cancel": ct("deed", "call off"),
    "pause": ct("deed", "hold reminders back"),
    "resume": ct("deed", "take reminders up again"),
    "undo": ct("deed", "take back"),
    "correct": ct("deed", "take back, with a word to the candidate"),
}
"""What an order does, by its act."""


def _act(act: str) -> Text:
    return _ACTS.get(act) or t("{code}", code=act)


def _n(detail: Mapping[str, str], name: str) -> int:
    return int(detail[name]) if detail.get(name, "").isdecimal() else 0


def _role(detail: Mapping[str, str]) -> Text:
    known = {role.value: words for role, words in ROLES.items()}
    name = detail.get("role", "?")
    return known.get(name) or t("{code}", code=name)


def _ordered(of: Mapping[str, str]) -> Text:
    n = _n(of, "count")
    return nt("to {n} person: {act}", "to {n} people: {act}", n, act=_act(of.get("act", "?")))


def _done(of: Mapping[str, str]) -> Text:
    done, failed = _n(of, "done"), _n(of, "failed")
    if failed:
        return t("carried out for {done}, not for {failed}", done=done, failed=failed)
    return nt("carried out for {n} person", "carried out for {n} people", done)


def _stopped(of: Mapping[str, str]) -> Text:
    return t("stopped after {done} of {count}", done=_n(of, "done"), count=_n(of, "count"))


_TOLD: Mapping[str, Callable[[Mapping[str, str]], Text]] = {
    "batch.ordered": _ordered,
    "batch.done": _done,
    "batch.cancelled": lambda of: t("taken back before it began, nobody was told"),
    "batch.stopped": _stopped,
    "interview.moved": lambda of: t(
        "moved from {old} to {new}", old=_moment(of, "from"), new=_moment(of, "to")
    ),
    "interviews.imported": lambda of: nt("list taken in, {n} row", "list taken in, {n} rows", _n(of, "rows")),
    "slots.imported": lambda of: nt(
        "list of times taken in, {n} row", "list of times taken in, {n} rows", _n(of, "rows")
    ),
    "slots.added": lambda of: nt("{n} time added", "{n} times added", _n(of, "n")),
    "slots.closed": lambda of: nt("{n} time closed", "{n} times closed", _n(of, "n")),
    "config.changed": lambda of: t("configuration changed: {keys}", keys=of.get("keys", "?")),
    "export.asked": lambda of: t(
        "list asked for, {days}, whole names: {whole}", days=of.get("days", "?"), whole=_yes_or_no(of)
    ),
    "export.made": lambda of: t(
        "list taken away, {rows} rows, whole names: {whole}", rows=of.get("rows", "?"), whole=_yes_or_no(of)
    ),
    "right.refused": lambda of: t("not allowed: {what}", what=of.get("what", "?")),
    "person.role": lambda of: t("role given: {role}", role=_role(of)),
    "person.role_offered": lambda of: t("code for a role made: {role}", role=_role(of)),
    "person.role_revoked": lambda of: t("role taken: {role}", role=_role(of)),
}
ACTIONS = frozenset({*_PLAIN, *_TOLD})
"""What can be told in words, by the journal's name for it."""


@dataclass(frozen=True, slots=True)
class Logged:
    """One entry of the journal, with names where they are known."""

    number: int
    at: datetime
    action: str
    subject: str
    """`I-1024`, `C-77`, a name, or what it is called in the journal."""
    actor: str
    detail: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Journal:
    """What the journal says of what was asked for."""

    entries: tuple[Logged, ...]
    """The newest first."""
    is_known: bool = True
    """False where nobody and nothing is called what was typed."""


def _read(rest: str) -> tuple[Line, str, str]:
    """Return the line, the target's words and the days."""
    line = read_line(rest)
    when, target = line.days()
    return line, target, when


def _needs(rest: str) -> tuple[Need, ...]:
    try:
        _, target, when = _read(rest)
    except BadLine:
        return ()
    if target.casefold() in _VERIFY:
        return (Need("journal_problems"),)
    return (Need("journal", {"text": target, "when": when or DEFAULT}),)


def run(scene: Scene, event: Event, rest: str) -> Turn:
    try:
        line, target, when = _read(rest)
    except BadLine as bad:
        return answer(KIND, bad.why, Note(t("It is typed like this: {usage}", usage=USAGE)))
    if target.casefold() in _VERIFY:
        return Turn(say=_verified(scene.found["journal_problems"]))
    found: Journal = scene.found["journal"]
    if not found.is_known:
        hint = Note(t("Try a number (I-1024, C-77), a name of staff, or days: audit last7d"))
        return answer(KIND, t("Nothing is called “{text}” here.", text=target[:80]), hint)
    zone = zone_of(scene)
    days = days_of(when_of(when or DEFAULT, scene.now, zone) or (scene.now, scene.now), zone)
    return Turn(say=_told(found.entries, target, days, line.page, event))


def _told(entries: Sequence[Logged], target: str, days: Text, page: int, event: Event) -> Message:
    whole = Note(t("Whether nobody has changed it: audit verify"))
    if not entries:
        lead = t("Nothing is written down, {days}.", days=days)
        return Message(KIND, lead, (Note(t("A longer time: audit last90d")), whole))
    lead = (
        nt("{n} entry about {target}, {days}:", "{n} entries about {target}, {days}:", len(entries), target=target,
           days=days)
        if target
        else nt("{n} entry, {days}:", "{n} entries, {days}:", len(entries), days=days)
    )  # fmt: skip
    shown = entries[(page - 1) * SHOWN : page * SHOWN] or entries[:SHOWN]
    lines: tuple[Para, ...] = tuple(item(_line(entry)) for entry in shown)
    typed = " ".join(word for word in line_typed(event).split() if not word.startswith("+"))
    return Message(KIND, lead, (*lines, *more(len(entries), page, typed, SHOWN), whole))


def _line(entry: Logged) -> Text:
    if entry.subject == entry.actor:
        return t("#{n} {when}, {who}: {what}", n=entry.number, when=Moment(entry.at), who=_who(entry.actor),
                 what=what_of(entry))  # fmt: skip
    return t(
        "#{n} {when}, {who}: {subject}, {what}",
        n=entry.number,
        when=Moment(entry.at),
        who=_who(entry.actor),
        subject=_subject(entry),
        what=what_of(entry),
    )


def what_of(entry: Logged) -> Text:
    """Return what was done, in words; what has none as it is called in the journal."""
    if told := _TOLD.get(entry.action):
        return told(entry.detail)
    if entry.action in _PLAIN:
        return _PLAIN[entry.action]
    if entry.action.startswith("batch."):
        act = _act(entry.action.partition(".")[2])
        return t("{act}, as one of {batch}", act=act, batch=entry.detail.get("batch", "?"))
    return t("{code}", code=entry.action)


_SUBJECTS: Mapping[str, Text] = {
    "slots": t("times to choose from"),
    "role": t("a new colleague"),
    "policy": t("configuration"),
    "this interview": t("a single interview"),
}


def _subject(entry: Logged) -> Text | str:
    """Name what was acted on: nobody reads what the journal calls it, nor half of an id."""
    kind, _, rest = entry.subject.replace(" ", ":", 1).partition(":")
    if entry.subject in _SUBJECTS:
        return _SUBJECTS[entry.subject]
    if kind == "batch":
        return entry.detail.get("batch") or t("several at once")
    if kind == "policy" and rest.isdecimal():
        return t("configuration, version {n}", n=int(rest))
    return _SUBJECTS.get(kind) or entry.subject or "–"


def _moment(detail: Mapping[str, str], name: str) -> Moment | str:
    try:
        return Moment(datetime.fromisoformat(detail[name]))
    except (KeyError, ValueError):
        return "?"


def _yes_or_no(detail: Mapping[str, str]) -> Text:
    return ct("whole names", "yes") if detail.get("whole") == "yes" else ct("whole names", "no")


def _who(actor: str) -> Text:
    known = {"core": t("Turnout"), "cli": t("the command line"), "file": t("the file")}
    return known.get(actor) or t("{name}", name=actor)


def _verified(problems: Sequence[str]) -> Message:
    if not problems:
        return Message(
            KIND, t("The journal is whole: nobody has changed it."), (Note(t("What it says: audit")),)
        )
    lead = nt("The journal was changed: {n} place.", "The journal was changed: {n} places.", len(problems))
    lines = tuple(item(t("{line}", line=problem)) for problem in problems[:SHOWN])
    return Message(
        KIND, lead, (*lines, Note(t("Please tell whoever runs Turnout, and keep the database as it is.")))
    )


AUDIT = Command(
    "audit",
    ("审计", "日志"),
    frozenset({Role.ADMIN, Role.HR}),
    USAGE,
    t("Who did what and when; and whether the journal is whole."),
    run,
    _needs,
    is_personal=True,
)
