"""Text as Slack takes it: nobody's words may become a mention, a link or bold.

In mrkdwn & < > are escaped and nothing else can be (docs.slack.dev/messaging/formatting-message-text). A plain_text
object is shown as it stands: escaping there would show, as github.com/yhatt/jsx-slack knows, which escapes in mrkdwn
alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from channels.shape import cut, plain
from locales.translate import Live

Span = str | Live
_SIGNS = re.compile(r"[*_~`]|^[ \t]*(?:>|[•◦▪])", re.MULTILINE)


def escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def fitted(text: str, limit: int) -> str:
    """Return text, escaped, that Slack finds no longer than `limit`."""
    short = cut(text, limit, "characters")
    while len(escaped := escape(short)) > limit:
        short = cut(short, len(short) - max(1, (len(escaped) - limit) // 5), "characters")
    return escaped


def plain_text(text: str, limit: int) -> dict[str, Any]:
    """Return a text object of one line that is nothing but text."""
    line = " ".join(plain(text).split())
    return block_text(cut(line or "…", limit, "characters"))


def block_text(text: str) -> dict[str, Any]:
    """Return a text object of any number of lines that is nothing but text."""
    return {"type": "plain_text", "text": text, "emoji": False}


def may_be_marked(spans: Iterable[Span]) -> bool:
    """Tell whether text holds no sign that markup round it would take for its own: mrkdwn has no way to escape them."""
    return not _SIGNS.search("".join(span if isinstance(span, str) else span.text for span in spans))


def marked(spans: Iterable[Span]) -> str:
    """Return spans as mrkdwn: countdowns count in the reader's own app, and say our words where they cannot."""
    return "".join(escape(span) if isinstance(span, str) else _live(span) for span in spans)


def _live(span: Live) -> str:
    words = escape(span.text.replace("|", "/").replace("\n", " "))
    return f"<!date^{int(span.at.timestamp())}^{{ago}}|{words}>"


_TARGET = re.compile(r"https?://\S+\Z|\+?[0-9][0-9 ()./-]{4,}\Z")


def linked(text: str) -> str | None:
    """Return a line as mrkdwn with the address or phone number at its end to tap; None if it has none, or has signs."""
    found = _TARGET.search(text)
    if found is None or _SIGNS.search(text[: found.start()]):
        return None
    target, words = found[0].replace("|", "%7C"), ""
    if not target.startswith("http"):
        target, words = f"tel:{re.sub('[^0-9+]', '', target)}", f"|{target}"
    return f"{escape(text[: found.start()])}<{escape(target)}{words}>"
