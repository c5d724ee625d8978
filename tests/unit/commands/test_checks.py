"""The device check where HR looks: `show` has the last one, `why` the latest few, the digest those of today."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from conversations.digest import RISKS, DigestFacts, TodayLine, digest, risks_of
from conversations.findings import LedgerEntry
from conversations.interview import Attempt
from conversations.messages import Message
from conversations.prechecks import Verdict
from tests.support.scenes import checked
from tests.support.staff_scenes import NOW, START, ZONE, Stage, id_of, target, text_of


def entry(*codes: tuple[str, ...]) -> LedgerEntry:
    checks = tuple(checked(*found, at=NOW - timedelta(hours=n)) for n, found in enumerate(codes))
    return replace(LedgerEntry(target(starts_at=START + timedelta(hours=2))), checks=checks)


def test_show_has_the_last_check() -> None:
    shown = text_of(Stage(found={"ledger": (entry(("CAM-BUSY",), ()),)}).types("show I-1024"))
    assert (
        "Device check: needs fixing, today, Tue 24 Nov, 14:10: Another program is using the camera (CAM-BUSY)"
        in shown
    )
    assert shown.count("Device check:") == 1
    assert "Device check" not in text_of(Stage(found={"ledger": (entry(),)}).types("show I-1024"))


def test_why_has_the_latest_few() -> None:
    shown = text_of(
        Stage(found={"ledger": (entry((), ("MIC-QUIET",), ("CAM-BUSY",), ("NET-SLOW",)),)}).types(
            "why I-1024"
        )
    )
    assert shown.count("Device check:") == 3
    assert "Device check: everything works" in shown
    assert "NET-SLOW" not in shown


def test_the_digest_counts_and_names_who_needs_help() -> None:
    line = TodayLine(1001, "李雷", START, ZONE, "Java", ("precheck_failed",))
    facts = DigestFacts("hr", START.date(), START.date(), START.date(), today=(line,))
    told = text_of(_digest(facts, {"passed": 5, "warned": 2, "failed": 1}))
    assert "8 devices were checked for today: 5 fine, 2 with a remark, 1 to fix." in told
    assert "I-1001 李*, Java: device check failed" in told
    assert "checked for today" not in text_of(_digest(facts, {}))


def _digest(facts: DigestFacts, checks: dict[Verdict, int]) -> Message:
    return digest(replace(facts, checks=checks))


def test_a_failed_check_is_a_risk() -> None:
    attempt = Attempt(id_of("a"), 1, START, ZONE, "", datetime(2026, 11, 24, 14), NOW, confirmed_at=NOW)
    assert risks_of(attempt, is_bound=True, missed_before=False, check="failed") == ("precheck_failed",)
    assert risks_of(attempt, is_bound=True, missed_before=False, check="warned") == ()
    assert "precheck_failed" in RISKS
