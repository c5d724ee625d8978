"""What the command line can have done, in this process or in the running one: plain arguments in, plain data out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from bot.app import App
from bot.booking import Booking
from bot.invitations import invite_url
from bot.problems import Problem
from bot.settings import BadConfig, describe
from bot.settings.toml import to_toml
from conversations.events import Event, Ordered
from conversations.identity import Role
from conversations.interview import Interview
from locales.catalogue import SOURCE
from locales.told import in_words
from locales.zones import local, resolve, zone_from_alias
from store import inbox as inbox_rows
from store import interviews, journal, outbox, people, rungs, tokens
from store.db import Tx

CODE_LIFE = timedelta(days=3)
KEYS_TOLD = 10
Args = Mapping[str, Any]


class Operations:
    """Everything `turnout <command>` does to a database, by the command's name."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.booking = Booking(app)

    def by_name(self) -> dict[str, Callable[[Args], Awaitable[Any]]]:
        return {
            "import": self.booking.import_list,
            "slots": self.booking.import_slots,
            "add": self.booking.add,
            "move": self.move,
            "cancel": self.cancel,
            "link": self.link,
            "list": self.list,
            "why": self.why,
            "plan": self.plan,
            "outbox.list": self.outbox_list,
            "outbox.show": self.outbox_show,
            "outbox.retry": self.outbox_retry,
            "inbox.dead": self.inbox_dead,
            "inbox.requeue": self.inbox_requeue,
            "audit.verify": self.audit_verify,
            "admin.code": self.admin_code,
            "check": self.check,
            "config.take_file": self.config_take_file,
            "config.print": self.config_print,
        }

    # -- interviews --------------------------------------------------------------------------------------

    async def list(self, args: Args) -> Any:
        now = self.app.clock.now()
        async with self.app.db.read() as tx:
            found = await interviews.search(
                tx,
                None,
                text=args.get("text") or None,
                starts_from=None if args.get("all") else now - timedelta(days=1),
                limit=int(args.get("limit") or 200),
            )
        return [
            {
                **_plain(interview),
                "name": person.name,
                "is_reachable": bool(person.reachable),
                "channels": sorted({b.address.channel for b in person.reachable}),
            }
            for interview, person in found
        ]

    async def why(self, args: Args) -> Any:
        """Return every rung of every attempt with its verdict, and every message with its end."""
        async with self.app.db.read() as tx:
            interview = await self._named(tx, args["interview"])
            person = await people.get(tx, interview.person)
            attempts = await interviews.attempts(tx, interview.id)
            sent = await outbox.listing(tx, interview=interview.id, limit=500)
            ledger = [row for a in attempts for row in await rungs.rungs_of(tx, a.id)]
        numbers = {attempt.id: attempt.n for attempt in attempts}
        return {
            **_plain(interview),
            "name": person.name if person else "",
            "attempts": [
                {
                    "n": attempt.n,
                    "starts_at": attempt.starts_at.isoformat(),
                    "zone": attempt.zone,
                    "outcome": attempt.outcome,
                    "reason": attempt.reason,
                    "confirmed_at": _iso(attempt.confirmed_at),
                    "flagged_at": _iso(attempt.flagged_at),
                    "contacted_at": _iso(attempt.contacted_at),
                    "joined_at": _iso(attempt.joined_at),
                }
                for attempt in attempts
            ],
            "rungs": [
                {
                    "attempt": numbers[row.attempt],
                    "rung": row.name,
                    "due_at": row.due_at.isoformat(),
                    "verdict": row.verdict or "planned",
                    "why": row.why,
                    "evidence": row.evidence,
                    "settled_at": _iso(row.settled_at),
                }
                for row in sorted(ledger, key=lambda row: (numbers[row.attempt], row.due_at))
            ],
            "messages": [_message(row) for row in sorted(sent, key=lambda row: row.sequence)],
        }

    async def plan(self, args: Args) -> Any:
        """Return what will be sent, in order."""
        now = self.app.clock.now()
        async with self.app.db.read() as tx:
            rows = await rungs.rungs_due_between(tx, now, now + timedelta(days=int(args.get("days") or 7)))
            found = []
            for row in rows:
                interview = await interviews.of_attempt(tx, row.attempt)
                if interview is None or interview.attempt.id != row.attempt or row.verdict is not None:
                    continue
                person = await people.get(tx, interview.person)
                found.append(
                    {
                        "due_at": row.due_at.isoformat(),
                        "rung": row.name,
                        "interview": interview.label,
                        "name": person.name if person else "",
                        "starts_at": interview.attempt.starts_at.isoformat(),
                        "channels": sorted({b.address.channel for b in person.reachable}) if person else [],
                        "why": row.why,
                    }
                )
        return found

    async def move(self, args: Args) -> Any:
        """Move an interview to another time; its reminders are planned anew."""
        async with self.app.db.read() as tx:
            interview = await self._named(tx, args["interview"])
        zone = args.get("zone") or interview.attempt.zone
        known = zone_from_alias(zone)
        if known is None:
            raise Problem(f"zone: {zone} is not known", "Write an IANA name like Asia/Shanghai.")
        starts_at = read_instant(args["starts_at"], known)
        if starts_at <= self.app.clock.now():
            raise Problem(f"starts_at: {args['starts_at']} is already past", "Give a time in the future.")
        order = {"starts_at": starts_at.isoformat(), "zone": known}
        if args.get("join"):
            order["join"] = args["join"]
        await self._order("move", interview, order)
        return await self.why({"interview": interview.label})

    async def cancel(self, args: Args) -> Any:
        async with self.app.db.read() as tx:
            interview = await self._named(tx, args["interview"])
        await self._order("cancel", interview, {})
        return await self.why({"interview": interview.label})

    async def link(self, args: Args) -> Any:
        """Return the personal link by which a candidate comes to the bot."""
        async with self.app.db.read() as tx:
            interview = await self._named(tx, args["interview"])
        return {"interview": interview.label, "link": self.invite(interview.id)}

    def invite(self, interview: UUID) -> str:
        return invite_url(self.app.links, self.app.channels, interview)

    async def _order(self, act: str, interview: Interview, order: Mapping[str, str]) -> None:
        now = self.app.clock.now()
        event = Event(uuid4().hex, "cli", now, Ordered(act, interview.id, args=order))
        await self.app.receive([event])
        await self.app.pumps.handle_waiting()

    async def _named(self, tx: Tx, name: str) -> Interview:
        found = await interviews.by_name(tx, str(name).strip())
        if found is None:
            raise Problem(
                f"interview: {name} is not known", "See `turnout list --all` for the numbers there are."
            )
        return found

    # -- looking after -----------------------------------------------------------------------------------

    async def outbox_list(self, args: Args) -> Any:
        async with self.app.db.read() as tx:
            rows = await outbox.listing(tx, state=args.get("state"), limit=int(args.get("limit") or 50))
        return [_message(row) for row in rows]

    async def outbox_retry(self, args: Args) -> Any:
        async with self.app.db.write() as tx:
            if not await outbox.requeue(tx, _uuid(args["id"]), self.app.clock.now()):
                raise Problem(
                    f"id: {args['id']} is not put aside or undeliverable", "See `turnout admin outbox list`."
                )
            row = await outbox.get(tx, _uuid(args["id"]))
            if row is not None and row.attempt is not None and row.rung is not None:
                await rungs.reopen_rung(tx, row.attempt, row.rung)
        self.app.pumps.wake["outbox"].set()
        return {"ok": True}

    async def outbox_show(self, args: Args) -> Any:
        async with self.app.db.read() as tx:
            row = await outbox.get(tx, _uuid(args["id"]))
            if row is None:
                raise Problem(f"id: {args['id']} is not in the outbox", "See `turnout admin outbox list`.")
            interview = await interviews.get(tx, row.interview) if row.interview else None
        return {**_message(row), "interview": interview.label if interview else None}

    async def inbox_dead(self, args: Args) -> Any:
        async with self.app.db.read() as tx:
            rows = await inbox_rows.dead(tx)
        return [{"id": str(row.id), "source": row.event.source, "kind": row.event.body.tag} for row in rows]

    async def inbox_requeue(self, args: Args) -> Any:
        async with self.app.db.write() as tx:
            if not await inbox_rows.requeue(tx, _uuid(args["id"])):
                raise Problem(f"id: {args['id']} was not put aside", "See `turnout admin inbox dead`.")
        self.app.pumps.wake["inbox"].set()
        return {"ok": True}

    async def audit_verify(self, args: Args) -> Any:
        async with self.app.db.read() as tx:
            problems = await journal.verify(tx)
        return {"ok": not problems, "problems": [str(problem) for problem in problems]}

    async def admin_code(self, args: Args) -> Any:
        """Return a one-time code that makes whoever sends it to the bot an admin (or what `role` says)."""
        role = Role(args.get("role") or "admin")
        now = self.app.clock.now()
        async with self.app.db.write() as tx:
            code = await tokens.mint_token(tx, "role", f"role:{role.value}", now, now + CODE_LIFE)
        return {"code": code, "role": role.value, "expires_at": (now + CODE_LIFE).isoformat()}

    async def config_take_file(self, args: Args) -> Any:
        """Put what a file decides in force, or with `dry` only tell what that would do; raises Problem."""
        configuring = self.app.pumps.configuring
        decided = args.get("decided") or self.app.configuration.settings.written
        if configuring is None:
            raise Problem("nothing is configured here", "Start Turnout with a configuration file.")
        try:
            if args.get("dry"):
                return await configuring.look(decided)
            return await configuring.change(decided, "cli")
        except BadConfig as bad:
            remedy = "Mend the file; where it names a new account, restart Turnout first."
            locale = str(args.get("lang") or SOURCE)
            raise Problem("; ".join(each.told(locale) for each in bad.problems), remedy) from None

    async def config_print(self, args: Args) -> Any:
        """Return what is in force as the tables of a file, without secrets."""
        return {"version": self.app.configuration.number, "toml": to_toml(self.app.configuration.written)}

    async def check(self, args: Args) -> Any:
        locale = str(args.get("lang") or SOURCE)
        found: list[str] = list(self._differences(locale))
        if args.get("live"):
            for account, channel in self.app.channels.items():
                found += [f"{account}: {in_words(problem, locale)}" for problem in await channel.check()]
        vitals = await self.app.db.vitals()
        told = describe(self.app.settings, self.app.clock.now(), locale)
        return {"ok": not found, "problems": found, "database": vitals, "settings": told}

    def _differences(self, locale: str) -> Iterator[str]:
        """Yield how the file and the database's newest version differ, with the two ways out."""
        configuration = self.app.configuration
        if not configuration.difference:
            return
        keys = ", ".join(change.key for change in configuration.of_file()[:KEYS_TOLD])
        ways = "take the file: turnout config take-file; keep the database's: turnout config print"
        for problem in configuration.misfits:
            misfit = problem.told(locale)
            yield f"configuration version {configuration.number} does not fit the file: {misfit} → {ways}"
        if not configuration.misfits:
            yield f"the file differs from version {configuration.number}, which is in force: {keys} → {ways}"


def read_instant(text: str, zone: str) -> datetime:
    """Return the instant that an ISO date and time means; without an offset it is the zone's wall clock."""
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError:
        raise Problem(f"starts_at: {text} is no date and time", "Write it like 2026-11-25T14:00.") from None
    return resolve(at, zone) if at.tzinfo is None else resolve(local(at, zone), zone)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Problem(f"id: {text} is no id", "Copy it from the list.") from None


def _plain(interview: Interview) -> dict[str, Any]:
    return {
        "interview": interview.label,
        "external_id": interview.external_id,
        "state": interview.state,
        "company": interview.company,
        "role": interview.role,
        "starts_at": interview.attempt.starts_at.isoformat(),
        "zone": interview.attempt.zone,
        "attempt": interview.attempt.n,
        "confirmed": interview.attempt.confirmed_at is not None,
        "reason": interview.attempt.reason,
    }


def _message(row: outbox.OutboxRow) -> dict[str, Any]:
    return {
        "id": str(row.id),
        "kind": row.kind,
        "account": row.account,
        "rung": row.rung,
        "state": row.state,
        "why": row.why,
        "tries": row.tries,
        "platform_id": row.platform_id,
        "possible_duplicate": row.in_doubt,
        "due_at": row.due_at.isoformat(),
        "settled_at": _iso(row.settled_at),
    }


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
