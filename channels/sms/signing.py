"""Requests to Alibaba Cloud, signed as it documents: V3, ACS3-HMAC-SHA256, RPC style with parameters in the query.

help.aliyun.com/zh/sdk/product-overview/v3-request-structure-and-signature
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import quote, urlsplit

from channels.sms.template_settings import Aliyun
from channels.sms.wire import Request

VERSION = "2017-05-25"
ALGORITHM = "ACS3-HMAC-SHA256"
_EMPTY = hashlib.sha256(b"").hexdigest()


def request(action: str, params: Mapping[str, str], aliyun: Aliyun, now: datetime, nonce: str) -> Request:
    """Return the signed request of an action; `nonce` is used once."""
    query = {name: value for name, value in params.items() if value}
    headers = {
        "host": urlsplit(aliyun.endpoint).netloc,
        "x-acs-action": action,
        "x-acs-content-sha256": _EMPTY,
        "x-acs-date": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "x-acs-signature-nonce": nonce,
        "x-acs-version": VERSION,
    }
    signed = authorization("POST", query, headers, aliyun.access_key_id, aliyun.access_key_secret)
    url = f"{aliyun.endpoint}/?{canonical_query(query)}"
    return Request("POST", url, {**headers, "authorization": signed, "accept": "application/json"}, b"")


def authorization(
    method: str, query: Mapping[str, str], headers: Mapping[str, str], key_id: str, key_secret: str
) -> str:
    """Return the Authorization header of a request; `headers`, in lower case, hold the body's hash."""
    names = sorted(headers)
    signed = ";".join(names)
    lines = "".join(f"{name}:{headers[name].strip()}\n" for name in names)
    body = headers["x-acs-content-sha256"]
    asked = "\n".join((method, "/", canonical_query(query), lines, signed, body))
    hashed = hashlib.sha256(asked.encode()).hexdigest()
    signature = hmac.new(key_secret.encode(), f"{ALGORITHM}\n{hashed}".encode(), hashlib.sha256).hexdigest()
    return f"{ALGORITHM} Credential={key_id},SignedHeaders={signed},Signature={signature}"


def canonical_query(query: Mapping[str, str]) -> str:
    """Return parameters sorted and percent-encoded by RFC 3986, as they are signed and sent."""
    return "&".join(f"{quote(name, safe='~')}={quote(query[name], safe='~')}" for name in sorted(query))
