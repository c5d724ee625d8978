"""A message as Slack calls, in Block Kit. Pure and deterministic.

Limits: docs.slack.dev/reference/block-kit/blocks; the length of all blocks together is github.com/slackapi/bolt-js
issue 2509, and stands on no page.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from urllib.parse import urlsplit

from channels.base import Call, Caps, Envelope, Payload
from channels.shape import Button, Line, blob_reference, cut, pieces, plain, shape, spaced
from channels.slack.markup import block_text, escape, fitted, linked, marked, may_be_marked, plain_text
from channels.slack.places import Where, named, read_chat
from conversations.messages import File, Message
from locales.translate import render

LONGEST_SECTION = 3000
LONGEST_NOTE = 2000
LONGEST_BLOCKS = 12_500
LONGEST_FALLBACK = 4000
LONGEST_BOLD = 120
LONGEST_URL = 3000
LONGEST_TITLE = 250
MOST_BLOCKS = 50
MOST_AT_HOME = 100
MOST_NOTES = 10
IN_A_ROW = 5
"""Buttons beside each other: more are allowed, and hard to read."""
MARK = "turnout"
"""The type of the metadata that our messages carry."""


@dataclass(frozen=True, slots=True)
class Part:
    """A block, and what it says."""

    block: dict[str, Any]
    text: str = ""


def write(message: Message, envelope: Envelope, caps: Caps) -> Payload:
    """Return the calls for a message; what is too long for one goes on in further ones."""
    shaped = shape(message, envelope, caps, can_open)
    where = read_chat(envelope.chat)
    body, buttons = list(_body(shaped.lines)), list(_rows(shaped.buttons))
    if where.is_home:
        return Payload((_home(where, body, buttons),))
    shown = read_token(envelope.edits) if envelope.edits and not where.user else None
    brought = shown[2] if shown else ()
    if shown:
        where = read_chat(shown[0])
    calls = [
        _call(where, parts, envelope, number, shown[1] if shown and not number else None)
        for number, parts in enumerate(_messages(body, buttons))
    ]
    return Payload((*calls, *_files(shaped.files, where, envelope, brought)), brought)


def make_token(chat: str, ts: str, brought: Sequence[str]) -> str:
    """Return an edit token: where a message is, and the files that came with it, so that edits bring none twice."""
    return ":".join([chat, ts, ",".join(brought)] if brought else [chat, ts])


def read_token(token: str) -> tuple[str, str, tuple[str, ...]] | None:
    """Return the chat, the message and the files of an edit token; None if it is none of ours."""
    found = re.fullmatch(r"(.+?):([0-9]+\.[0-9]+)(?::([\w,]+))?", token)
    return (found[1], found[2], tuple(found[3].split(",")) if found[3] else ()) if found else None


def short_name(blob: str) -> str:
    """Return enough of a blob's name to tell the files of one message apart."""
    return blob.rpartition(":")[2][:8]


def can_open(url: str) -> bool:
    """Tell whether Slack takes an address on a button."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return False
    is_ascii = url.isascii() and not re.search(r"[\s<>|]", url)
    return parts.scheme in ("http", "https") and bool(parts.hostname) and is_ascii and len(url) <= LONGEST_URL


# -- calls ---------------------------------------------------------------------------------------------------


def _call(where: Where, parts: Sequence[Part], envelope: Envelope, number: int, edits: str | None) -> Call:
    """Return the call that posts one message, or puts it in place of another."""
    text = "\n\n".join(part.text for part in parts if part.text)
    params: dict[str, Any] = {
        **_target(where),
        "text": fitted(text, LONGEST_FALLBACK),
        "blocks": [part.block for part in parts],
        # Said aloud, because chat.update parses by another default than chat.postMessage.
        "parse": "none",
        "link_names": False,
    }
    if edits is not None:
        return Call("chat.update", {**params, "ts": edits})
    if envelope.thread:
        params["thread_ts"] = envelope.thread
    if where.user:
        return Call("chat.postEphemeral", {**params, "user": where.user})
    params |= {"unfurl_links": False, "unfurl_media": False}
    if envelope.request_id:
        id = f"{envelope.request_id}.{number}" if number else envelope.request_id
        params["metadata"] = {"event_type": MARK, "event_payload": {"id": id}}
    return Call("chat.postMessage", params)


def _home(where: Where, body: Sequence[Part], buttons: Sequence[Part]) -> Call:
    """Return the call that shows a message as somebody's home tab: one view, however long, and no files."""
    room = MOST_AT_HOME - len(buttons)
    blocks = [part.block for part in (*body[:room], *buttons)]
    params = {"user_id": where.user, "view": {"type": "home", "blocks": blocks}}
    return Call("views.publish", {"team": where.team, **params} if where.team else params)


def _files(files: Sequence[File], where: Where, envelope: Envelope, brought: Sequence[str]) -> Iterator[Call]:
    """Yield the calls that bring files; what only one person sees is sent to them, not into the channel."""
    for file in files:
        if short_name(file.blob) in brought:
            continue
        params = {
            **_target(Where(where.team, where.user) if where.user else where),
            "file": blob_reference(file),
            "title": cut(plain(file.name), LONGEST_TITLE, "characters"),
            "comment": escape(render(file.alt, envelope.reader)),
        }
        thread = {"thread_ts": envelope.thread} if envelope.thread and not where.user else {}
        yield Call("files.upload", {**params, **thread})


def _target(where: Where) -> dict[str, Any]:
    return {"team": where.team, "channel": where.channel} if where.team else {"channel": where.channel}


def chat_of(params: dict[str, Any]) -> str:
    """Return the name of the chat that a call goes to."""
    return named(str(params.get("team", "")), str(params["channel"]))


# -- blocks --------------------------------------------------------------------------------------------------


def _messages(body: Sequence[Part], buttons: Sequence[Part]) -> list[list[Part]]:
    """Return the blocks of each message; the buttons stand under the first, which edits replace."""
    messages: list[list[Part]] = [[]]
    taken = sum(_size(part) for part in buttons)
    room = MOST_BLOCKS - len(buttons)
    for part in body:
        if len(messages[-1]) >= room or (messages[-1] and taken + _size(part) > LONGEST_BLOCKS):
            messages.append([])
            taken, room = 0, MOST_BLOCKS
        messages[-1].append(part)
        taken += _size(part)
    messages[0] += buttons
    return messages


def _size(part: Part) -> int:
    return len(json.dumps(part.block, ensure_ascii=False)) + 2


def _body(lines: Sequence[Line]) -> Iterator[Part]:
    """Yield the blocks of a message's text: the lead, running text, and small print."""
    for kind, run in groupby(lines, key=lambda line: line.kind if line.kind in _APART else "text"):
        group = list(run)
        if kind == "note":
            yield from _notes(group)
        elif kind == "link":
            yield from _links(group)
        elif kind == "lead":
            yield from _lead(group[0], is_alone=len(lines) == 1)
        else:
            for _, alike in groupby(group, key=lambda line: _is_live(line) and may_be_marked(line.spans)):
                yield from _section(list(alike))


_APART = ("lead", "note", "link")


def _is_live(line: Line) -> bool:
    return any(not isinstance(span, str) for span in line.spans)


def _lead(line: Line, is_alone: bool) -> Iterator[Part]:
    """Yield the lead, in bold when it heads something and is short: bold running text shouts."""
    can_be_bold = not is_alone and len(line.text) <= LONGEST_BOLD and "\n" not in line.text
    if can_be_bold and line.text == line.text.strip() and may_be_marked(line.spans):
        yield Part(_mrkdwn(f"*{marked(line.spans)}*"), line.text)
    else:
        yield from _section([line])


def _section(lines: Sequence[Line]) -> Iterator[Part]:
    text = "".join(gap + line.text for gap, line in spaced(lines))
    if any(map(_is_live, lines)) and all(may_be_marked(line.spans) for line in lines):
        live = "".join(gap + marked(line.spans) for gap, line in spaced(lines))
        if len(live) <= LONGEST_SECTION:
            yield Part(_mrkdwn(live), text)
            return
    for start, end in pieces(text, LONGEST_SECTION, "characters"):
        yield Part({"type": "section", "text": block_text(text[start:end])}, text[start:end])


def _links(lines: Sequence[Line]) -> Iterator[Part]:
    """Yield addresses and phone numbers that stand on no button, to be tapped all the same."""
    for line in lines:
        live = linked(line.text)
        if live is not None and len(live) <= LONGEST_SECTION:
            yield Part(_mrkdwn(live), line.text)
        else:
            yield from _section([line])


def _mrkdwn(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}}


def _notes(lines: Sequence[Line]) -> Iterator[Part]:
    cut_up = [(line.text, pieces(line.text, LONGEST_NOTE, "characters")) for line in lines]
    said = [text[start:end] for text, found in cut_up for start, end in found]
    for first in range(0, len(said), MOST_NOTES):
        some = said[first : first + MOST_NOTES]
        yield Part({"type": "context", "elements": [block_text(text) for text in some]}, "\n".join(some))


def _rows(buttons: Sequence[Button]) -> Iterator[Part]:
    for first in range(0, len(buttons), IN_A_ROW):
        row = enumerate(buttons[first : first + IN_A_ROW], first + 1)
        yield Part({"type": "actions", "elements": [_element(number, button) for number, button in row]})


def _element(number: int, button: Button) -> dict[str, Any]:
    element: dict[str, Any] = {"type": "button", "text": plain_text(button.label, 75)}
    if button.style != "plain":
        element["style"] = button.style
    if button.url:
        return {**element, "action_id": f"open_{number}", "url": button.url}
    return {**element, "action_id": f"press_{number}", "value": button.value}
