"""Sending one message: claim, check again, freeze, send, commit. Nothing is called sent that was not accepted."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from bot import cards, countdown, observe
from bot.clock import Clock
from bot.commit import GroupCommit
from bot.fallback import NOBODY_ANSWERS, by_hand, other_way
from bot.invitations import codes_of, has_codes, invite_url, with_codes
from bot.links import FORM, Links, whom
from bot.settings import Policies
from bot.windows import Windows
from channels.base import Call, Channel, Envelope, NotDelivered, Payload, Receipt
from conversations.effects import Priority
from conversations.events import Delivered, Done, Event, Unreachable
from conversations.identity import Person
from conversations.interview import Interview, State, Verdict
from conversations.messages import Link, Message
from conversations.policy import Policy
from locales.text import Reader, Words
from locales.translate import best_locale, render, show
from store import blobs, buckets, inbox, interviews, outbox, people, rungs, shown, transcript
from store.db import Database, Tx
from store.errors import Unavailable
from store.outbox import OutboxRow
from store.shown import Shown

TRIES = 5
BACKOFF = tuple(timedelta(seconds=seconds) for seconds in (2, 10, 60, 300, 900))
"""Between tries that a platform answers with an error of its own: a quarter of an hour's incident loses nothing."""
LEASE = timedelta(minutes=2)
"""Longer than any send takes: a claim that is older was left by something that went wrong."""
SHORTEST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(minutes=5)
"""How long an account rests while its platform takes nothing: the longer the trouble, the longer the rest."""
SEND_WITHIN = timedelta(days=3)
"""A message without an end of its own is not worth sending after this."""
LINK_LIFE = timedelta(hours=12)
"""How long after the start the link to the interview still opens."""
STAFF_LIFE = timedelta(hours=12)
"""How long somebody of staff can open a page from a link: a day's work."""
PAGE_LIFE = timedelta(days=30)
"""How long after it a candidate can still answer on their page, and stop messages."""

log = observe.logger("delivery")


class NotWorthSending(Exception):
    """The world has moved on since the message was put into the outbox."""

    def __init__(self, state: outbox.State, why: str) -> None:
        super().__init__(why)
        self.state: outbox.State = state
        self.why = why


class Delivery:
    """The way of a message from the outbox to its platform."""

    def __init__(
        self,
        db: Database,
        channels: Mapping[str, Channel],
        policies: Policies,
        links: Links,
        clock: Clock,
    ) -> None:
        self.db = db
        self.channels = channels
        self.policies = policies
        self.links = links
        self.clock = clock
        self.commits = GroupCommit(db)
        self.windows = Windows(self.commits, clock)
        self.epoch = 0
        """Of this process's claims; `take_over` gives it one."""
        self._accepted_at: dict[str, datetime] = {}
        """When each account's platform last took something."""

    async def take_over(self, owner: str) -> int:
        """Begin a new epoch, and take back what processes that are gone had claimed; return how much."""
        async with self.db.write() as tx:
            self.epoch = await outbox.next_epoch(tx)
            return await outbox.release_owner(tx, owner)

    # -- (2) claim ---------------------------------------------------------------------------------------

    async def claim(
        self, owner: str, per_account: int, in_flight: Mapping[str, int] | None = None
    ) -> list[OutboxRow]:
        """Claim what is due, at most so many for each account and no more than the platforms' rates allow."""
        now = self.clock.now()
        busy = in_flight or {}
        claimed: list[OutboxRow] = []
        async with self.db.write() as tx:
            if stale := await outbox.expire_leases(tx, now):
                log.warning("outbox.stale", count=stale)
            for account, channel in self.channels.items():
                if (room := per_account - busy.get(account, 0)) > 0:
                    rates = {account: channel.caps.all_rates}
                    claimed += await outbox.claim(
                        tx, now, owner, self.epoch, room, accounts={account}, rates=rates, lease=LEASE
                    )
        return claimed

    # -- (3) to (6) --------------------------------------------------------------------------------------

    async def send(self, row: OutboxRow) -> None:
        """Send one claimed message and record what became of it; raises nothing.

        What could not be recorded stays claimed until its lease ends, and counts as in doubt from then on.
        """
        try:
            await self._send(row, self.channels[row.account])
        except Unavailable as error:
            log.warning("outbox.unrecorded", outbox=str(row.id), error=error)
        except Exception as error:
            log.error("outbox.failed", outbox=str(row.id), error=error)

    async def _send(self, row: OutboxRow, channel: Channel) -> None:
        try:
            row = await self._as_read(row, channel)
            payload, first = await self._prepare(row, channel)
        except NotWorthSending as moot:
            await self.commits.run(partial(self._drop, row=row, moot=moot))
            return
        except NotDelivered as error:
            await self.commits.run(partial(self._refused, row=row, error=error))
            return
        except Unavailable as error:
            at, why = self.clock.now() + SHORTEST_PAUSE, observe.redact(str(error))
            again = partial(outbox.postpone, row_id=row.id, epoch=self.epoch, until=at, why=why)
            await self.commits.run(again)
            return
        except Exception as error:  # one bad message must not hold up its neighbours
            await self.windows.refused(row, NotDelivered("refused"), channel.caps.to(row.chat))
            why = observe.redact(f"{type(error).__name__}: {error}")
            log.error("message.unrenderable", outbox=str(row.id), kind=row.kind, why=why)
            await self.commits.run(partial(self._put_aside, row=row, why=why))
            return
        try:
            receipt = await channel.deliver(replace(payload, in_doubt=row.in_doubt), self._read_blob)
        except NotDelivered as refusal:
            told = await self.windows.refused(row, refusal, channel.caps.to(row.chat))
            log.info("message.not_sent", outbox=str(row.id), why=told.why, detail=told.detail)
            observe.SENDS.labels(row.account.partition(".")[0], told.why).inc()
            await self._classify(_with_rest(row, payload, first, told), told)
            return
        except Exception as error:  # a mistake of ours; whether it went out nobody knows
            log.error("message.broke", outbox=str(row.id), kind=row.kind, error=error)
            await self._classify(row, NotDelivered("in_doubt", type(error).__name__))
            return
        self.windows.sent(row)
        self._accepted_at[row.account] = self.clock.now()
        observe.SENDS.labels(row.account.partition(".")[0], "accepted").inc()
        observe.LATENESS.observe(max(0.0, (self.clock.now() - row.due_at).total_seconds()))
        await self.commits.run(lambda tx: self._accepted(tx, row, first or receipt))

    async def _as_read(self, row: OutboxRow, channel: Channel) -> OutboxRow:
        """Return the row with its message as its reader gets it, codes to scan made now."""
        if has_codes(row.message):
            named = row.message if channel.caps.to(row.chat).files else with_codes(row.message, {})
            made = await codes_of(named, self.links, self.channels, self.clock.now())
            kept = await self.commits.run(partial(_kept, made=made))
            row = replace(row, message=with_codes(row.message, kept))
        if channel.caps.to(row.chat).edits != "token_once" or row.message.owner is None:
            return row
        async with self.db.read() as tx:
            old = await shown.find(tx, row.account, row.chat, row.message.key)
        return replace(row, message=cards.as_read(row, old, channel.caps.to(row.chat)))

    async def _prepare(self, row: OutboxRow, channel: Channel) -> tuple[Payload, Receipt | None]:
        """Return what is to be sent, frozen, and the receipt of the parts that were accepted before.

        Frozen as it was: the rest of a message in parts, and what is in doubt where the platform knows it again.
        Otherwise it is rendered for now.
        """
        async with self.db.read() as tx:
            interview = await interviews.get(tx, row.interview) if row.interview else None
            person = await people.get(tx, row.to_person) if row.to_person else None
            self._check(row, interview, person)
            _check_can_be_answered(row, channel)
            if row.frozen is not None and (
                channel.caps.to(row.chat).idempotency != "none" or is_rest(row.frozen)
            ):
                return thaw(row.frozen)
            envelope = await self._envelope(tx, row, interview, person, channel)
        route = await self.windows.choose(row, channel.caps.to(row.chat))
        payload = channel.render(row.message, replace(envelope, route=route.route))
        if not await self.windows.hold(row, len(payload.calls), channel.caps.to(row.chat)):
            payload = channel.render(row.message, replace(envelope, route=channel.caps.to(row.chat).route))
        await self.commits.run(partial(self._freeze, row=row, payload=payload, channel=channel))
        return payload, None

    async def _freeze(self, tx: Tx, row: OutboxRow, payload: Payload, channel: Channel) -> None:
        """Keep what goes out, and count all of its parts where too many are dropped silently: one is counted."""
        await outbox.freeze(tx, row.id, freeze(payload))
        more, caps = len(payload.calls) - 1, channel.caps
        if more > 0 and caps.drops_silently:
            limits = buckets.limits_of(row.account, row.chat, row.is_private, caps.all_rates)
            await buckets.take_more(tx, limits, more, self.clock.now())

    def _check(self, row: OutboxRow, interview: Interview | None, person: Person | None) -> None:
        """(3) Just before the socket: is this still true, and still wanted?"""
        now = self.clock.now()
        if now > (row.useful_until or row.due_at + SEND_WITHIN):
            raise NotWorthSending("expired", "late")
        if row.rung is not None and interview is not None:
            if interview.attempt.id != row.attempt:
                raise NotWorthSending("superseded", "moved")
            if interview.state is not State.SCHEDULED:
                raise NotWorthSending("superseded", interview.state.value)
            if interview.attempt.paused_at is not None:
                raise NotWorthSending("superseded", "paused")
            if person is not None and person.opted_out_at is not None:
                raise NotWorthSending("undeliverable", "opted_out")
        if person is not None and row.binding is not None:
            binding = next((b for b in person.bindings if b.id == row.binding), None)
            if binding is not None and not binding.is_reachable:
                raise NotDelivered("gone", binding.unreachable_why or "unreachable")

    async def _envelope(
        self, tx: Tx, row: OutboxRow, interview: Interview | None, person: Person | None, channel: Channel
    ) -> Envelope:
        policy = self.policies.for_(interview.company, interview.role) if interview else self.policies.default
        now = self.clock.now()
        bound_to = whom(row.to_person if row.is_private else None, row.account, row.chat)
        presses = row.message.presses
        values = {
            press.action: self.links.button(row.session, row.turn, n, bound_to, now)
            for n, press in enumerate(presses, start=1)
            if row.session is not None
        }
        edits = await self._edit_token(tx, row, channel)
        if (row.edits is not None and edits is None) or await self._only_follows(tx, row, channel):
            raise NotWorthSending("superseded", "not_editable")
        if why := await self._not_told(tx, row, channel, edits):
            raise NotWorthSending("superseded", why)
        if countdown.is_countdown(row):
            old = await shown.get(tx, row.edits) if row.edits else None
            if why := countdown.why_moot(row, old, interview):
                raise NotWorthSending("superseded", why)
        reader = self.reader(person, policy, None, row.locale)
        return Envelope(
            reader=reader,
            account=row.account,
            chat=row.chat,
            thread=row.thread,
            is_private=row.is_private,
            values=values,
            form_value=self.links.button(row.session, row.turn, FORM, bound_to, now)
            if row.session is not None and row.message.form is not None
            else "",
            urls=await self._urls(tx, row, interview, person, policy),
            edits=edits,
            shown=await self._shown(tx, row, channel) if edits is not None else None,
            company=show(Words(policy.display_name), reader),
            request_id=row.id.hex,
        )

    async def _only_follows(self, tx: Tx, row: OutboxRow, channel: Channel) -> bool:
        """Tell whether an open card would only be told again, to somebody whose channel cannot edit the one they have.

        What they answer counts for the card as it is now; that it is settled they are told.
        """
        is_quiet = (
            row.priority == Priority.EDIT
            and channel.caps.to(row.chat).edits == "never"
            and bool(row.message.presses)
        )
        return is_quiet and await shown.find(tx, row.account, row.chat, row.message.key) is not None

    async def _shown(self, tx: Tx, row: OutboxRow, channel: Channel) -> Message | None:
        """Return what the message that is edited says, where that makes a difference."""
        if channel.caps.to(row.chat).edits != "token_once":
            return None
        if row.edits is not None:
            old = await shown.get(tx, row.edits)
        else:
            old = await shown.find(tx, row.account, row.chat, row.message.key)
        return old.message if old is not None else None

    async def _not_told(self, tx: Tx, row: OutboxRow, channel: Channel, edits: str | None) -> str:
        if (
            channel.caps.to(row.chat).edits != "token_once"
            or row.priority != Priority.EDIT
            or row.edits is not None
        ):
            return ""
        old = await shown.find(tx, row.account, row.chat, row.message.key)
        return cards.why_not_told(row, old, channel.caps.to(row.chat), can_edit=edits is not None)

    async def _edit_token(self, tx: Tx, row: OutboxRow, channel: Channel) -> str | None:
        """Return the token of the shown message this one replaces, while its channel lets us edit it."""
        if channel.caps.to(row.chat).edits == "never":
            return None
        old = None
        if row.edits is not None:
            old = await shown.get(tx, row.edits)
        elif row.message.key:
            old = await shown.find(tx, row.account, row.chat, row.message.key)
        if old is None or not old.edit_token:
            return None
        if old.editable_until is not None and old.editable_until <= self.clock.now():
            return None
        return old.edit_token

    def reader(
        self, person: Person | None, policy: Policy, guessed: str | None, asked: str | None = None
    ) -> Reader:
        """Return who reads: in the language asked for, their own, the one guessed, otherwise the company's."""
        wanted = asked or (person.locale if person else None) or guessed
        locale = best_locale(wanted, policy.languages, policy.languages[0])
        zone = (person.zone if person else None) or policy.zone
        return Reader(locale, zone, self.clock.now(), policy.formal)

    async def _urls(
        self, tx: Tx, row: OutboxRow, interview: Interview | None, person: Person | None, policy: Policy
    ) -> dict[str, str]:
        """Resolve what the message links to; a name that leads nowhere is left out."""
        found = self._pages(row, interview)
        for action in row.message.actions:
            if not isinstance(action, Link):
                continue
            name, _, argument = action.to.partition(":")
            if name == "go" and interview is not None and not self.links.public_url:
                # Nobody outside reaches our pages: the interview's own link then, without evidence of the tap.
                if interview.attempt.join.startswith(("https://", "http://")):
                    found[action.to] = interview.attempt.join
            elif name == "go" and interview is not None:
                expires_at = max(interview.attempt.starts_at, self.clock.now()) + LINK_LIFE
                found[action.to] = self.links.page(name, interview.id, expires_at)
            elif name == "check":
                found |= self._check_page(row, interview)
            elif name in ("hr", "upload"):
                found |= self._staff_page(name, row, person)
            elif name == "my" and argument:
                pages = self._pages(row, await interviews.get(tx, UUID(argument)))
                found |= {action.to: pages["my"]} if pages else {}
            elif name == "copy" and interview is not None and self.links.public_url:
                found[action.to] = self._page("my", interview)
            elif name == "invite":
                found[action.to] = invite_url(self.links, self.channels, UUID(argument))
            elif name in ("http", "https", "tel", "mailto"):
                found[action.to] = action.to
        return found

    def _check_page(self, row: OutboxRow, interview: Interview | None) -> dict[str, str]:
        """Return our device check, for the candidate themselves."""
        if interview is None or row.to_person != interview.person or not self.links.public_url:
            return {}
        expires_at = max(interview.attempt.starts_at, self.clock.now()) + LINK_LIFE
        return {"check": self.links.page("check", interview.id, expires_at)}

    def _staff_page(self, name: str, row: OutboxRow, person: Person | None) -> dict[str, str]:
        """Return a page for somebody of staff, in their own chat; in a group there is no link to it."""
        if person is None or not person.is_staff or row.binding is None or not row.is_private:
            return {}
        if not self.links.public_url:
            return {}
        expires_at = self.clock.now() + STAFF_LIFE
        return {name: self.links.staff_page(name, row.binding, row.id, expires_at)}

    def _pages(self, row: OutboxRow, interview: Interview | None) -> dict[str, str]:
        """Return the pages on which a candidate answers what the message asks, and stops messages."""
        if interview is None or row.to_person != interview.person or not self.links.public_url:
            return {}
        return {name: self._page(name, interview) for name in ("my", "stop")}

    def _page(self, name: str, interview: Interview) -> str:
        expires_at = max(interview.attempt.starts_at, self.clock.now()) + PAGE_LIFE
        return self.links.page(name, interview.id, expires_at)

    async def _read_blob(self, blob: str) -> bytes:
        async with self.db.read() as tx:
            return await blobs.read(tx, blob)

    # -- what became of it -------------------------------------------------------------------------------

    async def _accepted(self, tx: Tx, row: OutboxRow, receipt: Receipt) -> None:
        now = self.clock.now()
        if not await outbox.settle(tx, row.id, self.epoch, "accepted", "", receipt.id, now):
            log.warning("outbox.fenced", outbox=str(row.id))
            return
        await self._settle_rung(tx, row, Verdict.SENT, "", f"{row.account}:{receipt.id}")
        seen = await shown.remember(tx, row, receipt.id, receipt.edit_token, receipt.editable_until, now)
        if row.interview is not None and row.priority < Priority.EDIT:
            await self._note(tx, row)
        await self._count_down(tx, row, seen)
        await self._tell(tx, row, "accepted", "")

    async def _count_down(self, tx: Tx, row: OutboxRow, seen: Shown) -> None:
        interview = await interviews.get(tx, row.interview) if row.interview else None
        caps = self.channels[row.account].caps.to(row.chat)
        if (edit := countdown.next_edit(row, seen, caps, interview, self.clock.now())) is not None:
            await outbox.put(tx, edit)

    async def _note(self, tx: Tx, row: OutboxRow) -> None:
        """Keep what a candidate was told with their interview, in the company's language: support reads it."""
        interview = await interviews.get(tx, row.interview) if row.interview else None
        if interview is not None and interview.person == row.to_person:
            policy = self.policies.for_(interview.company, interview.role)
            lead = render(row.message.lead, self.reader(None, policy, None))
            await transcript.add_line(tx, interview.id, self.clock.now(), "bot", lead)

    async def _classify(self, row: OutboxRow, error: NotDelivered) -> None:
        if error.why == "busy":
            await self.commits.run(lambda tx: self._busy(tx, row, error))
        elif error.why == "stopped" and not row.fallbacks:
            log.error("account.stopped", account=row.account, detail=error.detail)
            # The account itself does not rest: what has another way finds out at once, and takes it.
            alone = NotDelivered("stopped", error.detail)
            await self.commits.run(lambda tx: self._wait(tx, row, alone, self._rest_of(row)))
        elif error.why == "in_doubt":
            await self.commits.run(lambda tx: self._in_doubt(tx, row, error))
        elif error.why == "refused" and error.detail.startswith("edit_gone"):
            await self.commits.run(lambda tx: self._post_anew(tx, row, error))
        else:
            await self.commits.run(lambda tx: self._refused(tx, row, error))

    async def _busy(self, tx: Tx, row: OutboxRow, error: NotDelivered) -> None:
        """Try later. What is the platform's trouble and not the message's is not counted as a try."""
        accepted_at = self._accepted_at.get(row.account)
        takes_others = accepted_at is not None and accepted_at >= row.next_at
        if error.retry_after is not None:
            await self._wait(tx, row, error, error.retry_after)
        elif error.scope != "message" and not takes_others:
            await self._wait(tx, row, error, self._rest_of(row))
        elif row.tries >= TRIES:
            await self._refused(tx, row, error)
        else:
            await self._retry(tx, row, error, BACKOFF[min(row.tries, len(BACKOFF)) - 1])

    async def _in_doubt(self, tx: Tx, row: OutboxRow, error: NotDelivered) -> None:
        """Try again: the same, where the platform knows it again; otherwise once more, because it may double."""
        can_double = self.channels[row.account].caps.to(row.chat).idempotency == "none"
        if row.tries >= TRIES or (can_double and row.in_doubt):
            await self._refused(tx, row, error)
            return
        await self._retry(tx, replace(row, in_doubt=True), error, timedelta(seconds=2**row.tries))

    async def _wait(self, tx: Tx, row: OutboxRow, error: NotDelivered, span: timedelta) -> None:
        """Have everything wait that the platform does not take now; no try is counted."""
        now = self.clock.now()
        if error.scope != "message":
            chat = row.chat if error.scope == "chat" else None
            await buckets.pause(tx, row.account, chat, now + span, now)
        await outbox.postpone(tx, row.id, self.epoch, now + span, f"{error.why}: {error.detail}")
        await self._keep_rest(tx, row)

    async def _retry(self, tx: Tx, row: OutboxRow, error: NotDelivered, span: timedelta) -> None:
        at, why = self.clock.now() + span, f"{error.why}: {error.detail}"
        # Doubt stays, whatever came after it.
        await outbox.retry(tx, row.id, self.epoch, at, why, row.in_doubt, keep_frozen=row.in_doubt)
        await self._keep_rest(tx, row)

    async def _keep_rest(self, tx: Tx, row: OutboxRow) -> None:
        if row.frozen is not None and is_rest(row.frozen):
            await outbox.freeze(tx, row.id, row.frozen)

    def _rest_of(self, row: OutboxRow) -> timedelta:
        return max(SHORTEST_PAUSE, min(LONGEST_PAUSE, (self.clock.now() - row.due_at) / 4))

    async def _post_anew(self, tx: Tx, row: OutboxRow, error: NotDelivered) -> None:
        """The message to edit is gone: forget it, and post a new one where that still makes sense."""
        now = self.clock.now()
        await shown.forget(tx, row.account, row.chat, row.message.key, row.edits)
        if row.edits is not None:
            await outbox.settle(tx, row.id, self.epoch, "superseded", error.detail, "", now)
            return
        await outbox.retry(tx, row.id, self.epoch, now, error.detail, False, keep_frozen=False)

    async def _refused(self, tx: Tx, row: OutboxRow, error: NotDelivered) -> None:
        """It will not arrive here: note who cannot be reached, and take the next binding if there is one."""
        now = self.clock.now()
        if error.why == "gone" and row.binding is not None:
            await self._mark_gone(tx, row, error.detail, now)
        elif error.why == "gone" and not row.is_private:
            await self._tell_of_lost_place(tx, row, error.detail, now)
        why = f"{error.why}: {error.detail}"
        if row.frozen is not None and is_rest(row.frozen):
            await self._cut_short(tx, row, why)
        elif (other := await other_way(tx, row, self.channels, now)) is not None:
            if await outbox.settle(tx, row.id, self.epoch, "undeliverable", why, "", now):
                await outbox.put(tx, other)
        elif error.why == "refused" or row.tries >= TRIES:
            await self._put_aside(tx, row, why)
        elif await outbox.settle(tx, row.id, self.epoch, "undeliverable", why, "", now):
            if error.why == "closed" and row.rung is not None and row.interview is not None:
                body = Done("by_hand", by_hand(row.interview, row.attempt, row.rung))
                await inbox.put(tx, Event(f"by_hand:{row.id}", "core", now, body), now)
            else:
                await self._settle_rung(tx, row, Verdict.REFUSED, why)
            await self._tell(tx, row, "undeliverable", error.why)

    async def _mark_gone(self, tx: Tx, row: OutboxRow, why: str, now: datetime) -> None:
        """Record that a binding reaches nobody; when that is news, it is an event as if the platform had said so."""
        assert row.binding is not None  # noqa: S101 - the caller looked
        if await people.mark_binding(tx, row.binding, False, why, now):
            address = (await people.binding(tx, row.binding)).address
            event = Event(f"gone:{row.id}", "core", now, Unreachable(why), address.account, address.user)
            await inbox.put(tx, event, now)

    async def _tell_of_lost_place(self, tx: Tx, row: OutboxRow, why: str, now: datetime) -> None:
        """A group that can be written to no more is news once a day; what it should have read goes to a member."""
        day = now.date().isoformat()
        result = {"account": row.account, "chat": row.chat, "kind": row.kind, "why": why}
        event = Event(f"place_lost:{row.account}:{row.chat}:{day}", "core", now, Done("place_lost", result))
        await inbox.put(tx, event, now)

    async def _put_aside(self, tx: Tx, row: OutboxRow, why: str) -> None:
        """A message that can never be sent as it is: it waits for a person, and HR is told."""
        now = self.clock.now()
        if not await outbox.settle(tx, row.id, self.epoch, "dead", why, "", now):
            return
        await self._settle_rung(tx, row, Verdict.REFUSED, f"put_aside: {why}")
        await self._tell_of_aside(tx, row, why)
        await self._tell(tx, row, "undeliverable", "put_aside")

    async def _cut_short(self, tx: Tx, row: OutboxRow, why: str) -> None:
        """The first part was accepted, and a later one never will be: it counts as sent, and HR is told."""
        now = self.clock.now()
        _, receipt = thaw(row.frozen or "")
        assert receipt is not None  # noqa: S101 - a rest has one
        if not await outbox.settle(tx, row.id, self.epoch, "dead", f"in part, {why}", receipt.id, now):
            return
        await self._settle_rung(tx, row, Verdict.SENT, f"in part, {why}", f"{row.account}:{receipt.id}")
        await shown.remember(tx, row, receipt.id, receipt.edit_token, receipt.editable_until, now)
        await self._tell_of_aside(tx, row, why)
        await self._tell(tx, row, "accepted", "in_part")

    async def _drop(self, tx: Tx, row: OutboxRow, moot: NotWorthSending) -> None:
        if row.frozen is not None and is_rest(row.frozen):
            await self._cut_short(tx, row, moot.why)
            return
        now = self.clock.now()
        if not await outbox.settle(tx, row.id, self.epoch, moot.state, moot.why, "", now):
            return
        verdicts = {"expired": Verdict.EXPIRED, "superseded": Verdict.SUPERSEDED}
        verdict = Verdict.PAUSED if moot.why == "paused" else verdicts.get(moot.state, Verdict.REFUSED)
        await self._settle_rung(tx, row, verdict, moot.why)
        if moot.state != "superseded":
            await self._tell(tx, row, "undeliverable", "expired" if moot.state == "expired" else moot.why)

    async def _settle_rung(
        self, tx: Tx, row: OutboxRow, verdict: Verdict, why: str, evidence: str = ""
    ) -> None:
        """Write the rung's verdict, unless another channel may still bring a better one."""
        if row.rung is None or row.attempt is None:
            return
        if verdict is not Verdict.SENT and await outbox.pending_for_rung(tx, row.attempt, row.rung):
            return
        await rungs.settle_rung(tx, row.attempt, row.rung, verdict, why, evidence, self.clock.now())

    async def _tell_of_aside(self, tx: Tx, row: OutboxRow, why: str) -> None:
        observe.ASIDE.inc()
        if row.kind == "notice.put_aside":
            return
        now = self.clock.now()
        interview = await interviews.get(tx, row.interview) if row.interview else None
        result = {
            "kind": row.kind,
            "interview": interview.label if interview else "",
            "why": why,
            "outbox": str(row.id),
        }
        await inbox.put(tx, Event(f"aside:{row.id}", "core", now, Done("put_aside", result)), now)

    async def _tell(self, tx: Tx, row: OutboxRow, outcome: Any, why: str) -> None:
        if row.wants_receipt and row.interview is not None:
            body = Delivered(row.interview, row.kind, outcome, why)
            await inbox.put(
                tx, Event(f"delivered:{row.id}", "core", self.clock.now(), body), self.clock.now()
            )


def _check_can_be_answered(row: OutboxRow, channel: Channel) -> None:
    """Raise NotDelivered for what asks something where nobody can answer; a digest is news without its buttons."""
    if row.message.presses and row.priority != Priority.DIGEST and not channel.caps.to(row.chat).asks:
        raise NotDelivered("refused", NOBODY_ANSWERS)


def freeze(payload: Payload, accepted: Receipt | None = None) -> str:
    """Return a payload as canonical JSON: the same message is the same bytes whenever it is sent again.

    With the receipt of what was accepted already, it is the rest of a message in parts.
    """
    frozen: dict[str, Any] = {
        "calls": [{"method": call.method, "params": call.params} for call in payload.calls],
        "carried": payload.carried,
    }
    if accepted is not None:
        until = accepted.editable_until
        frozen["accepted"] = [accepted.id, accepted.edit_token, until.isoformat() if until else None]
    return json.dumps(frozen, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def thaw(frozen: str) -> tuple[Payload, Receipt | None]:
    known = json.loads(frozen)
    calls = tuple(Call(call["method"], call["params"]) for call in known["calls"])
    payload = Payload(calls, tuple(known["carried"]))
    if "accepted" not in known:
        return payload, None
    id, edit_token, until = known["accepted"]
    return payload, Receipt(id, edit_token, datetime.fromisoformat(until) if until else None)


def is_rest(frozen: str) -> bool:
    """Tell whether parts of a message were accepted before."""
    return frozen.startswith('{"accepted":')


def _with_rest(row: OutboxRow, payload: Payload, first: Receipt | None, error: NotDelivered) -> OutboxRow:
    """Return the row with what is left to send, when some of its calls were accepted."""
    accepted = first or error.receipt
    if accepted is None:
        return row
    return replace(row, frozen=freeze(replace(payload, calls=payload.calls[error.accepted :]), accepted))


async def _kept(tx: Tx, made: Mapping[str, bytes]) -> dict[str, str]:
    return {name: await blobs.put(tx, data) for name, data in made.items()}
