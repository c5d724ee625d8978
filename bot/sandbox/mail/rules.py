"""What a strict mail server and mail program find wrong with a mail: RFC 5321, 5322, 2045 to 2047, 8058.

Held apart from the channel, so that a mistake there is found here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from email import message_from_string
from email.errors import NonASCIILocalPartDefect
from email.message import EmailMessage
from email.policy import SMTPUTF8
from email.utils import parsedate_to_datetime

LONGEST_LINE = 998
"""Octets without the line's end (RFC 5322, 2.1.1)."""
LONGEST_HEADERS = 60_000
MOST_FILES = 20
DATED_WITHIN = timedelta(days=1)
_ONCE = ("Date", "From", "To", "Message-ID", "Subject")
_AT_MOST_ONCE = ("Reply-To", "Sender", "Cc", "References", "In-Reply-To", "MIME-Version", "Content-Type")
_ENCODED_WORD = re.compile(r"=\?[^?\s]+\?[bBqQ]\?[^?\s]*\?=")
_METHOD = re.compile(rb"^METHOD:(\w+)\r?$", re.MULTILINE)


class Refusal(Exception):
    """A mail that is not taken, with the answer that says so."""

    def __init__(self, why: str, answer: str = "554 5.6.0 Message content rejected") -> None:
        super().__init__(why)
        self.why = why
        self.answer = f"{answer}: {why}"


def checked(data: bytes, options: list[str], now: datetime) -> EmailMessage:
    """Return a mail as its reader's program understands it; raises Refusal.

    `options` are those of MAIL; `now` is compared with the mail's date.
    """
    for what in _wrong_bytes(data, options):
        raise Refusal(what)
    # Of bytes Python takes only ASCII for headers.
    mail = message_from_string(data.decode("utf-8", "surrogateescape"), policy=SMTPUTF8)
    if not isinstance(mail, EmailMessage):
        raise Refusal("it is no mail")
    for what in (*_wrong_headers(mail, data, options), *_wrong_date(mail, now), *_wrong_parts(mail)):
        raise Refusal(what)
    return mail


def _wrong_bytes(data: bytes, options: list[str]) -> Iterator[str]:
    if not data.endswith(b"\r\n"):
        yield "its last line has no end"
    if re.search(rb"\r(?!\n)|(?<!\r)\n", data):
        yield "a line ends in CR or LF alone"
    if b"\0" in data:
        yield "it holds NUL"
    if any(len(line) > LONGEST_LINE for line in data.split(b"\r\n")):
        yield f"a line is longer than {LONGEST_LINE} octets"
    if not data.isascii() and "BODY=8BITMIME" not in options:
        yield "it has 8-bit content without BODY=8BITMIME"
    head, blank, _ = data.partition(b"\r\n\r\n")
    if not blank:
        yield "no blank line ends its headers"
    if len(head) > LONGEST_HEADERS:
        yield "its headers are too long"
    if not head.isascii() and "SMTPUTF8" not in options:
        yield "its headers are not ASCII, without SMTPUTF8"
    for line in head.split(b"\r\n"):
        if not re.match(rb"[!-9;-~]+:|[ \t]+\S", line):
            yield "a line among its headers is none"


def _wrong_headers(mail: EmailMessage, data: bytes, options: list[str]) -> Iterator[str]:
    for name in _ONCE:
        if len(mail.get_all(name, [])) != 1:
            yield f"it has {len(mail.get_all(name, []))} times {name}"
    for name in _AT_MOST_ONCE:
        if len(mail.get_all(name, [])) > 1:
            yield f"it has {name} more than once"
    for name, value in mail.items():
        known = (NonASCIILocalPartDefect,) if "SMTPUTF8" in options else ()
        if defects := [defect for defect in value.defects if not isinstance(defect, known)]:
            yield f"{name}: {defects[0]}"
    if not re.fullmatch(r"<[^<>@\s]+@[^<>@\s]+>", str(mail["Message-ID"]).strip()):
        yield "its Message-ID is none"
    head = data.partition(b"\r\n\r\n")[0].decode("utf-8", "replace")
    if any(len(word) > 75 for word in _ENCODED_WORD.findall(head)):
        yield "an encoded word is longer than 75 characters"
    for line in re.sub(r"\r\n[ \t]", " ", head).split("\r\n"):
        if line.lower().startswith(("message-id:", "references:", "list-unsubscribe")) and "=?" in line:
            yield "an encoded word stands where none may"
    if post := mail["List-Unsubscribe-Post"]:
        unsubscribe = str(mail["List-Unsubscribe"] or "")
        if str(post) != "List-Unsubscribe=One-Click" or not re.search(r"<https?://[^<>\s]+>", unsubscribe):
            yield "its one-click unsubscription is none"


def _wrong_date(mail: EmailMessage, now: datetime) -> Iterator[str]:
    try:
        at = parsedate_to_datetime(str(mail["Date"]))
    except ValueError:
        yield "its date is none"
        return
    if at.tzinfo is None or abs(at - now) > DATED_WITHIN:
        yield "it is not dated today"


def _wrong_parts(mail: EmailMessage) -> Iterator[str]:
    if str(mail["MIME-Version"]) != "1.0":
        yield "it has no MIME-Version"
    for part in mail.walk():
        if part.defects:
            yield f"{part.get_content_type()}: {type(part.defects[0]).__name__}"
        if part.get_content_maintype() == "text":
            yield from _wrong_text(part)
    body = mail.get_body(("plain",))
    if body is None or not body.get_content().strip():
        yield "it has no text part"
    kinds = [part.get_content_type() for part in mail.walk() if not part.is_multipart()]
    if "text/html" in kinds and kinds.index("text/html") < kinds.index("text/plain"):
        yield "its text part does not come first (RFC 2046, 5.1.4)"
    files = list(mail.iter_attachments())
    if len(files) > MOST_FILES or any(not file.get_filename() for file in files):
        yield "its files are too many, or have no names"


def _wrong_text(part: EmailMessage) -> Iterator[str]:
    data = part.get_payload(decode=True)
    if not isinstance(data, bytes):
        yield "a text part has no content"
        return
    try:
        data.decode(part.get_content_charset() or "ascii")
    except (LookupError, UnicodeError):
        yield "a text part is not in the charset it names"
    method = _METHOD.search(data) if part.get_content_type() == "text/calendar" else None
    if method and str(part.get_param("method", "")).upper() != method[1].decode():
        yield "its calendar's method is not the part's (RFC 6047, 2.4)"
