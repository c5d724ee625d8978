"""What interviews can have in common, as it is typed: states and reasons in either language."""

from __future__ import annotations

from collections.abc import Mapping

from conversations.book import fold
from conversations.grammar import BadLine
from conversations.interview import Reason
from conversations.understanding.when import backwards_in, impossible_in
from locales.text import Listing, t

STATES: Mapping[str, str] = {
    word: state
    for state, words in {
        "no_show": "no_show noshow no-show no-shows 未参加",
        "unbound": "unbound 未绑定",
        "unconfirmed": "unconfirmed 未确认",
        "confirmed": "confirmed 已确认",
        "joined": "joined 已参加",
        "completed": "completed 已完成",
        "cancelled": "cancelled canceled 已取消",
        "withdrawn": "withdrawn 已退出",
    }.items()
    for word in words.split()
}
STATE_WORDS: Mapping[str, str] = {
    **STATES,
    **dict.fromkeys(("scheduled", "待面试"), "scheduled"),
    **dict.fromkeys(("paused", "暂停", "已暂停"), "paused"),
}
NO_REASON = "none"
REASON_WORDS: Mapping[str, str] = {
    word: reason
    for reason, words in {
        Reason.FORGOT.value: "forgot 忘记 忘了 忘记时间",
        Reason.TECHNICAL.value: "technical tech 技术 技术问题 设备",
        Reason.CAME_UP.value: "came_up 临时有事 有事 急事",
        Reason.UNCLEAR.value: "unclear 不清楚 通知不清楚",
        Reason.OTHER_OFFER.value: "other_offer offer 其他机会",
        Reason.PRIVATE.value: "private 不方便说",
        Reason.OTHER.value: "other 其他",
        NO_REASON: "none unknown 未知 无",
    }.items()
    for word in words.split()
}


def in_words(pairs: Mapping[str, str]) -> dict[str, str]:
    """Return what selects interviews in the words of the core; raises BadLine for a state or reason there is not."""
    return {key: _value(key, value) for key, value in pairs.items()}


def _value(key: str, typed: str) -> str:
    known = {"state": STATE_WORDS, "reason": REASON_WORDS}.get(key)
    if known is None:
        return typed
    if fold(typed) not in known:
        options = Listing(tuple(dict.fromkeys(known.values())))
        raise BadLine(
            t("“{key}:{typed}” is none I know. There are: {known}", key=key, typed=typed, known=options)
        )
    return known[fold(typed)]


def check_days(words: str) -> None:
    """Refuse words that hold a day or time that cannot be; raises BadLine."""
    if wrong := backwards_in(words):
        example = "2026-11-01..2026-11-30"
        raise BadLine(
            t("“{typed}” ends before it begins. Type for example: {example}", typed=wrong, example=example)
        )
    if wrong := impossible_in(words):
        raise BadLine(
            t("“{typed}” is on no calendar or clock. Type for example: 2026-11-25, 14:00", typed=wrong)
        )
