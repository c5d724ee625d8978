"""Logs: one line each, without secrets, whoever logs."""

import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from bot import observe

TOKEN = "700000001:SandboxSandboxSandboxSandboxSandbox"


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Set logging up as the product does, and put everything back afterwards."""
    monkeypatch.setattr(observe, "_secrets", set())
    root = logging.getLogger()
    before = (root.handlers[:], root.level)
    levels = {name: logging.getLogger(name).level for name in ("httpx", "uvicorn.access")}
    yield
    root.handlers[:], root.level = before
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)
    structlog.reset_defaults()


def lines(capsys: pytest.CaptureFixture[str]) -> list[str]:
    out, err = capsys.readouterr()
    assert out == ""
    return err.splitlines()


@pytest.mark.parametrize(
    "text",
    [
        f"https://api.telegram.org/bot{TOKEN}/sendMessage",
        "https://qyapi.weixin.qq.com/cgi-bin/message/send?access_token=abcdef&x=1",
        "xoxb-1234567890-abcdefghij",
        "whsec_c2FuZGJveC1zYW5kYm94LXNhbmRib3g=",
        "corpsecret=Zm9vYmFy",
    ],
)
def test_what_is_shaped_like_a_secret_is_cut_out(text: str) -> None:
    assert "[secret]" in observe.redact(text)
    for part in (TOKEN, "abcdef", "abcdefghij", "c2FuZGJveC1zYW5kYm94", "Zm9vYmFy"):
        assert part not in observe.redact(text)


def test_configured_secrets_are_cut_out_the_longer_first(log: None) -> None:
    observe.hide(["hunter2", "hunter2-and-more", "abc"])
    assert observe.redact("it is hunter2-and-more, and hunter2") == "it is [secret], and [secret]"
    assert observe.redact("abc") == "abc"  # too short to be told from words


@pytest.mark.parametrize("end", ["\n", "\r", "\x85", "\u2028", "\x1b[31m", "\x00", "\x0b"])
def test_text_stays_on_one_line(end: str) -> None:
    assert len(observe.redact(f"one{end}two").splitlines()) == 1
    assert "\x1b" not in observe.redact(f"one{end}two")


@pytest.mark.parametrize("form", ["json", "text"])
def test_every_log_entry_is_one_redacted_line(
    log: None, capsys: pytest.CaptureFixture[str], form: str
) -> None:
    observe.set_up("info", form)
    observe.hide(["hunter2"])
    logger = observe.logger("test")
    logger.info("thing.happened", detail="hunter2\nforged: line", nested={"deep": ["hunter2", ("hunter2",)]})
    logger.info("thing.failed", error=ValueError("hunter2\nforged"))
    logger.debug("thing.hidden")
    logging.getLogger("library").warning("%s\nforged", "hunter2")
    try:
        raise RuntimeError("hunter2\nforged")
    except RuntimeError:
        logging.getLogger("library").exception("it broke")
        logger.exception("thing.broke")
    found = lines(capsys)
    assert "hunter2" not in "".join(found)
    assert len(found) == 5
    if form == "json":
        assert json.loads(found[1])["error"] == "ValueError: [secret] forged"


def test_libraries_that_print_addresses_with_tokens_are_kept_quiet(
    log: None, capsys: pytest.CaptureFixture[str]
) -> None:
    observe.set_up("debug", "json")
    logging.getLogger("httpx").info("POST https://api.telegram.org/bot1:x/sendMessage")
    logging.getLogger("uvicorn.access").info("GET /go/token")
    assert lines(capsys) == []
