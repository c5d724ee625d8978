"""What an app may ask of 客户联系 (developer.work.weixin.qq.com 92571, 92577, 92137, 92114), one method for each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.sandbox.contact.book import WELCOME_LIVES, Book, Way
from bot.sandbox.contact.people import ContactPerson, as_link, as_shown
from bot.sandbox.wecom.application import Asked, Method
from bot.sandbox.wecom.media import Media
from bot.sandbox.wecom.rules import Refusal, check_url, size

Given = Mapping[str, Any]
MOST_WELCOME = 4000
MOST_ATTACHMENTS = 9
MOST_USERS = 100
LONGEST_STATE = 30
LONGEST_REMARK = 30
"""Both in characters (92577)."""


class Methods:
    """The methods of one app. Each raises Refusal."""

    def __init__(self, book: Book, media: Media) -> None:
        self._book = book
        self._media = media
        self.is_listed = True
        """Whether the app stands under 可调用接口的应用 of 客户联系."""
        of_contacts: Mapping[str, Method] = {
            "get_follow_user_list": lambda _: {"follow_user": [*book.employees]},
            "add_contact_way": self.add_way,
            "get_contact_way": self.get_way,
            "del_contact_way": self.delete_way,
            "send_welcome_msg": self.welcome,
            "get": self.contact,
            "list": self.contacts,
        }
        self.all: Mapping[str, Method] = {
            **{f"externalcontact/{name}": self._listed(method) for name, method in of_contacts.items()},
            "media/upload": media.upload,
            "media/get": media.get,
            "getcallbackip": lambda _: {"ip_list": ["101.226.103.0/25"]},
        }

    def _listed(self, method: Method) -> Method:
        def asked(given: Asked) -> dict[str, Any]:
            if not self.is_listed:
                raise Refusal(48002)
            return method(given)

        return asked

    # -- ways ---------------------------------------------------------------------------------------------

    def add_way(self, asked: Asked) -> dict[str, Any]:
        given = asked.given
        kind, scene, users = given.get("type"), given.get("scene"), given.get("user") or []
        if kind not in (1, 2) or scene not in (1, 2):
            raise Refusal(40058, "type, scene")
        if not isinstance(users, list) or not 1 <= len(users) <= (1 if kind == 1 else MOST_USERS):
            raise Refusal(40058, "user")
        known = {each.lower() for each in self._book.employees}
        if any(str(each).lower() not in known for each in users):
            raise Refusal(84074)
        for name, most in (("state", LONGEST_STATE), ("remark", LONGEST_REMARK)):
            if len(str(given.get(name) or "")) > most:
                raise Refusal(40058, f"{name} exceed max length {most}")
        skips_asking = bool(given.get("skip_verify", True))
        way = self._book.way([str(each) for each in users], str(given.get("state") or ""), skips_asking)
        return {"config_id": way.config_id, **({"qr_code": way.qr_code} if scene == 2 else {})}

    def get_way(self, asked: Asked) -> dict[str, Any]:
        way = self._way(asked.given)
        told = {"config_id": way.config_id, "state": way.state, "qr_code": way.qr_code}
        return {"contact_way": {**told, "user": [*way.users], "skip_verify": way.skips_asking}}

    def delete_way(self, asked: Asked) -> dict[str, Any]:
        del self._book.ways[self._way(asked.given).config_id]
        return {}

    def _way(self, given: Given) -> Way:
        found = self._book.ways.get(str(given.get("config_id")))
        if found is None:
            raise Refusal(40058, "config_id")
        return found

    # -- welcome ------------------------------------------------------------------------------------------

    def welcome(self, asked: Asked) -> dict[str, Any]:
        """Say the one thing that can be said to somebody who has just come (92137)."""
        given, book = asked.given, self._book
        self._check_welcome(given)
        known, now = book.welcomes.get(str(given.get("welcome_code"))), book.clock.now()
        if known is None or now - known.at > WELCOME_LIVES:
            raise Refusal(41050)
        if known.is_used or known.person.is_talking:
            raise Refusal(41051)
        known.is_used = True
        if text := (given.get("text") or {}).get("content"):
            known.person.chat.append(as_shown(now, None, str(text)))
        for each in given.get("attachments") or []:
            self._attach(known.person, each)
        return {}

    def _check_welcome(self, given: Given) -> None:
        text, attached = given.get("text") or {}, given.get("attachments") or []
        if not isinstance(text, Mapping) or not isinstance(attached, list):
            raise Refusal(40058, "text, attachments")
        if size(text.get("content") or "") > MOST_WELCOME:
            raise Refusal(45002, "text.content")
        if not text.get("content") and not attached:
            raise Refusal(44004)
        if len(attached) > MOST_ATTACHMENTS:
            raise Refusal(40058, "attachments exceed max number 9")
        for each in attached:
            self._check_attachment(each)

    def _check_attachment(self, given: object) -> None:
        kind = str(given.get("msgtype")) if isinstance(given, Mapping) else ""
        content = given.get(kind) if isinstance(given, Mapping) else None
        if not isinstance(content, Mapping):
            raise Refusal(40058, "attachments")
        if kind == "link":
            if not content.get("title") or size(content["title"]) > 128:
                raise Refusal(40058, "link.title")
            if size(content.get("desc") or "") > 512 or size(content.get("url") or "") > 2048:
                raise Refusal(40058, "link.desc, link.url")
            check_url(content.get("url"))
        elif kind in ("image", "video", "file"):
            if not (kind == "image" and content.get("pic_url")):
                self._media.check(content.get("media_id"))
        else:
            raise Refusal(40008, kind)

    def _attach(self, person: ContactPerson, given: Given) -> None:
        kind, now = str(given["msgtype"]), self._book.clock.now()
        if kind == "link":
            person.chat.append(as_link(now, given["link"]))
            return
        shown = as_shown(now, None, "")
        if given[kind].get("media_id"):
            shown.document, shown.data = self._media[str(given[kind]["media_id"])]
        person.chat.append(shown)

    # -- contacts -----------------------------------------------------------------------------------------

    def contact(self, asked: Asked) -> dict[str, Any]:
        person = self._book.people.get(asked.query.get("external_userid", ""))
        if person is None:
            raise Refusal(40096)
        if not person.knows:
            raise Refusal(84061)
        who = {"external_userid": person.external_userid, "name": person.name, "type": 1}
        return {"external_contact": who, "follow_user": [{"userid": each} for each in sorted(person.knows)]}

    def contacts(self, asked: Asked) -> dict[str, Any]:
        userid = asked.query.get("userid", "")
        found = [each.external_userid for each in self._book.people.values() if userid in each.knows]
        if not found:
            raise Refusal(84061)
        return {"external_userid": found}
