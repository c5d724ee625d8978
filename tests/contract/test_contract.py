"""The contract: what comes in becomes events once, what goes out arrives as it was meant, failures are sorted."""

import asyncio
import json
import re
import traceback
from dataclasses import replace

import pytest

from channels import CHANNELS
from channels.base import Forged, Inbound, Malformed, NotDelivered, Receipt
from conversations.effects import Answer
from conversations.events import Commanded, Event, Followed, Pressed, Said, Submitted
from conversations.messages import MAX_CHOICES, Field, Form, Message
from tests.contract.rigs import RIGS, Rig, Trouble
from tests.contract.rigs.base import read_blob
from tests.support.samples import (
    CALENDAR,
    HOSTILE,
    MESSAGES,
    URLS,
    asked_at_once,
    choices,
    data,
    hostile,
    reader,
    words,
)

LOCALES = ("zh_Hans", "en")


def test_every_channel_has_a_rig() -> None:
    assert {rig.channel_name for rig in RIGS} == set(CHANNELS)


# -- coming in --------------------------------------------------------------------------------------------


async def test_forged_requests_are_refused(rig: Rig) -> None:
    for forged in rig.forgeries():
        with pytest.raises(Forged):
            await rig.channel.parse(forged)


async def test_words_become_events(rig: Rig) -> None:
    if not rig.hears:
        return
    for text, body in (
        ("收到", Said("收到")),
        ("２", Said("２")),
        ("6/7", Said("6/7")),
        ("多行\n文字", Said("多行\n文字")),
        ("1 < 2 & *x* &lt; <b>", Said("1 < 2 & *x* &lt; <b>")),
    ):
        event = await rig.says(text)
        assert event.body == body
        check_origin(rig, event)


async def test_commands_become_events(rig: Rig) -> None:
    if not rig.hears:
        return
    for line, body in (
        ("status", Commanded("status")),
        ("Move 明天 下午", Commanded("move", "明天 下午")),
        ("今天", Commanded("今天")),
        ("start abc-_123", Followed("abc-_123")),
        ("start", Followed()),
        ("link 李雷 & 韩梅梅 <hr>", Commanded("link", "李雷 & 韩梅梅 <hr>")),
    ):
        event = await rig.types(line)
        assert event.body == body
        check_origin(rig, event)


def check_origin(rig: Rig, event: Event) -> None:
    assert (event.user, event.chat, event.is_private) == (rig.user, rig.chat, True)
    assert event.source == event.account == rig.channel.account


@pytest.mark.parametrize("count", range(1, MAX_CHOICES + 1))
async def test_no_choice_is_lost(rig: Rig, count: int) -> None:
    message = choices(count)
    receipt = await rig.sends(message)
    shown = rig.seen()[-1]
    if not rig.channel.caps.asks:
        assert shown.choices == ()
        return
    for number in range(1, count + 1):
        if not rig.hears:
            assert any(URLS["my"] in place for place in (shown.text, *shown.opens.values()))
            continue
        event = await rig.chooses(number)
        if shown.choices:
            assert event.body == Pressed(f"v1.{number}.".ljust(64, "x"))
            assert event.about == receipt.id
        elif rig.channel.caps.buttons == "none":
            # Answered on the page that the message leads to.
            assert any(URLS["my"] in place for place in (shown.text, *shown.opens.values()))
        else:
            assert re.search(rf"^{number}\. \S", shown.text, re.MULTILINE)
            assert event.body == Said(str(number))


async def test_what_is_asked_at_once_is_answered_at_once(rig: Rig) -> None:
    receipt = await rig.sends(asked_at_once())
    if rig.channel.caps.selects:
        event = await rig.chooses(1)
        assert event.body == Pressed("v1.0.".ljust(64, "x"), {"q0": "o1", "q1": "o1", "q2": "o1"})
        assert event.about == receipt.id
    elif rig.hears:
        # One after the other, as any other choice.
        event = await rig.chooses(2)
        assert event.body in (Pressed("v1.2.".ljust(64, "x")), Said("2"))
    assert rig.refusals() == []


async def test_a_redelivery_has_the_same_id(rig: Rig) -> None:
    first = await rig.happens()
    again = await rig.again()
    assert [(event.source, event.id, event.body) for event in again] == [(first.source, first.id, first.body)]
    assert (await rig.happens()).id != first.id


async def test_presses_are_answered_in_time(rig: Rig) -> None:
    if not rig.hears:
        return
    await rig.sends(choices(2))
    event = await rig.chooses(2)
    toast = Answer(words("好的" * 200, "Fine. " * 200))
    await asyncio.wait_for(rig.channel.answer(event, toast, reader()), 1)
    # The second answer comes too late, and is no error.
    await rig.channel.answer(event, toast, reader())


# -- going out --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("locale", LOCALES)
async def test_what_is_rendered_is_accepted(rig: Rig, locale: str) -> None:
    for message in MESSAGES.values():
        receipt = await rig.sends(message, locale)
        assert receipt.id
    assert rig.refusals() == []


async def test_rendering_is_deterministic_json(rig: Rig) -> None:
    for message in MESSAGES.values():
        one, other = rig.rendered(message), rig.rendered(message)
        assert one == other
        for call in one.calls:
            assert json.loads(json.dumps(call.params)) == call.params


async def test_hostile_text_stays_text(rig: Rig) -> None:
    for text in HOSTILE:
        before = len(rig.seen())
        await rig.sends(hostile(text))
        shown = "\n\n".join(seen.text for seen in rig.seen()[before:])
        said = re.sub(r"[\u202a-\u202e\u2066-\u2069\ufeff\x00-\x09\x0b-\x1f\x85\u2028]+", " ", text)
        for word in said.split():
            if len(word) < rig.longest_word:
                assert word in re.sub(r"\s+", " ", shown) or word in shown.replace("\n\n", "")
        # Nothing of somebody's data may turn round what follows it.
        assert not re.search(r"[\u202a-\u202e\u2066-\u2069]", shown)
    assert rig.refusals() == []


async def test_files_arrive(rig: Rig) -> None:
    await rig.sends(MESSAGES["rebooked"])
    shown = "".join(part for seen in rig.seen() for part in (seen.text, *seen.opens.values()))
    files = [seen.file for seen in rig.seen() if seen.file]
    if not rig.channel.caps.files:
        assert (files, URLS["my"] in shown) == ([], rig.channel.caps.asks)
        return
    assert files == [CALENDAR] or f"面试.ics, {len(CALENDAR)} B" in shown


async def test_edits_replace_what_was_shown(rig: Rig) -> None:
    if rig.channel.caps.edits == "never":
        return
    receipt = await rig.sends(choices(3))
    before = len(rig.seen())
    changed = replace(choices(2), lead=words("时间已变：", "Changed:"))
    edited = await rig.sends(changed, edits=receipt.edit_token)
    assert (edited.id, len(rig.seen())) == (receipt.id, before)
    assert rig.seen()[-1].text.partition("\n")[0] == "时间已变："
    assert len(rig.seen()[-1].choices) == 2
    if rig.channel.caps.edits == "token_once":
        await edits_by_another_token(rig, changed, receipt)
        return
    # Taking the buttons off, and saying the same again, are edits too.
    for _ in range(2):
        await rig.sends(replace(changed, actions=()), edits=receipt.edit_token)
        assert rig.seen()[-1].choices == ()


async def edits_by_another_token(rig: Rig, changed: Message, receipt: Receipt) -> None:
    """Where a token edits once, a press brings the next one; a used one says so, and a new message is sent."""
    with pytest.raises(NotDelivered) as raised:
        await rig.sends(changed, edits=receipt.edit_token)
    assert (raised.value.why, raised.value.detail) == ("refused", "edit_gone")
    before = len(rig.seen())
    token = (await rig.chooses(1)).edit_token
    assert token
    assert (await rig.sends(replace(changed, actions=()), edits=token)).id == receipt.id
    assert (len(rig.seen()), rig.seen()[-1].choices) == (before, ())


async def test_an_edit_brings_no_file_twice(rig: Rig) -> None:
    if rig.channel.caps.edits == "never":
        return
    if rig.channel.caps.edits == "token_once":
        await edit_what_came_with_a_file(rig)
        return
    token = (await rig.sends(choices(1))).edit_token
    for _ in range(3):
        token = (await rig.sends(MESSAGES["rebooked"], edits=token)).edit_token
    assert len([seen for seen in rig.seen() if seen.file]) == 1


async def edit_what_came_with_a_file(rig: Rig) -> None:
    """Where only a press leads to a second edit, it tells what the message had brought."""
    with_file = replace(MESSAGES["rebooked"], actions=choices(1).actions)
    token = (await rig.sends(with_file)).edit_token
    for _ in range(3):
        await rig.sends(with_file, edits=token)
        token = (await rig.chooses(1)).edit_token
    assert len([seen for seen in rig.seen() if seen.file]) == 1


async def test_what_is_in_doubt_is_not_shown_twice(rig: Rig) -> None:
    """Where the platform can tell what arrived, it is asked, or tells the same by itself."""
    if rig.channel.caps.idempotency not in ("metadata", "same_json", "own_msgid"):
        return
    for trouble in (each for each in rig.troubles if each.why == "in_doubt"):
        before = len(rig.seen())
        await rig.ready()
        payload = rig.rendered(MESSAGES["bare"], request_id=f"in-doubt-{trouble.name}")
        rig.cause(trouble)
        with pytest.raises(NotDelivered):
            await rig.channel.deliver(payload, read_blob)
        receipt = await rig.channel.deliver(replace(payload, in_doubt=True), read_blob)
        assert len(rig.seen()) == before + 1
        if rig.channel.caps.idempotency != "metadata":
            continue  # what came by the first answer is lost with it, and with that the leave to edit
        assert (await rig.sends(choices(1), edits=receipt.edit_token)).id == receipt.id
        assert rig.seen()[-1].text == "选个时间："


# -- forms ------------------------------------------------------------------------------------------------

MOVING = Form(
    "move",
    words("改约" * 20, "Move " * 9),
    (
        Field(
            "when",
            words("时间", "When"),
            "choice",
            (("slot1", words("上午", "Morning")), ("slot2", data("*下午*"))),
        ),
        Field("day", words("日期", "Day"), "date", initial="2026-11-25"),
        Field("at", words("几点", "At"), "time", is_required=False),
        Field("why", words("原因", "Why"), "long", is_required=False, max_length=200, initial="<有事>"),
        Field("who", words("姓名", "Name"), max_length=20),
    ),
    words("发送", "Send"),
    {"session": "5f0c", "turn": "7"},
)


async def test_forms_are_shown_and_come_back(rig: Rig) -> None:
    if not rig.channel.caps.forms:
        return
    await rig.sends(choices(2))
    for number in (1, 2):
        event = await rig.chooses(number)
        await rig.channel.answer(event, Answer(form=MOVING), reader())
        form = rig.form
        assert form
        assert form.labels == ("时间", "日期", "几点", "原因", "姓名")
        wrong = Answer(field_errors={"who": words("请写全名。", "Your full name, please.")})
        filled = {"when": "slot2", "who": "李 & <雷>"}
        sent = await rig.submits(filled, wrong)
        values = {**filled, "day": "2026-11-25", "at": "", "why": "<有事>"}
        assert sent.body == Submitted("move", values, MOVING.carried)
        check_origin(rig, sent)
        assert rig.form
        assert rig.form.errors == {"姓名": "请写全名。"}
        again = await rig.submits({"who": "李雷", "at": "15:30", "why": ""}, Answer())
        changed = {**values, "who": "李雷", "at": "15:30", "why": ""}
        assert again.body == Submitted("move", changed, MOVING.carried)
        assert again.id != sent.id
        assert rig.form is None
    assert rig.refusals() == []


async def test_a_form_may_lead_to_another(rig: Rig) -> None:
    if not rig.channel.caps.forms:
        return
    await rig.sends(choices(1))
    await rig.channel.answer(await rig.chooses(1), Answer(form=MOVING), reader())
    other = replace(MOVING, name="other", fields=MOVING.fields[-1:])
    await rig.submits({"when": "slot1", "who": "x"}, Answer(form=other))
    assert rig.form
    assert rig.form.labels == ("姓名",)
    assert (await rig.submits({"who": "y"}, Answer())).body == Submitted(
        "other", {"who": "y"}, MOVING.carried
    )
    assert rig.form is None


# -- failures ---------------------------------------------------------------------------------------------


def cases(kind: str) -> list[object]:
    found = [(rig, each) for rig in RIGS for each in getattr(rig, kind)]
    return [
        pytest.param(rig, each, id=f"{rig.__name__}-{getattr(each, 'name', each)}") for rig, each in found
    ]


@pytest.mark.parametrize(("rig", "trouble"), cases("troubles"), indirect=["rig"])
async def test_failures_are_sorted(rig: Rig, trouble: Trouble) -> None:
    before = len(rig.seen())
    rig.cause(trouble)
    with pytest.raises(NotDelivered) as raised:
        await rig.sends(MESSAGES["bare"])
    assert (raised.value.why, raised.value.retry_after) == (trouble.why, trouble.retry_after)
    assert raised.value.accepted == 0
    assert len(rig.seen()) - before == trouble.arrives
    told = "".join(traceback.format_exception(raised.value))
    assert "SandboxSandbox" not in told
    assert str(raised.value)


@pytest.mark.parametrize(("rig", "way"), cases("gone"), indirect=["rig"])
async def test_who_is_gone_is_gone(rig: Rig, way: str) -> None:
    await rig.lose(way)
    with pytest.raises(NotDelivered) as raised:
        await rig.sends(MESSAGES["bare"])
    assert raised.value.why == "gone"


async def test_what_cannot_be_reached_says_so_in_time(rig: Rig) -> None:
    slow = [trouble for trouble in rig.troubles if trouble.name in ("hang", "drip")]
    for trouble in slow:
        rig.cause(trouble)
        begun = asyncio.get_running_loop().time()
        with pytest.raises(NotDelivered):
            await rig.sends(MESSAGES["bare"])
        assert asyncio.get_running_loop().time() - begun < 2


async def test_only_what_was_not_accepted_is_left(rig: Rig) -> None:
    """A file that fails after its message: the receipt is there, and the outbox sends the rest only."""
    if not rig.sends_files_apart:
        return
    rig.spoil_files()
    with pytest.raises(NotDelivered) as raised:
        await rig.sends(MESSAGES["rebooked"])
    assert (raised.value.why, raised.value.accepted) == ("busy", 1)
    assert raised.value.retry_after == rig.files_wait
    assert raised.value.receipt is not None
    token = raised.value.receipt.edit_token
    # The receipt is that of the message which is there.
    await rig.sends(choices(1), edits=token)
    assert rig.seen()[-1].text.partition("\n")[0] == "选个时间："
    assert [seen for seen in rig.seen() if seen.file] == []


# -- 1,000 malformed requests -----------------------------------------------------------------------------


@pytest.mark.parametrize("rig", [rig for rig in RIGS if not rig.is_pulled], indirect=True)
async def test_malformed_bodies_never_break_it(rig: Rig) -> None:
    outcomes = [await outcome(rig, inbound) for inbound in await rig.malformed()]
    assert len(outcomes) >= 1000
    assert len(set(outcomes)) > 1
    assert [reason for reason in outcomes if not re.fullmatch(r"[a-z_.0-9]{2,40}", reason)] == []


async def outcome(rig: Rig, inbound: Inbound) -> str:
    try:
        await rig.channel.parse(inbound)
    except Malformed as malformed:
        return malformed.reason
    return "ok"
