"""The words of the page as it comes from the server: enough to be useful without any script."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from conversations.policy import DeviceCheck
from locales.text import Text, ct, t


def rows(wanted: DeviceCheck) -> Iterator[tuple[str, Text, Text]]:
    """Yield what is checked for a role: its id, its name, and what happens."""
    yield "browser", t("Browser"), t("Whether it can show and send video.")
    if wanted.camera:
        yield "camera", t("Camera"), t("Whether there is a picture, and light enough. Nobody else sees it.")
    if wanted.microphone:
        yield "microphone", t("Microphone"), t("Say a few words. Nothing is recorded.")
    if wanted.speaker:
        yield "speaker", t("Sound"), t("Three notes are played.")
    yield "network", t("Connection"), t("How fast and steady it is. It uses at most 6 MB.")
    yield "direct", t("Calls"), t("Whether anything on the way holds up calls.")
    yield "clock", t("Clock and time zone"), t("Whether you would be there at the right moment.")
    yield "power", t("Battery"), t("Whether it will last.")
    if wanted.screen_width:
        yield "screen", t("Screen"), t("Whether it is large enough.")


def texts() -> Mapping[str, Text]:
    return {
        "title": t("Check your device"),
        "skip": t("Skip to the content"),
        "other_languages": t("Other languages"),
        "what": t("In less than a minute you know whether your interview will work on this device."),
        "private": t("Picture and sound stay on your device. We learn only what works and what does not."),
        "no_judge": t("It only helps you: the result says nothing about you, and nobody judges you by it."),
        "needs": t("What you need"),
        "last_check": t("Your last check"),
        "start": ct("button", "Start the check"),
        "no_script": t(
            "The check needs JavaScript, which is off here. Open the address below in Chrome, Edge or Safari; "
            "or simply make sure that you have what you need."
        ),
        "stuck": t("The check could not start in this browser"),
        "other_browser": t(
            "Open the link in Chrome, Edge or Safari. If you are in a chat app, tap ⋯ or the menu at the top right "
            "and choose “Open in browser”."
        ),
        "no_cookies": t("This browser keeps no cookies, so we do not know which interview it is"),
        "checks": t("What is checked"),
        "not_yet": ct("device check", "Not checked yet"),
        "result": t("Result"),
        "your_interview": t("Your interview"),
        "enter_label": ct("button", "Enter the interview"),
        "how_to_join": t("How to join"),
        "calendar_label": ct("button", "Add to your calendar"),
        "mine_label": t("Everything about your interview"),
        "elsewhere": t("On another device"),
        "scan": t("Scan this with the camera of your phone:"),
        "qr_alt": t("QR code with the address of this check"),
        "copy_label": t("Copy this address into another browser"),
        "copy": ct("button", "Copy the address"),
        "help": t("Help"),
        "help_note": t("Our support sees what was found, and calls or writes to you."),
        "help_label": ct("button", "Ask for help"),
        "move_label": ct("button", "Move my interview"),
        "only_you": t("This page is only for you. Please do not forward its address."),
    }
