"""WeChat on loopback: the API and the sealed callbacks of one verified service account (微信服务号), with faults.

It speaks the wire format and holds the documented limits by itself: windows, templates, codes, tokens, quotas. `calls`
is everything the account's server asked for, `held_back` what WeChat said yes to and did not show a second time: the
oracles for what was lost or came twice.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import segno
from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from bot.clock import Clock
from bot.sandbox.listening import Listening
from bot.sandbox.slack import wire
from bot.sandbox.wechat.account import CODES, Account, Job
from bot.sandbox.wechat.callbacks import Callback, Callbacks
from bot.sandbox.wechat.faults import DEAD_TOKEN, Fault, FaultKind, Faults
from bot.sandbox.wechat.fields import Template
from bot.sandbox.wechat.methods import Asked, Methods
from bot.sandbox.wechat.oauth import NoPage, OAuth
from bot.sandbox.wechat.people import DETAILS, Shown, WeChatPerson
from bot.sandbox.wechat.rules import ESCAPED, OPEN_ID, Refusal
from bot.sandbox.wechat.tokens import Tokens
from bot.sandbox.wechat.windows import Windows
from bot.sandbox.wecom.crypto import Seal, new_key

__all__ = [
    "CODES",
    "DETAILS",
    "Call",
    "Callback",
    "NoPage",
    "Shown",
    "Template",
    "WeChatPerson",
    "WeChatStandIn",
]

APP_ID = "wx5a9d0c1b2e3f4a5b"
ACCOUNT_ID = "gh_0a1b2c3d4e5f"
BY_GET = frozenset(
    "menu/get menu/delete user/info media/get template/get_all_private_template getcallbackip "
    "get_api_domain_ip".split()
)
SEALING = frozenset({"token", "stable_token", "sns/oauth2/access_token"})
"""What is asked with the secret instead of a token."""


@dataclass(frozen=True, slots=True)
class Call:
    """A request of the server's, and what came of it."""

    method: str
    params: Mapping[str, Any]
    """Its query and its JSON, without token and secret."""
    at: datetime
    status: int
    errcode: int = 0
    answer: Mapping[str, Any] | None = None


class WeChatStandIn(Listening):
    """One verified service account.

    `patience` is how long the server may take over a callback, in real seconds. Without `is_limited` customer-service
    messages need no window.
    """

    def __init__(self, clock: Clock, *, patience: float = 5, is_limited: bool = True) -> None:
        super().__init__()
        self.clock = clock
        self.appid = APP_ID
        self.callback_token = "Sandbox" + new_key()[:12].replace("/", "x").replace("+", "y")
        self.aes_key = new_key()
        self.is_listed = True
        """Whether the server's address stands in the list of those that may call (IP白名单)."""
        self.calls: list[Call] = []
        self._tokens = Tokens(clock, APP_ID)
        windows, oauth = Windows(clock, is_limited), OAuth(clock, APP_ID, self._tokens)
        self.account = Account(clock, ACCOUNT_ID, windows, oauth)
        seal = Seal(self.callback_token, self.aes_key, APP_ID)
        self._callbacks = Callbacks(clock, seal, ACCOUNT_ID, patience, self.account.is_out_of_order)
        self.account.callbacks = self._callbacks
        self._methods = Methods(self.account)
        self._faults = Faults()

    # -- who and what there is ----------------------------------------------------------------------------

    def person(self, name: str, *, language: str = "zh_CN") -> WeChatPerson:
        """Return somebody new on WeChat, who does not follow the account yet."""
        openid = f"oSandbox{len(self.account.people) + 1:06d}".ljust(28, "x")
        if not OPEN_ID.fullmatch(openid):
            raise ValueError(f"no openid: {openid}")
        made = WeChatPerson(self.account, name, openid, language)
        self.account.people[openid] = made
        return made

    def template(self, title: str, content: str, **choices: tuple[str, ...]) -> str:
        """Add a template to the account's list, as its owner does in the console; return its id.

        `content` are its lines, a label and `{{thing2.DATA}}` in each.
        """
        id = f"Sandbox{len(self.account.templates) + 1:03d}".ljust(43, "_")
        self.account.templates[id] = Template(id, title, content, choices)
        return id

    @property
    def people(self) -> list[WeChatPerson]:
        return [*self.account.people.values()]

    @property
    def secret(self) -> str:
        return self._tokens.secret

    @property
    def menu(self) -> Any:
        """The account's menu, as it was set."""
        return self.account.menu

    @property
    def newest_code(self) -> str:
        """What the newest code holds."""
        *_, newest = self.account.codes.values()
        return newest.url

    @property
    def callbacks(self) -> list[Callback]:
        """Everything that the server was told."""
        return self._callbacks.all

    @property
    def unreadable(self) -> list[str]:
        """What the server replied to callbacks and WeChat could not use, with the reason."""
        return self._callbacks.unreadable

    @property
    def held_back(self) -> list[Job]:
        return self.account.held_back

    @property
    def cut(self) -> list[str]:
        """What was not shown whole."""
        return self.account.cut

    @property
    def sent(self) -> list[Call]:
        """What was sent to people, and accepted."""
        ways = ("message/custom/send", "message/template/send")
        return [call for call in self.calls if call.method in ways and call.errcode == 0]

    @property
    def refused(self) -> list[Call]:
        """What was not carried out."""
        return [call for call in self.calls if call.errcode]

    # -- control ------------------------------------------------------------------------------------------

    def fail(self, method: str, kind: FaultKind, times: int = 1, *, accepts: bool | None = None) -> None:
        """Have the next calls of a method fail; `accepts` tells whether they are carried out all the same."""
        self._faults.add(method, kind, times, accepts)

    def recover(self) -> None:
        """Forget all faults that have not happened yet."""
        self._faults.clear()

    def shuts(self, person: WeChatPerson) -> None:
        """Close what somebody opened before its time, of which nobody is told."""
        self.account.windows.shut(person.openid)

    def listens(self, url: str) -> None:
        """Bring callbacks to an address."""
        self._callbacks.url = url

    async def verify(self) -> None:
        """Check the address as the console does before it saves it; raises ValueError."""
        await self._callbacks.verify()

    def rotate_key(self) -> str:
        """Have callbacks sealed with a new key from now on; return it."""
        self.aes_key = new_key()
        self._callbacks.seal = replace(self._callbacks.seal, aes_key=self.aes_key)
        return self.aes_key

    def reset_secret(self) -> str:
        """Give the account another secret: the old one, and the tokens that came by it, are dead."""
        return self._tokens.reset_secret()

    def forget_tokens(self) -> None:
        """Have all tokens die early, as they may."""
        self._tokens.forget()

    def sealed(self, xml: str | bytes, *, at: datetime | None = None) -> Any:
        """Return query and body of a callback with this XML in it."""
        return self._callbacks.sealed(xml, at=at)

    @property
    def seal(self) -> Seal:
        return self._callbacks.seal

    def again(self, id: str) -> None:
        """Bring a callback a second time."""
        self._callbacks.again(next(each for each in self._callbacks.all if each.id == id))

    async def settle(self) -> None:
        """Bring everything that waits."""
        await self._callbacks.settle()

    @property
    def pending(self) -> bool:
        return self._callbacks.pending

    async def _close(self) -> None:
        await self._callbacks.close()

    # -- wire ---------------------------------------------------------------------------------------------

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        method = request.url.path.removeprefix("/").removeprefix("cgi-bin/")
        fault = self._faults.take(method)
        if fault is not None and not fault.accepts:
            await request.body()
            answered = self._spoilt(fault, method, request)
        else:
            answered = await self._carry_out(method, request)
        await wire.respond(fault.broken if fault else None, answered, receive, send, self._closing)

    def _spoilt(self, fault: Fault, method: str, request: Request) -> wire.Answered:
        if fault.code is None:
            return wire.as_json({"errcode": 0, "errmsg": "ok"})
        if fault.kind in DEAD_TOKEN:
            self.forget_tokens()
        body = Refusal(fault.code).body()
        self._note(method, dict(request.query_params), body)
        return wire.as_json(body)

    async def _carry_out(self, method: str, request: Request) -> wire.Answered:
        params: dict[str, Any] = dict(request.query_params)
        try:
            if method == "showqrcode":
                return self._picture(params.get("ticket", ""))
            if method.startswith("video/"):
                return wire.Answered(
                    self.account.media[method.removeprefix("video/")].data, media_type="video/mp4"
                )
            told = await self._answer(method, request, params)
        except Refusal as refusal:
            told = refusal.body()
        self._note(method, params, told)
        if method == "media/get" and "file" in told:
            return self._file(told["file"])
        return wire.as_json(told)

    def _file(self, id: str) -> wire.Answered:
        """Return what somebody sent; of a video where it is, as WeChat does (Get_temporary_materials)."""
        file = self.account.media[id]
        if file.kind == "video":
            return wire.as_json({"video_url": f"{self.api_base}/video/{id}"})
        media_type, ending = ("image/jpeg", "jpg") if file.kind == "image" else ("audio/amr", "amr")
        disposition = {"Content-disposition": f'attachment; filename="{id}.{ending}"'}
        return wire.Answered(file.data, media_type=media_type, headers=disposition)

    def _note(self, method: str, params: Mapping[str, Any], told: Mapping[str, Any]) -> None:
        shown = {key: value for key, value in params.items() if key not in ("access_token", "secret")}
        self.calls.append(Call(method, shown, self.clock.now(), 200, int(told.get("errcode", 0)), told))

    def _picture(self, ticket: str) -> wire.Answered:
        """Return the picture of a code, as mp.weixin.qq.com shows it; nothing of a code that is none."""
        code = self.account.codes.get(ticket)
        if code is None:
            return wire.Answered(b"", 404, "text/plain")
        picture = io.BytesIO()
        segno.make(code.url, error="m", micro=False).save(picture, kind="png", scale=4)
        return wire.Answered(picture.getvalue(), media_type="image/png")

    async def _answer(self, method: str, request: Request, params: dict[str, Any]) -> dict[str, Any]:
        """Return what a request is answered with; raises Refusal."""
        if method in SEALING:
            return await self._give(method, request, params)
        known = self._methods.all.get(method)
        if known is None:
            raise Refusal(40066, f"no such method {method[:60]}")
        self._tokens.check(request.query_params.get("access_token", ""))
        if not self.is_listed:
            raise Refusal(40164)
        self.account.count(method)
        given = await self._read(method, request)
        params |= given
        answer = known(Asked(request.query_params, given))
        # What is looked up comes without a code.
        return answer if method in LOOKED_UP else {"errcode": 0, "errmsg": "ok", **answer}

    async def _give(self, method: str, request: Request, params: dict[str, Any]) -> dict[str, Any]:
        """Return a token, or whose a code is, for the secret."""
        if method == "sns/oauth2/access_token":
            return self.account.oauth.exchange(request.query_params)
        if not self.is_listed:
            raise Refusal(40164)
        self.account.count(method)
        if method == "token":
            return self._tokens.plain(request.query_params)
        params |= (given := await self._read(method, request))
        return self._tokens.stable(given)

    async def _read(self, method: str, request: Request) -> dict[str, Any]:
        if method in BY_GET:
            return {}
        if request.method != "POST":
            raise Refusal(43002)
        body = await request.body()
        if not body:
            raise Refusal(44002)
        if ESCAPED.search(body):
            raise Refusal(40033)
        try:
            given = json.loads(body)
        except ValueError:
            raise Refusal(47001) from None
        if not isinstance(given, dict):
            raise Refusal(47001)
        return given


LOOKED_UP = frozenset(
    "qrcode/create menu/get user/info media/get template/get_all_private_template getcallbackip "
    "get_api_domain_ip".split()
)
