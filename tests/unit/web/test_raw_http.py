"""Broken HTTP, byte by byte, against the real server: always refused, and the server lives on."""

import asyncio
import json
import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest
import structlog
import uvicorn

from bot.web import door, site
from tests.support.town import WEBHOOK_SECRET, Town, open_town
from tests.unit.web.conftest import UPDATE

BODY = json.dumps(UPDATE).encode()
SECRET = f"X-Telegram-Bot-Api-Secret-Token: {WEBHOOK_SECRET}\r\n".encode()
HEAD = b"POST /hooks/telegram/main HTTP/1.1\r\nHost: x\r\n" + SECRET


class Server:
    def __init__(self, port: int, town: Town) -> None:
        self.port = port
        self.town = town

    async def send(self, *parts: bytes, then_close: bool = False) -> bytes:
        """Send bytes as they are, and return whatever comes back until the connection ends or falls silent."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        answer = b""
        with suppress(ConnectionError):
            for part in parts:
                writer.write(part)
                await writer.drain()
            if then_close:
                writer.write_eof()
        with suppress(ConnectionError, TimeoutError):
            async with asyncio.timeout(1 if not then_close else 3):
                while chunk := await reader.read(65_536):
                    answer += chunk
                    if b"\r\n\r\n" in answer and not then_close:
                        break
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()
        return answer

    async def is_alive(self) -> bool:
        return (await self.send(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")).startswith(b"HTTP/1.1 200")


@pytest.fixture
async def server(migrated_file: Path, tmp_path: Path) -> AsyncIterator[Server]:
    shutil.copy(migrated_file, tmp_path / "town.db")
    async with open_town(tmp_path, f"sqlite:///{tmp_path / 'town.db'}") as town:
        listener = socket.create_server(("127.0.0.1", 0))
        config = uvicorn.Config(
            site.build(town.app),
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=1,
        )
        running = uvicorn.Server(config)
        with structlog.testing.capture_logs():
            task = asyncio.create_task(running.serve([listener]))
            while not running.started:  # noqa: ASYNC110 - uvicorn has no event for it
                await asyncio.sleep(0.01)
            yield Server(listener.getsockname()[1], town)
            running.should_exit = True
            await task


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/1.1 ") else 0


def with_length(body: bytes, length: object = None) -> bytes:
    return HEAD + f"Content-Length: {len(body) if length is None else length}\r\n\r\n".encode() + body


def chunked(*chunks: bytes) -> bytes:
    sized = b"".join(b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks)
    return HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + sized


async def test_what_is_well_formed_is_taken_whole_and_in_pieces(server: Server) -> None:
    assert status(await server.send(with_length(BODY))) == 200
    assert status(await server.send(chunked(BODY[:7], BODY[7:], b""))) == 200
    whole = with_length(BODY)
    assert status(await server.send(*(whole[n : n + 40] for n in range(0, len(whole), 40)))) == 200


BROKEN = (
    b"\r\n\r\n",
    b"\x00" * 100,
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",  # a TLS hello
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b"GET\r\n\r\n",
    b"GET / \r\n\r\n",
    b"GET / HTTP/9.9\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost : x\r\n\r\n",
    b"GET / HTTP/1.1\r\n Host: x\r\n\r\n",
    b"GET /\xff\xfe HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET /%ff%fe%00%0d%0a HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET http:// HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET http://[/ HTTP/1.1\r\nHost: [\r\n\r\n",
    b"GET * HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET //evil.example/%2e%2e HTTP/1.1\r\nHost: x\r\n\r\n",
    b"CONNECT x:443 HTTP/1.1\r\nHost: x\r\n\r\n",
    b"G\x01T / HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\nA: \xff\xfe\x00\r\n\r\n",
    b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\n" + b"".join(b"A%d: b\r\n" % n for n in range(5_000)) + b"\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\nA: " + b"b" * 200_000 + b"\r\n\r\n",
    with_length(BODY, -1),
    with_length(BODY, "abc"),
    with_length(BODY, "1e3"),
    with_length(BODY, "9" * 30),
    with_length(BODY, "9" * 5000),
    with_length(BODY, 10**9),
    with_length(BODY, 5),
    with_length(b"{", None),
    HEAD + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
    HEAD + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    HEAD + b"Transfer-Encoding: gzip\r\n\r\nhello",
    HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n",
    HEAD + b"Transfer-Encoding: chunked\r\n\r\n-5\r\nhello\r\n",
    HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + b"f" * 40 + b"\r\nhello\r\n",
    HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello0\r\n\r\n",
    HEAD + b"Expect: 100-continue\r\nContent-Length: 999999999\r\n\r\n",
    HEAD + b"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: x\r\n\r\n",
)


@pytest.mark.parametrize("request_bytes", BROKEN, ids=range(len(BROKEN)))
async def test_broken_requests_are_refused_and_the_server_lives_on(
    server: Server, request_bytes: bytes
) -> None:
    answer = await server.send(request_bytes, then_close=True)
    assert status(answer) == 0 or 400 <= status(answer) < 500, answer[:200]
    assert b"Traceback" not in answer
    assert await server.is_alive()


async def test_too_much_in_chunks_is_refused_before_it_has_all_come(server: Server) -> None:
    answer = await server.send(chunked(*([b"x" * 16_384] * 20)))
    assert status(answer) in (0, 413)
    assert await server.is_alive()


async def test_a_body_that_never_comes_is_not_waited_for_for_ever(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "BODY_WITHIN", 0.2)
    assert status(await server.send(with_length(BODY, len(BODY) + 100))) == 408
    assert await server.is_alive()


async def test_those_who_leave_half_way_leave_nothing(server: Server) -> None:
    whole = with_length(BODY)
    for end in (1, 20, len(HEAD), len(whole) - 10):
        await server.send(whole[:end], then_close=True)
    assert await server.is_alive()
    async with server.town.app.db.read() as tx:
        from store import inbox

        assert await inbox.oldest(tx) is None


async def test_requests_behind_one_another_are_answered_in_order(server: Server) -> None:
    two = (
        b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
        + b"GET /nowhere HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    )
    answer = await server.send(two, then_close=True)
    assert answer.count(b"HTTP/1.1 ") == 2
    assert answer.index(b" 200 ") < answer.index(b" 404 ")
    assert b"server:" not in answer.lower()
