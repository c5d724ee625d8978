"""Slack: by requests to us, and by Socket Mode; the app is made from the manifest that we print."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp

from bot.clock import VirtualClock
from bot.sandbox.listening import Server, listen
from bot.sandbox.slack import Shown, SlackApp, SlackPerson, SlackStandIn
from channels import load
from channels.base import Channel, Forged, Inbound, Malformed, NotDelivered, Parsed
from conversations.effects import Answer
from conversations.events import Event
from locales.text import Reader
from tests.contract import bodies
from tests.contract.rigs.base import PAUSE, Blank, Rig, Seen, Trouble
from tests.support import samples

EMAIL = "lilei@example.com"
PATH = "/hooks/slack/main"


class SlackRig(Rig):
    channel_name = "slack"
    troubles = (
        Trouble("429", "busy", retry_after=timedelta(seconds=7)),
        Trouble("500", "busy", retry_after=PAUSE),
        Trouble("503", "busy", retry_after=PAUSE),
        Trouble("service_unavailable", "busy"),
        Trouble("down", "busy", retry_after=PAUSE),
        # "It's possible some aspect of the operation succeeded before the error was raised" (chat.postMessage).
        Trouble("internal_error", "in_doubt"),
        Trouble("fatal_error", "in_doubt", arrives=True),
        Trouble("html", "in_doubt"),
        Trouble("empty", "in_doubt", arrives=True),
        Trouble("truncated", "in_doubt", arrives=True),
        Trouble("cut", "in_doubt", arrives=True),
        Trouble("reset", "in_doubt"),
        Trouble("reset_after", "in_doubt", arrives=True),
        Trouble("hang", "in_doubt", arrives=True),
        Trouble("drip", "in_doubt", arrives=True),
        Trouble("uninstalled", "stopped"),
        Trouble("missing scope", "stopped"),
        Trouble("unknown token", "stopped"),
        Trouble("tab off", "stopped"),
    )
    # A private chat outlives its person, and takes what is posted (slackapi/python-slack-sdk#1156): only where
    # none was opened yet, Slack says that somebody left.
    gone = ("deactivates", "hides", "removes the bot", "archives")
    app: SlackApp

    async def start(self) -> None:
        self.clock = VirtualClock(samples.NOW)
        self.reply = Answer()
        """What a submitted form is answered."""
        await self.prepare()
        self.platform = SlackStandIn(self.clock, self.app, is_limited=False)
        await self.platform.start()
        self.person: SlackPerson = self.platform.person("李雷", email=EMAIL)
        self.brought = ""
        self.made: dict[str, Any] = {
            "token": self.platform.token,
            "signing_secret": self.app.signing_secret,
            "api_base": f"{self.platform.api_base}/api",
            "deadline_seconds": 0.8,
        }
        self.channel = self.connected()
        await self.channel.open()
        await self.listen()
        contact = await self.channel.find(EMAIL, None, None)
        assert contact
        assert (contact.user, contact.zone, contact.language) == (self.user, "Asia/Shanghai", "zh-CN")
        self.chat = contact.chat

    async def prepare(self) -> None:
        """Make the app, before anybody knows of it."""
        raise NotImplementedError

    async def listen(self) -> None:
        """Have the channel hear what happens."""
        raise NotImplementedError

    def connected(self, **changes: Any) -> Channel:
        return load("slack")("slack.main", {**self.made, **changes}, self.clock.now)

    @property
    def user(self) -> str:
        return self.person.id

    # -- coming in ----------------------------------------------------------------------------------------

    async def says(self, text: str) -> Event:
        if text.startswith("/"):
            return await self.happened(await self.person.types(f"/turnout {text[1:]}"))
        return await self.happened(await self.person.says(text))

    async def chooses(self, number: int) -> Event:
        shown = next(each for each in reversed(self.person.chat) if each.is_of_bot and each.presses)
        return await self.happened(await self.person.presses([*shown.presses][number - 1], on=shown))

    async def happened(self, id: str | None) -> Event:
        """Return the event that something became: the newest."""
        count = len(self.events)
        assert id
        self.brought = id
        await self.platform.settle()
        assert self.person.troubles == []
        assert len(self.events) == count + 1
        return self.events[-1]

    async def again(self) -> list[Event]:
        count = len(self.events)
        self.platform.again(self.brought)
        await self.platform.settle()
        return self.events[count:]

    def take(self, parsed: Parsed) -> Parsed:
        """Keep events, as a pump does, and answer what wants an answer."""
        self.events += parsed.events
        if not parsed.wants_answer:
            return parsed
        (event,) = parsed.events
        return self.channel.respond(event, self.reply, samples.reader())

    def authentic(self, body: bytes) -> Inbound:
        return self.inbound(body, "application/json")

    def inbound(self, body: bytes, media_type: str) -> Inbound:
        signed = {name.lower(): value for name, value in self.platform.signed(body).items()}
        return Inbound("POST", PATH, {}, {**signed, "content-type": media_type}, body, samples.NOW)

    def forgeries(self) -> list[Inbound]:
        right = self.authentic(b'{"type": "event_callback"}')
        stamp, signature = "x-slack-request-timestamp", "x-slack-signature"
        given = right.headers[signature]
        wrong = (
            "", "x", given[:-1], given + "x", given.upper(), "v1" + given[2:], "é" * 32, "\udcff", "0" * 100_000,
        )  # fmt: skip
        stamps = ("", "abc", "9" * 5000, "-1", "1.5", "\udcff", str(int(right.headers[stamp]) + 1))
        old = int(right.headers[stamp]) - 301
        stale = self.at(right.body, old)
        return [
            replace(right, headers={}),
            replace(right, body=right.body + b" "),
            *(replace(right, headers={**right.headers, signature: each}) for each in wrong),
            *(replace(right, headers={**right.headers, stamp: each}) for each in stamps),
            replace(right, headers={**right.headers, **stale}),
            replace(right, headers={name: value for name, value in right.headers.items() if name != stamp}),
            replace(
                right, headers={name: value for name, value in right.headers.items() if name != signature}
            ),
        ]

    def at(self, body: bytes, unix: int) -> dict[str, str]:
        """Return the right headers of another instant."""
        now = self.clock.now()
        self.clock.set(now + timedelta(seconds=unix - int(now.timestamp())))
        signed = {name.lower(): value for name, value in self.platform.signed(body).items()}
        self.clock.set(now)
        return signed

    async def malformed(self) -> Sequence[Inbound]:
        """Return requests that are signed, as JSON and as forms, and hold what Slack never sends."""
        good = await self.good()
        made = bodies.malformed(good, most=1500)
        return [
            *(self.authentic(body) for body in made),
            *(self.inbound(urlencode({"payload": body}).encode(), FORM) for body in made[::3]),
            *(self.inbound(body, FORM) for body in (*bodies.RAW, *_cut_up(urlencode(COMMAND).encode()))),
            *(self.inbound(body, media) for media in ("", "text/plain", "é") for body in bodies.RAW[:5]),
        ]

    async def good(self) -> list[Any]:
        """Return one of each that Slack sends, as it sends it."""
        await self.sends(samples.choices(1))
        await self.types("move")
        event = await self.chooses(1)
        await self.channel.answer(event, Answer(form=samples.FORM), samples.reader())
        await self.person.submits({"name": "x"})
        await self.person.opens_home()
        await self.person.sends("报错.png", "image/png", "这里")
        await self.person.deactivates()
        self.platform.uninstall()
        await self.platform.settle()
        kinds = {_kind(each.payload): each.payload for each in self.platform.deliveries.all}
        assert len(kinds) >= 8
        return [*kinds.values()]

    # -- going out ----------------------------------------------------------------------------------------

    def seen(self) -> list[Seen]:
        place = self.platform.place(self.chat) if self.chat.startswith("D") else self.person.place
        return [self.look(shown) for shown in place.chat if shown.is_of_bot]

    def look(self, shown: Shown) -> Seen:
        return Seen(shown.text, tuple(shown.presses), shown.opens, shown.data)

    @property
    def form(self) -> Blank | None:
        modal = self.person.modal
        return Blank(modal.title, tuple(modal.labels), modal.errors) if modal else None

    async def submits(self, values: Mapping[str, str], reply: Answer) -> Event:
        self.reply = reply
        return await self.happened(await self.person.submits(values))

    def spoil_files(self) -> None:
        self.platform.fail("files.getUploadURLExternal", "429", retry_after=3)

    def cause(self, trouble: Trouble) -> None:
        match trouble.name:
            case "down":
                self.replaced.append(self.channel)
                self.channel = self.connected(api_base="http://127.0.0.1:1/api")
            case "unknown token":
                self.replaced.append(self.channel)
                self.channel = self.connected(token="xoxb-1-1-SandboxSandboxNobody")
            case "uninstalled":
                self.platform.uninstall(tells=False)
            case "missing scope":
                self.platform.team.grants[-1].scopes = frozenset({"im:write"})
            case "tab off":
                self.app.has_messages = False
            case kind:
                self.platform.fail("chat.postMessage", kind, retry_after=7)  # type: ignore[arg-type]

    async def lose(self, way: str) -> None:
        other = self.platform.person("韩梅梅")
        self.chat = other.id
        if way == "deactivates":
            await other.deactivates()
        elif way == "hides":
            other.is_visible = False
        else:
            place = self.platform.channel("hr", [other], is_private=way == "removes the bot")
            self.chat = place.id
            place.is_archived = way == "archives"
            if way == "removes the bot":
                await other.removes_bot(place)
        await self.platform.settle()

    def refusals(self) -> list[str]:
        told = [f"{call.method}: {call.error} {call.answer}" for call in self.platform.refused]
        return [*told, *self.platform.misplaced, *self.person.troubles]

    async def stop(self) -> None:
        await super().stop()
        await self.platform.stop()


FORM = "application/x-www-form-urlencoded"
COMMAND = {
    "team_id": "T1",
    "channel_id": "D1",
    "user_id": "U1",
    "command": "/turnout",
    "text": "move 明天",
    "trigger_id": "1.1",
}


def _kind(payload: Mapping[str, Any]) -> str:
    event = payload.get("event", {})
    return ":".join(
        map(str, (payload.get("type") or payload.get("command"), event.get("type"), event.get("subtype")))
    )


def _cut_up(body: bytes) -> list[bytes]:
    """Return a form in pieces, and with bytes that no form holds."""
    return [*(body[:end] for end in range(0, len(body), 3)), body + b"&%ff", body + b"&\xff", b"&" * 1000]


class SlackByHttp(SlackRig):
    async def prepare(self) -> None:
        self.listener = listen()
        base = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self.app = SlackApp.from_manifest(printed(base))
        self.server = Server(self.hook())
        self.serving = asyncio.create_task(self.server.serve(sockets=[self.listener]))
        await self.server.is_up.wait()

    async def listen(self) -> None:
        await self.platform.verify()

    def hook(self) -> ASGIApp:
        async def answer(request: Request) -> Response:
            headers = {name.lower(): value for name, value in request.headers.items()}
            body, path = await request.body(), request.url.path
            inbound = Inbound(
                request.method, path, dict(request.query_params), headers, body, self.clock.now()
            )
            try:
                parsed = self.take(await self.channel.parse(inbound))
            except Forged as forged:
                return PlainTextResponse(forged.reason, 401)
            except Malformed as malformed:
                return PlainTextResponse(malformed.reason, 400)
            return Response(parsed.reply, parsed.status, dict(parsed.headers), parsed.media_type)

        async def app(scope: Any, receive: Any, send: Any) -> None:
            await (await answer(Request(scope, receive)))(scope, receive, send)

        return app

    async def stop(self) -> None:
        self.server.should_exit = True
        await asyncio.gather(super().stop(), self.serving)


class SlackBySocket(SlackRig):
    is_pulled = True

    async def prepare(self) -> None:
        self.app = SlackApp.from_manifest(printed(""))

    def connected(self, **changes: Any) -> Channel:
        made = {key: value for key, value in self.made.items() if key != "signing_secret"}
        made |= {"app_token": self.app.app_token, "poll_seconds": 5}
        return load("slack")("slack.main", {**made, **changes}, self.clock.now)

    async def listen(self) -> None:
        self.pulling = asyncio.create_task(self.pull(self.channel))
        assert await self.platform.sockets.connected(5)

    async def pull(self, channel: Channel) -> None:
        cursor: str | None = None

        async def receive(events: Sequence[Event], reached: str | None) -> None:
            self.events += events

        async def decide(event: Event) -> tuple[Answer, Reader]:
            self.events.append(event)
            return self.reply, samples.reader()

        while True:
            cursor = await channel.pull(cursor, receive, decide)

    def forgeries(self) -> list[Inbound]:
        # Nothing may come in from outside where nothing is waited for.
        return [self.authentic(b'{"type": "event_callback"}')]

    async def stop(self) -> None:
        self.pulling.cancel()
        with suppress(asyncio.CancelledError, NotDelivered):
            await self.pulling
        await super().stop()


def printed(base: str) -> Mapping[str, Any]:
    """Return the manifest as we print it, through the JSON that people paste."""
    slack: Any = load("slack")
    found: Mapping[str, Any] = json.loads(json.dumps(slack.manifest("main", base)))
    return found
