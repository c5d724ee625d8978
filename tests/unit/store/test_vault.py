"""The vault: one value for each name, and of several who swap one at once, one does."""

import asyncio

from store.db import Database
from store.vault import AccountVault


async def test_a_value_is_swapped_only_while_it_is_the_old_one(db: Database) -> None:
    vault = AccountVault(db, "wecom.main")
    assert not await vault.swap("token", "old", "new")
    assert await vault.get("token") is None
    assert await vault.swap("token", None, "one")
    assert not await vault.swap("token", None, "two")
    assert await vault.swap("token", "one", "two")
    assert await vault.get("token") == "two"
    assert await AccountVault(db, "wecom.other").get("token") is None


async def test_of_several_swaps_at_once_one_takes_place(db: Database) -> None:
    vaults = [AccountVault(db, "wecom.main") for _ in range(12)]
    for old in (None, "winner"):
        done = await asyncio.gather(
            *(vault.swap("token", old, f"{number}") for number, vault in enumerate(vaults))
        )
        assert done.count(True) == 1
        assert await vaults[0].get("token") == str(done.index(True))
        await vaults[0].put("token", "winner")
