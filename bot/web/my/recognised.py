"""A visitor whom their chat app vouches for: inside WeChat nobody is asked who they are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Protocol

from starlette.requests import Request

from bot import observe
from channels.base import NotDelivered, Recognising
from conversations.identity import Address

if TYPE_CHECKING:
    from bot.app import App

_INSIDE = re.compile(r"MicroMessenger/")
_OTHER = re.compile(r"wxwork/", re.IGNORECASE)
"""WeCom calls itself MicroMessenger, too."""
ANSWER = ("code", "state")

log = observe.logger("pages")


class Coming(Protocol):
    """Somebody who opens a page: by which link, with which browser, and as whom they may come."""

    @property
    def purpose(self) -> str: ...

    @property
    def link(self) -> str: ...

    @property
    def agent(self) -> str: ...

    @property
    def addresses(self) -> Iterable[Address]: ...


def asks_whom(app: App, visit: Coming, request: Request) -> str | None:
    """Return where a visitor is sent to be recognised; None where nobody can tell, or they just came from there."""
    query = request.query_params
    if request.method != "GET" or any(name in query for name in ANSWER) or not _is_inside(visit.agent):
        return None
    address = _address(app, visit)
    return next((channel.recognise(address) for channel, _ in _vouching(app, visit)), None)


async def is_theirs(app: App, visit: Coming, request: Request) -> bool:
    """Tell whether the platform says that it is whom this page is for who opened it."""
    # A look without a body, as link previews do, must not use the code up.
    if request.method != "GET" or not all(request.query_params.get(name) for name in ANSWER):
        return False
    for channel, address in _vouching(app, visit):
        try:
            user = await channel.visitor(_address(app, visit), dict(request.query_params))
        except NotDelivered as error:
            log.warning("visitor.not_told", account=address.account, why=error.why, detail=error.detail)
            continue
        if user is not None:
            return user == address.user
    return False


def _vouching(app: App, visit: Coming) -> Iterator[tuple[Recognising, Address]]:
    """Yield the accounts on which the visitor is known, and which can tell who opens a page."""
    for address in visit.addresses:
        channel: object = app.channels.get(address.account)
        if isinstance(channel, Recognising):
            yield channel, address


def _address(app: App, visit: Coming) -> str:
    return f"{app.links.public_url}/{visit.purpose}/{visit.link}"


def _is_inside(agent: str) -> bool:
    return bool(_INSIDE.search(agent)) and not _OTHER.search(agent)
