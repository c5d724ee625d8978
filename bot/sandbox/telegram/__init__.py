"""Telegram on loopback: a Bot API that the real channel talks to, with people in it, and faults on demand.

It speaks the wire format and holds the documented limits by itself. What it accepted stands in `accepted`: the
oracle for what was lost or came twice.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from bot.clock import Clock
from bot.sandbox.listening import Listening
from bot.sandbox.telegram import rules
from bot.sandbox.telegram.people import Chat, Doings, Group, Person, Shown
from bot.sandbox.telegram.rules import Refusal, bad
from bot.sandbox.telegram.updates import Updates
from bot.sandbox.telegram.wire import ACCEPTING, Fault, FaultKind, read_params, respond

__all__ = ["Accepted", "Chat", "Group", "Person", "Refused", "Shown", "TelegramStandIn"]

BOT_ID = 700000001
USERNAME = "turnout_bot"
TOKEN = f"{BOT_ID}:{'Sandbox' * 5}"

_QUIET = {"getupdates", "getme", "getwebhookinfo", "getfile"}
LARGEST_DOWNLOAD = 20_000_000
"""What a bot may download: 20 MB (getFile)."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """A request that was carried out."""

    method: str
    params: Mapping[str, Any]
    at: datetime
    number: int | None = None
    """Of the message it made or changed."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A request that was not."""

    method: str
    params: Mapping[str, Any]
    at: datetime
    code: int
    description: str


class _Bucket:
    """So many at once, and again after a while."""

    def __init__(self, count: int, per: timedelta) -> None:
        self._count, self._per = count, per
        self._left = float(count)
        self._at: datetime | None = None

    def wait(self, now: datetime) -> float:
        """Take one, or return the seconds until there is one."""
        each = self._per / self._count
        passed = max(now - (self._at or now), timedelta())
        self._left = min(float(self._count), self._left + passed / each)
        self._at = now
        if self._left >= 1:
            self._left -= 1
            return 0
        return (1 - self._left) * each.total_seconds()


class TelegramStandIn(Listening):
    """A Bot API server for one bot, with its people.

    `pace` shortens Telegram's own pauses between tries at a webhook. With `is_limited` it answers 429 beyond
    one message a second and chat (bursts of five), 20 a minute and group, 30 a second for the bot, by `clock`.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        token: str = TOKEN,
        username: str = USERNAME,
        pace: float = 0.01,
        is_limited: bool = False,
    ) -> None:
        super().__init__()
        self.clock = clock
        self.token = token
        self.username = username
        self.is_limited = is_limited
        self.accepted: list[Accepted] = []
        self.refused: list[Refused] = []
        self.commands: dict[str, list[dict[str, str]]] = {}
        self.commands_of: dict[int, list[dict[str, str]]] = {}
        """Those of one chat alone."""
        """What setMyCommands offered, by language."""
        self.updates = Updates(clock, pace)
        self._doings = Doings(clock.now, self.updates.add, username)
        self._chats: dict[int, Chat] = {}
        self._faults: dict[str, deque[Fault]] = {}
        self._buckets: dict[object, _Bucket] = {}
        self._methods: dict[str, Callable[[dict[str, Any]], Awaitable[Any]]] = {
            "getme": self._get_me,
            "getupdates": self._get_updates,
            "setwebhook": self._set_webhook,
            "deletewebhook": self._delete_webhook,
            "getwebhookinfo": self._get_webhook_info,
            "sendmessage": self._send_message,
            "getfile": self._get_file,
            "senddocument": self._send_document,
            "sendphoto": self._send_photo,
            "editmessagetext": self._edit_text,
            "editmessagereplymarkup": self._edit_markup,
            "deletemessage": self._delete_message,
            "answercallbackquery": self._answer_press,
            "setmycommands": self._set_commands,
            "deletemycommands": self._delete_commands,
            "sendchataction": self._send_action,
        }

    # -- people -------------------------------------------------------------------------------------------

    def person(self, name: str, *, language_code: str | None = None, username: str | None = None) -> Person:
        """Return somebody new, who has not come to the bot yet."""
        chat = Chat(10_001 + len(self._chats), name, is_private=True)
        self._chats[chat.id] = chat
        return Person(self._doings, chat, language_code, username)

    def group(self, title: str, members: Sequence[Person] = (), topics: Sequence[int] = ()) -> Group:
        """Return a new group with these people and the bot in it."""
        chat = Chat(-1_002_000_000_001 - len(self._chats), title, False, [*members], is_open=True)
        chat.topics = frozenset(topics)
        self._chats[chat.id] = chat
        return Group(self._doings, chat)

    # -- control ------------------------------------------------------------------------------------------

    def fail(
        self,
        method: str,
        kind: FaultKind,
        times: int = 1,
        *,
        retry_after: int = 1,
        accepts: bool | None = None,
        interval: float = 0.02,
    ) -> None:
        """Have the next calls of a method fail; `accepts` tells whether they are carried out all the same."""
        does = kind in ACCEPTING if accepts is None else accepts
        fault = Fault(kind, times, retry_after, does, interval)
        self._faults.setdefault(method.lower(), deque()).append(fault)

    def recover(self) -> None:
        """Forget all faults that have not happened yet."""
        self._faults.clear()

    def again(self, number: int) -> None:
        """Bring an update a second time."""
        self.updates.again(number)

    async def settle(self, seconds: float = 10) -> None:
        """Return when the bot has taken every update; raises TimeoutError."""
        await self.updates.settle(seconds)

    @property
    def pending(self) -> bool:
        """Whether the bot has not taken every update yet."""
        return bool(self.updates.pending)

    @property
    def sent(self) -> list[Accepted]:
        """What was posted: accepted calls that made a new message."""
        return [call for call in self.accepted if call.method.startswith("send") and call.number]

    async def _close(self) -> None:
        await self.updates.close()

    # -- wire ---------------------------------------------------------------------------------------------

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        bot, _, name = request.url.path.removeprefix("/").partition("/")
        faults = self._faults.get(name.lower())
        fault = faults[0] if faults else None
        if fault is not None and faults is not None:
            fault.times -= 1
            if not fault.times:
                faults.popleft()
        if bot == "file":
            await self._file(name)(scope, receive, send)
            return
        params = await read_params(request)
        if fault is not None and not fault.accepts:
            status, answer = 200, b'{"ok":true,"result":true}'
        else:
            status, answer = await self._carry_out(bot, name, params)
        await respond(fault, status, answer, receive, send, self._closing)

    async def _carry_out(self, bot: str, name: str, params: dict[str, Any]) -> tuple[int, bytes]:
        try:
            if bot != f"bot{self.token}":
                is_token = bot.startswith("bot") and ":" in bot
                raise Refusal(401, "Unauthorized") if is_token else Refusal(404, "Not Found")
            if name.lower() not in self._methods:
                raise Refusal(404, "Not Found: method not found")
            result = await self._methods[name.lower()](params)
        except Refusal as refusal:
            now = self.clock.now()
            self.refused.append(Refused(name, params, now, refusal.code, refusal.description))
            answer = {"ok": False, "error_code": refusal.code, "description": refusal.description}
            if refusal.parameters:
                answer["parameters"] = refusal.parameters
            return refusal.code, json.dumps(answer, ensure_ascii=False).encode()
        if name.lower() not in _QUIET:
            number = result.get("message_id") if isinstance(result, dict) else None
            self.accepted.append(Accepted(name, params, self.clock.now(), number))
        return 200, json.dumps({"ok": True, "result": result}, ensure_ascii=False).encode()

    def _file(self, path: str) -> Response:
        """Answer for a file's bytes: `/file/bot<token>/<file_path>`, as getFile gave it."""
        bot, _, name = path.partition("/")
        shown = self._sent_file(name.removeprefix("documents/"))
        if bot != f"bot{self.token}" or shown is None:
            return JSONResponse({"ok": False, "error_code": 404, "description": "Not Found"}, 404)
        return Response(shown.data, media_type="application/octet-stream")

    def _sent_file(self, id: str) -> Shown | None:
        messages = (shown for chat in self._chats.values() for shown in chat.messages)
        return next((shown for shown in messages if id == f"file-{shown.id}"), None)

    # -- methods ------------------------------------------------------------------------------------------

    async def _get_me(self, _: dict[str, Any]) -> Any:
        return {"id": BOT_ID, "is_bot": True, "first_name": "Turnout", "username": self.username}

    async def _get_updates(self, params: dict[str, Any]) -> Any:
        if isinstance(params.get("allowed_updates"), list):
            self.updates.allowed = frozenset(params["allowed_updates"]) or None
        limit, seconds = int(params.get("limit", 100)), min(int(params.get("timeout", 0)), 50)
        if not 1 <= limit <= 100:
            limit = 100
        return await self.updates.poll(int(params.get("offset", 0)), limit, seconds)

    async def _get_file(self, params: dict[str, Any]) -> Any:
        id = str(params.get("file_id") or "")
        shown = self._sent_file(id)
        if shown is None:
            raise Refusal(400, "Bad Request: wrong file_id or the file is temporarily unavailable")
        if len(shown.data) > LARGEST_DOWNLOAD:
            raise Refusal(400, "Bad Request: file is too big")
        unique = {"file_id": id, "file_unique_id": f"u{shown.id}", "file_size": len(shown.data)}
        return {**unique, "file_path": f"documents/{id}"}

    async def _set_webhook(self, params: dict[str, Any]) -> Any:
        url = str(params.get("url") or "")
        if url:
            rules.check_webhook(url, params.get("secret_token"))
        if isinstance(params.get("allowed_updates"), list):
            self.updates.allowed = frozenset(params["allowed_updates"]) or None
        await self.updates.set_webhook(url, params.get("secret_token"))
        return True

    async def _delete_webhook(self, _: dict[str, Any]) -> Any:
        await self.updates.set_webhook("", None)
        return True

    async def _get_webhook_info(self, _: dict[str, Any]) -> Any:
        webhook = self.updates.webhook
        info: dict[str, Any] = {"url": webhook.url if webhook else "", "has_custom_certificate": False}
        info["pending_update_count"] = len(self.updates.pending)
        if webhook and webhook.error:
            info["last_error_message"] = webhook.error
        if self.updates.allowed is not None:
            info["allowed_updates"] = sorted(self.updates.allowed)
        return info

    async def _send_message(self, params: dict[str, Any]) -> Any:
        chat = self._writable(params)
        text, entities = rules.checked_text(params.get("text"), params.get("entities"))
        rows = rules.checked_keyboard(params.get("reply_markup"))
        self._check_rate(chat)
        shown = Shown(self._doings.number(), self.clock.now(), None, text, entities, rows)
        shown.thread = params.get("message_thread_id")
        shown.answers = rules.checked_reply(params.get("reply_parameters"), chat.find)
        chat.messages.append(shown)
        return self._described(chat, shown)

    async def _send_document(self, params: dict[str, Any]) -> Any:
        return self._send_file(params, params.get("document"))

    async def _send_photo(self, params: dict[str, Any]) -> Any:
        return self._send_file(params, params.get("photo"), rules.checked_photo)

    def _send_file(
        self, params: dict[str, Any], document: Any, check: Callable[[bytes], None] | None = None
    ) -> Any:
        chat = self._writable(params)
        if isinstance(document, str) and document.startswith("attach://"):
            document = params.get(document.removeprefix("attach://"))
        if not isinstance(document, tuple):
            raise bad("wrong remote file identifier specified")
        name, data = document
        if not data:
            raise bad("file must be non-empty")
        if check is not None:
            check(data)
        text = ""
        entities: list[dict[str, Any]] = []
        if params.get("caption"):
            given = params.get("caption"), params.get("caption_entities")
            text, entities = rules.checked_text(*given, rules.LONGEST_CAPTION)
        rows = rules.checked_keyboard(params.get("reply_markup"))
        self._check_rate(chat)
        shown = Shown(self._doings.number(), self.clock.now(), None, text, entities, rows, name, data)
        shown.thread = params.get("message_thread_id")
        chat.messages.append(shown)
        return self._described(chat, shown)

    async def _edit_text(self, params: dict[str, Any]) -> Any:
        chat, shown = self._editable(params)
        text, entities = rules.checked_text(params.get("text"), params.get("entities"))
        rows = rules.checked_keyboard(params.get("reply_markup"))
        if (text, entities, rows) == (shown.text, shown.entities, shown.rows):
            what = "specified new message content and reply markup are exactly the same as a current content"
            raise bad(f"message is not modified: {what} and reply markup of the message")
        shown.told_before.append(shown.text)
        shown.text, shown.entities, shown.rows = text, entities, rows
        return self._described(chat, shown)

    async def _edit_markup(self, params: dict[str, Any]) -> Any:
        chat, shown = self._editable(params)
        rows = rules.checked_keyboard(params.get("reply_markup"))
        if rows == shown.rows:
            raise bad("message is not modified")
        shown.rows = rows
        return self._described(chat, shown)

    async def _delete_message(self, params: dict[str, Any]) -> Any:
        _, shown = self._editable(params, "message to delete not found", "message can't be deleted")
        shown.is_deleted = True
        return True

    async def _answer_press(self, params: dict[str, Any]) -> Any:
        query = str(params.get("callback_query_id", ""))
        at, person, is_answered = self._doings.presses.get(query, (None, None, True))
        if (
            at is None
            or person is None
            or is_answered
            or self.clock.now() - at > timedelta(seconds=rules.ANSWER_WITHIN)
        ):
            raise bad("query is too old and response timeout expired or query ID is invalid")
        text = str(params.get("text") or "")
        if rules.units(text) > rules.LONGEST_TOAST:
            raise bad("MESSAGE_TOO_LONG")
        self._doings.presses[query] = (at, person, True)
        if text:
            person.toasts.append(text)
        return True

    async def _set_commands(self, params: dict[str, Any]) -> Any:
        language = str(params.get("language_code") or "")
        rules.check_commands(params.get("commands"), language)
        if (chat := self._scope(params)) is not None:
            self.commands_of[chat] = params["commands"]
        else:
            self.commands[language] = params["commands"]
        return True

    async def _delete_commands(self, params: dict[str, Any]) -> Any:
        if (chat := self._scope(params)) is not None:
            self.commands_of.pop(chat, None)
        else:
            self.commands.pop(str(params.get("language_code") or ""), None)
        return True

    def _scope(self, params: dict[str, Any]) -> int | None:
        """Return the chat that commands are for (BotCommandScopeChat), None for all; another scope is not played."""
        scope = params.get("scope")
        if scope is None:
            return None
        if not isinstance(scope, dict) or scope.get("type") != "chat":
            raise rules.bad("can't parse BotCommandScope: unsupported type")
        if scope.get("chat_id") not in self._chats:
            raise rules.bad("chat not found")
        return int(scope["chat_id"])

    async def _send_action(self, params: dict[str, Any]) -> Any:
        self._writable(params)
        return True

    # -- chats --------------------------------------------------------------------------------------------

    def _writable(self, params: Mapping[str, Any]) -> Chat:
        """Return the chat a call writes to; raises Refusal."""
        chat = self._chat(params)
        if chat.is_deactivated:
            raise Refusal(403, "Forbidden: user is deactivated")
        if chat.is_blocked:
            raise Refusal(403, "Forbidden: bot was blocked by the user")
        if not chat.is_open and chat.is_private:
            raise Refusal(403, "Forbidden: bot can't initiate conversation with a user")
        if not chat.is_open:
            raise Refusal(403, "Forbidden: bot was kicked from the supergroup chat")
        thread = params.get("message_thread_id")
        if thread is not None and thread not in chat.topics:
            raise bad("message thread not found")
        return chat

    def _chat(self, params: Mapping[str, Any]) -> Chat:
        number = params.get("chat_id")
        for id, chat in self._chats.items():
            if number == id and chat.moved_to is not None:
                description = "Bad Request: group chat was upgraded to a supergroup chat"
                raise Refusal(400, description, migrate_to_chat_id=chat.moved_to)
            if number is not None and number in (id, chat.moved_to):
                return chat
        raise bad("chat not found")

    def _editable(
        self,
        params: Mapping[str, Any],
        missing: str = "message to edit not found",
        foreign: str = "message can't be edited",
    ) -> tuple[Chat, Shown]:
        chat = self._writable({"chat_id": params.get("chat_id")})
        shown = chat.find(int(params.get("message_id") or 0))
        if shown is None:
            raise bad(missing)
        if shown.sender is not None:
            raise bad(foreign)
        return chat, shown

    def _check_rate(self, chat: Chat) -> None:
        if not self.is_limited:
            return
        limits = [("bot", 30, 1), (chat.id, 5, 5)] + (
            [] if chat.is_private else [((chat.id, "group"), 20, 60)]
        )
        for key, count, seconds in limits:
            bucket = self._buckets.setdefault(key, _Bucket(count, timedelta(seconds=seconds)))
            if wait := bucket.wait(self.clock.now()):
                seconds = -int(-wait // 1)
                raise Refusal(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)

    def _described(self, chat: Chat, shown: Shown) -> dict[str, Any]:
        found: dict[str, Any] = {
            "message_id": shown.id,
            "from": {"id": BOT_ID, "is_bot": True, "first_name": "Turnout", "username": self.username},
            "chat": chat.described(),
            "date": int(shown.at.timestamp()),
        }
        if shown.document is not None:
            found["document"] = {"file_id": f"file-{shown.id}", "file_unique_id": f"u{shown.id}"}
        else:
            found |= {"text": shown.text, "entities": shown.entities}
        return found | ({"reply_markup": {"inline_keyboard": shown.rows}} if shown.rows else {})
