"""Who is on duty when: `on_duty = [{ who = "anna@example.com", hours = "09:00-18:00", days = "mon-fri" }]`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import time
from typing import Any

from bot.settings.addresses import ACCOUNT, EMAIL
from bot.settings.kinds import Kind, choice, list_from_text, list_of, read_line, under
from bot.settings.problems import NO_SUCH_KEY, Problem, Wrong, listed, nearest, shown
from bot.settings.times import DAYS, ZONE, read_clock
from conversations.policy import Duty
from locales.text import t

_ACCOUNT_AND_USER = re.compile(rf"{ACCOUNT.pattern}\.{ACCOUNT.pattern}:\S+")


def read_who(value: object) -> str:
    """Return how somebody of staff is known: a mailbox, or `slack.main:U024BE7LH`."""
    text = read_line(value)
    if not text or _ACCOUNT_AND_USER.fullmatch(text):
        return text
    try:
        return str(EMAIL(text))
    except Wrong:
        remedy = t('write a mailbox, or account and user: "anna@example.com" or "slack.main:U024BE7LH"')
        raise Wrong(t("{value} names nobody", value=shown(text)), remedy) from None


def read_shift(value: object) -> tuple[time, time]:
    """Return from when to when somebody is on duty, over midnight too; the same time twice is around the clock."""
    parts = re.split(r"\s*[-–—~～至]\s*", value.strip()) if isinstance(value, str) else []
    if len(parts) != 2:
        raise Wrong(
            t("{value} is not a span of the day", value=shown(value)),
            t('write it like "09:00-18:00" or "18:00-09:00"'),
        )
    ends = "00:00" if parts[1].replace("：", ":") == "24:00" else parts[1]
    return read_clock(parts[0]), read_clock(ends)


WHO = Kind(read_who)
_KINDS: Mapping[str, Kind] = {
    "team": choice("hr", "support"),
    "who": WHO,
    "hours": Kind(read_shift),
    "days": DAYS,
    "zone": ZONE,
}


def read_on_duty(value: object) -> tuple[Duty, ...]:
    if value == []:
        return ()
    found: list[Duty] = []
    problems: list[Problem] = []
    for n, each in enumerate(list_of(value, '[{ who = "anna@example.com", hours = "09:00-18:00" }]')):
        try:
            found.append(_read_one(each))
        except Wrong as wrong:
            problems += [under(problem, f"[{n}]") for problem in wrong.problems]
    if problems:
        raise Wrong.at(problems)
    return tuple(found)


def _read_one(value: object) -> Duty:
    if not isinstance(value, dict):
        raise Wrong(
            t("{value} is no table", value=shown(value)),
            t('write { who = "anna@example.com", hours = "09:00-18:00" }'),
        )
    fields: dict[str, Any] = {}
    problems = []
    for name, each in value.items():
        if name not in _KINDS:
            meant = nearest(name, _KINDS)
            remedy = (
                t('did you mean "{meant}"?', meant=meant)
                if meant
                else t("a duty has {known}", known=listed(_KINDS))
            )
            problems.append(Problem(f".{name}", NO_SUCH_KEY, remedy))
            continue
        try:
            fields[name] = _KINDS[name](each)
        except Wrong as wrong:
            problems += [under(problem, f".{name}") for problem in wrong.problems]
    if not value.get("who"):
        problems.append(Problem(".who", t("is missing"), t('say who it is, like who = "anna@example.com"')))
    if problems:
        raise Wrong.at(problems)
    opens, closes = fields.pop("hours", (time(), time()))
    return Duty(**{"team": "hr", **fields}, opens=opens, closes=closes)


ON_DUTY = Kind(read_on_duty, list_from_text)
