"""A service account on the stand-in: what is delivered, menus, codes, who opens a page, what a check finds."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from bot.clock import VirtualClock
from bot.sandbox.wechat import WeChatPerson, WeChatStandIn
from channels.base import Forgetful, Inviting, NotDelivered, Payload, Receipt, Recognising
from channels.wechat import WeChat
from channels.wechat.menu import account_menu
from conversations.messages import Message
from tests.contract.rigs.base import read_blob
from tests.support.samples import MESSAGES, NOW, choices, envelope

PAGE = "https://turnout.example.com/my/3f9d"
FIELDS = {"thing1": "what", "phrase2": "state"}
CUSTOM, TEMPLATE = "wechat.custom", "wechat.template"


class App:
    """One service account with one follower; its window is always open."""

    def __init__(self) -> None:
        self.clock = VirtualClock(NOW)
        self.platform = WeChatStandIn(self.clock, is_limited=False)
        self.person: WeChatPerson = self.platform.person("李雷")
        self.vault = Forgetful()
        self.made: list[WeChat] = []

    async def begin(self) -> None:
        self.template = self.platform.template("面试提醒", "{{thing1.DATA}}\n状态：{{phrase2.DATA}}")
        await self.person.follows()
        self.connect()

    def connect(self, **more: Any) -> None:
        platform = self.platform
        config = {
            "appid": platform.appid,
            "secret": platform.secret,
            "token": platform.callback_token,
            "aes_key": platform.aes_key,
            "api_base": platform.api_base,
            "public_url": "https://turnout.example.com",
            "deadline_seconds": 1,
            "templates": {"all": {"id": self.template, "kinds": ["*"], "fields": FIELDS}},
            **more,
        }
        self.channel = WeChat("wechat.main", config, self.clock.now, self.vault)
        self.made.append(self.channel)

    def rendered(self, message: Message, route: str = TEMPLATE, request: str = "row1") -> Payload:
        made = envelope(message, self.person.openid, account="wechat.main", request_id=request)
        return self.channel.render(message, replace(made, route=route))

    async def sends(self, message: Message, route: str = TEMPLATE, request: str = "row1") -> Receipt:
        return await self.channel.deliver(self.rendered(message, route, request), read_blob)

    async def fails(self, message: Message, route: str = TEMPLATE, *, in_doubt: bool = False) -> NotDelivered:
        payload = replace(self.rendered(message, route), in_doubt=in_doubt)
        with pytest.raises(NotDelivered) as raised:
            await self.channel.deliver(payload, read_blob)
        return raised.value

    def called(self, method: str) -> list[Any]:
        return [call for call in self.platform.calls if call.method == method]


@pytest.fixture
async def app() -> AsyncIterator[App]:
    made = App()
    async with made.platform:
        await made.begin()
        yield made
        await asyncio.gather(*(channel.close() for channel in made.made))


# -- what is delivered ---------------------------------------------------------------------------------------


async def test_a_template_is_known_by_its_number_and_comes_once(app: App) -> None:
    receipt = await app.sends(MESSAGES["bare"])
    assert receipt.id.isdecimal()
    count = len(app.person.chat)
    await app.sends(MESSAGES["bare"])
    assert (len(app.person.chat), len(app.platform.held_back)) == (count, 1)


async def test_what_has_no_id_is_not_risked_a_third_time(app: App) -> None:
    app.platform.fail("message/custom/send", "reset_after")
    assert (await app.fails(MESSAGES["bare"], CUSTOM)).why == "in_doubt"
    app.platform.fail("message/custom/send", "reset_after")
    assert (await app.fails(MESSAGES["bare"], CUSTOM, in_doubt=True)).why == "refused"
    app.platform.fail("message/template/send", "reset_after")
    assert (await app.fails(MESSAGES["bare"], in_doubt=True)).why == "in_doubt"


async def test_parts_that_were_taken_are_told(app: App) -> None:
    first, second, *_ = app.rendered(MESSAGES["digest"], CUSTOM).calls
    nothing = replace(second, params={**second.params, "text": {"content": ""}})
    with pytest.raises(NotDelivered) as raised:
        await app.channel.deliver(Payload((first, nothing)), read_blob)
    assert (raised.value.why, raised.value.accepted) == ("refused", 1)
    assert raised.value.receipt == Receipt("row1")


async def test_what_items_stand_for_is_kept_under_nobodys_name(app: App) -> None:
    for number in range(6):
        await app.sends(choices(3), CUSTOM, f"row{number}")
    (name,) = await app.vault.names("menus.")
    assert app.person.openid not in name
    kept = await app.vault.get(name) or ""
    assert ("row5" in kept, "row2" in kept, "row1" in kept) == (True, True, False)


@pytest.mark.parametrize("code", ["40001", "40014", "42001"])
async def test_a_token_that_is_not_taken_is_fetched_anew_once(app: App, code: Any) -> None:
    await app.sends(MESSAGES["bare"])
    before = len(app.called("stable_token"))
    app.platform.fail("message/template/send", code)
    await app.sends(MESSAGES["greeting"], request="row2")
    assert len(app.called("stable_token")) == before + 1
    assert all(call.params.get("force_refresh") in (None, False) for call in app.called("stable_token"))


async def test_a_wrong_secret_stops_after_three_tries(app: App) -> None:
    app.platform.reset_secret()
    for _ in range(5):
        failure = await app.fails(MESSAGES["bare"])
        assert (failure.why, failure.scope) == ("stopped", "account")
        assert "AppSecret" in failure.detail
    assert len(app.called("stable_token")) <= 3 + 1


async def test_one_token_is_fetched_for_many_at_once(app: App) -> None:
    app.vault = Forgetful()
    app.connect()
    before = len(app.called("stable_token"))
    await asyncio.gather(*(app.sends(MESSAGES["bare"], request=f"row{n}") for n in range(10)))
    assert len(app.called("stable_token")) == before + 1


# -- the account's menu ---------------------------------------------------------------------------------------


async def test_the_menu_is_ours_unless_it_is_left(app: App) -> None:
    app.connect(menu=False)
    await app.channel.register({})
    assert not app.person.menu
    app.connect()
    await app.channel.register({})
    assert [entry["name"] for entry in app.platform.menu] == ["我的面试", "设备检测", "更多"]


def test_the_menu_keeps_to_its_sizes_and_is_all_clicks() -> None:
    button = account_menu()["button"]
    assert len(button) <= 3
    inner = [each for entry in button for each in entry.get("sub_button", ())]
    assert len(inner) <= 5
    assert all(len(entry["name"].encode()) <= 16 for entry in button)
    clicks = [*(entry for entry in button if "key" in entry), *inner]
    assert {entry["type"] for entry in clicks} == {"click"}
    assert not any("…" in entry["name"] for entry in clicks)


# -- codes ----------------------------------------------------------------------------------------------------


async def test_a_code_carries_the_token_and_is_asked_for_once(app: App) -> None:
    assert isinstance(app.channel, Inviting)
    until = app.clock.now() + timedelta(days=40)
    address = await app.channel.invite("abc-_1", until)
    assert address.startswith(("https://weixin.qq.com/q/", "http://weixin.qq.com/q/"))
    assert await app.channel.invite("abc-_1", until) == address
    assert await app.channel.invite("other", until) != address
    calls = app.called("qrcode/create")
    assert len(calls) == 2
    assert calls[0].params["action_name"] == "QR_STR_SCENE"
    assert calls[0].params["action_info"] == {"scene": {"scene_str": "abc-_1"}}
    assert calls[0].params["expire_seconds"] == 2_592_000
    app.clock.advance(timedelta(days=16))
    await app.channel.invite("abc-_1", until)
    assert len(app.called("qrcode/create")) == 3


@pytest.mark.parametrize("token", ["", "a b", "x" * 65, "é"])
async def test_what_no_code_can_carry_is_refused(app: App, token: str) -> None:
    with pytest.raises(NotDelivered, match="refused"):
        await app.channel.invite(token, app.clock.now() + timedelta(days=1))


# -- who opens a page ------------------------------------------------------------------------------------------


async def comes(app: App, page: str = PAGE) -> dict[str, str]:
    assert isinstance(app.channel, Recognising)
    return dict(parse_qsl(urlsplit(app.person.passes(app.channel.recognise(page))).query))


async def test_who_opens_a_page_is_told_once(app: App) -> None:
    query = await comes(app)
    assert await app.channel.visitor(PAGE, query) == app.person.openid
    assert await app.channel.visitor(PAGE, query) is None


async def test_an_answer_for_one_page_opens_no_other(app: App) -> None:
    query = await comes(app)
    assert await app.channel.visitor(PAGE.replace("3f9d", "3f9e"), query) is None
    assert await app.channel.visitor(PAGE, {**query, "state": "x"}) is None
    assert await app.channel.visitor(PAGE, {"state": query["state"]}) is None
    assert await app.channel.visitor(PAGE, {**query, "code": "x" * 600}) is None
    assert app.called("sns/oauth2/access_token") == []
    assert await app.channel.visitor(PAGE, {**query, "code": "wrong"}) is None


async def test_a_code_that_is_too_old_tells_nobody(app: App) -> None:
    query = await comes(app)
    app.clock.advance(timedelta(minutes=6))
    assert await app.channel.visitor(PAGE, query) is None


async def test_a_wrong_secret_is_no_stranger(app: App) -> None:
    query = await comes(app)
    app.platform.reset_secret()
    with pytest.raises(NotDelivered):
        await app.channel.visitor(PAGE, query)


# -- checking ---------------------------------------------------------------------------------------------------


async def test_an_account_that_works_has_nothing_to_tell(app: App) -> None:
    assert await app.channel.check() == ()
    await app.channel.open()


async def test_each_fault_is_told_with_its_remedy(app: App) -> None:
    app.platform.is_listed = False
    (told,) = await app.channel.check()
    assert "IP白名单" in told
    app.platform.is_listed = True
    fields = {"thing1": "what", "time9": "time"}
    templates = {
        "strange": {"id": app.template, "kinds": ["greeting"], "fields": fields},
        "gone": {"id": "no-template-of-theirs", "kinds": ["reminder"], "fields": {"thing1": "what"}},
    }
    app.connect(templates=templates, public_url="")
    told = "\n".join(await app.channel.check())
    for part in (
        "templates.strange.fields has time9",
        "templates.strange.fields lacks phrase2",
        "templates.gone.id is none",
        "no template for no_show.ask",
        "/hooks/wechat/main",
    ):
        assert part in told
    app.platform.reset_secret()
    app.vault = Forgetful()
    (told,) = await app.channel.check()
    assert "AppSecret" in told
    app.connect(api_base="http://127.0.0.1:1")
    (told,) = await app.channel.check()
    assert "cannot be reached" in told
