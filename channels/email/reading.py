"""What a mail that came in says, as events. Pure; whatever comes in, it returns events or raises Malformed.

Anybody may write to a mailbox, and a mail's From is what its writer likes. What counts is only what quotes the
Message-ID of a mail of ours, which nobody else can make, and comes from, or is about, whom that mail was sent to.
"""

from __future__ import annotations

import email
import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from email.header import decode_header, make_header
from email.message import Message as Mail
from email.policy import compat32
from email.utils import parseaddr
from hashlib import sha256

import structlog

from channels.base import Malformed, Parsed, storable
from channels.email.addresses import canonical
from channels.email.marks import Marks, read_ids
from channels.email.replies import text_of
from channels.email.reports import is_complaint, read_delivery
from conversations.events import Body, Commanded, Event, Followed, Said, Sent, Unreachable, Wanted

MOST_PARTS = 60
"""Python's parser takes time that grows with the square of how deep parts lie in each other."""
LONGEST_TEXT = 10_000
LONGEST_NAME = 64
LONGEST_HEADER = 4_000
_BULK = frozenset({"bulk", "junk", "list", "auto_reply"})
_NESTED = re.compile(rb"^content-type:\s*(?:multipart|message)/", re.IGNORECASE | re.MULTILINE)
_COMMAND = re.compile(r"/(\w{1,64})(?:\s+(.*))?", re.DOTALL)

log = structlog.get_logger()


def read_mail(raw: bytes, marks: Marks, account: str, at: datetime) -> Parsed:
    """Return the events of a mail, none for what is sent by machines; raises Malformed."""
    try:
        return _read(raw, marks, account, at)
    except Malformed:
        raise
    except Exception:
        # The standard library's mail parser raises whatever it stumbles over: IndexError, LookupError, UnicodeError.
        raise Malformed("unreadable") from None


def _read(raw: bytes, marks: Marks, account: str, at: datetime) -> Parsed:
    if len(_NESTED.findall(raw)) > MOST_PARTS:
        raise Malformed("too_many_parts")
    mail = email.message_from_bytes(raw, policy=compat32)
    if not mail.keys():
        raise Malformed("no_headers")
    kind, told = _report(mail), _Told(mail, raw, marks, account, at)
    if kind == "delivery-status" or mail.get("X-Failed-Recipients"):
        return told.of_delivery()
    if kind == "feedback-report":
        return told.of_complaint()
    if kind or _is_automatic(mail):
        return _ignored(account, kind or "automatic")
    return told.of_reply()


class _Told:
    """One mail, and what it takes to believe it."""

    def __init__(self, mail: Mail, raw: bytes, marks: Marks, account: str, at: datetime) -> None:
        self._mail = mail
        self._raw = raw
        self._marks = marks
        self._account = account
        self._at = at

    def of_delivery(self) -> Parsed:
        """Somebody's server says that a mail did not arrive, or that it will be late."""
        report = read_delivery(self._mail)
        if report.action != "failed":
            return _ignored(self._account, f"{report.action} {report.status}".strip())
        about, recipient = self._original(report.recipients)
        return self._event(Unreachable(f"bounced {report.status}".strip()), recipient, about)

    def of_complaint(self) -> Parsed:
        """Somebody pressed "this is spam": they want no more of it (RFC 5965)."""
        if not is_complaint(self._mail):
            return _ignored(self._account, "feedback")
        about, recipient = self._original(())
        return self._event(Wanted("silence"), recipient, about)

    def of_reply(self) -> Parsed:
        """Somebody answered a mail of ours."""
        name, address = parseaddr(_header(self._mail, "From"))
        sender = canonical(address)
        if sender is None:
            raise Malformed("from")
        ids = [*read_ids(_header(self._mail, "In-Reply-To")), *read_ids(_header(self._mail, "References"))]
        if not ids:
            raise Malformed("not_a_reply")
        found = self._marks.find(ids, [sender])
        if found is None:
            raise Malformed("not_ours")
        return self._event(self._said(), sender, found[0], storable(name)[:LONGEST_NAME] or None)

    def _said(self) -> Body:
        text = storable(text_of(self._mail))[:LONGEST_TEXT].strip()
        if command := _COMMAND.fullmatch(text):
            verb, rest = command.groups(default="")
            return (
                Followed(rest.strip()) if verb.lower() == "start" else Commanded(verb.lower(), rest.strip())
            )
        if text:
            return Said(text)
        for part in self._mail.walk():
            if part.get_content_maintype() == "image":
                return Sent("picture")
            if part.get_content_disposition() == "attachment":
                return Sent("document")
        raise Malformed("empty")

    def _original(self, recipients: Iterable[str]) -> tuple[str, str]:
        """Return the Message-ID of our mail that a report is about, and whom it was sent to."""
        ids = [*read_ids(_header(self._mail, "In-Reply-To")), *read_ids(_header(self._mail, "References"))]
        whom = [*recipients, *_header(self._mail, "X-Failed-Recipients").split(",")]
        for headers in _returned(self._mail):
            ids = [*read_ids(_header(headers, "Message-ID")), *ids]
            whom.append(parseaddr(_header(headers, "To"))[1])
        known = [address for address in map(canonical, whom) if address is not None]
        found = self._marks.find(ids, known)
        if found is None:
            raise Malformed("not_ours")
        return found

    def _event(self, body: Body, user: str, about: str, name: str | None = None) -> Parsed:
        event = Event(
            id=self._id(),
            source=self._account,
            at=self._at,
            body=body,
            account=self._account,
            user=user,
            chat=user,
            about=about,
            name=name,
        )
        return Parsed((event,))

    def _id(self) -> str:
        """Return what names this mail: the same however often, and by whichever way, it is brought."""
        own = "\n".join(_header(self._mail, name) for name in ("Message-ID", "Date", "From"))
        is_named = bool(_header(self._mail, "Message-ID").strip())
        return sha256(own.encode() if is_named else self._raw).hexdigest()[:32]


def _ignored(account: str, what: str) -> Parsed:
    log.info("mail.ignored", account=account, what=what[:40])
    return Parsed(reply=b"ignored")


def _report(mail: Mail) -> str:
    if mail.get_content_type() != "multipart/report":
        return ""
    return str(mail.get_param("report-type", "")).lower() or "report"


def _is_automatic(mail: Mail) -> bool:
    """Tell whether no person wrote a mail: to answer it would be answered again (RFC 3834)."""
    submitted = _header(mail, "Auto-Submitted").split(";")[0].strip().lower()
    return (
        submitted not in ("", "no")
        or _header(mail, "Precedence").strip().lower() in _BULK
        or any(name in mail for name in ("X-Autoreply", "X-Autorespond", "X-Auto-Reply", "List-Id"))
        or _header(mail, "Return-Path").strip() == "<>"
    )


def _returned(mail: Mail) -> Iterator[Mail]:
    """Yield the headers of the mail that a report returns, whole or in part."""
    for part in mail.walk():
        kind = part.get_content_type()
        payload = part.get_payload()
        if kind in ("message/rfc822", "message/global") and isinstance(payload, list) and payload:
            if isinstance(payload[0], Mail):
                yield payload[0]
        elif kind in ("text/rfc822-headers", "message/rfc822-headers", "message/global-headers"):
            decoded = part.get_payload(decode=True)
            if isinstance(decoded, bytes):
                yield email.message_from_bytes(decoded, policy=compat32)


def _header(mail: Mail, name: str) -> str:
    """Return a header in plain text, on one line; empty where there is none."""
    found = (value for own, value in mail.raw_items() if own.lower() == name.lower())
    # International mails have UTF-8 in their headers (RFC 6532), which Python takes for unknown bytes.
    value = (
        str(next(found, ""))[:LONGEST_HEADER].encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    )
    return storable(" ".join(str(make_header(decode_header(value))).split()))
