"""What is told of WeCom's two ways to people outside the company before anything starts."""

from typing import Any

import pytest

from bot.settings.problems import in_words
from tests.support.accounts import ACCOUNTS
from tests.unit.test_config_bad import GONE, changed, good, refused

PUBLIC = {"server/public_url": "https://turnout.example.com"}
PLATFORMS = ("wecom_kf", "wecom_contact")


def account(platform: str, **changes: Any) -> dict[str, object]:
    table = {**ACCOUNTS[platform], **changes}
    return {f"channels/{platform}/main": {name: value for name, value in table.items() if value is not GONE}}


@pytest.mark.parametrize("platform", PLATFORMS)
def test_they_say_that_they_reach_nobody_first(platform: str) -> None:
    (told,) = good({**account(platform), **PUBLIC}).warnings
    assert (told.key, in_words(told.reason).startswith("writes to nobody first")) == (
        f"channels.{platform}.main",
        True,
    )
    assert "e-mail" in in_words(told.remedy)


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize(
    ("url", "why"), [(GONE, "is missing"), ("http://turnout.example.com", "is not https: what is said")]
)
def test_they_need_an_address(platform: str, url: object, why: str) -> None:
    told = good({**account(platform), "server/public_url": url}).warnings
    assert any(each.key == "server.public_url" and why in in_words(each.reason) for each in told)


@pytest.mark.parametrize(
    ("platform", "field", "value", "why"),
    [
        *((platform, field, GONE, "is missing") for platform in PLATFORMS for field in ("secret", "aes_key")),
        *((platform, "secret", "short", "too short") for platform in PLATFORMS),
        *((platform, "token", "with-dash", "right form") for platform in PLATFORMS),
        ("wecom_kf", "open_kfid", "客服", "right form"),
        ("wecom_kf", "open_kfid", GONE, "is missing"),
        ("wecom_contact", "users", "王芳", "right form"),
    ],
)
def test_what_is_wrong_is_told(platform: str, field: str, value: object, why: str) -> None:
    found = refused(changed({**account(platform, **{field: value}), **PUBLIC})).problems
    assert [(each.key, why in in_words(each.reason)) for each in found] == [
        (f"channels.{platform}.main.{field}", True)
    ]
    assert all(in_words(each.remedy) for each in found)


ROBOT = {"corpid": "ww0123456789abcdef", "agentid": 1000002, "secret": "s" * 43, "token": "t" * 16,
         "aes_key": "A" * 43, "robots": {"hr": "693a91f6-7000-4bc4-97a0-0ec2sifa5aaa"}}  # fmt: skip


def test_a_robots_group_that_is_to_be_asked_something_is_named() -> None:
    of = {"channels/wecom/main": ROBOT, **PUBLIC}
    for key in ("teams/hr", "policy/alerts_place", "policy/support_place"):
        (told,) = good({**of, key: "wecom.main:webhook:hr"}).warnings
        assert told.key == key.replace("/", ".")
        assert "each member in person" in in_words(told.reason)
    for key, place in (("policy/digest_place", "wecom.main:webhook:hr"), ("teams/hr", "wecom.main:lilei")):
        assert good({**of, key: place}).warnings == ()
