"""What a Slack payload says, as an event. Pure; whatever comes in, it returns an event or None, or raises Malformed.

docs.slack.dev: reference/events, interactivity/implementing-slash-commands, reference/interaction-payloads.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Literal

from channels.base import Malformed
from channels.slack.modals import read_submission
from channels.slack.places import home_of, named
from conversations.events import (
    Body,
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

LONGEST_ID = 200
LONGEST_VALUE = 2000
LONGEST_TEXT = 40_000

Fields = Mapping[str, object]
Kind = Literal["voice", "picture", "video", "document"]

_COMMAND = re.compile(r"/(\w{1,64})(?:\s+(.*))?", re.DOTALL)
_SUBTYPES = (None, "file_share", "thread_broadcast", "me_message")
"""Of messages that somebody wrote; all others tell of changes, or were written by programs."""


@dataclass(frozen=True, slots=True)
class Origin:
    """What a payload does not say of itself: whose account it came to, and when."""

    account: str
    at: datetime
    team: str = ""
    """The workspace that ids are named with; empty when the account has only one."""
    bot: str = ""
    """The bot's own user id, where it is known."""

    def event(
        self,
        id: str,
        body: Body,
        user: str | None,
        chat: str | None,
        *,
        is_private: bool = True,
        thread: str | None = None,
        about: str | None = None,
        name: str | None = None,
        answer_token: str | None = None,
    ) -> Event:
        return Event(
            id=id,
            source=self.account,
            at=self.at,
            body=body,
            account=self.account,
            user=named(self.team, user) if user else None,
            chat=chat,
            is_private=is_private,
            thread=thread,
            about=about,
            name=name,
            answer_token=answer_token,
        )


# -- Events API ----------------------------------------------------------------------------------------------


def read_event(body: Fields, origin: Origin) -> Event | None:
    """Return what an `event_callback` says, None for what does not concern us."""
    event = _fields(body.get("event"), "event")
    read = _EVENTS.get(_text(event.get("type")) or "")
    id = _required(body.get("event_id"), "event_id")
    return read(event, id, origin) if read is not None else None


def _read_message(event: Fields, id: str, origin: Origin) -> Event | None:
    """Return what somebody wrote in their private chat with us."""
    channel = _required(event.get("channel"), "channel")
    is_direct = event.get("channel_type", "im") == "im" and channel.startswith("D")
    if is_direct and event.get("subtype") == "message_changed":
        return _read_edit(event, id, channel, origin)
    if not is_direct or not _is_of_somebody(event, origin):
        return None
    body = _sent(event) or _words(_plain(event))
    if body is None:
        return None
    user = _required(event.get("user"), "user")
    chat = named(origin.team, channel)
    return origin.event(id, body, user, chat, about=_parent(event), name=_name(event))


def _read_edit(event: Fields, id: str, channel: str, origin: Origin) -> Event | None:
    """Return what somebody's message says since they changed it; a link's preview changes it without its words."""
    now, before = _optional_fields(event.get("message")), _optional_fields(event.get("previous_message"))
    text = _plain(now).strip()
    if not _is_of_somebody(now, origin) or not text or text == _plain(before).strip():
        return None
    written_at = _instant(now.get("ts"))
    if written_at is None:
        return None
    user, chat = _required(now.get("user"), "user"), named(origin.team, channel)
    return origin.event(id, Edited(text, written_at), user, chat, about=_parent(now), name=_name(now))


def _instant(ts: object) -> datetime | None:
    """Return when a message was written: its id begins with the seconds since 1970."""
    seconds = (_text(ts, 32) or "").partition(".")[0]
    return datetime.fromtimestamp(int(seconds), UTC) if re.fullmatch(r"[0-9]{1,11}", seconds) else None


def _read_mention(event: Fields, id: str, origin: Origin) -> Event | None:
    """Return what somebody wrote to us in a channel, without the mention itself."""
    channel = _required(event.get("channel"), "channel")
    if channel.startswith("D") or not _is_of_somebody(event, origin):
        return None
    body = _words(_without_mention(_plain(event), origin.bot))
    if body is None:
        return None
    return origin.event(
        id,
        body,
        _required(event.get("user"), "user"),
        named(origin.team, channel),
        is_private=False,
        thread=_text(event.get("thread_ts"), 32),
        about=_parent(event),
        name=_name(event),
    )


def _read_home(event: Fields, id: str, origin: Origin) -> Event | None:
    if event.get("tab") != "home":
        return None
    user = _required(event.get("user"), "user")
    return origin.event(id, Wanted("home"), user, home_of(origin.team, user))


def _read_left(event: Fields, id: str, origin: Origin) -> Event | None:
    """Return that we were taken out of a channel; anybody else may come and go."""
    channel = _required(event.get("channel"), "channel")
    if event.get("type") == "member_left_channel" and event.get("user") != origin.bot:
        return None
    return origin.event(id, Unreachable("removed"), None, named(origin.team, channel), is_private=False)


def _read_user(event: Fields, id: str, origin: Origin) -> Event | None:
    user = _fields(event.get("user"), "user")
    if user.get("deleted") is not True:
        return None
    return origin.event(id, Unreachable("deactivated"), _required(user.get("id"), "user"), None)


_EVENTS: Mapping[str, Callable[[Fields, str, Origin], Event | None]] = {
    "message": _read_message,
    "app_mention": _read_mention,
    "app_home_opened": _read_home,
    "member_left_channel": _read_left,
    "channel_left": _read_left,
    "group_left": _read_left,
    "user_change": _read_user,
}


def _is_of_somebody(event: Fields, origin: Origin) -> bool:
    is_program = bool(event.get("bot_id")) or event.get("user") in (None, "USLACKBOT", origin.bot or None)
    return not is_program and event.get("subtype") in _SUBTYPES


def _parent(event: Fields) -> str | None:
    """Return the message that opened the thread of this one."""
    thread = _text(event.get("thread_ts"), 32)
    return thread if thread != event.get("ts") else None


def _name(event: Fields) -> str | None:
    profile = _optional_fields(event.get("user_profile"))
    return _text(profile.get("display_name"), 64) or _text(profile.get("real_name"), 64) or None


def _sent(event: Fields) -> Sent | None:
    files = event.get("files")
    if not isinstance(files, list) or not files:
        return None
    file = _optional_fields(files[0])
    kind = _KINDS.get((_text(file.get("mimetype")) or "").partition("/")[0], "document")
    name = _text(file.get("name")) or ""
    return Sent(kind, _text(file.get("id"), LONGEST_ID) or "", _plain(event).strip(), name)


_KINDS: Mapping[str, Kind] = {"image": "picture", "video": "video", "audio": "voice"}


def _words(text: str) -> Body | None:
    text = text.strip()
    if command := _COMMAND.fullmatch(text):
        verb, rest = command.groups(default="")
        return commanded(verb, rest)
    return Said(text) if text else None


def commanded(verb: str, rest: str) -> Body:
    verb, rest = verb.lower(), rest.strip()
    return Followed(rest) if verb == "start" else Commanded(verb, rest)


def _plain(event: Fields) -> str:
    return plain_words(_text(event.get("text"), LONGEST_TEXT) or "")


_REFERENCE = re.compile(r"<([^<>|]*)(?:\|([^<>]*))?>")
_ENTITIES = {"&lt;": "<", "&gt;": ">", "&amp;": "&"}


def plain_words(text: str) -> str:
    """Return what somebody typed, from how Slack writes it: `<https://…|…>`, `<mailto:…|…>`, `&amp;`."""
    text = _REFERENCE.sub(_referred, text)
    return re.sub("&(?:lt|gt|amp);", lambda found: _ENTITIES[found[0]], text)


def _referred(found: re.Match[str]) -> str:
    target, label = found[1], found[2]
    if target.startswith("@"):
        return found[0]
    if target.startswith("#"):
        return f"#{label}" if label else target
    if target.startswith("!"):
        return label or f"@{target[1:].partition('^')[0]}"
    if target.startswith(("mailto:", "tel:")):
        return label or target.partition(":")[2]
    return target


def _without_mention(text: str, bot: str) -> str:
    """Return words without the mention that called us; where our own id is unknown, without the first one."""
    who = re.escape(bot) if bot else r"\w+"
    return re.sub(rf"<@{who}(?:\|[^<>]*)?>[\s,:，：]*", "", text, count=1)


# -- slash commands and interactions -------------------------------------------------------------------------


def read_command(body: Fields, origin: Origin) -> Event:
    """Return a slash command: its first word is ours, `/turnout status`. Typed in a channel it is between us two.

    Who comes to us by one is answered in their own chat: what only they see in a channel is gone after a reload.
    """
    user, channel = _required(body.get("user_id"), "user_id"), _required(body.get("channel_id"), "channel_id")
    id = f"command:{_required(body.get('trigger_id'), 'trigger_id')}"
    verb, rest = (*plain_words(_text(body.get("text"), LONGEST_TEXT) or "").split(None, 1), "", "")[:2]
    verb = verb.lstrip("/")
    said = commanded(verb, rest) if verb else Commanded("help")
    where = channel
    if not channel.startswith("D"):
        where = user if isinstance(said, Followed) else f"{channel}!{user}"
    made = origin.event(id, said, user, named(origin.team, where))
    # What opens a form, for whoever left out what it asks for.
    return replace(made, answer_token=_text(body.get("trigger_id"), LONGEST_ID))


def read_press(body: Fields, origin: Origin) -> Event | None:
    """Return the press of one of our buttons, None for buttons that only opened an address."""
    user = _required(_fields(body.get("user"), "user").get("id"), "user")
    actions = body.get("actions")
    if not isinstance(actions, list) or not actions:
        raise Malformed("actions")
    action = _fields(actions[0], "actions")
    value = _text(action.get("value"))
    if action.get("url") or not value or len(value) > LONGEST_VALUE:
        return None
    trigger = _text(body.get("trigger_id"), LONGEST_ID)
    container, view = _optional_fields(body.get("container")), _optional_fields(body.get("view"))
    about = _text(container.get("message_ts"), 32)
    id = f"block_actions:{trigger or ':'.join(map(str, (action.get('action_ts'), user, about)))}"[:LONGEST_ID]
    if view:
        chat = home_of(origin.team, user) if view.get("type") == "home" else None
        return origin.event(id, Pressed(value), user, chat, answer_token=trigger)
    channel = _text(_optional_fields(body.get("channel")).get("id"), LONGEST_ID)
    channel = channel or _required(container.get("channel_id"), "channel")
    is_direct, is_theirs = channel.startswith("D"), container.get("is_ephemeral") is True
    return origin.event(
        id,
        Pressed(value),
        user,
        named(origin.team, f"{channel}!{user}" if is_theirs and not is_direct else channel),
        is_private=is_direct or is_theirs,
        thread=None if is_direct or is_theirs else _text(container.get("thread_ts"), 32),
        about=about,
        answer_token=trigger,
    )


def read_view(body: Fields, origin: Origin) -> Event:
    """Return a submitted modal, in the chat where it was opened."""
    user = _required(_fields(body.get("user"), "user").get("id"), "user")
    view = _fields(body.get("view"), "view")
    form = read_submission(view)
    token = _text(body.get("trigger_id"), LONGEST_ID) or f"{view.get('id')}:{view.get('hash')}"
    said = Submitted(form.name, form.values, form.carried)
    id = f"view_submission:{token}"[:LONGEST_ID]
    return origin.event(id, said, user, form.chat, is_private=form.is_private, thread=form.thread)


def _fields(value: object, name: str) -> Fields:
    if not isinstance(value, dict):
        raise Malformed(name)
    return value


def _optional_fields(value: object) -> Fields:
    return value if isinstance(value, dict) else {}


def _required(value: object, name: str) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= LONGEST_ID:
        raise Malformed(name)
    return value


def _text(value: object, longest: int | None = None) -> str | None:
    return value[:longest] if isinstance(value, str) else None
