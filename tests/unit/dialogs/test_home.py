"""The home screen: one's own interviews, how today goes for staff, whom to ask for strangers; nothing is disturbed."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from conversations.commands.list import LIST
from conversations.commands.show import SHOW
from conversations.commands.why import WHY
from conversations.effects import Say
from conversations.events import Wanted
from conversations.findings import Around, Target
from conversations.identity import NOBODY, STAFF, Person, Role, ToPerson
from conversations.interview import CaseKind, CaseState, State
from conversations.messages import Message
from tests.support.scenes import (
    AFTER,
    BEFORE,
    START,
    Stage,
    candidate,
    case,
    hr,
    id_of,
    interview,
    links,
    missed,
    scene,
)
from tests.support.staff_scenes import text_of

SECOND = replace(interview(role="Tester", starts_at=START + timedelta(days=2)), id=id_of("second"))
THIRD = replace(interview(role="Analyst", starts_at=START + timedelta(days=1)), id=id_of("third"))


def home(of: Any, person: Person | None = None, **found: Any) -> Message:
    """Open the home screen, and return what stands on it."""
    played = Stage(replace(of, found={**of.found, **found}))
    before = played.scene.sessions
    played.happens(Wanted("home"), account="slack.main", user="U1", chat="U1")
    (say,) = played.found(Say)
    assert say.to == ToPerson(of.person.id if of.person else NOBODY)
    assert say.manner.where == "origin"
    assert played.scene.sessions == before, "whatever is being asked stays as it is"
    message: Message = say.message
    return message


def test_a_candidate_sees_what_comes_next_with_a_countdown_and_links() -> None:
    told = home(scene(BEFORE))
    shown = text_of(told, now=BEFORE)
    assert told.kind == "home"
    assert "Your Java developer interview is tomorrow, Tue 24 Nov, 14:00, in 1 day." in shown
    assert "Next: You: tell us whether you can come." in shown
    assert links(told) == ["go", "my"]


def test_other_interviews_stand_below_the_soonest_first() -> None:
    told = home(scene(BEFORE), others=(SECOND, THIRD))
    shown = text_of(told, now=BEFORE)
    assert shown.index("Your Analyst interview: Wed 25 Nov") < shown.index(
        "Your Tester interview: Thu 26 Nov"
    )
    assert links(told) == ["go", "my", f"my:{THIRD.id}", f"my:{SECOND.id}"]


def test_what_is_over_is_told_without_a_way_in() -> None:
    told = home(scene(AFTER, interview(state=State.COMPLETED)))
    assert "You have completed" in text_of(told, now=AFTER)
    assert links(told) == ["my"]


def test_who_was_missed_sees_how_to_go_on() -> None:
    told = home(scene(AFTER, missed(), cases=(case(),)))
    assert "You: choose another time" in text_of(told, now=AFTER)


def test_who_has_no_interview_is_told_so() -> None:
    told = home(replace(scene(BEFORE), interview=None, candidate=None))
    assert told.kind == "menu.nothing"


def test_a_stranger_is_told_whom_to_ask() -> None:
    told = home(replace(scene(BEFORE), person=None, interview=None, candidate=None))
    assert told.kind == "greeting.stranger"
    shown = text_of(told)
    assert "the personal link from your invitation" in shown
    assert "a one-time code" in shown


# -- staff -----------------------------------------------------------------------------------------------

DAY = (
    Target(interview(number=1), candidate()),
    Target(interview(number=2, confirmed_at=BEFORE), candidate("Wei")),
    Target(interview(number=3), candidate("Ann", is_bound=False)),
    Target(interview(number=4, state=State.JOINED, starts_at=BEFORE), candidate("Bo")),
    Target(interview(number=5, state=State.COMPLETED, starts_at=BEFORE), candidate("Cy")),
    Target(interview(number=6, state=State.NO_SHOW, starts_at=BEFORE), candidate("Di"), (case(),)),
    Target(interview(number=7, state=State.CANCELLED), candidate("Ed")),
)
NOW = START - timedelta(hours=1)


def staff_home(*targets: Target, person: Person | None = None, around: Around | None = None) -> str:
    of = replace(scene(NOW), person=person or hr(), interview=None, candidate=None)
    return text_of(home(of, interviews=targets, around=around or Around()), now=NOW)


def test_staff_see_how_today_goes() -> None:
    shown = staff_home(*DAY).splitlines()
    assert shown[0] == "Today 7 interviews, 3 of them still ahead."
    assert {"Joined: 2", "No-shows: 1", "Not confirmed: 2", "Cannot be reached yet: 1"} <= set(shown)
    assert "Nobody has it yet: I-6, no-show" in shown
    assert [line[:3] for line in shown if line.startswith("I-")] == ["I-1", "I-2", "I-3"]
    assert "list today · list no_show · show I-1024" in shown[-1]


def test_a_quiet_day_is_short_and_says_what_comes_next() -> None:
    shown = staff_home().splitlines()
    assert shown[0] == "No interviews today."
    assert len(shown) == 2
    later = Target(interview(number=9, starts_at=START + timedelta(days=3)), candidate())
    shown = staff_home(around=Around(1, after=later)).splitlines()
    assert shown[1].startswith("The nearest: I-9 Li Lei, Java developer: Fri 27 Nov, 14:00")


@pytest.mark.parametrize("is_own", [True, False])
def test_a_recruiter_sees_their_own(is_own: bool) -> None:
    recruiter = replace(hr("Rui"), roles=frozenset({Role.RECRUITER}))
    mine = Target(interview(number=1, recruiter=recruiter.id if is_own else None), candidate())
    shown = staff_home(mine, person=recruiter)
    assert shown.startswith("Today 1 interview" if is_own else "No interviews today.")


def test_what_is_taken_waits_for_nobody() -> None:
    owned = replace(case(CaseKind.TECHNICAL), state=CaseState.TAKEN)
    assert "Nobody has it yet" not in staff_home(Target(interview(), candidate(), (owned,)))


def test_what_the_screen_says_can_be_typed_is_for_all_of_staff() -> None:
    assert {LIST.roles, SHOW.roles, WHY.roles} == {STAFF}
