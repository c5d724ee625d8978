"""What interview platforms tell us: signed in the Standard Webhooks form, handled once, never without a remedy."""

import json
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from standardwebhooks.webhooks import Webhook

from conversations.interview import Interview
from tests.support.town import SIGNING_SECRET
from tests.unit.web.conftest import CANARY, NOT_JSON, SIGNALS, STRANGE, Response, Web, mutations

OLD_SECRET = "whsec_b2xkLW9sZC1vbGQtb2xkLW9sZC1vbGQtb2xkLW9sZA=="


def signed(
    web: Web, body: bytes, *, id: str = "", at: datetime | None = None, secret: str = SIGNING_SECRET
) -> list[tuple[bytes, bytes]]:
    id, at = id or f"msg_{uuid4().hex}", at or web.town.clock.now()
    signature = Webhook(secret).sign(id, at, body.decode("utf-8"))
    stamp = str(int(at.timestamp()))
    return [
        (b"webhook-id", id.encode()),
        (b"webhook-timestamp", stamp.encode()),
        (b"webhook-signature", signature.encode()),
    ]


async def tell(web: Web, kind: str, interview: Any = None, **more: Any) -> Response:
    body = json.dumps({"type": f"interview.{kind}", "data": {"interview": interview, **more}}).encode()
    return await web.taken_or_refused("POST", SIGNALS, body, signed(web, body))


async def known(web: Web, **values: Any) -> Interview:
    who, _ = await web.town.person()
    return await web.town.interview(who, **values)


def seen(web: Web) -> list[Any]:
    return web.town.back("signal")


@pytest.mark.parametrize("kind", ["joined", "completed", "cancelled"])
async def test_a_signal_about_a_known_interview_is_taken(web: Web, kind: str) -> None:
    interview = await known(web, external_id="ATS-7")
    for name in (interview.label, str(interview.number), interview.number, "ATS-7", " ATS-7 "):
        assert (await tell(web, kind, name)).status == 200
    await web.town.pumps.handle_waiting()
    assert [(body.kind, body.interview) for body in seen(web)] == [(kind, interview.id)] * 5


async def test_a_heartbeat_needs_no_interview(web: Web) -> None:
    assert (await tell(web, "heartbeat")).status == 200
    body = b'{"type": "interview.heartbeat"}'
    assert (await web.ask("POST", SIGNALS, body, signed(web, body))).status == 200
    await web.town.pumps.handle_waiting()
    assert [body.kind for body in seen(web)] == ["heartbeat"] * 2


async def test_a_move_names_its_new_start(web: Web) -> None:
    interview = await known(web)
    strange: tuple[Any, ...] = (
        None,
        "",
        "tomorrow",
        "2026-11-24T14:00:00",
        "2026-11-24",
        5,
        [],
        "9999-99-99T00:00Z",
    )
    for starts_at in strange:
        answer = await tell(web, "moved", interview.label, starts_at=starts_at)
        assert answer.status == 422
        assert "2026" in answer.json["remedy"]
    assert (await tell(web, "moved", interview.label, starts_at="2026-11-24T14:00:00+08:00")).status == 200
    assert (await tell(web, "moved", interview.label, starts_at="2026-11-24T06:00:00Z")).status == 200


@pytest.mark.parametrize(
    "at",
    [
        "0001-01-01T00:00:00+08:00",
        "9999-12-31T23:59:59-08:00",
        "9998-01-01T00:00:00Z",
        "1900-01-01T00:00:00Z",
    ],
)
async def test_instants_that_nobody_can_mean_are_refused(web: Web, at: str) -> None:
    interview = await known(web)
    assert (await tell(web, "moved", interview.label, starts_at=at)).status == 422
    body = json.dumps({"type": "interview.heartbeat", "timestamp": at}).encode()
    assert (await web.refused("POST", SIGNALS, body, signed(web, body))).status == 422


@pytest.mark.parametrize(
    "name", ["I-9999", "nobody", "i-999999999999999999999", "9" * 4000, "' OR 1=1 --", "%", "\x00"]
)
async def test_an_unknown_interview_is_refused_with_a_remedy(web: Web, name: str) -> None:
    answer = await tell(web, "joined", name)
    assert answer.status in (404, 422)
    assert "interview" in answer.json["remedy"].lower()


@pytest.mark.parametrize("name", [None, True, "", "  ", [], {}, 1.5])
async def test_a_name_that_is_none_is_refused_with_the_field(web: Web, name: Any) -> None:
    answer = await tell(web, "joined", name)
    assert (answer.status, answer.json["error"]) == (422, "field:data.interview")


async def test_a_type_we_do_not_use_is_taken_and_ignored(web: Web) -> None:
    assert (await tell(web, "rescored", "I-1")).json == {"ok": True, "ignored": True}


async def test_the_same_id_is_handled_once(web: Web) -> None:
    interview = await known(web)
    body = json.dumps({"type": "interview.joined", "data": {"interview": interview.label}}).encode()
    headers = signed(web, body, id="msg_once")
    for _ in range(4):
        assert (await web.ask("POST", SIGNALS, body, headers)).status == 200
    await web.town.pumps.handle_waiting()
    assert len(seen(web)) == 1


@pytest.mark.parametrize(
    ("seconds", "status"),
    [(0, 200), (-299, 200), (299, 200), (-301, 401), (301, 401), (-86_400, 401), (10**9, 401)],
)
async def test_a_request_counts_for_five_minutes(web: Web, seconds: int, status: int) -> None:
    body = b'{"type": "interview.heartbeat"}'
    headers = signed(web, body, at=web.town.clock.now() + timedelta(seconds=seconds))
    assert (await web.ask("POST", SIGNALS, body, headers)).status == status


async def test_two_secrets_are_alive_during_a_rotation(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    body = b'{"type": "interview.heartbeat"}'
    assert (await web.refused("POST", SIGNALS, body, signed(web, body, secret=OLD_SECRET))).status == 401
    account = web.town.app.settings.interviews["platform"]
    object.__setattr__(account, "secrets", (*account.secrets, OLD_SECRET))
    for secret in (SIGNING_SECRET, OLD_SECRET):
        assert (await web.ask("POST", SIGNALS, body, signed(web, body, secret=secret))).status == 200
    both = signed(web, body, secret=OLD_SECRET)
    both[2] = (b"webhook-signature", b"v1,AAAA " + both[2][1] + b" v2,xyz")
    assert (await web.ask("POST", SIGNALS, body, both)).status == 200


async def test_a_secret_of_words_signs_too(web: Web) -> None:
    account = web.town.app.settings.interviews["platform"]
    for secret in ("correct horse battery staple 0123456789", "c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0"):
        object.__setattr__(account, "secrets", (secret,))
        body = b'{"type": "interview.heartbeat"}'
        headers = signed(web, body, secret=secret.encode())  # type: ignore[arg-type]
        assert (await web.ask("POST", SIGNALS, body, headers)).status == 200


async def test_forgeries_are_refused(web: Web) -> None:
    body = b'{"type": "interview.heartbeat"}'
    good = dict(signed(web, body))
    for name in good:
        left_out = [(key, value) for key, value in good.items() if key != name]
        assert (await web.refused("POST", SIGNALS, body, left_out)).status == 401
        for strange in (b"", b" ", b"\xff\xfe", b"x" * 300, b"v1,", b"v1,!!!!", b"-1", b"1e9", b"9" * 12, b"\xb2",
                        b"0x10", b"1.5", CANARY.encode(), b"v1," + b"A" * 44):  # fmt: skip
            changed = [(key, strange if key == name else value) for key, value in good.items()]
            if changed[0][1] == good[b"webhook-id"] or name != b"webhook-id":
                assert (await web.refused("POST", SIGNALS, body, changed)).status == 401
    other = signed(web, b'{"type": "interview.joined"}')
    assert (await web.refused("POST", SIGNALS, body, other)).status == 401
    assert (await web.refused("POST", SIGNALS, b"\xff" + body, list(good.items()))).status == 401


async def test_signed_bodies_with_anything_missing_or_strange_are_taken_or_refused(web: Web) -> None:
    interview = await known(web)
    valid = {
        "type": "interview.moved",
        "timestamp": "2026-11-23T01:00:00Z",
        "data": {
            "interview": interview.label,
            "starts_at": "2026-11-24T14:00:00+08:00",
            "join_url": "https://meet.example/9",
        },
    }
    bodies = [json.dumps(changed).encode() for changed in mutations(valid)]
    bodies += [json.dumps({"type": strange, "data": strange}).encode() for strange in STRANGE]
    bodies += [body for body in NOT_JSON if _is_text(body)]
    for body in bodies:
        await web.taken_or_refused("POST", SIGNALS, body, signed(web, body))
    await web.town.pumps.handle_waiting()
    assert await web.town.dead() == []


def _is_text(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True


@pytest.mark.parametrize("join", ["javascript:alert(1)", "ftp://x", "", 5, None, "https://" + "a" * 100_000])
async def test_only_web_addresses_become_links(web: Web, join: Any) -> None:
    interview = await known(web)
    answer = await tell(web, "moved", interview.label, starts_at="2026-11-24T06:00:00Z", join_url=join)
    assert answer.status in (200, 422)
    await web.town.pumps.handle_waiting()
    assert all(body.join is None or body.join.startswith("http") for body in seen(web))
