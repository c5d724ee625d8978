"""SMS: an account with Alibaba Cloud and one with a plain gateway, both pushing to a real web server."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import timedelta
from typing import Any, Literal

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp

from bot.clock import VirtualClock
from bot.sandbox.listening import Server, listen
from bot.sandbox.sms import SmsPerson, SmsStandIn
from channels import load
from channels.base import Forged, Inbound, Malformed
from conversations.events import Event
from tests.contract.rigs.base import PAUSE, Rig, Seen, Trouble
from tests.support import samples

WAITS = (
    Trouble("429", "busy", retry_after=timedelta(seconds=7)),
    Trouble("502", "busy", retry_after=PAUSE),
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


class SmsRig(Rig):
    channel_name = "sms"
    provider: Literal["aliyun", "http"]
    gone = ("refuses",)

    async def start(self) -> None:
        self.clock = VirtualClock(samples.NOW)
        self.platform = SmsStandIn(self.clock, self.provider)
        await self.platform.start()
        self.person: SmsPerson = self.platform.person("李雷")
        self.chat = self.person.number
        self.made = {**self.platform.account(), "deadline_seconds": 0.7}
        self.channel = load("sms")("sms.main", self.made, self.clock.now)
        await self.channel.open()
        listener = listen()
        self.server = Server(self.hook())
        self.serving = asyncio.create_task(self.server.serve(sockets=[listener]))
        await self.server.is_up.wait()
        self.platform.pushes_to(f"http://127.0.0.1:{listener.getsockname()[1]}/hooks/sms/main")

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
            return Response(parsed.reply, media_type=parsed.media_type)

        async def app(scope: Any, receive: Any, send: Any) -> None:
            await (await answer(Request(scope, receive)))(scope, receive, send)

        return app

    async def stop(self) -> None:
        self.server.should_exit = True
        await asyncio.gather(self.serving, super().stop(), self.platform.stop())

    async def says(self, text: str) -> Event:
        await self.person.says(text)
        await self.platform.settle()
        return self.events[-1]

    async def chooses(self, number: int) -> Event:
        return await self.says(str(number))

    async def again(self) -> list[Event]:
        count = len(self.events)
        await self.platform.again()
        return self.events[count:]

    def seen(self) -> list[Seen]:
        return [Seen(message.text) for message in self.person.chat if message.is_of_bot]

    def authentic(self, body: bytes) -> Inbound:
        query = {"key": str(self.made["hook_secret"])}
        headers = {"content-type": "application/json"}
        return Inbound("POST", "/hooks/sms/main/inbound", query, headers, body, samples.NOW)

    def forgeries(self) -> list[Inbound]:
        right = self.authentic(json.dumps([{"phone_number": self.chat, "content": "hi"}]).encode())
        secret = right.query["key"]
        wrong = ("", "x", secret[:-1], secret + "x", secret.upper(), "é" * 32, "\udcff", "0" * 100_000)
        return [
            replace(right, query={}),
            *(replace(right, query={"key": each}) for each in wrong),
            *(replace(right, query={}, path=f"/hooks/sms/main/{each}/inbound") for each in wrong),
        ]

    def cause(self, trouble: Trouble) -> None:
        if trouble.name == "down":
            place = "endpoint" if self.provider == "aliyun" else "url"
            self.replaced.append(self.channel)
            made = {**self.made, place: "http://127.0.0.1:1"}
            self.channel = load("sms")("sms.main", made, self.clock.now)
        elif trouble.name == "unauthorized":
            self.platform.secrets = dict.fromkeys(self.platform.secrets, "another")
            self.platform.gateway_secret = "another"
        elif trouble.name == "no money":
            self.platform.has_money = False
        else:
            self.platform.fail(trouble.name, retry_after=7)  # type: ignore[arg-type]

    async def lose(self, way: str) -> None:
        self.person.refuses()

    def refusals(self) -> list[str]:
        return [refused.code for refused in self.platform.refused]


class SmsByAliyun(SmsRig):
    provider = "aliyun"
    longest_word = 0
    troubles = (
        *WAITS,
        Trouble("500", "busy"),
        *DOUBTS,
        Trouble("unauthorized", "stopped"),
        Trouble("no money", "stopped"),
    )

    async def start(self) -> None:
        await super().start()
        page = samples.URLS["my"].rpartition("/")[0]
        self.platform.register("SMS_100000000", f"${{what}}。详情：{page}/${{token}}")


class SmsByGateway(SmsRig):
    provider = "http"
    longest_word = 100
    troubles = (
        *WAITS,
        Trouble("500", "busy", retry_after=PAUSE),
        *DOUBTS,
        Trouble("unauthorized", "stopped"),
    )
