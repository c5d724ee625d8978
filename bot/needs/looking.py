"""What administrators look at: how everything works, and what the journal says."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from bot.needs.asking import Answering, Asked
from bot.needs.people import NEEDS as PEOPLE
from bot.needs.team import unbound
from conversations.commands.audit import Journal, Logged
from conversations.commands.health import Health, Heard, Trouble
from store import cases, health, inbox, interviews, journal, outbox, people, signals

DAY = timedelta(days=1)
MOST = 500
"""Entries of the journal that are looked at."""


async def _health(asked: Asked) -> Health:
    tx, now = asked.tx, asked.now
    went = await health.sending(tx, now - DAY)
    oldest = await outbox.oldest_due(tx, now)
    counts = await outbox.counts(tx)
    aside = counts.get("dead", 0) + len(await inbox.dead(tx))
    configuration = asked.house.configuration
    return Health(
        waiting=await health.waiting(tx, now),
        oldest=now - oldest if oldest is not None else None,
        sent=went.sent,
        usual=_share(went.lateness, 0.5),
        slowest=_share(went.lateness, 0.95),
        aside=aside,
        troubles=tuple(Trouble(*each) for each in went.failures),
        heard=await _heard(asked),
        unbound=len(await unbound(asked)),
        accounts=tuple(sorted(asked.caps)),
        version=configuration.number if configuration is not None else 0,
        differs=bool(configuration is not None and configuration.difference),
    )


def _share(sorted_spans: tuple[timedelta, ...], share: float) -> timedelta | None:
    """Return the span that this share of them stays within."""
    if not sorted_spans:
        return None
    return sorted_spans[min(len(sorted_spans) - 1, int(len(sorted_spans) * share))]


async def _heard(asked: Asked) -> tuple[Heard, ...]:
    found: dict[str, Heard] = {}
    for _, _, policy in asked.house.policies:
        if policy.join_signal == "platform" and policy.signal_account:
            at = await signals.last_heard(asked.tx, policy.signal_account)
            found.setdefault(policy.signal_account, Heard(policy.signal_account, at, policy.heartbeat_within))
    return tuple(found.values())


# -- the journal -----------------------------------------------------------------------------------------


async def _journal(asked: Asked) -> Journal:
    text = asked.args.get("text", "").strip()
    names = await _names(asked, text) if text else None
    if names is not None and not names:
        return Journal((), is_known=False)
    start, end = asked.window("last7d")
    rows = await journal.listing(asked.tx, names=names, since=start, until=end, limit=MOST)
    called = await _called(asked, rows)
    return Journal(
        tuple(
            Logged(row.number, row.at, row.action, called.get(row.subject, _plain(row.subject)),
                   called.get(row.actor, row.actor), row.detail)
            for row in rows
        )
    )  # fmt: skip


async def _names(asked: Asked, text: str) -> set[str]:
    """Return how the journal names what words mean: interviews with their cases, a case, somebody of staff."""
    if number := re.fullmatch(r"(?i)c-?(\d{1,9})", text):
        case = await cases.case_by_number(asked.tx, int(number[1]), asked.scene.person)
        return {f"case:{case.id}"} if case is not None else set()
    found: set[str] = set()
    for interview, person in await interviews.search(asked.tx, asked.scene.person, text=text, limit=20):
        found |= {f"interview:{interview.id}", f"person:{person.id}"}
        found |= {f"case:{case.id}" for case in await cases.cases_of(asked.tx, interview.id)}
    if not found:
        found = {f"person:{person.id}" for person in await PEOPLE["somebody"](asked)}
    return found


async def _called(asked: Asked, rows: Iterable[Any]) -> Mapping[str, str]:
    """Return what people call the subjects and actors of entries."""
    called: dict[str, str] = {}
    for name in {name for row in rows for name in (row.subject, row.actor)}:
        kind, _, id = name.partition(":")
        if kind not in ("interview", "case", "person") or (known := _uuid(id)) is None:
            continue
        if kind == "interview" and (interview := await interviews.get(asked.tx, known)) is not None:
            called[name] = interview.label
        elif kind == "case" and (case := await cases.case(asked.tx, known)) is not None:
            called[name] = case.label
        elif kind == "person" and (person := await people.get(asked.tx, known)) is not None:
            called[name] = person.name
    return called


def _plain(subject: str) -> str:
    """Return a subject that nothing is known of without its long id."""
    kind, _, id = subject.partition(":")
    return f"{kind} {id[:8]}" if _uuid(id) is not None else subject


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


async def _problems(asked: Asked) -> tuple[str, ...]:
    return tuple(await journal.verify(asked.tx))


NEEDS: Mapping[str, Answering] = {
    "health": _health,
    "journal": _journal,
    "journal_problems": _problems,
}
