"""Today's figures for staff, where a platform shows them beside the app: interviews, no-shows, what waits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot import observe
from bot.clock import Clock
from bot.runtime import Runtime
from channels.base import Channel, Figured, NotDelivered
from conversations.identity import Person
from conversations.interview import State
from locales.text import Reader, Text, ct
from locales.translate import best_locale
from locales.zones import day_bounds, local
from store import cases, interviews, people

AT_MOST_EVERY = timedelta(minutes=5)
AFTER_REFUSAL = timedelta(hours=1)
NAMES = (ct("dashboard", "Interviews today"), ct("dashboard", "No-shows"), ct("dashboard", "To be settled"))

log = observe.logger("dashboards")


@dataclass(frozen=True, slots=True)
class _Told:
    values: tuple[int, ...]
    day: date
    at: datetime


class Dashboards:
    """What staff have before them; told on change, at most every few minutes, and when a day begins."""

    def __init__(self, runtime: Runtime, clock: Clock) -> None:
        self._runtime = runtime
        self._clock = clock
        self._told: dict[tuple[str, str], _Told] = {}
        self._rests_until: dict[str, datetime] = {}

    async def refresh(self) -> int:
        """Show everybody their figures as they are, and return to how many something new was shown.

        A platform that refuses is left alone for an hour.
        """
        channels = dict(self._wanted())
        if not channels:
            return 0
        async with self._runtime.db.read() as tx:
            staff = await people.everybody_of_staff(tx)
        count = 0
        for account, channel in channels.items():
            try:
                for person in staff:
                    count += await self._show(account, channel, person)
            except NotDelivered as error:
                self._rests_until[account] = self._clock.now() + AFTER_REFUSAL
                log.warning("dashboard.not_shown", account=account, why=error.why, detail=error.detail)
        return count

    def _wanted(self) -> Iterator[tuple[str, Figured]]:
        now = self._clock.now()
        for account, channel in self._runtime.channels.items():
            figured: Channel = channel
            rests_until = self._rests_until.get(account)
            if (
                isinstance(figured, Figured)
                and figured.shows_figures
                and (rests_until is None or rests_until <= now)
            ):
                yield account, figured

    async def _show(self, account: str, channel: Figured, person: Person) -> int:
        """Show somebody their figures if they are new to them; return how often that was."""
        binding = next((b for b in person.reachable if b.address.account == account), None)
        if binding is None:
            return 0
        policy, now = self._runtime.policies.default, self._clock.now()
        zone = person.zone or policy.zone
        today = local(now, zone).date()
        user = binding.address.user
        before = self._told.get((account, user))
        if before is not None and before.day == today and now - before.at < AT_MOST_EVERY:
            return 0
        values = await self._figures(person, day_bounds(today, zone))
        if before is not None and (before.values, before.day) == (values, today):
            return 0
        locale = best_locale(person.locale, policy.languages, policy.languages[0])
        figures: Sequence[tuple[Text, str]] = [
            (name, str(value)) for name, value in zip(NAMES, values, strict=True)
        ]
        self._told[account, user] = _Told(values, today, now)
        try:
            await channel.show_figures(user, figures, Reader(locale, zone, now, policy.formal))
        except NotDelivered as error:
            if error.why != "gone":
                del self._told[account, user]
                raise
            return 0
        return 1

    async def _figures(self, person: Person, day: tuple[datetime, datetime]) -> tuple[int, ...]:
        async with self._runtime.db.read() as tx:
            by_state = await interviews.counts(tx, person, *day)
            waiting = await cases.count_open(tx, person)
        off = (State.CANCELLED, State.WITHDRAWN)
        booked = sum(count for state, count in by_state.items() if state not in off)
        return booked, by_state.get(State.NO_SHOW, 0), waiting
