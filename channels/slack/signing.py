"""Whether a request is Slack's, and what its body says. Works on raw bytes; raises only Forged or Malformed.

docs.slack.dev/authentication/verifying-requests-from-slack. Bolt's own verification is not used: it reads the
machine's clock, raises on strange headers, and writes bodies that fail into the log.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl

from channels.base import Forged, Inbound, Malformed, read_json, storable

TIMESTAMP = "x-slack-request-timestamp"
SIGNATURE = "x-slack-signature"
WINDOW = timedelta(minutes=5)
MOST_FIELDS = 100


def verify(inbound: Inbound, secret: str) -> None:
    """Raise Forged unless a request was signed with the secret within the last five minutes."""
    stamp, signature = inbound.headers.get(TIMESTAMP), inbound.headers.get(SIGNATURE)
    if stamp is None or signature is None:
        raise Forged("unsigned")
    if not re.fullmatch(r"[0-9]{1,12}", stamp):
        raise Forged("timestamp")
    # On bytes: compare_digest raises TypeError for text that is not ASCII.
    if not hmac.compare_digest(
        signature.encode("utf-8", "surrogatepass"), _sign(secret, stamp, inbound.body)
    ):
        raise Forged("signature")
    if abs(inbound.received_at.timestamp() - int(stamp)) > WINDOW.total_seconds():
        raise Forged("stale")


def _sign(secret: str, stamp: str, body: bytes) -> bytes:
    signed = b"v0:" + stamp.encode() + b":" + body
    return b"v0=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest().encode()


def read_body(inbound: Inbound) -> Mapping[str, Any]:
    """Return what a body says: JSON, a form, or a form whose `payload` is JSON; raises Malformed."""
    kind = inbound.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        return as_object(inbound.body)
    form = read_form(inbound.body)
    return as_object(form["payload"].encode()) if "payload" in form else form


def as_object(body: bytes) -> Mapping[str, Any]:
    said = read_json(body)
    if not isinstance(said, dict):
        raise Malformed("not_an_object")
    return said


def read_form(body: bytes) -> dict[str, str]:
    try:
        text = body.decode("ascii")
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict")
    except UnicodeDecodeError:
        raise Malformed("not_utf8") from None
    except ValueError:
        raise Malformed("too_many_fields") from None
    return {storable(name): storable(value) for name, value in pairs}
