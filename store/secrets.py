"""Personal detail at rest: sealed bound to its row, found again by a blind index, moved to new keys while in use."""

from __future__ import annotations

import base64
import binascii
import hmac
import json
import os
import re
import secrets
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import Column, Table, func, select, update

from store.errors import BadKeyring, KeyInUse, Unreadable
from store.tables import metadata

if TYPE_CHECKING:
    from store.db import Tx

VERSION = b"\x01"
PREFIX = 3
"""Version and key id: the bytes before the nonce."""
NONCE = 12
BATCH = 500
_LAST_KEY_ID = 0xFFFF


class Keyring:
    """The keys of one installation: one active and any number of old ones, and a root that never changes.

    Sealed values are `version(1) key_id(2) nonce(12) ciphertext tag(16)`, AES-256-GCM with the column and the row
    as associated data, so that a value moved to another row does not open. What must stay comparable for ever (the
    blind index, the journal's chain) is derived from the root.
    """

    def __init__(self, root: bytes, keys: Mapping[int, bytes], active: int) -> None:
        if active not in keys or any(len(key) != 32 for key in (root, *keys.values())):
            raise BadKeyring("the key file needs a root, and an active key among its keys, of 32 bytes each")
        self._root = root
        self._keys = dict(keys)
        self._ciphers = {key_id: AESGCM(key) for key_id, key in keys.items()}
        self.active = active
        self._index_key = self.derive("blind index")

    @classmethod
    def fresh(cls) -> Keyring:
        """Return a new keyring that is kept nowhere yet."""
        return cls(secrets.token_bytes(32), {1: secrets.token_bytes(32)}, 1)

    @classmethod
    def create(cls, path: str | os.PathLike[str]) -> Keyring:
        """Make new keys and write them to `path`, readable by its owner only; raises BadKeyring if it exists."""
        keyring = cls.fresh()
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            raise BadKeyring(
                f"{path} exists. Without the keys in it nothing that was stored can be read: keep it"
            ) from None
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(keyring._as_json())
            file.flush()
            os.fsync(file.fileno())
        return keyring

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Keyring:
        """Return the keys in `path`; raises BadKeyring, which never shows a key."""
        try:
            with open(path, encoding="ascii") as file:
                if os.fstat(file.fileno()).st_mode & 0o077:
                    raise BadKeyring(f"others may read {path}. Remedy: chmod 600 {path}")
                held = json.load(file)
            keys = {int(key_id): _decoded(key) for key_id, key in held["keys"].items()}
            return cls(_decoded(held["root"]), keys, int(held["active"]))
        except FileNotFoundError:
            raise BadKeyring(
                f"there is no key file at {path}. Restore it from where it was backed up"
            ) from None
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise BadKeyring(f"{path} cannot be read as a key file ({type(error).__name__})") from None

    def save(self, path: str | os.PathLike[str]) -> None:
        """Replace the key file, whole or not at all."""
        target = Path(path)
        draft = target.with_name(f".{target.name}.{os.getpid()}")
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(self._as_json())
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, target)

    def with_new_key(self) -> Keyring:
        """Return a keyring that seals with a new key and still opens what the old ones sealed."""
        key_id = max(self._keys) + 1
        if key_id > _LAST_KEY_ID:
            raise BadKeyring("all 65535 key ids are used")
        return Keyring(self._root, {**self._keys, key_id: secrets.token_bytes(32)}, key_id)

    def without(self, key_id: int) -> Keyring:
        """Return a keyring without one of its old keys; `retire` first makes sure that no row needs it."""
        if key_id == self.active:
            raise KeyInUse(f"key {key_id} is the active one; add a new one first")
        return Keyring(self._root, {i: key for i, key in self._keys.items() if i != key_id}, self.active)

    @property
    def key_ids(self) -> tuple[int, ...]:
        return tuple(sorted(self._keys))

    @property
    def prefix(self) -> bytes:
        """What every value begins with that the active key sealed."""
        return _prefix(self.active)

    def derive(self, purpose: str) -> bytes:
        """Return 32 bytes that stand for one purpose and stay the same when keys rotate."""
        return HKDF(SHA256(), 32, salt=None, info=b"turnout/" + purpose.encode()).derive(self._root)

    def seal(self, where: str, row: UUID, text: str) -> bytes:
        return self.seal_bytes(where, row, text.encode())

    def open(self, where: str, row: UUID, sealed: bytes) -> str:
        """Return what was sealed for this column and row; raises Unreadable."""
        return self.open_bytes(where, row, sealed).decode()

    def seal_bytes(self, where: str, row: UUID, data: bytes) -> bytes:
        nonce = secrets.token_bytes(NONCE)
        return self.prefix + nonce + self._ciphers[self.active].encrypt(nonce, data, _bound_to(where, row))

    def open_bytes(self, where: str, row: UUID, sealed: bytes) -> bytes:
        if sealed[:1] != VERSION or len(sealed) < PREFIX + NONCE:
            raise Unreadable(f"{where} of {row} is not a sealed value")
        key_id = int.from_bytes(sealed[1:PREFIX], "big")
        cipher = self._ciphers.get(key_id)
        if cipher is None:
            raise Unreadable(f"{where} of {row} is sealed with key {key_id}, which is not in the key file")
        nonce, rest = sealed[PREFIX : PREFIX + NONCE], sealed[PREFIX + NONCE :]
        try:
            return cipher.decrypt(nonce, rest, _bound_to(where, row))
        except InvalidTag:
            raise Unreadable(f"{where} of {row} was changed, or belongs to another row") from None

    def blind(self, where: str, value: str) -> bytes:
        """Return 16 bytes by which a value is found without being stored.

        Phones are compared by their digits without +86, e-mail addresses and names without case and width.
        """
        normal = _NORMALISERS.get(where, str)(value)
        return hmac.digest(self._index_key, where.encode() + b"\0" + normal.encode(), "sha256")[:16]

    def _as_json(self) -> str:
        keys = {str(key_id): _encoded(key) for key_id, key in self._keys.items()}
        return (
            json.dumps({"root": _encoded(self._root), "active": self.active, "keys": keys}, indent=1) + "\n"
        )


def same_phone(phone: str) -> str:
    """Return the digits by which a phone number is compared: 13812341234 for +86 138-1234-1234."""
    plain = unicodedata.normalize("NFKC", phone)
    digits = re.sub(r"\D", "", plain)
    if digits.startswith("00"):
        digits = digits[2:]
    # A Chinese mobile number has eleven digits and begins with 1; other countries' numbers keep their code.
    return digits[2:] if re.fullmatch(r"861\d{10}", digits) else digits


def same_email(email: str) -> str:
    return unicodedata.normalize("NFKC", email).strip().lower()


def same_name(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def same_hint(hint: str) -> str:
    return same_name(hint).removeprefix("@")


_NORMALISERS: Mapping[str, Callable[[str], str]] = {
    "phone": same_phone,
    "email": same_email,
    "name": same_name,
    "hint": same_hint,
}


@dataclass(frozen=True, slots=True)
class Mark:
    """How far a rotation has come; it may go on from here in another transaction, or another process."""

    table: str
    after: UUID | None
    changed: int
    """How many values have got the new key so far."""


async def rotate(tx: Tx, mark: Mark | None = None, limit: int = BATCH) -> Mark | None:
    """Seal the next `limit` rows anew with the active key and return where to go on; None when all is done.

    Each call is one short transaction while the product runs. A row that changes meanwhile is sealed with the
    active key by whoever changes it.
    """
    tables = _sealed_columns()
    names = list(tables)
    position = names.index(mark.table) if mark else 0
    after, changed = (mark.after, mark.changed) if mark else (None, 0)
    table, columns = tables[names[position]]
    query = select(table.c.id, *columns).order_by(table.c.id).limit(limit).with_for_update()
    rows = (await tx.conn.execute(query.where(table.c.id > after) if after else query)).all()
    for row in rows:
        values = {
            column.name: _resealed(tx, column, row[0], old)
            for column, old in zip(columns, row[1:], strict=True)
        }
        if fresh := {name: value for name, value in values.items() if value is not None}:
            await tx.conn.execute(update(table).where(table.c.id == row[0]).values(fresh))
            changed += len(fresh)
    if len(rows) == limit:
        return Mark(table.name, rows[-1][0], changed)
    return Mark(names[position + 1], None, changed) if position + 1 < len(names) else None


async def sealed_with(tx: Tx, key_id: int) -> int:
    """Return how many values only this key opens."""
    count = 0
    for table, columns in _sealed_columns().values():
        for column in columns:
            query = (
                select(func.count())
                .select_from(table)
                .where(func.substr(column, 1, PREFIX) == _prefix(key_id))
            )
            count += (await tx.conn.execute(query)).scalar_one()
    return count


async def retire(tx: Tx, key_id: int) -> Keyring:
    """Return the keyring without an old key, to be saved; raises KeyInUse while a row is sealed with it."""
    if count := await sealed_with(tx, key_id):
        raise KeyInUse(f"{count} values are sealed with key {key_id}; rotate first")
    return tx.keys.without(key_id)


def _sealed_columns() -> dict[str, tuple[Table, list[Column[Any]]]]:
    found = {}
    for table in metadata.sorted_tables:
        if columns := [column for column in table.columns if column.info.get("sealed")]:
            found[table.name] = (table, columns)
    return found


def _resealed(tx: Tx, column: Column[Any], row: UUID, old: bytes | None) -> bytes | None:
    if old is None or old.startswith(tx.keys.prefix):
        return None
    where = f"{column.table.name}.{column.name}"
    return tx.keys.seal_bytes(where, row, tx.keys.open_bytes(where, row, old))


def _prefix(key_id: int) -> bytes:
    return VERSION + key_id.to_bytes(2, "big")


def _bound_to(where: str, row: UUID) -> bytes:
    return f"{where}:{row}".encode()


def _encoded(key: bytes) -> str:
    return base64.b64encode(key).decode()


def _decoded(key: str) -> bytes:
    try:
        return base64.b64decode(key, validate=True)
    except binascii.Error:
        raise ValueError("not base64") from None
