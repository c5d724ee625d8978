"""How often a question of ours was answered wrongly, such as the one for the last digits of a phone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

INSTANT = sa.BigInteger().with_variant(sa.DateTime(timezone=True), "postgresql")


def upgrade() -> None:
    op.create_table(
        "tries",
        sa.Column("scope", sa.LargeBinary(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("since", INSTANT, nullable=False),
        sa.Column("closed_until", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("scope", name="pk_tries"),
    )


def downgrade() -> None:
    op.drop_table("tries")
