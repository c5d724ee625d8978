"""`preview`, `test-send`, `invite`, `reveal`, `audit`, `health`: what is told, to whom, and what is written down."""

import ast
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import conversations
from conversations.book import Book
from conversations.commands import COMMANDS, ORDERS
from conversations.commands.audit import ACTIONS, Journal, Logged
from conversations.commands.health import Heard, Trouble
from conversations.commands.preview import split
from conversations.dialogs import DIALOGS
from conversations.effects import Record, Say
from conversations.identity import ToPerson
from conversations.interview import Interview, State
from conversations.messages import Message
from tests.support.staff_scenes import ADA, HAN, NOW, RUI, SAM, VERA, Stage, looked_into, target, text_of

BOOK = Book.of(DIALOGS, COMMANDS)
DEED = re.compile(
    r"(interviews?|slots|case|config|export|page|person|phone|message|picture|invitation)\.[a-z_]+"
)
IN_TWO_DAYS = NOW + timedelta(days=2)


def stage(**found: Any) -> Stage:
    one = target(starts_at=IN_TWO_DAYS)
    return Stage(one, book=BOOK, found={"targets": (one,), "prechecks": (), **found})


def with_interview(**changes: Any) -> Stage:
    one = target(**{"starts_at": IN_TWO_DAYS, **changes})
    return Stage(one, book=BOOK, found={"targets": (one,), "prechecks": (), "accounts": {}, "inviting": ()})


def told(played: Stage) -> Message:
    return played.said[-1].message


# -- preview and test-send -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "parts"),
    [
        ("I-1024", ("I-1024", "")),
        ("I-1024 1h", ("I-1024", "1h")),
        ("1024 24h", ("1024", "24h")),
        ("I-1024 morning", ("I-1024", "morning")),
        ("李雷", ("李雷", "")),
        ("李雷 30m", ("李雷", "30m")),
        ("Anna Smith", ("Anna Smith", "")),
    ],
)
def test_the_rung_stands_behind_the_interview(typed, parts):
    assert split(typed) == parts


def test_a_preview_is_what_its_reader_will_read_on_that_day():
    played = stage()
    played.types("preview I-1024 1h")
    text = text_of(told(played))
    assert "Preview of 1h to I-1024 李雷" in text
    assert "今天" in text, "in the candidate's language, as of that hour"
    assert "1小时" in text.replace(" ", "")
    assert told(played).presses == ()
    assert told(played).actions == ()
    played.types("preview I-1024 24h --lang en")
    assert "in 1 day" in text_of(told(played))


def test_a_reminder_that_is_not_there_is_told_with_those_that_are():
    played = stage()
    for verb in ("preview", "test-send"):
        played.types(f"{verb} I-1024 7d")
        assert "no reminder “7d”" in text_of(told(played))
        assert "24h and 1h" in text_of(told(played))
    played = with_interview(state=State.CANCELLED)
    played.types("preview I-1024 1h")
    assert "any more" in text_of(told(played))


def test_a_trial_goes_to_whoever_asked_and_nobody_else():
    played = stage()
    played.types("test-send I-1024 1h")
    assert {say.to for say in played.said} == {ToPerson(HAN.id)}
    sent = next(say for say in played.said if say.message.kind == "test.reminder")
    assert sent.manner.language == "zh_Hans"
    assert sent.message.presses == ()
    assert "nobody else got it" in text_of(sent.message)
    assert any(isinstance(each, Record) and each.action == "message.tested" for each in played.effects)


def test_viewers_preview_and_do_not_send():
    played = stage()
    played.types("preview I-1024 1h", VERA)
    assert told(played).kind == "command.preview"
    message = played.types("test-send I-1024 1h", VERA)
    assert message is not None
    assert message.kind == "notice.not_allowed"


# -- invite ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"channels": ("email",)}, "invited once more"),
        ({"channels": ()}, "invited once more"),
        ({"channels": ("telegram",)}, "in touch with us already, on Telegram"),
        ({"channels": ("email",), "starts_at": NOW - timedelta(hours=1)}, "comes too late"),
        ({"channels": ("email",), "state": State.CANCELLED}, "off already"),
    ],
)
def test_who_is_invited_again(changes, words):
    played = with_interview(**changes)
    played.types("invite I-1024")
    assert words in text_of(told(played)) or any(words in text_of(say.message) for say in played.said)


def test_who_has_no_address_is_not_invited():
    one = target(channels=(), starts_at=IN_TWO_DAYS)
    bare = replace(one, candidate=replace(one.candidate, phone=None))
    played = Stage(bare, book=BOOK, found={"targets": (bare,)})
    assert "no address is known" in text_of(played.types("invite I-1024"))


# -- reveal ----------------------------------------------------------------------------------------------


def test_whole_numbers_are_told_in_private_and_written_down():
    played = stage()
    text = text_of(played.types("reveal I-1024"))
    assert "13812341234" in text
    deed = next(each for each in played.effects if isinstance(each, Record))
    assert (deed.action, deed.actor) == ("person.revealed", f"person:{HAN.id}")
    played = stage()
    text = text_of(played.types("reveal I-1024", private=False))
    assert "private chat" in text
    assert "1381234" not in text
    assert not any(isinstance(each, Record) for each in played.effects)


def test_recruiters_reveal_their_own_alone():
    message = stage().types("reveal I-1024", RUI)
    assert "None of your interviews matches" in text_of(message)
    assert "138" not in text_of(message)


@pytest.mark.parametrize("person", [SAM, VERA], ids=lambda person: person.name)
def test_only_hr_administrators_and_recruiters_reveal(person):
    message = stage().types("reveal I-1024", person)
    assert message is not None
    assert message.kind == "notice.not_allowed"


# -- audit -----------------------------------------------------------------------------------------------


def logged(action: str, **detail: str) -> Logged:
    return Logged(7, NOW, action, "I-1024", "Ada", detail)


def test_the_journal_is_told_in_sentences():
    moved = logged(
        "interview.moved", **{"from": NOW.isoformat(), "to": (NOW + timedelta(days=1)).isoformat()}
    )
    entries = (
        logged("slots.added", n="6"),
        moved,
        logged("something.new"),
        logged("batch.remind", batch="B-1"),
    )
    text = text_of(stage(journal=Journal(entries)).types("audit I-1024 last30d", ADA))
    assert "4 entries about I-1024" in text
    assert "Ada: I-1024, 6 times added" in text
    assert "moved from today, Tue 24 Nov, 14:10 to tomorrow" in text
    assert "something.new" in text
    assert "remind, as one of B-1" in text


@pytest.mark.parametrize(
    ("entry", "english", "chinese"),
    [
        (("batch:2b1c", "batch.ordered", {"batch": "B-1", "act": "rebook", "count": "2"}),
         "Ada: B-1, to 2 people: ask to rebook", "Ada：B-1，对2位候选人：请候选人重新预约"),
        (("batch:2b1c", "batch.cancelled", {"batch": "B-1", "count": "2"}),
         "Ada: B-1, taken back before it began, nobody was told", "Ada：B-1，开始前已撤销，没有通知任何人"),
        (("batch:2b1c", "batch.done", {"batch": "B-1", "done": "1", "failed": "0"}),
         "Ada: B-1, carried out for 1 person", "Ada：B-1，已为1位候选人完成"),
        (("batch:2b1c", "batch.stopped", {"batch": "B-1", "done": "3", "count": "9"}),
         "Ada: B-1, stopped after 3 of 9", "Ada：B-1，完成3位后停止，共9位"),
        (("I-1024", "batch.correct", {"batch": "B-2"}),
         "take back, with a word to the candidate, as one of B-2", "撤销并告知候选人，属于 B-2"),
        (("this interview", "interviews.imported", {"rows": "1"}),
         "a single interview, list taken in, 1 row", "单场面试，导入名单，1行"),
        (("role:viewer", "person.role_offered", {"role": "viewer"}),
         "a new colleague, code for a role made: viewer", "新同事，生成角色码：查看者"),
        (("policy:2", "config.changed", {"keys": "policy.grace"}),
         "configuration, version 2, configuration changed: policy.grace", "第2版配置，修改配置：policy.grace"),
    ],
)  # fmt: skip
def test_nothing_raw_is_told(entry, english, chinese):
    subject, action, detail = entry
    found = Journal((Logged(7, NOW, action, subject, "Ada", detail),))
    said = stage(journal=found).types("audit", ADA)
    assert english in text_of(said)
    assert chinese in text_of(said, "zh_Hans")


def test_every_order_of_a_batch_has_its_words():
    for order in ORDERS:
        found = Journal((logged(f"batch.{order.act}", batch="B-1"),))
        told = text_of(stage(journal=found).types("audit", ADA), "zh_Hans")
        assert f"{order.act}，" not in told


def test_the_journal_has_pages_and_an_end():
    entries = tuple(replace(logged("interview.joined"), number=n) for n in range(25, 0, -1))
    played = stage(journal=Journal(entries))
    assert "15 more: audit +2" in text_of(played.types("audit", ADA))
    assert "#1 " in text_of(played.types("audit +3", ADA))
    assert "Nothing is written down" in text_of(stage(journal=Journal(())).types("audit", ADA))
    unknown = stage(journal=Journal((), is_known=False)).types("audit nobody", ADA)
    assert "Nothing is called “nobody”" in text_of(unknown)


def test_a_changed_journal_is_told():
    assert "whole" in text_of(stage(journal_problems=()).types("audit verify", ADA))
    text = text_of(stage(journal_problems=("entry 3 was changed",)).types("审计 校验", ADA))
    assert "1 place" in text
    assert "entry 3 was changed" in text


def test_every_deed_has_its_words():
    """Whatever the code writes into the journal is told in words, except what a batch did to each."""
    assert deeds() - ACTIONS == set()


def deeds() -> set[str]:
    root = Path(conversations.__file__).parent.parent
    found: set[str] = set()
    for folder in ("conversations", "bot"):
        for file in (root / folder).rglob("*.py"):
            found |= {name for node in ast.walk(ast.parse(file.read_text("utf-8"))) for name in _deeds(node)}
    return found


def _deeds(node: ast.AST) -> set[str]:
    if not isinstance(node, ast.Call):
        return set()
    called = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
    if called not in ("Record", "Deed", "append", "_record"):
        return set()
    said = {each.value for arg in node.args for each in ast.walk(arg) if isinstance(each, ast.Constant)}
    return {name for name in said if isinstance(name, str) and DEED.fullmatch(name)}


# -- health ----------------------------------------------------------------------------------------------


def test_all_well_is_said_in_a_word():
    text = text_of(stage(**looked_into()).types("health", ADA))
    assert text.splitlines()[0] == "Everything works."
    assert "version 1" in text


def test_what_is_wrong_comes_first_with_the_remedy():
    ill = replace(
        looked_into()["health"],
        waiting=12,
        oldest=timedelta(minutes=9),
        slowest=timedelta(minutes=2),
        aside=2,
        troubles=(Trouble("telegram.main", "blocked", 3),),
        heard=(Heard("zoom", NOW - timedelta(hours=2), timedelta(minutes=15)),),
        unbound=4,
        differs=True,
    )
    text = text_of(stage(health=ill).types("health", ADA))
    assert text.splitlines()[0] == "6 things need a look:"
    for words in ("waited for 9 minutes", "leave late", "put aside", "Telegram, 3 not delivered", "zoom is silent",
                  "turnout check", "4 candidates"):  # fmt: skip
        assert words in text


@pytest.mark.parametrize("line", ["health", "audit", "audit verify"])
def test_only_administrators_and_hr_look(line):
    for person in (RUI, SAM, VERA):
        message = stage(**looked_into()).types(line, person)
        assert message is not None
        assert message.kind == "notice.not_allowed"


def test_nothing_here_is_about_somebody_elses_interview():
    others = target(recruiter=HAN.id, starts_at=IN_TWO_DAYS)
    assert isinstance(others.interview, Interview)
    played = Stage(others, book=BOOK, found={"targets": (others,), "prechecks": ()})
    for line in ("preview I-1024", "test-send I-1024", "invite I-1024"):
        played.types(line, RUI)
        assert "None of your interviews matches" in text_of(told(played))
    assert not any(isinstance(each, Say) and each.message.kind == "test.reminder" for each in played.effects)
