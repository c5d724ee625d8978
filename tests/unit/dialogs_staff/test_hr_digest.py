"""The digests: each once for its team and window, late on the same day, told with the next one afterwards."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from conversations.dialog import Session
from conversations.digest import DigestFacts, OpenCase, Standing, TodayLine
from conversations.effects import Priority, Record, SetTimer, Then, Work
from conversations.events import Body, Done, Due, Ordered, Picked
from conversations.figures import Share
from conversations.findings import CaseFound
from conversations.identity import Place, ToTeam
from conversations.interview import CaseKind, CaseState, Reason
from locales.text import t
from tests.support.staff_scenes import HAN, POLICY, Stage, case, id_of, target, text_of

DUE = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)  # Tuesday, 09:00 in Shanghai
DAY = timedelta(days=1)
LEI = target(1001, starts_at=DUE + timedelta(hours=5))
LINE = TodayLine(
    1001, "李雷", DUE + timedelta(hours=5), POLICY.zone, "Java", ("unconfirmed",), LEI.interview.id,
    LEI.interview.attempt.id,
)  # fmt: skip
HELP = OpenCase(
    7, CaseKind.TECHNICAL, 1001, "李雷", timedelta(hours=1), None, id_of("case 7"), LEI.interview.id
)
FACTS = DigestFacts(
    "hr", date(2026, 11, 24), date(2026, 11, 23), date(2026, 11, 23), joined=3, no_shows=1, today=(LINE,),
    open_cases=(HELP,),
)  # fmt: skip
TOLD = {"told": "2026-11-23"}
OPEN = {"I-1001": Standing(("unconfirmed",)), "C-7": Standing()}


def played(late: timedelta = timedelta(), facts: DigestFacts = FACTS, **policy: Any) -> Stage:
    stage = Stage(
        now=DUE + late, policy=replace(POLICY, **policy), found={"digest": facts, "digest_lines": dict(OPEN)}
    )
    stage.happens(Due("digest", "team:hr", DUE, TOLD))
    return stage


def shown(stage: Stage) -> Session:
    return next(s for s in stage.sessions.values() if s.subject.startswith("digest:"))


def next_(stage: Stage, body: Body) -> None:
    """Let something happen, and keep only what comes of it."""
    stage.effects.clear()
    stage.happens(body)


def timers(stage: Stage) -> list[SetTimer]:
    return [e for e in stage.effects if isinstance(e, SetTimer) and e.name == "digest"]


def picks(stage: Stage, action: str) -> None:
    session = shown(stage)
    stage.effects.clear()
    stage.happens(Picked(session.id, session.choices.index(action) + 1, session.turn), HAN)


class TestWhen:
    def test_it_is_said_once_and_planned_for_tomorrow(self) -> None:
        stage = played()
        (say,) = stage.said
        assert say.to == ToTeam("hr")
        assert say.manner.once == say.message.key == "digest:hr:2026-11-24"
        assert say.manner.priority is Priority.DIGEST
        assert "4 interviews were due: 3 joined" in text_of(say.message)
        assert timers(stage) == [SetTimer("digest", "team:hr", DUE + DAY, {"told": "2026-11-24"})]

    def test_a_timer_that_fires_twice_says_it_once(self) -> None:
        stage = played()
        next_(stage, Due("digest", "team:hr", DUE, TOLD))
        assert stage.said == []

    def test_late_on_the_same_day_it_says_so(self) -> None:
        (say,) = played(timedelta(hours=3)).said
        assert "This digest is late" in text_of(say.message)

    def test_too_late_it_is_told_with_the_next(self) -> None:
        stage = played(timedelta(hours=7))
        assert stage.said == []
        assert timers(stage) == [SetTimer("digest", "team:hr", DUE + DAY, TOLD)]

    def test_without_an_hour_there_is_no_next_one(self) -> None:
        assert not timers(played(digest_at=None))
        assert timers(played(digest_at=time(9)))

    def test_its_picture_is_drawn_beside_it_and_said_once(self) -> None:
        lately = (Share(Reason.FORGOT, 6, 0.75), Share(None, 2, 0.25))
        stage = played(facts=replace(FACTS, lately=lately))
        (work,) = [effect for effect in stage.effects if isinstance(effect, Work)]
        assert work.kind == "digest_chart"
        next_(stage, Done("digest_chart", {**work.args, "blob": "sha256:00", "name": "reasons.png"}))
        (say,) = stage.said
        assert say.manner.once == "digest:hr:2026-11-24:picture"
        assert say.to == ToTeam("hr")

    def test_without_its_picture_the_words_have_to_do(self) -> None:
        stage = played()
        next_(stage, Done("digest_chart", {"error": "no font", "key": "digest:hr:2026-11-24"}))
        assert stage.said == []

    def test_a_companys_own_group_reads_its_language(self) -> None:
        place = Place("slack.main", "C1")
        (say,) = played(digest_place=place, languages=("zh_Hans", "en")).said
        assert say.manner.language == "zh_Hans"


class TestLines:
    def test_each_has_its_buttons(self) -> None:
        assert shown(played()).choices == ("nudge:I-1001", "call:I-1001", "take:C-7")

    def test_a_nudge_reminds_once(self) -> None:
        stage = played()
        stage.found["members"] = (LEI,)
        picks(stage, "nudge:I-1001")
        assert Then(Ordered("remind", LEI.interview.id, HAN.id)) in stage.effects
        assert shown(stage).choices == ("call:I-1001", "take:C-7")
        (say,) = [say for say in stage.said if say.message.kind == "digest"]
        assert say.manner.only_edits
        assert "reminded 09:00" in text_of(say.message)

    def test_who_was_reminded_elsewhere_is_told_and_not_nudged_again(self) -> None:
        """The card was typed for anew, or somebody else pressed on theirs."""
        stage = played()
        stage.found["members"] = (LEI,)
        stage.found["digest_lines"] = {**OPEN, "I-1001": Standing(("unconfirmed",), nudged_at=DUE)}
        stage.now = DUE + timedelta(minutes=59)
        picks(stage, "nudge:I-1001")
        assert not [effect for effect in stage.effects if isinstance(effect, Then)]
        assert "was reminded at {time}" in str(stage.answers[-1])
        assert shown(stage).choices == ("call:I-1001", "take:C-7")

    def test_after_an_hour_they_may_be_nudged_again(self) -> None:
        stage = played()
        stage.found["members"] = (LEI,)
        stage.found["digest_lines"] = {**OPEN, "I-1001": Standing(("unconfirmed",), nudged_at=DUE)}
        stage.now = DUE + timedelta(minutes=61)
        picks(stage, "nudge:I-1001")
        assert Then(Ordered("remind", LEI.interview.id, HAN.id)) in stage.effects

    def test_who_cannot_be_reached_is_not_nudged(self) -> None:
        stage = played()
        stage.found["members"] = (target(1001, channels=()),)
        picks(stage, "nudge:I-1001")
        assert not [effect for effect in stage.effects if isinstance(effect, Then)]
        assert "cannot be reached yet" in str(stage.answers[-1])

    def test_a_number_is_told_in_private_and_written_down(self) -> None:
        stage = played()
        stage.found["members"] = (LEI,)
        picks(stage, "call:I-1001")
        (say,) = stage.said
        assert say.message.kind == "digest.call"
        assert "13812341234" in text_of(say.message)
        (deed,) = [effect for effect in stage.effects if isinstance(effect, Record)]
        assert deed.action == "phone.revealed"

    def test_a_case_is_taken(self) -> None:
        stage = played()
        known = case(LEI.interview, CaseKind.TECHNICAL, number=7, id=id_of("case 7"))
        stage.found["cases"] = (CaseFound(known, LEI),)
        picks(stage, "take:C-7")
        order = Ordered("take", LEI.interview.id, HAN.id, {"case": str(known.id)})
        assert Then(order) in stage.effects

    def test_what_somebody_was_faster_with_is_said(self) -> None:
        stage = played()
        known = case(LEI.interview, CaseKind.TECHNICAL, number=7, state=CaseState.TAKEN)
        stage.found["cases"] = (CaseFound(known, LEI),)
        picks(stage, "take:C-7")
        assert "not on this list any more" in str(stage.answers[-1])

    def test_they_close_themselves_and_are_not_said_again(self) -> None:
        stage = played()
        stage.found["digest_lines"] = {**OPEN, "I-1001": Standing(settled=t("{count}", count=5))}
        body = Done("digest_line", {"holder": "team:hr", "subject": "digest:hr:2026-11-24"})
        next_(stage, body)
        (say,) = stage.said
        assert say.manner.only_edits
        assert "✓ 14:00 I-1001" in text_of(say.message)
        assert shown(stage).choices == ("take:C-7",)
        next_(stage, body)
        assert stage.said == []

    def test_a_case_that_somebody_had_in_the_morning_is_open_until_it_is_closed(self) -> None:
        stage = played(facts=replace(FACTS, open_cases=(replace(HELP, owner="Sam"),)))
        stage.found["digest_lines"] = {**OPEN, "C-7": Standing(("taken",), t("{count}", count=5))}
        (say,) = stage.said
        assert "for 1 hour: Sam" in text_of(say.message)

    @pytest.mark.parametrize("risks", [("no_show_before",)])
    def test_who_missed_one_and_confirmed_stays_worth_a_look(self, risks: tuple[str, ...]) -> None:
        stage = Stage(now=DUE, policy=POLICY)
        line = replace(LINE, risks=risks)
        stage.found["digest"] = replace(FACTS, today=(line,))
        stage.found["digest_lines"] = {"I-1001": Standing(risks, t("{count}", count=5)), "C-7": Standing()}
        stage.happens(Due("digest", "team:hr", DUE, TOLD))
        assert "✓" not in text_of(stage.said[0].message)
