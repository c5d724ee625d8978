"""A message as one short text: the lead, what fits, and a link to our page, which holds all of it.

Pure and deterministic. Links are never cut, choices never lost; every segment costs money, so the text never grows
beyond what the account allows.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from channels.base import Caps, Envelope, Unrenderable
from channels.shape import Line, cut, measure, plain, shape
from conversations.messages import Fact, File, Message
from locales.text import Text, t
from locales.translate import render

# Typographic signs that SMS's small alphabet lacks: one of them would make each segment 70 characters, not 160.
_PLAINER = str.maketrans(
    {"–": "-", "—": "-", "‘": "'", "’": "'", "“": '"', "”": '"', "…": "...", "\u00a0": " ", "\u202f": " "}
)
_LONGEST_CHOICES = (1000, 60, 40, 24, 14, 8)
_SHORTEST_LEAD = 20


def write(message: Message, envelope: Envelope, caps: Caps, sign_name: str, hears: bool) -> str:
    """Return a message as text for a gateway; raises Unrenderable where not even links and choices fit.

    With a page of ours (`urls["my"]`) everything else may be left to it. `hears` tells whether answers reach us, so
    that the words for opting out are no empty promise.
    """
    sign = f"【{sign_name}】" if sign_name else ""
    page = envelope.urls.get("my")
    lines = shape(_without_echoes(message, envelope), envelope, caps).lines
    lead = sign + lines[0].text
    more = [line for line in lines if line.kind in ("para", "fact", "note")]
    if page is None:
        return _whole(message, caps, lead, more, [line for line in lines if line.kind in _TAPPED])
    text = _joined([lead, *(line.text for line in more)])
    if not (message.actions or _has_files(message)) and _fits(text, caps):
        return _plainer(text)
    asks = _say(
        t("Answer here: {url}", url=page) if message.presses else t("Details: {url}", url=page), envelope
    )
    stop = _say(t("Reply STOP for no more messages."), envelope)
    if hears and "stop" in envelope.urls and _fits(_joined([lead, asks, stop]), caps):
        text = _filled(lead, more, [asks, stop], caps)
        if not _STOP.search(text.removesuffix(stop)):
            return text
    if _fits(_joined([lead, asks]), caps):
        return _filled(lead, more, [asks], caps)
    return _shortened(message, lead, [asks], caps)


_TAPPED = ("link", "choice", "hint")
_STOP = re.compile(r"(?i)\bstop\b|退订")
"""Where words say already how messages are stopped, or ask about just that."""


def segments(text: str) -> int:
    """Return how many messages a text is charged as."""
    return measure(text, "segments")


def _has_files(message: Message) -> bool:
    return any(isinstance(block, File) for block in message.blocks)


def _without_echoes(message: Message, envelope: Envelope) -> Message:
    """Return a message without files, and without facts whose value the lead says already."""
    said = plain(render(message.lead, envelope.reader))
    blocks = [
        block
        for block in message.blocks
        if not isinstance(block, File)
        and not (isinstance(block, Fact) and _say(block.value, envelope) in said)
    ]
    return replace(message, blocks=tuple(blocks))


def _say(text: Text, envelope: Envelope) -> str:
    return plain(render(text, envelope.reader))


def _filled(
    lead: str, more: Sequence[Line], tail: Sequence[str], caps: Caps, *, is_elsewhere: bool = True
) -> str:
    """Return the text with as much between lead and tail as fits, small print last.

    What stands elsewhere too, on the page, is left out where it does not fit; otherwise the text ends there, with …
    """
    taken: set[int] = set()

    def joined(numbers: set[int], *sign: str) -> str:
        return _joined([lead, *(line.text for n, line in enumerate(more) if n in numbers), *sign, *tail])

    for number in sorted(range(len(more)), key=lambda n: more[n].kind == "note"):
        if _fits(joined(taken | {number}), caps):
            taken.add(number)
        elif not is_elsewhere:
            break
    is_cut = not is_elsewhere and len(taken) < len(more) and _fits(joined(taken, "…"), caps)
    return _plainer(joined(taken, *(["…"] if is_cut else [])))


def _whole(message: Message, caps: Caps, lead: str, more: Sequence[Line], tapped: Sequence[Line]) -> str:
    """Return a message that no page holds: its links and choices, and of the rest what fits."""
    tails = [
        [cut(line.text, longest, "characters") if line.kind == "choice" else line.text for line in tapped]
        for longest in _LONGEST_CHOICES
    ]
    for tail in tails:
        if _fits(_joined([lead, *tail]), caps):
            return _filled(lead, more, tail, caps, is_elsewhere=False)
    return _shortened(message, lead, tails[-1], caps)


def _shortened(message: Message, lead: str, tail: Sequence[str], caps: Caps) -> str:
    """Return the lead cut to the room that links and choices leave."""
    low, high = 0, len(lead)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (
            (middle, high)
            if _fits(_joined([cut(lead, middle, "characters"), *tail]), caps)
            else (low, middle - 1)
        )
    if low < min(_SHORTEST_LEAD, len(lead)):
        remedy = "Allow more segments, or shorten the links: server.public_url and the policy's own."
        raise Unrenderable(f"{message.kind}: its links and choices leave no room for words. {remedy}")
    return _plainer(_joined([cut(lead, low, "characters"), *tail]))


def _joined(parts: Sequence[str]) -> str:
    return "\n".join(part for part in parts if part)


def _plainer(text: str) -> str:
    """Return a text with plain quotes and dashes where that saves segments."""
    plainer = text.translate(_PLAINER)
    return plainer if segments(plainer) < segments(text) else text


def _fits(text: str, caps: Caps) -> bool:
    return segments(_plainer(text)) <= caps.text_limit
