"""Who changed the policy, and whether what was planned already follows it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

INSTANT = sa.BigInteger().with_variant(sa.DateTime(timezone=True), "postgresql")


def upgrade() -> None:
    op.add_column("policies", sa.Column("actor", sa.Text(), nullable=True))
    op.add_column("policies", sa.Column("planned_at", INSTANT, nullable=True))


def downgrade() -> None:
    op.drop_column("policies", "planned_at")
    op.drop_column("policies", "actor")
