"""What Slack takes, as its documentation has it: texts, metadata, and how an error is told.

Nothing here is shared with `channels`: what a channel believes about its platform is not its own judge.
Numbers are those of docs.slack.dev (reference/methods, reference/block-kit) and of the comments in @slack/types;
where they come from a measurement, its issue is named.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

LONGEST_TEXT = 40_000
"""Slack cuts off what is longer, silently (chat.postMessage); the sandbox refuses it."""
LONGEST_UPDATE = 4_000
"""chat.update answers msg_too_long already beyond this."""
LONGEST_BLOCKS = 13_200
"""All texts of a message's blocks together; measured (slackapi/bolt-js#2509), on no page."""
LONGEST_METADATA = 16_000


class Refusal(Exception):
    """A request that Slack does not take; `details` are what it says in response_metadata."""

    def __init__(self, error: str, *details: str, status: int = 200, **more: Any) -> None:
        super().__init__(": ".join((error, *details[:1])))
        self.error = error
        self.details = details
        self.status = status
        self.more = more

    def body(self) -> dict[str, Any]:
        answer = {"ok": False, "error": self.error, **self.more}
        if self.details:
            answer |= {
                "errors": [*self.details],
                "response_metadata": {"messages": [f"[ERROR] {detail}" for detail in self.details]},
            }
        return answer


def storable(value: object) -> None:
    """Refuse text that is no Unicode; raises Refusal."""
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise Refusal("invalid_arguments", "strings must be encoded in UTF-8") from None


def checked_text(text: object, has_blocks: bool, longest: int = LONGEST_TEXT) -> str:
    """Return a message's text; raises Refusal. With blocks it is for notifications and may be missing."""
    if text is not None and not isinstance(text, str):
        raise Refusal("invalid_arguments", "must be a string [json-pointer:/text]")
    storable(text)
    if not (text or "").strip() and not has_blocks:
        raise Refusal("no_text")
    if len(text or "") > longest:
        raise Refusal("msg_too_long")
    return text or ""


def checked_metadata(metadata: object) -> dict[str, Any] | None:
    """Return a message's metadata; raises Refusal. An empty object takes away what was there."""
    if metadata is None:
        return None
    if not isinstance(metadata, dict):
        raise Refusal("invalid_metadata_format")
    if not metadata:
        return {}
    is_whole = isinstance(metadata.get("event_type"), str) and isinstance(metadata.get("event_payload"), dict)
    if not is_whole or not metadata["event_type"] or set(metadata) - {"event_type", "event_payload"}:
        raise Refusal("invalid_metadata_schema")
    if len(json.dumps(metadata)) > LONGEST_METADATA:
        raise Refusal("metadata_too_large")
    return metadata


def check_length(blocks: object) -> None:
    """Refuse blocks whose texts together are too long for a message."""
    if sum(map(len, _texts(blocks))) > LONGEST_BLOCKS:
        raise Refusal("msg_blocks_too_long")


def _texts(value: object) -> Iterator[str]:
    """Yield all that is read in blocks."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            if key in ("text", "alt_text", "fallback") and isinstance(item, str):
                yield item
            else:
                yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
