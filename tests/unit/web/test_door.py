"""The front door: whatever comes, a 4xx with a reason in one log line, never a 5xx and never its content."""

import json
from typing import Any

import pytest

from bot.web.door import LARGEST
from store import inbox
from tests.unit.web.conftest import (
    CANARY,
    HOOK,
    NOT_JSON,
    PRESS,
    SECRET,
    SIGNALS,
    STRANGE,
    UPDATE,
    Web,
    mutations,
    nested,
)

GOOD = json.dumps(UPDATE).encode()
DOORS = (HOOK, SIGNALS)


async def waiting(web: Web) -> int:
    async with web.town.app.db.write() as tx:
        return len(await inbox.claim(tx, web.town.clock.now(), 10_000))


async def test_a_valid_update_is_taken_and_stored_before_the_answer(web: Web) -> None:
    assert (await web.ask("POST", HOOK, GOOD, SECRET)).status == 200
    assert await waiting(web) == 1


async def test_the_same_update_again_is_taken_and_handled_once(web: Web) -> None:
    for _ in range(5):
        assert (await web.ask("POST", HOOK, GOOD, SECRET)).status == 200
    assert await waiting(web) == 1


@pytest.mark.parametrize("path", DOORS)
async def test_unsigned_requests_are_refused_whatever_they_hold(web: Web, path: str) -> None:
    for body in (GOOD, CANARY.encode(), *NOT_JSON):
        answer = await web.refused("POST", path, body)
        assert answer.status in (401, 413)


@pytest.mark.parametrize(
    "secret",
    [
        b"",
        b"wrong",
        b"town-webhook-secret-0002",
        b"\xff\xfe",
        b"\xe5\xaf\x86",
        b"x" * 50_000,
        b" ",
        CANARY.encode(),
    ],
)
async def test_a_wrong_secret_is_refused(web: Web, secret: bytes) -> None:
    answer = await web.refused("POST", HOOK, GOOD, [(b"x-telegram-bot-api-secret-token", secret)])
    assert answer.status == 401
    assert await waiting(web) == 0


@pytest.mark.parametrize("valid", [UPDATE, PRESS], ids=["message", "press"])
async def test_updates_with_anything_missing_or_strange_are_taken_or_refused(web: Web, valid: Any) -> None:
    count = 0
    for changed in mutations(valid):
        await web.taken_or_refused("POST", HOOK, json.dumps(changed).encode(), SECRET)
        count += 1
    assert count > 200
    # Whatever was taken can be handled.
    await web.town.pumps.handle_waiting()
    assert await web.town.dead() == []
    assert not [line for line in web.logs if line["log_level"] == "error"]


async def test_signed_nonsense_is_refused(web: Web) -> None:
    for body in NOT_JSON:
        await web.taken_or_refused("POST", HOOK, body, SECRET)
    for body in (nested(33), nested(100_000), nested(40_000, "{"), b"", b"{", b"NaN"):
        assert (await web.refused("POST", HOOK, body, SECRET)).status == 400


async def test_updates_of_every_kind_are_taken(web: Web) -> None:
    kinds = (
        "edited_message channel_post my_chat_member chat_member poll inline_query message_reaction unheard_of"
    )
    for number, kind in enumerate(kinds.split()):
        for content in (UPDATE["message"], *STRANGE):
            body = json.dumps({"update_id": 800_000_000 + number, kind: content}).encode()
            await web.taken_or_refused("POST", HOOK, body, SECRET)
    await web.town.pumps.handle_waiting()
    assert await web.town.dead() == []


@pytest.mark.parametrize("path", DOORS)
async def test_too_much_is_refused_however_it_comes(web: Web, path: str) -> None:
    big = b"x" * (LARGEST + 1)
    assert (await web.refused("POST", path, big, SECRET)).status == 413
    chunks = [b"x" * 1024] * (LARGEST // 1024 + 1)
    assert (await web.refused("POST", path, chunks, SECRET)).status == 413
    lies = [*SECRET, (b"content-length", b"10")]
    assert (await web.refused("POST", path, chunks, lies)).status == 413
    announced = [*SECRET, (b"content-length", str(10**12).encode())]
    assert (await web.refused("POST", path, b"", announced)).status == 413


@pytest.mark.parametrize(
    "length",
    [b"-1", b"1.5", b"\xb2", b"\xb3\xb9", b"1e3", b"0x10", b"9" * 5000, b"1, 1", b"+5", b"abc", b" "],
)
async def test_a_strange_content_length_is_refused(web: Web, length: bytes) -> None:
    answer = await web.refused("POST", HOOK, GOOD, [*SECRET, (b"content-length", length)])
    assert answer.status in (400, 413)


@pytest.mark.parametrize("path", DOORS)
async def test_a_body_that_stops_half_way_is_refused(web: Web, path: str) -> None:
    answer = await web.refused("POST", path, [GOOD[:20]], SECRET, is_cut_off=True)
    assert answer.status == 400
    assert await waiting(web) == 0


@pytest.mark.parametrize(
    "method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "FOO", "", "POST " * 50]
)
async def test_other_methods_are_refused(web: Web, method: str) -> None:
    for path in (*DOORS, "/go/x", "/healthz", "/nowhere"):
        assert (await web.refused(method, path, GOOD, SECRET)).status == 405


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", SIGNALS),
        ("HEAD", SIGNALS),
        ("POST", "/healthz"),
        ("POST", "/metrics"),
        ("HEAD", "/go/x"),
        ("HEAD", HOOK),
    ],
)
async def test_a_door_that_knows_not_this_method_says_so(web: Web, method: str, path: str) -> None:
    answer = await web.refused(method, path, GOOD)
    assert answer.status in (401, 404, 405)


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "",
        "//",
        "/nowhere",
        f"/{CANARY}",
        f"/hooks/{CANARY}",
        f"/hooks/telegram/{CANARY}",
        f"/hooks/{CANARY}/main",
        "/hooks/telegram/other",
        "/hooks/interviews/other",
        "/hooks/telegram/main/",
        "/hooks/telegram/main/more",
        "/hooks/interviews/platform/",
        "/HOOKS/telegram/main",
        "/hooks/../etc/passwd",
        "/hooks/telegram/main\x00",
        "/hooks/telegram/ma\u0131n",
        "/\ud800",
        f"/go/{CANARY}/more",
        "/go/",
        "/go",
        "/healthz/",
        "/docs",
        "/openapi.json",
        "/redoc",
        "/.env",
        "/admin",
        "/" + "a" * 60_000,
        "/" + "a/" * 5_000,
        "/%00%0d%0aSet-Cookie:x",
        "\r\nforged: line",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_what_is_not_there_is_refused(web: Web, method: str, path: str) -> None:
    answer = await web.refused(method, path, GOOD, SECRET)
    assert answer.status in (404, 405)
    assert "location" not in answer.headers


@pytest.mark.parametrize(
    "header",
    [
        (b"host", b"["),
        (b"host", b"[::1"),
        (b"host", b"\xff\xfe"),
        (b"host", b"evil.example:99999999"),
        (b"host", b""),
        (b"x-forwarded-for", b"\xff" * 10_000),
        (b"x-forwarded-proto", b"gopher"),
        (b"content-type", b"\xff\xff; charset=\xff"),
        (b"content-type", b"multipart/form-data"),
        (b"content-encoding", b"gzip"),
        (b"transfer-encoding", b"chunked, chunked"),
        (b"expect", b"200-maybe"),
        (b"cookie", b"\xff=\xfe; " * 1000),
        (b"accept-language", b"\xff\xfe,;q=nan"),
        (b"range", b"bytes=-1"),
        (b"x" * 5000, b"y" * 5000),
        (b"\xff", b"\xff"),
        (b"", b""),
    ],
)
async def test_strange_headers_break_nothing(web: Web, header: tuple[bytes, bytes]) -> None:
    assert (await web.ask("POST", HOOK, GOOD, [*SECRET, header])).status == 200
    assert (await web.refused("POST", HOOK, GOOD, [header])).status == 401
    assert (await web.refused("POST", SIGNALS, GOOD, [header])).status == 401
    assert (await web.refused("GET", "/go/nobody", b"", [header])).status == 404
    assert (await web.refused("GET", "/nowhere/", b"", [header])).status == 404


@pytest.mark.parametrize(
    "query", [b"a=b", b"%", b"%ff%fe", b"\xff", b"&&&&==", b"a" * 60_000, b"a=1&" * 5_000]
)
async def test_strange_queries_break_nothing(web: Web, query: bytes) -> None:
    assert (await web.ask("POST", HOOK, GOOD, SECRET, query=query)).status == 200
    assert (await web.refused("GET", "/go/nobody", query=query)).status == 404


async def test_a_token_never_stands_in_the_log(web: Web) -> None:
    for path in (
        f"/go/{CANARY}",
        f"/go/{CANARY}.{CANARY}",
        f"/my/{CANARY}",
        f"/join/{CANARY}",
        f"/x/{CANARY}",
    ):
        for method in ("GET", "POST", "HEAD", "PUT"):
            await web.refused(method, path)


async def test_health_answers(web: Web) -> None:
    assert (await web.ask("GET", "/healthz")).json == {"ok": True}
    assert (await web.ask("GET", "/metrics")).status == 200
    ready = await web.ask("GET", "/readyz")
    assert ready.status == 503  # nothing has ticked here
    await web.town.pumps.timers_once()
    assert (await web.ask("GET", "/readyz")).status == 200


async def test_a_mistake_of_ours_comes_again(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    """A platform sends again what was answered with 503; the log has the kind of the mistake, not the request."""

    async def failing(events: Any, *_: Any) -> int:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(web.town.app.runtime, "receive", failing)
    answer = await web.ask("POST", HOOK, GOOD, SECRET)
    assert answer.status == 503
    assert answer.headers["retry-after"]
    (line,) = [line for line in web.logs if line["event"] == "request.failed"]
    assert CANARY not in str(line)


async def test_answers_are_not_kept_and_name_no_server(web: Web) -> None:
    answer = await web.refused("POST", HOOK, GOOD)
    assert answer.headers["cache-control"] == "no-store"
    assert "server" not in answer.headers
