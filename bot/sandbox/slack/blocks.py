"""Block Kit's documented limits (docs.slack.dev/reference/block-kit, @slack/types), told as Slack tells them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from bot.sandbox.slack.rules import Refusal, check_length, storable

Surface = Literal["message", "modal", "home"]

MOST_BLOCKS: Mapping[str, int] = {"message": 50, "modal": 100, "home": 100}
LONGEST_ID = 255
LONGEST_VIEW = 250_000
STYLES = ("primary", "danger")


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


# -- elements ---------------------------------------------------------------------------------------------


def _button(judge: Judge, it: dict[str, Any], path: str) -> None:
    judge.keys(it, path, "action_id text value url style confirm accessibility_label")
    judge.text(it.get("text"), f"{path}/text", 75, plain=True)
    if "value" in it:
        judge.string(it["value"], f"{path}/value", 2000)
    if "url" in it:
        judge.url(it["url"], f"{path}/url")
    if "accessibility_label" in it:
        judge.string(it["accessibility_label"], f"{path}/accessibility_label", 75)
    judge.holds(it.get("style", "primary") in STYLES, f"{path}/style", "must be primary or danger")
    _confirm(judge, it, path)


def _confirm(judge: Judge, owner: Mapping[str, Any], path: str) -> None:
    if "confirm" not in owner:
        return
    path = f"{path}/confirm"
    it = judge.keys(owner["confirm"], path, "title text confirm deny style")
    judge.text(it.get("title"), f"{path}/title", 100, plain=True)
    judge.text(it.get("text"), f"{path}/text", 300)
    judge.text(it.get("confirm"), f"{path}/confirm", 30, plain=True)
    judge.text(it.get("deny"), f"{path}/deny", 30, plain=True)
    judge.holds(it.get("style", "primary") in STYLES, f"{path}/style", "must be primary or danger")


def _option(judge: Judge, option: object, path: str, *, plain: bool) -> None:
    it = judge.keys(option, path, "text value description url")
    judge.text(it.get("text"), f"{path}/text", 75, plain=plain)
    judge.string(it.get("value"), f"{path}/value", 75)
    if "description" in it:
        judge.text(it["description"], f"{path}/description", 75, plain=plain)
    if "url" in it:
        judge.url(it["url"], f"{path}/url")


def _choosing(most: int, *, plain: bool, many: bool = False) -> Callable[[Judge, dict[str, Any], str], None]:
    """Return the judge of checkboxes, radio buttons and menus with so many options."""

    def judge_it(judge: Judge, it: dict[str, Any], path: str) -> None:
        known = "action_id options option_groups confirm focus_on_load placeholder max_selected_items "
        judge.keys(it, path, known + ("initial_options" if many else "initial_option"))
        groups = it.get("option_groups")
        judge.holds(("options" in it) != (groups is not None), path, "needs options or option_groups")
        given: list[Any] = []
        if groups is not None:
            for number, group in enumerate(judge.items(groups, f"{path}/option_groups", 100)):
                place = f"{path}/option_groups/{number}"
                held = judge.keys(group, place, "label options")
                judge.text(held.get("label"), f"{place}/label", 75, plain=True)
                given += judge.items(held.get("options"), f"{place}/options", 100)
        elif "options" in it:
            given = judge.items(it["options"], f"{path}/options", most)
        for number, option in enumerate(given):
            _option(judge, option, f"{path}/options/{number}", plain=plain)
        first = it.get("initial_options", []) if many else [it.get("initial_option", next(iter(given), None))]
        if given:
            same = all(each in given for each in first)
            judge.holds(same, path, "the initial option must exactly match one of the options")
        _prompted(judge, it, path)
        _confirm(judge, it, path)

    return judge_it


def _prompted(judge: Judge, it: Mapping[str, Any], path: str) -> None:
    if "placeholder" in it:
        judge.text(it["placeholder"], f"{path}/placeholder", 150, plain=True)
    judge.flags(it, path, "focus_on_load", "multiline", "is_decimal_allowed")
    judge.focused += it.get("focus_on_load") is True


def _overflow(judge: Judge, it: dict[str, Any], path: str) -> None:
    judge.keys(it, path, "action_id options confirm")
    for number, option in enumerate(judge.items(it.get("options"), f"{path}/options", 5)):
        _option(judge, option, f"{path}/options/{number}", plain=True)
    _confirm(judge, it, path)


def _date(judge: Judge, it: dict[str, Any], path: str) -> None:
    judge.keys(it, path, "action_id initial_date confirm focus_on_load placeholder")
    given = it.get("initial_date", "2026-01-01")
    try:
        is_date = bool(re.fullmatch(r"\d{4}-\d\d-\d\d", given)) and bool(date.fromisoformat(given))
    except (TypeError, ValueError):
        is_date = False
    judge.holds(is_date, f"{path}/initial_date", "must be a date like YYYY-MM-DD")
    _prompted(judge, it, path)
    _confirm(judge, it, path)


def _time(judge: Judge, it: dict[str, Any], path: str) -> None:
    judge.keys(it, path, "action_id initial_time timezone confirm focus_on_load placeholder")
    is_time = bool(re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", str(it.get("initial_time", "00:00"))))
    judge.holds(is_time, f"{path}/initial_time", "must be a time like HH:mm")
    zone = it.get("timezone", "UTC")
    judge.holds(zone in available_timezones(), f"{path}/timezone", "must be an IANA time zone")
    _prompted(judge, it, path)
    _confirm(judge, it, path)


def _instant(judge: Judge, it: dict[str, Any], path: str) -> None:
    judge.keys(it, path, "action_id initial_date_time confirm focus_on_load")
    at = it.get("initial_date_time", 1_600_000_000)
    is_unix = isinstance(at, int) and len(str(at)) == 10
    judge.holds(is_unix, f"{path}/initial_date_time", "must be a UNIX time of 10 digits")
    _prompted(judge, it, path)


def _typing(known: str, longest: int = 3000) -> Callable[[Judge, dict[str, Any], str], None]:
    """Return the judge of something that is typed into."""

    def judge_it(judge: Judge, it: dict[str, Any], path: str) -> None:
        judge.keys(
            it, path, f"action_id initial_value focus_on_load placeholder dispatch_action_config {known}"
        )
        least, most = it.get("min_length", 0), it.get("max_length", longest)
        are_counts = all(type(each) is int for each in (least, most))
        if judge.holds(are_counts, path, "min_length and max_length must be integers"):
            judge.holds(0 <= least <= longest, f"{path}/min_length", f"must be between 0 and {longest}")
            judge.holds(1 <= most <= longest, f"{path}/max_length", f"must be between 1 and {longest}")
            judge.holds(least <= most, path, "min_length must not exceed max_length")
            if "initial_value" in it:
                judge.string(it["initial_value"], f"{path}/initial_value", most, shortest=0)
        _prompted(judge, it, path)

    return judge_it


def _number(judge: Judge, it: dict[str, Any], path: str) -> None:
    _typing("is_decimal_allowed min_value max_value")(judge, it, path)
    judge.holds("is_decimal_allowed" in it, path, "missing required field: is_decimal_allowed")


def _image(judge: Judge, it: dict[str, Any], path: str) -> None:
    judge.keys(it, path, "image_url slack_file alt_text title block_id")
    judge.holds(("image_url" in it) != ("slack_file" in it), path, "needs image_url or slack_file")
    if "image_url" in it:
        judge.url(it["image_url"], f"{path}/image_url")
    judge.string(it.get("alt_text"), f"{path}/alt_text", 2000)
    if "title" in it:
        judge.text(it["title"], f"{path}/title", 2000, plain=True)


ELEMENTS: Mapping[str, Callable[[Judge, dict[str, Any], str], None]] = {
    "button": _button,
    "checkboxes": _choosing(10, plain=False, many=True),
    "radio_buttons": _choosing(10, plain=False),
    "static_select": _choosing(100, plain=True),
    "multi_static_select": _choosing(100, plain=True, many=True),
    "overflow": _overflow,
    "datepicker": _date,
    "timepicker": _time,
    "datetimepicker": _instant,
    "plain_text_input": _typing("multiline min_length max_length"),
    "email_text_input": _typing(""),
    "url_text_input": _typing(""),
    "number_input": _number,
    "image": _image,
}
_MENUS = frozenset("checkboxes radio_buttons static_select multi_static_select datepicker timepicker".split())
IN_SECTION = _MENUS | {"button", "overflow", "image"}
IN_ACTIONS = _MENUS - {"multi_static_select"} | {"button", "overflow", "datetimepicker"}
IN_INPUT = _MENUS | set(
    "plain_text_input email_text_input url_text_input number_input datetimepicker".split()
)


def _element(judge: Judge, it: object, path: str, allowed: frozenset[str] | set[str]) -> None:
    if not judge.holds(isinstance(it, dict), path, "must be an object"):
        return
    held: dict[str, Any] = it  # type: ignore[assignment]
    if not judge.holds(held.get("type") in allowed, f"{path}/type", f"unsupported type: {held.get('type')}"):
        return
    judge.id(held, path)
    ELEMENTS[held["type"]](judge, held, path)


# -- blocks -----------------------------------------------------------------------------------------------


def _section(judge: Judge, it: dict[str, Any], path: str) -> None:
    judge.keys(it, path, "block_id text fields accessory expand")
    judge.holds("text" in it or "fields" in it, path, "missing required field: text or fields")
    if "text" in it:
        judge.text(it["text"], f"{path}/text", 3000)
    if "fields" in it:
        for number, each in enumerate(judge.items(it["fields"], f"{path}/fields", 10)):
            judge.text(each, f"{path}/fields/{number}", 2000)
    if "accessory" in it:
        _element(judge, it["accessory"], f"{path}/accessory", IN_SECTION)


def _header(judge: Judge, it: dict[str, Any], path: str) -> None:
    judge.keys(it, path, "block_id text")
    judge.text(it.get("text"), f"{path}/text", 150, plain=True)


def _divider(judge: Judge, it: dict[str, Any], path: str) -> None:
    judge.keys(it, path, "block_id")


def _context(judge: Judge, it: dict[str, Any], path: str) -> None:
    judge.keys(it, path, "block_id elements")
    for number, each in enumerate(judge.items(it.get("elements"), f"{path}/elements", 10)):
        place = f"{path}/elements/{number}"
        if isinstance(each, dict) and each.get("type") == "image":
            _image(judge, each, place)
        else:
            judge.text(each, place)


def _actions(judge: Judge, it: dict[str, Any], path: str) -> None:
    judge.keys(it, path, "block_id elements")
    for number, each in enumerate(judge.items(it.get("elements"), f"{path}/elements", 25)):
        _element(judge, each, f"{path}/elements/{number}", IN_ACTIONS)


def _input(judge: Judge, it: dict[str, Any], path: str) -> None:
    judge.keys(it, path, "block_id label element hint optional dispatch_action")
    judge.text(it.get("label"), f"{path}/label", 2000, plain=True)
    if "hint" in it:
        judge.text(it["hint"], f"{path}/hint", 2000, plain=True)
    judge.flags(it, path, "optional", "dispatch_action")
    _element(judge, it.get("element"), f"{path}/element", IN_INPUT)


def _markdown(judge: Judge, it: dict[str, Any], path: str) -> None:
    judge.keys(it, path, "block_id text")
    judge.string(it.get("text"), f"{path}/text", 12_000)


_RICH = frozenset("rich_text_section rich_text_list rich_text_preformatted rich_text_quote".split())
_RICH_PARTS = frozenset("text link emoji date user channel usergroup broadcast color".split())


def _rich_text(judge: Judge, it: dict[str, Any], path: str) -> None:
    judge.keys(it, path, "block_id elements")
    for number, each in enumerate(judge.items(it.get("elements"), f"{path}/elements", 10_000)):
        _rich_part(judge, each, f"{path}/elements/{number}", _RICH)


def _rich_part(judge: Judge, it: object, path: str, allowed: frozenset[str]) -> None:
    kind = it.get("type") if isinstance(it, dict) else None
    if not judge.holds(kind in allowed, f"{path}/type", f"unsupported type: {kind}"):
        return
    held: dict[str, Any] = it  # type: ignore[assignment]
    if kind in _RICH:
        judge.keys(held, path, "elements style indent border offset")
        inner = frozenset({"rich_text_section"}) if kind == "rich_text_list" else _RICH_PARTS
        if kind == "rich_text_list":
            judge.holds(
                held.get("style") in ("bullet", "ordered"), f"{path}/style", "must be bullet or ordered"
            )
        for number, each in enumerate(judge.items(held.get("elements"), f"{path}/elements", 10_000, least=0)):
            _rich_part(judge, each, f"{path}/elements/{number}", inner)
        return
    needed = {"text": "text", "link": "url", "emoji": "name", "user": "user_id", "channel": "channel_id"}
    if kind in needed:
        judge.string(held.get(needed[kind]), f"{path}/{needed[kind]}", 40_000)
    if kind == "date":
        judge.holds(type(held.get("timestamp")) is int, f"{path}/timestamp", "must be a UNIX time")
        judge.string(held.get("format"), f"{path}/format", 3000)


BLOCKS: Mapping[str, Callable[[Judge, dict[str, Any], str], None]] = {
    "section": _section,
    "header": _header,
    "divider": _divider,
    "context": _context,
    "actions": _actions,
    "input": _input,
    "image": _image,
    "rich_text": _rich_text,
    "markdown": _markdown,
}
ON: Mapping[str, frozenset[str]] = {
    "message": frozenset(BLOCKS),
    "modal": frozenset(BLOCKS) - {"markdown"},
    "home": frozenset(BLOCKS) - {"markdown"},
}


def judge_blocks(judge: Judge, blocks: object, path: str) -> None:
    """Add what is wrong with the blocks of a message or view."""
    for number, block in enumerate(judge.items(blocks, path, MOST_BLOCKS[judge.surface], least=0)):
        place = f"{path}/{number}"
        kind = str(block.get("type")) if isinstance(block, dict) else ""
        if not judge.holds(kind in ON[judge.surface], f"{place}/type", f"unsupported type: {kind}"):
            continue
        if "block_id" in block:
            judge.string(block["block_id"], f"{place}/block_id", LONGEST_ID)
            twice = block["block_id"] in judge.block_ids
            judge.holds(not twice, place, f"`block_id` {block['block_id']!r} already exists")
            judge.block_ids.add(str(block["block_id"]))
        judge.action_ids.clear()
        BLOCKS[kind](judge, block, place)
    judge.holds(judge.focused <= 1, path, "only one element can have focus_on_load")


def checked_blocks(blocks: object) -> list[dict[str, Any]]:
    """Return a message's blocks, with the ids that Slack gives where there are none; raises Refusal."""
    if blocks is None or blocks == []:
        return []
    if not isinstance(blocks, list):
        raise Refusal("invalid_blocks_format")
    storable(blocks)
    judge = Judge("message")
    judge_blocks(judge, blocks, "/blocks")
    if judge.problems:
        raise Refusal("invalid_blocks", *judge.problems)
    check_length(blocks)
    return identified(blocks)


_VIEW = {
    "modal": "title submit close blocks private_metadata callback_id external_id clear_on_close notify_on_close "
    "submit_disabled",
    "home": "blocks private_metadata callback_id external_id",
}


def checked_view(view: object, kinds: Sequence[str]) -> dict[str, Any]:
    """Return a view with all its ids; raises Refusal."""
    storable(view)
    kind = view.get("type") if isinstance(view, dict) else None
    if not isinstance(view, dict) or kind not in kinds:
        raise Refusal("invalid_arguments", f"must be one of: {', '.join(kinds)} [json-pointer:/view/type]")
    if len(str(view)) > LONGEST_VIEW:
        raise Refusal("view_too_large")
    judge = Judge("modal" if kind == "modal" else "home")
    judge.keys(view, "/view", _VIEW[judge.surface])
    judge_blocks(judge, view.get("blocks"), "/view/blocks")
    for name, longest in (("private_metadata", 3000), ("callback_id", 255), ("external_id", 255)):
        if name in view:
            judge.string(view[name], f"/view/{name}", longest, shortest=0)
    if kind == "modal":
        _judge_modal(judge, view)
    if judge.problems:
        raise Refusal("invalid_arguments", *judge.problems)
    return {**view, "blocks": identified(view["blocks"])}


def _judge_modal(judge: Judge, view: Mapping[str, Any]) -> None:
    judge.text(view.get("title"), "/view/title", 24, plain=True)
    for name in ("submit", "close"):
        if view.get(name) is not None:
            judge.text(view[name], f"/view/{name}", 24, plain=True)
    blocks = view["blocks"] if isinstance(view.get("blocks"), list) else []
    asks = any(isinstance(block, dict) and block.get("type") == "input" for block in blocks)
    judge.holds(not asks or bool(view.get("submit")), "/view/submit", "missing required field: submit")
    judge.flags(view, "/view", "clear_on_close", "notify_on_close", "submit_disabled")


def identified(blocks: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return blocks with a block_id each, and an action_id for each element, as Slack gives them."""
    found = []
    for number, block in enumerate(blocks, 1):
        made = {"block_id": f"sb{number}", **block}
        for name in ("accessory", "element"):
            if isinstance(made.get(name), dict) and made[name].get("type") != "image":
                made[name] = {"action_id": f"sa{number}.{name}", **made[name]}
        if made["type"] == "actions":
            elements = enumerate(made["elements"], 1)
            made["elements"] = [{"action_id": f"sa{number}.{place}", **each} for place, each in elements]
        found.append(made)
    return found
