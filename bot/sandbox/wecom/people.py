"""The members of the sandbox's company on WeCom: what they see, and what they do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from bot.sandbox.wecom.cards import Face, read
from bot.sandbox.wecom.markup import read_markdown, read_text

if TYPE_CHECKING:
    from bot.sandbox.wecom.company import Company


@dataclass(slots=True, eq=False)
class Shown:
    """A message in an app's chat with one member, or in a group, as it is now."""

    id: str
    """Its msgid; the same for everybody it was sent to at once."""
    at: datetime
    sender: WeComPerson | None
    """None for the app."""
    kind: str = "text"
    text: str = ""
    """As a person reads it; without the buttons."""
    content: Mapping[str, Any] = field(default_factory=dict)
    """What was sent, with its markup."""
    card: dict[str, Any] = field(default_factory=dict)
    document: str | None = None
    data: bytes = b""
    told_before: list[str] = field(default_factory=list)
    """What it said before it was edited, oldest first."""
    calls: list[str] = field(default_factory=list)
    """Whom it calls by name."""
    face: Face = field(default_factory=Face)
    _links: dict[str, str] = field(default_factory=dict)

    def show(self, kind: str, content: Mapping[str, Any]) -> None:
        """Let it say this from now on."""
        self.kind, self.content = kind, content
        match kind:
            case "text":
                self.text, self._links = read_text(str(content["content"]))
            case "markdown":
                self.text, self._links, self.calls = read_markdown(str(content["content"]))
            case "textcard":
                self.text = f"{content['title']}\n{content['description']}"
                self._links = {str(content.get("btntxt") or "详情"): str(content["url"])}
            case "template_card":
                self.card, self.face = dict(content), read(content)
                self.text = self.face.text

    def edit(self, card: Mapping[str, Any]) -> None:
        """Let another card stand in its place."""
        self.told_before.append(self.text)
        task = self.card.get("task_id")
        self.show("template_card", card)
        self.card.setdefault("task_id", task)

    def replace(self, words: str) -> None:
        """Let words stand where the buttons were."""
        self.told_before.append(self.text)
        self.show("template_card", {**self.card, "replace_text": words})

    @property
    def task(self) -> str:
        return str(self.card.get("task_id") or "")

    @property
    def is_of_bot(self) -> bool:
        return self.sender is None

    @property
    def buttons(self) -> list[str]:
        return [*self.face.presses, *self.opens]

    @property
    def presses(self) -> dict[str, str]:
        """The keys that buttons bring back, by label."""
        return self.face.presses

    @property
    def opens(self) -> dict[str, str]:
        return {**self._links, **self.face.opens}


@dataclass(slots=True, eq=False)
class WeComGroup:
    """A group chat with a robot in it."""

    name: str
    key: str
    """What stands in the robot's address, and is its only secret."""
    chat: list[Shown] = field(default_factory=list)
    has_robot: bool = True

    @property
    def last(self) -> Shown:
        return self.chat[-1]


class WeComPerson:
    """A member of the company."""

    def __init__(
        self, company: Company, name: str, userid: str, mobile: str = "", email: str = "", biz_mail: str = ""
    ) -> None:
        self._company = company
        self.name = name
        self.userid = userid
        self.mobile = mobile
        self.email = email
        self.biz_mail = biz_mail
        """The company's own mailbox (email_type 1 of a look-up); `email` is the personal one."""
        self.is_in_scope = True
        """Whether the app is shown to them."""
        self.has_left = False
        self.toasts: list[str] = []
        """WeCom lets nothing flash up that an app could set."""
        self.tile: dict[str, str] = {}
        """What the app's tile on their workbench shows, by label."""
        self._messages: list[Shown] = []

    @property
    def chat(self) -> list[Shown]:
        """What stands between them and the app, oldest first, edits applied."""
        return self._messages

    @property
    def last(self) -> Shown:
        """The newest message of the app."""
        return next(message for message in reversed(self._messages) if message.is_of_bot)

    @property
    def menu(self) -> Sequence[Mapping[str, Any]]:
        """The entries of the app's menu that do something, with their names."""
        top = self._company.menu
        return [entry for button in top for entry in button.get("sub_button") or [button]]

    # -- what they do -------------------------------------------------------------------------------------

    async def says(self, text: str) -> str:
        """Write something to the app; returns the message's id."""
        return self._company.said(self, "text", {"Content": text}, text)

    async def sends(
        self, kind: Literal["image", "voice", "video", "location", "link"], data: bytes = b""
    ) -> str:
        """Send the app something other than words; of documents no app is told."""
        return self._company.sent(self, kind, data)

    async def presses(self, label: str, *, on: Any = None, choose: Mapping[str, str] | None = None) -> str:
        """Tap what acts by its label; returns the event's id. Without `on` it is the newest message that has it.

        `choose` are options to choose before, by the question's title or the beginning of it: all others stay as
        they are.
        """
        on = on or self._with(label)
        if label not in on.presses:
            raise LookupError(f"{self.name} finds no button {label!r} there; there are {on.buttons}")
        chosen = {each.key: each.chosen for each in on.face.questions}
        for title, option in (choose or {}).items():
            question = next(each for each in on.face.questions if each.title.startswith(title))
            chosen[question.key] = (question.options[option],)
        return self._company.pressed(self, on, on.presses[label], chosen)

    def opens(self, label: str, *, on: Any = None) -> str:
        """Return where something leads by its label; of that the app is told nothing."""
        on = on or self._with(label)
        return str(on.opens[label])

    def _with(self, label: str) -> Shown:
        for shown in reversed(self._messages):
            if shown.is_of_bot and label in shown.buttons:
                return shown
        there = [shown.buttons for shown in self._messages if shown.buttons]
        raise LookupError(f"{self.name} sees no button {label!r}; there are {there}")

    async def clicks_menu(self, name: str) -> str:
        """Choose an entry of the app's menu by its name; an entry that opens something returns the address."""
        entry = next((each for each in self.menu if each.get("name") == name), None)
        if entry is None:
            raise LookupError(f"no entry {name!r} in {[each.get('name') for each in self.menu]}")
        if entry.get("type") == "view":
            return str(entry["url"])
        return self._company.event(self, "click", {"EventKey": str(entry["key"])})

    async def opens_app(self) -> str:
        """Open the chat with the app; the app is told if it asked for that (上报进入应用事件)."""
        return self._company.event(self, "enter_agent", {"EventKey": ""})

    # -- where they are -----------------------------------------------------------------------------------

    async def leaves_scope(self) -> str:
        """Be taken out of those whom the app is shown to."""
        self.is_in_scope = False
        return self._company.event(self, "unsubscribe")

    async def enters_scope(self) -> str:
        self.is_in_scope = True
        return self._company.event(self, "subscribe")

    def leaves_company(self) -> None:
        """Be deleted from the address book, of which the app is told nothing."""
        self.has_left = True
