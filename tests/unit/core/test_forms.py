"""Forms that come back from outside: whatever they carry is answered, never a failure of ours."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest

from conversations.events import Event, Submitted
from locales.text import t
from tests.support.town import Town, open_town


@pytest.fixture
async def small(migrated_file: Path, tmp_path: Path) -> AsyncIterator[Town]:
    shutil.copy(migrated_file, tmp_path / "small.db")
    async with open_town(tmp_path, f"sqlite:///{tmp_path / 'small.db'}") as opened:
        yield opened


@pytest.mark.parametrize(
    "carried",
    [{}, {"session": ""}, {"session": "nonsense", "turn": "1"}, {"session": str(uuid4()), "turn": "x"}],
)
async def test_a_form_of_no_session_is_said_to_be_from_earlier(small: Town, carried: dict[str, str]) -> None:
    await small.person()
    event = Event(uuid4().hex, "page", small.clock.now(), Submitted("wish", {"day": "friday"}, carried))
    async with small.app.db.write() as tx:
        handled = await small.app.runtime.handle(tx, event)
    assert handled.answer is not None
    assert handled.answer.toast == t("That message is from earlier and no longer does anything.")
