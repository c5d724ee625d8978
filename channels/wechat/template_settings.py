"""Which template carries which kind of message, and what stands in its fields. Everything is checked at load."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from channels.base import BadSetting
from channels.wechat import sentences
from channels.wechat.fields import KINDS, Kind, fits, kind_of
from locales.text import Reader, Text
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
        raise BadSetting("templates", "it is no table", _EXAMPLE)
    found = tuple(_template(str(name), inner) for name, inner in table.items())
    taken: dict[str, str] = {}
    for template in found:
        for kind in template.kinds:
            if (first := taken.setdefault(kind, template.name)) != template.name:
                where = f"templates.{template.name}.kinds"
                raise BadSetting(where, f"{kind} is carried by {first} already", "Name each kind once.")
    return found


_EXAMPLE = (
    'Write [channels.wechat.<account>.templates.reminder] with id = "…", kinds = ["reminder"], '
    'fields = { thing1 = "what", time2 = "time" }.'
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
        raise BadSetting(where, "it is no table", _EXAMPLE)
    for key in table:
        if key not in ("id", "kinds", "fields"):
            raise BadSetting(
                f"{where}.{key}", "a template has no such setting", "There are id, kinds, fields."
            )
    id = str(table.get("id") or "")
    if not _ID.fullmatch(id):
        why = "this is no template's id" if id else "it is missing"
        raise BadSetting(f"{where}.id", why, f"Copy 模板ID: {_CONSOLE}.")
    return Template(name, id, _kinds(table.get("kinds"), where), _fields(table.get("fields"), where))


def _kinds(listed: object, where: str) -> tuple[str, ...]:
    kinds = tuple(listed) if isinstance(listed, list | tuple) else ()
    are_names = all(isinstance(kind, str) and re.fullmatch(r"\*|[a-z_.]{1,64}", kind) for kind in kinds)
    if not 0 < len(kinds) <= MOST_KINDS or not are_names:
        remedy = f'Write ["reminder"], or ["{EVERY_KIND}"] for all kinds that no other template names.'
        raise BadSetting(f"{where}.kinds", "this is no list of kinds of messages", remedy)
    return kinds


def _fields(table: object, where: str) -> Mapping[str, str]:
    if not isinstance(table, Mapping) or not table:
        remedy = f"Write the template's fields as {_CONSOLE} shows them, without .DATA."
        raise BadSetting(f"{where}.fields", "there are none", remedy)
    for field, source in table.items():
        _check_field(str(field), source, f"{where}.fields.{field}")
    return {str(field): source for field, source in table.items()}


def _check_field(field: str, source: object, where: str) -> None:
    kind = kind_of(field)
    if kind is None:
        remedy = f"Copy it from the template, like thing1: {', '.join(KINDS)} and a number."
        raise BadSetting(where, "templates have no such field", remedy)
    if isinstance(source, str) and source.startswith("="):
        if not fits(field, source[1:]):
            raise BadSetting(where, "these words do not fit the field", f"It takes {kind.says}.")
        return
    if source not in kind.sources:
        raise BadSetting(where, "this field takes nothing of that name", _sources(kind))
    for text in _said(str(source)):
        for locale in LOCALES:
            reader = sentences.HAN if source == "state" else _reader(locale)
            if not fits(field, render(text, reader)):
                why = f"{locale}: {render(text, reader)} does not fit the field"
                raise BadSetting(where, why, f"It takes {kind.says}: shorten it in locales/{locale}.po.")


def _reader(locale: str) -> Reader:
    return Reader(locale, sentences.HAN.zone, sentences.HAN.now)


def _sources(kind: Kind) -> str:
    words = f'"=words of yours" ({kind.says})'
    return f"It takes {' or '.join([*kind.sources, words])}."


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
