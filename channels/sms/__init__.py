"""SMS: texts by Alibaba Cloud's registered templates, or by any gateway that takes them over HTTP."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import structlog

from channels.base import (
    Call,
    Caps,
    Contact,
    Decide,
    Envelope,
    Forged,
    Inbound,
    Malformed,
    NotDelivered,
    Parsed,
    Payload,
    Rate,
    ReadBlob,
    Receipt,
    Receive,
    Unrenderable,
    Vault,
)
from channels.routes import ROUTES
from channels.sms import templates, writing
from channels.sms.numbers import e164, national
from channels.sms.reading import ALIYUN_INBOUND, ALIYUN_REPORTS, read_reports, read_texts
from channels.sms.settings import Settings, read_settings
from channels.sms.template_settings import Aliyun
from conversations.effects import Answer
from conversations.events import Event
from conversations.messages import Message
from locales.text import Reader, Text, t
from locales.told import Told, text_of

if TYPE_CHECKING:
    from channels.sms.wire import Answer as Response
    from channels.sms.wire import Request, Wire

RECEIVED = '{"code":0,"msg":"接收成功"}'.encode()
"""What Alibaba Cloud wants to hear (help.aliyun.com/zh/sms/developer-reference/smsup-http)."""

log = structlog.get_logger()


class Sms:
    """One account with a provider. A chat is a phone number in E.164."""

    has_more_doors = True

    def __init__(
        self,
        account: str,
        config: Mapping[str, Any],
        now: Callable[[], datetime],
        vault: Vault | None = None,
    ) -> None:
        self.account = account
        self.pulls = False
        self._now = now
        self._settings = read_settings(config)
        self.caps = _caps(self._settings)
        self._wire: Wire | None = None

    async def open(self) -> None: ...

    async def close(self) -> None:
        wire, self._wire = self._wire, None
        if wire is not None:
            await wire.close()

    # -- coming in ----------------------------------------------------------------------------------------

    async def parse(self, inbound: Inbound) -> Parsed:
        """Return what a provider pushed to `…/reports` or `…/inbound`; neither kind is signed, so a secret is.

        It stands in the query as `key`, or in the path before the last name.
        """
        rest = inbound.path.split("/")[4:]
        given = inbound.query.get("key") or (rest[0] if len(rest) == 2 else "")
        if not self._settings.hook_secret:
            raise Forged("no_hook_secret")
        # On bytes: compare_digest raises TypeError for text that is not ASCII.
        if not hmac.compare_digest(
            given.encode("utf-8", "surrogatepass"), self._settings.hook_secret.encode()
        ):
            raise Forged("secret")
        what = rest[-1] if rest else ""
        events = self._read(what, inbound)
        if isinstance(self._settings.provider, Aliyun):
            return Parsed(events, RECEIVED, "application/json")
        return Parsed(events)

    def _read(self, what: str, inbound: Inbound) -> tuple[Event, ...]:
        provider = self._settings.provider
        reports = ALIYUN_REPORTS if isinstance(provider, Aliyun) else provider.reports
        texts = ALIYUN_INBOUND if isinstance(provider, Aliyun) else provider.inbound
        if what == "reports" and reports is not None:
            return read_reports(inbound, self.account, reports)
        if what == "inbound" and texts is not None:
            return read_texts(inbound, self.account, texts)
        raise Malformed("path")

    def respond(self, event: Event, answer: Answer, reader: Reader) -> Parsed:
        return Parsed()

    # -- going out ----------------------------------------------------------------------------------------

    def render(self, message: Message, envelope: Envelope) -> Payload:
        """Return the one call that carries a message; `segments` says what it costs, where we know the text."""
        provider = self._settings.provider
        if isinstance(provider, Aliyun):
            number = national(envelope.chat)
            if number is None:
                raise Unrenderable(
                    "templates of Alibaba Cloud go to mobiles in mainland China. Take another way."
                )
            params = templates.params(message, envelope, provider)
            to = {"PhoneNumbers": number, "SignName": self._settings.sign_name, "OutId": envelope.request_id}
            return Payload((Call("SendSms", {**to, **params}),))
        text = writing.write(message, envelope, self.caps, self._settings.sign_name, self._settings.hears)
        params = {"to": envelope.chat, "text": text, "id": envelope.request_id}
        return Payload((Call("send", {**params, "segments": writing.segments(text)}),))

    async def deliver(self, payload: Payload, read_blob: ReadBlob) -> Receipt:
        """Send once. The receipt has the provider's id, or ours where it gives none."""
        from channels.sms import aliyun, gateway

        provider, params = self._settings.provider, payload.calls[0].params
        if isinstance(provider, Aliyun):
            answer = await self._ask_aliyun("SendSms", params, provider)
            return aliyun.judge(answer, str(params.get("OutId", "")))
        answer = await self._ask(gateway.request(params, provider))
        receipt = gateway.judge(answer, provider, str(params["id"]))
        log.info("sms.sent", account=self.account, segments=params["segments"])
        return receipt

    async def _ask_aliyun(self, action: str, params: Mapping[str, str], aliyun: Aliyun) -> Response:
        from channels.sms import signing

        return await self._ask(signing.request(action, params, aliyun, self._now(), secrets.token_hex(16)))

    async def _ask(self, request: Request) -> Response:
        return await self._connected().ask(request, self._settings.deadline, self._now())

    def _connected(self) -> Wire:
        from channels.sms.wire import Wire

        if self._wire is None:
            self._wire = Wire()
        return self._wire

    # -- the rest -----------------------------------------------------------------------------------------

    async def answer(self, event: Event, answer: Answer, reader: Reader) -> None: ...

    async def pull(self, cursor: str | None, receive: Receive, decide: Decide | None = None) -> str | None:
        return cursor

    async def check(self) -> tuple[str, ...]:
        """Ask Alibaba Cloud about the account's templates. A gateway cannot be asked: whatever it takes, it sends."""
        from channels.sms import aliyun

        provider = self._settings.provider
        wrong: list[str] = []
        if not isinstance(provider, Aliyun):
            return ()
        for template in provider.every_template:
            try:
                params = {"TemplateCode": template.code}
                known = aliyun.told(await self._ask_aliyun("GetSmsTemplate", params, provider))
            except NotDelivered as failure:
                if failure.why in ("busy", "in_doubt"):
                    why = text_of(failure.detail)
                    unreached = t(
                        "Alibaba Cloud cannot be reached ({why}). Check the network, and endpoint.", why=why
                    )
                    return (*wrong, Told(unreached))
                wrong.append(Told(t("{code}: {told}", code=template.code, told=text_of(failure.detail))))
                if failure.why == "stopped":
                    return tuple(wrong)
                continue
            wrong += aliyun.look_through(template, known)
        return tuple(wrong)

    async def find(self, email: str | None, phone: str | None, hint: str | None) -> Contact | None:
        """Return the number itself, where a text can reach it."""
        number = e164(phone) if phone else None
        if number is None or (isinstance(self._settings.provider, Aliyun) and national(number) is None):
            return None
        return Contact(number, number)

    def invite_url(self, token: str) -> str | None:
        return None

    async def register(self, commands: Mapping[str, Sequence[tuple[str, Text]]]) -> None: ...


def _caps(settings: Settings) -> Caps:
    """Return the route's row as this account has it."""
    rates = (
        Rate("account", settings.per_second, timedelta(seconds=1)),
        # Documented are 50 a day for each template and number; this keeps a mistake of ours from getting there.
        Rate("member", 10, timedelta(minutes=1)),
    )
    is_free = not isinstance(settings.provider, Aliyun)
    return replace(
        ROUTES["sms"],
        text_limit=settings.segments,
        proactive="always" if is_free else "template",
        rates=rates,
    )
