"""Messages as HTML, each in its platform's own markup; whatever is not that markup is escaped."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

from markupsafe import Markup, escape

Leads = Callable[[str, str], Markup]
"""Return a link of these words to this address, as the page shows it."""
Counts = Callable[[datetime], str]
"""Return how long it is until an instant, in the reader's words, by the sandbox's clock."""
Names = Callable[[str], str]

_URL = re.compile(r"https?://[^\s<>|，。；！？、（）】》”]+")
_KEPT = re.compile("\ue000(\\d+)\ue001")


class _Kept:
    """What is HTML already, held back by marks while the text around it is escaped."""

    def __init__(self) -> None:
        self._held: list[Markup] = []

    def keep(self, html: Markup) -> str:
        self._held.append(html)
        return f"\ue000{len(self._held) - 1}\ue001"

    def give_back(self, text: str) -> Markup:
        """Return escaped text with everything held back in its place."""
        whole = str(text)
        while _KEPT.search(whole):
            whole = _KEPT.sub(lambda found: str(self._held[int(found[1])]), whole)
        return Markup(whole)  # noqa: S704 - made of escaped parts


def plain(text: str, opens: Mapping[str, str], leads: Leads) -> Markup:
    """Return words as they are, with bare addresses and the labels of links made links."""
    kept = _Kept()
    text = _URL.sub(lambda found: kept.keep(leads(found[0], found[0])), text)
    for label, to in opens.items():
        if not label.startswith("http") and label in text:
            text = text.replace(label, kept.keep(leads(label, to)), 1)
    return kept.give_back(str(escape(text)))


# -- Telegram: entities over UTF-16 units ------------------------------------------------------------------

_TAGS = {
    "bold": "b", "italic": "i", "underline": "u", "strikethrough": "s", "code": "code", "pre": "code",
    "blockquote": "q", "expandable_blockquote": "q",
}  # fmt: skip
_NAMED = frozenset({"mention", "text_mention", "hashtag", "bot_command", "email", "phone_number"})


def telegram(text: str, entities: Sequence[Mapping[str, Any]], leads: Leads, counts: Counts) -> Markup:
    """Return a text with its entities: bold, links, mentions, and countdowns that count."""
    units = text.encode("utf-16-le")
    ends = {0, len(units) // 2}
    for each in entities:
        ends |= {each["offset"], each["offset"] + each["length"]}
    bounds = sorted(ends)
    parts = []
    for start, end in pairwise(bounds):
        words = units[start * 2 : end * 2].decode("utf-16-le", "replace")
        over = [e for e in entities if e["offset"] <= start and end <= e["offset"] + e["length"]]
        parts.append(_marked(words, over, leads, counts))
    return Markup("").join(parts)


def _marked(words: str, over: Sequence[Mapping[str, Any]], leads: Leads, counts: Counts) -> Markup:
    html = escape(words)
    # Links and countdowns make words of their own, which are then set in bold or whatever lies over them.
    for each in sorted(over, key=lambda each: each["type"] in _TAGS):
        kind = each["type"]
        if kind in ("text_link", "url"):
            html = leads(words, each.get("url", words))
        elif kind == "date_time" and each.get("date_time_format") == "r":
            html = _live(datetime.fromtimestamp(each["unix_time"], UTC), counts)
        elif kind in _TAGS:
            html = Markup("<{tag}>{html}</{tag}>").format(tag=_TAGS[kind], html=html)
        elif kind in _NAMED:
            html = Markup('<span class="mention">{}</span>').format(html)
    return html


def _live(at: datetime, counts: Counts) -> Markup:
    return Markup('<time class="live" datetime="{}">{}</time>').format(at.isoformat(), counts(at))


# -- Slack: mrkdwn (docs.slack.dev/messaging/formatting-message-text) ---------------------------------------

_ENTITY = re.compile(r"<([^<>\n]*)>")
_DATE = re.compile(r"!date\^(-?\d+)\^([^^|]+)(?:\^[^|]+)?\|(.*)", re.DOTALL)
_STYLES = (("*", "b"), ("_", "i"), ("~", "s"), ("`", "code"))


def slack(text: Mapping[str, Any], names: Names, leads: Leads, counts: Counts) -> Markup:
    """Return a text object as Slack shows it."""
    if text["type"] != "mrkdwn":
        return escape(text["text"])
    kept = _Kept()
    told = _ENTITY.sub(lambda found: kept.keep(_entity(found[1], names, leads, counts)), text["text"])
    told = str(escape(_unescaped(told)))
    for sign, tag in _STYLES:
        mark = re.escape(sign)
        pattern = rf"(?<![\w{mark}]){mark}(?=[^\s{mark}])([^\n]*?[^\s{mark}]|[^\s{mark}]){mark}(?![\w{mark}])"
        told = re.sub(pattern, rf"<{tag}>\1</{tag}>", told)
    told = re.sub(r"(?m)^&gt; ?(.*)$", r"<q>\1</q>", told)
    return kept.give_back(told)


def _entity(inner: str, names: Names, leads: Leads, counts: Counts) -> Markup:
    if found := _DATE.fullmatch(inner):
        at = datetime.fromtimestamp(int(found[1]), UTC)
        return _live(at, counts) if "{ago}" in found[2] else escape(_unescaped(found[3]))
    before, _, label = inner.partition("|")
    if before[:1] in ("@", "#", "!"):
        name = names(before[1:]) or before[1:].partition("^")[0]
        sign = "#" if before[0] == "#" else "@"
        return Markup('<span class="mention">{}{}</span>').format(sign, name)
    return leads(_unescaped(label or before), _unescaped(before))


def _unescaped(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


# -- WeCom: its few tags in texts, and its own markdown (90236) ---------------------------------------------

_ANCHOR = re.compile(r"""<a\s+href=(["'])(?P<url>.*?)\1[^>]*>(?P<label>.*?)</a>""", re.IGNORECASE | re.DOTALL)
_MD_LINK = re.compile(r"\[(?P<label>[^\[\]\n]+)\]\((?P<url>[^()\s]+)\)")
_FONT = re.compile(
    r"""<font\s+color=["']?(?P<color>\w+)["']?>(?P<words>.*?)</font>""", re.IGNORECASE | re.DOTALL
)
_CALL = re.compile(r"<@([^<>\s]+)>")


def tencent(text: str, leads: Leads) -> Markup:
    """Return a text message: anchors and bare addresses are links."""
    kept = _Kept()
    text = _ANCHOR.sub(lambda found: kept.keep(leads(found["label"], found["url"])), text)
    text = _URL.sub(lambda found: kept.keep(leads(found[0], found[0])), text)
    return kept.give_back(str(escape(text)))


def markdown(text: str, leads: Leads) -> Markup:
    """Return WeCom's markdown: headings, bold, code, quotes, links, three colours and calls."""
    kept = _Kept()
    text = _MD_LINK.sub(lambda found: kept.keep(leads(found["label"], found["url"])), text)
    text = _URL.sub(lambda found: kept.keep(leads(found[0], found[0])), text)
    text = _CALL.sub(lambda f: kept.keep(Markup('<span class="mention">@{}</span>').format(f[1])), text)
    text = _FONT.sub(
        lambda f: kept.keep(Markup('<span class="font-{}">{}</span>').format(f["color"], f["words"])), text
    )
    told = str(escape(text))
    told = re.sub(r"\*\*(?=\S)(.+?)(?<=\S)\*\*", r"<b>\1</b>", told)
    told = re.sub(r"`([^`\n]+)`", r"<code>\1</code>", told)
    told = re.sub(r"(?m)^#{1,6} (.*)$", r"<b>\1</b>", told)
    told = re.sub(r"(?m)^&gt; ?(.*)$", r"<q>\1</q>", told)
    return kept.give_back(told)
