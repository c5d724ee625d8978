"""Block Kit's documented limits (docs.slack.dev/reference/block-kit, @slack/types), told as Slack tells them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from bot.sandbox.slack.elements import IN_ACTIONS, IN_INPUT, IN_SECTION, judge_element, judge_image
from bot.sandbox.slack.judge import LONGEST_ID, Judge
from bot.sandbox.slack.rules import Refusal, check_length, storable

MOST_BLOCKS: Mapping[str, int] = {"message": 50, "modal": 100, "home": 100}
LONGEST_VIEW = 250_000


def _section(judge: Judge, it: dict[str, Any], path: str) -> None:
    judge.keys(it, path, "block_id text fields accessory expand")
    judge.holds("text" in it or "fields" in it, path, "missing required field: text or fields")
    if "text" in it:
        judge.text(it["text"], f"{path}/text", 3000)
    if "fields" in it:
        for number, each in enumerate(judge.items(it["fields"], f"{path}/fields", 10)):
            judge.text(each, f"{path}/fields/{number}", 2000)
    if "accessory" in it:
        judge_element(judge, it["accessory"], f"{path}/accessory", IN_SECTION)


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
            judge_image(judge, each, place)
        else:
            judge.text(each, place)


def _actions(judge: Judge, it: dict[str, Any], path: str) -> None:
    judge.keys(it, path, "block_id elements")
    for number, each in enumerate(judge.items(it.get("elements"), f"{path}/elements", 25)):
        judge_element(judge, each, f"{path}/elements/{number}", IN_ACTIONS)


def _input(judge: Judge, it: dict[str, Any], path: str) -> None:
    judge.keys(it, path, "block_id label element hint optional dispatch_action")
    judge.text(it.get("label"), f"{path}/label", 2000, plain=True)
    if "hint" in it:
        judge.text(it["hint"], f"{path}/hint", 2000, plain=True)
    judge.flags(it, path, "optional", "dispatch_action")
    judge_element(judge, it.get("element"), f"{path}/element", IN_INPUT)


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
    "image": judge_image,
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
