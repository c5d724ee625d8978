"""What somebody types or taps, as an event's body; and the little that is markup in a plain text of Tencent's."""

from __future__ import annotations

import hashlib
import re

from conversations.events import Body, Commanded, Followed, Said, Wanted

WANT = "want."
"""What a menu's key begins with that asks for something by its name."""

_COMMAND = re.compile(r"/(\w{1,64})(?:\s+(.*))?", re.DOTALL)
_MENU_KEY = re.compile(r"/?(\w{1,64})(?:\s+(.{0,60}))?")
_LINK = re.compile(r"(<\s*a)(?![A-Za-z])", re.IGNORECASE)


def words(text: str) -> Body | None:
    """Return what somebody typed: a command after a slash, or words, in which commands are looked for later."""
    text = text.strip()
    if command := _COMMAND.fullmatch(text):
        verb, rest = command.groups(default="")
        return commanded(verb, rest)
    return Said(text) if text else None


def commanded(verb: str, rest: str) -> Body:
    verb, rest = verb.lower(), rest.strip()
    return Followed(rest) if verb == "start" else Commanded(verb, rest)


def wanted(key: str) -> Body | None:
    """Return what an item of a menu asks for; its key is one of ours, or a command in an operator's menu."""
    if key.startswith(WANT):
        return Wanted(key.removeprefix(WANT))
    if found := _MENU_KEY.fullmatch(key):
        verb, rest = found.groups(default="")
        return commanded(verb, rest)
    return None


def short(text: str) -> str:
    """Return what stands for a text, the same whenever it comes again."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def unmarked(text: str) -> str:
    """Return text in which nobody's words are a link: `<a href>` is the one thing that is read in a text."""
    return _LINK.sub("\\1\u2060", text)
