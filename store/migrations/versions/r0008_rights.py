"""The jobs a recruiter sees, the team a case was handed to, and a word on how it ended."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.add_column("people", sa.Column("jobs", sa.Text(), nullable=True))
    op.add_column("cases", sa.Column("team", sa.Text(), nullable=True))
    op.add_column("cases", sa.Column("note", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    op.drop_column("cases", "note")
    op.drop_column("cases", "team")
    op.drop_column("people", "jobs")
