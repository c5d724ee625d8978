"""By what figures are split: role, source, lead time, hour, any tag. A value is a string, "" for none."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from conversations.figures.facts import AttemptFacts
from conversations.figures.reasons import REASONS
from conversations.interview import Reason
from conversations.names import channel_names
from conversations.prechecks import CODES, named
from locales.text import Text, ct, t

TAG = "tag:"
"""Before the name of one of the company's own columns."""
AGE_TAGS = ("age_band", "age band", "age", "年龄段", "年龄")
"""The columns that hold an age band, if the company supplies one."""

LEADS: tuple[tuple[str, timedelta, Text], ...] = (
    ("under 1 day", timedelta(days=1), ct("lead time", "booked less than a day before")),
    ("1-3 days", timedelta(days=3), ct("lead time", "1 to 3 days before")),
    ("3-7 days", timedelta(days=7), ct("lead time", "3 to 7 days before")),
    ("over 7 days", timedelta.max, ct("lead time", "a week or more before")),
)
"""How long before its start an appointment was booked: below which span, and in words."""

CANDIDATE_TYPES: Mapping[str, Text] = {
    "campus": ct("candidate type", "campus"),
    "experienced": ct("candidate type", "experienced"),
    "part_time": ct("candidate type", "part-time"),
    "intern": ct("candidate type", "intern"),
}
_STATUSES = ("fail", "warn")
WORST_FIRST: tuple[str, ...] = tuple(
    code for status in _STATUSES for code, known in CODES.items() if known.status == status
)
"""What a device check may find wrong: of several, the first in this order counts."""
FINE = "fine"
"""The code of a check that found nothing wrong."""


@dataclass(frozen=True, slots=True)
class Dimension:
    """One way to split figures; `aliases` are what people type for it."""

    name: str
    label: Text
    of: Callable[[AttemptFacts], str]
    aliases: tuple[str, ...] = ()


def _lead(fact: AttemptFacts) -> str:
    if fact.booked_at is None or not fact.was_watched:
        return ""
    lead = fact.starts_at - fact.booked_at
    return next(name for name, below, _ in LEADS if lead < below)


def _check(fact: AttemptFacts) -> str:
    if fact.check_codes is None:
        return ""
    return next((code for code in WORST_FIRST if code in fact.check_codes), FINE)


DIMENSIONS: Mapping[str, Dimension] = {
    each.name: each
    for each in (
        Dimension(
            "role", ct("dimension", "role"), lambda fact: fact.role, ("job", "岗位", "职位", "position")
        ),
        Dimension(
            "source", ct("dimension", "source"), lambda fact: fact.source, ("来源", "渠道", "招聘渠道")
        ),
        Dimension(
            "candidate_type",
            ct("dimension", "candidate type"),
            lambda fact: fact.candidate_type,
            ("type", "candidate-type", "类型", "候选人类型"),
        ),
        Dimension(
            "channel",
            ct("dimension", "channel of the reminders"),
            lambda fact: "+".join(fact.channels),
            ("channels", "通道", "提醒渠道"),
        ),
        Dimension(
            "lead", ct("dimension", "lead time"), _lead, ("lead_time", "lead-time", "提前量", "提前期")
        ),
        Dimension(
            "hour", ct("dimension", "hour of the day"), lambda fact: f"{fact.wall.hour:02}", ("小时", "时段")
        ),
        Dimension(
            "weekday",
            ct("dimension", "day of the week"),
            lambda fact: str(fact.wall.isoweekday()),
            ("day", "星期", "周几"),
        ),
        Dimension(
            "recruiter",
            ct("dimension", "recruiter"),
            lambda fact: fact.recruiter.hex if fact.recruiter else "",
            ("owner", "招聘负责人", "招聘官", "负责人"),
        ),
        Dimension("company", ct("dimension", "company"), lambda fact: fact.company, ("公司",)),
        Dimension(
            "reason",
            ct("dimension", "reason"),
            lambda fact: fact.reason.value if fact.reason else "",
            ("reasons", "原因"),
        ),
        Dimension("check", ct("dimension", "device check"), _check, ("precheck", "设备检测", "检测")),
        Dimension(
            "device",
            ct("dimension", "browser and system"),
            lambda fact: fact.device,
            ("browser", "os", "浏览器", "系统"),
        ),
    )
}

AGE = Dimension(
    "age", ct("dimension", "age band"), lambda fact: "", ("age_band", "age-band", "年龄段", "年龄")
)
"""Only where the company supplies it as a column, and only ever in groups."""


def dimension(typed: str) -> str | None:
    """Return the name of what somebody typed after `by:`: a dimension, "age", or `tag:` with a column's name."""
    word = typed.strip()
    if word.casefold().startswith((TAG, "标签:")):
        return TAG + word.partition(":")[2].strip()
    folded = word.casefold().replace(" ", "_")
    for each in (*DIMENSIONS.values(), AGE):
        if folded == each.name or folded in each.aliases:
            return each.name
    return None


def needs_tags(name: str) -> bool:
    """Tell whether the values stand in sealed columns, which no database can group by."""
    return name not in DIMENSIONS


def value_of(fact: AttemptFacts, name: str) -> str:
    """Return an attempt's value of a dimension, or what its tag of that name says."""
    known = DIMENSIONS.get(name)
    return known.of(fact) if known is not None else value_in(fact.tags, name)


def value_in(tags: Mapping[str, str], name: str) -> str:
    """Return what tags say of a dimension that needs them."""
    if name != AGE.name:
        return tags.get(name.removeprefix(TAG), "")
    folded = {tag.casefold(): value for tag, value in tags.items()}
    return next((folded[tag] for tag in AGE_TAGS if tag in folded), "")


def label_of(name: str) -> Text:
    """Return what a dimension is called."""
    if name in DIMENSIONS:
        return DIMENSIONS[name].label
    return AGE.label if name == AGE.name else t("{tag}", tag=name.removeprefix(TAG))


def said(name: str, value: str) -> Text:
    """Return a value in words; people's names are known elsewhere."""
    if name == "reason":
        return REASONS[Reason(value) if value else None]
    if not value:
        return _NONE.get(name, ct("dimension", "not given"))
    match name:
        case "lead":
            return next((words for known, _, words in LEADS if known == value), t("{value}", value=value))
        case "hour":
            return t("{hour}:00", hour=value)
        case "weekday":
            return _weekday(int(value))
        case "channel":
            return t("{channels}", channels=channel_names(value.split("+")))
        case "candidate_type":
            return CANDIDATE_TYPES.get(value, t("{value}", value=value))
        case "check":
            return named(value) if value in CODES else ct("device check", "everything works")
    return t("{value}", value=value)


def _weekday(n: int) -> Text:
    return WEEKDAYS[n - 1]


WEEKDAYS: tuple[Text, ...] = (
    ct("weekday", "Monday"),
    ct("weekday", "Tuesday"),
    ct("weekday", "Wednesday"),
    ct("weekday", "Thursday"),
    ct("weekday", "Friday"),
    ct("weekday", "Saturday"),
    ct("weekday", "Sunday"),
)

_NONE: Mapping[str, Text] = {
    "channel": ct("dimension", "no reminder was sent"),
    "recruiter": ct("dimension", "nobody is named"),
    "lead": ct("dimension", "imported afterwards"),
    "check": ct("dimension", "no device check"),
    "device": ct("dimension", "no device check"),
}
