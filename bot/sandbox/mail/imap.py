"""The stand-in's IMAP: one folder of one mailbox, as much of RFC 3501 as it takes to read what came."""

from __future__ import annotations

import asyncio
import re
import ssl

from bot.sandbox.listening import listen
from bot.sandbox.mail.server import HOST

_COMMAND = re.compile(rb"(\S+) (UID \w+|\w+)(?: (.*))?", re.IGNORECASE)
_FETCH = re.compile(rb"([\d,:*]+) \(UID BODY\.PEEK\[\]<(\d+)\.(\d+)>\)", re.IGNORECASE)


class ImapServer:
    """A mailbox that is read over TLS with a name and a password; `gets` puts a mail into it."""

    def __init__(self, login: tuple[str, str], folder: str = "INBOX") -> None:
        self.login = login
        self.folder = folder
        self.validity = 1
        """By which numbering its mails are known; another one stands for a mailbox that was made anew."""
        self.port = 0
        self.is_deaf = False
        """Whether it says nothing any more."""
        self.commands: list[str] = []
        """What it was asked, without passwords."""
        self._mails: dict[int, bytes] = {}
        self._next = 1
        self._server: asyncio.Server | None = None
        self._talking: set[asyncio.StreamWriter] = set()

    def gets(self, mail: bytes) -> int:
        """Put a mail into the folder; return its number."""
        self._mails[self._next] = mail
        self._next += 1
        return self._next - 1

    def deletes(self, uid: int) -> None:
        del self._mails[uid]

    async def start(self, tls: ssl.SSLContext) -> None:
        listener = listen()
        self.port = listener.getsockname()[1]
        self._server = await asyncio.start_server(self._talk, sock=listener, ssl=tls, limit=1 << 20)

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
            for writer in list(self._talking):
                writer.transport.abort()
            await self._server.wait_closed()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._talking.add(writer)
        is_known = False
        writer.write(f"* OK [CAPABILITY IMAP4rev1] {HOST} ready\r\n".encode())
        try:
            while line := await reader.readline():
                if self.is_deaf:
                    continue
                found = _COMMAND.fullmatch(line.rstrip(b"\r\n"))
                if found is None:
                    writer.write(b"* BAD syntax\r\n")
                    continue
                tag, verb, rest = found[1], found[2].upper().decode(), found[3] or b""
                self.commands.append(verb if verb == "LOGIN" else f"{verb} {rest.decode()}".strip())
                lines, answer = self._answer(verb, rest, is_known)
                is_known = is_known or (verb == "LOGIN" and answer.startswith(b"OK"))
                writer.write(b"".join(lines) + tag + b" " + answer + b"\r\n")
                if verb == "LOGOUT":
                    break
            await writer.drain()
        except ConnectionError:
            pass
        finally:
            self._talking.discard(writer)
            writer.close()

    def _answer(self, verb: str, rest: bytes, is_known: bool) -> tuple[list[bytes], bytes]:
        match verb:
            case "CAPABILITY":
                return [b"* CAPABILITY IMAP4rev1\r\n"], b"OK done"
            case "LOGIN":
                given = [part.strip(b'"').decode() for part in rest.split(b" ")]
                return [], b"OK done" if tuple(given) == self.login else b"NO [AUTHENTICATIONFAILED] wrong"
            case "LOGOUT":
                return [b"* BYE\r\n"], b"OK done"
            case "EXAMINE" if is_known:
                return self._examined(rest.strip(b'"').decode())
            case "UID SEARCH" if is_known and (found := re.fullmatch(rb"UID (\d+):\*", rest)):
                # "*" is the last there is, even when that is lower (RFC 3501, 9, seq-range).
                uids = [uid for uid in self._mails if uid >= int(found[1])] or list(self._mails)[-1:]
                return [b"* SEARCH " + b" ".join(b"%d" % uid for uid in uids) + b"\r\n"], b"OK done"
            case "UID FETCH" if is_known and (found := _FETCH.fullmatch(rest)):
                uids = [int(uid) for uid in found[1].split(b",")]
                return [self._fetched(uid, int(found[3])) for uid in uids if uid in self._mails], b"OK done"
        return [], b"BAD not here"

    def _examined(self, folder: str) -> tuple[list[bytes], bytes]:
        if folder != self.folder:
            return [], b"NO no such folder"
        told = [
            f"{len(self._mails)} EXISTS",
            f"OK [UIDVALIDITY {self.validity}] is",
            f"OK [UIDNEXT {self._next}] is",
        ]
        return [f"* {line}\r\n".encode() for line in told], b"OK [READ-ONLY] done"

    def _fetched(self, uid: int, most: int) -> bytes:
        mail = self._mails[uid][:most]
        place = list(self._mails).index(uid) + 1
        return b"* %d FETCH (UID %d BODY[]<0> {%d}\r\n%b)\r\n" % (place, uid, len(mail), mail)
