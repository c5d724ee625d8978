"""Reports of other mail servers: what was not delivered (RFC 3464), and what was called spam (RFC 5965)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message as Mail

_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")
_ACTIONS = ("failed", "delayed", "delivered", "relayed", "expanded")


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of a mail: the worst there is to say of any of its recipients."""

    action: str
    """`failed`, `delayed`, `delivered`, `relayed`, `expanded`; `unknown` for what is none of them."""
    status: str
    """Like `5.1.1` (RFC 3463); empty where it is not said."""
    recipients: tuple[str, ...]
    """As the reporting server knows them, after aliases and before."""


def read_delivery(mail: Mail) -> Delivery:
    """Return what a delivery report says; one in the old form, by a header of its own, always means failure."""
    found = [_recipient(fields) for fields in _blocks(mail, "delivery-status")]
    told = [each for each in found if each.recipients]
    for action in _ACTIONS:
        for each in told:
            if each.action == action:
                return each
    return Delivery("failed" if mail.get("X-Failed-Recipients") else "unknown", "", ())


def is_complaint(mail: Mail) -> bool:
    """Tell whether a feedback report is of somebody who does not want these mails."""
    kinds = [
        str(fields.get("Feedback-Type", "")).strip().lower() for fields in _blocks(mail, "feedback-report")
    ]
    return any(kind and kind != "not-spam" for kind in kinds)


def _blocks(mail: Mail, kind: str) -> Iterator[Mail]:
    """Yield the groups of fields in the parts of a kind."""
    for part in mail.walk():
        if part.get_content_type() in (f"message/{kind}", f"message/global-{kind}"):
            payload = part.get_payload()
            yield from (
                (each for each in payload if isinstance(each, Mail)) if isinstance(payload, list) else ()
            )


def _recipient(fields: Mail) -> Delivery:
    status = _STATUS.search(str(fields.get("Status", "")))
    whom = [str(fields.get(name, "")) for name in ("Original-Recipient", "Final-Recipient")]
    action = str(fields.get("Action", "")).split("(")[0].strip().lower()
    return Delivery(
        action if action in _ACTIONS else "unknown",
        status[0] if status else "",
        tuple(address.partition(";")[2].strip(" <>") for address in whom if ";" in address),
    )
