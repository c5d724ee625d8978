"""What the company decided, as it is in force: the database's newest version, changed here and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from bot import observe
from bot.clock import Clock
from bot.settings import BadConfig, Policies, Problem, Settings
from bot.settings.written import Written, as_text, flat, from_text
from locales.text import t
from store import journal, policies
from store.db import Database, Tx

FILE = "file"
"""Who made a version that was taken from the file."""

log = observe.logger("configuration")


@dataclass(frozen=True, slots=True)
class Change:
    """One key that differs; None where it is not set."""

    key: str
    old: str | None
    new: str | None


@dataclass(slots=True)
class Configuration:
    """The policies in force, shared with everybody who holds `policies`, and the version they came from."""

    db: Database
    settings: Settings
    clock: Clock
    policies: Policies
    """In force: whoever holds them has the newest, as they become others in place."""
    number: int = 0
    """The version in force; 0 while there is none."""
    written: Written = field(default_factory=dict)
    misfits: tuple[Problem, ...] = ()
    """Why the newest version cannot be used with the rest of the file, so that the file's own is in force."""

    async def follow(self) -> bool:
        """Put the newest version in force, if it is not; return whether it was put now.

        Without any the file's becomes the first. One that does not fit the rest of the file leaves the file's own
        in force: a bot that reminds by older rules is better than none.
        """
        async with self.db.read() as tx:
            newest = await policies.current(tx)
        if newest is not None and newest.number == self.number:
            return False
        decided: Written | None = from_text(newest.content) if newest is not None else None
        if newest is None or decided is None:
            decided = self.settings.written
            async with self.db.write() as tx:
                newest = await policies.add(tx, as_text(decided), FILE, self.clock.now())
        self._put_in_force(newest.number, decided)
        return True

    def _put_in_force(self, number: int, decided: Written) -> None:
        self.number, self.written, self.misfits = number, decided, ()
        try:
            self.policies.become(self.read(decided))
        except BadConfig as bad:
            self.misfits = tuple(bad.problems)
            self.policies.become(self.settings.policies)
            log.error("configuration.misfit", version=number, problems=[str(each) for each in bad.problems])
        else:
            log.info("configuration.in_force", version=number)

    def read(self, decided: Written) -> Policies:
        """Return the policies that something written comes to; raises BadConfig with everything that is wrong."""
        if as_text(decided) == as_text(self.settings.written):
            return self.settings.policies.copy()
        if self.settings.again is None:
            problem = Problem(
                "policy", t("cannot be read again here"), t("start Turnout with a configuration file")
            )
            raise BadConfig([problem])
        return self.settings.again(decided).policies.copy()

    async def change(self, decided: Written, actor: str, base: int | None = None) -> bool:
        """Put something written in force for good; return whether it differs from what was.

        Raises BadConfig, and NotNewest when the newest version is no longer `base`.
        """
        found = self.read(decided)
        now = self.clock.now()
        async with self.db.write() as tx:
            made = await policies.add(tx, as_text(decided), actor, now, base)
            if made.number != self.number:
                told = {"keys": ", ".join(change.key for change in differences(self.written, decided))[:500]}
                await journal.append(tx, "config.changed", f"policy:{made.number}", actor, told, now)
        is_new = made.number != self.number
        self.number, self.written, self.misfits = made.number, decided, ()
        self.policies.become(found)
        return is_new

    async def is_followed(self) -> bool:
        """Tell whether everything that is planned follows the version in force."""
        async with self.db.read() as tx:
            version = await policies.get(tx, self.number)
        return version is None or version.planned_at is not None

    async def followed(self) -> None:
        """Record that everything that is planned follows the version in force."""
        async with self.db.write() as tx:
            await policies.planned(tx, self.number, self.clock.now())

    def of_file(self) -> tuple[Change, ...]:
        """Return how the file differs from what is in force."""
        return differences(self.written, self.settings.written)

    @property
    def difference(self) -> str:
        """Return a name for how file and database differ now, by which it is told once; empty where they do not."""
        if not self.misfits and as_text(self.written) == as_text(self.settings.written):
            return ""
        return f"{self.number}:{sha256(as_text(self.settings.written).encode()).hexdigest()[:16]}"


def differences(old: Written, new: Written) -> tuple[Change, ...]:
    """Return what one says and the other does not, by key."""
    before, after = flat(old), flat(new)
    keys = sorted(before.keys() | after.keys())
    return tuple(Change(k, before.get(k), after.get(k)) for k in keys if before.get(k) != after.get(k))


async def version_of(tx: Tx, number: int) -> Mapping[str, Any] | None:
    """Return what a version said; None where there is none, or one of before this could be read back."""
    version = await policies.get(tx, number)
    return from_text(version.content) if version is not None else None
