"""The first tables: people, interviews, what comes in, what goes out, and the journal that only grows."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

# Spelled out, so that later changes of `store.tables` do not change what this revision made.
INSTANT = sa.BigInteger().with_variant(sa.DateTime(timezone=True), "postgresql")
COUNT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

_REFUSE_SQLITE = """
CREATE TRIGGER journal_keeps_{what} BEFORE {what} ON journal
BEGIN SELECT RAISE(ABORT, 'the journal only grows'); END
"""
_REFUSE_POSTGRESQL = (
    """
    CREATE FUNCTION journal_only_grows() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'the journal only grows'; END $$
    """,
    """
    CREATE TRIGGER journal_keeps_rows BEFORE UPDATE OR DELETE ON journal
    FOR EACH ROW EXECUTE FUNCTION journal_only_grows()
    """,
    """
    CREATE TRIGGER journal_keeps_all BEFORE TRUNCATE ON journal
    FOR EACH STATEMENT EXECUTE FUNCTION journal_only_grows()
    """,
)


def upgrade() -> None:
    op.create_table(
        "blobs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_blobs"),
    )
    op.create_table(
        "buckets",
        sa.Column("scope", sa.LargeBinary(), nullable=False),
        sa.Column("account", sa.Text(), nullable=True),
        sa.Column("full_at", INSTANT, nullable=False),
        sa.Column("free_at", INSTANT, nullable=False),
        sa.Column("touched_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("scope", name="pk_buckets"),
    )
    _partial("ix_buckets_account", "buckets", ["account"], "account IS NOT NULL")
    op.create_table(
        "counters",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_counters"),
    )
    op.create_table(
        "cursors",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("cursor", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("account", name="pk_cursors"),
    )
    op.create_table(
        "inbox",
        sa.Column("n", COUNT, sa.Identity(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("seen", sa.LargeBinary(), nullable=False),
        sa.Column("event", sa.LargeBinary(), nullable=False),
        sa.Column("lane", sa.LargeBinary(), nullable=True),
        sa.Column("received_at", INSTANT, nullable=False),
        sa.Column("next_at", INSTANT, nullable=False),
        sa.Column("lease_until", INSTANT, nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("done_at", INSTANT, nullable=True),
        sa.Column("dead_at", INSTANT, nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("n", name="pk_inbox"),
        sa.UniqueConstraint("id", name="uq_inbox_id"),
        sa.UniqueConstraint("seen", name="uq_inbox_seen"),
    )
    _partial("ix_inbox_dead", "inbox", ["n"], "dead_at IS NOT NULL")
    _partial("ix_inbox_lane", "inbox", ["lane", "n"], "done_at IS NULL AND dead_at IS NULL")
    _partial("ix_inbox_open", "inbox", ["n", "next_at"], "done_at IS NULL AND dead_at IS NULL")
    op.create_table(
        "jobs",
        sa.Column("n", COUNT, sa.Identity(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("args", sa.LargeBinary(), nullable=False),
        sa.Column("event", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("next_at", INSTANT, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("done_at", INSTANT, nullable=True),
        sa.Column("dead_at", INSTANT, nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("n", name="pk_jobs"),
        sa.UniqueConstraint("id", name="uq_jobs_id"),
    )
    _partial("ix_jobs_open", "jobs", ["n", "next_at"], "done_at IS NULL AND dead_at IS NULL")
    op.create_table(
        "journal",
        sa.Column("n", COUNT, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("mac", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("n", name="pk_journal"),
    )
    op.create_index("ix_journal_subject", "journal", ["subject"])
    op.create_table(
        "journal_head",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.Column("mac", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_journal_head"),
    )
    op.create_table(
        "once",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_once"),
    )
    op.create_table(
        "outbox",
        sa.Column("n", COUNT, sa.Identity(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("to_person", sa.Uuid(), nullable=True),
        sa.Column("binding", sa.Uuid(), nullable=True),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("chat", sa.LargeBinary(), nullable=False),
        sa.Column("chat_ix", sa.LargeBinary(), nullable=False),
        sa.Column("thread", sa.Text(), nullable=True),
        sa.Column("is_private", sa.Boolean(), nullable=False),
        sa.Column("message", sa.LargeBinary(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("interview", sa.Uuid(), nullable=True),
        sa.Column("attempt", sa.Uuid(), nullable=True),
        sa.Column("rung", sa.Text(), nullable=True),
        sa.Column("session", sa.Uuid(), nullable=True),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("useful_until", INSTANT, nullable=True),
        sa.Column("locale", sa.Text(), nullable=True),
        sa.Column("wants_receipt", sa.Boolean(), nullable=False),
        sa.Column("delivery", sa.Text(), nullable=False),
        sa.Column("fallbacks", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("frozen", sa.LargeBinary(), nullable=True),
        sa.Column("edits", sa.Uuid(), nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("next_at", INSTANT, nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("platform_id", sa.Text(), nullable=False),
        sa.Column("in_doubt", sa.Boolean(), nullable=False),
        sa.Column("settled_at", INSTANT, nullable=True),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("lease_until", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("n", name="pk_outbox"),
        sa.UniqueConstraint("id", name="uq_outbox_id"),
        sa.UniqueConstraint("key", name="uq_outbox_key"),
    )
    _partial("ix_outbox_account", "outbox", ["account", "next_at"], "state = 'waiting'")
    _partial("ix_outbox_busy", "outbox", ["account", "chat_ix"], "state = 'claimed'")
    _partial("ix_outbox_dead", "outbox", ["n"], "state = 'dead'")
    _partial("ix_outbox_due", "outbox", ["next_at", "account"], "state = 'waiting'")
    _partial("ix_outbox_edits", "outbox", ["edits"], "state = 'waiting'")
    op.create_index("ix_outbox_interview_n", "outbox", ["interview", "n"])
    _partial("ix_outbox_leased", "outbox", ["lease_until"], "state = 'claimed'")
    _partial("ix_outbox_pending", "outbox", ["interview"], "state IN ('waiting', 'claimed')")
    _partial("ix_outbox_rung", "outbox", ["attempt", "rung"], "state IN ('waiting', 'claimed')")
    op.create_table(
        "people",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("name_ix", sa.LargeBinary(), nullable=False),
        sa.Column("phone", sa.LargeBinary(), nullable=True),
        sa.Column("phone_ix", sa.LargeBinary(), nullable=True),
        sa.Column("email", sa.LargeBinary(), nullable=True),
        sa.Column("email_ix", sa.LargeBinary(), nullable=True),
        sa.Column("hints", sa.LargeBinary(), nullable=False),
        sa.Column("locale", sa.Text(), nullable=True),
        sa.Column("zone", sa.Text(), nullable=True),
        sa.Column("roles", sa.Text(), nullable=False),
        sa.Column("is_staff", sa.Boolean(), nullable=False),
        sa.Column("opted_out_at", INSTANT, nullable=True),
        sa.Column("merged_into", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_people"),
        sa.ForeignKeyConstraint(["merged_into"], ["people.id"], name="fk_people_merged_into"),
    )
    _partial("ix_people_email_ix", "people", ["email_ix"], "email_ix IS NOT NULL")
    op.create_index("ix_people_merged_into", "people", ["merged_into"])
    op.create_index("ix_people_name_ix", "people", ["name_ix"])
    _partial("ix_people_phone_ix", "people", ["phone_ix"], "phone_ix IS NOT NULL")
    _partial("ix_people_staff", "people", ["is_staff"], "is_staff IS true")
    op.create_table(
        "policies",
        sa.Column("n", COUNT, sa.Identity(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("loaded_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("n", name="pk_policies"),
    )
    op.create_table(
        "sessions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("dialog", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("choices", sa.Text(), nullable=False),
        sa.Column("asked_at", INSTANT, nullable=True),
        sa.Column("misses", sa.Integer(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sessions"),
        sa.UniqueConstraint("holder", "subject", name="uq_sessions_holder_subject"),
    )
    op.create_index("ix_sessions_subject", "sessions", ["subject"])
    op.create_table(
        "shown",
        sa.Column("n", COUNT, sa.Identity(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("binding", sa.Uuid(), nullable=True),
        sa.Column("person", sa.Uuid(), nullable=True),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("chat", sa.LargeBinary(), nullable=False),
        sa.Column("chat_ix", sa.LargeBinary(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("session", sa.Uuid(), nullable=True),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("platform_id", sa.Text(), nullable=False),
        sa.Column("edit_token", sa.LargeBinary(), nullable=True),
        sa.Column("editable_until", INSTANT, nullable=True),
        sa.Column("message", sa.LargeBinary(), nullable=False),
        sa.Column("shown_at", INSTANT, nullable=False),
        sa.Column("is_closed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("n", name="pk_shown"),
        sa.UniqueConstraint("id", name="uq_shown_id"),
    )
    op.create_index("ix_shown_account_chat_ix_platform_id", "shown", ["account", "chat_ix", "platform_id"])
    _partial("ix_shown_open", "shown", ["session"], "is_closed IS false")
    _partial("uq_shown_key", "shown", ["account", "chat_ix", "key"], "key != ''", unique=True)
    op.create_table(
        "signals",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("heard_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("account", name="pk_signals"),
    )
    op.create_table(
        "slots",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("starts_at", INSTANT, nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("company", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("join", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_slots"),
        sa.UniqueConstraint("key", name="uq_slots_key"),
        sa.CheckConstraint("taken >= 0", name=op.f("ck_slots_taken")),
    )
    _partial("ix_slots_free", "slots", ["company", "starts_at"], "taken < capacity")
    op.create_index("ix_slots_starts_at", "slots", ["starts_at"])
    op.create_table(
        "timers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_timers"),
        sa.UniqueConstraint("name", "subject", name="uq_timers_name_subject"),
    )
    op.create_index("ix_timers_at", "timers", ["at"])
    op.create_index("ix_timers_subject", "timers", ["subject"])
    op.create_table(
        "tokens",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("minted_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("used_at", INSTANT, nullable=True),
        sa.Column("used_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_tokens"),
    )
    op.create_index("ix_tokens_purpose_subject", "tokens", ["purpose", "subject"])
    op.create_table(
        "windows",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("address_ix", sa.LargeBinary(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("opened_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("places_left", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_windows"),
        sa.UniqueConstraint("account", "address_ix", "kind", name="uq_windows_account_address_ix_kind"),
    )
    op.create_table(
        "bindings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("address", sa.LargeBinary(), nullable=False),
        sa.Column("address_ix", sa.LargeBinary(), nullable=False),
        sa.Column("chat", sa.LargeBinary(), nullable=False),
        sa.Column("bound_at", INSTANT, nullable=False),
        sa.Column("is_reachable", sa.Boolean(), nullable=False),
        sa.Column("unreachable_why", sa.Text(), nullable=True),
        sa.Column("unreachable_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_bindings"),
        sa.ForeignKeyConstraint(["person"], ["people.id"], name="fk_bindings_person"),
        sa.UniqueConstraint("account", "address_ix", name="uq_bindings_account_address_ix"),
    )
    op.create_index("ix_bindings_person", "bindings", ["person"])
    op.create_table(
        "hints",
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("value_ix", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("person", "channel", name="pk_hints"),
        sa.ForeignKeyConstraint(["person"], ["people.id"], name="fk_hints_person"),
    )
    op.create_index("ix_hints_channel_value_ix", "hints", ["channel", "value_ix"])
    op.create_table(
        "interviews",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("company", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("attempt", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("candidate_type", sa.Text(), nullable=False),
        sa.Column("recruiter", sa.Uuid(), nullable=True),
        sa.Column("external_id", sa.Text(), nullable=True),
        sa.Column("tags", sa.LargeBinary(), nullable=False),
        sa.Column("moves", sa.Integer(), nullable=False),
        sa.Column("invited_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_interviews"),
        sa.ForeignKeyConstraint(["person"], ["people.id"], name="fk_interviews_person"),
        sa.ForeignKeyConstraint(["recruiter"], ["people.id"], name="fk_interviews_recruiter"),
        sa.UniqueConstraint("number", name="uq_interviews_number"),
    )
    op.create_index("ix_interviews_attempt", "interviews", ["attempt"])
    op.create_index("ix_interviews_person", "interviews", ["person"])
    op.create_index("ix_interviews_recruiter", "interviews", ["recruiter"])
    _partial(
        "uq_interviews_external",
        "interviews",
        ["company", "external_id"],
        "external_id IS NOT NULL",
        unique=True,
    )
    op.create_table(
        "attempts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("interview", sa.Uuid(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("starts_at", INSTANT, nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("join", sa.LargeBinary(), nullable=False),
        sa.Column("local_start", sa.Text(), nullable=False),
        sa.Column("booked_at", INSTANT, nullable=False),
        sa.Column("slot", sa.Uuid(), nullable=True),
        sa.Column("confirmed_at", INSTANT, nullable=True),
        sa.Column("acknowledged_at", INSTANT, nullable=True),
        sa.Column("entered_at", INSTANT, nullable=True),
        sa.Column("joined_at", INSTANT, nullable=True),
        sa.Column("completed_at", INSTANT, nullable=True),
        sa.Column("flagged_at", INSTANT, nullable=True),
        sa.Column("contacted_at", INSTANT, nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("reason_at", INSTANT, nullable=True),
        sa.Column("reason_said", sa.LargeBinary(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_attempts"),
        sa.ForeignKeyConstraint(["interview"], ["interviews.id"], name="fk_attempts_interview"),
        sa.UniqueConstraint("interview", "n", name="uq_attempts_interview_n"),
    )
    op.create_index("ix_attempts_starts_at", "attempts", ["starts_at"])
    op.create_table(
        "slot_holds",
        sa.Column("slot", sa.Uuid(), nullable=False),
        sa.Column("interview", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("slot", "interview", name="pk_slot_holds"),
        sa.ForeignKeyConstraint(["interview"], ["interviews.id"], name="fk_slot_holds_interview"),
        sa.ForeignKeyConstraint(["slot"], ["slots.id"], name="fk_slot_holds_slot"),
    )
    op.create_index("ix_slot_holds_interview", "slot_holds", ["interview"])
    op.create_table(
        "transcript",
        sa.Column("n", COUNT, sa.Identity(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("interview", sa.Uuid(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("said", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("n", name="pk_transcript"),
        sa.ForeignKeyConstraint(["interview"], ["interviews.id"], name="fk_transcript_interview"),
        sa.UniqueConstraint("id", name="uq_transcript_id"),
    )
    op.create_index("ix_transcript_interview_n", "transcript", ["interview", "n"])
    op.create_table(
        "cases",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("interview", sa.Uuid(), nullable=False),
        sa.Column("attempt", sa.Uuid(), nullable=False),
        sa.Column("opened_at", INSTANT, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("owner", sa.Uuid(), nullable=True),
        sa.Column("owner_name", sa.LargeBinary(), nullable=True),
        sa.Column("taken_at", INSTANT, nullable=True),
        sa.Column("escalated_at", INSTANT, nullable=True),
        sa.Column("closed_at", INSTANT, nullable=True),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("said", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_cases"),
        sa.ForeignKeyConstraint(["attempt"], ["attempts.id"], name="fk_cases_attempt"),
        sa.ForeignKeyConstraint(["interview"], ["interviews.id"], name="fk_cases_interview"),
        sa.ForeignKeyConstraint(["owner"], ["people.id"], name="fk_cases_owner"),
        sa.UniqueConstraint("number", name="uq_cases_number"),
    )
    op.create_index("ix_cases_attempt", "cases", ["attempt"])
    op.create_index("ix_cases_interview", "cases", ["interview"])
    op.create_index("ix_cases_owner", "cases", ["owner"])
    _partial("uq_cases_open", "cases", ["attempt", "kind"], "state IN ('open', 'taken')", unique=True)
    op.create_table(
        "rungs",
        sa.Column("attempt", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("verdict", sa.Text(), nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("settled_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("attempt", "name", name="pk_rungs"),
        sa.ForeignKeyConstraint(["attempt"], ["attempts.id"], name="fk_rungs_attempt"),
    )
    op.create_index("ix_rungs_due_at", "rungs", ["due_at"])

    _protect_journal()


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION journal_only_grows()")


def _partial(name: str, table: str, columns: Sequence[str], where: str, *, unique: bool = False) -> None:
    condition = sa.text(where)
    op.create_index(name, table, columns, unique=unique, sqlite_where=condition, postgresql_where=condition)


def _protect_journal() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for statement in _REFUSE_POSTGRESQL:
            op.execute(statement)
    else:
        for what in ("UPDATE", "DELETE"):
            op.execute(_REFUSE_SQLITE.format(what=what))


TABLES = (
    "blobs",
    "buckets",
    "counters",
    "cursors",
    "inbox",
    "jobs",
    "journal",
    "journal_head",
    "once",
    "outbox",
    "people",
    "policies",
    "sessions",
    "shown",
    "signals",
    "slots",
    "timers",
    "tokens",
    "windows",
    "bindings",
    "hints",
    "interviews",
    "attempts",
    "slot_holds",
    "transcript",
    "cases",
    "rungs",
)
