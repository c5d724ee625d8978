"""A form as a modal, and a submitted modal as what was filled in. Pure.

Limits: docs.slack.dev/reference/views and reference/block-kit/block-elements.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from channels.base import Malformed, read_json
from channels.slack.markup import plain_text
from conversations.events import Event
from conversations.messages import Field, Form
from locales.text import Reader, Text, ct
from locales.translate import render

LONGEST_TITLE = 24
LONGEST_LABEL = 2000
LONGEST_INPUT = 3000
LONGEST_OPTION = 75
LONGEST_METADATA = 3000
LONGEST_ERROR = 2000
MOST_OPTIONS = 100
MOST_INPUTS = 100


class TooLarge(ValueError):
    """A form that a modal cannot hold."""


@dataclass(frozen=True, slots=True)
class Filled:
    """What came back: the form's name, its values by field, and the chat where it was opened."""

    name: str
    values: Mapping[str, str]
    carried: Mapping[str, str]
    chat: str | None
    is_private: bool
    thread: str | None


def make_view(form: Form, event: Event, reader: Reader) -> dict[str, Any]:
    """Return the modal for a form, opened by an event; raises TooLarge."""
    kept = {"carried": dict(form.carried), "chat": event.chat, "is_private": event.is_private}
    if event.thread:
        kept["thread"] = event.thread
    metadata = json.dumps(kept, ensure_ascii=False, separators=(",", ":"))
    if len(metadata) > LONGEST_METADATA or len(form.fields) > MOST_INPUTS:
        raise TooLarge(f"{form.name} does not fit a modal")
    return {
        "type": "modal",
        "callback_id": form.name[:255],
        "title": _short(form.title, reader),
        "submit": _short(form.submit, reader),
        "close": _short(ct("button", "Not now"), reader),
        "private_metadata": metadata,
        "blocks": [_input(field, reader) for field in form.fields],
    }


def _short(text: Text, reader: Reader) -> dict[str, Any]:
    return plain_text(render(text, reader), LONGEST_TITLE)


def _input(field: Field, reader: Reader) -> dict[str, Any]:
    return {
        "type": "input",
        "block_id": field.name,
        "optional": not field.is_required,
        "label": plain_text(render(field.label, reader), LONGEST_LABEL),
        "element": {**_element(field, reader), "action_id": field.name},
    }


def _element(field: Field, reader: Reader) -> dict[str, Any]:
    match field.kind:
        case "choice" if field.options:
            options = [
                {"text": plain_text(render(label, reader), LONGEST_OPTION), "value": name[:LONGEST_OPTION]}
                for name, label in field.options[:MOST_OPTIONS]
            ]
            chosen = [option for option in options if option["value"] == field.initial]
            return {
                "type": "static_select",
                "options": options,
                **({"initial_option": chosen[0]} if chosen else {}),
            }
        case "date":
            day = {"initial_date": field.initial} if _is_day(field.initial) else {}
            return {"type": "datepicker", **day}
        case "time":
            clock = {"initial_time": field.initial} if _is_clock(field.initial) else {}
            return {"type": "timepicker", "timezone": reader.zone, **clock}
        case _:
            longest = max(1, min(field.max_length, LONGEST_INPUT))
            initial = {"initial_value": field.initial[:longest]} if field.initial else {}
            is_long = field.kind == "long"
            return {"type": "plain_text_input", "multiline": is_long, "max_length": longest, **initial}


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _is_clock(text: str) -> bool:
    try:
        return f"{time.fromisoformat(text):%H:%M}" == text
    except ValueError:
        return False


def make_errors(errors: Mapping[str, Text], reader: Reader) -> dict[str, str]:
    """Return what is wrong, by field, as it stands below the inputs."""
    return {name: render(text, reader)[:LONGEST_ERROR] for name, text in errors.items()}


def read_submission(view: Mapping[str, object]) -> Filled:
    """Return what was filled in; raises Malformed."""
    name = view.get("callback_id")
    if not isinstance(name, str) or not 0 < len(name) <= 255:
        raise Malformed("callback_id")
    state = view.get("state")
    blocks = state.get("values") if isinstance(state, dict) else None
    if not isinstance(blocks, dict) or len(blocks) > MOST_INPUTS:
        raise Malformed("state")
    values = {str(block)[:255]: _value(actions) for block, actions in blocks.items()}
    kept = _kept(view.get("private_metadata"))
    carried = kept.get("carried", {})
    if not isinstance(carried, dict) or not all(isinstance(value, str) for value in carried.values()):
        raise Malformed("private_metadata")
    chat, thread = kept.get("chat"), kept.get("thread")
    return Filled(
        name,
        values,
        carried,
        chat if isinstance(chat, str) else None,
        kept.get("is_private") is not False,
        thread if isinstance(thread, str) else None,
    )


def _kept(metadata: object) -> Mapping[str, Any]:
    if not isinstance(metadata, str) or len(metadata) > LONGEST_METADATA:
        raise Malformed("private_metadata")
    kept = read_json(metadata.encode()) if metadata else {}
    if not isinstance(kept, dict):
        raise Malformed("private_metadata")
    return kept


def _value(actions: object) -> str:
    """Return the value of a block's one input; nothing filled in is an empty text."""
    if not isinstance(actions, dict) or len(actions) != 1:
        raise Malformed("state")
    (action,) = actions.values()
    if not isinstance(action, dict):
        raise Malformed("state")
    option = action.get("selected_option")
    found = [action.get(key) for key in ("value", "selected_date", "selected_time")]
    if isinstance(option, dict):
        found.append(option.get("value"))
    given = next((each for each in found if each is not None), "")
    if not isinstance(given, str) or len(given) > LONGEST_INPUT:
        raise Malformed("value")
    return re.sub(r"\r\n?", "\n", given)
