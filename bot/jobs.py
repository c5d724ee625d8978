"""Slow work, done outside any transaction: each kind is one function; its result comes back as `Done`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

JobFunction = Callable[[Mapping[str, Any]], Awaitable[Mapping[str, Any]]]

JOBS: dict[str, JobFunction] = {}
"""By the kind that `Effect Work` names."""


async def run(kind: str, args: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what the work found; a failure is a result too, `{"error": …}`, so that somebody is told."""
    job = JOBS.get(kind)
    if job is None:
        return {"error": f"nobody does {kind}"}
    try:
        return await job(args)
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}"}
