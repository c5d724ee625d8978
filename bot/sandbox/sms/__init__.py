"""SMS on loopback: Alibaba Cloud's API and a plain HTTP gateway, with phones behind them, and faults on demand.

What it accepted stands in `accepted`: the oracle for what was lost or came twice.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from bot.clock import Clock
from bot.sandbox.listening import Listening
from bot.sandbox.sms.people import Shown, SmsPerson
from bot.sandbox.sms.pushes import Pushes
from bot.sandbox.sms.rules import Limits, Refusal, Template, check_signature, check_time, counted, mobile
from bot.sandbox.telegram.wire import ACCEPTING, Fault, FaultKind, respond

__all__ = ["Accepted", "Refused", "Shown", "SmsPerson", "SmsStandIn", "Template"]

ACCESS_KEY_ID = "LTAI5tSandbox"
ACCESS_KEY_SECRET = "Sandbox" * 4
GATEWAY_SECRET = "Sandbox" * 5
HOOK_SECRET = "sandbox-hook-" * 2
SIGN_NAME = "星云科技"
LONGEST = 10
"""Segments the gateway takes."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """A text that was taken."""

    number: str
    text: str
    params: Mapping[str, str]
    at: datetime
    id: str


@dataclass(frozen=True, slots=True)
class Refused:
    """A request that was not."""

    code: str
    params: Mapping[str, str]
    at: datetime


class SmsStandIn(Listening):
    """Both kinds of provider on one port: `/` is Alibaba Cloud's API, `/messages` the gateway's."""

    def __init__(self, clock: Clock, provider: Literal["aliyun", "http"] = "http") -> None:
        super().__init__()
        self.clock = clock
        self.provider = provider
        self.secrets = {ACCESS_KEY_ID: ACCESS_KEY_SECRET}
        self.gateway_secret = GATEWAY_SECRET
        self.signatures = {SIGN_NAME}
        self.templates: dict[str, Template] = {}
        self.has_money = True
        self.accepted: list[Accepted] = []
        self.refused: list[Refused] = []
        self.pushes = Pushes(clock)
        self.pushes.wraps_in_list = provider == "aliyun"
        self._limits = Limits()
        self._nonces: set[str] = set()
        self._people: dict[str, SmsPerson] = {}
        self._faults: deque[Fault] = deque()
        self._brought: list[tuple[Literal["reports", "inbound"], Mapping[str, Any]]] = []
        self._number = 0

    # -- people and control -------------------------------------------------------------------------------

    def person(self, name: str, number: str = "") -> SmsPerson:
        """Return somebody new with a phone; without a number they get one of mainland China."""
        own = number or f"+861380013{8000 + len(self._people):04d}"
        self._people[own] = SmsPerson(name, own, self.clock.now, self._texted)
        return self._people[own]

    def register(self, code: str, content: str, **more: Any) -> Template:
        """Have a template approved; raises ValueError where the review would refuse it."""
        template = Template(code, content, **more)
        template.check()
        self.templates[code] = template
        return template

    def pushes_to(self, hooks: str, secret: str = HOOK_SECRET) -> None:
        """Bring reports and answers to an account's hooks, `…/hooks/sms/<account>`."""
        self.pushes.addresses = {
            "reports": f"{hooks}/reports?key={secret}",
            "inbound": f"{hooks}/inbound?key={secret}",
        }

    def fail(
        self, kind: FaultKind, times: int = 1, *, retry_after: int = 1, accepts: bool | None = None
    ) -> None:
        """Have the next requests fail; `accepts` tells whether they are carried out all the same."""
        does = kind in ACCEPTING if accepts is None else accepts
        self._faults.append(Fault(kind, times, retry_after, does, 0.02))

    async def again(self) -> None:
        """Bring the newest answer or report a second time."""
        await self.pushes.again(*self._brought[-1])

    async def settle(self) -> None:
        """Bring everything to us that waits."""
        await self.pushes.settle()

    @property
    def pending(self) -> bool:
        return self.pushes.pending

    async def _close(self) -> None:
        await self.pushes.close()

    # -- wire ---------------------------------------------------------------------------------------------

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        fault = self._faults[0] if self._faults else None
        if fault is not None:
            fault.times -= 1
            if not fault.times:
                self._faults.popleft()
        is_gateway = request.url.path == "/messages"
        if fault is not None and fault.kind in ("429", "500"):
            await self._failing(fault, is_gateway)(scope, receive, send)
            return
        body = await request.body()
        if fault is not None and not fault.accepts:
            status, answer = 200, b"{}"
        else:
            status, answer = self._carry_out(request, body, is_gateway)
        await respond(fault, status, answer, receive, send, self._closing)

    def _failing(self, fault: Fault, is_gateway: bool) -> Response:
        status = int(fault.kind)
        code = "Throttling.User" if status == 429 else "InternalError"
        told = (
            {"error": {"code": "busy"}} if is_gateway else {"Code": code, "Message": code, "RequestId": "0"}
        )
        headers = {"Retry-After": str(fault.retry_after)} if status == 429 else {}
        return Response(json.dumps(told), status, headers, "application/json")

    def _carry_out(self, request: Request, body: bytes, is_gateway: bool) -> tuple[int, bytes]:
        params: dict[str, str] = {}
        try:
            if is_gateway:
                told, status = self._gateway(request, body, params), 202
            else:
                told, status = self._aliyun(request, body, params), 200
        except Refusal as refusal:
            self.refused.append(Refused(refusal.code, params, self.clock.now()))
            status = refusal.status
            told = (
                {"status": "error", "error": {"code": refusal.code}}
                if is_gateway
                else {"Code": refusal.code, "Message": refusal.message, "RequestId": "F655A8D5"}
            )
        return status, json.dumps(told, ensure_ascii=False).encode()

    # -- Alibaba Cloud ------------------------------------------------------------------------------------

    def _aliyun(self, request: Request, body: bytes, params: dict[str, str]) -> dict[str, Any]:
        headers = {name.lower(): value for name, value in request.headers.items()}
        query = request.scope["query_string"].decode("ascii", "replace")
        check_signature(request.method, request.url.path, query, headers, body, self.secrets)
        check_time(headers["x-acs-date"], self.clock.now())
        if (nonce := headers["x-acs-signature-nonce"]) in self._nonces:
            raise Refusal(400, "SignatureNonceUsed", "Specified signature nonce was used already.")
        self._nonces.add(nonce)
        if headers["x-acs-version"] != "2017-05-25":
            raise Refusal(400, "InvalidVersion", "Specified parameter Version is not valid.")
        params |= dict(parse_qsl(query, keep_blank_values=True))
        match headers["x-acs-action"]:
            case "SendSms":
                return self._send(params)
            case "GetSmsTemplate":
                return self._show(params)
        raise Refusal(404, "InvalidAction.NotFound", "Specified api is not found.")

    def _send(self, params: Mapping[str, str]) -> dict[str, Any]:
        if not self.has_money:
            raise Refusal(200, "isv.AMOUNT_NOT_ENOUGH", "账户余额不足")
        number = mobile(params.get("PhoneNumbers", ""))
        sign = params.get("SignName", "")
        if sign not in self.signatures:
            raise Refusal(200, "isv.SMS_SIGNATURE_ILLEGAL", "短信签名不合法")
        template = self.templates.get(params.get("TemplateCode", ""))
        if template is None or not template.is_approved:
            raise Refusal(200, "isv.SMS_TEMPLATE_ILLEGAL", "短信模板不合法")
        text = template.filled(params.get("TemplateParam", ""))
        person = self._people.get(f"+86{number}")
        if person is not None and person.state == "refuses":
            raise Refusal(200, "isv.CUSTOMER_REFUSED", "用户已退订推广短信")
        self._limits.take(sign, template, number, self.clock.now())
        id_ = self._take(f"+86{number}", f"【{sign}】{text}", params)
        return {"Code": "OK", "Message": "OK", "RequestId": "F655A8D5", "BizId": id_}

    def _show(self, params: Mapping[str, str]) -> dict[str, Any]:
        template = self.templates.get(params.get("TemplateCode", ""))
        if template is None:
            raise Refusal(200, "isv.SMS_TEMPLATE_ILLEGAL", "短信模板不合法")
        status = "1" if template.is_approved else "0"
        shown = {"TemplateCode": template.code, "TemplateContent": template.content, "TemplateStatus": status}
        return {"Code": "OK", "Message": "OK", "RequestId": "F655A8D5", **shown}

    # -- the gateway --------------------------------------------------------------------------------------

    def _gateway(self, request: Request, body: bytes, params: dict[str, str]) -> dict[str, Any]:
        if request.headers.get("authorization") != f"Bearer {self.gateway_secret}":
            raise Refusal(401, "unauthorized")
        if request.headers.get("content-type", "").startswith("application/json"):
            try:
                params |= json.loads(body)
            except ValueError:
                raise Refusal(400, "not_json") from None
        else:
            params |= dict(parse_qsl(body.decode(), keep_blank_values=True))
        number, text = params.get("to", ""), params.get("text", "")
        person = self._people.get(number)
        if person is None:
            raise Refusal(400, "invalid_number")
        if person.state == "refuses":
            raise Refusal(422, "opted_out")
        if not text.strip() or counted(text) > LONGEST:
            raise Refusal(400, "bad_text")
        return {"status": "queued", "id": self._take(number, text, params)}

    # -- both ---------------------------------------------------------------------------------------------

    def _take(self, number: str, text: str, params: Mapping[str, str]) -> str:
        """Accept a text, have it arrive where the phone is on, and report what became of it."""
        self._number += 1
        id_ = f"{9001000 + self._number}^0"
        self.accepted.append(Accepted(number, text, dict(params), self.clock.now(), id_))
        person = self._people.get(number)
        state = person.state if person is not None else "off"
        if person is not None and state == "on":
            person.gets(id_, text, counted(text))
        self._bring("reports", self._report(number, text, params, id_, state))
        return id_

    def _report(
        self, number: str, text: str, params: Mapping[str, str], id_: str, state: str
    ) -> dict[str, Any]:
        is_there = state == "on"
        if self.provider == "http":
            code = {"on": "delivered", "off": "absent"}.get(state, "blocked")
            return {"id": id_, "reference": params.get("reference", ""), "to": number, "status": code}
        at = self.clock.now().strftime("%Y-%m-%d %H:%M:%S")
        code = {"on": "DELIVERED", "off": "MOBILE_NOT_ON_SERVICE"}.get(state, "MOBILE_IN_BLACK")
        return {
            "phone_number": number.removeprefix("+86"),
            "send_time": at,
            "report_time": at,
            "success": is_there,
            "err_code": code,
            "err_msg": "用户接收成功" if is_there else "发送失败",
            "sms_size": str(counted(text)),
            "biz_id": id_,
            "out_id": params.get("OutId", ""),
        }

    async def _texted(self, person: SmsPerson, text: str) -> str:
        self._number += 1
        id_ = str(70_000_000 + self._number)
        if self.provider == "http":
            of_us = next((message.id for message in reversed(person.chat) if message.is_of_bot), "")
            item = {"id": id_, "from": person.number, "text": text, "in_reply_to": of_us}
        else:
            at = self.clock.now().strftime("%Y-%m-%d %H:%M:%S")
            number = person.number.removeprefix("+86")
            item = {
                "phone_number": number,
                "content": text,
                "send_time": at,
                "dest_code": "1234",
                "sequence_id": id_,
            }
        self._bring("inbound", item)
        return id_

    def _bring(self, what: Literal["reports", "inbound"], item: Mapping[str, Any]) -> None:
        self._brought.append((what, item))
        self.pushes.add(what, item)

    # -- what an account needs ----------------------------------------------------------------------------

    def account(self) -> dict[str, Any]:
        """Return the settings of an account with this provider."""
        if self.provider == "aliyun":
            return {
                "provider": "aliyun",
                "hook_secret": HOOK_SECRET,
                "sign_name": SIGN_NAME,
                "access_key_id": ACCESS_KEY_ID,
                "access_key_secret": ACCESS_KEY_SECRET,
                "endpoint": self.api_base,
                "templates": {"*": {"code": "SMS_100000000", "params": {"what": "lead", "token": "url"}}},
                "url_suffix": True,
                "longest_url": 80,
            }
        return {
            "provider": "http",
            "hook_secret": HOOK_SECRET,
            "sign_name": SIGN_NAME,
            "url": f"{self.api_base}/messages",
            "headers": {"Authorization": "Bearer {secret}"},
            "secret": self.gateway_secret,
            "body": '{"to": "{to}", "text": "{text}", "reference": "{id}"}',
            "success_pointer": "/status",
            "success_value": "queued",
            "id_pointer": "/id",
            "error_pointer": "/error/code",
            "errors": {"opted_out": "gone", "invalid_number": "gone", "bad_text": "refused"},
            "reports": {"number": "/to", "status": "/status", "id": "/id", "gone": ["blocked"]},
            "inbound": {"number": "/from", "text": "/text", "id": "/id", "about": "/in_reply_to"},
        }
