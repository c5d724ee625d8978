"""Made-up people, interviews and messages; whatever is personal among it stands in PERSONAL."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from conversations.events import Event, Said
from conversations.identity import Person, Role
from conversations.interview import Attempt, Interview, Slot
from conversations.messages import Message, Press
from locales.text import Moment, t
from store import interviews, people
from store.db import Tx
from store.outbox import OutboxRow

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def person(**values: Any) -> Person:
    return Person(
        **{"id": uuid4(), "name": "李雷", "phone": "13812341234", "email": "lilei@example.com", **values}
    )


def staff(*roles: Role, **values: Any) -> Person:
    return person(name="韩梅梅", phone=None, email=None, roles=frozenset(roles), **values)


def attempt(n: int = 1, starts_at: datetime = NOW + DAY, **values: Any) -> Attempt:
    local = (starts_at + 8 * HOUR).replace(tzinfo=None)
    wanted = {
        "id": uuid4(),
        "n": n,
        "starts_at": starts_at,
        "zone": "Asia/Shanghai",
        "join": "https://meet.example/1",
    }
    return Attempt(**{**wanted, "local_start": local, "booked_at": NOW, **values})


def interview(whose: UUID, **values: Any) -> Interview:
    wanted = {
        "id": uuid4(),
        "number": 0,
        "revision": 0,
        "person": whose,
        "company": "acme",
        "role": "Engineer",
    }
    return Interview(**{**wanted, "attempt": attempt(), **values})


async def booked(tx: Tx, whose: Person | None = None, **values: Any) -> Interview:
    """Store an interview, with its candidate if need be."""
    if whose is None:
        whose = await people.create(tx, person())
    return await interviews.create(tx, interview(whose.id, **values))


def slot(**values: Any) -> Slot:
    wanted = {"id": uuid4(), "starts_at": NOW + DAY, "zone": "Asia/Shanghai", "company": "acme", "role": ""}
    return Slot(**{**wanted, "capacity": 1, "taken": 0, **values})


def message(kind: str = "reminder", **values: Any) -> Message:
    lead = t("Your interview begins {when}", when=Moment(NOW, "Asia/Shanghai"))
    return Message(
        **{"kind": kind, "lead": lead, "actions": (Press("coming", t("I'll be there")),), **values}
    )


def row(**values: Any) -> OutboxRow:
    wanted: dict[str, Any] = {
        "id": uuid4(),
        "key": uuid4().hex,
        "account": "telegram.main",
        "chat": uuid4().hex,
        "message": message(),
        "kind": "reminder",
        "priority": 2,
        "due_at": NOW,
        "next_at": NOW,
        "created_at": NOW,
    }
    return OutboxRow(**{**wanted, **values})


def event(text: str = "hello", **values: Any) -> Event:
    wanted: dict[str, Any] = {"id": uuid4().hex, "source": "telegram.main", "at": NOW, "body": Said(text)}
    return Event(**{**wanted, "account": "telegram.main", "user": uuid4().hex, "chat": "c", **values})
