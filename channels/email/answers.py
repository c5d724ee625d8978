"""What a mail server's answer means, by how far the transaction had come (RFC 5321, RFC 3463)."""

from __future__ import annotations

import re
from typing import Literal

from channels.base import NotDelivered
from channels.email.encryption import of_encryption
from locales.text import Text, t
from locales.told import Told

Phase = Literal["connect", "hello", "encryption", "login", "sender", "recipient", "data", "sent"]
_ADDRESS = re.compile(r"<[^<>]*>|\S+@\S+")
_STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
LONGEST_DETAIL = 160
GONE = frozenset({550, 551, 553, 556})
SENDER = t("The mail server does not send for this address. Set from to an address this account may use.")
LOGIN = t("The mail server does not take this username and password. Take those it was given for sending.")
RELAY = t("The mail server sends only for those who log in. Set username and password.")


def judge(phase: Phase, failure: BaseException) -> NotDelivered:
    """Return what a failure in a phase means. `sent`: the last line of the mail was on its way."""
    code, text = getattr(failure, "code", None), str(getattr(failure, "message", ""))
    if isinstance(code, int) and 200 <= code < 600:
        return _of_answer(phase, code, text)
    if phase == "sent":
        return NotDelivered("in_doubt", f"no answer after the whole mail: {_name(failure)}")
    if (refused := of_encryption(failure)) is not None:
        return refused
    return NotDelivered("busy", f"{phase}: {_name(failure)}", scope="account")


def _of_answer(phase: Phase, code: int, text: str) -> NotDelivered:
    said = f"{phase}: {code} {_told(text)}".strip()
    if code < 400:  # neither yes nor no
        return NotDelivered("in_doubt" if phase == "sent" else "busy", said, scope="account")
    if code < 500:
        # What a server says of one recipient or one mail, greylisting above all, does not hold up the others.
        concerns_all = code == 421 or phase not in ("recipient", "data", "sent")
        return NotDelivered("busy", said, scope="account" if concerns_all else "message")
    if code in (530, 534, 535, 538) or phase in ("connect", "hello", "encryption", "login"):
        return _stopped(LOGIN if phase == "login" else RELAY, said)
    if phase == "sender":
        if code == 552:
            return NotDelivered("refused", said)
        return _stopped(SENDER, said)
    return _of_refusal(phase, code, text, said)


def _stopped(why: Text, said: str) -> NotDelivered:
    return NotDelivered("stopped", Told(t("{why} ({detail})", why=why, detail=said)), scope="account")


def _of_refusal(phase: Phase, code: int, text: str, said: str) -> NotDelivered:
    """Return what a final no to a recipient or to a mail means."""
    status = _STATUS.search(text)
    subject, detail = (int(status[2]), int(status[3])) if status else (None, None)
    if "relay" in text.lower():
        return _stopped(RELAY, said)
    if subject == 2 and detail == 2:  # the mailbox is full
        return NotDelivered("closed", said, scope="chat")
    if subject == 1 or (subject == 2 and detail in (0, 1)):
        return NotDelivered("gone", said, scope="chat")
    # 5.7: by the rules of the house; the mailbox is there.
    if phase == "recipient" and code in GONE and subject != 7:
        return NotDelivered("gone", said, scope="chat")
    return NotDelivered("refused", said)


def _told(text: str) -> str:
    """Return what a server said, on one line, without any address."""
    return _ADDRESS.sub("…", " ".join(text.split()))[:LONGEST_DETAIL]


def _name(failure: BaseException) -> str:
    return "too slow" if isinstance(failure, TimeoutError) else type(failure).__name__
