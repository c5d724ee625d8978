"""The four things every reminder holds, itself or on the page it links to: time, link, devices, support."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from conversations.policy import Localised, Policy
from locales.text import Text, t
from locales.zones import is_zone

Element = Literal["time", "link", "devices", "support"]

SHORT_CHANNELS = frozenset({"sms", "wechat"})
"""Channels whose messages hold a few short fields and leave the rest to the page they link to."""

_STAND_INS = frozenset({"todo", "tbd", "xxx", "tba", "fixme", "待定", "待补充"})


@dataclass(frozen=True, slots=True)
class Missing:
    """An element that a reminder would lack."""

    element: Element
    field: str
    """The policy's key that would supply it: `devices`, `support.name`; `public_url` is the server's."""
    reason: Text
    remedy: Text
    language: str = ""
    """Empty for every language."""
    channel: str = ""
    """Empty for every channel."""


def missing_elements(policy: Policy, channels: Collection[str] = (), *, page: bool = True) -> list[Missing]:
    """Return what reminders under this policy would lack, in any language, on any of the channels.

    `page` tells whether there is a page of ours to link to. Time and link of the single interview are
    checked when it is imported; here only that they can be said.
    """
    missing = []
    if not is_zone(policy.zone):
        reason = t("there is no time zone to say the time in")
        missing.append(Missing("time", "zone", reason, t('write one, like zone = "Asia/Shanghai"')))
    if not policy.support.phone.strip() and not policy.support.email.strip():
        reason = t("support can be reached by neither phone nor e-mail")
        missing.append(Missing("support", "support.phone", reason, t('write phone = "…" or email = "…"')))
    for language in policy.languages:
        if is_blank(policy.devices, language):
            reason = t("the device requirements are missing in {language}", language=language)
            missing.append(Missing("devices", "devices", reason, words_remedy("devices", policy), language))
        if is_blank(policy.support.name, language):
            reason = t("the name of support is missing in {language}", language=language)
            missing.append(Missing("support", "support.name", reason, words_remedy("name", policy), language))
    if not page:
        for channel in sorted({*channels} & SHORT_CHANNELS):
            reason = t(
                "a message on {channel} leaves link, devices and support to our page, and there is none",
                channel=channel,
            )
            remedy = t('set server.public_url = "https://…"')
            left: tuple[Element, ...] = ("link", "devices", "support")
            missing += [Missing(element, "public_url", reason, remedy, channel=channel) for element in left]
    return missing


def is_blank(words: Localised, language: str) -> bool:
    """Tell whether there is nothing to read in a language, or only a stand-in such as TODO."""
    text = words.get(language, "").strip()
    return not any(c.isalnum() for c in text) or text.casefold().rstrip(".…!") in _STAND_INS


def words_remedy(key: str, policy: Policy) -> Text:
    """Return how to write somebody's own words for every language the policy offers."""
    if len(policy.languages) == 1:
        return t('write {key} = "…"', key=key)
    each = ", ".join(f'{language} = "…"' for language in policy.languages)
    return t("write {line}", line=f"{key} = {{{each}}}")
