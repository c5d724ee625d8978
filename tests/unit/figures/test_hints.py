"""What figures suggest: by their stated rules and no sooner, each with a change that the configuration takes."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.settings.keys import POLICY as KEYS
from conversations.figures import FIGURES, Durations, Question, by_group, shares_of, tally
from conversations.figures.hints import hints
from conversations.interview import Reason
from conversations.policy import DeviceCheck, Rung
from locales.text import Reader
from locales.translate import render
from tests.support.figured import NOW, reasons, some
from tests.support.staff_scenes import POLICY

READER = Reader("en", "Asia/Shanghai", NOW)
HOUR = timedelta(hours=1)


def of_reasons(*given: Reason | None, policy=POLICY):
    counted = tally(reasons(*given), Question(FIGURES["reasons"].how.counts, ("reason",)), NOW)
    return hints(policy, shares_of(counted))


def of_sources(policy=POLICY, **rates: tuple[int, int]):
    facts = [
        one
        for n, (source, (missed, due)) in enumerate(rates.items())
        for one in some(due, missed, first=1000 * (n + 1), source=source)
    ]
    counts = FIGURES["no_show_rate"].how.counts
    return hints(policy, segments=[by_group(tally(facts, Question(counts, ("source",)), NOW))])


@pytest.mark.parametrize(
    ("technical", "other", "unknown", "is_hinted"),
    [(4, 6, 0, True), (4, 7, 0, False), (4, 6, 90, True), (4, 0, 9, False)],
)
def test_technical_problems_from_forty_percent_of_the_known(technical, other, unknown, is_hinted):
    given = (Reason.TECHNICAL,) * technical + (Reason.FORGOT,) * other + (None,) * unknown
    assert bool(of_reasons(*given)) == is_hinted


def test_the_device_check_is_offered_or_brought_to_mind_once_more():
    given = (Reason.TECHNICAL,) * 5
    assert [hint.setting.value for hint in of_reasons(*given) if hint.setting] == ["24h,2h,1h"]
    without = replace(POLICY, precheck=DeviceCheck(offered=False))
    typed = [h.setting.typed for h in of_reasons(*given, policy=without) if h.setting]
    assert [render(each, READER) for each in typed] == ["config set precheck.offered true --dry-run"]
    (told,) = (render(hint.way, READER) for hint in of_reasons(*given, policy=without))
    assert told.endswith(" Preview: config set precheck.offered true --dry-run")
    already = replace(POLICY, rungs=(*POLICY.rungs, Rung("2h", 2 * HOUR)))
    (hint,) = of_reasons(*given, policy=already)
    assert hint.setting is None
    assert hint.way == hint.advice


def test_a_segment_above_the_others_for_more_than_chance():
    (hint,) = of_sources(fair=(15, 30), web=(10, 100))
    assert render(hint.finding, READER) == "fair: no-show rate 50% (n = 30), 19.2% overall."
    assert hint.setting
    assert hint.setting.key == "delivery"
    assert of_sources(fair=(4, 20), web=(10, 100)) == (), "within chance"
    assert of_sources(fair=(15, 19), web=(10, 100)) == (), "fewer than 20"
    every = replace(POLICY, rungs=(Rung("24h", 24 * HOUR, delivery="all"),))
    assert [hint.setting for hint in of_sources(every, fair=(15, 30), web=(10, 100))] == [None]


def test_those_without_a_value_are_no_segment_to_act_on():
    assert of_sources(**{"": (15, 30), "web": (10, 100)}) == ()


@pytest.mark.parametrize(("median", "n", "is_hinted"), [(2, 9, False), (3, 9, True), (3, 4, False)])
def test_handling_over_two_hours(median, n, is_hinted):
    found = hints(POLICY, handling=Durations(n, median * HOUR, median * HOUR))
    assert bool(found) == is_hinted
    assert all(h.setting and h.setting.value == "150s" for h in found)


def test_every_change_is_one_that_the_configuration_takes():
    kinds = {key.name: key.kind for key in KEYS}
    found = (
        *of_reasons(*(Reason.TECHNICAL,) * 5),
        *of_sources(fair=(15, 30), web=(10, 100)),
        *hints(POLICY, handling=Durations(9, 3 * HOUR, 3 * HOUR)),
    )
    assert len(found) == 3
    for hint in found:
        assert hint.setting
        kinds[hint.setting.key](kinds[hint.setting.key].from_text(hint.setting.value))
        assert render(hint.rule, READER).startswith("Rule: ")
