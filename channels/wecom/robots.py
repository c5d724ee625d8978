"""A group's robot: one way, no buttons. Digests go there, as markdown of 4,096 bytes.

developer.work.weixin.qq.com/document/path/91770
"""

from __future__ import annotations

import re
from dataclasses import replace

from channels.base import ONE_WAY, Call, Caps, Envelope, Payload
from channels.shape import pieces, shape, spaced
from conversations.messages import Link, Message

LONGEST_BOLD = 120


def write_to_robot(message: Message, envelope: Envelope, caps: Caps) -> Payload:
    """Return the calls that carry a message into a group. Nobody can answer there, so nothing is asked."""
    told = replace(message, actions=tuple(action for action in message.actions if isinstance(action, Link)))
    shaped = shape(told, envelope, caps)
    name = envelope.chat.removeprefix(ONE_WAY)
    text = ""
    for gap, line in spaced(shaped.lines):
        said = unmarked(line.text)
        is_title = line.kind == "lead" and len(shaped.lines) > 1 and len(said) <= LONGEST_BOLD
        text += gap + (f"**{said.strip()}**" if is_title and "\n" not in said else said)
    return Payload(
        tuple(
            Call("webhook/send", {"robot": name, "content": text[start:end]})
            for start, end in pieces(text, caps.text_limit, caps.text_unit)
        )
    )


_MARKS = re.compile(r"([<*\]])|(?m:^)([#>])")
_LIKE_A_BACKTICK = "\u02cb"


def unmarked(text: str) -> str:
    """Return text of which robots make nothing: no link, no mention of `<@somebody>`, no heading.

    There is no way to escape in their markdown, so a sign of no width parts what would be read as one; two backticks
    are a pair whatever stands beside them, and signs that look like them are none.
    """
    text = text.replace("`", _LIKE_A_BACKTICK)
    return _MARKS.sub(lambda found: f"{found[0]}\u2060" if found[1] else f"\u2060{found[0]}", text)
