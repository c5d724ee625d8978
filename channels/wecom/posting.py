"""Calls as they are carried out: cards, texts, files and robots, and what their answers mean."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Literal

from channels.base import Call, NotDelivered, Payload, ReadBlob, Receipt
from channels.tencent.media import Media, seconds_left
from channels.tencent.numbers import name_of
from channels.wecom.settings import Settings
from channels.wecom.tokens import make_token
from channels.wecom.wire import Wire

EDITABLE_FOR = timedelta(hours=72)


class Posting:
    """Delivers payloads of one app, each within one deadline."""

    def __init__(self, wire: Wire, settings: Settings, now: Callable[[], datetime]) -> None:
        self._wire = wire
        self._settings = settings
        self._now = now
        self._media = Media(wire, now)

    async def deliver(self, payload: Payload, read_blob: ReadBlob) -> Receipt:
        """Send all calls; raises NotDelivered. `refused` with detail "edit_gone" wants a new card."""
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
        match call.method:
            case "webhook/send":
                return await self._to_robot(call, ends)
            case "message/update_template_card":
                return await self._update(call, in_doubt, ends)
            case "file" | "image" as kind:
                return await self._post_file(kind, call.params, ends, read_blob)
            case _:
                return await self._post(call.params, ends)

    async def _post(self, params: Mapping[str, Any], ends: float) -> Receipt:
        """Send a message to one member. That they cannot be written to stands in an answer that says ok."""
        answer = await self._wire.ask("POST", "message/send", data=params, seconds=seconds_left(ends))
        _check_reached(answer, str(params["touser"]))
        msgid = name_of(answer.get("msgid"))
        if not msgid:
            raise NotDelivered("in_doubt", "accepted, but without the number of the message")
        task = params.get("template_card", {}).get("task_id")
        if not task:
            return Receipt(msgid)
        code = answer.get("response_code")
        if not isinstance(code, str) or not code:
            return Receipt(task)
        return Receipt(task, make_token(task, code), self._now() + EDITABLE_FOR)

    async def _update(self, call: Call, in_doubt: bool, ends: float) -> Receipt:
        """Change a card. The code is used up by that; only a press brings another."""
        params = {**call.params}
        task = str(params.pop("task"))
        try:
            endpoint = "message/update_template_card"
            answer = await self._wire.ask("POST", endpoint, data=params, seconds=seconds_left(ends))
        except NotDelivered as failure:
            # Whatever WeCom has against it: what it says goes out as a new card.
            if failure.why != "refused":
                raise
            # The earlier try may have used the code: then the card says it already.
            if in_doubt and failure.detail == "edit_gone":
                return Receipt(task, "")
            raise NotDelivered(
                "refused", f"edit_gone: {failure.detail}".removesuffix(": edit_gone")
            ) from None
        _check_reached(answer, str(params["userids"][0]))
        return Receipt(task, "")

    async def _post_file(
        self, kind: Literal["file", "image"], params: Mapping[str, Any], ends: float, read_blob: ReadBlob
    ) -> Receipt:
        message = {key: value for key, value in params.items() if key != kind}

        async def send(media: str) -> Receipt:
            return await self._post({**message, "msgtype": kind, kind: {"media_id": media}}, ends)

        return await self._media.send(str(params[kind]), ends, read_blob, kind, send)

    async def _to_robot(self, call: Call, ends: float) -> Receipt:
        name = str(call.params["robot"])
        key = self._settings.robots.get(name)
        if key is None:
            remedy = f'Give its key: robots = {{ {name} = "…" }}.'
            raise NotDelivered("gone", f"there is no robot {name}. {remedy}"[:200], scope="chat")
        body = {"msgtype": "markdown", "markdown": {"content": call.params["content"]}}
        await self._wire.post_to_robot(key, body, seconds_left(ends))
        return Receipt(f"robot.{name}")


def _check_reached(answer: Mapping[str, Any], user: str) -> None:
    """Raise NotDelivered when a member is among those whom a message did not reach; capitals make no difference."""
    for name in ("invaliduser", "unlicenseduser"):
        listed = answer.get(name) or ()
        users = listed.split("|") if isinstance(listed, str) else listed if isinstance(listed, list) else ()
        if user.lower() in (str(each).lower() for each in users):
            why = (
                "has no licence"
                if name == "unlicenseduser"
                else "is outside the app's visible range, or has left"
            )
            raise NotDelivered("gone", f"{name}: {why}", scope="chat")
