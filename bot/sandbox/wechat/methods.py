"""What an account may ask of WeChat, one method for each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bot.sandbox.wechat.account import Account
from bot.sandbox.wechat.rules import (
    LONGEST_SCAN,
    MEDIA_LIVES,
    MOST_TEXT,
    SHORTEST_SCAN,
    Refusal,
    check_menu,
    check_url,
    size,
)

Given = Mapping[str, Any]
MOST_MENU_ITEMS = 50
"""Not documented; far above what a person reads."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request: its query and its JSON."""

    query: Mapping[str, str]
    given: Given


class Methods:
    """The methods of one account; what they do is done to it. Each raises Refusal."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self.all: Mapping[str, Callable[[Asked], dict[str, Any]]] = {
            "message/custom/send": self.send,
            "message/template/send": self.notify,
            "template/get_all_private_template": self.templates,
            "qrcode/create": self.new_code,
            "menu/create": self.create_menu,
            "menu/get": self.get_menu,
            "menu/delete": self.delete_menu,
            "user/info": self.user,
            "media/get": self.media,
            "getcallbackip": lambda _: {"ip_list": ["101.226.103.0/25"]},
            "get_api_domain_ip": lambda _: {"ip_list": ["101.89.47.18"]},
        }

    # -- messages -----------------------------------------------------------------------------------------

    def send(self, asked: Asked) -> dict[str, Any]:
        given = asked.given
        person = self._account.person(given.get("touser"))
        kind = str(given.get("msgtype"))
        if kind not in _KINDS:
            raise Refusal(40008, kind)
        content = given.get(kind)
        if not isinstance(content, dict):
            raise Refusal(47001, kind)
        _KINDS[kind](content)
        self._account.send(person, kind, content)
        return {}

    def notify(self, asked: Asked) -> dict[str, Any]:
        given = asked.given
        person = self._account.person(given.get("touser"))
        template = self._account.templates.get(str(given.get("template_id")))
        if template is None:
            raise Refusal(40037)
        url = given.get("url") or ""
        if url:
            check_url(url)
        text, cut = template.show(given.get("data"))
        if not person.is_follower:
            raise Refusal(43004)
        once = given.get("client_msg_id", "")
        if not isinstance(once, str):
            raise Refusal(47001, "client_msg_id")
        self._account.cut += [f"{template.title} {each}" for each in cut]
        return {"msgid": self._account.notify(person, template, text, url, once).id}

    def templates(self, _: Asked) -> dict[str, Any]:
        return {"template_list": [each.listed() for each in self._account.templates.values()]}

    # -- codes --------------------------------------------------------------------------------------------

    def new_code(self, asked: Asked) -> dict[str, Any]:
        given = asked.given
        scene = (given.get("action_info") or {}).get("scene") or {}
        match given.get("action_name"):
            case "QR_STR_SCENE" | "QR_LIMIT_STR_SCENE":
                told = scene.get("scene_str")
                if not isinstance(told, str) or not 1 <= len(told) <= 64:
                    raise Refusal(40053)
            case "QR_SCENE" | "QR_LIMIT_SCENE":
                told = scene.get("scene_id")
                if not isinstance(told, int) or told < 1:
                    raise Refusal(40053)
            case _:
                raise Refusal(40052)
        if "LIMIT" in given["action_name"]:
            return self._made(self._account.new_code(str(told), None))
        seconds = given.get("expire_seconds", SHORTEST_SCAN)
        if not isinstance(seconds, int) or not 0 < seconds <= LONGEST_SCAN:
            raise Refusal(40053, "expire_seconds")
        made = self._made(self._account.new_code(str(told), timedelta(seconds=seconds)))
        return {**made, "expire_seconds": seconds}

    def _made(self, ticket: str) -> dict[str, Any]:
        return {"ticket": ticket, "url": self._account.codes[ticket].url}

    # -- the menu -----------------------------------------------------------------------------------------

    def create_menu(self, asked: Asked) -> dict[str, Any]:
        check_menu(asked.given.get("button"))
        self._account.menu = asked.given["button"]
        return {}

    def get_menu(self, _: Asked) -> dict[str, Any]:
        if not self._account.menu:
            raise Refusal(46003)
        return {"menu": {"button": self._account.menu}}

    def delete_menu(self, _: Asked) -> dict[str, Any]:
        self._account.menu = ()
        return {}

    # -- people -------------------------------------------------------------------------------------------

    def user(self, asked: Asked) -> dict[str, Any]:
        person = self._account.person(asked.query.get("openid"))
        if not person.is_follower or person.followed_at is None:
            return {"subscribe": 0, "openid": person.openid}
        # Name and picture are told no more since December 2021.
        return {
            "subscribe": 1,
            "openid": person.openid,
            "language": person.language,
            "subscribe_time": int(person.followed_at.timestamp()),
            "remark": "",
            "groupid": 0,
            "tagid_list": [],
            "subscribe_scene": "ADD_SCENE_QR_CODE" if person.came_by else "ADD_SCENE_SEARCH",
            "qr_scene": 0,
            "qr_scene_str": person.came_by,
        }

    def media(self, asked: Asked) -> dict[str, Any]:
        known = self._account.media.get(asked.query.get("media_id", ""))
        if known is None or self._account.clock.now() - known.at > MEDIA_LIVES:
            raise Refusal(40007)
        return {"file": asked.query["media_id"]}


def _check_text(content: Given) -> None:
    if not content.get("content"):
        raise Refusal(44004)
    if size(content["content"]) > MOST_TEXT:
        raise Refusal(45002)


def _check_menu(content: Given) -> None:
    """Raise Refusal unless a message with items to tap is right; how many there may be is not documented."""
    items = content.get("list")
    if not isinstance(items, list) or not 1 <= len(items) <= MOST_MENU_ITEMS:
        raise Refusal(47001, "msgmenu.list")
    for item in items:
        if not isinstance(item, dict) or not isinstance(item.get("id"), str) or not item.get("content"):
            raise Refusal(47001, "msgmenu.list")
    words = [
        content.get("head_content") or "",
        *(each["content"] for each in items),
        content.get("tail_content") or "",
    ]
    if sum(map(size, words)) > MOST_TEXT:
        raise Refusal(45002)


def _check_news(content: Given) -> None:
    articles = content.get("articles")
    if not isinstance(articles, list) or len(articles) != 1:
        raise Refusal(45008)
    check_url(articles[0].get("url"))


_KINDS: Mapping[str, Callable[[Given], None]] = {
    "text": _check_text,
    "msgmenu": _check_menu,
    "news": _check_news,
}
