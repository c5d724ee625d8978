"""SMTP by aiosmtplib: one transaction a mail, and what the server's answers mean.

Only this module imports aiosmtplib. Nothing is retried here, and no text of a server goes out unread: servers
like to repeat the address they refuse.
"""

from __future__ import annotations

import asyncio
import ssl
from contextlib import suppress
from dataclasses import dataclass

from aiosmtplib import SMTP
from aiosmtplib.errors import (
    SMTPException,
    SMTPResponseException,
    SMTPSenderRefused,
    SMTPServerDisconnected,
    SMTPTimeoutError,
)

from channels.base import NotDelivered
from channels.email.answers import Phase, judge
from channels.email.encryption import trusting
from channels.email.settings import Settings
from locales.text import t
from locales.told import Told

KEPT = 5.0
"""Seconds for which a connection waits for the next mail: logging in costs more than sending."""
MOST_KEPT = 8
MOST_MAILS = 100
"""Through one connection; many servers take no more."""
AGAIN = 0.01
"""Seconds after which a large mail is looked after that was not yet passed on."""
_SMTP_UNAVAILABLE = 421


@dataclass(slots=True)
class _Progress:
    """How far a transaction has come: what a failure means depends on it."""

    phase: Phase = "connect"


@dataclass(slots=True)
class _Kept:
    """A connection that waits, and what will close it."""

    smtp: SMTP
    mails: int
    timer: asyncio.TimerHandle


class Wire:
    """One account's connections to its mail server."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._context: ssl.SSLContext | None = None
        self._kept: list[_Kept] = []

    async def close(self) -> None:
        while self._kept:
            kept = self._kept.pop()
            kept.timer.cancel()
            _say_goodbye(kept.smtp)
        await asyncio.sleep(0)  # transports close on the next turn

    async def check(self, seconds: float) -> None:
        """Connect, encrypt and log in, and nothing more; raises NotDelivered."""
        progress = _Progress()
        try:
            async with asyncio.timeout(seconds):
                _say_goodbye(await self._connect(progress))
        except (SMTPException, OSError, TimeoutError) as failure:
            raise judge(progress.phase, failure) from None
        await asyncio.sleep(0)

    async def send(self, sender: str, recipient: str, mail: bytes, utf8: bool, seconds: float) -> None:
        """Have the server take a mail within `seconds`; raises NotDelivered."""
        progress = _Progress()
        smtp: SMTP | None = None
        try:
            async with asyncio.timeout(seconds):
                smtp, mails = await self._begin(sender, mail, utf8, progress)
                progress.phase = "recipient"
                await smtp.rcpt(recipient, encoding="utf-8" if utf8 else "ascii")
                progress.phase = "data"
                await _hand_over(smtp, mail, progress)
        except NotDelivered:
            _drop(smtp)
            raise
        except (SMTPException, OSError, TimeoutError) as failure:
            _drop(smtp)
            raise judge(progress.phase, failure) from None
        except BaseException:
            _drop(smtp)
            raise
        self._keep(smtp, mails + 1)

    async def _begin(self, sender: str, mail: bytes, utf8: bool, progress: _Progress) -> tuple[SMTP, int]:
        """Return a connection on which the sender was taken; one that was kept too long is replaced."""
        while self._kept:
            kept = self._kept.pop()
            kept.timer.cancel()
            progress.phase = "sender"
            try:
                await self._mail_from(kept.smtp, sender, mail, utf8)
            except (SMTPServerDisconnected, SMTPTimeoutError):
                _drop(kept.smtp)
            except SMTPSenderRefused as refused:
                _drop(kept.smtp)
                if refused.code != _SMTP_UNAVAILABLE:
                    raise
            except BaseException:
                _drop(kept.smtp)
                raise
            else:
                return kept.smtp, kept.mails
        smtp = await self._connect(progress)
        progress.phase = "sender"
        try:
            await self._mail_from(smtp, sender, mail, utf8)
        except BaseException:
            _drop(smtp)
            raise
        return smtp, 0

    async def _connect(self, progress: _Progress) -> SMTP:
        settings = self._settings
        progress.phase = "connect"
        context = await self._tls() if settings.security != "none" else None
        smtp = SMTP(
            hostname=settings.host,
            port=settings.port,
            local_hostname=settings.helo,
            timeout=None,  # the whole has one deadline
            use_tls=settings.security == "tls",
            start_tls=False,
            tls_context=context,
        )
        try:
            await smtp.connect()
            progress.phase = "hello"
            await smtp.ehlo()
            if settings.security == "starttls":
                progress.phase = "encryption"
                await _encrypt(smtp)
            if settings.username:
                progress.phase = "login"
                await _log_in(smtp, settings)
        except BaseException:
            _drop(smtp)
            raise
        return smtp

    async def _tls(self) -> ssl.SSLContext:
        if self._context is None:
            self._context = await asyncio.to_thread(trusting, self._settings.ca_file)
        return self._context

    async def _mail_from(self, smtp: SMTP, sender: str, mail: bytes, utf8: bool) -> None:
        options: list[str] = []
        if utf8:
            if not smtp.supports_extension("smtputf8"):
                remedy = "Write to an address in plain Latin letters."
                why = f"The mail server takes no international addresses (SMTPUTF8). {remedy}"
                raise NotDelivered("refused", why)
            options += ["SMTPUTF8", "BODY=8BITMIME"]
        if smtp.supports_extension("size"):
            _check_size(smtp.esmtp_extensions.get("size", ""), len(mail))
            options.append(f"SIZE={len(mail)}")
        await smtp.mail(sender, options=options, encoding="utf-8" if utf8 else "ascii")

    def _keep(self, smtp: SMTP, mails: int) -> None:
        """Keep a connection for the next mail, for a moment."""
        if not smtp.is_connected or mails >= MOST_MAILS or len(self._kept) >= MOST_KEPT:
            _say_goodbye(smtp)
            return
        timer = asyncio.get_running_loop().call_later(KEPT, self._forget, smtp)
        self._kept.append(_Kept(smtp, mails, timer))

    def _forget(self, smtp: SMTP) -> None:
        self._kept = [kept for kept in self._kept if kept.smtp is not smtp]
        _say_goodbye(smtp)


async def _encrypt(smtp: SMTP) -> None:
    """Turn to TLS; a server that offers none, or somebody between who hides it, gets nothing."""
    if not smtp.supports_extension("starttls"):
        why = t(
            "The mail server offers no encryption. "
            "Use the port for submission (587), or {security} with its port (465).",
            security='security = "tls"',
        )
        raise NotDelivered("stopped", Told(why), scope="account")
    await smtp.starttls()
    await smtp.ehlo()


async def _log_in(smtp: SMTP, settings: Settings) -> None:
    if not smtp.supports_extension("auth") or not smtp.supported_auth_methods:
        why = t(
            "The mail server takes no password here. "
            "Leave username and password out, or use its port for submission (587 or 465)."
        )
        raise NotDelivered("stopped", Told(why), scope="account")
    await smtp.login(settings.username, settings.password)


async def _hand_over(smtp: SMTP, mail: bytes, progress: _Progress) -> None:
    """Send the mail itself. Until its last line is on its way, the server cannot have taken it."""
    answer = await smtp.execute_command(b"DATA")
    if answer.code != 354:
        raise SMTPResponseException(answer.code, answer.message)
    protocol, transport = smtp.protocol, smtp.transport
    if protocol is None or not isinstance(transport, asyncio.WriteTransport):
        raise SMTPServerDisconnected("Connection lost")
    # aiosmtplib's own way sends the end with the rest, and cannot tell before from after.
    protocol.write(_stuffed(mail))
    while transport.get_write_buffer_size() and not transport.is_closing():  # noqa: ASYNC110
        await asyncio.sleep(AGAIN)  # a transport tells nobody when it has passed everything on
    if transport.is_closing() or smtp.protocol is None:
        raise SMTPServerDisconnected("Connection lost")
    progress.phase = "sent"
    protocol.write(b".\r\n")
    answer = await protocol.read_response()
    if answer.code != 250:
        raise SMTPResponseException(answer.code, answer.message)


def _stuffed(mail: bytes) -> bytes:
    """Return a mail with a dot before each line that begins with one (RFC 5321, 4.5.2)."""
    ended = mail if mail.endswith(b"\r\n") else mail + b"\r\n"
    stuffed = ended.replace(b"\r\n.", b"\r\n..")
    return b"." + stuffed if stuffed.startswith(b".") else stuffed


def _check_size(most: str, size: int) -> None:
    if most.isdigit() and 0 < int(most) < size:
        raise NotDelivered(
            "refused", f"The mail server takes no more than {most} bytes, this mail has {size}"
        )


def _say_goodbye(smtp: SMTP) -> None:
    """Close a connection politely, without waiting for an answer."""
    if smtp.protocol is not None and smtp.is_connected:
        with suppress(SMTPServerDisconnected):
            smtp.protocol.write(b"QUIT\r\n")
    smtp.close()


def _drop(smtp: SMTP | None) -> None:
    if smtp is not None:
        smtp.close()
