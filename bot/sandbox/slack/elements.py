"""What can be tapped and filled in, with the limits that @slack/types and docs.slack.dev name for each."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any
from zoneinfo import available_timezones

from bot.sandbox.slack.judge import Judge

STYLES = ("primary", "danger")


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


def judge_image(judge: Judge, it: dict[str, Any], path: str) -> None:
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
    "image": judge_image,
}
_MENUS = frozenset("checkboxes radio_buttons static_select multi_static_select datepicker timepicker".split())
IN_SECTION = _MENUS | {"button", "overflow", "image"}
IN_ACTIONS = _MENUS - {"multi_static_select"} | {"button", "overflow", "datetimepicker"}
IN_INPUT = _MENUS | set(
    "plain_text_input email_text_input url_text_input number_input datetimepicker".split()
)


def judge_element(judge: Judge, it: object, path: str, allowed: frozenset[str] | set[str]) -> None:
    if not judge.holds(isinstance(it, dict), path, "must be an object"):
        return
    held: dict[str, Any] = it  # type: ignore[assignment]
    if not judge.holds(held.get("type") in allowed, f"{path}/type", f"unsupported type: {held.get('type')}"):
        return
    judge.id(held, path)
    ELEMENTS[held["type"]](judge, held, path)
