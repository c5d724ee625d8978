"""The device check in every browser and network: chat apps, insecure origins, slow lines, wrong clocks."""

from __future__ import annotations

import json
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Route, expect

from bot.web.precheck import probes, reports
from conversations.prechecks import CODES, Precheck
from tests.browser.devices import AGENTS, Bench, Candidate, code, network, rejects

HOUR = 3_600_000
ROWS = {"camera", "microphone", "speaker", "network", "direct", "clock", "power"}


IN_APP = {
    "wechat-ios": "WeChat",
    "wechat-android": "WeChat",
    "wecom": "WeCom",
    "dingtalk": "DingTalk",
    "feishu": "Feishu",
    "qq": "QQ",
    "telegram-android": "Telegram",
}


@pytest.mark.parametrize("agent", IN_APP)
async def test_a_chat_app_that_works_is_a_remark(bench: Bench, agent: str) -> None:
    async with bench.candidate(user_agent=AGENTS[agent]) as one:
        await one.comes()
        await one.page.click("#start")
        await one.page.wait_for_selector("#row-browser.warn")
        told = await one.row("browser")
        assert f"inside {IN_APP[agent]}" in told
        assert "WEB-APP" in told
        assert "open" in told.lower()


async def test_telegram_on_an_iphone_is_known_by_its_objects(bench: Bench) -> None:
    async with bench.candidate(
        user_agent=AGENTS["safari-ios"], script="window.TelegramWebviewProxy = {};"
    ) as one:
        check = await one.checks()
        assert code(check, "browser") == "WEB-APP"
        assert "Telegram" in await one.row("browser")


async def test_desktop_wechat_gives_no_camera(bench: Bench) -> None:
    script = "Object.defineProperty(navigator, 'mediaDevices', {value: undefined});"
    async with bench.candidate(user_agent=AGENTS["wechat-desktop"], script=script) as one:
        check = await one.checks("")
        assert [f.code for f in check.findings] == ["WEB-APP-BLOCKS"]
        told = await one.row("browser")
        assert "WeChat gives this page no camera" in told
        assert "open it in Chrome or Edge" in told


async def test_an_old_browser(bench: Bench) -> None:
    async with bench.candidate(script="delete window.RTCPeerConnection;") as one:
        check = await one.checks("")
        assert [f.code for f in check.findings] == ["WEB-OLD"]
        for id in ROWS:
            assert "Skipped" in await one.row(id)
            box = await one.page.locator(f"#row-{id}").bounding_box()
            assert box is not None
            assert box["x"] >= 0


async def test_an_insecure_origin_is_not_the_candidates_fault(bench: Bench) -> None:
    port = bench.stage.base.rpartition(":")[2]
    async with bench.candidate(base=f"http://lan.test:{port}") as one:
        check = await one.checks("")
        assert [f.code for f in check.findings] == ["WEB-INSECURE"]
        told = await one.row("browser")
        assert "your device may be fine" in told
        assert "Tell whoever invited you" in told


async def test_a_browser_that_cannot_start_the_page_says_what_else_to_do(bench: Bench) -> None:
    async with bench.candidate() as one:
        await one.page.route(
            "**/main.js", lambda route: route.fulfill(body="a ?.= ;", content_type="text/javascript")
        )
        await one.page.goto(one.link)
        await expect(one.page.locator("#stuck")).to_be_visible(timeout=8000)
        assert "Chrome, Edge or Safari" in await one.page.inner_text("#stuck")
        assert await one.page.locator("#copy").is_visible()
        assert not await one.page.locator("#start").is_visible()
        one.errors.clear()


async def test_without_scripts_the_page_is_of_use(bench: Bench) -> None:
    async with bench.candidate(java_script_enabled=False) as one:
        await one.page.goto(one.link)
        told = await one.page.inner_text("main")
        for needed in ("JavaScript", "What you need", "400-820-8820", "24 Nov"):
            assert needed in told
        await one.page.click("button[value=help]")
        assert "/my/" in one.page.url


# -- networks ------------------------------------------------------------------------------------------------


async def test_a_slow_network(bench: Bench) -> None:
    async with (
        network(bench.stage.base, rate=40_000) as base,
        bench.candidate(base=base, patience=9000) as one,
    ):
        check = await one.checks()
        assert code(check, "network") == "NET-TOO-SLOW"
        numbers = next(f.numbers for f in check.findings if f.code.startswith("NET"))
        assert 100 < numbers["down"] < 600
        assert 50 < numbers["up"] < 600
        assert check.took < 20


async def test_a_far_network(bench: Bench) -> None:
    async with network(bench.stage.base, delays=(0.2,)) as base, bench.candidate(base=base) as one:
        check = await one.checks()
        numbers = next(f.numbers for f in check.findings if f.code.startswith("NET"))
        assert code(check, "network") == "NET-DELAY"
        assert 350 < numbers["rtt"] < 900


async def test_an_unsteady_network(bench: Bench) -> None:
    delays = (0.0, 0.12, 0.01, 0.2, 0.03)
    async with network(bench.stage.base, delays=delays) as base, bench.candidate(base=base) as one:
        assert code(await one.checks(), "network") == "NET-JITTER"


async def test_a_network_that_breaks_off(bench: Bench) -> None:
    async with network(bench.stage.base, breaks_after=80_000) as base, bench.candidate(base=base) as one:
        await one.comes()
        await one.page.click("#start")
        await one.page.wait_for_selector("#row-network.fail")
        assert "NET-OFFLINE" in await one.row("network")
        await one.answers("#row-speaker .choices button >> nth=0")
        await expect(one.page.locator("#told")).to_contain_text("did not reach us")


async def test_data_is_saved_where_that_is_wanted(bench: Bench) -> None:
    script = "Object.defineProperty(navigator, 'connection', {value: {saveData: true}});"
    async with bench.candidate(script=script) as one:
        await one.checks()
        sizes = [int(r.url.partition("bytes=")[2]) for r in one.requests if "/down?" in r.url]
        assert sum(sizes) <= 150_000


async def test_nothing_but_codes_and_empty_bytes_leaves_the_device(bench: Bench) -> None:
    """No picture and no sound: every request is to our own server, known by name, and small."""
    async with bench.candidate() as one:
        await one.checks()
        await expect(one.page.locator("#told")).to_contain_text("We know the result")
        assert {urlsplit(r.url).netloc for r in one.requests} == {urlsplit(bench.stage.base).netloc}
        sent = [r for r in one.requests if r.method == "POST"]
        assert {urlsplit(r.url).path for r in sent} == {"/check/up", "/check/report"}
        for request in sent:
            body = request.post_data_buffer or b""
            if request.url.endswith("/up"):
                assert body == b"" or not any(body), "only zeros go up"
            else:
                assert len(body) < reports.LARGEST
                told = json.loads(body)
                assert told.keys() == {"id", "nonce", "took", "checks"}
                known = {(name, code.check, code.status) for name, code in CODES.items()}
                assert all((c["code"], c["id"], c["status"]) in known for c in told["checks"])
                assert all(isinstance(n, int) for c in told["checks"] for n in c["data"].values())
        down = sum(int(r.url.partition("bytes=")[2]) for r in one.requests if "/down?" in r.url)
        up = sum(len(r.post_data_buffer or b"") for r in sent)
        assert down + up <= 6_000_000
        assert down + up < probes.MOST_BYTES / 4


# -- calls ---------------------------------------------------------------------------------------------------


async def test_calls_are_held_up(bench: Bench) -> None:
    script = """
    RTCPeerConnection.prototype.setLocalDescription = async () => { throw new DOMException('', 'OperationError'); };
    """
    async with bench.candidate(script=script) as one:
        assert code(await one.checks(), "direct") == "RTC-BLOCKED"


@pytest.mark.parametrize(("every", "found"), [(0, "RTC-OK"), (16, "RTC-LOSS"), (3, "RTC-LOSSY")])
async def test_what_gets_lost_by_the_relay(bench: Bench, every: int, found: str) -> None:
    script = """
    const Real = RTCPeerConnection;
    window.RTCPeerConnection = class extends Real { constructor() { super({}); } };
    const send = RTCDataChannel.prototype.send;
    let sent = 0;
    RTCDataChannel.prototype.send = function (data) {
      sent += 1;
      if (!EVERY || sent % EVERY) send.call(this, data);
    };
    """.replace("EVERY", str(every))
    async with bench.candidate(script=script) as one:
        assert code(await _relayed(one), "direct") == found


async def test_a_relay_that_is_not_there(bench: Bench) -> None:
    async with bench.candidate(connect=1500) as one:
        assert code(await _relayed(one), "direct") == "RTC-NO-RELAY"


async def _relayed(one: Candidate) -> Precheck:
    """Go through the check as if the company had a TURN server."""
    await one.comes()
    await one.page.route("**/check?relay", _with_relay)
    await one.page.goto(f"{one.base}/check?relay")
    return await one.goes_on()


async def _with_relay(route: Route) -> None:
    answer = await route.fetch()
    relay = '"relay": {"url": "turn:127.0.0.1:9?transport=tcp", "user": "u", "secret": "s"}'
    body = (await answer.text()).replace('"relay": null', relay)
    await route.fulfill(response=answer, body=body)


# -- clock, power and screen ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("skew", "words"), [(185_000, "185 seconds ahead"), (-90_000, "90 seconds behind")])
async def test_a_wrong_clock(bench: Bench, skew: int, words: str) -> None:
    async with bench.candidate(skew=skew) as one:
        check = await one.checks()
        assert code(check, "clock") == "CLK-WRONG"
        assert next(f.numbers["ahead"] for f in check.findings if f.code == "CLK-WRONG") == skew // 1000
        assert words in await one.row("clock")


async def test_another_time_zone_is_told_before_the_start(bench: Bench) -> None:
    async with bench.candidate(timezone_id="Europe/Berlin") as one:
        await one.comes()
        said = await one.page.inner_text("#zone")
        assert said == "Tue 14:00 Beijing = Tue 07:00 where you are"
        check = await one.goes_on()
        assert code(check, "clock") == "CLK-ZONE"
        assert next(f.numbers["zone"] for f in check.findings if f.code == "CLK-ZONE") == -420
        assert check.verdict == "passed"


@pytest.mark.parametrize(
    ("battery", "found"),
    [
        ("async () => ({level: 0.2, charging: false})", "PWR-LOW"),
        ("async () => ({level: 0.2, charging: true})", "PWR-OK"),
        ("undefined", "PWR-SKIPPED"),
        ("async () => { throw new Error(); }", "PWR-SKIPPED"),
    ],
)
async def test_the_battery(bench: Bench, battery: str, found: str) -> None:
    async with bench.candidate(script=f"navigator.getBattery = {battery};" + rejects("NotFoundError")) as one:
        assert code(await one.checks(), "power") == found
