"""客户联系 on loopback: contact ways, the one welcome, and people on personal WeChat who add employees.

It speaks the wire format and holds the documented limits by itself. `calls` is everything the app asked for; what
people have before them is in their `chat`.
"""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from typing import ClassVar

import segno
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from bot.clock import Clock
from bot.sandbox.contact.book import PICTURES, Book
from bot.sandbox.contact.methods import Methods
from bot.sandbox.contact.people import ContactPerson, Shown
from bot.sandbox.wecom.application import Application, Call, Method

__all__ = ["ContactPerson", "ContactStandIn", "Shown"]

AGENT_ID = 1000004


class ContactStandIn(Application):
    """One company's contacts outside it, with the app that may ask for them.

    `patience` is how long the app may take over a callback, in real seconds.
    """

    by_get: ClassVar[frozenset[str]] = Application.by_get | frozenset(
        f"externalcontact/{name}" for name in ("get_follow_user_list", "get", "list")
    )

    def __init__(self, clock: Clock, *, patience: float = 5) -> None:
        super().__init__(clock, patience, AGENT_ID)
        self.book = Book(clock, self._callbacks)
        self._methods = Methods(self.book, self._media)

    @property
    def methods(self) -> Mapping[str, Method]:
        return self._methods.all

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Show the picture of a code, as Tencent's server of pictures does, or answer as the API."""
        path = str(scope.get("path", ""))
        if not path.startswith(PICTURES):
            self.book.host = self.api_base
            await super().__call__(scope, receive, send)
            return
        known = any(way.qr_code.endswith(path) for way in self.book.ways.values())
        drawn = BytesIO()
        segno.make(f"https://work.weixin.qq.com/ca{path}", micro=False).save(drawn, kind="png", scale=4)
        picture = Response(drawn.getvalue() if known else b"", 200 if known else 404, media_type="image/png")
        await picture(scope, receive, send)

    # -- who and what there is ----------------------------------------------------------------------------

    def employee(self, userid: str) -> str:
        """Let a member of the company have contacts outside it; returns their userid."""
        self.book.employees.append(userid)
        return userid

    def person(self, name: str) -> ContactPerson:
        """Return somebody new on personal WeChat, who has added nobody yet."""
        return self.book.person(name)

    @property
    def sent(self) -> list[Call]:
        """What people were welcomed with."""
        methods = ("externalcontact/send_welcome_msg",)
        return [call for call in self.calls if call.method in methods and call.errcode == 0]

    # -- control ------------------------------------------------------------------------------------------

    def unlist(self) -> None:
        """Take the app out of those that may call (可调用接口的应用)."""
        self._methods.is_listed = False

    def writes(self, userid: str, person: ContactPerson, text: str) -> None:
        """Let an employee write to somebody by hand."""
        self.book.wrote(person, userid, text)

    def deletes(self, userid: str, person: ContactPerson) -> str:
        """Let an employee delete somebody; returns the callback's id."""
        return self.book.left(person, userid, "del_external_contact")

    def edits(self, userid: str, person: ContactPerson) -> str:
        """Let an employee write something down about somebody; returns the callback's id."""
        return self.book.edited(person, userid)
