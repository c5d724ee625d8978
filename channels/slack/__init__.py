"""Slack: one app, in one workspace or in several, by Socket Mode or by requests to us."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

import structlog

from channels.base import (
    Caps,
    Contact,
    Decide,
    Envelope,
    Fetched,
    Forged,
    Forgetful,
    Inbound,
    Malformed,
    NotDelivered,
    Parsed,
    Payload,
    ReadBlob,
    Receipt,
    Receive,
    Vault,
)
from channels.routes import ROUTES
from channels.slack.manifest import manifest as make_manifest
from channels.slack.markup import fitted
from channels.slack.modals import TooLarge, make_errors, make_view
from channels.slack.places import read_chat, split_team
from channels.slack.settings import read_settings
from channels.slack.signing import SIGNATURE, read_body, verify
from channels.slack.workspaces import Workspace, Workspaces
from channels.slack.writing import write
from conversations.effects import Answer
from conversations.events import Event
from conversations.messages import Message
from locales.text import Reader, Text
from locales.translate import render

if TYPE_CHECKING:
    from channels.slack.installing import Installing
    from channels.slack.posting import Posting
    from channels.slack.routing import Router
    from channels.slack.websocket import Socket
    from channels.slack.wire import Wire

LONGEST_TOAST = 3000
FETCHED_WITHIN = 60.0
"""Seconds for a file."""
OPENED_WITHIN = 2.5
"""Seconds for a modal: what opens it lives for three."""

log = structlog.get_logger()


class Slack:
    """One app. Its settings are `token`, with `app_token` for Socket Mode or `signing_secret` for requests to us.

    With `client_id` and `client_secret` instead of `token` several workspaces install it by OAuth; users and chats
    are then named with their workspace, `T123:U123`.
    """

    has_more_doors = True

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
        self._vault = vault or Forgetful()
        only = None if self._settings.is_shared else Workspace("", self._settings.token)
        self._workspaces = Workspaces(self._vault, only)
        self.pulls = self._settings.pulls
        self.caps = _caps(self._settings.has_history)
        self._wire: Wire | None = None
        self._router: Router | None = None
        self._posting: Posting | None = None
        self._socket: Socket | None = None
        self._installing: Installing | None = None

    @staticmethod
    def manifest(account: str = "main", public_url: str = "") -> dict[str, Any]:
        """Return what makes the app at api.slack.com: by Socket Mode, unless the internet reaches us by an address."""
        return make_manifest(account, public_url)

    async def open(self) -> None:
        """Learn who the bot is; may be repeated; raises NotDelivered."""
        if not self._settings.is_shared:
            await self._workspaces.keep(await self._introduce(self._settings.token))

    async def _introduce(self, token: str) -> Workspace:
        me = await self._ask("auth.test", {}, token)
        known = {key: str(me.get(key) or "") for key in ("team_id", "user_id", "bot_id", "team")}
        return Workspace(known["team_id"], token, known["user_id"], known["bot_id"], known["team"])

    async def close(self) -> None:
        socket, self._socket = self._socket, None
        if socket is not None:
            await socket.close()
        wire, self._wire, self._posting, self._installing = self._wire, None, None, None
        if wire is not None:
            await wire.close()

    # -- coming in -------------------------------------------------------------------------------------------

    async def parse(self, inbound: Inbound) -> Parsed:
        if inbound.method != "POST":
            return await self._install(inbound)
        if self.pulls:
            raise Forged("no_webhook")
        if SIGNATURE not in inbound.headers and _is_ssl_check(inbound):
            return Parsed()
        verify(inbound, self._settings.signing_secret)
        return await self._take(read_body(inbound), inbound.received_at)

    async def _install(self, inbound: Inbound) -> Parsed:
        """Answer who opens one of the two pages by which workspaces install the app."""
        page = inbound.path.rstrip("/").rpartition("/")[2]
        if not self._settings.is_shared or page not in ("install", "oauth"):
            raise Forged("unsigned")
        if self._installing is None:
            from channels.slack.installing import Installing

            self._installing = Installing(
                self.account, self._settings, self._vault, self._workspaces, self._connected(), self._now
            )
        return await (
            self._installing.begin(inbound) if page == "install" else self._installing.finish(inbound)
        )

    async def _take(self, body: Mapping[str, Any], at: datetime) -> Parsed:
        if body.get("type") == "app_rate_limited":
            log.warning("events.rate_limited", account=self.account, team=str(body.get("team_id"))[:20])
            return Parsed()
        if self._router is None:
            from channels.slack.routing import Router

            self._router = Router(self.account, self._workspaces)
        return await self._router.route(body, at)

    def respond(self, event: Event, answer: Answer, reader: Reader) -> Parsed:
        """Return what a submitted modal shows next: what is wrong, another form, or nothing, and it closes."""
        if answer.field_errors:
            errors = make_errors(answer.field_errors, reader)
            return _json({"response_action": "errors", "errors": errors})
        if answer.form is not None:
            try:
                view = make_view(answer.form, event, reader)
            except TooLarge as large:
                log.error("form.too_large", account=self.account, why=str(large))
            else:
                return _json({"response_action": "update", "view": view})
        return Parsed()

    async def pull(self, cursor: str | None, receive: Receive, decide: Decide | None = None) -> str | None:
        """Take what comes by the websocket, for a while or until something did, and keep it before it is confirmed."""
        if not self.pulls:
            return cursor

        async def take(payload: Mapping[str, Any]) -> bytes:
            try:
                parsed = await self._take(payload, self._now())
            except (Forged, Malformed) as refused:  # brought again and again, if it is not acknowledged
                log.warning("envelope.refused", account=self.account, reason=refused.reason)
                return b""
            if parsed.wants_answer and decide is not None:
                (event,) = parsed.events
                return self.respond(event, *await decide(event)).reply
            if parsed.events:
                await receive(parsed.events, None)
            return parsed.reply

        if self._socket is None:
            from channels.slack.websocket import Socket

            settings = self._settings
            self._socket = Socket(self.account, self._connected(), settings.app_token, settings.deadline)
        await self._socket.pull(self._settings.poll_seconds, take)
        return cursor

    # -- going out -------------------------------------------------------------------------------------------

    def render(self, message: Message, envelope: Envelope) -> Payload:
        return write(message, envelope, self.caps)

    async def deliver(self, payload: Payload, read_blob: ReadBlob) -> Receipt:
        """Send all calls within one deadline. `gone` and `refused` with detail "edit_gone" are for good."""
        return await self._poster().deliver(payload, read_blob)

    async def answer(self, event: Event, answer: Answer, reader: Reader) -> None:
        """Open a form, or say a line to whoever pressed, for their eyes only; too late is no error."""
        try:
            if answer.form is not None and event.answer_token is not None:
                params = {"trigger_id": event.answer_token, "view": make_view(answer.form, event, reader)}
                await self._ask("views.open", params, await self._token_of(event), OPENED_WITHIN)
            elif answer.toast is not None and event.chat is not None and event.user is not None:
                await self._toast(event, fitted(render(answer.toast, reader), LONGEST_TOAST))
        except NotDelivered as failure:
            log.debug("press.unanswered", account=self.account, why=failure.why, detail=failure.detail)
        except TooLarge as large:
            log.error("form.too_large", account=self.account, why=str(large))

    async def _toast(self, event: Event, text: str) -> None:
        where = read_chat(event.chat or "")
        if where.channel:
            _, user = split_team(event.user or "")
            params = {"channel": where.channel, "user": user, "text": text, "parse": "none"}
            thread = {"thread_ts": event.thread} if event.thread else {}
            await self._ask("chat.postEphemeral", {**params, **thread}, await self._token_of(event))

    async def _token_of(self, event: Event) -> str:
        return (await self._workspaces.require(split_team(event.user or "")[0])).token

    # -- looking after ---------------------------------------------------------------------------------------

    async def check(self) -> tuple[str, ...]:
        """Ask Slack whether the app works; return what is wrong, each with its remedy."""
        from channels.slack.checking import check

        return await check(self.account, self._settings, self._workspaces, self._connected())

    async def find(self, email: str | None, phone: str | None, hint: str | None) -> Contact | None:
        """Return whom an id (`U123`, `<@U123>`) or an e-mail address belongs to, if the app can write to them."""
        from channels.slack.finding import find

        return await find(
            email, hint, self._workspaces, self._connected(), self._poster(), self._settings.deadline
        )

    async def fetch(self, event: Event, reference: str, most: int) -> Fetched:
        """Return a file that somebody sent (files.info, then its url_private); raises NotDelivered."""
        token = await self._token_of(event)
        found = (await self._ask("files.info", {"file": reference}, token)).get("file")
        file = found if isinstance(found, dict) else {}
        url = file.get("url_private_download") or file.get("url_private")
        if not isinstance(url, str) or not url.startswith(("https://", "http://")):
            raise NotDelivered("refused", "the file is gone")
        if isinstance(file.get("size"), int) and file["size"] > most:
            raise NotDelivered("refused", "too_large")
        return Fetched(await self._connected().get(url, FETCHED_WITHIN, token, most))

    def invite_url(self, token: str) -> str | None:
        return None  # no link of Slack's carries a token to a bot

    async def register(self, commands: Mapping[str, Sequence[tuple[str, Text]]]) -> None: ...

    async def _ask(
        self, method: str, params: Mapping[str, Any], token: str, seconds: float | None = None
    ) -> dict[str, Any]:
        return await self._connected().ask(method, params, seconds or self._settings.deadline, token)

    def _poster(self) -> Posting:
        if self._posting is None:
            from channels.slack.posting import Posting

            settings = self._settings
            self._posting = Posting(
                self._connected(), self._workspaces, settings.deadline, settings.has_history
            )
        return self._posting

    def _connected(self) -> Wire:
        from channels.slack.wire import Wire

        if self._wire is None:
            self._wire = Wire(self._settings.api_base)
        return self._wire


def _caps(has_history: bool) -> Caps:
    """Return what the route can carry: a message sent again is only known where our chats may be read."""
    row = ROUTES["slack"]
    return row if has_history else replace(row, idempotency="none")


def _json(said: Mapping[str, Any]) -> Parsed:
    return Parsed(reply=json.dumps(said, ensure_ascii=False).encode(), media_type="application/json")


def _is_ssl_check(inbound: Inbound) -> bool:
    """Tell whether Slack only looks at our certificate: that request is not signed, and asks for nothing."""
    try:
        return read_body(inbound).get("ssl_check") == "1"
    except Malformed:
        return False
