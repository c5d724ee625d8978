"""What Alibaba Cloud documents for SendSms: signatures, templates and their variables, numbers, limits.

Held by the documentation and not by channels.sms: each rule names the page it comes from.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Literal
from urllib.parse import quote, unquote_plus

LONGEST_VALUE = 35
"""A variable holds 1 to 35 characters (help.aliyun.com/document_detail/44357.html)."""
LONGEST_TEMPLATE = 500
SKEW = timedelta(minutes=15)
_VARIABLE = re.compile(r"\$\{([^}]*)\}")
_ADDRESS = re.compile(r"(?i)(?:[a-z][a-z0-9+.-]*://|www\.)\S")


class Refusal(Exception):
    """A request that is not carried out: the HTTP status, the documented code, and its message."""

    def __init__(self, status: int, code: str, message: str = "") -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.code = code
        self.message = message or code


@dataclass(frozen=True, slots=True)
class Template:
    """A registered text with its variables."""

    code: str
    content: str
    kind: Literal["notice", "code"] = "notice"
    longest: Mapping[str, int] = field(default_factory=dict)
    """What Alibaba Cloud allowed beyond the rule, by variable."""
    is_approved: bool = True

    @property
    def variables(self) -> list[str]:
        return _VARIABLE.findall(self.content)

    def check(self) -> None:
        """Raise ValueError where the review would refuse it (help.aliyun.com/document_detail/463270.htm)."""
        names = self.variables
        if not 0 < len(self.content) <= LONGEST_TEMPLATE or re.search(r"[【】]", self.content):
            raise ValueError(f"{self.code}: 1 to {LONGEST_TEMPLATE} characters, without 【】")
        if len(set(names)) < len(names) or "}${" in self.content:
            raise ValueError(f"{self.code}: a variable stands there twice, or two side by side")
        if any(not re.fullmatch(r"[A-Za-z]\w{0,29}", name, re.ASCII) for name in names):
            raise ValueError(f"{self.code}: names begin with a letter")

    def filled(self, param: str) -> str:
        """Return the text with its variables; raises Refusal (help.aliyun.com/document_detail/101346.html)."""
        try:
            values = json.loads(param or "{}")
        except ValueError:
            values = None
        if not isinstance(values, dict) or not all(isinstance(value, str) for value in values.values()):
            raise Refusal(200, "isv.INVALID_JSON_PARAM", "JSON参数不合法,只接受字符串值")
        text = self.content
        for name in self.variables:
            value = values.get(name, "")
            if not value:
                raise Refusal(200, "isv.TEMPLATE_MISSING_PARAMETERS", "模板缺少变量")
            if len(value) > self.longest.get(name, LONGEST_VALUE):
                raise Refusal(200, "isv.PARAM_LENGTH_LIMIT", "参数超过长度限制")
            if _ADDRESS.search(value):
                raise Refusal(200, "isv.PARAM_NOT_SUPPORT_URL", "不支持URL")
            text = text.replace(f"${{{name}}}", value)
        return text


class Limits:
    """How many texts a number takes (help.aliyun.com/document_detail/2881383.html); a day is the last 24 hours."""

    def __init__(self) -> None:
        self._sent: dict[tuple[str, ...], list[datetime]] = defaultdict(list)

    def take(self, sign: str, template: Template, number: str, now: datetime) -> None:
        """Count one accepted text; raises Refusal beyond the limit."""
        if template.kind == "notice":
            rules = [("天", 50, timedelta(days=1))]
            key: tuple[str, ...] = (sign, template.code, number)
        else:
            rules = [
                ("分钟", 1, timedelta(minutes=1)),
                ("小时", 5, timedelta(hours=1)),
                ("天", 10, timedelta(days=1)),
            ]
            key = (sign, number)
        times = self._sent[key]
        for word, count, span in rules:
            if sum(now - at < span for at in times) >= count:
                raise Refusal(200, "isv.BUSINESS_LIMIT_CONTROL", f"触发{word}级流控Permits:{count}")
        times.append(now)


def mobile(text: str) -> str:
    """Return the eleven digits of a mobile in mainland China; raises Refusal.

    +, +86, 0086, 86 or nothing may stand before them (SendSms, PhoneNumbers).
    """
    found = re.fullmatch(r"(?:\+|\+86|0086|86)?(1[3-9]\d{9})", text)
    if found is None:
        raise Refusal(200, "isv.MOBILE_NUMBER_ILLEGAL", "非法手机号")
    return found[1]


def check_signature(
    method: str, path: str, query: str, headers: Mapping[str, str], body: bytes, secrets: Mapping[str, str]
) -> None:
    """Check a request by signature V3, as "V3 request structure and signature" has it; raises Refusal."""
    found = re.fullmatch(
        r"ACS3-HMAC-SHA256 Credential=([^,]+),\s*SignedHeaders=([^,]+),\s*Signature=([0-9a-f]{64})",
        headers.get("authorization", ""),
    )
    if found is None:
        raise Refusal(
            400, "IncompleteSignature", "The request signature does not conform to Aliyun standards."
        )
    key, listed, signature = found.groups()
    if key not in secrets:
        raise Refusal(404, "InvalidAccessKeyId.NotFound", "Specified access key is not found.")
    digest = hashlib.sha256(body).hexdigest()
    names = listed.split(";")
    wanted = {
        "host",
        "x-acs-action",
        "x-acs-content-sha256",
        "x-acs-date",
        "x-acs-signature-nonce",
        "x-acs-version",
    }
    pairs = [part.partition("=") for part in query.split("&") if part]
    plain = sorted((unquote_plus(name), unquote_plus(value)) for name, _, value in pairs)
    canonical = "&".join(f"{quote(name, safe='-_.~')}={quote(value, safe='-_.~')}" for name, value in plain)
    told = "".join(f"{name}:{headers.get(name, '').strip()}\n" for name in names)
    request = f"{method}\n{path}\n{canonical}\n{told}\n{listed}\n{digest}"
    hashed = hashlib.sha256(request.encode()).hexdigest()
    right = hmac.new(secrets[key].encode(), f"ACS3-HMAC-SHA256\n{hashed}".encode(), "sha256").hexdigest()
    is_whole = (
        wanted <= set(names) and names == sorted(names) and headers.get("x-acs-content-sha256") == digest
    )
    if not is_whole or not hmac.compare_digest(right, signature):
        raise Refusal(
            400, "SignatureDoesNotMatch", "Specified signature is not matched with our calculation."
        )


def check_time(text: str, now: datetime) -> None:
    """Refuse a request that was signed more than a quarter of an hour ago, or hence."""
    try:
        at = datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError:
        raise Refusal(400, "InvalidTimeStamp.Format", "Specified time stamp is not well formatted.") from None
    if abs(now - at) > SKEW:
        raise Refusal(400, "InvalidTimeStamp.Expired", "Specified time stamp or date value is expired.")


_SMALL = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_TWICE = "^{}\\[~]|€\f"


def counted(text: str) -> int:
    """Return how many segments a phone is sent (3GPP TS 23.038): GSM 7-bit where that will do, else UCS-2."""
    if all(sign in _SMALL or sign in _TWICE for sign in text):
        length = sum(2 if sign in _TWICE else 1 for sign in text)
        return 1 if length <= 160 else (length + 152) // 153
    length = len(text.encode("utf-16-le")) // 2
    return 1 if length <= 70 else (length + 66) // 67
