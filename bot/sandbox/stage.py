"""A stage for stories: the whole product on a clock of its own, talking to platforms on loopback."""

from __future__ import annotations

import asyncio
import base64
import json
import re
import socket
import tempfile
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal, Protocol, TypeVar
from uuid import UUID, uuid4

import httpx
from standardwebhooks.webhooks import Webhook
from starlette.types import ASGIApp

from bot import app as composition
from bot.app import App
from bot.clock import Clock, VirtualClock
from bot.operations import Operations
from bot.sandbox import tables
from bot.sandbox.contact import ContactPerson, ContactStandIn
from bot.sandbox.contact.book import PICTURES
from bot.sandbox.kf import KfPerson, KfStandIn
from bot.sandbox.listening import Listening, Server, listen, web_client
from bot.sandbox.mail import MailStandIn
from bot.sandbox.pages import Page
from bot.sandbox.people import Seen, Someone
from bot.sandbox.platforms import LABELS, PLATFORMS, Newcomer, OnKf, OnSlack, OnWeCom, Platform, written
from bot.sandbox.slack import SlackChannel, SlackStandIn
from bot.sandbox.sms import SmsStandIn
from bot.sandbox.telegram import Group, Person, TelegramStandIn
from bot.sandbox.visitor import Visitor
from bot.sandbox.wechat import CODES, WeChatPerson, WeChatStandIn
from bot.sandbox.wecom import WeComGroup, WeComPerson, WeComStandIn
from bot.settings import read
from bot.web import site
from channels.base import NotDelivered
from locales.text import Reader, Text, ct
from locales.translate import render
from locales.zones import resolve
from store import outbox, sessions

HERE = Path(__file__).parent
COMPANY_ZONE = "Asia/Shanghai"
COMPANY_DOMAIN = "nebula.example"
START = resolve(datetime(2026, 11, 23, 9, 0), COMPANY_ZONE)  # noqa: DTZ001 - a wall-clock time
SIGNING_SECRET = "whsec_c2FuZGJveC1zYW5kYm94LXNhbmRib3gtc2FuZGJveA=="  # noqa: S105 - the sandbox's own

PACE = timedelta(seconds=30)
"""How far the clock goes on by itself, so that messages held up by a platform's rate arrive."""


HEARTBEAT = timedelta(minutes=10)
EDITED = ct("sandbox", "edited")
_NUMBERED = re.compile(r"\d[.、)]? ")
"""A choice that is made by typing its number."""


T = TypeVar("T")


class Recorder(Protocol):
    """Somebody who sees what goes over the wire."""

    def recorded(self, app: ASGIApp, direction: Literal["out", "in"], platform: str) -> ASGIApp: ...


Record = Callable[[Clock], Recorder]


class WentWrong(AssertionError):
    """A story did not go as it must; says who saw what instead."""


@dataclass(slots=True)
class Line:
    """One line of the transcript."""

    at: datetime
    who: str
    text: str


@dataclass(slots=True)
class Stage:
    """The product with accounts on some platforms, an interview platform and people, at a time that stands still.

    Everything goes the real way: people's taps reach the webhook over HTTP, the real adapter answers over HTTP.
    """

    locale: str
    clock: VirtualClock
    platforms: Mapping[str, Platform]
    """By name; people live on the first unless told otherwise."""
    app: App
    operations: Operations
    http: httpx.AsyncClient
    base: str
    is_platform_alive: bool = False
    """Whether the interview platform sends its heartbeats while time passes."""
    people: dict[tuple[str, str], Someone] = field(default_factory=dict)
    """By name and platform; `page` for who came to the page from another platform."""
    groups: dict[tuple[str, str], Group | SlackChannel | WeComGroup] = field(default_factory=dict)
    """Whose messages the transcript tells too, by name and platform."""
    lines: list[Line] = field(default_factory=list)
    _roles: dict[str, str] = field(default_factory=dict)
    """Of staff who have not sent their code yet, by name."""
    beat: Callable[[], Awaitable[None]] | None = None
    """Awaited whenever everything that was due has happened: whoever watches looks, and lets the story go on."""
    _stack: AsyncExitStack = field(default_factory=AsyncExitStack)
    _printed: dict[tuple[str, str], Counter[_Version]] = field(default_factory=dict)

    # -- people ------------------------------------------------------------------------------------------

    @property
    def main(self) -> str:
        """The platform on which people live unless told otherwise."""
        return next(iter(self.platforms))

    @property
    def telegram(self) -> TelegramStandIn:
        return self._stand_in("telegram", TelegramStandIn)

    @property
    def slack(self) -> SlackStandIn:
        return self._stand_in("slack", SlackStandIn)

    @property
    def slack_channel(self) -> SlackChannel:
        """The channel on Slack that a configuration names as `<slack-channel>`."""
        platform = self.platforms["slack"]
        assert isinstance(platform, OnSlack)  # noqa: S101 - the name says so
        self.groups["#interviews", "slack"] = platform.channel
        return platform.channel

    @property
    def wecom(self) -> WeComStandIn:
        return self._stand_in("wecom", WeComStandIn)

    @property
    def wecom_group(self) -> WeComGroup:
        """The group on WeCom whose robot a configuration names as `<wecom-group>`."""
        platform = self.platforms["wecom"]
        assert isinstance(platform, OnWeCom)  # noqa: S101 - the name says so
        self.groups["#面试日报", "wecom"] = platform.group
        return platform.group

    @property
    def wechat(self) -> WeChatStandIn:
        return self._stand_in("wechat", WeChatStandIn)

    @property
    def kf(self) -> KfStandIn:
        return self._stand_in("wecom_kf", KfStandIn)

    @property
    def contacts(self) -> ContactStandIn:
        return self._stand_in("wecom_contact", ContactStandIn)

    @property
    def mail(self) -> MailStandIn:
        return self._stand_in("email", MailStandIn)

    @property
    def sms(self) -> SmsStandIn:
        return self._stand_in("sms", SmsStandIn)

    def _stand_in(self, name: str, kind: type[T]) -> T:
        stand_in = self.platforms[name].stand_in
        assert isinstance(stand_in, kind)  # noqa: S101 - the name says so
        return stand_in

    def person(
        self,
        name: str,
        on: str = "",
        *,
        email: str = "",
        phone: str = "",
        language: str = "",
        has_page: bool = True,
    ) -> Someone:
        """Return somebody on a platform, made when first named; by default they speak the story's language.

        Where a platform carries no buttons candidates answer on our page; staff have no page.
        """
        key = name, on or self.main
        if key not in self.people:
            platform = self.platforms[key[1]]
            who = Newcomer(name, language or self.locale, email, phone)
            found = platform.person(who)
            is_visitor = has_page and not platform.has_buttons
            self.people[key] = self._visitor(found, who) if is_visitor else found
        return self.people[key]

    def on_page(self, who: Someone, phone: str = "") -> Visitor:
        """Return the same person as a visitor of our page, led there by what comes to them elsewhere."""
        if isinstance(who, Visitor):
            return who
        known = self.people.get((who.name, "page"))
        if not isinstance(known, Visitor):
            known = self._visitor(who, Newcomer(who.name, self.locale, phone=phone))
            self.people[who.name, "page"] = known
        return known

    def _visitor(self, inbox: Someone, who: Newcomer) -> Visitor:
        visitor = Visitor(inbox, self.base, self.clock, who.phone, who.locale.replace("_", "-"))
        self._stack.push_async_callback(visitor.close)
        return visitor

    async def says(self, who: Someone, text: str) -> None:
        self.note(who.name, text)
        await who.says(text)
        await self.settle()

    async def taps(self, who: Someone, label: Text, on: Seen | None = None) -> None:
        """Tap the newest button of this label, in the story's language."""
        await self.presses(who, self.words(label), on)

    async def presses(self, who: Someone, label: str, on: Seen | None = None) -> None:
        """Press a button by the words on it: on the newest message that has it, or on a certain one."""
        self.note(who.name, f"[{label}]")
        await who.presses(label, on=on)
        await self.settle()

    async def fills(self, who: Someone, chosen: Mapping[str, str]) -> None:
        """Choose options on the newest WeCom card with selectors, by the beginning of their titles, and send them."""
        found = await self.button(who, "form")
        if found is None or not isinstance(who, WeComPerson):
            raise WentWrong(f"{who.name} was to find a card with selectors")
        label, card = found
        self.note(
            who.name, " ".join(f"[{title} {option}]" for title, option in chosen.items()) + f" [{label}]"
        )
        await who.presses(label, on=card, choose=chosen)
        await self.settle()

    async def picks(self, who: Someone, action: str, at: Group | SlackChannel | None = None) -> None:
        """Tap the newest button that stands for an action, whatever its words are: in private, or in a group."""
        if isinstance(who, Visitor):
            await self.looks(who)
        found = await self.button(who, action, at)
        if found is not None:
            label, message = found
            self.note(who.name, f"[{label}]")
            there: dict[str, Any] = {} if at is None else {"to": at}
            await who.presses(label, on=message, **there)
            await self.settle()
        elif isinstance(who, Visitor) and (words := await who.chooses(action.partition(":")[2])):
            self.note(who.name, f"[{words}]")
            await self.settle()
        elif number := await self._number_of(who, action):
            await self._comes_in(who)
            await self._chooses(who, number)
        else:
            shown = [m.buttons for m in who.chat if m.buttons]
            raise WentWrong(f"{who.name} was to find a button for {action}, but the buttons are {shown[-3:]}")

    async def button(
        self, who: Someone, action: str, at: Group | SlackChannel | None = None
    ) -> tuple[str, Seen] | None:
        """Return the newest button that stands for an action now, by its label, with its message."""
        seen: Sequence[Seen] = who.chat if at is None else at.chat
        for message in reversed(seen):
            for label, value in message.presses.items():
                if await self._action_of(value) == action:
                    return label, message
        return None

    async def _number_of(self, who: Someone, action: str) -> str:
        """Return the number to type for an action of the newest message with choices, empty when it has no such."""
        lines = (line for seen in who.chat for line in (*seen.text.splitlines(), *seen.presses))
        if not any(_NUMBERED.match(line) for line in lines):
            return ""
        async with self.app.db.read() as tx:
            for row in await outbox.listing(tx, limit=200):
                if isinstance(who, WeChatPerson) and row.chat != who.openid:
                    continue
                session = await sessions.get(tx, row.session) if row.session else None
                if session is not None and row.turn == session.turn and action in session.choices:
                    return str(session.choices.index(action) + 1)
        return ""

    async def _chooses(self, who: Someone, number: str) -> None:
        """Tap what has this number in the newest message that can be answered by taps, or else type it."""
        there = next((seen for seen in reversed(who.chat) if seen.presses), None)
        labels = () if there is None or not isinstance(who, WeChatPerson) else there.presses
        found = next((label for label in labels if label.partition(". ")[0] == number), None)
        if found is None:
            await self.says(who, number)
        else:
            self.note(who.name, f"[{found}]")
            await who.presses(found, on=there)
            await self.settle()

    async def _action_of(self, value: str) -> str:
        """Return what a button does at present, empty when it is from an earlier turn or none of ours."""
        version, _, rest = value.partition(".")
        parts = rest.split(".")
        if version != "v1" or len(parts) != 3:
            return ""
        row = base64.urlsafe_b64decode(parts[1] + "=")
        async with self.app.db.read() as tx:
            session = await sessions.get(tx, UUID(bytes=row[:16]))
        choice, turn = int(parts[0]), int.from_bytes(row[16:18], "big")
        if session is None or not session.since <= turn <= session.turn or choice > len(session.choices):
            return ""
        return session.choices[choice - 1] if choice else "form"

    async def looks(self, who: Visitor) -> Page:
        """Open the page of somebody's interview, from the newest message they have."""
        page = await who.looks()
        await self.settle()
        return page

    async def enters(self, who: Someone) -> None:
        """Follow the tracked link into the interview, and press the button there."""
        self.note(who.name, "→ /go/…")
        visitor = who if isinstance(who, Visitor) else self._visitor(who, Newcomer(who.name, self.locale))
        await visitor.enters()
        await self.settle()

    async def checks(self, who: Someone, *codes: str, phone: str = "") -> None:
        """Check a device by the link in the newest message; these are found, everything else works."""
        self.note(who.name, f"→ /check/… {' '.join(codes)}".strip())
        status = await self.on_page(who, phone).checks(*codes)
        self.holds(status == 200, f"the report was to be taken, and was answered with {status}")
        await self.settle()

    async def follows(self, who: Someone, link: str) -> None:
        """Follow an invitation: into a chat, or to our page."""
        short = next((f"{each}…" for each in ("t.me/", "work.weixin.qq.com/kf/") if each in link), link)
        self.note(who.name, f"→ {short}")
        if isinstance(who, Person):
            await who.open_link(link)
        elif isinstance(who, KfPerson):
            await who.enters(link)
        elif isinstance(inbox := getattr(who, "inbox", who), WeChatPerson | ContactPerson):
            codes = CODES if isinstance(inbox, WeChatPerson) else PICTURES
            page = await self.on_page(who).visits(link)
            code = next((to for to in page.opens.values() if codes in to), None)
            self.holds(code is not None, f"there was to be a code to scan: {page.opens}")
            await inbox.scans(str(code))
        else:
            await self.on_page(who).visits(link)
        await self.settle()

    async def hr(self, name: str = "HR 王芳") -> Someone:
        """Return somebody of HR: they send the one-time code to the bot, as after `turnout init`."""
        return await self.staff(name, "hr")

    async def staff(self, name: str, role: str, on: str = "") -> Someone:
        """Return somebody of staff, who sends the bot a one-time code for a role as soon as they can write to it."""
        person = self.person(name, on, email=f"{role}@{COMPANY_DOMAIN}", has_page=False)
        self._roles[person.name] = role
        if self.platforms[on or self.main].is_open:
            await self._comes_in(person)
        return person

    async def _comes_in(self, person: Someone) -> None:
        """Let somebody of staff send their one-time code, unless they did."""
        if role := self._roles.pop(person.name, ""):
            if isinstance(person, WeChatPerson) and not person.is_follower:
                await person.follows()
                await self.settle()
            code = await self.operations.admin_code({"role": role})
            self.note(person.name, self.words(ct("sandbox", "(one-time code)")))
            await person.says(code["code"])
            await self.settle()

    # -- interviews --------------------------------------------------------------------------------------

    async def import_list(self, rows: Sequence[Mapping[str, str]]) -> Any:
        """Import a list as HR would export it, and return what became of it."""
        columns = list(dict.fromkeys(column for row in rows for column in row))
        lines = [",".join(columns)] + [",".join(f'"{row.get(c, "")}"' for c in columns) for row in rows]
        return await self.import_file("list.csv", "\n".join(lines).encode("utf-8-sig"))

    async def import_file(self, name: str, data: bytes) -> Any:

        args = {"file": name, "data": base64.b64encode(data).decode(), "apply": True}
        result = await self.operations.booking.import_list(args)
        await self.settle()
        return result

    async def import_slots(
        self, starts: Sequence[datetime], zone: str = COMPANY_ZONE, capacity: int = 1
    ) -> None:

        lines = ["starts_at,zone,capacity"] + [f"{at:%Y-%m-%d %H:%M},{zone},{capacity}" for at in starts]
        data = base64.b64encode("\n".join(lines).encode()).decode()
        await self.operations.booking.import_slots({"file": "slots.csv", "data": data, "apply": True})

    async def invite(self, interview: str) -> str:
        return str((await self.operations.link({"interview": interview}))["link"])

    async def signal(self, kind: str, interview: str | None = None, **data: Any) -> int:
        """Have the interview platform say something, signed; return the status it is answered with."""
        body = json.dumps({"type": f"interview.{kind}", "data": {"interview": interview, **data}})
        id, now = f"msg_{uuid4().hex}", self.clock.now()
        signature = Webhook(SIGNING_SECRET).sign(id, now, body)
        headers = {
            "webhook-id": id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": signature,
            "content-type": "application/json",
        }
        if kind != "heartbeat":
            self.note("platform", f"interview.{kind} {interview or ''}".strip())
        answer = await self.http.post(f"{self.base}/hooks/interviews/platform", content=body, headers=headers)
        await self.settle()
        return answer.status_code

    async def why(self, interview: str) -> Any:
        return await self.operations.why({"interview": interview})

    # -- time --------------------------------------------------------------------------------------------

    async def settle(self) -> None:
        """Let everything happen that is due at this instant, and what only waits for the platform's rate."""
        latest = self.clock.now() + 2 * PACE
        for _ in range(100):
            for platform in self.platforms.values():
                await platform.stand_in.settle()
            await self._pull()
            if await self.app.pumps.until_idle():
                continue
            async with self.app.db.read() as tx:
                next_at = await outbox.next_at(tx)
            if next_at is None or next_at > min(self.clock.now() + PACE, latest):
                break
            self.clock.set(max(next_at, self.clock.now()))
        self._collect()
        if self.beat is not None:
            await self.beat()

    async def _pull(self) -> None:
        """Read what 微信客服 has for us; while it cannot be read it waits."""
        platform = self.platforms.get("wecom_kf")
        account = "wecom_kf.main"
        with suppress(NotDelivered):
            while isinstance(platform, OnKf) and platform.stand_in.has_unread:
                await self.app.pumps.pull_once(account, self.app.channels[account])

    async def until(self, at: datetime) -> None:
        """Let time pass to an instant, stopping wherever something is due and whenever the platform gives a sign."""
        while self.is_platform_alive and self.clock.now() + HEARTBEAT < at:
            # While nothing is due, nobody asks whether the platform is alive.
            due = min(await self.app.pumps.next_at() or at, at)
            await self._until(max(self.clock.now(), due - 2 * HEARTBEAT) + HEARTBEAT)
            await self.signal("heartbeat")
        await self._until(at)

    async def _until(self, at: datetime) -> None:
        while (due := await self.app.pumps.next_at()) is not None and due <= at:
            if due > self.clock.now():
                self.clock.set(due)
            await self.settle()
        self.clock.set(max(at, self.clock.now()))
        await self.settle()

    async def passes(self, **span: float) -> None:
        await self.until(self.clock.now() + timedelta(**span))

    # -- what is seen ------------------------------------------------------------------------------------

    def words(self, text: Text) -> str:
        """Return a sentence in the story's language."""
        return render(text, Reader(self.locale, COMPANY_ZONE, self.clock.now()))

    def newest(self, who: Someone) -> Seen:
        """Return the newest message of the bot."""
        return next(message for message in reversed(who.chat) if message.is_of_bot)

    def saw(self, who: Someone, text: Text | str, *, last: bool = False) -> Seen:
        """Return the newest message of the bot that holds these words; the story went wrong if there is none."""
        words = text if isinstance(text, str) else self.words(text)
        seen = [m for m in who.chat if m.is_of_bot]
        for message in reversed(seen[-1:] if last else seen):
            if _says(message, words):
                return message
        raise WentWrong(
            f"{who.name} was to read {words!r}, but saw:\n" + "\n---\n".join(m.text for m in seen[-4:])
        )

    def did_not_see(self, who: Someone, text: Text | str) -> None:
        words = text if isinstance(text, str) else self.words(text)
        for message in who.chat:
            if message.is_of_bot and _says(message, words):
                raise WentWrong(f"{who.name} was not to read {words!r}, but did:\n{message.text}")

    def refusals(self) -> list[str]:
        """Return what platforms would not carry out, or could not use, in their words."""
        found = [refusal for platform in self.platforms.values() for refusal in platform.refusals()]
        return found + [
            trouble for person in self.people.values() for trouble in getattr(person, "troubles", ())
        ]

    def holds(self, is_so: bool, otherwise: str) -> None:
        """The story goes wrong unless something holds."""
        if not is_so:
            raise WentWrong(otherwise)

    def note(self, who: str, text: str) -> None:
        self.lines.append(Line(self.clock.now(), who, text))

    def scene(self, title: str) -> None:
        self.lines.append(Line(self.clock.now(), "", title))

    def _collect(self) -> None:
        """Write down what has newly appeared before anybody, edits too."""
        for (name, where), seen in self.shown().items():
            known = self._printed.setdefault((name, where), Counter())
            found: Counter[_Version] = Counter()
            for message in seen:
                version = message.at, (*message.told_before, message.text)[0], len(message.told_before)
                found[version] += 1
                if message.is_of_bot and found[version] > known[version]:
                    self._told(name, where, message)
            self._printed[name, where] = known | found

    def shown(self) -> dict[tuple[str, str], Sequence[Seen]]:
        """Return what everybody has before them, by name and platform."""
        found: dict[tuple[str, str], Sequence[Seen]] = {}
        for (name, where), person in self.people.items():
            if isinstance(person, Visitor):
                found[name, "page"] = person.pages
                person = person.inbox
            if where != "page":
                found[name, where] = person.chat
        for (name, where), group in self.groups.items():
            found[name, where] = group.chat
        return found

    def _told(self, name: str, where: str, message: Seen) -> None:
        if text := _as_noted(message):
            is_plain = len(self.platforms) == 1 and self.platforms[self.main].has_buttons
            label = "" if is_plain and where != "page" else f" · {LABELS[self.locale][where]}"
            edited = f" ({self.words(EDITED)})" if message.told_before else ""
            at = self.clock.now() if edited else message.at
            self.lines.append(Line(at, f"Turnout → {name}{label}{edited}", text))

    # -- opening and closing -----------------------------------------------------------------------------

    @classmethod
    async def open(
        cls,
        locale: str,
        policy: str = "",
        start: datetime = START,
        folder: Path | None = None,
        on: Sequence[str] = ("telegram",),
        record: Record | None = None,
        patience: int = 0,
    ) -> Stage:
        """Set everything up in a folder of its own, with an account on each of some platforms.

        `policy` is TOML laid over the sandbox's configuration. What `record` returns sees what goes over the wire.
        `patience` is how many seconds we wait for a platform's answer, 0 for as long as otherwise.
        """
        async with AsyncExitStack() as stack:
            if folder is None:
                folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="turnout-")))
            clock = VirtualClock(start)
            platforms = {name: PLATFORMS[name](clock) for name in on}
            wire = record(clock) if record is not None else None
            for name, platform in platforms.items():
                if wire is not None and isinstance(platform.stand_in, Listening):
                    platform.stand_in.served = wire.recorded(platform.stand_in, "out", name)
                await platform.stand_in.start()
                stack.push_async_callback(platform.stand_in.stop)
            listener = stack.enter_context(listen())
            base = f"http://127.0.0.1:{listener.getsockname()[1]}"
            environ = {
                "TURNOUT_SERVER__PUBLIC_URL": base,
                "TURNOUT_DATABASE__URL": f"sqlite:///{folder / 'turnout.db'}",
                "TURNOUT_INTERVIEWS__PLATFORM__SECRET": SIGNING_SECRET,
            }
            text = HERE.joinpath("sandbox.toml").read_text("utf-8").replace(*_first(locale))
            for platform in platforms.values():
                text += written(platform, base) + (f"deadline_seconds = {patience}\n" if patience else "")
                for name, place in platform.places.items():
                    policy = policy.replace(name, place)
            settings = read(text + policy, environ, folder)
            await tables.lay(folder / "turnout.db")
            app = await composition.build(settings, clock)
            stack.push_async_callback(app.close)
            http = await stack.enter_async_context(web_client(timeout=20))
            served = site.build(app)
            await _serve(wire.recorded(served, "in", "") if wire is not None else served, listener, stack)
            await app.open()
            await app.pumps.recover()
            return cls(locale, clock, platforms, app, Operations(app), http, base, _stack=stack.pop_all())

    async def close(self) -> None:
        """Close everything; the folder goes too, unless it was given."""
        await self._stack.aclose()

    async def __aenter__(self) -> Stage:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()


def _says(message: Seen, words: str) -> bool:
    """Tell whether a message holds these words; where a card breaks its lines is the platform's affair."""
    return " ".join(words.split()) in " ".join(message.text.split())


def _first(locale: str) -> tuple[str, str]:
    """Return the company's languages as they are configured, and with the story's own first."""
    known = ["zh_Hans", "en"]
    return json.dumps(known), json.dumps(sorted(known, key=lambda each: each != locale))


async def _serve(app: ASGIApp, listener: socket.socket, stack: AsyncExitStack) -> None:
    """Serve the product's own web app; the stage, not the app, moves time and runs the pumps."""
    server = Server(app)
    task = asyncio.create_task(server.serve([listener]))
    await server.is_up.wait()

    async def stop() -> None:
        server.should_exit = True
        await task

    stack.push_async_callback(stop)


_Version = tuple[datetime, str, int]
"""A message in one of its wordings: when it came, how it began, and how often it was edited."""


def _as_noted(message: Seen) -> str:
    """Return a message as the transcript shows it; of one whose buttons were only closed, what was chosen."""
    if (
        message.told_before
        and message.text.partition("\n")[0][:12] == message.told_before[-1].partition("\n")[0][:12]
    ):
        chosen = [line for line in message.text.splitlines() if line.startswith("✓")]
        if chosen or not message.presses:
            return "\n".join(chosen)
    if isinstance(message, Page):
        return "\n".join(filter(None, (message.news, _in_brackets(list(message.presses)))))
    file = f"📎 {message.document}" if message.document else ""
    # A bare address stands in the text already.
    labels = [label for label in message.buttons if message.opens.get(label) != label]
    return "\n".join(filter(None, (message.text, file, _in_brackets(labels))))


def _in_brackets(labels: Sequence[str]) -> str:
    return "  ".join(f"[{label}]" for label in labels)
