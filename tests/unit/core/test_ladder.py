"""Whom a message reaches and how: the order of routes, and who does not count."""

from dataclasses import replace
from datetime import timedelta

from bot.ladder import routes, team_place
from channels.routes import ROUTES
from conversations.effects import ALERT, PROMPTLY, REPLY, Manner, Priority
from conversations.identity import Address, Binding, Person, Place
from tests.support.toys import NOW, POLICY, person, uid

CAPS = {
    "telegram.main": ROUTES["telegram"],
    "telegram.other": ROUTES["telegram"],
    "slack.main": ROUTES["slack"],
    "email.main": ROUTES["email"],
    "sms.main": ROUTES["sms"],
}


def bound(*accounts: str, **values: bool) -> Person:
    """Return somebody who came by these accounts, by the last one most recently."""
    made = person(accounts=accounts)
    later = [replace(b, bound_at=NOW + timedelta(minutes=n)) for n, b in enumerate(made.bindings)]
    return replace(made, bindings=tuple(later))


def reached(whose: Person, manner: Manner, origin: str | None = None) -> list[str]:
    return [route.account for route in routes(whose, {}, manner, CAPS, origin)]


def test_the_newest_chat_goes_first_and_what_cannot_be_answered_in_place_comes_last() -> None:
    whose = bound("sms.main", "telegram.main", "slack.main", "email.main")
    (route,) = routes(whose, {}, PROMPTLY, CAPS)
    assert route.account == "slack.main"
    behind = ("telegram.main", "email.main", "sms.main")
    assert route.fallbacks == tuple(uid(f"candidate@{account}") for account in behind)


def test_the_senders_order_goes_before_the_newest_and_the_rest_waits_behind_it() -> None:
    whose = bound("telegram.main", "slack.main", "email.main")
    manner = replace(PROMPTLY, channels=("email", "telegram"))
    (route,) = routes(whose, {}, manner, CAPS)
    assert route.account == "email.main"
    assert route.fallbacks == (uid("candidate@telegram.main"), uid("candidate@slack.main"))


def test_who_has_none_of_the_named_channels_is_reached_by_another() -> None:
    whose = bound("telegram.main", "slack.main")
    assert reached(whose, replace(PROMPTLY, channels=("email",))) == ["slack.main"]


def test_everywhere_means_every_channel_that_the_sender_names() -> None:
    whose = bound("telegram.main", "slack.main", "email.main")
    everywhere = replace(PROMPTLY, delivery="all")
    assert reached(whose, replace(everywhere, channels=("telegram", "email"))) == [
        "telegram.main",
        "email.main",
    ]
    assert reached(whose, replace(everywhere, channels=("sms",))) == [
        "slack.main",
        "telegram.main",
        "email.main",
    ]


def test_a_reply_goes_where_the_words_came_from() -> None:
    whose = bound("telegram.main", "slack.main")
    assert reached(whose, REPLY, "telegram.main") == ["telegram.main"]
    assert reached(whose, REPLY) == ["slack.main"]


def test_everywhere_means_once_for_each_channel() -> None:
    whose = bound("telegram.main", "telegram.other", "slack.main")
    found = routes(whose, {}, replace(PROMPTLY, delivery="all"), CAPS)
    assert [route.account for route in found] == ["slack.main", "telegram.other"]
    assert all(not route.fallbacks for route in found)


def test_who_blocked_us_or_came_by_an_account_that_is_gone_is_not_reached() -> None:
    whose = bound("telegram.main", "slack.main", "wecom.old")
    blocked = replace(whose.bindings[1], is_reachable=False)
    whose = replace(whose, bindings=(whose.bindings[0], blocked, whose.bindings[2]))
    assert reached(whose, PROMPTLY) == ["telegram.main"]
    assert reached(replace(whose, bindings=()), PROMPTLY) == []


def test_a_route_that_never_speaks_first_only_answers() -> None:
    shy = {"telegram.main": replace(ROUTES["telegram"], proactive="never")}
    assert routes(bound("telegram.main"), {}, PROMPTLY, shy) == ()
    assert len(routes(bound("telegram.main"), {}, REPLY, shy)) == 1


def test_the_chat_is_the_bindings_own() -> None:
    whose = bound("telegram.main")
    binding = whose.bindings[0]
    assert routes(whose, {binding.id: "chat-7"}, PROMPTLY, CAPS)[0].chat == "chat-7"
    assert routes(whose, {}, PROMPTLY, CAPS)[0].chat == "user-candidate"
    assert isinstance(binding, Binding)
    assert binding.address == Address("telegram.main", "user-candidate")


def test_a_team_reads_in_the_place_the_company_named() -> None:
    place, digests = Place("slack.main", "C1"), Place("slack.main", "C2")
    policy = replace(POLICY, alerts_place=place, digest_place=digests, support_place=None)
    assert team_place("hr", policy, ALERT) == place
    assert team_place("hr", policy, Manner(priority=Priority.DIGEST)) == digests
    assert team_place("support", policy, ALERT) is None
    assert team_place("admin", policy, ALERT) is None
