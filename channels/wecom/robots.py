"""A group's robot: one way, no buttons. Digests go there, as markdown of 4,096 bytes.

developer.work.weixin.qq.com/document/path/91770
"""

from __future__ import annotations

import re
from dataclasses import replace

from channels.base import Call, Caps, Envelope, Payload
from channels.shape import pieces, shape, spaced
from conversations.messages import Link, Message

ROBOT = "webhook:"
"""What a chat's name begins with; the robot's own follows, as the configuration has it."""
LONGEST = 4096
LONGEST_BOLD = 120


def write_to_robot(message: Message, envelope: Envelope, caps: Caps) -> Payload:
    """Return the calls that carry a message into a group. Nobody can answer there, so nothing is asked."""
    told = replace(message, actions=tuple(action for action in message.actions if isinstance(action, Link)))
    shaped = shape(told, envelope, replace(caps, max_buttons=0, files=False))
    name = envelope.chat.removeprefix(ROBOT)
    text = ""
    for gap, line in spaced(shaped.lines):
        said = unmarked(line.text)
        is_title = line.kind == "lead" and len(shaped.lines) > 1 and len(said) <= LONGEST_BOLD
        text += gap + (f"**{said.strip()}**" if is_title and "\n" not in said else said)
    return Payload(
        tuple(
            Call("webhook/send", {"robot": name, "content": text[start:end]})
            for start, end in pieces(text, LONGEST, "bytes")
        )
    )


_MARKS = re.compile(r"([<*`\]])|(?m:^)([#>])")


def unmarked(text: str) -> str:
    """Return text of which robots make nothing: no link, no mention of `<@somebody>`, no heading.

    There is no way to escape in their markdown, so a sign of no width parts what would be read as one.
    """
    return _MARKS.sub(lambda found: f"{found[0]}\u2060" if found[1] else f"\u2060{found[0]}", text)
