"""What somebody wrote in answer to a mail, without what they quote and without their signature."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.message import Message as Mail
from html import unescape

LONGEST = 200_000
"""Characters of a part that are looked at."""
MOST_LINES = 2_000

# How mail programs begin what they quote. Each is tried on a whole line, or on two that belong together.
_QUOTES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"on\b.{4,300}\bwrote\s*[:：]",
        r"在.{4,300}写道\s*[:：]",
        r".{4,300}于\s*\d{4}\s*年.{4,100}写道\s*[:：]",
        r".{0,200}\S@\S.{0,200}(?:wrote|写道)\s*[:：]",
        r"[-–—_ ]{2,}\s*(?:original message|forwarded message|原始邮件|原邮件|转发邮件|回复的原邮件)\s*[-–—_ ]{2,}",
        r"_{10,}",
        r"(?:from|发件人)\s*[:：].{0,200}@.{0,100}",
        r"(?:from|发件人)\s*[:：].{0,200}\s(?:sent|date|发送时间|日期|发送日期)\s*[:：].{0,100}",
    )
)
_SIGNATURES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"sent from my .{2,60}",
        r"sent from (?:mail|outlook|yahoo|proton|qq).{0,60}",
        r"get outlook for .{2,30}",
        r"发自.{1,40}",
        r"来自我的.{1,40}",
        r"从我的.{1,30}发送",
    )
)
_FROM_LINE = re.compile(r"(?:from|发件人)\s*[:：]", re.IGNORECASE)
_SENT_LINE = re.compile(r"(?:sent|date|to|发送时间|日期|发送日期|收件人|时间)\s*[:：]", re.IGNORECASE)


def text_of(mail: Mail) -> str:
    """Return the words that are new in a mail; empty when there are none."""
    plain, html = _part(mail, "plain"), _part(mail, "html")
    if plain is not None and (text := without_quotes(plain)):
        return text
    return without_quotes(_from_html(html)) if html is not None else ""


def without_quotes(text: str) -> str:
    """Return what stands above the quoted mail and the signature, and between quoted lines."""
    lines = [line.rstrip() for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n", MOST_LINES)]
    kept: list[str] = []
    for number, line in enumerate(lines):
        if _begins_quote(lines, number):
            if any(kept) or not _is_quoted_below(lines, number):
                break
        elif _begins_signature(lines, number, any(kept)):
            break
        elif not line.lstrip().startswith(">"):
            kept.append(line)
    return "\n".join(kept).strip()


def _begins_signature(lines: list[str], number: int, is_below: bool) -> bool:
    """Tell whether a signature begins, by its own mark or by what programs write below what was said."""
    if lines[number] == "--":  # with a blank, which is cut off here (RFC 3676, 4.3)
        return any(lines[number + 1 :])
    return is_below and _matches(_SIGNATURES, lines[number])


def _is_quoted_below(lines: list[str], number: int) -> bool:
    """Tell whether what is quoted is marked line by line, so that an answer may stand below it."""
    below = [line for line in lines[number + 1 : number + 6] if line.strip()]
    return any(line.lstrip().startswith(">") for line in below)


def _begins_quote(lines: list[str], number: int) -> bool:
    line = lines[number].strip()
    following = [each.strip() for each in lines[number + 1 : number + 3]]
    if _matches(_QUOTES, line):
        return True
    if _FROM_LINE.match(line) and any(_SENT_LINE.match(each) for each in following):
        return True
    # "On Tuesday, somebody <address>" and "wrote:" often stand on two lines.
    two = f"{line} {following[0]}" if following else line
    return bool(re.match(r"(?:on\b|在)", line, re.IGNORECASE)) and _matches(_QUOTES[:4], two)


def _matches(patterns: tuple[re.Pattern[str], ...], line: str) -> bool:
    bare = line.strip().strip("*").strip()
    return 0 < len(bare) <= 500 and any(pattern.fullmatch(bare) for pattern in patterns)


def _part(mail: Mail, subtype: str) -> str | None:
    """Return the first text part of a kind that is no attachment."""
    for part in mail.walk():
        if part.get_content_type() == f"text/{subtype}" and part.get_content_disposition() != "attachment":
            return _decoded(part)
    return None


def _decoded(part: Mail) -> str:
    data = part.get_payload(decode=True)
    if not isinstance(data, bytes):
        return ""
    charset = str(part.get_content_charset() or "utf-8").lower()
    # Mail programs say gb2312 and mean all of Chinese.
    charset = "gb18030" if charset in ("gb2312", "gbk", "x-gbk", "cp936") else charset
    try:
        text = data.decode(charset, "replace")
    except LookupError:
        text = data.decode("utf-8", "replace")
    is_flowed = str(part.get_param("format", "")).lower() == "flowed"
    # A flowed line that ends in a blank goes on in the next (RFC 3676).
    return re.sub(r"(?<![\n-]) \r?\n(?!>)", " ", text[:LONGEST]) if is_flowed else text[:LONGEST]


_BLOCKS = frozenset("address article br div h1 h2 h3 h4 h5 h6 hr li ol p pre section table tr ul".split())
_UNSEEN = frozenset("head script style title template".split())
_QUOTING = re.compile(r"gmail_quote|moz-cite-prefix|yahoo_quoted|zmail_extra|qmbox")
_LAST = re.compile(r"divRplyFwdMsg|appendonsend|isReplyContent")
"""What Outlook and others put before a quoted mail, which they do not enclose in anything."""
_NAMED = re.compile(r"""\s(?:class|id)\s*=\s*("[^"]*"|'[^']*'|[^\s"'>]+)""", re.IGNORECASE)
_TAG = re.compile(r"(/?)([a-z][a-z0-9]{0,20})", re.IGNORECASE)
LONGEST_TAG = 4_000


def _from_html(html: str) -> str:
    """Return the words of an HTML part, without those that are quoted.

    Python's own HTML parser takes time that grows with the square of what it is given: minutes for 200 kB of "<a ".
    """
    words: list[str] = []
    skipped, depth = "", 0
    for tag, text in _pieces(html):
        if tag is None:
            if not skipped:
                words.append(re.sub(r"\s+", " ", unescape(text)))  # line feeds are but blanks there
            continue
        closes, name = tag
        if skipped:
            depth += (name == skipped) * (-1 if closes else 1)
            skipped = skipped if depth else ""
            continue
        named = " ".join(_NAMED.findall(text)) if not closes else ""
        if _LAST.search(named):
            break
        if not closes and (name in _UNSEEN or name == "blockquote" or _QUOTING.search(named)):
            skipped, depth = name, 1
        elif name in _BLOCKS:
            words.append("\n")
    return re.sub(r"\n{3,}", "\n\n", "\n".join(" ".join(line.split()) for line in "".join(words).split("\n")))


def _pieces(html: str) -> Iterator[tuple[tuple[bool, str] | None, str]]:
    """Yield tags, as whether they close and their name, with what stands in them, and the text between."""
    place = 0
    while (start := html.find("<", place)) >= 0:
        yield None, html[place:start]
        if html.startswith("<!--", start):
            end = html.find("-->", start)
            if end < 0:
                return
            place = end + 3
            continue
        end, tag = html.find(">", start, start + LONGEST_TAG), _TAG.match(html, start + 1)
        if end >= 0 and tag:
            yield (bool(tag[1]), tag[2].lower()), html[tag.end() : end]
        elif end < 0 or html[start + 1] not in "!?/":
            yield None, "<"
            end = start
        place = end + 1
    yield None, html[place:]
