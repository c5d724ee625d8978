"""The Web API's methods, as far as a bot like ours uses them (docs.slack.dev/reference/methods)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.sandbox.slack.app import Grant, Workspace
from bot.sandbox.slack.blocks import checked_blocks, checked_view
from bot.sandbox.slack.doings import TRIGGER_LIVES, Doings, Trigger, user_object
from bot.sandbox.slack.people import Shown, SlackChannel, SlackPerson
from bot.sandbox.slack.rules import LONGEST_UPDATE, Refusal, checked_metadata, checked_text
from bot.sandbox.slack.socket import Sockets
from bot.sandbox.slack.views import View
from bot.sandbox.slack.wire import Asked

CODE_LIVES = timedelta(minutes=10)
TOKEN_LIVES = timedelta(hours=12)
LARGEST_FILE = 1 << 30
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
}
_BY_KIND = {"im": "im", "channel": "channels", "group": "groups"}


@dataclass(slots=True)
class Upload:
    """A file on its way."""

    id: str
    name: str
    length: int
    data: bytes | None = None
    is_complete: bool = False


@dataclass(slots=True)
class Code:
    """What an installation is finished with, once."""

    workspace: Workspace
    person: SlackPerson
    redirect_uri: str
    scopes: frozenset[str]
    at: datetime
    is_used: bool = False


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls: a workspace's bot, or the app itself."""

    workspace: Workspace
    scopes: frozenset[str]
    is_app: bool = False


Method = Callable[[Caller, Mapping[str, Any]], Awaitable[dict[str, Any]]]


class Methods:
    """The Web API on what is there."""

    def __init__(self, doings: Doings, sockets: Sockets) -> None:
        self._doings = doings
        self._sockets = sockets
        self.uploads: dict[str, Upload] = {}
        self.codes: dict[str, Code] = {}
        self._table: Mapping[str, Method] = {
            "auth.test": self._auth_test,
            "apps.connections.open": self._connections_open,
            "chat.postMessage": self._post,
            "chat.update": self._update,
            "chat.delete": self._delete,
            "chat.postEphemeral": self._post_ephemeral,
            "conversations.open": self._open,
            "conversations.info": self._info,
            "conversations.history": self._history,
            "conversations.join": self._join,
            "conversations.members": self._members,
            "users.info": self._user,
            "users.lookupByEmail": self._lookup,
            "views.open": self._view_open,
            "views.push": self._view_push,
            "views.update": self._view_update,
            "views.publish": self._view_publish,
            "files.getUploadURLExternal": self._upload_url,
            "files.completeUploadExternal": self._upload_complete,
        }

    async def call(self, name: str, asked: Asked) -> tuple[dict[str, Any], Caller | None]:
        """Carry a method out; raises Refusal."""
        if name == "oauth.v2.access":
            return self._access(asked), None
        if name not in self._table:
            raise Refusal("unknown_method")
        caller = self.caller(asked.token)
        if caller.is_app != (name == "apps.connections.open") and name != "auth.test":
            raise Refusal("not_allowed_token_type")
        _check_scopes(caller, _NEEDS.get(name, ()))
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

    # -- messages -----------------------------------------------------------------------------------------

    async def _post(self, caller: Caller, params: Mapping[str, Any]) -> dict[str, Any]:
        place = self._writable(caller, params.get("channel"))
        blocks = checked_blocks(params.get("blocks"))
        text = checked_text(params.get("text"), bool(blocks))
        thread = params.get("thread_ts")
        if thread is not None and place.find(thread) is None:
            raise Refusal("thread_not_found")
        shown = self._doings.post(place, text, blocks, params.get("metadata"), thread=thread)
        return {"channel": place.id, "ts": shown.id, "message": self._doings.described(shown, place)}

    async def _update(self, caller: Caller, params: Mapping[str, Any]) -> dict[str, Any]:
        place, shown = self._own(caller, params, "cant_update_message")
        has_blocks = "blocks" in params
        blocks = checked_blocks(params.get("blocks"))
        text = checked_text(params.get("text"), bool(blocks or not has_blocks), LONGEST_UPDATE)
        metadata = checked_metadata(params.get("metadata"))
        before = self._doings.described(shown, place)
        # Blocks that are not named stay, even when there is another text (slackapi/python-slack-sdk#523).
        blocks = blocks if has_blocks else shown.blocks
        shown.told_before.append(shown.text)
        shown.show(text, blocks, self._doings.name)
        if metadata is not None:
            shown.metadata = metadata or None
        self._doings.changed_message(place, shown, before)
        told = self._doings.described(shown, place)
        return {"channel": place.id, "ts": shown.id, "text": shown.written, "message": told}

    async def _delete(self, caller: Caller, params: Mapping[str, Any]) -> dict[str, Any]:
        place, shown = self._own(caller, params, "cant_delete_message")
        shown.is_deleted = True
        at = self._doings.ts()
        gone = {
            "subtype": "message_deleted",
            "hidden": True,
            "deleted_ts": shown.id,
            "ts": at,
            "event_ts": at,
        }
        self._doings.message_event(place, shown, gone)
        return {"channel": place.id, "ts": shown.id}

    async def _post_ephemeral(self, caller: Caller, params: Mapping[str, Any]) -> dict[str, Any]:
        place = self._writable(caller, params.get("channel"))
        person = self._doings.people.get(str(params.get("user")))
        if person is None or person not in place.members:
            raise Refusal("user_not_in_channel")
        blocks = checked_blocks(params.get("blocks"))
        text = checked_text(params.get("text"), bool(blocks))
        shown = self._doings.post(place, text, blocks, None, thread=params.get("thread_ts"), only_for=person)
        return {"message_ts": shown.id}

    def _writable(self, caller: Caller, channel: object) -> SlackChannel:
        """Return the channel a call posts to; raises Refusal."""
        person = self._doings.people.get(str(channel))
        place = self._private(caller, person) if person is not None else self._place(caller, channel)
        if place.is_archived:
            raise Refusal("is_archived")
        if place.kind == "im" and not self._doings.app.has_messages:
            raise Refusal("messages_tab_disabled")
        if not place.has_bot and "chat:write.public" not in caller.scopes:
            raise Refusal("not_in_channel")
        return place

    def _private(self, caller: Caller, person: SlackPerson) -> SlackChannel:
        """Return somebody's private chat, as a post to their id opens it."""
        # A chat that was open stays so when its person leaves (slackapi/python-slack-sdk#1156).
        if self._reason_not_to_open(caller, person) and not self._doings.has_private(person):
            raise Refusal("channel_not_found")
        return self._doings.private(person)

    def _place(self, caller: Caller, channel: object) -> SlackChannel:
        """Return a channel that the caller can see; raises Refusal."""
        place = self._doings.channels.get(str(channel))
        if place is None or place.workspace is not caller.workspace:
            raise Refusal("channel_not_found")
        if place.kind == "group" and not place.has_bot:
            raise Refusal("channel_not_found")
        return place

    def _own(self, caller: Caller, params: Mapping[str, Any], foreign: str) -> tuple[SlackChannel, Shown]:
        """Return a message of the bot's own; raises Refusal."""
        place = self._place(caller, params.get("channel"))
        shown = place.find(params.get("ts"))
        if shown is None or shown.only_for is not None:
            raise Refusal("message_not_found")
        if shown.sender is not None:
            raise Refusal(foreign)
        return place, shown

    # -- conversations ------------------------------------------------------------------------------------

    async def _open(self, caller: Caller, params: Mapping[str, Any]) -> dict[str, Any]:
        if params.get("channel"):
            place = self._place(caller, params["channel"])
            return {"no_op": True, "already_open": True, "channel": {"id": place.id}}
        users = params.get("users")
        ids = users if isinstance(users, list) else [each for each in str(users or "").split(",") if each]
        if not ids:
            raise Refusal("users_list_not_supplied")
        if len(ids) > 1:
            raise Refusal("invalid_arguments", "the sandbox opens chats with one person only")
        person = self._doings.people.get(str(ids[0]))
        if person is None:
            raise Refusal("user_not_found")
        if reason := self._reason_not_to_open(caller, person):
            raise Refusal(reason)
        known = self._doings.has_private(person)
        place = self._doings.private(person)
        more = {"no_op": True, "already_open": True} if known else {}
        return {**more, "channel": {"id": place.id}}

    def _reason_not_to_open(self, caller: Caller, person: SlackPerson) -> str:
        if person.is_deactivated:
            return "user_disabled"
        if not person.is_visible:
            return "user_not_visible"
        return "" if self._knows(caller, person) else "invalid_user_combination"

    def _knows(self, caller: Caller, person: SlackPerson) -> bool:
        """Tell whether somebody is of the workspace, or in a channel shared with it."""
        shared = (place for place in self._doings.channels.values() if place.workspace is caller.workspace)
        return person.workspace is caller.workspace or any(
            person in place.members and place.kind != "im" for place in shared
        )

    async def _info(self, caller: Caller, params: Mapping[str, Any]) -> dict[str, Any]:
        place = self._place(caller, params.get("channel"))
        _check_scopes(caller, () if place.kind == "im" else (f"{_BY_KIND[place.kind]}:read",))
        found: dict[str, Any] = {
            "id": place.id,
            "is_im": place.kind == "im",
            "is_archived": place.is_archived,
        }
        if place.kind == "im":
            return {"channel": {**found, "user": place.members[0].id, "is_open": True}}
        found |= {
            "name": place.name,
            "is_channel": place.kind == "channel",
            "is_private": place.kind == "group",
            "is_member": place.has_bot,
            "is_ext_shared": place.is_external,
        }
        return {"channel": found}

    async def _history(self, caller: Caller, params: Mapping[str, Any]) -> dict[str, Any]:
        place = self._place(caller, params.get("channel"))
        _check_scopes(caller, (f"{_BY_KIND[place.kind]}:history",))
        if not place.has_bot:
            raise Refusal("not_in_channel")
        after, before = _number(params, "oldest", 0), _number(params, "latest", float("inf"))
        is_inclusive = str(params.get("inclusive", "")).lower() in ("true", "1")
        limit = int(min(_number(params, "limit", 100), 999))

        def is_within(shown: Shown) -> bool:
            at = float(shown.id)
            return after < at < before or (is_inclusive and at in (after, before))

        found = [shown for shown in reversed(place.chat) if is_within(shown)]
        told = [self._described(shown, place, params) for shown in found[:limit]]
        return {"messages": told, "has_more": len(found) > limit, "pin_count": 0}

    def _described(self, shown: Shown, place: SlackChannel, params: Mapping[str, Any]) -> dict[str, Any]:
        whole = str(params.get("include_all_metadata", "")).lower() in ("true", "1")
        told = self._doings.described(shown, place)
        if shown.metadata:
            event_type = {"event_type": shown.metadata["event_type"]}
            told["metadata"] = shown.metadata if whole else event_type
        return told

    async def _join(self, caller: Caller, params: Mapping[str, Any]) -> dict[str, Any]:
        place = self._place(caller, params.get("channel"))
        if place.kind != "channel":
            raise Refusal("method_not_supported_for_channel_type")
        if place.is_archived:
            raise Refusal("is_archived")
        place.has_bot = True
        return await self._info(caller, params)

    async def _members(self, caller: Caller, params: Mapping[str, Any]) -> dict[str, Any]:
        place = self._place(caller, params.get("channel"))
        _check_scopes(caller, (f"{_BY_KIND[place.kind]}:read",))
        bots = [place.workspace.bot] if place.has_bot else []
        return {
            "members": [*(person.id for person in place.members), *bots],
            "response_metadata": {"next_cursor": ""},
        }

    # -- people -------------------------------------------------------------------------------------------

    async def _user(self, caller: Caller, params: Mapping[str, Any]) -> dict[str, Any]:
        person = self._doings.people.get(str(params.get("user")))
        if person is None or not self._knows(caller, person):
            raise Refusal("user_not_found")
        if not person.is_visible:
            raise Refusal("user_not_visible")
        with_locale = str(params.get("include_locale", "")).lower() in ("true", "1")
        return {"user": self._told_of(caller, person, with_locale)}

    async def _lookup(self, caller: Caller, params: Mapping[str, Any]) -> dict[str, Any]:
        email = str(params.get("email") or "").lower()
        if not email:
            raise Refusal("invalid_arguments", "missing required field: email")
        for person in self._doings.people.values():
            is_there = (
                person.workspace is caller.workspace and person.is_visible and not person.is_deactivated
            )
            if is_there and person.email.lower() == email:
                return {"user": self._told_of(caller, person)}
        raise Refusal("users_not_found")

    def _told_of(self, caller: Caller, person: SlackPerson, with_locale: bool = False) -> dict[str, Any]:
        with_email = "users:read.email" in caller.scopes
        return user_object(person, caller.workspace, with_email=with_email, with_locale=with_locale)

    # -- views --------------------------------------------------------------------------------------------

    async def _view_open(self, caller: Caller, params: Mapping[str, Any]) -> dict[str, Any]:
        view = checked_view(params.get("view"), ["modal"])
        person = self._exchange(params.get("trigger_id")).person
        return self._view(caller, self._doings.open(person, view))

    async def _view_push(self, caller: Caller, params: Mapping[str, Any]) -> dict[str, Any]:
        view = checked_view(params.get("view"), ["modal"])
        person = self._exchange(params.get("trigger_id")).person
        return self._view(caller, self._doings.push(person, view))

    def _exchange(self, trigger_id: object) -> Trigger:
        """Return what a trigger stands for, and use it up; raises Refusal."""
        trigger = self._doings.triggers.get(str(trigger_id))
        if trigger is None:
            raise Refusal("invalid_trigger_id")
        if trigger.is_used:
            raise Refusal("exchanged_trigger_id")
        if self._doings.clock.now() - trigger.at > TRIGGER_LIVES:
            raise Refusal("expired_trigger_id")
        trigger.is_used = True
        return trigger

    async def _view_update(self, caller: Caller, params: Mapping[str, Any]) -> dict[str, Any]:
        view = checked_view(params.get("view"), ["modal", "home"])
        id, external = params.get("view_id"), params.get("external_id")
        known = [shown for person in self._doings.people.values() for shown in (*person.modals, person.home)]
        for shown in known:
            if shown is None:
                continue
            if shown.id == id or (external and shown.view.get("external_id") == external):
                _check_hash(shown, params)
                self._doings.update(shown, view)
                return self._view(caller, shown)
        raise Refusal("not_found")

    async def _view_publish(self, caller: Caller, params: Mapping[str, Any]) -> dict[str, Any]:
        if not self._doings.app.has_home:
            raise Refusal("not_enabled")
        person = self._doings.people.get(str(params.get("user_id")))
        if person is None or not self._knows(caller, person):
            raise Refusal("invalid_arguments", "invalid `user_id`")
        view = checked_view(params.get("view"), ["home"])
        if person.home is None:
            person.home = View(self._doings.id("V"), {}, "", self._doings.clock.now())
        else:
            _check_hash(person.home, params)
        self._doings.update(person.home, view)
        return self._view(caller, person.home)

    def _view(self, caller: Caller, shown: View) -> dict[str, Any]:
        team = caller.workspace
        return {"view": shown.described(team.id, self._doings.app.id, team.bot_id)}

    # -- files --------------------------------------------------------------------------------------------

    async def _upload_url(self, _: Caller, params: Mapping[str, Any]) -> dict[str, Any]:
        name = str(params.get("filename") or "")
        length = str(params.get("length") or "")
        if not name or not length.isdecimal() or not int(length):
            raise Refusal("missing_argument")
        if int(length) > LARGEST_FILE:
            raise Refusal("file_upload_size_restricted")
        if len(str(params.get("alt_txt") or "")) > 1000:
            raise Refusal("alt_txt_too_large")
        upload = Upload(self._doings.id("F"), name, int(length))
        ticket = self._doings.secret("upload", upload.id)
        self.uploads[ticket] = upload
        return {"upload_url": f"{self._doings.base}/upload/v1/{ticket}", "file_id": upload.id}

    def receive(self, ticket: str, data: bytes) -> None:
        """Take a file's bytes; raises Refusal."""
        upload = self.uploads.get(ticket)
        if upload is None or upload.data is not None:
            raise Refusal("invalid_ticket", status=404)
        if len(data) != upload.length:
            raise Refusal("length_mismatch", status=400)
        upload.data = data

    async def _upload_complete(self, caller: Caller, params: Mapping[str, Any]) -> dict[str, Any]:
        files = params.get("files")
        if not isinstance(files, list) or not files or not all(isinstance(each, dict) for each in files):
            raise Refusal("invalid_arguments", "files must be a list of objects")
        uploads = [self._uploaded(each.get("id")) for each in files]
        channel = params.get("channel_id")
        if channel:
            # Channels only: a person's id is no channel here.
            place = self._files_place(caller, channel)
            thread = params.get("thread_ts")
            for number, (upload, each) in enumerate(zip(uploads, files, strict=True)):
                comment = str(params.get("initial_comment") or "") if not number else ""
                shown = self._doings.post(place, comment, [], None, thread=thread)
                shown.document, shown.data = str(each.get("title") or upload.name), upload.data or b""
                shown.document = upload.name
        for upload in uploads:
            upload.is_complete = True
        told = zip(uploads, files, strict=True)
        return {
            "files": [{"id": upload.id, "title": each.get("title", upload.name)} for upload, each in told]
        }

    def _files_place(self, caller: Caller, channel: object) -> SlackChannel:
        place = self._doings.channels.get(str(channel))
        if place is None or place.workspace is not caller.workspace:
            raise Refusal("invalid_channel")
        if not place.has_bot:
            raise Refusal("not_in_channel")
        return place

    def _uploaded(self, id: object) -> Upload:
        upload = next((each for each in self.uploads.values() if each.id == id), None)
        if upload is None or upload.data is None or upload.is_complete:
            raise Refusal("file_not_found")
        return upload


def _check_scopes(caller: Caller, needed: tuple[str, ...]) -> None:
    missing = [scope for scope in needed if scope not in caller.scopes]
    if missing:
        raise Refusal("missing_scope", needed=missing[0], provided=",".join(sorted(caller.scopes)))


def _check_alive(grant: Grant, now: datetime) -> None:
    if grant.is_revoked:
        raise Refusal("account_inactive")
    if grant.expires_at is not None and now >= grant.expires_at:
        raise Refusal("token_expired")


def _check_hash(shown: View, params: Mapping[str, Any]) -> None:
    if params.get("hash") and params["hash"] != shown.hash:
        raise Refusal("hash_conflict")


def _number(params: Mapping[str, Any], name: str, otherwise: float) -> float:
    try:
        return float(params.get(name) or otherwise)
    except (TypeError, ValueError):
        raise Refusal(f"invalid_ts_{name}") from None
