"""Settings for any gateway that takes a text by HTTP: the request as a template, and what its answers mean."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from channels.sms.checked import Checked
from channels.sms.filling import NAMES, Content, fill, names_in
from channels.sms.pointers import is_pointer
from locales.text import t

GATEWAY = (
    "method",
    "url",
    "headers",
    "content",
    "body",
    "secret",
    "from",
    "plus_sign",
    "success_status",
    "success_pointer",
    "success_value",
    "id_pointer",
    "retry_after_pointer",
    "error_pointer",
    "errors",
    "reports",
    "inbound",
)
Why = Literal["busy", "gone", "closed", "refused", "stopped"]
WHYS: tuple[Why, ...] = ("busy", "gone", "closed", "refused", "stopped")


@dataclass(frozen=True, slots=True)
class Hook:
    """Where in a gateway's own requests the things stand that we want: JSON pointers, also into form fields."""

    list: str
    """The list of several, nothing where there is one at a time."""
    number: str
    id: str
    """What a request is known by when it comes again."""
    about: str
    """The message that was sent or answered, by the id that the gateway or we gave it."""
    text: str = ""
    status: str = ""
    gone: tuple[str, ...] = ()
    """Statuses that say nobody will ever be reached there."""


@dataclass(frozen=True, slots=True)
class Gateway:
    """A gateway: what is asked of it, and how its answers read."""

    method: str
    url: str
    headers: Mapping[str, str]
    content: Content
    body: str
    secret: str
    sender: str
    plus_sign: bool
    """Whether numbers begin with +."""
    success_status: range
    success_pointer: str
    success_value: str
    id_pointer: str
    retry_after_pointer: str
    error_pointer: str
    errors: Mapping[str, Why]
    reports: Hook | None
    inbound: Hook | None


def read_gateway(checked: Checked) -> Gateway:
    method: str = (checked.choice("method", ("post", "get", "put"), "post") or "post").upper()
    content: Content = checked.choice("content", ("json", "form"), "json") or "json"
    return Gateway(
        method=method,
        url=_url(checked),
        headers=_headers(checked),
        content=content,
        body=_body(checked, method, content),
        secret=checked.text("secret"),
        sender=checked.text("from"),
        plus_sign=checked.flag("plus_sign", True),
        success_status=_statuses(checked),
        success_pointer=_pointer(checked, "success_pointer"),
        success_value=_scalar(checked, "success_value"),
        id_pointer=_pointer(checked, "id_pointer"),
        retry_after_pointer=_pointer(checked, "retry_after_pointer"),
        error_pointer=_pointer(checked, "error_pointer"),
        errors=_errors(checked),
        reports=_hook(checked, "reports", ("number", "status"), ("status", "gone")),
        inbound=_hook(checked, "inbound", ("number", "text"), ("text",)),
    )


def _url(checked: Checked) -> str:
    url = checked.address("url")
    _refuse_strange_names(checked, "url", url, NAMES)
    return url


def _headers(checked: Checked) -> dict[str, str]:
    table = checked.below("headers")
    found = {}
    for name in table.config if table else ():
        assert table is not None  # noqa: S101 - it has names
        value = table.text(name)
        if not re.fullmatch(r"[A-Za-z0-9-]{1,64}", name) or not value.isprintable() or not value.isascii():
            remedy = t("Write one like {example}.", example='Authorization = "Bearer {secret}"')
            table.wrong(name, t("this is no header"), remedy)
        _refuse_strange_names(table, name, value, ("secret",))
        found[name] = value
    return found


def _body(checked: Checked, method: str, content: Content) -> str:
    body = checked.text("body")
    _refuse_strange_names(checked, "body", body, NAMES)
    if method == "GET" and body:
        remedy = t("Put {one} and {other} into url, or use POST.", one="{to}", other="{text}")
        checked.wrong("body", t("a GET has none"), remedy)
    elif content == "json" and body:
        try:
            json.loads(fill(body, dict.fromkeys(NAMES, '"\\\n'), "json"))
        except ValueError:
            example = '{"to": "{to}", "text": "{text}"}'
            remedy = t("Write it as the gateway documents it, like {example}.", example=example)
            checked.wrong("body", t("with its names filled in this is no JSON"), remedy)
    said = {*names_in(body), *names_in(checked.text("url"))}
    for name in ("to", "text"):
        if name not in said:
            placeholder = f"{{{name}}}"
            why = t("{what} stands neither here nor in url", what=placeholder)
            checked.wrong("body", why, t("Put {what} where it belongs.", what=placeholder))
    return body


def _refuse_strange_names(checked: Checked, field: str, text: str, known: tuple[str, ...]) -> None:
    for name in names_in(text):
        if name not in known:
            listed = ", ".join(f"{{{each}}}" for each in known)
            why = t("nothing is filled in for {what}", what=f"{{{name}}}")
            checked.wrong(field, why, t("There are {known}.", known=listed))


def _statuses(checked: Checked) -> range:
    text = checked.text("success_status", "200-299")
    found = re.fullmatch(r"([2-5]\d\d)(?:\s*-\s*([2-5]\d\d))?", text)
    first, last = (int(found[1]), int(found[2] or found[1])) if found else (200, 299)
    if not found or last < first:
        remedy = t("Write one like {example}.", example='"200-299"')
        checked.wrong("success_status", t("this is no range of statuses"), remedy)
    return range(first, last + 1)


def _pointer(checked: Checked, field: str) -> str:
    pointer = checked.text(field)
    if not is_pointer(pointer):
        remedy = t("Write one like {example}.", example='"/messages/0/id" (RFC 6901)')
        checked.wrong(field, t("this is no JSON pointer"), remedy)
    return pointer


def _scalar(checked: Checked, field: str) -> str:
    value: Any = checked.config.get(field, "")
    if isinstance(value, bool):
        return str(value).lower()
    if not isinstance(value, str | int | float):
        checked.wrong(field, t("it is neither text nor a number"), t("Write what the gateway answers."))
        return ""
    if checked.config.get("success_pointer") and value == "":
        remedy = t("Write what stands at success_pointer when all is well.")
        checked.wrong(field, t("it is missing"), remedy)
    return str(value)


def _errors(checked: Checked) -> dict[str, Why]:
    table = checked.below("errors")
    if table is None:
        return {}
    found = {code: table.choice(code, WHYS) for code in table.config}
    if found and not checked.config.get("error_pointer"):
        remedy = t("Say where these codes stand in an answer.")
        checked.wrong("error_pointer", t("it is missing"), remedy)
    return {code: why for code, why in found.items() if why}


def _hook(checked: Checked, field: str, needed: tuple[str, ...], more: tuple[str, ...]) -> Hook | None:
    table = checked.below(field)
    if table is None:
        return None
    table.refuse_strange(("list", "number", "id", "about", *more), t("{field} of a gateway", field=field))
    if not checked.text("hook_secret"):
        remedy = t("Write one, and give the gateway the address that turnout check shows.")
        checked.wrong("hook_secret", t("it is missing, and {field} come by it", field=field), remedy)
    pointers = {
        name: _pointer(table, name) for name in ("list", "number", "id", "about", *more) if name != "gone"
    }
    for name in needed:
        if not pointers[name]:
            remedy = t("Say where it stands, like {example}.", example=f'{name} = "/{name}"')
            table.wrong(name, t("it is missing"), remedy)
    gone = table.config.get("gone", ())
    if not isinstance(gone, list | tuple) or not all(isinstance(each, str | int) for each in gone):
        remedy = t("Write one like {example}.", example='["unknown_subscriber"]')
        table.wrong("gone", t("this is no list of statuses"), remedy)
        gone = ()
    return Hook(**pointers, gone=tuple(str(each) for each in gone))
