"""What comes in: delivery reports, and what somebody texted back. Pure."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl

import structlog

from channels.base import Inbound, Malformed, read_json, storable
from channels.sms.gateway_settings import Hook
from channels.sms.numbers import of_provider
from channels.sms.pointers import look, text_at
from conversations.events import Body, Commanded, Event, Followed, Said, Unreachable, Wanted

STOPS = frozenset({"退订", "拒收", "td", "t", "r", "stop", "unsubscribe"})
"""What opts out, typed alone: the words of carriers in China (TD, T, R) and abroad. It is done without a question:
so our texts promise, and so carriers and laws want it."""
STARTS = frozenset({"恢复", "start"})
ALIYUN_INBOUND = Hook("", "/phone_number", "/sequence_id", "", text="/content")
# help.aliyun.com/document_detail/101347.html: blacklisted, unsubscribed, not open to such messages. A number that is
# switched off and one that does not exist come with the same code (MOBILE_NOT_ON_SERVICE), so that one is no proof.
ALIYUN_GONE = ("MOBILE_IN_BLACK", "USER_REJECT", "SP_NOT_BY_INTER_SMS", "isv.CUSTOMER_REFUSED")
ALIYUN_REPORTS = Hook("", "/phone_number", "/biz_id", "/out_id", status="/err_code", gone=ALIYUN_GONE)
LONGEST = 2000
MOST = 1000

log = structlog.get_logger()


def read_reports(inbound: Inbound, account: str, hook: Hook) -> tuple[Event, ...]:
    """Return who turned out to be out of reach for good; all other failures are only logged. Raises Malformed."""
    found = []
    for item in _items(inbound, hook):
        number, status = of_provider(text_at(item, hook.number)), text_at(item, hook.status)
        if number is None or not status:
            log.warning("sms.report_unclear", account=account)
        elif status in hook.gone:
            found.append(
                _event(inbound, account, hook, item, number, Unreachable(storable(status[:64])), "report")
            )
        elif look(item, "/success") is False:
            log.info("sms.not_arrived", account=account, status=storable(status[:64]))
    return tuple(found)


def read_texts(inbound: Inbound, account: str, hook: Hook) -> tuple[Event, ...]:
    """Return what was texted to us; raises Malformed."""
    found = []
    for item in _items(inbound, hook):
        number, text = of_provider(text_at(item, hook.number)), text_at(item, hook.text)
        if number is None or not text:
            log.warning("sms.text_unclear", account=account)
            continue
        found.append(_event(inbound, account, hook, item, number, body_of(text[:LONGEST]), "in"))
    return tuple(found)


def body_of(text: str) -> Body:
    """Return what a text means: opting out and in by the words of the trade, otherwise what was said."""
    text = storable(text).strip()
    word = unicodedata.normalize("NFKC", text).casefold().strip(" .!。！\"'“”‘’「」")
    if word in STOPS:
        return Wanted("unsubscribe")
    if word in STARTS:
        return Wanted("start")
    if command := re.fullmatch(r"/(\w{1,64})(?:\s+(.*))?", text, re.DOTALL):
        verb, rest = command.groups(default="")
        return Followed(rest.strip()) if verb.lower() == "start" else Commanded(verb.lower(), rest.strip())
    return Said(text)


def _event(
    inbound: Inbound, account: str, hook: Hook, item: object, number: str, body: Body, what: str
) -> Event:
    about = text_at(item, hook.about) if what == "in" else ""
    return Event(
        id=f"{what}:{_known_by(item, hook, number)}",
        source=account,
        at=inbound.received_at,
        body=body,
        account=account,
        user=number,
        chat=number,
        about=storable(about[:200]) or None,
    )


def _known_by(item: object, hook: Hook, number: str) -> str:
    """Return the provider's id of an item, or one made of all of it: what comes twice is the same."""
    if given := text_at(item, hook.id):
        return f"{storable(given[:120])}:{number}"
    whole = json.dumps(item, sort_keys=True, ensure_ascii=False).encode("utf-8", "replace")
    return hashlib.sha256(whole).hexdigest()[:32]


def _items(inbound: Inbound, hook: Hook) -> Iterator[Mapping[str, Any]]:
    document = _document(inbound)
    found = look(document, hook.list) if hook.list else document
    listed = found if isinstance(found, list) else [found]
    if len(listed) > MOST:
        raise Malformed("too_many")
    for item in listed:
        if not isinstance(item, dict):
            raise Malformed("items")
        yield item


def _document(inbound: Inbound) -> object:
    """Return a request's JSON, its form, or where it has no body its query."""
    kind = inbound.headers.get("content-type", "").partition(";")[0].strip().lower()
    if inbound.method == "GET":
        return {storable(name): storable(value) for name, value in inbound.query.items()}
    if kind != "application/x-www-form-urlencoded":
        return read_json(inbound.body)
    try:
        pairs = parse_qsl(inbound.body.decode("utf-8"), keep_blank_values=True, max_num_fields=200)
    except ValueError:
        raise Malformed("form") from None
    return {storable(name): storable(value) for name, value in pairs}
