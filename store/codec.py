"""Values of the core as the text that is stored, and back, the same to the last field."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter

from conversations.events import Event
from conversations.messages import Message
from locales.text import Text

_EVENT: TypeAdapter[Event] = TypeAdapter(Event)
_MESSAGE: TypeAdapter[Message] = TypeAdapter(Message)
_SENTENCES: TypeAdapter[dict[UUID, Text]] = TypeAdapter(dict[UUID, Text])


def event_text(event: Event) -> str:
    return _EVENT.dump_json(event).decode()


def event_from(text: str) -> Event:
    return _EVENT.validate_json(text)


def message_text(message: Message) -> str:
    return _MESSAGE.dump_json(message).decode()


def message_from(text: str) -> Message:
    return _MESSAGE.validate_json(text)


def sentences_text(sentences: Mapping[UUID, Text]) -> str:
    """Return a sentence for each of several ids."""
    return _SENTENCES.dump_json(dict(sentences)).decode()


def sentences_from(text: str) -> dict[UUID, Text]:
    return _SENTENCES.validate_json(text)


def plain_text(value: Mapping[str, Any]) -> str:
    """Return canonical JSON; raises TypeError for what would come back as something else, such as a datetime."""
    return json.dumps(dict(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def plain_from(text: str) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(text)
    return value


def list_text(items: Iterable[str | UUID]) -> str:
    return json.dumps([str(item) for item in items], ensure_ascii=False)


def list_from(text: str) -> tuple[str, ...]:
    return tuple(json.loads(text))
