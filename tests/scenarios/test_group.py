"""HR works together in a group: one card for all, pressed by whoever may, commands answered in private."""

from __future__ import annotations

from datetime import timedelta

from bot.sandbox.stage import Stage
from bot.sandbox.stories.story import TOMORROW_AT_TWO, alive, invited, on_telegram, open_slots

GROUP = -1_002_000_000_003
"""The number the stand-in gives a group that is made third."""


async def test_a_card_in_a_group_is_for_those_who_may() -> None:
    async with await Stage.open("en", f'\n[teams]\nhr = "telegram.main:{GROUP}"\n') as stage:
        wang = on_telegram(await stage.hr())
        passer_by = on_telegram(stage.person("Passer-by"))
        group = stage.telegram.group("HR", [wang, passer_by])
        assert group.id == GROUP
        await invited(stage)
        await open_slots(stage, 2, 3)
        await alive(stage, TOMORROW_AT_TWO + timedelta(minutes=11))
        card = next(m for m in group.chat if "Flagged as no-show" in m.text)
        assert "138****" in card.text

        await passer_by.presses("I look after it", to=group)
        await stage.settle()
        assert passer_by.toasts, "whoever may not press is told so"
        assert "looks after it" not in card.text

        await wang.presses("I look after it", to=group)
        await stage.settle()
        assert "looks after it" in card.text
        assert "Hand back" in card.buttons

        seen = len(group.chat)
        await wang.says("/list no_show", to=group)
        await stage.settle()
        assert "I-1001" in wang.last.text
        assert [m for m in group.chat[seen:] if m.sender is None] == [], "a command is answered in private"

        await passer_by.says("/list no_show", to=group)
        await stage.settle()
        assert all("I-1001" not in m.text for m in group.chat[seen:] if m.sender is None)
