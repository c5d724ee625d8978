"""What 微信客服 keeps for one company: its accounts, the talks with customers, and what the app may read of them."""

from __future__ import annotations

import secrets
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from urllib.parse import parse_qsl, urlsplit

from bot.clock import Clock
from bot.sandbox.kf import rules
from bot.sandbox.kf.people import KfPerson, Shown
from bot.sandbox.wecom.callbacks import Callback, Callbacks, as_xml
from bot.sandbox.wecom.media import Media
from bot.sandbox.wecom.rules import Refusal

BASE = "https://work.weixin.qq.com/kf/"


@dataclass(slots=True)
class Account:
    """An account that customers talk with."""

    open_kfid: str
    name: str
    path: str
    """The last part of its links."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that happened, as kf/sync_msg tells it."""

    at: datetime
    open_kfid: str
    told: Mapping[str, Any]


@dataclass(slots=True)
class Code:
    """Leave to say one thing after an event."""

    kind: Literal["welcome", "queue", "end"]
    person: KfPerson
    at: datetime
    is_used: bool = False

    @property
    def lives(self) -> timedelta:
        return rules.QUEUE_LIVES if self.kind == "queue" else rules.WELCOME_LIVES


class Desk:
    """All accounts of a company."""

    def __init__(self, clock: Clock, callbacks: Callbacks, media: Media) -> None:
        self.clock = clock
        self.media = media
        self._callbacks = callbacks
        self.accounts: dict[str, Account] = {}
        self.people: dict[str, KfPerson] = {}
        """By external_userid."""
        self.entries: list[Entry] = []
        self.read_to = 0
        """How many of these the app has read."""
        self.codes: dict[str, Code] = {}
        self.scenes: dict[str, tuple[str, str]] = {}
        """Of each link's enc_scene: the account and the scene."""
        self.tokens: dict[str, datetime] = {}
        """Until when each callback's token is good."""
        self.own_ids: set[tuple[str, str]] = set()
        """Which msgids the app has used, by account."""
        self.lost: deque[int] = deque()
        """For the next messages, the fail_type with which they are lost after they were taken."""
        self.has_own_welcome = False
        """Whether the console has a welcome of its own, which leaves none to the app."""
        self._number = 0

    def account(self, name: str) -> Account:
        """Return a new account."""
        number = len(self.accounts) + 1
        made = Account(f"wkAJ2GCAAASSm4_FhToWMFea0xAFf{number:03d}", name, f"kfcbf8f8d07ac{number:04x}")
        self.accounts[made.open_kfid] = made
        return made

    def person(self, name: str, open_kfid: str) -> KfPerson:
        """Return somebody new, who has never talked with the account."""
        external = f"wmAJ2GCAAAme1XQRC-NI-q0_ZM9uk{len(self.people) + 1:03d}"
        self.people[external] = KfPerson(self, name, external, open_kfid)
        return self.people[external]

    def id(self) -> str:
        """Return a msgid of WeChat's own: longer than those that apps may choose."""
        self._number += 1
        return f"4WjjZVmdni5oc5PoFfy6UBHtzhW5HjYccr{self._number:010d}"

    # -- what customers and members do --------------------------------------------------------------------

    def entered(self, person: KfPerson, link: str) -> str:
        """Tell that somebody opened the talk; with leave to welcome them, where nobody did and they are silent."""
        scene, param = self._scene(person, link)
        event = {"event_type": "enter_session", **self._of(person), "scene": scene}
        if param:
            event["scene_param"] = param
        if self._is_new(person):
            event["welcome_code"] = self.code("welcome", person)
        return self._tell_event(person, event)

    def _scene(self, person: KfPerson, link: str) -> tuple[str, str]:
        """Return the scene and parameter of a link; one that was changed brings neither."""
        query = dict(parse_qsl(urlsplit(link).query))
        account, scene = self.scenes.get(query.get("enc_scene", ""), ("", ""))
        if link and urlsplit(link).path != f"/kf/{self.accounts[person.open_kfid].path}":
            raise LookupError(f"{link} is no link of {self.accounts[person.open_kfid].name}")
        param = query.get("scene_param", "")
        if account != person.open_kfid or len(param.encode()) > rules.LONGEST_PARAM:
            return "", ""
        return scene, param if scene else ""

    def _is_new(self, person: KfPerson) -> bool:
        latest = (person.welcomed_at, person.wrote_at)
        since = self.clock.now() - rules.WINDOW
        return not self.has_own_welcome and not any(at is not None and at > since for at in latest)

    def said(self, person: KfPerson, kind: str, content: Mapping[str, Any], text: str) -> str:
        """Tell what somebody wrote: their talk is open again, and the app may answer it."""
        msgid, now = self.id(), self.clock.now()
        if self.state(person) == rules.ENDED:
            person.state = rules.FRESH
        person.wrote_at, person.sent_since = now, 0
        person.chat.append(Shown(msgid, now, person.name, kind, text))
        more = {"origin": 3, "msgtype": kind, kind: dict(content)}
        return self._tell(person, {"msgid": msgid, **self._of(person), **self._at(), **more})

    def answered(self, person: KfPerson, servicer: str, text: str) -> str:
        """Tell what a member of the company wrote to a customer whose talk they have."""
        msgid = self.id()
        person.chat.append(Shown(msgid, self.clock.now(), servicer, "text", text))
        more = {"origin": 5, "servicer_userid": servicer, "msgtype": "text", "text": {"content": text}}
        return self._tell(person, {"msgid": msgid, **self._of(person), **self._at(), **more})

    def taken(self, person: KfPerson, servicer: str) -> str:
        """Tell that a member took a customer's talk."""
        person.state, person.servicer = rules.SERVED, servicer
        event = {"event_type": "session_status_change", **self._of(person), "change_type": 1}
        return self._tell_event(person, {**event, "new_servicer_userid": servicer})

    def closed(self, person: KfPerson) -> str:
        """Tell that a member ended the talk."""
        servicer, person.state, person.servicer = person.servicer, rules.ENDED, ""
        event = {"event_type": "session_status_change", **self._of(person), "change_type": 3}
        more = {"old_servicer_userid": servicer, "msg_code": self.code("end", person)}
        return self._tell_event(person, {**event, **more})

    def switched(self, person: KfPerson) -> str:
        """Tell that a customer turned messages off, or on again."""
        event = {"event_type": "reject_customer_msg_switch_change", **self._of(person)}
        return self._tell_event(person, {**event, "reject_switch": int(person.refuses)})

    def state(self, person: KfPerson) -> int:
        """Return the state of a talk: 48 hours after the customer's last message it is over by itself."""
        at = person.wrote_at
        if at is None or self.clock.now() - at > rules.WINDOW:
            return rules.ENDED
        return person.state

    # -- what the app does --------------------------------------------------------------------------------

    def code(self, kind: Literal["welcome", "queue", "end"], person: KfPerson) -> str:
        code = "v3uyFPrc_iERhNq4Fp8cv04Qa" + secrets.token_hex(8)
        self.codes[code] = Code(kind, person, self.clock.now())
        return code

    def take_code(self, code: object) -> Code:
        """Use a code up; raises Refusal."""
        known = self.codes.get(str(code))
        if known is None or known.is_used or self.clock.now() - known.at > known.lives:
            # Which error code it is nobody has written down.
            raise Refusal(40058, "invalid code")
        known.is_used = True
        return known

    def deliver(self, person: KfPerson, msgid: str, kind: str, content: Mapping[str, Any]) -> None:
        """Show a message that was taken to a customer, or tell why it was lost."""
        shown = Shown(msgid, self.clock.now(), None)
        fail = 10 if person.refuses else self.lost.popleft() if self.lost else None
        if fail is not None:
            event = {"event_type": "msg_send_fail", **self._of(person), "fail_msgid": msgid}
            self._tell_event(person, {**event, "fail_type": fail})
            return
        shown.show(kind, content)
        if kind in ("file", "image", "voice", "video"):
            shown.document, shown.data = self.media[str(content["media_id"])]
        person.chat.append(shown)

    # -- what the app is told -----------------------------------------------------------------------------

    def _tell_event(self, person: KfPerson, event: Mapping[str, Any]) -> str:
        # Which account and customer it is about stands inside (94670).
        more = {"origin": 4, "msgtype": "event", "event": dict(event)}
        return self._tell(person, {"msgid": self.id(), **self._at(), **more})

    def _tell(self, person: KfPerson, told: Mapping[str, Any]) -> str:
        now, msgid = self.clock.now(), str(told["msgid"])
        self.entries.append(Entry(now, person.open_kfid, told))
        token = "ENC" + secrets.token_urlsafe(33)
        self.tokens[token] = now + rules.TOKEN_LIVES
        fields = {
            "ToUserName": self._callbacks.seal.receive_id,
            "CreateTime": int(now.timestamp()),
            "MsgType": "event",
            "Event": "kf_msg_or_event",
            "Token": token,
            "OpenKfId": person.open_kfid,
        }
        self._callbacks.add(Callback(msgid, person.open_kfid, as_xml(fields), now))
        return msgid

    def _of(self, person: KfPerson) -> dict[str, Any]:
        return {"open_kfid": person.open_kfid, "external_userid": person.external_userid}

    def _at(self) -> dict[str, Any]:
        return {"send_time": int(self.clock.now().timestamp())}
