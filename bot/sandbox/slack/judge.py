"""What is wrong with a Block Kit payload, gathered as Slack tells it: each with the place where it is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import urlsplit

Surface = Literal["message", "modal", "home"]
LONGEST_ID = 255


@dataclass(slots=True)
class Judge:
    """What is wrong with a payload, each with the place where it is."""

    surface: Surface
    problems: list[str] = field(default_factory=list)
    block_ids: set[str] = field(default_factory=set)
    action_ids: set[str] = field(default_factory=set)
    """Of the block that is being judged."""
    focused: int = 0

    def wrong(self, path: str, why: str) -> None:
        self.problems.append(f"{why} [json-pointer:{path}]")

    def holds(self, is_so: bool, path: str, otherwise: str) -> bool:
        if not is_so:
            self.wrong(path, otherwise)
        return is_so

    def keys(self, value: object, path: str, known: str) -> dict[str, Any]:
        """Return an object that has no other keys; an empty one if it is none."""
        if not isinstance(value, dict):
            self.wrong(path, "must be an object")
            return {}
        for key in sorted(map(str, set(value) - set(known.split()) - {"type"})):
            self.wrong(path, f"invalid additional property: {key}")
        return value

    def text(self, value: object, path: str, longest: int = 3000, *, plain: bool = False) -> None:
        """Judge a text object."""
        told = self.keys(value, path, "text emoji verbatim")
        if not told and not isinstance(value, dict):
            return
        kinds = ("plain_text",) if plain else ("plain_text", "mrkdwn")
        if not self.holds(told.get("type") in kinds, f"{path}/type", f"must be {' or '.join(kinds)}"):
            return
        alien = "verbatim" if told["type"] == "plain_text" else "emoji"
        self.holds(alien not in told, path, f"invalid additional property: {alien}")
        self.string(told.get("text"), f"{path}/text", longest)

    def string(self, value: object, path: str, longest: int, *, shortest: int = 1) -> None:
        if not self.holds(isinstance(value, str), path, "must be a string"):
            return
        length = len(str(value))
        self.holds(length >= shortest, path, f"must be more than {shortest - 1} characters")
        self.holds(length <= longest, path, f"must be less than {longest + 1} characters")

    def items(self, value: object, path: str, most: int, *, least: int = 1) -> list[Any]:
        if not self.holds(isinstance(value, list), path, "must be an array"):
            return []
        found: list[Any] = value  # type: ignore[assignment]
        self.holds(len(found) >= least, path, f"no less than {least} items allowed")
        self.holds(len(found) <= most, path, f"no more than {most} items allowed")
        return found

    def flags(self, value: Mapping[str, Any], path: str, *names: str) -> None:
        for name in names:
            self.holds(isinstance(value.get(name, False), bool), f"{path}/{name}", "must be a boolean")

    def url(self, value: object, path: str) -> None:
        self.string(value, path, 3000)
        try:
            parts = urlsplit(str(value))
            is_url = parts.scheme in ("http", "https", "mailto", "slack") and bool(parts.netloc or parts.path)
        except ValueError:
            is_url = False
        # What else a button may open is on no page: the sandbox is strict.
        self.holds(is_url and not re.search(r"\s", str(value)), path, "invalid url")

    def id(self, owner: Mapping[str, Any], path: str) -> None:
        """Judge an element's action_id: unique in its block."""
        if "action_id" not in owner:
            return
        self.string(owner["action_id"], f"{path}/action_id", LONGEST_ID)
        twice = owner["action_id"] in self.action_ids
        self.holds(not twice, path, f"`action_id` {owner['action_id']!r} already exists")
        self.action_ids.add(str(owner["action_id"]))
