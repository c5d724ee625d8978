"""What Alibaba Cloud's Short Message Service answers (Dysmsapi 2017-05-25), and what its templates look like there.

SendSms knows no idempotence, so nothing is sent twice by us.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any, Literal

from channels.base import Malformed, NotDelivered, Receipt, read_json
from channels.sms.template_settings import Template
from channels.sms.wire import PAUSE, Answer
from locales.text import Text, t
from locales.told import Told

Why = Literal["busy", "gone", "closed", "refused", "stopped"]
Scope = Literal["message", "chat", "account"]


def told(answer: Answer) -> Mapping[str, Any]:
    """Return what an answer with Code OK says; raises NotDelivered for any other."""
    try:
        said = read_json(answer.body)
    except Malformed:
        said = None
    code = said.get("Code") if isinstance(said, dict) else None
    if not isinstance(said, dict) or not isinstance(code, str):
        if answer.status < 300:
            raise NotDelivered("in_doubt", f"answered {answer.status} without the API's JSON")
        raise NotDelivered("busy", f"answered {answer.status} without the API's JSON", PAUSE, "account")
    if code == "OK" and answer.status < 300:
        return said
    raise _refusal(code, str(said.get("Message", "")), answer)


def judge(answer: Answer, request_id: str) -> Receipt:
    """Return the receipt that an answer to SendSms holds; raises NotDelivered."""
    return Receipt(str(told(answer).get("BizId") or request_id))


_VARIABLE = re.compile(r"\$\{(\w+)\}")


def look_through(template: Template, known: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is wrong between a template as it is configured and as GetSmsTemplate shows it."""
    if str(known.get("TemplateStatus")) != "1":
        yield Told(
            t("{code} is not approved. Look at it in the console, under templates.", code=template.code)
        )
    wanted, given = set(_VARIABLE.findall(str(known.get("TemplateContent", "")))), set(template.params)
    if missing := wanted - given:
        left = ", ".join(sorted(missing))
        yield Told(
            t(
                "{code} has variables that its params leave out: {left}. Name them.",
                code=template.code,
                left=left,
            )
        )
    if strange := given - wanted:
        more = ", ".join(sorted(strange))
        yield Told(
            t("{code} has no variables {more}. Take them out of its params.", code=template.code, more=more)
        )


_ACCOUNT = t("Look at the account in Alibaba Cloud's console.")
_KEY = t("Write the AccessKey anew: access_key_id and access_key_secret.")
_RIGHT = t("Grant the RAM user AliyunDysmsFullAccess.")
_SIGNATURE = t(
    "Have the signature approved in the console, and write it in sign_name exactly as it stands there."
)
_ENDPOINT = t("Leave endpoint out, or write the one for SMS.")
# help.aliyun.com/document_detail/101346.html; a code that begins like one of these means the same.
_MEANINGS: tuple[tuple[str, Why, Text | None], ...] = (
    ("isv.AMOUNT_NOT_ENOUGH", "stopped", t("Top up the account.")),
    ("isv.OUT_OF_SERVICE", "stopped", t("Top up the account.")),
    ("isv.ACCOUNT_", "stopped", _ACCOUNT),
    ("isv.PRODUCT_UN", "stopped", t("Activate the Short Message Service.")),
    ("isp.RAM_PERMISSION_DENY", "stopped", _RIGHT),
    ("NoPermission", "stopped", _RIGHT),
    ("isv.DENY_IP_RANGE", "stopped", t("Send from an address in mainland China, or ask Alibaba Cloud.")),
    ("isv.SMS_SIGN", "stopped", _SIGNATURE),
    ("isv.SIGN_", "stopped", _SIGNATURE),
    ("SignatureDoesNotMatch", "stopped", _KEY),
    ("IncompleteSignature", "stopped", _KEY),
    ("InvalidAccessKeyId", "stopped", _KEY),
    ("InvalidSecurityToken", "stopped", _KEY),
    ("Forbidden", "stopped", _KEY),
    ("InvalidTimeStamp", "stopped", t("Set the clock of this machine.")),
    ("InvalidVersion", "stopped", _ENDPOINT),
    ("InvalidAction", "stopped", _ENDPOINT),
    ("isv.MOBILE_NUMBER_ILLEGAL", "gone", None),
    ("isv.CUSTOMER_REFUSED", "gone", None),
    ("isv.DAY_LIMIT_CONTROL", "closed", t("Raise the daily limit in the console.")),
    ("isv.MONTH_LIMIT_CONTROL", "closed", t("Raise the monthly limit in the console.")),
    ("isp.", "busy", None),
    ("Throttling", "busy", None),
    ("ServiceUnavailable", "busy", None),
    ("InternalError", "busy", None),
    ("SignatureNonceUsed", "busy", None),
    ("isv.SMS_TEMPLATE_ILLEGAL", "refused", t("Have the template approved, and copy its code.")),
    ("isv.TEMPLATE_MISSING_PARAMETERS", "refused", t("Name all variables of the template in its params.")),
    (
        "isv.PARAM_",
        "refused",
        t("Give this kind a template whose variables are shorter and hold no address."),
    ),
)
_SCOPES: Mapping[Why, Scope] = {
    "stopped": "account",
    "closed": "account",
    "busy": "account",
    "gone": "chat",
    "refused": "message",
}
_DAY = timedelta(days=1)
# For how long is said in words alone: 触发分钟级流控Permits:1.
_SPANS = (("分钟", timedelta(minutes=1)), ("小时", timedelta(hours=1)), ("", _DAY))


def _refusal(code: str, message: str, answer: Answer) -> NotDelivered:
    code = code[:80]
    if code == "isv.BUSINESS_LIMIT_CONTROL":
        span = next(span for word, span in _SPANS if word in message)
        return NotDelivered("busy" if span <= timedelta(minutes=1) else "closed", code, span, "chat")
    for begin, why, remedy in _MEANINGS:
        if code.startswith(begin):
            wait = answer.retry_after if why == "busy" else _DAY if why == "closed" else None
            detail = Told(t("{code}. {remedy}", code=code, remedy=remedy)) if remedy else code
            return NotDelivered(why, detail, wait, _SCOPES[why])
    if answer.status >= 500:
        return NotDelivered("busy", code, PAUSE, "account")
    return NotDelivered("refused", code)
