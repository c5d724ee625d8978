"""How stand-ins are on the network: one web server each, on a free port of loopback."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Self

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send


class Listening(ABC):
    """A stand-in that is a web server: `async with` starts it and stops it."""

    def __init__(self) -> None:
        self.api_base = ""
        """Its address, once it is started, without a path: `http://127.0.0.1:8080`."""
        self.served: ASGIApp = self
        """What answers in its place: itself, unless somebody records what comes in."""
        self._closing = asyncio.Event()
        """Set when nobody has to be answered any more."""
        self._server: Server | None = None
        self._serving: asyncio.Task[None] | None = None

    @abstractmethod
    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""

    async def start(self) -> None:
        """Listen on a free port of loopback."""
        listener = listen()
        self._server = Server(self.served)
        self._serving = asyncio.create_task(self._server.serve(sockets=[listener]))
        self.api_base = f"http://127.0.0.1:{listener.getsockname()[1]}"
        await self._server.is_up.wait()

    async def stop(self) -> None:
        """Answer nobody any more, and leave nothing open."""
        self._closing.set()
        await self._close()
        if self._server is not None and self._serving is not None:
            self._server.should_exit = True
            await self._serving

    @abstractmethod
    async def _close(self) -> None:
        """Close what the stand-in holds beside its server."""

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()


def listen(port: int = 0) -> socket.socket:
    """Return a socket on a port of loopback, any that is free unless told otherwise; raises OSError if it is taken.

    asyncio turns off Nagle's algorithm only for sockets that say they are TCP, which those of
    socket.create_server do not: each answer then takes 40 ms.
    """
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", port))
    return listener


class Server(uvicorn.Server):
    """A web server inside another program, whose signals it leaves alone."""

    def __init__(self, app: ASGIApp) -> None:
        super().__init__(
            uvicorn.Config(
                app, lifespan="off", access_log=False, log_config=None, timeout_graceful_shutdown=1
            )
        )
        self.is_up = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.is_up.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield
