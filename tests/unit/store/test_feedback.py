"""What candidates answered: once for each attempt and question, and what was only asked is counted apart."""

from datetime import timedelta

from store import feedback
from store.db import Database
from store.feedback import Tally
from tests.unit.store.samples import NOW, booked

HOUR = timedelta(hours=1)


async def test_an_answer_stands_for_what_was_asked(db: Database) -> None:
    async with db.write() as tx:
        one = await booked(tx)
        assert await feedback.of_attempt(tx, one.attempt.id) == {}
        await feedback.save(tx, one.id, one.attempt.id, "overall", None, NOW)
        assert await feedback.of_attempt(tx, one.attempt.id) == {"overall": None}
        await feedback.save(tx, one.id, one.attempt.id, "overall", 4, NOW + HOUR)
        await feedback.save(tx, one.id, one.attempt.id, "support", 0, NOW + HOUR)
        await feedback.save(tx, one.id, one.attempt.id, "overall", None, NOW + 2 * HOUR)
        assert await feedback.of_attempt(tx, one.attempt.id) == {"overall": 4, "support": 0}
        await feedback.save(tx, one.id, one.attempt.id, "overall", 2, NOW + 3 * HOUR)
        assert (await feedback.of_attempt(tx, one.attempt.id))["overall"] == 2


async def test_a_tally_counts_one_question_of_one_time(db: Database) -> None:
    async with db.write() as tx:
        one, two = await booked(tx), await booked(tx)
        await feedback.save(tx, one.id, one.attempt.id, "overall", 4, NOW)
        await feedback.save(tx, two.id, two.attempt.id, "overall", None, NOW)
        await feedback.save(tx, two.id, two.attempt.id, "reminders", -1, NOW)
        assert await feedback.tally(tx, "overall", NOW, NOW + HOUR) == Tally(2, 1, 4)
        assert (await feedback.tally(tx, "overall", NOW, NOW + HOUR)).average == 4
        assert await feedback.tally(tx, "overall", NOW - HOUR, NOW) == Tally(0, 0, 0)
        assert (await feedback.tally(tx, "overall", NOW - HOUR, NOW)).average is None
