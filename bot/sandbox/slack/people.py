"""The people and channels on the sandbox's Slack: what they see, and what they do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from bot.sandbox.slack.app import Workspace
from bot.sandbox.slack.reading import Names, Read, Tappable, read_blocks, read_mrkdwn, tappables
from bot.sandbox.slack.views import Modal, View

if TYPE_CHECKING:
    from bot.sandbox.slack.doings import Doings


@dataclass(slots=True, eq=False)
class Shown:
    """A message in a channel or a private chat, as it is now."""

    id: str
    """Its `ts`."""
    at: datetime
    sender: SlackPerson | None
    """None for the bot."""
    text: str = ""
    """As a person reads it; without the buttons."""
    written: str = ""
    """Its `text` as it was sent: what notifications and screen readers tell."""
    blocks: list[dict[str, Any]] = field(default_factory=list)
    metadata: dict[str, Any] | None = None
    document: str | None = None
    """The name of a file that came with it."""
    data: bytes = b""
    told_before: list[str] = field(default_factory=list)
    """What it said before it was edited, oldest first."""
    thread: str | None = None
    only_for: SlackPerson | None = None
    """Whom an ephemeral message is shown to."""
    is_deleted: bool = False
    read: Read = field(default_factory=Read)

    def show(self, written: str, blocks: list[dict[str, Any]], names: Names) -> None:
        """Let it say this from now on."""
        self.written, self.blocks = written, blocks
        told = read_mrkdwn(written, names)
        self.read = read_blocks(blocks, names) if blocks else told
        # Whom the text calls that only notifications show: no page says that nobody is called by it.
        self.read.calls += [call for call in told.calls if call not in self.read.calls]
        self.text = self.read.text

    @property
    def is_of_bot(self) -> bool:
        return self.sender is None

    @property
    def tappables(self) -> list[Tappable]:
        return tappables(self.blocks)

    @property
    def buttons(self) -> list[str]:
        return [each.label for each in self.tappables]

    @property
    def presses(self) -> dict[str, str]:
        """What buttons bring back, by label."""
        return {each.label: each.value for each in self.tappables if not each.url}

    @property
    def opens(self) -> dict[str, str]:
        """Where buttons and links lead, by label, or by the address itself."""
        return self.read.opens | {each.label: each.url for each in self.tappables if each.url}

    @property
    def live(self) -> list[tuple[str, datetime]]:
        """Countdowns: their words, and the instants that clients count to."""
        return self.read.live

    def marked(self, style: str) -> list[str]:
        """Return what is shown as `bold`, `italic`, `strike`, `code` or `quote`."""
        return [words for each, words in self.read.marked if each == style]


@dataclass(slots=True, eq=False)
class SlackChannel:
    """A channel, or a private chat with the bot, with everything said in it."""

    id: str
    name: str
    kind: Literal["channel", "group", "im"]
    """`group` is a private channel."""
    workspace: Workspace
    members: list[SlackPerson] = field(default_factory=list)
    messages: list[Shown] = field(default_factory=list)
    has_bot: bool = False
    """Whether the bot was invited."""
    is_archived: bool = False

    @property
    def chat(self) -> list[Shown]:
        """What everybody there reads, oldest first, edits applied."""
        return [each for each in self.messages if not each.is_deleted and each.only_for is None]

    def seen_by(self, person: SlackPerson) -> list[Shown]:
        """Return what somebody reads there, with what only they see."""
        return [each for each in self.messages if not each.is_deleted and each.only_for in (None, person)]

    @property
    def last(self) -> Shown:
        """The newest message of the bot that everybody sees."""
        return next(message for message in reversed(self.chat) if message.sender is None)

    def find(self, ts: object) -> Shown | None:
        return next((each for each in self.messages if each.id == ts and not each.is_deleted), None)

    @property
    def is_external(self) -> bool:
        """Whether people of other workspaces are in it (Slack Connect)."""
        return any(person.workspace is not self.workspace for person in self.members)


class SlackPerson:
    """Somebody with Slack."""

    def __init__(
        self,
        doings: Doings,
        id: str,
        name: str,
        workspace: Workspace,
        *,
        email: str = "",
        tz: str = "Asia/Shanghai",
        locale: str = "zh-CN",
        guest: Literal["", "multi", "single"] = "",
        is_visible: bool = True,
    ) -> None:
        self._doings = doings
        self.id = id
        self.name = name
        self.workspace = workspace
        self.email = email
        self.tz = tz
        self.locale = locale
        """Of their Slack, as an IETF tag."""
        self.guest = guest
        self.is_visible = is_visible
        """Whether the bot may see them at all; guests may be hidden from it."""
        self.is_deactivated = False
        self.toasts: list[str] = []
        """Slack lets nothing flash up; what went wrong stands in `troubles`."""
        self.troubles: list[str] = []
        """What Slack told them because the bot did not answer as it has to: `operation_timeout` …"""
        self.notified: list[Shown] = []
        """Messages that called them by name, or called everybody, in channels."""
        self.modals: list[Modal] = []
        """What lies over their Slack, the top one last."""
        self.home: View | None = None
        """What the bot's App Home shows them."""

    @property
    def place(self) -> SlackChannel:
        """Their private chat with the bot."""
        return self._doings.private(self)

    @property
    def chat(self) -> list[Shown]:
        """What stands in the private chat with the bot, oldest first, edits applied."""
        return self.place.seen_by(self)

    @property
    def last(self) -> Shown:
        """The newest message of the bot."""
        return next(message for message in reversed(self.chat) if message.sender is None)

    @property
    def modal(self) -> Modal | None:
        """The form that is open before them."""
        return self.modals[-1] if self.modals else None

    # -- what they write ----------------------------------------------------------------------------------

    async def says(
        self, text: str, *, to: SlackChannel | None = None, about: Shown | None = None
    ) -> str | None:
        """Write something to the bot, or in a channel; return the event's id, None if the bot is not told."""
        return self._doings.say(self, text, to or self.place, about)

    async def sends(
        self, name: str, media_type: str, text: str = "", data: bytes = b"\0", about: Shown | None = None
    ) -> str | None:
        """Send the bot a file."""
        id = self._doings.id("F")
        self._doings.files_sent[id] = name, data
        file = {"id": id, "name": name, "mimetype": media_type, "mode": "hosted", "size": len(data)}
        return self._doings.say(self, text, self.place, about, files=[file])

    async def sends_file(self, name: str, data: bytes, text: str = "") -> str | None:
        """Send the bot a file whose bytes it can fetch."""
        id = self._doings.id("F")
        self._doings.files_sent[id] = name, data
        file = {"id": id, "name": name, "mimetype": "text/csv", "mode": "hosted", "size": len(data)}
        return self._doings.say(self, text, self.place, None, files=[file])

    async def edits(self, shown: Shown, text: str) -> str | None:
        """Write a message of theirs anew; the bot is told."""
        return self._doings.edit(self, shown, text)

    async def types(self, line: str, channel: SlackChannel | None = None) -> str:
        """Type a slash command, in the private chat or a channel; return the trigger's id."""
        return self._doings.command(self, line, channel or self.place)

    # -- what they tap ------------------------------------------------------------------------------------

    async def presses(
        self, label: str, *, on: Shown | View | None = None, to: SlackChannel | None = None
    ) -> str:
        """Tap what acts by its label: in the form before them, on a message or the home; return the trigger's id.

        Without `on` it is the newest message that has it, or the home if none has.
        """
        place = to or self.place
        on = on or self._with(label, place)
        tapped = next((each for each in on.tappables if each.label == label), None)
        if tapped is None:
            raise LookupError(f"{self.name} finds no button {label!r} there; there are {on.buttons}")
        if tapped.url:
            raise LookupError(f"{label!r} is nothing to press there; it opens {tapped.url}")
        return self._doings.press(self, tapped, on, place)

    def opens(self, label: str, *, on: Shown | View | None = None, to: SlackChannel | None = None) -> str:
        """Follow a link or a button that opens something, and return the address; of a button the bot is told."""
        place = to or self.place
        on = on or self._with(label, place)
        if label not in on.opens:
            raise LookupError(f"{label!r} opens nothing there")
        tapped = next((each for each in on.tappables if each.label == label), None)
        if tapped is not None:
            self._doings.press(self, tapped, on, place)
        return on.opens[label]

    def _with(self, label: str, place: SlackChannel) -> Shown | View:
        seen = place.seen_by(self)
        for shown in reversed(seen):
            if label in shown.buttons or label in shown.opens:
                return shown
        if self.home is not None and (label in self.home.buttons or label in self.home.opens):
            return self.home
        there = [shown.buttons for shown in seen if shown.buttons]
        raise LookupError(f"{self.name} sees no button {label!r}; there are {there}")

    async def opens_home(self) -> str | None:
        """Go to the bot's App Home."""
        return self._doings.open_home(self)

    # -- forms --------------------------------------------------------------------------------------------

    async def fills(self, values: Mapping[str, str]) -> None:
        """Fill in the form before them, by label, hint of it or action id, without sending it."""
        self._form().fill(values)

    async def submits(self, values: Mapping[str, str] | None = None) -> str | None:
        """Fill in and send the form before them; None when Slack itself sees that something is missing."""
        form = self._form()
        form.fill(values or {})
        return self._doings.submit(self, form) if form.is_complete() else None

    async def closes(self) -> str | None:
        """Put the form away unsent."""
        return self._doings.close(self, self._form())

    def _form(self) -> Modal:
        if self.modal is None:
            raise LookupError(f"{self.name} has no form open")
        return self.modal

    # -- where they are -----------------------------------------------------------------------------------

    async def deactivates(self) -> str | None:
        """Leave the workspace; the bot is told if it asked for `user_change`."""
        self.is_deactivated = True
        return self._doings.changed(self)

    async def returns(self) -> str | None:
        """Come back to the workspace."""
        self.is_deactivated = False
        return self._doings.changed(self)

    async def invites_bot(self, channel: SlackChannel) -> str | None:
        """Type `/invite @bot` in a channel."""
        return self._doings.invite(self, channel)

    async def removes_bot(self, channel: SlackChannel) -> str | None:
        """Remove the bot from a channel."""
        return self._doings.remove(self, channel)
