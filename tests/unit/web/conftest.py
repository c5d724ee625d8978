"""The real web application over a small town, asked without a server in between."""

import asyncio
import copy
import json
import shutil
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import structlog

from bot.web import site
from tests.support.town import WEBHOOK_SECRET, Town, open_town
from tests.unit.store.conftest import migrated_file

__all__ = ["migrated_file"]

CANARY = "CANARY:7f3a!"
"""Stands somewhere in most requests, and must never stand in a log."""
HOOK = "/hooks/telegram/main"
SIGNALS = "/hooks/interviews/platform"
Headers = Sequence[tuple[bytes, bytes]]


@dataclass(slots=True)
class Response:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def is_for_people(self) -> bool:
        """Whether it is a page in a language, with a heading, and kept nowhere."""
        if not self.headers["content-type"].startswith("text/html"):
            return False
        page = self.body.decode()
        assert '<html lang="' in page
        assert "<h1" in page
        assert self.headers["cache-control"] == "no-store"
        assert "script" not in self.headers["content-security-policy"]
        return True


@dataclass(slots=True)
class Web:
    """Asks the ASGI application anything at all, even what no HTTP library would send."""

    town: Town
    app: Any
    logs: list[dict[str, Any]] = field(default_factory=list)
    address: str = "127.0.0.1"
    """Where requests come from."""

    async def ask(
        self,
        method: str,
        path: str,
        body: bytes | Sequence[bytes] = b"",
        headers: Headers = (),
        *,
        query: bytes = b"",
        is_cut_off: bool = False,
    ) -> Response:
        chunks = [body] if isinstance(body, bytes) else list(body)
        messages = [{"type": "http.request", "body": chunk, "more_body": True} for chunk in chunks]
        if is_cut_off:
            messages.append({"type": "http.disconnect"})
        elif messages:
            messages[-1]["more_body"] = False
        is_gone = is_cut_off or not messages
        sent: list[Any] = []

        async def receive() -> Any:
            if not messages and not is_gone:
                await asyncio.Event().wait()  # whoever asked waits for the whole answer
            return messages.pop(0) if messages else {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            sent.append(message)

        scope = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": path,
            "raw_path": path.encode("utf-8", "replace"),
            "query_string": query,
            "root_path": "",
            "headers": [(b"host", b"127.0.0.1"), *headers],
            "client": (self.address, 1),
            "server": ("127.0.0.1", 80),
        }
        await self.app(scope, receive, send)
        start = next(message for message in sent if message["type"] == "http.response.start")
        answer = b"".join(
            message.get("body", b"") for message in sent if message["type"] == "http.response.body"
        )
        found = {name.decode(): value.decode("latin-1") for name, value in start["headers"]}
        return Response(start["status"], found, answer)

    async def refused(
        self, method: str, path: str, body: Any = b"", headers: Headers = (), **more: Any
    ) -> Response:
        """Ask what must be refused: a 4xx, and one line in the log that says why and nothing of the request."""
        before = len(self.logs)
        answer = await self.ask(method, path, body, headers, **more)
        what = (method, path[:100], body[:200] if isinstance(body, bytes) else "chunks", headers)
        assert 400 <= answer.status < 500, (answer.status, what)
        lines = self.logs[before:]
        assert [line["event"] for line in lines] == ["request.refused"], (lines, what)
        assert lines[0]["reason"]
        assert lines[0]["status"] == answer.status
        assert CANARY not in str(lines), what
        assert answer.is_for_people or answer.json["remedy"]
        assert CANARY.encode() not in answer.body
        return answer

    async def taken_or_refused(
        self, method: str, path: str, body: Any = b"", headers: Headers = (), **more: Any
    ) -> Response:
        """Ask what may be either: never a 5xx, a reason for whatever is refused."""
        before = len(self.logs)
        answer = await self.ask(method, path, body, headers, **more)
        assert 200 <= answer.status < 500, (answer.status, body[:300], self.logs[before:])
        lines = self.logs[before:]
        assert CANARY not in str(lines), lines
        refusals = [line for line in lines if line["event"] == "request.refused"]
        assert len(refusals) == (answer.status >= 400)
        assert all(line["log_level"] == "info" for line in lines), lines
        return answer


@pytest.fixture
async def web(migrated_file: Path, tmp_path: Path) -> AsyncIterator[Web]:
    shutil.copy(migrated_file, tmp_path / "town.db")
    async with open_town(tmp_path, f"sqlite:///{tmp_path / 'town.db'}") as town:
        with structlog.testing.capture_logs() as logs:
            yield Web(town, site.build(town.app), logs)  # type: ignore[arg-type]


SECRET = [(b"x-telegram-bot-api-secret-token", WEBHOOK_SECRET.encode())]

UPDATE: dict[str, Any] = {
    "update_id": 700_000_001,
    "message": {
        "message_id": 7,
        "date": 1_795_000_000,
        "from": {"id": 10_001, "is_bot": False, "first_name": CANARY, "language_code": "zh-hans"},
        "chat": {"id": 10_001, "type": "private", "first_name": CANARY},
        "text": f"hello {CANARY}",
        "reply_to_message": {
            "message_id": 3,
            "date": 1,
            "chat": {"id": 10_001, "type": "private"},
            "text": "x",
        },
    },
}
PRESS: dict[str, Any] = {
    "update_id": 700_000_002,
    "callback_query": {
        "id": "42",
        "from": {"id": 10_001, "is_bot": False, "first_name": "x"},
        "message": {"message_id": 7, "date": 1, "chat": {"id": 10_001, "type": "private"}},
        "chat_instance": "1",
        "data": f"v1.1.{CANARY}.x",
    },
}

STRANGE: tuple[Any, ...] = (
    None,
    True,
    -1,
    0,
    2**63,
    -(2**64),
    10**400,
    1e308,
    "",
    "x" * 70_000,
    "\x00",
    "\ud800",
    "\u202e" + CANARY,
    [],
    [[]],
    [None],
    {},
    {"id": {}},
    {"": ""},
    "9" * 5000,
)


def mutations(valid: Any) -> Iterator[Any]:
    """Yield a body with every field in turn left out, or replaced by something strange."""
    for path in _paths(valid):
        changed = copy.deepcopy(valid)
        holder = changed
        for key in path[:-1]:
            holder = holder[key]
        del holder[path[-1]]
        yield changed
        for strange in STRANGE:
            changed = copy.deepcopy(valid)
            holder = changed
            for key in path[:-1]:
                holder = holder[key]
            holder[path[-1]] = strange
            yield changed


def _paths(value: Any, above: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    for key, item in value.items() if isinstance(value, dict) else ():
        yield (*above, key)
        yield from _paths(item, (*above, key))


def nested(depth: int, kind: str = "[") -> bytes:
    if kind == "[":
        return b"[" * depth + b"]" * depth
    return b'{"a":' * depth + b"1" + b"}" * depth


NOT_JSON: tuple[bytes, ...] = (
    b"",
    b" ",
    b"\x00",
    b"null",
    b"true",
    b"1",
    b'"text"',
    b"[]",
    b"{",
    b"}",
    b'{"a":}',
    b"{'a': 1}",
    b"NaN",
    b'{"update_id": NaN}',
    b'{"update_id": Infinity}',
    b'{"update_id": -Infinity}',
    b'{"update_id": ' + b"9" * 5000 + b"}",
    b'{"update_id": 1e999999}',
    b"\xff\xfe{\x00}\x00",
    b"\xef\xbb\xbf{}",
    b"\x80\x81\x82",
    b'{"a": "\xff"}',
    b'{"a": "\\ud800"}',
    b'{"a": "\\u0000"}',
    b"<xml><a/></xml>",
    b"<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>",
    b"a=b&c=d",
    b"--boundary\r\nContent-Disposition: form-data\r\n\r\n",
    nested(33),
    nested(1000),
    nested(100_000),
    nested(40_000, "{"),
    b"[" * 200_000,
    b'{"a": "' + b"\\" * 200_001,
    b'{"a": "' + b"[" * 1000 + b'"}',
    b"{" + b",".join(b'"k%d": 1' % n for n in range(10_000)) + b"}",
    b"[" + b",".join([b"1"] * 100_000) + b"]",
    b"%s%s%s%n",
    b"{{7*7}}${7*7}",
    b"'; DROP TABLE people; --",
)
