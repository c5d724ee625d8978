"""Keys: what they seal opens only in its place, blind indexes find, rotation moves on, and files are guarded."""

import json
import stat
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import select, update

from conversations.identity import Address
from store import people, secrets
from store.db import Database
from store.errors import BadKeyring, KeyInUse, Unreadable
from store.secrets import Keyring, rotate
from store.tables import bindings
from store.tables import people as rows
from tests.unit.store.samples import NOW, person

ROW = uuid4()


def test_what_is_sealed_opens_in_its_place_only(keyring: Keyring) -> None:
    sealed = keyring.seal("people.name", ROW, "李雷")
    assert keyring.open("people.name", ROW, sealed) == "李雷"
    for where, row in (("people.phone", ROW), ("people.name", uuid4())):
        with pytest.raises(Unreadable):
            keyring.open(where, row, sealed)


def test_sealed_values_have_the_documented_form(keyring: Keyring) -> None:
    sealed = keyring.seal("a.b", ROW, "x" * 46)
    assert sealed[:3] == b"\x01\x00\x01"
    assert len(sealed) == 46 + 1 + 2 + 12 + 16
    assert sealed != keyring.seal("a.b", ROW, "x" * 46)


@pytest.mark.parametrize("position", [0, 1, 2, 3, 14, 15, -1])
def test_every_changed_byte_is_noticed(keyring: Keyring, position: int) -> None:
    sealed = bytearray(keyring.seal("a.b", ROW, "text"))
    sealed[position] ^= 1
    with pytest.raises(Unreadable):
        keyring.open("a.b", ROW, bytes(sealed))


@pytest.mark.parametrize("sealed", [b"", b"\x01", b"\x01\x00\x01", b"plain text that somebody put there"])
def test_what_was_never_sealed_is_refused(keyring: Keyring, sealed: bytes) -> None:
    with pytest.raises(Unreadable):
        keyring.open("a.b", ROW, sealed)


@pytest.mark.parametrize(
    ("where", "one", "other"),
    [
        ("phone", "+86 138-1234-1234", "13812341234"),
        ("phone", "0086 138 1234 1234", "１３８１２３４１２３４"),
        ("phone", "+44 20 7946 0000", "0044 2079460000"),
        ("email", "Li.Lei@Example.com ", "li.lei@example.com"),
        ("name", "Anna  SMITH", "anna smith"),
        ("name", "ＡＮＮＡ", "anna"),
        ("hint", "@LiLei", "lilei"),
    ],
)
def test_a_blind_index_knows_how_people_write(keyring: Keyring, where: str, one: str, other: str) -> None:
    assert keyring.blind(where, one) == keyring.blind(where, other)
    assert len(keyring.blind(where, one)) == 16


def test_a_blind_index_tells_apart(keyring: Keyring) -> None:
    assert keyring.blind("phone", "13812341234") != keyring.blind("phone", "13812341235")
    assert keyring.blind("phone", "8613812341234") != keyring.blind("phone", "3812341234")
    assert keyring.blind("phone", "1") != keyring.blind("name", "1")
    assert keyring.blind("phone", "1") != Keyring.fresh().blind("phone", "1")


def test_what_is_derived_stays_when_keys_rotate(keyring: Keyring) -> None:
    newer = keyring.with_new_key()
    assert newer.derive("links") == keyring.derive("links") != keyring.derive("journal")
    assert newer.blind("phone", "1") == keyring.blind("phone", "1")


def test_a_key_file_is_made_once_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    made = Keyring.create(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert Keyring.load(path).open("a.b", ROW, made.seal("a.b", ROW, "x")) == "x"
    with pytest.raises(BadKeyring, match="exists"):
        Keyring.create(path)


def test_a_key_file_that_others_may_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    Keyring.create(path)
    path.chmod(0o640)
    with pytest.raises(BadKeyring, match="chmod 600"):
        Keyring.load(path)


BROKEN = [
    "",
    "[]",
    "{}",
    '{"root": 1}',
    '{"root": "AAAA", "keys": {"1": "AAAA"}, "active": 1}',
    '{"keys": []}',
]


@pytest.mark.parametrize("content", BROKEN)
def test_a_broken_key_file_is_refused_without_showing_it(tmp_path: Path, content: str) -> None:
    path = tmp_path / "keys.json"
    path.write_text(content)
    path.chmod(0o600)
    with pytest.raises(BadKeyring) as refused:
        Keyring.load(path)
    assert "AAAA" not in str(refused.value)


def test_a_missing_key_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadKeyring, match="no key file"):
        Keyring.load(tmp_path / "keys.json")


def test_a_changed_keyring_replaces_the_file_whole(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    newer = Keyring.create(path).with_new_key()
    newer.save(path)
    assert Keyring.load(path).key_ids == (1, 2)
    assert Keyring.load(path).active == 2
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["keys.json"]
    assert set(json.loads(path.read_text())) == {"root", "active", "keys"}


def test_the_active_key_cannot_go(keyring: Keyring) -> None:
    with pytest.raises(KeyInUse, match="active"):
        keyring.without(keyring.active)


async def test_values_swapped_between_rows_are_caught(db: Database) -> None:
    async with db.write() as tx:
        one = await people.create(tx, person(name="一"))
        two = await people.create(tx, person(name="二"))
        sealed = {row.id: row.name for row in await tx.conn.execute(select(rows.c.id, rows.c.name))}
        await tx.conn.execute(update(rows).where(rows.c.id == one.id).values(name=sealed[two.id]))
        with pytest.raises(Unreadable, match="belongs to another row"):
            await people.get(tx, one.id)


async def test_keys_rotate_in_batches_while_in_use(database_url: str, keyring: Keyring) -> None:
    db = await Database.open(database_url, keyring)
    async with db.write() as tx:
        everybody = [await people.create(tx, person(name=f"候选人{n}")) for n in range(7)]
        await people.bind(tx, everybody[0].id, Address("telegram.main", "42"), "42", NOW)
    db.keys = keyring.with_new_key()
    async with db.write() as tx:
        later = await people.create(tx, person(name="后来"))
        assert await secrets.sealed_with(tx, 1) == 7 * 4 + 2
    with pytest.raises(KeyInUse, match="rotate first"):
        async with db.write() as tx:
            await secrets.retire(tx, 1)
    mark, calls = None, 0
    while calls == 0 or mark is not None:
        async with db.write() as tx:
            mark = await rotate(tx, mark, limit=3)
        calls += 1
    assert calls > 3
    async with db.write() as tx:
        assert await secrets.sealed_with(tx, 1) == 0
        db.keys = await secrets.retire(tx, 1)
    async with db.read() as tx:
        assert {p.name for p in (await people.load(tx, [p.id for p in [*everybody, later]])).values()} == {
            "后来",
            *(f"候选人{n}" for n in range(7)),
        }
        assert (await people.by_address(tx, Address("telegram.main", "42"))).id == everybody[0].id  # type: ignore[union-attr]
        assert await people.chat_of(tx, (await tx.conn.execute(select(bindings.c.id))).scalar_one()) == "42"
    await db.close()


async def test_without_its_key_a_row_says_which_is_missing(db: Database) -> None:
    async with db.write() as tx:
        someone = await people.create(tx, person())
    db.keys = db.keys.with_new_key().without(1)
    async with db.read() as tx:
        with pytest.raises(Unreadable, match="key 1, which is not in the key file"):
            await people.get(tx, someone.id)
