"""One service account: who follows it, what was sent to them, its codes and templates, and what people do."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.clock import Clock
from bot.sandbox.wechat.callbacks import Callback, Callbacks, as_xml
from bot.sandbox.wechat.fields import Template
from bot.sandbox.wechat.oauth import OAuth
from bot.sandbox.wechat.people import DETAILS, OUT_OF_ORDER, Shown, WeChatPerson, read
from bot.sandbox.wechat.rules import QUOTAS, Refusal, day
from bot.sandbox.wechat.windows import Windows

OPENING = frozenset({"click", "scancode_push", "scancode_waitmsg"})
"""Entries of the menu after which somebody may be written to."""
OVER = "二维码已过期"
_SIGNS = {"image": b"\xff\xd8\xff\xe0", "voice": b"#!AMR\n", "video": b"\0\0\0\x20ftypmp42"}
"""What files begin with that people send."""
CODES = "http://weixin.qq.com/q/"
"""What every code holds; within WeChat it can be tapped as well."""


@dataclass(frozen=True, slots=True)
class ScanCode:
    """A code that people scan, with what it says to the account."""

    scene: str
    ends_at: datetime | None
    url: str


@dataclass(frozen=True, slots=True)
class File:
    """What somebody sent that is not words: `image`, `voice`, `video`."""

    kind: str
    data: bytes
    at: datetime


@dataclass(frozen=True, slots=True)
class Job:
    """A template message on its way."""

    id: int
    openid: str
    once: str
    """Its client_msg_id."""
    at: datetime


class Account:
    """What WeChat knows of the account."""

    def __init__(self, clock: Clock, name: str, windows: Windows, oauth: OAuth) -> None:
        self.clock = clock
        self.name = name
        """Its own id, as callbacks name it: gh_…"""
        self.windows = windows
        self.oauth = oauth
        self.callbacks: Callbacks
        self.people: dict[str, WeChatPerson] = {}
        """By openid."""
        self.menu: Sequence[Mapping[str, Any]] = ()
        self.templates: dict[str, Template] = {}
        self.codes: dict[str, ScanCode] = {}
        """By ticket."""
        self.media: dict[str, File] = {}
        """What people sent, by its MediaId."""
        self.jobs: list[Job] = []
        self.held_back: list[Job] = []
        """Template messages that were asked for again with the same client_msg_id, and not shown again."""
        self.cut: list[str] = []
        """What stood behind the end of a line in a template's field, and was not shown."""
        self.quotas = dict(QUOTAS)
        self.fails_jobs = False
        """Whether template messages fail on Tencent's side after they were taken."""
        self.numbers_jobs = True
        """Whether a job's end tells its number. Some were told 0 when they had sent a client_msg_id (2023-03)."""
        self.numbers_items = True
        """Whether a tap on an item tells its id. One was told 0 (2026-03)."""
        self._called: Counter[tuple[str, str]] = Counter()
        self._number = 0

    def number(self) -> int:
        self._number += 1
        return self._number

    def count(self, method: str) -> None:
        """Count a call; raises Refusal above what a day allows."""
        key = day(self.clock.now()), method
        self._called[key] += 1
        if self._called[key] > self.quotas.get(method, 1_000_000):
            raise Refusal(45009)

    def person(self, openid: object) -> WeChatPerson:
        """Return whose an openid is; raises Refusal."""
        found = self.people.get(str(openid))
        if found is None:
            raise Refusal(40003)
        return found

    def is_out_of_order(self, openid: str) -> None:
        """Tell somebody that the account did not answer as it must."""
        if openid in self.people:
            self.people[openid].toasts.append(OUT_OF_ORDER)

    # -- what the account sends ---------------------------------------------------------------------------

    def send(self, person: WeChatPerson, kind: str, content: Mapping[str, Any]) -> None:
        """Show a customer-service message; raises Refusal when none may be sent now."""
        if not person.is_follower:
            raise Refusal(45015)
        self.windows.take(person.openid)
        text, presses, opens = read(kind, content)
        id = f"msg{self.number():08d}"
        person.chat.append(Shown(id, self.clock.now(), None, kind, text, presses=presses, opens=opens))

    def notify(self, person: WeChatPerson, template: Template, text: str, url: str, once: str) -> Job:
        """Show a template message, and tell later what became of it."""
        now = self.clock.now()
        before = next(
            (job for job in self.jobs if once and (job.openid, job.once) == (person.openid, once)), None
        )
        if before is not None and now - before.at < timedelta(minutes=10):
            self.held_back.append(before)
            return before
        job = Job(3_000_000_000_000_000_000 + self.number(), person.openid, once, now)
        self.jobs = [each for each in self.jobs if each is not before] + [job]
        status = "failed:user block" if person.refuses_notices else "success"
        if self.fails_jobs:
            status = "failed: system failed"
        if status == "success":
            opens = {DETAILS: url} if url else {}
            shown = Shown(str(job.id), now, None, "template", text, opens=opens, template=template.id)
            person.chat.append(shown)
        number = job.id if self.numbers_jobs or not once else 0
        self.event(person, "TEMPLATESENDJOBFINISH", {"MsgID": number, "Status": status})
        return job

    def new_code(self, scene: str, lasts: timedelta | None) -> str:
        """Return the ticket of a new code; None lasts for ever."""
        ticket = "gQ" + secrets.token_urlsafe(60) + "=="
        ends_at = None if lasts is None else self.clock.now() + lasts
        self.codes[ticket] = ScanCode(scene, ends_at, CODES + secrets.token_urlsafe(16))
        return ticket

    # -- what people do -----------------------------------------------------------------------------------

    def followed(self, person: WeChatPerson, ticket: str = "", scene: str = "") -> str:
        person.is_follower, person.followed_at, person.came_by = True, self.clock.now(), scene
        self.windows.open(person.openid, "follow")
        by = {"EventKey": f"qrscene_{scene}", "Ticket": ticket} if ticket else {"EventKey": ""}
        return self.event(person, "subscribe", by)

    def scanned(self, person: WeChatPerson, shown: str) -> str:
        """Let somebody scan a code, by its ticket or its content."""
        ticket = next((id for id, code in self.codes.items() if shown in (id, code.url)), None)
        if ticket is None:
            raise LookupError(f"{person.name} scans what is no code of this account")
        code = self.codes[ticket]
        if code.ends_at is not None and code.ends_at <= self.clock.now():
            person.toasts.append(OVER)
            return ""
        if not person.is_follower:
            return self.followed(person, ticket, code.scene)
        self.windows.open(person.openid, "scan")
        return self.event(person, "SCAN", {"EventKey": code.scene, "Ticket": ticket})

    def unfollowed(self, person: WeChatPerson) -> str:
        person.is_follower = False
        self.windows.shut(person.openid)
        return self.event(person, "unsubscribe", {"EventKey": ""})

    def said(self, person: WeChatPerson, kind: str, fields: Mapping[str, object], text: str) -> str:
        """Tell the account what somebody wrote; returns its MsgId."""
        self._check_follower(person)
        self.windows.open(person.openid, "message")
        return self._message(person, kind, fields, text)

    def chose(self, person: WeChatPerson, label: str, item: str) -> str:
        """Tell the account which item of a menu in a message was tapped: a text, which grants what a click does."""
        self._check_follower(person)
        self.windows.open(person.openid, "menu")
        told = item if self.numbers_items else "0"
        return self._message(person, "text", {"Content": label, "bizmsgmenuid": told}, label)

    def sent(self, person: WeChatPerson, kind: str, data: bytes = b"") -> str:
        """Tell the account that somebody sent something that is not words."""
        id = f"media{self.number():08d}{secrets.token_urlsafe(24)}"
        media = {"MediaId": id}
        fields: dict[str, object] = {
            "image": {"PicUrl": "http://mmbiz.qpic.cn/mmbiz_jpg/1/0", **media},
            "voice": {**media, "Format": "amr"},
            "video": {**media, "ThumbMediaId": f"thumb{id}"},
            "location": {
                "Location_X": "23.134521",
                "Location_Y": "113.358803",
                "Scale": 20,
                "Label": "位置信息",
            },
            "link": {
                "Title": "公众平台官网链接",
                "Description": "公众平台官网链接",
                "Url": "https://example.com",
            },
        }[kind]  # type: ignore[assignment]
        self.media[id] = File(kind, data or _SIGNS.get(kind, b"") + secrets.token_bytes(60), self.clock.now())
        return self.said(person, kind, fields, "")

    def clicked(self, person: WeChatPerson, entry: Mapping[str, Any]) -> str:
        """Tell the account of an entry of its menu; returns the event's id, or the address it opens."""
        self._check_follower(person)
        if entry["type"] == "view":
            self.event(person, "VIEW", {"EventKey": str(entry["url"])})
            return str(entry["url"])
        if entry["type"] in OPENING:
            self.windows.open(person.openid, "menu")
        name = "CLICK" if entry["type"] == "click" else str(entry["type"])
        return self.event(person, name, {"EventKey": str(entry["key"])})

    def _check_follower(self, person: WeChatPerson) -> None:
        if not person.is_follower:
            raise LookupError(f"{person.name} does not follow the account, and has no chat to write in")

    def _message(self, person: WeChatPerson, kind: str, fields: Mapping[str, object], text: str) -> str:
        msgid = 7_000_000_000_000_000 + self.number()
        person.chat.append(Shown(str(msgid), self.clock.now(), person, kind, text))
        return self._tell(person, {"MsgType": kind, **fields, "MsgId": msgid}, str(msgid))

    def event(self, person: WeChatPerson, event: str, fields: Mapping[str, object]) -> str:
        """Tell the account of an event; returns our own id of it."""
        more = {"MsgType": "event", "Event": event, **fields}
        return self._tell(person, more, f"event{self.number():08d}")

    def _tell(self, person: WeChatPerson, fields: Mapping[str, object], id: str) -> str:
        now = self.clock.now()
        head = {"ToUserName": self.name, "FromUserName": person.openid, "CreateTime": int(now.timestamp())}

        def reply(said: Mapping[str, str]) -> None:
            self._reply(person, said)

        self.callbacks.add(Callback(id, person.openid, as_xml({**head, **fields}), now, reply))
        return id

    def _reply(self, person: WeChatPerson, said: Mapping[str, str]) -> None:
        """Show what the account answered in its response, which needs no window; raises ValueError."""
        if said.get("MsgType") != "text" or not said.get("Content"):
            raise ValueError(f"{said.get('MsgType')} is no reply that is understood")
        if said.get("ToUserName") != person.openid or said.get("FromUserName") != self.name:
            raise ValueError("the reply is for somebody else")
        text, presses, opens = read("text", {"content": said["Content"]})
        id = f"msg{self.number():08d}"
        person.chat.append(Shown(id, self.clock.now(), None, "text", text, presses=presses, opens=opens))
