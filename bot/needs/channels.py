"""What is set up here: channels, accounts, and whom they reach."""

from __future__ import annotations

from collections.abc import Mapping

from bot.needs.asking import Answering, Asked


async def _channels(asked: Asked) -> tuple[str, ...]:
    return tuple(sorted({account.partition(".")[0] for account in asked.caps}))


async def _accounts(asked: Asked) -> Mapping[str, str]:
    """Return the accounts that reach people who never came to us, and by what they find them."""
    return {account: caps.finds for account, caps in asked.caps.items() if caps.finds != "nobody"}


async def _inviting(asked: Asked) -> tuple[str, ...]:
    """Return the platforms that reach only whoever came to us."""
    found = (account.partition(".")[0] for account, caps in asked.caps.items() if caps.finds == "nobody")
    return tuple(sorted({*found} - {"console"}))


async def _threads(asked: Asked) -> tuple[str, ...]:
    """Return the accounts on which an answer says what it answers."""
    return tuple(sorted(account for account, caps in asked.caps.items() if caps.tells_replies))


async def _pages(asked: Asked) -> bool:
    """Tell whether browsers reach our pages."""
    return bool(asked.house.links.public_url)


async def _takes_files(asked: Asked) -> bool:
    """Tell whether a list that is sent as a file where this came from reaches us."""
    caps = asked.caps.get(asked.event.account or "")
    return caps is not None and caps.takes_files and caps.hears_documents


async def _gives_files(asked: Asked) -> bool:
    """Tell whether an answer to where this came from can carry a file."""
    caps = asked.caps.get(asked.event.account or "")
    return caps is None or caps.to(asked.event.chat or "").files


NEEDS: Mapping[str, Answering] = {
    "accounts": _accounts,
    "channels": _channels,
    "gives_files": _gives_files,
    "inviting": _inviting,
    "pages": _pages,
    "takes_files": _takes_files,
    "threads": _threads,
}
