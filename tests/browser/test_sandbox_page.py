"""The sandbox's page in a browser: acting as the people at its windows, time, the wire, and what goes wrong."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, Route, expect

from bot.sandbox.stories import Story
from bot.sandbox.stories.story import TOMORROW_AT_TWO
from locales.text import ct
from tests.browser.sandbox import Watcher, open_watcher
from tests.browser.visitor import barriers, overflow


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def tech(chromium: Browser) -> AsyncIterator[Watcher]:
    """A stage that several tests share: each finds it as the others may have left it."""
    async with open_watcher(chromium, "case-tech") as made:
        await made.ends("case-tech")
        yield made


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def happy(chromium: Browser) -> AsyncIterator[Watcher]:
    async with open_watcher(chromium, "happy") as made:
        await made.ends("happy")
        yield made


async def unfolds(page: Page, part: str) -> None:
    if await page.locator(part).get_attribute("open") is None:
        await page.locator(f"{part} > summary").click()


# -- acting -------------------------------------------------------------------------------------------------


async def test_what_is_typed_reaches_the_bot_and_is_answered(tech: Watcher) -> None:
    candidate = tech.window("Li Lei", "telegram")
    before = await candidate.locator(".message.bot").count()
    await tech.says(candidate, "status")
    await expect(candidate.locator(".message.own").last).to_contain_text("status")
    await expect(candidate.locator(".message.bot")).not_to_have_count(before)
    await expect(candidate.locator(".message.bot").last).to_contain_text("Back-end engineer")
    await expect(candidate.locator("input[name=text]")).to_have_value("")


async def test_a_button_is_pressed_and_its_message_edited(chromium: Browser) -> None:
    async with open_watcher(chromium, "case-tech") as watcher:
        await watcher.ends("case-tech")
        await watcher.studio.act(lambda stage: stage.until(TOMORROW_AT_TWO - timedelta(minutes=30)))
        candidate = watcher.window("Li Lei", "telegram")
        asked = candidate.locator(".message", has=watcher.page.locator("button[hx-post='/press']")).last
        # It came an hour before; what counts down goes on counting by the clock of the sandbox.
        await expect(asked.locator("time.live")).to_have_text("in 30 minutes")
        label = await asked.locator("button[hx-post='/press']").first.inner_text()
        await asked.locator("button[hx-post='/press']").first.click()
        await expect(candidate.locator(".message", has_text=f"✓ {label}").locator(".when em")).to_have_text(
            "edited"
        )
        assert watcher.complaints == []


async def test_what_is_typed_while_the_last_is_answered_stays(tech: Watcher) -> None:
    candidate = tech.window("Li Lei", "telegram")
    field = candidate.locator("input[name=text]")
    held = asyncio.Event()

    async def slowly(route: Route) -> None:
        await held.wait()
        await route.continue_()

    await tech.page.route("**/say", slowly)
    await tech.says(candidate, "help")
    await field.fill("status")
    async with tech.page.expect_response("**/say"):
        held.set()
    await tech.page.unroute("**/say", slowly)
    await expect(candidate.locator(".message.own").last).to_contain_text("help")
    await expect(field).to_have_value("status")
    await field.fill("")


async def test_who_blocks_the_bot_is_shown_to_have_done_so(tech: Watcher) -> None:
    candidate = tech.window("Li Lei", "telegram")
    await tech.does(candidate, "Block the bot")
    await expect(candidate.locator(".note")).to_have_text("has blocked the bot")
    await expect(candidate.locator(".more")).to_have_attribute("open", "")
    await tech.does(candidate, "Unblock it")
    await expect(candidate.locator(".note")).to_have_count(0)


async def test_a_slash_command_and_its_form_on_slack(tech: Watcher) -> None:
    team = tech.window("Wang Fang, HR", "slack")
    await tech.says(team, "/turnout today")
    await expect(team.locator(".message .said").last).to_be_visible()
    await expect(tech.page.locator("#wire")).to_contain_text("/hooks/slack/main")


async def test_a_mails_link_opens_our_page_in_their_browser_and_it_is_answered_there(
    chromium: Browser,
) -> None:
    async with open_watcher(chromium, "email") as watcher:
        await watcher.ends("email")
        mailbox = watcher.window("Li Mei", "email")
        await mailbox.locator(".mail[open] button.link").first.click()
        browser = watcher.page.locator(".window.page").first
        await expect(browser.locator(".sheet .text").first).not_to_be_empty()
        link = browser.locator(".address a")
        assert str(await link.get_attribute("href")).startswith(watcher.studio.set_stage.base)
        assert await link.get_attribute("target") == "_blank"


async def test_a_pasted_invitation_is_followed(chromium: Browser) -> None:
    async with open_watcher(chromium, "lesson-why") as watcher:
        await watcher.ends("lesson-why")
        stage = watcher.studio.set_stage
        link = await stage.invite("A-1")
        candidate = watcher.window("Li Lei", "telegram")
        await candidate.locator(".more summary").click()
        await candidate.locator("input[name=to]").fill(link)
        await candidate.get_by_role("button", name="Open", exact=True).click()
        await expect(candidate.locator(".message.bot").first).to_contain_text("Li Lei")


async def test_what_one_is_typing_survives_what_happens_meanwhile(chromium: Browser) -> None:
    async with open_watcher(chromium, "case-tech") as watcher:
        await watcher.ends("case-tech")
        field = watcher.window("Li Lei", "telegram").locator("input[name=text]")
        await field.press_sequentially("I am ")
        await watcher.studio.passes(timedelta(hours=6))
        await expect(watcher.window("Li Lei", "telegram").locator(".message.bot")).not_to_have_count(1)
        await watcher.page.keyboard.type("late")
        await expect(field).to_have_value("I am late")
        await expect(field).to_be_focused()


async def test_a_reload_in_the_middle_shows_the_same_stage(chromium: Browser) -> None:
    async with open_watcher(chromium, "happy", pace=timedelta(milliseconds=400)) as watcher:
        await expect(watcher.page.locator(".message").nth(2)).to_be_visible()
        await watcher.page.get_by_role("button", name="Pause").click()
        await expect(watcher.page.get_by_role("button", name="Go on")).to_be_visible()
        stage = watcher.studio.set_stage
        shown = await watcher.page.locator(".message .text").all_inner_texts()
        await watcher.page.reload()
        await expect(watcher.page.get_by_role("button", name="Go on")).to_be_visible()
        assert set(shown) <= set(await watcher.page.locator(".message .text").all_inner_texts())
        assert watcher.studio.set_stage is stage
        await watcher.page.get_by_role("button", name="Next step").click()
        assert watcher.studio.is_paused
        await watcher.page.get_by_role("button", name="Start over").click()
        await expect(watcher.page.get_by_role("button", name="Pause")).to_be_visible()
        assert watcher.studio.set_stage is not stage


async def test_time_runs_stands_and_jumps(chromium: Browser) -> None:
    async with open_watcher(chromium, "case-tech") as watcher:
        await watcher.ends("case-tech")
        timer = watcher.page.get_by_role("timer")
        start = await timer.inner_text()
        await watcher.page.get_by_role("button", name="×600").click()
        await expect(timer).not_to_have_text(start)
        await watcher.page.get_by_role("button", name="stands still").click()
        await watcher.page.get_by_role("button", name="+1 day").click()
        await expect(timer).to_contain_text("24 Nov")


async def test_the_wire_is_looked_into_and_replayed(happy: Watcher) -> None:
    await happy.page.locator("#wire tr.in").first.get_by_role("button").click()
    await expect(happy.page.locator("#exchange pre").first).not_to_be_empty()
    count = len(happy.studio.wire or ())
    await happy.page.locator("#wire tr.in", has_text="/hooks/telegram").first.get_by_role("button").click()
    await happy.page.get_by_role("button", name="Send it again").click()
    await expect(happy.page.locator("#notice .notice:not(.good)")).to_have_count(0)
    assert len(happy.studio.wire or ()) > count


async def test_another_language_is_chosen_and_the_whole_page_speaks_it(chromium: Browser) -> None:
    async with open_watcher(chromium, "happy") as watcher:
        await watcher.ends("happy")
        await watcher.plays("happy", "zh_Hans")
        await expect(watcher.page.locator("html")).to_have_attribute("lang", "zh-Hans")
        await expect(watcher.page.get_by_role("button", name="播放")).to_be_visible()


# -- what goes wrong ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["Too many requests: wait 30 seconds", "A server error, twice",
                                  "Taken, and the connection breaks before the answer",
                                  "A web page in place of the answer", "No answer at all"])  # fmt: skip
async def test_a_fault_is_met_and_the_page_shows_how_the_bot_coped(tech: Watcher, name: str) -> None:
    await unfolds(tech.page, "#going-wrong")
    faults = tech.page.locator("#faults fieldset", has_text="Telegram")
    await faults.get_by_role("button", name=name).click()
    await expect(tech.page.locator("#notice .good")).to_contain_text("See below")
    candidate = tech.window("Li Lei", "telegram")
    before = await candidate.locator(".message.bot").count()
    await tech.says(candidate, "status")
    await expect(candidate.locator(".message.own").last).to_contain_text("status")
    await tech.page.get_by_role("button", name="+1 hour").click()
    await expect(candidate.locator(".message.bot")).not_to_have_count(before)
    await expect(tech.page.locator("#coped tr.accepted").first).to_be_visible()
    await expect(candidate.locator(".message.bot").last).to_contain_text("Back-end engineer")


async def test_callbacks_come_twice_late_and_forged(happy: Watcher) -> None:
    await unfolds(happy.page, "#going-wrong")
    seen = [len(person.chat) for person in happy.studio.set_stage.people.values()]
    notice = happy.page.locator("#notice .good")
    for name, status in (
        ("Bring the newest callback once more", "200"),
        ("Bring the last two in the wrong order", "200"),
        ("Bring it with a bad signature", "401"),
    ):
        async with happy.page.expect_response("**/fault") as answered:
            await happy.page.locator("#faults").get_by_role("button", name=name).click()
        assert (await answered.value).ok
        await expect(notice).to_contain_text(f"answered with {status}")
    await expect(happy.page.locator("#wire tr.refused .vouched").first).to_have_text("✗ not believed")
    await expect(happy.page.locator("#wire .vouched", has_text="✓ signature good").first).to_be_visible()
    assert seen == [len(person.chat) for person in happy.studio.set_stage.people.values()]


async def test_a_stage_that_cannot_be_set_is_a_sentence_on_the_page(chromium: Browser) -> None:
    async def nothing(stage: object) -> None:
        """Play nothing."""

    broken = Story("broken", ct("story", "Shop assistant"), nothing, policy="\n[nonsense]\nx = 1\n")
    async with open_watcher(chromium, "broken", stories=[broken]) as watcher:
        await expect(watcher.page.get_by_role("alert")).to_contain_text("The stage cannot be set")
        await watcher.page.locator(".scenarios button.primary").click()
        await expect(watcher.page.get_by_role("alert")).to_contain_text("nonsense")
        assert watcher.complaints == []


async def test_a_story_that_breaks_off_is_told(chromium: Browser) -> None:
    async def breaks(stage: object) -> None:
        raise ZeroDivisionError("by nothing")

    story = Story("breaks", ct("story", "Shop assistant"), breaks)
    async with open_watcher(chromium, "breaks", stories=[story]) as watcher:
        await expect(watcher.page.get_by_role("alert")).to_contain_text("by nothing")


BAD = [
    ("/play", {"story": "nothing"}),
    ("/play", {"story": "happy", "lang": "xx"}),
    ("/say", {"window": "telegram:Nobody", "text": "x"}),
    ("/say", {"window": "telegram:Li Lei", "text": "  "}),
    ("/press", {"window": "telegram:Li Lei", "message": "0", "label": "Nothing"}),
    ("/press", {"window": "telegram:Li Lei", "message": "-1", "label": "x"}),
    ("/press", {"window": "telegram:Li Lei", "message": "9999", "label": "x"}),
    ("/clock", {"speed": "7"}),
    ("/pass", {"span": "year"}),
    ("/replay", {"exchange": "99999"}),
    ("/fault", {"platform": "fax", "name": "429"}),
    ("/fault", {"platform": "telegram", "name": "meteor"}),
    ("/do", {"window": "telegram:Li Lei", "doing": "fly"}),
    ("/choose", {"window": "telegram:Li Lei", "entry": "x"}),
    ("/submit", {"window": "telegram:Li Lei"}),
    ("/browse", {"window": "telegram:Li Lei", "form": "0"}),
    ("/visit", {"window": "telegram:Li Lei", "to": "https://example.com/"}),
    ("/invite", {"window": "telegram:Li Lei", "interview": "I-9"}),
    ("/open", {"window": "x"}),
    ("/apply", {}),
    ("/upload", {}),
]


async def test_nonsense_is_answered_with_a_sentence_and_changes_nothing(happy: Watcher) -> None:
    stage = happy.studio.set_stage
    before = ([len(person.chat) for person in stage.people.values()], stage.clock.now())
    for path, data in BAD:
        answer = await happy.post(path, data)
        assert answer.status_code == 422, (path, data, answer.text)
        assert re.search(r'<p class="notice">.{5,}</p>', answer.text), (path, data, answer.text)
    assert happy.studio.set_stage is stage
    assert ([len(person.chat) for person in stage.people.values()], stage.clock.now()) == before


async def test_only_the_page_itself_may_act_and_only_by_its_own_name(happy: Watcher) -> None:
    for headers in (
        {"origin": "https://evil.example"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "null"},
    ):
        assert (await happy.post("/reset", **headers)).status_code == 403
    assert (await happy.post("/reset", host="evil.example")).status_code == 400
    assert (await happy.post("/pause", origin=happy.base)).status_code == 200
    assert (await happy.post("/say", {"x": "y" * 4_000_000})).status_code == 413


# -- for everybody ------------------------------------------------------------------------------------------

SHOWN = ("case-tech", "case-retail", "case-manufacturing", "email", "lesson-trend")


@pytest.mark.timeout(180)
@pytest.mark.parametrize("locale", ["zh_Hans", "en"])
@pytest.mark.parametrize("story", SHOWN)
async def test_no_barrier_by_day_by_night_and_on_the_narrowest_screen(
    chromium: Browser, story: str, locale: str
) -> None:
    async with open_watcher(chromium, story, locale) as watcher:
        await watcher.ends(story)
        for each in ("#own-list", "#going-wrong"):
            await watcher.page.locator(f"{each} > summary").click()
        for width in (1280, 360):
            await watcher.page.set_viewport_size({"width": width, "height": 800})
            assert await overflow(watcher.page) == 0
            for scheme in ("light", "dark"):
                await watcher.page.emulate_media(color_scheme=scheme)
                assert await barriers(watcher.page) == [], (width, scheme)


async def test_the_keyboard_alone_is_enough(tech: Watcher) -> None:
    await tech.window("Li Lei", "telegram").locator("input[name=text]").focus()
    await tech.page.keyboard.type("help")
    await tech.page.keyboard.press("Enter")
    await expect(tech.window("Li Lei", "telegram").locator(".message.own").last).to_contain_text("help")
