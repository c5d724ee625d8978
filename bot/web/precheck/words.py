"""What the page says once it runs: one JSON file a language, made from the same catalogue as every message."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache

from starlette.requests import Request
from starlette.responses import Response

from bot.web.door import Refused
from bot.web.precheck.assets import digest, kept
from conversations.prechecks import AN_APP, CODES
from locales.catalogue import LOCALES
from locales.text import Reader, Text, ct, t
from locales.translate import render

_NEVER = datetime(2024, 1, 1, tzinfo=UTC)
"""Nothing here tells a time."""

STATUS: Mapping[str, Text] = {
    "wait": ct("device check", "Not checked yet"),
    "run": ct("device check", "Checking …"),
    "pass": ct("device check", "Works"),
    "warn": ct("device check", "Note"),
    "fail": ct("device check", "Fix this"),
    "skip": ct("device check", "Skipped"),
}

PAGE: Mapping[str, Text] = {
    "asking": t("Your browser now asks for camera and microphone. Please choose “Allow”."),
    "speak": t("Please say a few words, such as your name."),
    "level": t("How loud you are"),
    "picture": t("The picture of your camera"),
    "which_camera": t("Camera"),
    "which_microphone": t("Microphone"),
    "mute": ct("button", "I do not speak: skip this"),
    "play": ct("button", "Play the sound again"),
    "heard": ct("button", "I hear it"),
    "nothing": ct("button", "I hear nothing"),
    "deaf": ct("button", "I do not hear: skip this"),
    "heard_it": t("Three notes are playing. Do you hear them?"),
    "again": ct("button", "Try again"),
    "again_of": t("Try again: {check}", check="{check}"),
    "copied": t("The address is copied."),
    "speed": t("{down} Mbit/s down, {up} Mbit/s up, {rtt} ms", down="{down}", up="{up}", rtt="{rtt}"),
    "ahead": t("Your clock is {n} seconds ahead.", n="{n}"),
    "behind": t("Your clock is {n} seconds behind.", n="{n}"),
    "zone": t("{there} {place} = {here} where you are", there="{there}", place="{place}", here="{here}"),
    "passed": t("Everything works. You are ready."),
    "warned": t("It works. There is something to watch."),
    "failed": t("Something needs fixing before the interview."),
    "sending": t("Telling us the result …"),
    "sent": t("We know the result. You find it in our chat, too."),
    "unsent": t("The result did not reach us. That does not matter for your interview."),
    "anyway": t("You can join the interview in any case: this page only advises."),
    "running": t("The check is running"),
    "device": AN_APP,
}

STEPS: Mapping[str, Text] = {
    # In a chat app: how to get out of it.
    "out.wechat": t("Tap ⋯ at the top right and choose “Open in browser”"),
    "out.wechat.desktop": t("Copy the address below, and open it in Chrome or Edge"),
    "out.telegram": t("Tap ⋮ or ⋯ at the top right and choose to open it in your browser"),
    "out": t("Open the menu at the top right and choose “Open in browser”; or copy the address below"),
    # Blocked by the browser.
    "blocked.chrome.android": t(
        "Tap the symbol left of the address, then “Permissions”, and allow camera and microphone"
    ),
    "blocked.safari.ios": t(
        "Tap “aA” or the symbol left of the address, then “Website Settings”, and allow both"
    ),
    "blocked.chrome.ios": t("Open the iPhone’s Settings, find Chrome, and switch on camera and microphone"),
    "blocked.chrome": t("Click the symbol left of the address, and switch on camera and microphone"),
    "blocked.edge": t("Click the lock left of the address, then “Permissions for this site”, and allow both"),
    "blocked.firefox": t("Click the crossed-out camera left of the address, and remove the block"),
    "blocked.safari": t(
        "In the menu Safari choose “Settings for This Website”, and allow camera and microphone"
    ),
    "blocked.app": t("Open your phone’s settings, find {app}, and allow camera and microphone", app="{app}"),
    # Blocked by the system.
    "system.windows": t(
        "Open Windows’ Settings, “Privacy & security”, then “Camera” and “Microphone”, and allow apps"
    ),
    "system.mac": t(
        "Open System Settings, “Privacy & Security”, then “Camera” and “Microphone”, and tick the browser"
    ),
    "system.android": t("Open the phone’s Settings, “Apps”, your browser, “Permissions”, and allow both"),
    "system.ios": t("Open the iPhone’s Settings, find your browser, and switch on camera and microphone"),
}
"""What helps with this browser on this system; the module takes the most exact name there is."""

APPS: Mapping[str, Text] = {
    "wecom": t("WeCom"),
    "wechat": t("WeChat"),
    "dingtalk": t("DingTalk"),
    "feishu": t("Feishu"),
    "qq": t("QQ"),
    "telegram": t("Telegram"),
    "slack": t("Slack"),
}


@cache
def _file(locale: str, formal: bool) -> bytes:
    reader = Reader(locale, "UTC", _NEVER, formal)

    def words(texts: Mapping[str, Text]) -> dict[str, str]:
        return {name: render(text, reader) for name, text in texts.items()}

    told = {
        "status": words(STATUS),
        "page": words(PAGE),
        "steps": words(STEPS),
        "apps": words(APPS),
        "codes": {
            name: [
                code.status,
                render(_open(code.said), reader),
                render(code.remedy, reader) if code.remedy else "",
            ]
            for name, code in CODES.items()
        },
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def _open(text: Text) -> Text:
    """Leave the place open in which the page puts the name of the app around it."""
    return replace(text, params={**text.params, "app": "{app}"})


def path(reader: Reader) -> str:
    """Return where a reader's words are, below our root."""
    return f"/check/words/{digest(_file(reader.locale, reader.formal))}/{_name(reader.locale, reader.formal)}"


def answer(version: str, name: str, request: Request) -> Response:
    """Return a language's words; raises Refused for what is not of this version."""
    for locale in LOCALES:
        for formal in (True, False):
            if name == _name(locale, formal) and version == digest(_file(locale, formal)):
                return kept(_file(locale, formal), "application/json", request)
    raise Refused(404, "no_such_words", "Load the page again.")


def _name(locale: str, formal: bool) -> str:
    return f"{locale}{'' if formal else '-casual'}.json"
