"""How a person reads what was posted: markup shown, entities unescaped, dates in their words, links named.

By docs.slack.dev/messaging/formatting-message-text. Dates show their fallback: the words that are read wherever
a client cannot turn them into the reader's own zone, and the only ones that do not depend on a client.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

Names = Callable[[str], str]
"""Return the name of a person or channel by its id, empty when nobody has it."""


@dataclass(frozen=True, slots=True)
class Tappable:
    """A button, or an option of a menu, as it stands in a message, modal or home."""

    label: str
    block_id: str
    element: Mapping[str, Any]
    option: Mapping[str, Any] | None = None

    @property
    def value(self) -> str:
        return str((self.option or self.element).get("value", ""))

    @property
    def url(self) -> str:
        return str((self.option or self.element).get("url", ""))


@dataclass(slots=True)
class Read:
    """A text as it is read."""

    text: str = ""
    opens: dict[str, str] = field(default_factory=dict)
    """Where links lead, by their words, or by the address itself."""
    live: list[tuple[str, datetime]] = field(default_factory=list)
    """Countdowns (`{ago}`): their words, and the instants clients count to."""
    dates: list[tuple[str, datetime]] = field(default_factory=list)
    """All dates that clients show in the reader's own zone."""
    calls: list[str] = field(default_factory=list)
    """Whom it notifies: ids of people, `here`, `channel`, `everyone`."""
    marked: list[tuple[str, str]] = field(default_factory=list)
    """What is shown as `bold`, `italic`, `strike`, `code`, `quote`."""


# -- mrkdwn -----------------------------------------------------------------------------------------------

_ENTITY = re.compile(r"<([^<>\n]*)>")
_BARE = re.compile(r"https?://[^\s<>|，。；！？（）]+")
_DATE = re.compile(r"!date\^(-?\d+)\^([^^|]+)(?:\^([^|]+))?\|(.*)", re.DOTALL)
_TOKENS = frozenset(
    "date_num date_slash date_long date_long_full date_long_pretty date date_pretty date_short "
    "date_short_pretty time time_secs ago".split()
)
_STYLES: Sequence[tuple[str, str]] = (("*", "bold"), ("_", "italic"), ("~", "strike"), ("`", "code"))
_EMOJI = {"wave": "👋", "white_check_mark": "✅", "warning": "⚠️", "tada": "🎉", "calendar": "📆", "+1": "👍"}
_CODE = re.compile(r":([a-z0-9_+-]+):")


def read_mrkdwn(text: str, names: Names, *, is_verbatim: bool = False) -> Read:
    """Return marked-up text as it is read; addresses in it are made links, unless it is verbatim."""
    read = Read()
    kept: list[str] = []

    def keep(words: str) -> str:
        kept.append(words)
        return f"\ue000{len(kept) - 1}\ue001"

    told = _ENTITY.sub(lambda found: keep(_entity(found[1], names, read)), text)
    if not is_verbatim:
        told = _BARE.sub(lambda found: keep(_linked(unescaped(found[0]), "", read)), told)
    for mark, style in _STYLES:
        told = _unmarked(told, mark, style, read)
    told = "\n".join(_quoted(line, read) for line in told.split("\n"))
    told = _CODE.sub(lambda found: _EMOJI.get(found[1], found[0]), told)
    read.text = _given_back(unescaped(told), kept)
    read.marked = [(style, _given_back(unescaped(words), kept)) for style, words in read.marked]
    return read


def unescaped(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _given_back(text: str, kept: Sequence[str]) -> str:
    return re.sub(
        "\ue000(\\d+)\ue001", lambda found: kept[int(found[1])] if int(found[1]) < len(kept) else "", text
    )


def _entity(inner: str, names: Names, read: Read) -> str:
    """Return what stands between < and > as it is read: a link, a mention, a date."""
    if inner.startswith("!date^"):
        return _date(inner, read)
    before, _, label = inner.partition("|")
    if before.startswith("!"):
        call = before[1:].partition("^")[0]
        if call in ("here", "channel", "everyone"):
            read.calls.append(call)
            return f"@{call}"
        return unescaped(label) or f"<{inner}>"
    if before[:1] in ("@", "#"):
        name = names(before[1:])
        if not name:
            return f"{before[0]}unknown" if re.fullmatch(r".[A-Z0-9]{6,}", before) else f"<{inner}>"
        if before[0] == "@":
            read.calls.append(before[1:])
        return f"{before[0]}{name}"
    if re.match(r"[a-z][a-z0-9+.-]*:", before, re.IGNORECASE):
        return _linked(unescaped(before), unescaped(label), read)
    return f"<{inner}>"


def _linked(url: str, label: str, read: Read) -> str:
    read.opens[label or url] = url
    return label or url


def _date(inner: str, read: Read) -> str:
    """Return a date's fallback; a token that Slack does not know is shown as it was written."""
    found = _DATE.fullmatch(inner)
    tokens = re.findall(r"\{(\w+)\}", found[2]) if found else []
    if found is None or not tokens or set(tokens) - _TOKENS or not found[4]:
        return f"<{inner}>"
    words, at = unescaped(found[4]), datetime.fromtimestamp(int(found[1]), UTC)
    read.dates.append((words, at))
    if "ago" in tokens:
        read.live.append((words, at))
    return words


def _unmarked(text: str, mark: str, style: str, read: Read) -> str:
    """Return text without a pair of marks, where clients take them for formatting: at the edges of words."""
    sign = re.escape(mark)
    pattern = re.compile(
        rf"(?<![\w{sign}]){sign}(?=[^\s{sign}])([^\n]*?[^\s{sign}]|[^\s{sign}]){sign}(?![\w{sign}])"
    )

    def bare(found: re.Match[str]) -> str:
        read.marked.append((style, found[1]))
        return found[1]

    return pattern.sub(bare, text)


def _quoted(line: str, read: Read) -> str:
    found = re.match(r"(?:>|&gt;)\s?(.*)", line)
    if found is None:
        return line
    read.marked.append(("quote", found[1]))
    return found[1]


# -- blocks -----------------------------------------------------------------------------------------------


def read_blocks(blocks: Sequence[Mapping[str, Any]], names: Names) -> Read:
    """Return blocks as they are read, one below the other; what can be tapped is not among the words."""
    whole = Read()
    parts = []
    for block in blocks:
        reads = [*_reads(block, names)]
        apart = "\n" if block["type"] != "context" else "  "
        parts.append(apart.join(read.text for read in reads))
        for read in reads:
            _gather(whole, read)
    whole.text = "\n".join(part for part in parts if part)
    return whole


def _gather(whole: Read, read: Read) -> None:
    whole.opens |= read.opens
    whole.live += read.live
    whole.dates += read.dates
    whole.calls += read.calls
    whole.marked += read.marked


def _reads(block: Mapping[str, Any], names: Names) -> Iterator[Read]:
    match block["type"]:
        case "section":
            for each in (block.get("text"), *block.get("fields", ())):
                if each is not None:
                    yield read_text(each, names)
        case "header":
            read = read_text(block["text"], names)
            read.marked.append(("bold", read.text))
            yield read
        case "context":
            for each in block["elements"]:
                yield Read(each["alt_text"]) if each["type"] == "image" else read_text(each, names)
        case "image":
            yield Read(block["alt_text"])
        case "input":
            yield read_text(block["label"], names)
            if "hint" in block:
                yield read_text(block["hint"], names)
        case "markdown":
            yield Read(block["text"])
        case "rich_text":
            for element in block["elements"]:
                yield _rich(element, names)


def read_text(text: Mapping[str, Any], names: Names) -> Read:
    """Return a text object as it is read."""
    if text["type"] == "mrkdwn":
        return read_mrkdwn(text["text"], names, is_verbatim=text.get("verbatim", False))
    if not text.get("emoji", True):
        return Read(text["text"])
    return Read(_CODE.sub(lambda found: _EMOJI.get(found[1], found[0]), text["text"]))


def _rich(element: Mapping[str, Any], names: Names) -> Read:
    read = Read()
    kind = element["type"]
    if kind == "rich_text_list":
        inner = [_rich(each, names) for each in element["elements"]]
        signs = (f"{n}. " if element["style"] == "ordered" else "• " for n in range(1, len(inner) + 1))
        read.text = "\n".join(sign + each.text for sign, each in zip(signs, inner, strict=True))
        for each in inner:
            _gather(read, each)
        return read
    for part in element["elements"]:
        read.text += _rich_part(part, names, read)
    if kind == "rich_text_quote":
        read.marked.append(("quote", read.text))
    return read


def _rich_part(part: Mapping[str, Any], names: Names, read: Read) -> str:
    match part["type"]:
        case "text":
            read.marked += [(style, part["text"]) for style, on in part.get("style", {}).items() if on]
            return str(part["text"])
        case "link":
            return _linked(part["url"], part.get("text", ""), read)
        case "emoji":
            return _EMOJI.get(part["name"], f":{part['name']}:")
        case "date":
            shown = str(part.get("fallback") or "")
            at = datetime.fromtimestamp(part["timestamp"], UTC)
            read.dates.append((shown, at))
            if "{ago}" in part["format"]:
                read.live.append((shown, at))
            return shown
        case "user":
            read.calls.append(part["user_id"])
            return f"@{names(part['user_id']) or 'unknown'}"
        case "channel":
            return f"#{names(part['channel_id']) or 'unknown'}"
        case "broadcast":
            read.calls.append(part["range"])
            return f"@{part['range']}"
    return ""


# -- what can be tapped -----------------------------------------------------------------------------------

_OPTIONS = frozenset("static_select overflow radio_buttons checkboxes multi_static_select".split())


def tappables(blocks: Sequence[Mapping[str, Any]]) -> list[Tappable]:
    """Return everything that acts or opens at a tap, in order; what a form asks for is not among it."""
    found = []
    for block in blocks:
        elements = block.get("elements", ()) if block["type"] == "actions" else (block.get("accessory"),)
        for element in elements:
            if element is None or element["type"] == "image":
                continue
            if element["type"] == "button":
                label = _label(element)
                found.append(Tappable(label, block["block_id"], element))
            elif element["type"] in _OPTIONS:
                found += [
                    Tappable(_label(option), block["block_id"], element, option)
                    for option in _options(element)
                ]
    return found


def _label(owner: Mapping[str, Any]) -> str:
    return str(owner["text"]["text"])


def _options(element: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    groups = element.get("option_groups", ())
    return [*element.get("options", ()), *(option for group in groups for option in group["options"])]
