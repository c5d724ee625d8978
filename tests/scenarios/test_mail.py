"""By mail alone: answers written back, calendars that follow, machines and complaints."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4

from bot.sandbox.mail import MailPerson
from bot.sandbox.stage import Stage
from bot.sandbox.stories.story import TOMORROW_AT_TWO, invited, open_slots, verdicts
from bot.sandbox.visitor import Visitor
from conversations.events import Event, Ordered
from store import interviews

BY_MAIL = ("email",)


async def mailbox(stage: Stage, **more: str) -> MailPerson:
    """Invite a candidate, and return them at their mailbox."""
    who = await invited(stage, **more)
    assert isinstance(who, Visitor)
    assert isinstance(who.inbox, MailPerson)
    return who.inbox


async def answers(stage: Stage, who: MailPerson, text: str) -> None:
    await who.says(text)
    await stage.settle()
    assert stage.platforms["email"].stand_in.brought[-1].status == 200  # type: ignore[attr-defined]


async def orders(stage: Stage, act: str, **args: str) -> None:
    """Have HR do something to the interview."""
    async with stage.app.db.read() as tx:
        found = await interviews.by_name(tx, "A-1")
    assert found is not None
    event = Event(uuid4().hex, "cli", stage.clock.now(), Ordered(act, found.id, args=args))
    await stage.app.receive([event])
    await stage.settle()


async def test_an_answer_is_heard_like_words_in_a_chat() -> None:
    async with await Stage.open("en", on=BY_MAIL) as stage:
        candidate = await mailbox(stage)
        await stage.until(TOMORROW_AT_TWO - timedelta(hours=24))
        await answers(stage, candidate, "Yes, I'll be there.")
        assert (await stage.why("A-1"))["attempts"][0]["confirmed_at"] is not None
        await open_slots(stage, 2, 3)
        count = len(candidate.mails)
        await answers(stage, candidate, "Can we move it to Wednesday at 14:00?")
        assert len(candidate.mails) > count
        await answers(stage, candidate, "1")
        assert (await stage.why("A-1"))["attempt"] == 2


async def test_machines_are_not_answered() -> None:
    async with await Stage.open("en", on=BY_MAIL) as stage:
        candidate = await mailbox(stage)
        count = len(candidate.mails)
        for _ in range(3):
            await candidate.is_away()
            await stage.settle()
        assert len(candidate.mails) == count


async def test_the_calendar_follows_a_move_a_cancellation_and_its_undoing() -> None:
    async with await Stage.open("en", on=BY_MAIL) as stage:
        candidate = await mailbox(stage)
        await stage.until(TOMORROW_AT_TWO - timedelta(hours=20))

        def starts() -> list[datetime]:
            return list(candidate.calendar.values())

        assert starts() == [TOMORROW_AT_TWO]
        later = TOMORROW_AT_TWO + timedelta(days=1)
        await orders(stage, "move", starts_at=later.isoformat())
        assert starts() == [later]
        await orders(stage, "cancel")
        assert starts() == []
        await orders(stage, "undo")
        assert starts() == [later]
        assert len({mail.message_id for mail in candidate.mails}) == len(candidate.mails)


async def test_who_calls_it_spam_is_sent_no_reminders() -> None:
    async with await Stage.open("en", on=BY_MAIL) as stage:
        candidate = await mailbox(stage)
        count = len(candidate.mails)
        await candidate.complains()
        await stage.settle()
        # None asks whether it was meant, and none says goodbye.
        assert len(candidate.mails) == count
        await stage.until(TOMORROW_AT_TWO - timedelta(minutes=5))
        assert "sent" not in verdicts(await stage.why("A-1")).values()
        assert len(candidate.mails) == count
