"""What interview platforms tell us, signed in the Standard Webhooks form (standardwebhooks.com)."""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, TypeGuard

from standardwebhooks.webhooks import Webhook

from bot.web.door import Refused
from channels.base import Inbound, Malformed, read_json
from conversations.events import Event, Signal
from store import interviews
from store.db import Tx

KINDS = {
    "interview.joined": "joined",
    "interview.completed": "completed",
    "interview.heartbeat": "heartbeat",
    "interview.cancelled": "cancelled",
    "interview.moved": "moved",
}
WINDOW_SECONDS = 300
YEARS = range(2000, 2100)
"""In which instants are meant: arithmetic with others leaves the calendar."""
LONGEST_ADDRESS = 2000


def verify(inbound: Inbound, secrets: tuple[str, ...]) -> Mapping[str, Any]:
    """Return the body of an authentic request; raises Refused. Two secrets may be alive during a rotation.

    The id and the timestamp are part of what is signed; a request older or newer than five minutes is refused.
    """
    id, stamp = inbound.headers.get("webhook-id", ""), inbound.headers.get("webhook-timestamp", "")
    signature = inbound.headers.get("webhook-signature", "")
    if (
        not id
        or len(id) > 200
        or not all(text.isascii() and text.isprintable() for text in (id, stamp, signature))
    ):
        raise Refused(401, "headers", "Send webhook-id, webhook-timestamp and webhook-signature.")
    if not stamp.isdigit() or len(stamp) > 12:
        raise Refused(401, "timestamp", "Send webhook-timestamp in seconds since 1970.")
    if abs(int(stamp) - inbound.received_at.timestamp()) > WINDOW_SECONDS:
        raise Refused(401, "timestamp_window", "Sign the request within five minutes of sending it.")
    if not any(_is_signed(inbound.body, id, stamp, signature, secret) for secret in secrets):
        raise Refused(401, "signature", "Sign id.timestamp.body with this account's secret.")
    try:
        body = read_json(inbound.body)
    except Malformed as error:
        raise Refused(400, f"malformed:{error.reason}", "Send a JSON object.") from None
    if not isinstance(body, dict):
        raise Refused(400, "malformed:no_object", "Send a JSON object.")
    return body


def _is_signed(body: bytes, id: str, stamp: str, signature: str, secret: str) -> bool:
    versions = [part.encode() for part in signature.split(" ") if part.startswith("v1,")]
    for key in _keys(secret):
        try:
            # The library's own verify reads the machine's clock; the window was checked against ours.
            expected = Webhook(key).sign(id, datetime.fromtimestamp(int(stamp), UTC), body.decode()).encode()
        except (ValueError, OverflowError, OSError):
            return False
        if any(hmac.compare_digest(version, expected) for version in versions):
            return True
    return False


def _keys(secret: str) -> Iterator[str | bytes]:
    """A `whsec_` secret is base64 behind its prefix; of others some senders take the text, some decode it."""
    if secret.startswith("whsec_"):
        yield secret
        return
    yield secret.encode()
    if re.fullmatch(r"[A-Za-z0-9+/]+={0,2}", secret):
        yield secret


async def read_signal(tx: Tx, account: str, inbound: Inbound, body: Mapping[str, Any]) -> Event | None:
    """Return the event a body stands for, None for a type we do not use; raises Refused with field and remedy."""
    type_name = body.get("type")
    if not isinstance(type_name, str):
        raise Refused(422, "field:type", f"Send type as one of {', '.join(KINDS)}.")
    if type_name not in KINDS:
        return None
    data = body.get("data", {})
    if not isinstance(data, dict):
        raise Refused(422, "field:data", "Send data as an object.")
    kind: Any = KINDS[type_name]
    interview = None
    if kind != "heartbeat":
        interview = await _find(tx, data)
    starts_at = _instant(data.get("starts_at"), "data.starts_at") if kind == "moved" else None
    if kind == "moved" and starts_at is None:
        raise Refused(
            422, "field:data.starts_at", "Send the new start with its offset, 2026-11-24T14:00:00+08:00."
        )
    occurred_at = _instant(body.get("timestamp"), "timestamp") or inbound.received_at
    join = data.get("join_url")
    signal = Signal(
        kind,
        interview,
        occurred_at,
        starts_at,
        join if _is_address(join) else None,
    )
    return Event(inbound.headers["webhook-id"], f"interviews.{account}", inbound.received_at, signal)


async def _find(tx: Tx, data: Mapping[str, Any]) -> Any:
    named = data.get("interview", data.get("external_id", data.get("id")))
    if not isinstance(named, str | int) or isinstance(named, bool) or not str(named).strip():
        raise Refused(
            422, "field:data.interview", "Send the interview's id: yours as imported, or ours like I-1024."
        )
    found = await interviews.by_name(tx, str(named).strip())
    if found is None:
        raise Refused(
            404, "unknown_interview", "Import this interview first; the request may be sent again then."
        )
    return found.id


def _is_address(value: object) -> TypeGuard[str]:
    is_text = isinstance(value, str) and len(value) <= LONGEST_ADDRESS
    return is_text and str(value).startswith(("https://", "http://"))


def _instant(value: object, field: str) -> datetime | None:
    if value is None:
        return None
    at: datetime | None
    try:
        at = datetime.fromisoformat(str(value).replace("Z", "+00:00"))
    except ValueError:
        at = None
    if at is None or at.tzinfo is None or at.year not in YEARS:
        raise Refused(422, f"field:{field}", "Send an instant with its offset, 2026-11-24T14:00:00+08:00.")
    return at.astimezone(UTC)
