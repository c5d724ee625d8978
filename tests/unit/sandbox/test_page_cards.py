"""Cards of WeCom on the sandbox's page: selectors are drawn, chosen from, and sent as somebody there would."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from bot.sandbox.page import acts
from bot.sandbox.page.regions import draw
from bot.sandbox.page.studio import Mistaken, Studio
from bot.sandbox.page.windows import windows
from bot.sandbox.stage import Stage
from bot.sandbox.stories import Story
from bot.sandbox.wecom import Shown, WeComPerson
from locales.text import ct

OPTIONS = [{"id": "came", "text": "来了"}, {"id": "missed", "text": "没来"}]
CARD = {
    "card_type": "multiple_interaction",
    "main_title": {"title": "谁来了？"},
    "task_id": "t",
    "select_list": [
        {"question_key": "q0", "title": "I-1001 李雷", "selected_id": "missed", "option_list": OPTIONS},
        {"question_key": "q1", "title": "I-1002 李梅", "selected_id": "missed", "option_list": OPTIONS},
    ],
    "submit_button": {"text": "完成", "key": "v1.0.x"},
}


async def asks(stage: Stage) -> None:
    who = stage.person("Li Lei")
    assert isinstance(who, WeComPerson)
    shown = Shown("m1", stage.clock.now(), None)
    shown.show("template_card", CARD)
    who.chat.append(shown)


@pytest.fixture
async def studio() -> Any:
    made = Studio(
        "en", timedelta(), stories=(Story("asks", ct("story", "Shop assistant"), asks, on=("wecom",)),)
    )
    await made.open("asks")
    async with asyncio.timeout(60):
        async for _ in made.watch():
            if made.outcome or made.trouble:
                break
    yield made
    await made.end()


async def test_selectors_are_drawn_and_sent_with_what_was_chosen(studio: Studio) -> None:
    shown, others = windows(studio)
    drawn = draw("windows.html", studio, windows=shown, others=others)
    assert drawn.count("<select") == 2
    assert drawn.count("<option selected>没来</option>") == 2
    await acts.presses(studio, "wecom:Li Lei", 0, "完成", chosen={"I-1001 李雷": "来了"})
    assert studio.stage
    told = studio.stage.wecom.callbacks[-1].xml
    assert "v1.0.x" in told
    assert told.index("q0") < told.index("came") < told.index("q1") < told.index("missed")


@pytest.mark.parametrize("chosen", [{"I-1001 李雷": "?"}, {"somebody": "来了"}])
async def test_what_is_not_asked_cannot_be_chosen(studio: Studio, chosen: dict[str, str]) -> None:
    with pytest.raises(Mistaken):
        await acts.presses(studio, "wecom:Li Lei", 0, "完成", chosen=chosen)
    assert studio.stage
    assert studio.stage.wecom.callbacks == []
