"""Sending one message: claim, check again, freeze, send, commit. Nothing is called sent that was not accepted."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from bot import observe
from bot.clock import Clock
from bot.commit import GroupCommit
from bot.links import Links, whom
from bot.settings import Policies
from channels.base import Call, Channel, Envelope, NotDelivered, Payload, Receipt
from conversations.effects import Priority
from conversations.events import Delivered, Done, Event
from conversations.identity import Person
from conversations.interview import Interview, State, Verdict
from conversations.messages import File, Link
from conversations.policy import Policy
from locales.text import Reader
from locales.translate import best_locale, render
from store import blobs, buckets, inbox, interviews, outbox, people, rungs, shown, transcript
from store.db import Database, Tx
from store.outbox import OutboxRow

TRIES = 5
BACKOFF = tuple(timedelta(seconds=seconds) for seconds in (2, 10, 60, 300, 900))
"""Between tries that a platform answers with an error of its own: a quarter of an hour's incident loses nothing."""
SEND_WITHIN = timedelta(days=3)
"""A message without an end of its own is not worth sending after this."""
LINK_LIFE = timedelta(hours=12)
"""How long after the start a page link still opens."""

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
        self.epoch = 0
        """Of this process's claims; `take_over` gives it one."""

    async def take_over(self, owner: str) -> int:
        """Begin a new epoch, and take back what processes that are gone had claimed; return how much."""
        async with self.db.write() as tx:
            self.epoch = await outbox.next_epoch(tx)
            return await outbox.release_owner(tx, owner)

    # -- (2) claim ---------------------------------------------------------------------------------------

    async def claim(self, owner: str, per_account: int) -> list[OutboxRow]:
        """Claim what is due, at most so many for each account and no more than the platforms' rates allow."""
        now = self.clock.now()
        claimed: list[OutboxRow] = []
        async with self.db.write() as tx:
            for account, channel in self.channels.items():
                rates = {account: channel.caps.rates}
                claimed += await outbox.claim(
                    tx, now, owner, self.epoch, per_account, accounts={account}, rates=rates
                )
        return claimed

    # -- (3) to (6) --------------------------------------------------------------------------------------

    async def send(self, row: OutboxRow) -> None:
        """Send one claimed message and record what became of it."""
        channel = self.channels[row.account]
        try:
            payload = await self._prepare(row, channel)
        except (NotWorthSending, NotDelivered) as error:
            await self.commits.run(partial(self._not_to_be_sent, row=row, error=error))
            return
        except Exception as error:  # one bad message must not hold up its neighbours
            why = observe.redact(f"{type(error).__name__}: {error}")
            log.error("message.unrenderable", outbox=str(row.id), kind=row.kind, why=why)
            await self.commits.run(partial(self._put_aside, row=row, why=why))
            return
        try:
            receipt = await channel.deliver(payload, self._read_blob)
        except NotDelivered as error:
            log.info("message.not_sent", outbox=str(row.id), why=error.why, detail=error.detail)
            observe.SENDS.labels(row.account.partition(".")[0], error.why).inc()
            await self._classify(row, error)
            return
        observe.SENDS.labels(row.account.partition(".")[0], "accepted").inc()
        observe.LATENESS.observe(max(0.0, (self.clock.now() - row.due_at).total_seconds()))
        await self.commits.run(lambda tx: self._accepted(tx, row, receipt))

    async def _prepare(self, row: OutboxRow, channel: Channel) -> Payload:
        """Return the frozen payload: as it was, when the last try is in doubt, otherwise rendered for now."""
        async with self.db.read() as tx:
            interview = await interviews.get(tx, row.interview) if row.interview else None
            person = await people.get(tx, row.to_person) if row.to_person else None
            self._check(row, interview, person)
            if row.frozen is not None and channel.caps.idempotency != "none":
                return thaw(row.frozen)
            envelope = await self._envelope(tx, row, interview, person, channel)
        payload = channel.render(row.message, envelope)
        await self.commits.run(lambda tx: outbox.freeze(tx, row.id, freeze(payload)))
        return payload

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
        return Envelope(
            reader=self.reader(person, policy, None),
            account=row.account,
            chat=row.chat,
            thread=row.thread,
            is_private=row.is_private,
            values=values,
            urls=await self._urls(tx, row, interview, person, policy),
            edits=await self._edit_token(tx, row, channel),
            request_id=row.id.hex,
        )

    async def _edit_token(self, tx: Tx, row: OutboxRow, channel: Channel) -> str | None:
        """Return the token of the shown message this one replaces, while its channel lets us edit it."""
        if channel.caps.edits == "never":
            return None
        old = None
        if row.edits is not None:
            old = await shown.get(tx, row.edits)
        elif row.message.key:
            old = await shown.find(tx, row.account, row.chat, row.message.key)
        if old is None or old.edit_token is None:
            return None
        if old.editable_until is not None and old.editable_until <= self.clock.now():
            return None
        return old.edit_token

    def reader(self, person: Person | None, policy: Policy, language: str | None) -> Reader:
        """Return who reads: their language and zone, otherwise the company's."""
        wanted = (person.locale if person else None) or language
        locale = best_locale(wanted, policy.languages, policy.languages[0])
        zone = (person.zone if person else None) or policy.zone
        return Reader(locale, zone, self.clock.now(), policy.formal)

    async def _urls(
        self, tx: Tx, row: OutboxRow, interview: Interview | None, person: Person | None, policy: Policy
    ) -> dict[str, str]:
        """Resolve what the message links to; a name that leads nowhere is left out."""
        found: dict[str, str] = {}
        for action in row.message.actions:
            if not isinstance(action, Link):
                continue
            name, _, argument = action.to.partition(":")
            if name == "go" and interview is not None and not self.links.public_url:
                # Nobody outside reaches our pages: the interview's own link then, without evidence of the tap.
                if interview.attempt.join.startswith(("https://", "http://")):
                    found[action.to] = interview.attempt.join
            elif name in ("go", "my") and interview is not None:
                expires_at = max(interview.attempt.starts_at, self.clock.now()) + LINK_LIFE
                found[action.to] = self.links.page(name, interview.id, interview.person, expires_at)
            elif name == "invite":
                found[action.to] = invite_url(self.links, self.channels, UUID(argument))
            elif name in ("http", "https", "tel", "mailto"):
                found[action.to] = action.to
        return found

    async def _read_blob(self, blob: str) -> bytes:
        async with self.db.read() as tx:
            return await blobs.read(tx, blob)

    # -- what became of it -------------------------------------------------------------------------------

    async def _accepted(self, tx: Tx, row: OutboxRow, receipt: Receipt) -> None:
        now = self.clock.now()
        if not await outbox.settle(tx, row.id, self.epoch, "accepted", "", receipt.id, now):
            log.warning("outbox.fenced", outbox=str(row.id))
            return
        if row.rung is not None and row.attempt is not None:
            evidence = f"{row.account}:{receipt.id}"
            await rungs.settle_rung(tx, row.attempt, row.rung, Verdict.SENT, "", evidence, now)
        await shown.remember(tx, row, receipt.id, receipt.edit_token, receipt.editable_until, now)
        if row.interview is not None and row.priority < Priority.EDIT and row.is_private:
            lead = render(row.message.lead, Reader("en", "UTC", now))
            await transcript.add_line(tx, row.interview, now, "bot", lead)
        await self._tell(tx, row, "accepted", "")

    async def _accepted_in_part(self, tx: Tx, row: OutboxRow, receipt: Receipt) -> None:
        """The text arrived, the files after it did not: they follow as messages of their own."""
        await self._accepted(tx, row, receipt)
        for file in (block for block in row.message.blocks if isinstance(block, File)):
            rest = replace(row.message, lead=file.alt, blocks=(file,), actions=(), key="")
            again = replace(
                row,
                id=uuid4(),
                key=f"{row.key}:{file.name}",
                message=rest,
                rung=None,
                wants_receipt=False,
                state="waiting",
                tries=0,
                frozen=None,
                next_at=self.clock.now() + BACKOFF[0],
            )
            await outbox.put(tx, again)

    async def _classify(self, row: OutboxRow, error: NotDelivered) -> None:
        now = self.clock.now()
        if error.accepted and error.receipt is not None:
            await self.commits.run(partial(self._accepted_in_part, row=row, receipt=error.receipt))
            return
        if error.why == "busy":
            wait = error.retry_after or BACKOFF[min(row.tries, len(BACKOFF)) - 1]
            await self.commits.run(lambda tx: self._again(tx, row, now + wait, error, is_in_doubt=False))
        elif error.why == "in_doubt":
            wait = timedelta(seconds=2**row.tries)
            await self.commits.run(lambda tx: self._again(tx, row, now + wait, error, is_in_doubt=True))
        elif error.why == "refused" and error.detail.startswith("edit_gone"):
            await self.commits.run(lambda tx: self._post_anew(tx, row, error))
        else:
            await self.commits.run(lambda tx: self._refused(tx, row, error))

    async def _again(
        self, tx: Tx, row: OutboxRow, at: datetime, error: NotDelivered, *, is_in_doubt: bool
    ) -> None:
        """Try later. A 429 is no failure and is not counted; anything else ends after five tries."""
        is_told_to_wait = error.why == "busy" and error.retry_after is not None
        # Without a key of the platform's every try may double the message: once more, then another way.
        can_double = is_in_doubt and self.channels[row.account].caps.idempotency == "none"
        if can_double and row.in_doubt:
            await self._refused(tx, row, error)
            return
        if row.tries >= TRIES and not is_told_to_wait:
            why = f"{error.why} {row.tries} times: {error.detail}"
            await (self._fall_back(tx, row, why) if row.fallbacks else self._put_aside(tx, row, why))
            return
        if is_told_to_wait and error.scope != "message":
            chat = row.chat if error.scope == "chat" else None
            await buckets.pause(tx, row.account, chat, at, self.clock.now())
        why = f"{error.why}: {error.detail}"
        if is_told_to_wait:
            await outbox.postpone(tx, row.id, self.epoch, at, why)
        else:
            await outbox.retry(tx, row.id, self.epoch, at, why, is_in_doubt, keep_frozen=is_in_doubt)

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
            await people.mark_binding(tx, row.binding, False, error.detail, now)
        why = f"{error.why}: {error.detail}"
        if row.fallbacks:
            await self._fall_back(tx, row, why)
            return
        if error.why == "refused":
            await self._put_aside(tx, row, why)
            return
        await self._undeliverable(tx, row, error.why, error.detail)

    async def _fall_back(self, tx: Tx, row: OutboxRow, why: str) -> None:
        """Give it up here and take the next binding."""
        now = self.clock.now()
        await outbox.settle(tx, row.id, self.epoch, "undeliverable", why, "", now)
        binding = await people.binding(tx, row.fallbacks[0])
        chat = await people.chat_of(tx, row.fallbacks[0])
        base = row.key.rpartition(":")[0]
        again = replace(
            row,
            id=uuid4(),
            key=f"{base}:{binding.id}",
            binding=binding.id,
            account=binding.address.account,
            chat=chat,
            fallbacks=row.fallbacks[1:],
            state="waiting",
            tries=0,
            frozen=None,
            in_doubt=False,
            next_at=now,
            why="",
        )
        await outbox.put(tx, again)

    async def _undeliverable(self, tx: Tx, row: OutboxRow, why: str, detail: str) -> None:
        now = self.clock.now()
        await outbox.settle(tx, row.id, self.epoch, "undeliverable", f"{why}: {detail}", "", now)
        await self._give_up_rung(tx, row, Verdict.REFUSED, f"{why}: {detail}")
        await self._tell(tx, row, "undeliverable", why)

    async def _give_up_rung(self, tx: Tx, row: OutboxRow, verdict: Verdict, why: str) -> None:
        """Write a rung's verdict, unless another channel may still carry it."""
        if row.rung is None or row.attempt is None:
            return
        if not await outbox.pending_for_rung(tx, row.attempt, row.rung):
            await rungs.settle_rung(tx, row.attempt, row.rung, verdict, why, "", self.clock.now())

    async def _put_aside(self, tx: Tx, row: OutboxRow, why: str) -> None:
        """A message that can never be sent as it is: it waits for a person, and HR is told."""
        now = self.clock.now()
        await outbox.settle(tx, row.id, self.epoch, "dead", why, "", now)
        observe.ASIDE.inc()
        await self._give_up_rung(tx, row, Verdict.REFUSED, f"put_aside: {why}")
        if row.kind != "notice.put_aside":
            interview = await interviews.get(tx, row.interview) if row.interview else None
            result = {
                "kind": row.kind,
                "interview": interview.label if interview else "",
                "why": why,
                "outbox": str(row.id),
            }
            await inbox.put(tx, Event(f"aside:{row.id}", "core", now, Done("put_aside", result)), now)
        await self._tell(tx, row, "undeliverable", "put_aside")

    async def _not_to_be_sent(self, tx: Tx, row: OutboxRow, error: NotWorthSending | NotDelivered) -> None:
        if isinstance(error, NotWorthSending):
            await self._drop(tx, row, error)
        else:
            await self._refused(tx, row, error)

    async def _drop(self, tx: Tx, row: OutboxRow, moot: NotWorthSending) -> None:
        now = self.clock.now()
        await outbox.settle(tx, row.id, self.epoch, moot.state, moot.why, "", now)
        verdicts = {"expired": Verdict.EXPIRED, "superseded": Verdict.SUPERSEDED}
        await self._give_up_rung(tx, row, verdicts.get(moot.state, Verdict.REFUSED), moot.why)

    async def _tell(self, tx: Tx, row: OutboxRow, outcome: Any, why: str) -> None:
        if row.wants_receipt and row.interview is not None:
            body = Delivered(row.interview, row.kind, outcome, why)
            await inbox.put(
                tx, Event(f"delivered:{row.id}", "core", self.clock.now(), body), self.clock.now()
            )


def invite_url(links: Links, channels: Mapping[str, Channel], interview: UUID) -> str:
    """Return the personal link that brings a candidate to us: straight into the chat where there is one."""
    token = links.invite_token(interview)
    for channel in channels.values():
        if url := channel.invite_url(token):
            return url
    return f"{links.public_url}/join/{token}"


def freeze(payload: Payload) -> str:
    """Return a payload as canonical JSON: the same message is the same bytes whenever it is sent again."""
    calls = [{"method": call.method, "params": call.params} for call in payload.calls]
    return json.dumps(calls, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def thaw(frozen: str) -> Payload:
    return Payload(tuple(Call(call["method"], call["params"]) for call in json.loads(frozen)))
