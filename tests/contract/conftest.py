"""A rig for each way a channel can be set up."""

from collections.abc import AsyncIterator

import pytest

from tests.contract.rigs import RIGS, Rig


@pytest.fixture(params=RIGS, ids=[rig.__name__ for rig in RIGS])
async def rig(request: pytest.FixtureRequest) -> AsyncIterator[Rig]:
    made: Rig = request.param()
    await made.start()
    yield made
    await made.stop()
