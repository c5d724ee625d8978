"""One company on WeCom with one self-built app: its members, what was sent to them, and what they do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.clock import Clock
from bot.sandbox.wecom.callbacks import Callback, Callbacks, as_xml
from bot.sandbox.wecom.cards import ANSWERED
from bot.sandbox.wecom.media import SENT, Media
from bot.sandbox.wecom.people import Shown, WeComGroup, WeComPerson
from bot.sandbox.wecom.rules import CODE_LIVES, PER_MEMBER, PER_ROBOT, Rate, Refusal, cut


@dataclass(slots=True)
class ResponseCode:
    """Leave to edit a card once."""

    task: str
    at: datetime
    is_used: bool = False


@dataclass(slots=True)
class Sent:
    """A message as it was sent, with everybody's copy of it."""

    id: str
    at: datetime
    copies: dict[str, Shown] = field(default_factory=dict)
    """By userid."""


@dataclass(frozen=True, slots=True)
class Dropped:
    """A message that WeCom said yes to, and showed to nobody."""

    user: str
    at: datetime
    why: str
    """`rate` above a member's limits, `duplicate` for the same request again."""


class Company:
    """What the company's WeCom knows."""

    def __init__(self, clock: Clock, agent: int, is_limited: bool, media: Media) -> None:
        self.clock = clock
        self._is_limited = is_limited
        self.agent = agent
        self.callbacks: Callbacks
        self.people: dict[str, WeComPerson] = {}
        """By userid in lower case: capitals make no difference (90236)."""
        self.groups: dict[str, WeComGroup] = {}
        """By the key of the robot."""
        self.menu: Sequence[Mapping[str, Any]] = ()
        self.sent_messages: dict[str, Sent] = {}
        self.tasks: dict[str, Sent] = {}
        self.codes: dict[str, ResponseCode] = {}
        self.media = media
        self.dropped: list[Dropped] = []
        self.cut: list[str] = []
        """What was too long to be shown whole."""
        self._number = 0
        self._rates: dict[str, Rate] = {}

    def number(self) -> int:
        self._number += 1
        return self._number

    def id(self, prefix: str) -> str:
        return f"{prefix}{self.number():08d}"

    def member(self, userid: object) -> WeComPerson | None:
        """Return a member by their userid."""
        found = self.people.get(str(userid).lower())
        return None if found is None or found.has_left else found

    def reachable(self, userid: str) -> WeComPerson | None:
        """Return a member whom the app may write to."""
        found = self.member(userid)
        return found if found is not None and found.is_in_scope else None

    # -- what the app sends -------------------------------------------------------------------------------

    def send(self, people: Sequence[WeComPerson], kind: str, content: Mapping[str, Any]) -> Sent:
        """Show a message to members, but to none above the limits of what one gets."""
        sent = Sent(self.id("msg"), self.clock.now())
        self.sent_messages[sent.id] = sent
        for person in people:
            rate = self._rates.setdefault(person.userid, Rate(PER_MEMBER))
            if self._is_limited and not rate.take(self.clock.now()):
                self.dropped.append(Dropped(person.userid, self.clock.now(), "rate"))
                continue
            sent.copies[person.userid] = self._copy(sent, kind, content)
            person.chat.append(sent.copies[person.userid])
        if kind == "template_card" and content.get("task_id"):
            self.tasks[str(content["task_id"])] = sent
        return sent

    def _copy(self, sent: Sent, kind: str, content: Mapping[str, Any]) -> Shown:
        shown = Shown(sent.id, sent.at, None)
        if kind in ("file", "image"):
            name, data = self.media[str(content["media_id"])]
            shown.kind, shown.document, shown.data = kind, name, data
        else:
            shown.show(kind, content)
        self.cut += shown.face.cut
        return shown

    def post(self, group: WeComGroup, kind: str, content: Mapping[str, Any]) -> None:
        """Show a robot's message in its group; raises Refusal above what it may."""
        rate = self._rates.setdefault(f"robot {group.key}", Rate(PER_ROBOT))
        if self._is_limited and not rate.take(self.clock.now()):
            raise Refusal(45009)
        group.chat.append(self._copy(Sent(self.id("msg"), self.clock.now()), kind, content))

    def shortened(self, text: str, most: int, what: str) -> str:
        """Return a text as WeCom cuts it, and keep in mind that it did."""
        kept = cut(text, most)
        if kept != text:
            self.cut.append(f"{what} {len(text.encode())}/{most}: {text[:20]}")
        return kept

    # -- editing ------------------------------------------------------------------------------------------

    def new_code(self, task: str) -> str:
        code = self.id("responsecode")
        self.codes[code] = ResponseCode(task, self.clock.now())
        return code

    def take_code(self, code: object) -> Sent:
        """Use a code up, and return the message that it edits; raises Refusal."""
        known = self.codes.get(str(code))
        if known is None:
            raise Refusal(40058, "response_code")
        if known.is_used:
            raise Refusal(42022)
        if self.clock.now() - known.at > CODE_LIVES:
            raise Refusal(42003)
        known.is_used = True
        return self.tasks[known.task]

    # -- what members do ----------------------------------------------------------------------------------

    def said(self, person: WeComPerson, kind: str, fields: Mapping[str, object], text: str) -> str:
        """Tell the app what somebody wrote; returns its MsgId."""
        msgid = str(7_000_000_000_000_000_000 + self.number())
        person.chat.append(Shown(msgid, self.clock.now(), person, kind, text))
        if not person.is_in_scope or person.has_left:
            return msgid
        more = {**fields, "MsgId": int(msgid), "AgentID": self.agent}
        return self._tell(person, {"MsgType": kind, **more}, msgid)

    def sent(self, person: WeComPerson, kind: str, data: bytes = b"") -> str:
        """Tell the app that somebody sent something that is not words."""
        media = {"MediaId": self.media.sent(kind, data) if kind in SENT else ""}
        fields: dict[str, object] = {
            "image": {"PicUrl": "https://wework.qpic.cn/wwpic/1", **media},
            "voice": {**media, "Format": "amr"},
            "video": {**media, "ThumbMediaId": self.id("media")},
            "location": {
                "Location_X": "23.134",
                "Location_Y": "113.358",
                "Scale": 20,
                "Label": "",
                "AppType": "wxwork",
            },
            "link": {"Title": "t", "Description": "d", "Url": "https://example.com", "PicUrl": ""},
        }[kind]  # type: ignore[assignment]
        return self.said(person, kind, fields, "")

    def event(
        self,
        person: WeComPerson,
        event: str,
        fields: Mapping[str, object] | None = None,
        shown: Shown | None = None,
    ) -> str:
        """Tell the app of an event; returns our own id of it."""
        more = {**(fields or {}), "AgentID": self.agent}
        return self._tell(person, {"MsgType": "event", "Event": event, **more}, self.id("event"), shown)

    def pressed(
        self, person: WeComPerson, shown: Shown, key: str, chosen: Mapping[str, Sequence[str]]
    ) -> str:
        """Tell the app of a tap on a card, with leave to edit it."""
        is_answer = shown.card["card_type"] in ANSWERED
        menu = (shown.card.get("action_menu") or {}).get("action_list") or []
        is_menu = not is_answer or key in {str(each.get("key")) for each in menu}
        fields: dict[str, object] = {
            "EventKey": key,
            "TaskId": shown.task,
            "CardType": str(shown.card["card_type"]),
            "ResponseCode": self.new_code(shown.task),
        }
        if chosen:
            fields["SelectedItems"] = {
                "SelectedItem": [
                    {"QuestionKey": question, "OptionIds": {"OptionId": [*ids]}}
                    for question, ids in chosen.items()
                ]
            }
        event = "template_card_menu_event" if is_menu else "template_card_event"
        return self.event(person, event, fields, shown)

    def _tell(
        self, person: WeComPerson, fields: Mapping[str, object], id: str, shown: Shown | None = None
    ) -> str:
        now = self.clock.now()
        head = {
            "ToUserName": self.callbacks.seal.receive_id,
            "FromUserName": person.userid,
            "CreateTime": int(now.timestamp()),
        }

        def reply(said: Mapping[str, str]) -> None:
            self._reply(person, said, shown)

        self.callbacks.add(Callback(id, person.userid, as_xml({**head, **fields}), now, reply))
        return id

    def _reply(self, person: WeComPerson, said: Mapping[str, str], shown: Shown | None) -> None:
        """Show what the app answered in its response (90241); raises ValueError."""
        match said.get("MsgType"):
            case "update_button" if shown is not None:
                shown.replace(said["ReplaceName"])
            case "text":
                content = {"content": self.shortened(said["Content"], 2048, "passive text")}
                self.send([person], "text", content)
            case kind:
                raise ValueError(f"{kind} is no reply to this")
