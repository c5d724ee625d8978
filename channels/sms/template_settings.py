"""Settings for Alibaba Cloud, where a text is a registered template with named variables."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from channels.sms.checked import Checked
from locales.text import t
from locales.translate import LOCALES, best_locale

ALIYUN = (
    "access_key_id",
    "access_key_secret",
    "endpoint",
    "templates",
    "url_suffix",
    "longest_value",
    "longest_url",
)
ENDPOINT = "https://dysmsapi.aliyuncs.com"
LONGEST_VALUE = 35
"""Characters a variable takes (help.aliyun.com/document_detail/44357.html: 1 to 35)."""
EVERY_KIND = "*"
EVERY_LANGUAGE = ""


@dataclass(frozen=True, slots=True)
class Template:
    """A registered template: its code, and which of our fields each of its variables takes."""

    code: str
    params: Mapping[str, str]
    """`field`, or `field|words where there is none`."""


@dataclass(frozen=True, slots=True)
class Aliyun:
    """An account with Alibaba Cloud's Short Message Service."""

    access_key_id: str
    access_key_secret: str
    endpoint: str
    templates: Mapping[str, Mapping[str, Template]]
    """By kind of message (`*` for all others) and language (empty for all)."""
    url_suffix: bool
    """Whether a template holds the address up to the last slash, and takes only what follows."""
    longest_value: int
    longest_url: int

    @property
    def every_template(self) -> tuple[Template, ...]:
        """Each template once."""
        found = {each.code: each for by_language in self.templates.values() for each in by_language.values()}
        return tuple(found[code] for code in sorted(found))

    def template(self, kind: str, locale: str) -> Template | None:
        """Return the template of a kind of message, in the nearest language there is."""
        found = self.templates.get(kind) or self.templates.get(EVERY_KIND) or {}
        if EVERY_LANGUAGE in found:
            return found[EVERY_LANGUAGE]
        return found.get(best_locale(locale, found, next(iter(found), "")))


def read_aliyun(checked: Checked) -> Aliyun:
    key = t("Take the AccessKey of a RAM user who may send messages (AliyunDysmsFullAccess).")
    id_, secret = checked.text("access_key_id", needed=key), checked.text("access_key_secret", needed=key)
    if not re.fullmatch(r"[\w.-]*", id_, re.ASCII):
        checked.wrong("access_key_id", t("this has not the form of an AccessKey ID"), key)
    checked.text("sign_name", needed=t("Write the signature (签名) that Alibaba Cloud has approved."))
    return Aliyun(
        access_key_id=id_,
        access_key_secret=secret,
        endpoint=checked.address("endpoint", ENDPOINT).rstrip("/"),
        templates=_templates(checked),
        url_suffix=checked.flag("url_suffix", False),
        longest_value=int(checked.number("longest_value", LONGEST_VALUE, 1, 500)),
        longest_url=int(checked.number("longest_url", LONGEST_VALUE, 1, 500)),
    )


def _templates(checked: Checked) -> dict[str, dict[str, Template]]:
    tables = checked.below("templates")
    if tables is None or not tables.config:
        example = '"*" = {code = "SMS_…", params = {token = "url"}}'
        remedy = t("Register templates, and name them: {example}.", example=example)
        checked.wrong("templates", t("there are none, and Alibaba Cloud sends nothing else"), remedy)
        return {}
    found: dict[str, dict[str, Template]] = {}
    for kind in tables.config:
        table = tables.below(kind)
        if table is not None:
            found[kind] = _by_language(table)
    return found


def _by_language(table: Checked) -> dict[str, Template]:
    if "code" in table.config or "params" in table.config:
        return {EVERY_LANGUAGE: _template(table)}
    found = {}
    for tag in table.config:
        locale = best_locale(tag, default="")
        if not locale:
            remedy = t("Write code and params, or a language for each: {known}.", known=", ".join(LOCALES))
            table.wrong(tag, t("this is neither a language nor part of a template"), remedy)
        elif (inner := table.below(tag)) is not None:
            found[locale] = _template(inner)
    return found


def _template(table: Checked) -> Template:
    table.refuse_strange(("code", "params"), t("a template"))
    code = table.text("code", needed=t('Write the code of the approved template, "SMS_…".'))
    if code and not re.fullmatch(r"[A-Z]+_\w+", code, re.ASCII):
        remedy = t('Copy it: "SMS_" and digits.')
        table.wrong("code", t("this has not the form of a template's code"), remedy)
    params = table.below("params")
    found: dict[str, str] = {}
    for name in params.config if params else ():
        assert params is not None  # noqa: S101 - it has names
        field = params.text(name, needed=t("Name the field it takes: lead, url, time, role …"))
        # help.aliyun.com/document_detail/463270.htm: letters first, no variable of another form.
        if not re.fullmatch(r"[A-Za-z]\w*", name, re.ASCII):
            remedy = t("Copy it from {variable}.", variable="${name}")
            params.wrong(name, t("no variable of a template has such a name"), remedy)
        elif field and not re.fullmatch(r"[a-z_]+(\|[^|]+)?", field):
            remedy = t('Write a field, or "field|words where there is none".')
            params.wrong(name, t("this is no field"), remedy)
        found[name] = field
    return Template(code, found)
