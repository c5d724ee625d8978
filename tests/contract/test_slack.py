"""What Slack has and other platforms have not: channels, ephemeral messages, a home tab, sockets that end."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from bot.clock import VirtualClock
from bot.sandbox.slack import Delivery, SlackApp, SlackPerson, SlackStandIn
from channels import load
from channels.base import Channel, Forgetful, Inbound, NotDelivered, Parsed
from conversations.effects import Answer
from conversations.events import Commanded, Pressed, Said, Sent, Unreachable, Wanted
from conversations.messages import File, Message, Note, Para
from locales.text import Countdown, Text
from tests.contract.rigs.base import read_blob
from tests.contract.rigs.slack import PATH, SlackByHttp, SlackBySocket, SlackRig, printed
from tests.support import samples
from tests.support.samples import MESSAGES, choices, reader, words

BOTH = pytest.mark.parametrize("rig", [SlackByHttp, SlackBySocket], indirect=True)
BY_HTTP = pytest.mark.parametrize("rig", [SlackByHttp], indirect=True)
BY_SOCKET = pytest.mark.parametrize("rig", [SlackBySocket], indirect=True)


@BOTH
async def test_in_a_channel_it_answers_who_calls_it(rig: SlackRig) -> None:
    other = rig.platform.person("韩梅梅")
    place = rig.platform.channel("hr", [rig.person, other])
    event = await rig.happened(await rig.person.says("@Turnout /today", to=place))
    assert (event.body, event.user, event.chat) == (Commanded("today"), rig.person.id, place.id)
    assert (event.is_private, event.thread) == (False, None)
    rig.chat = place.id
    await rig.sends(choices(2), is_private=False)
    assert place.last.text.startswith("选个时间")
    assert (rig.person.notified, other.notified) == ([], [])
    label = place.last.buttons[1]
    pressed = await rig.happened(await other.presses(label, to=place))
    assert pressed.body == Pressed("v1.2.".ljust(64, "x"))
    assert (pressed.user, pressed.chat, pressed.is_private) == (other.id, place.id, False)
    thread = place.last
    answered = await rig.happened(await rig.person.says("@Turnout 好", to=place, about=thread))
    assert (answered.body, answered.thread, answered.about) == (Said("好"), thread.id, thread.id)
    await rig.sends(MESSAGES["bare"], is_private=False, thread=thread.id)
    assert place.last.thread == thread.id
    # What people say among themselves is none of its business.
    await rig.person.says("中午吃什么", to=place)
    count = len(rig.events)
    await rig.platform.settle()
    assert len(rig.events) == count
    assert rig.refusals() == []


@BOTH
async def test_what_is_between_two_stays_between_two(rig: SlackRig) -> None:
    other = rig.platform.person("韩梅梅")
    place = rig.platform.channel("hr", [rig.person, other])
    event = await rig.happened(await rig.person.types("/turnout list 今天", place))
    assert (event.body, event.user, event.is_private) == (Commanded("list", "今天"), rig.person.id, True)
    assert event.chat
    rig.chat = event.chat
    await rig.sends(choices(2))
    assert place.chat == []
    shown = place.seen_by(rig.person)[-1]
    assert place.seen_by(other) == []
    pressed = await rig.happened(await rig.person.presses(shown.buttons[0], to=place))
    assert (pressed.body, pressed.chat, pressed.is_private) == (
        Pressed("v1.1.".ljust(64, "x")), event.chat, True,
    )  # fmt: skip
    await rig.channel.answer(pressed, Answer(words("收到", "Fine")), reader())
    assert [each.text for each in place.seen_by(rig.person)][-1] == "收到"
    assert place.chat == []
    # A file cannot be for one person's eyes in a channel: it comes in private.
    await rig.sends(MESSAGES["rebooked"])
    assert [each.document for each in place.chat] == []
    assert rig.person.last.data == samples.CALENDAR


@BOTH
async def test_nobodys_words_call_anybody(rig: SlackRig) -> None:
    other = rig.platform.person("韩梅梅")
    place = rig.platform.channel("hr", [rig.person, other])
    rig.chat = place.id
    calling = f"<!channel> <!here|x> <@{other.id}> <#{place.id}> <https://evil.example|win> &lt;!channel&gt;"
    counting = Text("{left}: {said}", {"left": Countdown(samples.START), "said": calling})
    file = File(samples.BLOB, "面试.ics", "text/calendar", samples.data(calling))
    blocks = (Para(samples.data(calling)), Note(samples.data(calling)), Para(counting), file)
    await rig.sends(Message("calling", samples.data(calling), blocks), is_private=False)
    pressed = await rig.happened(await rig.person.types("/turnout list", place))
    await rig.channel.answer(pressed, Answer(samples.data(calling)), reader())
    assert len(place.seen_by(rig.person)) == 3
    for shown in place.seen_by(rig.person):
        assert calling in shown.text
        assert shown.read.calls == []
        # An address leads where it says, as everywhere on Slack.
        assert [label for label, url in shown.read.opens.items() if label != url] == []
    assert (rig.person.notified, other.notified) == ([], [])


@BOTH
@pytest.mark.parametrize("count", [10, 100, 165, 200, 300])
async def test_what_is_too_long_for_one_message_goes_on_in_the_next(rig: SlackRig, count: int) -> None:
    said = ["".join(f"第{n}段第{m}句。" for m in range(count)) for n in range(2500 // count)]
    message = Message("long", words("很长", "Long"), tuple(Para(samples.data(each)) for each in said))
    await rig.sends(replace(message, actions=choices(3).actions))
    shown = rig.seen()
    assert len(shown) > 1
    assert shown[0].choices
    whole = "".join(each.text for each in shown).replace("\n", "")
    assert [each for each in said if each not in whole] == []
    assert rig.refusals() == []


@BOTH
async def test_a_toast_in_a_channel_is_seen_by_who_pressed(rig: SlackRig) -> None:
    other = rig.platform.person("韩梅梅")
    place = rig.platform.channel("hr", [rig.person, other])
    rig.chat = place.id
    await rig.sends(choices(1), is_private=False)
    pressed = await rig.happened(await other.presses(place.last.buttons[0], to=place))
    await rig.channel.answer(pressed, Answer(words("收到", "Fine")), reader())
    assert place.seen_by(other)[-1].only_for is other
    assert place.seen_by(other)[-1].text == "收到"
    assert len(place.seen_by(rig.person)) == 1


@BOTH
async def test_the_home_tab_shows_and_hears(rig: SlackRig) -> None:
    event = await rig.happened(await rig.person.opens_home())
    assert (event.body, event.user, event.is_private) == (Wanted("home"), rig.person.id, True)
    assert event.chat
    rig.chat = event.chat
    for count in (2, 3):
        receipt = await rig.sends(choices(count))
        assert receipt.id
        assert rig.person.home
        assert (rig.person.home.text, len(rig.person.home.presses)) == ("选个时间：", count)
    assert rig.person.home
    pressed = await rig.happened(await rig.person.presses(rig.person.home.buttons[1], on=rig.person.home))
    assert (pressed.body, pressed.chat) == (Pressed("v1.2.".ljust(64, "x")), event.chat)
    for message in MESSAGES.values():
        await rig.sends(message)
    assert rig.refusals() == []


@BOTH
async def test_files_and_people_who_leave_are_events(rig: SlackRig) -> None:
    sent = await rig.happened(await rig.person.sends("报错.png", "image/png", "这里 & 那里"))
    assert isinstance(sent.body, Sent)
    assert (sent.body.kind, sent.body.caption) == ("picture", "这里 & 那里")
    left = await rig.happened(await rig.person.deactivates())
    assert (left.body, left.user) == (Unreachable("deactivated"), rig.person.id)


@BOTH
async def test_a_button_that_opens_something_is_acknowledged_and_nothing_more(rig: SlackRig) -> None:
    await rig.sends(MESSAGES["reminder"])
    count = len(rig.events)
    assert rig.person.opens("进入面试") == samples.URLS["go"]
    await rig.platform.settle()
    assert (len(rig.events), rig.person.troubles) == (count, [])


@BOTH
async def test_countdowns_count_in_the_readers_app(rig: SlackRig) -> None:
    await rig.sends(MESSAGES["reminder"])
    assert [at for _, at in rig.person.last.live] == [samples.START]
    assert rig.person.last.written


@BOTH
async def test_a_file_that_fails_on_its_way_is_shown_to_nobody(rig: SlackRig) -> None:
    for method, kind, why in (
        ("files.getUploadURLExternal", "reset_after", "busy"),
        ("files.getUploadURLExternal", "html", "busy"),
        ("upload", "500", "busy"),
        ("upload", "reset", "busy"),
        ("files.completeUploadExternal", "429", "busy"),
        ("files.completeUploadExternal", "reset_after", "in_doubt"),
    ):
        before = [seen for seen in rig.seen() if seen.file]
        rig.platform.fail(method, kind)  # type: ignore[arg-type]
        with pytest.raises(NotDelivered) as raised:
            await rig.sends(MESSAGES["rebooked"])
        assert (raised.value.why, raised.value.accepted) == (why, 1)
        after = [seen for seen in rig.seen() if seen.file]
        assert len(after) - len(before) == (why == "in_doubt")


@BOTH
async def test_an_edit_of_what_is_gone_is_refused_for_good(rig: SlackRig) -> None:
    receipt = await rig.sends(choices(1))
    rig.person.last.is_deleted = True
    with pytest.raises(NotDelivered) as raised:
        await rig.sends(choices(2), edits=receipt.edit_token)
    assert (raised.value.why, raised.value.detail) == ("refused", "edit_gone")


@BOTH
async def test_people_are_found_by_address_or_id(rig: SlackRig) -> None:
    platform = rig.platform
    assert await rig.channel.find("nobody@example.com", None, None) is None
    guest = platform.person("访客", email="guest@other.example", guest="single")
    found = await rig.channel.find(None, None, guest.id)
    assert found
    assert found.user == guest.id
    hidden = platform.person("看不见", email="hidden@example.com", is_visible=False)
    assert await rig.channel.find(hidden.email, None, hidden.id) is None
    outside = platform.person("外人", workspace=platform.workspace("别家", "other"))
    assert await rig.channel.find(None, None, outside.id) is None
    shared = platform.channel("shared", [outside])
    found = await rig.channel.find(None, None, outside.id)
    assert found
    assert found.user == outside.id
    assert shared.is_external
    await rig.person.deactivates()
    assert await rig.channel.find(rig.person.email, None, rig.person.id) is None
    platform.fail("users.lookupByEmail", "500")
    with pytest.raises(NotDelivered):
        await rig.channel.find("nobody@example.com", None, None)


@BOTH
async def test_the_account_says_what_is_wrong(rig: SlackRig) -> None:
    assert await rig.channel.check() == ()
    rig.platform.install(scopes=frozenset({"chat:write"}))
    rig.replaced.append(rig.channel)
    rig.channel = rig.connected(token=rig.platform.token)
    wrong = await rig.channel.check()
    assert any("im:write" in each for each in wrong)
    rig.platform.uninstall(tells=False)
    assert len(await rig.channel.check()) >= 1


@BY_HTTP
async def test_what_was_not_taken_comes_again(rig: SlackByHttp) -> None:
    taken, rig.take = rig.take, None  # type: ignore[method-assign, assignment]
    id = await rig.person.says("收到")
    await rig.platform.settle()
    assert (rig.events, rig.platform.pending) == ([], True)
    rig.take = taken  # type: ignore[method-assign]
    rig.clock.advance(timedelta(minutes=1))
    await rig.platform.settle()
    assert [(event.id, event.body) for event in rig.events] == [(id, Said("收到"))]


@BY_SOCKET
async def test_sockets_end_and_nothing_is_lost(rig: SlackBySocket) -> None:
    sockets = rig.platform.sockets
    for number, end in enumerate(("warning", "refresh", "cut", "warning")):
        if end == "warning":
            await sockets.refresh("warning")
        elif end == "refresh":
            await sockets.refresh()
        else:
            sockets.cut()
        event = await rig.says(f"第{number}句")
        assert event.body == Said(f"第{number}句")
    assert len({event.id for event in rig.events}) == len(rig.events) == 4


@BY_SOCKET
async def test_what_makes_no_sense_is_acknowledged_and_gets_nobody_stuck(rig: SlackBySocket) -> None:
    good = await rig.good()
    odd: list[dict[str, Any]] = [
        {},
        {"type": "event_callback"},
        {"type": "block_actions", "actions": 5},
        {"payload": []},
    ]
    count = len(rig.events)
    for number, payload in enumerate([*odd, *({**each, "event": 5, "user": 5} for each in good)]):
        made = Delivery(str(number), "events_api", payload, "", "odd", rig.clock.now())
        rig.platform.deliveries.add(made)
    await asyncio.wait_for(rig.platform.settle(), 5)
    assert all(each.is_taken for each in rig.platform.deliveries.all)
    assert len(rig.events) == count
    await rig.person.returns()
    rig.platform.install()
    assert (await rig.says("还在吗")).body == Said("还在吗")


@BOTH
async def test_a_doubt_is_settled_by_what_stands_in_the_chat(rig: SlackRig) -> None:
    """Without the scope for that, a message is sent once more rather than not at all."""
    rig.platform.fail("chat.postMessage", "reset_after")
    payload = rig.rendered(MESSAGES["bare"], request_id="row-1")
    with pytest.raises(NotDelivered):
        await rig.channel.deliver(payload, read_blob)
    rig.platform.team.grants[-1].scopes -= {"im:history"}
    await rig.channel.deliver(replace(payload, in_doubt=True), read_blob)
    assert len(rig.seen()) == 2


# -- several workspaces -----------------------------------------------------------------------------------


@dataclass(slots=True)
class Shared:
    """An account that workspaces install by OAuth, at a Slack with two of them."""

    platform: SlackStandIn
    channel: Channel
    clock: VirtualClock
    vault: Forgetful

    async def installs(self, person: SlackPerson) -> Parsed:
        """Follow the link to install the app, allow it, and come back."""
        begun = await self.channel.parse(self.inbound("install"))
        assert begun.status in (302, 303)
        cookie = SimpleCookie(begun.headers["set-cookie"])
        sent = "; ".join(f"{name}={morsel.value}" for name, morsel in cookie.items())
        back = urlsplit(self.platform.approve(begun.headers["location"], person))
        return await self.channel.parse(self.inbound("oauth", back.query, cookie=sent))

    def inbound(self, page: str, query: str = "", **headers: str) -> Inbound:
        return Inbound("GET", f"{PATH}/{page}", dict(parse_qsl(query)), headers, b"", self.clock.now())

    async def hears(self, payload: Mapping[str, Any]) -> Parsed:
        """Bring a payload to the channel, signed."""
        body = json.dumps(payload).encode()
        headers = {name.lower(): value for name, value in self.platform.signed(body).items()}
        whole = {**headers, "content-type": "application/json"}
        return await self.channel.parse(Inbound("POST", PATH, {}, whole, body, self.clock.now()))


@pytest.fixture
async def shared() -> AsyncIterator[Shared]:
    clock, base, vault = VirtualClock(samples.NOW), "https://turnout.example.com", Forgetful()
    async with SlackStandIn(clock, SlackApp.from_manifest(printed(base)), is_installed=False) as platform:
        channel = load("slack")("slack.main", account(platform, base), clock.now, vault)
        await channel.open()
        yield Shared(platform, channel, clock, vault)
        await channel.close()


def account(platform: SlackStandIn, base: str) -> dict[str, Any]:
    return {
        "mode": "http",
        "client_id": platform.app.client_id,
        "client_secret": platform.app.client_secret,
        "signing_secret": platform.app.signing_secret,
        "public_url": base,
        "api_base": f"{platform.api_base}/api",
    }


async def test_each_workspace_has_its_own_people(shared: Shared) -> None:
    platform = shared.platform
    teams = [platform.team, platform.workspace("别家", "other")]
    people = [platform.person("王芳", email="fang@example.com", workspace=team) for team in teams]
    for person in people:
        with pytest.raises(NotDelivered):
            await sends(shared, f"{person.workspace.id}:{person.id}")
        done = await shared.installs(person)
        assert (done.status, "Turnout" in done.reply.decode()) == (200, True)
    for person in people:
        found = await shared.channel.find(None, None, f"{person.workspace.id}:{person.id}")
        assert found
        assert found.user == f"{person.workspace.id}:{person.id}"
        await sends(shared, found.chat)
        assert len(person.chat) == 1
        await person.says("收到")
        (told,) = (await shared.hears(platform.deliveries.all[-1].payload)).events
        assert (told.user, told.chat, told.body) == (found.user, found.chat, Said("收到"))
    assert [call.error for call in platform.refused] == []
    first, second = people
    platform.uninstall(first.workspace)
    for delivery in platform.deliveries.all[-2:]:
        await shared.hears(delivery.payload)
    with pytest.raises(NotDelivered) as raised:
        await sends(shared, f"{first.workspace.id}:{first.id}")
    assert raised.value.why == "gone"
    await sends(shared, f"{second.workspace.id}:{second.id}")
    assert "SandboxSandbox" not in repr(shared.channel)
    await shared.installs(first)
    await sends(shared, f"{first.workspace.id}:{first.id}")


async def test_an_installation_is_kept_over_a_restart(shared: Shared) -> None:
    person = shared.platform.person("王芳")
    await shared.installs(person)
    made = account(shared.platform, "https://turnout.example.com")
    fresh = load("slack")("slack.main", made, shared.clock.now, shared.vault)
    old, shared.channel = shared.channel, fresh
    await sends(shared, f"{person.workspace.id}:{person.id}")
    shared.channel = old
    await fresh.close()
    assert len(person.chat) == 1


async def test_who_comes_back_without_having_left_installs_nothing(shared: Shared) -> None:
    person = shared.platform.person("王芳")
    begun = await shared.channel.parse(shared.inbound("install"))
    back = urlsplit(shared.platform.approve(begun.headers["location"], person))
    for query, cookie in (
        (back.query, ""),
        (back.query + "x", "slack-app-oauth-state=x"),
        ("error=access_denied", ""),
    ):
        refused = await shared.channel.parse(shared.inbound("oauth", query, cookie=cookie))
        assert refused.status >= 400
    assert person.workspace.token == ""
    with pytest.raises(NotDelivered):
        await sends(shared, f"{person.workspace.id}:{person.id}")


async def sends(shared: Shared, chat: str) -> None:
    envelope = samples.envelope(MESSAGES["bare"], chat, account="slack.main")
    payload = shared.channel.render(MESSAGES["bare"], envelope)
    await shared.channel.deliver(payload, read_blob)
