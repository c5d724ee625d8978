"""Who comes without a link: by a phone number or mailbox that the list knows, and a code sent there."""

from __future__ import annotations

import re

from bot.sandbox.stage import Stage
from bot.sandbox.stories.story import either, hr, listed, own, row, was_told

_CODE = re.compile(r"(?<!\d)\d{6}(?!\d)")


async def claims(stage: Stage) -> None:
    """A candidate finds the bot by themselves: a code to their mailbox shows who they are, a wrong one does not."""
    await hr(stage)
    booked = row(stage, 1, "Li Lei")
    mailbox = listed(stage, booked, "email")
    await stage.import_list([booked])
    stage.scene(either(stage, "Li Lei finds the bot without a link", "李雷自己找到了机器人"))
    candidate = stage.person(own(stage, "Li Lei"), "telegram")
    await stage.says(candidate, either(stage, "hello", "你好"))
    await stage.says(candidate, booked["手机"])
    letter = next(seen for seen in reversed(mailbox.chat) if _CODE.search(seen.text))
    found = _CODE.search(letter.text)
    stage.holds(found is not None, "a code was to come by mail")
    code = found[0] if found else ""
    await stage.says(candidate, f"{(int(code) + 1) % 10**6:06d}")
    await stage.says(candidate, code)
    stage.saw(candidate, booked["姓名"], last=True)
    await was_told(stage, "greeting.stranger", "claim.on_its_way", "claim.code", "claim.wrong", "greeting")
