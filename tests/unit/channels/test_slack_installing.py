"""Several workspaces: each installs the app by OAuth, once for each permission, and leaves when it likes."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from bot.clock import VirtualClock
from bot.sandbox.slack import SlackApp, SlackPerson, SlackStandIn, Workspace
from channels import load
from channels.base import Channel, Forgetful, Inbound, Malformed, NotDelivered, Parsed
from channels.slack.installing import MOST_STATES
from channels.slack.manifest import manifest
from tests.support.samples import MESSAGES, NOW, envelope

URL = "https://t.example.com"
EMAIL = "lilei@example.com"


@pytest.fixture
async def platform() -> AsyncIterator[SlackStandIn]:
    app = SlackApp.from_manifest(manifest("main", URL))
    async with SlackStandIn(VirtualClock(NOW), app, is_limited=False, is_installed=False) as made:
        yield made


@pytest.fixture
def vault() -> Forgetful:
    return Forgetful()


@pytest.fixture
async def channel(platform: SlackStandIn, vault: Forgetful) -> AsyncIterator[Channel]:
    made = connect(platform, vault)
    yield made
    await made.close()


def connect(platform: SlackStandIn, vault: Forgetful, **more: Any) -> Channel:
    config = {
        "client_id": platform.app.client_id,
        "client_secret": platform.app.client_secret,
        "signing_secret": platform.app.signing_secret,
        "public_url": URL,
        "api_base": f"{platform.api_base}/api",
        "authorize_url": f"{platform.api_base}/oauth/v2/authorize",
        "deadline_seconds": 2,
    }
    return load("slack")("slack.main", {**config, **more}, platform.clock.now, vault)


async def visits(channel: Channel, url: str, cookie: str = "", language: str = "zh-CN,en;q=0.5") -> Parsed:
    address, _, query = url.removeprefix(URL).partition("?")
    parts = [pair.partition("=") for pair in query.split("&") if pair]
    headers = {"accept-language": language, **({"cookie": cookie} if cookie else {})}
    params = {name: value for name, _, value in parts}
    return await channel.parse(Inbound("GET", address, params, headers, b"", NOW))


async def begins(channel: Channel) -> tuple[str, str]:
    """Return where an administrator is led to, and the cookie that goes with it."""
    begun = await visits(channel, "/hooks/slack/main/install")
    assert begun.status == 302
    return begun.headers["location"], begun.headers["set-cookie"].partition(";")[0]


async def installs(platform: SlackStandIn, channel: Channel, person: SlackPerson) -> Parsed:
    location, cookie = await begins(channel)
    return await visits(channel, platform.approve(location, person), cookie)


async def test_a_workspace_installs_the_app_and_is_served(
    platform: SlackStandIn, channel: Channel, vault: Forgetful
) -> None:
    (problem,) = await channel.check()
    assert f"Open {URL}/hooks/slack/main/install" in problem
    done = await installs(platform, channel, platform.person("admin"))
    assert (done.status, done.media_type) == (200, "text/html; charset=utf-8")
    assert "Turnout 已安装到 示例科技" in done.reply.decode()
    assert await channel.check() == ()
    await channel.open()
    assert await vault.names() == (f"workspace:{platform.team.id}",)
    # Whoever starts anew knows the workspace too.
    other = connect(platform, vault)
    assert await other.check() == ()
    await other.close()


async def test_people_of_each_workspace_are_found_and_written_to(
    platform: SlackStandIn, channel: Channel
) -> None:
    second: Workspace = platform.workspace("Zweite <GmbH>", "zweite")
    one, two = (
        platform.person("one", email=EMAIL),
        platform.person("two", workspace=second, email="two@x.example"),
    )
    await installs(platform, channel, one)
    done = await installs(platform, channel, two)
    assert "Zweite &lt;GmbH&gt;" in done.reply.decode()
    for person in (one, two):
        team = person.workspace.id
        by_address = await channel.find(person.email, None, None)
        by_id = await channel.find(None, None, f"{team}:{person.id}")
        assert by_address == by_id
        assert by_id is not None
        assert (by_id.user, by_id.chat) == (f"{team}:{person.id}", f"{team}:{person.place.id}")
        await delivers(channel, by_id.chat)
        assert person.last.text == "好的，到时候见！"
    assert await channel.find(None, None, f"{second.id}:{one.id}") is None


async def delivers(channel: Channel, chat: str) -> None:
    async def read_blob(_: str) -> bytes:
        return b""

    message = MESSAGES["bare"]
    await channel.deliver(channel.render(message, envelope(message, chat, account="slack.main")), read_blob)


async def test_a_permission_is_good_once_and_for_ten_minutes(
    platform: SlackStandIn, channel: Channel
) -> None:
    admin = platform.person("admin")
    location, cookie = await begins(channel)
    back = platform.approve(location, admin)
    assert (await visits(channel, back, cookie)).status == 200
    again = await visits(channel, back, cookie)
    assert (again.status, "还没有安装成功" in again.reply.decode()) == (400, True)
    location, cookie = await begins(channel)
    back = platform.approve(location, admin)
    platform.clock.advance(timedelta(minutes=11))  # type: ignore[attr-defined]
    assert (await visits(channel, back, cookie)).status == 400


async def test_only_the_browser_that_left_may_come_back(platform: SlackStandIn, channel: Channel) -> None:
    location, cookie = await begins(channel)
    back = platform.approve(location, platform.person("admin"))
    for other in ("", "slack-app-oauth-state=another"):
        assert (await visits(channel, back, other)).status == 400
    assert (await visits(channel, back, cookie)).status == 200


async def test_whatever_goes_wrong_is_said_on_a_page(platform: SlackStandIn, channel: Channel) -> None:
    location, cookie = await begins(channel)
    back = platform.approve(location, platform.person("admin"))
    for fault in ("500", "html", "reset", "429"):
        platform.fail("oauth.v2.access", fault)
        failed = await visits(channel, back, cookie, language="en-GB")
        assert (failed.status, "Please begin again" in failed.reply.decode()) == (400, True)
        location, cookie = await begins(channel)
        back = platform.approve(location, platform.person("admin"))
    for query in ("", "?error=access_denied", "?code=x", "?state=x", f"?code=x&state={'s' * 5000}"):
        assert (await visits(channel, f"/hooks/slack/main/oauth{query}", cookie)).status == 400


async def test_only_listed_workspaces_may_install(platform: SlackStandIn, vault: Forgetful) -> None:
    channel = connect(platform, vault, workspaces=platform.team.id)
    stranger = platform.person("stranger", workspace=platform.workspace("Other", "other"))
    refused = await installs(platform, channel, stranger)
    assert (refused.status, "暂未获准" in refused.reply.decode()) == (400, True)
    assert await vault.names("workspace:") == ()
    assert (await installs(platform, channel, platform.person("admin"))).status == 200
    await channel.close()


async def test_tokens_that_expire_are_not_kept(
    platform: SlackStandIn, channel: Channel, vault: Forgetful
) -> None:
    platform.app.rotates_tokens = True
    refused = await installs(platform, channel, platform.person("admin"))
    assert (refused.status, "还没有安装成功" in refused.reply.decode()) == (400, True)
    assert await vault.names("workspace:") == ()


async def test_nobody_can_begin_without_end(
    platform: SlackStandIn, channel: Channel, vault: Forgetful
) -> None:
    for _ in range(MOST_STATES):
        await begins(channel)
    with pytest.raises(Malformed, match="too_many_installations"):
        await begins(channel)
    platform.clock.advance(timedelta(minutes=11))  # type: ignore[attr-defined]
    with pytest.raises(Malformed):  # what is over is swept up on the way
        await begins(channel)
    assert len(await vault.names("oauth_state:")) == 0
    await begins(channel)


async def test_a_workspace_that_left_holds_nobody_else_up(platform: SlackStandIn, channel: Channel) -> None:
    second = platform.workspace("Zweite", "zweite")
    one, two = platform.person("one"), platform.person("two", workspace=second)
    for person in (one, two):
        await installs(platform, channel, person)
    chats = [f"{person.workspace.id}:{person.place.id}" for person in (one, two)]
    platform.uninstall(second, tells=False)
    with pytest.raises(NotDelivered) as raised:
        await delivers(channel, chats[1])
    assert (raised.value.why, raised.value.scope) == ("stopped", "chat")
    await delivers(channel, chats[0])
    (problem,) = await channel.check()
    assert problem.startswith("In the workspace Zweite: account_inactive")
    with pytest.raises(NotDelivered) as raised:
        await delivers(channel, "T0NOBODY:D1")
    assert (raised.value.why, raised.value.scope) == ("gone", "chat")
