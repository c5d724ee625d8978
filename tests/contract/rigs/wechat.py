"""WeChat: one service account with a follower, outside a window and within one, and sealed callbacks to us."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, ClassVar

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp

from bot.clock import VirtualClock
from bot.sandbox.listening import Server, listen
from bot.sandbox.wechat import Shown, WeChatPerson, WeChatStandIn
from bot.sandbox.wecom.callbacks import as_xml
from bot.sandbox.wecom.crypto import Seal, new_key, signature
from channels import load
from channels.base import Channel, Envelope, Forged, Inbound, Malformed, Payload, Receipt
from conversations.events import Event
from conversations.messages import Message
from tests.contract import bodies
from tests.contract.rigs.base import PAUSE, Rig, Seen, Trouble
from tests.support import samples

PATH = "/hooks/wechat/main"
_HEAD = "<FromUserName>oLiLei</FromUserName><CreateTime>1</CreateTime>"
_PLAIN = f"<xml>{_HEAD}<MsgType>text</MsgType><Content>x</Content></xml>"
_UNSURE = (
    Trouble("html", "in_doubt"),
    Trouble("empty", "in_doubt", arrives=True),
    Trouble("truncated", "in_doubt", arrives=True),
    Trouble("cut", "in_doubt", arrives=True),
    Trouble("reset", "in_doubt"),
    Trouble("reset_after", "in_doubt", arrives=True),
    Trouble("hang", "in_doubt", arrives=True),
    Trouble("drip", "in_doubt", arrives=True),
)
_COMMON = (
    Trouble("busy", "busy"),
    Trouble("45009", "busy", retry_after=timedelta(minutes=1)),
    Trouble("45011", "busy", retry_after=timedelta(minutes=1)),
    Trouble("500", "busy"),
    Trouble("503", "busy", retry_after=PAUSE),
    Trouble("down", "busy", retry_after=PAUSE),
    Trouble("unlisted address", "stopped"),
    Trouble("no token is taken", "stopped"),
    Trouble("another secret", "stopped"),
    Trouble("another appid", "stopped"),
    Trouble("48001", "stopped"),
    *_UNSURE,
)


class WeChatByTemplate(Rig):
    """No window is open: everything goes out as a template, and is answered on our page."""

    channel_name = "wechat"
    endpoint: ClassVar[str] = "message/template/send"
    route: ClassVar[str] = "wechat.template"
    longest_word = 0
    troubles: ClassVar[Sequence[Trouble]] = (
        *_COMMON,
        Trouble("43116", "refused"),
        Trouble("no such template", "refused"),
    )
    gone: ClassVar[Sequence[str]] = ("unfollows", "is nobody's")

    async def start(self) -> None:
        self.clock = VirtualClock(samples.NOW)
        self.platform = WeChatStandIn(self.clock, is_limited=False)
        await self.platform.start()
        self.person: WeChatPerson = self.platform.person("李雷")
        self.brought = ""
        self.count = 0
        self.listener = listen()
        self.server = Server(self.hook())
        self.serving = asyncio.create_task(self.server.serve(sockets=[self.listener]))
        await self.server.is_up.wait()
        self.platform.listens(f"http://127.0.0.1:{self.listener.getsockname()[1]}{PATH}")
        self.made: dict[str, Any] = {
            "appid": self.platform.appid,
            "secret": self.platform.secret,
            "token": self.platform.callback_token,
            "aes_key": self.platform.aes_key,
            "api_base": self.platform.api_base,
            "templates": self.templates(),
            "deadline_seconds": 1,
        }
        self.channel = self.connected()
        await self.platform.verify()
        await self.channel.open()
        await self.happened(await self.person.follows())
        self.events.clear()
        self.chat = self.person.openid

    def templates(self) -> dict[str, Any]:
        """Return templates with a field of each kind that has a source."""
        content = "".join(f"{name}：{{{{{name}.DATA}}}}\n" for name in _REMINDER)
        others = "".join(f"{name}：{{{{{name}.DATA}}}}\n" for name in _OTHERS)
        reminder = {
            "id": self.platform.template("面试提醒", content),
            "kinds": ["reminder"],
            "fields": _REMINDER,
        }
        return {
            "reminder": reminder,
            "others": {
                "id": self.platform.template("通知", others, const5=("面试",)),
                "kinds": ["*"],
                "fields": _OTHERS,
            },
        }

    def connected(self, **changes: Any) -> Channel:
        return load("wechat")("wechat.main", {**self.made, **changes}, self.clock.now)

    def hook(self) -> ASGIApp:
        async def answer(request: Request) -> Response:
            headers = {name.lower(): value for name, value in request.headers.items()}
            query, body = dict(request.query_params), await request.body()
            inbound = Inbound(request.method, request.url.path, query, headers, body, self.clock.now())
            try:
                parsed = await self.channel.parse(inbound)
            except Forged as forged:
                return PlainTextResponse(forged.reason, 401)
            except Malformed as malformed:
                return PlainTextResponse(malformed.reason, 400)
            self.events += parsed.events
            return Response(parsed.reply, parsed.status, media_type=parsed.media_type)

        async def app(scope: Any, receive: Any, send: Any) -> None:
            await (await answer(Request(scope, receive)))(scope, receive, send)

        return app

    async def stop(self) -> None:
        self.server.should_exit = True
        await asyncio.gather(super().stop(), self.platform.stop(), self.serving)

    # -- coming in ----------------------------------------------------------------------------------------

    async def says(self, text: str) -> Event:
        return await self.happened(await self.person.says(text))

    async def chooses(self, number: int) -> Event:
        newest = self.person.last
        if not newest.presses:
            return await self.says(str(number))
        return await self.happened(await self.person.presses([*newest.presses][number - 1], on=newest))

    async def happened(self, id: str) -> Event:
        """Return the event that something became: the newest."""
        count = len(self.events)
        self.brought = id
        await self.platform.settle()
        assert self.platform.callbacks[-1].attempts == [200]
        assert len(self.events) == count + 1
        return self.events[-1]

    async def again(self) -> list[Event]:
        count = len(self.events)
        self.platform.again(self.brought)
        await self.platform.settle()
        return self.events[count:]

    def authentic(self, body: bytes) -> Inbound:
        sealed = self.platform.sealed(body)
        headers = {"content-type": "text/xml"}
        return Inbound("POST", PATH, sealed.query, headers, sealed.body, self.clock.now())

    def forgeries(self) -> list[Inbound]:
        right = self.authentic(_PLAIN.encode())
        given = right.query["msg_signature"]
        wrong = (
            "", "x", given[:-1], given + "x", given.upper(), "é" * 32, "\udcff", "0" * 100_000,
            right.query["signature"],  # which says nothing of the body
        )  # fmt: skip
        return [
            replace(right, query={}),
            *(replace(right, query={**right.query, "msg_signature": each}) for each in wrong),
            *(replace(right, query={**right.query, name: "1"}) for name in ("timestamp", "nonce")),
            *(
                replace(right, query={name: value for name, value in right.query.items() if name != left})
                for left in ("msg_signature", "timestamp", "nonce")
            ),
            *self.of_another_time(),
            *self.of_another_key(),
            *self.outside(right),
            *self.echoes(),
            replace(right, method="PUT"),
        ]

    def of_another_time(self) -> list[Inbound]:
        """Return what was signed too long ago, or is from the future."""
        now = self.clock.now()
        found = []
        for minutes in (-11, 11):
            sealed = self.platform.sealed(_PLAIN, at=now + timedelta(minutes=minutes))
            found.append(Inbound("POST", PATH, sealed.query, {}, sealed.body, now))
        return found

    def of_another_key(self) -> list[Inbound]:
        """Return what is signed right, and sealed by another key, or for another account."""
        known = self.platform.seal
        seals = (
            replace(known, aes_key=new_key()),
            replace(known, receive_id="wx0"),
            replace(known, receive_id=""),
        )
        return [self.signed(self.enveloped(seal.encrypt(_PLAIN)), seal) for seal in seals]

    def signed(self, body: bytes, seal: Seal | None = None, sealed: str = "") -> Inbound:
        stamp = str(int(self.clock.now().timestamp()))
        inside = sealed or body.partition(b"<Encrypt><![CDATA[")[2].partition(b"]]>")[0].decode()
        query = {
            "signature": signature(self.platform.callback_token, stamp, "n"),
            "msg_signature": (seal or self.platform.seal).sign(stamp, "n", inside),
            "timestamp": stamp,
            "nonce": "n",
            "encrypt_type": "aes",
        }
        return Inbound("POST", PATH, query, {}, body, self.clock.now())

    def enveloped(self, sealed: str) -> bytes:
        return as_xml({"ToUserName": "gh_0", "Encrypt": sealed}).encode()

    def outside(self, right: Inbound) -> list[Inbound]:
        """Return envelopes that Tencent never makes round what it did seal, and what comes without one."""
        one = right.body
        sealed = one.partition(b"<Encrypt>")[2].partition(b"</Encrypt>")[0]
        bodies_ = (
            b"",
            _PLAIN.encode(),
            b"<!DOCTYPE xml>" + one,
            b"<!DOCTYPE xml [<!ENTITY a 'b'>]>" + one,
            one.replace(b"</xml>", b"<Encrypt>" + sealed + b"</Encrypt></xml>"),
            one.replace(b"<Encrypt>", b"<Encrypt>x</Encrypt><Encrypt>"),
            b"<xml>" + b"<a>" * 50 + b"<Encrypt>" + sealed + b"</Encrypt>" + b"</a>" * 50 + b"</xml>",
            one[: len(one) // 2],
            b"{}",
        )
        plain = {name: right.query[name] for name in ("signature", "timestamp", "nonce")}
        return [
            *(replace(right, body=each) for each in bodies_),
            # Plain mode, in which nothing vouches for the body.
            replace(right, query=plain, body=_PLAIN.encode()),
            *(
                self.signed(self.enveloped(each), sealed=each)
                for each in ("x", "é", "AAAA", "A" * 44, "!" * 44)
            ),
            self.signed(b"<xml></xml>", sealed=""),
        ]

    def echoes(self) -> list[Inbound]:
        """Return checks of the address that nobody could sign who does not know the token."""
        now = self.clock.now()
        stamp, old = str(int(now.timestamp())), str(int((now - timedelta(minutes=11)).timestamp()))
        token = self.platform.callback_token
        right = {"signature": signature(token, stamp, "n"), "timestamp": stamp, "nonce": "n", "echostr": "1"}
        wrong = [
            {**right, "signature": "x"},
            {**right, "nonce": "m"},
            {**right, "timestamp": old, "signature": signature(token, old, "n")},
            {name: value for name, value in right.items() if name != "signature"},
        ]
        return [Inbound("GET", PATH, each, {}, b"", now) for each in wrong]

    async def malformed(self) -> Sequence[Inbound]:
        """Return sealed callbacks that hold what Tencent never sends."""
        await self.sends(samples.choices(2))
        await self.chooses(1)
        await self.says("收到")
        for kind in ("image", "voice", "location", "link"):
            await self.happened(await self.person.sends(kind))
        address = await self.invited("a-token")
        await self.happened(await self.person.scans(address))
        await self.person.unfollows()
        await self.platform.settle()
        kinds = {
            callback.xml.partition("<MsgType>")[2][:60]: callback.xml for callback in self.platform.callbacks
        }
        return [self.authentic(body) for body in bodies.malformed_xml([*kinds.values()])]

    async def invited(self, token: str) -> str:
        """Return what the code of an invitation holds."""
        until = self.clock.now() + timedelta(days=7)
        return str(await self.channel.invite(token, until))  # type: ignore[attr-defined]

    # -- going out ----------------------------------------------------------------------------------------

    async def sends(self, message: Message, locale: str = "zh_Hans", **more: Any) -> Receipt:
        """Render and deliver a message, each with an id of its own."""
        self.count += 1
        return await super().sends(message, locale, **{"request_id": f"row-{self.count}", **more})

    def rendered(self, message: Message, locale: str = "zh_Hans", **more: Any) -> Payload:
        """Return what carries a message by the rig's route."""
        made: Envelope = samples.envelope(message, self.chat, locale, account=self.channel.account, **more)
        return self.channel.render(message, replace(made, route=self.route))

    def seen(self) -> list[Seen]:
        return [self.look(shown) for shown in self.person.chat if shown.is_of_bot]

    def look(self, shown: Shown) -> Seen:
        opens = {label: self.person.leads_to(address) for label, address in shown.opens.items()}
        return Seen(shown.text, tuple(shown.presses), opens, shown.data)

    def cause(self, trouble: Trouble) -> None:
        match trouble.name:
            case "down":
                self.reconnect(api_base="http://127.0.0.1:1")
            case "another secret":
                self.platform.reset_secret()
            case "another appid":
                self.reconnect(appid="wxSandboxSandbox")
            case "unlisted address":
                self.platform.is_listed = False
            case "no token is taken":
                self.platform.fail(self.endpoint, "40001", times=2)
            case "no such template":
                self.platform.account.templates.clear()
            case kind:
                self.platform.fail(self.endpoint, kind)  # type: ignore[arg-type]

    def reconnect(self, **changes: Any) -> None:
        self.replaced.append(self.channel)
        self.channel = self.connected(**changes)

    async def lose(self, way: str) -> None:
        if way == "unfollows":
            await self.person.unfollows()
            await self.platform.settle()
        else:
            self.platform.account.people.clear()

    def refusals(self) -> list[str]:
        told = [f"{call.method}: {(call.answer or {}).get('errmsg')}" for call in self.platform.refused]
        return [*told, *self.platform.cut, *self.platform.unreadable]


class WeChatInWindow(WeChatByTemplate):
    """A window is open: text, and items to tap, until the platform says otherwise."""

    endpoint = "message/custom/send"
    route = "wechat.custom"
    longest_word = 1000
    troubles = (*_COMMON, Trouble("45015", "closed"), Trouble("45047", "closed"))
    gone = ("is nobody's",)
    """Of somebody who left WeChat says the same as of a window that is over."""


_REMINDER = {"thing1": "what", "thing2": "role", "time3": "time", "thing4": "countdown", "date5": "time"}
_OTHERS = {"thing1": "what", "phrase2": "state", "thing3": "company", "name4": "name", "const5": "=面试"}
