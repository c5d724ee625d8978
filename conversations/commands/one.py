"""Commands about one interview: none found says what to try, several ask which one, never a guess."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from conversations.commands.lines import name_of
from conversations.dialog import Need, Scene, Turn
from conversations.effects import REPLY, Show
from conversations.events import Event
from conversations.findings import LedgerEntry, Target
from conversations.grammar import SELECTING, BadLine, read_line
from conversations.messages import MAX_CHOICES, Message, Note
from conversations.rights import SEES_ALL, sees
from conversations.understanding.when import when_of
from locales.text import Text, t

THIS = frozenset({"this", "这个", "这场", "本场", "此"})
"""What names the interview of the card that is answered."""
_HINT = t(
    "Try the number (I-1024), the whole name, or the end of the phone number (尾号1234). Today's are here: list"
)
_NUMBER = re.compile(r"(?i)(?:i-?)?(\d{3,6})")
_AND = re.compile(r"[,;，；、\s]+")

Split = Callable[[str], tuple[str, str]]
"""Parts what is typed into the words that name an interview and what follows them."""


def whole(rest: str) -> tuple[str, str]:
    """All of it names the interview."""
    return rest.strip(), ""


def needs_targets(split: Split = whole) -> Callable[[str], tuple[Need, ...]]:
    return lambda rest: (Need("targets", {"text": split(rest)[0]}),) if split(rest)[0] else ()


def needs_ledger(rest: str) -> tuple[Need, ...]:
    return (Need("ledger", {"text": rest.strip()}),) if rest.strip() else ()


def with_target(
    scene: Scene,
    event: Event,
    rest: str,
    verb: str,
    usage: Text,
    then: Callable[[Target, str], Turn],
    split: Split = whole,
) -> Turn:
    """Go on with the one interview that is meant, or ask for it."""
    text, tail = split(rest)
    if not text and event.about is not None and scene.interview is not None and scene.candidate is not None:
        # Typed as an answer to a card or message about it.
        found: Sequence[Target] = (Target(scene.interview, scene.candidate, scene.cases),)
    elif not text:
        return Turn(say=_which(verb, usage))
    else:
        found = scene.found["targets"]
    seen = [target for target in found if sees(scene.person, target.interview)]
    if len(seen) == 1:
        return then(seen[0], tail)
    if not seen:
        typed = () if split is whole else (Note(t("It is typed like this: {usage}", usage=usage)),)
        none = _none(scene, verb, usage, text)
        return Turn(say=replace(none, blocks=(*typed, *none.blocks)))
    return _choose(scene, event, verb, seen, tail)


def with_entry(
    scene: Scene, event: Event, rest: str, verb: str, usage: Text, then: Callable[[LedgerEntry], Turn]
) -> Turn:
    """Go on with the ledger of the one interview that is meant, or ask for it."""
    text = rest.strip()
    if not text:
        return Turn(say=_which(verb, usage))
    entries: Sequence[LedgerEntry] = scene.found["ledger"]
    seen = [entry for entry in entries if sees(scene.person, entry.target.interview)]
    if len(seen) == 1:
        return then(seen[0])
    return (
        _choose(scene, event, verb, [e.target for e in seen], "")
        if seen
        else Turn(say=_none(scene, verb, usage, text))
    )


def _which(verb: str, usage: Text) -> Message:
    return Message(
        f"command.{verb}",
        t("Which interview? Type for example: {usage}", usage=usage),
        (Note(t("Their numbers are in today's list; type: list")),),
    )


def _none(scene: Scene, verb: str, usage: Text, text: str) -> Message:
    try:
        line = read_line(text, (), SELECTING)
    except BadLine as bad:
        return Message(f"command.{verb}", bad.why, (Note(_HINT),))
    if line.selecting or is_all_days(text):
        lead = t("This is done for one interview at a time.")
        note = Note(t("Who is meant by that: list {words}", words=text))
        return Message(f"command.{verb}", lead, (note,))
    if len(numbers_in(text)) > 1:
        lead = t("This is done for one interview at a time.")
        note = Note(t("Type for example: {usage}", usage=usage))
        return Message(f"command.{verb}", lead, (note,))
    if text.casefold() in THIS:
        lead = t("“{text}” is the interview of the card you answer to, and this answers none.", text=text)
        return Message(f"command.{verb}", lead, (Note(_HINT),))
    person = scene.person
    if person is not None and person.roles & SEES_ALL:
        lead = t("No interview matches “{text}”.", text=text)
    else:
        lead = t("None of your interviews matches “{text}”.", text=text)
    return Message(f"command.{verb}", lead, (Note(_HINT),))


def is_all_days(text: str) -> bool:
    """Tell whether a text is nothing but days."""
    return when_of(text, datetime(2026, 1, 1, tzinfo=UTC), "UTC") is not None


def numbers_in(text: str) -> tuple[str, ...]:
    """Return the numbers of interviews that a text is made of, each once; none if it has other words."""
    words = [word for word in _AND.split(text) if word]
    found = [_NUMBER.fullmatch(word) for word in words]
    return tuple(dict.fromkeys(match[1] for match in found if match)) if all(found) else ()


def _choose(scene: Scene, event: Event, verb: str, targets: Sequence[Target], tail: str) -> Turn:
    if scene.person is None:
        return Turn()
    options = [
        {
            "label": target.interview.label,
            "name": name_of(target.candidate, event),
            "role": target.interview.role,
            "at": target.interview.attempt.starts_at.isoformat(),
            "zone": target.interview.attempt.zone,
        }
        for target in targets[:MAX_CHOICES]
    ]
    keep = {"verb": verb, "tail": tail, "options": options}
    return Turn(effects=(Show(f"person:{scene.person.id}", "choose", "choose.ask", keep, REPLY),))
