"""Roles: given and taken by administrators, the last of whom stays; whoever is unknown gets a one-time code."""

from typing import Any

import pytest

from conversations.book import Book
from conversations.commands import COMMANDS
from conversations.dialogs import DIALOGS
from conversations.effects import Record, SavePerson, Say, Work
from conversations.events import Done, Ordered
from conversations.grants import Grant, read_grant
from conversations.identity import Person, Role, ToPerson
from conversations.interview import CaseState
from tests.support.staff_scenes import (
    ADA,
    HAN,
    NOW,
    RUI,
    SAM,
    Stage,
    case,
    staff,
    target,
    text_of,
)

BOOK = Book.of(DIALOGS, COMMANDS)
TITLES = ("前端工程师", "前端架构师", "Java")


def stage(*somebody: Person, **found: Any) -> Stage:
    known = {"somebody": somebody, "titles": TITLES, "team": (ADA, HAN, SAM, RUI), "owned": ()}
    return Stage(book=BOOK, found={**known, **found})


def saved(played: Stage) -> Person:
    return next(effect.person for effect in played.effects if isinstance(effect, SavePerson))


def test_a_role_is_given_told_and_written_down():
    played = stage(SAM)
    played.types("role grant @sam hr", ADA)
    answer = next(say.message for say in played.said if say.to == ToPerson(ADA.id))
    assert text_of(answer).splitlines()[0] == "Sam is HR and support now."
    assert saved(played).roles == {Role.SUPPORT, Role.HR}
    assert Record("person.role", f"person:{SAM.id}", f"person:{ADA.id}", {"role": "hr"}) in played.effects
    told = [say.message for say in played.said if say.to == ToPerson(SAM.id)]
    assert text_of(told[0]).startswith("You are HR and support here now, says Ada.")


@pytest.mark.parametrize("typed", ["前端工程师", "前端 工程师", "工程"])
def test_a_recruiters_job_is_stored_as_it_is_called(typed):
    played = stage(RUI)
    played.types(f"role grant @rui recruiter job:“{typed}”", ADA)
    assert saved(played).jobs == {"前端工程师"}


def test_several_jobs_at_once():
    played = stage(RUI)
    played.types("role grant @rui recruiter job:java，前端架构师", ADA)
    assert saved(played).jobs == {"Java", "前端架构师"}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (
            "role grant @rui recruiter job:前端",
            "Several jobs are called like “前端”: 前端工程师 and 前端架构师.",
        ),
        ("role grant @rui recruiter job:rust", "No interview is for “rust”."),
        ("role grant @rui hr job:java", "Only recruiters are given jobs"),
        ("role grant @rui", "Whom, and which role?"),
        ("role revoke", "From whom?"),
        ("role promote @rui", "Type one of these"),
        ("role grant @rui recruiter", "Rui is recruiter already."),
        ("role revoke @rui hr", "Rui does not have that role: recruiter."),
        ("role grant @rui recruiter --force", "--force means nothing here."),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(line, said):
    played = stage(RUI)
    assert said in text_of(played.types(line, ADA))
    assert not [effect for effect in played.effects if isinstance(effect, SavePerson)]


def test_several_people_of_a_name_are_asked_for_and_the_command_goes_on():
    other = staff("Sam Two", Role.VIEWER)
    played = stage(SAM, other)
    asked = text_of(played.types("role grant sam hr", ADA))
    assert "2 people fit. Who is meant?" in asked
    played.found["somebody"] = lambda args: (other,) if args["text"] == f"person:{other.id}" else (SAM, other)
    played.presses(played.session(f"person:{ADA.id}", "whom"), f"to:person:{other.id}", ADA)
    assert saved(played).id == other.id
    assert Role.HR in saved(played).roles


def test_somebody_unknown_gets_a_code_that_stands_for_role_and_jobs():
    played = stage()
    played.types("role grant 新同事 recruiter job:java", ADA)
    work = next(effect for effect in played.effects if isinstance(effect, Work))
    assert (work.kind, work.args["role"], work.args["jobs"]) == ("role_code", "recruiter", ["Java"])
    made = {
        "code": "abc",
        "expires_at": NOW.isoformat(),
        "links": {"telegram.main": "https://t.me/x?start=abc"},
    }
    played.happens(Done("role_code", {**work.args, **made}), ADA)
    told = text_of(played.said[-1].message)
    assert "Whoever sends me this code becomes recruiter for Java: abc" in told
    assert "Telegram: https://t.me/x?start=abc" in told


def test_a_code_is_told_to_administrators_only():
    played = stage()
    result = {
        "role": "admin",
        "jobs": [],
        "who": "x",
        "code": "c",
        "expires_at": NOW.isoformat(),
        "links": {},
    }
    played.happens(Done("role_code", result), HAN)
    assert played.said == []


def test_the_last_administrator_stays():
    played = stage(ADA)
    assert "is the last administrator" in text_of(played.types("role revoke @ada", ADA))
    assert not [effect for effect in played.effects if isinstance(effect, SavePerson)]
    second = staff("Bo", Role.ADMIN)
    played = stage(ADA, team=(ADA, second))
    played.types("role revoke @ada admin", second)
    assert saved(played).roles == frozenset()


def test_what_somebody_without_their_role_looked_after_waits_for_others():
    one = target()
    made = case(one.interview, state=CaseState.TAKEN, owner=HAN.id, owner_name="Han Meimei", taken_at=NOW)
    played = stage(HAN, owned=(made,))
    played.target, played.cases = one, (made,)
    played.types("role revoke @han hr", ADA)
    assert Ordered("release", one.interview.id, ADA.id, {"case": str(made.id)}) in played.ordered
    assert played.cases[0].owner is None


def test_jobs_are_taken_one_by_one():
    both = Person(RUI.id, "Rui", roles=RUI.roles, jobs=frozenset({"Java", "前端工程师"}))
    played = stage(both)
    played.types("role revoke @rui recruiter job:java", ADA)
    assert saved(played).jobs == {"前端工程师"}
    assert saved(played).roles == {Role.RECRUITER}


def test_the_list_names_everybody_with_their_roles():
    shown = text_of(stage().types("role list", ADA)).splitlines()
    assert shown[1:5] == ["Ada: administrator", "Han Meimei: HR", "Rui: recruiter", "Sam: support"]


def test_nobody_but_administrators_reads_or_changes_roles():
    for person in (HAN, RUI, SAM):
        played = stage(person)
        message = played.types("role grant @me admin", person)
        assert message is not None
        assert message.kind == "notice.not_allowed"
        assert played.asked == []


@pytest.mark.parametrize(
    "grant", [Grant(Role.HR), Grant(Role.RECRUITER, frozenset({"Java", "前端, 后端"})), Grant(Role.ADMIN)]
)
@pytest.mark.parametrize("nonce", ["", "af"])
def test_what_a_code_stands_for_comes_back_as_it_was_given(grant, nonce):
    assert read_grant(grant.subject(nonce)) == grant


def test_other_tokens_are_no_grants():
    assert read_grant("interview:0f") is None


def test_the_answer_in_a_group_is_private():
    played = stage(SAM)
    played.types("role list", ADA, private=False)
    assert isinstance(played.effects[-1], Say)
    assert played.effects[-1].to == ToPerson(ADA.id)
