"""Calls as they are carried out, and what their answers mean."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from channels.base import Call, NotDelivered, Payload, Receipt
from channels.wechat.menus import Menus
from channels.wechat.settings import Settings
from channels.wechat.wire import Wire


class Posting:
    """Delivers payloads of one account, each within one deadline."""

    def __init__(self, wire: Wire, settings: Settings, menus: Menus) -> None:
        self._wire = wire
        self._settings = settings
        self._menus = menus

    async def deliver(self, payload: Payload) -> Receipt:
        """Send all calls; raises NotDelivered."""
        ends = asyncio.get_running_loop().time() + self._settings.deadline
        receipt: Receipt | None = None
        for accepted, call in enumerate(payload.calls):
            try:
                sent = await self._send(call, ends)
            except NotDelivered as failure:
                known = _once_more(failure, call, payload.in_doubt)
                known.accepted, known.receipt = accepted, receipt
                raise known from None
            receipt = receipt or sent
        if receipt is None:
            raise NotDelivered("refused", "there was nothing to send")
        return receipt

    async def _send(self, call: Call, ends: float) -> Receipt:
        if call.method == "message/template/send":
            return await self._by_template(call, ends)
        params = {**call.params}
        about, values = str(params.pop("about")), params.pop("values", ())
        if values:
            await self._menus.remember(params["touser"], params["msgmenu"]["list"], values, about)
        await self._ask(call.method, params, ends)
        return Receipt(about)  # WeChat gives these no number

    async def _by_template(self, call: Call, ends: float) -> Receipt:
        answer = await self._ask(call.method, call.params, ends)
        number = answer.get("msgid")
        if isinstance(number, bool) or not isinstance(number, int | str) or not str(number).strip("0"):
            raise NotDelivered("in_doubt", "accepted, but without the number of the message")
        return Receipt(str(number)[:64])

    async def _ask(self, endpoint: str, params: Mapping[str, Any], ends: float) -> Mapping[str, Any]:
        seconds = max(ends - asyncio.get_running_loop().time(), 0.001)
        return await self._wire.ask("POST", endpoint, data=params, seconds=seconds)


def _once_more(failure: NotDelivered, call: Call, in_doubt: bool) -> NotDelivered:
    """Return a failure as it counts: what may have been shown twice is not risked a third time.

    Only templates have an id by which WeChat knows them again.
    """
    if failure.why == "in_doubt" and in_doubt and call.method == "message/custom/send":
        return NotDelivered("refused", f"it may have arrived twice already: {failure.detail}")
    return failure
