"""The development channel: messages as plain text with numbered choices, printed and kept.

What is typed comes in as a request whose body is the words; the query says who typed it. Requests are taken only
with the configured secret, so that a console left in a configuration is no open door.
"""

from __future__ import annotations

import hmac
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, TextIO

from channels.base import (
    BadSetting,
    Call,
    Caps,
    Contact,
    Decide,
    Envelope,
    Forged,
    Inbound,
    Malformed,
    Parsed,
    Payload,
    ReadBlob,
    Receipt,
    Receive,
    Vault,
    storable,
)
from channels.routes import ROUTES
from channels.shape import blob_reference, read_reference, shape
from conversations.effects import Answer
from conversations.events import Body, Commanded, Event, Followed, Said
from conversations.messages import Message
from locales.text import Reader, Text
from locales.translate import render

SECRET_HEADER = "x-console-secret"  # noqa: S105 - a header's name
LONGEST = 10_000


class Console:
    """One console. Settings: `secret` for what comes in, `stream` for what goes out (standard output)."""

    caps: Caps = ROUTES["console"]
    has_more_doors = False

    def __init__(
        self,
        account: str,
        config: Mapping[str, Any],
        now: Callable[[], datetime],
        vault: Vault | None = None,
    ) -> None:
        self.account = account
        self.pulls = False
        for key in config:
            if key not in ("secret", "stream", "public_url"):
                raise BadSetting(key, "the console has no such setting", "There are secret and stream.")
        self._secret = str(config.get("secret") or "")
        self._stream: TextIO = config.get("stream") or sys.stdout
        self.shown: list[tuple[str, str]] = []
        """What was shown, oldest first: to which chat, and the text."""

    async def open(self) -> None: ...

    async def close(self) -> None: ...

    async def parse(self, inbound: Inbound) -> Parsed:
        """Return what was typed; the query holds `id`, `user` and, in a group, `chat`."""
        given = inbound.headers.get(SECRET_HEADER, "")
        if not self._secret or not hmac.compare_digest(
            given.encode("utf-8", "surrogatepass"), self._secret.encode()
        ):
            raise Forged("secret")
        try:
            text = storable(inbound.body.decode("utf-8")).strip()
        except UnicodeDecodeError:
            raise Malformed("not_utf8") from None
        number, user = inbound.query.get("id", ""), inbound.query.get("user", "")
        if not number or not user or not text or len(text) > LONGEST:
            raise Malformed("typed")
        event = Event(
            id=storable(number),
            source=self.account,
            at=inbound.received_at,
            body=_words(text),
            account=self.account,
            user=storable(user),
            chat=storable(inbound.query.get("chat", user)),
            is_private="chat" not in inbound.query,
            language=inbound.query.get("language"),
            name=inbound.query.get("name"),
        )
        return Parsed((event,))

    def respond(self, event: Event, answer: Answer, reader: Reader) -> Parsed:
        return Parsed()

    def render(self, message: Message, envelope: Envelope) -> Payload:
        shaped = shape(message, envelope, self.caps)
        files = [
            {"name": blob_reference(file), "alt": render(file.alt, envelope.reader)} for file in shaped.files
        ]
        return Payload((Call("show", {"chat": envelope.chat, "text": shaped.text, "files": files}),))

    async def deliver(self, payload: Payload, read_blob: ReadBlob) -> Receipt:
        for call in payload.calls:
            text = str(call.params["text"])
            for file in call.params["files"]:
                blob, name = read_reference(file["name"])
                text += f"\n\n[{name}, {len(await read_blob(blob))} B] {file['alt']}"
            self.shown.append((str(call.params["chat"]), text))
            print(f"\n{call.params['chat']} <", *text.splitlines(), sep="\n  ", file=self._stream, flush=True)
        return Receipt(str(len(self.shown)))

    async def answer(self, event: Event, answer: Answer, reader: Reader) -> None:
        if answer.toast is not None and event.chat is not None:
            print(f"\n{event.chat} < ({render(answer.toast, reader)})", file=self._stream, flush=True)

    async def pull(self, cursor: str | None, receive: Receive, decide: Decide | None = None) -> str | None:
        return cursor

    async def check(self) -> tuple[str, ...]:
        return ()

    async def find(self, email: str | None, phone: str | None, hint: str | None) -> Contact | None:
        return None

    def invite_url(self, token: str) -> str | None:
        return None

    async def register(self, commands: Mapping[str, Sequence[tuple[str, Text]]]) -> None: ...


def _words(text: str) -> Body:
    if command := re.fullmatch(r"/(\w{1,64})(?:\s+(.*))?", text, re.DOTALL):
        verb, rest = command.groups(default="")
        return Followed(rest.strip()) if verb.lower() == "start" else Commanded(verb.lower(), rest.strip())
    return Said(text)
