"""Which template carries which kind of message, and what stands in its fields. Everything is checked at load."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from channels.tencent.company import bad
from channels.wechat import sentences
from channels.wechat.fields import KINDS, Kind, fits, kind_of
from locales.text import Reader, Text, t
from locales.translate import LOCALES, render

EVERY_KIND = "*"
MOST_KINDS = 100
_ID = re.compile(r"[\w-]{10,64}", re.ASCII)
_CONSOLE = "mp.weixin.qq.com, 广告与服务, 模板消息, 我的模板"


@dataclass(frozen=True, slots=True)
class Template:
    """A template of the account: its id, and for each of its fields where its value comes from."""

    name: str
    id: str
    kinds: tuple[str, ...]
    fields: Mapping[str, str]
    """A source (`what`, `time` …), or fixed words after an equals sign."""


def read_templates(table: object) -> tuple[Template, ...]:
    """Return the templates of a configuration; raises BadSetting."""
    if table in (None, ""):
        return ()
    if not isinstance(table, Mapping):
        raise bad("templates", t("it is no table"), _EXAMPLE)
    found = tuple(_template(str(name), inner) for name, inner in table.items())
    taken: dict[str, str] = {}
    for template in found:
        for kind in template.kinds:
            if (first := taken.setdefault(kind, template.name)) != template.name:
                where = f"templates.{template.name}.kinds"
                why = t("{kind} is carried by {first} already", kind=kind, first=first)
                raise bad(where, why, t("Name each kind once."))
    return found


_EXAMPLE = t(
    "Write {table} with {keys}.",
    table="[channels.wechat.<account>.templates.reminder]",
    keys='id = "…", kinds = ["reminder"], fields = { thing1 = "what", time2 = "time" }',
)


def choose(templates: tuple[Template, ...], kind: str) -> Template | None:
    """Return the template of a kind of message; None where there is none."""
    for wanted in (kind, EVERY_KIND):
        for template in templates:
            if wanted in template.kinds:
                return template
    return None


def _template(name: str, table: object) -> Template:
    where = f"templates.{name}"
    if not isinstance(table, Mapping):
        raise bad(where, t("it is no table"), _EXAMPLE)
    for key in table:
        if key not in ("id", "kinds", "fields"):
            known = t("There are {known}.", known="id, kinds, fields")
            raise bad(f"{where}.{key}", t("there is no such key"), known)
    id = str(table.get("id") or "")
    if not _ID.fullmatch(id):
        why = t("this is no template's id") if id else t("it is missing")
        raise bad(f"{where}.id", why, t("Copy 模板ID: {where}.", where=_CONSOLE))
    return Template(name, id, _kinds(table.get("kinds"), where), _fields(table.get("fields"), where))


def _kinds(listed: object, where: str) -> tuple[str, ...]:
    kinds = tuple(listed) if isinstance(listed, list | tuple) else ()
    are_names = all(isinstance(kind, str) and re.fullmatch(r"\*|[a-z_.]{1,64}", kind) for kind in kinds)
    if not 0 < len(kinds) <= MOST_KINDS or not are_names:
        named, all_others = '["reminder"]', f'["{EVERY_KIND}"]'
        remedy = t(
            "Write {named}, or {all} for all kinds that no other template names.", named=named, all=all_others
        )
        raise bad(f"{where}.kinds", t("this is no list of kinds of messages"), remedy)
    return kinds


def _fields(table: object, where: str) -> Mapping[str, str]:
    if not isinstance(table, Mapping) or not table:
        remedy = t("Write the template's fields as {where} shows them, without .DATA.", where=_CONSOLE)
        raise bad(f"{where}.fields", t("there are none"), remedy)
    for field, source in table.items():
        _check_field(str(field), source, f"{where}.fields.{field}")
    return {str(field): source for field, source in table.items()}


def _check_field(field: str, source: object, where: str) -> None:
    kind = kind_of(field)
    if kind is None:
        remedy = t("Copy it from the template, like thing1: {kinds} and a number.", kinds=", ".join(KINDS))
        raise bad(where, t("templates have no such field"), remedy)
    if isinstance(source, str) and source.startswith("="):
        if not fits(field, source[1:]):
            raise bad(where, t("these words do not fit the field"), t("It takes {what}.", what=kind.says))
        return
    if source not in kind.sources:
        raise bad(where, t("this field takes nothing of that name"), _sources(kind))
    for text in _said(str(source)):
        for locale in LOCALES:
            reader = sentences.HAN if source == "state" else _reader(locale)
            if not fits(field, render(text, reader)):
                why = t("{words} does not fit the field", words=f"{locale}: {render(text, reader)}")
                file = f"locales/{locale}.po"
                raise bad(where, why, t("It takes {what}: shorten it in {file}.", what=kind.says, file=file))


def _reader(locale: str) -> Reader:
    return Reader(locale, sentences.HAN.zone, sentences.HAN.now)


def _sources(kind: Kind) -> Text:
    words = t('"=words of yours" ({what})', what=kind.says)
    if not kind.sources:
        return t("It takes {what}.", what=words)
    return t("It takes {sources} or {words}.", sources=", ".join(kind.sources), words=words)


def _said(source: str) -> Iterator[Text]:
    """Yield every sentence of ours that a source may bring."""
    match source:
        case "what":
            yield from sentences.WHAT.values()
        case "state":
            yield from sentences.STATE.values()
        case "role":
            yield sentences.ROLE
        case "company":
            yield sentences.COMPANY
        case "name":
            yield sentences.NAME
        case "countdown":
            longest = (86_400 * 99 + 3_600 * 23, 86_400 * 99, 23 * 3_600, 86_340, 3_540, 0, -60)
            yield from map(sentences.left, longest)
