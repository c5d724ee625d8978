"""What is looked after without anybody asking: digests, zones that change, outages, channels, old rows."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

from bot import digests, observe
from bot.clock import Clock
from bot.configuration import Configuration
from bot.dashboards import Dashboards
from bot.offering import Menus
from bot.planning import Planning
from bot.pumps import Pumps
from bot.runtime import Runtime
from channels.base import NotDelivered
from conversations.configured import Refused, refused_plain
from conversations.events import Booked, Done, Event
from conversations.interview import Verdict
from conversations.steps import is_left_alone, is_unstaffed
from locales.text import t
from locales.translate import LOCALES
from locales.zones import local, resolve
from store import buckets, cases, inbox, interviews, outbox, people, rungs, signals, tries

EVERY = timedelta(minutes=1)
KEPT = timedelta(days=180)
"""How long what was sent is kept."""
OUTAGE = timedelta(minutes=15)
"""Silence of our own that HR is told about afterwards."""
LOOKS_AGAIN = timedelta(minutes=10)
"""How often it is looked for what nobody is there to do."""
SELF = "turnout"

WORDS = (
    ("status", t("See what was sent and what comes next")),
    ("move", t("Move the interview")),
    ("help", t("Get help")),
    ("stop", t("Stop the messages")),
    ("privacy", t("What we store about you")),
)
OFFERED = dict.fromkeys(LOCALES, WORDS)
"""What candidates find in the menu of their app, by language."""

log = observe.logger("upkeep")


class Upkeep:
    """Runs at the start, and once a minute."""

    def __init__(
        self, runtime: Runtime, pumps: Pumps, clock: Clock, configuration: Configuration, planning: Planning
    ) -> None:
        self.configuration = configuration
        self.menus = Menus(runtime)
        self.planning = planning
        self.runtime = runtime
        self.pumps = pumps
        self.clock = clock
        self._task: asyncio.Task[None] | None = None
        self._open: set[str] = set()
        self._looked_at: datetime | None = None
        self.dashboards = Dashboards(runtime, clock)

    async def open_channels(self) -> None:
        """Open what is not open yet; a platform that is down or a wrong token stops no other channel."""
        for account, channel in self.runtime.channels.items():
            if account in self._open:
                continue
            try:
                await channel.open()
                await channel.register(OFFERED)
            except NotDelivered as error:
                log.error("channel.not_open", account=account, why=error.why, detail=error.detail)
            else:
                self._open.add(account)
                log.info("channel.open", account=account)

    async def at_start(self) -> None:
        """Plan the digest, move what a change of zone rules moved, and tell HR if we were away."""
        await self.follow_configuration()
        await self.tell_difference()
        await self.plan_digest()
        await self.follow_zones()
        await self.leave_removed_accounts()
        await self.tell_outage()
        await self.planning.spread_crowds()
        await self.beat()

    def start(self) -> None:
        self._task = asyncio.create_task(self._loop(), name="upkeep")

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _loop(self) -> None:
        while True:
            # What a slow platform is asked here must not hold up the start.
            await self._offer_menus()
            await self.clock.wait(asyncio.Event(), EVERY)
            try:
                await self.beat()
                await self.follow_configuration()
                await self.open_channels()
                await self.planning.spread_crowds()
                await self.purge()
                await self.find_orphans()
                await self.dashboards.refresh()
            except Exception as error:
                log.error("upkeep.failed", error=error)

    async def _offer_menus(self) -> None:
        try:
            await self.menus.follow()
        except Exception as error:
            log.error("menus.failed", error=error)

    async def beat(self) -> None:
        """Write down that we are alive, so that the next start knows how long we were not."""
        async with self.runtime.db.write() as tx:
            await signals.heard(tx, SELF, self.clock.now())

    async def follow_configuration(self) -> None:
        """Put the newest version of what the company decided in force, whoever made it, and plan by it."""
        is_new = await self.configuration.follow()
        if is_new or not await self.configuration.is_followed():
            await self.planning.follow_policy()
            await self.configuration.followed()

    async def tell_difference(self) -> None:
        """Tell the administrators, once, that the file says something else than what is in force, and the ways out."""
        name = self.configuration.difference
        if not name:
            return
        keys = [change.key for change in self.configuration.of_file()]
        misfits = refused_plain(
            Refused(each.key, each.reason, each.remedy) for each in self.configuration.misfits
        )
        log.warning("configuration.differs", version=self.configuration.number, keys=keys)
        result = {"version": self.configuration.number, "keys": keys, "misfits": misfits}
        now = self.clock.now()
        async with self.runtime.db.write() as tx:
            await inbox.put(tx, Event(f"file_differs:{name}", "core", now, Done("file_differs", result)), now)

    async def plan_digest(self) -> None:
        """Plan every team's next digest, by the policy that is in force."""
        async with self.runtime.db.write() as tx:
            await digests.plan(tx, self.runtime.policies, self.clock.now())
            await digests.plan_opinions(tx, self.runtime.policies, self.clock.now())

    async def follow_zones(self) -> None:
        """Where a zone's rules have changed since booking, the agreed wall-clock time stands and the instant moves."""
        now = self.clock.now()
        async with self.runtime.db.write() as tx:
            for interview in await interviews.upcoming(tx, now):
                attempt = interview.attempt
                meant = resolve(attempt.local_start, attempt.zone)
                if meant != attempt.starts_at:
                    log.warning("zone.changed", interview=interview.label, zone=attempt.zone)
                    await interviews.shift(tx, interview, meant)
                    body = Booked(interview.id, is_new=False, previous_start=attempt.starts_at)
                    event = Event(f"zone:{attempt.id}:{meant.isoformat()}", "core", now, body)
                    await inbox.put(tx, event, now)

    async def leave_removed_accounts(self) -> None:
        """Write down that what waited for an account no longer configured will not be sent."""
        now = self.clock.now()
        async with self.runtime.db.write() as tx:
            for row in await outbox.abandon(tx, list(self.runtime.channels), now):
                log.warning("outbox.abandoned", outbox=str(row.id), account=row.account)
                if row.attempt is not None and row.rung is not None:
                    await rungs.settle_rung(
                        tx, row.attempt, row.rung, Verdict.REFUSED, "account_removed", "", now
                    )

    async def tell_outage(self) -> None:
        now = self.clock.now()
        async with self.runtime.db.write() as tx:
            since = await signals.last_heard(tx, SELF)
            if since is None or now - since < OUTAGE:
                return
            missed = await rungs.rungs_due_between(tx, since, now)
            waiting = [row for row in missed if row.verdict is None]
            result = {"since": since.isoformat(), "until": now.isoformat(), "rungs": len(waiting)}
            log.warning("outage.ended", since=since.isoformat(), rungs=len(waiting))
            await inbox.put(
                tx, Event(f"outage:{since.isoformat()}", "core", now, Done("outage", result)), now
            )

    async def find_orphans(self) -> None:
        """Have it told, once a day for each, what has no owner: cases of who left, and everything without any HR."""
        now = self.clock.now()
        if self._looked_at is not None and now - self._looked_at < LOOKS_AGAIN:
            return
        self._looked_at = now
        policy = self.runtime.policies.default
        day = local(now, policy.zone).date().isoformat()
        async with self.runtime.db.write() as tx:
            staff = await people.everybody_of_staff(tx)
            for case in await cases.taken(tx):
                if is_left_alone(case, staff):
                    log.warning("case.without_owner", case=case.label)
                    left = Done("orphan", {"about": str(case.interview), "case": str(case.id)})
                    await inbox.put(tx, Event(f"orphan:{case.id}:{day}", "core", now, left), now)
            if is_unstaffed(policy, staff) and await cases.count_open(tx):
                log.error("steps.without_owner", day=day)
                await inbox.put(tx, Event(f"unstaffed:{day}", "core", now, Done("unstaffed", {})), now)

    async def purge(self) -> None:
        async with self.runtime.db.write() as tx:
            await outbox.purge(tx, self.clock.now() - KEPT, 2000)
            await buckets.forget(tx, self.clock.now() - timedelta(days=1))
            await tries.forget(tx, self.clock.now() - tries.LONGEST)
