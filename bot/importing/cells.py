"""What stands in the other cells: numbers, addresses, links and words, each read or refused with a remedy."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import timedelta
from functools import lru_cache
from urllib.parse import urlsplit

from babel import Locale

from bot.importing.problems import Unclear
from bot.importing.words import fold, meanings, word_key, words
from conversations.interview import Outcome, Reason
from locales.text import t
from locales.translate import best_locale
from locales.zones import zone_from_alias

LONGEST_CELL = 500
_NOTHING = {fold(word) for word in words("nothing")["words"]} | {""}
_SPREADSHEET_ERRORS = frozenset(
    {"#N/A", "#REF!", "#NAME?", "#VALUE!", "#DIV/0!", "#NULL!", "#NUM!", "#SPILL!", "#CALC!"}
)
_SCIENTIFIC = re.compile(r"\d(?:[.,]\d+)?e\+?\d{1,3}", re.IGNORECASE)
_US_GROUPED = re.compile(r"1[-. ]?\(?\d{3}\)?[-. ]\d{3}[-. ]\d{4}")
_MAIL = re.compile(r"[^\s@<>()\[\],;:\"\\]{1,64}@(?:[^\W_](?:[\w-]*[^\W_])?\.)+[^\W\d_]{2,63}")
_URL = re.compile(r"[a-z][a-z0-9+.-]*://[^\s<>\"，。；、（）【】]+", re.IGNORECASE)


def optional(text: str) -> str:
    """Return a cell, or nothing where it only says that there is nothing: 无, -, N/A."""
    return "" if fold(text) in _NOTHING else text


def check_size(text: str) -> None:
    """Raise Unclear for a cell too long to be what a list holds, or one that shows a spreadsheet's error."""
    if len(text) > LONGEST_CELL:
        raise Unclear(
            t(
                "The cell holds {n} characters, at most {most} are read. Shorten it.",
                n=len(text),
                most=LONGEST_CELL,
            )
        )


def check_error(text: str) -> None:
    if text.upper() in _SPREADSHEET_ERRORS:
        raise Unclear(t("The spreadsheet shows the error {value} here. Correct its formula.", value=text))


def plain(text: str) -> str:
    """Return a cell without what keeps Excel from taking it for a number: ="0123", '0123."""
    if match := re.fullmatch(r'="(.*)"', text):
        return match[1].strip()
    return text.removeprefix("'").strip()


def read_phone(text: str) -> str:
    """Return a phone number as +8613800000000; one without country code must be a Chinese mobile's."""
    bare = unicodedata.normalize("NFKC", plain(text))
    if _SCIENTIFIC.fullmatch(bare):
        raise _scientific(text)
    if re.fullmatch(r"\d+\.0", bare):
        bare = bare[:-2]
    grouped = re.sub(r"^(tel|phone|mobile|手机|电话)[:.\s]*", "", bare.strip(), flags=re.IGNORECASE)
    digits = re.sub(r"\(0\)|[\s\-.()/‐‑–—·]", "", grouped)
    digits = re.sub(r"^00", "+", digits)
    if re.fullmatch(r"(\+?86)?1[3-9]\d{9}", digits) and not _US_GROUPED.fullmatch(grouped):
        return f"+86{digits[-11:]}"
    if re.fullmatch(r"\+[1-9]\d{7,14}", digits) and not digits.startswith("+861"):
        return digits
    raise Unclear(
        t(
            "{value} is no phone number we can call for certain. Write one number,"
            " with its country code: +86 138 0000 0000, +49 30 901820.",
            value=text,
        )
    )


def _scientific(text: str) -> Unclear:
    return Unclear(
        t(
            "{value} has lost its digits to Excel. Format the column as text, then enter the number anew.",
            value=text,
        )
    )


def read_email(text: str) -> str:
    """Return an e-mail address in lower case."""
    bare = unicodedata.normalize("NFKC", text).strip().lower().removeprefix("mailto:")
    if match := re.fullmatch(r"[^<>]*<([^<>]+)>", bare):
        bare = match[1].strip()
    if _MAIL.fullmatch(bare) and ".." not in bare and len(bare) <= 254:
        return bare
    raise Unclear(t("{value} is no e-mail address. Write one address, like lilei@example.com.", value=text))


def read_link(text: str) -> str:
    """Return where the interview takes place: a web address, a mini-program's path, or a meeting number with text.

    Of a pasted invitation only its web address is kept, unless it says a passcode that would be lost.
    """
    urls = {match.rstrip(".,;:!?)]}'") for match in _URL.findall(text)}
    if len(urls) > 1:
        raise Unclear(t("The cell holds {n} links. Leave only the one to join by.", n=len(urls)))
    if urls:
        url = urls.pop()
        rest = text.replace(url, " ")
        if re.search(r"密码|口令|passcode|password|\bpwd\b|\bpin\b", rest, re.IGNORECASE):
            raise Unclear(
                t(
                    "Beside the link the cell holds a passcode, which would be lost."
                    " Use a link that carries it, or only the meeting number and the passcode."
                )
            )
        return _checked(url)
    if re.fullmatch(r"#小程序://\S+", text) or re.fullmatch(
        r"/?(?:pages?|packages?|sub\w*)/[\w./-]+(?:\?\S*)?", text
    ):
        return text
    digits = sum(letter.isdecimal() for letter in text)
    if re.search(r"\d[\d\s-]{4,}\d", text) and 6 <= digits <= 30 and any(letter.isalpha() for letter in text):
        return text
    raise Unclear(
        t(
            "{value} is no link. Write an address with https://, or a meeting number with words: 腾讯会议 123-456-789.",
            value=text,
        )
    )


def _checked(url: str) -> str:
    scheme = url.partition(":")[0].lower()
    try:
        parts = urlsplit(url)
        _ = parts.port  # raises when it is none
    except ValueError:
        parts = urlsplit("")
    is_whole = parts.hostname if scheme in ("http", "https") else parts.netloc or parts.path
    if scheme not in ("http", "https", "weixin") or not is_whole:
        raise Unclear(
            t(
                "{value} is no web address that opens a meeting. Write one that begins with https://.",
                value=url,
            )
        )
    if "@" in parts.netloc:
        raise Unclear(t("The link holds a user name or password. Write a link without them."))
    return url


def read_address(channel: str, text: str) -> str:
    """Return somebody's name on a platform as people write it there; Telegram's names begin with @."""
    bare = plain(unicodedata.normalize("NFKC", text))
    if _SCIENTIFIC.fullmatch(bare):
        raise _scientific(text)
    if channel != "telegram":
        return bare.removeprefix("@")
    name = re.sub(r"^(?:https?://)?(?:t\.me|telegram\.me)/", "", bare, flags=re.IGNORECASE).strip("/ ")
    if re.fullmatch(r"-?\d{5,20}", name):
        return name
    if re.fullmatch(r"@?[A-Za-z]\w{3,31}", name, re.ASCII):
        return f"@{name.removeprefix('@')}"
    raise Unclear(
        t("{value} is no Telegram name. Write it like @lilei, or the number of the account.", value=text)
    )


def read_external_id(text: str) -> str:
    bare = plain(text)
    if _SCIENTIFIC.fullmatch(bare):
        raise _scientific(text)
    return bare


def read_zone(text: str) -> str:
    """Return the IANA zone that a cell means."""
    if zone := zone_from_alias(text):
        return zone
    raise Unclear(
        t(
            "{value} is no time zone we know for certain. Write it like Asia/Shanghai or Europe/Berlin.",
            value=text,
        )
    )


@lru_cache(maxsize=1)
def _language_names() -> Mapping[str, str]:
    names = {
        name.casefold(): tag
        for locale in (Locale("en"), Locale("zh", script="Hans"))
        for tag, name in locale.languages.items()
    }
    return names | {fold(name): tag for tag, known in words("languages").items() for name in known}


def read_language(text: str) -> str | None:
    """Return the offered language that a cell means, None when it is a language that is not offered."""
    folded = fold(text).replace("_", "-")
    tag = _language_names().get(folded, folded)
    if re.split(r"[-_]", tag)[0] not in Locale("en").languages or not re.fullmatch(
        r"[a-z0-9]+(?:[-_]\w+)*", tag, re.I
    ):
        raise Unclear(
            t("{value} is no language we know. Write one, like zh, en, 中文 or English.", value=text)
        )
    return best_locale(tag, default="") or None


_PENDING = "pending"
_CANDIDATE_TYPES = meanings("candidate_types")
_OUTCOMES = meanings("outcomes")
_REASONS = meanings("reasons")
_SATISFACTIONS = meanings("satisfactions")
_YES = frozenset({"是", "yes", "y", "true", "1", "有", "√", "✓"})
_NO = frozenset({"否", "no", "n", "false", "0", "不是", "×", "✗", "x"})


def read_candidate_type(text: str) -> str:
    """Return campus, experienced, part_time or intern; the company's own types stay as written."""
    return _CANDIDATE_TYPES.get(word_key(text), text)


def read_outcome(text: str, *, is_yes_or_no: bool = False) -> Outcome | None:
    """Return how a past interview ended, None when it is still to come."""
    if is_yes_or_no and fold(text) in _YES | _NO:
        return Outcome.JOINED if fold(text) in _YES else Outcome.NO_SHOW
    meaning = _OUTCOMES.get(word_key(text))
    if meaning:
        return None if meaning == _PENDING else Outcome(meaning)
    raise Unclear(
        t(
            "{value} is no result we know. Write 参加, 未参加, 完成 or 取消; joined, no_show, completed or cancelled.",
            value=text,
        )
    )


def read_reason(text: str) -> Reason:
    """Return why somebody did not come; words of the list's own are OTHER."""
    return Reason(_REASONS.get(word_key(text), Reason.OTHER))


def read_handled(text: str) -> timedelta:
    """Return how long it took to settle a no-show; a bare number counts minutes, also of several days."""
    if match := re.fullmatch(r"(\d{1,6})(?:\.0+)?\s*(?:分钟?|minutes?|mins?|m)?", fold(text)):
        return timedelta(minutes=int(match[1]))
    return read_duration(text)


def read_satisfaction(text: str) -> int:
    """Return a score from 1 to 5, written as a number, as stars, or in words."""
    folded = fold(text)
    if match := re.fullmatch(r"([1-5])(?:\.0+)?\s*(?:分|星|stars?|points?|/\s*5)?", folded):
        return int(match[1])
    if folded and set(folded) == {"★"} and len(folded) <= 5:
        return len(folded)
    if known := _SATISFACTIONS.get(word_key(text)):
        return int(known)
    raise Unclear(t("{value} is no score. Write a number from 1 to 5; 5 is very satisfied.", value=text))


def read_capacity(text: str) -> int:
    match = re.fullmatch(r"(\d{1,6})(?:\.0+)?\s*(?:人|个|位|名|places?|seats?|people)?", fold(text))
    if match and 1 <= int(match[1]) <= 10_000:
        return int(match[1])
    raise Unclear(t("{value} is no number of places. Write a whole number from 1 to 10000.", value=text))


def read_duration(text: str) -> timedelta:
    """Return a length of time; a bare number counts minutes."""
    folded = fold(text)
    minutes = 0.0
    if match := re.fullmatch(r"(\d{1,2}):(\d{2})(?::00)?", folded):
        minutes = int(match[1]) * 60 + int(match[2])
    elif match := re.fullmatch(
        r"(?:(\d{1,2}(?:\.\d+)?)\s*(?:个?小时|个?钟头|hours?|hrs?|h))?\s*(半)?\s*"
        r"(?:(\d{1,4})(?:\.0+)?\s*(?:分钟?|minutes?|mins?|m|')?)?",
        folded,
    ):
        minutes = float(match[1] or 0) * 60 + (30 if match[2] else 0) + int(match[3] or 0)
    elif folded in ("半小时", "半个小时"):
        minutes = 30
    if 0 < minutes <= 24 * 60:
        return timedelta(minutes=minutes)
    raise Unclear(t("{value} is no length of time. Write minutes, like 45.", value=text))
