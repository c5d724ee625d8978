"""Telegram: one bot, by webhook or long polling."""

from __future__ import annotations

import asyncio
import hmac
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import structlog

from channels.base import (
    Call,
    Caps,
    Contact,
    Decide,
    Envelope,
    Fetched,
    Forged,
    Inbound,
    Malformed,
    NotDelivered,
    Parsed,
    Payload,
    ReadBlob,
    Receipt,
    Receive,
    Vault,
    read_json,
)
from channels.routes import ROUTES
from channels.shape import cut, read_reference
from channels.telegram import checking
from channels.telegram.reading import WANTED, read_update, update_number
from channels.telegram.settings import read_settings
from channels.telegram.writing import make_token, short_name, write
from conversations.effects import Answer
from conversations.events import Event
from conversations.messages import Message
from locales.text import Reader, Text
from locales.translate import render

if TYPE_CHECKING:
    from channels.telegram.wire import Wire

SECRET_HEADER = "x-telegram-bot-api-secret-token"  # noqa: S105 - a header's name
LONGEST_TOAST = 200
LONGEST_DESCRIPTION = 256
MOST_COMMANDS = 100

log = structlog.get_logger()


class Telegram:
    """One bot. Its settings are `token` and, where updates are to be sent to us, `mode` and `public_url`."""

    caps: Caps = ROUTES["telegram"]
    has_more_doors = False

    def __init__(
        self,
        account: str,
        config: Mapping[str, Any],
        now: Callable[[], datetime],
        vault: Vault | None = None,
    ) -> None:
        self.account = account
        self._now = now
        self._settings = read_settings(account, config)
        self._username = self._settings.username
        self.pulls = self._settings.pulls
        self._wire: Wire | None = None

    async def open(self) -> None:
        """Learn the bot's name and tell Telegram where we listen; may be repeated; raises NotDelivered."""
        me = await self._ask("getMe")
        if isinstance(me, dict) and isinstance(me.get("username"), str):
            self._username = me["username"]
        if self.pulls:
            await self._ask("deleteWebhook")
        else:
            where = {"url": self._settings.webhook_url, "secret_token": self._settings.secret}
            await self._ask("setWebhook", {**where, "allowed_updates": [*WANTED]})

    async def close(self) -> None:
        wire, self._wire = self._wire, None
        if wire is not None:
            await wire.close()

    async def parse(self, inbound: Inbound) -> Parsed:
        if self.pulls:
            raise Forged("no_webhook")
        given = inbound.headers.get(SECRET_HEADER)
        # On bytes: compare_digest raises TypeError for text that is not ASCII.
        if given is None or not hmac.compare_digest(
            given.encode("utf-8", "surrogatepass"), self._settings.secret.encode()
        ):
            raise Forged("secret")
        update = read_json(inbound.body)
        return Parsed(read_update(update, self.account, inbound.received_at, self._username))

    def respond(self, event: Event, answer: Answer, reader: Reader) -> Parsed:
        return Parsed()

    def render(self, message: Message, envelope: Envelope) -> Payload:
        return write(message, envelope, self.caps)

    async def deliver(self, payload: Payload, read_blob: ReadBlob) -> Receipt:
        """Send all calls within one deadline. `gone` and `refused` with detail "edit_gone" are for good."""
        blobs = {name: await read_blob(read_reference(name)[0]) for name in _references(payload)}
        ends = asyncio.get_running_loop().time() + self._settings.deadline
        receipt: Receipt | None = None
        moved: int | None = None
        for accepted, call in enumerate(payload.calls):
            left = max(ends - asyncio.get_running_loop().time(), 0.001)
            try:
                chat, number = await self._send(call, moved, left, blobs)
            except NotDelivered as failure:
                failure.accepted, failure.receipt = accepted, receipt
                raise
            if chat != str(call.params["chat_id"]):
                moved = int(chat)
            if receipt is None:
                brought = (*payload.carried, *(short_name(read_reference(name)[0]) for name in blobs))
                receipt = Receipt(str(number), make_token(chat, number, brought))
        if receipt is None:
            raise NotDelivered("refused", "there was nothing to send")
        return receipt

    async def _send(
        self, call: Call, moved: int | None, seconds: float, blobs: Mapping[str, bytes]
    ) -> tuple[str, int]:
        """Return the chat and number of the message that a call made or changed."""
        from channels.telegram.wire import Moved, Unchanged

        params = {**call.params, "chat_id": moved or call.params["chat_id"]}
        wire = self._connected()
        try:
            try:
                result = await wire.ask(call.method, params, seconds, blobs)
            except Moved as move:  # refused for certain, so this is no second message
                params["chat_id"] = move.chat
                result = await wire.ask(call.method, params, seconds, blobs)
        except Unchanged:
            result = {"message_id": params["message_id"]}
        except Moved:
            raise NotDelivered("gone", "the group moves on and on", scope="chat") from None
        number = result.get("message_id") if isinstance(result, dict) else None
        if not isinstance(number, int):
            raise NotDelivered("in_doubt", "accepted, but without the number of the message")
        return str(params["chat_id"]), number

    async def answer(self, event: Event, answer: Answer, reader: Reader) -> None:
        """Stop the button's spinner, with a toast if there is one; too late is no error."""
        if event.answer_token is None:
            return
        params = {"callback_query_id": event.answer_token}
        if answer.toast is not None:
            params["text"] = cut(render(answer.toast, reader), LONGEST_TOAST, "utf16")
        try:
            await self._ask("answerCallbackQuery", params)
        except NotDelivered as failure:
            log.debug("press.unanswered", account=self.account, why=failure.why, detail=failure.detail)

    async def pull(self, cursor: str | None, receive: Receive, decide: Decide | None = None) -> str | None:
        """Do one long poll. The cursor is the next update's number, confirmed by the poll after this one."""
        if not self.pulls:
            return cursor
        params: dict[str, Any] = {"timeout": self._settings.poll_seconds, "allowed_updates": [*WANTED]}
        if cursor and cursor.isdecimal():
            params["offset"] = int(cursor)
        try:
            updates = await self._ask(
                "getUpdates", params, self._settings.poll_seconds + self._settings.deadline
            )
        except NotDelivered as failure:
            if "webhook" in failure.detail:
                await self._ask("deleteWebhook")
            elif "other getUpdates" in failure.detail:
                remedy = 'Stop the other process that polls this bot, or use mode = "webhook".'
                raise NotDelivered("busy", remedy, timedelta(seconds=5), scope="account") from None
            raise
        if not isinstance(updates, list):
            raise NotDelivered("busy", "getUpdates brought no list", scope="account")
        numbers = [number for number in map(update_number, updates) if number is not None]
        if not numbers:
            return cursor
        after = str(max(numbers) + 1)
        await receive([event for update in updates for event in self._read(update)], after)
        return after

    def _read(self, update: object) -> tuple[Event, ...]:
        try:
            return read_update(update, self.account, self._now(), self._username)
        except Malformed as malformed:  # one bad update must not stop those behind it
            log.warning("update.malformed", account=self.account, reason=malformed.reason)
            return ()

    async def check(self) -> tuple[str, ...]:
        """Ask Telegram whether the bot works; return what is wrong, each with its remedy."""
        try:
            await self._ask("getMe")
            hook = await self._ask("getWebhookInfo")
        except NotDelivered as failure:
            return (checking.unanswered(failure),)
        return checking.look_through(self._settings, hook if isinstance(hook, dict) else {}, WANTED)

    async def find(self, email: str | None, phone: str | None, hint: str | None) -> Contact | None:
        return None  # a bot cannot look anybody up, and may write only to who came to it

    async def fetch(self, event: Event, reference: str, most: int) -> Fetched:
        """Return a file; raises NotDelivered. Telegram hands bots no more than 20 MB (getFile)."""
        try:
            file = await self._ask("getFile", {"file_id": reference})
        except NotDelivered as failure:
            if "too big" in failure.detail.lower():
                raise NotDelivered("refused", "too_large") from None
            raise
        path = file.get("file_path") if isinstance(file, dict) else None
        if not isinstance(path, str):
            raise NotDelivered("refused", "the file is gone")
        return Fetched(await self._connected().fetch(path, self._settings.deadline, most))

    def invite_url(self, token: str) -> str | None:
        """Return the deep link with a token of at most 64 of A-Za-z0-9_-; None until the bot's name is known."""
        if self._username is None or not re.fullmatch(r"[\w-]{1,64}", token, re.ASCII):
            return None
        return f"https://t.me/{self._username}?start={token}"

    async def register(self, commands: Mapping[str, Sequence[tuple[str, Text]]]) -> None:
        """Offer commands in each language, and in English, or the first language, to everybody else."""
        offered: dict[str, list[dict[str, str]]] = {}
        for locale, listed in commands.items():
            reader = Reader(locale, "UTC", datetime(1970, 1, 1, tzinfo=UTC))
            offered.setdefault(locale[:2].lower(), _described(listed, reader))
        for language, listed_there in offered.items():
            await self._ask("setMyCommands", {"commands": listed_there, "language_code": language})
        if offered:
            await self._ask("setMyCommands", {"commands": offered.get("en") or next(iter(offered.values()))})

    async def offer(self, chat: str, commands: Sequence[tuple[str, Text]], reader: Reader) -> None:
        """Offer commands in one chat (BotCommandScopeChat), which goes before what everybody is offered."""
        scope = {"type": "chat", "chat_id": int(chat)}
        if commands:
            await self._ask("setMyCommands", {"commands": _described(commands, reader), "scope": scope})
        else:
            await self._ask("deleteMyCommands", {"scope": scope})

    async def _ask(
        self, method: str, params: Mapping[str, Any] | None = None, seconds: float | None = None
    ) -> object:
        return await self._connected().ask(method, params or {}, seconds or self._settings.deadline)

    def _connected(self) -> Wire:
        from channels.telegram.wire import Wire

        if self._wire is None:
            self._wire = Wire(self._settings.token, self._settings.api_base)
        return self._wire


def _described(commands: Sequence[tuple[str, Text]], reader: Reader) -> list[dict[str, str]]:
    """Return commands as the Bot API lists them: what is no name there is left out."""
    described = [(verb, render(text, reader)) for verb, text in commands]
    return [
        {"command": verb, "description": cut(description, LONGEST_DESCRIPTION, "utf16")}
        for verb, description in described
        if re.fullmatch(r"[a-z0-9_]{1,32}", verb)
    ][:MOST_COMMANDS]


def _references(payload: Payload) -> list[str]:
    values = [value for call in payload.calls for value in call.params.values()]
    return [value for value in values if isinstance(value, str) and value.startswith("blob:")]
