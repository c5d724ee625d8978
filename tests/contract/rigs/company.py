"""What rigs of a company's applications on WeCom share: sealed callbacks to us, forgeries, and faults of the API."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any, ClassVar

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp

from bot.clock import VirtualClock
from bot.sandbox.listening import Server, listen
from bot.sandbox.wecom.application import Application
from bot.sandbox.wecom.callbacks import as_xml
from bot.sandbox.wecom.crypto import Seal, new_key
from channels import load
from channels.base import Channel, Forged, Inbound, Malformed
from tests.contract import bodies
from tests.contract.rigs.base import PAUSE, Rig, Trouble

_HEAD = "<FromUserName>LiLei</FromUserName><CreateTime>1</CreateTime>"

WAITS = (
    Trouble("busy", "busy"),
    Trouble("45009", "busy", retry_after=timedelta(minutes=1)),
    Trouble("45033", "busy", retry_after=PAUSE),
    Trouble("500", "busy"),
    Trouble("503", "busy", retry_after=PAUSE),
    Trouble("down", "busy", retry_after=PAUSE),
)
DOUBTS = (
    Trouble("html", "in_doubt"),
    Trouble("empty", "in_doubt", arrives=True),
    Trouble("truncated", "in_doubt", arrives=True),
    Trouble("cut", "in_doubt", arrives=True),
    Trouble("reset", "in_doubt"),
    Trouble("reset_after", "in_doubt", arrives=True),
    Trouble("hang", "in_doubt", arrives=True),
    Trouble("drip", "in_doubt", arrives=True),
)
STOPS = (
    Trouble("untrusted address", "stopped"),
    Trouble("no token is taken", "stopped"),
    Trouble("another secret", "stopped"),
    Trouble("another corp", "stopped"),
)


class CompanyRig(Rig):
    """One application of a company. `sending` is the method by which it sends."""

    sending: ClassVar[str]
    platform: Application

    async def start_on(self, platform: Application, **more: Any) -> None:
        """Start the stand-in, and a channel to which its callbacks come."""
        assert isinstance(platform.clock, VirtualClock)
        self.clock = platform.clock
        self.platform = platform
        await platform.start()
        self.brought = ""
        self.count = 0
        self.listener = listen()
        self.server = Server(self.hook())
        self.serving = asyncio.create_task(self.server.serve(sockets=[self.listener]))
        await self.server.is_up.wait()
        platform.listens(f"http://127.0.0.1:{self.listener.getsockname()[1]}{self.path}")
        self.made: dict[str, Any] = {
            "corpid": platform.corp_id,
            "secret": platform.secret,
            "token": platform.callback_token,
            "aes_key": platform.aes_key,
            "api_base": platform.api_base,
            "deadline_seconds": 1,
            **more,
        }
        self.channel = self.connected()
        await platform.verify()
        await self.channel.open()

    @property
    def path(self) -> str:
        return f"/hooks/{self.channel_name}/main"

    def connected(self, **changes: Any) -> Channel:
        name = self.channel_name
        return load(name)(f"{name}.main", {**self.made, **changes}, self.clock.now)

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

    def authentic(self, body: bytes) -> Inbound:
        sealed = self.platform.sealed(body)
        return Inbound(
            "POST", self.path, sealed.query, {"content-type": "text/xml"}, sealed.body, self.clock.now()
        )

    def forgeries(self) -> list[Inbound]:
        right = self.authentic(f"<xml>{_HEAD}<MsgType>text</MsgType><Content>x</Content></xml>".encode())
        given = right.query["msg_signature"]
        wrong = (
            "", "x", given[:-1], given + "x", given.upper(), "é" * 32, "\udcff", "0" * 100_000,
        )  # fmt: skip
        return [
            replace(right, query={}),
            *(replace(right, query={**right.query, "msg_signature": each}) for each in wrong),
            *(replace(right, query={**right.query, name: "1"}) for name in ("timestamp", "nonce")),
            *(
                replace(right, query={name: value for name, value in right.query.items() if name != left})
                for left in right.query
            ),
            *self.of_another_time(),
            *self.of_another_key(),
            *self.outside(right),
            *self.echoes(),
        ]

    def of_another_time(self) -> list[Inbound]:
        """Return what was signed too long ago, or is from the future."""
        now = self.clock.now()
        found = []
        for minutes in (-11, 11):
            sealed = self.platform.sealed(f"<xml>{_HEAD}</xml>", at=now + timedelta(minutes=minutes))
            found.append(Inbound("POST", self.path, sealed.query, {}, sealed.body, now))
        return found

    def of_another_key(self) -> list[Inbound]:
        """Return what is signed right, and sealed by another key, or for another company."""
        known = self.platform.seal
        seals = (
            replace(known, aes_key=new_key()),
            replace(known, receive_id="ww0"),
            replace(known, receive_id=""),
        )
        return [self.signed(self.enveloped(seal.encrypt(f"<xml>{_HEAD}</xml>")), seal) for seal in seals]

    def signed(self, body: bytes, seal: Seal | None = None, sealed: str = "") -> Inbound:
        stamp = str(int(self.clock.now().timestamp()))
        inside = sealed or body.partition(b"<Encrypt><![CDATA[")[2].partition(b"]]>")[0].decode()
        query = {
            "msg_signature": (seal or self.platform.seal).sign(stamp, "n", inside),
            "timestamp": stamp,
            "nonce": "n",
        }
        return Inbound("POST", self.path, query, {}, body, self.clock.now())

    def enveloped(self, sealed: str) -> bytes:
        return as_xml({"ToUserName": self.platform.corp_id, "AgentID": "1", "Encrypt": sealed}).encode()

    def outside(self, right: Inbound) -> list[Inbound]:
        """Return envelopes that Tencent never makes round what it did seal."""
        one = right.body
        sealed = one.partition(b"<Encrypt>")[2].partition(b"</Encrypt>")[0]
        plain = f"<xml>{_HEAD}<MsgType>text</MsgType><Content>x</Content></xml>".encode()
        envelopes = (
            b"",
            plain,
            b"<!DOCTYPE xml>" + one,
            b"<!DOCTYPE xml [<!ENTITY a 'b'>]>" + one,
            one.replace(b"</xml>", b"<Encrypt>" + sealed + b"</Encrypt></xml>"),
            one.replace(b"<Encrypt>", b"<Encrypt>x</Encrypt><Encrypt>"),
            b"<xml>" + b"<a>" * 50 + b"<Encrypt>" + sealed + b"</Encrypt>" + b"</a>" * 50 + b"</xml>",
            one[: len(one) // 2],
            b"{}",
        )
        return [
            *(replace(right, body=each) for each in envelopes),
            *(
                self.signed(self.enveloped(each), sealed=each)
                for each in ("x", "é", "AAAA", "A" * 44, "!" * 44)
            ),
            self.signed(b"<xml></xml>", sealed=""),
        ]

    def echoes(self) -> list[Inbound]:
        """Return checks of the address that nobody but us could answer, and nobody asked."""
        sealed = self.platform.seal.encrypt("echo")
        stamp = str(int(self.clock.now().timestamp()))
        signature = self.platform.seal.sign(stamp, "n", sealed)
        query = {"msg_signature": signature, "timestamp": stamp, "nonce": "n", "echostr": sealed}
        wrong = [{**query, "echostr": "x"}, {**query, "msg_signature": "x"}, {**query, "echostr": ""}]
        return [Inbound("GET", self.path, each, {}, b"", self.clock.now()) for each in wrong]

    async def malformed_callbacks(self) -> list[Inbound]:
        """Return sealed callbacks that hold what Tencent never sends, made of all that came so far."""
        kinds = {
            callback.xml.partition("<MsgType>")[2][:60]: callback.xml for callback in self.platform.callbacks
        }
        return [self.authentic(body) for body in bodies.malformed_xml([*kinds.values()])]

    # -- faults -------------------------------------------------------------------------------------------

    def cause(self, trouble: Trouble) -> None:
        match trouble.name:
            case "down":
                self.reconnect(api_base="http://127.0.0.1:1")
            case "another secret":
                self.platform.reset_secret()
            case "another corp":
                self.reconnect(corpid="wwSandboxSandbox")
            case "untrusted address":
                self.platform.is_trusted = False
            case "no token is taken":
                self.platform.fail(self.sending, "40014", times=2)
            case kind:
                self.platform.fail(self.sending, kind)  # type: ignore[arg-type]

    def reconnect(self, **changes: Any) -> None:
        self.replaced.append(self.channel)
        self.channel = self.connected(**changes)

    def spoil_files(self) -> None:
        self.platform.fail("media/upload", "45009")

    def refusals(self) -> list[str]:
        told = [f"{call.method}: {(call.answer or {}).get('errmsg')}" for call in self.platform.refused]
        return [*told, *self.platform.unreadable]
