"""People on personal WeChat who talk with a company's 微信客服: what they see, and what they do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from bot.sandbox.kf.rules import ENDED
from bot.sandbox.wecom.markup import read_text

if TYPE_CHECKING:
    from bot.sandbox.kf.desk import Desk


@dataclass(slots=True, eq=False)
class Shown:
    """A message of the talk; nothing here is ever edited."""

    id: str
    """Its msgid."""
    at: datetime
    sender: str | None
    """The customer's name, or that of the company's member who wrote it; None for the app."""
    kind: str = "text"
    text: str = ""
    """As a person reads it; without the buttons."""
    document: str | None = None
    data: bytes = b""
    told_before: list[str] = field(default_factory=list)
    presses: dict[str, str] = field(default_factory=dict)
    """The menu ids that items bring back, by label."""
    opens: dict[str, str] = field(default_factory=dict)
    _labels: list[str] = field(default_factory=list)

    def show(self, kind: str, content: Mapping[str, Any]) -> None:
        self.kind = kind
        match kind:
            case "text":
                self._say(str(content["content"]))
            case "link":
                self._say("\n".join(filter(None, (content["title"], content.get("desc")))))
                self._offer("view", str(content["title"]), str(content["url"]))
            case "msgmenu":
                self._show_menu(content)

    def _say(self, text: str) -> None:
        """Show words: tags mean nothing here, and bare addresses lead somewhere."""
        self.text = text
        self.opens |= {url: url for url in read_text(text)[1] if url.startswith("http")}

    def _show_menu(self, menu: Mapping[str, Any]) -> None:
        items = menu.get("list") or []
        read = [str(item["text"]["content"]) for item in items if item["type"] == "text"]
        around = (menu.get("head_content"), *read, menu.get("tail_content"))
        self._say("\n".join(str(each) for each in around if each))
        for item in items:
            given = item.get(item["type"])
            if item["type"] == "click":
                # What follows a # may be lost (94677).
                id = str(given.get("id") or "").partition("#")[0]
                self._offer("click", str(given["content"]), id)
            elif item["type"] == "view":
                self._offer("view", str(given["content"]), str(given["url"]))

    def _offer(self, kind: Literal["click", "view"], label: str, value: str) -> None:
        (self.presses if kind == "click" else self.opens)[label] = value
        self._labels.append(label)

    @property
    def is_of_bot(self) -> bool:
        return self.sender is None

    @property
    def buttons(self) -> list[str]:
        return [*self._labels, *(each for each in self.opens if each not in self._labels)]


class KfPerson:
    """Somebody on personal WeChat with a talk with one account; `external_userid` is who they are to the company."""

    def __init__(self, desk: Desk, name: str, external_userid: str, open_kfid: str) -> None:
        self._desk = desk
        self.name = name
        self.external_userid = external_userid
        self.open_kfid = open_kfid
        self.toasts: list[str] = []
        """Nothing flashes up here."""
        self.chat: list[Shown] = []
        """What stands between them and the account, oldest first."""
        self.refuses = False
        """Whether they have turned the account's messages off."""
        self.state = ENDED
        self.servicer = ""
        self.wrote_at: datetime | None = None
        self.sent_since = 0
        """Messages they got since they wrote."""
        self.welcomed_at: datetime | None = None

    @property
    def last(self) -> Shown:
        """The newest message of the app."""
        return next(message for message in reversed(self.chat) if message.is_of_bot)

    # -- what they do -------------------------------------------------------------------------------------

    async def enters(self, link: str = "") -> str:
        """Open the talk, by a link of the account's or from the list of talks; returns the event's msgid."""
        return self._desk.entered(self, link)

    async def says(self, text: str) -> str:
        """Write something; returns the message's msgid."""
        return self._desk.said(self, "text", {"content": text}, text)

    async def sends(
        self,
        kind: Literal["image", "voice", "video", "file", "location", "link"],
        data: bytes = b"",
        name: str = "",
    ) -> str:
        """Send something other than words; `data` and `name` are those of a file."""
        found = _SENT.get(kind) or {"media_id": self._desk.media.sent(kind, data, name)}
        return self._desk.said(self, kind, found, "")

    async def presses(self, label: str, *, on: Any = None) -> str:
        """Tap an item of a menu by its label: WeChat writes its words for them, with the item's id."""
        on = on or self._with(label)
        if label not in on.presses:
            raise LookupError(f"{self.name} finds no item {label!r} there; there are {on.buttons}")
        # Of an item without an id nobody is told which it was.
        menu = {"menu_id": on.presses[label]} if on.presses[label] else {}
        return self._desk.said(self, "text", {"content": label, **menu}, label)

    def opens(self, label: str, *, on: Any = None) -> str:
        """Return where an item leads by its label; of that nobody is told."""
        return str((on or self._with(label)).opens[label])

    def _with(self, label: str) -> Shown:
        for shown in reversed(self.chat):
            if shown.is_of_bot and label in shown.buttons:
                return shown
        there = [shown.buttons for shown in self.chat if shown.buttons]
        raise LookupError(f"{self.name} sees no item {label!r}; there are {there}")

    async def turns_off(self) -> str:
        """Want no messages of the account's any more."""
        self.refuses = True
        return self._desk.switched(self)

    async def turns_on(self) -> str:
        self.refuses = False
        return self._desk.switched(self)


_SENT: Mapping[str, Mapping[str, Any]] = {
    "location": {"latitude": 23.1066, "longitude": 113.3244, "name": "广州塔", "address": "阅江西路222号"},
    "link": {"title": "t", "desc": "d", "url": "https://example.com", "pic_url": "https://example.com/p.png"},
}
