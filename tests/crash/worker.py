"""Runs the product in processes of their own, which may be killed: imported once, forked for every life.

Reads one line of JSON for each life from standard input, and writes its pid, and then how it ended.
"""

from __future__ import annotations

import asyncio
import ctypes
import json
import os
import signal
import sys
import traceback
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import channels.telegram.wire  # noqa: F401 - imported here, so that no life has to
from bot import serving
from bot.app import App, build
from bot.delivery import Delivery
from bot.runtime import Runtime
from bot.settings import read
from channels.telegram import Telegram
from conversations.book import Book
from conversations.commands import COMMANDS
from conversations.dialogs import DIALOGS
from tests.support.town import TOWN_BOOK

POINTS: dict[str, tuple[type[Any], str, bool]] = {
    # name: whose method, which, and whether to die after it rather than before
    "before claim": (Delivery, "claim", False),
    "after claim": (Delivery, "claim", True),
    "before send": (Telegram, "deliver", False),
    "after accept": (Telegram, "deliver", True),
    "before commit": (Delivery, "_accepted", False),
    "after commit": (Delivery, "send", True),
    "before handling": (Runtime, "handle", False),
    "after handling": (Runtime, "handle", True),
    "after receiving": (Runtime, "receive", True),
}


def die_at(name: str, count: int) -> None:
    """Have this process killed at a point, the so-manieth time it gets there."""
    owner, method, is_after = POINTS[name]
    real: Callable[..., Any] = getattr(owner, method)
    left = [count]

    def step() -> None:
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    async def dying(*args: Any, **named: Any) -> Any:
        if not is_after:
            step()
        result = await real(*args, **named)
        # An empty round is no point worth dying at.
        if is_after and result != []:
            step()
        return result

    setattr(owner, method, dying)


async def live(order: dict[str, Any]) -> None:
    """Serve until somebody ends it, on the configuration that was handed in."""
    Telegram.caps = replace(Telegram.caps, rates=())

    book = Book.of(DIALOGS, COMMANDS) if order.get("book") == "product" else TOWN_BOOK

    async def build_with_book(settings: Any) -> App:
        return await build(settings, book=book)

    serving.build = build_with_book  # type: ignore[attr-defined, assignment]
    if order.get("die_at"):
        die_at(order["die_at"], order["count"])
    await serving.serve(read(order["config"], order["environ"], Path(order["folder"])))


def die_with_parent() -> None:
    """Have Linux kill this process when the one that started it is no more."""
    if sys.platform == "linux":
        set_parent_death_signal = 1
        ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGKILL)


def main() -> None:
    die_with_parent()
    for line in sys.stdin:
        order = json.loads(line)
        pid = os.fork()
        if pid == 0:
            code = 70
            die_with_parent()
            try:
                log = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
                os.dup2(log, 1)
                os.dup2(log, 2)
                asyncio.run(live(order))
                code = 0
            except BaseException:
                traceback.print_exc()
            finally:
                sys.stderr.flush()
                os._exit(code)
        print(json.dumps({"pid": pid}), flush=True)
        status = os.waitpid(pid, 0)[1]
        print(json.dumps({"ended": os.waitstatus_to_exitcode(status)}), flush=True)


if __name__ == "__main__":
    main()
