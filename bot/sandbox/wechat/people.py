"""People on WeChat before the sandbox's service account: what they see of it, and what they do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import parse_qs, urlsplit

from bot.sandbox.wechat.oauth import AUTHORIZE
from bot.sandbox.wecom.markup import read_text

if TYPE_CHECKING:
    from bot.sandbox.wechat.account import Account

DETAILS = "详情"
"""What stands under a template message that leads somewhere."""
OUT_OF_ORDER = "该公众号提供的服务出现故障，请稍后再试"
AGENT = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/126.0 Mobile MicroMessenger/8.0.49 Language/zh_CN"
_ACTS = "weixin://bizmsgmenu?"


@dataclass(slots=True, eq=False)
class Shown:
    """A message between somebody and the account. Nothing is ever edited there."""

    id: str
    at: datetime
    sender: WeChatPerson | None
    """None for the account."""
    kind: str = "text"
    text: str = ""
    """As a person reads it; without what can be tapped."""
    document: str | None = None
    data: bytes = b""
    told_before: list[str] = field(default_factory=list)
    presses: dict[str, str] = field(default_factory=dict)
    """What can be tapped to answer, with the id of the item."""
    opens: dict[str, str] = field(default_factory=dict)
    template: str = ""
    """The id of its template."""

    @property
    def is_of_bot(self) -> bool:
        return self.sender is None

    @property
    def buttons(self) -> list[str]:
        return [*self.presses, *self.opens]


def read(kind: str, content: Mapping[str, Any]) -> tuple[str, dict[str, str], dict[str, str]]:
    """Return a customer-service message as it is read, what answers by a tap, and where it leads."""
    if kind == "msgmenu":
        parts = (str(content.get(name) or "") for name in ("head_content", "tail_content"))
        presses = {str(each["content"]): str(each["id"]) for each in content["list"]}
        return "\n".join(filter(None, parts)), presses, {}
    if kind == "news":
        (article,) = content["articles"]
        words = "\n".join(filter(None, (article.get("title"), article.get("description"))))
        return words, {}, {DETAILS: str(article["url"])}
    text, links = read_text(str(content["content"]))
    presses = {label: _item(to) for label, to in links.items() if to.startswith(_ACTS)}
    return text, presses, {label: to for label, to in links.items() if label not in presses}


def _item(address: str) -> str:
    return parse_qs(urlsplit(address).query).get("msgmenuid", [""])[0]


class WeChatPerson:
    """Somebody with WeChat. Nobody follows the account before they do."""

    def __init__(self, account: Account, name: str, openid: str, language: str = "zh_CN") -> None:
        self._account = account
        self.name = name
        self.openid = openid
        self.language = language
        self.agent = AGENT
        self.is_follower = False
        self.followed_at: datetime | None = None
        self.came_by = ""
        """The scene of the code by which they last followed."""
        self.refuses_notices = False
        """Whether they turned the account's template messages off."""
        self.toasts: list[str] = []
        """What the app itself told them: that the service is out of order, or a code is over."""
        self._messages: list[Shown] = []

    @property
    def chat(self) -> list[Shown]:
        """What stands between them and the account, oldest first."""
        return self._messages

    @property
    def last(self) -> Shown:
        """The newest message of the account."""
        return next(message for message in reversed(self._messages) if message.is_of_bot)

    @property
    def menu(self) -> Sequence[Mapping[str, Any]]:
        """The entries of the account's menu that do something, with their names."""
        return [entry for button in self._account.menu for entry in button.get("sub_button") or [button]]

    @property
    def messages_left(self) -> int:
        """How many customer-service messages they may still be sent now."""
        return self._account.windows.left(self.openid)

    @property
    def messages_granted(self) -> int:
        """How many they could be sent at most when the windows that are open now were opened."""
        return self._account.windows.granted(self.openid)

    @property
    def window_ends_at(self) -> datetime | None:
        """When the last of the windows that are open now ends, None when none is."""
        return self._account.windows.ends_at(self.openid)

    # -- coming and going ---------------------------------------------------------------------------------

    async def follows(self) -> str:
        """Follow the account by its name, without any code; returns the event's id."""
        return self._account.followed(self)

    async def scans(self, code: str) -> str:
        """Scan a code by its ticket, its content, or the address of its picture; who did not follow then does.

        Returns the event's id, "" for a code that is over.
        """
        ticket = parse_qs(urlsplit(code).query).get("ticket", [code])[0]
        return self._account.scanned(self, ticket)

    async def unfollows(self) -> str:
        return self._account.unfollowed(self)

    # -- talking ------------------------------------------------------------------------------------------

    async def says(self, text: str) -> str:
        """Write something to the account; returns the message's id."""
        return self._account.said(self, "text", {"Content": text}, text)

    async def sends(
        self, kind: Literal["image", "voice", "video", "location", "link"], data: bytes = b""
    ) -> str:
        """Send the account something other than words; of documents no account is told."""
        return self._account.sent(self, kind, data)

    async def presses(self, label: str, *, on: Any = None) -> str:
        """Tap what answers by its label: it is written in their name, and counts as a click of the menu.

        Without `on` it is the newest message that has it.
        """
        shown = on or self._with(label, "presses")
        if label not in shown.presses:
            raise LookupError(f"{self.name} finds no {label!r} there; there are {shown.buttons}")
        return self._account.chose(self, label, shown.presses[label])

    def opens(self, label: str = DETAILS, *, on: Any = None) -> str:
        """Return where something leads by its label; of that the account is told nothing."""
        shown = on or self._with(label, "opens")
        return str(shown.opens[label])

    def _with(self, label: str, way: str) -> Shown:
        for shown in reversed(self._messages):
            if shown.is_of_bot and label in getattr(shown, way):
                return shown
        there = [shown.buttons for shown in self._messages if shown.buttons]
        raise LookupError(f"{self.name} sees no {label!r}; there are {there}")

    async def clicks_menu(self, name: str) -> str:
        """Choose an entry of the account's menu by its name; an entry that opens something returns the address."""
        entry = next((each for each in self.menu if each.get("name") == name), None)
        if entry is None:
            raise LookupError(f"no entry {name!r} in {[each.get('name') for each in self.menu]}")
        return self._account.clicked(self, entry)

    # -- the browser in WeChat ----------------------------------------------------------------------------

    def leads_to(self, url: str) -> str:
        """Return the page that an address leads to by way of Tencent's authorize page, or the address itself."""
        parts = urlsplit(url)
        return parse_qs(parts.query).get("redirect_uri", [url])[0] if parts.path == AUTHORIZE else url

    def passes(self, url: str) -> str:
        """Return where the app's own browser is sent on by an address, the same address if nowhere.

        Tencent's authorize page knows who they are and asks nothing (snsapi_base); raises NoPage.
        """
        is_asked = urlsplit(url).path == AUTHORIZE
        return self._account.oauth.redirect(url, self.openid) if is_asked else url
