"""Running the product for real: the web server, the loops and the control socket, from start to a clean stop."""

from __future__ import annotations

import asyncio
import hashlib
import os
import signal
import tempfile
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvicorn

from bot import observe
from bot.app import build
from bot.control import Control, ask
from bot.operations import Operations
from bot.problems import Problem
from bot.settings import Settings
from bot.web import site
from store.errors import Corrupt, InUse

LONGEST_SOCKET = 100
"""A Unix socket's path may have 107 bytes (unix(7))."""

log = observe.logger("serving")


async def serve(settings: Settings) -> None:
    """Run until SIGTERM or SIGINT: stop intake, finish what is in flight within 25 s, close, return."""
    observe.set_up(settings.log.level, settings.log.format)
    try:
        app = await build(settings)
    except (InUse, Corrupt) as error:
        raise Problem(str(error), getattr(error, "remedy", "See the line above.")) from None
    control = Control(socket_path(settings), Operations(app).by_name())
    await control.start()
    config = uvicorn.Config(
        site.build(app),
        host=settings.server.host,
        port=settings.server.port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=10,
    )
    log.info(
        "server.started", host=settings.server.host, port=settings.server.port, channels=list(app.channels)
    )
    server = Server(config)
    try:
        await server.serve()
    finally:
        await control.stop()
    if not server.started:
        raise Problem("The server did not start.", "See the line above.")


class Server(uvicorn.Server):
    """A web server after whose end the process goes on: uvicorn's own raises the signal again, and it dies of it."""

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._end)
        try:
            yield
        finally:
            for number in (signal.SIGTERM, signal.SIGINT):
                loop.remove_signal_handler(number)

    def _end(self) -> None:
        """End well; the second time, at once: that loses no more than a power cut does, which is nothing."""
        if self.should_exit:
            os._exit(1)
        self.should_exit = True


async def carry_out(settings: Settings, operation: str, args: Mapping[str, Any]) -> Any:
    """Carry out an operation: by the process that runs on this database if there is one, otherwise here."""
    observe.set_up("warning", settings.log.format)
    path = socket_path(settings)
    if path.exists():
        try:
            return await ask(path, operation, args)
        except OSError:
            log.info("control.stale", path=str(path))
    try:
        app = await build(settings)
    except (InUse, Corrupt) as error:
        raise Problem(str(error), getattr(error, "remedy", "See the line above.")) from None
    try:
        return await Operations(app).by_name()[operation](args)
    finally:
        await app.close()


def socket_path(settings: Settings) -> Path:
    """Return where the running process listens: beside the database, or in the temporary folder if that is long."""
    url = str(settings.database_url)
    beside = Path(url.removeprefix("sqlite:///") + ".sock")
    if url.startswith("sqlite:") and len(os.fsencode(beside)) <= LONGEST_SOCKET:
        return beside
    name = hashlib.sha256(url.encode()).hexdigest()[:24]
    return Path(tempfile.gettempdir()) / f"turnout-{os.getuid()}-{name}.sock"
