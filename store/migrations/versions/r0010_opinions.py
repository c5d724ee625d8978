"""What members of staff answered, once a year, about working with this."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

INSTANT = sa.BigInteger().with_variant(sa.DateTime(timezone=True), "postgresql")


def upgrade() -> None:
    op.create_table(
        "opinions",
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["person"], ["people.id"], name="fk_opinions_person"),
        sa.PrimaryKeyConstraint("person", "year", name="pk_opinions"),
    )


def downgrade() -> None:
    op.drop_table("opinions")
