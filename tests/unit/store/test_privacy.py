"""Nothing personal stands in the database as it was said: the raw files and every stored value are searched."""

from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import LargeBinary, select

from conversations.batch import Batch
from conversations.dialog import Session
from conversations.events import Done
from conversations.identity import Address
from conversations.interview import Case, CaseKind
from locales.text import t
from store import (
    batches,
    blobs,
    buckets,
    cases,
    inbox,
    interviews,
    jobs,
    outbox,
    people,
    sessions,
    shown,
    slots,
    transcript,
    vault,
    windows,
)
from store.db import Database, Tx
from store.tables import metadata
from tests.unit.store.samples import HOUR, NOW, attempt, booked, event, message, person, row, slot

NAME, PHONE, EMAIL = "欧阳娜娜", "13855556666", "nana@secret.example"
USER, CHAT, NICK, WORDS, LINK = (
    "USER-778899",
    "CHAT-667788",
    "@nana_secret",
    "我发烧了",
    "https://meet.example/secret-room",
)
PERSONAL = (NAME, PHONE, EMAIL, USER, CHAT, NICK, WORDS, LINK)


async def fill(tx: Tx) -> None:
    """Put something personal wherever it may stand."""
    whose = await people.create(
        tx, person(name=NAME, phone=PHONE, email=EMAIL, hints={"telegram": NICK, "email": EMAIL})
    )
    await people.bind(tx, whose.id, Address("telegram.main", USER), CHAT, NOW)
    of = await booked(
        tx, whose, attempt=attempt(join=LINK, reason_said=WORDS), tags={"联系人": NAME, "电话": PHONE}
    )
    await interviews.save(tx, replace(of, attempt=attempt(2, join=LINK, reason_said=WORDS)))
    await cases.save_case(
        tx,
        Case(
            uuid4(), 0, CaseKind.NO_SHOW, of.id, of.attempt.id, NOW, owner_name=NAME, said=WORDS, note=WORDS
        ),
    )
    await slots.create(tx, slot(join=LINK), "k")
    await sessions.save(tx, Session(uuid4(), f"person:{whose.id}", "menu", data={"said": WORDS}))
    said: dict[str, Any] = {"id": f"{EMAIL}/{USER}", "user": USER, "chat": CHAT, "name": NAME}
    await inbox.put(tx, event(WORDS, **said), NOW)
    await jobs.put(tx, "export", {"name": NAME}, event(WORDS, body=Done("x", {"said": WORDS}), **said), NOW)
    say = message(lead=t("Hello {name}, {words} {link}", name=NAME, words=WORDS, link=LINK))
    out = row(chat=CHAT, message=say, frozen=f'{{"chat_id":"{CHAT}","text":"{NAME}"}}')
    await outbox.put(tx, out)
    await outbox.freeze(tx, out.id, f'{{"chat_id":"{CHAT}","text":"{WORDS}"}}')
    await shown.remember(tx, out, "7", f"{CHAT}:7", None, NOW)
    await blobs.put(tx, f"DESCRIPTION:{NAME} {LINK}".encode())
    await transcript.add_line(tx, of.id, NOW, "candidate", WORDS)
    await windows.open_window(tx, "wechat.main", USER, "message", NOW, NOW + HOUR, 5)
    await vault.put(tx, "slack.main", "installation:T1", f"{NAME} {LINK}")
    ordered = Batch(uuid4(), 0, whose.id, "move", (of.id,), NOW, NOW, {"join": LINK})
    await batches.save(tx, ordered)
    await batches.settle(
        tx, ordered.id, of.id, t("Hello {name}, {words} {link}", name=NAME, words=WORDS, link=LINK)
    )
    await buckets.take(tx, f"chat:telegram.main:{CHAT}", 1, 1, NOW)
    await buckets.pause(tx, "email.main", EMAIL, NOW + HOUR, NOW)


async def test_no_stored_value_holds_anything_personal(db: Database) -> None:
    async with db.write() as tx:
        await fill(tx)
    async with db.read() as tx:
        for table in metadata.sorted_tables:
            for found in (await tx.conn.execute(select(table))).mappings():
                for name, value in found.items():
                    raw = bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
                    assert not [word for word in PERSONAL if word.encode() in raw], f"{table.name}.{name}"


async def test_every_sealed_column_was_tried(db: Database) -> None:
    async with db.write() as tx:
        await fill(tx)
        for table in metadata.sorted_tables:
            for column in (column for column in table.columns if column.info.get("sealed")):
                query = select(column).where(column.is_not(None)).limit(1)
                assert (await tx.conn.execute(query)).first(), f"{table.name}.{column.name} was not filled"


def test_what_is_sealed_can_be_sealed_anew() -> None:
    for table in metadata.sorted_tables:
        if any(column.info.get("sealed") for column in table.columns):
            assert "id" in table.columns, f"{table.name} needs an id that its values are bound to"
        for column in table.columns:
            if isinstance(column.type, LargeBinary) and not column.info.get("sealed"):
                blind = column.name.endswith("_ix") or column.name in (
                    "seen",
                    "lane",
                    "scope",
                    "digest",
                    "mac",
                )
                assert blind, f"{table.name}.{column.name} is neither sealed nor blind"


async def test_the_raw_files_hold_nothing_personal(db: Database, tmp_path: Path) -> None:
    if not db.is_sqlite:
        return  # the values were searched above
    async with db.write() as tx:
        await fill(tx)
    raw = raw_files(tmp_path)
    assert b"telegram.main" in raw, "the log of writes is among them"
    assert not [word for word in PERSONAL if word.encode() in raw]


def raw_files(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.glob("turnout.db*"))
