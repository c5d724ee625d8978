"""Channels: one module for each platform, all of one shape. Adding one is a file and a line in CHANNELS."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from channels.base import Channel

# Strings, because importing a platform's SDK costs seconds: only a configured channel is loaded.
CHANNELS = {
    "console": "channels.console:Console",
    "email": "channels.email:Email",
    "slack": "channels.slack:Slack",
    "sms": "channels.sms:Sms",
    "telegram": "channels.telegram:Telegram",
    "wechat": "channels.wechat:WeChat",
    "wecom": "channels.wecom:WeCom",
    "wecom_contact": "channels.wecom_contact:Contacts",
    "wecom_kf": "channels.wecom_kf:Kf",
}


class UnknownChannel(LookupError):
    """A name that no channel has."""


def load(name: str) -> Callable[..., Channel]:
    """Return the class of a channel; make one with `(account, config, now)`. Raises UnknownChannel."""
    if name not in CHANNELS:
        raise UnknownChannel(f"there is no channel {name!r}; there are {', '.join(sorted(CHANNELS))}")
    module, _, attribute = CHANNELS[name].partition(":")
    return cast("Callable[..., Channel]", getattr(import_module(module), attribute))
