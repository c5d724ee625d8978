"""One grammar for what staff type: words, `key:value` pairs and `--flags`, in any order and width.

    /turnout <verb> [target] [when] [key:value …] [--flag]

What a word means is the command's business; here a line is only taken apart, and what nobody knows is refused.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from conversations.understanding.when import moment_of, when_of
from locales.text import Listing, Text, ct, t

KEYS: Mapping[str, str] = {
    word: key
    for key, words in {
        "job": "job role 岗位 职位",
        "source": "source 来源 渠道",
        "owner": "owner 负责人",
        "state": "state status 状态",
        "reason": "reason 原因",
        "tag": "tag 标签",
        "by": "by 按",
        "type": "type 类型",
        "to": "to 给",
        "team": "team 团队",
        "day": "day",
        "at": "at",
        "every": "every 每 每隔 间隔",
        "places": "places place capacity 名额 人数",
    }.items()
    for word in words.split()
}
"""What stands before a colon, by every word for it."""
KEY_WORDS: Mapping[str, Text] = {
    "job": ct("key", "job:"),
    "source": ct("key", "source:"),
    "owner": ct("key", "owner:"),
    "state": ct("key", "state:"),
    "reason": ct("key", "reason:"),
    "tag": ct("key", "tag:"),
    "by": ct("key", "by:"),
    "type": ct("key", "type:"),
    "to": ct("key", "to:"),
    "team": ct("key", "team:"),
    "day": ct("key", "day:"),
    "at": ct("key", "at:"),
    "every": ct("key", "every:"),
    "places": ct("key", "places:"),
}
"""How each key is called where those that there are, are listed."""
SELECTING = frozenset({"job", "source", "owner", "state", "reason", "tag", "type"})
"""The keys that choose interviews."""
IDS = frozenset({"person"})
"""What stands before an id that was chosen from several, and is no key."""
GLOBAL_FLAGS = frozenset({"here", "lang"})
"""What every command understands: answer in the group, and in which language."""
_WITH_VALUE = frozenset({"lang", "at"})
_TOKEN = re.compile(r"""(?:[^\s:"'“”「]+:)?(?:"[^"]*"|“[^”]*”|「[^」]*」)|\S+""")
_QUOTES = '"“”「」'
_FLAG = re.compile(r"(?:--|—{1,2}|––?|－－)([A-Za-z][\w-]*)(?:=(.*))?")
_PAIR = re.compile(r"([^\W\d][\w-]*):(?!//)(.+)", re.DOTALL)
_LIKE_A_KEY = re.compile(r"[^\W\d_]{2,12}")
_APART = re.compile(r"(?<!\S)([^\W\d_]{1,12}):\s+(?=[^\s-])")
"""A key with a space before its value."""
_PAGE = re.compile(r"\+(\d{1,3})")
_LONGEST_DAYS = 4


class BadLine(ValueError):
    """A line that cannot be read; `why` says what is wrong with it and what can be typed."""

    def __init__(self, why: Text) -> None:
        super().__init__("a line that cannot be read")
        self.why = why


@dataclass(frozen=True, slots=True)
class Line:
    """A command's arguments, taken apart."""

    words: tuple[str, ...] = ()
    """What is neither pair nor flag, in order; quoted words stay together."""
    pairs: Mapping[str, str] = field(default_factory=dict)
    """`key:value`, by the key's English name."""
    flags: Mapping[str, str] = field(default_factory=dict)
    """`--flag`, with what stands behind it, if anything."""
    page: int = 1
    """`+2` is the second page."""

    @property
    def text(self) -> str:
        return " ".join(self.words)

    def has(self, flag: str) -> bool:
        return flag in self.flags

    @property
    def selecting(self) -> Mapping[str, str]:
        """The pairs that choose interviews."""
        return {key: value for key, value in self.pairs.items() if key in SELECTING}

    def days(self) -> tuple[str, str]:
        """Return the days that are named anywhere among the words, "" for none, and the other words."""
        for size in range(min(_LONGEST_DAYS, len(self.words)), 0, -1):
            for start in range(len(self.words) - size + 1):
                typed = " ".join(self.words[start : start + size])
                if _is_days(typed):
                    return typed, " ".join((*self.words[:start], *self.words[start + size :]))
        return "", self.text


def _is_days(typed: str) -> bool:
    return when_of(typed, datetime(2026, 1, 1, tzinfo=UTC), "UTC") is not None


def _is_moment(typed: str) -> bool:
    return moment_of(typed, datetime(2026, 1, 1, tzinfo=UTC), "UTC") is not None


def read_line(rest: str, flags: Collection[str] = (), keys: Collection[str] = ()) -> Line:
    """Take arguments apart; raises BadLine for a flag or key that this command does not have."""
    found = Line()
    tokens = list(_tokens(rest))
    while tokens:
        token = tokens.pop(0)
        if flag := _FLAG.fullmatch(token):
            name, value = flag[1].lower(), flag[2]
            if name not in flags:
                raise BadLine(_no_flag(name, flags))
            if name in _WITH_VALUE and not value:
                value = _value(name, tokens)
            found = replace(found, flags={**found.flags, name: value or ""})
        elif (pair := _PAIR.fullmatch(token)) and (key := _key(pair[1], keys)):
            found = replace(found, pairs=_with(found.pairs, key, pair[1], pair[2].strip(_QUOTES)))
        elif page := _PAGE.fullmatch(token):
            found = replace(found, page=max(1, int(page[1])))
        else:
            found = replace(found, words=(*found.words, token.strip(_QUOTES)))
    return found


def _value(flag: str, tokens: list[str]) -> str:
    """Take what stands behind a flag out of the tokens: one, or for a time all that name it (`明天 下午3点`)."""
    if not tokens or _FLAG.fullmatch(tokens[0]):
        example = "14:00" if flag == "at" else "en"
        raise BadLine(
            t("--{flag} needs a value behind it, like --{flag} {example}.", flag=flag, example=example)
        )
    words = [token.strip(_QUOTES) for token in tokens[:_LONGEST_DAYS]]
    sizes = range(len(words), 0, -1) if flag == "at" else ()
    size = next((n for n in sizes if _is_moment(" ".join(words[:n]))), 1)
    del tokens[:size]
    return " ".join(words[:size])


def strange_flag(rest: str, flags: Collection[str]) -> Text | None:
    """Return what is wrong with the first flag that a command does not have; None where there is none."""
    found = (_FLAG.fullmatch(token) for token in _tokens(rest.partition("\n")[0]))
    names = (flag[1].lower() for flag in found if flag)
    return next((_no_flag(name, flags) for name in names if name not in flags), None)


def _tokens(rest: str) -> Iterator[str]:
    # Full-width letters, colons and spaces are what Chinese keyboards make.
    wide = unicodedata.normalize("NFKC", rest)
    line = _APART.sub(lambda key: f"{key[1]}:" if key[1].casefold() in KEYS else key[0], wide)
    return (match[0] for match in _TOKEN.finditer(line))


def _with(pairs: Mapping[str, str], key: str, word: str, value: str) -> Mapping[str, str]:
    """Return the pairs with another one; raises BadLine where the key stands there with another value."""
    if pairs.get(key, value) != value:
        raise BadLine(t("“{key}:” stands there twice. Please give one value.", key=word))
    return {**pairs, key: value}


def _key(word: str, keys: Collection[str]) -> str:
    """Return which key a word is, "" for a word that is none; raises BadLine for one that does not belong here."""
    key = KEYS.get(word.casefold(), "")
    is_unknown = not key and bool(keys) and word not in IDS and _LIKE_A_KEY.fullmatch(word) is not None
    if is_unknown or (key and key not in keys):
        raise BadLine(_no_key(word, keys))
    return key


def _no_flag(name: str, flags: Collection[str]) -> Text:
    if not flags:
        return t("--{flag} means nothing here.", flag=name)
    known = Listing(tuple(f"--{flag}" for flag in sorted(flags)))
    return t("--{flag} means nothing here. There are: {known}", flag=name, known=known)


def _no_key(word: str, keys: Collection[str]) -> Text:
    if not keys:
        return t("“{key}:” means nothing here.", key=word)
    known = Listing(tuple(KEY_WORDS[key] for key in sorted(keys)))
    return t("“{key}:” means nothing here. There are: {known}", key=word, known=known)


@dataclass(frozen=True, slots=True)
class Wish:
    """How the answer to any command is wanted."""

    is_here: bool = False
    """`--here`: for everybody in the group, not only for whoever asked."""
    language: str = ""
    """`--lang en`; "?" where none stands behind it."""


_HERE = re.compile(r"(?i)(?:^|\s)(?:--|—{1,2})here(?=\s|$)")
_LANGUAGE = re.compile(r"(?i)(?:^|\s)(?:--|—{1,2})lang(?:(?:=|\s+)([A-Za-z_-]{1,12}))?(?=\s|$)")


def wish_in(rest: str) -> tuple[str, Wish]:
    """Return the arguments without what every command understands, and that."""
    language = _LANGUAGE.search(rest)
    left = _LANGUAGE.sub("", rest)
    wish = Wish(_HERE.search(left) is not None, (language[1] or "?").replace("-", "_") if language else "")
    return _HERE.sub("", left).strip(), wish
