"""The device check for everybody: both languages, light and dark, the narrowest screen, keys, and who may open it."""

from __future__ import annotations

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.async_api import Page

from bot.web.precheck import assets
from tests.browser.devices import Bench, rejects
from tests.browser.visitor import RULES


async def barriers(page: Page) -> list[str]:
    await page.evaluate(AXE_SCRIPT)
    found = await page.evaluate(
        "rules => axe.run(document, {runOnly: {type: 'tag', values: rules}})", list(RULES)
    )
    return [f"{each['id']}: {[node['html'][:200] for node in each['nodes']]}" for each in found["violations"]]


async def is_usable(page: Page) -> None:
    assert await barriers(page) == []
    assert (
        await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        == 0
    )
    small = await page.evaluate(
        """() => [...document.querySelectorAll('a, button, input:not([type=hidden]), select')]
            .filter(e => e.offsetParent !== null && !e.classList.contains('skip'))
            .map(e => [e.outerHTML.slice(0, 90), e.getBoundingClientRect()])
            .filter(([, box]) => box.height < 24 || box.width < 24).map(([e]) => e)"""
    )
    assert small == []


@pytest.mark.parametrize(("locale", "scheme"), [("en", "light"), ("zh_Hans", "dark")])
async def test_no_barrier_before_during_and_after(bench: Bench, locale: str, scheme: str) -> None:
    script = rejects("NotAllowedError", only="video")
    async with bench.candidate(
        locale=locale, size=(320, 640), color_scheme=scheme, script=script, patience=60_000
    ) as one:
        await one.comes()
        assert await one.page.get_attribute("html", "lang") == locale.replace("_", "-")
        await is_usable(one.page)
        await one.page.click("#start")
        assert await one.page.evaluate("document.activeElement.id") == "checks-title", "focus is never lost"
        await one.page.wait_for_selector("#row-speaker .choices button")
        await is_usable(one.page)
        await one.answers("#row-speaker .choices button >> nth=1")
        await one.reported()
        await is_usable(one.page)
        told = await one.page.inner_text("#row-camera")
        assert ("需处理" in told) == (locale == "zh_Hans")
        assert ("Fix this" in told) == (locale == "en")
        if locale == "zh_Hans":
            rest = await one.page.inner_text("#checks")
            assert "Try again" not in rest
            assert "再试一次" in rest


async def test_by_keys_alone(bench: Bench) -> None:
    async with bench.candidate(patience=9000) as one:
        await one.comes()
        reached = False
        for _ in range(12):
            await one.page.keyboard.press("Tab")
            if await one.page.evaluate("document.activeElement.id") == "start":
                reached = True
                break
        assert reached
        await one.page.keyboard.press("Enter")
        await one.page.wait_for_selector("#row-speaker .choices button")
        for _ in range(20):
            if await one.page.evaluate("document.activeElement.closest('#row-speaker') !== null"):
                break
            await one.page.keyboard.press("Tab")
        await one.page.keyboard.press("Enter")
        assert (await one.reported()).verdict == "passed"
        assert await one.page.evaluate("document.activeElement.id") == "summary"


async def test_each_result_is_announced_in_words(bench: Bench) -> None:
    script = """
    document.addEventListener('DOMContentLoaded', () => {
      window.heard = [];
      new MutationObserver(() => heard.push(document.getElementById('news').textContent))
        .observe(document.getElementById('news'), {childList: true});
    });
    """
    async with bench.candidate(script=script) as one:
        await one.checks()
        heard = " / ".join(await one.page.evaluate("heard"))
        for told in ("Camera: Works.", "Microphone: Works.", "Connection: Works.", "Sound: Works."):
            assert told in heard


async def test_the_link_is_out_of_the_address_and_works_for_others_no_more_than_it_should(
    bench: Bench,
) -> None:
    async with bench.candidate() as one, bench.candidate() as other:
        await one.comes(lang="zh_Hans")
        assert one.page.url == f"{bench.stage.base}/check?opened=1&lang=zh_Hans"
        assert await one.page.get_attribute("html", "lang") == "zh-Hans"
        await other.comes()
        first = await one.page.input_value("#address")
        assert first != await other.page.input_value("#address")
        for bad in (f"{bench.stage.base}/check/x.y", one.link[:-3] + "AAA"):
            await other.page.goto(bad)
            assert "This link does not work any more" in await other.page.inner_text("main")
        await other.page.goto(first)
        assert await other.page.input_value("#address") == first, "a link works again until it expires"


async def test_one_page_does_not_report_for_another_link_opened_since(bench: Bench) -> None:
    async with bench.candidate() as one, bench.candidate() as other:
        await one.comes()
        second = await one.context.new_page()
        await second.goto(other.link)
        await one.page.bring_to_front()
        await one.page.click("#start")
        await one.answers("#row-speaker .choices button >> nth=0")
        await one.page.wait_for_selector("#told:has-text('did not reach us')")
        assert [*await one.reports(), *await other.reports()] == []


async def test_the_browser_forbids_what_is_not_ours(bench: Bench) -> None:
    async with bench.candidate() as one:
        await one.comes()
        ran = await one.page.evaluate(
            """() => new Promise((done) => {
                document.addEventListener('securitypolicyviolation', (event) => done(event.violatedDirective));
                const script = document.createElement('script');
                script.textContent = 'window.ran = true';
                document.body.append(script);
            })"""
        )
        assert ran.startswith("script-src")
        assert await one.page.evaluate("window.ran") is None


async def test_first_paint_needs_no_script(bench: Bench) -> None:
    async with bench.candidate(java_script_enabled=False) as one:
        await one.page.goto(one.link)
        assert await one.page.locator("#checks li").count() == 8
        html = await one.page.content()
        assert html.count(assets.version()) == 3


async def test_move_and_help_lead_to_the_page_of_the_interview(bench: Bench) -> None:
    async with bench.candidate(size=(1200, 800)) as one:
        await one.comes()
        assert await one.page.locator("img[src*='qr.svg']").is_visible()
        await one.page.click("button[value=help]")
        assert "/my/" in one.page.url
        await one.page.wait_for_selector("text=Our support has it now")
