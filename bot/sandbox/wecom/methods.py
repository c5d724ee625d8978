"""What an app may ask of WeCom, one method for each."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from bot.sandbox.wecom.application import Asked, Method
from bot.sandbox.wecom.cards import ANSWERED, NOTICES, check
from bot.sandbox.wecom.company import Company, Dropped
from bot.sandbox.wecom.people import WeComPerson
from bot.sandbox.wecom.rules import (
    MOST_TEXT,
    MOST_USERS,
    RECALL_LIVES,
    Refusal,
    check_menu,
    check_url,
    size,
)

Given = Mapping[str, Any]
MOST_ITEMS = 4
"""Figures on a tile of the workbench (92535)."""


class Methods:
    """The methods of one app; what they do is done to the company. Each raises Refusal."""

    def __init__(self, company: Company, headcount: int) -> None:
        self._company = company
        self._headcount = headcount
        self._requests: dict[str, datetime] = {}
        """When a request with a duplicate check was first carried out."""
        self._misses: list[datetime] = []
        self.workbench: str = ""
        self.all: Mapping[str, Method] = {
            "message/send": self.send,
            "message/update_template_card": self.update,
            "message/recall": self.recall,
            "webhook/send": self.post,
            "media/upload": self._company.media.upload,
            "media/get": self._company.media.get,
            "menu/create": self.create_menu,
            "menu/get": self.get_menu,
            "menu/delete": self.delete_menu,
            "agent/get": self.agent,
            "agent/set_workbench_template": self.set_workbench,
            "agent/get_workbench_template": self.get_workbench,
            "agent/set_workbench_data": self.set_tile,
            "user/get": self.user,
            "user/getuserid": self.by_mobile,
            "user/get_userid_by_email": self.by_email,
            "getcallbackip": lambda _: {"ip_list": ["101.226.103.0/25"]},
            "get_api_domain_ip": lambda _: {"ip_list": ["182.254.11.176"]},
        }

    # -- messages -----------------------------------------------------------------------------------------

    def send(self, asked: Asked) -> dict[str, Any]:
        given = asked.given
        self._check_agent(given.get("agentid"))
        people, invalid = self._receivers(given)
        kind = str(given.get("msgtype"))
        content = self._content(kind, given.get(kind), MOST_TEXT)
        answer = {"invaliduser": "|".join(invalid), "invalidparty": "", "invalidtag": ""}
        if self._is_repeated(given):
            now = self._company.clock.now()
            self._company.dropped += [Dropped(person.userid, now, "duplicate") for person in people]
            # What else the answer to a duplicate holds is not documented, so no leave to edit.
            return {**answer, "msgid": self._company.id("msg")}
        task = content.get("task_id") if kind == "template_card" else None
        if task and task in self._company.tasks:
            raise Refusal(42014, "task_id was used before")
        sent = self._company.send(people, kind, content)
        answer["msgid"] = sent.id
        if kind == "template_card" and content["card_type"] in ANSWERED:
            answer["response_code"] = self._company.new_code(str(task))
        return answer

    def _receivers(self, given: Given) -> tuple[list[WeComPerson], list[str]]:
        """Return who gets it, and userids that nobody in the app's scope has."""
        company = self._company
        wanted = [each for each in str(given.get("touser") or "").split("|") if each]
        if not wanted and not given.get("toparty") and not given.get("totag"):
            raise Refusal(82001)
        if wanted == ["@all"]:
            return [each for each in company.people.values() if company.reachable(each.userid)], []
        if len(wanted) > MOST_USERS:
            raise Refusal(40032)
        found = {each.lower(): company.reachable(each) for each in wanted}
        people = [person for person in found.values() if person is not None]
        if not people:
            raise Refusal(81013)
        return people, [userid for userid, person in found.items() if person is None]

    def _is_repeated(self, given: Given) -> bool:
        """Whether this very request was carried out within its interval."""
        if given.get("enable_duplicate_check") != 1:
            return False
        seconds = given.get("duplicate_check_interval", 1800)
        if not isinstance(seconds, int) or not 0 < seconds <= 14_400:
            raise Refusal(40058, "duplicate_check_interval")
        key = json.dumps(given, sort_keys=True, ensure_ascii=False)
        now, before = self._company.clock.now(), self._requests.get(key)
        if before is not None and now - before < timedelta(seconds=seconds):
            return True
        self._requests[key] = now
        return False

    def _content(self, kind: str, content: object, most_markdown: int) -> Given:
        """Return what is to be shown, cut where WeCom cuts."""
        if not isinstance(content, dict):
            raise Refusal(40008 if kind not in _KINDS else 40058, kind)
        match kind:
            case "text":
                if not content.get("content"):
                    raise Refusal(44004)
                return {
                    "content": self._company.shortened(str(content["content"]), MOST_TEXT, "text.content")
                }
            case "markdown":
                if not content.get("content"):
                    raise Refusal(44004)
                if size(content["content"]) > most_markdown:
                    raise Refusal(45002)
                return content
            case "textcard":
                return self._textcard(content)
            case "template_card":
                return check(content)
            case "file" | "image":
                self._company.media.check(content.get("media_id"))
                return content
        raise Refusal(40008, kind)

    def _textcard(self, content: Given) -> Given:
        if not content.get("title"):
            raise Refusal(41016)
        if not content.get("description"):
            raise Refusal(41033)
        check_url(content.get("url"))
        return {
            **content,
            "title": self._company.shortened(str(content["title"]), 128, "textcard.title"),
            "description": self._company.shortened(str(content["description"]), 512, "textcard.description"),
            "btntxt": str(content.get("btntxt") or "详情")[:4],
        }

    def update(self, asked: Asked) -> dict[str, Any]:
        given = asked.given
        self._check_agent(given.get("agentid"), 42015)
        card = check(given["template_card"], is_update=True) if "template_card" in given else None
        words = (given.get("button") or {}).get("replace_name")
        if card is None and not words:
            raise Refusal(40058, "button or template_card")
        users = given.get("userids")
        if not given.get("atall") and not (isinstance(users, list) and 0 < len(users) <= MOST_USERS):
            raise Refusal(40035, "userids")
        sent = self._company.take_code(given.get("response_code"))
        wanted = [str(each) for each in users or []] if not given.get("atall") else [*sent.copies]
        copies = {userid.lower(): shown for userid, shown in sent.copies.items()}
        for userid in wanted:
            shown = copies.get(userid.lower())
            if shown is not None and card is not None:
                shown.edit(card)
                self._company.cut += shown.face.cut
            elif shown is not None:
                shown.replace(str(words))
        return {"invaliduser": [each for each in wanted if each.lower() not in copies]}

    def recall(self, asked: Asked) -> dict[str, Any]:
        sent = self._company.sent_messages.get(str(asked.given.get("msgid")))
        if sent is None:
            raise Refusal(40058, "msgid")
        if self._company.clock.now() - sent.at > RECALL_LIVES:
            raise Refusal(42052)
        for userid, shown in sent.copies.items():
            self._company.people[userid.lower()].chat.remove(shown)
        sent.copies.clear()
        return {}

    def post(self, asked: Asked) -> dict[str, Any]:
        """Send as a group's robot (91770): its key is all it needs."""
        group = self._company.groups.get(asked.query.get("key", ""))
        if group is None or not group.has_robot:
            raise Refusal(93000)
        kind = str(asked.given.get("msgtype"))
        content = self._content(kind, asked.given.get(kind), 4096)
        if kind == "textcard" or (kind == "template_card" and content["card_type"] not in NOTICES):
            raise Refusal(40008, kind)
        self._company.post(group, kind, content)
        return {}

    # -- the app ------------------------------------------------------------------------------------------

    def create_menu(self, asked: Asked) -> dict[str, Any]:
        self._check_agent(asked.query.get("agentid"))
        check_menu(asked.given.get("button"))
        self._company.menu = asked.given["button"]
        return {}

    def get_menu(self, asked: Asked) -> dict[str, Any]:
        self._check_agent(asked.query.get("agentid"))
        if not self._company.menu:
            raise Refusal(46003)
        return {"button": self._company.menu}

    def delete_menu(self, asked: Asked) -> dict[str, Any]:
        self._check_agent(asked.query.get("agentid"))
        self._company.menu = ()
        return {}

    def agent(self, asked: Asked) -> dict[str, Any]:
        self._check_agent(asked.query.get("agentid"))
        people = [each for each in self._company.people.values() if self._company.reachable(each.userid)]
        return {
            "agentid": self._company.agent,
            "name": "面试助手",
            "close": 0,
            "allow_userinfos": {"user": [{"userid": each.userid} for each in people]},
            "allow_partys": {"partyid": []},
            "allow_tags": {"tagid": []},
            "isreportenter": 1,
        }

    def set_workbench(self, asked: Asked) -> dict[str, Any]:
        self._check_agent(asked.given.get("agentid"))
        if asked.given.get("type") not in ("keydata", "image", "list", "webview", "normal"):
            raise Refusal(40058, "type")
        self.workbench = str(asked.given["type"])
        return {}

    def get_workbench(self, asked: Asked) -> dict[str, Any]:
        self._check_agent(asked.given.get("agentid"))
        return {"type": self.workbench or "normal"}

    def set_tile(self, asked: Asked) -> dict[str, Any]:
        self._check_agent(asked.given.get("agentid"))
        person = self._company.reachable(str(asked.given.get("userid")))
        if person is None:
            raise Refusal(40003)
        if asked.given.get("type") != "keydata" or self.workbench != "keydata":
            raise Refusal(40058, "type")
        items = (asked.given.get("keydata") or {}).get("items") or []
        if not 1 <= len(items) <= MOST_ITEMS:
            raise Refusal(40058, "keydata.items")
        person.tile = {str(each.get("key") or ""): str(each["data"]) for each in items}
        return {}

    def _check_agent(self, agent: object, code: int = 301002) -> None:
        if agent in (None, ""):
            raise Refusal(41011)
        if not str(agent).isdecimal():
            raise Refusal(40056)
        if int(str(agent)) != self._company.agent:
            raise Refusal(code)

    # -- members ------------------------------------------------------------------------------------------

    def user(self, asked: Asked) -> dict[str, Any]:
        person = self._company.member(asked.query.get("userid"))
        if person is None:
            raise Refusal(60111)
        if not person.is_in_scope:
            raise Refusal(60011)
        # Apps made since June 2022 are told neither mobile nor mailbox (90196).
        return {"userid": person.userid, "name": person.name, "department": [1], "status": 1}

    def by_mobile(self, asked: Asked) -> dict[str, Any]:
        mobile = str(asked.given.get("mobile") or "")
        return self._found(lambda person: bool(mobile) and person.mobile == mobile)

    def by_email(self, asked: Asked) -> dict[str, Any]:
        email, kind = str(asked.given.get("email") or "").lower(), asked.given.get("email_type", 1)
        if kind not in (1, 2):
            raise Refusal(40058, "email_type")
        field = "biz_mail" if kind == 1 else "email"
        return self._found(lambda person: bool(email) and getattr(person, field).lower() == email)

    def _found(self, fits: Callable[[WeComPerson], bool]) -> dict[str, Any]:
        """Return who fits; who asks in vain for more than a fifth of the company waits for a day (90313, 45009)."""
        now = self._company.clock.now()
        self._misses = [at for at in self._misses if now - at < timedelta(days=1)]
        if len(self._misses) > self._headcount / 5:
            raise Refusal(45009)
        for person in self._company.people.values():
            if fits(person) and self._company.reachable(person.userid):
                return {"userid": person.userid}
        self._misses.append(now)
        raise Refusal(46004)


_KINDS = ("text", "markdown", "textcard", "template_card", "file", "image")
