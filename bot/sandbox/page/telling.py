"""Captions: what happened in the product and why, for somebody who sees it for the first time.

They are read from the product's own journal and ladder, so every story has them, and what a visitor does by hand too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from bot.sandbox.page.naming import Naming, actor
from bot.sandbox.stage import Stage
from conversations.commands.audit import ACTIONS, Logged, what_of
from conversations.commands.why import in_words
from conversations.interview import RungRow, Verdict
from locales.text import Listing, Text, ct
from store import interviews, journal, rungs
from store.db import Tx

MOST = 60
"""Entries that are looked at together; of more than this at once the rest goes untold."""
NAMED = 3
"""People named in one caption; others are counted."""
BACK, AHEAD = timedelta(days=1), timedelta(days=3)
"""Reminders due around now are watched for how they end."""

Says = Callable[[Text | str], Text]

_SAYS: Mapping[str, Says] = {
    "interviews.imported": lambda who: ct("caption", "A list of interviews is taken in."),
    "interview.booked": lambda who: ct("caption", "On the list: {who}. Reminders are planned.", who=who),
    "person.bound": lambda who: ct(
        "caption", "In touch by their invitation: {who}. From now on Turnout may write there.", who=who
    ),
    "person.found": lambda who: ct("caption", "Found on the platform by what the list says: {who}.", who=who),
    "person.not_found": lambda who: ct(
        "caption", "Not found on the platform: {who}. Other ways are used.", who=who
    ),
    "interview.confirmed": lambda who: ct(
        "caption", "Coming: {who}. Reminders meant for the undecided are left out.", who=who
    ),
    "interview.unconfirmed": lambda who: ct(
        "caption", "Not sure any more: {who}. All reminders count again.", who=who
    ),
    "interview.joined": lambda who: ct("caption", "The interview platform reports: {who} joined.", who=who),
    "interview.completed": lambda who: ct("caption", "Over: the interview of {who}.", who=who),
    "interview.flagged": lambda who: ct(
        "caption", "Not there after the start: {who}. They are asked kindly why, and HR hears of it.", who=who
    ),
    "interview.moved": lambda who: ct(
        "caption", "Another time: {who}. Old reminders are dropped, new ones planned.", who=who
    ),
    "interview.cancelled": lambda who: ct("caption", "Cancelled: {who}. Nobody is reminded of it.", who=who),
    "interview.withdrawn": lambda who: ct(
        "caption", "Takes leave: {who}. No more reminders, and the reason is known.", who=who
    ),
    "interview.paused": lambda who: ct("caption", "Held back: the reminders of {who}.", who=who),
    "interview.resumed": lambda who: ct("caption", "Taken up again: the reminders of {who}.", who=who),
    "interview.undone": lambda who: ct("caption", "Taken back: {who}. All is as it was before.", who=who),
    "case.opened": lambda who: ct(
        "caption", "A person is needed: {who}. A case is opened, and its team is told.", who=who
    ),
    "case.taken": lambda who: ct(
        "caption", "Looked after by a person now: {who}. The bot does not interfere.", who=who
    ),
    "case.released": lambda who: ct("caption", "Free to be taken again: the case of {who}.", who=who),
    "case.escalated": lambda who: ct(
        "caption", "Nobody took it in time: the case of {who} goes to the next in turn.", who=who
    ),
    "case.called_next": lambda who: ct(
        "caption", "Nobody took it in time: for {who} the next person is called.", who=who
    ),
    "case.closed": lambda who: ct("caption", "Closed: the case of {who}. The bot is there again.", who=who),
    "case.dismissed": lambda who: ct("caption", "Dismissed by HR: the case of {who}.", who=who),
    "person.opted_out": lambda who: ct(
        "caption", "Said stop: {who}. Nothing more is sent, and HR knows.", who=who
    ),
    "person.opted_in": lambda who: ct("caption", "Wants messages again: {who}. Reminders go on.", who=who),
    "message.lost": lambda who: ct(
        "caption", "A message did not arrive: {who}. Another way is tried, or HR is told.", who=who
    ),
    "slots.imported": lambda who: ct("caption", "Free times are opened, for those who need another one."),
}
"""By the journal's action, of one or several; others are told as the command audit tells them."""

_RUNGS: Mapping[Verdict, Callable[[str, Text | str, Text], Text]] = {
    Verdict.SENT: lambda rung, who, why: ct("caption", "Reminder {rung}: sent to {who}.", rung=rung, who=who),
    Verdict.WOULD_SEND: lambda rung, who, why: ct(
        "caption", "Reminder {rung}: it would go to {who}; {why}.", rung=rung, who=who, why=why
    ),
}


class Telling:
    """Tells what has happened on one stage since it told last."""

    def __init__(self) -> None:
        self._entry = 0
        self._ended: dict[tuple[UUID, str], None] = {}
        self._since: datetime | None = None
        """When the first was told: a stage may bring a history along."""

    async def fresh(self, stage: Stage) -> list[Text]:
        """Return captions for what is new, in the order in which it happened."""
        async with stage.app.db.read() as tx:
            naming = Naming(tx)
            return [*await self._deeds(tx, naming), *await self._reminders(tx, naming, stage)]

    async def _deeds(self, tx: Tx, naming: Naming) -> list[Text]:
        entries = [each for each in await journal.listing(tx, limit=MOST) if each.number > self._entry]
        entries.reverse()
        self._entry = entries[-1].number if entries else self._entry
        found: list[Text] = []
        several: dict[str, list[str]] = {}
        for entry in entries:
            if entry.action in _SAYS:
                several.setdefault(entry.action, []).append(await naming.whose(entry.subject))
        for entry in entries:
            if entry.action in several:
                found.append(_SAYS[entry.action](_named(several.pop(entry.action))))
            elif entry.action in ACTIONS and entry.action not in _SAYS:
                found.append(await _otherwise(entry, naming))
        return found

    async def _reminders(self, tx: Tx, naming: Naming, stage: Stage) -> list[Text]:
        now = stage.clock.now()
        self._since = self._since or now - timedelta(minutes=5)
        groups: dict[tuple[str, Verdict, str], list[RungRow]] = {}
        for row in await rungs.rungs_due_between(tx, now - BACK, now + AHEAD):
            key = row.attempt, row.name
            if row.verdict is None or row.settled_at is None or key in self._ended:
                continue
            self._ended[key] = None
            # What a new time replaces is told by the new time.
            if row.settled_at >= self._since and row.verdict is not Verdict.SUPERSEDED:
                groups.setdefault((row.name, row.verdict, row.why), []).append(row)
        while len(self._ended) > 5000:
            del self._ended[next(iter(self._ended))]
        return [await _reminder(tx, naming, *key, rows) for key, rows in groups.items()]


async def _reminder(
    tx: Tx, naming: Naming, rung: str, verdict: Verdict, why: str, rows: Sequence[RungRow]
) -> Text:
    names = []
    for row in rows:
        interview = await interviews.of_attempt(tx, row.attempt)
        if interview is not None:
            names.append(await naming.of(f"person:{interview.person}"))
    who, because = _named(names), in_words(why)
    if says := _RUNGS.get(verdict):
        return says(rung, who, because)
    if not why:
        return ct("caption", "Reminder {rung}: not sent to {who}.", rung=rung, who=who)
    return ct("caption", "Reminder {rung}: not sent to {who}; {why}.", rung=rung, who=who, why=because)


async def _otherwise(entry: journal.Entry, naming: Naming) -> Text:
    subject, who = await naming.whose(entry.subject), actor(await naming.of(entry.actor))
    what = what_of(Logged(entry.number, entry.at, entry.action, subject, "", entry.detail))
    if entry.subject in ("", entry.actor):
        return ct("caption", "{who}: {what}.", who=who, what=what)
    return ct("caption", "{who}: {subject}, {what}.", who=who, subject=subject, what=what)


def _named(names: Sequence[str]) -> Text:
    known = list(dict.fromkeys(names))
    if len(known) <= NAMED:
        return ct("caption", "{names}", names=Listing(tuple(known)))
    shown = ct("caption", "{names}", names=Listing(tuple(known[: NAMED - 1])))
    return ct("caption", "{shown} and {n} more", shown=shown, n=len(known) - NAMED + 1)
