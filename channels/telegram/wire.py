"""Requests to the Bot API, by aiogram's session and methods, and what their answers mean.

Only this module imports aiogram, and only when something is to be sent: that costs seconds and 170 MB.
Nothing is retried here, and no text of an exception goes out: the bot's token is in every address.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import aiohttp
from aiogram import Bot, methods
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import BufferedInputFile
from pydantic import ValidationError

from channels.base import Malformed, NotDelivered, read_json
from channels.shape import read_reference
from locales.text import t
from locales.told import Told

PAUSE = timedelta(seconds=5)
"""How long a bot rests while nothing gets through: this is nobody's message's fault."""


class Moved(Exception):
    """The group has become a supergroup, with another id."""

    def __init__(self, chat: int) -> None:
        super().__init__(f"moved to {chat}")
        self.chat = chat


class Unchanged(Exception):
    """The message already says what an edit wanted it to say."""


class Wire:
    """One bot's connection to the Bot API."""

    def __init__(self, token: str, api_base: str) -> None:
        self._session = AiohttpSession(api=TelegramAPIServer.from_base(api_base))
        self._bot = Bot(token, session=self._session)

    async def close(self) -> None:
        await self._session.close()

    async def ask(
        self, method: str, params: Mapping[str, Any], seconds: float, blobs: Mapping[str, bytes] | None = None
    ) -> object:
        """Return the result of a method within `seconds`; raises NotDelivered, Moved or Unchanged."""
        call = _method(method, _with_files(params, blobs or {}))
        session = await self._session.create_session()
        limits = aiohttp.ClientTimeout(total=seconds, connect=min(seconds * 0.6, 10))
        url = self._session.api.api_url(token=self._bot.token, method=method)
        form = self._session.build_form_data(self._bot, call)
        try:
            async with session.post(url, data=form, timeout=limits, allow_redirects=False) as response:
                return judge(response.status, await response.read())
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as failure:
            raise NotDelivered("busy", f"not connected: {type(failure).__name__}", PAUSE, "account") from None
        except (aiohttp.ClientError, TimeoutError, asyncio.IncompleteReadError, OSError) as failure:
            raise NotDelivered(_unknown(method), f"no answer: {type(failure).__name__}") from None
        except NotDelivered as failure:
            if failure.why == "in_doubt":
                failure.why = _unknown(method)
            elif failure.retry_after is not None and _is_group(params):
                failure.scope = "chat"  # a group's own limit is the far lower one
            raise

    async def fetch(self, path: str, seconds: float, most: int) -> bytes:
        """Return the bytes of a file by the path that getFile gave; raises NotDelivered, "too_large" beyond `most`."""
        session = await self._session.create_session()
        url = self._session.api.file_url(self._bot.token, path)
        limits = aiohttp.ClientTimeout(total=seconds, connect=min(seconds * 0.6, 10))
        try:
            async with session.get(url, timeout=limits, allow_redirects=False) as response:
                if response.status != 200:
                    raise NotDelivered(
                        "busy" if response.status >= 500 else "refused", f"answered {response.status}"
                    )
                data = await response.content.read(most + 1)
                while len(data) <= most and (more := await response.content.read(most + 1 - len(data))):
                    data += more
        except (aiohttp.ClientError, TimeoutError, asyncio.IncompleteReadError, OSError) as failure:
            raise NotDelivered("busy", f"no answer: {type(failure).__name__}") from None
        if len(data) > most:
            raise NotDelivered("refused", "too_large")
        return data


def _unknown(method: str) -> Any:
    """Return what an unknown outcome means: only what posts could come twice, all else may be repeated."""
    return "in_doubt" if method.startswith("send") else "busy"


def _is_group(params: Mapping[str, Any]) -> bool:
    return str(params.get("chat_id", "")).startswith("-")


def _method(name: str, params: Mapping[str, Any]) -> methods.TelegramMethod[Any]:
    try:
        made: methods.TelegramMethod[Any] = getattr(methods, name[0].upper() + name[1:])(**params)
    except (AttributeError, TypeError, ValidationError) as failure:
        raise NotDelivered("refused", f"not a {name}: {type(failure).__name__}") from None
    return made


def _with_files(params: Mapping[str, Any], blobs: Mapping[str, bytes]) -> dict[str, Any]:
    filled = dict(params)
    for key, value in params.items():
        if isinstance(value, str) and value in blobs:
            filled[key] = BufferedInputFile(blobs[value], filename=read_reference(value)[1])
    return filled


def judge(status: int, body: bytes) -> object:
    """Return the result that an answer holds; raises NotDelivered, Moved or Unchanged.

    Accepted is only what says so in its own JSON: proxies answer 200 too.
    """
    try:
        answer = read_json(body)
    except Malformed:
        answer = None
    said = answer.get("ok") if isinstance(answer, dict) else None
    if isinstance(answer, dict) and said is True and status < 300 and "result" in answer:
        return answer["result"]
    if isinstance(answer, dict) and said is False:
        raise _refusal(status, answer)
    if status < 300:
        raise NotDelivered("in_doubt", f"answered {status} without the Bot API's JSON")
    if status == 413:
        raise NotDelivered("refused", "too large")
    # A proxy or a firewall spoke: nothing was accepted, and it may yet be.
    raise NotDelivered("busy", f"answered {status} without the Bot API's JSON", PAUSE, "account")


# Descriptions are no contract, but nothing else tells these apart: all come with code 400.
_GONE = (
    "chat not found",
    "user not found",
    "user_is_blocked",
    "input_user_deactivated",
    "user_deactivated",
    "peer_id_invalid",
    "chat_write_forbidden",
    "chat_restricted",
    "not enough rights to send",
    "have no rights to send",
    "group chat was deactivated",
    "message thread not found",
    "topic_deleted",
    "topic_closed",
)
_EDIT_GONE = (
    "message to edit not found",
    "message can't be edited",
    "message_id_invalid",
    "message_author_required",
)


def _refusal(status: int, answer: Mapping[str, Any]) -> Exception:
    """Return what a refusal means."""
    code = answer.get("error_code")
    code = code if isinstance(code, int) else status
    description = str(answer.get("description", ""))[:300]
    parameters = answer.get("parameters")
    parameters = parameters if isinstance(parameters, dict) else {}
    moved, wait = parameters.get("migrate_to_chat_id"), parameters.get("retry_after")
    told = description.lower()
    if isinstance(moved, int):
        return Moved(moved)
    if code == 429 or isinstance(wait, int):
        after = timedelta(seconds=wait) if isinstance(wait, int) else None
        return NotDelivered("busy", description, after, scope="account")
    if code in (401, 404):
        why = t("Telegram does not know this token. Take the token that @BotFather shows for this bot.")
        return NotDelivered("stopped", Told(why), scope="account")
    if code == 409 or code >= 500:
        return NotDelivered("busy", description, scope="account")
    if code == 403 or any(phrase in told for phrase in _GONE):
        return NotDelivered("gone", description, scope="chat")
    if "message is not modified" in told:
        return Unchanged()
    if any(phrase in told for phrase in _EDIT_GONE):
        return NotDelivered("refused", "edit_gone")
    return NotDelivered("refused", description)
