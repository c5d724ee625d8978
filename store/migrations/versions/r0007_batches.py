"""Commands about many, who confirmed for somebody, and reminders held back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

INSTANT = sa.BigInteger().with_variant(sa.DateTime(timezone=True), "postgresql")


def upgrade() -> None:
    op.add_column("attempts", sa.Column("confirmed_by", sa.Uuid(), nullable=True))
    op.add_column("attempts", sa.Column("paused_at", INSTANT, nullable=True))
    op.create_table(
        "batches",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("args", sa.LargeBinary(), nullable=False),
        sa.Column("targets", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("begun", sa.Integer(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("runs_at", INSTANT, nullable=False),
        sa.Column("undoes", sa.Uuid(), nullable=True),
        sa.Column("done", sa.Text(), nullable=False),
        sa.Column("failed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["by"], ["people.id"], name="fk_batches_by"),
        sa.PrimaryKeyConstraint("id", name="pk_batches"),
        sa.UniqueConstraint("number", name="uq_batches_number"),
    )
    op.create_index("ix_batches_by_created_at", "batches", ["by", "created_at"])
    op.create_index("ix_batches_created_at", "batches", ["created_at"])


def downgrade() -> None:
    op.drop_index("ix_batches_created_at", table_name="batches")
    op.drop_index("ix_batches_by_created_at", table_name="batches")
    op.drop_table("batches")
    op.drop_column("attempts", "paused_at")
    op.drop_column("attempts", "confirmed_by")
