"""Bolt's app: which payload is read by whom. It sends nothing, asks nobody, and logs nothing.

Bolt is given payloads that were verified and parsed before, as it gets them in Socket Mode: so both ways in are
one, and its own verification (see `signing`) is not needed. Events are kept before they are acknowledged, so no
listener does more than read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.async_authorize import AsyncAuthorize
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.web.async_client import AsyncWebClient

from channels.base import Forged, Malformed, Parsed
from channels.slack import reading
from channels.slack.reading import Origin
from channels.slack.wire import silent_logger
from channels.slack.workspaces import Workspaces
from conversations.events import Event, Submitted

Read = Callable[[Mapping[str, Any], Origin], Event | None]
ANY = re.compile("")
FOUND, ORIGIN = "turnout_found", "turnout_origin"
"""Where a request's context holds what was read, and from where it came."""


class Known(AsyncAuthorize):
    """Tells Bolt as whom it works: from what we hold, without asking Slack for every request."""

    def __init__(self, workspaces: Workspaces) -> None:
        self._workspaces = workspaces

    async def __call__(
        self, *, context: Any, enterprise_id: str | None, team_id: str | None, user_id: str | None, **_: Any
    ) -> AuthorizeResult:
        found = await self._workspaces.get(_team(team_id))
        if found is None:
            # Returning nothing would make Bolt post an apology to the request's own response_url.
            raise Malformed("not_installed")
        context[ORIGIN] = found
        return AuthorizeResult(
            enterprise_id=enterprise_id,
            team_id=team_id,
            user_id=user_id,
            bot_id=found.bot_id or None,
            bot_user_id=found.bot_user or None,
            bot_token=found.token,
        )


class Router:
    """Reads payloads of one account, whichever way they came."""

    def __init__(self, account: str, workspaces: Workspaces) -> None:
        self._account = account
        self._workspaces = workspaces
        logger = silent_logger()
        # With a client that has no token, and these given, Bolt takes nothing from SLACK_… in the environment.
        self._app = AsyncApp(
            name=account,
            logger=logger,
            client=AsyncWebClient(logger=logger, retry_handlers=[]),
            signing_secret="",
            authorize=Known(workspaces),
            process_before_response=True,
            request_verification_enabled=False,
            ssl_check_enabled=False,
            attaching_function_token_enabled=False,
            attaching_conversation_kwargs_enabled=False,
        )
        self._app.error(_raise)
        for kind in ("app_uninstalled", "tokens_revoked"):
            self._app.event(kind)(self._forget)
        self._app.event(ANY)(_reader(reading.read_event))
        self._app.command(ANY)(_reader(reading.read_command))
        self._app.action({"type": "block_actions", "action_id": ANY})(_reader(reading.read_press))
        self._app.view_submission(ANY)(_reader(reading.read_view))
        self._app.view_closed(ANY)(_reader(lambda body, origin: None))

    async def route(self, body: Mapping[str, Any], at: datetime) -> Parsed:
        """Return what a payload says and what it is answered; raises Malformed or Forged."""
        try:
            request = AsyncBoltRequest(
                mode="socket_mode", body=dict(body), context={"received_at": at, "account": self._account}
            )
            request.context["is_shared"] = self._workspaces.are_named
            response = await self._app.async_dispatch(request)
        except (Forged, Malformed):
            raise
        except Exception:  # Bolt takes payloads to be as documented, and stumbles over any that are not
            raise Malformed("unreadable") from None
        if not 200 <= response.status < 300:
            raise Malformed("unhandled")
        found = request.context.get(FOUND)
        return Parsed(
            events=(found,) if found is not None else (),
            reply=response.body.encode(),
            media_type=response.first_headers()["content-type"],
            wants_answer=found is not None and isinstance(found.body, Submitted),
        )

    async def _forget(self, body: dict[str, Any], context: Any) -> None:
        """Drop an installation that was taken back: of tokens, only the bot's own is one."""
        event = body["event"]
        revoked = (event.get("tokens") or {}).get("bot") if event["type"] == "tokens_revoked" else True
        if revoked:
            await self._workspaces.forget(_team(context.team_id))


def _reader(read: Read) -> Callable[..., Any]:
    """Return a listener that keeps what it reads with its request, and acknowledges."""

    async def listen(ack: Any, body: dict[str, Any], context: Any) -> None:
        found = context[ORIGIN]
        team = _team(context.team_id) if context["is_shared"] else ""
        origin = Origin(context["account"], context["received_at"], team, found.bot_user or _bot_of(body))
        context[FOUND] = read(body, origin)
        await ack()

    return listen


def _bot_of(body: Mapping[str, Any]) -> str:
    """Return our own user id as an event names it: whoever it was sent to on behalf of."""
    for authorization in body.get("authorizations") or ():
        if authorization.get("is_bot") and isinstance(authorization.get("user_id"), str):
            return str(authorization["user_id"])
    return ""


def _team(team_id: object) -> str:
    return team_id if isinstance(team_id, str) and len(team_id) <= reading.LONGEST_ID else ""


async def _raise(error: Exception) -> None:
    """Let errors through to whoever routes, where Bolt would log them with the payload and answer 500."""
    raise error
