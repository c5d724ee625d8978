"""Every figure against numbers worked out by hand."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5

import pytest

from conversations.figures import (
    FIGURES,
    AttemptFacts,
    Durations,
    Question,
    contacted_in_time,
    funnel,
    handling_time,
    late_contacts,
    no_show_rate,
    rate,
    reason_shares,
    recovered,
    tally,
)
from conversations.interview import Outcome, Reason

NAMES = UUID("00000000-0000-0000-0000-00000000000c")
START = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
LATER = START + timedelta(days=1)


def fact(
    outcome: Outcome | None = None, *, number: int = 1, starts_at: datetime = START, **known
) -> AttemptFacts:
    known = {"company": "acme", "role": "sales"} | known
    return AttemptFacts(
        uuid5(NAMES, str(number)), number=number, starts_at=starts_at, outcome=outcome, **known
    )


def missed(reason: Reason | None = None, **known) -> AttemptFacts:
    return fact(Outcome.NO_SHOW, reason=reason, **known)


# Wilson score intervals without continuity correction; 81 of 263 and 15 of 148 are worked out in
# Newcombe, Statistics in Medicine 17 (1998) 857-872, table I, method 3, as are 0 of 20 and 1 of 29.
@pytest.mark.parametrize(
    ("k", "n", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
        (10, 100, 0.0552, 0.1744),
        (20, 20, 0.8389, 1.0),
    ],
)
def test_wilsons_interval(k, n, low, high):
    found = rate(k, n)
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)
    assert found.ratio == k / n


def test_of_nothing_nothing_is_known():
    found = rate(0, 0)
    assert (found.ratio, found.low, found.high, found.is_shown) == (None, 0.0, 1.0, False)


def test_the_no_show_rate_counts_what_was_due_and_is_decided():
    outcomes = [Outcome.JOINED, Outcome.COMPLETED, Outcome.NO_SHOW, Outcome.MOVED, Outcome.CANCELLED, None]
    found = no_show_rate([fact(outcome) for outcome in outcomes])
    assert (found.k, found.n, found.ratio) == (1, 3, 1 / 3)


def test_rebooking_never_erases_a_no_show():
    attempts = [missed(number=7, rebooked=True), fact(Outcome.JOINED, number=7)]
    assert (no_show_rate(attempts).k, no_show_rate(attempts).n) == (1, 2)
    assert recovered(attempts).ratio == 0.0, "the new appointment has not taken place"
    assert recovered([missed(number=7, rebooked=True, joined_later=True), attempts[1]]).ratio == 1.0


def test_reasons_have_shares_and_the_unknown_comes_last():
    facts = [
        missed(),
        missed(),
        missed(),
        missed(Reason.TECHNICAL),
        missed(Reason.FORGOT),
        missed(Reason.FORGOT),
    ]
    facts += [missed(Reason.PRIVATE), fact(Outcome.JOINED, reason=Reason.OTHER), missed(Reason.TECHNICAL)]
    assert [(share.reason, share.k, share.ratio) for share in reason_shares(facts)] == [
        (Reason.FORGOT, 2, 0.25),
        (Reason.TECHNICAL, 2, 0.25),
        (Reason.PRIVATE, 1, 0.125),
        (None, 3, 0.375),
    ]
    assert reason_shares([]) == ()


def closed_after(*minutes: int) -> list[AttemptFacts]:
    return [missed(flagged_at=START, closed_at=START + m * MINUTE) for m in minutes]


@pytest.mark.parametrize(
    ("minutes", "median", "p90"),
    [
        ((5,), 5, 5),
        ((30, 10), 20, 30),
        ((1, 2, 3), 2, 3),
        (tuple(range(10, 0, -1)), 5.5, 9),
        (range(1, 22), 11, 19),
    ],
)
def test_handling_time(minutes, median, p90):
    found = handling_time(closed_after(*minutes))
    assert found == Durations(len(minutes), median * MINUTE, p90 * MINUTE)


def test_handling_time_is_of_closed_no_shows():
    reverted = fact(Outcome.JOINED, flagged_at=START, closed_at=START + MINUTE)
    assert handling_time([missed(flagged_at=START), missed(), reverted]) == Durations(0, None, None)


def test_asked_within_the_hour():
    def contacted(after: int | None) -> AttemptFacts:
        return missed(flagged_at=START, contacted_at=None if after is None else START + after * MINUTE)

    facts = [contacted(1), contacted(60), contacted(61), contacted(None), missed(), fact(Outcome.JOINED)]
    found = contacted_in_time(facts, LATER)
    assert (found.k, found.n) == (2, 4)
    assert late_contacts(facts, LATER) == (facts[2], facts[3])
    # While the hour runs, nobody is late.
    early = contacted_in_time([contacted(None), contacted(1)], START + 30 * MINUTE)
    assert (early.k, early.n) == (1, 1)


def test_the_funnel_counts_every_step_by_itself():
    joined = fact(
        Outcome.JOINED,
        invited_at=START,
        bound=True,
        reminded=True,
        confirmed_at=START,
        entered_at=START,
        joined_at=START,
        check_codes=("CAM-OK",),
    )
    walked_in = fact(Outcome.COMPLETED, invited_at=START)
    silent = missed(invited_at=START, bound=True, reminded=True)
    cancelled = fact(Outcome.CANCELLED, invited_at=START)
    stages = funnel([joined, walked_in, silent, cancelled])
    assert [(stage.name, stage.k) for stage in stages] == [
        ("invited", 3), ("bound", 2), ("reminded", 2), ("confirmed", 1), ("checked", 1), ("entered", 1),
        ("came", 2),
    ]  # fmt: skip
    assert {stage.n for stage in stages} == {3}


@pytest.mark.parametrize("name", FIGURES)
def test_every_figure_is_defined_in_words_and_computed_from_any_facts(name):
    figure = FIGURES[name]
    assert figure.name == name
    assert figure.definition.msgid.endswith(".")
    for facts in ([], [missed(flagged_at=START)], [fact()]):
        found = tally(facts, Question(figure.how.counts), LATER)
        assert all(found.of(count) <= len(facts) for count in figure.how.counts)


def test_past_interviews_that_were_imported_were_not_watched():
    """Nobody asked them or reminded them here, so nothing of that is held against us."""
    imported = missed(flagged_at=START, booked_at=START, number=3)
    assert contacted_in_time([imported], LATER).n == 0
    assert funnel([imported])[0].n == 0
    assert no_show_rate([imported]).n == 1
