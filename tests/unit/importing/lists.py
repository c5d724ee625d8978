"""Lists for tests: a few cells in, verdicts out, and the world as an import would leave it."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from uuid import UUID

from bot.importing.applying import Saving, plan_interviews
from bot.importing.columns import INTERVIEWS
from bot.importing.drafts import InterviewDraft, parse_interviews
from bot.importing.matching import Existing, Found
from bot.importing.problems import in_english
from bot.importing.reading import read
from bot.importing.rows import Context, Defaults, ParsedList
from bot.importing.verdicts import InterviewVerdict, judge
from conversations.identity import Person
from conversations.interview import Attempt

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
"""09:00 in Shanghai, a Monday."""
CONTEXT = Context(NOW, Defaults("acme", "Asia/Shanghai"))
HEADINGS = ("编号", "姓名", "手机", "邮箱", "岗位", "面试时间", "面试链接")
LINK = "https://meeting.example.com/1"


def ids() -> Callable[[], UUID]:
    numbers = count(1)
    return lambda: UUID(int=next(numbers))


def as_csv(*rows: Sequence[str], delimiter: str = ",") -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return out.getvalue()


def row(
    name: str = "李雷", phone: str = "13800000001", start: str = "2026-11-24 14:00", role: str = "前端工程师",
    email: str = "", link: str = LINK, id_: str = "",
) -> tuple[str, ...]:  # fmt: skip
    """Return the cells of a row under HEADINGS."""
    return (id_, name, phone, email, role, start, link)


def parse(
    *rows: Sequence[str], headings: Sequence[str] = HEADINGS, now: datetime = NOW
) -> ParsedList[InterviewDraft]:
    table = read(as_csv(headings, *rows).encode(), "list.csv", INTERVIEWS)
    return parse_interviews(table, replace(CONTEXT, now=now))


class World:
    """What is known: lists are judged against it, and applied to it as the command line does."""

    def __init__(self) -> None:
        self.new_id = ids()
        self.interviews: dict[UUID, Existing] = {}
        self.staff: list[Person] = []

    def judge(
        self, *rows: Sequence[str], headings: Sequence[str] = HEADINGS, now: datetime = NOW
    ) -> list[InterviewVerdict]:
        return judge(parse(*rows, headings=headings, now=now), self.found, now)

    @property
    def found(self) -> Found:
        return Found(list(self.interviews.values()), staff=self.staff)

    def apply(
        self, *rows: Sequence[str], headings: Sequence[str] = HEADINGS, now: datetime = NOW
    ) -> list[Saving]:
        savings = plan_interviews(self.judge(*rows, headings=headings, now=now), now, self.new_id)
        for saving in savings:
            self.save(saving)
        return savings

    def save(self, saving: Saving) -> None:
        interview = saving.interview
        before = self.interviews.get(interview.id)
        if saving.is_new:
            interview = replace(interview, number=1001 + len(self.interviews), revision=1)
        earlier: tuple[Attempt, ...] = before.earlier if before else ()
        if before and before.interview.attempt.id != interview.attempt.id:
            earlier += (saving.ended or before.interview.attempt,)
        self.interviews[interview.id] = Existing(interview, saving.person, earlier)
        for id_, one in self.interviews.items():
            if one.person.id == saving.person.id:
                self.interviews[id_] = replace(one, person=saving.person)

    def only(self) -> Existing:
        (one,) = self.interviews.values()
        return one

    def change(self, one: Existing) -> None:
        self.interviews[one.interview.id] = one


def outline(verdicts: Sequence[InterviewVerdict]) -> list[str]:
    return [one.verdict for one in verdicts]


def why(verdict: InterviewVerdict) -> str:
    assert verdict.reason
    return f"{verdict.column}: {in_english(verdict.reason)}"


def notes(verdict: InterviewVerdict) -> list[str]:
    return [in_english(note) for note in verdict.notes]
