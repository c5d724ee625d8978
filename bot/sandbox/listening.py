"""How stand-ins are on the network: one web server each, on a free port of loopback."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from abc import ABC, abstractmethod
from collections.abc import Iterator
from functools import cache
from typing import Any, Self

import httpx
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


def web_client(**options: Any) -> httpx.AsyncClient:
    """Return a web client that no proxy of the machine stands before; `options` are httpx's."""
    return httpx.AsyncClient(trust_env=False, verify=_trust(), **options)


@cache
def _trust() -> ssl.SSLContext:
    # Reading the authorities takes 15 ms, and each client would read them again.
    return httpx.create_ssl_context(trust_env=False)


class Server(uvicorn.Server):
    """A web server inside another program, whose signals it leaves alone.

    uvicorn's own looks ten times a second whether it is to end, and as often whether everybody has left: where
    hundreds of servers come and go, they would mostly be waited for. This one ends as soon as it is told.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._ending = asyncio.Event()
        self.is_up = asyncio.Event()
        super().__init__(
            uvicorn.Config(
                app, lifespan="off", access_log=False, log_config=None, timeout_graceful_shutdown=1
            )
        )

    @property
    def should_exit(self) -> bool:
        """Whether it is to end; once set it does, and `serve` returns."""
        return self._ending.is_set()

    @should_exit.setter
    def should_exit(self, is_so: bool) -> None:
        if is_so:
            self._ending.set()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.is_up.set()

    async def main_loop(self) -> None:
        ticks = 0
        while not await self.on_tick(ticks):
            ticks += _TICKS
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._ending.wait(), 1)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for closing in (*self.servers, *(sockets or ())):
            closing.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        try:
            await asyncio.wait_for(self._all_left(), self.config.timeout_graceful_shutdown)
        except TimeoutError:
            for task in self.server_state.tasks:
                task.cancel()

    async def _all_left(self) -> None:
        while self.server_state.connections or self.server_state.tasks:  # noqa: ASYNC110 - uvicorn has no event
            await asyncio.sleep(0.001)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


_TICKS = 10
"""uvicorn's measure of time is a tenth of a second; once in ten it tells its answers what the date is."""
