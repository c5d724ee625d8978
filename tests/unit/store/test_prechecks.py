"""What device checks found: each report is kept once, the last one is shown, and days are counted."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

from conversations.prechecks import Finding, Precheck
from store import prechecks
from store.db import Database
from tests.unit.store.samples import NOW, booked

HOUR = timedelta(hours=1)
GOOD = (Finding("WEB-OK"), Finding("CAM-OK", {"width": 1280, "height": 720, "light": 120}))
BAD = (Finding("WEB-OK"), Finding("CAM-BUSY"), Finding("MIC-QUIET", {"level": -55}))


async def test_a_report_is_kept_once(db: Database) -> None:
    async with db.write() as tx:
        one = await booked(tx)
        check = Precheck(uuid4(), one.id, NOW, GOOD, 21, "wechat android")
        assert await prechecks.of_interview(tx, one.id) == []
        assert await prechecks.add(tx, check)
        assert not await prechecks.add(tx, replace(check, findings=BAD))
        assert await prechecks.of_interview(tx, one.id) == [check]
        assert check.verdict == "passed"


async def test_the_last_one_stands_first_and_the_others_are_kept(db: Database) -> None:
    async with db.write() as tx:
        one, two = await booked(tx), await booked(tx)
        checks = [
            Precheck(uuid4(), one.id, NOW + n * HOUR, found) for n, found in enumerate((GOOD, BAD, GOOD))
        ]
        for check in checks:
            await prechecks.add(tx, check)
        assert [c.at for c in await prechecks.of_interview(tx, one.id)] == [c.at for c in reversed(checks)]
        assert await prechecks.last_of(tx, [one.id, two.id]) == {one.id: checks[2]}
        assert await prechecks.last_of(tx, []) == {}
        assert await prechecks.tally(tx, one.id, NOW + HOUR) == 2
        assert await prechecks.verdicts(tx, NOW, NOW + 2 * HOUR) == {"passed": 1, "failed": 1}
        assert checks[1].codes == ("CAM-BUSY", "MIC-QUIET")
