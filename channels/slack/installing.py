"""Installing the app in a workspace by OAuth, on bolt's flow: two pages, with what they know kept in the vault.

docs.slack.dev/authentication/installing-with-oauth. The state is issued once and taken once, and the browser that
comes back must be the one that left.
"""

from __future__ import annotations

import html
import re
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import structlog
from slack_bolt.error import BoltError
from slack_bolt.oauth.async_callback_options import AsyncCallbackOptions
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.oauth import OAuthStateUtils
from slack_sdk.oauth.installation_store import Bot, Installation
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore

from channels.base import Inbound, Malformed, NotDelivered, Parsed, Vault
from channels.slack.manifest import SCOPES
from channels.slack.settings import Settings
from channels.slack.wire import Wire, silent_logger
from channels.slack.workspaces import Workspace, Workspaces
from locales.text import Reader, Text, t
from locales.translate import best_locale, render

STATE_LIFE = timedelta(minutes=10)
MOST_STATES = 200
"""Installations that may be under way at once: anybody can begin one."""
_STATE = "oauth_state:"

log = structlog.get_logger()


class States(AsyncOAuthStateStore):
    """States of installations under way, each good for one return within ten minutes."""

    def __init__(self, vault: Vault, now: Callable[[], datetime]) -> None:
        self._vault = vault
        self._now = now

    async def async_issue(self, *args: Any, **kwargs: Any) -> str:
        begun = await self._vault.names(_STATE)
        for name in begun:
            if not self._is_alive(name):
                await self._vault.take(name)
        if len(begun) >= MOST_STATES:
            raise Malformed("too_many_installations")
        state = f"{int(self._now().timestamp())}-{secrets.token_urlsafe(24)}"
        await self._vault.put(_STATE + state, "issued")
        return state

    async def async_consume(self, state: str) -> bool:
        issued = await self._vault.take(_STATE + state)
        return issued is not None and self._is_alive(_STATE + state)

    def _is_alive(self, name: str) -> bool:
        begun = re.match(r"(\d+)-", name.removeprefix(_STATE))
        return begun is not None and self._now().timestamp() - int(begun[1]) <= STATE_LIFE.total_seconds()


class Unwanted(BoltError):
    """A workspace that is not among those that may install the app."""


class Store(AsyncInstallationStore):
    """Where bolt leaves an installation: among our workspaces. Raises BoltError for one that cannot be kept."""

    def __init__(self, workspaces: Workspaces, allowed: frozenset[str]) -> None:
        self._workspaces = workspaces
        self._allowed = allowed

    async def async_save(self, installation: Installation) -> None:
        team = installation.team_id or ""
        if installation.bot_refresh_token:
            raise BoltError("its token would expire: turn token rotation off")
        if not team or not installation.bot_token or (self._allowed and team not in self._allowed):
            raise Unwanted(f"{team} is not among the workspaces that may")
        kept = Workspace(
            team,
            installation.bot_token,
            installation.bot_user_id or "",
            installation.bot_id or "",
            installation.team_name or "",
        )
        await self._workspaces.keep(kept)

    async def async_find_bot(
        self,
        *,
        enterprise_id: str | None,
        team_id: str | None,
        is_enterprise_install: bool | None = False,
    ) -> Bot | None:
        found = await self._workspaces.get(team_id or "")
        if found is None:
            return None
        return Bot(
            team_id=found.team,
            bot_token=found.token,
            bot_id=found.bot_id,
            bot_user_id=found.bot_user,
            bot_scopes=list(SCOPES),
            installed_at=0,
        )

    async def async_delete_bot(self, *, enterprise_id: str | None, team_id: str | None) -> None:
        await self._workspaces.forget(team_id or "")


class Cookies(OAuthStateUtils):
    """The cookie that ties a state to a browser; only for https, where our own address is that."""

    def __init__(self, is_https: bool) -> None:
        super().__init__()
        self._is_https = is_https

    def build_set_cookie_for_new_state(self, state: str) -> str:
        cookie = super().build_set_cookie_for_new_state(state)
        return cookie if self._is_https else cookie.replace("Secure; ", "")


class Flow(AsyncOAuthFlow):
    """Bolt's flow, with the permission redeemed within our deadline, as everything that is asked of Slack."""

    def __init__(self, settings: AsyncOAuthSettings, wire: Wire, seconds: float) -> None:
        super().__init__(client=wire.client, logger=silent_logger(), settings=settings)
        self._wire = wire
        self._seconds = seconds

    async def run_installation(self, code: str) -> Installation | None:
        """Return what a permission gave; None if it is not good, or cannot be redeemed now."""
        known = {
            name: getattr(self.settings, name) for name in ("client_id", "client_secret", "redirect_uri")
        }
        try:
            given = await self._wire.ask("oauth.v2.access", {**known, "code": code}, self._seconds, "")
            token = str(given.get("access_token") or "")
            me = await self._wire.ask("auth.test", {}, self._seconds, token)
        except NotDelivered as failure:
            log.warning("install.refused", why=failure.why, detail=failure.detail)
            return None
        return Installation(
            team_id=me.get("team_id"),
            team_name=me.get("team"),
            bot_token=token,
            bot_id=me.get("bot_id"),
            bot_user_id=me.get("user_id"),
            bot_refresh_token=given.get("refresh_token"),
            user_id="",
        )


class Installing:
    """The two pages: one leads to Slack, and Slack leads back to the other."""

    def __init__(
        self,
        account: str,
        settings: Settings,
        vault: Vault,
        workspaces: Workspaces,
        wire: Wire,
        now: Callable[[], datetime],
    ) -> None:
        self._account = account
        self._now = now
        hook = f"/hooks/slack/{account.partition('.')[2]}"
        # Everything is named, even what is empty: what is not, bolt takes from SLACK_… in the environment.
        made = AsyncOAuthSettings(
            client_id=settings.client_id,
            client_secret=settings.client_secret,
            scopes=list(SCOPES),
            user_scopes=[],
            redirect_uri=f"{settings.public_url}{hook}/oauth",
            install_path=f"{hook}/install",
            install_page_rendering_enabled=False,
            redirect_uri_path=f"{hook}/oauth",
            callback_options=AsyncCallbackOptions(success=self._succeeded, failure=self._failed),
            authorization_url=settings.authorize_url,
            installation_store=Store(workspaces, settings.workspaces),
            installation_store_bot_only=True,
            state_store=States(vault, now),
            logger=silent_logger(),
        )
        made.state_utils = Cookies(settings.public_url.startswith("https:"))
        self._flow = Flow(made, wire, settings.deadline)

    async def begin(self, inbound: Inbound) -> Parsed:
        """Lead a workspace's administrator to Slack; raises Malformed."""
        return _parsed(await self._flow.handle_installation(_request(inbound)))

    async def finish(self, inbound: Inbound) -> Parsed:
        """Keep the installation that Slack leads back with, and say how it went."""
        try:
            response = await self._flow.handle_callback(_request(inbound))
        except Malformed:
            raise
        except Exception as failure:  # whatever Slack, a proxy or bolt may do
            log.warning("install.failed", account=self._account, why=type(failure).__name__)
            response = self._page(inbound.headers.get("accept-language", ""), 400, _failed())
        return _parsed(response)

    async def _succeeded(self, args: Any) -> BoltResponse:
        log.info("install.done", account=self._account, team=args.installation.team_id)
        said = t("Turnout is installed in {workspace}.", workspace=args.installation.team_name or "Slack")
        return self._page(_language(args.request), 200, said)

    async def _failed(self, args: Any) -> BoltResponse:
        log.warning("install.failed", account=self._account, why=str(args.error or args.reason)[:100])
        said = _unwanted() if isinstance(args.error, Unwanted) else _failed()
        return self._page(_language(args.request), 400, said)

    def _page(self, language: str, status: int, said: Text) -> BoltResponse:
        reader = Reader(best_locale(re.split("[,;]", language)[0]), "UTC", self._now())
        words = html.escape(render(said, reader))
        body = f'<!doctype html><meta charset="utf-8"><title>Turnout</title><p>{words}</p>'
        headers: dict[str, Any] = {
            "Content-Type": "text/html; charset=utf-8",
            "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
            "Referrer-Policy": "no-referrer",
        }
        return BoltResponse(status=status, body=body, headers=headers)


def _failed() -> Text:
    return t("Turnout was not installed. Please begin again with the link that you were given.")


def _unwanted() -> Text:
    return t("This workspace is not among those that may install Turnout. Please ask whoever runs it.")


def _language(request: AsyncBoltRequest) -> str:
    return str(request.headers.get("accept-language", [""])[0])


def _request(inbound: Inbound) -> AsyncBoltRequest:
    return AsyncBoltRequest(body="", query=dict(inbound.query), headers={**inbound.headers})


def _parsed(response: BoltResponse) -> Parsed:
    headers = {name: value for name, value in response.first_headers().items() if name != "content-type"}
    kind = response.first_headers()["content-type"]
    return Parsed(reply=response.body.encode(), media_type=kind, status=response.status, headers=headers)
