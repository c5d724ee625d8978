"""Telegram updates as events, whatever comes in."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.base import Malformed, read_json
from channels.telegram.reading import read_update, update_number
from conversations.events import Commanded, Edited, Event, Followed, Pressed, Said, Sent, Unreachable
from tests.contract.bodies import BLOCK, CHAT, GOOD, PRESS, TEXT, USER, malformed
from tests.support.samples import NOW

GROUP = {"id": -1002000000001, "type": "supergroup", "title": "HR"}


def read(update: object, username: str | None = "turnout_bot") -> tuple[Event, ...]:
    return read_update(update, "telegram.main", NOW, username)


def message(chat: dict[str, Any] = CHAT, **content: Any) -> dict[str, Any]:
    return {"update_id": 9, "message": {"message_id": 5, "date": 1, "from": USER, "chat": chat, **content}}


def test_a_message_says_who_where_and_in_answer_to_what() -> None:
    plain = {key: value for key, value in TEXT["message"].items() if key != "is_topic_message"}  # type: ignore[attr-defined]
    (event,) = read({**TEXT, "message": plain})
    assert event == Event(
        id="1",
        source="telegram.main",
        at=NOW,
        body=Followed("abc"),
        account="telegram.main",
        user="10001",
        chat="10001",
        about="3",
        language="zh-hans",
        name="李雷",
    )


@pytest.mark.parametrize(
    ("text", "body"),
    [
        ("hello", Said("hello")),
        ("  2 ", Said("2")),
        ("/", Said("/")),
        ("/ today", Said("/ today")),
        ("6/12", Said("6/12")),
        ("/status", Commanded("status")),
        ("/STATUS@Turnout_Bot", Commanded("status")),
        ("/list 今天\n明天", Commanded("list", "今天\n明天")),
        ("/今天", Commanded("今天")),
        ("/status@other_bot", None),
        ("/start", Followed()),
        ("/start@turnout_bot token", Followed("token")),
        ("", None),
        (" \n", None),
    ],
)
def test_words_in_private(text: str, body: object) -> None:
    assert [event.body for event in read(message(text=text))] == ([] if body is None else [body])


@pytest.mark.parametrize(
    ("text", "body"),
    [
        ("@turnout_bot 今天", Said("今天")),
        ("今天，@TURNOUT_BOT", Said("今天，")),
        ("@turnout_bottle 今天", Said("@turnout_bottle 今天")),
        ("/today@turnout_bot", Commanded("today")),
        ("@turnout_bot", None),
    ],
)
def test_words_in_a_group(text: str, body: object) -> None:
    events = read(message(GROUP, text=text))
    assert [event.body for event in events] == ([] if body is None else [body])
    assert all((event.chat, event.is_private) == ("-1002000000001", False) for event in events)


def test_a_topic_is_a_thread_and_its_first_message_no_answer() -> None:
    topic = {"message_thread_id": 7, "is_topic_message": True, "reply_to_message": {"message_id": 7}}
    (event,) = read(message(GROUP, text="x", **topic))
    assert (event.thread, event.about) == ("7", None)
    (event,) = read(message(GROUP, text="x", **{**topic, "reply_to_message": {"message_id": 8}}))
    assert (event.thread, event.about) == ("7", "8")
    # Outside of a forum the same field names a chain of answers, which nothing can be sent to.
    (event,) = read(message(GROUP, text="x", message_thread_id=7, reply_to_message={"message_id": 7}))
    assert (event.thread, event.about) == (None, "7")


@pytest.mark.parametrize(
    ("content", "body"),
    [
        ({"voice": {"file_id": "v", "duration": 3}}, Sent("voice", "v")),
        ({"video_note": {"file_id": "n"}}, Sent("video", "n")),
        ({"photo": [{"file_id": "s"}, {"file_id": "l"}], "caption": "报错"}, Sent("picture", "l", "报错")),
        ({"animation": {"file_id": "a"}, "document": {"file_id": "d"}}, Sent("video", "a")),
        ({"document": {"file_id": "d", "file_name": "cv.pdf"}}, Sent("document", "d", name="cv.pdf")),
        ({"location": {"latitude": 31.2, "longitude": 121.5}}, Sent("location", "31.2,121.5")),
        ({"sticker": {"file_id": "t", "emoji": "👌"}}, Sent("sticker", "t")),
        ({"contact": {"phone_number": "+861", "first_name": "x"}}, Sent("other")),
        ({"dice": {"value": 6}}, Sent("other")),
        ({"photo": []}, Sent("picture")),
    ],
)
def test_what_is_sent_is_never_ignored(content: dict[str, Any], body: Sent) -> None:
    assert [event.body for event in read(message(**content))] == [body]


def test_a_press_brings_its_value_and_token() -> None:
    (event,) = read(PRESS)
    assert event.body == Pressed("v1.1.x")
    assert (event.answer_token, event.about, event.chat, event.is_private) == ("77", "5", "10001", True)
    # The card may be gone, or never have been ours to see.
    query = {key: value for key, value in PRESS["callback_query"].items() if key != "message"}  # type: ignore[attr-defined]
    (event,) = read({"update_id": 4, "callback_query": query})
    assert (event.answer_token, event.about, event.chat, event.is_private) == ("77", None, None, False)


def test_blocking_and_coming_back() -> None:
    (event,) = read(BLOCK)
    assert (event.body, event.user) == (Unreachable("blocked"), "10001")
    change = BLOCK["my_chat_member"]
    back = {**change, "old_chat_member": {"status": "kicked"}, "new_chat_member": {"status": "member"}}  # type: ignore[dict-item]
    assert [event.body for event in read({"update_id": 5, "my_chat_member": back})] == [Followed()]
    # Becoming an admin is no news, and who removes the bot from a group is not out of reach.
    raised = {**change, "new_chat_member": {"status": "administrator"}}  # type: ignore[dict-item]
    assert read({"update_id": 5, "my_chat_member": raised}) == ()
    (event,) = read({"update_id": 5, "my_chat_member": {**change, "chat": GROUP}})  # type: ignore[dict-item]
    assert (event.body, event.user, event.chat, event.is_private) == (
        Unreachable("removed"), None, "-1002000000001", False,
    )  # fmt: skip


def edited(**more: Any) -> dict[str, Any]:
    return {"update_id": 9, "edited_message": {**message(text="3 pm", edit_date=99)["message"], **more}}


def test_what_was_changed_says_when_it_was_written() -> None:
    (event,) = read(edited(date=7, reply_to_message={"message_id": 3}))
    assert event.body == Edited("3 pm", datetime.fromtimestamp(7, UTC))
    assert (event.user, event.chat, event.about) == (str(USER["id"]), str(CHAT["id"]), "3")
    (caption,) = read(edited(text=None, caption="the map"))
    assert caption.body == Edited("the map", datetime.fromtimestamp(1, UTC))


@pytest.mark.parametrize(
    "more", [{"chat": GROUP}, {"from": {**USER, "is_bot": True}}, {"text": "  "}, {"text": None}]
)
def test_what_is_changed_in_groups_by_bots_or_without_words_is_no_event(more: dict[str, Any]) -> None:
    assert read(edited(**more)) == ()


@pytest.mark.parametrize("date", [None, "x", -1, 10**11, True])
def test_a_change_without_its_date_makes_no_sense(date: object) -> None:
    with pytest.raises(Malformed):
        read(edited(date=date))


@pytest.mark.parametrize(
    "update",
    [
        {"update_id": 1},
        {"update_id": 1, "edited_channel_post": {"text": "x"}},
        {"update_id": 1, "poll": {}},
        {"update_id": 1, "invented_in_2031": [1]},
        message(pinned_message={}),
        message(new_chat_members=[USER]),
        message({"id": -1001, "type": "channel"}, text="x"),
        {"update_id": 1, "message": {"message_id": 1, "chat": CHAT, "text": "no sender"}},
        {
            "update_id": 1,
            "message": {"chat": GROUP, "from": {"id": 1087968824, "is_bot": True}, "text": "anon"},
        },
        {"update_id": 1, "callback_query": {"id": "1", "from": USER, "game_short_name": "g"}},
    ],
)
def test_what_does_not_concern_us_is_no_event(update: object) -> None:
    assert read(update) == ()


@pytest.mark.parametrize(
    "update",
    [
        None, [], "x", 1, {}, {"update_id": "1"}, {"update_id": True}, {"update_id": 1.0}, {"update_id": 2**60},
        {"update_id": 1, "message": []}, {"update_id": 1, "message": {"chat": 5}},
        message({"id": "10001", "type": "private"}, text="x"), {"update_id": 1, "callback_query": {"from": USER}},
        {"update_id": 1, "callback_query": {"id": "1"}}, {"update_id": 1, "my_chat_member": {"chat": CHAT}},
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_malformed(update: object) -> None:
    with pytest.raises(Malformed):
        read(update)


def test_numbers_are_found_without_reading_the_rest() -> None:
    assert update_number({"update_id": 5, "message": "?"}) == 5
    assert update_number({"message": {}}) is None
    assert update_number("x") is None


def sound(events: tuple[Event, ...]) -> bool:
    """Tell whether events can be stored: text in every place, and none that a database refuses."""
    for event in events:
        for value in (
            event.id,
            event.user,
            event.chat,
            event.thread,
            event.about,
            event.language,
            event.name,
        ):
            assert value is None or isinstance(value, str)
        told = json.dumps(str(event), ensure_ascii=False).encode()
        assert b"\\u0000" not in told
        assert len(event.id) < 30
    return True


def outcome(body: bytes) -> bool:
    try:
        return sound(read(read_json(body)))
    except Malformed as error:
        return bool(error.reason)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)
FIELDS = (
    "message callback_query my_chat_member chat from id type text data message_id date first_name language_code "
    "photo voice location latitude longitude file_id caption reply_to_message message_thread_id is_topic_message "
    "old_chat_member new_chat_member status is_bot"
).split()
NESTED = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=9)
    | st.sampled_from(["private", "kicked", "member"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(FIELDS), inner, max_size=9),
    max_leaves=40,
)


@given(st.binary(max_size=400))
def test_any_bytes_are_events_or_malformed(body: bytes) -> None:
    assert outcome(body)


@given(JSON)
def test_any_json_is_events_or_malformed(value: object) -> None:
    assert outcome(json.dumps(value).encode("utf-8", "surrogatepass"))


@given(
    st.integers(), st.sampled_from(["message", "edited_message", "callback_query", "my_chat_member"]), NESTED
)
def test_any_update_is_events_or_malformed(number: int, kind: str, content: object) -> None:
    assert outcome(json.dumps({"update_id": number, kind: content}).encode())


@given(
    st.sampled_from(GOOD),
    st.sampled_from(["message", "edited_message", "callback_query", "my_chat_member"]),
    st.data(),
)
def test_good_updates_with_odd_fields(update: dict[str, Any], kind: str, draw: st.DataObject) -> None:
    content = dict(update.get(kind, {}))
    for field in draw.draw(st.lists(st.sampled_from(FIELDS), min_size=1, max_size=4)):
        content[field] = draw.draw(NESTED)
    assert outcome(json.dumps({**update, kind: content}).encode())


def test_a_thousand_bodies_are_events_or_malformed() -> None:
    assert all(outcome(body) for body in malformed())
