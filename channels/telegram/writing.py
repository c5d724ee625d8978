"""A message as Telegram calls. Pure and deterministic; text is marked by entities, so nobody's data is markup."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any
from urllib.parse import urlsplit

from channels.base import Call, Caps, Envelope, Payload
from channels.shape import Button, Line, Shape, blob_reference, cut, measure, pieces, shape, spaced
from conversations.messages import File, Message
from locales.translate import Live, render

LONGEST_CAPTION = 1024
LONGEST_BOLD = 120
"""A lead longer than this is running text, and bold running text shouts."""
_MENTION = re.compile(r"(?<!\w)@(?=\w)")


def write(message: Message, envelope: Envelope, caps: Caps) -> Payload:
    """Return the calls for a message; what is too long for one goes on in further ones."""
    shaped = shape(message, envelope, caps, can_open)
    shown = read_token(envelope.edits) if envelope.edits else None
    chat, brought = (shown[0], shown[2]) if shown else (envelope.chat, ())
    target: dict[str, Any] = {"chat_id": chat_id(chat)}
    if envelope.thread and envelope.thread.isdigit():
        target |= _in_thread(int(envelope.thread), envelope)
    calls: list[Call] = []
    for part in _parts(shaped, caps, in_group=not envelope.is_private):
        if calls:
            calls.append(Call("sendMessage", {**target, **part}))
        elif shown:
            # Edits take the keyboard off unless it is sent again.
            rows = {"reply_markup": {"inline_keyboard": _rows(shaped.buttons)}}
            number = {"chat_id": chat_id(chat), "message_id": shown[1]}
            calls.append(Call("editMessageText", {**number, **part, **rows}))
        else:
            rows = {"reply_markup": {"inline_keyboard": _rows(shaped.buttons)}} if shaped.buttons else {}
            calls.append(Call("sendMessage", {**target, **part, **rows}))
    fresh = [file for file in shaped.files if short_name(file.blob) not in brought]
    calls += [_brought(file, target, envelope) for file in fresh]
    return Payload(tuple(calls), brought)


def _in_thread(thread: int, envelope: Envelope) -> dict[str, Any]:
    """A group has topics; in a private chat a thread is a chain of replies to its first message."""
    if not envelope.is_private:
        return {"message_thread_id": thread}
    return {"reply_parameters": {"message_id": thread, "allow_sending_without_reply": True}}


def make_token(chat: str, message: int, brought: Sequence[str]) -> str:
    """Return an edit token: where a message is, and the files that came with it, so that edits bring none twice."""
    return ":".join([chat, str(message), ",".join(brought)] if brought else [chat, str(message)])


def read_token(token: str) -> tuple[str, int, tuple[str, ...]] | None:
    """Return what an edit token says; None if it is none of ours."""
    chat, _, rest = token.partition(":")
    number, _, brought = rest.partition(":")
    if not chat or not number.isdecimal():
        return None
    return chat, int(number), tuple(brought.split(",")) if brought else ()


def short_name(blob: str) -> str:
    """Return enough of a blob's name to tell the files of one message apart."""
    return blob.rpartition(":")[2][:8]


def chat_id(chat: str) -> int | str:
    return int(chat) if re.fullmatch(r"-?\d+", chat) else chat


def can_open(url: str) -> bool:
    """Tell whether Telegram takes an address on a button: http or https with a dot in its host, or tg.

    `localhost` is refused, and with it the whole message (LinkManager::get_checked_link in tdlib/td).
    """
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return False
    if parts.scheme == "tg":
        return bool(re.fullmatch(r"[\w-]+", parts.netloc, re.ASCII))
    host = parts.hostname or ""
    is_ascii = url.isascii() and not re.search(r"\s", url)
    return parts.scheme in ("http", "https") and is_ascii and ("." in host.strip(".") or ":" in host)


def _brought(file: File, target: dict[str, Any], envelope: Envelope) -> Call:
    """Return the call that brings a file: a picture is to be seen at once (core.telegram.org/bots/api#sendphoto)."""
    method, field = ("sendPhoto", "photo") if file.media_type in _PICTURES else ("sendDocument", "document")
    caption = cut(render(file.alt, envelope.reader), LONGEST_CAPTION, "utf16")
    said = {"caption": caption} if caption.strip() else {}
    return Call(method, {**target, field: blob_reference(file), **said})


_PICTURES = ("image/png", "image/jpeg")


def _parts(shaped: Shape, caps: Caps, in_group: bool) -> Iterator[dict[str, Any]]:
    """Yield text and entities, in pieces that fit."""
    text, entities = _marked(shaped.lines, in_group)
    for start, end in pieces(text, caps.text_limit, "utf16"):
        first, last = measure(text[:start], "utf16"), measure(text[:end], "utf16")
        part: dict[str, Any] = {"text": text[start:end], "link_preview_options": {"is_disabled": True}}
        if within := [_moved(entity, first, last) for entity in entities if _overlaps(entity, first, last)]:
            part["entities"] = within
        yield part


def _marked(lines: Sequence[Line], in_group: bool) -> tuple[str, list[dict[str, Any]]]:
    """Return all lines as one text, with its entities in UTF-16 units."""
    text = ""
    entities: list[dict[str, Any]] = []
    quote: dict[str, Any] | None = None
    for gap, line in spaced(lines):
        text += gap
        begin = measure(text, "utf16")
        for span in line.spans:
            if isinstance(span, Live):
                at = int(span.at.timestamp())
                live = {
                    "type": "date_time",
                    "offset": measure(text, "utf16"),
                    "length": measure(span.text, "utf16"),
                }
                entities.append({**live, "unix_time": at, "date_time_format": "r"})
                text += span.text
            else:
                text += _silenced(span) if in_group else span
        length = measure(text, "utf16") - begin
        if line.kind == "lead" and len(lines) > 1 and length <= LONGEST_BOLD:
            entities.append({"type": "bold", "offset": begin, "length": length})
        if line.kind != "note":
            quote = None
        elif quote is None:
            quote = {"type": "blockquote", "offset": begin, "length": length}
            entities.append(quote)
        else:
            quote["length"] = begin + length - quote["offset"]
    return text, sorted(entities, key=lambda entity: (entity["offset"], -entity["length"]))


def _silenced(text: str) -> str:
    """Return text that calls nobody: in a group Telegram makes every @name a mention, whoever wrote it."""
    return _MENTION.sub("@\u2060", text)


def _overlaps(entity: dict[str, Any], first: int, last: int) -> bool:
    begin, end = entity["offset"], entity["offset"] + entity["length"]
    if entity["type"] == "date_time":
        return bool(first <= begin and end <= last)
    return bool(begin < last and first < end)


def _moved(entity: dict[str, Any], first: int, last: int) -> dict[str, Any]:
    begin, end = max(entity["offset"], first), min(entity["offset"] + entity["length"], last)
    return {**entity, "offset": begin - first, "length": end - begin}


STYLES = {"primary": "primary", "danger": "danger"}
ROW_WIDTH = 36
"""Of the narrowest phones, in Latin letters; Chinese ones count twice."""


def _rows(buttons: Sequence[Button]) -> list[list[dict[str, str]]]:
    """Return the buttons in rows: as many beside each other as their labels leave room for, evenly."""
    rows: list[list[dict[str, str]]] = []
    run: list[Button] = []
    for button in (*buttons, None):
        if button is not None and _width(button) <= _room(2):
            run.append(button)
            continue
        rows += [[_key(each) for each in row] for row in _even_rows(run)]
        run = []
        if button is not None:
            rows.append([_key(button)])
    return rows


def _even_rows(run: Sequence[Button]) -> list[Sequence[Button]]:
    for columns in (3, 2):
        count = -(-len(run) // columns)
        cuts = [round(row * len(run) / count) for row in range(count + 1)] if count else [0]
        rows = [run[start:end] for start, end in pairwise(cuts)]
        if all(_width(button) <= _room(len(row)) for row in rows for button in row):
            return rows
    return [[button] for button in run]


def _room(columns: int) -> int:
    return ROW_WIDTH // columns - 2


def _width(button: Button) -> int:
    return sum(2 if character > "\u2e7f" else 1 for character in button.label)


def _key(button: Button) -> dict[str, str]:
    key = {"text": button.label}
    if button.style in STYLES:
        key["style"] = STYLES[button.style]
    return {**key, "url": button.url} if button.url else {**key, "callback_data": button.value}
