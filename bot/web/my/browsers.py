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


_BROWSERS = (
    ("wecom", r"wxwork/"),
    ("wechat", r"MicroMessenger/"),
    ("dingtalk", r"DingTalk"),
    ("feishu", r"Lark/|Feishu/"),
    ("qq", r"\bM?QQ(?:Browser)?/"),
    ("telegram", r"Telegram"),
    ("slack", r"Slack"),
    ("uc", r"UCBrowser|UBrowser"),
    ("xiaomi", r"MiuiBrowser|XiaoMi/"),
    ("huawei", r"HuaweiBrowser"),
    ("360", r"360SE|360EE|QihooBrowser|QHBrowser"),
    ("edge", r"\bEdg(?:e|A|iOS)?/"),
    ("opera", r"\bOPR/|\bOPT/"),
    ("samsung", r"SamsungBrowser"),
    ("firefox", r"Firefox/|FxiOS/"),
    ("chrome", r"Chrome/|CriOS/|Chromium/"),
    ("safari", r"Safari/"),
)
_SYSTEMS = (
    ("harmony", r"HarmonyOS|OpenHarmony"),
    ("android", r"Android"),
    ("ios", r"iPhone|iPad|iPod"),
    ("windows", r"Windows"),
    ("mac", r"Macintosh|Mac OS X"),
    ("linux", r"Linux|X11"),
)


def family(agent: str) -> str:
    """Return the families of browser and system, like `wechat android`: what many devices share, never a version."""
    return f"{_first(_BROWSERS, agent)} {_first(_SYSTEMS, agent)}"


def _first(families: tuple[tuple[str, str], ...], agent: str) -> str:
    return next((name for name, pattern in families if re.search(pattern, agent)), "other")
