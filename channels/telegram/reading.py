"""What a Telegram update says, as events. Pure; whatever comes in, it returns events or raises Malformed.

The raw JSON is read, not aiogram's models: those cost 226 µs an update, and one field of a type that is new
or wrong makes them refuse the whole of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Literal

from channels.base import Malformed
from conversations.events import Body, Commanded, Edited, Event, Followed, Pressed, Said, Sent, Unreachable

WANTED = ("message", "edited_message", "callback_query", "my_chat_member")
"""The kinds of update to ask for: the default leaves nothing out that we need, but brings much that we do not."""

_COMMAND = re.compile(r"/(\w{1,64})(?:@(\w{1,64}))?(?:\s+(.*))?", re.DOTALL)
_LARGEST = 1 << 52  # "at most 52 significant bits", core.telegram.org/bots/api#user

_LAST_SECOND = 10**11

Fields = Mapping[str, object]
Content = Literal["voice", "picture", "video", "document", "location", "sticker", "other"]
# In the order of asking: an animation brings a document too, a venue a location.
_CONTENTS: Mapping[str, Content] = {
    "voice": "voice",
    "audio": "voice",
    "video_note": "video",
    "video": "video",
    "animation": "video",
    "photo": "picture",
    "document": "document",
    "venue": "location",
    "location": "location",
    "sticker": "sticker",
    "contact": "other",
    "poll": "other",
    "dice": "other",
    "story": "other",
    "game": "other",
    "checklist": "other",
    "paid_media": "other",
    "rich_message": "other",
}


def read_update(update: object, account: str, at: datetime, username: str | None) -> tuple[Event, ...]:
    """Return the events of an update, none for kinds that do not concern us; raises Malformed."""
    fields = _fields(update, "update")
    number = _number(fields.get("update_id"), "update_id")
    for kind, read in _KINDS.items():
        if kind in fields:
            found = read(_fields(fields[kind], kind), username)
            return tuple(_event(what, str(number), account, at) for what in found)
    return ()


def update_number(update: object) -> int | None:
    """Return an update's number, None if it has none."""
    try:
        return _number(_fields(update, "update").get("update_id"), "update_id")
    except Malformed:
        return None


def _event(what: tuple[Body, Fields, Fields], number: str, account: str, at: datetime) -> Event:
    body, sender, message = what
    chat = _optional_fields(message.get("chat"))
    query = message.get("_query")
    return Event(
        id=number,
        source=account,
        at=at,
        body=body,
        account=account,
        user=_optional_number(sender.get("id")),
        chat=_optional_number(chat.get("id")),
        is_private=chat.get("type") == "private",
        thread=_optional_number(message.get("message_thread_id"))
        if message.get("is_topic_message")
        else None,
        about=_answered(message),
        language=_text(sender.get("language_code"), 35),
        name=_text(sender.get("first_name"), 64),
        answer_token=query if isinstance(query, str) else None,
    )


def _answered(message: Fields) -> str | None:
    if "_query" in message:
        return _optional_number(message.get("message_id"))
    answered = _optional_fields(message.get("reply_to_message"))
    # In a forum, whatever is said "answers" the message that opened the topic.
    if message.get("is_topic_message") and answered.get("message_id") == message.get("message_thread_id"):
        return None
    return _optional_number(answered.get("message_id"))


def _read_message(message: Fields, username: str | None) -> Iterator[tuple[Body, Fields, Fields]]:
    chat = _fields(message.get("chat"), "chat")
    _number(chat.get("id"), "chat")
    sender = _optional_fields(message.get("from"))
    # Channels have no sender; a group's anonymous admin writes as a bot, so nobody knows who it was.
    if chat.get("type") == "channel" or not sender or sender.get("is_bot"):
        return
    _number(sender.get("id"), "from")
    text = _text(message.get("text"))
    if text is not None:
        if body := _words(text.strip(), chat.get("type") == "private", username):
            yield body, sender, message
        return
    for name, kind in _CONTENTS.items():
        if name in message:
            yield (
                Sent(
                    kind,
                    _reference(message[name]),
                    _text(message.get("caption")) or "",
                    _text(_optional_fields(message[name]).get("file_name")) or "",
                ),
                sender,
                message,
            )
            return


def _words(text: str, is_private: bool, username: str | None) -> Body | None:
    if command := _COMMAND.fullmatch(text):
        verb, addressed, rest = command.groups(default="")
        if addressed and username and addressed.lower() != username.lower():
            return None
        if verb.lower() == "start":
            return Followed(rest.strip())
        return Commanded(verb.lower(), rest.strip())
    if not is_private and username:
        text = re.sub(rf"@{re.escape(username)}\b[\s,:，：]*", "", text, count=1, flags=re.IGNORECASE).strip()
    return Said(text) if text else None


def _reference(content: object) -> str:
    if isinstance(content, list):  # a photo, smallest first
        content = content[-1] if content else None
    fields = _optional_fields(content)
    latitude, longitude = fields.get("latitude"), fields.get("longitude")
    if isinstance(latitude, int | float) and isinstance(longitude, int | float):
        return f"{latitude},{longitude}"
    return _text(fields.get("file_id"), 512) or ""


def _read_press(query: Fields, _: str | None) -> Iterator[tuple[Body, Fields, Fields]]:
    sender = _fields(query.get("from"), "from")
    _number(sender.get("id"), "from")
    token, data = _text(query.get("id"), 64), _text(query.get("data"), 64)
    if token is None:
        raise Malformed("callback_query.id")
    # The message may be "inaccessible", which still has its chat and number, or missing.
    message = _optional_fields(query.get("message"))
    if data is not None:
        yield Pressed(data), sender, {**message, "_query": token}


def _read_membership(change: Fields, _: str | None) -> Iterator[tuple[Body, Fields, Fields]]:
    chat = _fields(change.get("chat"), "chat")
    _number(chat.get("id"), "chat")
    sender = _fields(change.get("from"), "from")
    _number(sender.get("id"), "from")
    before = _optional_fields(change.get("old_chat_member")).get("status")
    after = _optional_fields(change.get("new_chat_member")).get("status")
    is_private = chat.get("type") == "private"
    if after in ("kicked", "left"):
        # Who throws the bot out of a group is not out of reach, so nobody is named.
        yield (
            Unreachable("blocked" if is_private else "removed"),
            sender if is_private else {},
            {"chat": chat},
        )
    elif before in ("kicked", "left") and after in ("member", "administrator", "creator"):
        yield Followed(), sender, {"chat": chat}


def _read_edit(message: Fields, username: str | None) -> Iterator[tuple[Body, Fields, Fields]]:
    """Yield what a message in a private chat says since it was changed; `date` stays that of its first version."""
    chat = _fields(message.get("chat"), "chat")
    _number(chat.get("id"), "chat")
    sender = _optional_fields(message.get("from"))
    text = (_text(message.get("text")) or _text(message.get("caption")) or "").strip()
    if chat.get("type") != "private" or not sender or sender.get("is_bot") or not text:
        return
    _number(sender.get("id"), "from")
    written = _number(message.get("date"), "date")
    if not 0 <= written < _LAST_SECOND:
        raise Malformed("date")
    yield Edited(text, datetime.fromtimestamp(written, UTC)), sender, message


_KINDS: Mapping[str, Callable[[Fields, str | None], Iterator[tuple[Body, Fields, Fields]]]] = {
    "message": _read_message,
    "edited_message": _read_edit,
    "callback_query": _read_press,
    "my_chat_member": _read_membership,
}


def _fields(value: object, name: str) -> Fields:
    if not isinstance(value, dict):
        raise Malformed(name)
    return value


def _optional_fields(value: object) -> Fields:
    return value if isinstance(value, dict) else {}


def _number(value: object, name: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) > _LARGEST:
        raise Malformed(name)
    return value


def _optional_number(value: object) -> str | None:
    try:
        return str(_number(value, ""))
    except Malformed:
        return None


def _text(value: object, longest: int | None = None) -> str | None:
    return value[:longest] if isinstance(value, str) else None
