"""What the store refuses, as facts. Every message says what to do next."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.exc import DontWrapMixin


class StoreError(Exception):
    """Something the database or its keys do not allow."""


class InUse(StoreError):
    """Another process has this database open."""


class NoDatabase(StoreError):
    """There is no database where one was to be read."""


class ReadOnly(StoreError):
    """A write was tried on a database that was opened beside the process that owns it."""


class Corrupt(StoreError):
    """The database file is damaged."""


class SchemaTooNew(StoreError):
    """A newer version of Turnout has changed the tables."""


class SchemaTooOld(StoreError):
    """The tables are older than this version, and this process may not change them."""


class Unavailable(StoreError):
    """The database cannot be reached, is locked or full: nothing was written, and trying again later may help."""


class Conflict(StoreError):
    """Somebody else saved the same thing first."""

    def __init__(self, what: str, row: UUID) -> None:
        super().__init__(f"{what} {row} was changed by somebody else meanwhile; load it again")
        self.row = row


class Taken(StoreError):
    """An address belongs to another person already."""

    def __init__(self, person: UUID) -> None:
        super().__init__(f"this address belongs to person {person}; merge the two, or unbind it there")
        self.person = person


class BadKeyring(StoreError):
    """The key file cannot be used."""


class Unreadable(StoreError):
    """A sealed value does not open: it was changed, moved from another row, or its key is not in the key file."""


class KeyInUse(StoreError):
    """A key cannot go while rows are sealed with it."""


class NaiveInstant(ValueError, DontWrapMixin):
    """An instant without a zone: nobody could tell when it is."""


class NotWallTime(ValueError, DontWrapMixin):
    """A wall-clock time with a zone: it would be stored as something else."""
