"""Device checks: what each one found, in codes and rounded numbers; nothing that tells one device from another."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from conversations.prechecks import Finding, Precheck, Verdict
from store.db import Tx
from store.tables import prechecks as rows


async def add(tx: Tx, check: Precheck) -> bool:
    """Keep a check; return False, and change nothing, when one of this id is kept already."""
    kept = {
        "id": check.id,
        "interview": check.interview,
        "at": check.at,
        "verdict": check.verdict,
        "took": check.took,
        "findings": json.dumps([[finding.code, dict(finding.numbers)] for finding in check.findings]),
        "device": check.device or None,
    }
    added = tx.insert(rows).values(**kept).on_conflict_do_nothing(index_elements=["id"])
    return (await tx.conn.execute(added)).rowcount == 1


async def of_interview(tx: Tx, interview: UUID, limit: int = 10) -> Sequence[Precheck]:
    """Return an interview's checks, the last one first."""
    query = select(rows).where(rows.c.interview == interview).order_by(rows.c.n.desc()).limit(limit)
    return [_check(row) for row in (await tx.conn.execute(query)).mappings()]


async def last_of(tx: Tx, interviews: Sequence[UUID]) -> dict[UUID, Precheck]:
    """Return the last check of each of these interviews that has one."""
    found: dict[UUID, Precheck] = {}
    for n in range(0, len(interviews), 500):
        query = select(rows).where(rows.c.interview.in_(interviews[n : n + 500])).order_by(rows.c.n)
        found |= {row["interview"]: _check(row) for row in (await tx.conn.execute(query)).mappings()}
    return found


async def tally(tx: Tx, interview: UUID, since: datetime) -> int:
    """Count the checks of an interview since an instant."""
    query = select(func.count()).where(rows.c.interview == interview, rows.c.at >= since)
    return int((await tx.conn.execute(query)).scalar_one())


async def verdicts(tx: Tx, since: datetime, until: datetime) -> dict[Verdict, int]:
    """Count the checks from `since` on and before `until`, by what they came to."""
    query = (
        select(rows.c.verdict, func.count())
        .where(rows.c.at >= since, rows.c.at < until)
        .group_by(rows.c.verdict)
    )
    return {row[0]: row[1] for row in await tx.conn.execute(query)}


def _check(row: Any) -> Precheck:
    findings = tuple(Finding(code, numbers) for code, numbers in json.loads(row["findings"]))
    return Precheck(row["id"], row["interview"], row["at"], findings, row["took"], row["device"] or "")
