"""The store's databases serve here too."""

from tests.unit.store.conftest import database_url, db, empty_url, keyring, migrated_file

__all__ = ["database_url", "db", "empty_url", "keyring", "migrated_file"]
