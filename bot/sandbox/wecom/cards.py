"""Template cards: what they have to hold, and how a person reads and taps them (90236, 94888, 101032).

Lengths are recommendations there ("建议不超过36个字"): what is longer is taken, and shown cut. A 字 is the width of
a Chinese character; a Latin letter takes half of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from unicodedata import east_asian_width

from bot.sandbox.wecom.rules import TASK_ID, Refusal, check_url, size

NOTICES = ("text_notice", "news_notice")
ANSWERED = ("button_interaction", "vote_interaction", "multiple_interaction")
"""Cards that are answered by tapping, and can be edited."""


@dataclass(slots=True)
class Question:
    """What a card asks with options: a selector, a list to tick."""

    key: str
    title: str
    options: dict[str, str]
    """Their ids, by label."""
    chosen: tuple[str, ...]
    """The ids of those that are chosen unless somebody chooses otherwise."""


@dataclass(slots=True)
class Face:
    """A card as it is before somebody."""

    text: str = ""
    source: str = ""
    presses: dict[str, str] = field(default_factory=dict)
    """What acts, by label, with its key."""
    questions: list[Question] = field(default_factory=list)
    """What can be chosen before submitting."""
    opens: dict[str, str] = field(default_factory=dict)
    replaced: str = ""
    """What stands where the buttons were."""
    cut: list[str] = field(default_factory=list)
    """Fields that were too long to be shown whole."""


def check(card: object, *, is_update: bool = False) -> Mapping[str, Any]:
    """Return a card that WeCom would take; raises Refusal."""
    if not isinstance(card, dict):
        raise Refusal(42031, "template_card missing")
    kind = card.get("card_type")
    if kind not in (*NOTICES, *ANSWERED):
        raise Refusal(42031, f"card_type {kind}")
    _check_task(card, is_update)
    _check_title(card, str(kind))
    _check_lists(card)
    if kind in NOTICES:
        _check_action(card.get("card_action"), is_needed=True)
    else:
        _check_action(card.get("card_action"), is_needed=False)
        _check_answers(card, str(kind), is_update)
    return card


def _check_task(card: Mapping[str, Any], is_update: bool) -> None:
    task = card.get("task_id")
    is_needed = not is_update and (card["card_type"] in ANSWERED or "action_menu" in card)
    if (task is None and is_needed) or (task is not None and not TASK_ID.fullmatch(str(task))):
        raise Refusal(42014, f"task_id {task!r}")


def _check_title(card: Mapping[str, Any], kind: str) -> None:
    title = (card.get("main_title") or {}).get("title")
    if not title and not (kind == "text_notice" and card.get("sub_title_text")):
        raise Refusal(41016, "main_title.title")


def _check_lists(card: Mapping[str, Any]) -> None:
    facts = card.get("horizontal_content_list") or []
    if len(facts) > 6:
        raise Refusal(42035, "horizontal_content_list")
    for fact in facts:
        if not fact.get("keyname"):
            raise Refusal(42027, "horizontal_content_list.keyname")
        if fact.get("type") == 1 and not fact.get("url"):
            raise Refusal(42028, "horizontal_content_list.url")
    if len(card.get("vertical_content_list") or []) > 4:
        raise Refusal(42036, "vertical_content_list")
    jumps = card.get("jump_list") or []
    if len(jumps) > 3:
        raise Refusal(42042, "jump_list")
    for jump in jumps:
        if not jump.get("title"):
            raise Refusal(42033, "jump_list.title")
        if jump.get("type") == 1:
            check_url(jump.get("url"))
    menu = (card.get("action_menu") or {}).get("action_list")
    if menu is not None and not 1 <= len(menu) <= 3:
        raise Refusal(40058, "action_menu.action_list")
    if menu and len({each.get("key") for each in menu}) < len(menu):
        raise Refusal(42051, "action_menu.action_list.key")


def _check_action(action: object, *, is_needed: bool) -> None:
    kind = action.get("type") if isinstance(action, dict) else None
    if kind not in (1, 2):
        if is_needed or kind not in (None, 0):
            raise Refusal(42045, "card_action")
        return
    if isinstance(action, dict) and kind == 1:
        if not action.get("url"):
            raise Refusal(42028, "card_action.url")
        check_url(action["url"])


def _check_answers(card: Mapping[str, Any], kind: str, is_update: bool) -> None:
    if kind == "button_interaction":
        buttons = card.get("button_list") or []
        # What replaces a card may ask nothing any more: "该字段可为空数组" (90241).
        if len(buttons) > 6 or not (buttons or is_update):
            raise Refusal(40058, "button_list")
        for button in buttons:
            _check_button(button)
        _check_keys([button.get("key") for button in buttons if button.get("type", 0) == 0])
        return
    lists = [card.get("checkbox") or {}] if kind == "vote_interaction" else card.get("select_list") or []
    if not 1 <= len(lists) <= 3:
        raise Refusal(42047, "select_list")
    for each in lists:
        _check_question(each, 20 if kind == "vote_interaction" else 10)
    if len({each["question_key"] for each in lists}) < len(lists):
        raise Refusal(42043, "question_key twice")
    submit = card.get("submit_button") or {}
    if not submit.get("text"):
        raise Refusal(42049, "submit_button.text")
    if not 0 < size(submit.get("key") or "") <= 1024:
        raise Refusal(42046, "submit_button.key")


def _check_button(button: Mapping[str, Any]) -> None:
    if not button.get("text"):
        raise Refusal(42038, "button_list.text")
    if button.get("type", 0) == 1:
        check_url(button.get("url"))
    elif not 0 < size(button.get("key") or "") <= 1024:
        raise Refusal(42039, "button_list.key")
    if button.get("style", 1) not in (1, 2, 3, 4):
        raise Refusal(40058, "button_list.style")


def _check_keys(keys: Sequence[object]) -> None:
    if len(set(keys)) < len(keys):
        raise Refusal(42039, "button_list.key twice")


def _check_question(asked: Mapping[str, Any], most: int) -> None:
    if not 0 < size(asked.get("question_key") or "") <= 1024:
        raise Refusal(42043, "question_key")
    options = asked.get("option_list") or []
    if not 1 <= len(options) <= most:
        raise Refusal(42037, "option_list")
    for option in options:
        if not 0 < size(option.get("id") or "") <= 128:
            raise Refusal(42040, "option_list.id")
        if not option.get("text"):
            raise Refusal(42041, "option_list.text")
    if len({option["id"] for option in options}) < len(options):
        raise Refusal(42040, "option_list.id twice")


# -- reading ----------------------------------------------------------------------------------------------


def width(text: str) -> float:
    """Return how many 字 wide a text is."""
    return sum(1.0 if east_asian_width(sign) in "WF" else 0.5 for sign in text)


_OF_MULTIPLE = (
    "card_type", "source", "main_title", "task_id", "select_list", "submit_button", "replace_text",
)  # fmt: skip


def read(card: Mapping[str, Any]) -> Face:
    """Return a card as people see it."""
    face = Face()

    def fit(text: object, most: int, name: str) -> str:
        whole = str(text or "")
        if width(whole) <= most:
            return whole
        face.cut.append(f"{name} {width(whole):g}/{most}: {whole[:20]}")
        shown = whole
        while width(shown) > most - 1:
            shown = shown[:-1]
        return shown + "…"

    if card["card_type"] == "multiple_interaction":
        face.cut += [f"{name} is nothing of this card" for name in card if name not in _OF_MULTIPLE]
        card = {name: card[name] for name in card if name in _OF_MULTIPLE}
    face.source = fit((card.get("source") or {}).get("desc"), 20, "source.desc")
    face.text = "\n".join(line for line in _lines(card, fit) if line)
    _read_links(card, face, fit)
    _read_answers(card, face, fit)
    for asked in face.questions:
        shown = [label for label, id in asked.options.items() if id in asked.chosen]
        face.text += f"\n▾ {asked.title}: {', '.join(shown)}"
    return face


def _lines(card: Mapping[str, Any], fit: Any) -> Iterator[str]:
    title, strong = card.get("main_title") or {}, card.get("emphasis_content") or {}
    quoted = card.get("quote_area") or {}
    yield fit(title.get("title"), 36, "main_title.title")
    yield fit(title.get("desc"), 44, "main_title.desc")
    yield fit(strong.get("title"), 14, "emphasis_content.title")
    yield fit(strong.get("desc"), 22, "emphasis_content.desc")
    yield str(quoted.get("title") or "")
    yield str(quoted.get("quote_text") or "")
    yield fit(card.get("sub_title_text"), 160, "sub_title_text")
    for fact in card.get("horizontal_content_list") or []:
        value = fit(fact.get("value"), 30, "horizontal_content_list.value")
        yield f"{fit(fact.get('keyname'), 5, 'horizontal_content_list.keyname')}：{value}"
    for part in card.get("vertical_content_list") or []:
        yield fit(part.get("title"), 38, "vertical_content_list.title")
        yield fit(part.get("desc"), 160, "vertical_content_list.desc")


def _read_links(card: Mapping[str, Any], face: Face, fit: Any) -> None:
    for jump in card.get("jump_list") or []:
        if jump.get("type") == 1:
            face.opens[fit(jump.get("title"), 18, "jump_list.title")] = str(jump["url"])
    for fact in card.get("horizontal_content_list") or []:
        if fact.get("type") == 1:
            face.opens[str(fact.get("value") or fact["keyname"])] = str(fact["url"])
    for part in (card.get("card_action") or {}, card.get("quote_area") or {}):
        if part.get("type") == 1 and part.get("url"):
            face.opens.setdefault(str(part["url"]), str(part["url"]))


def _read_answers(card: Mapping[str, Any], face: Face, fit: Any) -> None:
    for each in (card.get("action_menu") or {}).get("action_list") or []:
        face.presses[str(each.get("text"))] = str(each.get("key"))
    face.replaced = str(card.get("replace_text") or "")
    if face.replaced:
        return
    for button in card.get("button_list") or []:
        label = fit(button["text"], 10, "button_list.text")
        if button.get("type", 0) == 1:
            face.opens[label] = str(button["url"])
        else:
            face.presses[label] = str(button["key"])
    for asked in card.get("select_list") or []:
        title = fit(asked.get("title"), 13, "select_list.title")
        face.questions.append(_question(asked, title, 10, fit))
    if asked := card.get("button_selection"):
        face.questions.append(_question(asked, str(asked.get("title") or ""), 16, fit))
    if asked := card.get("checkbox"):
        face.questions.append(_question(asked, "", 17, fit, is_selector=False))
    if submit := card.get("submit_button"):
        face.presses[fit(submit["text"], 10, "submit_button.text")] = str(submit["key"])


def _question(
    asked: Mapping[str, Any], title: str, room: int, fit: Any, *, is_selector: bool = True
) -> Question:
    """Return a question as it is shown: a selector has its first option chosen unless the card names another."""
    listed = asked.get("option_list") or []
    ids = [str(each["id"]) for each in listed]
    named = str(asked.get("selected_id") or "")
    ticked = tuple(str(each["id"]) for each in listed if each.get("is_checked"))
    return Question(
        str(asked["question_key"]),
        title,
        {fit(each["text"], room, "option_list.text"): str(each["id"]) for each in listed},
        (named if named in ids else ids[0],) if is_selector else ticked,
    )
