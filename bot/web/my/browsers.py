"""What a browser says of itself. It decides words and the order of things, never what somebody may do."""

from __future__ import annotations

import re

from locales.text import Text, t

_PHONE = re.compile(r"Android|iPhone|iPad|iPod|Mobile|HarmonyOS", re.I)
_APPS: tuple[tuple[re.Pattern[str], Text], ...] = tuple(
    (re.compile(pattern), name)
    for pattern, name in (
        # WeCom calls itself MicroMessenger too, so it stands first.
        (r"wxwork/", t("WeCom")),
        (r"MicroMessenger/", t("WeChat")),
        (r"DingTalk", t("DingTalk")),
        (r"Lark/|Feishu/", t("Feishu")),
        (r"\bQQ/", t("QQ")),
        (r"Telegram", t("Telegram")),
        (r"Slack", t("Slack")),
        (r"AlipayClient", t("Alipay")),
        (r"Weibo", t("Weibo")),
        (r"FBAN|FBAV|Instagram|\bLine/", t("this app")),
    )
)


def is_phone(agent: str) -> bool:
    return bool(_PHONE.search(agent))


def app_around(agent: str) -> Text | None:
    """Return the name of the chat app whose own browser this is; None for a browser that stands alone."""
    return next((name for pattern, name in _APPS if pattern.search(agent)), None)
