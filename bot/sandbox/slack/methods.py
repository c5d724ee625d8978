"""The Web API's methods, as far as a bot like ours uses them (docs.slack.dev/reference/methods)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.sandbox.slack.app import Grant, Workspace
from bot.sandbox.slack.calling import Area, Caller, Method, check_scopes
from bot.sandbox.slack.chats import Chats
from bot.sandbox.slack.conversations import Conversations
from bot.sandbox.slack.doings import Doings
from bot.sandbox.slack.files import Files
from bot.sandbox.slack.forms import Forms
from bot.sandbox.slack.people import SlackPerson
from bot.sandbox.slack.rules import Refusal
from bot.sandbox.slack.socket import Sockets
from bot.sandbox.slack.users import Users
from bot.sandbox.slack.wire import Asked

CODE_LIVES = timedelta(minutes=10)
TOKEN_LIVES = timedelta(hours=12)
TIERS: Mapping[str, int] = {
    "apps.connections.open": 50,
    "conversations.history": 50,
    "conversations.info": 50,
    "conversations.join": 50,
    "conversations.members": 100,
    "conversations.open": 50,
    "chat.update": 50,
    "chat.delete": 50,
    "chat.postEphemeral": 100,
    "files.completeUploadExternal": 100,
    "files.info": 100,
    "files.getUploadURLExternal": 100,
    "users.info": 100,
    "users.lookupByEmail": 50,
    "views.open": 100,
    "views.push": 100,
    "views.publish": 100,
    "views.update": 100,
}
"""Calls a minute for each workspace, by the tier each method's page names."""
_NEEDS: Mapping[str, tuple[str, ...]] = {
    "chat.postMessage": ("chat:write",),
    "chat.update": ("chat:write",),
    "chat.delete": ("chat:write",),
    "chat.postEphemeral": ("chat:write",),
    "conversations.open": ("im:write",),
    "conversations.join": ("channels:join",),
    "users.info": ("users:read",),
    "users.lookupByEmail": ("users:read.email",),
    "files.getUploadURLExternal": ("files:write",),
    "files.completeUploadExternal": ("files:write",),
    "files.info": ("files:read",),
}


@dataclass(slots=True)
class Code:
    """What an installation is finished with, once."""

    workspace: Workspace
    person: SlackPerson
    redirect_uri: str
    scopes: frozenset[str]
    at: datetime
    is_used: bool = False


class Methods(Area):
    """The Web API on what is there."""

    def __init__(self, doings: Doings, sockets: Sockets) -> None:
        super().__init__(doings)
        self._sockets = sockets
        self.files = Files(doings)
        self.codes: dict[str, Code] = {}
        self._table: dict[str, Method] = {
            "auth.test": self._auth_test,
            "apps.connections.open": self._connections_open,
        }
        for area in (Chats(doings), Conversations(doings), Users(doings), Forms(doings), self.files):
            self._table |= area.methods

    async def call(self, name: str, asked: Asked) -> tuple[dict[str, Any], Caller | None]:
        """Carry a method out; raises Refusal."""
        if name == "oauth.v2.access":
            return self._access(asked), None
        if name not in self._table:
            raise Refusal("unknown_method")
        caller = self.caller(asked.token)
        if caller.is_app != (name == "apps.connections.open") and name != "auth.test":
            raise Refusal("not_allowed_token_type")
        check_scopes(caller, _NEEDS.get(name, ()))
        return {"ok": True, **await self._table[name](caller, asked.params)}, caller

    def caller(self, token: str) -> Caller:
        """Return whose token this is; raises Refusal."""
        if not token:
            raise Refusal("not_authed")
        if token == self._doings.app.app_token:
            return Caller(self._doings.workspaces[0], frozenset({"connections:write"}), is_app=True)
        for workspace in self._doings.workspaces:
            for grant in workspace.grants:
                if grant.token == token:
                    _check_alive(grant, self._doings.clock.now())
                    return Caller(workspace, grant.scopes)
        raise Refusal("invalid_auth")

    # -- the app ------------------------------------------------------------------------------------------

    async def _auth_test(self, caller: Caller, _: Mapping[str, Any]) -> dict[str, Any]:
        team = caller.workspace
        if caller.is_app:
            return {"app_name": self._doings.app.name, "app_id": self._doings.app.id}
        return {
            "url": f"https://{team.domain}.slack.com/",
            "team": team.name,
            "user": self._doings.app.name.lower(),
            "team_id": team.id,
            "user_id": team.bot,
            "bot_id": team.bot_id,
            "is_enterprise_install": False,
        }

    async def _connections_open(self, _: Caller, __: Mapping[str, Any]) -> dict[str, Any]:
        if not self._doings.app.is_socket_mode:
            raise Refusal("socket_mode_not_enabled")
        base = self._doings.base.replace("http", "ws", 1)
        return {"url": f"{base}/link/?ticket={self._sockets.ticket()}&app_id={self._doings.app.id}"}

    def _access(self, asked: Asked) -> dict[str, Any]:
        app, params = self._doings.app, asked.params
        id, secret = asked.basic if asked.basic[0] else (params.get("client_id"), params.get("client_secret"))
        if id != app.client_id:
            raise Refusal("invalid_client_id")
        if secret != app.client_secret:
            raise Refusal("bad_client_secret")
        if params.get("grant_type") == "refresh_token":
            return self._refreshed(str(params.get("refresh_token")))
        code = self.codes.get(str(params.get("code")))
        if code is None or code.is_used or self._doings.clock.now() - code.at > CODE_LIVES:
            raise Refusal("invalid_code")
        if code.redirect_uri != params.get("redirect_uri", code.redirect_uri):
            raise Refusal("bad_redirect_uri")
        code.is_used = True
        return self._granted(code.workspace, code.scopes, {"authed_user": {"id": code.person.id}})

    def _refreshed(self, token: str) -> dict[str, Any]:
        for workspace in self._doings.workspaces:
            for grant in workspace.grants:
                if token and grant.refresh_token == token and not grant.is_revoked:
                    grant.is_revoked = True
                    return self._granted(workspace, grant.scopes, {})
        raise Refusal("invalid_refresh_token")

    def _granted(
        self, workspace: Workspace, scopes: frozenset[str], more: Mapping[str, Any]
    ) -> dict[str, Any]:
        grant = self.grant(workspace, scopes)
        found: dict[str, Any] = {
            "ok": True,
            "app_id": self._doings.app.id,
            "token_type": "bot",
            "scope": ",".join(sorted(scopes)),
            "access_token": grant.token,
            "bot_user_id": workspace.bot,
            "team": {"id": workspace.id, "name": workspace.name},
            "enterprise": None,
            "is_enterprise_install": False,
            **more,
        }
        if grant.refresh_token:
            lives = int(TOKEN_LIVES.total_seconds())
            found |= {"refresh_token": grant.refresh_token, "expires_in": lives}
        return found

    def grant(self, workspace: Workspace, scopes: frozenset[str]) -> Grant:
        """Give the app a token for a workspace."""
        doings = self._doings
        secret = doings.secret("token", workspace.id, doings.number())[:12]
        grant = Grant(f"xoxb-1001-{len(workspace.grants) + 2002}-SandboxSandbox{secret}", scopes)
        if doings.app.rotates_tokens:
            grant.token = f"xoxe.{grant.token}"
            grant.refresh_token = f"xoxe-1-{doings.secret('refresh', doings.number())}"
            grant.expires_at = doings.clock.now() + TOKEN_LIVES
        workspace.grants.append(grant)
        return grant


def _check_alive(grant: Grant, now: datetime) -> None:
    if grant.is_revoked:
        raise Refusal("account_inactive")
    if grant.expires_at is not None and now >= grant.expires_at:
        raise Refusal("token_expired")
