"""Any gateway that takes a text by HTTP: the configured request, and what its answers mean."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from channels.base import Malformed, NotDelivered, Receipt, read_json
from channels.sms.filling import fill
from channels.sms.gateway_settings import Gateway, Why
from channels.sms.pointers import text_at
from channels.sms.wire import PAUSE, Answer, Request

_TYPES = {"json": "application/json", "form": "application/x-www-form-urlencoded"}
_SCOPES: Mapping[str, Any] = {"stopped": "account", "closed": "account", "gone": "chat"}


def request(params: Mapping[str, Any], gateway: Gateway) -> Request:
    """Return the request for what was rendered."""
    number = str(params["to"])
    values = {
        "to": number if gateway.plus_sign else number.removeprefix("+"),
        "text": str(params["text"]),
        "id": str(params["id"]),
        "from": gateway.sender,
        "secret": gateway.secret,
    }
    headers = {name: fill(value, values, "header") for name, value in gateway.headers.items()}
    if gateway.body and "content-type" not in {name.lower() for name in headers}:
        headers["Content-Type"] = _TYPES[gateway.content]
    body = fill(gateway.body, values, gateway.content).encode("utf-8", "replace")
    return Request(gateway.method, fill(gateway.url, values, "url"), headers, body)


def judge(answer: Answer, gateway: Gateway, request_id: str) -> Receipt:
    """Return the receipt that an answer holds; raises NotDelivered. Accepted is only what was configured as that."""
    try:
        told = read_json(answer.body)
    except Malformed:
        told = None
    if why := gateway.errors.get(code := text_at(told, gateway.error_pointer)):
        raise _named(why, code, answer, told, gateway)
    if answer.status not in gateway.success_status:
        raise _refusal(answer, told, gateway)
    expects = gateway.success_pointer or gateway.id_pointer
    if expects and told is None:
        raise NotDelivered("in_doubt", f"answered {answer.status} without the gateway's JSON")
    if gateway.success_pointer:
        value = text_at(told, gateway.success_pointer)
        if not value:
            raise NotDelivered("in_doubt", f"answered {answer.status} without {gateway.success_pointer}")
        if value != gateway.success_value:
            raise NotDelivered("refused", f"the gateway said {value[:60]}")
    return Receipt(text_at(told, gateway.id_pointer)[:200] or request_id or "accepted")


def _named(why: Why, code: str, answer: Answer, told: object, gateway: Gateway) -> NotDelivered:
    remedy = " Look at the account at the gateway." if why == "stopped" else ""
    wait = _wait(answer, told, gateway) if why in ("busy", "closed") else None
    return NotDelivered(why, f"the gateway said {code[:60]}.{remedy}", wait, _SCOPES.get(why, "message"))


def _refusal(answer: Answer, told: object, gateway: Gateway) -> NotDelivered:
    status = answer.status
    said = f"the gateway answered {status}"
    if status in (401, 403):
        return NotDelivered("stopped", f"{said}. Check secret and headers.", scope="account")
    if status in (404, 405) or 300 <= status < 400:
        return NotDelivered("stopped", f"{said}. Check url and method.", scope="account")
    if status == 402:
        return NotDelivered("stopped", f"{said}. Top up the account.", scope="account")
    if status == 429 or status >= 500 or status == 408:
        wait = _wait(answer, told, gateway)
        return NotDelivered("busy", said, wait if wait is not None else PAUSE, "account")
    return NotDelivered("refused", said)


def _wait(answer: Answer, told: object, gateway: Gateway) -> timedelta | None:
    seconds = text_at(told, gateway.retry_after_pointer)
    if seconds.isdecimal() and seconds.isascii():
        return timedelta(seconds=min(int(seconds[:9]), 86400))
    return answer.retry_after
