"""A mail server on loopback that the real channel sends to, with mailboxes, their owners, and faults on demand.

It is aiosmtpd with strict rules: what any mail server or program would find wrong with a mail is refused, and kept
in `refused`. What it took stands in `accepted`: the oracle for what was lost or came twice.
"""

from __future__ import annotations

import asyncio
import ssl
import tempfile
from collections import deque
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTPUTF8
from pathlib import Path
from typing import Literal

from aiosmtpd.smtp import Envelope

from bot.clock import Clock
from bot.sandbox.listening import listen, web_client
from bot.sandbox.mail.authority import make_certificates
from bot.sandbox.mail.composing import CLIENTS, Client
from bot.sandbox.mail.imap import ImapServer
from bot.sandbox.mail.people import MailPerson, Received, Written
from bot.sandbox.mail.rules import Refusal, checked
from bot.sandbox.mail.server import Fault, Faults, Handler, Kind, Mailer, Rules, Where

__all__ = ["Accepted", "MailPerson", "MailStandIn", "Received", "Refused", "Rules", "Written"]

USERNAME = "interviews"
PASSWORD = "Sandbox" * 3
INBOUND_SECRET = "sandbox-inbound-secret-0001"  # noqa: S105 - the sandbox's own
SENDER = "interviews@nebula.example"
MOST_TRIES = 20
"""Of a mail that the hook does not take now, before its server gives up."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """A mail that was taken."""

    sender: str
    recipient: str
    mail: EmailMessage
    raw: bytes
    at: datetime


@dataclass(frozen=True, slots=True)
class Refused:
    """A mail, or a recipient, that was not."""

    recipient: str
    why: str
    raw: bytes
    at: datetime


@dataclass(frozen=True, slots=True)
class Brought:
    """A mail to the bot, and how the hook answered."""

    raw: bytes
    status: int
    answer: str


class MailStandIn:
    """A mail server for everybody's mailboxes, at `host` and `port`.

    `security` is how it is spoken to: `starttls` (required), `tls`, or `none`. Mail to the bot is brought to `hook`
    as an MTA's pipe or a provider's webhook does it, with `inbound_secret`; or, with `has_imap`, it lies in the
    bot's own mailbox, `imap`.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        security: Literal["starttls", "tls", "none"] = "starttls",
        rules: Rules | None = None,
        hook: str = "",
        inbound_secret: str = INBOUND_SECRET,
        has_imap: bool = False,
    ) -> None:
        self.clock = clock
        self.security = security
        login = (USERNAME, PASSWORD) if security != "none" else None
        self.rules = rules or Rules(login=login, needs_tls=security == "starttls")
        self.host = "127.0.0.1"
        self.port = 0
        self.hook = hook
        self.inbound_secret = inbound_secret
        self.imap = ImapServer((USERNAME, PASSWORD)) if has_imap else None
        self.accepted: list[Accepted] = []
        self.refused: list[Refused] = []
        self.brought: list[Brought] = []
        self.connections = 0
        """How often somebody connected."""
        self._people: dict[str, MailPerson] = {}
        self._posted: deque[bytes] = deque()
        self._count = 0
        self._faults = Faults()
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._server: asyncio.Server | None = None
        self._talking: set[Mailer] = set()

    # -- people ---------------------------------------------------------------------------------------------

    def person(self, name: str, address: str = "", client: Client | None = None) -> MailPerson:
        """Return somebody new with a mailbox; one after the other they use other mail programs."""
        number = len(self._people)
        own = address or f"person{number + 1}@example.com"
        person = MailPerson(name, own, self.clock.now, self, client or CLIENTS[number % len(CLIENTS)])
        self._people[_key(own)] = person
        return person

    def bring(self, mail: EmailMessage) -> int:
        """Post a mail to the bot; return its number."""
        return self.bring_raw(mail.as_bytes(policy=SMTPUTF8))

    def bring_raw(self, raw: bytes) -> int:
        """Post whatever it is to the bot; return its number."""
        self._posted.append(raw)
        self._count += 1
        return self._count

    def again(self) -> None:
        """Bring the newest mail to the bot a second time, by another way."""
        self._posted.append(b"Received: from elsewhere by mx2.sandbox.example\r\n" + self.brought[-1].raw)

    @property
    def pending(self) -> bool:
        return bool(self._posted)

    async def settle(self) -> None:
        """Bring everything that was posted to the hook, in order; raises TimeoutError when it takes none of it."""
        while self.imap is not None and self._posted:
            self.imap.gets(self._posted[0])
            self.brought.append(Brought(self._posted.popleft(), 200, ""))
        headers = {"Authorization": f"Bearer {self.inbound_secret}", "Content-Type": "message/rfc822"}
        if not self._posted:
            return
        async with web_client(timeout=20, headers=headers) as http:
            tries = 0
            while self._posted:
                answer = await http.post(self.hook, content=self._posted[0])
                tries += 1
                if answer.status_code >= 500 and tries < MOST_TRIES:
                    continue
                if answer.status_code >= 500:
                    raise TimeoutError(f"{self.hook} takes no mail: {answer.status_code}")
                self.brought.append(Brought(self._posted.popleft(), answer.status_code, answer.text))
                tries = 0

    # -- control --------------------------------------------------------------------------------------------

    def fail(
        self,
        where: Where,
        kind: Kind = "answer",
        answer: str = "451 4.3.0 Temporary failure",
        times: int = 1,
        *,
        interval: float = 0.02,
        accepts: bool = False,
    ) -> None:
        """Have a step of the next transactions go wrong; `accepts` takes the mail all the same, at the `end`."""
        self._faults.add(where, Fault(kind, answer, times, interval, accepts))

    def recover(self) -> None:
        """Forget all faults that have not happened yet."""
        self._faults.clear()

    def drop_connections(self) -> None:
        """Cut off whoever is connected, as servers do after a while."""
        for talking in list(self._talking):
            if talking.transport is not None:
                talking.transport.abort()  # type: ignore[attr-defined]

    # -- being a mail server ----------------------------------------------------------------------------------

    def knows(self, address: str) -> str | None:
        person = self._people.get(_key(address))
        if person is None:
            answer = f"550 5.1.1 <{address}>: Recipient address rejected: User unknown"
        elif person.refusal is None:
            return None
        else:
            answer = person.refusal
        self.refused.append(Refused(address, answer, b"", self.clock.now()))
        return answer

    def takes(self, envelope: Envelope) -> str:
        raw, now = envelope.original_content or b"", self.clock.now()
        (recipient,) = envelope.rcpt_tos
        try:
            mail = checked(raw, envelope.mail_options, now)
        except Refusal as refusal:
            self.refused.append(Refused(recipient, refusal.why, raw, now))
            return refusal.answer
        self.accepted.append(Accepted(envelope.mail_from or "", recipient, mail, raw, now))
        self._people[_key(recipient)].gets(_received(mail, raw, now))
        return f"250 2.0.0 Ok: queued as {len(self.accepted):08X}"

    async def start(self) -> None:
        """Listen on a free port of loopback."""
        loop = asyncio.get_running_loop()
        self._folder = tempfile.TemporaryDirectory(prefix="turnout-mail-")
        context = await asyncio.to_thread(self._certify, Path(self._folder.name))
        listener = listen()
        self.port = listener.getsockname()[1]
        handler = Handler(self, self._faults, self.rules)

        def connect() -> Mailer:
            self.connections += 1
            talking = Mailer(
                handler, self._faults, self.rules, context if self.security == "starttls" else None
            )
            self._talking.add(talking)
            return talking

        if self.imap is not None:
            await self.imap.start(context)
        self._server = await loop.create_server(
            connect, sock=listener, ssl=context if self.security == "tls" else None
        )

    def _certify(self, folder: Path) -> ssl.SSLContext:
        trusted, chain = make_certificates(folder, self.host)
        self.ca_file = str(trusted)
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(chain)
        return context

    async def stop(self) -> None:
        self._faults.closing.set()
        if self._server is not None:
            self._server.close()
            self.drop_connections()
            await self._server.wait_closed()
            await asyncio.sleep(0)
        if self.imap is not None:
            await self.imap.stop()
        if self._folder is not None:
            self._folder.cleanup()

    async def __aenter__(self) -> MailStandIn:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    def account(self) -> dict[str, str | int]:
        """Return what an account that sends through this server is set up with."""
        made: dict[str, str | int] = {
            "host": self.host,
            "port": self.port,
            "security": self.security,
            "from": SENDER,
        }
        if self.imap is None:
            made["inbound_secret"] = self.inbound_secret
        else:
            made |= {"imap_host": self.host, "imap_port": self.imap.port}
            made |= {"imap_username": self.imap.login[0], "imap_password": self.imap.login[1]}
        if self.security != "none" or self.imap is not None:
            made["ca_file"] = self.ca_file
        if self.rules.login is not None:
            made |= {"username": self.rules.login[0], "password": self.rules.login[1]}
        return made


def _key(address: str) -> str:
    """Return an address as servers compare it: international domains in ASCII, no case."""
    local, _, domain = address.lower().rpartition("@")
    return f"{local}@{domain.encode('idna').decode()}"


def _received(mail: EmailMessage, raw: bytes, at: datetime) -> Received:
    found = Received(at, mail, raw, _words(mail, "plain"), _words(mail, "html"))
    for file in mail.iter_attachments():
        data = file.get_payload(decode=True)
        found.document, found.data = file.get_filename(), data if isinstance(data, bytes) else b""
        break
    return found


def _words(mail: EmailMessage, kind: Literal["plain", "html"]) -> str:
    part = mail.get_body((kind,))
    return str(part.get_content()).replace("\r\n", "\n") if part is not None else ""
