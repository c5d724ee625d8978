"""My interview, acted on: by presses, wishes, words and forms, once each, and only from the page itself."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from conversations.events import Due, Event, Ordered
from conversations.interview import CaseKind, Reason, State
from store import cases, transcript
from store.errors import Unavailable
from tests.unit.web.conftest import Web
from tests.unit.web.mine import PHONE, Candidate, candidate, counts, free_slots, open_web


@pytest.fixture
async def web(migrated_file: Path, tmp_path: Path) -> AsyncIterator[Web]:
    async with open_web(tmp_path, migrated_file) as made:
        yield made


async def reminded(web: Web) -> Candidate:
    """Return a candidate who has just been reminded in a chat."""
    who = await candidate(web)
    event = Event("remind", "core", web.town.clock.now(), Ordered("remind", who.interview.id))
    await web.town.happens(event)
    return who


async def test_a_wish_is_granted_and_told(web: Web) -> None:
    who = await candidate(web)
    page = await who.presses(await who.opens(), "I'll be there")
    assert (await who.knows()).attempt.confirmed_at == web.town.clock.now()
    assert page.notices == ["Thank you! See you then."]
    assert "Confirmed" in page.text.splitlines()
    assert who.sent_on[-1].endswith("#said")
    assert page.notices != (await who.opens()).notices


async def test_the_question_of_a_chat_is_answered_on_the_page(web: Web) -> None:
    who = await reminded(web)
    page = await who.opens()
    assert "Will you be there?" in page.text
    # What the reminder says besides stands on the page already, once.
    assert page.text.count("400-820-8820") == 1
    assert "Nebula: your Front-end engineer interview is" not in page.text
    page = await who.presses(page, "I'll be there")
    assert page.notices == ["Thank you! See you then."]
    assert "See you tomorrow, Tue 24 Nov, 11:00!" in page.text


async def test_pressing_twice_is_once(web: Web) -> None:
    who = await reminded(web)
    page = await who.opens()
    first = await who.presses(page, "I can't come")
    after = await counts(web)
    again = await who.presses(page, "I can't come")
    assert await counts(web) == after
    assert again.text == first.text


async def test_an_old_page_says_where_things_moved(web: Web) -> None:
    who = await reminded(web)
    await free_slots(web)
    old = await who.opens()
    await who.presses(old, "I'll be there")
    page = await who.presses(old, "Another time")
    assert "Things have moved on since that message." in " ".join(page.notices)
    assert "Thank you for confirming" in page.text
    assert (await who.knows()).moves == 0


async def test_a_page_from_long_ago_does_nothing(web: Web) -> None:
    who = await reminded(web)
    old = await who.opens()
    await who.becomes(state=State.CANCELLED)
    await who.presses(old, "Another time")
    assert (await who.knows()).state is State.CANCELLED
    who.agent = "another"
    page = await who.opens()
    assert "Called off" in page.text.splitlines()


async def test_moving_by_a_tap(web: Web) -> None:
    who = await candidate(web)
    starts = await free_slots(web)
    page = await who.presses(await who.opens(), "Another time")
    slot = next(label for label in page.presses if "Nov" in label)
    page = await who.presses(page, slot)
    moved = await who.knows()
    assert moved.attempt.starts_at in starts
    assert moved.moves == 1
    assert any("It is booked:" in notice for notice in page.notices)


async def test_moving_by_words(web: Web) -> None:
    who = await candidate(web)
    await free_slots(web)
    page = await who.presses(await who.opens(), "Another time")
    page = await who.writes(page, "Thursday after 4 pm")
    assert "These times are free:" in page.text
    assert any("Thu 26 Nov" in label for label in page.presses)
    async with web.town.app.db.read() as tx:
        told = [
            line.text for line in await transcript.lines(tx, who.interview.id, 10) if line.who == "candidate"
        ]
    assert told == ["Thursday after 4 pm"]


async def test_moving_by_a_form(web: Web) -> None:
    who = await candidate(web)
    await free_slots(web)
    page = await who.presses(await who.opens(), "Another time")
    page = await who.presses(page, "Type a time")
    form = next(form for form in page.forms if any(each.kind == "date" for each in form.fields))
    assert [each.kind for each in form.fields if each.label] == ["date", "time", "text"]
    wrong = await who.sends(page, form)
    assert wrong.status == 422
    assert any("Choose a day" in notice for notice in wrong.notices)
    form = next(form for form in wrong.forms if any(each.kind == "date" for each in form.fields))
    wrong = await who.sends(wrong, form, **{"f.words": "blue"})
    assert "blue" in [each.value for form in wrong.forms for each in form.fields]
    form = next(form for form in wrong.forms if any(each.kind == "date" for each in form.fields))
    page = await who.sends(wrong, form, **{"f.day": "2026-11-26", "f.time": "16:00", "f.words": ""})
    assert page.status == 200
    assert any("Thu 26 Nov" in label for label in page.presses)


async def test_what_a_form_carries_cannot_be_changed(web: Web) -> None:
    who = await candidate(web)
    await free_slots(web)
    page = await who.presses(await who.opens(), "Another time")
    page = await who.presses(page, "Type a time")
    form = next(form for form in page.forms if any(each.kind == "date" for each in form.fields))
    carried = form.sent(None)["carried"]
    before = await counts(web)
    for changed in ("", "x", carried[:-3] + "AAA" if not carried.endswith("AAA") else carried[:-3] + "BBB"):
        await who.sends(page, form, **{"f.day": "2026-11-26", "carried": changed})
    assert await counts(web) == before


async def test_what_is_not_understood_is_said(web: Web) -> None:
    who = await reminded(web)
    page = await who.writes(await who.opens(), "xyzzy plugh")
    assert "I did not quite get that" in " ".join(page.notices)
    assert "Will you be there?" in page.text


async def test_words_find_their_way_without_a_question(web: Web) -> None:
    who = await candidate(web)
    page = await who.writes(await who.opens(), "privacy")
    assert any("keep" in notice or "data" in notice for notice in page.notices)
    page = await who.writes(page, "   ")
    assert page.status == 200


async def test_a_reason_is_written_down(web: Web) -> None:
    who = await candidate(web)
    await free_slots(web)
    page = await who.presses(await who.opens(), "I can't come")
    page = await who.presses(page, "Something came up")
    assert (await who.knows()).attempt.reason is Reason.CAME_UP
    assert "Thank you for telling us" in page.text


async def test_help_is_called(web: Web) -> None:
    who = await candidate(web)
    page = await who.presses(await who.opens(), "Something does not work")
    assert "Open the link in Chrome" in page.text
    page = await who.presses(page, "Still does not work")
    async with web.town.app.db.read() as tx:
        opened = await cases.cases_of(tx, who.interview.id)
    assert [case.kind for case in opened] == [CaseKind.TECHNICAL]
    assert "Our support has it now" in page.text
    assert "Something does not work" not in page.presses


async def test_stopping_is_asked_and_taken_back(web: Web) -> None:
    who = await candidate(web)
    page = await who.presses(await who.opens(), "Stop messages")
    assert "Shall I stop sending you messages?" in page.text
    page = await who.presses(page, "Yes, stop")
    assert (await web.town.whose(who.person)).opted_out_at is not None
    assert "Stop messages" not in page.presses
    page = await who.presses(page, "Send me messages again")
    assert (await web.town.whose(who.person)).opted_out_at is None
    assert any("Good to have you back" in notice for notice in page.notices)


async def test_the_choice_of_a_mail_is_marked_and_not_made(web: Web) -> None:
    who = await reminded(web)
    page = await who.opens(who.path() + "?choice=2")
    assert who.answer is not None
    body = who.answer.body.decode()
    assert body.count("autofocus") == 1
    assert "autofocus>Another time</button>" in body
    assert (await who.knows()).attempt.confirmed_at is None
    for strange in ("0", "99", "x", "-1", "é"):
        page = await who.opens(who.path() + "?choice=" + strange)
        assert page.status == 200
        assert "autofocus" not in who.answer.body.decode()


async def test_the_choice_of_a_mail_outlives_the_question_for_digits(web: Web) -> None:
    who = await candidate(web, phone=PHONE)
    page = await who.opens(who.path() + "?choice=2")
    await who.sends(page, page.forms[0], digits="5678")
    assert who.sent_on[-1].endswith("choice=2")


async def test_a_survey_is_answered_on_the_page(web: Web) -> None:
    who = await candidate(web)
    await who.becomes(state=State.COMPLETED)
    now = web.town.clock.now()
    about = {"attempt": str(who.interview.attempt.id)}
    due = Due("survey", f"interview:{who.interview.id}", now, about)
    await web.town.happens(Event("survey", "time", now, due))
    page = await who.opens()
    assert "How was everything around your Front-end engineer interview" in page.text
    page = await who.presses(page, "Very good")
    assert "Very good" not in page.presses
    assert "Completed" in page.text.splitlines()


async def test_who_stopped_is_not_promised_reminders(web: Web) -> None:
    who = await reminded(web)
    page = await who.presses(await who.opens(), "Stop messages")
    page = await who.presses(page, "Yes, stop")
    assert "I: remind you" not in page.text
    assert "You asked for no more messages." in page.text


async def test_what_could_not_be_handled_at_once_is_not_lost(
    web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    who = await candidate(web)
    page = await who.opens()

    async def busy(*_: object) -> Any:
        raise Unavailable("locked")

    with monkeypatch.context() as patch:
        patch.setattr(web.town.app.runtime, "handle", busy)
        sorry = await who.presses(page, "I'll be there")
    assert sorry.status == 503
    assert sorry.opens["Load the page again"].endswith(who.path())
    await web.town.pumps.handle_waiting()
    assert (await who.knows()).attempt.confirmed_at is not None
    before = await counts(web)
    await who.presses(page, "I'll be there")
    assert await counts(web) == before


# -- only from the page itself ---------------------------------------------------------------------------


@pytest.mark.parametrize("nonce", ["", "x", ".", "A.B", "é", "A" * 3000])
async def test_a_form_of_another_site_does_nothing(web: Web, nonce: str) -> None:
    who = await candidate(web)
    page = await who.opens()
    before = await counts(web)
    page = await who.presses(page, "I'll be there", nonce=nonce)
    assert page.status == 403
    assert "Load the page again" in page.opens
    assert await counts(web) == before


async def test_the_nonce_of_another_link_does_nothing(web: Web) -> None:
    who, other = await candidate(web), await candidate(web)
    theirs = (await other.opens()).forms[-1].sent(None)["nonce"]
    page = await who.presses(await who.opens(), "I'll be there", nonce=theirs)
    assert page.status == 403
    assert (await who.knows()).attempt.confirmed_at is None


async def test_nothing_is_done_for_whom_we_do_not_know(web: Web) -> None:
    who = await candidate(web, phone=PHONE)
    page = await who.opens()
    page = await who.sends(page, page.forms[0], digits="5678")
    who.cookies.clear()
    page = await who.presses(page, "I'll be there")
    assert "last four digits" in page.text
    assert (await who.knows()).attempt.confirmed_at is None


async def test_a_button_of_somebody_else_does_nothing(web: Web) -> None:
    who, other = await reminded(web), await candidate(web)
    value = (await who.opens()).presses["I'll be there"]
    page = await other.opens()
    page = await other.presses(page, "I'll be there", want="", value=value)
    assert page.notices == ["This button is for somebody else."]
    assert (await who.knows()).attempt.confirmed_at is None


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"want=explode",
        b"want=confirm",
        b"value=",
        b"value=v1.1.x.y",
        b"text=%00",
        b"text=%ff%fe",
        b"text=\xff\xfe",
        b"a=1&" * 50,
        b"%",
        b"&&&===",
        b"carried=x&f.day=1",
        b"digits=5678",
    ],
)
async def test_strange_bodies_are_refused_or_mean_nothing(web: Web, body: bytes) -> None:
    who = await candidate(web)
    nonce = (await who.opens()).forms[-1].sent(None)["nonce"].encode()
    for sent in (body, b"nonce=" + nonce + b"&" + body):
        answer = await web.taken_or_refused("POST", who.path(), sent)
        assert answer.status in (303, 400, 403)


async def test_an_answer_on_the_page_closes_the_buttons_of_the_chat(web: Web) -> None:
    who = await reminded(web)
    await web.town.settle()
    user = await web.town.user(who.person, "main")
    assert "I'll be there" in user.chat[-1].buttons
    await who.presses(await who.opens(), "I'll be there")
    await web.town.passes(seconds=5)
    assert "I'll be there" not in user.chat[-1].presses
    assert "✓ I'll be there" in user.chat[-1].text
    assert "See you tomorrow" not in user.chat[-1].text


async def test_two_pages_in_two_tabs(web: Web) -> None:
    who = await reminded(web)
    await free_slots(web)
    one, two = await who.opens(), await who.opens()
    await who.presses(one, "Another time")
    page = await who.presses(two, "I'll be there")
    assert "Things have moved on" in " ".join(page.notices)
    assert "Which of these times suits you?" in page.text
    assert (await who.knows()).attempt.confirmed_at is None


async def test_a_wish_from_an_old_page_is_heard_by_what_holds_now(web: Web) -> None:
    who = await candidate(web)
    old = await who.opens()
    await who.becomes(state=State.COMPLETED)
    page = await who.presses(old, "Another time")
    assert (await who.knows()).moves == 0
    assert "You have completed" in page.text
