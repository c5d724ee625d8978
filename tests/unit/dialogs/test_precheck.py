"""The device check in the chat: all set once, what to watch, and what to fix with help that comes early."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from conversations.dialogs.checked import beside, reminded
from conversations.events import Checked, Wanted
from conversations.interview import CaseKind, CaseState
from conversations.messages import Fact, Link, Message, Note, Para
from conversations.policy import DeviceCheck
from conversations.prechecks import CHECKS, CODES, Precheck, verdict
from tests.support.scenes import START, Stage, case, checked, english, id_of, policy, scene

SOON = START - timedelta(minutes=50)
OURS = policy(precheck_url="")


def stage(*earlier: Precheck, **changes: Any) -> Stage:
    played = Stage(scene(SOON, policy=OURS, **changes))
    played.scene = replace(played.scene, found={**played.scene.found, "prechecks": earlier})
    return played


def reports(played: Stage, *codes: str) -> list[Message]:
    """Have a check end as its page reports it: it is kept before anything is decided."""
    found = (checked(*codes, at=played.scene.now), *played.scene.found["prechecks"])
    played.scene = replace(played.scene, found={**played.scene.found, "prechecks": found})
    return played.happens(Checked(played.interview.id, verdict(codes), found[0].codes))


def test_all_set_is_said_once() -> None:
    played = stage()
    (said,) = reports(played, "CAM-OK")
    assert said.kind == "precheck.passed"
    assert "all set" in english(said.lead, SOON)
    assert reports(played, "CAM-OK") == []
    assert played.session is None, "what is asked stays open"


def test_a_remark_is_said_and_opens_no_case() -> None:
    played = stage()
    (said,) = reports(played, "CAM-DARK", "MIC-QUIET")
    assert said.kind == "precheck.warned"
    assert [english(b.text) for b in said.blocks if isinstance(b, Para)] == [
        "The picture is very dark (CAM-DARK). Switch a light on in front of you.",
        "You are hard to hear (MIC-QUIET). Speak a little louder or move closer, and turn the microphone up in the "
        "settings of your device.",
    ]
    assert played.scene.cases == ()
    assert reports(played, "CAM-DARK", "MIC-QUIET") == []


def test_what_fails_comes_with_what_helps_and_support_knows_early() -> None:
    played = stage()
    (said,) = reports(played, "NET-SLOW", "CAM-BUSY")
    assert said.kind == "precheck.failed"
    first = next(english(b.text) for b in said.blocks if isinstance(b, Para))
    assert "CAM-BUSY" in first
    assert "Close other programs" in first
    assert [press.action for press in said.presses] == ["phone", "help", "rebook"]
    assert Link("check", said.actions[0].label) == said.actions[0]
    (opened,) = played.scene.cases
    assert (opened.kind, opened.state) == (CaseKind.TECHNICAL, CaseState.OPEN)
    (card,) = played.said_to_team()
    told = next(block for block in card.blocks if isinstance(block, Fact) and block.name == "check")
    assert "CAM-BUSY" in english(told.value, SOON)
    assert reports(played, "NET-SLOW", "CAM-BUSY") == [], "the same again is not said twice"
    assert len(played.scene.cases) == 1


def test_fixed_by_themselves_closes_the_case_that_the_check_opened() -> None:
    played = stage()
    reports(played, "CAM-BUSY")
    (said,) = reports(played, "CAM-OK")
    assert said.kind == "precheck.passed"
    assert (played.scene.cases[0].state, played.scene.cases[0].result) == (CaseState.CLOSED, "solved")
    assert played.session is not None
    assert not played.session.is_waiting


def test_fixed_but_for_a_remark_closes_it_too() -> None:
    played = stage()
    reports(played, "CAM-BUSY")
    (said,) = reports(played, "CAM-DARK")
    assert said.kind == "precheck.warned"
    assert played.scene.cases[0].state is CaseState.CLOSED
    assert played.session is not None
    assert not played.session.is_waiting


def test_a_case_of_their_own_words_stays_open() -> None:
    own = case(CaseKind.TECHNICAL, said="the link opens nothing")
    played = stage(checked("CAM-BUSY"), cases=(own,))
    reports(played, "CAM-OK")
    assert played.scene.cases == (own,)


def test_while_somebody_has_the_case_the_bot_is_silent() -> None:
    taken = case(CaseKind.TECHNICAL, state=CaseState.TAKEN, owner=id_of("Sam"), owner_name="Sam")
    played = stage(cases=(taken,))
    assert reports(played, "CAM-BUSY") == []


def test_ways_out_of_the_fix_card() -> None:
    played = stage()
    reports(played, "CAM-NONE")
    (phone,) = played.picks("phone")
    assert phone.kind == "precheck.phone"
    (helped,) = played.picks("help")
    assert helped.kind == "technical.waiting"
    again = stage()
    reports(again, "CAM-NONE")
    (offer,) = again.picks("rebook")
    assert offer.kind == "rebook.offer"


def test_help_asked_for_on_the_page_goes_to_support_at_once() -> None:
    played = stage(checked("CAM-NONE"))
    (said,) = played.happens(Wanted("help_checking"), account="page", user="p", chat="i")
    assert said.kind == "technical.waiting"
    assert [c.kind for c in played.scene.cases] == [CaseKind.TECHNICAL]


def test_the_reminder_before_the_start_says_that_nothing_was_checked() -> None:
    def notes(at: timedelta, *earlier: Precheck, **rules: Any) -> list[Any]:
        known = scene(START - at, policy=replace(OURS, **rules), found={"prechecks": earlier})
        return list(reminded(known))

    assert [type(block) for block in notes(timedelta(hours=1))] == [Note]
    assert notes(timedelta(hours=24)) == []
    assert notes(-timedelta(minutes=1)) == []
    assert notes(timedelta(hours=1), precheck_url="https://example.com/check") == []
    assert notes(timedelta(hours=1), precheck=DeviceCheck(offered=False)) == []
    (told,) = notes(timedelta(hours=24), checked("CAM-BUSY"))
    assert isinstance(told, Fact)
    assert "Another program is using the camera (CAM-BUSY)" in english(told.value, START)


def test_reminders_lead_to_our_page_unless_the_company_has_its_own() -> None:
    played = stage()
    (told,) = played.says("发我链接")
    assert "check" in {action.to for action in told.actions if isinstance(action, Link)}


def test_nobody_was_checked_is_said_to_whoever_helps() -> None:
    assert english(beside(stage().scene).value) == "no result yet"


@pytest.mark.parametrize("code", CODES)
def test_a_code_is_of_a_check_and_what_is_wrong_has_a_remedy(code: str) -> None:
    known = CODES[code]
    assert known.check in CHECKS
    assert (known.remedy is not None) == (known.status in ("warn", "fail"))
    assert not english(known.said).endswith((".", "。"))


def test_a_menu_leads_to_the_check_or_says_that_there_is_none() -> None:
    (said,) = stage().happens(Wanted("check"), account="wechat.main", user="o", chat="o")
    assert said.kind == "precheck.link"
    assert [action.to for action in said.actions if isinstance(action, Link)][:1] == ["check"]
    played = stage()
    without = replace(OURS, precheck=DeviceCheck(offered=False))
    played.scene = replace(played.scene, policy=without)
    (said,) = played.happens(Wanted("check"), account="wechat.main", user="o", chat="o")
    assert "nothing to check" in english(said.lead, SOON)
    assert not any(isinstance(action, Link) and action.to == "check" for action in said.actions)
