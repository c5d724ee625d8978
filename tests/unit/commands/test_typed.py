"""As staff type in a private chat: no slash, the name before the verb, full-width letters, a bare word that answers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from conversations.book import Book
from conversations.commands import COMMANDS
from conversations.findings import LedgerEntry, Target
from conversations.interview import Outcome, State
from tests.support.staff_scenes import BOOK, NOW, START, Stage, candidate, target, text_of


def stage(**changes: Any) -> Stage:
    one = target(name="张三", **changes)

    def named(args: Mapping[str, str]) -> tuple[Target, ...]:
        return (one,) if args["text"] in ("张三", "I-1024", "Zhang San") else ()

    def entries(args: Mapping[str, str]) -> tuple[LedgerEntry, ...]:
        return tuple(map(LedgerEntry, named(args)))

    return Stage(found={"targets": named, "ledger": entries, "selected": (one,)})


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("张三 改约 明天下午3点", "Move I-1024 张三, Java, from today, Tue 24 Nov, 14:00 to"),
        ("张三 改约明天下午3点", "Move I-1024 张三"),
        ("张三　改约　明天　１５：００", "tomorrow, Wed 25 Nov, 15:00"),
        ("Zhang San move tomorrow 15:00", "Move I-1024 张三"),
        ("I-1024 取消", "Cancel I-1024 张三"),
        ("Ｉ－１０２４　取消", "Cancel I-1024 张三"),
        ("／取消　Ｉ－１０２４", "Cancel I-1024 张三"),
        ("张三 查看", "I-1024 张三, Java"),
        ("张三 来了", "I-1024 张三 is recorded as joined."),
        ("张三 重新预约", "is offered other times"),
    ],
)
def test_the_verb_may_stand_behind_its_target(typed: str, said: str) -> None:
    assert said in text_of(stage().says(typed))


def test_with_a_slash_too() -> None:
    assert "Move I-1024 张三" in text_of(stage().types("张三 改约 明天下午3点"))


@pytest.mark.parametrize("typed", ["张三 今天", "we talk about help here", "张三 帮助"])
def test_other_words_stay_where_they_are(typed: str) -> None:
    message = stage().says(typed)
    assert message is not None
    assert message.kind == "notice.unknown_command"


def test_a_candidates_words_are_never_read_like_this() -> None:
    played = stage()
    played.says("张三 改约 明天下午3点", candidate())
    assert played.asked == []


@pytest.mark.parametrize("word", ["今天", "未参加", "明天", "list", "ｌｉｓｔ", "今天　"])
def test_one_word_is_enough(word: str) -> None:
    message = stage().says(word)
    assert message is not None
    assert message.kind == "command.list"


@pytest.mark.parametrize("word", ["确认", "confirm"])
def test_a_word_that_is_a_command_too_answers_the_question_first(word: str) -> None:
    played = stage(starts_at=START + timedelta(days=1))
    played.says("取消 张三")
    assert "is cancelled" in text_of(played.says(word))
    assert [order.act for order in played.ordered] == ["cancel"]


def test_while_a_time_is_asked_for_another_line_is_still_a_command() -> None:
    played = stage()
    played.says("改约 I-1024")
    assert "is recorded as joined" in text_of(played.says("张三 来了"))


def test_the_book_puts_the_line_into_order() -> None:
    found = BOOK.command_behind("李雷 Java 改约 明天 14:00")
    assert found is not None
    assert (found[0].name, found[1]) == ("move", "李雷 Java 明天 14:00")
    assert BOOK.command_behind("改约") is None
    assert BOOK.command_behind("李雷 今天") is None


def test_whatever_acts_on_an_interview_may_follow_it() -> None:
    book = Book.of((), COMMANDS)
    verbs = "show why plan link remind confirm joined noshow move rebook cancel pause resume undo".split()
    assert [verb for verb in verbs if not book.commands[verb].may_follow] == []


MISSED: dict[str, Any] = {"state": State.NO_SHOW, "outcome": Outcome.NO_SHOW, "flagged_at": NOW}


@pytest.mark.parametrize(
    ("line", "changes", "said"),
    [
        ("confirm I-1024", {}, "has begun. If they came: joined I-1024"),
        ("confirm I-1024", MISSED, "is a no-show. For another time: rebook I-1024"),
        ("confirm I-1024", {"confirmed_at": NOW}, "is confirmed already"),
        ("pause I-1024", MISSED, "has no reminders to come"),
        ("pause I-1024", {"starts_at": NOW + timedelta(hours=1), "paused_at": NOW}, "held back already"),
        ("resume I-1024", {}, "are not held back"),
        ("rebook I-1024", {"channels": ()}, "Send them their link: link I-1024"),
        ("rebook I-1024", {"state": State.JOINED}, "recorded as joined"),
    ],
)
def test_what_cannot_be_done_says_why_and_what_can(line: str, changes: dict[str, Any], said: str) -> None:
    played = stage(**changes)
    assert said in text_of(played.types(line))
    assert played.ordered == []


@pytest.mark.parametrize("verb", ["show", "why", "plan"])
def test_reminders_that_are_held_back_are_told_everywhere(verb: str) -> None:
    played = stage(starts_at=NOW + timedelta(hours=5), paused_at=NOW)
    text = text_of(played.types(f"{verb} I-1024"))
    assert "held back since" in text
    assert "resume I-1024" in text


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("张三改约明天下午3点", "Move I-1024 张三"),
        ("I-1024", "I-1024 张三, Java"),
        ("\u200bshow I-\u200b1024", "I-1024 张三, Java"),
        ("show \u202eI-1024", "I-1024 张三, Java"),
        ("/turnout show I-1024", "I-1024 张三, Java"),
        ("turnout", "This is what you can ask me"),
        ("@turnout_bot help", "This is what you can ask me"),
        ("show I-1024\nlist today", "One command a message, please"),
        ("show I-1024 --lang xx", "I do not speak that language"),
        ("show I-1024 --lang", "I do not speak that language"),
        ("show I-1024 --LANG en", "I-1024 张三, Java"),
        ("list flavour:sweet", "“flavour:” means nothing here"),
        ("list job:a job:b", "“job:” stands there twice"),
        ("list 2026-11-30..2026-11-01", "ends before it begins"),
        ("list 30 february", "is on no calendar or clock"),
        ("1", "It is not clear what “1” answers"),
        ("yes", "It is not clear what “yes” answers"),
    ],
)
def test_what_hurried_people_type_is_read_or_answered_plainly(typed: str, said: str) -> None:
    assert said in text_of(stage().says(typed))


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("show job:Java", "Who is meant by that: list job:Java"),
        ("reveal tomorrow", "Who is meant by that: list tomorrow"),
        ("why 1024 1025", "Type for example: why I-1024"),
        ("show this", "the card you answer to"),
        (
            "move I-1024 next monday",
            "At what time on Mon 30 Nov? Type for example: move I-1024 2026-11-30 14:00",
        ),
        ("move I-1024 +2h", "from today, Tue 24 Nov, 14:00 to today, Tue 24 Nov, 16:00"),
        ("张三改约后天上午十点", "to Thu 26 Nov, 10:00"),
        ("move I-1024 2026-11-25T14:00@Europe/Berlin", "to tomorrow, Wed 25 Nov, 21:00"),
        ("list today tomorrow", "For all between them: list today..tomorrow"),
        ("list 3pm", "For some hours: list today 14:00..15:00"),
        ("help banana", "I do not know “banana”. This is what you can ask me"),
        ("export last7d --csv --json", "One file at a time"),
        ("add Chen Yi 2026-02-30 15:00", "is on no calendar or clock"),
        ("add Chen Yi yesterday 15:00", "What was before now comes with a list"),
    ],
)
def test_what_cannot_be_meant_is_answered_with_what_can(typed: str, said: str) -> None:
    assert said in text_of(stage().says(typed))


def test_a_no_show_of_the_past_is_not_called_off() -> None:
    """It stays counted: otherwise the figures could be made to look better, and candidates be told of it."""
    play = stage(state=State.NO_SHOW, outcome=Outcome.NO_SHOW)
    assert "is a no-show, which stays counted" in text_of(play.says("cancel I-1024"))
