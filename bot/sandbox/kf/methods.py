"""What an app may ask of 微信客服, one method for each."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from bot.sandbox.kf import rules
from bot.sandbox.kf.desk import BASE, Desk
from bot.sandbox.kf.people import KfPerson
from bot.sandbox.wecom.application import Asked, Method
from bot.sandbox.wecom.rules import Rate, Refusal, size

Given = Mapping[str, Any]
FILES = frozenset("file image voice video".split())
CURSOR = "4gw7MepFLfgF"


class Methods:
    """The methods of one app; what they do is done at the desk. Each raises Refusal."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.is_listed = True
        """Whether the app stands under 可调用接口的应用."""
        self.page = rules.MOST_AT_ONCE
        """How many messages are read at once at most: fewer than were asked for may come."""
        self.late_code = 95002
        """What is answered after 48 hours; 95018 is documented for it, too."""
        self._blind = Rate(rules.WITHOUT_TOKEN)
        of_kf: Mapping[str, Method] = {
            "kf/account/list": self.accounts,
            "kf/add_contact_way": self.add_contact_way,
            "kf/sync_msg": self.sync,
            "kf/send_msg": self.send,
            "kf/send_msg_on_event": self.send_on_event,
            "kf/service_state/get": self.get_state,
            "kf/service_state/trans": self.change_state,
            "kf/customer/batchget": self.customers,
        }
        self.all: Mapping[str, Method] = {
            **{name: self._listed(method) for name, method in of_kf.items()},
            "media/upload": desk.media.upload,
            "media/get": desk.media.get,
            "getcallbackip": lambda _: {"ip_list": ["101.226.103.0/25"]},
        }

    def _listed(self, method: Method) -> Method:
        def asked(given: Asked) -> dict[str, Any]:
            if not self.is_listed:
                raise Refusal(48002)
            return method(given)

        return asked

    # -- accounts and links -------------------------------------------------------------------------------

    def accounts(self, asked: Asked) -> dict[str, Any]:
        offset, limit = asked.given.get("offset", 0), asked.given.get("limit", 100)
        if not isinstance(offset, int) or not isinstance(limit, int) or not 1 <= limit <= 100:
            raise Refusal(40058, "limit")
        found = [*self._desk.accounts.values()][offset : offset + limit]
        told = [{"open_kfid": each.open_kfid, "name": each.name, "avatar": ""} for each in found]
        return {"account_list": [{**each, "manage_privilege": True} for each in told]}

    def add_contact_way(self, asked: Asked) -> dict[str, Any]:
        account = self._desk.accounts[self._account(asked.given)]
        scene = asked.given.get("scene", "")
        if not isinstance(scene, str) or not rules.SCENE.fullmatch(scene):
            raise Refusal(40058, "scene")
        mark = "ENC" + secrets.token_hex(6)
        self._desk.scenes[mark] = account.open_kfid, scene
        return {"url": f"{BASE}{account.path}?enc_scene={mark}"}

    # -- reading ------------------------------------------------------------------------------------------

    def sync(self, asked: Asked) -> dict[str, Any]:
        """Return what happened since a cursor, or in the last three days (94670)."""
        given, now = asked.given, self._desk.clock.now()
        limit = given.get("limit", rules.MOST_AT_ONCE)
        if not isinstance(limit, int) or not 0 <= limit <= rules.MOST_AT_ONCE:
            raise Refusal(40058, "limit")
        if given.get("voice_format", 0) not in (0, 1):
            raise Refusal(40058, "voice_format")
        wanted = self._account(given) if given.get("open_kfid") else ""
        self._check_token(given.get("token"))
        begin = self._position(given.get("cursor"))
        entries = self._desk.entries
        most = min(limit or rules.MOST_AT_ONCE, self.page)
        found: list[Any] = []
        place = begin
        for place in range(begin, len(entries)):
            if len(found) == most:
                break
            entry = entries[place]
            if now - entry.at <= rules.KEPT and wanted in ("", entry.open_kfid):
                found.append(entry.told)
        else:
            place = len(entries)
        self._desk.read_to = max(self._desk.read_to, place)
        more = int(place < len(entries))
        return {"next_cursor": f"{CURSOR}{place:08d}", "has_more": more, "msg_list": found}

    def _check_token(self, token: object) -> None:
        now = self._desk.clock.now()
        if not token:
            if not self._blind.take(now):
                raise Refusal(45009)
        elif self._desk.tokens.get(str(token), now) <= now:
            raise Refusal(95007)

    def _position(self, cursor: object) -> int:
        if not cursor:
            return 0
        head, place = str(cursor)[: len(CURSOR)], str(cursor)[len(CURSOR) :]
        if size(cursor) > rules.LONGEST_CURSOR or head != CURSOR or not place.isdecimal():
            raise Refusal(40058, "cursor")
        return int(place)

    # -- sending ------------------------------------------------------------------------------------------

    def send(self, asked: Asked) -> dict[str, Any]:
        """Take a message for a customer; whether it arrives is told later, and only if it does not (94677)."""
        given, now = asked.given, self._desk.clock.now()
        person = self._customer(given.get("touser"), self._account(given))
        kind, content = self._content(given, rules.MOST_OF_ANY)
        self._check_id(given, person)
        if person.wrote_at is None or now - person.wrote_at > rules.WINDOW:
            raise Refusal(self.late_code)
        if self._desk.state(person) not in (rules.FRESH, rules.ASSISTED):
            raise Refusal(95018)
        if person.sent_since >= rules.MESSAGES:
            raise Refusal(95001)
        person.sent_since += 1
        return self._deliver(given, person, kind, content)

    def send_on_event(self, asked: Asked) -> dict[str, Any]:
        """Say the one thing that an event leaves to be said (95122)."""
        given = asked.given
        kind, content = self._content(given, rules.MOST_ITEMS)
        if kind not in ("text", "msgmenu"):
            raise Refusal(40008, kind)
        known = self._desk.codes.get(str(given.get("code")))
        if known is not None:
            self._check_id(given, known.person)
            if known.kind == "queue" and (kind != "text" or self._desk.state(known.person) != rules.QUEUED):
                raise Refusal(95018)
        code = self._desk.take_code(given.get("code"))
        if code.kind == "welcome":
            code.person.welcomed_at = self._desk.clock.now()
        return self._deliver(given, code.person, kind, content)

    def _deliver(self, given: Given, person: KfPerson, kind: str, content: Given) -> dict[str, Any]:
        msgid = str(given.get("msgid") or self._desk.id())
        self._desk.own_ids.add((person.open_kfid, msgid))
        self._desk.deliver(person, msgid, kind, content)
        return {"msgid": msgid}

    def _check_id(self, given: Given, person: KfPerson) -> None:
        """Raise Refusal unless the app's own id of a message is new to the account, as it has to be (94677)."""
        msgid = given.get("msgid")
        if msgid in (None, ""):
            return
        if not isinstance(msgid, str) or size(msgid) > 32:
            raise Refusal(40058, "msgid exceed max length 32")
        if not rules.OWN_ID.fullmatch(msgid):
            raise Refusal(40058, "msgid")
        if (person.open_kfid, msgid) in self._desk.own_ids:
            # Which error code it is nobody has written down.
            raise Refusal(40058, "msgid is repeated")

    def _content(self, given: Given, most_items: int) -> tuple[str, Given]:
        kind = str(given.get("msgtype"))
        content = given.get(kind)
        if not isinstance(content, Mapping):
            raise Refusal(40058 if kind in _KINDS else 40008, kind)
        if kind == "text":
            rules.check_text(content)
        elif kind == "msgmenu":
            rules.check_menu(content, most_items)
        elif kind in FILES:
            self._desk.media.check(content.get("media_id"))
        elif kind == "link":
            rules.check_link(content)
            self._desk.media.check(content.get("thumb_media_id"))
        else:
            raise Refusal(40008, kind)
        return kind, content

    # -- who has the talk ---------------------------------------------------------------------------------

    def get_state(self, asked: Asked) -> dict[str, Any]:
        person = self._customer(asked.given.get("external_userid"), self._account(asked.given))
        state = self._desk.state(person)
        return {"service_state": state, "servicer_userid": person.servicer if state == rules.SERVED else ""}

    def change_state(self, asked: Asked) -> dict[str, Any]:
        given = asked.given
        person = self._customer(given.get("external_userid"), self._account(given))
        state, wanted = self._desk.state(person), given.get("service_state")
        if state == rules.ENDED:
            raise Refusal(95013)
        if not isinstance(wanted, int) or wanted not in rules.ALLOWED[state]:
            raise Refusal(95016)
        if wanted == rules.SERVED and not given.get("servicer_userid"):
            raise Refusal(95014)
        person.state = wanted
        person.servicer = str(given["servicer_userid"]) if wanted == rules.SERVED else ""
        if wanted in (rules.QUEUED, rules.SERVED):
            return {"msg_code": self._desk.code("queue", person)}
        return {"msg_code": self._desk.code("end", person)} if wanted == rules.ENDED else {}

    def customers(self, asked: Asked) -> dict[str, Any]:
        wanted = asked.given.get("external_userid_list")
        if not isinstance(wanted, list) or not 1 <= len(wanted) <= 100:
            raise Refusal(40058, "external_userid_list")
        people = [self._desk.people[each] for each in wanted if each in self._desk.people]
        told = [{"external_userid": each.external_userid, "nickname": each.name} for each in people]
        invalid = [each for each in wanted if each not in self._desk.people]
        return {"customer_list": told, "invalid_external_userid": invalid}

    def _account(self, given: Given) -> str:
        open_kfid = given.get("open_kfid")
        if not isinstance(open_kfid, str) or not open_kfid.startswith("wk"):
            raise Refusal(95000)
        if open_kfid not in self._desk.accounts:
            raise Refusal(95004)
        return open_kfid

    def _customer(self, external_userid: object, open_kfid: str) -> KfPerson:
        person = self._desk.people.get(str(external_userid))
        if person is None or person.open_kfid != open_kfid:
            raise Refusal(40096)
        return person


_KINDS = FILES | frozenset("text link msgmenu miniprogram location".split())
