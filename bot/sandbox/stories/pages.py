"""Our page as candidates use it: opened on a phone, and sent on to the computer on which the interview will be."""

from __future__ import annotations

from bot.sandbox.stage import Stage
from bot.sandbox.stories.story import comes, listed, row, was_told
from bot.sandbox.visitor import Visitor
from locales.text import ct, t

PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 Safari/604.1"
)


async def to_the_computer(stage: Stage) -> None:
    """A link asked for on the phone arrives where it is read on a computer, and nothing else has happened."""
    booked = row(stage)
    listed(stage, booked)
    await stage.import_list([booked])
    candidate = await comes(stage, booked)
    if not isinstance(candidate, Visitor):
        raise TypeError(f"{candidate.name} was to read mails")
    candidate.uses(PHONE)
    await stage.looks(candidate)
    await stage.taps(candidate, ct("button", "Send the link to my computer"))
    stage.saw(candidate, t("Sent. You find the link in your e-mail: open it on your computer."))
    stage.saw(candidate, t("You asked for this link on another device. It is only for you."))
    await was_told(stage, "send_link.link")
    candidate.uses("")
    page = await stage.looks(candidate)
    stage.holds(
        stage.words(ct("button", "I'll be there")) in page.buttons, "the link was to lead to the page"
    )
