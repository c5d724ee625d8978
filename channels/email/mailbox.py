"""Mail to us that lies in a mailbox, looked at over IMAP (RFC 3501). Nothing there is marked, moved or deleted.

By the standard library's imaplib, which blocks and therefore has a thread.
"""

from __future__ import annotations

import imaplib
import re
import ssl
from contextlib import suppress

from channels.base import NotDelivered
from channels.email.encryption import of_encryption, trusting
from channels.email.settings import Mailbox
from locales.text import t
from locales.told import Told

MOST = 50
"""Mails that are fetched at once."""
LARGEST = 250_000
"""Bytes of each: what comes behind are files."""
_UID = re.compile(rb"\bUID (\d+)")


def fetch(mailbox: Mailbox, cursor: str | None) -> tuple[list[bytes], str]:
    """Return the mails that came since a cursor, oldest first, and the cursor behind them; raises NotDelivered.

    Without a cursor, or when the server has numbered its mails anew, what is there counts as read.
    """
    try:
        with _opened(mailbox) as imap:
            validity, following = _state(imap, mailbox.folder)
            known = re.fullmatch(rf"{validity}:(\d+)", cursor or "")
            if known is None:
                return [], f"{validity}:{following - 1}"
            last = int(known[1])
            wanted = [uid for uid in _search(imap, last + 1) if uid > last][:MOST]
            found = _bodies(imap, wanted)
            return [found[uid] for uid in wanted if uid in found], f"{validity}:{max(wanted, default=last)}"
    except (imaplib.IMAP4.error, OSError, ValueError) as failure:
        raise _failed(failure) from None


def check(mailbox: Mailbox) -> None:
    """Open the mailbox and the folder, and nothing more; raises NotDelivered."""
    try:
        with _opened(mailbox) as imap:
            _state(imap, mailbox.folder)
    except (imaplib.IMAP4.error, OSError, ValueError) as failure:
        raise _failed(failure) from None


def _opened(mailbox: Mailbox) -> imaplib.IMAP4:
    context: ssl.SSLContext = trusting(mailbox.ca_file)
    imap = imaplib.IMAP4_SSL(mailbox.host, mailbox.port, ssl_context=context, timeout=mailbox.deadline)
    try:
        imap.login(mailbox.username, mailbox.password)
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error:
        with suppress(imaplib.IMAP4.error, OSError):
            imap.logout()
        why = t(
            "The mailbox does not open with this username and password. "
            "Take those of the mailbox; some providers want a password made for programs."
        )
        raise NotDelivered("stopped", Told(why), scope="account") from None
    return imap


def _state(imap: imaplib.IMAP4, folder: str) -> tuple[int, int]:
    """Return by which numbering the folder's mails are known, and the number of the next."""
    said, _ = imap.select(f'"{folder}"', readonly=True)
    if said != "OK":
        why = t("There is no such folder. Set imap_folder to one that is.")
        raise NotDelivered("stopped", Told(why), scope="account")
    validity, following = (imap.response(name)[1] for name in ("UIDVALIDITY", "UIDNEXT"))
    if not validity or not validity[0] or not following or not following[0]:
        raise imaplib.IMAP4.error("no numbers")
    return int(validity[0]), int(following[0])


def _search(imap: imaplib.IMAP4, first: int) -> list[int]:
    said, found = imap.uid("SEARCH", f"UID {first}:*")
    if said != "OK":
        raise imaplib.IMAP4.error("no search")
    return sorted(int(uid) for line in found if line for uid in line.split())


def _bodies(imap: imaplib.IMAP4, uids: list[int]) -> dict[int, bytes]:
    if not uids:
        return {}
    said, found = imap.uid("FETCH", ",".join(map(str, uids)), f"(UID BODY.PEEK[]<0.{LARGEST}>)")
    if said != "OK":
        raise imaplib.IMAP4.error("no fetch")
    pairs = [(_UID.search(part[0]), part[1]) for part in found if isinstance(part, tuple)]
    return {int(uid[1]): body for uid, body in pairs if uid}


def _failed(failure: Exception) -> NotDelivered:
    if (refused := of_encryption(failure)) is not None:
        return refused
    return NotDelivered("busy", f"mailbox: {type(failure).__name__}", scope="account")
