"""The tables' history: brought up to date from `store/migrations`, in the process and in one transaction."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from store.errors import SchemaTooNew, SchemaTooOld

MIGRATIONS = Path(__file__).with_name("migrations")


def config(connection: Connection | None = None) -> Config:
    """Return Alembic's configuration; there is no file of it."""
    made = Config()
    # Alembic interpolates its options.
    made.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    made.attributes["connection"] = connection
    return made


def revision(connection: Connection) -> str | None:
    """Return the revision of the tables, None for an empty database."""
    return MigrationContext.configure(connection).get_current_revision()


def upgrade(connection: Connection) -> None:
    """Bring the tables to the newest revision this version knows."""
    if not _is_newest(connection):
        command.upgrade(config(connection), "head")


def downgrade(connection: Connection, to: str = "base") -> None:
    """Take the tables back to a revision; what only later ones hold is lost."""
    command.downgrade(config(connection), to)


def check(connection: Connection) -> None:
    """Raise SchemaTooOld or SchemaTooNew unless the tables are what this version expects."""
    if not _is_newest(connection):
        raise SchemaTooOld("the tables are of an older version. Start Turnout, which brings them up to date")


def _is_newest(connection: Connection) -> bool:
    known, newest = _history()
    current = revision(connection)
    if current is not None and current not in known:
        raise SchemaTooNew(
            f"the tables are of a newer version of Turnout (schema {current}). Install that version or a newer one"
        )
    return current == newest


@cache
def _history() -> tuple[frozenset[str], str | None]:
    """Return the revisions that this version knows, and the newest; to find them all migrations are loaded."""
    scripts = ScriptDirectory.from_config(config())
    return frozenset(script.revision for script in scripts.walk_revisions()), scripts.get_current_head()
