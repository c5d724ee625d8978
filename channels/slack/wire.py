"""Requests to the Web API, by slack_sdk's client, and what their answers mean.

Only what sends loads slack_sdk. Nothing is retried here (its own handler re-sends a post after a cut connection),
no proxy is taken from the environment, and no text of an exception goes out: it may hold an address or a token.
"""

from __future__ import annotations

import asyncio
import base64
import logging
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from channels.base import NotDelivered
from locales.text import t
from locales.told import Told

PAUSE = timedelta(seconds=5)
"""How long an app rests while nothing gets through: this is nobody's message's fault."""
LIMITED = timedelta(seconds=30)
"""How long it rests when Slack says that there was too much, and not until when."""
LONGEST_SCOPES = 200
POSTS = frozenset({"chat.postMessage", "chat.postEphemeral", "files.completeUploadExternal"})
"""What could come twice; all else may be repeated."""


def silent_logger() -> logging.Logger:
    """Return a logger that says nothing: slack_sdk and bolt write bodies, which hold people's words, into theirs."""
    logger = logging.Logger("slack", logging.CRITICAL)
    logger.disabled = True
    return logger


class Client(AsyncWebClient):
    """Slack's client, except that an app's own id and secret go by a plain header: the SDK takes aiohttp's
    BasicAuth for it, which warns that it will end."""

    async def oauth_v2_access(
        self,
        *,
        client_id: str,
        client_secret: str,
        code: str | None = None,
        redirect_uri: str | None = None,
        grant_type: str | None = None,
        refresh_token: str | None = None,
        **more: Any,
    ) -> AsyncSlackResponse:
        given = {
            "code": code,
            "redirect_uri": redirect_uri,
            "grant_type": grant_type,
            "refresh_token": refresh_token,
        }
        known = base64.b64encode(f"{client_id}:{client_secret}".encode()).decode()
        params = {**more, **{name: value for name, value in given.items() if value is not None}}
        return await self.api_call(
            "oauth.v2.access", data=params, headers={"Authorization": f"Basic {known}"}
        )


class Wire:
    """An app's connections to Slack: one session for all."""

    def __init__(self, api_base: str) -> None:
        self.session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=None, connect=10))
        self.client = Client(
            base_url=api_base, session=self.session, retry_handlers=[], logger=silent_logger()
        )
        self.client.proxy = None  # it has read HTTP_PROXY, whatever it was told

    async def close(self) -> None:
        await self.session.close()

    async def ask(self, method: str, params: Mapping[str, Any], seconds: float, token: str) -> dict[str, Any]:
        """Return what a method answers within `seconds`; raises NotDelivered."""
        answer, _ = await self.ask_fully(method, params, seconds, token)
        return answer

    async def ask_fully(
        self, method: str, params: Mapping[str, Any], seconds: float, token: str
    ) -> tuple[dict[str, Any], Mapping[str, str]]:
        """Return what a method answers, and the headers of the answer, names in lower case."""
        try:
            async with asyncio.timeout(seconds):
                response = await self._call(method, params, token)
        except SlackApiError as failure:
            raise _judge(method, failure.response) from None
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as failure:
            raise NotDelivered("busy", f"not connected: {type(failure).__name__}", PAUSE, "account") from None
        except (aiohttp.ClientError, TimeoutError, OSError, asyncio.IncompleteReadError) as failure:
            raise NotDelivered(_unknown(method), f"no answer: {type(failure).__name__}") from None
        except (SlackClientError, AttributeError, TypeError, ValueError, RecursionError) as failure:
            # The client expects an object in every answer, and a proxy may say anything.
            raise NotDelivered(_unknown(method), f"strange answer: {type(failure).__name__}") from None
        headers = {name.lower(): value for name, value in response.headers.items()}
        return dict(response.data), headers

    async def _call(self, method: str, params: Mapping[str, Any], token: str) -> Any:
        if method == "oauth.v2.access":  # the client's own method uses what aiohttp is about to drop
            return await self.client.api_call(method, data=dict(params))
        call = getattr(self.client, method.replace(".", "_"))
        return await call(**params, **({"token": token} if token else {}))

    async def put(self, url: str, data: bytes, seconds: float) -> None:
        """Bring a file's bytes to the address that was given for it; raises NotDelivered. Nobody sees them yet."""
        try:
            async with asyncio.timeout(seconds), self.session.post(url, data=data) as response:
                status = response.status
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as failure:
            raise NotDelivered("busy", f"not uploaded: {type(failure).__name__}") from None
        if status != 200:
            why: Any = "refused" if status in (400, 413) else "busy"
            raise NotDelivered(why, f"upload answered {status}")

    async def get(self, url: str, seconds: float, token: str, most: int) -> bytes:
        """Return the bytes of a file from its own address; raises NotDelivered, "too_large" beyond `most`."""
        headers = {"Authorization": f"Bearer {token}"}
        data = b""
        try:
            async with (
                asyncio.timeout(seconds),
                self.session.get(url, headers=headers, allow_redirects=False) as response,
            ):
                status, kind = response.status, response.headers.get("content-type", "")
                while len(data) <= most and (more := await response.content.read(most + 1 - len(data))):
                    data += more
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as failure:
            raise NotDelivered("busy", f"not fetched: {type(failure).__name__}") from None
        if status != 200 or kind.startswith("text/html"):
            # Without the scope files:read Slack shows its own page for logging in.
            why: Any = "busy" if status >= 500 or status == 429 else "refused"
            raise NotDelivered(why, f"the file's address answered {status}")
        if len(data) > most:
            raise NotDelivered("refused", "too_large")
        return data


def _unknown(method: str) -> Any:
    return "in_doubt" if method in POSTS else "busy"


_STOPPED = {
    "invalid_auth": t("Slack does not know this token. Take the one under OAuth & Permissions."),
    "not_authed": t("Slack was given no token. Take the one under OAuth & Permissions."),
    "account_inactive": t("The app was removed from the workspace. Install it again."),
    "token_revoked": t("The token was revoked. Install the app again, and take its new token."),
    "token_expired": t("The token has expired. Turn token rotation off, and install the app again."),
    "no_permission": t("The app may not do this. Install it again with the manifest's scopes."),
    "not_allowed_token_type": t("This is another kind of token. Take the one that begins with xoxb-."),
    "org_login_required": t(
        "The workspace is moving to another organisation. Wait, then install the app again."
    ),
    "ekm_access_denied": t("The workspace's administrators have suspended access. Ask them."),
    "team_access_not_granted": t("The app has no access to this workspace. Ask its administrators."),
    "access_denied": t("The app has no access. Ask the workspace's administrators."),
    "messages_tab_disabled": t(
        "Turn on App Home, Messages Tab, for the app: nobody can be written to without it."
    ),
}
_GONE = {
    "channel_not_found": "there is no such conversation, or the app is not in it",
    "user_not_found": "there is no such user",
    "users_not_found": "there is no such user",
    "user_not_visible": "this user cannot be seen from here",
    "user_disabled": "this user was deactivated",
    "is_archived": "the channel is archived",
    "cannot_dm_bot": "this is a program",
    "not_in_channel": "the app is not in this channel: write /invite and its name there",
    "user_not_in_channel": "this user is not in the channel",
    "restricted_action": "this workspace does not let the app write here",
    "restricted_action_read_only_channel": "nobody but some may write in this channel",
    "ekm_access_denied_channel": "the administrators have suspended access to this channel",
}
_EDIT_GONE = frozenset({"message_not_found", "cant_update_message", "edit_window_closed"})
_LIMITED = frozenset({"ratelimited", "rate_limited", "accesslimited"})
_BUSY = frozenset({"service_unavailable", "team_added_to_org", "request_timeout"})
_UNKNOWN = frozenset({"internal_error", "fatal_error"})
"""The pages of all methods say of these: "some aspect of the operation may have succeeded"."""


def _judge(method: str, response: Any) -> NotDelivered:
    """Return what an answer without success means; accepted is only what says so in its own JSON."""
    status = int(getattr(response, "status_code", 0) or getattr(response, "status", 0))
    answer = getattr(response, "data", None)
    code = answer.get("error") if isinstance(answer, dict) else None
    if status == 429 or code in _LIMITED:
        scope: Any = "chat" if method == "chat.postMessage" else "account"
        return NotDelivered("busy", f"{method}: too much at once", _retry_after(response), scope)
    if not isinstance(answer, dict) or not isinstance(code, str):
        if status < 300:
            return NotDelivered(_unknown(method), f"answered {status} without Slack's JSON")
        # A proxy or a firewall spoke: nothing was accepted, and it may yet be.
        return NotDelivered("busy", f"answered {status} without Slack's JSON", PAUSE, "account")
    if status >= 500 or code in _BUSY:
        return NotDelivered("busy", code, scope="account")
    return _refusal(method, code, answer)


def _refusal(method: str, code: str, answer: Mapping[str, Any]) -> NotDelivered:
    if code in _UNKNOWN:
        return NotDelivered(_unknown(method), code, scope="message" if method in POSTS else "account")
    if code == "missing_scope":
        remedy = t(
            "Add the scope {scope} under OAuth & Permissions, and install the app again.",
            scope=str(answer.get("needed", ""))[:LONGEST_SCOPES],
        )
        return NotDelivered("stopped", Told(t("{code}: {told}", code=code, told=remedy)), scope="account")
    if code in _STOPPED:
        return NotDelivered(
            "stopped", Told(t("{code}: {told}", code=code, told=_STOPPED[code])), scope="account"
        )
    if method == "chat.update" and code in _EDIT_GONE:
        return NotDelivered("refused", "edit_gone")
    if code in _GONE:
        return NotDelivered("gone", f"{code}: {_GONE[code]}", scope="chat")
    return NotDelivered("refused", f"{code}{_why(answer)}"[:300])


def _why(answer: Mapping[str, Any]) -> str:
    """Return which part of a call was wrong: Slack names the place, never its content."""
    told = answer.get("response_metadata")
    messages = told.get("messages") if isinstance(told, dict) else None
    return f": {messages[0]}" if isinstance(messages, list) and messages else ""


def _retry_after(response: Any) -> timedelta:
    headers = {str(name).lower(): value for name, value in (getattr(response, "headers", None) or {}).items()}
    seconds = str(headers.get("retry-after", ""))
    return timedelta(seconds=int(seconds)) if seconds.isdecimal() and len(seconds) < 8 else LIMITED
