"""What candidates' devices were found able to do."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

INSTANT = sa.BigInteger().with_variant(sa.DateTime(timezone=True), "postgresql")


def upgrade() -> None:
    op.create_table(
        "prechecks",
        sa.Column("n", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), sa.Identity(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("interview", sa.Uuid(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("took", sa.Integer(), nullable=False),
        sa.Column("findings", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["interview"], ["interviews.id"], name="fk_prechecks_interview"),
        sa.PrimaryKeyConstraint("n", name="pk_prechecks"),
        sa.UniqueConstraint("id", name="uq_prechecks_id"),
    )
    op.create_index("ix_prechecks_interview_n", "prechecks", ["interview", "n"])
    op.create_index("ix_prechecks_at", "prechecks", ["at"])


def downgrade() -> None:
    op.drop_index("ix_prechecks_at", table_name="prechecks")
    op.drop_index("ix_prechecks_interview_n", table_name="prechecks")
    op.drop_table("prechecks")
