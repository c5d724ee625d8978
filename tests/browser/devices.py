"""Candidates with cameras, microphones and networks of all kinds before the device check; nothing of it is real."""

from __future__ import annotations

import asyncio
import io
import math
import random
import shutil
import struct
import wave
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, BrowserContext, Page, Playwright, Request, async_playwright, expect

from bot.sandbox.stage import Stage
from bot.sandbox.stories import story
from conversations.interview import Interview
from conversations.prechecks import CODES, Precheck
from store import interviews, prechecks
from tests.browser.conftest import CHROMIUM, FLAGS

CANDIDATES = 90
DEVICE = "--use-fake-device-for-media-stream"
YES = "--use-fake-ui-for-media-stream"
LAN = "--host-resolver-rules=MAP lan.test 127.0.0.1"
WELL = (DEVICE, YES, LAN)

# The clock stands still, as the stage's does; and what waits for people waits shorter.
SETTLED = """
(() => {
  Date.now = () => %(now)d + %(skew)d;
  const timeout = window.setTimeout;
  const shorter = {50: 12, 250: 100, 45000: %(answer)d, 30000: %(patience)d, 20: 2, 1000: 300, 6000: %(connect)d};
  window.setTimeout = (f, ms, ...more) => timeout(f, shorter[ms] || ms, ...more);
})();
"""


@dataclass(slots=True)
class Candidate:
    """Somebody with a link to their device check, in a browser window of their own."""

    bench: Bench
    context: BrowserContext
    page: Page
    interview: Interview
    base: str
    requests: list[Request] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    @property
    def link(self) -> str:
        app = self.bench.stage.app
        url = app.links.page("check", self.interview.id, self.interview.attempt.starts_at.replace(year=2027))
        return url.replace(self.bench.stage.base, self.base)

    async def comes(self, **query: str) -> None:
        asked = "?" + "&".join(f"{name}={value}" for name, value in query.items()) if query else ""
        await self.page.goto(self.link + asked)
        await expect(self.page.locator("#start")).to_be_visible()

    async def checks(self, answer: str = "#row-speaker .choices button >> nth=0") -> Precheck:
        """Go through the whole check; return what it reported."""
        await self.comes()
        return await self.goes_on(answer)

    async def goes_on(self, answer: str = "#row-speaker .choices button >> nth=0") -> Precheck:
        known = len(await self.reports())
        await self.page.click("#start")
        if answer:
            await self.answers(answer)
        return await self.reported(known)

    async def answers(self, answer: str) -> None:
        """Answer the question about the sound, unless the check ends without it."""
        asked = self.page.locator(answer)
        over = self.page.locator("#summary:not([hidden])")
        await expect(asked.or_(over).first).to_be_visible(timeout=15_000)
        if await asked.count():
            await asked.click()

    async def reported(self, known: int = 0) -> Precheck:
        await expect(self.page.locator("#summary")).to_be_visible(timeout=20_000)
        for _ in range(200):
            found = await self.reports()
            if len(found) > known:
                return found[0]
            await asyncio.sleep(0.02)
        raise AssertionError("nothing was reported")

    async def reports(self) -> Sequence[Precheck]:
        async with self.bench.stage.app.db.read() as tx:
            return await prechecks.of_interview(tx, self.interview.id, 50)

    async def row(self, id: str) -> str:
        return await self.page.inner_text(f"#row-{id}")


def code(check: Precheck, id: str) -> str:
    """Return what a check found of one thing."""
    return next((f.code for f in check.findings if CODES[f.code].check == id), "")


@dataclass(slots=True)
class Bench:
    """One product with many candidates, and a Chromium for each set of devices, kept until the end."""

    stage: Stage
    playwright: Playwright
    folder: Path
    free: list[Interview]
    _stack: AsyncExitStack
    _browsers: dict[tuple[str, ...], Browser] = field(default_factory=dict)

    async def browser(self, flags: tuple[str, ...] = WELL) -> Browser:
        if flags not in self._browsers:
            started = await self.playwright.chromium.launch(
                executable_path=CHROMIUM, args=[*FLAGS, "--mute-audio", *flags]
            )
            self._stack.push_async_callback(started.close)
            self._browsers[flags] = started
        return self._browsers[flags]

    @asynccontextmanager
    async def candidate(
        self,
        flags: tuple[str, ...] = WELL,
        *,
        locale: str = "en",
        size: tuple[int, int] = (360, 740),
        script: str = "",
        skew: int = 0,
        patience: int = 9000,
        answer: int = 20_000,
        connect: int = 6000,
        base: str = "",
        **options: Any,
    ) -> AsyncIterator[Candidate]:
        browser = await self.browser(flags)
        options.setdefault("timezone_id", "Asia/Shanghai")
        context = await browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            locale="zh-CN" if locale == "zh_Hans" else "en-US",
            **options,
        )
        context.set_default_timeout(15_000)
        if options.get("java_script_enabled", True):
            now = round(self.stage.clock.now().timestamp() * 1000)
            await context.add_init_script(
                SETTLED
                % {"now": now, "skew": skew, "patience": patience, "answer": answer, "connect": connect}
            )
            if script:
                await context.add_init_script(script)
        try:
            page = await context.new_page()
            made = Candidate(self, context, page, self.free.pop(), base or self.stage.base)
            page.on("request", lambda request: made.requests.append(request))
            page.on("pageerror", lambda error: made.errors.append(str(error)))
            yield made
            assert made.errors == []
        finally:
            await context.close()


@asynccontextmanager
async def open_bench(folder: Path, locale: str = "en", policy: str = "") -> AsyncIterator[Bench]:
    async with AsyncExitStack() as stack:
        stage = await stack.enter_async_context(await Stage.open(locale, policy))
        app = stage.app
        # Whoever it is was asked elsewhere.
        app.settings = replace(app.settings, server=replace(app.settings.server, ask_phone=False))
        await stage.import_list(
            [story.row(stage, n, f"Candidate {n}", 语言="") for n in range(1, CANDIDATES + 1)]
        )
        async with app.db.read() as tx:
            found = [await interviews.by_name(tx, f"A-{n}") for n in range(1, CANDIDATES + 1)]
        playwright = await stack.enter_async_context(async_playwright())
        assert shutil.which(CHROMIUM), f"{CHROMIUM} is missing: make system"
        yield Bench(stage, playwright, folder, [one for one in found if one is not None], stack)


# -- pictures and sounds -------------------------------------------------------------------------------------


def video(folder: Path, name: str, luma: Sequence[int]) -> str:
    """Write a video (y4m) whose frames have this brightness, and return the flag for it."""
    width, height = 640, 480
    path = folder / f"{name}.y4m"
    with path.open("wb") as file:
        file.write(f"YUV4MPEG2 W{width} H{height} F10:1 Ip A1:1 C420jpeg\n".encode())
        for level in luma:
            chroma = bytes([128]) * (width * height // 2)
            file.write(b"FRAME\n" + bytes([level]) * (width * height) + chroma)
    return f"--use-file-for-fake-video-capture={path}"


def audio(folder: Path, name: str, volume: float, *, noise: float = 0.0) -> str:
    """Write two seconds of a tone that comes and goes, and return the flag for it."""
    path, rate, chance = folder / f"{name}.wav", 48_000, random.Random(7)
    data = io.BytesIO()
    for n in range(rate * 2):
        tone = volume * math.sin(n / rate * 440 * math.tau) if (n // 12_000) % 2 else 0.0
        value = max(-1.0, min(1.0, tone + noise * chance.uniform(-1, 1)))
        data.write(struct.pack("<h", round(value * 32767)))
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(data.getvalue())
    return f"--use-file-for-fake-audio-capture={path}"


# -- networks ------------------------------------------------------------------------------------------------


@asynccontextmanager
async def network(
    base: str, *, delays: Sequence[float] = (0,), rate: int = 0, breaks_after: int = 0
) -> AsyncIterator[str]:
    """Serve the product through a bad network; return its address there.

    `delays` are seconds that pieces wait, in turn; `rate` is bytes per second each way; after `breaks_after` bytes
    every connection is cut off.
    """
    port = int(base.rpartition(":")[2])
    writers: set[asyncio.StreamWriter] = set()
    passed = 0

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal passed
        n = 0
        try:
            while piece := await reader.read(4096 if rate else 65536):
                n += 1
                passed += len(piece)
                if breaks_after and passed > breaks_after:
                    writer.transport.abort()
                    return
                await asyncio.sleep(delays[n % len(delays)] + (len(piece) / rate if rate else 0))
                writer.write(piece)
                await writer.drain()
        except (ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there_reader, there_writer = await asyncio.open_connection("127.0.0.1", port)
        writers.update((writer, there_writer))
        await asyncio.gather(carry(reader, there_writer), carry(there_reader, writer))

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        for writer in writers:
            writer.transport.abort()
        await server.wait_closed()


REJECTS = """
navigator.mediaDevices.getUserMedia = async (wanted) => {
  const error = new DOMException(%(message)r, %(name)r);
  if (%(only)r === 'both' || wanted[%(only)r]) throw error;
  return window.realMedia(wanted);
};
"""


def rejects(name: str, message: str = "", only: str = "both") -> str:
    """Return a script with which asking for camera or microphone fails; `only` is `video` or `audio`."""
    kept = "window.realMedia = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);"
    return kept + REJECTS % {"name": name, "message": message, "only": only}


_IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15"
_ANDROID = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/116.0 Mobile Safari/537.36"
_WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64)"
AGENTS: Mapping[str, str] = {
    "wechat-ios": f"{_IPHONE} Mobile/15E148 MicroMessenger/8.0.47(0x18002f2c) NetType/WIFI Language/zh_CN",
    "wechat-android": f"{_ANDROID} XWEB/1160083 MMWEBSDK/20231202 MicroMessenger/8.0.47 WeChat/arm64 Weixin",
    "wechat-desktop": f"{_WINDOWS} Chrome/116.0 Safari/537.36 MicroMessenger/7.0.20.1781 WindowsWechat(0x63090a13)",
    "wecom": f"{_IPHONE} Mobile/15E148 wxwork/4.1.22 MicroMessenger/7.0.1 Language/zh",
    "dingtalk": f"{_ANDROID} AliApp(DingTalk/7.5.10)",
    "feishu": f"{_IPHONE} Mobile/15E148 Lark/7.9.5",
    "qq": f"{_ANDROID} V1_AND_SQ_9.0.0 QQ/9.0.0.14110",
    "telegram-android": f"{_ANDROID} Telegram-Android/10.5.0",
    "safari-ios": f"{_IPHONE} Version/17.0 Mobile/15E148 Safari/604.1",
    "chrome-android": _ANDROID,
    "edge": f"{_WINDOWS} AppleWebKit/537.36 Chrome/120.0 Safari/537.36 Edg/120.0",
    "firefox": f"{_WINDOWS} Gecko/20100101 Firefox/121.0",
    "safari-mac": "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/17.0 Safari/605.1.15",
}
"""What browsers call themselves, shortened."""
