"""A form as the selectors of a card (多项选择型, multiple_interaction), and how wide texts are on cards. Pure.

developer.work.weixin.qq.com/document/path/90236, 101032: up to three selectors of up to ten options each, a title of
13 characters over each, 10 on an option and on the button that sends them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from unicodedata import east_asian_width

from channels.base import Caps, Envelope
from channels.shape import plain
from conversations.messages import Field, Form
from locales.text import Reader, Text, ct
from locales.translate import render

MOST_OPTIONS = 10
LONGEST_TITLE = 13
LONGEST_OPTION = 10
LONGEST_SUBMIT = 10
LONGEST_KEY = 1024
LONGEST_ID = 128
"""Bytes."""
NOTHING = "-"
"""The option that stands for none: without a choice of ours the first would count as chosen."""


def selectors(form: Form, envelope: Envelope, caps: Caps) -> dict[str, Any] | None:
    """Return what a card asks with for a form; None where the form is more than a card can ask."""
    value = envelope.form_value
    submit = _line(form.submit, envelope.reader)
    names = [field.name for field in form.fields]
    fit = 0 < len(names) <= caps.selects and len(set(names)) == len(names) and fits(submit, LONGEST_SUBMIT)
    if not fit or not 0 < len(value.encode()) <= LONGEST_KEY:
        return None
    drawn = [_selector(field, envelope.reader) for field in form.fields]
    if not all(drawn):
        return None
    return {"select_list": drawn, "submit_button": {"text": submit, "key": value}}


def _selector(field: Field, reader: Reader) -> dict[str, Any] | None:
    options = [(id, _line(text, reader)) for id, text in field.options]
    known = [id for id, _ in options]
    if field.initial not in known:
        options.insert(0, (NOTHING, _line(ct("option", "Please choose"), reader)))
    is_question = field.kind == "choice" and bool(known) and len(set(known)) == len(known)
    if not is_question or not 0 < len(field.name.encode()) <= LONGEST_KEY or not _can_be_chosen(options):
        return None
    return {
        "question_key": field.name,
        "title": shortened(_line(field.label, reader), LONGEST_TITLE),
        "selected_id": field.initial if field.initial in known else NOTHING,
        "option_list": [{"id": id, "text": text} for id, text in options],
    }


def _can_be_chosen(options: Sequence[tuple[str, str]]) -> bool:
    """Tell whether all options find room, so that nobody has to guess what one says."""
    return len(options) <= MOST_OPTIONS and all(
        0 < len(id.encode()) <= LONGEST_ID and text and fits(text, LONGEST_OPTION) for id, text in options
    )


def _line(text: Text, reader: Reader) -> str:
    return " ".join(plain(render(text, reader)).split())


def fits(text: str, limit: int) -> bool:
    """Tell whether a text is shown whole where so many characters have room; a Latin letter is half of one."""
    return sum(2 if east_asian_width(sign) in "WFA" else 1 for sign in text) <= 2 * limit


def shortened(text: str, limit: int) -> str:
    """Return as much of a text as is shown where so many characters have room, ending in … if something is missing."""
    if fits(text, limit):
        return text
    room = max((count for count in range(len(text)) if fits(text[:count] + "…", limit)), default=0)
    return text[:room].rstrip() + "…"
