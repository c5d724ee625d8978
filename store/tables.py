"""Every table. What is personal stands in `sealed` columns; where it must be found again, beside a blind index."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ColumnElement,
    DateTime,
    Dialect,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    Uuid,
    and_,
    literal_column,
)
from sqlalchemy.types import TypeEngine

from store.errors import NaiveInstant, NotWallTime

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Instant(TypeDecorator[datetime]):
    """An instant, aware UTC in and out: microseconds since 1970 in SQLite, `timestamptz` in PostgreSQL."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(BigInteger() if dialect.name == "sqlite" else DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise NaiveInstant(f"{value} has no zone: nobody can tell when it is")
        return (value - _EPOCH) // _MICROSECOND if dialect.name == "sqlite" else value.astimezone(UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        stored: datetime = (
            _EPOCH + value * _MICROSECOND if dialect.name == "sqlite" else value.astimezone(UTC)
        )
        return stored


class WallTime(TypeDecorator[datetime]):
    """A time as it stands on a clock, naive: text, so that no database converts it."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        if value is not None and value.tzinfo is not None:
            raise NotWallTime(f"{value} has a zone, and a wall-clock time has none")
        return value.isoformat() if value is not None else None

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:
        return datetime.fromisoformat(value) if value is not None else None


def key() -> Column[Any]:
    return Column("id", Uuid, primary_key=True)


def counted() -> tuple[Column[Any], Column[Any]]:
    """A table in the order of arrival: `n` is given by the database, `id` by the client."""
    number = Column("n", BigInteger().with_variant(Integer, "sqlite"), Identity(), primary_key=True)
    return number, Column("id", Uuid, nullable=False, unique=True)


def sealed(name: str, *, optional: bool = False) -> Column[Any]:
    """A personal value, encrypted and bound to the row's `id`."""
    return Column(name, LargeBinary, nullable=optional, info={"sealed": True})


def blind(name: str, *, optional: bool = False) -> Column[Any]:
    """What a personal value is found by."""
    return Column(name, LargeBinary, nullable=optional)


def instant(name: str, *, optional: bool = False) -> Column[Any]:
    return Column(name, Instant, nullable=optional)


def text(name: str, *, optional: bool = False) -> Column[Any]:
    return Column(name, Text, nullable=optional)


def number(name: str, *, optional: bool = False) -> Column[Any]:
    return Column(name, Integer, nullable=optional)


def flag(name: str) -> Column[Any]:
    return Column(name, Boolean, nullable=False)


def row_id(name: str, *, optional: bool = False) -> Column[Any]:
    return Column(name, Uuid, nullable=optional)


def of(name: str, table: str, *, optional: bool = False) -> Column[Any]:
    return Column(name, Uuid, ForeignKey(f"{table}.id"), nullable=optional)


def partial(name: str, where: ColumnElement[bool], *columns: Any, unique: bool = False) -> Index:
    """An index of the few rows that are waited for, beside the many that are done with (F24)."""
    return Index(name, *columns, unique=unique, sqlite_where=where, postgresql_where=where)


def is_(column: Any, *values: str) -> ColumnElement[bool]:
    """Compare with literals: neither database uses a partial index for a parameter it does not know yet."""
    listed: list[ColumnElement[str]] = [literal_column(f"'{value}'") for value in values]
    return column == listed[0] if len(listed) == 1 else column.in_(listed)  # type: ignore[no-any-return]


metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)

# What is counted by us, because a number that people read should have no gaps: interviews, cases.
counters = Table(
    "counters", metadata, Column("name", Text, primary_key=True), Column("value", BigInteger, nullable=False)
)

# --- Who takes part

people = Table(
    "people",
    metadata,
    key(),
    sealed("name"),
    blind("name_ix"),
    sealed("phone", optional=True),
    blind("phone_ix", optional=True),
    sealed("email", optional=True),
    blind("email_ix", optional=True),
    sealed("hints"),
    text("locale", optional=True),
    text("zone", optional=True),
    text("roles"),
    flag("is_staff"),
    text("jobs", optional=True),
    instant("opted_out_at", optional=True),
    # Set on what is left of somebody who turned out to be another: links to the one lead to the other.
    of("merged_into", "people", optional=True),
    Index(None, "name_ix"),
    Index(None, "merged_into"),
)
partial("ix_people_phone_ix", people.c.phone_ix.is_not(None), people.c.phone_ix)
partial("ix_people_email_ix", people.c.email_ix.is_not(None), people.c.email_ix)
partial("ix_people_staff", people.c.is_staff.is_(literal_column("true")), people.c.is_staff)

hints = Table(
    "hints",
    metadata,
    Column("person", Uuid, ForeignKey("people.id"), primary_key=True),
    Column("channel", Text, primary_key=True),
    blind("value_ix"),
    Index(None, "channel", "value_ix"),
)

bindings = Table(
    "bindings",
    metadata,
    key(),
    of("person", "people"),
    text("account"),
    sealed("address"),
    blind("address_ix"),
    sealed("chat"),
    instant("bound_at"),
    flag("is_reachable"),
    text("unreachable_why", optional=True),
    instant("unreachable_at", optional=True),
    UniqueConstraint("account", "address_ix"),
    Index(None, "person"),
)

tokens = Table(
    "tokens",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    text("purpose"),
    text("subject"),
    instant("minted_at"),
    instant("expires_at"),
    instant("used_at", optional=True),
    text("used_by"),
    Index(None, "purpose", "subject"),
)

# --- What happens to an interview

slots = Table(
    "slots",
    metadata,
    key(),
    Column("key", Text, nullable=False, unique=True),
    instant("starts_at"),
    text("zone"),
    text("company"),
    text("role"),
    number("capacity"),
    number("taken"),
    sealed("join"),
    CheckConstraint("taken >= 0", name="taken"),
    Index(None, "starts_at"),
)
partial("ix_slots_free", slots.c.taken < slots.c.capacity, slots.c.company, slots.c.starts_at)

interviews = Table(
    "interviews",
    metadata,
    key(),
    Column("number", Integer, nullable=False, unique=True),
    number("revision"),
    of("person", "people"),
    text("company"),
    text("role"),
    # The current one; no foreign key, because each would need the other first.
    row_id("attempt"),
    text("state"),
    text("source"),
    text("candidate_type"),
    of("recruiter", "people", optional=True),
    text("external_id", optional=True),
    sealed("tags"),
    number("moves"),
    instant("invited_at", optional=True),
    Index(None, "attempt"),
    Index(None, "person"),
    Index(None, "recruiter"),
)
partial(
    "uq_interviews_external",
    interviews.c.external_id.is_not(None),
    interviews.c.company,
    interviews.c.external_id,
    unique=True,
)

slot_holds = Table(
    "slot_holds",
    metadata,
    Column("slot", Uuid, ForeignKey("slots.id"), primary_key=True),
    Column("interview", Uuid, ForeignKey("interviews.id"), primary_key=True),
    Index(None, "interview"),
)

attempts = Table(
    "attempts",
    metadata,
    key(),
    of("interview", "interviews"),
    number("n"),
    instant("starts_at"),
    text("zone"),
    sealed("join"),
    Column("local_start", WallTime, nullable=False),
    instant("booked_at"),
    row_id("slot", optional=True),
    instant("confirmed_at", optional=True),
    instant("acknowledged_at", optional=True),
    instant("entered_at", optional=True),
    instant("joined_at", optional=True),
    instant("completed_at", optional=True),
    instant("flagged_at", optional=True),
    instant("contacted_at", optional=True),
    text("reason", optional=True),
    instant("reason_at", optional=True),
    sealed("reason_said", optional=True),
    text("outcome", optional=True),
    # Who of staff said so, where the candidate told them and not us.
    row_id("confirmed_by", optional=True),
    # Since when reminders are held back.
    instant("paused_at", optional=True),
    UniqueConstraint("interview", "n"),
    Index(None, "starts_at"),
)

rungs = Table(
    "rungs",
    metadata,
    Column("attempt", Uuid, ForeignKey("attempts.id"), primary_key=True),
    Column("name", Text, primary_key=True),
    instant("due_at"),
    text("verdict", optional=True),
    text("why"),
    text("evidence"),
    instant("settled_at", optional=True),
    Index(None, "due_at"),
)

cases = Table(
    "cases",
    metadata,
    key(),
    Column("number", Integer, nullable=False, unique=True),
    text("kind"),
    of("interview", "interviews"),
    of("attempt", "attempts"),
    instant("opened_at"),
    text("state"),
    of("owner", "people", optional=True),
    sealed("owner_name", optional=True),
    instant("taken_at", optional=True),
    instant("escalated_at", optional=True),
    instant("closed_at", optional=True),
    text("result", optional=True),
    sealed("said", optional=True),
    text("team", optional=True),
    sealed("note", optional=True),
    Index(None, "interview"),
    Index(None, "attempt"),
    Index(None, "owner"),
)
CASE_OPEN = is_(cases.c.state, "open", "taken")
partial("uq_cases_open", CASE_OPEN, cases.c.attempt, cases.c.kind, unique=True)

transcript = Table(
    "transcript",
    metadata,
    *counted(),
    of("interview", "interviews"),
    instant("at"),
    text("who"),
    sealed("said"),
    Index(None, "interview", "n"),
)

# --- What comes in, and what is to happen later

inbox = Table(
    "inbox",
    metadata,
    *counted(),
    # The blind index of (source, id): an event is handled once for ever.
    Column("seen", LargeBinary, nullable=False, unique=True),
    sealed("event"),
    # Who did it, where somebody did: events of one lane are handled in order.
    blind("lane", optional=True),
    instant("received_at"),
    instant("next_at"),
    instant("lease_until", optional=True),
    number("tries"),
    instant("done_at", optional=True),
    instant("dead_at", optional=True),
    text("why"),
)
INBOX_OPEN = and_(inbox.c.done_at.is_(None), inbox.c.dead_at.is_(None))
partial("ix_inbox_open", INBOX_OPEN, inbox.c.n, inbox.c.next_at)
partial("ix_inbox_lane", INBOX_OPEN, inbox.c.lane, inbox.c.n)
partial("ix_inbox_dead", inbox.c.dead_at.is_not(None), inbox.c.n)

cursors = Table("cursors", metadata, Column("account", Text, primary_key=True), text("cursor"))

signals = Table("signals", metadata, Column("account", Text, primary_key=True), instant("heard_at"))

timers = Table(
    "timers",
    metadata,
    key(),
    text("name"),
    text("subject"),
    instant("at"),
    text("data"),
    UniqueConstraint("name", "subject"),
    Index(None, "at"),
    Index(None, "subject"),
)

jobs = Table(
    "jobs",
    metadata,
    *counted(),
    text("kind"),
    sealed("args"),
    sealed("event"),
    instant("created_at"),
    instant("next_at"),
    number("tries"),
    instant("done_at", optional=True),
    instant("dead_at", optional=True),
    text("why"),
)
JOB_OPEN = and_(jobs.c.done_at.is_(None), jobs.c.dead_at.is_(None))
partial("ix_jobs_open", JOB_OPEN, jobs.c.n, jobs.c.next_at)

# What was ordered for many at once: who they are, and what became of each.
batches = Table(
    "batches",
    metadata,
    key(),
    Column("number", Integer, nullable=False, unique=True),
    of("by", "people"),
    text("act"),
    sealed("args"),
    text("targets"),
    text("state"),
    number("begun"),
    instant("created_at"),
    instant("runs_at"),
    row_id("undoes", optional=True),
    text("done"),
    sealed("failed"),
    Index(None, "by", "created_at"),
    Index(None, "created_at"),
)

once = Table("once", metadata, Column("name", Text, primary_key=True), instant("at"))

# --- Conversations

sessions = Table(
    "sessions",
    metadata,
    key(),
    text("holder"),
    text("subject"),
    text("dialog"),
    text("step"),
    number("turn"),
    text("choices"),
    instant("asked_at", optional=True),
    number("misses"),
    sealed("data"),
    UniqueConstraint("holder", "subject"),
    Index(None, "subject"),
)

shown = Table(
    "shown",
    metadata,
    *counted(),
    row_id("binding", optional=True),
    row_id("person", optional=True),
    text("account"),
    sealed("chat"),
    blind("chat_ix"),
    text("key"),
    row_id("session", optional=True),
    number("turn"),
    text("platform_id"),
    sealed("edit_token", optional=True),
    instant("editable_until", optional=True),
    sealed("message"),
    instant("shown_at"),
    flag("is_closed"),
)
SHOWN_KEYED = shown.c.key != literal_column("''")
partial("uq_shown_key", SHOWN_KEYED, shown.c.account, shown.c.chat_ix, shown.c.key, unique=True)
Index(None, shown.c.account, shown.c.chat_ix, shown.c.platform_id)
partial("ix_shown_open", shown.c.is_closed.is_(literal_column("false")), shown.c.session)

# --- What goes out

outbox = Table(
    "outbox",
    metadata,
    *counted(),
    Column("key", Text, nullable=False, unique=True),
    row_id("to_person", optional=True),
    row_id("binding", optional=True),
    text("account"),
    sealed("chat"),
    blind("chat_ix"),
    text("thread", optional=True),
    flag("is_private"),
    sealed("message"),
    text("kind"),
    number("priority"),
    row_id("interview", optional=True),
    row_id("attempt", optional=True),
    text("rung", optional=True),
    row_id("session", optional=True),
    number("turn"),
    instant("due_at"),
    instant("useful_until", optional=True),
    text("locale", optional=True),
    flag("wants_receipt"),
    text("delivery"),
    text("fallbacks"),
    text("state"),
    number("tries"),
    sealed("frozen", optional=True),
    row_id("edits", optional=True),
    instant("created_at"),
    instant("next_at"),
    text("why"),
    text("platform_id"),
    flag("in_doubt"),
    instant("settled_at", optional=True),
    text("owner"),
    Column("epoch", BigInteger, nullable=False),
    instant("lease_until", optional=True),
    Index(None, "interview", "n"),
)
WAITING = is_(outbox.c.state, "waiting")
CLAIMED = is_(outbox.c.state, "claimed")
PENDING = is_(outbox.c.state, "waiting", "claimed")
DEAD = is_(outbox.c.state, "dead")
partial("ix_outbox_due", WAITING, outbox.c.next_at, outbox.c.account)
partial("ix_outbox_account", WAITING, outbox.c.account, outbox.c.next_at)
partial("ix_outbox_edits", WAITING, outbox.c.edits)
partial("ix_outbox_leased", CLAIMED, outbox.c.lease_until)
partial("ix_outbox_busy", CLAIMED, outbox.c.account, outbox.c.chat_ix)
partial("ix_outbox_pending", PENDING, outbox.c.interview)
partial("ix_outbox_rung", PENDING, outbox.c.attempt, outbox.c.rung)
partial("ix_outbox_dead", DEAD, outbox.c.n)

buckets = Table(
    "buckets",
    metadata,
    # The blind index of what is limited: a chat's name may be a telephone number.
    Column("scope", LargeBinary, primary_key=True),
    # Set where a whole account is limited, so that a claim can leave it out.
    text("account", optional=True),
    # When the bucket will be full again, if nothing more is taken.
    instant("full_at"),
    instant("free_at"),
    instant("touched_at"),
)
partial("ix_buckets_account", buckets.c.account.is_not(None), buckets.c.account)

# How often a question was answered, until it was answered rightly.
tries = Table(
    "tries",
    metadata,
    Column("scope", LargeBinary, primary_key=True),
    number("count"),
    instant("since"),
    instant("closed_until"),
)

windows = Table(
    "windows",
    metadata,
    key(),
    text("account"),
    blind("address_ix"),
    text("kind"),
    instant("opened_at"),
    instant("expires_at"),
    number("places_left"),
    UniqueConstraint("account", "address_ix", "kind"),
)

blobs = Table("blobs", metadata, key(), sealed("data"))

# What accounts keep for themselves: access tokens, installations.
vault = Table(
    "vault",
    metadata,
    key(),
    text("account"),
    text("name"),
    sealed("value"),
    UniqueConstraint("account", "name"),
)

# --- What is kept for the record

# What candidates answered about us; asked and not answered has no score.
feedback = Table(
    "feedback",
    metadata,
    Column("attempt", Uuid, ForeignKey("attempts.id"), primary_key=True),
    Column("question", Text, primary_key=True),
    of("interview", "interviews"),
    number("score", optional=True),
    instant("at"),
    Index(None, "at"),
)

# What members of HR answered about working with this, once a year; asked and not answered has no score.
opinions = Table(
    "opinions",
    metadata,
    Column("person", Uuid, ForeignKey("people.id"), primary_key=True),
    Column("year", Integer, primary_key=True, autoincrement=False),
    number("score", optional=True),
    instant("at"),
)

# What candidates' devices were found able to do: codes and rounded numbers.
prechecks = Table(
    "prechecks",
    metadata,
    Column("n", BigInteger().with_variant(Integer, "sqlite"), Identity(), primary_key=True),
    Column("id", Uuid, nullable=False, unique=True),
    of("interview", "interviews"),
    instant("at"),
    text("verdict"),
    number("took"),
    text("findings"),
    # The families of browser and system, like `wechat android`; NULL for checks of before they were kept.
    text("device", optional=True),
    Index(None, "interview", "n"),
    Index(None, "at"),
)

policies = Table(
    "policies",
    metadata,
    Column("n", BigInteger().with_variant(Integer, "sqlite"), Identity(), primary_key=True),
    text("digest"),
    text("content"),
    instant("loaded_at"),
    text("actor", optional=True),
    # When everything that was planned already followed it.
    instant("planned_at", optional=True),
)

journal = Table(
    "journal",
    metadata,
    Column("n", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    instant("at"),
    text("action"),
    text("subject"),
    text("actor"),
    text("detail"),
    Column("mac", LargeBinary, nullable=False),
    Index(None, "subject"),
)

# How long the journal is, so that a lost end shows.
journal_head = Table(
    "journal_head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("n", BigInteger, nullable=False),
    Column("mac", LargeBinary, nullable=False),
)
