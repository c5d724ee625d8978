"""A Chromium for all tests of this folder, and the whole product behind it, on a clock that stands still."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright

from tests.browser.visitor import Visitor, open_visitor

CHROMIUM = "/usr/bin/chromium"
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
"""As root, without a screen, and without looking for Google's hosts."""


def pytest_collection_modifyitems(items: Sequence[pytest.Item]) -> None:
    """Let all of them share one loop, and with it one browser: starting one takes seconds."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    if shutil.which(CHROMIUM) is None:
        pytest.fail(f"{CHROMIUM} is missing: make system", pytrace=False)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS])
        yield browser
        await browser.close()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def bench(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Any]:
    """One product with candidates enough for every test of the device check, and browsers with fake devices."""
    from tests.browser.devices import open_bench  # it needs what stands above

    async with open_bench(tmp_path_factory.mktemp("bench")) as made:
        yield made


Opens = Callable[..., Awaitable[Visitor]]


@pytest_asyncio.fixture(loop_scope="session")
async def opens(chromium: Browser) -> AsyncIterator[Opens]:
    """Return what opens the product with one candidate before their page."""
    async with AsyncExitStack() as stack:

        async def one(*args: Any, **options: Any) -> Visitor:
            return await stack.enter_async_context(open_visitor(chromium, *args, **options))

        yield one
