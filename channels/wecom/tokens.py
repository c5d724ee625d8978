"""What a card can be changed with: its task, and a code that Tencent takes once."""

from __future__ import annotations

import re
from collections.abc import Sequence

_FORM = re.compile(r"([\w@-]{1,128}):(.{1,512})", re.ASCII | re.DOTALL)
_TASK = re.compile(r"[^0-9A-Za-z_-]")


def make_task(request: str, files: Sequence[str]) -> str:
    """Return a card's task id: our own id of the send, and the files that come with the card.

    It comes back with every press, which is how a later edit knows what not to bring twice.
    """
    listed = "".join(f"@{short_name(blob)}" for blob in files)
    return _TASK.sub("-", request)[:64] + listed[:63]


def brought_by(task: str) -> tuple[str, ...]:
    """Return the short names of the files that came with a card."""
    return tuple(task.split("@")[1:])


def make_token(task: str, code: str) -> str:
    return f"{task}:{code}"


def read_token(token: str) -> tuple[str, str] | None:
    """Return the task and the code of an edit token; None if it is none of ours."""
    found = _FORM.fullmatch(token)
    return (found[1], found[2]) if found else None


def short_name(blob: str) -> str:
    """Return enough of a blob's name to tell the files of one message apart."""
    return blob.rpartition(":")[2][:8]
