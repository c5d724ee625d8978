"""[policy.precheck]: thresholds for each role, a TURN server whose secret nobody reads, and whether it is offered."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bot.settings import BadConfig, describe, read
from bot.web.precheck.checking import relay_of
from conversations.policy import DeviceCheck
from tests.unit.web.test_precheck import NOW

BASE = """
[server]
public_url = "https://turnout.example.com"
[policy]
name = "Nebula"
languages = ["en"]
devices = "A computer"
[policy.support]
phone = "400-820-8820"
name = "Support"
"""


def loaded(extra: str = "", base: str = BASE) -> Any:
    return read(base + extra, {}, Path("/nowhere"), None, ())


def test_defaults_are_those_of_a_video_interview() -> None:
    assert loaded().policies.default.precheck == DeviceCheck()


def test_a_role_says_only_what_differs() -> None:
    own = '[policy.precheck]\nup_kbps = 2000\n[policy.roles."Phone".precheck]\ncamera = false\nspeaker = false\n'
    policies = loaded(own).policies
    assert policies.default.precheck == DeviceCheck(up_kbps=2000)
    assert policies.for_("", "Phone").precheck == DeviceCheck(up_kbps=2000, camera=False, speaker=False)


def test_without_our_pages_it_is_not_offered() -> None:
    assert not loaded(base=BASE.replace("https://turnout.example.com", "")).policies.default.precheck.offered


def test_the_relays_secret_is_shown_to_nobody() -> None:
    settings = loaded(
        '[policy.precheck]\nturn_url = "turn:turn.example.com:3478"\nturn_secret = "hush-hush-1"\n'
    )
    assert "hush-hush-1" not in json.dumps(describe(settings), default=str)
    assert "hush-hush-1" in settings.secrets


@pytest.mark.parametrize(
    "wrong",
    [
        'turn_url = "https://turn.example.com"',
        "up_kbps = -1",
        'camera = "yes"',
        "battery_percent = 101",
        "speed = 3",
    ],
)
def test_what_cannot_be_is_refused(wrong: str) -> None:
    with pytest.raises(BadConfig):
        loaded(f"[policy.precheck]\n{wrong}\n")


def test_relay_credentials_last_an_hour_or_are_the_companys_own() -> None:
    assert relay_of(DeviceCheck(), NOW) is None
    fixed = relay_of(DeviceCheck(turn_url="turn:t", turn_user="u", turn_secret="p"), NOW)
    assert fixed == {"url": "turn:t", "user": "u", "secret": "p"}
    made = relay_of(DeviceCheck(turn_url="turn:t", turn_secret="north"), NOW)
    assert made is not None
    assert made["user"] == f"{int(NOW.timestamp()) + 3600}:check"
    assert made["secret"] != "north"
