"""Who inherits what: policy < policy.roles.R < companies.C < companies.C.roles.R."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.settings import missing_elements, read
from bot.settings.holidays import holidays_of
from bot.settings.policies import plain
from conversations.identity import Place
from conversations.policy import Policy, Support
from tests.unit.test_config_bad import GOOD, changed, good

MINUTE = timedelta(minutes=1)
LAYERS = {
    "policy/grace": "11m",
    "policy/roles/Cook/grace": "12m",
    "companies/Acme/grace": "13m",
    "companies/Acme/roles/Cook/grace": "14m",
}


@pytest.mark.parametrize(
    ("layers", "found"),
    [
        # which layers say something: base, base's role, company, company's role; then grace for
        # (any, any), (any, Cook), (Acme, any), (Acme, Cook)
        ("", (10, 10, 10, 10)),
        ("b", (11, 11, 11, 11)),
        ("r", (10, 12, 10, 12)),
        ("c", (10, 10, 13, 13)),
        ("s", (10, 10, 10, 14)),
        ("br", (11, 12, 11, 12)),
        ("bc", (11, 11, 13, 13)),
        ("rc", (10, 12, 13, 13)),
        ("rs", (10, 12, 10, 14)),
        ("brc", (11, 12, 13, 13)),
        ("brcs", (11, 12, 13, 14)),
    ],
)
def test_the_nearest_layer_wins(layers, found):
    said = {
        path: value for letter, (path, value) in zip("brcs", LAYERS.items(), strict=True) if letter in layers
    }
    policies = good({"companies/Acme": {}, **said}).policies
    asked = (("", ""), ("", "Cook"), ("Acme", ""), ("Acme", "Cook"))
    assert tuple(policies.for_(*each).grace // MINUTE for each in asked) == found


def test_each_layer_says_only_what_differs():
    policies = good(
        {
            "policy/blocks/dress": "Come as you are",
            "policy/roles/Cook/blocks/soup": "Bring a spoon",
            "companies/Acme/support/phone": "110110",
            "companies/Acme/rungs": ["2h"],
            "companies/Acme/roles/Cook/blocks/dress": "",
            "companies/Acme/roles/Cook/devices": "A kitchen",
        }
    ).policies
    cook = policies.for_("Acme", "Cook")
    assert cook.blocks == {"soup": {"en": "Bring a spoon"}}
    assert cook.devices == {"en": "A kitchen"}
    assert [rung.name for rung in cook.rungs] == ["2h"]
    assert (cook.support.phone, cook.support.name) == ("110110", {"en": "Support"})
    assert policies.for_("Acme", "Waiter").blocks == {"dress": {"en": "Come as you are"}}
    assert policies.default.support.phone == "400-820-8820"
    assert [rung.name for rung in policies.default.rungs] == ["24h", "1h", "30m"]


def test_support_without_a_zone_has_the_nearest_company_zone():
    policies = good({"companies/Acme/zone": "Europe/Berlin"}).policies
    assert policies.default.support.zone == "Asia/Shanghai"
    assert policies.for_("Acme", "").support.zone == "Europe/Berlin"


# Finding


@pytest.mark.parametrize(
    "company", ["Acme Ltd", "acme ltd", "ＡＣＭＥ　ＬＴＤ", " AcmeLtd ", "艾克米", "艾 克米", "acme\u200bltd"]
)
@pytest.mark.parametrize(
    "role", ["Store Manager", "store manager", "ＳＴＯＲＥＭＡＮＡＧＥＲ", "store\tmanager"]
)
def test_case_width_and_blanks_do_not_matter(company, role):
    policies = good(
        {
            "companies/Acme Ltd/name": {"en": "Acme", "zh_Hans": "艾克米"},
            "companies/Acme Ltd/roles/Store Manager/grace": "20m",
        }
    ).policies
    policy = policies.for_(company, role)
    assert policy.company == "Acme Ltd"
    assert policy.display_name["en"] == "Acme"
    assert policy.grace == 20 * MINUTE


def test_a_company_nobody_configured_has_the_base_policy_under_its_own_name():
    policies = good({"policy/roles/Cook/grace": "12m", "policy/languages": ["en"]}).policies
    policy = policies.for_(" Initech ", "cook")
    assert (policy.company, policy.display_name, policy.grace) == ("Initech", {"en": "Initech"}, 12 * MINUTE)
    assert policies.for_("Initech", "").grace == 10 * MINUTE


@pytest.mark.parametrize("company", ["", "  ", "Nebula", "NEBULA"])
def test_the_base_company_keeps_its_own_spelling(company):
    policies = good().policies
    assert policies.for_(company, "") is policies.default
    assert policies.default.company == "Nebula"


def test_a_company_is_called_by_its_key_unless_it_says_otherwise():
    policies = good({"companies/Acme/grace": "5m", "companies/Star/name": "Star Ltd"}).policies
    assert policies.for_("Acme", "").display_name == {"en": "Acme"}
    assert policies.for_("Star", "").display_name == {"en": "Star Ltd"}
    assert policies.for_("star ltd", "").company == "Star"
    assert policies.companies == ("Acme", "Star")


def test_all_policies_can_be_listed():
    policies = good(
        {"companies/Acme/roles/Cook": {}, "policy/roles/cook": {}, "policy/roles/Waiter": {}}
    ).policies
    assert [(company, role) for company, role, _ in policies] == [
        ("", ""), ("", "cook"), ("", "Waiter"), ("Acme", ""), ("Acme", "Cook"), ("Acme", "Waiter"),
    ]  # fmt: skip


def test_plain():
    assert plain(" 前端 工程师") == plain("前端工程师") != plain("后端工程师")


# Reading


def test_the_defaults_are_those_of_the_type():
    told = GOOD["policy"]
    default = good({"policy/join_signal": "manual"}).policies.default
    bare = Policy(
        company=told["name"],
        display_name={"en": told["name"]},
        zone="Asia/Shanghai",
        languages=("en",),
        rungs=default.rungs,
        support=Support({"en": "Support"}, "400-820-8820", default.support.opens, default.support.closes,
                        "Asia/Shanghai", frozenset(range(5))),
        devices={"en": "A phone"},
        # By themselves they are the zone's.
        holidays=holidays_of("zone", "Asia/Shanghai", (), ()),
    )  # fmt: skip
    assert default == bare


def ladder(rungs: object, **policy: object) -> list[tuple[str, str, bool]]:
    changes = {"policy/rungs": rungs, **{f"policy/{name}": value for name, value in policy.items()}}
    return [(rung.name, rung.delivery, rung.when_confirmed) for rung in good(changes).policies.default.rungs]


def test_the_ladder_is_sorted_and_its_open_questions_are_answered():
    assert ladder(["30m", "24h", "60m"]) == [
        ("24h", "all", True), ("1h", "fallback", False), ("30m", "fallback", True),
    ]  # fmt: skip
    assert ladder(["1h"]) == [("1h", "all", True)]
    assert ladder(["2d", "90m"]) == [("48h", "all", True), ("1h30m", "fallback", True)]
    assert ladder(["24h", "1h"], delivery="all") == [("24h", "all", True), ("1h", "all", True)]
    written = [
        {"name": "soon", "before": "1h", "delivery": "all", "when_confirmed": False},
        {"before": "24h", "delivery": "fallback"},
        {"before": "2h", "when_confirmed": True},
    ]
    assert ladder(written) == [("24h", "fallback", True), ("2h", "fallback", True), ("soon", "all", False)]


def test_words_without_a_language():
    """A name is the same in every language; a sentence is in one."""
    text = changed(
        {
            "policy/languages": ["zh", "en"],
            "policy/devices": {"zh-CN": "手机", "en-US": "A phone"},
            "policy/name": "星云",
        }
    )
    policy = read(text, {}, Path("/nowhere")).policies.default
    assert policy.languages == ("zh_Hans", "en")
    assert policy.display_name == {"zh_Hans": "星云", "en": "星云"}
    assert policy.support.name == {"zh_Hans": "Support", "en": "Support"}
    assert policy.devices == {"zh_Hans": "手机", "en": "A phone"}


def test_places():
    policies = good(
        {
            "teams/hr": "telegram.main:-100",
            "teams/support": "telegram.main:-200#7",
            "companies/Acme/digest_place": {
                "at": "telegram.main:-300",
                "locale": "zh-CN",
                "zone": "Asia/Tokyo",
            },
            "companies/Acme/support_place": "",
        }
    ).policies
    default, acme = policies.default, policies.for_("Acme", "")
    hr, support = Place("telegram.main", "-100"), Place("telegram.main", "-200", "7")
    assert (default.digest_place, default.alerts_place, default.support_place) == (hr, hr, support)
    assert acme.digest_place == Place("telegram.main", "-300", None, "zh_Hans", "Asia/Tokyo")
    assert (acme.alerts_place, acme.support_place) == (hr, support)


def test_the_only_interview_platform_need_not_be_named():
    assert good({"policy/join_signal": "platform"}).policies.default.signal_account == "main"
    assert good().policies.default.signal_account == ""


# The four elements


def test_a_checked_policy_lacks_nothing():
    for _, _, policy in good({"companies/Acme/roles/Cook": {}}).policies:
        assert missing_elements(policy, {"telegram", "sms"}) == []


def lacking(**changes: Any) -> list[tuple[str, str, str]]:
    policy = replace(good().policies.default, **changes)
    return [(each.element, each.field, each.language) for each in missing_elements(policy)]


def test_what_is_missing_is_named_for_each_language():
    support = good().policies.default.support
    nobody = Support({"en": " "}, " ", support.opens, support.closes, "UTC")
    assert lacking(zone="Nowhere") == [("time", "zone", "")]
    assert lacking(devices={}) == [("devices", "devices", "en")]
    assert lacking(languages=("en", "zh_Hans")) == [
        ("devices", "devices", "zh_Hans"), ("support", "support.name", "zh_Hans"),
    ]  # fmt: skip
    assert lacking(support=nobody) == [("support", "support.phone", ""), ("support", "support.name", "en")]


@pytest.mark.parametrize("words", ["", " ", "\u3000", "\u200b", "…", "-", "TODO", "tbd.", "待定"])
def test_words_that_say_nothing_are_missing(words):
    assert lacking(devices={"en": words}) == [("devices", "devices", "en")]


def test_an_address_is_enough_to_reach_support():
    policy = good({"policy/support/phone": "", "policy/support/email": "help@example.com"}).policies.default
    assert missing_elements(policy) == []


def test_a_channel_that_carries_little_needs_the_page():
    missing = missing_elements(good().policies.default, {"telegram", "sms"}, page=False)
    assert {(each.element, each.channel) for each in missing} == {
        ("link", "sms"), ("devices", "sms"), ("support", "sms"),
    }  # fmt: skip
    assert all(each.reason and each.remedy for each in missing)


def test_who_shortens_only_the_grace_gets_an_earlier_question():
    policy = good({"policy/grace": "6s"}).policies.default
    assert (policy.grace.total_seconds(), policy.rescue_after.total_seconds()) == (6, 2)
