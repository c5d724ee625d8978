"""A visitor whom their chat app vouches for: inside WeChat nobody is asked for the digits of their phone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from starlette.requests import Request

from bot import observe
from bot.web.my.visits import Visit
from channels.base import NotDelivered, Recognising
from conversations.identity import Address

if TYPE_CHECKING:
    from bot.app import App

_INSIDE = re.compile(r"MicroMessenger/")
_OTHER = re.compile(r"wxwork/", re.IGNORECASE)
"""WeCom calls itself MicroMessenger, too."""
ANSWER = ("code", "state")

log = observe.logger("pages")


def asks_whom(app: App, visit: Visit, request: Request) -> str | None:
    """Return where a visitor is sent to be recognised; None where nobody can tell, or they just came from there."""
    query = request.query_params
    if request.method != "GET" or any(name in query for name in ANSWER) or not _is_inside(visit.agent):
        return None
    address = _address(app, visit)
    return next((channel.recognise(address) for channel, _ in _vouching(app, visit)), None)


async def is_theirs(app: App, visit: Visit, request: Request) -> bool:
    """Tell whether the platform says that it is this page's own candidate who opened it."""
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


def _vouching(app: App, visit: Visit) -> Iterator[tuple[Recognising, Address]]:
    """Yield the accounts on which the candidate is known, and which can tell who opens a page."""
    for binding in visit.person.bindings:
        channel: object = app.channels.get(binding.address.account)
        if isinstance(channel, Recognising):
            yield channel, binding.address


def _address(app: App, visit: Visit) -> str:
    return f"{app.links.public_url}/{visit.token.purpose}/{visit.link}"


def _is_inside(agent: str) -> bool:
    return bool(_INSIDE.search(agent)) and not _OTHER.search(agent)
