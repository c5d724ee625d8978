"""Calls as they are carried out: a private chat opened first, a file brought in three steps, a doubt looked into."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from channels.base import Call, NotDelivered, Payload, ReadBlob, Receipt
from channels.shape import read_reference
from channels.slack.places import is_user, named
from channels.slack.wire import Wire
from channels.slack.workspaces import Workspaces
from channels.slack.writing import MARK, make_token, short_name

LOOKED_AT = 15
"""How many of a chat's newest messages are searched: more are not given to every app."""


class Posting:
    """Delivers payloads of one account, each within one deadline."""

    def __init__(self, wire: Wire, workspaces: Workspaces, deadline: float, has_history: bool) -> None:
        self._wire = wire
        self._workspaces = workspaces
        self._deadline = deadline
        self._has_history = has_history
        self._opened: dict[tuple[str, str], str] = {}
        """The private chat with a user, by workspace and user."""

    async def deliver(self, payload: Payload, read_blob: ReadBlob) -> Receipt:
        """Send all calls. `gone` and `refused` with detail "edit_gone" are for good; raises NotDelivered."""
        blobs = {name: await read_blob(read_reference(name)[0]) for name in _references(payload)}
        ends = asyncio.get_running_loop().time() + self._deadline
        receipt: Receipt | None = None
        for accepted, call in enumerate(payload.calls):
            try:
                sent = await self._send(call, ends, blobs, payload.in_doubt)
            except NotDelivered as failure:
                failure.accepted, failure.receipt = accepted, receipt
                if failure.why == "stopped" and self._workspaces.are_named:
                    # One workspace's trouble: the account goes on in all others.
                    self._workspaces.distrust(str(call.params.get("team", "")))
                    failure.scope = "chat"
                raise
            if receipt is None:
                brought = (*payload.carried, *(short_name(read_reference(name)[0]) for name in blobs))
                receipt = _receipt(sent, brought)
        if receipt is None:
            raise NotDelivered("refused", "there was nothing to send")
        return receipt

    async def _send(
        self, call: Call, ends: float, blobs: Mapping[str, bytes], in_doubt: bool
    ) -> tuple[str, str, bool]:
        """Return the chat, the message's id, and whether it can be edited."""
        params = {**call.params}
        team = str(params.pop("team", ""))
        token = (await self._workspaces.require(team)).token
        if is_user(str(params.get("channel", ""))):
            params["channel"] = await self.open_chat(team, str(params["channel"]), _left(ends))
        chat = named(team, str(params.get("channel", "")))
        if call.method == "files.upload":
            return chat, await self._upload(params, ends, token, blobs), False
        if in_doubt and (known := await self._arrived(call, params, ends, token)) is not None:
            return chat, known, True
        answer = await self._wire.ask(call.method, params, _left(ends), token)
        if call.method == "views.publish":
            view = answer.get("view")
            return "", str(view.get("id", "home") if isinstance(view, dict) else "home"), False
        if call.method == "chat.postEphemeral":
            return chat, str(answer.get("message_ts", "")), False
        ts = answer.get("ts")
        if not isinstance(ts, str):
            raise NotDelivered("in_doubt", "accepted, but without the number of the message")
        return named(team, str(answer.get("channel") or params["channel"])), ts, True

    async def open_chat(self, team: str, user: str, seconds: float) -> str:
        """Return the private chat with a user; raises NotDelivered, `gone` for whom the app cannot write to."""
        if (team, user) not in self._opened:
            token = (await self._workspaces.require(team)).token
            answer = await self._wire.ask("conversations.open", {"users": user}, seconds, token)
            channel = answer.get("channel")
            id = channel.get("id") if isinstance(channel, dict) else None
            if not isinstance(id, str):
                raise NotDelivered("busy", "conversations.open named no chat")
            self._opened[team, user] = id
        return self._opened[team, user]

    async def _upload(
        self, params: Mapping[str, Any], ends: float, token: str, blobs: Mapping[str, bytes]
    ) -> str:
        """Bring a file in three steps and return its id; nobody sees anything before the last."""
        data, name = blobs[params["file"]], read_reference(params["file"])[1]
        begun = {"filename": name, "length": len(data)}
        given = await self._wire.ask("files.getUploadURLExternal", begun, _left(ends), token)
        id, url = given.get("file_id"), given.get("upload_url")
        if not isinstance(id, str) or not isinstance(url, str):
            raise NotDelivered("busy", "files.getUploadURLExternal gave no address")
        await self._wire.put(url, data, _left(ends))
        share: dict[str, Any] = {
            "files": [{"id": id, "title": params["title"]}],
            "channel_id": params["channel"],
        }
        if params.get("comment"):
            share["initial_comment"] = params["comment"]
        if params.get("thread_ts"):
            share["thread_ts"] = params["thread_ts"]
        await self._wire.ask("files.completeUploadExternal", share, _left(ends), token)
        return id

    async def _arrived(self, call: Call, params: Mapping[str, Any], ends: float, token: str) -> str | None:
        """Return which message an earlier try became, by the id in its metadata; None if it did not arrive.

        Where the chat may not be read it is posted again: a second message annoys, a lost one is a no-show.
        """
        mark = params.get("metadata")
        if (
            call.method != "chat.postMessage"
            or mark is None
            or "thread_ts" in params
            or not self._has_history
        ):
            return None
        look = {"channel": params["channel"], "limit": LOOKED_AT, "include_all_metadata": True}
        try:
            answer = await self._wire.ask("conversations.history", look, _left(ends), token)
        except NotDelivered as failure:
            if failure.why == "busy":
                raise
            return None
        messages = answer.get("messages")
        for message in messages if isinstance(messages, list) else ():
            if isinstance(message, dict) and _is_marked(message.get("metadata"), mark):
                ts = message.get("ts")
                return ts if isinstance(ts, str) else None
        return None


def _is_marked(metadata: object, mark: Mapping[str, Any]) -> bool:
    if not isinstance(metadata, dict) or metadata.get("event_type") != MARK:
        return False
    return bool(metadata.get("event_payload") == mark["event_payload"])


def _receipt(sent: tuple[str, str, bool], brought: tuple[str, ...]) -> Receipt:
    chat, id, can_be_edited = sent
    return Receipt(id, make_token(chat, id, brought) if can_be_edited else None)


def _left(ends: float) -> float:
    return max(ends - asyncio.get_running_loop().time(), 0.001)


def _references(payload: Payload) -> list[str]:
    return [str(call.params["file"]) for call in payload.calls if call.method == "files.upload"]
