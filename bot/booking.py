"""Lists made real: what an import says is saved, planned, and its candidates get their personal links."""

from __future__ import annotations

import base64
import csv
import io
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from bot.importing import columns
from bot.importing.applying import Saving, plan_interviews, plan_slots
from bot.importing.drafts import parse_interviews
from bot.importing.matching import Existing, Found, Wanted, wanted
from bot.importing.problems import Unreadable
from bot.importing.reading import read
from bot.importing.rows import Context, Defaults
from bot.importing.slots import judge_slots, parse_slots
from bot.importing.verdicts import judge, tally, to_json
from bot.invitations import invite_url, scanned
from bot.problems import Problem
from conversations.events import Booked, Event
from conversations.identity import Role
from conversations.interview import Interview, Verdict
from locales.text import Reader, Text, t
from locales.translate import best_locale, render
from store import cases, feedback, inbox, interviews, journal, matching, outbox, people, rungs, slots, tokens
from store.db import Tx

if TYPE_CHECKING:
    from bot.app import App

INVITE_LIFE = timedelta(days=30)
Args = Mapping[str, Any]


class Booking:
    """Imports interviews and slots; a dry run is the same without saving."""

    def __init__(self, app: App) -> None:
        self.app = app

    async def import_list(self, args: Args) -> dict[str, Any]:
        """Return a verdict per row; with `apply` also save, plan and invite. Bad rows never block good ones."""
        now = self.app.clock.now()
        say = self._say(args)
        try:
            parsed = parse_interviews(
                read(base64.b64decode(args["data"]), args["file"], columns.INTERVIEWS), self._context(now)
            )
        except Unreadable as error:
            raise Problem(say(error.reason), "Nothing was changed.") from None
        need = wanted(parsed)
        async with self.app.db.read() as tx:
            verdicts = judge(parsed, await _known(tx, need), now)
        savings: list[Saving] = []
        created: Mapping[UUID, Interview] = {}
        planned, plan = "", [0, 0]
        if args.get("apply"):
            savings = plan_interviews(verdicts, now, uuid4)
            before = await self._rungs(savings)
            created = await self._save(savings, args["file"], now, str(args.get("actor") or "cli"))
            await self.app.pumps.handle_waiting()
            after = await self._rungs_now(savings)
            plan = [after, before]
            planned = f"Reminders: +{after} −{before} moved." if any(plan) else ""
        return {
            **to_json(verdicts, say),
            "counts": dict(tally(verdicts)),
            "planned": planned,
            "plan": plan,
            "links": await self._links(savings, created, has_codes=bool(args.get("codes"))),
        }

    async def add(self, args: Args) -> dict[str, Any]:
        """Add one interview from named cells, exactly as a list of one row would."""
        found = await self.import_list({**_one_row(args), "apply": True})
        bad = [row for row in found["rows"] if row["verdict"] == "bad"]
        if bad:
            raise Problem(f"{bad[0]['column']}: {bad[0]['reason']}", "Nothing was changed.")
        return found

    async def add_one(self, args: Args) -> dict[str, Any]:
        """Add one interview that is not there yet: its `interview`, or `wrong`: [[column, reason]]."""
        asked = _one_row(args)
        (row,) = (await self.import_list(asked))["rows"]
        if row["verdict"] == "bad":
            told = [(row["column"], row["reason"]), *((one["column"], one["reason"]) for one in row["also"])]
            return {"wrong": [list(one) for one in told]}
        if row["verdict"] != "new":
            known = t(
                "This candidate has an interview here already. To move it: move {name}", name=row["label"]
            )
            return {"wrong": [["", self._say(args)(known)]]}
        found = await self.import_list({**asked, "apply": True})
        return {"interview": found["links"][0]["interview"] if found["links"] else ""}

    async def import_slots(self, args: Args) -> dict[str, Any]:
        """Return a verdict per row of a slot list; with `apply` also save."""
        now = self.app.clock.now()
        say = self._say(args)
        try:
            parsed = parse_slots(
                read(base64.b64decode(args["data"]), args["file"], columns.SLOTS), self._context(now)
            )
        except Unreadable as error:
            raise Problem(say(error.reason), "Nothing was changed.") from None
        async with self.app.db.read() as tx:
            verdicts = judge_slots(parsed, await slots.listing(tx, now, 20_000), now)
        if args.get("apply"):
            planned = plan_slots(verdicts, uuid4)
            async with self.app.db.write() as tx:
                for slot in planned:
                    await slots.create(tx, slot, key=str(slot.id))
                await journal.append(
                    tx,
                    "slots.imported",
                    args["file"],
                    str(args.get("actor") or "cli"),
                    {"rows": str(len(planned))},
                    now,
                )
        return {**to_json(verdicts, say), "counts": dict(tally(verdicts)), "planned": "", "links": []}

    # -- how ---------------------------------------------------------------------------------------------

    def _context(self, now: datetime) -> Context:
        policies = self.app.settings.policies
        companies: dict[str, Defaults] = {}
        for name in policies.companies:
            policy = policies.for_(name, "")
            own = Defaults(policy.company, policy.zone)
            companies |= dict.fromkeys((name, *policy.display_name.values()), own)
        default = Defaults(policies.default.company, policies.default.zone)
        return Context(now, default, companies)

    def _say(self, args: Args) -> Callable[[Text], str]:
        locale = best_locale(args.get("lang") or "en")
        reader = Reader(locale, self.app.settings.policies.default.zone, self.app.clock.now())
        return lambda text: render(text, reader)

    async def _save(
        self, savings: list[Saving], file: str, now: datetime, actor: str
    ) -> dict[UUID, Interview]:
        """Save people and interviews in one transaction, with the events that plan them.

        Return the new interviews, which have their numbers now, by their id.
        """
        if not savings:
            return {}
        async with self.app.db.write() as tx:
            await _save_people(tx, savings)
            new = [
                replace(saving.interview, invited_at=now if saving.is_planned else None)
                for saving in savings
                if saving.is_new
            ]
            created = await interviews.create_all(tx, new)
            for saving in savings:
                if not saving.is_new:
                    await interviews.save(tx, saving.interview, saving.ended)
                    await self._leave(tx, saving, now)
                await _save_past(tx, saving)
            await self._invite(tx, [saving.interview for saving in savings if saving.is_planned], now)
            await inbox.put_all(tx, [_booked(saving, now) for saving in savings if saving.is_planned], now)
            await journal.append(tx, "interviews.imported", file, actor, {"rows": str(len(savings))}, now)
        return {interview.id: interview for interview in created}

    async def _leave(self, tx: Tx, saving: Saving, now: datetime) -> None:
        """Settle what was planned for the appointment that a moved row leaves behind."""
        if saving.ended is None:
            return
        await outbox.withdraw(tx, saving.interview.id, "moved", (), now)
        for row in await rungs.rungs_of(tx, saving.ended.id):
            if row.verdict is None:
                await rungs.settle_rung(tx, row.attempt, row.name, Verdict.SUPERSEDED, "moved", "", now)

    async def _invite(self, tx: Tx, invited: list[Interview], now: datetime) -> None:
        made = {}
        for interview in invited:
            expires_at = max(interview.attempt.starts_at, now) + INVITE_LIFE
            made[f"interview:{interview.id}"] = self.app.links.invite_token(interview.id), expires_at
        await tokens.keep_all(tx, "bind", made, now)

    async def _links(
        self, savings: list[Saving], created: Mapping[UUID, Interview], *, has_codes: bool
    ) -> list[dict[str, str]]:
        """Return the personal links; with what a QR code of each holds, for which a platform may be asked."""
        found = []
        for saving in savings:
            if saving.is_planned:
                interview = created.get(saving.interview.id, saving.interview)
                url = invite_url(self.app.links, self.app.channels, interview.id)
                made = {"interview": interview.label, "name": saving.person.name, "link": url}
                if has_codes:
                    until = max(interview.attempt.starts_at, self.app.clock.now()) + INVITE_LIFE
                    made["code"] = await scanned(self.app.links, self.app.channels, interview.id, until)
                found.append(made)
        return found

    async def _rungs(self, savings: list[Saving]) -> int:
        """Count what was planned for the attempts that are about to be left."""
        async with self.app.db.read() as tx:
            left = [saving.ended.id for saving in savings if saving.ended is not None]
            return await rungs.count_planned(tx, left)

    async def _rungs_now(self, savings: list[Saving]) -> int:
        """Count the reminders that are planned now for what was saved."""
        async with self.app.db.read() as tx:
            own = [saving.interview.attempt.id for saving in savings if saving.is_planned]
            return await rungs.count_planned(tx, own)


def _one_row(args: Args) -> dict[str, Any]:
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    writer.writerow(args["cells"].keys())
    writer.writerow(args["cells"].values())
    data = base64.b64encode(text.getvalue().encode("utf-8-sig")).decode()
    told = {name: args[name] for name in ("lang", "actor") if name in args}
    return {"file": "this interview", "data": data, **told}


async def _save_past(tx: Tx, saving: Saving) -> None:
    """Save what a list says of a past interview beside its result: how it was settled, how the candidate found it."""
    attempt = saving.interview.attempt
    if saving.case is not None:
        await cases.save_case(tx, saving.case)
    if saving.satisfaction is not None:
        await feedback.save(
            tx, saving.interview.id, attempt.id, "overall", saving.satisfaction, attempt.starts_at
        )


async def _save_people(tx: Tx, savings: list[Saving]) -> None:
    """Save everybody once, as the last row about them has them."""
    new = {saving.person.id for saving in savings if saving.is_new_person}
    latest = {saving.person.id: saving.person for saving in savings}
    await people.create_all(tx, [person for id, person in latest.items() if id in new])
    for id, person in latest.items():
        if id not in new:
            await people.save(tx, person)


def _booked(saving: Saving, now: datetime) -> Event:
    body = Booked(saving.interview.id, saving.is_new, saving.previous_start)
    return Event(f"booked:{saving.interview.attempt.id}", "cli", now, body)


async def _known(tx: Tx, need: Wanted) -> Found:
    """Return the people and interviews that a list may mean, and the staff its recruiters may be."""
    persons = await matching.people_known_by(
        tx, phones=need.phones, emails=need.emails, accounts=need.accounts, names=need.names
    )
    by_id = {person.id: person for person in persons}
    found = await matching.interviews_of(tx, need.companies, list(by_id), need.external_ids)
    missing = {interview.person for interview, _ in found} - by_id.keys()
    by_id |= await people.load(tx, missing)
    existing = tuple(Existing(i, by_id[i.person], earlier) for i, earlier in found if i.person in by_id)
    held = {one.person.id for one in existing}
    staff = [p for role in (Role.RECRUITER, Role.HR, Role.ADMIN) for p in await people.staff(tx, role)]
    unique = {person.id: person for person in staff}
    others = tuple(person for person in persons if person.id not in held)
    return Found(existing, others, tuple(unique.values()))
