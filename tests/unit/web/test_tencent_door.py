"""A thousand sealed callbacks that make no sense, on each platform of Tencent's: never a 5xx at the front door."""

from urllib.parse import urlencode

import pytest

from tests.contract.rigs import RIGS, Rig
from tests.unit.web.conftest import Web

TENCENT = [rig for rig in RIGS if rig.channel_name.startswith(("wecom", "wechat"))]


@pytest.mark.parametrize("made", TENCENT, ids=lambda rig: rig.__name__)
async def test_a_thousand_malformed_callbacks_are_taken_or_refused(web: Web, made: type[Rig]) -> None:
    rig = made()
    await rig.start()
    try:
        found = await rig.malformed()
        account = rig.channel.account
        web.town.app.channels[account] = rig.channel
        web.town.clock.set(max(found, key=lambda each: each.received_at).received_at)
        answers = [
            await web.ask(
                each.method,
                f"/hooks/{account.replace('.', '/')}",
                each.body,
                [(name.encode(), value.encode()) for name, value in each.headers.items()],
                query=urlencode(each.query).encode(),
            )
            for each in found
        ]
    finally:
        await rig.stop()
    assert len(answers) >= 1000
    assert {answer.status for answer in answers} == {200, 400}
    assert [line for line in web.logs if line["log_level"] not in ("info", "warning")] == []
