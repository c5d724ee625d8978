"""A message as a template card: title, facts, text and buttons. Pure.

developer.work.weixin.qq.com/document/path/90236, 94888. All its texts are plain: nothing in them is markup. Their
lengths are advice there, and what is longer is shown cut; they count a Latin letter as half a character.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from channels.base import Caps, Envelope
from channels.shape import Button, Line, Shape, cut, pieces, plain, shape, spaced
from channels.wecom.selecting import fits, selectors
from conversations.messages import Fact, Link, Message, Press
from locales.text import Reader, ct
from locales.translate import render

LONGEST_TITLE = 36
LONGEST_DESCRIPTION = 44
LONGEST_BODY = 160
MOST_FACTS = 6
LONGEST_LABEL = 5
LONGEST_VALUE = 30
MOST_JUMPS = 3
LONGEST_JUMP = 18
STYLES = {"plain": 2, "primary": 1, "danger": 3}


@dataclass(frozen=True, slots=True)
class Card:
    """What is sent as `template_card`, and the lines that found no room on it."""

    content: dict[str, Any]
    rest: tuple[Line, ...] = ()


def make_card(message: Message, envelope: Envelope, caps: Caps, *, is_edit: bool) -> Card | None:
    """Return a message as a card; None where text alone carries it better.

    There is no card without something to tap, unless it takes the place of one.
    """
    if message.presses and (asking := _asking(message, envelope, caps)) is not None:
        return asking
    if message.presses:
        return _interaction(message, envelope, caps, is_edit)
    shaped = shape(message, envelope, _for_links(caps), can_open)
    if shaped.buttons:
        return _notice(message, shaped, envelope.reader)
    closed = {"button_list": [], "replace_text": render(ct("card", "Done"), envelope.reader)}
    return _filled(message, shaped, envelope.reader, closed) if is_edit else None


def shaped_as_text(message: Message, envelope: Envelope, caps: Caps) -> Shape:
    """Return a message without a card: choices are numbers, addresses are written out."""
    return shape(message, envelope, replace(caps, max_buttons=0), can_open)


def can_open(url: str) -> bool:
    """Tell whether WeCom takes an address on a button."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and url.isascii() and " " not in url


def _asking(message: Message, envelope: Envelope, caps: Caps) -> Card | None:
    """Return a message's form as a card of selectors, the rest as text: such a card holds a title and no body."""
    asked = selectors(message.form, envelope, caps) if message.form is not None else None
    if message.form is None or asked is None:
        return None
    told = shape(
        replace(message.asks_nothing, lead=message.form.title), envelope, replace(caps, max_buttons=0)
    )
    title, lead = _title(told.lines[0])
    rest = [*([lead] if lead is not None else []), *told.lines[1:]]
    main: dict[str, str] = {"title": title}
    if rest and fits(rest[0].text, LONGEST_DESCRIPTION) and "\n" not in rest[0].text:
        main["desc"] = rest.pop(0).text
    return Card({"card_type": "multiple_interaction", "main_title": main, **asked}, tuple(rest))


def _for_links(caps: Caps) -> Caps:
    return replace(caps, max_buttons=MOST_JUMPS, max_button_text=LONGEST_JUMP)


def _interaction(message: Message, envelope: Envelope, caps: Caps, is_edit: bool) -> Card | None:
    reader = envelope.reader
    kept, long = _long_links(message, envelope, caps)
    caps = _for_labels(kept, reader, caps)
    shaped = shape(kept, envelope, caps, can_open)
    if not any(button.value for button in shaped.buttons):
        if not is_edit:
            return None
        # They are offered by number, in the text that follows.
        asked = [line for line in shaped.lines if line.kind in ("choice", "hint")]
        told = replace(shaped, lines=tuple(line for line in shaped.lines if line not in asked))
        card = _filled(kept, told, reader, {"button_list": [], "replace_text": "↓"}, long)
        return Card(card.content, (*card.rest, *asked)) if card is not None else None
    buttons = {"button_list": [_button(button) for button in shaped.buttons]}
    return _filled(kept, shaped, reader, buttons, long)


def _for_labels(message: Message, reader: Reader, caps: Caps) -> Caps:
    """Return what buttons hold: in Latin letters, where all labels fit, twice as many."""
    labels = (_line(render(action.label, reader)) for action in message.actions)
    wide = all(fits(label, caps.max_button_text) for label in labels)
    return replace(caps, max_button_text=2 * caps.max_button_text) if wide else caps


def _long_links(message: Message, envelope: Envelope, caps: Caps) -> tuple[Message, list[dict[str, Any]]]:
    """Return the message without the links whose names are too long for a button, and these as lines to tap."""
    kept: list[Press | Link] = []
    long: list[dict[str, Any]] = []
    for action in message.actions:
        url = envelope.urls.get(action.to, "") if isinstance(action, Link) else ""
        label = _line(render(action.label, envelope.reader))
        is_row = not fits(label, caps.max_button_text) and fits(label, LONGEST_VALUE) and len(long) < 3
        if url and can_open(url) and is_row:
            long.append({"type": 1, "keyname": "→", "value": label, "url": url})
        else:
            kept.append(action)
    return replace(message, actions=tuple(kept)), long


def _notice(message: Message, shaped: Shape, reader: Reader) -> Card | None:
    jumps = [{"type": 1, "title": button.label, "url": button.url} for button in shaped.buttons]
    more = {"card_action": {"type": 1, "url": shaped.buttons[0].url}, "jump_list": jumps}
    return _filled(message, shaped, reader, more, kind="text_notice")


def _button(button: Button) -> dict[str, Any]:
    drawn: dict[str, Any] = {"text": button.label, "style": STYLES[button.style]}
    return {**drawn, "type": 1, "url": button.url} if button.url else {**drawn, "key": button.value}


def _filled(
    message: Message,
    shaped: Shape,
    reader: Reader,
    more: dict[str, Any],
    links: Sequence[dict[str, Any]] = (),
    kind: str = "button_interaction",
) -> Card | None:
    """Return the card with as much text as it holds; None where not even the choices find room."""
    title, lead = _title(shaped.lines[0])
    rows, lines = _rows(message, shaped.lines[1:], reader, MOST_FACTS - len(links))
    choices = [line for line in lines if line.kind in ("choice", "hint")]
    others = [line for line in lines if line.kind not in ("choice", "hint")]
    description = ""
    if lead is not None and fits(lead.text, LONGEST_DESCRIPTION) and "\n" not in lead.text:
        description, lead = lead.text, None
    others = [lead, *others] if lead is not None else others
    body, rest = _body(others, choices)
    if not fits(body, LONGEST_BODY):
        return None
    content: dict[str, Any] = {"card_type": kind, "main_title": {"title": title}, **more}
    if description:
        content["main_title"]["desc"] = description
    if body:
        content["sub_title_text"] = body
    if rows or links:
        content["horizontal_content_list"] = [*rows, *links]
    return Card(content, tuple(rest))


def _title(lead: Line) -> tuple[str, Line | None]:
    """Return a card's title, and what is left of a lead that is longer than that."""
    text = lead.text.strip()
    if fits(text, LONGEST_TITLE) and "\n" not in text:
        return text, None
    first = text.partition("\n")[0]
    room = next(
        count for count in range(len(first), 0, -1) if fits(first[:count], LONGEST_TITLE) or count == 1
    )
    (start, end), *_ = pieces(first, room, "characters")
    return text[start:end], Line("para", (text[end:].strip(),))


def _rows(
    message: Message, lines: Sequence[Line], reader: Reader, room: int
) -> tuple[list[dict[str, Any]], list[Line]]:
    """Return the facts that are short enough for a row of their own, and all other lines."""
    facts = iter([block for block in message.blocks if isinstance(block, Fact) and not block.is_said])
    rows: list[dict[str, Any]] = []
    others = []
    for line in lines:
        if line.kind == "fact":
            fact = next(facts)
            label, value = _line(render(fact.label, reader)), plain(render(fact.value, reader)).strip()
            is_short = fits(label, LONGEST_LABEL) and fits(value, LONGEST_VALUE) and "\n" not in value
            if is_short and label and value and len(rows) < room:
                rows.append({"keyname": label, "value": value})
                continue
        others.append(line)
    return rows, others


def _body(others: Sequence[Line], choices: Sequence[Line]) -> tuple[str, list[Line]]:
    """Return the text under the title, and the lines that find no room: choices come before everything else."""
    kept: list[Line] = []
    for line in others:
        if not fits(joined((*kept, line, *choices)), LONGEST_BODY):
            break
        kept.append(line)
    return joined((*kept, *choices)), list(others[len(kept) :])


def joined(lines: Iterable[Line]) -> str:
    return "\n".join(line.text for line in lines)


def as_text(lines: Sequence[Line]) -> str:
    """Return lines as text, apart as they belong."""
    return "".join(gap + line.text for gap, line in spaced(lines))


def _line(text: str) -> str:
    return cut(" ".join(plain(text).split()), 200, "characters")
