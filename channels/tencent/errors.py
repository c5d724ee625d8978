"""What Tencent's error codes mean for a message, and what to do about them.

developer.work.weixin.qq.com/document/path/90313, the pages of each call, and open-source copies of both lists.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

from channels.base import NotDelivered
from channels.tencent.numbers import number
from locales.catalogue import SOURCE
from locales.text import Text, t
from locales.told import Told, in_words

Why = Literal["busy", "gone", "closed", "refused", "stopped"]
Scope = Literal["message", "chat", "account"]

MINUTE = timedelta(minutes=1)
LONGEST_DETAIL = 300


@dataclass(frozen=True, slots=True)
class Meaning:
    """What became of a call, what it concerns, and what somebody has to do."""

    why: Why
    told: Text | str = ""
    scope: Scope = "message"
    wait: timedelta | None = None


def _stopped(why: Text, remedy: Text | None = None) -> Meaning:
    told = why if remedy is None else t("{why} {remedy}", why=why, remedy=remedy)
    return Meaning("stopped", told, "account")


def _gone(told: str) -> Meaning:
    return Meaning("gone", told, "chat")


def _ours(told: str) -> Meaning:
    return Meaning("refused", told)


TOKEN = (40001, 40014, 42001)
"""The access token is not taken; it is fetched anew once. From gettoken itself 40001 means the secret is wrong."""
CARD_USED = (42003, 42022, 94888, 94945)
"""The code with which a card is changed is older than 72 hours, or was used. The last two are named as codes here and
there, after the numbers of the pages that tell of it."""
ADDRESS = (40164, 60020, 61004)
"""Our own address is not among those that may call; the answer names it."""

_TRUST = t(
    "Add it to the app's trusted IPs: admin console, 应用管理, the app, 企业可信IP (WeChat: 基本配置, IP白名单)."
)
_SECRET = t("Copy the app's Secret anew: admin console, 应用管理, the app, Secret.")
_SECRET_WRONG = _stopped(t("The secret is wrong."), _SECRET)
_TOKEN_DEAD = _stopped(t("A fresh access token is not taken either."), _SECRET)
_SCOPE = t("Give the app the permission, and the people its visible range (可见范围).")
_STATE = Meaning("closed", "A person of the company has the talk, or it has ended.", "chat")

MEANINGS: Mapping[int, Meaning] = {
    -1: Meaning("busy", "Tencent is busy."),
    6000: Meaning("busy", "Something else changed the same thing just now."),
    # The token: what is left when a fresh one is refused too.
    **dict.fromkeys(TOKEN, _TOKEN_DEAD),
    # The account is set up wrong.
    40013: _stopped(t("The corp id or app id is wrong. Copy it from 我的企业, 企业信息.")),
    40056: _stopped(t("The agent id does not belong to this corp. Copy AgentId from the app's page.")),
    40091: _stopped(t("The secret is no secret."), _SECRET),
    40125: _stopped(t("The secret is wrong."), _SECRET),
    41001: _stopped(t("The access token did not come through. Check api_base, and what stands between.")),
    41004: _stopped(t("The secret is missing."), _SECRET),
    48001: _stopped(t("The account has no right to this call. Have it verified, or add the permission.")),
    48004: _stopped(t("Tencent has blocked this call for the account. See its notice in the console.")),
    48008: _stopped(
        t("The account has no right to this kind of message. Have it verified, or add the permission.")
    ),
    50002: _stopped(t("The account is restricted. See its notice in the console.")),
    50003: _stopped(t("The app is switched off. Switch it on: admin console, 应用管理, the app, 已启用.")),
    50005: _stopped(t("The company is switched off on WeCom. See its notice in the console.")),
    301002: _stopped(t("The app may not use this agent id."), _SCOPE),
    60011: _stopped(t("The app has no right to that."), _SCOPE),
    95017: _stopped(t("The app may not use 微信客服. Add it under 微信客服, API, 可调用接口的应用.")),
    **dict.fromkeys(ADDRESS, _stopped(_TRUST)),
    # Mistakes of ours.
    40007: _ours("no such file"),
    40008: _ours("no such kind of message"),
    40033: _ours("a character that is not taken"),
    40035: _ours("a parameter that is not taken"),
    40037: _ours("no such template"),
    40058: _ours("a parameter that is wrong"),
    44002: _ours("nothing in the body"),
    44004: _ours("nothing said"),
    45002: _ours("too long"),
    45008: _ours("too many articles"),
    47001: _ours("no JSON"),
    47003: _ours("a field of the template that is not taken"),
    95008: _ours("a menu that is not taken"),
    95009: _ours("a menu item that is not taken"),
    # Too much at once.
    45009: Meaning("busy", "Too many calls.", "account", MINUTE),
    45011: Meaning("busy", "Too many calls a minute.", "account", MINUTE),
    45033: Meaning("busy", "Too many calls at once.", "account", timedelta(seconds=5)),
    # Not now, by the rules of a window.
    45015: Meaning("closed", "The window of 48 hours is closed.", "chat"),
    95002: Meaning("closed", "The window of 48 hours is closed.", "chat"),
    45047: Meaning("closed", "The messages of this window are used up.", "chat"),
    95001: Meaning("closed", "The messages of this window are used up.", "chat"),
    43101: Meaning("closed", "No consent to a message is left.", "chat"),
    # Whom we cannot write to.
    43004: _gone("does not follow the account"),
    40003: _gone("is not known to this account"),
    43019: _gone("has put the account on their block list"),
    48002: _gone("has turned the account's messages off"),
    60111: _gone("is not in the company's directory"),
    81013: _gone("is outside the app's visible range (可见范围), or has left"),
    82001: _gone("is outside the app's visible range (可见范围)"),
    84061: _gone("is no external contact any more"),
    301021: _gone("is not in the company's directory"),
    # Customer service on personal WeChat.
    **dict.fromkeys((95000, 95004, 95013, 95016, 95018), _STATE),
    95007: Meaning("busy", "The token of the callback is used up; it is asked without."),
    # A card that can be changed no more: a new one is sent.
    **dict.fromkeys(CARD_USED, Meaning("refused", "edit_gone")),
    # A welcome that comes too late, or a second time.
    41050: Meaning("closed", "The welcome comes too late.", "chat"),
    41051: Meaning("closed", "Somebody has welcomed them already.", "chat"),
    41096: Meaning("busy", "The welcome is not taken right now."),
    # A group's robot.
    93000: _gone("the robot is gone, or its key is wrong: make one anew in the group, and give its key"),
    93008: _gone("the robot is not in the group any more"),
}

_SECRET_MP = t("Copy AppSecret anew: mp.weixin.qq.com, 设置与开发, 基本配置.")
_MP_WRONG = _stopped(t("The AppSecret is wrong."), _SECRET_MP)

OF_WECHAT: Mapping[int, Meaning] = {
    **MEANINGS,
    **dict.fromkeys(TOKEN, _stopped(t("A fresh access token is not taken either."), _SECRET_MP)),
    **dict.fromkeys(ADDRESS, _stopped(t("Add it: mp.weixin.qq.com, 设置与开发, 基本配置, IP白名单."))),
    **dict.fromkeys((40125, 41004), _MP_WRONG),
    40013: _stopped(t("The AppID is wrong. Copy it: mp.weixin.qq.com, 设置与开发, 基本配置.")),
    40037: _ours("no such template: changing the account's categories (服务类目) deletes their templates"),
    40200: _stopped(t("Menus in chats are for verified service accounts (已认证服务号) alone.")),
    43116: _ours("a template that Tencent has blocked"),
    45009: Meaning("busy", "The calls of today are used up, or too many came at once.", "account", MINUTE),
}

OF_WECOM: Mapping[int, Meaning] = {
    **MEANINGS,
    # On WeChat this means the account.
    50002: _gone("is outside the app's visible range (可见范围)"),
    # On WeChat this means a follower who turned messages off.
    48002: _stopped(
        t(
            "The app has no right to this call. Add it under 可调用接口的应用 of 微信客服 or 客户联系, "
            "or give it the permission."
        )
    ),
    40096: _gone("is not known to this company"),
}


def refusal(
    code: int, said: str = "", secrets: Iterable[str] = (), meanings: Mapping[int, Meaning] = MEANINGS
) -> NotDelivered:
    """Return what a refusal means. What Tencent says goes along only where it names a field of ours, redacted."""
    meaning = meanings.get(code)
    if meaning is None:
        return NotDelivered("refused", f"{code}: {redacted(said, secrets)}"[:LONGEST_DETAIL])
    if meaning.told == "edit_gone":
        return NotDelivered("refused", "edit_gone")
    if meaning.why != "stopped":
        told = f"{code}: {in_words(meaning.told, SOURCE)}"
        detail = f"{told}: {redacted(said, secrets)}" if meaning.why == "refused" else told
        return NotDelivered(meaning.why, detail[:LONGEST_DETAIL], meaning.wait, meaning.scope)
    return _as_failure(meaning, code, _address(said) if code in ADDRESS else None)


def bad_secret(code: int, said: str, meanings: Mapping[int, Meaning] = MEANINGS) -> NotDelivered:
    """Return what it means that no access token is given out."""
    if code not in TOKEN:
        return refusal(code, said, meanings=meanings)
    return _as_failure(_MP_WRONG if meanings is OF_WECHAT else _SECRET_WRONG, code)


def _as_failure(meaning: Meaning, code: int, address: Text | str | None = None) -> NotDelivered:
    detail = t("{code}: {told}", code=str(code), told=meaning.told)
    if address is not None:
        why = t("our address {address} may not call.", address=address)
        detail = t("{code}: {why} {remedy}", code=str(code), why=why, remedy=meaning.told)
    return NotDelivered(meaning.why, Told(detail), meaning.wait, meaning.scope)


_IN_ADDRESS = re.compile(r"((?:access_token|corpsecret|secret|key|code)=)[^&\s\"']+", re.IGNORECASE)


def redacted(said: str, secrets: Iterable[str] = ()) -> str:
    """Return what Tencent says, without any secret and without its advertisement."""
    said = _IN_ADDRESS.sub(r"\1…", said)
    for secret in secrets:
        if secret:
            said = said.replace(secret, "…")
    return re.sub(r",?\s*(?:hint: \[[^\]]*\]|rid: \S+|more info at \S+)", "", said).strip()[:200]


def _address(said: str) -> Text | str:
    found = re.search(r"(?:from ip:|invalid ip)\s*([0-9a-fA-F.:]{2,45})", said) or re.search(
        r"\b(\d{1,3}(?:\.\d{1,3}){3})\b", said
    )
    return found[1].rstrip(".:") if found else t("(which the answer does not name)")


def code_of(answer: Mapping[str, Any]) -> int | None:
    """Return the error code of an answer; None where it has none that is a number."""
    return number(answer.get("errcode"))
