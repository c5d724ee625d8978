"""What somebody wrote in answer to a mail, without what they quote and without their signature."""

from __future__ import annotations

import re
from email.message import Message as Mail
from html.parser import HTMLParser

LONGEST = 200_000
"""Characters of a part that are looked at."""

# How mail programs begin what they quote. Each is tried on a whole line, or on two that belong together.
_QUOTES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"on\b.{4,300}\bwrote\s*[:：]",
        r"在.{4,300}写道\s*[:：]",
        r".{4,300}于\s*\d{4}\s*年.{4,100}写道\s*[:：]",
        r".{0,200}<[^<>\s]+@[^<>\s]+>.{0,100}(?:wrote|写道)\s*[:：]",
        r"[-–—_ ]{2,}\s*(?:original message|forwarded message|原始邮件|原邮件|转发邮件|回复的原邮件)\s*[-–—_ ]{2,}",
        r"_{10,}",
        r"(?:from|发件人)\s*[:：].{0,200}@.{0,100}",
        r"(?:from|发件人)\s*[:：].{0,200}\s(?:sent|date|发送时间|日期|发送日期)\s*[:：].{0,100}",
    )
)
_SIGNATURES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"--\s?",
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
    lines = [line.rstrip() for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    kept: list[str] = []
    for number, line in enumerate(lines):
        if _begins_quote(lines, number):
            if any(kept) or not _is_quoted_below(lines, number):
                break
        elif any(kept) and _matches(_SIGNATURES, line):
            break
        elif not line.lstrip().startswith(">"):
            kept.append(line)
    return "\n".join(kept).strip()


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
_VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())


def _from_html(html: str) -> str:
    reader = _Words()
    reader.feed(html[:LONGEST])
    reader.close()
    return re.sub(r"[ \t\xa0]+", " ", re.sub(r" *\n *", "\n", "".join(reader.words)))


class _Words(HTMLParser):
    """Gathers the words of an HTML part, without those that are quoted."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self._skipped: list[str] = []
        """Open elements, the first of which is not to be read."""
        self._is_over = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BLOCKS and not self._skipped:
            self.words.append("\n")
        if tag in _VOID:
            return
        named = " ".join(value or "" for name, value in attrs if name in ("class", "id"))
        self._is_over = self._is_over or bool(_LAST.search(named))
        is_quote = tag == "blockquote" or bool(_QUOTING.search(named))
        if self._skipped or tag in _UNSEEN or is_quote:
            self._skipped.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self._skipped:
            # Whatever was left open inside ends with it.
            del self._skipped[len(self._skipped) - 1 - self._skipped[::-1].index(tag) :]
        elif tag in _BLOCKS:
            self.words.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._skipped and not self._is_over:
            self.words.append(re.sub(r"\s+", " ", data))
