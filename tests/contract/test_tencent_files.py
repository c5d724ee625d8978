"""Files that people send on Tencent's platforms: fetched by what their message brought, for three days."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from channels.base import Fetching, NotDelivered
from conversations.events import Event, Sent
from tests.contract.rigs.wechat import WeChatByTemplate
from tests.contract.rigs.wecom import WeComRig
from tests.contract.rigs.wecom_kf import KfRig

MOST = 1000
KINDS = {"image": "picture", "voice": "voice", "video": "video"}


@pytest.fixture(params=[WeComRig, KfRig, WeChatByTemplate])
async def rig(request: pytest.FixtureRequest) -> AsyncIterator[Any]:
    made = request.param()
    await made.start()
    yield made
    await made.stop()


async def fetched(rig: Any, event: Event, most: int = MOST) -> bytes:
    assert isinstance(rig.channel, Fetching)
    assert isinstance(event.body, Sent)
    return (await rig.channel.fetch(event, event.body.reference, most)).data


@pytest.mark.parametrize("kind", sorted(KINDS))
async def test_what_somebody_sends_is_fetched(rig: Any, kind: str) -> None:
    data = kind.encode() + b"\xff\x00 of somebody"
    event = await rig.happened(await rig.person.sends(kind, data))
    assert isinstance(event.body, Sent)
    assert event.body.kind == KINDS[kind]
    assert await fetched(rig, event) == data


@pytest.mark.parametrize("kind", sorted(KINDS))
async def test_what_is_too_large_is_not(rig: Any, kind: str) -> None:
    event = await rig.happened(await rig.person.sends(kind, b"x" * (MOST + 1)))
    with pytest.raises(NotDelivered) as raised:
        await fetched(rig, event)
    assert (raised.value.why, raised.value.detail) == ("refused", "too_large")
    assert len(await fetched(rig, event, MOST + 1)) == MOST + 1


async def test_what_is_three_days_old_is_gone(rig: Any) -> None:
    event = await rig.happened(await rig.person.sends("image"))
    rig.platform.clock.advance(timedelta(days=3, seconds=1))
    with pytest.raises(NotDelivered) as raised:
        await fetched(rig, event)
    assert raised.value.why == "refused"


async def test_a_token_that_died_is_no_reason(rig: Any) -> None:
    event = await rig.happened(await rig.person.sends("image", b"\xff\xd8\xff"))
    rig.platform.forget_tokens()
    assert await fetched(rig, event) == b"\xff\xd8\xff"


async def test_a_document_of_a_customer_keeps_its_name() -> None:
    rig = KfRig()
    await rig.start()
    event = await rig.happened(await rig.person.sends("file", b"PK", "简历.docx"))
    assert isinstance(event.body, Sent)
    found = await rig.channel.fetch(event, event.body.reference, MOST)  # type: ignore[attr-defined]
    assert (event.body.kind, found.name, found.data) == ("document", "简历.docx", b"PK")
    large = await rig.happened(await rig.person.sends("file", b"x" * (20 * 2**20 + 1), "简历.docx"))
    with pytest.raises(NotDelivered, match="too_large"):
        await fetched(rig, large, 2**25)
    await rig.stop()
