"""A web page as somebody without scripts sees it: words, links, and forms with what they would send."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from html.parser import HTMLParser
from urllib.parse import urljoin

_UNSEEN = frozenset({"head", "script", "style", "template", "svg"})
_LINES = frozenset(
    "address article aside blockquote br button dd details div dl dt fieldset figure footer form h1 h2 h3 "
    "header hr label legend li main nav ol p section summary table tr ul".split()
)
_FIELDS = frozenset({"input", "textarea", "select"})
_TYPED = frozenset({"text", "tel", "email", "number", "search", "password", "textarea"})
_EMPTY = frozenset({"input", "img", "br", "hr", "meta", "link", "wbr", "source"})


@dataclass(slots=True)
class Field:
    """Something to fill in."""

    name: str
    kind: str
    """The input's type, or `textarea` or `select`."""
    id: str = ""
    label: str = ""
    value: str = ""
    longest: int | None = None
    is_checked: bool = False
    choices: dict[str, str] = field(default_factory=dict)
    """What a `select` or a group of radio buttons offers: values by label."""


@dataclass(slots=True)
class Button:
    """What sends a form; a form may have several."""

    label: str
    name: str = ""
    value: str = ""


@dataclass(slots=True)
class Form:
    """One form: where it goes, and what it would send as it stands."""

    action: str
    method: str
    fields: list[Field] = field(default_factory=list)
    buttons: list[Button] = field(default_factory=list)

    @property
    def blanks(self) -> list[Field]:
        """What one types into."""
        return [each for each in self.fields if each.kind in _TYPED]

    def sent(self, button: Button | None, filled: Mapping[str, str] = {}) -> dict[str, str]:
        """Return what a press on a button sends, with what was filled in."""
        values = {
            each.name: each.value
            for each in self.fields
            if each.name and (each.kind not in ("radio", "checkbox") or each.is_checked)
        }
        if button is not None and button.name:
            values[button.name] = button.value
        return {**values, **filled}


@dataclass(slots=True)
class Page:
    """A page as it was when it was opened."""

    at: datetime
    url: str
    text: str
    title: str = ""
    status: int = 200
    lang: str = ""
    forms: list[Form] = field(default_factory=list)
    links: dict[str, str] = field(default_factory=dict)
    notices: list[str] = field(default_factory=list)
    """What stands in a status or alert region, as a screen reader announces it."""
    before: str = ""
    """What the page said when it was last seen."""
    document: str | None = None
    data: bytes = b""
    told_before: list[str] = field(default_factory=list)

    @property
    def is_of_bot(self) -> bool:
        return True

    @property
    def buttons(self) -> list[str]:
        return [button.label for form in self.forms for button in form.buttons] + list(self.links)

    @property
    def news(self) -> str:
        """What it says that it did not say when it was last seen."""
        known = {*self.before.splitlines()}
        return "\n".join(line for line in self.text.splitlines() if line not in known)

    @property
    def presses(self) -> dict[str, str]:
        """The values that forms bring back, by the labels of their buttons."""
        return {
            button.label: form.sent(button).get("value", "") for form in self.forms for button in form.buttons
        }

    @property
    def opens(self) -> dict[str, str]:
        return self.links

    def option(self, value: str) -> tuple[Form, Field] | None:
        """Return the radio button of a value, with its form."""
        for form in self.forms:
            for each in form.fields:
                if each.kind == "radio" and each.value == value:
                    return form, each
        return None

    def form(self, label: str) -> tuple[Form, Button]:
        """Return the button of this label, with its form; raises LookupError."""
        for form in self.forms:
            for button in form.buttons:
                if button.label == label:
                    return form, button
        raise LookupError(f"{self.url} shows no button {label!r}; there are {self.buttons}")


def read_page(html: str, url: str, at: datetime, status: int = 200) -> Page:
    """Return what somebody sees of a page."""
    reader = _Reader(Page(at, url, "", status=status))
    reader.feed(html)
    reader.close()
    reader.page.text = reader.told()
    return reader.page


class _Reader(HTMLParser):
    def __init__(self, page: Page) -> None:
        super().__init__(convert_charrefs=True)
        self.page = page
        self._said: list[str] = []
        self._hidden: list[str] = []
        """Open elements nothing of which is seen; only the outermost and its twins inside are counted."""
        self._form: Form | None = None
        self._button: Button | None = None
        self._link: tuple[str, int] | None = None
        self._label: tuple[str, int, Field | None] | None = None
        """For which element, since where, and the field that was the last one before."""
        self._labels: dict[str, str] = {}
        self._from = 0
        self._field: Field | None = None
        self._option: str | None = None
        self._notices: list[tuple[str, int]] = []
        self._title: list[str] | None = None

    def told(self) -> str:
        for each in (each for form in self.page.forms for each in form.fields):
            each.label = self._labels.get(each.id, each.label)
        return _words("".join(self._said))

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attributes}
        if tag == "html":
            self.page.lang = told.get("lang", "")
        if tag == "title":
            self._title = []
        if self._hidden:
            if tag == self._hidden[0]:
                self._hidden.append(tag)
            return
        if tag in _UNSEEN or ("hidden" in told and tag not in _EMPTY):
            self._hidden.append(tag)
            return
        if tag in _LINES:
            self._said.append("\n")
        if told.get("role") in ("status", "alert") or "aria-live" in told:
            self._notices.append((tag, len(self._said)))
        match tag:
            case "form":
                action = urljoin(self.page.url, told.get("action", ""))
                self._form = Form(action, told.get("method", "get").upper())
                self.page.forms.append(self._form)
            case "button" if told.get("type", "submit") == "submit":
                self._button = Button("", told.get("name", ""), told.get("value", ""))
                self._from = len(self._said)
            case "a" if told.get("href"):
                self._link = urljoin(self.page.url, told["href"]), len(self._said)
            case "label":
                self._label = told.get("for", ""), len(self._said), self._field
            case "option":
                self._option = told.get("value", "")
                self._from = len(self._said)
            case "img" if told.get("alt"):
                self._said.append(f" {told['alt']} ")
            case _ if tag in _FIELDS:
                self._fill(tag, told)

    def _fill(self, tag: str, told: Mapping[str, str]) -> None:
        if self._form is None:
            return
        kind = told.get("type", "text") if tag == "input" else tag
        if kind == "submit":
            self._form.buttons.append(
                Button(told.get("value", ""), told.get("name", ""), told.get("value", ""))
            )
            return
        longest = told.get("maxlength", "")
        self._field = Field(
            told.get("name", ""),
            kind,
            told.get("id", ""),
            told.get("aria-label", ""),
            told.get("value", ""),
            int(longest) if longest.isdecimal() else None,
            "checked" in told,
        )
        self._form.fields.append(self._field)
        self._from = len(self._said)

    def handle_endtag(self, tag: str) -> None:
        if tag == "title" and self._title is not None:
            self.page.title = _words("".join(self._title))
            self._title = None
        if self._hidden:
            if tag == self._hidden[0]:
                self._hidden.pop()
            return
        if self._notices and self._notices[-1][0] == tag:
            _, since = self._notices.pop()
            if words := self._since(since):
                self.page.notices.append(words)
        match tag:
            case "form":
                self._form = None
            case "button" if self._button is not None:
                self._button.label = self._since(self._from)
                del self._said[self._from :]
                if self._form is not None:
                    self._form.buttons.append(self._button)
                self._button = None
            case "a" if self._link is not None:
                href, since = self._link
                self.page.links[self._since(since) or href] = href
                del self._said[since:]
                self._link = None
            case "label" if self._label is not None:
                id, since, before = self._label
                if id:
                    self._labels[id] = self._since(since)
                elif self._field is not None and self._field is not before:
                    self._field.label = self._since(since)
                self._label = None
            case "textarea" if self._field is not None:
                self._field.value = self._since(self._from)
                del self._said[self._from :]
            case "option" if self._field is not None and self._option is not None:
                words = self._since(self._from)
                self._field.choices[words] = self._option or words
                self._option = None
        if tag in _LINES:
            self._said.append("\n")

    def handle_data(self, data: str) -> None:
        if self._title is not None:
            self._title.append(data)
        elif not self._hidden:
            self._said.append(re.sub(r"\s+", " ", data))

    def _since(self, place: int) -> str:
        return " ".join(_words("".join(self._said[place:])).split())


def _words(text: str) -> str:
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return "\n".join(line for line in lines if line)
