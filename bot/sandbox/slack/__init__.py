"""Slack on loopback: a Web API, signed requests and Socket Mode for the real channel, with people, and faults.

It speaks the wire format and holds the documented limits by itself. `calls` is everything the bot asked for:
the oracle for what was lost or came twice.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from urllib.parse import parse_qs, urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from bot.clock import Clock
from bot.sandbox.listening import Listening
from bot.sandbox.slack.app import SCOPES, SlackApp, Workspace
from bot.sandbox.slack.delivery import Answer, Deliveries, Delivery
from bot.sandbox.slack.doings import Doings
from bot.sandbox.slack.ground import MOST_USES, URL_LIVES
from bot.sandbox.slack.methods import TIERS, Code, Methods
from bot.sandbox.slack.people import Shown, SlackChannel, SlackPerson
from bot.sandbox.slack.rules import Refusal
from bot.sandbox.slack.socket import Sockets
from bot.sandbox.slack.views import Modal, View
from bot.sandbox.slack.wire import (
    ACCEPTING,
    Answered,
    Asked,
    Fault,
    FaultKind,
    as_json,
    read_request,
    read_upload,
    respond,
)

__all__ = [
    "Answer", "Call", "Delivery", "Modal", "Shown", "SlackApp", "SlackChannel", "SlackPerson", "SlackStandIn",
    "View", "Workspace",
]  # fmt: skip

_POSTS = frozenset({"chat.postMessage", "chat.postEphemeral", "files.completeUploadExternal"})


@dataclass(frozen=True, slots=True)
class Call:
    """A request of the bot's, and what came of it."""

    method: str
    """A method of the Web API, `upload` for a file's bytes, `respond` for a response_url."""
    params: Mapping[str, Any]
    at: datetime
    status: int
    error: str = ""
    """Slack's word for why it was not carried out; empty if it was."""
    answer: Mapping[str, Any] | None = None


class _Bucket:
    """So many at once, and again after a while."""

    def __init__(self, count: int, per: timedelta) -> None:
        self._count, self._each = count, per / count
        self._left = float(count)
        self._at: datetime | None = None

    def wait(self, now: datetime) -> float:
        """Take one, or return the seconds until there is one."""
        passed = max(now - (self._at or now), timedelta())
        self._left = min(float(self._count), self._left + passed / self._each)
        self._at = now
        if self._left >= 1:
            self._left -= 1
            return 0
        return (1 - self._left) * self._each.total_seconds()


class SlackStandIn(Listening):
    """Slack for one app: a workspace it is installed in, and more of them on demand.

    `app` is how the app is configured; its addresses may be set later (`listens`). `patience` is how long the bot
    may take over an answer, in real seconds. With `is_limited` it answers 429 beyond one post a second and channel
    (bursts of `burst`) and beyond each method's tier, by `clock`.
    """

    def __init__(
        self,
        clock: Clock,
        app: SlackApp | None = None,
        *,
        is_installed: bool = True,
        is_limited: bool = True,
        burst: int = 5,
        patience: float = 3,
    ) -> None:
        super().__init__()
        self.clock = clock
        self.app = app or SlackApp()
        self.is_limited = is_limited
        self.calls: list[Call] = []
        self._burst = burst
        self._doings = Doings(clock, self.app)
        self.sockets = Sockets(clock, self.app.id)
        self.deliveries = Deliveries(clock, self.app, self.sockets.bring, patience)
        self._doings.deliveries = self.deliveries
        self._methods = Methods(self._doings, self.sockets)
        self._faults: dict[str, deque[Fault]] = {}
        self._buckets: dict[object, _Bucket] = {}
        self.team = self.workspace("示例科技", "example-tech", is_installed=is_installed)
        """The workspace that people belong to unless told otherwise."""

    # -- who and what there is ----------------------------------------------------------------------------

    def workspace(self, name: str, domain: str, *, is_installed: bool = False) -> Workspace:
        """Return a new workspace, with the app in it if it is installed there."""
        doings = self._doings
        made = Workspace(doings.id("T"), name, domain, doings.id("U"), doings.id("B"))
        doings.workspaces.append(made)
        if is_installed:
            self._methods.grant(made, self.app.scopes)
        return made

    def name_of(self, id: str) -> str:
        """Return what a person or channel is called, by its id; empty when nobody has it."""
        return self._doings.name(id)

    @property
    def token(self) -> str:
        """The bot's token for the first workspace."""
        return self.team.token

    def person(
        self,
        name: str,
        *,
        email: str = "",
        tz: str = "Asia/Shanghai",
        locale: str = "zh-CN",
        guest: Literal["", "multi", "single"] = "",
        is_visible: bool = True,
        workspace: Workspace | None = None,
    ) -> SlackPerson:
        """Return somebody new, who has not written to the bot yet."""
        doings = self._doings
        made = SlackPerson(
            doings,
            doings.id("U"),
            name,
            workspace or self.team,
            email=email,
            tz=tz,
            locale=locale,
            guest=guest,
            is_visible=is_visible,
        )
        doings.people[made.id] = made
        return made

    def channel(
        self,
        name: str,
        members: Sequence[SlackPerson] = (),
        *,
        has_bot: bool = True,
        is_private: bool = False,
        workspace: Workspace | None = None,
    ) -> SlackChannel:
        """Return a new channel with these people in it."""
        home = workspace or self.team
        kind: Literal["group", "channel"] = "group" if is_private else "channel"
        made = SlackChannel(self._doings.id("C"), name, kind, home, [*members], has_bot=has_bot)
        self._doings.channels[made.id] = made
        return made

    def place(self, id: str) -> SlackChannel:
        """Return a channel or private chat by its id."""
        return self._doings.channels[id]

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
        """Have the next calls of a method fail; `accepts` tells whether they are carried out all the same.

        `upload` stands for a file's bytes, `respond` for response_urls.
        """
        does = kind in ACCEPTING if accepts is None else accepts
        fault = Fault(kind, times, retry_after, does, interval)
        self._faults.setdefault(method, deque()).append(fault)

    def recover(self) -> None:
        """Forget all faults that have not happened yet."""
        self._faults.clear()

    def listens(self, url: str) -> None:
        """Have events, interactions and commands sent to one address."""
        self.app.listens(url)

    async def verify(self) -> None:
        """Ask the app's address for the challenge, as api.slack.com does before it takes it; raises ValueError."""
        await self.deliveries.verify(self.app.events_url)

    def uninstall(self, workspace: Workspace | None = None, *, tells: bool = True) -> None:
        """Remove the app from a workspace: its tokens are dead, and it is told if it asked for that."""
        home = workspace or self.team
        for grant in home.grants:
            grant.is_revoked = True
        if tells:
            tokens: dict[str, list[str]] = {"oauth": [], "bot": [home.bot]}
            self._doings.event("tokens_revoked", {"type": "tokens_revoked", "tokens": tokens}, home, home.id)
            self._doings.event("app_uninstalled", {"type": "app_uninstalled"}, home, home.id)

    def install(self, workspace: Workspace | None = None, scopes: frozenset[str] | None = None) -> str:
        """Install the app anew without its own flow, with other scopes if given; return the token."""
        home = workspace or self.team
        for grant in home.grants:
            grant.is_revoked = True
        return self._methods.grant(home, self.app.scopes if scopes is None else scopes).token

    def approve(self, url: str, person: SlackPerson) -> str:
        """Follow "Add to Slack" and allow it; return the address that the browser is led to. Raises ValueError."""
        params = {key: values[0] for key, values in parse_qs(urlsplit(url).query).items()}
        scopes = frozenset(each for each in params.get("scope", "").split(",") if each)
        redirect = params.get("redirect_uri") or next(iter(self.app.redirect_urls), "")
        if not urlsplit(url).path.startswith("/oauth/v2/authorize"):
            raise ValueError("this is not Slack's page for installing apps")
        if params.get("client_id") != self.app.client_id:
            raise ValueError("Invalid client_id parameter")
        if not scopes or scopes - SCOPES:
            raise ValueError(f"Invalid permissions requested: {', '.join(sorted(scopes - SCOPES))}")
        if not any(redirect.startswith(known) for known in self.app.redirect_urls):
            raise ValueError("redirect_uri did not match any configured URIs")
        code = f"1001.{self._doings.number()}.{self._doings.secret('code', self._doings.number())}"
        now = self.clock.now()
        self._methods.codes[code] = Code(person.workspace, person, redirect, scopes, now)
        sign = "&" if urlsplit(redirect).query else "?"
        return f"{redirect}{sign}{urlencode({'code': code, 'state': params.get('state', '')})}"

    def again(self, id: str) -> None:
        """Bring an event or interaction a second time."""
        self.deliveries.again(next(each for each in self.deliveries.all if each.id == id))

    def signed(self, body: bytes) -> dict[str, str]:
        """Return the headers that prove a body to be Slack's, at this instant."""
        return self.deliveries.signed(body)

    async def settle(self, seconds: float = 10) -> None:
        """Return when the bot was brought everything that is due; raises TimeoutError."""
        await self.deliveries.settle(seconds)

    @property
    def pending(self) -> bool:
        """Whether an event waits to be brought again at a later instant."""
        return self.deliveries.pending

    @property
    def sent(self) -> list[Call]:
        """What was posted: calls that were carried out and made a new message."""
        return [call for call in self.calls if call.method in _POSTS and not call.error]

    @property
    def refused(self) -> list[Call]:
        """What was not carried out."""
        return [call for call in self.calls if call.error]

    @property
    def misplaced(self) -> list[str]:
        """What the bot answered to an interaction and Slack could not use, with the reason."""
        return self._doings.misplaced

    async def start(self) -> None:
        await super().start()
        self._doings.base = self.api_base

    async def _close(self) -> None:
        await self.deliveries.close()

    # -- wire ---------------------------------------------------------------------------------------------

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            return await self.sockets.serve(scope, receive, send)
        request = Request(scope, receive)
        if request.url.path.startswith("/files-pri/"):
            return await self._file(request)(scope, receive, send)
        name = _name(request.url.path)
        fault = self._fault(name)
        if fault is not None and not fault.accepts:
            await request.body()
            answered = as_json({"ok": True})
        else:
            answered = await self._carry_out(name, request)
        return await respond(fault, answered, receive, send, self._closing)

    def _file(self, request: Request) -> Response:
        """Answer for a file's bytes: for a token that may read files, otherwise with the page for logging in."""
        id = request.url.path.split("/")[2]
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        try:
            may = "files:read" in self._methods.caller(token).scopes
        except Refusal:
            may = False
        if not may:
            return Response(b"<html>Sign in to Slack</html>", media_type="text/html")
        if id not in self._doings.files_sent:
            return Response(status_code=404)
        return Response(self._doings.files_sent[id][1], media_type="application/octet-stream")

    def _fault(self, name: str) -> Fault | None:
        faults = self._faults.get(name)
        if not faults:
            return None
        faults[0].times -= 1
        return faults[0] if faults[0].times else faults.popleft()

    async def _carry_out(self, name: str, request: Request) -> Answered:
        asked = Asked({})
        try:
            asked = await (read_upload(request) if name == "upload" else read_request(request, name))
            told, headers = await self._answer(name, asked, request.url.path)
        except Refusal as refusal:
            body = refusal.body()
            wait = body.pop("wait", None)
            self._note(name, asked, refusal.status, refusal.error, body)
            return as_json(body, refusal.status, {"Retry-After": str(wait)} if wait else {})
        self._note(name, asked, 200, "", told)
        if name in ("upload", "respond"):
            return Answered(b"ok", media_type="text/plain")
        return as_json(told, headers=headers)

    def _note(self, name: str, asked: Asked, status: int, error: str, answer: Mapping[str, Any]) -> None:
        self.calls.append(Call(name, asked.params, self.clock.now(), status, error, answer))

    async def _answer(self, name: str, asked: Asked, path: str) -> tuple[dict[str, Any], dict[str, str]]:
        """Return what a request is answered with, and the headers beside it; raises Refusal."""
        if name == "upload":
            self._methods.files.receive(path.rpartition("/")[2], asked.params["data"])
            return {}, {}
        if name == "respond":
            self._respond(path, asked.params)
            return {}, {}
        if name == path:
            raise Refusal("not_found", status=404)
        self._check_rate(name, asked)
        told, caller = await self._methods.call(name, asked)
        scopes = ",".join(sorted(caller.scopes)) if caller else ""
        return told, {"x-oauth-scopes": scopes} if scopes else {}

    def _check_rate(self, name: str, asked: Asked) -> None:
        if not self.is_limited or name == "oauth.v2.access":
            return
        workspace = self._methods.caller(asked.token).workspace
        if name == "chat.postMessage":
            channel = str(asked.params.get("channel"))
            person = self._doings.people.get(channel)
            has_chat = person is not None and self._doings.has_private(person)
            place = person.place.id if person and has_chat else channel
            self._take(("post", workspace.id, place), self._burst, timedelta(seconds=self._burst))
        elif name in TIERS:
            self._take((name, workspace.id), TIERS[name], timedelta(minutes=1))

    def _take(self, key: object, count: int, per: timedelta) -> None:
        if wait := self._buckets.setdefault(key, _Bucket(count, per)).wait(self.clock.now()):
            raise Refusal("ratelimited", status=429, wait=-int(-wait // 1))

    def _respond(self, path: str, told: Mapping[str, Any]) -> None:
        """Carry out what was sent to a response_url; raises Refusal."""
        known = self._doings.response_urls.get(path)
        if known is None:
            raise Refusal("not_found", status=404)
        if self.clock.now() - known.at > URL_LIVES:
            raise Refusal("expired_url", status=404)
        if known.uses >= MOST_USES:
            raise Refusal("used_url", status=404)
        known.uses += 1
        self._doings.respond(known.person, known.place, known.shown, told)


def _name(path: str) -> str:
    """Return the method a path stands for, `upload`, `respond`, or the path itself."""
    first, _, rest = path.removeprefix("/").partition("/")
    return {"api": rest, "upload": "upload", "actions": "respond", "commands": "respond"}.get(first) or path
