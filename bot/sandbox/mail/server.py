"""The stand-in's SMTP: aiosmtpd's server, with answers that go wrong on demand at every step."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

Where = Literal["connect", "ehlo", "auth", "mail", "rcpt", "data", "content", "end"]
"""Steps of a transaction: `data` is the command, `content` the lines of the mail, `end` the answer to its dot."""
Kind = Literal["answer", "cut", "hang", "drip"]
HOST = "mx.sandbox.example"


@dataclass(slots=True)
class Fault:
    """Something that goes wrong at a step of the next transactions."""

    kind: Kind
    answer: str = ""
    times: int = 1
    interval: float = 0.02
    accepts: bool = False
    """At the end: whether the mail is taken all the same."""


class Faults:
    """What is to go wrong, step by step, and a sign for those that hang to end."""

    def __init__(self) -> None:
        self.closing = asyncio.Event()
        self._waiting: dict[Where, deque[Fault]] = {}

    def add(self, where: Where, fault: Fault) -> None:
        self._waiting.setdefault(where, deque()).append(fault)

    def clear(self) -> None:
        self._waiting.clear()

    def take(self, where: Where) -> Fault | None:
        waiting = self._waiting.get(where)
        if not waiting:
            return None
        waiting[0].times -= 1
        return waiting[0] if waiting[0].times else waiting.popleft()


class Judge(Protocol):
    """Who decides what becomes of recipients and mails."""

    def knows(self, address: str) -> str | None:
        """Return the answer that refuses a recipient, None for one who is there."""

    def takes(self, envelope: Envelope) -> str:
        """Return the answer to a whole mail, which is kept if that is a yes."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What the server asks of those who send."""

    login: tuple[str, str] | None = None
    needs_tls: bool = False
    takes_utf8: bool = True
    takes_8bit: bool = True
    largest: int = 20_000_000


class Handler:
    """aiosmtpd's hooks."""

    def __init__(self, judge: Judge, faults: Faults, rules: Rules) -> None:
        self._judge = judge
        self._faults = faults
        self._rules = rules

    async def handle_EHLO(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        hidden = [] if self._rules.takes_8bit else ["250-8BITMIME"]
        hidden += [] if self._rules.login else ["250-AUTH"]
        return [line for line in responses if not line.startswith(tuple(hidden))]

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if refusal := self._judge.knows(address):
            return refusal
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 Ok"

    async def handle_DATA(self, server: Mailer, session: Session, envelope: Envelope) -> str:  # noqa: N802
        fault = self._faults.take("end")
        if fault is None:
            return self._judge.takes(envelope)
        if fault.accepts:
            self._judge.takes(envelope)
        return await server.goes_wrong(fault)

    def log_in(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        given = (data.login.decode(), data.password.decode()) if isinstance(data, LoginPassword) else None
        return AuthResult(success=given == self._rules.login, handled=False)


class _Session(Session):
    """aiosmtpd's, without the attribute that it sets itself and warns of."""

    login_data: Any = None


class Mailer(SMTP):
    """One connection."""

    def __init__(self, handler: Handler, faults: Faults, rules: Rules, tls: ssl.SSLContext | None) -> None:
        super().__init__(
            handler,
            hostname=HOST,
            ident="sandbox",
            data_size_limit=rules.largest,
            enable_SMTPUTF8=rules.takes_utf8,
            tls_context=tls,
            require_starttls=rules.needs_tls,
            auth_required=rules.login is not None,
            auth_exclude_mechanism=() if rules.login else ("LOGIN", "PLAIN"),
            authenticator=handler.log_in,
            loop=asyncio.get_running_loop(),
        )
        self._faults = faults
        # aiosmtpd knows of no encryption but STARTTLS; where the connection begins with it, it is there already.
        self._auth_require_tls = tls is not None

    def _create_session(self) -> Session:
        return _Session(self.loop)

    async def goes_wrong(self, fault: Fault) -> str:
        """Do what a fault says; return the answer if it is one."""
        if fault.kind == "answer":
            return fault.answer
        if fault.kind == "hang":
            await self._faults.closing.wait()
        if fault.kind == "drip":
            for letter in fault.answer.encode():
                self._writer.write(bytes([letter]))
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._faults.closing.wait(), fault.interval)
                    break
            return ""
        transport: Any = self.transport
        transport.abort()
        raise asyncio.CancelledError

    async def _handle_client(self) -> None:
        fault = self._faults.take("connect")
        if fault is None:
            await super()._handle_client()
            return
        if answer := await self.goes_wrong(fault):
            await self.push(answer)
        assert self.transport is not None  # noqa: S101 - there is one before it is closed
        self.transport.close()

    async def _after(self, where: Where, carry_on: Callable[[str], Any], arg: str) -> None:
        fault = self._faults.take(where)
        if fault is None:
            await carry_on(arg)
        elif answer := await self.goes_wrong(fault):
            await self.push(answer)
            if answer.startswith("421"):
                assert self.transport is not None  # noqa: S101
                self.transport.close()

    async def smtp_EHLO(self, hostname: str) -> None:  # noqa: N802
        await self._after("ehlo", super().smtp_EHLO, hostname)

    async def smtp_AUTH(self, arg: str) -> None:  # noqa: N802
        await self._after("auth", super().smtp_AUTH, arg)

    async def smtp_MAIL(self, arg: str | None) -> None:  # noqa: N802
        await self._after("mail", super().smtp_MAIL, arg or "")

    async def smtp_RCPT(self, arg: str | None) -> None:  # noqa: N802
        await self._after("rcpt", super().smtp_RCPT, arg or "")

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        fault = self._faults.take("content")
        if fault is not None:
            await self.push("354 End data with <CR><LF>.<CR><LF>")
            await self._reader.readline()
            await self.goes_wrong(fault)
        await self._after("data", super().smtp_DATA, arg)
