"""What can go wrong with each platform, by one name for all of them: what the sandbox's page and its lessons use.

How each platform fails is its stand-in's own affair (and the contract suite's); here stands only which of that is
meant by `429`, `5xx` and so on where messages are sent.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from bot.sandbox.platforms import Platform
from locales.text import Text, ct

RETRY_AFTER = 30
"""Seconds that a platform names where it says how long to wait."""

Cause = Callable[[Any], None]

NAMES: Mapping[str, Text] = {
    "429": ct("sandbox", "Too many requests: wait 30 seconds"),
    "5xx": ct("sandbox", "A server error, twice"),
    "timeout": ct("sandbox", "No answer at all"),
    "reset": ct("sandbox", "Taken, and the connection breaks before the answer"),
    "html": ct("sandbox", "A web page in place of the answer"),
    "expired": ct("sandbox", "The token has expired"),
}
"""What goes wrong with the next message, in the order in which it is offered."""


def _calls(*methods: str, **more: str) -> Mapping[str, Cause]:
    """Return faults of a platform whose stand-in fails by method; `more` names what it calls them, or adds some."""
    kinds = {"429": "429", "5xx": "500", "timeout": "hang", "reset": "reset_after", "html": "html", **more}

    def cause(kind: str, times: int) -> Cause:
        def go(stand_in: Any) -> None:
            paused = {"retry_after": RETRY_AFTER} if kind == "429" else {}
            for method in methods:
                stand_in.fail(method, kind, times, **paused)

        return go

    return {name: cause(kind, 2 if name == "5xx" else 1) for name, kind in kinds.items() if kind}


def _text(kind: str, times: int = 1) -> Cause:
    paused = {"retry_after": RETRY_AFTER} if kind == "429" else {}
    return lambda stand_in: stand_in.fail(kind, times, **paused)


def _mail(where: str, kind: str = "answer", answer: str = "", **more: Any) -> Cause:
    return lambda stand_in: stand_in.fail(where, kind, answer, **more)


# 45009 is what Tencent says to too many requests; its answers have no Retry-After.
_TENCENT = {"429": "45009", "expired": "42001"}

FAULTS: Mapping[str, Mapping[str, Cause]] = {
    "telegram": _calls("sendMessage"),
    "slack": _calls("chat.postMessage"),
    "wecom": _calls("message/send", **_TENCENT),
    "wecom_kf": _calls("kf/send_msg", **_TENCENT),
    "wecom_contact": _calls("externalcontact/send_welcome_msg", **_TENCENT),
    "wechat": _calls("message/template/send", "message/custom/send", **_TENCENT),
    "sms": {
        "429": _text("429"),
        "5xx": _text("500", 2),
        "timeout": _text("hang"),
        "reset": _text("reset_after"),
        "html": _text("html"),
    },
    "email": {
        "429": _mail("rcpt", answer="450 4.7.1 Too many messages, try again later"),
        "5xx": _mail("rcpt", answer="451 4.3.0 Temporary failure", times=2),
        "timeout": _mail("rcpt", "hang"),
        "reset": _mail("end", "cut", accepts=True),
        "expired": _mail("auth", answer="454 4.7.0 Temporary authentication failure"),
    },
}
"""By platform and name, each a function of its stand-in."""


def faults(platform: Platform) -> Sequence[str]:
    """Return the names of what can go wrong with a platform."""
    known = FAULTS.get(platform.name, {})
    return [name for name in NAMES if name in known]


def cause(platform: Platform, name: str) -> None:
    """Have the next message go wrong in this way; raises LookupError for what there is not."""
    FAULTS[platform.name][name](platform.stand_in)


def recover(platform: Platform) -> None:
    """Have nothing go wrong any more."""
    stand_in: Any = platform.stand_in
    if forget := getattr(stand_in, "recover", None):
        forget()
