"""Plans changed from outside the dialogs: by an edited policy, or because too many reminders share an instant."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot import digests, observe
from bot.clock import Clock
from bot.effects import Carrier
from bot.runtime import Runtime
from bot.settings import Policies
from conversations.dialog import Scene
from conversations.dialogs.appointments import plan
from conversations.effects import PlanRungs
from conversations.events import Event, Opened
from conversations.interview import Interview, RungRow
from conversations.plan import Replanned, replan, spread_early
from store import interviews, people, rungs, timers
from store.db import Tx

AHEAD = timedelta(hours=2)
"""How far ahead a crowd is looked for: long enough to begin early with the largest that is likely."""
SAME_INSTANT = timedelta(seconds=60)
CROWD = "crowd:moved_earlier"

log = observe.logger("planning")


class Planning:
    """Plans anew what was planned already. Nothing that is settled is ever planned again."""

    def __init__(self, runtime: Runtime, clock: Clock) -> None:
        self.runtime = runtime
        self.clock = clock

    async def follow_policy(self) -> Replanned:
        """Plan every coming interview by the policy as it is now; return how many rungs came, moved and went."""
        total = Replanned(0, 0, 0)
        now = self.clock.now()
        async with self.runtime.db.write() as tx:
            await digests.plan(tx, self.runtime.policies, now)
            for interview in await interviews.upcoming(tx, now):
                scene = await self._scene(tx, interview, self.runtime.policies, now)
                event = Event(
                    f"replan:{interview.attempt.id}:{now.isoformat()}",
                    "core",
                    now,
                    Opened("plan", interview.id),
                )
                carrier = Carrier(tx, scene, event, self.runtime.caps, self.runtime.teams, now)
                await carrier.carry_out(plan(scene, interview))
                await self._leave_out(tx, scene, interview)
                total = _sum(total, replan(scene.rungs, await rungs.rungs_of(tx, interview.attempt.id)))
        if any(total):
            log.info("policy.replanned", added=total.added, moved=total.moved, dropped=total.dropped)
        return total

    async def _leave_out(self, tx: Tx, scene: Scene, interview: Interview) -> None:
        """Forget rungs that were planned and that the policy no longer has: brought back, they are planned again."""
        gone = [row.name for row in scene.rungs if row.verdict is None and not scene.policy.rung(row.name)]
        if gone:
            await rungs.forget_rungs(tx, interview.attempt.id, gone)
            await timers.drop(tx, f"interview:{interview.id}", [f"rung:{name}" for name in gone])

    async def preview(self, policies: Policies) -> Replanned:
        """Return what other policies would do to the reminders of coming interviews. Changes nothing."""
        total = Replanned(0, 0, 0)
        now = self.clock.now()
        async with self.runtime.db.read() as tx:
            for interview in await interviews.upcoming(tx, now):
                before = await self._scene(tx, interview, self.runtime.policies, now)
                after = replace(before, policy=policies.for_(interview.company, interview.role))
                total = _sum(total, replan(_rows(before, interview), _rows(after, interview)))
        return total

    async def _scene(self, tx: Tx, interview: Interview, policies: Policies, now: datetime) -> Scene:
        policy = policies.for_(interview.company, interview.role)
        candidate = await people.get(tx, interview.person)
        known = tuple(await rungs.rungs_of(tx, interview.attempt.id))
        return Scene(now, policy, interview=interview, candidate=candidate, rungs=known)

    async def spread_crowds(self) -> int:
        """Let crowds of reminders begin as early as the account's rate demands; return how many were moved."""
        rate = min((self._rate(account) for account in self.runtime.channels), default=0.0)
        if not rate:
            return 0
        now = self.clock.now()
        count = 0
        async with self.runtime.db.write() as tx:
            due = [row for row in await rungs.rungs_due_between(tx, now, now + AHEAD) if row.verdict is None]
            crowds: dict[int, list[RungRow]] = defaultdict(list)
            for row in due:
                if row.why != CROWD:
                    crowds[int(row.due_at.timestamp() // SAME_INSTANT.total_seconds())].append(row)
            for crowd in crowds.values():
                count += sum([await self._spread(tx, row, len(crowd), rate, now) for row in crowd])
        if count:
            log.info("crowd.spread", count=count)
        return count

    async def _spread(self, tx: Tx, row: RungRow, crowd: int, rate: float, now: datetime) -> bool:
        if crowd < rate:
            return False
        interview = await interviews.of_attempt(tx, row.attempt)
        if interview is None or interview.attempt.id != row.attempt:
            return False
        policy = self.runtime.policies.for_(interview.company, interview.role)
        candidate = await people.get(tx, interview.person)
        rung = policy.rung(row.name)
        if rung is None:
            return False
        zone = (candidate.zone if candidate else None) or policy.zone
        begin = max(now, spread_early(row.due_at, rung, row.attempt, policy, zone, crowd=crowd, rate=rate))
        if begin >= row.due_at:
            return False
        await rungs.plan_rungs(tx, [replace(row, due_at=begin, why=CROWD)])
        data = {"attempt": str(row.attempt), "rung": row.name}
        await timers.set(tx, f"rung:{row.name}", f"interview:{interview.id}", begin, data)
        return True

    def _rate(self, account: str) -> float:
        """Return how many messages a second an account may send, by what its platform allows."""
        rates = [r for r in self.runtime.channels[account].caps.rates if r.scope == "account"]
        return min((r.count / r.per.total_seconds() for r in rates), default=float("inf"))


def _rows(scene: Scene, interview: Interview) -> Sequence[RungRow]:
    return [row for effect in plan(scene, interview) if isinstance(effect, PlanRungs) for row in effect.rows]


def _sum(one: Replanned, other: Replanned) -> Replanned:
    return Replanned(one.added + other.added, one.moved + other.moved, one.dropped + other.dropped)
