"""`plan --at`, pages of `why`, and flags that a command does not know."""

from datetime import timedelta

import pytest

from conversations.book import Book
from conversations.commands import COMMANDS
from conversations.dialogs import DIALOGS
from conversations.effects import Say
from conversations.findings import Delivery, LedgerEntry
from conversations.grammar import BadLine, read_line
from conversations.interview import RungRow, Verdict
from locales.translate import render
from tests.support.staff_scenes import ADA, NOW, POLICY, READER, START, Stage, target, text_of

BOOK = Book.of(DIALOGS, COMMANDS)


def ledger(*rungs: RungRow, deliveries: tuple[Delivery, ...] = ()) -> Stage:
    one = LedgerEntry(target(starts_at=START + timedelta(days=2)), rungs, deliveries, policy=POLICY)
    found = {
        "ledger": (one,),
        "targets": (one.target,),
        "plan": (),
        "interviews": (),
        "slots_all": (),
        "unbound": (),
    }
    return Stage(found=found, book=BOOK)


@pytest.mark.parametrize(
    "line",
    [
        "plan I-1024 --at 2026-11-26T15:00",
        "plan I-1024 --at 2026-11-26 15:00",
        "plan --at Thursday 15:00 I-1024",
        "计划 I-1024 --at 周四 下午3点",
        "计划 I-1024 --at “周四 15:00”",
    ],
)
def test_a_plan_as_if_it_were_at_another_time(line: str) -> None:
    played = ledger()
    shown = text_of(played.types(line)).splitlines()
    assert shown[0] == "Moved to Thu 26 Nov, 15:00, I-1024 李雷 would get 2 reminders:"
    assert shown[1:3] == [
        "24h, tomorrow, Wed 25 Nov, 15:00: planned",
        "1h, Thu 26 Nov, 14:00: planned",
    ]
    assert shown[3] == "Nothing has changed. To move it there: move I-1024 2026-11-26 15:00"
    assert [effect for effect in played.effects if not isinstance(effect, Say)] == []


def test_what_would_be_too_late_is_told_with_its_reason() -> None:
    shown = text_of(ledger().types("plan I-1024 --at today 15:20"))
    assert "Moved to today, Tue 24 Nov, 15:20, I-1024 李雷 would get 1 reminder:" in shown
    assert "24h, Mon 23 Nov, 15:20: skipped, its time was past when the interview was booked" in shown


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("plan I-1024 --at soon", "I cannot read “soon” as a time."),
        ("plan I-1024 --at 2026-11-01 15:00", "has already passed (Asia/Shanghai)."),
        ("plan tomorrow --at 15:00", "--at is for the plan of one interview"),
        ("plan I-1024 --at", "--at needs a value behind it, like --at 14:00."),
        ("plan I-1024 --at --here", "--at needs a value behind it"),
    ],
)
def test_a_time_that_cannot_be_is_one_clear_line(line: str, said: str) -> None:
    shown = text_of(ledger().types(line)).splitlines()
    assert said in shown[0]
    assert shown[1] == "It is typed like this: plan I-1024 --at 2026-11-25T14:00"


def test_a_time_takes_all_its_words_and_no_more() -> None:
    assert read_line("a --at tomorrow 15:00 b", ("at",)).flags == {"at": "tomorrow 15:00"}
    assert read_line("a --at tomorrow 15:00 b", ("at",)).words == ("a", "b")
    assert read_line("--at=15:00 b", ("at",)).flags == {"at": "15:00"}
    with pytest.raises(BadLine):
        read_line("a --at", ("at",))


@pytest.mark.parametrize(
    "verb", ["remind", "confirm", "joined", "noshow", "cancel", "pause", "resume", "invite"]
)
def test_what_takes_no_time_says_so(verb: str) -> None:
    shown = text_of(ledger().types(f"{verb} I-1024 --at 15:00")).splitlines()
    assert shown[0].startswith("--at means nothing here.")
    assert shown[1] == f"It is typed like this: {verb} I-1024"


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_a_flag_that_a_command_does_not_know_gets_one_clear_line(command) -> None:
    shown = text_of(ledger().types(f"{render(command.usage, READER)} --bogus", ADA)).splitlines()
    assert shown[0].startswith("--bogus means nothing here.")


def test_why_goes_back_page_by_page() -> None:
    rungs = [RungRow(target().interview.attempt.id, f"{n}m", START, Verdict.EXPIRED) for n in range(10)]
    sent = tuple(
        Delivery(f"kind{n}", "telegram", "accepted", "", NOW - timedelta(days=30 - n)) for n in range(20)
    )
    played = ledger(*rungs, deliveries=sent)
    pages = [
        text_of(played.types(line)).splitlines()
        for line in ("why I-1024", "why I-1024 +2", "why I-1024 +3", "为什么 I-1024 +4")
    ]
    assert "18 earlier ones: why I-1024 +2" in pages[0]
    assert any(line.endswith("earlier ones: why I-1024 +3") for line in pages[1])
    assert not any("+5" in line for line in pages[3])
    told = [line for page in pages for line in page if ": accepted" in line or ": expired" in line]
    assert len(told) == len(set(told)) == 30
    assert text_of(played.types("why I-1024 +9")).splitlines() == pages[3]
