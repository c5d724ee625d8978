"""`standard`: how far the white paper's rules are met this month, and which interviews missed one."""

from __future__ import annotations

from collections.abc import Iterator

from conversations.commands.figured import READERS, of, ratio, unread
from conversations.commands.lines import zone_of
from conversations.dialog import Command, Need, Scene, Turn
from conversations.events import Event
from conversations.figures import FIGURES, Rate
from conversations.figures.standard import RULES, WHOLE, Standard
from conversations.messages import Block, Message, Note, item
from locales.text import Day, Listing, Text, ct, t

KIND = "command.standard"
USAGE = ct("typed", "standard")


def needs(rest: str) -> tuple[Need, ...]:
    return () if rest.strip() else (Need("standard", {}),)


def run(scene: Scene, event: Event, rest: str) -> Turn:
    if rest.strip():
        return Turn(say=unread(KIND, t("“standard” takes nothing behind it."), USAGE))
    return Turn(say=_answer(scene.found["standard"], scene))


def _answer(found: Standard, scene: Scene) -> Message:
    whole, first = found.now(WHOLE), found.months[WHOLE][-1].first
    if not whole.n:
        lead = t("No interview was due since {day} that the standard could be judged by.", day=Day(first))
        return Message(KIND, lead, (*_before(found), Note(t("It is judged as soon as one has taken place."))))
    lead = t(
        "{rate} of interviews since {day} meet the whole standard ({k} of {n}; {zone}).",
        rate=ratio(whole), day=Day(first), k=whole.k, n=whole.n, zone=zone_of(scene),
    )  # fmt: skip
    return Message(KIND, lead, tuple(_blocks(found)))


def _blocks(found: Standard) -> Iterator[Block]:
    for name in RULES:
        yield item(_rule(name, found.now(name), found.before(name)))
        yield Note(FIGURES[name].definition)
    yield from _before(found)
    missed = [name for name in RULES if found.missed[name]]
    for name in missed:
        labels = Listing(tuple(f"I-{number}" for number in found.missed[name]))
        yield item(
            ct("standard", "Missed “{rule}”, the latest: {labels}", rule=FIGURES[name].label, labels=labels)
        )
    if missed:
        yield Note(t("What happened there: why I-{number}", number=found.missed[missed[0]][0]))
    else:
        yield Note(t("The proof for a longer time: report"))


def _rule(name: str, now: Rate, before: Rate | None) -> Text:
    label = FIGURES[name].label
    if not now.n:
        return ct("standard", "{rule}: nothing to judge yet", rule=label)
    if before is None or not before.n:
        return ct("standard", "{rule}: {now}", rule=label, now=of(now))
    return ct(
        "standard", "{rule}: {now}, the month before {before}", rule=label, now=of(now), before=ratio(before)
    )


def _before(found: Standard) -> Iterator[Block]:
    known = [point for point in found.months[WHOLE][:-1] if point.rate.n]
    if known:
        months = tuple(
            ct("standard", "from {day} {rate}", day=Day(point.first), rate=of(point.rate)) for point in known
        )
        yield item(ct("standard", "The whole standard, months before: {months}", months=Listing(months)))


STANDARD = Command(
    "standard",
    ("标准", "达标", "白皮书"),
    READERS,
    USAGE,
    t("How far the white paper's rules are met: four elements, two channels, asked within the hour, owners."),
    run,
    needs,
    flags=(),
)
