"""A mail as bytes (RFC 5322, MIME): the same parameters give the same bytes. Nobody's data becomes a header."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from email.headerregistry import Address, BaseHeader, HeaderRegistry
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy, Policy
from email.utils import format_datetime
from hashlib import sha256
from typing import Any

from channels.base import NotDelivered
from channels.email.addresses import on_wire
from channels.email.marks import Marks
from channels.email.settings import Settings
from channels.shape import read_reference

LARGEST = 10_000_000
"""Bytes of all files: in base64 they grow by a third, and many servers take no more than 20 MB."""
LONGEST_FILE_NAME = 100
_METHOD = re.compile(rb"^METHOD:(PUBLISH|CANCEL|REQUEST)\r?$", re.MULTILINE)
_MEDIA_TYPE = re.compile(r"([a-z]+)/([a-z0-9][a-z0-9.+-]{0,100})")


class _Verbatim(BaseHeader):
    """A header that stands on one line: Python would fold a long address into words that no reader can use."""

    max_count = 1

    @classmethod
    def parse(cls, value: str, kwds: dict[str, Any]) -> None:
        kwds["parse_tree"] = None
        kwds["decoded"] = value

    def fold(self, *, policy: Policy[Any]) -> str:
        return f"{self.name}: {self}{policy.linesep}"


_HEADERS = HeaderRegistry()
for _name in ("Message-ID", "References", "List-Unsubscribe"):
    _HEADERS.map_to_type(_name, _Verbatim)


def build(
    params: Mapping[str, Any], recipient: str, settings: Settings, marks: Marks, files: Mapping[str, bytes]
) -> tuple[str, bytes]:
    """Return the Message-ID, without its brackets, and the bytes of a mail, which are ASCII but for its addresses.

    Raises NotDelivered `refused` when it is too large to be taken anywhere.
    """
    if sum(map(len, files.values())) > LARGEST:
        raise NotDelivered("refused", f"the files are larger than {LARGEST // 1_000_000} MB together")
    name = marks.make(_request(params), recipient)
    mail = EmailMessage(policy=_policy(recipient, settings))
    mail["From"] = _mailbox(settings.sender, settings.name)
    mail["To"] = _mailbox(recipient)
    mail["Subject"] = " ".join(str(params["subject"]).split())
    mail["Date"] = format_datetime(datetime.fromisoformat(params["date"]))
    mail["Message-ID"] = f"<{name}>"
    mail["References"] = f"<{marks.root(recipient)}>"
    if settings.reply_to:
        mail["Reply-To"] = _mailbox(settings.reply_to)
    mail["Content-Language"] = params["language"]
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834
    # Everything Exchange sends by itself, but for the reports that a mail did not arrive ([MS-OXCMAIL] 2.1.3.2.20).
    mail["X-Auto-Response-Suppress"] = "DR, RN, NRN, OOF, AutoReply"
    if stop := params.get("stop"):
        mail["List-Unsubscribe"] = f"<{stop}>"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"  # RFC 8058
    _fill(mail, params, files)
    _set_boundaries(mail, name)
    return name, mail.as_bytes()


def needs_utf8(recipient: str, settings: Settings) -> bool:
    """Tell whether an address cannot be written in ASCII, so that SMTPUTF8 is needed (RFC 6531)."""
    return not (
        on_wire(recipient) + settings.sender.rpartition("@")[0] + settings.reply_to.rpartition("@")[0]
    ).isascii()


def _policy(recipient: str, settings: Settings) -> EmailPolicy[EmailMessage]:
    # Python fills a line with one encoded word, which may have 75 characters (RFC 2047, 2) beside the blank.
    return SMTP.clone(header_factory=_HEADERS, utf8=needs_utf8(recipient, settings), max_line_length=76)


def _request(params: Mapping[str, Any]) -> str:
    """Return what a mail's name is made of; one that was given none is named by what it says."""
    told = "\0".join(str(params[name]) for name in ("date", "subject", "text", "html"))
    return str(params["request"]) or sha256(told.encode()).hexdigest()[:32]


def _mailbox(address: str, name: str = "") -> Address:
    local, _, domain = on_wire(address).rpartition("@")
    return Address(name, local, domain)


def _fill(mail: EmailMessage, params: Mapping[str, Any], files: Mapping[str, bytes]) -> None:
    mail.set_content(params["text"], cte=_encoding(params["text"]))
    if params["html"]:
        mail.add_alternative(params["html"], subtype="html", cte=_encoding(params["html"]))
    for file in params["files"]:
        blob, name = read_reference(file["file"])
        _attach(mail, files[blob], name, str(file["media_type"]))


def _attach(mail: EmailMessage, data: bytes, name: str, media_type: str) -> None:
    main, sub = _media_type(media_type, data)
    params = {"charset": "utf-8"} if main == "text" else {}
    if (main, sub) == ("text", "calendar") and (method := _METHOD.search(data)):
        params["method"] = method[1].decode()  # RFC 6047, 2.4
    named = name[:LONGEST_FILE_NAME]
    mail.add_attachment(data, maintype=main, subtype=sub, cte="base64", filename=named, params=params)


def _media_type(given: str, data: bytes) -> tuple[str, str]:
    """Return what a file is; text is only what can be read as such."""
    kind = _MEDIA_TYPE.match(given.lower())
    if kind is None or kind[1] in ("multipart", "message"):
        return "application", "octet-stream"
    try:
        if kind[1] == "text":
            data.decode("utf-8")
    except UnicodeDecodeError:
        return "application", "octet-stream"
    return kind[1], kind[2]


def _encoding(text: str) -> str:
    """Return how a text goes through every server: what is mostly ASCII stays readable, all else is shorter so."""
    return "quoted-printable" if sum(letter > "\x7f" for letter in text) < len(text) / 6 else "base64"


def _set_boundaries(mail: EmailMessage, name: str) -> None:
    """Set what parts the parts: the same for the same mail, and nothing an encoded part can hold."""
    own = sha256(name.encode()).hexdigest()[:24]
    for number, part in enumerate(mail.walk()):
        if part.is_multipart():
            part.set_boundary(f"=_{own}_{number}")
