"""Who is on duty and who leads, as configured: over midnight, by mailbox or account, each mistake with its remedy."""

from datetime import time

import pytest

from bot.settings.duty import ON_DUTY, WHO
from bot.settings.problems import Wrong
from conversations.policy import Duty

ANNA = {"who": "anna@example.com", "hours": "18:00-09:00", "days": "fri-sun", "zone": "Europe/Berlin"}


def test_a_duty_is_read_with_its_hours_over_midnight():
    (found,) = ON_DUTY([ANNA])
    assert found == Duty("hr", "anna@example.com", time(18), time(9), frozenset({4, 5, 6}), "Europe/Berlin")


def test_what_is_left_out_is_always_and_for_hr():
    (found,) = ON_DUTY([{"who": "slack.main:U024BE7LH"}])
    assert found == Duty("hr", "slack.main:U024BE7LH", time(), time())
    assert ON_DUTY([]) == ()
    assert ON_DUTY([{"who": "a@example.com", "hours": "00:00-24:00"}])[0].closes == time()


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ({"who": "Anna"}, "names nobody"),
        ({}, "is missing"),
        ({**ANNA, "hours": "9"}, "is not a span of the day"),
        ({**ANNA, "team": "admin"}, "team"),
        ({**ANNA, "day": "mon"}, 'did you mean "days"?'),
        ({**ANNA, "zone": "Berlin!"}, "is not a time zone"),
        ("anna@example.com", "is no table"),
    ],
)
def test_mistakes_are_told_with_their_remedy(written, said):
    with pytest.raises(Wrong) as wrong:
        ON_DUTY([ANNA, written])
    problem = wrong.value.problems[0]
    assert problem.key.startswith("[1]")
    assert said in str(problem)


def test_a_lead_is_a_mailbox_or_a_user():
    assert WHO("") == ""
    assert WHO("wecom.main:zhangsan") == "wecom.main:zhangsan"
    with pytest.raises(Wrong):
        WHO("zhangsan")
