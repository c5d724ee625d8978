"""What the last device check says in other messages: reminders, support's card, what HR asks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from conversations.dialog import Scene
from conversations.messages import Block, Fact, Note
from conversations.policy import Policy
from conversations.prechecks import Precheck, result
from locales.text import t

NEAR = timedelta(hours=1, minutes=5)
"""Before the start, from when a reminder says that nothing was checked yet."""


def is_ours(policy: Policy) -> bool:
    """Tell whether candidates are sent to our own page, of whose results we know."""
    return policy.precheck.offered and not policy.precheck_url


def last(scene: Scene) -> Precheck | None:
    """Return the interview's last device check; the scene has to hold what the need `prechecks` finds."""
    return next(iter(scene.found["prechecks"]), None)


def fact(check: Precheck) -> Fact:
    return Fact("check", t("Device check"), result(check))


def reminded(scene: Scene) -> Iterator[Block]:
    """Yield what a reminder says of it: the result, or shortly before the start that there is none."""
    starts_at, check = scene.booked.attempt.starts_at, last(scene)
    if check is not None:
        yield fact(check)
    elif is_ours(scene.policy) and timedelta() < starts_at - scene.now <= NEAR:
        yield Note(t("Your device is not checked yet. “Check your device” takes less than a minute."))


def beside(scene: Scene) -> Fact:
    """Return it for whoever helps."""
    check = last(scene)
    return fact(check) if check is not None else Fact("check", t("Device check"), t("no result yet"))
