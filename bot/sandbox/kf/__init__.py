"""微信客服 on loopback: its API, its sealed callbacks, and people on personal WeChat who talk with its accounts.

It speaks the wire format and holds the documented limits by itself. `calls` is everything the app asked for; what
people have before them is in their `chat`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from bot.clock import Clock
from bot.sandbox.kf.desk import Desk
from bot.sandbox.kf.methods import Methods
from bot.sandbox.kf.people import KfPerson, Shown
from bot.sandbox.kf.rules import FAIL_TYPES
from bot.sandbox.wecom.application import Application, Call, Method

__all__ = ["KfPerson", "KfStandIn", "Shown"]

AGENT_ID = 1000003


class KfStandIn(Application):
    """One company's 微信客服, with the app that may call it.

    `patience` is how long the app may take over a callback, in real seconds.
    """

    by_get: ClassVar[frozenset[str]] = Application.by_get

    def __init__(self, clock: Clock, *, patience: float = 5) -> None:
        super().__init__(clock, patience, AGENT_ID)
        self.desk = Desk(clock, self._callbacks, self._media)
        self._methods = Methods(self.desk)
        self.open_kfid = self.desk.account("星云科技招聘").open_kfid
        """The account that people talk with unless told otherwise."""

    @property
    def methods(self) -> Mapping[str, Method]:
        return self._methods.all

    # -- who and what there is ----------------------------------------------------------------------------

    def person(self, name: str, open_kfid: str = "") -> KfPerson:
        """Return somebody new on personal WeChat, who has never opened a talk with the account."""
        return self.desk.person(name, open_kfid or self.open_kfid)

    @property
    def sent(self) -> list[Call]:
        """What was sent to customers, and taken."""
        methods = ("kf/send_msg", "kf/send_msg_on_event")
        return [call for call in self.calls if call.method in methods and call.errcode == 0]

    @property
    def has_unread(self) -> bool:
        """Whether something happened that the app has not read yet."""
        return self.desk.read_to < len(self.desk.entries)

    # -- control ------------------------------------------------------------------------------------------

    def loses(self, *fail_types: int) -> None:
        """Have the next messages be taken and lost, each with such a fail_type; raises ValueError."""
        if wrong := set(fail_types) - {*FAIL_TYPES}:
            raise ValueError(f"no fail_type: {wrong}")
        self.desk.lost.extend(fail_types)

    def unlist(self) -> None:
        """Take the app out of those that may call (可调用接口的应用)."""
        self._methods.is_listed = False

    def reads_at_once(self, count: int) -> None:
        """Let at most so many messages be read at once, whatever is asked for."""
        self._methods.page = count

    def says_late_by(self, code: int) -> None:
        """Answer with this code after 48 hours: 95002, or 95018."""
        self._methods.late_code = code

    def takes_over(self, person: KfPerson, servicer: str = "Zhangsan") -> str:
        """Let a member of the company take a customer's talk; returns the event's msgid."""
        return self.desk.taken(person, servicer)

    def answers(self, person: KfPerson, text: str) -> str:
        """Let the member who has a talk write to the customer; returns the message's msgid."""
        return self.desk.answered(person, person.servicer, text)

    def closes(self, person: KfPerson) -> str:
        """Let the member who has a talk end it; returns the event's msgid."""
        return self.desk.closed(person)
