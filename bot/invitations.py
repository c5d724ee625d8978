"""Invitations: the links and codes by which candidates come into a chat app."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from io import BytesIO
from uuid import UUID

import segno

from bot import observe
from bot.links import Links
from channels.base import Channel, Drawing, Inviting, NotDelivered
from conversations.messages import Block, File, Message

CODE = "invite"
"""What stands before the platform and the interview where a message names a code that is made when it is sent."""
CODE_LIFE = timedelta(days=30)
log = observe.logger("invitations")


def invite_url(links: Links, channels: Mapping[str, Channel], interview: UUID) -> str:
    """Return the personal link that brings a candidate to us: straight into the chat where there is only one.

    Otherwise it leads to a page that shows them all, where the internet reaches our pages; and where a platform
    makes its links when it is asked, because that lasts less long than a message.
    """
    token = links.invite_token(interview)
    ways = tuple(invitations(channels, token).values())
    is_alone = len(ways) == 1 and not any(isinstance(channel, Inviting) for channel in channels.values())
    if is_alone or (ways and not links.public_url):
        return ways[0]
    return f"{links.public_url}/join/{token}"


async def all_invitations(
    channels: Mapping[str, Channel], token: str, until: datetime, only: str = ""
) -> dict[str, str]:
    """Return the links into chat apps, those too for which a platform is asked; `only` names one account.

    A platform that does not answer now is left out.
    """
    found = invitations(channels, token)
    platforms = {account.partition(".")[0] for account in found}
    for account, channel in channels.items():
        platform = account.partition(".")[0]
        if platform in platforms or not isinstance(channel, Inviting):
            continue
        platforms.add(platform)
        if only and account != only:
            continue
        try:
            found[account] = await channel.invite(token, until)
        except NotDelivered as error:
            log.warning("invitation.not_made", account=account, why=error.why, detail=error.detail)
    return found


async def scanned(links: Links, channels: Mapping[str, Channel], interview: UUID, until: datetime) -> str:
    """Return what a printed or mailed QR code holds: the app's own where there is one app, else the page's."""
    token = links.invite_token(interview)
    if not invitations(channels, token) and any(
        isinstance(channel, Inviting) for channel in channels.values()
    ):
        found = await all_invitations(channels, token, until)
        # Where the platform draws the code, the page has its picture: a code of that picture's address leads nowhere.
        if len(found) == 1 and not isinstance(channels[min(found)], Drawing):
            return found[min(found)]
    return invite_url(links, channels, interview)


def invitations(channels: Mapping[str, Channel], token: str) -> dict[str, str]:
    """Return the links that carry an invitation into a chat app, by account: one for each platform."""
    found: dict[str, str] = {}
    platforms: set[str] = set()
    for account, channel in channels.items():
        platform = account.partition(".")[0]
        if platform not in platforms and (url := channel.invite_url(token)):
            found[account] = url
            platforms.add(platform)
    return found


def qr(address: str) -> bytes:
    """Return an address as a PNG: black on white with its quiet zone, whatever colours surround it."""
    picture = BytesIO()
    segno.make(address, error="m", micro=False).save(picture, kind="png", scale=8, border=4, light="#fff")
    return picture.getvalue()


async def code_of(channel: Channel, token: str, address: str, until: datetime) -> bytes:
    """Return the picture of an invitation's code: the platform's own where it draws one."""
    if isinstance(channel, Drawing):
        try:
            return await channel.draw(token, until)
        except NotDelivered as error:
            log.warning("invitation.not_drawn", why=error.why, detail=error.detail)
    return qr(address)


def has_codes(message: Message) -> bool:
    """Tell whether a message names codes that have yet to be made."""
    return any(_is_code(block) for block in message.blocks)


async def codes_of(
    message: Message, links: Links, channels: Mapping[str, Channel], now: datetime
) -> dict[str, bytes]:
    """Return the pictures of the codes that a message names, by that name; what cannot be made now is left out."""
    found: dict[str, bytes] = {}
    for block in message.blocks:
        if isinstance(block, File) and _is_code(block):
            _, platform, interview = block.blob.split(":")
            account = next((name for name in channels if name.startswith(f"{platform}.")), "")
            token = links.invite_token(UUID(interview))
            ways = await all_invitations(channels, token, now + CODE_LIFE, only=account)
            if address := ways.get(account):
                found[block.blob] = await code_of(channels[account], token, address, now + CODE_LIFE)
    return found


def with_codes(message: Message, blobs: Mapping[str, str]) -> Message:
    """Return a message with its codes as stored files; without those that could not be made."""
    blocks: list[Block] = []
    for block in message.blocks:
        if not isinstance(block, File) or not _is_code(block):
            blocks.append(block)
        elif block.blob in blobs:
            blocks.append(replace(block, blob=blobs[block.blob]))
    return replace(message, blocks=tuple(blocks))


def _is_code(block: Block) -> bool:
    return isinstance(block, File) and block.blob.startswith(f"{CODE}:")
