"""The product tried from outside: real processes, a real configuration file, a Bot API on loopback, real time."""

from __future__ import annotations

import asyncio
import csv
import json
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from standardwebhooks.webhooks import Webhook

from bot.clock import MachineClock
from bot.sandbox.stage import SIGNING_SECRET
from bot.sandbox.telegram import Person, TelegramStandIn

CONFIG = """
[server]
port = {port}
public_url = "http://127.0.0.1:{port}"
[database]
url = "{database}"
[channels.telegram.main]
token = "{token}"
api_base = "{api_base}"
mode = "polling"
poll_seconds = 1
[interviews.platform]
secret = "{secret}"
[policy]
name = "Nebula"
zone = "Asia/Shanghai"
languages = ["en", "zh_Hans"]
rungs = ["24h", "1h"]
rescue_after = "1s"
grace = "2s"
quiet_hours = "off"
join_signal = "platform"
signal_account = "platform"
devices = {{ en = "A computer with a camera", zh_Hans = "带摄像头的电脑" }}
[policy.support]
name = {{ en = "Support", zh_Hans = "技术支持" }}
phone = "400-820-8820"
hours = "00:00-23:59"
"""
PATIENCE = 60.0


class Installation:
    """An installed Turnout in a folder, with its Telegram."""

    def __init__(self, folder: Path, telegram: TelegramStandIn, port: int, database: str) -> None:
        self.folder = folder
        self.telegram = telegram
        self.base = f"http://127.0.0.1:{port}"
        self.config = folder / "turnout.toml"
        text = CONFIG.format(
            port=port,
            token=telegram.token,
            api_base=telegram.api_base,
            secret=SIGNING_SECRET,
            database=database,
        )
        self.config.write_text(text, "utf-8")
        self.config.chmod(0o600)
        self.running: asyncio.subprocess.Process | None = None

    async def turnout(self, *words: str) -> tuple[int, str, str]:
        """Run one command and return its exit code, output and errors."""
        process = await self._start(*words)
        out, err = await process.communicate()
        return process.returncode or 0, out.decode(), err.decode()

    async def json(self, *words: str) -> Any:
        code, out, err = await self.turnout(*words, "--json", "--config", str(self.config))
        assert code == 0, err
        return json.loads(out)

    async def run(self) -> None:
        self.running = await self._start("run", "--config", str(self.config))
        async with httpx.AsyncClient(trust_env=False) as http:
            await until(lambda: _is_ready(http, self.base))

    async def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        assert self.running is not None
        if self.running.returncode is None:
            self.running.send_signal(how)
        _, errors = await self.running.communicate()
        assert b"Traceback" not in errors, errors.decode()
        return self.running.returncode or 0

    async def _start(self, *words: str) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bot",
            *words,
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )


async def until(is_so: Callable[[], Awaitable[bool]]) -> None:
    """Wait for something real; polling is the only way in from outside."""
    async with asyncio.timeout(PATIENCE):
        while not await is_so():  # noqa: ASYNC110 - another process tells nobody
            await asyncio.sleep(0.05)


async def _is_ready(http: httpx.AsyncClient, base: str) -> bool:
    try:
        return (await http.get(f"{base}/readyz")).status_code == 200
    except httpx.HTTPError:
        return False


async def reads(who: Person, words: str) -> str:
    """Return the message of the bot that holds these words, once it is there."""

    async def is_there() -> bool:
        return any(words in m.text for m in who.chat if m.sender is None)

    try:
        await until(is_there)
    except TimeoutError:
        raise AssertionError(f"{who.name} never read {words!r}: {[m.text for m in who.chat]}") from None
    return next(m.text for m in who.chat if m.sender is None and words in m.text)


@pytest.fixture
async def installation(tmp_path: Path, database_url: str) -> AsyncIterator[Installation]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    async with TelegramStandIn(MachineClock()) as telegram:
        found = Installation(
            tmp_path, telegram, port, database_url.replace("+asyncpg", "").replace("+aiosqlite", "")
        )
        yield found
        if found.running is not None and found.running.returncode is None:
            found.running.kill()
            await found.running.wait()


def interview_list(folder: Path, starts_at: datetime) -> Path:
    path = folder / "list.csv"
    with path.open("w", encoding="gb18030", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["姓名", "手机", "岗位", "面试时间", "面试链接", "编号", "语言"])
        wall = (starts_at + timedelta(hours=8)).strftime("%Y-%m-%d %H:%M:%S")
        writer.writerow(
            ["Li Lei", "13800001234", "Frontend", wall, "https://meet.example.com/1", "A-1", "en"]
        )
    return path


@pytest.mark.timeout(300)
async def test_from_a_list_to_a_rebooking_while_it_runs(installation: Installation, tmp_path: Path) -> None:
    here = installation
    status, printed, err = await here.turnout("admin", "code", "--role", "hr", "--config", str(here.config))
    assert status == 0, err
    code = printed.split()[0]
    await here.run()
    hr = here.telegram.person("Wang Fang", language_code="en")
    await hr.says(code)
    await reads(hr, "Welcome")

    path = interview_list(tmp_path, datetime.now(UTC) + timedelta(days=1))
    dry = await here.json("import", str(path))
    assert dry["rows"][0]["verdict"] == "new"
    assert await here.json("list") == []
    # Real time: the reminder of one hour before is due as soon as a slow machine has done the import.
    path = interview_list(
        tmp_path, (datetime.now(UTC) + timedelta(hours=1, seconds=25)).replace(microsecond=0)
    )
    links = tmp_path / "links.csv"
    exit_code, out, err = await here.turnout(
        "import",
        str(path),
        "--apply",
        "--links",
        str(links),
        "--qr",
        str(tmp_path / "qr"),
        "--config",
        str(here.config),
    )
    assert (exit_code, err) == (0, ""), out
    assert (tmp_path / "qr" / "I-1001.png").read_bytes().startswith(b"\x89PNG")
    assert (await here.json("import", str(path)))["rows"][0]["verdict"] == "unchanged"
    with links.open(encoding="utf-8-sig") as file:
        link = next(csv.DictReader(file))["link"]

    candidate = here.telegram.person("Li Lei", language_code="en")
    await candidate.open_link(link)
    await reads(candidate, "Li Lei")
    reminder = await reads(candidate, "Nebula: your Frontend interview")
    assert "400-820-8820" in reminder
    assert "A computer with a camera" in reminder

    why = await here.json("why", "A-1")
    await until(lambda: _is_sent(here))
    verdicts = {row["rung"]: row["verdict"] for row in (await here.json("why", "A-1"))["rungs"]}
    assert verdicts == {"24h": "skipped", "1h": "sent"}
    assert why["interview"] == "I-1001"
    assert [row["kind"] for row in await here.json("admin", "outbox", "list")]

    # The clock of this test is real, so the start is brought near by a command instead of waiting an hour.
    await _signal(here, "heartbeat")
    soon = (datetime.now(UTC) + timedelta(seconds=12, hours=8)).strftime("%Y-%m-%dT%H:%M:%S")
    moved = await here.json("move", "A-1", soon)
    assert moved["attempt"] == 2
    await reads(candidate, "moved")
    await _signal(here, "heartbeat")
    await reads(hr, "No-show: I-1001")
    await reads(candidate, "Sorry that you couldn")
    assert (await here.json("why", "A-1"))["state"] == "no_show"
    await _signal(here, "joined", "A-1")
    await until(lambda: _has_state(here, "joined"))
    assert await here.stop() == 0


@pytest.mark.timeout(90)
async def test_a_wrong_configuration_is_told_whole_and_ends_with_78(tmp_path: Path) -> None:
    path = tmp_path / "bad.toml"
    path.write_text(
        '[policy]\nname="x"\nzone="Nowhere/Land"\nrungs=["0h"]\n[channels.telegram.main]\ntoken="geheim"\n'
    )
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        "run",
        "--config",
        str(path),
        cwd=Path(__file__).parents[2],
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    _, errors = await process.communicate()
    assert process.returncode == 78
    assert b"policy.zone" in errors
    assert b"policy.rungs" in errors
    assert b"geheim" not in errors
    assert b"Traceback" not in errors


@pytest.mark.timeout(90)
async def test_commands_that_cannot_be_done_say_why_in_one_line(
    installation: Installation, tmp_path: Path
) -> None:
    here = installation
    picture = tmp_path / "list.csv"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    for words in (
        ("import", str(picture)),
        ("import", str(tmp_path / "missing.csv")),
        ("why", "I-9999"),
        ("move", "I-9999", "2026-11-25T14:00"),
        ("admin", "outbox", "retry", "nonsense"),
    ):
        code, _, errors = await here.turnout(*words, "--config", str(here.config))
        assert code == 1, words
        assert "→" in errors, errors
        assert "Traceback" not in errors


async def _is_sent(here: Installation) -> bool:
    return any(row["verdict"] == "sent" for row in (await here.json("why", "A-1"))["rungs"])


async def _has_state(here: Installation, state: str) -> bool:
    return bool((await here.json("why", "A-1"))["state"] == state)


async def _signal(here: Installation, kind: str, interview: str | None = None) -> None:
    now = datetime.now(UTC)
    body = json.dumps(
        {"type": f"interview.{kind}", "timestamp": now.isoformat(), "data": {"interview": interview}}
    )
    id = f"msg_{uuid4().hex}"
    headers = {
        "webhook-id": id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(SIGNING_SECRET).sign(id, now, body),
    }
    async with httpx.AsyncClient(trust_env=False) as http:
        answer = await http.post(f"{here.base}/hooks/interviews/platform", content=body, headers=headers)
    assert answer.status_code == 200, answer.text
