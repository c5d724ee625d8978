"""WeCom on loopback: its API and sealed callbacks for one self-built app, with members, groups, and faults.

It speaks the wire format and holds the documented limits by itself. `calls` is everything the app asked for, and
`dropped` what WeCom said yes to and showed to nobody: the oracles for what was lost or came twice.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any, ClassVar

from bot.clock import Clock
from bot.sandbox.wecom.application import AGENT_ID, CORP_ID, Application, Call, Method
from bot.sandbox.wecom.callbacks import Callback
from bot.sandbox.wecom.company import Company, Dropped
from bot.sandbox.wecom.methods import Methods
from bot.sandbox.wecom.people import Shown, WeComGroup, WeComPerson
from bot.sandbox.wecom.rules import USER_ID

__all__ = [
    "AGENT_ID", "CORP_ID", "Call", "Callback", "Dropped", "Shown", "WeComGroup", "WeComPerson", "WeComStandIn",
]  # fmt: skip

LOOKUPS = frozenset({"user/getuserid", "user/get_userid_by_email", "user/get"})


class WeComStandIn(Application):
    """One company with one self-built app.

    `patience` is how long the app may take over a callback, in real seconds; `headcount` how many people the
    company has beside those in the story, by which look-ups are limited. With `is_limited` it drops what is above a
    member's 30 messages a minute and 1,000 an hour.
    """

    by_get: ClassVar[frozenset[str]] = Application.by_get | frozenset(
        "menu/get menu/delete agent/get user/get get_api_domain_ip".split()
    )
    open_methods: ClassVar[frozenset[str]] = frozenset({"webhook/send"})

    def __init__(
        self, clock: Clock, *, patience: float = 5, headcount: int = 500, is_limited: bool = True
    ) -> None:
        super().__init__(clock, patience)
        self._company = Company(clock, AGENT_ID, is_limited, self._media)
        self._company.callbacks = self._callbacks
        self._methods = Methods(self._company, headcount)

    @property
    def methods(self) -> Mapping[str, Method]:
        return self._methods.all

    # -- who and what there is ----------------------------------------------------------------------------

    def person(
        self, name: str, userid: str = "", *, mobile: str = "", email: str = "", biz_mail: str = ""
    ) -> WeComPerson:
        """Return a new member whom the app is shown to."""
        own = userid or f"member{len(self._company.people) + 1:03d}"
        if not USER_ID.fullmatch(own):
            raise ValueError(f"no userid: {own}")
        made = WeComPerson(self._company, name, own, mobile, email, biz_mail)
        self._company.people[own.lower()] = made
        return made

    def robot(self, name: str) -> WeComGroup:
        """Return a new group chat with a robot in it."""
        made = WeComGroup(name, f"sandbox-{len(self._company.groups) + 1:04d}-{secrets.token_hex(12)}")
        self._company.groups[made.key] = made
        return made

    @property
    def menu(self) -> Any:
        """The app's menu, as it was set."""
        return self._company.menu

    @property
    def dropped(self) -> list[Dropped]:
        return self._company.dropped

    @property
    def cut(self) -> list[str]:
        """What was too long to be shown whole."""
        return self._company.cut

    @property
    def sent(self) -> list[Call]:
        """What was sent to members, and accepted."""
        return [call for call in self.calls if call.method == "message/send" and call.errcode == 0]

    @property
    def refused(self) -> list[Call]:
        """What was not carried out; that a look-up found nobody is no refusal."""
        return [
            call
            for call in self.calls
            if call.errcode and not (call.method in LOOKUPS and call.errcode in (46004, 60111, 60011))
        ]
