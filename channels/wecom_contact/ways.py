"""Contact ways (联系我): each a code to scan that adds an employee, and brings one invitation's token to us.

developer.work.weixin.qq.com/document/path/92577. They stay until they are deleted, 500,000 at most, and no console
lists them: so each is kept in the vault with its end, under a name from which no token can be read.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime

import structlog

from channels.base import NotDelivered, Vault
from channels.tencent.transport import Transport
from channels.tencent.words import short
from channels.wecom_contact.reading import state_of

PREFIX = "way."
BY_CODE = 2
"""What makes a contact way one that is scanned (scene), and one of several employees (type)."""
LONGEST_REMARK = 30

log = structlog.get_logger()


class Ways:
    """The contact ways of one account."""

    def __init__(
        self, account: str, users: tuple[str, ...], vault: Vault, now: Callable[[], datetime]
    ) -> None:
        self._account = account
        self._users = users
        self._vault = vault
        self._now = now

    async def of(self, wire: Transport, token: str, until: datetime) -> str:
        """Return the address of the picture to scan, the same for the same token; raises NotDelivered."""
        state = state_of(token)
        if state is None:
            raise NotDelivered("refused", "the token is too long for a contact way")
        name = f"{PREFIX}{short(token)}"
        if (kept := await self._vault.get(name)) is not None:
            return str(json.loads(kept)["url"])
        answer = await wire.ask("POST", "externalcontact/add_contact_way", data=self._wanted(state))
        config, url = answer.get("config_id"), answer.get("qr_code")
        if not isinstance(config, str) or not isinstance(url, str) or not url.startswith("http"):
            raise NotDelivered("busy", "add_contact_way gave no code")
        made = json.dumps({"config": config, "url": url, "until": until.isoformat()})
        await self._vault.put(name, made)
        return url

    def _wanted(self, state: str) -> dict[str, object]:
        users = list(self._users)
        kind = 1 if len(users) == 1 else 2
        remark = f"Turnout {self._account}"[:LONGEST_REMARK]
        return {
            "type": kind,
            "scene": BY_CODE,
            "state": state,
            "user": users,
            "skip_verify": True,
            "remark": remark,
        }

    async def clear(self, wire: Transport) -> None:
        """Delete what is over; what cannot be deleted now is deleted the next time."""
        for name in await self._vault.names(PREFIX):
            kept = json.loads(await self._vault.get(name) or "{}")
            if kept and datetime.fromisoformat(kept["until"]) > self._now():
                continue
            try:
                if kept:
                    gone = {"config_id": kept["config"]}
                    await wire.ask("POST", "externalcontact/del_contact_way", data=gone)
            except NotDelivered as failure:
                log.info("contact.way_stays", account=self._account, why=failure.why)
                if failure.why != "refused":
                    return
            await self._vault.take(name)
