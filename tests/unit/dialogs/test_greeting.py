"""How somebody comes in: the right account bound, others refused kindly, staff by code, strangers told the way."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from conversations.dialog import Scene
from conversations.effects import Bind, MarkReach, PlanRungs, SavePerson, Say, Then, Work
from conversations.engine import Outcome, react
from conversations.events import Body, Booked, Done, Event, Followed, Said, Unreachable
from conversations.identity import Address, Role
from conversations.interview import State
from tests.support.scenes import (
    AFTER,
    BEFORE,
    BOOK,
    START,
    Stage,
    candidate,
    english,
    hr,
    id_of,
    interview,
    missed,
    scene,
)
from tests.support.staff_scenes import text_of


@dataclass
class Token:
    state: str
    subject: str = ""
    used_by_me: bool = False


GOOD = Token("good", f"interview:{id_of('interview')}")


def comes(of: Scene, body: Body, token: Token) -> Outcome:
    known = replace(of, found={**of.found, "token": token})
    return react(
        BOOK, known, Event("1", "telegram.main", of.now, body, "telegram.main", "77", "77", language="zh")
    )


def stranger(**changes: Any) -> Scene:
    return replace(scene(BEFORE, candidate=candidate(is_bound=False), **changes), person=None)


def kinds(outcome: Outcome) -> list[str]:
    return [effect.message.kind for effect in outcome.effects if isinstance(effect, Say)]


def test_the_personal_link_binds_and_greets_at_once() -> None:
    outcome = comes(stranger(), Followed("t0"), GOOD)
    (bind,) = [e for e in outcome.effects if isinstance(e, Bind)]
    assert (bind.person, bind.address, bind.token) == (id_of("Li Lei"), Address("telegram.main", "77"), "t0")
    (say,) = [e for e in outcome.effects if isinstance(e, Say)]
    assert say.message.kind == "greeting"
    assert [press.action for press in say.message.presses] == ["confirm", "move", "cant", "help"]
    assert "Nebula" in english(say.message.lead)
    assert "https://example.com/privacy" in [a.to for a in say.message.actions if a.tag == "link"]


def test_staff_are_welcomed_by_the_name_that_their_platform_knows() -> None:
    known = replace(stranger(), interview=None, candidate=None)
    known = replace(known, found={"accounts": {"telegram.main": "lookup"}})
    outcome = comes(known, Followed("t0"), Token("good", "role:hr"))
    assert kinds(outcome) == []
    (work,) = [e for e in outcome.effects if isinstance(e, Work)]
    (joined,) = [e.person for e in outcome.effects if isinstance(e, SavePerson)]
    assert work.args == {"account": "telegram.main", "hint": "77", "staff": str(joined.id)}
    for result, name in (({"name": "王芳", "language": "en-US"}, "王芳"), ({"error": "busy"}, "hr")):
        done = Done("find", {**work.args, **result})
        event = Event("job:1", "core", BEFORE, done, "telegram.main", "77", "77")
        outcome = react(BOOK, replace(known, person=joined), event)
        (came,) = [e.person for e in outcome.effects if isinstance(e, SavePerson)]
        (said,) = [e.message for e in outcome.effects if isinstance(e, Say)]
        assert (came.name, said.kind) == (name, "greeting.staff")
        assert name in english(said.lead)


def test_who_comes_by_a_chat_app_is_not_offered_one() -> None:
    found = replace(stranger(), found={"inviting": ("telegram",), "accounts": {}})
    (said,) = [e for e in comes(found, Followed("t0"), GOOD).effects if isinstance(e, Say)]
    assert said.message.kind == "greeting"
    assert "chat app" not in " ".join(english(action.label) for action in said.message.actions)


def test_the_platforms_language_is_kept_where_none_was_known() -> None:
    unknown = replace(stranger(), candidate=candidate(is_bound=False, locale=None))
    (saved,) = [e for e in comes(unknown, Followed("t"), GOOD).effects if isinstance(e, SavePerson)]
    assert saved.person.locale == "zh"


@pytest.mark.parametrize(
    ("of", "now", "kind"),
    [
        (interview(), START + timedelta(minutes=2), "reminder"),
        (missed(), AFTER, "no_show.ask"),
        (interview(state=State.CANCELLED), BEFORE, "status"),
    ],
)
def test_who_comes_late_is_met_where_it_stands(of: object, now: object, kind: str) -> None:
    late = replace(stranger(), now=now, interview=of)  # type: ignore[arg-type]
    assert kinds(comes(late, Followed("t"), GOOD)) == [kind]


def test_somebody_else_with_the_link_learns_nothing_and_hr_does() -> None:
    other = candidate("Han Mei")
    outcome = comes(replace(stranger(), person=other), Followed("t"), GOOD)
    (say,) = [e for e in outcome.effects if isinstance(e, Say)]
    assert say.message.kind == "greeting.not_yours"
    assert getattr(say.to, "id", None) == other.id
    assert not [e for e in outcome.effects if isinstance(e, Bind)]
    (then,) = [e for e in outcome.effects if isinstance(e, Then)]
    assert isinstance(then.body, Done)
    assert then.body.work == "used_link"


def test_a_used_link_is_a_welcome_to_its_owner_and_closed_to_others() -> None:
    used = Token("used", GOOD.subject, used_by_me=True)
    assert kinds(comes(scene(BEFORE), Followed("t"), used)) == ["menu"]
    assert kinds(comes(stranger(), Followed("t"), Token("used", GOOD.subject))) == ["greeting.not_yours"]


@pytest.mark.parametrize("state", ["expired", "unknown"])
def test_a_dead_link_says_where_a_new_one_comes_from(state: str) -> None:
    outcome = comes(stranger(), Followed("t"), Token(state, GOOD.subject))
    assert kinds(outcome) == ["greeting.expired"]
    (say,) = [e for e in outcome.effects if isinstance(e, Say)]
    assert getattr(say.to, "id", None) != id_of("Li Lei")


@pytest.mark.parametrize("body", [Followed("code"), Said(" code ")])
def test_the_code_makes_the_first_admin(body: Body) -> None:
    empty = replace(stranger(), interview=None, candidate=None)
    outcome = comes(empty, body, Token("good", "role:admin"))
    (saved,) = [e for e in outcome.effects if isinstance(e, SavePerson)]
    assert saved.person.roles == {Role.ADMIN}
    (bind,) = [e for e in outcome.effects if isinstance(e, Bind)]
    assert (bind.person, bind.token) == (saved.person.id, "code")
    assert kinds(outcome) == ["greeting.staff"]


@pytest.mark.parametrize(
    ("role", "what"),
    [
        (Role.HR, "No-shows and the daily digest come to you here"),
        (Role.SUPPORT, "Calls for help come to you here"),
        (Role.ADMIN, "What nobody else has taken in time comes to you here"),
        (Role.RECRUITER, "No-shows of the interviews you recruit for come to you here first"),
        (Role.VIEWER, "Nothing is sent to you unasked"),
    ],
)
def test_staff_are_told_what_comes_to_them_and_nothing_else(role: Role, what: str) -> None:
    empty = replace(scene(BEFORE), person=None, interview=None, candidate=None)
    outcome = comes(empty, Followed("code"), Token("good", f"role:{role.value}"))
    (say,) = [e for e in outcome.effects if isinstance(e, Say)]
    shown = text_of(say.message)
    assert what in shown
    assert ("No-shows" in shown) is (role in (Role.HR, Role.RECRUITER))


def test_who_works_here_is_told_how_to_come_in() -> None:
    empty = replace(scene(BEFORE), person=None, interview=None, candidate=None)
    outcome = comes(empty, Said("hello"), Token("unknown"))
    (say,) = [e for e in outcome.effects if isinstance(e, Say)]
    assert "one-time code" in text_of(say.message)


def test_a_second_role_is_added_to_the_first() -> None:
    empty = replace(stranger(), interview=None, candidate=None, person=hr())
    outcome = comes(empty, Followed("code"), Token("good", "role:support"))
    (saved,) = [e for e in outcome.effects if isinstance(e, SavePerson)]
    assert saved.person.roles == {Role.HR, Role.SUPPORT}


def test_a_stranger_is_told_how_to_come_in() -> None:
    empty = replace(stranger(), interview=None, candidate=None)
    assert kinds(comes(empty, Said("你好"), Token("unknown"))) == ["greeting.stranger"]
    assert kinds(comes(empty, Followed(), Token("unknown"))) == ["greeting.stranger"]


def test_a_stranger_who_types_their_token_comes_in_by_it() -> None:
    empty = replace(stranger(), interview=None, candidate=None)
    (then,) = [e for e in comes(empty, Said("t0"), GOOD).effects if isinstance(e, Then)]
    assert then.body == Followed("t0")


def test_coming_back_is_welcome_and_start() -> None:
    assert kinds(comes(scene(BEFORE), Followed(), Token("unknown"))) == ["menu"]
    gone = scene(BEFORE, candidate=candidate(opted_out_at=BEFORE))
    outcome = comes(gone, Followed(), Token("unknown"))
    assert kinds(outcome) == ["opt_out.back"]
    assert kinds(comes(replace(gone, interview=None), Followed(), Token("unknown"))) == ["opt_out.back"]


def test_who_blocked_us_and_comes_back_is_reachable_again() -> None:
    lost = candidate()
    lost = replace(
        lost,
        bindings=(replace(lost.bindings[0], is_reachable=False, address=Address("telegram.main", "77")),),
    )
    outcome = comes(scene(BEFORE, candidate=lost), Followed(), Token("unknown"))
    assert MarkReach(Address("telegram.main", "77"), True) in outcome.effects


def test_blocking_us_is_a_fact() -> None:
    event = Event("1", "telegram.main", BEFORE, Unreachable("blocked"), "telegram.main", "77", "77")
    outcome = react(BOOK, scene(BEFORE), event)
    assert outcome.effects == (MarkReach(Address("telegram.main", "77"), False, "blocked"),)


def test_a_new_interview_is_planned_and_told_to_whom_we_reach() -> None:
    played = Stage(scene(BEFORE, rungs=()))
    (message,) = played.happens(Booked(played.interview.id, is_new=True))
    assert message.kind == "greeting"
    assert len(played.found(PlanRungs)) == 1
    unbound = Stage(scene(BEFORE, rungs=(), candidate=candidate(is_bound=False)))
    assert unbound.happens(Booked(unbound.interview.id, is_new=True)) == []
    assert len(unbound.found(PlanRungs)) == 1
