"""`risk`: the interviews ahead that are worth a look, by rules that can be told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import reduce

from conversations.commands.figured import unread, wanted
from conversations.commands.lines import SCREEN, days_of, line_typed, more, page_in, zone_of
from conversations.dialog import Command, Need, Scene, Turn
from conversations.digest import RISKS, TodayLine
from conversations.events import Event
from conversations.grammar import BadLine
from conversations.identity import Role
from conversations.messages import Block, Message, Note, item
from conversations.risks import Risks
from locales.mask import mask_name
from locales.text import Listing, Moment, Text, ct, nt, t

KIND = "command.risk"
USAGE = ct("typed", "risk tomorrow")
DEFAULT = "next7d"


def needs(rest: str) -> tuple[Need, ...]:
    try:
        return (wanted(page_in(rest)[0], DEFAULT, ()).need("risk"),)
    except BadLine:
        return ()


def run(scene: Scene, event: Event, rest: str) -> Turn:
    words, page = page_in(rest)
    try:
        wanted(words, DEFAULT, ())
    except BadLine as bad:
        return Turn(say=unread(KIND, bad.why, ct("typed", "risk · risk today · risk tomorrow")))
    found: Risks = scene.found["risk"]
    return Turn(say=_answer(found, scene, event, _without_page(event), page))


def _without_page(event: Event) -> str:
    return " ".join(word for word in line_typed(event).split() if not word.startswith("+"))


def _answer(found: Risks, scene: Scene, event: Event, typed: str, page: int) -> Message:
    zone = zone_of(scene)
    days = t("{days} ({zone})", days=days_of(found.window, zone), zone=zone)
    risky = found.risky
    if not risky:
        lead = nt(
            "Nothing to worry about in {n} interview: {days}.",
            "Nothing to worry about in {n} interviews: {days}.",
            len(found.lines), days=days,
        )  # fmt: skip
        return Message(KIND, lead, (Note(_rules()), Note(t("All of them: list next7d"))))
    lead = nt(
        "{n} interview is worth a look, of {all}: {days}.",
        "{n} interviews are worth a look, of {all}: {days}.",
        len(risky), all=len(found.lines), days=days,
    )  # fmt: skip
    first = (page - 1) * SCREEN if (page - 1) * SCREEN < len(risky) else 0
    shown = risky[first : first + SCREEN]
    return Message(KIND, lead, tuple(_blocks(found, shown, event, len(risky), typed, page)))


def _blocks(
    found: Risks, shown: Sequence[TodayLine], event: Event, n: int, typed: str, page: int
) -> Iterator[Block]:
    counts = tuple(
        ct("risk", "{risk} ({n})", risk=words, n=found.counts[name])
        for name, words in RISKS.items()
        if found.counts[name]
    )
    yield item(ct("risk", "In all: {counts}", counts=Listing(counts)))
    for line in shown:
        yield item(_line(line, event))
    yield from more(n, page, typed)
    yield Note(_rules())
    yield Note(t("Nudge one: remind {label}. Their own link: link {label}", label=shown[0].label))


def _line(line: TodayLine, event: Event) -> Text:
    return ct(
        "risk",
        "{label} {name}, {role}: {when}: {risks}",
        label=line.label,
        name=line.name if event.is_private else mask_name(line.name),
        role=line.role,
        when=Moment(line.starts_at, line.zone),
        risks=_in_a_row([RISKS[risk] for risk in line.risks]),
    )


def _in_a_row(risks: Sequence[Text]) -> Text:
    return reduce(lambda said, risk: ct("risk", "{said}, {risk}", said=said, risk=risk), risks)


def _rules() -> Text:
    return t(
        "Rules: cannot be reached, did not come before, not confirmed, device check failed or, a day before, not made."
    )


RISK = Command(
    "risk",
    ("风险", "风险名单"),
    frozenset({Role.HR, Role.RECRUITER, Role.SUPPORT}),
    USAGE,
    t("Interviews ahead that are worth a look."),
    run,
    needs,
)
