"""Mails as other people's programs and servers write them: answers, absences, bounces, complaints."""

from __future__ import annotations

from datetime import datetime
from email import message_from_string
from email.message import EmailMessage, Message
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime
from html import escape
from typing import Literal

from bot.sandbox.mail.server import HOST

Client = Literal["apple", "gmail", "outlook", "qq", "netease", "plain"]
CLIENTS: tuple[Client, ...] = ("apple", "gmail", "outlook", "qq", "netease", "plain")
Named = tuple[str, datetime]
"""A new mail's Message-ID and date."""


def reply(
    client: Client, answered: Message, name: str, address: str, text: str, named: Named
) -> EmailMessage:
    """Return an answer to a mail, quoting it the way a mail program does."""
    mail = _begun(
        address, str(answered["Reply-To"] or answered["From"]), f"Re: {answered['Subject']}", named, name
    )
    _refer(mail, answered)
    quoted = _text_of(answered)
    when = str(answered["Date"])
    sender = str(answered["From"])
    body, html = _quoting(client, text, quoted, when, sender)
    mail.set_content(body, cte="base64")
    if html:
        mail.add_alternative(html, subtype="html", cte="base64")
    if client == "outlook":
        # Some programs send no text part at all.
        mail.clear_content()
        mail.set_content(html, subtype="html", cte="base64")
    return mail


def _quoting(client: Client, text: str, quoted: str, when: str, sender: str) -> tuple[str, str]:
    marked = "\n".join(f"> {line}" for line in quoted.splitlines())
    html, inner = escape(text).replace("\n", "<br>"), escape(quoted).replace("\n", "<br>")
    match client:
        case "apple":
            body = f"{text}\n\n发自我的iPhone\n\n> 在 {when}，{sender} 写道：\n> \n{marked}\n"
            return body, f"<div>{html}</div><br><div>发自我的iPhone</div><blockquote>{inner}</blockquote>"
        case "gmail":
            head = f"On {when}, {sender}\nwrote:"
            quote = (
                f'<div class="gmail_quote"><div>{escape(head)}</div><blockquote>{inner}</blockquote></div>'
            )
            return f"{text}\n\n{head}\n\n{marked}\n", f'<div dir="ltr">{html}</div><br>{quote}'
        case "outlook":
            head = f"<p><b>From:</b> {escape(sender)}<br><b>Sent:</b> {when}<br><b>To:</b> me<br></p>"
            return text, f"<div>{html}</div><hr><div id='divRplyFwdMsg'>{head}</div><div>{inner}</div>"
        case "qq":
            head = f'------------------ 原始邮件 ------------------\n发件人: "面试" <{sender}>;\n发送时间: {when}\n'
            return f"{text}\n\n\n{head}\n{quoted}", ""
        case "netease":
            return f'{text}\n\n\n\n\n\n\n在{when}，"{sender}" 写道：\n\n{quoted}\n', ""
        case "plain":
            return f"{text}\n-- \nLi Lei\n{'1' * 11}\n\n{when}, {sender} wrote:\n{marked}\n", ""


def away(answered: Message, address: str, named: Named) -> EmailMessage:
    """Return what a mailbox answers by itself while its owner is away (RFC 3834)."""
    mail = _begun(address, str(answered["From"]), f"Automatic reply: {answered['Subject']}", named)
    _refer(mail, answered)
    mail["Auto-Submitted"] = "auto-replied"
    mail.set_content("I am out of office until Monday. Yes, really.\n")
    return mail


def bounce(sent: Message, address: str, named: Named, status: str, action: str, whole: bool) -> EmailMessage:
    """Return a report on a mail's delivery (RFC 3464), with the mail's headers, or with all of it."""
    mail = _begun(f"MAILER-DAEMON@{HOST}", str(sent["From"]), "Undelivered Mail Returned to Sender", named)
    mail["Auto-Submitted"] = "auto-replied"
    mail["Return-Path"] = "<>"
    told = EmailMessage(policy=SMTP)
    told.set_content(f"This is the mail system at {HOST}. <{address}>: {status}\n")
    fields = (
        f"Reporting-MTA: dns; {HOST}\r\nArrival-Date: {format_datetime(named[1])}\r\n\r\n"
        f"Final-Recipient: rfc822; {address}\r\nOriginal-Recipient: rfc822;{address}\r\nAction: {action}\r\n"
        f"Status: {status}\r\nDiagnostic-Code: smtp; {status[0]}50 {status} <{address}>: refused\r\n"
    )
    return _report(mail, "delivery-status", told, fields, sent, whole)


def complaint(sent: Message, address: str, named: Named, kind: str) -> EmailMessage:
    """Return what a provider reports when somebody calls a mail spam (RFC 5965)."""
    mail = _begun(f"feedback@{HOST}", str(sent["From"]), f"FW: {sent['Subject']}", named)
    told = EmailMessage(policy=SMTP)
    told.set_content("This is an email abuse report.\n")
    fields = (
        f"Feedback-Type: {kind}\r\nUser-Agent: Sandbox/1\r\nVersion: 1\r\nOriginal-Rcpt-To: <{address}>\r\n"
    )
    return _report(mail, "feedback-report", told, fields, sent, whole=True)


def _report(
    mail: EmailMessage, kind: str, told: EmailMessage, fields: str, sent: Message, whole: bool
) -> EmailMessage:
    # Parsed, because only so its fields are the messages that they have to be (RFC 3464, 2.1).
    machine = message_from_string(f"Content-Type: message/{kind}\r\n\r\n{fields}", policy=SMTP)
    returned = Message(policy=SMTP)
    returned["Content-Type"] = "message/rfc822" if whole else "text/rfc822-headers"
    head, _, _ = sent.as_bytes(policy=SMTPUTF8).partition(b"\r\n\r\n")
    text = sent.as_bytes(policy=SMTPUTF8) if whole else head + b"\r\n"
    returned.set_payload(text.decode("ascii", "replace"))
    mail["MIME-Version"] = "1.0"
    mail["Content-Type"] = f'multipart/report; report-type={kind}; boundary="=_report"'
    mail.set_payload([told, machine, returned])
    return mail


def _begun(sender: str, to: str, subject: str, named: Named, name: str = "") -> EmailMessage:
    mail = EmailMessage(policy=SMTPUTF8)
    mail["From"] = f'"{name}" <{sender}>' if name else sender
    mail["To"] = to
    mail["Subject"] = " ".join(subject.split())
    mail["Message-ID"], at = named
    mail["Date"] = format_datetime(at)
    return mail


def _refer(mail: EmailMessage, answered: Message) -> None:
    own = str(answered["Message-ID"]).strip()
    mail["In-Reply-To"] = own
    mail["References"] = " ".join([*str(answered["References"] or "").split(), own])


def _text_of(mail: Message) -> str:
    body = mail.get_body(("plain",)) if isinstance(mail, EmailMessage) else None
    return body.get_content().replace("\r\n", "\n") if body is not None else ""
