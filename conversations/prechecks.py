"""What a device check finds: its codes, in words; what they come to; and what the last one says to each reader."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import reduce
from typing import Literal
from uuid import UUID

from locales.text import Moment, Text, ct, t

Status = Literal["pass", "warn", "fail", "skip"]
Verdict = Literal["passed", "warned", "failed"]

CHECKS = (
    "browser",
    "camera",
    "microphone",
    "speaker",
    "network",
    "direct",
    "clock",
    "power",
    "screen",
)
"""Everything that is checked, in the order of the page."""


@dataclass(frozen=True, slots=True)
class Code:
    """One finding. Codes never change their meaning: support searches for them."""

    check: str
    status: Status
    said: Text
    """What is so, in one short sentence without a full stop."""
    remedy: Text | None = None
    """What helps on any device, in one sentence; the page knows more for the browser it runs in."""


AN_APP = ct("device check", "the chat app")
"""The app around a page whose name is not known any more."""
_CLOSE = t("Close other programs that use it, such as a meeting in Tencent Meeting, DingTalk or Zoom")
_ALLOW = t("Allow this page to use camera and microphone in the settings of your browser")
_SYSTEM = t("Allow your browser to use camera and microphone in the settings of your device")
_ANSWER = t("Press “Try again” and choose “Allow” when your browser asks")
_RESTART = t("Restart your browser, or try another device")
_NEARER = t("Speak a little louder or move closer, and turn the microphone up in the settings of your device")
_NETWORK = t(
    "Move closer to the router or change between Wi-Fi and mobile data, and close downloads and videos"
)
_BROWSER = t("Open the address in an up-to-date Chrome, Edge or Safari")

CODES: Mapping[str, Code] = {
    "WEB-OK": Code("browser", "pass", t("Your browser can do everything that is needed")),
    "WEB-APP": Code(
        "browser",
        "warn",
        t("You are inside {app}: it works here, but a real browser is safer", app=AN_APP),
        _BROWSER,
    ),
    "WEB-APP-BLOCKS": Code(
        "browser", "fail", t("{app} gives this page no camera or microphone", app=AN_APP), _BROWSER
    ),
    "WEB-OLD": Code("browser", "fail", t("This browser is too old for video calls"), _BROWSER),
    "WEB-INSECURE": Code(
        "browser",
        "fail",
        t("This page was not opened by https, so no browser gives it a camera; your device may be fine"),
        t("Tell whoever invited you: the address of this page has to begin with https"),
    ),
    "CAM-OK": Code("camera", "pass", t("There is a clear picture")),
    "CAM-NONE": Code("camera", "fail", t("No camera was found"), t("Plug a camera in, or use your phone")),
    "CAM-BLOCKED": Code("camera", "fail", t("The browser does not give the camera to this page"), _ALLOW),
    "CAM-SYSTEM": Code("camera", "fail", t("The device does not give the camera to the browser"), _SYSTEM),
    "CAM-DISMISSED": Code(
        "camera", "fail", t("The question about the camera was closed without an answer"), _ANSWER
    ),
    "CAM-NO-ANSWER": Code("camera", "fail", t("The question about the camera was not answered"), _ANSWER),
    "CAM-BUSY": Code("camera", "fail", t("Another program is using the camera"), _CLOSE),
    "CAM-UNFIT": Code("camera", "fail", t("The camera could not be started"), _RESTART),
    "CAM-NO-PICTURE": Code("camera", "fail", t("The camera is on but sends no picture"), _RESTART),
    "CAM-BLACK": Code(
        "camera",
        "fail",
        t("The picture is black"),
        t("Open the cover of the camera, and take away what lies before it"),
    ),
    "CAM-LOST": Code("camera", "fail", t("The camera was unplugged or switched off"), t("Plug it in again")),
    "CAM-DARK": Code("camera", "warn", t("The picture is very dark"), t("Switch a light on in front of you")),
    "CAM-FROZEN": Code("camera", "warn", t("The picture does not move"), _RESTART),
    "CAM-MUTED": Code("camera", "warn", t("The camera is paused by the device"), _RESTART),
    "CAM-LOW": Code(
        "camera",
        "warn",
        t("The picture is small and will look blurred"),
        t("Choose another camera if there is one, and clean the lens"),
    ),
    "CAM-SKIPPED": Code("camera", "skip", t("Not checked")),
    "MIC-OK": Code("microphone", "pass", t("You can be heard well")),
    "MIC-NONE": Code(
        "microphone", "fail", t("No microphone was found"), t("Plug a headset in, or use your phone")
    ),
    "MIC-BLOCKED": Code(
        "microphone", "fail", t("The browser does not give the microphone to this page"), _ALLOW
    ),
    "MIC-SYSTEM": Code(
        "microphone", "fail", t("The device does not give the microphone to the browser"), _SYSTEM
    ),
    "MIC-DISMISSED": Code(
        "microphone", "fail", t("The question about the microphone was closed without an answer"), _ANSWER
    ),
    "MIC-NO-ANSWER": Code(
        "microphone", "fail", t("The question about the microphone was not answered"), _ANSWER
    ),
    "MIC-BUSY": Code("microphone", "fail", t("Another program is using the microphone"), _CLOSE),
    "MIC-UNFIT": Code("microphone", "fail", t("The microphone could not be started"), _RESTART),
    "MIC-SILENT": Code(
        "microphone",
        "fail",
        t("Nothing comes from the microphone"),
        t(
            "Look for a mute switch on the headset or the keyboard, and choose another microphone if there is one"
        ),
    ),
    "MIC-LOST": Code(
        "microphone", "fail", t("The microphone was unplugged or switched off"), t("Plug it in again")
    ),
    "MIC-QUIET": Code("microphone", "warn", t("You are hard to hear"), _NEARER),
    "MIC-LOUD": Code(
        "microphone",
        "warn",
        t("The sound is too loud and distorted"),
        t("Move away a little, or turn the microphone down in the settings of your device"),
    ),
    "MIC-NOISY": Code(
        "microphone", "warn", t("There is a lot of noise around you"), t("Close the window, or use a headset")
    ),
    "MIC-SKIPPED": Code("microphone", "skip", t("Not checked: that is fine")),
    "SPK-OK": Code("speaker", "pass", t("You heard the sound")),
    "SPK-NOTHING": Code(
        "speaker",
        "warn",
        t("You did not hear the sound"),
        t("Turn the volume up, switch silent mode off, and see whether headphones are connected"),
    ),
    "SPK-NO-ANSWER": Code("speaker", "skip", t("Not answered: that is fine")),
    "SPK-SKIPPED": Code("speaker", "skip", t("Not checked: that is fine")),
    "NET-OK": Code("network", "pass", t("The connection is fast enough")),
    "NET-OFFLINE": Code("network", "fail", t("The connection broke off"), _NETWORK),
    "NET-TOO-SLOW": Code("network", "fail", t("The connection is too slow for a video call"), _NETWORK),
    "NET-SLOW": Code("network", "warn", t("The connection is a little slow"), _NETWORK),
    "NET-DELAY": Code("network", "warn", t("Sound and picture will arrive late"), _NETWORK),
    "NET-JITTER": Code("network", "warn", t("The connection is unsteady"), _NETWORK),
    "RTC-OK": Code("direct", "pass", t("Calls get through")),
    "RTC-LOSS": Code("direct", "warn", t("Some sound and picture gets lost on the way"), _NETWORK),
    "RTC-LOSSY": Code("direct", "fail", t("Much sound and picture gets lost on the way"), _NETWORK),
    "RTC-BLOCKED": Code(
        "direct",
        "warn",
        t("Something on this device may hold up calls"),
        t("Switch off VPN and extensions that block content, or change the network"),
    ),
    "RTC-NO-RELAY": Code(
        "direct",
        "warn",
        t("This network may hold up calls"),
        t("Switch off the VPN, or change between Wi-Fi and mobile data"),
    ),
    "RTC-SKIPPED": Code("direct", "skip", t("Not checked")),
    "CLK-OK": Code("clock", "pass", t("Your clock is right")),
    "CLK-ZONE": Code(
        "clock", "pass", t("Your clock is right; you are in another time zone than the interview")
    ),
    "CLK-WRONG": Code(
        "clock",
        "warn",
        t("The clock of your device is wrong"),
        t("Let your device set date and time by itself, so that you are not late"),
    ),
    "CLK-SKIPPED": Code("clock", "skip", t("Not checked")),
    "PWR-OK": Code("power", "pass", t("There is enough battery")),
    "PWR-LOW": Code("power", "warn", t("The battery is low"), t("Plug the charger in before the interview")),
    "PWR-SKIPPED": Code("power", "skip", t("This browser does not say; please have your charger at hand")),
    "SCR-OK": Code("screen", "pass", t("The screen is large enough")),
    "SCR-SMALL": Code(
        "screen", "warn", t("The screen is small for this interview"), t("Use a computer, or turn your phone")
    ),
}

LIMITS: Mapping[str, Mapping[str, tuple[int, int]]] = {
    "camera": {"width": (1, 10_000), "height": (1, 10_000), "light": (0, 255)},
    "microphone": {"level": (-200, 0), "noise": (-200, 0), "clipped": (0, 100_000)},
    "network": {"rtt": (0, 60_000), "jitter": (0, 60_000), "down": (0, 10_000_000), "up": (0, 10_000_000)},
    "direct": {"loss": (0, 100), "rtt": (0, 60_000)},
    "clock": {"ahead": (-315_360_000, 315_360_000), "zone": (-1_560, 1_560)},
    "power": {"level": (0, 100)},
}
"""The numbers that may come with a finding, all rounded: least and most. Pixels, luma, dBFS, ms, kbit/s, %, s, min."""

_WORST_FIRST = ("fail", "warn")
SHOWN = 3
"""Findings named where there is little room."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found."""

    code: str
    numbers: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Precheck:
    """One device check, as its page reported it: nothing in it tells one device from another."""

    id: UUID
    interview: UUID
    at: datetime
    findings: tuple[Finding, ...]
    took: int = 0
    """Seconds."""
    device: str = ""
    """The families of its browser and its system, like `wechat android`; empty where they are not known."""

    @property
    def codes(self) -> tuple[str, ...]:
        """What was wrong, worst first."""
        return problems(finding.code for finding in self.findings)

    @property
    def verdict(self) -> Verdict:
        return verdict(finding.code for finding in self.findings)


def problems(codes: Iterable[str]) -> tuple[str, ...]:
    """Return the codes that need somebody's attention, worst first."""
    known = [code for code in codes if code in CODES and CODES[code].status in _WORST_FIRST]
    return tuple(sorted(known, key=lambda code: _WORST_FIRST.index(CODES[code].status)))


def verdict(codes: Iterable[str]) -> Verdict:
    found = {CODES[code].status for code in problems(codes)}
    return "failed" if "fail" in found else "warned" if found else "passed"


# -- in words --------------------------------------------------------------------------------------------

VERDICTS: Mapping[Verdict, Text] = {
    "passed": ct("device check", "everything works"),
    "warned": ct("device check", "works, with a remark"),
    "failed": ct("device check", "needs fixing"),
}


def said(code: str) -> Text:
    """Return a finding in words, whatever app was around it."""
    return CODES[code].said


def named(code: str) -> Text:
    """Return a finding with its code, for whoever looks it up."""
    return t("{finding} ({code})", finding=said(code), code=code)


def result(check: Precheck) -> Text:
    """Return what a check came to, when, and what was wrong: for staff, and for the candidate's next reminder."""
    codes = check.codes
    if not codes:
        return t("{verdict}, {when}", verdict=VERDICTS[check.verdict], when=Moment(check.at))
    listed = in_a_row([named(code) for code in codes[:SHOWN]])
    return t(
        "{verdict}, {when}: {findings}",
        verdict=VERDICTS[check.verdict],
        when=Moment(check.at),
        findings=listed,
    )


def in_a_row(texts: Sequence[Text]) -> Text:
    return reduce(lambda first, more: ct("device check", "{first}; {more}", first=first, more=more), texts)
