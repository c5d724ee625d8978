"""`turnout check` at the terminal: everything it tells is in the reader's language, and ends with what to do."""

from typing import Any

import pytest

from bot.checked import refusal, report


def found(**changes: Any) -> dict[str, Any]:
    vitals = {"database": "sqlite 3.40.1", "schema": "0010", "is_sound": True, "write_seconds": 0.0042}
    settings = {"channels": ["telegram.main"], "warnings": [], "hooks": {}}
    return {"ok": True, "problems": [], "database": vitals, "settings": settings, **changes}


def test_what_is_well_is_said_in_three_lines():
    assert [*report(found(), "en")] == [
        "Database: sqlite 3.40.1, tables of 0010, a row written in 4 ms",
        "Channels: telegram.main",
        "All good. Next: turnout run",
    ]
    assert [*report(found(), "zh_Hans")][-1] == "一切正常。下一步：turnout run"


@pytest.mark.parametrize("locale", ["en", "zh_Hans"])
def test_everything_that_was_found_is_told(locale):
    told = found(
        ok=False,
        problems=["slack.main: {invalid_auth}"],
        database={**found()["database"], "is_sound": False},
        settings={
            "channels": [],
            "warnings": [{"key": "log.level", "reason": "is noisy", "remedy": "set info"}],
            "hooks": {"sms.main": ["https://a.example/1", "https://a.example/2"]},
        },
    )
    lines = [*report(told, locale)]
    for each in ("log.level", "is noisy", "set info", "slack.main: {invalid_auth}", "sms.main", "3.51.3"):
        assert sum(each in line for line in lines) == 1, each
    assert "https://a.example/2" in "".join(lines)
    assert len(lines) == 7


def test_a_refusal_says_how_many_and_that_nothing_changed():
    assert refusal(3, "en") == "3 to mend; nothing was changed."
    assert refusal(1, "zh_Hans") == "有1处需要修改；目前没有任何改动。"
