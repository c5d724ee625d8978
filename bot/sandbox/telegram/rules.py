"""What the Bot API takes, as its documentation and TDLib's source have it.

Nothing here is shared with `channels`: what a channel believes about its platform is not its own judge.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

LONGEST_TEXT = 4096
LONGEST_CAPTION = 1024
LARGEST_PHOTO = 10 * 2**20
LONGEST_TOAST = 200
LONGEST_DATA = 64
MOST_ENTITIES = 100
MOST_COMMANDS = 100
MOST_IN_ROW = 8
ANSWER_WITHIN = 150
"""Seconds for which a press can be answered, and is kept for a webhook that does not."""


class Refusal(Exception):
    """A request the Bot API does not take."""

    def __init__(self, code: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters


def bad(description: str) -> Refusal:
    return Refusal(400, f"Bad Request: {description}")


def checked_photo(data: bytes) -> None:
    """Refuse what is no photo to Telegram: at most 10 MB, sides of 10,000 together, none 20 times the other.

    core.telegram.org/bots/api#sendphoto. Only PNG is measured: nothing else is made here.
    """
    if len(data) > LARGEST_PHOTO:
        raise bad("file is too big for a photo")
    if data.startswith(b"\xff\xd8\xff"):
        return
    if not data.startswith(b"\x89PNG\r\n\x1a\n") or len(data) < 24:
        raise bad("IMAGE_PROCESS_FAILED")
    wide, high = int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")
    if wide + high > 10_000 or max(wide, high) > 20 * min(wide, high):
        raise bad("PHOTO_INVALID_DIMENSIONS")


def units(text: str) -> int:
    """Return the length in UTF-16 code units, in which Telegram counts."""
    return len(text.encode("utf-16-le")) // 2


def part(text: str, offset: int, length: int) -> str:
    """Return what an entity covers."""
    return text.encode("utf-16-le")[offset * 2 : (offset + length) * 2].decode("utf-16-le")


# -- text -------------------------------------------------------------------------------------------------

_REMOVED = re.compile("[\r\u2028-\u202e\u0333\u033f\u030a]")
_SPACED = re.compile("[\x00-\x09\x0b\x0c\x0e-\x1f]")
_INVISIBLE = re.compile("[\\s\u180e\u200b-\u200f\u202e\u2800\u3000\ufeff\ufffc\u00a0]*")


def checked_text(
    text: object, entities: object, longest: int = LONGEST_TEXT
) -> tuple[str, list[dict[str, Any]]]:
    """Return a text as it is shown, with its entities; raises Refusal.

    Control characters, overrides of direction and white space at both ends go, and entities move with what
    is left (clean_input_string and fix_formatted_text in tdlib/td).
    """
    if not isinstance(text, str) or not text:
        raise bad("message text is empty")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise bad("strings must be encoded in UTF-8") from None
    given = _entities(text, entities)
    text, given = _without(text, given, _REMOVED)
    text = _SPACED.sub(" ", text)
    if _INVISIBLE.fullmatch(text):
        raise bad("text must be non-empty")
    text, given = _without(text, given, re.compile(r"\A\s+|\s+\Z"))
    if units(text) > longest:
        raise bad("message is too long" if longest == LONGEST_TEXT else "message caption is too long")
    marked = [*given, *_found(text, given)]
    return text, sorted(marked, key=lambda entity: (entity["offset"], -entity["length"]))


_KNOWN = frozenset(
    "mention hashtag cashtag bot_command url email phone_number bold italic underline strikethrough spoiler "
    "blockquote expandable_blockquote code pre text_link text_mention custom_emoji date_time".split()
)
_NESTING = frozenset("bold italic underline strikethrough spoiler blockquote expandable_blockquote".split())


def _entities(text: str, entities: object) -> list[dict[str, Any]]:
    if entities is None:
        return []
    if not isinstance(entities, list):
        raise bad("can't parse entities: expected an Array")
    length = units(text)
    checked = []
    for entity in entities[:MOST_ENTITIES]:
        if not isinstance(entity, dict) or entity.get("type") not in _KNOWN:
            raise bad("can't parse MessageEntity: unsupported type specified")
        offset, size = entity.get("offset"), entity.get("length")
        if not isinstance(offset, int) or offset < 0:
            raise bad(f"receive an entity with incorrect offset {offset}")
        if not isinstance(size, int) or size < 0:
            raise bad(f"receive an entity with incorrect length {size}")
        if offset + size > length:
            raise bad(
                f"entity beginning at UTF-16 offset {offset} ends after the end of the text at UTF-16 offset {length}"
            )
        for place in (offset, offset + size):
            if _is_inside_symbol(text, place):
                raise bad(f"entity beginning at UTF-16 offset {offset} ends in a middle of a UTF-16 symbol")
        if entity["type"] == "text_link":
            check_url(entity.get("url"), "entity")
        if entity["type"] == "date_time":
            _check_date_time(entity)
        if size:
            checked.append(dict(entity))
    _check_nesting(checked)
    return checked


def _check_date_time(entity: Mapping[str, Any]) -> None:
    if not isinstance(entity.get("unix_time"), int):
        raise bad("can't parse MessageEntity: can't find field \"unix_time\"")
    if not re.fullmatch(r"r|w?[dD]?[tT]?", entity.get("date_time_format") or ""):
        raise bad("can't parse MessageEntity: invalid date_time_format specified")


def _check_nesting(entities: Sequence[Mapping[str, Any]]) -> None:
    """Refuse what Telegram would silently mend, because here it is a mistake of ours."""
    for number, one in enumerate(entities):
        for other in entities[number + 1 :]:
            first, second = sorted((one, other), key=lambda entity: (entity["offset"], -entity["length"]))
            inside = second["offset"] + second["length"] <= first["offset"] + first["length"]
            if second["offset"] >= first["offset"] + first["length"]:
                continue
            if not inside or (first["type"] not in _NESTING and second["type"] not in _NESTING):
                raise bad(f"{first['type']} and {second['type']} overlap (the sandbox is stricter here)")


def _is_inside_symbol(text: str, place: int) -> bool:
    data = text.encode("utf-16-le")
    return 0 < place * 2 < len(data) and 0xDC <= data[place * 2 + 1] <= 0xDF


def _without(
    text: str, entities: list[dict[str, Any]], unwanted: re.Pattern[str]
) -> tuple[str, list[dict[str, Any]]]:
    """Return text and entities without what a pattern finds."""
    gone = [(units(text[: found.start()]), units(found.group())) for found in unwanted.finditer(text)]
    if not gone:
        return text, entities

    def moved(place: int) -> int:
        return place - sum(min(size, max(0, place - start)) for start, size in gone)

    kept = []
    for entity in entities:
        begin, end = moved(entity["offset"]), moved(entity["offset"] + entity["length"])
        if end > begin:
            kept.append({**entity, "offset": begin, "length": end - begin})
    return unwanted.sub("", text), kept


_FINDERS = (
    (
        "url",
        re.compile(
            r"(?:https?://|(?<![\w@.])www\.)[^\s<>\"，。；！？（）]+|(?<![\w@.])[a-z0-9-]+\.(?:com|org|net|me|cn)\b",
            re.I,
        ),
    ),
    ("email", re.compile(r"[\w.+-]+@[\w-]+\.\w+")),
    ("mention", re.compile(r"(?<!\w)@\w{3,32}", re.ASCII)),
    ("bot_command", re.compile(r"(?<![\w/])/[a-z]\w{0,63}(?:@\w+)?", re.ASCII | re.I)),
    ("hashtag", re.compile(r"(?<!\w)#\w*[^\W\d]\w*")),
    ("phone_number", re.compile(r"(?<!\w)\+\d[\d ()-]{7,18}\d")),
)


def _found(text: str, given: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return what Telegram marks by itself in any text: addresses, mentions, commands."""
    taken = [
        (entity["offset"], entity["offset"] + entity["length"])
        for entity in given
        if entity["type"] not in _NESTING
    ]
    found = []
    for kind, pattern in _FINDERS:
        for match in pattern.finditer(text):
            begin, size = units(text[: match.start()]), units(match.group())
            if all(begin >= end or begin + size <= start for start, end in taken):
                taken.append((begin, begin + size))
                found.append({"type": kind, "offset": begin, "length": size})
    return found


# -- buttons ----------------------------------------------------------------------------------------------

_ACTIONS = ("url", "callback_data", "web_app", "login_url", "switch_inline_query", "copy_text", "pay")


def checked_reply(parameters: object, find: Callable[[int], object]) -> int | None:
    """Return which message is answered (ReplyParameters), None for none; raises Refusal for one that is not there."""
    if parameters is None:
        return None
    number = parameters.get("message_id") if isinstance(parameters, dict) else None
    if not isinstance(parameters, dict) or not isinstance(number, int):
        raise bad("object expected as reply parameters")
    if find(number) is None:
        if parameters.get("allow_sending_without_reply") is not True:
            raise bad("message to be replied not found")
        return None
    return number


def checked_keyboard(markup: object) -> list[list[dict[str, Any]]]:
    """Return the rows of an inline keyboard; raises Refusal."""
    if markup is None:
        return []
    if not isinstance(markup, dict) or not isinstance(markup.get("inline_keyboard"), list):
        raise bad("object expected as reply markup")
    rows = []
    for row in markup["inline_keyboard"]:
        if not isinstance(row, list):
            raise bad(
                "can't parse inline keyboard button: expected an Array of Array of InlineKeyboardButton"
            )
        if len(row) > MOST_IN_ROW:
            raise bad("BUTTON_COUNT_INVALID")
        for button in row:
            _check_button(button)
        if row:
            rows.append(row)
    return rows


def _check_button(button: object) -> None:
    if not isinstance(button, dict) or not isinstance(button.get("text"), str) or not button["text"].strip():
        raise bad("can't parse inline keyboard button: can't find field \"text\"")
    acts = [name for name in _ACTIONS if button.get(name)]
    if not acts:
        raise bad("can't parse inline keyboard button: text buttons are unallowed in the inline keyboard")
    if len(acts) > 1:
        raise bad("can't parse inline keyboard button: exactly one action must be used")
    if button.get("style", "primary") not in ("danger", "success", "primary"):
        raise bad("BUTTON_STYLE_INVALID")
    if len(str(button.get("callback_data", "")).encode()) > LONGEST_DATA:
        raise bad("BUTTON_DATA_INVALID")
    if "url" in acts:
        check_url(button["url"], "inline keyboard button")


def check_url(url: object, where: str) -> None:
    """Refuse an address that LinkManager::get_checked_link (tdlib/td) refuses."""
    url = str(url or "")

    def refused(why: str) -> Refusal:
        return bad(f"{where} URL '{url}' is invalid: {why}")

    scheme = re.match(r"([a-z][a-z0-9+.-]*):", url, re.I)
    if scheme and scheme[1].lower() not in ("http", "https", "tg", "ton") and "://" in url:
        raise refused("Unsupported URL protocol")
    if scheme and scheme[1].lower() in ("tel", "mailto"):
        raise refused("Wrong HTTP URL")
    try:
        parts = urlsplit(url if "://" in url else f"http://{url}")
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        raise refused("Wrong port number specified in the URL") from None
    if not host:
        raise refused("URL host is empty")
    if parts.scheme.lower() in ("tg", "ton"):
        if not re.fullmatch(r"[\w-]+", parts.netloc, re.ASCII):
            raise refused("Wrong tg URL")
    elif "." not in host and ":" not in host:
        raise refused("Wrong HTTP URL")


# -- commands and webhooks --------------------------------------------------------------------------------


def check_commands(commands: object, language: object) -> None:
    if not isinstance(commands, list):
        raise bad("can't parse commands: expected an Array of BotCommand")
    if len(commands) > MOST_COMMANDS:
        raise bad("BOT_COMMANDS_TOO_MUCH")
    if language and not re.fullmatch(r"[a-z]{2}", str(language)):
        raise bad("invalid language code specified")
    for command in commands:
        if not isinstance(command, dict) or not re.fullmatch(
            r"[a-z0-9_]{1,32}", str(command.get("command", ""))
        ):
            raise bad("BOT_COMMAND_INVALID")
        if not 1 <= units(str(command.get("description") or "")) <= 256:
            raise bad("BOT_COMMAND_DESCRIPTION_INVALID")


def check_webhook(url: str, secret: object) -> None:
    """Refuse what setWebhook refuses; plain http and any port pass, as on a local Bot API server."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise bad("bad webhook: an HTTPS URL must be provided for webhook")
    if secret is not None and not re.fullmatch(r"[\w-]{1,256}", str(secret), re.ASCII):
        raise bad("secret token contains unallowed characters")
