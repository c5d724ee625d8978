"""What is sent beside words goes to the other side or it is said why not; corrections, and what answers nothing."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from conversations.dialog import Session
from conversations.effects import KeepWords, Show, Work
from conversations.events import Done, Edited, Event, Said, Sent
from conversations.identity import Person, ToPerson
from conversations.messages import File
from tests.support.staff_scenes import HAN, NOW, RUI, Stage, text_of
from tests.unit.dialogs_staff.test_relay import _react, changed, relay, told, whose, writes, writing

PDF = Sent("document", "f-1", "my way", "map.pdf")
FETCHED = {"blob": "sha256:1", "name": "map.pdf", "media_type": "application/pdf", "channel": "telegram"}


def works(played: Stage) -> list[dict[str, Any]]:
    return [dict(e.args) for e in played.effects if isinstance(e, Work) and e.kind == "carry"]


def answers(played: Stage, body: Any, by: Person = HAN) -> None:
    event = Event(
        f"said {len(played.effects)}", "telegram.main", played.now, body, "telegram.main", about="41"
    )
    _react(played, event, by, relay(played, by))


def comes(played: Stage, result: dict[str, Any], by: Person) -> None:
    """Have the work come back."""
    event = Event(f"job {len(played.effects)}", "core", played.now, Done("carry", result), "telegram.main")
    _react(played, event, by, None)


def files(played: Stage, who: Person) -> list[File]:
    return [
        block
        for say in played.said
        if say.to == ToPerson(who.id)
        for block in say.message.blocks
        if isinstance(block, File)
    ]


# -- from the candidate -----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["voice", "picture", "video", "document"])
def test_what_a_candidate_sends_is_fetched_and_comes_into_the_thread(kind):
    played = writing()
    writes(played, Sent(kind, "f-1", "see this", "a.bin"), whose(played))
    (work,) = works(played)
    assert (work["to"], work["kind"], work["reference"]) == (str(HAN.id), kind, "f-1")
    comes(played, {**work, **FETCHED}, whose(played))
    last = [say for say in played.said if say.message.kind == "relay.answer"][-1]
    assert last.to == ToPerson(HAN.id)
    assert last.manner.under == relay(played).id
    assert text_of(last.message).splitlines() == ["李雷: see this", "map.pdf"]


def test_a_file_without_words_says_what_it_is():
    played = writing()
    writes(played, Sent("picture", "f-1"), whose(played))
    comes(played, {**works(played)[0], **FETCHED}, whose(played))
    assert told(played, HAN)[-1].startswith("李雷 sent a picture.")


@pytest.mark.parametrize(
    ("result", "said"),
    [
        ({"why": "too_large", "mb": 20}, "It is larger than 20 MB, the most that I can bring."),
        ({"why": "not_fetched"}, "I cannot fetch files that are sent on Telegram."),
        ({"why": "not_carried", "there": "wechat.main"}, "I cannot send files on WeChat."),
        ({"why": "nowhere"}, "There is no chat in which it would arrive."),
        ({"why": "gone"}, "It could not be fetched."),
        ({"error": "TimeoutError"}, "It could not be fetched."),
    ],
)
def test_what_cannot_be_brought_is_told_with_the_reason_and_what_was_written_beside_it(result, said):
    played = writing()
    writes(played, Sent("video", "f-1", "look", "film.mp4"), whose(played))
    comes(played, {**works(played)[0], **result}, whose(played))
    lines = told(played, HAN)[-1].splitlines()
    assert lines[:3] == ["李雷: look", "李雷 sent a video.", said]
    assert lines[3] == "Please ask them to mail it, or to tell you in words."
    assert files(played, HAN) == []


def test_after_the_conversation_is_over_no_file_comes():
    played = writing()
    writes(played, PDF, whose(played))
    played.presses(relay(played), "back")
    before = len(played.said)
    comes(played, {**works(played)[0], **FETCHED}, whose(played))
    assert len(played.said) == before


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        (Sent("location", "39.9,116.4", "North gate"), "李雷 sent a place.\nNorth gate 39.9,116.4"),
        (Sent("sticker", "s-1"), "李雷 sent a sticker."),
        (Sent("other", "https://map.example/1", "Map"), "李雷: Map https://map.example/1"),
        (Sent("other"), "李雷 sent something that I cannot bring. Please ask for it in words."),
    ],
)
def test_what_is_no_file_is_told_in_words(sent, said):
    played = writing()
    writes(played, sent, whose(played))
    assert told(played, HAN)[-1] == said
    assert works(played) == []


# -- from staff -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("threads", [True, False])
def test_what_staff_send_goes_to_the_candidate(threads):
    played = writing(threads=threads)
    answers(played, PDF) if threads else writes(played, PDF, HAN)
    (work,) = works(played)
    assert work["to"] == str(whose(played).id)
    comes(played, {**work, **FETCHED}, HAN)
    assert told(played, whose(played))[-1] == "Han Meimei, Example Tech: my way\nmap.pdf"
    assert [f.blob for f in files(played, whose(played))] == ["sha256:1"]
    assert any(isinstance(e, KeepWords) and "map.pdf" in e.text for e in played.effects)


def test_what_of_staffs_does_not_go_is_told():
    played = writing()
    answers(played, PDF)
    comes(played, {**works(played)[0], "why": "not_carried", "there": "wechat.main"}, HAN)
    assert told(played, HAN)[-1].splitlines() == [
        "The file did not go to 李雷.",
        "I cannot send files on WeChat.",
        "Please send it by mail, or tell them in words.",
    ]


def test_a_file_for_somebody_who_left_is_not_even_fetched():
    played = writing()
    changed(played, opted_out_at=NOW)
    answers(played, PDF)
    assert works(played) == []
    assert "Please call them." in told(played, HAN)[-1]


def test_a_file_fetched_too_late_is_told():
    played = writing()
    answers(played, PDF)
    played.presses(relay(played), "back")
    comes(played, {**works(played)[0], **FETCHED}, HAN)
    assert told(played, HAN)[-1].startswith("It was not sent: you no longer write with 李雷.")
    assert files(played, whose(played)) == []


@pytest.mark.parametrize("name", ["list.csv", "名单.XLSX"])
def test_a_list_is_asked_about_once(name):
    played = writing(threads=False)
    played.happens(Sent("document", "f-2", "", name), HAN)
    aside = played.session(f"person:{HAN.id}", "aside:")
    assert aside.choices == ("yes", "list", "no")
    assert works(played) == []
    played.presses(aside, "list")
    look = [e for e in played.effects if isinstance(e, Work)]
    assert [(w.kind, w.args["do"], w.args["reference"]) for w in look] == [("list", "look", "f-2")]


# -- beside the thread ------------------------------------------------------------------------------------


def aside(played: Stage) -> Session:
    return played.session(f"person:{HAN.id}", "aside:")


def types(played: Stage, body: Any, by: Person = HAN) -> None:
    """Write into the private chat without answering anything; no interview is known."""
    target, played.target = played.target, played.target
    played.happens(body, by)
    played.target = target


def test_words_that_answer_nothing_are_asked_about_never_guessed():
    played = writing()
    before = len(told(played, whose(played)))
    types(played, Said("when would suit you?"))
    assert told(played, HAN)[-1].splitlines()[:2] == ["Shall I send this to 李雷?", "“when would suit you?”"]
    assert len(told(played, whose(played))) == before
    played.presses(aside(played), "yes")
    assert told(played, whose(played))[-1] == "Han Meimei, Example Tech: when would suit you?"


def test_several_lines_go_together():
    played = writing()
    types(played, Said("one moment please"))
    types(played, Said("I am asking the manager"))
    played.presses(aside(played), "yes")
    assert told(played, whose(played))[-1] == (
        "Han Meimei, Example Tech: one moment please\nI am asking the manager"
    )


@pytest.mark.parametrize("word", ["no", "不要"])
def test_a_no_sends_nothing(word):
    played = writing()
    before = len(told(played, whose(played)))
    types(played, Said("lunch?"))
    types(played, Said(word))
    assert told(played, HAN)[-1].startswith("It was not sent to 李雷.")
    types(played, Said("lunch!"))
    assert "“lunch?”" not in told(played, HAN)[-1], "what was left is not sent later"
    assert len(told(played, whose(played))) == before


def test_a_typed_yes_sends_it():
    played = writing()
    types(played, Said("three o'clock then"))
    types(played, Said("yes"))
    assert told(played, whose(played))[-1].endswith("three o'clock then")


def test_commands_are_commands_and_a_slash_is_never_asked_about():
    played = writing()
    types(played, Said("whoami"))
    assert "You are Han Meimei." in told(played, HAN)[-1]
    played.types("frobnicate")
    assert "I do not know" in told(played, HAN)[-1]


def test_with_two_conversations_nobody_is_guessed():
    played = writing()
    first = relay(played)
    other = replace(first, id=HAN.id, subject="relay:other", data={**first.data, "case": "other"})
    played.sessions[other.holder, other.subject] = other
    types(played, Said("hello there"))
    assert told(played, HAN)[-1].startswith("I have sent this to nobody: you are writing with 2 candidates.")


@pytest.mark.parametrize("why", ["a group", "another app", "somebody else", "over"])
def test_elsewhere_it_is_not_asked(why):
    played = writing()
    session = relay(played)
    if why == "another app":
        played.sessions[session.holder, session.subject] = replace(
            session, data={**session.data, "account": "slack.main"}
        )
    if why == "over":
        played.presses(session, "back")
    played.happens(Said("hello there"), RUI if why == "somebody else" else HAN, private=why != "a group")
    assert not [e for e in played.said if e.message.kind == "aside.ask"]


def test_a_picture_that_answers_nothing_is_asked_about_and_a_list_is_a_list():
    played = writing()
    types(played, Sent("picture", "f-3", "the way"))
    assert "Shall I send this to 李雷?" in told(played, HAN)[-1]
    played.presses(aside(played), "yes")
    assert told(played, whose(played))[-1] == "Han Meimei, Example Tech: the way"
    assert works(played)[0]["reference"] == "f-3"
    played = writing()
    played.found["takes_files"] = True
    types(played, Sent("document", "f-4", "", "list.csv"))
    assert not [e for e in played.said if e.message.kind == "aside.ask"]


def test_said_yes_too_late_it_is_not_sent():
    played = writing()
    types(played, Said("three o'clock then"))
    played.presses(relay(played), "back")
    before = len(told(played, whose(played)))
    played.presses(aside(played), "yes")
    assert told(played, HAN)[-1].startswith("It was not sent: you no longer write with 李雷.")
    assert len(told(played, whose(played))) == before


# -- corrections ------------------------------------------------------------------------------------------


def test_corrections_go_both_ways_and_are_kept():
    played = writing()
    played.now += timedelta(minutes=5)
    writes(played, Edited("the 3 pm train", played.now), whose(played))
    assert told(played, HAN)[-1] == "李雷, corrected: the 3 pm train"
    answers(played, Edited("4 pm, sorry", played.now))
    assert told(played, whose(played))[-1] == "Han Meimei, Example Tech, corrected: 4 pm, sorry"
    kept = [(e.who, e.text) for e in played.effects if isinstance(e, KeepWords)]
    assert kept[-2:] == [("candidate", "the 3 pm train"), ("staff", "4 pm, sorry")]


def test_what_was_written_before_the_conversation_is_not_brought_when_it_is_changed():
    played = writing()
    before = len(played.said)
    writes(played, Edited("secret", NOW - timedelta(minutes=1)), whose(played))
    answers(played, Edited("old", NOW - timedelta(minutes=1)))
    assert len(played.said) == before


def test_a_command_that_is_corrected_and_a_correction_beside_the_thread_do_nothing():
    played = writing()
    before = len(played.said)
    answers(played, Edited("/show I-1024", NOW))
    writes(played, Edited("list tomorrow", NOW), HAN)
    assert len(played.said) == before


def test_after_it_is_over_corrections_are_not_brought():
    played = writing()
    played.presses(relay(played), "back")
    before = len(played.said)
    writes(played, Edited("more", NOW), whose(played))
    assert len(played.said) == before
    assert not [e for e in played.effects if isinstance(e, Show)], "the engine says it"
