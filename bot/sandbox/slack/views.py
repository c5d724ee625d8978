"""Modals and App Homes as people have them before them, and what comes of filling one in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.sandbox.slack.reading import Names, Read, Tappable, read_blocks, tappables

MISSING = "Please complete this required field."


@dataclass(slots=True, eq=False)
class View:
    """A view: what a modal or an App Home shows, as it is now."""

    id: str
    view: dict[str, Any]
    """As the bot gave it, with all ids."""
    hash: str
    at: datetime
    text: str = ""
    """As a person reads it."""
    root: str = ""
    previous: str | None = None
    told_before: list[str] = field(default_factory=list)
    read: Read = field(default_factory=Read)
    document: None = None
    data: bytes = b""
    is_of_bot: bool = True

    def show(self, view: dict[str, Any], hash: str, names: Names) -> None:
        """Let it show this from now on."""
        if self.text:
            self.told_before.append(self.text)
        self.view, self.hash = view, hash
        self.read = read_blocks(view["blocks"], names)
        self.text = self.read.text

    @property
    def tappables(self) -> list[Tappable]:
        return tappables(self.view["blocks"])

    @property
    def buttons(self) -> list[str]:
        return [each.label for each in self.tappables]

    @property
    def presses(self) -> dict[str, str]:
        return {each.label: each.value for each in self.tappables if not each.url}

    @property
    def opens(self) -> dict[str, str]:
        return self.read.opens | {each.label: each.url for each in self.tappables if each.url}

    def described(self, team: str, app: str, bot_id: str) -> dict[str, Any]:
        """Return it as Slack hands it to the bot."""
        always = {
            "id": self.id,
            "team_id": team,
            "hash": self.hash,
            "root_view_id": self.root or self.id,
            "previous_view_id": self.previous,
            "app_id": app,
            "app_installed_team_id": team,
            "bot_id": bot_id,
            "state": {"values": self.state()},
        }
        defaults = {
            "private_metadata": "",
            "callback_id": "",
            "external_id": "",
            "clear_on_close": False,
            "notify_on_close": False,
            "title": {"type": "plain_text", "text": "View Title", "emoji": True},
            "submit": None,
            "close": None,
        }
        return {**defaults, **self.view, **always}

    def state(self) -> dict[str, dict[str, Any]]:
        """Return what the person has filled in, by block and action."""
        return {}


@dataclass(slots=True, eq=False)
class Modal(View):
    """A form before somebody."""

    filled: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    """What is written under the fields, by label."""

    @property
    def title(self) -> str:
        return str(self.view["title"]["text"])

    @property
    def labels(self) -> list[str]:
        """What the form asks for."""
        return [block["label"]["text"] for block in self._inputs()]

    def options(self, label: str) -> list[str]:
        """Return what can be chosen for a field."""
        return [option["text"]["text"] for option in _options(self._input(label)["element"])]

    def value(self, label: str) -> str:
        """Return what stands in a field now."""
        block = self._input(label)
        return _shown(self._held(block["block_id"], block["element"]))

    def _inputs(self) -> Iterator[dict[str, Any]]:
        return (block for block in self.view["blocks"] if block["type"] == "input")

    def _input(self, name: str) -> dict[str, Any]:
        for block in self._inputs():
            if name in (block["label"]["text"], block["block_id"], block["element"]["action_id"]):
                return block
        raise LookupError(f"the form {self.title!r} asks for {self.labels}, not for {name!r}")

    def fill(self, values: Mapping[str, str]) -> None:
        """Fill fields in, by label, block id or action id; raises LookupError for what cannot be chosen."""
        for name, value in values.items():
            block = self._input(name)
            key = block["block_id"], block["element"]["action_id"]
            self.filled[key] = _entered(block["element"], value)

    def is_complete(self) -> bool:
        """Tell whether Slack sends it; what it finds wrong by itself stands in `errors`."""
        self.errors = {
            block["label"]["text"]: wrong
            for block in self._inputs()
            if (wrong := _wrong(block, self._held(block["block_id"], block["element"])))
        }
        return not self.errors

    def _held(self, block_id: str, element: Mapping[str, Any]) -> dict[str, Any]:
        return self.filled.get((block_id, element["action_id"])) or _initial(element)

    def state(self) -> dict[str, dict[str, Any]]:
        found: dict[str, dict[str, Any]] = {}
        for block in self._inputs():
            element = block["element"]
            held = self._held(block["block_id"], element)
            found[block["block_id"]] = {element["action_id"]: {"type": element["type"], **held}}
        return found

    def refuse(self, errors: Mapping[str, object]) -> bool:
        """Write the bot's errors under the fields; False if they name something that is no field."""
        labels = {block["block_id"]: block["label"]["text"] for block in self._inputs()}
        if not errors or set(errors) - set(labels):
            return False
        self.errors = {labels[block_id]: str(why) for block_id, why in errors.items()}
        return True


_PICKED = {
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "datetimepicker": "selected_date_time",
}
_ONE = frozenset({"static_select", "radio_buttons"})
_MANY = frozenset({"multi_static_select", "checkboxes"})


def _options(element: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    groups = element.get("option_groups", ())
    return [*element.get("options", ()), *(option for group in groups for option in group["options"])]


def _initial(element: Mapping[str, Any]) -> dict[str, Any]:
    """Return what stands in a field before anybody touches it."""
    kind = element["type"]
    if kind in _PICKED:
        return {_PICKED[kind]: element.get(_PICKED[kind].replace("selected", "initial"))}
    if kind in _ONE:
        return {"selected_option": element.get("initial_option")}
    if kind in _MANY:
        return {"selected_options": element.get("initial_options", [])}
    return {"value": element.get("initial_value")}


def _entered(element: Mapping[str, Any], value: str) -> dict[str, Any]:
    """Return what stands in a field after somebody entered a value: words, a date, or the label of a choice."""
    kind = element["type"]
    if kind in _ONE | _MANY:
        wanted = [each for each in (value.split(", ") if kind in _MANY else [value]) if each]
        chosen = [_option(element, each) for each in wanted]
        return {"selected_options": chosen} if kind in _MANY else {"selected_option": (*chosen, None)[0]}
    if kind == "datepicker" and value and not re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        raise LookupError(f"a date picker gives YYYY-MM-DD, not {value!r}")
    if kind == "timepicker" and value and not re.fullmatch(r"\d\d:\d\d", value):
        raise LookupError(f"a time picker gives HH:MM, not {value!r}")
    if kind == "datetimepicker":
        return {_PICKED[kind]: int(value) if value else None}
    return {_PICKED[kind]: value or None} if kind in _PICKED else {"value": value or None}


def _option(element: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    options = _options(element)
    for option in options:
        if name in (option["text"]["text"], option["value"]):
            return option
    raise LookupError(f"{name!r} cannot be chosen; there are {[each['text']['text'] for each in options]}")


def _shown(held: Mapping[str, Any]) -> str:
    value = next(iter(held.values()))
    if isinstance(value, list):
        return ", ".join(each["text"]["text"] for each in value)
    return str(value["text"]["text"] if isinstance(value, Mapping) else value or "")


def _wrong(block: Mapping[str, Any], held: Mapping[str, Any]) -> str:
    """Return what Slack itself finds wrong with a field, before the bot hears of it."""
    value = next(iter(held.values()))
    if value in (None, "", []):
        return "" if block.get("optional") else MISSING
    element = block["element"]
    if element["type"] == "plain_text_input":
        if len(value) > element.get("max_length", 3000):
            return f"Please enter no more than {element.get('max_length', 3000)} characters."
        if len(value) < element.get("min_length", 0):
            return f"Please enter at least {element['min_length']} characters."
    return ""
