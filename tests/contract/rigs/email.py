"""E-mail: a real mail server that wants encryption and a password; mail to us is brought to the hook, or fetched."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, ClassVar

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp

from bot.clock import VirtualClock
from bot.sandbox.listening import Server, listen
from bot.sandbox.mail import MailPerson, MailStandIn
from bot.sandbox.mail.composing import CLIENTS, bounce, complaint, reply
from channels import load
from channels.base import Channel, Forged, Inbound, Malformed
from conversations.events import Event
from conversations.messages import Message
from tests.contract import bodies
from tests.contract.rigs.base import Rig, Seen, Trouble
from tests.support import samples

SLOWLY = "250 2.0.0 Ok: queued as " + "0" * 200


class EmailRig(Rig):
    channel_name = "email"
    troubles: ClassVar[Sequence[Trouble]] = (
        Trouble("greylisted", "busy"),
        Trouble("421", "busy"),
        Trouble("451", "busy"),
        Trouble("down", "busy"),
        Trouble("cut connect", "busy"),
        Trouble("cut ehlo", "busy"),
        Trouble("cut auth", "busy"),
        Trouble("cut mail", "busy"),
        Trouble("cut rcpt", "busy"),
        Trouble("cut data", "busy"),
        Trouble("hang connect", "busy"),
        Trouble("hang rcpt", "busy"),
        Trouble("cut", "in_doubt"),
        Trouble("reset_after", "in_doubt", arrives=True),
        Trouble("hang", "in_doubt", arrives=True),
        Trouble("drip", "in_doubt", arrives=True),
        Trouble("garbled", "in_doubt", arrives=True),
        Trouble("too large", "refused"),
        Trouble("spam", "refused"),
        Trouble("forbidden", "refused"),
        Trouble("full", "closed"),
        Trouble("unauthorized", "stopped"),
        Trouble("login wanted", "stopped"),
        Trouble("sender refused", "stopped"),
        Trouble("relay denied", "stopped"),
        Trouble("untrusted", "stopped"),
        Trouble("plain port", "stopped"),
    )
    gone = ("deletes_mailbox",)
    chat = "lilei@example.com"

    async def start(self) -> None:
        self.clock = VirtualClock(samples.NOW)
        self.platform = MailStandIn(self.clock, has_imap=self.is_pulled)
        await self.platform.start()
        self.person: MailPerson = self.platform.person("李雷", self.chat)
        self.made: dict[str, Any] = {**self.platform.account(), "deadline_seconds": 1}
        self.channel = self.connected()
        await self.channel.open()
        await self.listen()
        # Only an answer to a mail of ours is believed, so there has to be one.
        await self.sends(Message("first", samples.words("您好！", "Hello!")))
        self.first = len(self.person.mails)

    async def listen(self) -> None:
        """Have what is posted to us come to the channel."""
        raise NotImplementedError

    async def settle(self) -> None:
        """Let the channel have what was posted to it."""
        await self.platform.settle()

    def connected(self, **changes: Any) -> Channel:
        made = {name: value for name, value in {**self.made, **changes}.items() if value is not None}
        return load("email")("email.main", made, self.clock.now)

    async def stop(self) -> None:
        await super().stop()
        await self.platform.stop()

    async def says(self, text: str) -> Event:
        """Answer the newest mail; each time with another mail program, which quotes in another way."""
        self.person.client = CLIENTS[len(self.events) % len(CLIENTS)]
        await self.person.says(text)
        await self.settle()
        assert self.platform.brought[-1].status == 200, self.platform.brought[-1].answer
        assert self.events[-1].about is not None
        return self.events[-1]

    async def chooses(self, number: int) -> Event:
        opened = self.person.last.opens
        assert [url for url in opened.values() if url.endswith(f"?choice={number}")]
        return await self.says(str(number))

    async def again(self) -> list[Event]:
        count = len(self.events)
        self.platform.again()
        await self.settle()
        return self.events[count:]

    def seen(self) -> list[Seen]:
        mails = self.person.mails[self.first :]
        return [Seen(mail.text, opens=mail.opens, file=mail.data) for mail in mails]

    def cause(self, trouble: Trouble) -> None:
        fail, person = self.platform.fail, f"<{self.chat}>"
        match trouble.name.split():
            case ["cut", *where] if where:
                self.fresh()
                fail(where[0], "cut")  # type: ignore[arg-type]
            case ["hang", where]:
                self.fresh()
                fail(where, "hang")  # type: ignore[arg-type]
            case ["down"]:
                self.fresh(port=1)
            case ["unauthorized"]:
                self.fresh(password="another")
            case ["login", "wanted"]:
                self.fresh(username=None, password=None)
            case ["untrusted"]:
                self.fresh(ca_file=None)
            case ["plain", "port"]:
                self.fresh(security="tls")
            case _:
                for where, kind, answer, accepts in _FAULTS[trouble.name]:
                    fail(where, kind, answer.replace("{}", person), accepts=accepts)

    def fresh(self, **changes: Any) -> None:
        """Begin with a channel that has no connection yet."""
        self.replaced.append(self.channel)
        self.channel = self.connected(**changes)

    async def lose(self, way: str) -> None:
        self.person.deletes_mailbox()

    def refusals(self) -> list[str]:
        return [refused.why for refused in self.platform.refused]


_FAULTS: dict[str, list[tuple[Any, Any, str, bool]]] = {
    # A connection that was kept is tried anew, so the second one meets the fault too.
    "421": [("mail", "answer", "421 4.3.2 Shutting down", False)] * 2,
    "greylisted": [("rcpt", "answer", "450 4.2.0 {}: Recipient address rejected: Greylisted", False)],
    "451": [("end", "answer", "451 4.3.0 Try again later", False)],
    "cut": [("end", "cut", "", False)],
    "reset_after": [("end", "cut", "", True)],
    "hang": [("end", "hang", "", True)],
    "drip": [("end", "drip", SLOWLY, True)],
    "garbled": [("end", "answer", "Hello there", True)],
    "too large": [("end", "answer", "552 5.3.4 Message too big", False)],
    "spam": [("end", "answer", "550 5.7.1 Message refused as spam", False)],
    "forbidden": [("rcpt", "answer", "550 5.7.1 {}: Recipient address rejected: Access denied", False)],
    "full": [("rcpt", "answer", "552 5.2.2 {}: Mailbox full", False)],
    "sender refused": [("mail", "answer", "553 5.7.1 {}: Sender address rejected: not owned by user", False)],
    "relay denied": [("rcpt", "answer", "554 5.7.1 {}: Relay access denied", False)],
}


class EmailByHook(EmailRig):
    async def listen(self) -> None:
        listener = listen()
        self.server = Server(self.hook())
        self.serving = asyncio.create_task(self.server.serve(sockets=[listener]))
        await self.server.is_up.wait()
        self.platform.hook = f"http://127.0.0.1:{listener.getsockname()[1]}/hooks/email/main"

    def hook(self) -> ASGIApp:
        async def answer(request: Request) -> Response:
            headers = {name.lower(): value for name, value in request.headers.items()}
            path, body = request.url.path, await request.body()
            inbound = Inbound(request.method, path, {}, headers, body, self.clock.now())
            try:
                parsed = await self.channel.parse(inbound)
            except Forged as forged:
                return PlainTextResponse(forged.reason, 401)
            except Malformed as malformed:
                return PlainTextResponse(malformed.reason, 400)
            self.events += parsed.events
            return Response(parsed.reply, media_type=parsed.media_type)

        async def app(scope: Any, receive: Any, send: Any) -> None:
            await (await answer(Request(scope, receive)))(scope, receive, send)

        return app

    async def stop(self) -> None:
        self.server.should_exit = True
        await self.serving
        await super().stop()

    def authentic(self, body: bytes) -> Inbound:
        headers = {"authorization": f"Bearer {self.platform.inbound_secret}"}
        return Inbound("POST", "/hooks/email/main", {}, headers, body, samples.NOW)

    def forgeries(self) -> list[Inbound]:
        right = self.authentic(b"From: a@example.com\r\n\r\nhello\r\n")
        secret = self.platform.inbound_secret
        wrong = ("", "x", secret[:-1], secret + "x", secret.upper(), "é" * 32, "\udcff", "0" * 100_000)
        given = (
            *(f"Bearer {each}" for each in wrong),
            secret,
            f"Basic {secret}",
            f"Bearer{secret}",
            "Bearer",
        )
        return [
            replace(right, headers={}),
            *(replace(right, headers={"authorization": each}) for each in given),
        ]

    async def malformed(self) -> list[Inbound]:
        """Return answers and reports that were damaged on their way, and what is no mail at all."""
        chance, sent = random.Random(20261124), self.person.last.mail
        named = ("<1@example.com>", samples.NOW)
        good = [
            reply("gmail", sent, "李雷", self.chat, "好", named),
            bounce(sent, self.chat, named, "5.1.1", "failed", True),
            complaint(sent, self.chat, named, "abuse"),
        ]
        damaged = [_damaged(chance, chance.choice(good).as_bytes()) for _ in range(1000)]
        return [self.authentic(body) for body in (*bodies.RAW, *damaged)]


class EmailByMailbox(EmailRig):
    is_pulled = True
    troubles = ()
    """Sending is the same."""

    async def listen(self) -> None:
        self.channel = self.connected(poll_seconds=0)
        self.cursor: str | None = None
        await self.pull()

    async def settle(self) -> None:
        await self.platform.settle()
        await self.pull()

    async def pull(self) -> None:
        async def receive(events: Sequence[Event], reached: str | None) -> None:
            self.events += events

        self.cursor = await self.channel.pull(self.cursor, receive)

    def authentic(self, body: bytes) -> Inbound:
        return Inbound("POST", "/hooks/email/main", {}, {"authorization": "Bearer "}, body, samples.NOW)

    def forgeries(self) -> list[Inbound]:
        # Nothing may come in from outside where nothing is waited for.
        return [self.authentic(b"From: a@example.com\r\n\r\nhello\r\n")]


def _damaged(chance: random.Random, mail: bytes) -> bytes:
    body = bytearray(mail)
    for _ in range(chance.randrange(1, 5)):
        place = chance.randrange(len(body))
        match chance.randrange(3):
            case 0:
                del body[place : place + chance.randrange(1, 200)]
            case 1:
                body[place] = chance.randrange(256)
            case _:
                body[place:place] = chance.randbytes(chance.randrange(1, 40))
    return bytes(body)
