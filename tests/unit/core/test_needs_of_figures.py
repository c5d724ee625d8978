"""What commands about figures get from a real database: filters by anybody's words, groups, both sides of a day."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from bot.booking import _save_past
from bot.importing.applying import plan_interviews
from bot.needs import House, load
from conversations.dialog import Need, Scene
from conversations.events import Event, Said
from conversations.figures import no_show_rate
from conversations.figures.overview import Overview, Reasons, Unmatched, Weeks
from conversations.figures.proof import Proof
from conversations.figures.standard import RULES, WHOLE, Standard
from conversations.identity import Address, Person, Role
from conversations.interview import Outcome, Reason
from conversations.prechecks import Finding, Precheck
from conversations.risks import Risks
from store import cases, feedback, figures, interviews, people, prechecks
from store.db import Database, Tx
from tests.support.histories import history
from tests.support.staff_scenes import POLICY, id_of
from tests.unit.importing.lists import World
from tests.unit.store.samples import DAY, HOUR, attempt, booked, person, staff

NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
START = NOW - 29 * DAY


class _One:
    """Policies of an installation with one company."""

    def for_(self, company: str, role: str) -> Any:
        return POLICY


async def asked(tx: Tx, name: str, who: Person | None = None, **args: str) -> Any:
    policies: Any = _One()
    links: Any = None
    scene = Scene(NOW, POLICY, who or staff(Role.HR))
    event = Event("1", "telegram.main", NOW, Said("…"), "telegram.main")
    return await load(tx, Need(name, args), scene, event, House(policies, links))


async def test_stats_are_those_of_the_facts(db: Database) -> None:
    async with db.write() as tx:
        await history(tx, 1, START, 60)
        found: Overview = await asked(tx, "stats", when="last30d")
        facts = [row.facts for row in await figures.counts(tx, START - DAY, NOW)]
        assert found.rates["no_show_rate"] == no_show_rate(facts)
        assert sum(share.k for share in found.shares) == found.rates["no_show_rate"].k
        assert found.asked.period.until == NOW, "what is still ahead is not asked about"


async def test_the_time_before_is_as_long(db: Database) -> None:
    async with db.write() as tx:
        for days, outcome in ((1, Outcome.NO_SHOW), (8, Outcome.COMPLETED), (15, Outcome.NO_SHOW)):
            await booked(tx, attempt=attempt(starts_at=NOW - days * DAY, outcome=outcome))
        found: Overview = await asked(tx, "stats", when="last7d")
        assert found.change
        assert (found.change.now.k, found.change.before.k, found.change.before.n) == (1, 0, 1)


@pytest.mark.parametrize("by", ["role", "岗位", "tag:校区", "校区", "年龄段", "lead time", "recruiter"])
async def test_groups_by_anything(db: Database, by: str) -> None:
    async with db.write() as tx:
        await history(tx, 2, START, 60)
        found: Overview = await asked(tx, "stats", by=by)
        assert found.groups
        hidden = found.groups.others.attempts if found.groups.others else 0
        assert sum(group.rate.n for group in found.groups.groups) + hidden == found.rates["no_show_rate"].n
        assert all(group.rate.n >= 5 for group in found.groups.groups)


async def test_filters_take_part_of_a_name_and_whole_names_first(db: Database) -> None:
    async with db.write() as tx:
        for role in ("Sales", "Sales lead", "Java"):
            await booked(tx, role=role, attempt=attempt(starts_at=NOW - DAY, outcome=Outcome.COMPLETED))
        for typed, n in (("sales", 1), ("sal", 2), ("JAVA", 1)):
            found: Overview = await asked(tx, "stats", job=typed)
            assert found.rates["no_show_rate"].n == n, typed
        missing = await asked(tx, "stats", job="shoe")
        assert isinstance(missing, Unmatched)
        assert set(missing.known) == {"Sales", "Sales lead", "Java"}


async def test_filters_by_type_owner_and_tag(db: Database) -> None:
    async with db.write() as tx:
        mine = await people.create(tx, staff(Role.RECRUITER))
        other = await people.create(tx, staff(Role.RECRUITER))
        await people.save(tx, replace(other, name="Rui"))
        over = attempt(starts_at=NOW - DAY, outcome=Outcome.COMPLETED)
        await booked(tx, candidate_type="campus", recruiter=mine.id, attempt=over, tags={"校区": "北京"})
        await booked(tx, recruiter=other.id, attempt=replace(over, id=id_of("two")), tags={"校区": "上海"})
        hr = replace(mine, roles=frozenset({Role.HR}))
        for pair in ({"type": "校招"}, {"owner": "@me"}, {"owner": "rui"}, {"tag": "校区=北京"}):
            found: Overview = await asked(tx, "stats", hr, **pair)
            assert found.rates["no_show_rate"].n == 1, pair
        assert isinstance(await asked(tx, "stats", tag="北京"), Unmatched)
        assert isinstance(await asked(tx, "stats", by="shoe"), Unmatched)


async def test_a_recruiter_gets_figures_of_their_own(db: Database) -> None:
    async with db.write() as tx:
        recruiter, _ = await history(tx, 3, START, 60)
        own: Overview = await asked(tx, "stats", recruiter)
        rows = await figures.counts(tx, START - DAY, NOW, principal=recruiter)
        assert own.rates["no_show_rate"] == no_show_rate([row.facts for row in rows])
        assert {row.recruiter for row in rows} == {recruiter.id}


async def test_reasons_come_with_what_the_checks_had_found(db: Database) -> None:
    async with db.write() as tx:
        for n in range(5):
            missed = attempt(starts_at=NOW - DAY, outcome=Outcome.NO_SHOW, reason=Reason.TECHNICAL)
            made = await booked(tx, attempt=missed)
            if n:
                check = Precheck(
                    id_of(f"c{n}"), made.id, NOW - DAY - HOUR, (Finding("CAM-BUSY"),), 9, "wechat ios"
                )
                await prechecks.add(tx, check)
        found: Reasons = await asked(tx, "reasons")
        assert [(part.value, part.k) for part in found.checks] == [("CAM-BUSY", 4), ("", 1)]
        assert [(part.value, part.k) for part in found.devices] == [("wechat ios", 4), ("", 1)]
        assert [hint.name for hint in found.hints] == ["technical"]


async def test_weeks_and_months(db: Database) -> None:
    async with db.write() as tx:
        await history(tx, 4, START, 60)
        rows = [row.facts for row in await figures.counts(tx, START - DAY, NOW)]
        weeks: Weeks = await asked(tx, "trend")
        assert len(weeks.trend.points) == 12
        assert sum(point.rate.n for point in weeks.trend.points) == no_show_rate(rows).n
        found: Standard = await asked(tx, "standard")
        november = [row for row in rows if row.starts_at >= datetime(2026, 10, 31, 16, tzinfo=UTC)]
        watched = [row for row in november if row.was_watched]
        assert found.now(WHOLE).n == no_show_rate(watched).n
        assert set(found.missed) == set(RULES)


async def test_the_proof_has_a_before_that_was_imported(db: Database) -> None:
    headings = ("姓名", "手机", "面试时间", "面试结果", "未参加原因", "处理时长", "满意度")
    past = [
        (f"李{n}", f"1380000{n:04}", f"2026-08-{n % 9 + 1:02} 14:00", *rest)
        for n, rest in enumerate(
            [("未参加", "忘记时间", "120", "2")] * 9
            + [("参加", "", "", "5")] * 11
            + [("参加", "", "", "3")] * 30
        )
    ]
    world = World()
    savings = plan_interviews(world.judge(*past, headings=headings, now=NOW), NOW, world.new_id)
    async with db.write() as tx:
        for saving in savings:
            whose = await people.create(tx, saving.person)
            made = await interviews.create(tx, replace(saving.interview, person=whose.id))
            await _save_past(tx, replace(saving, interview=made))
        for n in range(20):
            outcome = Outcome.NO_SHOW if n < 2 else Outcome.COMPLETED
            made = await booked(tx, attempt=attempt(starts_at=NOW - DAY, outcome=outcome))
            await feedback.save(tx, made.id, made.attempt.id, "overall", 5 if n < 16 else 3, NOW)
        found: Proof = await asked(tx, "report", live_on="2026-09-01")
        assert found.live_on == date(2026, 9, 1)
        assert (found.before.no_shows.ratio, found.after.no_shows.ratio) == (0.18, 0.1)
        assert (found.before.satisfaction.ratio, found.after.satisfaction.ratio) == (0.22, 0.8)
        assert found.before.handling.median == timedelta(hours=2)
        assert found.before.reasons[Reason.FORGOT].ratio == 0.18
        stats: Overview = await asked(tx, "stats", when="2026-08-01..2026-08-31")
        assert stats.rates["contacted_in_time"].n == 0, "nobody here could have asked them"
        assert stats.rates["response"].n == 0, "nobody here asked how it was"
        assert await cases.open_cases(tx) == []


async def test_risks_by_their_rules(db: Database) -> None:
    async with db.write() as tx:
        ahead = attempt(starts_at=NOW + 5 * HOUR)
        calm = await people.create(tx, person())
        await people.bind(tx, calm.id, Address("telegram.main", "1"), "1", NOW)
        quiet = await booked(tx, calm, attempt=replace(ahead, id=id_of("a"), confirmed_at=NOW))
        await prechecks.add(tx, Precheck(id_of("ok"), quiet.id, NOW, (Finding("WEB-OK"),), 9))
        missed = await people.create(tx, person())
        await booked(tx, missed, attempt=attempt(starts_at=NOW - 9 * DAY, outcome=Outcome.NO_SHOW))
        risky = await booked(tx, missed, attempt=replace(ahead, id=id_of("b")))
        later = await booked(tx, calm, attempt=attempt(starts_at=NOW + 3 * DAY))
        found: Risks = await asked(tx, "risk")
        assert {line.number: line.risks for line in found.lines} == {
            quiet.number: (),
            risky.number: ("unbound", "no_show_before", "unconfirmed", "no_precheck"),
            later.number: ("unconfirmed",),
        }
        assert [line.number for line in found.risky] == [risky.number, later.number]
        assert (await asked(tx, "risk", staff(Role.RECRUITER))).lines == ()
