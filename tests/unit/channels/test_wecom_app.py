"""An app on the stand-in: what is delivered, changed, refused and found."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.clock import VirtualClock
from bot.sandbox.wecom import WeComPerson, WeComStandIn
from channels.base import NotDelivered, Payload, Receipt
from channels.wecom import WeCom
from conversations.effects import Answer
from conversations.events import Event, Pressed
from conversations.messages import File, Message
from locales.text import ct
from tests.contract.rigs.base import read_blob
from tests.support.samples import MESSAGES, NOW, choices, data, envelope, reader


class App:
    """One app with one member."""

    def __init__(self) -> None:
        self.clock = VirtualClock(NOW)
        self.company = WeComStandIn(self.clock)
        self.person: WeComPerson = self.company.person(
            "李雷", "LiLei", mobile="13800001111", biz_mail="lilei@example.com", email="me@example.org"
        )
        self.group = self.company.robot("HR")
        self.count = 0

    def config(self, **more: Any) -> dict[str, Any]:
        company = self.company
        return {
            "corpid": company.corp_id,
            "agentid": company.agent_id,
            "secret": company.secret,
            "token": company.callback_token,
            "aes_key": company.aes_key,
            "api_base": company.api_base,
            "robots": {"hr": self.group.key},
            "public_url": "https://turnout.example.com",
            "deadline_seconds": 1,
            **more,
        }

    def connect(self, **more: Any) -> None:
        self.channel = WeCom("wecom.main", self.config(**more), self.clock.now)

    def rendered(self, message: Message, chat: str = "lilei", **more: Any) -> Payload:
        self.count += 1
        given = {"request_id": f"row{self.count}", "account": "wecom.main", **more}
        return self.channel.render(message, envelope(message, chat, **given))

    async def sends(self, message: Message, chat: str = "lilei", **more: Any) -> Receipt:
        return await self.channel.deliver(self.rendered(message, chat, **more), read_blob)

    async def fails(self, message: Message, chat: str = "lilei", **more: Any) -> NotDelivered:
        with pytest.raises(NotDelivered) as raised:
            await self.sends(message, chat, **more)
        return raised.value


@pytest.fixture
async def app() -> AsyncIterator[App]:
    made = App()
    async with made.company:
        made.connect()
        yield made
        await made.channel.close()


async def test_a_card_can_be_changed_once(app: App) -> None:
    receipt = await app.sends(choices(3))
    assert receipt.id == "row1"
    assert receipt.editable_until == NOW + timedelta(hours=72)
    edited = await app.sends(choices(2), edits=receipt.edit_token)
    assert (edited.id, edited.edit_token) == ("row1", "")
    assert len(app.person.chat) == 1
    assert (await app.fails(choices(1), edits=receipt.edit_token)).detail == "edit_gone"


async def test_a_code_is_good_for_72_hours(app: App) -> None:
    receipt = await app.sends(choices(3))
    app.clock.advance(timedelta(hours=73))
    failure = await app.fails(choices(1), edits=receipt.edit_token)
    assert (failure.why, failure.detail) == ("refused", "edit_gone")


async def test_a_change_that_may_have_arrived_is_taken_for_done(app: App) -> None:
    receipt = await app.sends(choices(3))
    payload = app.rendered(choices(2), edits=receipt.edit_token)
    app.company.fail("message/update_template_card", "reset_after")
    with pytest.raises(NotDelivered, match="in_doubt"):
        await app.channel.deliver(payload, read_blob)
    assert await app.channel.deliver(replace(payload, in_doubt=True), read_blob) == Receipt("row1", "")


@pytest.mark.parametrize("name", ["bare", "reminder", "digest", "rebooked"])
async def test_what_may_have_arrived_is_shown_once(app: App, name: str) -> None:
    payload = app.rendered(MESSAGES[name])
    app.company.fail("message/send", "reset_after")
    with pytest.raises(NotDelivered, match="in_doubt"):
        await app.channel.deliver(payload, read_blob)
    await app.channel.deliver(replace(payload, in_doubt=True), read_blob)
    assert len(app.person.chat) == len(payload.calls)
    again = app.rendered(MESSAGES[name])
    await app.channel.deliver(again, read_blob)
    assert len(app.person.chat) == 2 * len(payload.calls)


async def test_who_cannot_be_reached_is_gone_though_the_answer_says_ok(app: App) -> None:
    failure = await app.fails(MESSAGES["bare"], "nobody")
    assert (failure.why, failure.scope) == ("gone", "chat")
    await app.person.leaves_scope()
    assert (await app.fails(MESSAGES["bare"])).why == "gone"


async def test_a_picture_is_uploaded_as_one_and_seen(app: App) -> None:
    shown = File("sha256:" + "5e" * 32, "trend.png", "image/png", data("From week to week."))
    await app.sends(Message("picture", data("No-show rate 9.8%"), (shown,)))
    last = app.person.chat[-1]
    assert (last.kind, last.document) == ("image", "trend.png")


async def test_a_dead_token_is_replaced_at_once(app: App) -> None:
    await app.sends(MESSAGES["bare"])
    app.company.forget_tokens()
    await app.sends(MESSAGES["bare"])
    assert [call.method for call in app.company.calls].count("gettoken") == 2
    assert len(app.person.chat) == 2


async def test_a_reset_secret_stops_the_app(app: App) -> None:
    await app.sends(MESSAGES["bare"])
    old = app.company.secret
    app.company.reset_secret()
    for _ in range(10):
        failure = await app.fails(MESSAGES["bare"])
        assert (failure.why, failure.scope) == ("stopped", "account")
        assert "Secret" in failure.detail
        assert old not in str(failure)
    assert [call.method for call in app.company.calls].count("gettoken") <= 4
    assert await app.channel.check() == (failure.detail,)


async def test_an_address_that_is_not_trusted_is_named(app: App) -> None:
    app.company.is_trusted = False
    (told,) = await app.channel.check()
    assert "203.0.113.7" in told
    assert "企业可信IP" in told
    with pytest.raises(NotDelivered, match="企业可信IP"):
        await app.channel.open()


async def test_what_is_well_is_not_complained_of(app: App) -> None:
    await app.channel.open()
    assert await app.channel.check() == ()
    await app.channel.close()
    app.connect(public_url="")
    (told,) = await app.channel.check()
    assert "/hooks/wecom/main" in told


async def test_an_app_that_nobody_sees_is_told_of(app: App) -> None:
    await app.person.leaves_scope()
    (told,) = await app.channel.check()
    assert "可见范围" in told


async def test_what_is_down_says_so(app: App) -> None:
    await app.channel.close()
    app.connect(api_base="http://127.0.0.1:1")
    (told,) = await app.channel.check()
    assert "cannot be reached" in told


async def test_the_menu_is_ours_unless_told_otherwise(app: App) -> None:
    await app.channel.register({})
    assert [entry["name"] for entry in app.company.menu] == ["今日面试", "未参加", "更多"]
    await app.person.clicks_menu("未参加")
    own = App()
    async with own.company:
        own.connect(menu=False)
        await own.channel.register({})
        assert not own.company.menu
        await own.channel.close()


@pytest.mark.parametrize(
    "asked",
    [
        {"hint": "lilei"},
        {"phone": "+8613800001111"},
        {"email": "lilei@example.com"},
        {"email": "me@example.org"},
        {"hint": "nobody", "phone": "+8613800001111"},
        {"hint": "李雷", "email": "LiLei@example.com"},
    ],
)
async def test_people_are_found(app: App, asked: dict[str, str]) -> None:
    found = await app.channel.find(**{"email": None, "phone": None, "hint": None, **asked})
    assert found
    assert (found.user, found.chat, found.name) == ("LiLei", "LiLei", "李雷")


async def test_who_is_not_there_is_not_found(app: App) -> None:
    assert await app.channel.find("no@example.com", "+4915100000000", "nobody") is None
    assert await app.channel.find(None, None, None) is None
    assert await app.channel.find(None, None, "<script>") is None


async def test_that_wecom_cannot_be_asked_is_an_error(app: App) -> None:
    app.company.fail("user/getuserid", "busy")
    with pytest.raises(NotDelivered, match="busy"):
        await app.channel.find(None, "+8613800001111", None)


async def test_a_robot_says_it_in_its_group(app: App) -> None:
    receipt = await app.sends(MESSAGES["digest"], "webhook:hr", is_private=False)
    assert (receipt.id, receipt.edit_token) == ("robot.hr", None)
    assert "第80位" in app.group.last.text
    app.group.has_robot = False
    failure = await app.fails(MESSAGES["digest"], "webhook:hr", is_private=False)
    assert (failure.why, failure.scope) == ("gone", "chat")
    assert app.group.key not in str(failure)
    assert (await app.fails(MESSAGES["bare"], "webhook:other", is_private=False)).why == "gone"


async def test_a_robot_that_says_too_much_waits_alone(app: App) -> None:
    app.company.fail("webhook/send", "45009")
    failure = await app.fails(MESSAGES["bare"], "webhook:hr", is_private=False)
    assert (failure.why, failure.scope, failure.retry_after) == ("busy", "chat", timedelta(minutes=1))


async def test_nothing_waits_for_an_answer(app: App) -> None:
    count = len(app.company.calls)
    event = Event("1", "wecom.main", NOW, Pressed("x"))
    await app.channel.answer(event, Answer(), reader())
    assert app.channel.respond(event, Answer(), reader()).reply == b""
    assert await app.channel.pull("7", read_blob) == "7"  # type: ignore[arg-type]
    assert (app.channel.invite_url("x"), len(app.company.calls)) == (None, count)


async def test_look_ups_that_are_used_up_rest_for_a_day(app: App) -> None:
    app.company.fail("user/getuserid", "45009")
    with pytest.raises(NotDelivered, match="45009") as raised:
        await app.channel.find(None, "+8613800001111", None)
    assert (raised.value.why, raised.value.retry_after) == ("busy", timedelta(days=1))
    count = len(app.company.calls)
    app.clock.advance(timedelta(hours=23))
    with pytest.raises(NotDelivered) as again:
        await app.channel.find("lilei@example.com", None, None)
    assert again.value.retry_after == timedelta(hours=1)
    assert len(app.company.calls) == count, "nobody is asked meanwhile"
    assert await app.channel.find(None, "+8613800001111", "LiLei"), "a userid needs no look-up"
    app.clock.advance(timedelta(hours=1))
    assert await app.channel.find(None, "+8613800001111", None)


FIGURES = ((ct("dashboard", "Interviews today"), "12"), (ct("dashboard", "No-shows"), "2"))


async def test_the_tile_shows_figures(app: App) -> None:
    assert app.channel.shows_figures
    await app.channel.show_figures("LiLei", FIGURES, reader())
    assert app.person.tile == {"今日面试": "12", "未参加": "2"}
    await app.channel.show_figures("LiLei", FIGURES[:1], reader())
    assert [call.method for call in app.company.calls].count("agent/set_workbench_template") == 1
    assert app.person.tile == {"今日面试": "12"}


async def test_a_tile_that_is_not_allowed_is_told(app: App) -> None:
    assert await app.channel.check() == ()
    app.company.fail("agent/get_workbench_template", "60020", times=1)
    (problem,) = await app.channel.check()
    assert "workbench = false" in problem
    app.company.fail("agent/set_workbench_template", "60020", times=1)
    with pytest.raises(NotDelivered):
        await app.channel.show_figures("LiLei", FIGURES, reader())
    await app.channel.close()
    app.connect(workbench=False)
    assert not app.channel.shows_figures
