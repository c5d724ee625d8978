"""What only WeChat has: codes that bring a token, windows, menus, pages that learn who opened them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from channels.base import Inviting, NotDelivered, Recognising
from conversations.events import Followed, Pressed, Said, Sent, Unreachable, Wanted
from tests.contract.rigs.base import read_blob
from tests.contract.rigs.wechat import WeChatByTemplate, WeChatInWindow
from tests.support.samples import MESSAGES, choices

PAGE = "http://turnout.example.com/my/3f9d"


@pytest.fixture
async def rig() -> AsyncIterator[WeChatByTemplate]:
    made = WeChatByTemplate()
    await made.start()
    yield made
    await made.stop()


@pytest.fixture
async def window() -> AsyncIterator[WeChatInWindow]:
    made = WeChatInWindow()
    await made.start()
    yield made
    await made.stop()


# -- coming in --------------------------------------------------------------------------------------------


async def test_a_code_brings_its_token(rig: WeChatByTemplate) -> None:
    assert isinstance(rig.channel, Inviting)
    address = await rig.invited("a-token_1")
    assert address == await rig.invited("a-token_1")
    scanned = await rig.happened(await rig.person.scans(address))
    assert (scanned.body, scanned.opens) == (Followed("a-token_1"), "scan")
    other = rig.platform.person("韩梅梅")
    followed = await rig.happened(await other.scans(address))
    assert (followed.body, followed.opens, followed.user) == (Followed("a-token_1"), "follow", other.openid)
    plain = rig.platform.person("张三")
    assert (await rig.happened(await plain.follows())).body == Followed()


async def test_what_opens_a_window(rig: WeChatByTemplate) -> None:
    assert (await rig.says("收到")).opens == "message"
    await rig.channel.register({})
    clicked = await rig.happened(await rig.person.clicks_menu("设备检测"))
    assert (clicked.body, clicked.opens) == (Wanted("check"), "menu")


async def test_every_entry_of_the_menu_is_understood(rig: WeChatByTemplate) -> None:
    await rig.channel.register({})
    for entry in rig.person.menu:
        assert isinstance((await rig.happened(await rig.person.clicks_menu(entry["name"]))).body, Wanted)
    assert rig.refusals() == []


@pytest.mark.parametrize(
    ("kind", "means"),
    [("voice", "voice"), ("image", "picture"), ("video", "video"), ("location", "location")],
)
async def test_what_is_no_words_is_told_too(rig: WeChatByTemplate, kind: Any, means: str) -> None:
    event = await rig.happened(await rig.person.sends(kind))
    assert isinstance(event.body, Sent)
    assert (event.body.kind, event.opens) == (means, "message")


async def test_who_leaves_is_out_of_reach(rig: WeChatByTemplate) -> None:
    assert isinstance((await rig.happened(await rig.person.unfollows())).body, Unreachable)


async def test_events_of_one_second_are_several(rig: WeChatByTemplate) -> None:
    await rig.channel.register({})
    names = [entry["name"] for entry in rig.person.menu]
    ids = [(await rig.happened(await rig.person.clicks_menu(name))).id for name in names]
    assert len(set(ids)) == len(names)


async def test_the_key_before_still_opens(rig: WeChatByTemplate) -> None:
    old = rig.platform.aes_key
    new = rig.platform.rotate_key()
    rig.reconnect(aes_key=new, previous_aes_key=old)
    assert (await rig.says("收到")).body == Said("收到")


# -- items ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("is_numbered", [True, False])
async def test_an_item_is_known_by_its_number_or_its_words(window: WeChatInWindow, is_numbered: bool) -> None:
    window.platform.account.numbers_items = is_numbered
    receipt = await window.sends(choices(3))
    event = await window.chooses(2)
    assert (event.body, event.about, event.opens) == (
        Pressed("v1.2.".ljust(64, "x")),
        receipt.id,
        "menu",
    )


async def test_items_of_an_older_message_are_known_too(window: WeChatInWindow) -> None:
    first = await window.sends(choices(2))
    old = window.person.last
    await window.sends(choices(3))
    event = await window.happened(await window.person.presses(next(iter(old.presses)), on=old))
    assert event.about == first.id


async def test_a_number_typed_is_words(window: WeChatInWindow) -> None:
    await window.sends(choices(2))
    for number in ("1", "１", "一"):
        event = await window.says(number)
        assert (event.body, event.opens) == (Said(number), "message")


# -- going out --------------------------------------------------------------------------------------------


async def test_a_template_in_doubt_is_not_shown_twice(rig: WeChatByTemplate) -> None:
    for trouble in (each for each in rig.troubles if each.why == "in_doubt"):
        before = len(rig.seen())
        payload = rig.rendered(MESSAGES["bare"], request_id=f"in-doubt-{trouble.name}")
        rig.cause(trouble)
        with pytest.raises(NotDelivered):
            await rig.channel.deliver(payload, read_blob)
        await rig.channel.deliver(replace(payload, in_doubt=True), read_blob)
        assert len(rig.seen()) == before + 1


async def test_a_template_is_told_again_after_ten_minutes(rig: WeChatByTemplate) -> None:
    await rig.sends(MESSAGES["bare"], request_id="row-x")
    rig.clock.advance(timedelta(minutes=10))
    await rig.sends(MESSAGES["bare"], request_id="row-x")
    assert len(rig.seen()) == 2


async def test_a_dead_token_is_renewed_once(rig: WeChatByTemplate) -> None:
    for kind in ("40001", "40014", "42001"):
        rig.platform.fail(rig.endpoint, kind)
        asked = len([call for call in rig.platform.calls if call.method == "stable_token"])
        await rig.sends(MESSAGES["bare"])
        assert len([call for call in rig.platform.calls if call.method == "stable_token"]) == asked + 1


async def test_what_the_check_says(rig: WeChatByTemplate) -> None:
    rig.reconnect(public_url="https://turnout.example.com")
    assert await rig.channel.check() == ()
    rig.platform.account.templates.clear()
    assert len(await rig.channel.check()) == 2
    rig.platform.is_listed = False
    (told,) = await rig.channel.check()
    assert "203.0.113.7" in told


# -- pages ------------------------------------------------------------------------------------------------


def came_back(rig: WeChatByTemplate, address: str) -> dict[str, str]:
    """Return with what somebody comes to a page when their app has shown them in."""
    assert isinstance(rig.channel, Recognising)
    sent_on = rig.person.passes(rig.channel.recognise(address))
    assert sent_on.startswith(address)
    return dict(parse_qsl(urlsplit(sent_on).query))


async def test_a_page_learns_who_opened_it(rig: WeChatByTemplate) -> None:
    assert isinstance(rig.channel, Recognising)
    query = came_back(rig, PAGE)
    assert await rig.channel.visitor(PAGE, query) == rig.person.openid
    # A code is good once: who reloads the page is nobody by it.
    assert await rig.channel.visitor(PAGE, query) is None


async def test_nobody_comes_in_by_somebody_elses_way(rig: WeChatByTemplate) -> None:
    assert isinstance(rig.channel, Recognising)
    asked = len(rig.platform.calls)
    for query in ({}, {"code": "x"}, {"code": "x", "state": ""}, {"code": "x", "state": "é"}):
        assert await rig.channel.visitor(PAGE, query) is None
    assert await rig.channel.visitor(f"{PAGE}0", came_back(rig, PAGE)) is None
    assert len(rig.platform.calls) == asked
    late = came_back(rig, PAGE)
    rig.clock.advance(timedelta(minutes=6))
    assert await rig.channel.visitor(PAGE, late) is None
