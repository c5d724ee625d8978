"""One picture of each kind, made of the figures of a believable quarter."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from conversations.figures import (
    ByGroup,
    Durations,
    Funnel,
    Group,
    Heat,
    Others,
    Period,
    Point,
    Rate,
    Share,
    Stage,
    Trend,
    change,
    rate,
)
from conversations.figures.proof import Proof, Side
from conversations.interview import Reason
from conversations.pictures import (
    Picture,
    change_picture,
    funnel_picture,
    groups_picture,
    heat_picture,
    reasons_picture,
    trend_picture,
)
from locales.text import Text, Words, ct, t


def said(english: str, chinese: str) -> Text:
    """Return what somebody wrote in two languages."""
    return t("{company}", company=Words({"en": english, "zh_Hans": chinese}))


SCOPE = said("All teams, 31 Aug to 22 Nov 2026", "全部团队，2026年8月31日至11月22日")
FALLING = (
    (11, 57), (9, 61), (12, 64), (10, 58), (14, 72), (2, 4), (16, 80), (13, 75), (13, 84), (11, 79), (10, 83), (8, 82),
    (0, 3),
)  # fmt: skip
"""No-shows of interviews due, week by week; the last one has only begun."""
WHY = (
    (Reason.TECHNICAL, 51), (Reason.FORGOT, 27), (Reason.CAME_UP, 18), (Reason.OTHER_OFFER, 9), (Reason.UNCLEAR, 3),
    (None, 13),
)  # fmt: skip
SOURCES = (
    ("校园招聘会", 62, 240),
    ("招聘网站", 34, 281),
    ("Recommended by a colleague", 9, 130),
    ("猎头𠮷", 11, 95),
)
STEPS = (
    ("invited", ct("funnel", "invited"), 799),
    ("bound", ct("funnel", "came to the bot"), 758),
    ("reminded", ct("funnel", "reminded"), 751),
    ("confirmed", ct("funnel", "confirmed"), 583),
    ("entered", ct("funnel", "tapped the link"), 561),
    ("joined", ct("funnel", "joined"), 678),
)


def trend(weeks: tuple[tuple[int, int], ...] = FALLING) -> Trend:
    points = tuple(
        Point(date(2026, 8, 31) + timedelta(weeks=number), rate(k, n)) for number, (k, n) in enumerate(weeks)
    )
    now, before = rate(42, 328), rate(45, 231)
    return Trend("no_show_rate", points, change(now, before))


def reasons() -> tuple[Share, ...]:
    total = sum(k for _, k in WHY)
    return tuple(Share(reason, k, k / total) for reason, k in WHY)


def sources() -> ByGroup:
    whole = rate(121, 799)
    groups = tuple(
        Group(name, rate(k, n), change(rate(k, n), rate(whole.k - k, whole.n - n), len(SOURCES)))
        for name, k, n in SOURCES
    )
    return ByGroup("no_show_rate", "source", groups, whole, Others(3, 9, rate(1, 9)))


def hours() -> Heat:
    cells = {
        (weekday, hour): rate(
            round(n * (0.24 if (weekday, hour) == (1, 9) else (19 - hour + weekday % 3) / 70)), n
        )
        for weekday in range(1, 6)
        for hour in range(9, 19)
        for n in [25 + (weekday * 7 + hour * 3) % 11]
    }
    return Heat("no_show_rate", {**cells, (6, 10): rate(1, 8)}, 17)


def steps() -> Funnel:
    return Funnel(tuple(Stage(name, label, k, 799) for name, label, k in STEPS))


def proof() -> Proof:
    """The case that the white paper tells: 18 to 6 percent, two hours to a quarter of one, 35 to 82 percent."""
    start, live, end = (datetime(2026, month, 1, tzinfo=UTC) for month in (5, 8, 11))
    before, after = Period(start, live, "Asia/Shanghai"), Period(live, end, "Asia/Shanghai")

    def side(period: Period, missed: Rate, minutes: int, content: Rate) -> Side:
        took = Durations(missed.k, timedelta(minutes=minutes), timedelta(minutes=2 * minutes))
        return Side(period, missed, took, rate(0, missed.k), content, {})

    return Proof(
        live.date(),
        side(before, rate(90, 500), 120, rate(70, 200)),
        side(after, rate(36, 600), 15, rate(246, 300)),
    )


def pictures() -> dict[str, Picture]:
    made = {
        "trend": trend_picture(trend(), SCOPE),
        "reasons": reasons_picture(reasons(), SCOPE),
        "groups": groups_picture(sources(), SCOPE),
        "heat": heat_picture(hours(), SCOPE),
        "funnel": funnel_picture(steps(), SCOPE),
        "change": change_picture(proof()),
    }
    return {name: picture for name, picture in made.items() if picture is not None}
