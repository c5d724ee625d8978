"""The families of browser and system that a device check ran on."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("prechecks", sa.Column("device", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("prechecks", "device")
