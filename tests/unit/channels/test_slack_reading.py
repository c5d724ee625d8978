"""What a Slack payload says: events, commands, presses and forms, in one workspace and in several."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from channels.base import Malformed
from channels.slack.reading import (
    Origin,
    plain_words,
    read_command,
    read_event,
    read_press,
    read_view,
)
from conversations.events import (
    Commanded,
    Edited,
    Event,
    Followed,
    Pressed,
    Said,
    Sent,
    Submitted,
    Unreachable,
    Wanted,
)
from tests.support.samples import NOW

HERE = Origin("slack.main", NOW, bot="UBOT")
THERE = Origin("slack.main", NOW, team="T9", bot="UBOT")
MESSAGE = {
    "type": "message",
    "channel": "D1",
    "channel_type": "im",
    "user": "U1",
    "text": "收到",
    "ts": "5.0",
}
MENTION = {"type": "app_mention", "channel": "C1", "user": "U1", "text": "<@UBOT> today", "ts": "5.0"}
PRESS: dict[str, Any] = {
    "type": "block_actions",
    "user": {"id": "U1"},
    "trigger_id": "1.2.3",
    "container": {"type": "message", "message_ts": "7.0", "channel_id": "C1", "is_ephemeral": False},
    "channel": {"id": "C1"},
    "actions": [{"type": "button", "action_id": "press_1", "value": "v1.1.x", "action_ts": "9.0"}],
}
COMMAND = {
    "user_id": "U1",
    "channel_id": "D1",
    "trigger_id": "1.2.3",
    "command": "/turnout",
    "text": "status",
}


def event(fields: Mapping[str, object], origin: Origin = HERE) -> Event | None:
    return read_event({"event_id": "Ev1", "event": fields}, origin)


def read(fields: Mapping[str, object], origin: Origin = HERE) -> Event:
    found = event(fields, origin)
    assert found is not None
    return found


# -- Events API -------------------------------------------------------------------------------------------


def test_a_message_is_said_in_the_private_chat() -> None:
    said = read(MESSAGE)
    assert said == Event("Ev1", "slack.main", NOW, Said("收到"), "slack.main", "U1", "D1")
    there = read(MESSAGE, THERE)
    assert (there.user, there.chat) == ("T9:U1", "T9:D1")


@pytest.mark.parametrize(
    "more",
    [
        {"bot_id": "B1"},
        {"user": "UBOT"},
        {"user": "USLACKBOT"},
        {"user": None},
        {"subtype": "message_changed"},
        {"subtype": "message_deleted"},
        {"subtype": "bot_message"},
        {"channel": "C1", "channel_type": "channel"},
        {"channel": "G1", "channel_type": "mpim"},
        {"text": "   "},
        {"text": None},
    ],
)
def test_what_nobody_wrote_to_us_is_no_event(more: dict[str, object]) -> None:
    assert event({**MESSAGE, **more}) is None


CHANGED: dict[str, Any] = {
    "type": "message",
    "subtype": "message_changed",
    "channel": "D1",
    "channel_type": "im",
    "ts": "9.0",
    "message": {"type": "message", "user": "U1", "text": "4 pm", "ts": "7.000100", "thread_ts": "3.0"},
    "previous_message": {"type": "message", "user": "U1", "text": "3 pm", "ts": "7.000100"},
}


def test_what_was_changed_says_what_it_says_now_and_when_it_was_written() -> None:
    said = read(CHANGED)
    assert said.body == Edited("4 pm", datetime.fromtimestamp(7, UTC))
    assert (said.user, said.chat, said.about) == ("U1", "D1", "3.0")


@pytest.mark.parametrize(
    "more",
    [
        {"previous_message": CHANGED["message"]},
        {"message": {**CHANGED["message"], "user": "UBOT"}},
        {"message": {**CHANGED["message"], "bot_id": "B1"}},
        {"message": {**CHANGED["message"], "text": " "}},
        {"message": {**CHANGED["message"], "ts": "soon"}},
        {"message": None},
        {"channel": "C1", "channel_type": "channel"},
    ],
)
def test_a_links_preview_our_own_changes_and_those_in_channels_are_no_event(more: dict[str, Any]) -> None:
    assert event({**CHANGED, **more}) is None


def test_a_reply_in_a_thread_is_about_the_message_that_opened_it() -> None:
    assert read({**MESSAGE, "thread_ts": "3.0"}).about == "3.0"
    assert read({**MESSAGE, "thread_ts": "5.0"}).about is None
    # In private the answer stands in the chat, not in the thread.
    assert read({**MESSAGE, "thread_ts": "3.0"}).thread is None


def test_a_slash_that_slack_let_through_is_a_command_all_the_same() -> None:
    assert read({**MESSAGE, "text": " /Move 明天\n下午"}).body == Commanded("move", "明天\n下午")
    assert read({**MESSAGE, "text": "/start abc-_1"}).body == Followed("abc-_1")
    assert read({**MESSAGE, "text": "6/7"}).body == Said("6/7")


def test_files_are_sent_with_their_words() -> None:
    for mimetype, kind in (
        ("image/png", "picture"),
        ("video/mp4", "video"),
        ("audio/webm", "voice"),
        ("application/pdf", "document"),
        (None, "document"),
    ):
        sent = read({**MESSAGE, "subtype": "file_share", "files": [{"id": "F1", "mimetype": mimetype}]})
        assert sent.body == Sent(kind, "F1", "收到")  # type: ignore[arg-type]
    assert read({**MESSAGE, "files": "F1"}).body == Said("收到")


def test_a_name_is_taken_where_slack_gives_one() -> None:
    assert read({**MESSAGE, "user_profile": {"display_name": "", "real_name": "李雷"}}).name == "李雷"
    assert read(MESSAGE).name is None


def test_a_mention_is_said_in_the_channel_without_its_beginning() -> None:
    said = read({**MENTION, "thread_ts": "3.0"})
    assert (said.body, said.chat, said.is_private) == (Said("today"), "C1", False)
    assert (said.thread, said.about) == ("3.0", "3.0")
    assert read({**MENTION, "text": "<@UBOT>: /why I-1001"}).body == Commanded("why", "I-1001")
    # Whose mention it is stands in the event; where our own id is unknown, the first one is ours.
    assert read({**MENTION, "text": "<@U7> <@UBOT> hi"}).body == Said("<@U7> hi")
    assert read({**MENTION, "text": "<@U8|Bot> hi"}, Origin("slack.main", NOW)).body == Said("hi")
    assert event({**MENTION, "text": "<@UBOT>"}) is None
    assert event({**MENTION, "channel": "D1"}) is None
    assert event({**MENTION, "bot_id": "B1"}) is None


def test_the_home_tab_is_asked_for_by_opening_it() -> None:
    opened = {"type": "app_home_opened", "user": "U1", "channel": "D1", "tab": "home"}
    home = read(opened)
    assert (home.body, home.user, home.chat, home.is_private) == (Wanted("home"), "U1", "home:U1", True)
    assert read(opened, THERE).chat == "home:T9:U1"
    assert event({**opened, "tab": "messages"}) is None


def test_who_left_the_company_cannot_be_reached() -> None:
    left = read({"type": "user_change", "user": {"id": "U1", "deleted": True}})
    assert (left.body, left.user, left.chat) == (Unreachable("deactivated"), "U1", None)
    assert event({"type": "user_change", "user": {"id": "U1", "deleted": False}}) is None


def test_only_our_own_leaving_makes_a_channel_unreachable() -> None:
    left = {"type": "member_left_channel", "user": "UBOT", "channel": "C1"}
    gone = read(left)
    assert (gone.body, gone.user, gone.chat, gone.is_private) == (Unreachable("removed"), None, "C1", False)
    assert event({**left, "user": "U1"}) is None
    assert read({"type": "channel_left", "channel": "C1"}).body == Unreachable("removed")


def test_other_events_say_nothing() -> None:
    assert event({"type": "reaction_added"}) is None
    assert event({"type": ["message"]}) is None


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"event_id": "Ev1"},
        {"event_id": "Ev1", "event": []},
        {"event": MESSAGE},
        {"event_id": 5, "event": MESSAGE},
        {"event_id": "E" * 500, "event": MESSAGE},
        {"event_id": "Ev1", "event": {**MESSAGE, "channel": None}},
        {"event_id": "Ev1", "event": {**MESSAGE, "user": {}}},
        {"event_id": "Ev1", "event": {**MENTION, "user": 5}},
        {"event_id": "Ev1", "event": {"type": "app_home_opened", "tab": "home"}},
        {"event_id": "Ev1", "event": {"type": "user_change", "user": {"deleted": True}}},
    ],
)
def test_events_that_make_no_sense_are_malformed(body: dict[str, object]) -> None:
    with pytest.raises(Malformed):
        read_event(body, HERE)


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("a &amp; b &lt;c&gt; &quot;", "a & b <c> &quot;"),
        ("&amp;lt;", "&lt;"),
        ("<https://x.example/?a=1&amp;b=2|x.example>", "https://x.example/?a=1&b=2"),
        ("<https://x.example>", "https://x.example"),
        ("<mailto:a@b.example|a@b.example>", "a@b.example"),
        ("<tel:+862155550000|021 5555>", "021 5555"),
        ("<#C1|general> <#C2>", "#general #C2"),
        ("<!here> <!subteam^S1|@hr> <!date^1^{ago}|soon>", "@here @hr soon"),
        ("<@U1> <@U2|li>", "<@U1> <@U2|li>"),
        ("1 < 2 <<", "1 < 2 <<"),
    ],
)
def test_words_are_read_as_they_were_typed(written: str, read_as: str) -> None:
    assert plain_words(written) == read_as


# -- commands ---------------------------------------------------------------------------------------------


def test_the_first_word_of_the_slash_command_is_ours() -> None:
    for text, body in (
        ("", Commanded("help")),
        ("   ", Commanded("help")),
        ("status", Commanded("status")),
        ("/Move  明天 下午 ", Commanded("move", "明天 下午")),
        ("今天", Commanded("今天")),
        ("start", Followed()),
        ("start tok-1", Followed("tok-1")),
        ("note a &amp; b", Commanded("note", "a & b")),
    ):
        assert read_command({**COMMAND, "text": text}, HERE).body == body
    assert read_command({**COMMAND, "text": None}, HERE).body == Commanded("help")
    assert read_command(COMMAND, HERE).id == "command:1.2.3"


def test_a_command_in_a_channel_is_between_the_two_of_us() -> None:
    typed = read_command({**COMMAND, "channel_id": "C1"}, HERE)
    assert (typed.chat, typed.is_private, typed.user) == ("C1!U1", True, "U1")
    assert read_command(COMMAND, HERE).chat == "D1"
    assert read_command({**COMMAND, "channel_id": "C1"}, THERE).chat == "T9:C1!U1"
    # Who comes to us there is greeted where it stays.
    assert read_command({**COMMAND, "channel_id": "C1", "text": "start tok"}, THERE).chat == "T9:U1"
    assert read_command({**COMMAND, "text": "start tok"}, HERE).chat == "D1"


@pytest.mark.parametrize("missing", ["user_id", "channel_id", "trigger_id"])
def test_a_command_without_its_origin_is_malformed(missing: str) -> None:
    with pytest.raises(Malformed, match=missing):
        read_command({**COMMAND, missing: ""}, HERE)


# -- presses ----------------------------------------------------------------------------------------------


def test_a_press_brings_back_its_value_where_it_stood() -> None:
    pressed = read_press(PRESS, HERE)
    assert pressed is not None
    assert (pressed.body, pressed.chat, pressed.is_private) == (Pressed("v1.1.x"), "C1", False)
    assert (pressed.about, pressed.answer_token, pressed.id) == ("7.0", "1.2.3", "block_actions:1.2.3")


def test_a_press_is_private_in_private_and_where_only_one_sees_it() -> None:
    in_private = read_press({**PRESS, "channel": {"id": "D1"}}, HERE)
    theirs = read_press({**PRESS, "container": {**PRESS["container"], "is_ephemeral": True}}, THERE)
    assert in_private is not None
    assert theirs is not None
    assert (in_private.chat, in_private.is_private) == ("D1", True)
    assert (theirs.chat, theirs.is_private, theirs.about) == ("T9:C1!U1", True, "7.0")


def test_a_press_in_a_thread_stays_there() -> None:
    container = {**PRESS["container"], "thread_ts": "3.0"}
    pressed = read_press({**PRESS, "container": container}, HERE)
    assert pressed is not None
    assert pressed.thread == "3.0"


def test_a_press_at_home_belongs_to_the_home() -> None:
    pressed = read_press({**PRESS, "container": {"type": "view"}, "view": {"type": "home"}}, HERE)
    assert pressed is not None
    assert (pressed.chat, pressed.about, pressed.is_private) == ("home:U1", None, True)


def test_buttons_that_open_something_are_no_event() -> None:
    for action in ({"url": "https://x.example", "value": "v"}, {"value": ""}, {"value": "v" * 2001}, {}):
        assert read_press({**PRESS, "actions": [action]}, HERE) is None


def test_a_press_without_a_trigger_has_an_id_of_its_own() -> None:
    pressed = read_press({**PRESS, "trigger_id": None}, HERE)
    assert pressed is not None
    assert (pressed.id, pressed.answer_token) == ("block_actions:9.0:U1:7.0", None)


@pytest.mark.parametrize(
    "more",
    [
        {"user": None},
        {"user": {}},
        {"actions": []},
        {"actions": None},
        {"actions": ["x"]},
        {"channel": None, "container": {}},
    ],
)
def test_presses_that_make_no_sense_are_malformed(more: dict[str, object]) -> None:
    with pytest.raises(Malformed):
        read_press({**PRESS, **more}, HERE)


# -- forms ------------------------------------------------------------------------------------------------


def test_a_form_comes_back_to_the_chat_where_it_was_opened() -> None:
    view = {
        "callback_id": "move",
        "private_metadata": '{"carried":{"session":"s","turn":"3"},"chat":"C1","is_private":false,"thread":"3.0"}',
        "state": {"values": {"day": {"day": {"type": "datepicker", "selected_date": "2026-11-25"}}}},
    }
    body = {"type": "view_submission", "user": {"id": "U1"}, "trigger_id": "1.2.3", "view": view}
    event = read_view(body, HERE)
    assert event.body == Submitted("move", {"day": "2026-11-25"}, {"session": "s", "turn": "3"})
    assert (event.chat, event.is_private, event.thread) == ("C1", False, "3.0")
    assert event.id == "view_submission:1.2.3"
    again = read_view({**body, "trigger_id": None, "view": {**view, "id": "V1", "hash": "h"}}, THERE)
    assert (again.id, again.user) == ("view_submission:V1:h", "T9:U1")
    with pytest.raises(Malformed):
        read_view({**body, "view": None}, HERE)
    with pytest.raises(Malformed):
        read_view({**body, "user": None}, HERE)
