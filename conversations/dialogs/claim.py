"""Somebody whom we do not know here says who they are: by their phone number or mailbox, and a code sent there.

Whether a number is known is never told: the answer is the same for all, and a wrong code says no more.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import timedelta

from conversations.dialog import Dialog, Scene, Turn
from conversations.dialogs.phrases import can_claim
from conversations.effects import Say, SendCode, TryCode
from conversations.events import Event
from conversations.identity import NOBODY, Address, ToPerson
from conversations.messages import Message, Note
from locales.text import Span, t

CODE_LIFE = timedelta(minutes=10)
_CODE = re.compile(r"\d{6}")
_MAILBOX = re.compile(r"[^@\s]{1,64}@[^@\s]{1,190}\.[^@\s]{2,}")
_PHONE = re.compile(r"\+?\d[\d\s()./-]{5,22}\d")


def claimed(scene: Scene, event: Event, typed: str) -> Turn | None:
    """Return what follows when a stranger types a code, a phone number or a mailbox; None for other words."""
    said = unicodedata.normalize("NFKC", typed).strip()
    if event.account is None or event.user is None or not can_claim(scene):
        return None
    address, chat = Address(event.account, event.user), event.chat or event.user
    if _CODE.fullmatch(said):
        return Turn(effects=(TryCode(said, address),))
    if _MAILBOX.fullmatch(said) or _PHONE.fullmatch(said):
        return Turn(effects=(SendCode(said, address, chat, CODE_LIFE), Say(ToPerson(NOBODY), _on_its_way())))
    return None


def _on_its_way() -> Message:
    lead = t("Thank you. If an interview is booked with it, a code is on its way there, by text or e-mail.")
    note = Note(t("Please type it here. It works for {span}.", span=Span(CODE_LIFE)))
    return Message("claim.on_its_way", lead, (note,))


def code(scene: Scene, code: str) -> Message:
    """Return what brings the code to its owner."""
    lead = t("Your code is {code}. Please type it in the chat that asked you for it.", code=code)
    note = Note(
        t("It works for {span}. If you did not ask for it, there is nothing to do.", span=Span(CODE_LIFE))
    )
    return Message("claim.code", lead, (note,))


def _wrong(scene: Scene, event: Event) -> Turn:
    lead = t("This code does not fit, or no longer works.")
    note = Note(t("Type your phone number or e-mail address once more, and a new one is sent."))
    return Turn(effects=(Say(ToPerson(NOBODY), Message("claim.wrong", lead, (note,))),))


CLAIM = Dialog("claim", on={"done.wrong_code": _wrong})
