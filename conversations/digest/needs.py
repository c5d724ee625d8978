"""What digests ask the database for, and what the session of a daily one remembers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from conversations.dialog import Need, Scene
from conversations.digest.calendar import Window, span_of
from conversations.digest.facts import DigestFacts, plain
from conversations.digest.teams import company_of
from conversations.digest.words import cases_of, lines_of
from conversations.engine import NeedMore


def day_need(team: str, on: date, since: date) -> Need:
    return Need("digest", {"team": team, "on": on.isoformat(), "since": since.isoformat()})


def longer_need(team: str, window: Window, on: date) -> Need:
    first, last = span_of(window, on)
    days = {"first": first.isoformat(), "last": last.isoformat()}
    return Need(f"digest_period:{window}", {"team": team, "window": window, **days})


def require(scene: Scene, needs: Sequence[Need]) -> None:
    missing = [need for need in needs if need.name not in scene.found]
    if missing:
        raise NeedMore(missing)


def kept(facts: DigestFacts, scene: Scene) -> Mapping[str, Any]:
    """Return what the session of a daily digest remembers: what was told in the morning, and of whom."""
    zone = scene.policy.zone if company_of(facts.team) else ""
    data = {"facts": plain(facts), "labels": labels_of(facts), "zone": zone}
    return {**data, "stood": initial(facts), "nudged": {}}


def lines_need(facts: DigestFacts) -> Need:
    """Name the interviews and cases that have a line, with what they were in the morning."""
    lines = (f"{line.label}={line.interview}/{line.attempt}" for line in lines_of(facts))
    cases = (f"C-{case.number}={case.of}/{case.id}" for case in cases_of(facts))
    return Need("digest_lines", {"lines": " ".join(lines), "cases": " ".join(cases)})


def labels_of(facts: DigestFacts) -> list[str]:
    """Return the interviews whose lines or cases the digest shows."""
    return [
        *(line.label for line in lines_of(facts)),
        *(f"I-{case.interview}" for case in cases_of(facts)),
    ]


def initial(facts: DigestFacts) -> dict[str, str]:
    """Return how the lines stood when the digest was said."""
    lines = {line.label: " ".join(line.risks) for line in lines_of(facts)}
    return {**lines, **{f"C-{case.number}": "" for case in cases_of(facts)}}
