"""A message as the variables of a registered template. Pure and deterministic."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from channels.base import Envelope, Unrenderable
from channels.shape import cut, plain
from channels.sms.template_settings import Aliyun, Template
from conversations.messages import Fact, Message
from locales.text import Reader, Text, Value
from locales.translate import show

_ALIASES = {"when": "time", "time": "when"}
"""What it is called among the facts and in a lead."""
_ADDRESS = re.compile(r"(?i)\b(?:[a-z][a-z0-9+.-]*://|www\.)\S+")


def params(message: Message, envelope: Envelope, aliyun: Aliyun) -> dict[str, Any]:
    """Return template code and variables of a message; raises Unrenderable where the account has none for it."""
    template = aliyun.template(message.kind, envelope.reader.locale)
    if template is None:
        remedy = f'Register one and name it under templates."{message.kind}", or under templates."*".'
        raise Unrenderable(f"there is no SMS template for {message.kind}. {remedy}")
    filled = {
        name: _value(name, field, message, envelope, aliyun, template)
        for name, field in template.params.items()
    }
    return {"TemplateCode": template.code, "TemplateParam": json.dumps(filled, ensure_ascii=False)}


def fields(message: Message, reader: Reader) -> dict[str, str]:
    """Return everything a template may take from a message, by name: its facts, and the values its lead names."""
    found = dict(_named(message.lead, reader))
    found |= {block.name: _words(block.value, reader) for block in message.blocks if isinstance(block, Fact)}
    for name, other in _ALIASES.items():
        if name in found:
            found.setdefault(other, found[name])
    return {name: value for name, value in found.items() if value} | {"lead": _words(message.lead, reader)}


def _named(text: Text, reader: Reader) -> Iterator[tuple[str, str]]:
    for name, value in text.params.items():
        if isinstance(value, Text):
            yield from _named(value, reader)
        yield name, _words(value, reader)


def _words(value: Value, reader: Reader) -> str:
    return " ".join(plain(show(value, reader)).split())


def _value(
    name: str, field: str, message: Message, envelope: Envelope, aliyun: Aliyun, template: Template
) -> str:
    wanted, _, otherwise = field.partition("|")
    if wanted == "url":
        return _url(message, envelope.urls, aliyun, template)
    known = fields(message, envelope.reader)
    # A variable with an address in it is refused, and with it the whole message (isv.PARAM_NOT_SUPPORT_URL).
    value = _ADDRESS.sub("…", known.get(wanted, "")) or otherwise
    if not value:
        listed = ", ".join(sorted({*known, "url"}))
        remedy = f'Choose one of {listed}, or write "{wanted}|words where there is none".'
        raise Unrenderable(
            f"{template.code} takes {wanted} for {name}, and {message.kind} has none. {remedy}"
        )
    return cut(value, aliyun.longest_value, "characters")


def _url(message: Message, urls: Mapping[str, str], aliyun: Aliyun, template: Template) -> str:
    url = urls.get("my") or urls.get("go") or ""
    value = url.rpartition("/")[2] if aliyun.url_suffix else url
    if not value:
        remedy = "Give this kind a template without url, and set server.public_url."
        raise Unrenderable(f"{template.code} takes url, and {message.kind} has no page. {remedy}")
    if len(value) > aliyun.longest_url:
        remedy = "Have Alibaba Cloud allow longer ones for this template, and say so in longest_url."
        raise Unrenderable(
            f"{template.code} takes {aliyun.longest_url} characters for url, and it has {len(value)}. {remedy}"
        )
    return value
