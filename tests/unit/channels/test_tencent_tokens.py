"""The access token: one fetch for many callers, over several of them, and no loop however wrong it goes."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from channels.base import Forgetful, NotDelivered
from channels.tencent.tokens import EARLY, MOST_TRIES, REST, Tokens

LIFE = timedelta(hours=2)


class Platform:
    """Hands out tokens, and counts."""

    def __init__(self) -> None:
        self.now_ = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)
        self.count = 0
        self.current = ""
        self.refusal: NotDelivered | None = None

    def now(self) -> datetime:
        return self.now_

    async def fetch(self) -> tuple[str, timedelta]:
        self.count += 1
        await asyncio.sleep(0)
        if self.refusal is not None:
            raise self.refusal
        self.current = f"token{self.count}"
        return self.current, LIFE


def made(platform: Platform, vault: Forgetful | None = None) -> Tokens:
    return Tokens(vault or Forgetful(), "access_token", platform.fetch, platform.now)


async def test_twenty_cold_callers_fetch_one() -> None:
    platform = Platform()
    tokens = made(platform)
    assert await asyncio.gather(*(tokens.get() for _ in range(20))) == ["token1"] * 20
    assert platform.count == 1


async def test_twenty_whose_token_is_refused_fetch_one_more() -> None:
    platform = Platform()
    tokens = made(platform)
    old = await tokens.get()
    assert await asyncio.gather(*(tokens.after(old) for _ in range(20))) == ["token2"] * 20
    assert platform.count == 2


async def test_a_token_is_renewed_before_its_end() -> None:
    platform = Platform()
    tokens = made(platform)
    await tokens.get()
    platform.now_ += LIFE - EARLY - timedelta(seconds=1)
    assert await tokens.get() == "token1"
    platform.now_ += timedelta(seconds=1)
    assert await tokens.get() == "token2"


async def test_another_process_takes_what_one_has_fetched() -> None:
    platform, vault = Platform(), Forgetful()
    first, second = made(platform, vault), made(platform, vault)
    assert await first.get() == await second.get() == "token1"
    assert await first.after("token1") == "token2"
    # The second finds it: what it has was replaced, and it does not replace it again.
    assert await second.after("token1") == "token2"
    assert platform.count == 2


async def test_of_two_processes_at_once_the_later_takes_the_earliers() -> None:
    platform, vault = Platform(), Forgetful()
    found = await asyncio.gather(made(platform, vault).get(), made(platform, vault).get())
    assert len(set(found)) == 1
    assert found[0] in (await vault.get("access_token") or "")


@pytest.mark.parametrize(
    "kept", ["", "null", "{}", "[]", '{"token": 1}', '{"token": "x", "until": "soon"}', "x"]
)
async def test_what_is_spoilt_in_the_vault_is_fetched_anew(kept: str) -> None:
    platform, vault = Platform(), Forgetful()
    await vault.put("access_token", kept)
    assert await made(platform, vault).get() == "token1"


async def test_a_wrong_secret_is_tried_three_times_and_then_not_for_a_while() -> None:
    platform = Platform()
    platform.refusal = NotDelivered("stopped", "40001: The secret is wrong.", scope="account")
    tokens = made(platform)
    for _ in range(50):
        with pytest.raises(NotDelivered, match="The secret is wrong"):
            await tokens.get()
    assert platform.count == MOST_TRIES == 3
    platform.now_ += REST
    platform.refusal = None
    assert await tokens.get() == "token4"


async def test_trouble_on_the_way_does_not_count_as_a_wrong_secret() -> None:
    platform = Platform()
    platform.refusal = NotDelivered("busy", "not connected")
    tokens = made(platform)
    for _ in range(10):
        with pytest.raises(NotDelivered):
            await tokens.get()
    assert platform.count == 10
