"""The page of one's interview in a real browser: everything works by taps, by keys, and without scripts."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from conversations.interview import Reason, State
from locales.text import ct, t
from store import people
from tests.browser.conftest import Opens

CONFIRM = ct("button", "I'll be there")
MOVE = ct("button", "Another time")
CANT = ct("button", "I can't come")


@pytest.mark.parametrize("locale", ["zh_Hans", "en"])
async def test_confirming(opens: Opens, locale: str) -> None:
    visitor = await opens(locale)
    await visitor.comes()
    await visitor.taps(CONFIRM)
    await visitor.is_told(t("Thank you! See you then."))
    assert (await visitor.knows()).attempt.confirmed_at is not None
    await visitor.sees(ct("progress", "Confirmed"))
    assert await visitor.page.evaluate("document.documentElement.lang") == locale.replace("_", "-")


async def test_moving_by_a_tap(opens: Opens) -> None:
    visitor = await opens("zh_Hans")
    await visitor.comes()
    await visitor.taps(MOVE)
    before = (await visitor.knows()).attempt.starts_at
    await visitor.leads(visitor.page.locator(".choices button").first.click())
    moved = await visitor.knows()
    assert moved.attempt.starts_at != before
    assert moved.moves == 1
    await visitor.is_told("已为您重新预约")


async def test_moving_by_words(opens: Opens) -> None:
    visitor = await opens("en", "desktop")
    await visitor.comes()
    await visitor.taps(MOVE)
    await visitor.page.get_by_label("Or write it in your own words").fill("Thursday after 4 pm")
    await visitor.leads(visitor.page.keyboard.press("Enter"))
    await visitor.sees("These times are free:")
    await visitor.leads(visitor.page.locator(".choices button").first.click())
    assert "Thu 26 Nov" in await visitor.page.locator(".when").inner_text()


async def test_moving_by_a_calendar_and_a_clock(opens: Opens) -> None:
    visitor = await opens("en")
    await visitor.comes()
    await visitor.taps(MOVE)
    await visitor.taps(ct("button", "Type a time"))
    await visitor.taps(ct("button", "Show me the free times"))
    await expect(visitor.page.get_by_role("alert").first).to_contain_text("Choose a day")
    await visitor.page.locator("input[type=date]").fill("2026-11-26")
    await visitor.page.locator("input[type=time]").fill("16:00")
    await visitor.taps(ct("button", "Show me the free times"))
    await expect(visitor.page.locator(".choices button").first).to_contain_text("Thu 26 Nov")


async def test_not_coming_and_why(opens: Opens) -> None:
    visitor = await opens("zh_Hans")
    await visitor.comes()
    await visitor.taps(CANT)
    await visitor.taps(ct("button", "Something came up"))
    assert (await visitor.knows()).attempt.reason is Reason.CAME_UP


async def test_an_old_page_says_where_things_moved(opens: Opens) -> None:
    visitor = await opens("en")
    await visitor.comes()
    await visitor.taps(MOVE)
    old = await visitor.context.new_page()
    await old.goto(visitor.address())
    await visitor.taps(ct("button", "None of these"))
    async with old.expect_navigation():
        await old.locator(".choices button").first.click()
    await expect(old.get_by_role("status").first).to_contain_text("Things have moved on")
    assert (await visitor.knows()).moves == 0


async def test_two_tabs_book_once(opens: Opens) -> None:
    visitor = await opens("en")
    await visitor.comes()
    await visitor.taps(MOVE)
    other = await visitor.context.new_page()
    await other.goto(visitor.address())
    await visitor.leads(visitor.page.locator(".choices button").first.click())
    first = (await visitor.knows()).attempt.starts_at
    async with other.expect_navigation():
        await other.locator(".choices button").nth(1).click()
    await expect(other.get_by_role("status").first).to_be_visible()
    assert (await visitor.knows()).attempt.starts_at == first
    assert (await visitor.knows()).moves == 1


async def test_a_reload_and_the_way_back_do_nothing_twice(opens: Opens) -> None:
    visitor = await opens("en")
    await visitor.comes()
    await visitor.taps(CONFIRM)
    before = await visitor.counts()
    await visitor.page.reload()
    await visitor.page.go_back()
    await visitor.page.go_forward()
    assert await visitor.counts() == before


async def test_wrong_digits_show_nothing(opens: Opens) -> None:
    visitor = await opens("en")
    await visitor.page.goto(visitor.address())
    for digits in ("0000", "4321"):
        await visitor.types_digits(digits)
        await expect(visitor.page.get_by_role("alert")).to_contain_text("does not match")
        assert "Front-end engineer" not in await visitor.page.content()
    await visitor.types_digits("1234")
    await visitor.sees("Your Front-end engineer interview")
    cookies = await visitor.context.cookies()
    assert [(each["httpOnly"], each["sameSite"]) for each in cookies] == [(True, "Lax")]
    await visitor.page.goto(visitor.address())
    await visitor.sees("Your Front-end engineer interview")


async def test_a_mail_scanner_changes_nothing(opens: Opens) -> None:
    visitor = await opens("en", "desktop")
    await visitor.comes()
    before, known = await visitor.counts(), await visitor.knows()
    seen: set[str] = set()
    links = [visitor.address(door) for door in ("my", "go", "stop")] + [visitor.address("my", choice="1")]
    while links:
        link = links.pop()
        if link in seen or not link.startswith(visitor.stage.base):
            continue
        seen.add(link)
        assert (await visitor.context.request.fetch(link, method="HEAD")).status == 200, link
        answer = await visitor.context.request.get(link)
        assert answer.status == 200, link
        if "html" not in answer.headers["content-type"]:
            continue
        await visitor.page.goto(link)
        links += await visitor.page.evaluate(
            "[...document.querySelectorAll('a[href], img[src]')].map(e => (e.href || e.src).split('#')[0])"
        )
    assert len(seen) >= 6
    assert await visitor.counts() == before
    assert await visitor.knows() == known


async def test_entering_leads_to_the_meeting(opens: Opens) -> None:
    visitor = await opens("en", meeting="/healthz?meeting")
    await visitor.comes()
    await visitor.taps(ct("button", "Enter the interview"))
    assert visitor.page.url == visitor.stage.base + "/healthz?meeting"
    assert await visitor.page.evaluate("document.referrer") == ""
    await visitor.stage.settle()
    assert (await visitor.knows()).attempt.entered_at is not None


async def test_stopping_from_a_link(opens: Opens) -> None:
    visitor = await opens("zh_Hans")
    await visitor.page.goto(visitor.address("stop"))
    await visitor.taps(ct("button", "Yes, stop"))
    await visitor.sees(t("Done: I will send you nothing more. The hiring team knows."))
    async with visitor.stage.app.db.read() as tx:
        person = await people.get(tx, visitor.interview.person)
    assert person is not None
    assert person.opted_out_at is not None


async def test_everything_works_by_keys_alone(opens: Opens) -> None:
    visitor = await opens("en", "desktop")
    await visitor.page.goto(visitor.address())
    # A browser gives the focus with the first picture of a page, which may come after all of it has come.
    await expect(visitor.page.locator("#digits")).to_be_focused()
    await visitor.page.keyboard.type("1234")
    await visitor.leads(visitor.page.keyboard.press("Enter"))
    await visitor.page.keyboard.press("Tab")
    assert await visitor.page.evaluate("document.activeElement.className") == "skip"
    await visitor.page.keyboard.press("Enter")
    for _ in range(12):
        await visitor.page.keyboard.press("Tab")
        if await visitor.page.evaluate("document.activeElement.textContent") == "I'll be there":
            break
    outline = await visitor.page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    await visitor.leads(visitor.page.keyboard.press("Enter"))
    await visitor.is_told("Thank you! See you then.")
    assert (await visitor.knows()).attempt.confirmed_at is not None
    # Reading goes on where the news is.
    assert await visitor.page.evaluate("document.querySelector(':target').id") == "said"


async def test_without_scripts_everything_is_there(opens: Opens) -> None:
    visitor = await opens("en", java_script_enabled=False)
    await visitor.comes()
    await visitor.taps(CONFIRM)
    await visitor.is_told("Thank you! See you then.")


async def test_the_choice_of_a_mail_is_what_enter_chooses(opens: Opens) -> None:
    visitor = await opens("en")
    await visitor.comes()
    await visitor.taps(MOVE)
    await visitor.comes("my", choice="2")
    await expect(visitor.page.locator(".choices button").nth(1)).to_be_focused()
    await expect(visitor.page.locator("button.marked")).to_have_count(1)


async def test_an_interview_that_is_over_offers_what_is_left(opens: Opens) -> None:
    visitor = await opens("zh_Hans")
    await visitor.stage.until(visitor.interview.attempt.starts_at)
    await visitor.stage.signal("joined", "A-1")
    await visitor.stage.signal("completed", "A-1")
    assert (await visitor.knows()).state is State.COMPLETED
    await visitor.comes()
    await visitor.sees("三个工作日内通知您结果。")
    await expect(visitor.button(MOVE)).to_have_count(0)
