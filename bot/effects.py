"""Carries effects out, all of an event in the transaction it is given. Exhaustive: a new effect fails to type-check."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import assert_never
from uuid import UUID, uuid4

from bot import cards, claims, files
from bot.fallback import NOBODY_ANSWERS, by_hand, resend_lost
from bot.ladder import Route, routes, team_place
from bot.links import Links
from channels.base import Caps
from conversations.dialog import Scene
from conversations.effects import (
    Bind,
    CloseButtons,
    CloseSlot,
    DropTimers,
    Effect,
    HoldSlot,
    KeepWords,
    Manner,
    MarkReach,
    OpenSlots,
    PlanRungs,
    Priority,
    Record,
    ReleaseSlot,
    SaveBatch,
    SaveCase,
    SaveFeedback,
    SaveInterview,
    SaveOpinion,
    SavePerson,
    Say,
    SendCode,
    SendElsewhere,
    SetTimer,
    SettleRung,
    SettleTarget,
    Show,
    Soon,
    Then,
    TryCode,
    Withdraw,
    Work,
)
from conversations.events import Body, Delivered, Done, Event, Followed
from conversations.identity import (
    NOBODY,
    PAGE,
    STAFF,
    Address,
    Person,
    Place,
    Recipient,
    Role,
    ToPerson,
    ToTeam,
)
from conversations.interview import Attempt, Interview, RungRow, Verdict
from conversations.messages import File, Message, Note
from conversations.plan import off_the_hour
from locales.text import Text, t
from store import (
    batches,
    cases,
    feedback,
    inbox,
    interviews,
    jobs,
    journal,
    opinions,
    outbox,
    people,
    rungs,
    shown,
    slots,
    timers,
    tokens,
    transcript,
    windows,
)
from store.db import Tx
from store.errors import Taken
from store.journal import Deed
from store.outbox import OutboxRow
from store.timers import Timer

URGENT = timedelta(minutes=15)
"""So near the start every minute counts."""
_STAND_INS = {"support": (Role.HR, Role.ADMIN), "hr": (Role.ADMIN,)}
"""Who reads what is meant for a team of which nobody can be reached."""


class SlotGone(Exception):
    """The last place of a slot went to somebody else before this transaction."""


@dataclass(slots=True)
class Carrier:
    """Carries out the effects of one event; `follow_ups` gathers what is to happen next."""

    tx: Tx
    scene: Scene
    event: Event
    caps: Mapping[str, Caps]
    teams: Mapping[str, Place]
    now: datetime
    links: Links | None = None
    """Makes the addresses of pages that files lead to."""
    follow_ups: list[Body] = field(default_factory=list)
    timers: list[Timer] = field(default_factory=list)
    """What is to be set: all at once, before the next that is dropped or at the end."""
    deeds: list[Deed] = field(default_factory=list)
    revisions: dict[UUID, int] = field(default_factory=dict)
    part: int = 0
    is_answered: bool = False
    """Whether something is shown in the chat that the event came from."""

    async def carry_out(self, effects: tuple[Effect, ...]) -> None:
        """Do everything, in order. Places in slots are taken first: raises SlotGone before anything is written."""
        for effect in effects:
            if isinstance(effect, HoldSlot) and not await slots.hold(self.tx, effect.slot, effect.interview):
                raise SlotGone
        for effect in effects:
            await self._do(effect)
        await self._set_timers()
        if self.deeds:
            await journal.append_all(self.tx, self.deeds, self.now)

    async def _do(self, effect: Effect) -> None:
        tx, now = self.tx, self.now
        match effect:
            case Say():
                await self._say(effect)
            case CloseButtons():
                await self._close(effect)
            case SetTimer(name=name, subject=subject, at=at, data=data):
                self.timers.append(Timer(uuid4(), name, subject, at, data))
            case DropTimers(subject=subject, names=names):
                await self._drop_timers(subject, names)
            case SaveInterview(interview=interview, ended=ended):
                await self._save(interview, ended)
            case PlanRungs(interview=interview, rows=rows):
                await self._plan(interview, rows)
            case SettleRung(attempt=attempt, name=name, verdict=verdict, why=why):
                await rungs.settle_rung(tx, attempt, name, verdict, why, "", now)
            case Withdraw(interview=interview, why=why, kinds=kinds):
                await self._withdraw(interview, why, kinds)
            case HoldSlot():
                pass
            case OpenSlots(slots=opened):
                for one in opened:
                    await slots.create(tx, one, str(one.id))
            case CloseSlot(slot=slot):
                await slots.close(tx, slot)
            case ReleaseSlot(slot=slot, interview=interview):
                await slots.release(tx, slot, interview)
            case SaveCase(case=case):
                await cases.save_case(tx, case)
            case SavePerson(person=person):
                await self._save_person(person)
            case Bind():
                await self._bind(effect)
            case SendCode():
                if (brings := await claims.send(tx, effect, self.scene, now)) is not None:
                    await self._say(brings)
            case TryCode(code=code, by=by):
                right = await claims.is_right(tx, by, code, now)
                self.follow_ups.append(Followed(claims.token(by, code)) if right else Done("wrong_code"))
            case MarkReach():
                await self._mark_reach(effect)
            case SendElsewhere(address=address, message=message):
                await self._send_elsewhere(address, message)
            case SaveFeedback(interview=interview, attempt=attempt, question=question, score=score):
                await feedback.save(tx, interview, attempt, question, score, now)
            case SaveOpinion(person=person_id, year=year, score=score):
                await opinions.save(tx, person_id, year, score, now)
            case Record(action=action, subject=subject, actor=actor, detail=detail):
                self.deeds.append(Deed(action, subject, actor, detail))
            case Soon(name=name, body=body):
                await inbox.put(tx, Event(name, "core", now, body), now)
            case SaveBatch(batch=batch):
                await batches.save(tx, batch)
            case SettleTarget(batch=batch_id, interview=interview, why_not=why_not):
                await batches.settle(tx, batch_id, interview, why_not)
            case KeepWords(interview=interview, text=text, who=who):
                await transcript.add_line(tx, interview, now, who, text)
            case Work(kind=kind, args=args):
                await jobs.put(tx, kind, args, self.event, now)
            case Then(body=body):
                self.follow_ups.append(body)
            case Show():
                raise TypeError("the engine turns Show into Say")
            case _:
                assert_never(effect)

    async def _save(self, interview: Interview, ended: Attempt | None) -> None:
        """Save an interview; a second save by the same event stands on the first one's revision."""
        known = self.revisions.get(interview.id, interview.revision)
        saved = await interviews.save(self.tx, replace(interview, revision=known), ended)
        self.revisions[interview.id] = saved.revision
        if self.scene.interview is not None and self.scene.interview.id == saved.id:
            # Files that messages of this event name are made from what is true after it.
            self.scene = self.scene.with_interview(saved)

    async def _bind(self, bind: Bind) -> None:
        """Join an address to a person. One that only a list names, and that is somebody else's, stays theirs."""
        try:
            await people.bind(self.tx, bind.person, bind.address, bind.chat, self.now)
        except Taken:
            if bind.token:
                raise
            detail = {"account": bind.address.account}
            self.deeds.append(Deed("person.address_taken", f"person:{bind.person}", "core", detail))
        for purpose in ("bind", "role", claims.PURPOSE) if bind.token else ():
            await tokens.redeem(self.tx, purpose, bind.token, self.now, str(bind.person))

    async def _mark_reach(self, mark: MarkReach) -> None:
        is_news = await people.mark_reach(self.tx, mark.address, mark.is_reachable, mark.why, self.now)
        caps = self.caps.get(mark.address.account)
        if not is_news or mark.is_reachable or mark.why == "replaced" or caps is None:
            return
        # Where acceptance is not yet arrival, what was sent last has not arrived.
        holder = await people.by_address(self.tx, mark.address) if caps.receipts == "event" else None
        for binding in holder.bindings if holder else ():
            if binding.address == mark.address:
                await resend_lost(self.tx, binding.id, self.caps, self.now)

    async def _send_elsewhere(self, address: Address, message: str) -> None:
        holder = await people.by_address(self.tx, address)
        for binding in holder.bindings if holder else ():
            if binding.address == address:
                await resend_lost(self.tx, binding.id, self.caps, self.now, message)

    async def _save_person(self, person: Person) -> None:
        if await people.get(self.tx, person.id) is None:
            await people.create(self.tx, person)
        else:
            await people.save(self.tx, person)

    async def _plan(self, interview: UUID, rows: tuple[RungRow, ...]) -> None:
        """Write the ledger and set a timer for each rung still to come."""
        subject = f"interview:{interview}"
        await rungs.plan_rungs(self.tx, rows)
        for row in rows:
            if row.verdict is None:
                data = {"attempt": str(row.attempt), "rung": row.name}
                self.timers.append(Timer(uuid4(), f"rung:{row.name}", subject, row.due_at, data))
        if settled := tuple(f"rung:{row.name}" for row in rows if row.verdict):
            await self._drop_timers(subject, settled)

    async def _set_timers(self) -> None:
        wanted, self.timers = self.timers, []
        await timers.set_all(self.tx, wanted)

    async def _drop_timers(self, subject: str, names: Collection[str]) -> None:
        await self._set_timers()
        await timers.drop(self.tx, subject, names)

    async def _withdraw(self, interview: UUID, why: str, kinds: tuple[str, ...]) -> None:
        for row in await outbox.withdraw(self.tx, interview, why, kinds, self.now):
            if row.attempt and row.rung:
                await rungs.settle_rung(self.tx, row.attempt, row.rung, Verdict.SUPERSEDED, why, "", self.now)

    # -- saying ------------------------------------------------------------------------------------------

    async def _say(self, say: Say) -> None:
        self.part += 1
        message = await self._with_files(say.message)
        if await self._has_lost_their_role(say):
            await self._keep_from(say, message)
            return
        found = await self._routes(say)
        if not found:
            await self._unsent(say, message)
        for route in found:
            await self._put(say, await self._with_calendar(message, route), route)
        for route in await self._calendars(say, found):
            await self._put(say, await self._with_calendar(message, route), route)

    async def _has_lost_their_role(self, say: Say) -> bool:
        """Tell whether a card would go on to somebody who is no longer of staff: cards are staff's."""
        if (
            not isinstance(say.to, ToPerson)
            or say.to.id == NOBODY
            or not say.message.key.startswith(cards.CARD)
        ):
            return False
        person = await people.get(self.tx, say.to.id)
        return person is not None and not person.roles & STAFF

    async def _keep_from(self, say: Say, message: Message) -> None:
        """Record why somebody was not told."""
        row = self._row(say, message, Route("", ""), "no_right")
        await outbox.put(self.tx, replace(row, state="superseded", why="no_right", settled_at=self.now))

    async def _with_calendar(self, message: Message, route: Route) -> Message:
        """Add the calendar's entry, where the reader's calendar takes it from a message."""
        has_one = any(isinstance(block, File) for block in message.blocks)
        keeps = route.account in self.caps and self.caps[route.account].keeps_calendars
        if not message.calendar or has_one or not keeps or self.scene.interview is None:
            return message
        kind = "calendar-cancel" if message.calendar == "cancel" else "calendar"
        name = f"make:{kind}:{self.scene.interview.id}"
        alt = t("The interview for your calendar")
        entry = File(name, "interview.ics", "text/calendar", alt)
        return await self._with_files(replace(message, blocks=(*message.blocks, entry)))

    async def _calendars(self, say: Say, found: Sequence[Route]) -> tuple[Route, ...]:
        """Return where calendars learn of a change, when the message about it goes elsewhere."""
        candidate = self.scene.candidate
        if say.message.calendar not in ("update", "cancel") or say.to != ToPerson(
            candidate.id if candidate else NOBODY
        ):
            return ()
        keeping = {account: caps for account, caps in self.caps.items() if caps.keeps_calendars}
        person = await people.get(self.tx, say.to.id)
        if person is None or person.opted_out_at is not None or {r.account for r in found} & keeping.keys():
            return ()
        chats = {b.id: await people.chat_of(self.tx, b.id) for b in person.bindings}
        return tuple(
            replace(route, fallbacks=()) for route in routes(person, chats, Manner(where="ladder"), keeping)
        )

    async def _with_files(self, message: Message) -> Message:
        """Make the files that the message only names, and refer to them by their content."""
        blocks = [
            replace(block, blob=await files.make(self.tx, block.blob, self.scene, self.now, self.links))
            if isinstance(block, File) and block.blob.startswith("make:")
            else block
            for block in message.blocks
        ]
        return replace(message, blocks=tuple(blocks))

    async def _routes(self, say: Say) -> tuple[Route, ...]:
        match say.to:
            case Place(account=account, chat=chat, thread=thread):
                return (Route(account, chat, thread=thread, is_private=False),)
            case ToTeam(name=team):
                return await self._team(team, say)
            case ToPerson(id=id):
                found = await self._person(id, say)
                return await self._under(found, say.manner.under) if say.manner.under else found

    async def _person(self, id: UUID, say: Say) -> tuple[Route, ...]:
        event, actor = self.event, self.scene.person
        is_here = event.account is not None and event.chat is not None
        if id == NOBODY or (
            is_here and say.manner.where != "ladder" and actor is not None and actor.id == id
        ):
            if not is_here:
                return ()
            return await self._here(id, is_for_all=say.manner.where == "here")
        person = await people.get(self.tx, id)
        if person is None or (person.opted_out_at is not None and say.manner.where == "ladder"):
            return ()
        chats = {b.id: await people.chat_of(self.tx, b.id) for b in person.bindings}
        shut = await self._shut(person, chats)
        return routes(person, chats, say.manner, self.caps, event.account, shut)

    async def _under(self, found: tuple[Route, ...], session: UUID) -> tuple[Route, ...]:
        """Lead the routes into the thread of what a session showed first, where it was shown there."""
        threads = await shown.roots(self.tx, session)
        return tuple(replace(route, thread=threads.get((route.account, route.chat))) for route in found)

    async def _shut(self, person: Person, chats: Mapping[UUID, str]) -> set[UUID]:
        """Return the bindings that may be written to only in a window that is not open."""
        found = set()
        for binding in person.reachable:
            account = binding.address.account
            needs_window = account in self.caps and self.caps[account].proactive == "window"
            if needs_window and not await windows.messages_left(
                self.tx, account, chats[binding.id], self.now
            ):
                found.add(binding.id)
        return found

    async def _here(self, id: UUID, *, is_for_all: bool = False) -> tuple[Route, ...]:
        """Answer where the words came from; what was asked in a group is answered in private, if we know a way."""
        event, actor = self.event, self.scene.person
        account, chat = event.account or "", event.chat or ""
        if account == PAGE and actor is not None:
            return (Route(PAGE, chat, actor.id),)
        bindings = actor.bindings if actor else ()
        binding = next((b for b in bindings if b.address.account == account), None)
        known = None if id == NOBODY else id
        if not event.is_private and binding is not None and not is_for_all:
            return (Route(account, await people.chat_of(self.tx, binding.id), known, binding.id),)
        at = binding.id if binding else None
        return (Route(account, chat, known, at, event.thread, event.is_private),)

    async def _team(self, team: str, say: Say) -> tuple[Route, ...]:
        place = team_place(team, self.scene.policy, say.manner) or self.teams.get(team)
        members = await self._members(team, say)
        if place is None:
            return members
        if not self._is_for(place, say):
            await self._keep_out(place, say)
            return members
        # When the place can be written to no more, somebody of the team still reads it.
        left = tuple(route.binding for route in members if route.binding is not None)
        return (Route(place.account, place.chat, thread=place.thread, is_private=False, fallbacks=left),)

    def _is_for(self, place: Place, say: Say) -> bool:
        """Tell whether a place takes this: where nobody can answer only what asks nothing, and never will."""
        caps = self.caps.get(place.account)
        is_news = say.session is None and not say.message.presses
        return caps is None or caps.to(place.chat).asks or is_news or say.manner.priority is Priority.DIGEST

    async def _keep_out(self, place: Place, say: Say) -> None:
        """Record why a place was not told: everybody of the team is, in person."""
        row = self._row(say, say.message, Route(place.account, place.chat, is_private=False), "one_way")
        if not say.manner.only_edits:
            await outbox.put(
                self.tx, replace(row, state="superseded", why=NOBODY_ANSWERS, settled_at=self.now)
            )

    async def _members(self, team: str, say: Say) -> tuple[Route, ...]:
        """Return the ways to whoever of a team can be reached, or else of those who stand in for it."""
        members: list[Person] = []
        for role in (Role(team), *_STAND_INS.get(team, ())):
            members = members or [each for each in await people.staff(self.tx, role) if each.reachable]
        found: list[Route] = []
        for member in members:
            chats = {b.id: await people.chat_of(self.tx, b.id) for b in member.bindings}
            found += routes(member, chats, say.manner, self.caps)
        return tuple(found)

    async def _unsent(self, say: Say, message: Message) -> None:
        """Record that there is no way to whoever should have read this."""
        row = self._row(say, message, Route("", ""), "nowhere")
        waits = await self._only_they_can_begin(say.to)
        why = "no_window_open" if waits else "nobody_reachable"
        if isinstance(say.to, ToTeam):
            why = "team_has_no_member_with_a_chat"
        row = replace(row, state="undeliverable", why=why, settled_at=self.now)
        if await outbox.put(self.tx, row) and say.manner.wants_receipt and say.interview is not None:
            self.follow_ups.append(Delivered(say.interview, message.kind, "undeliverable", why))
        if say.manner.rung and say.attempt and say.interview and waits:
            self.follow_ups.append(Done("by_hand", by_hand(say.interview, say.attempt, say.manner.rung)))
        elif say.manner.rung and say.attempt:
            await rungs.settle_rung(self.tx, say.attempt, say.manner.rung, Verdict.REFUSED, why, "", self.now)

    async def _only_they_can_begin(self, to: Recipient) -> bool:
        """Tell whether somebody is in touch with us, but only where they write first."""
        person = await people.get(self.tx, to.id) if isinstance(to, ToPerson) else None
        known = [self.caps.get(b.address.account) for b in person.reachable] if person else []
        return any(caps is not None and caps.proactive in ("window", "never") for caps in known)

    async def _put(self, say: Say, message: Message, route: Route) -> None:
        row = self._row(say, message, route, str(route.binding or f"{route.account}:{route.chat}"))
        if self.scene.policy.mode == "shadow" and not await self._is_asked_by_staff(say, route):
            row = replace(row, state="would-send", why="shadow", settled_at=self.now)
            if say.manner.rung and say.attempt:
                await rungs.settle_rung(
                    self.tx, say.attempt, say.manner.rung, Verdict.WOULD_SEND, "shadow", "", self.now
                )
        elif route.account == PAGE:
            row = replace(row, state="accepted", settled_at=self.now)
        if say.manner.only_edits and (edits := await self._to_edit(row)) is None:
            return
        if say.manner.only_edits:
            row = replace(row, edits=edits, priority=int(Priority.EDIT))
        row = await cards.overtaking(self.tx, self._off_the_hour(row))
        is_new = await outbox.put(self.tx, row)
        await self._note_told(row)
        if is_new and route.account == PAGE and row.state == "accepted":
            await shown.remember(self.tx, row, str(row.id), None, None, self.now)
        if is_new and row.state == "would-send" and row.wants_receipt and row.interview is not None:
            self.follow_ups.append(Delivered(row.interview, row.kind, "would-send", row.why))

    async def _note_told(self, row: OutboxRow) -> None:
        """Keep in mind that whoever did something sees what came of it."""
        if (row.account, row.chat) != (self.event.account, self.event.chat) or row.account not in self.caps:
            return
        old = await shown.find(self.tx, row.account, row.chat, row.message.key)
        read = replace(row, message=cards.as_read(row, old, self.caps[row.account].to(row.chat)))
        can_edit = old is not None and bool(old.edit_token)
        self.is_answered |= not cards.why_not_told(
            read, old, self.caps[row.account].to(row.chat), can_edit=can_edit
        )

    async def _to_edit(self, row: OutboxRow) -> UUID | None:
        """Return what is shown there under the row's key; None where nothing is, or nothing can be edited."""
        caps = self.caps[row.account].to(row.chat) if row.account in self.caps else None
        if caps is None or caps.edits == "never":
            return None
        old = await shown.find(self.tx, row.account, row.chat, row.message.key)
        if old is None or (caps.edits == "token_once" and not old.edit_token):
            return None
        return old.id

    def _off_the_hour(self, row: OutboxRow) -> OutboxRow:
        """Let what nobody waits for go a minute later, where the platform asks for it."""
        caps, interview = self.caps.get(row.account), self.scene.interview
        if caps is None or not caps.avoids_full_hours or row.priority not in (Priority.RUNG, Priority.DIGEST):
            return row
        is_urgent = interview is not None and abs(interview.attempt.starts_at - row.next_at) < URGENT
        ends = row.useful_until
        later = off_the_hour(row.next_at, row.key)
        return row if is_urgent or (ends is not None and later >= ends) else replace(row, next_at=later)

    async def _is_asked_by_staff(self, say: Say, route: Route) -> bool:
        """In shadow mode nobody is written to, except staff who get the answer to what they have just asked."""
        if say.manner.where == "ladder" or route.person is None:
            return False
        person = await people.get(self.tx, route.person)
        return person is not None and person.is_staff

    def _row(self, say: Say, message: Message, route: Route, reader: str) -> OutboxRow:
        manner = say.manner
        cause = f"{self.event.source}/{self.event.id}/{self.part}"
        if manner.once:
            cause = f"once:{manner.once}"
        elif manner.rung and say.attempt:
            cause = f"rung:{say.attempt}:{manner.rung}"
        at = manner.due_at or self.now
        is_stranger = route.person is None and route.is_private
        return OutboxRow(
            id=uuid4(),
            key=f"{cause}:{reader}",
            to_person=route.person,
            binding=route.binding,
            account=route.account,
            chat=route.chat,
            thread=route.thread,
            is_private=route.is_private,
            message=message,
            kind=message.kind,
            priority=int(manner.priority),
            interview=say.interview,
            attempt=say.attempt,
            rung=manner.rung,
            session=say.session,
            turn=say.turn,
            due_at=at,
            next_at=at,
            useful_until=manner.useful_until,
            locale=manner.language or (self.event.language if is_stranger else None),
            wants_receipt=manner.wants_receipt,
            delivery=manner.delivery,
            fallbacks=route.fallbacks,
            created_at=self.now,
        )

    async def _close(self, close: CloseButtons) -> None:
        """Have the buttons taken off everything the session showed before a turn."""
        if self.scene.policy.mode == "shadow":
            return
        for old in await shown.of_session(self.tx, close.session, close.before_turn):
            await shown.close(self.tx, old.id)
            if old.account not in self.caps or self.caps[old.account].to(old.chat).edits == "never":
                continue
            self.part += 1
            say = Say(
                ToPerson(old.person or NOBODY),
                _closed(old.message, close.chosen),
                interview=self.scene.interview.id if self.scene.interview else None,
                session=close.session,
            )
            route = Route(old.account, old.chat, old.person, old.binding)
            row = self._row(say, say.message, route, f"close:{old.id}")
            if await outbox.put(self.tx, replace(row, edits=old.id, priority=int(Priority.EDIT))):
                await outbox.coalesce_edits(self.tx, old.id, row.id)
                self.is_answered |= (old.account, old.chat) == (self.event.account, self.event.chat)


def _closed(message: Message, chosen: Text | None) -> Message:
    blocks = (*message.blocks, Note(t("✓ {choice}", choice=chosen))) if chosen else message.blocks
    return replace(message.asks_nothing, blocks=blocks)
