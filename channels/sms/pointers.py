"""JSON pointers (RFC 6901): where in an answer something stands."""

from __future__ import annotations

import re

FORM = re.compile(r"(?:/(?:[^~/]|~[01])*)*")


def is_pointer(text: str) -> bool:
    return FORM.fullmatch(text) is not None


def look(document: object, pointer: str) -> object:
    """Return what stands at a pointer, None when nothing does."""
    for part in pointer.split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        if isinstance(document, dict):
            document = document.get(name)
        elif (
            isinstance(document, list) and re.fullmatch(r"0|[1-9]\d{0,5}", name) and int(name) < len(document)
        ):
            document = document[int(name)]
        else:
            return None
    return document


def text_at(document: object, pointer: str) -> str:
    """Return a text, number or truth value as text; nothing for anything else, and without a pointer."""
    found = look(document, pointer) if pointer else None
    match found:
        case bool():
            return str(found).lower()
        case str() | int() | float():
            return str(found).strip()
    return ""
