"""The way from the command line to the running process: a socket beside the database, for its owner only.

SQLite has one writer. When it is running, commands are carried out by it instead of being refused.
"""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from bot import observe
from bot.problems import Problem

LARGEST = 64 * 1024 * 1024
Operation = Callable[[Mapping[str, Any]], Awaitable[Any]]

log = observe.logger("control")


class Control:
    """Serves operations, by name, to whoever may open the socket."""

    def __init__(self, path: Path, operations: Mapping[str, Operation]) -> None:
        self.path = path
        self._operations = operations
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        self.path.unlink(missing_ok=True)
        before = os.umask(0o177)
        try:
            self._server = await asyncio.start_unix_server(self._serve, str(self.path), limit=LARGEST)
        finally:
            os.umask(before)

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()
        self.path.unlink(missing_ok=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            request = json.loads(await reader.readline())
            answer = await self._answer(request)
        except (ValueError, KeyError, TypeError) as error:
            answer = {
                "problem": {"what": f"not understood: {error}", "remedy": "Use the same version of turnout."}
            }
        with suppress(ConnectionError):
            writer.write(json.dumps(answer, ensure_ascii=False).encode() + b"\n")
            await writer.drain()
        writer.close()

    async def _answer(self, request: Mapping[str, Any]) -> dict[str, Any]:
        operation = self._operations[request["operation"]]
        try:
            return {"result": await operation(request["args"])}
        except Problem as problem:
            return {"problem": {"what": problem.what, "remedy": problem.remedy}}
        except Exception as error:
            log.error("operation.failed", operation=request["operation"], error=error)
            text = observe.redact(f"{type(error).__name__}: {error}")
            return {"problem": {"what": text, "remedy": "See the log of the running process."}}


async def ask(path: Path, operation: str, args: Mapping[str, Any]) -> Any:
    """Have the running process carry out an operation; raises Problem as it does, OSError when nobody listens."""
    reader, writer = await asyncio.open_unix_connection(str(path), limit=LARGEST)
    try:
        writer.write(json.dumps({"operation": operation, "args": dict(args)}).encode() + b"\n")
        await writer.drain()
        line = await reader.readline()
    finally:
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()
    if not line:
        raise Problem("The running process closed the connection.", "Look at its log and try again.")
    answer = json.loads(line)
    if "problem" in answer:
        raise Problem(answer["problem"]["what"], answer["problem"]["remedy"])
    return answer["result"]
