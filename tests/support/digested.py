"""The fullest digest there can be, with every button it may have: what each route has to carry."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import NAMESPACE_URL, uuid5

from conversations.dialogs.digest_lines import actions_of
from conversations.digest import DigestFacts, OpenCase, Standing, TodayLine, digest
from conversations.interview import CaseKind, Reason
from conversations.messages import Message
from locales.text import t

AT = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
NAMES = ("欧阳震华", "Anna-Lena Hofmann-Schmidt", "李雷")
ROLE = "高级人工智能平台前端开发工程师（校园招聘）"


def _line(n: int) -> TodayLine:
    id = uuid5(NAMESPACE_URL, f"digest {n}")
    risks = ("unbound", "no_show_before", "unconfirmed", "no_precheck")
    return TodayLine(10_001 + n, NAMES[n % 3], AT + timedelta(hours=n), "Asia/Shanghai", ROLE, risks, id, id)


def _case(n: int) -> OpenCase:
    id = uuid5(NAMESPACE_URL, f"case {n}")
    return OpenCase(2001 + n, CaseKind.TECHNICAL, 10_001 + n, NAMES[n % 3], timedelta(hours=30), None, id, id)


FULLEST = DigestFacts(
    "hr",
    date(2026, 11, 24),
    date(2026, 11, 20),
    date(2026, 11, 23),
    joined=1903,
    no_shows=211,
    undecided=17,
    cancelled=32,
    reasons={Reason.OTHER_OFFER: 90, Reason.FORGOT: 81, None: 40},
    hint=t("Send the list of browsers that work, and the device check, well before the interview."),
    breaches=tuple(f"I-{n}" for n in range(10_001, 10_040)),
    handled_late=tuple(f"I-{n}" for n in range(10_041, 10_060)),
    handling=timedelta(hours=3, minutes=17),
    today=tuple(map(_line, range(12))),
    checks={"passed": 40, "warned": 12, "failed": 3},
    open_cases=tuple(map(_case, range(9))),
    unbound=tuple(f"I-{n}" for n in range(10_061, 10_080)),
    rating=4.4,
    ratings=120,
    surveyed=190,
    outage=t("No reminder fell due meanwhile."),
    is_late=True,
)
_NOW = {
    **{line.label: Standing(line.risks) for line in FULLEST.today},
    **{f"C-{case.number}": Standing() for case in FULLEST.open_cases},
}


def fullest() -> Message:
    return replace(digest(FULLEST, actions_of(FULLEST, _NOW, AT), _NOW), kind="digest_with_buttons")
