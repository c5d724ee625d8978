"""Whom an id, a phone number or an e-mail address belongs to in the company's directory."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from channels.base import Contact, NotDelivered, Vault
from channels.tencent.numbers import number
from channels.wecom.wire import Wire

_ID = re.compile(r"[0-9A-Za-z][\w.@-]{0,63}", re.ASCII)
LONGEST_NAME = 64
RESTS_UNTIL = "lookups_rest_until"
REST = timedelta(days=1)
"""Who looks up too many whom nobody knows may look up nobody for a day (document/path/95402)."""
USED_UP = "45009: The look-ups by phone and mailbox are used up for a day. A userid in the list needs none."


class Finding:
    """Asks the directory of one company, and stops asking for as long as WeCom wants."""

    def __init__(self, wire: Wire, vault: Vault, now: Callable[[], datetime]) -> None:
        self._wire = wire
        self._vault = vault
        self._now = now

    async def find(self, email: str | None, phone: str | None, hint: str | None) -> Contact | None:
        """Return somebody the app may write to; raises NotDelivered when WeCom cannot be asked now.

        By phone and mailbox only where the company lets the app: it is no error when it does not.
        """
        hint = (hint or "").strip()
        if _ID.fullmatch(hint) and (found := await _by_id(self._wire, hint)) is not None:
            return found
        if not phone and not email:
            return None
        if (left := await self._rest()) is not None:
            raise NotDelivered("busy", USED_UP, left)
        try:
            return await _looked_up(self._wire, email, phone)
        except NotDelivered as failure:
            if not failure.detail.startswith("45009"):
                raise
            await self._vault.put(RESTS_UNTIL, (self._now() + REST).isoformat())
            raise NotDelivered("busy", USED_UP, REST) from None

    async def _rest(self) -> timedelta | None:
        """Return how long nobody may be looked up yet."""
        until = await self._vault.get(RESTS_UNTIL)
        left = datetime.fromisoformat(until) - self._now() if until else timedelta()
        return left if left > timedelta() else None


async def _looked_up(wire: Wire, email: str | None, phone: str | None) -> Contact | None:
    for mobile in _numbers(phone):
        if user := await _user(wire, "user/getuserid", {"mobile": mobile}):
            return await _by_id(wire, user) or Contact(user, user)
    for kind in (1, 2) if email else ():  # the company's mailbox, then their own
        if user := await _user(wire, "user/get_userid_by_email", {"email": email, "email_type": kind}):
            return await _by_id(wire, user) or Contact(user, user)
    return None


def _numbers(phone: str | None) -> tuple[str, ...]:
    """Return how a number stands in the directory: Chinese ones without their country, as people write them."""
    if not phone:
        return ()
    return (phone.removeprefix("+86"),) if phone.startswith("+86") else (phone,)


async def _by_id(wire: Wire, user: str) -> Contact | None:
    answer = await _asked(wire, "GET", "user/get", params={"userid": user})
    id = answer.get("userid") if answer else None
    if not answer or not isinstance(id, str) or number(answer.get("status")) not in (1, 4, None):
        return None
    name = answer.get("name")
    return Contact(id, id, name=name[:LONGEST_NAME] if isinstance(name, str) and name != id else None)


async def _user(wire: Wire, endpoint: str, data: Mapping[str, Any]) -> str:
    answer = await _asked(wire, "POST", endpoint, data=data)
    user = answer.get("userid") if answer else None
    return user if isinstance(user, str) else ""


async def _asked(wire: Wire, method: str, endpoint: str, **given: Any) -> Mapping[str, Any] | None:
    """Return an answer; None where nobody is found, or the app may not ask."""
    try:
        return await wire.ask(method, endpoint, **given)
    except NotDelivered as failure:
        if failure.why in ("gone", "refused") or failure.detail.startswith(_NOT_ALLOWED):
            return None
        raise


_NOT_ALLOWED = ("48001", "48002", "48004", "60011", "301002")
