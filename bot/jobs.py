"""Slow work, done outside any transaction: each kind is one function; its result comes back as `Done`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bot import observe
from bot.booking import Booking
from bot.carrying import carry
from bot.charts.job import chart
from bot.clock import Clock
from bot.codes import role_code
from bot.configuring import Configuring, config
from bot.export.job import export
from bot.listing import add, take_list
from bot.needs import House
from channels.base import Channel, NotDelivered
from store.db import Database

Args = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Desk:
    """What slow work finds where it is done. It reads and writes in transactions of its own."""

    db: Database
    clock: Clock
    house: House
    channels: Mapping[str, Channel]
    configuring: Configuring | None = None
    booking: Booking | None = None


Job = Callable[[Desk, Args], Awaitable[dict[str, Any]]]
"""Plain JSON in, plain JSON out: a file that was made goes into `store.blobs`, and its name into the result."""


async def find(desk: Desk, args: Args) -> dict[str, Any]:
    """Ask an account's platform whom an e-mail address or an id belongs to."""
    channel = desk.channels.get(args["account"])
    if channel is None:
        return {"error": f"there is no account {args['account']}"}
    contact = await channel.find(args.get("email"), args.get("phone"), args.get("hint"))
    if contact is None:
        return {"user": ""}
    known = {"zone": contact.zone, "language": contact.language, "name": contact.name}
    return {
        "user": contact.user,
        "chat": contact.chat,
        **{key: value for key, value in known.items() if value},
    }


JOBS: Mapping[str, Job] = {
    "find": find,
    "role_code": role_code,
    "chart": chart,
    "digest_chart": chart,
    "export": export,
    "config": config,
    "list": take_list,
    "add": add,
    "carry": carry,
}
"""By the kind that `Effect Work` names."""


async def run(desk: Desk, kind: str, args: Args) -> dict[str, Any]:
    """Return what the work found, with its arguments; a failure is a result too, `{"error": …}`.

    Raises NotDelivered `busy` when a platform cannot be asked now: the work waits and is done again.
    """
    job = JOBS.get(kind)
    if job is None:
        return {**args, "error": f"nobody does {kind}"}
    try:
        return {**args, **await job(desk, args)}
    except NotDelivered as error:
        if error.why == "busy":
            raise
        return {**args, "error": observe.redact(str(error))}
    except Exception as error:
        return {**args, "error": observe.redact(f"{type(error).__name__}: {error}")}
