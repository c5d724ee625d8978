"""What runs all day finds its rows by an index, however many rows are done with."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import event

from conversations.identity import Address
from store import cases, inbox, interviews, jobs, outbox, people, sessions, shown, timers
from store.db import Database, Tx
from store.secrets import Keyring
from tests.unit.store.samples import HOUR, NOW

Ask = Callable[[Tx], Awaitable[object]]
ID = uuid4()
RATE_LIMITED: dict[str, Any] = {"accounts": {"telegram.main"}, "exclude_chats": ["1"]}

ASKED: dict[str, Ask] = {
    "claim": lambda tx: outbox.claim(tx, NOW, "me", 1, 8, **RATE_LIMITED),
    "outbox.next_at": outbox.next_at,
    "outbox.oldest_due": lambda tx: outbox.oldest_due(tx, NOW),
    "outbox.expire_leases": lambda tx: outbox.expire_leases(tx, NOW),
    "outbox.withdraw": lambda tx: outbox.withdraw(tx, ID, "", (), NOW),
    "outbox.pending_for_rung": lambda tx: outbox.pending_for_rung(tx, ID, "24h"),
    "outbox.listing": lambda tx: outbox.listing(tx, state="dead"),
    "inbox.claim": lambda tx: inbox.claim(tx, NOW),
    "inbox.next_at": inbox.next_at,
    "inbox.dead": inbox.dead,
    "jobs.claim": lambda tx: jobs.claim(tx, NOW),
    "timers.due": lambda tx: timers.due(tx, NOW),
    "timers.of": lambda tx: timers.of(tx, "s"),
    "sessions.about": lambda tx: sessions.about(tx, "s"),
    "sessions.of_holder": lambda tx: sessions.of_holder(tx, "h"),
    "shown.of_session": lambda tx: shown.of_session(tx, ID, 1),
    "shown.find": lambda tx: shown.find(tx, "a", "c", "k"),
    "shown.by_platform_id": lambda tx: shown.by_platform_id(tx, "a", "c", "1"),
    "people.by_address": lambda tx: people.by_address(tx, Address("a", "u")),
    "people.by_phone": lambda tx: people.by_phone(tx, "1"),
    "people.by_email": lambda tx: people.by_email(tx, "a@b"),
    "people.by_hint": lambda tx: people.by_hint(tx, "telegram", "x"),
    "interviews.by_number": lambda tx: interviews.by_number(tx, 1),
    "interviews.by_external": lambda tx: interviews.by_external(tx, "acme", "1"),
    "interviews.search": lambda tx: interviews.search(tx, None, starts_from=NOW, starts_until=NOW + HOUR),
    "interviews.person": lambda tx: interviews.search(tx, None, person=ID),
    "cases.cases_of": lambda tx: cases.cases_of(tx, ID),
    "cases.open_cases": cases.open_cases,
}
SMALL = {"buckets", "counters", "people"}
"""Tables that are read whole: few rows, or, of people, only staff."""


@contextmanager
def recorded(db: Database) -> Iterator[list[tuple[str, Any]]]:
    """Record every statement of the writer with its parameters."""
    statements: list[tuple[str, Any]] = []

    def record(conn: Any, cursor: Any, statement: str, parameters: Any, *rest: Any) -> None:
        statements.append((statement, parameters))

    engine = db._writer.sync_engine  # type: ignore[union-attr]
    event.listen(engine, "before_cursor_execute", record)
    yield statements
    event.remove(engine, "before_cursor_execute", record)


@pytest.mark.parametrize("ask", ASKED.values(), ids=ASKED.keys())
async def test_no_table_that_grows_is_read_whole(tmp_path_factory: Any, keyring: Keyring, ask: Ask) -> None:
    db = await Database.open(f"sqlite:///{tmp_path_factory.mktemp('plans')}/t.db", keyring)
    await db.migrate()
    async with db.write() as tx:
        with recorded(db) as statements:
            await ask(tx)
        plans = [await explained(tx, *each) for each in statements if not each[0].startswith("BEGIN")]
    await db.close()
    assert plans
    whole = [line for plan in plans for line in plan if line.startswith("SCAN") and "INDEX" not in line]
    assert [line for line in whole if line.split()[1] not in SMALL] == [], plans


async def explained(tx: Tx, statement: str, parameters: Any) -> list[str]:
    rows = (await tx.conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)).all()
    return [str(row.detail) for row in rows]
