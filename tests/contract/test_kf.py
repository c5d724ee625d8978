"""What only 微信客服 and 客户联系 have: links and codes that bring a token, one welcome, cursors, lost messages."""

from collections.abc import AsyncIterator
from datetime import timedelta
from unittest.mock import Mock

import pytest

from bot.invitations import code_of, qr
from channels.base import NotDelivered
from channels.wecom_contact import Contacts
from channels.wecom_contact.pictures import fetched
from conversations.events import Followed, Held, Pressed, Said, Unreachable
from tests.contract.rigs.wecom_contact import EMPLOYEE, TOKEN, ContactRig
from tests.contract.rigs.wecom_kf import KfRig
from tests.support.samples import MESSAGES, choices


@pytest.fixture
async def rig() -> AsyncIterator[KfRig]:
    made = KfRig()
    await made.start()
    yield made
    await made.stop()


@pytest.fixture
async def contact() -> AsyncIterator[ContactRig]:
    made = ContactRig()
    await made.start()
    yield made
    await made.stop()


async def come(rig: KfRig, token: str = "token-1") -> None:
    """Let the person come by the link of an invitation, and write nothing."""
    rig.is_silent = True
    link = rig.channel.invite_url(token)
    assert link
    event = await rig.happened(await rig.person.enters(link))
    assert event.body == Followed(token)
    assert event.user == event.chat == rig.chat


# -- 微信客服 ---------------------------------------------------------------------------------------------


async def test_a_link_brings_its_token_and_leave_to_welcome_once(rig: KfRig) -> None:
    await come(rig)
    receipt = await rig.sends(choices(3))
    assert [call.method for call in rig.platform.sent] == ["kf/send_msg_on_event"]
    event = await rig.chooses(2)
    assert (event.body, event.about) == (Pressed("v1.2.".ljust(64, "x")), receipt.id)
    assert rig.refusals() == []


async def test_who_was_welcomed_and_is_silent_is_not_written_to(rig: KfRig) -> None:
    await come(rig)
    await rig.sends(MESSAGES["bare"])
    with pytest.raises(NotDelivered) as raised:
        await rig.sends(MESSAGES["bare"])
    assert (raised.value.why, len(rig.seen())) == ("closed", 1)
    rig.is_silent = False
    await rig.sends(MESSAGES["bare"])
    assert len(rig.seen()) == 2


async def test_twenty_seconds_later_nobody_is_welcomed(rig: KfRig) -> None:
    await come(rig)
    rig.clock.advance(timedelta(seconds=21))
    with pytest.raises(NotDelivered) as raised:
        await rig.sends(MESSAGES["bare"])
    assert (raised.value.why, rig.seen()) == ("closed", [])


async def test_who_comes_back_brings_the_token_and_opens_nothing(rig: KfRig) -> None:
    await rig.says("在吗")
    await come(rig, "token-2")
    assert rig.events[-1].opens == ""


async def test_pages_are_read_to_the_end_and_each_message_once(rig: KfRig) -> None:
    rig.platform.reads_at_once(2)
    for number in range(5):
        await rig.person.says(str(number))
    while rig.platform.has_unread:
        rig.cursor = await rig.read(rig.cursor)
    assert [event.body for event in rig.events] == [Said(str(number)) for number in range(5)]


async def test_a_callback_that_was_long_on_its_way_is_read_without_its_token(rig: KfRig) -> None:
    await rig.person.says("在吗")
    await rig.platform.settle()
    rig.clock.advance(timedelta(minutes=11))
    rig.cursor = await rig.read(rig.cursor)
    assert [event.body for event in rig.events] == [Said("在吗")]
    assert rig.refusals() == []


async def test_other_people_of_the_company_are_not_us(rig: KfRig) -> None:
    await rig.says("在吗")
    rig.platform.takes_over(rig.person)
    rig.platform.answers(rig.person, "我是小张")
    rig.platform.closes(rig.person)
    rig.cursor = await rig.read(rig.cursor)
    assert [event.body for event in rig.events] == [Said("在吗"), Held("Zhangsan"), Held()]


@pytest.mark.parametrize(("fail_type", "why"), [(4, "window_closed"), (6, "over_limit"), (10, "refused")])
async def test_what_did_not_arrive_is_told(rig: KfRig, fail_type: int, why: str) -> None:
    rig.platform.loses(fail_type)
    receipt = await rig.sends(MESSAGES["bare"])
    rig.cursor = await rig.read(rig.cursor)
    lost = rig.events[-1]
    assert (lost.body, lost.about, rig.seen()) == (Unreachable(why), receipt.id, [])


async def test_items_of_an_older_menu_are_known_too(rig: KfRig) -> None:
    first = await rig.sends(choices(3))
    old = rig.person.last
    await rig.sends(choices(3))
    event = await rig.happened(await rig.person.presses(next(iter(old.presses)), on=old))
    assert (event.body, event.about) == (Pressed("v1.1.".ljust(64, "x")), first.id)


async def test_the_key_before_still_opens(rig: KfRig) -> None:
    old = rig.platform.aes_key
    rig.platform.rotate_key()
    rig.reconnect(aes_key=rig.platform.aes_key, previous_aes_key=old)
    assert (await rig.says("在吗")).body == Said("在吗")


async def test_a_dead_token_is_renewed_once(rig: KfRig) -> None:
    await rig.sends(MESSAGES["bare"])
    rig.platform.forget_tokens()
    await rig.sends(MESSAGES["bare"])
    assert [call.method for call in rig.platform.calls].count("gettoken") == 2


async def test_what_the_check_says(rig: KfRig) -> None:
    rig.reconnect(public_url="https://turnout.example.com")
    assert await rig.channel.check() == ()
    rig.reconnect(public_url="https://turnout.example.com", open_kfid="wkMadeUp")
    (told,) = await rig.channel.check()
    assert rig.platform.open_kfid in told
    rig.platform.unlist()
    (told,) = await rig.channel.check()
    assert "可调用接口的应用" in told
    rig.platform.is_trusted = False
    (told,) = await rig.channel.check()
    assert "203.0.113.7" in told


# -- 客户联系 ---------------------------------------------------------------------------------------------


async def test_a_code_brings_its_token_and_leave_to_welcome_once(contact: ContactRig) -> None:
    event = await contact.happens()
    assert (event.body, event.chat, event.opens) == (Followed(TOKEN), contact.chat, "contact")
    payload = contact.rendered(choices(2))
    await contact.channel.deliver(payload, _nothing)
    with pytest.raises(NotDelivered) as raised:
        await contact.channel.deliver(payload, _nothing)
    assert (raised.value.why, len(contact.seen()), contact.refusals()) == ("closed", 1, [])


async def test_an_invitation_has_one_code_until_it_is_over(contact: ContactRig) -> None:
    assert isinstance(contact.channel, Contacts)
    again = await contact.channel.invite(TOKEN, contact.clock.now() + timedelta(days=2))
    other = await contact.channel.invite("another", contact.clock.now() + timedelta(days=2))
    assert (again == contact.code, other == contact.code) == (True, False)
    contact.clock.advance(timedelta(days=3))
    await contact.channel.open()
    assert contact.platform.book.ways == {}


async def test_the_code_is_shown_as_wecom_draws_it(contact: ContactRig) -> None:
    until = contact.clock.now() + timedelta(days=2)
    drawn = await code_of(contact.channel, TOKEN, contact.code, until)
    assert drawn.startswith(b"\x89PNG")
    assert drawn != qr(contact.code)
    contact.platform.book.ways.clear()
    assert await code_of(contact.channel, TOKEN, contact.code, until) == qr(contact.code), "better than none"


async def test_no_picture_is_fetched_from_elsewhere(contact: ContactRig) -> None:
    with pytest.raises(NotDelivered, match="not where WeCom keeps"):
        await fetched(Mock(), "http://169.254.169.254/latest", "https://qyapi.weixin.qq.com")


async def test_who_deletes_the_employee_is_out_of_reach(contact: ContactRig) -> None:
    await contact.happens()
    await contact.person.deletes(EMPLOYEE)
    await contact.platform.settle()
    assert isinstance(contact.events[-1].body, Unreachable)


async def test_everybody_whom_the_employee_knows_is_left_alone(contact: ContactRig) -> None:
    way = contact.platform.book.way([EMPLOYEE], "spring-sale", skips_asking=True)
    await contact.person.scans(way.qr_code)
    contact.platform.edits(EMPLOYEE, contact.person)
    await contact.platform.settle()
    assert contact.events == []


async def test_what_the_check_of_contacts_says(contact: ContactRig) -> None:
    contact.reconnect(public_url="https://turnout.example.com")
    assert await contact.channel.check() == ()
    contact.reconnect(public_url="https://turnout.example.com", users=["LiNa"])
    (told,) = await contact.channel.check()
    assert "LiNa" in told
    contact.platform.unlist()
    (told,) = await contact.channel.check()
    assert "可调用接口的应用" in told


async def _nothing(blob: str) -> bytes:
    raise LookupError(blob)
