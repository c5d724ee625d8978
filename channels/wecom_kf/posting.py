"""Calls as they are carried out: as a welcome to whoever has just come, otherwise inside their window."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import structlog

from channels.base import Call, NotDelivered, Payload, ReadBlob, Receipt
from channels.tencent.media import Media, seconds_left
from channels.tencent.numbers import name_of, number
from channels.tencent.welcomes import Welcomes
from channels.wecom_kf.errors import REPEATED, STATES
from channels.wecom_kf.settings import Settings
from channels.wecom_kf.wire import Wire

WELCOMES = ("text", "msgmenu")
"""What somebody may be welcomed with (95122)."""
_STATES: Mapping[int, str] = {
    2: "They wait for somebody of the company, who has the talk then.",
    3: "Somebody of the company has the talk.",
    4: "The talk has ended: they have to write first.",
}
"""States of a talk in which only people may write (94669)."""

log = structlog.get_logger()


class Posting:
    """Delivers payloads of one account, each within one deadline."""

    def __init__(self, wire: Wire, settings: Settings, welcomes: Welcomes, media: Media) -> None:
        self._wire = wire
        self._settings = settings
        self._welcomes = welcomes
        self._media = media

    async def deliver(self, payload: Payload, read_blob: ReadBlob) -> Receipt:
        """Send all calls; raises NotDelivered. The receipt is the first message's own id."""
        ends = asyncio.get_running_loop().time() + self._settings.deadline
        receipt: Receipt | None = None
        for accepted, call in enumerate(payload.calls):
            try:
                sent = await self._send(call, payload.in_doubt, ends, read_blob)
            except NotDelivered as failure:
                failure.accepted, failure.receipt = accepted, receipt
                raise
            receipt = receipt or sent
        if receipt is None:
            raise NotDelivered("refused", "there was nothing to send")
        return receipt

    async def _send(self, call: Call, in_doubt: bool, ends: float, read_blob: ReadBlob) -> Receipt:
        params = dict(call.params)
        if reference := params.pop("blob", None):
            kind = params["msgtype"]

            async def send(media: str) -> Receipt:
                return await self._say({**params, kind: {"media_id": media}}, in_doubt, ends)

            return await self._media.send(str(reference), ends, read_blob, kind, send)
        return await self._say(params, in_doubt, ends)

    async def _say(self, params: Mapping[str, Any], in_doubt: bool, ends: float) -> Receipt:
        user = str(params["touser"])
        code = await self._welcomes.get(user) if params["msgtype"] in WELCOMES else None
        if code is not None and (welcomed := await self._welcome(code, params, in_doubt, ends)) is not None:
            return welcomed
        try:
            return await self._post("kf/send_msg", params, in_doubt, ends)
        except NotDelivered as failure:
            if not failure.detail.startswith(tuple(f"{state}:" for state in STATES)):
                raise
            raise await self._explained(failure, user, ends) from None

    async def _welcome(
        self, code: str, params: Mapping[str, Any], in_doubt: bool, ends: float
    ) -> Receipt | None:
        """Welcome somebody; None where it is too late for that, and they may only be written to."""
        kind, user = params["msgtype"], str(params["touser"])
        message = {"code": code, "msgid": params["msgid"], "msgtype": kind, kind: params[kind]}
        try:
            receipt = await self._post("kf/send_msg_on_event", message, in_doubt, ends)
        except NotDelivered as failure:
            if failure.why not in ("refused", "closed"):
                raise
            log.info("kf.not_welcomed", detail=failure.detail)
            receipt = None
        await self._welcomes.forget(user)
        return receipt

    async def _post(self, endpoint: str, params: Mapping[str, Any], in_doubt: bool, ends: float) -> Receipt:
        try:
            answer = await self._wire.ask("POST", endpoint, data=params, seconds=seconds_left(ends))
        except NotDelivered as failure:
            # Of what may have arrived, the same id again says that it has.
            if not (in_doubt and _is_repeated(failure)):
                raise
            return Receipt(str(params["msgid"]))
        if not name_of(answer.get("msgid")):
            raise NotDelivered("in_doubt", "accepted, but without the number of the message")
        return Receipt(str(params["msgid"]))

    async def _explained(self, failure: NotDelivered, user: str, ends: float) -> NotDelivered:
        """Return a refusal with what stands in the way, as far as WeCom tells."""
        asked = {"open_kfid": self._settings.open_kfid, "external_userid": user}
        try:
            answer = await self._wire.ask(
                "POST", "kf/service_state/get", data=asked, seconds=seconds_left(ends)
            )
        except NotDelivered:
            return failure
        told = _STATES.get(number(answer.get("service_state")) or 0)
        code = failure.detail.partition(":")[0]
        return NotDelivered("closed", f"{code}: {told}", scope="chat") if told else failure


def _is_repeated(failure: NotDelivered) -> bool:
    """Tell whether a refusal is of an id that came before; no page says which code that has, so its words count too."""
    told = failure.detail.lower()
    return told.startswith(f"{REPEATED}:") or (failure.why == "refused" and "msgid" in told)
