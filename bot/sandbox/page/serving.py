"""The page, served on this machine until somebody has had enough of it."""

from __future__ import annotations

import asyncio
import os
import signal
import socket

from rich.console import Console

from bot.sandbox.listening import Server, listen
from bot.sandbox.page.routes import build
from bot.sandbox.page.studio import Mistaken, Studio
from locales.catalogue import best_locale


async def serve(story: str, lang: str, port: int, out: Console) -> int:
    """Serve the page on loopback until Ctrl-C, with a story if one is named; return the exit code."""
    studio = Studio(_language(lang))
    try:
        studio.choose(story)
    except Mistaken as mistaken:
        out.print(f"{mistaken} turnout demo --list names them all.", markup=False)
        return 2
    listener = _listener(port, out)
    server = Server(build(studio))
    serving = asyncio.create_task(server.serve([listener]))
    await server.is_up.wait()
    out.print(f"The sandbox's page: http://127.0.0.1:{listener.getsockname()[1]}/", markup=False)
    out.print("Everything there is simulated; nobody else can reach it. Ctrl-C ends it.", markup=False)
    preparing = asyncio.create_task(studio.prepare())
    await _until_told()
    await preparing
    await studio.end()
    server.should_exit = True
    await serving
    return 0


def _language(said: str) -> str:
    known = (said, *(os.environ.get(name, "") for name in ("TURNOUT_LANG", "LC_ALL", "LC_MESSAGES", "LANG")))
    return best_locale(next(filter(None, known), None))


def _listener(port: int, out: Console) -> socket.socket:
    """Return a socket on a port of loopback, or on any that is free when that is taken, which is said."""
    try:
        return listen(port)
    except OSError:
        out.print(
            f"Port {port} is taken, perhaps by another sandbox: this one gets a free port.", markup=False
        )
        return listen()


async def _until_told() -> None:
    """Wait for Ctrl-C or SIGTERM."""
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, told.set)
    await told.wait()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.remove_signal_handler(number)
