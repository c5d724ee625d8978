"""Shaping that channels share: a message as lines and buttons, and text measured and cut as platforms count."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from channels.base import Caps, Envelope, Unrenderable
from conversations.messages import Fact, File, Link, Message, Note, Para, Press
from locales.text import Reader, Text, ct, t
from locales.translate import Live, render, spans

Unit = Literal["utf16", "characters", "bytes", "segments"]
Kind = Literal["lead", "para", "fact", "note", "link", "choice", "hint", "answer"]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a message, cut where countdowns stand."""

    kind: Kind
    spans: tuple[str | Live, ...]
    is_item: bool = False
    """Whether it is one of a list."""

    @property
    def text(self) -> str:
        return "".join(span if isinstance(span, str) else span.text for span in self.spans)


@dataclass(frozen=True, slots=True)
class Button:
    """Something to tap: it brings back `value`, or opens `url`."""

    label: str
    value: str = ""
    url: str = ""
    style: Literal["plain", "primary", "danger"] = "plain"


@dataclass(frozen=True, slots=True)
class Shape:
    """A message as one route can carry it: every choice is a button, a numbered line, or on the page it links to."""

    lines: tuple[Line, ...]
    buttons: tuple[Button, ...] = ()
    files: tuple[File, ...] = ()

    @property
    def text(self) -> str:
        """All lines, for routes that know no formatting."""
        return "".join(gap + line.text for gap, line in spaced(self.lines))


def shape(message: Message, envelope: Envelope, caps: Caps, can_open: Callable[[str], bool] = bool) -> Shape:
    """Return a message as lines, buttons and files; raises Unrenderable.

    Choices become buttons where all of them fit, their labels moved into numbered lines when those are too long
    for a button; otherwise numbered lines alone, answered by typing the number. A route without buttons leads to
    the page that offers the same choices, where there is one. `can_open` tells which addresses the platform takes
    on a button; all others are written out.
    """
    reader = envelope.reader
    page = answer_page(message, envelope, caps)
    lines = [_line("lead", message.lead, reader)]
    if not lines[0].text.strip():
        raise Unrenderable(f"{message.kind}: the lead is empty")
    files = []
    for block in message.blocks:
        match block:
            case Para(text, is_item=is_item):
                lines.append(replace(_line("para", text, reader), is_item=is_item))
            case Fact(is_said=True):
                pass
            case Fact(_, label, value):
                lines.append(_line("fact", _labelled(label, value), reader))
            case Note(text):
                lines.append(_line("note", text, reader))
            case File(blob, _, _, alt):
                if not blob.startswith("sha256:"):
                    raise Unrenderable(f"{message.kind}: the file {blob} was never made")
                if caps.files:
                    files.append(block)
                else:
                    lines.append(_line("para", alt, reader))
    chosen, choices = _choices(message.presses, envelope, caps) if page is None else ([], [])
    buttons = []
    for action in message.actions:
        if isinstance(action, Press):
            if chosen:
                buttons.append(chosen.pop(0))
        elif (url := envelope.urls.get(action.to)) and url != page:
            has_room = len(buttons) + len(chosen) < caps.max_buttons
            if caps.links and caps.buttons == "card" and has_room and can_open(url):
                buttons.append(Button(_label(action, reader, caps.max_button_text), url=url))
            else:
                lines.append(_line("link", _labelled(action.label, url.removeprefix("tel:")), reader))
    if page is not None:
        choices = [_line("answer", t("Answer here: {url}", url=page), reader)]
    return Shape((*lines, *choices), tuple(buttons), tuple(files))


def answer_page(message: Message, envelope: Envelope, caps: Caps) -> str | None:
    """Return the address where a message's choices are answered, None where the message offers them itself."""
    if caps.buttons != "none" or not message.presses:
        return None
    return envelope.urls.get("my")


def _choices(presses: Sequence[Press], envelope: Envelope, caps: Caps) -> tuple[list[Button], list[Line]]:
    """Return the choices as buttons, as numbered lines, or as buttons with numbers beside their lines."""
    labels = [_label(press, envelope.reader) for press in presses]
    numbered = [Line("choice", (f"{number}. {label}",)) for number, label in enumerate(labels, 1)]
    values = [envelope.values.get(press.action, "") for press in presses]
    fit = all(0 < len(value.encode()) <= caps.button_value_bytes for value in values)
    if caps.buttons not in ("card", "menu") or len(presses) > caps.max_buttons or not fit:
        hint = [_line("hint", t("Reply with a number."), envelope.reader)] if presses else []
        return [], [*numbered, *hint]
    if all(label and len(label) <= caps.max_button_text for label in labels):
        numbered = []
    else:
        labels = [str(number) for number in range(1, len(presses) + 1)]
    pressed = zip(labels, values, presses, strict=True)
    return [Button(label, value=value, style=press.style) for label, value, press in pressed], numbered


def _line(kind: Kind, text: Text, reader: Reader) -> Line:
    return Line(
        kind,
        tuple(
            plain(span) if isinstance(span, str) else replace(span, text=plain(span.text))
            for span in spans(text, reader)
        ),
    )


def _labelled(label: Text, value: Text | str) -> Text:
    return ct("fact", "{label}: {value}", label=label, value=value)


def _label(action: Press | Link, reader: Reader, limit: int | None = None) -> str:
    label = " ".join(plain(render(action.label, reader)).split())
    return label if limit is None else cut(label, limit, "characters")


def spaced(lines: Sequence[Line]) -> Iterator[tuple[str, Line]]:
    """Yield each line with the line feeds that belong before it: lists stay together, the rest stands apart."""
    previous: Line | None = None
    for line in lines:
        if previous is None:
            yield "", line
        else:
            are_alike = previous.kind == line.kind and (
                line.kind != "para" or (previous.is_item and line.is_item)
            )
            together = are_alike or line.kind == "hint"
            yield "\n" if together else "\n\n", line
        previous = line


def blob_reference(file: File) -> str:
    """Return how a file stands in a call: `blob:sha256:…/name`, the name fit for a header and a disk."""
    name = re.sub(r'[\s/\\":*?<>|]+', " ", plain(file.name)).strip(" .")
    return f"blob:{file.blob}/{name or 'file'}"


def read_reference(reference: str) -> tuple[str, str]:
    """Return the blob and the file name of a reference."""
    blob, _, name = reference.removeprefix("blob:").partition("/")
    return blob, name


# Bidirectional overrides turn round what follows them; control characters are refused or shown as boxes.
_UNSAFE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb]")
_LINE_ENDS = re.compile("\r\n?|[\x85\u2028\u2029]")


def plain(text: str) -> str:
    """Return text that is nothing but text: no control characters, no turning round of what follows."""
    return _UNSAFE.sub("", _LINE_ENDS.sub("\n", text).replace("\t", " "))


_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_TWICE = frozenset("\f^{}\\[~]|€")


def measure(text: str, unit: Unit) -> int:
    """Return how long a platform finds a text; SMS segments by 3GPP TS 23.038 and 23.040."""
    match unit:
        case "characters":
            return len(text)
        case "utf16":
            return len(text) + sum(character > "\uffff" for character in text)
        case "bytes":
            return len(text.encode())
        case "segments":
            if all(character in _GSM or character in _GSM_TWICE for character in text):
                length, one, each = len(text) + sum(character in _GSM_TWICE for character in text), 160, 153
            else:
                length, one, each = measure(text, "utf16"), 70, 67
            return 1 if length <= one else -(-length // each)


def cut(text: str, limit: int, unit: Unit) -> str:
    """Return a text no longer than `limit`, ending in … if something is missing."""
    if measure(text, unit) <= limit:
        return text
    end = _furthest(text + "…", 0, limit, unit, tail="…")
    short = text[: _before_cluster(text, 0, end)].rstrip() + "…"
    return short if measure(short, unit) <= limit else "…"


def pieces(text: str, limit: int, unit: Unit) -> tuple[tuple[int, int], ...]:
    """Return where to cut a text into pieces no longer than `limit`, as (start, end).

    Cuts fall between paragraphs, else lines, sentences, words, and never inside what is seen as one character.
    Only white space at the cuts is left out.
    """
    found = []
    start = 0
    while (start := _skip_space(text, start)) < len(text):
        end = _furthest(text, start, limit, unit)
        if end < len(text):
            end = _border(text, start, end)
        found.append((start, start + len(text[start:end].rstrip())))
        start = end
    return tuple(found)


def _skip_space(text: str, start: int) -> int:
    return len(text) - len(text[start:].lstrip())


def _furthest(text: str, start: int, limit: int, unit: Unit, tail: str = "") -> int:
    """Return the last place up to which a text still fits; at least one character on."""
    low, high = start + 1, min(len(text), start + limit * (160 if unit == "segments" else 1))
    while low < high:
        middle = (low + high + 1) // 2
        if measure(text[start:middle] + tail, unit) <= limit:
            low = middle
        else:
            high = middle - 1
    return low


_BORDERS = tuple(
    re.compile(pattern)
    for pattern in (r"\n\s*\n", r"\n", r"[。！？!?；;…][”’」』）)\"']*|\.(?=\s)", r"\s|[，、,]")
)


def _border(text: str, start: int, end: int) -> int:
    """Return the best place to cut in the second half of what fits."""
    for border in _BORDERS:
        ends = [found.end() for found in border.finditer(text, start + (end - start) // 2, end + 1)]
        if fitting := [place for place in ends if place <= end or text[end:place].isspace()]:
            return fitting[-1]
    return _before_cluster(text, start, end)


def _before_cluster(text: str, start: int, end: int) -> int:
    """Return the nearest place before `end` that cuts no emoji and no accent off its letter."""
    place = end
    while place > start + 1 and place > end - 32 and _is_joined(text, place):
        place -= 1
    return end if _is_joined(text, place) else place


def _is_joined(text: str, place: int) -> bool:
    """Tell whether the characters on both sides of a place are seen as one."""
    if not 0 < place < len(text):
        return False
    before, after = text[place - 1], text[place]
    if _is_flag(before) and _is_flag(after):
        flags = 0
        while flags < place and _is_flag(text[place - 1 - flags]):
            flags += 1
        return flags % 2 == 1
    return (
        "\u200d" in (before, after)
        or "\U0001f3fb" <= after <= "\U0001f3ff"
        or unicodedata.category(after) in ("Mn", "Mc", "Me")
    )


def _is_flag(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"
