"""The outbox: claimed by one, most urgent first, in the order of each chat, settled by whoever holds the claim."""

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID, uuid4

from store import buckets, outbox, shown
from store.db import Database, Tx
from store.outbox import OutboxRow
from tests.unit.store.samples import DAY, HOUR, MINUTE, NOW, message, row

SECOND = timedelta(seconds=1)


async def put(db: Database, *rows: OutboxRow) -> None:
    async with db.write() as tx:
        for each in rows:
            assert await outbox.put(tx, each)


async def claim(
    db: Database, now: datetime = NOW, limit: int = 50, epoch: int = 1, **wanted: Any
) -> list[OutboxRow]:
    async with db.write() as tx:
        return await outbox.claim(tx, now, wanted.pop("owner", "me"), epoch, limit, **wanted)


def ids(rows: list[OutboxRow]) -> list[UUID]:
    return [each.id for each in rows]


async def test_a_message_comes_back_as_stored(db: Database) -> None:
    whole = row(
        to_person=uuid4(),
        binding=uuid4(),
        thread="7",
        is_private=False,
        interview=uuid4(),
        attempt=uuid4(),
        rung="24h",
        session=uuid4(),
        turn=3,
        useful_until=NOW + HOUR,
        wants_receipt=True,
        delivery="all",
        fallbacks=(uuid4(), uuid4()),
        frozen='{"text":"李雷"}',
        edits=uuid4(),
        why="because",
    )
    await put(db, whole)
    async with db.read() as tx:
        stored = await outbox.get(tx, whole.id)
        assert stored is not None
        assert stored.sequence > 0
        assert replace(stored, sequence=0) == whole
        assert await outbox.get(tx, uuid4()) is None


async def test_a_key_is_said_once_for_ever(db: Database) -> None:
    async with db.write() as tx:
        assert await outbox.put(tx, row(key="rung:1"))
        assert not await outbox.put(tx, row(key="rung:1"))
        [mine] = await outbox.claim(tx, NOW, "me", 1, 9)
        await outbox.settle(tx, mine.id, 1, "accepted", "", "7", NOW)
        assert not await outbox.put(tx, row(key="rung:1"))


async def test_what_is_stored_settled_is_never_sent(db: Database) -> None:
    await put(db, row(state="would-send", why="shadow", settled_at=NOW))
    assert await claim(db) == []
    async with db.read() as tx:
        assert await outbox.next_at(tx) is None


async def test_the_most_urgent_goes_first(db: Database) -> None:
    edit, digest = row(priority=4), row(priority=3)
    late, soon = row(useful_until=NOW + DAY), row(useful_until=NOW + HOUR)
    reply, alert = row(priority=0), row(priority=1)
    await put(db, edit, digest, late, soon, reply, alert, row(next_at=NOW + SECOND, due_at=NOW + SECOND))
    assert ids(await claim(db, limit=3)) == ids([reply, alert, soon])
    assert ids(await claim(db)) == ids([late, digest, edit])
    assert await claim(db) == []


async def test_a_claim_is_counted_before_the_send(db: Database) -> None:
    await put(db, one := row())
    [claimed] = await claim(db, epoch=7)
    assert (claimed.tries, claimed.state, claimed.epoch) == (1, "claimed", 7)
    async with db.read() as tx:
        assert await outbox.get(tx, one.id) == claimed


async def test_one_message_of_a_chat_at_a_time_in_order(db: Database) -> None:
    first, second = row(chat="42"), row(chat="42")
    await put(db, first, second, other := row(chat="42", account="slack.main"))
    assert ids(await claim(db)) == ids([first, other])
    assert await claim(db) == []
    async with db.write() as tx:
        assert await outbox.next_at(tx) is None, "the second waits for the first, not for an instant"
        await outbox.settle(tx, first.id, 1, "accepted", "", "7", NOW)
        assert await outbox.next_at(tx) == NOW
    assert ids(await claim(db)) == [second.id]


async def test_accounts_and_chats_may_be_left_out(db: Database) -> None:
    await put(db, telegram := row(chat="1"), slack := row(account="slack.main", chat="2"))
    assert await claim(db, accounts=set()) == []
    assert ids(await claim(db, accounts={"slack.main"}, exclude_chats=["1"])) == [slack.id]
    assert await claim(db, exclude_chats=["1"]) == []
    async with db.read() as tx:
        assert await outbox.next_at(tx, {"slack.main"}) is None
    assert ids(await claim(db)) == [telegram.id]


async def test_concurrent_claims_never_share_a_message(db: Database) -> None:
    await put(db, *(row() for _ in range(120)))

    async def work(n: int) -> list[UUID]:
        mine: list[UUID] = []
        while rows := await claim(db, limit=7, owner=f"worker {n}", epoch=n):
            mine += ids(rows)
        return mine

    taken = [each for rows in await asyncio.gather(*map(work, range(8))) for each in rows]
    assert len(taken) == len(set(taken)) == 120


async def test_concurrent_claims_never_split_a_chat(db: Database) -> None:
    await put(db, *(row(chat="42") for _ in range(10)))
    claims = await asyncio.gather(*(claim(db, epoch=n) for n in range(8)))
    assert sum(map(len, claims)) == 1


async def test_a_late_sender_has_no_say(db: Database) -> None:
    await put(db, one := row())
    await claim(db, epoch=1, owner="paused")
    async with db.write() as tx:
        assert await outbox.expire_leases(tx, NOW + outbox.LEASE - SECOND) == 0
        assert await outbox.expire_leases(tx, NOW + outbox.LEASE) == 1
    await claim(db, NOW + MINUTE, epoch=2)
    async with db.write() as tx:
        assert not await outbox.settle(tx, one.id, 1, "accepted", "", "7", NOW)
        assert not await outbox.retry(tx, one.id, 1, NOW, "", False, False)
        assert not await outbox.postpone(tx, one.id, 1, NOW, "")
        assert await outbox.settle(tx, one.id, 2, "accepted", "", "8", NOW)
        assert not await outbox.settle(tx, one.id, 2, "dead", "", "", NOW)
        settled = await outbox.get(tx, one.id)
        assert settled is not None
        assert (settled.state, settled.platform_id, settled.settled_at) == ("accepted", "8", NOW)


async def test_a_sign_of_life_keeps_a_claim(db: Database) -> None:
    await put(db, row())
    await claim(db)
    async with db.write() as tx:
        await outbox.extend_leases(tx, "me", NOW + MINUTE)
        assert await outbox.expire_leases(tx, NOW + MINUTE + outbox.LEASE - SECOND) == 0
        await outbox.extend_leases(tx, "somebody else", NOW + HOUR)
        assert await outbox.expire_leases(tx, NOW + MINUTE + outbox.LEASE) == 1


async def test_a_sole_owner_takes_back_at_once_and_doubts_what_was_frozen(db: Database) -> None:
    await put(db, sent := row(), unsent := row(), row())
    before = await claim(db, owner="before", limit=2)
    assert set(ids(before)) == {sent.id, unsent.id}
    await claim(db, owner="now")
    async with db.write() as tx:
        await outbox.freeze(tx, sent.id, "{}")
        assert await outbox.release_owner(tx, "now") == 2
    again = {each.id: each for each in await claim(db, owner="now")}
    assert (again[sent.id].in_doubt, again[sent.id].frozen, again[sent.id].tries) == (True, "{}", 2)
    assert (again[unsent.id].in_doubt, again[unsent.id].frozen) == (False, None)


async def test_a_try_in_doubt_keeps_its_bytes_and_a_refused_one_does_not(db: Database) -> None:
    await put(db, one := row())
    await claim(db)
    async with db.write() as tx:
        await outbox.freeze(tx, one.id, "{1}")
        assert await outbox.retry(tx, one.id, 1, NOW + MINUTE, "timeout", in_doubt=True, keep_frozen=True)
    assert await claim(db) == []
    [again] = await claim(db, NOW + MINUTE, epoch=2)
    assert (again.frozen, again.in_doubt, again.why, again.tries) == ("{1}", True, "timeout", 2)
    async with db.write() as tx:
        assert await outbox.retry(tx, one.id, 2, NOW + HOUR, "400", in_doubt=False, keep_frozen=False)
    [last] = await claim(db, NOW + HOUR)
    assert (last.frozen, last.in_doubt) == (None, False)


async def test_a_busy_platform_is_no_try(db: Database) -> None:
    await put(db, sure := row(), doubtful := row(in_doubt=True))
    await claim(db)
    async with db.write() as tx:
        for each in (sure, doubtful):
            await outbox.freeze(tx, each.id, "{}")
            assert await outbox.postpone(tx, each.id, 1, NOW + MINUTE, "busy")
        assert await outbox.next_at(tx) == NOW + MINUTE
    again = {each.id: each for each in await claim(db, NOW + MINUTE)}
    assert (again[sure.id].tries, again[sure.id].frozen) == (1, None)
    assert (again[doubtful.id].tries, again[doubtful.id].frozen) == (1, "{}")


async def test_what_waits_for_an_interview_is_withdrawn(db: Database) -> None:
    interview, attempt = uuid4(), uuid4()
    of_it: dict[str, Any] = {"interview": interview, "attempt": attempt, "rung": "24h"}
    reminder, sending = row(**of_it), row(**of_it, key="claimed", priority=0)
    reply, other = row(interview=interview, kind="reply"), row(interview=uuid4(), attempt=uuid4())
    await put(db, reminder, sending, reply, other)
    await claim(db, limit=1)
    async with db.write() as tx:
        assert await outbox.pending_for_rung(tx, attempt, "24h") == 2
        gone = await outbox.withdraw(tx, interview, "moved", (), NOW)
        assert [(each.id, each.state, each.why) for each in gone] == [(reminder.id, "superseded", "moved")]
        assert await outbox.pending_for_rung(tx, attempt, "24h") == 1
        assert ids(await outbox.withdraw(tx, interview, "x", ["reply"], NOW)) == [reply.id]
        assert await outbox.withdraw(tx, interview, "x", (), NOW) == []
        assert await outbox.counts(tx) == {"superseded": 2, "claimed": 1, "waiting": 1}


async def test_of_several_edits_only_the_newest_goes(db: Database) -> None:
    card = uuid4()
    edits = [row(edits=card, chat="1") for _ in range(3)]
    await put(db, *edits, other := row(edits=uuid4()))
    async with db.write() as tx:
        assert ids(await outbox.coalesce_edits(tx, card, edits[1].id)) == [edits[0].id]
        assert ids(await outbox.coalesce_edits(tx, card, edits[2].id)) == [edits[1].id]
    assert set(ids(await claim(db))) == {edits[2].id, other.id}


async def test_an_edit_waits_for_its_post(db: Database) -> None:
    async with db.write() as tx:
        card = await shown.put(
            tx,
            shown.Shown(
                id=uuid4(), account="telegram.main", chat="1", message=message(), shown_at=NOW, platform_id=""
            ),
        )
        await outbox.put(tx, edit := row(edits=card.id, chat="1"))
        assert await outbox.claim(tx, NOW, "me", 1, 9) == []
        assert await outbox.next_at(tx) is None
        await shown.update_(tx, replace(card, platform_id="7"))
        assert await outbox.next_at(tx) == NOW
        assert ids(await outbox.claim(tx, NOW, "me", 1, 9)) == [edit.id]


async def test_what_was_put_aside_can_be_tried_again(db: Database) -> None:
    await put(db, one := row())
    await claim(db)
    async with db.write() as tx:
        assert not await outbox.requeue(tx, one.id, NOW)
        await outbox.settle(tx, one.id, 1, "dead", "ValueError", "", NOW)
        assert ids(await outbox.listing(tx, state="dead")) == [one.id]
        assert await outbox.requeue(tx, one.id, NOW + HOUR)
    assert [each.tries for each in await claim(db, NOW + HOUR)] == [1]


async def test_listings_are_newest_first(db: Database) -> None:
    interview = uuid4()
    rows = [row(interview=interview) for _ in range(3)]
    await put(db, *rows, row())
    async with db.read() as tx:
        assert ids(await outbox.listing(tx, interview=interview)) == ids(rows[::-1])
        assert ids(await outbox.listing(tx, state="waiting", interview=interview, limit=1)) == [rows[2].id]
        assert len(await outbox.listing(tx)) == 4


async def test_the_oldest_that_is_due_is_known(db: Database) -> None:
    await put(db, row(next_at=NOW - HOUR), row(next_at=NOW - MINUTE), row(next_at=NOW + HOUR))
    async with db.read() as tx:
        assert await outbox.oldest_due(tx, NOW) == NOW - HOUR
        assert await outbox.oldest_due(tx, NOW - DAY) is None


async def test_old_messages_are_purged_in_batches(db: Database) -> None:
    settled = [row(state="accepted", settled_at=NOW - n * DAY) for n in range(5)]
    await put(db, *settled, row())
    async with db.write() as tx:
        assert [await outbox.purge(tx, NOW - DAY, 2) for _ in range(3)] == [2, 1, 0]
        assert await outbox.counts(tx) == {"accepted": 2, "waiting": 1}


async def test_epochs_are_never_given_twice(db: Database) -> None:
    async def next_epoch(n: int) -> int:
        async with db.write() as tx:
            return await outbox.next_epoch(tx)

    assert sorted(await asyncio.gather(*map(next_epoch, range(20)))) == list(range(1, 21))


# --- Rates


@dataclass(frozen=True)
class Rate:
    scope: Literal["account", "chat", "group", "member"]
    count: int
    per: timedelta
    only: Literal["", "edits"] = ""


TELEGRAM = (Rate("account", 30, SECOND), Rate("chat", 1, SECOND), Rate("group", 20, MINUTE))


async def sent(db: Database, rates: Any, until: timedelta) -> list[tuple[datetime, OutboxRow]]:
    """Send whenever something may be sent, and return what went when."""
    now, done = NOW, []
    while True:
        async with db.write() as tx:
            rows = await outbox.claim(tx, now, "me", 1, 50, rates={"telegram.main": rates})
            for each in rows:
                assert await outbox.settle(tx, each.id, 1, "accepted", "", "7", now)
            done += [(now, each) for each in rows]
            next_at = await outbox.next_at(tx)
        if next_at is None or max(next_at, now) > NOW + until:
            return done
        assert rows or next_at > now, "a sender would turn in circles"
        now = max(now, next_at)


def most_within(instants: list[datetime], span: timedelta) -> int:
    return max(sum(start <= at <= start + span for at in instants) for start in instants)


async def test_an_account_never_sends_faster_than_its_rate(db: Database) -> None:
    await put(db, *(row() for _ in range(100)))
    done = await sent(db, TELEGRAM, MINUTE)
    assert len(done) == 100
    assert most_within([at for at, _ in done], SECOND) == 30
    assert done[-1][0] - NOW < 4 * SECOND, "and hardly slower"


async def test_a_group_never_gets_more_than_its_rate(db: Database) -> None:
    await put(
        db, *(row(chat="-100", is_private=False) for _ in range(30)), *(row(chat="7") for _ in range(4))
    )
    done = await sent(db, TELEGRAM, 5 * MINUTE)
    group = [at for at, each in done if each.chat == "-100"]
    alone = [at for at, each in done if each.chat == "7"]
    assert most_within(group, MINUTE) == 20
    assert most_within(group, SECOND) == 1
    assert len(group) == 30
    assert [(at - NOW).seconds for at in alone] == [0, 1, 2, 3], "private chats know nothing of groups"


async def test_a_member_gets_no_more_parts_than_their_rate(db: Database) -> None:
    """WeCom shows nothing above 30 a minute, and says nothing of it: a message may be a card, words and two files."""
    rates = (Rate("member", 30, MINUTE), Rate("member", 1000, 60 * MINUTE))
    await put(db, *(row(chat="7") for _ in range(40)))
    parts: list[datetime] = []
    now = NOW
    while len(parts) < 160:
        async with db.write() as tx:
            for each in await outbox.claim(tx, now, "me", 1, 50, rates={"telegram.main": rates}):
                limits = buckets.limits_of(each.account, each.chat, each.is_private, rates)
                await buckets.take_more(tx, limits, 3, now)
                assert await outbox.settle(tx, each.id, 1, "accepted", "", "7", now)
                parts += [now] * 4
        now += SECOND
    assert 20 < most_within(parts, MINUTE) <= 30
    assert now - NOW < 10 * MINUTE


async def test_edits_have_a_rate_of_their_own_which_holds_nothing_else_up(db: Database) -> None:
    """Slack counts chat.update for a whole workspace, and new messages for each chat."""
    rates = (Rate("chat", 1, SECOND), Rate("account", 50, MINUTE, "edits"))
    await put(db, *(row(edits=uuid4(), priority=0) for _ in range(70)), *(row(priority=3) for _ in range(30)))
    done = await sent(db, rates, 5 * MINUTE)
    edits = [at for at, each in done if each.edits is not None]
    posts = [at for at, each in done if each.edits is None]
    assert (len(edits), len(posts)) == (70, 30)
    assert 40 < most_within(edits, MINUTE) <= 50
    assert max(posts) - NOW < 10 * SECOND, "a new message waits for no edit"


async def test_a_reply_overtakes_what_waits_for_the_rate(db: Database) -> None:
    await put(db, *(row() for _ in range(50)))
    first = await claim(db, rates={"telegram.main": TELEGRAM})
    assert len(first) == 5
    await put(db, reply := row(priority=0))
    async with db.read() as tx:
        next_at = await outbox.next_at(tx)
    assert next_at is not None
    assert ids(await claim(db, next_at, rates={"telegram.main": TELEGRAM}))[0] == reply.id


async def test_an_account_that_was_told_to_wait_waits_alone(db: Database) -> None:
    await put(db, row(), slack := row(account="slack.main"))
    async with db.write() as tx:
        await buckets.pause(tx, "telegram.main", None, NOW + MINUTE, NOW)
    assert ids(await claim(db)) == [slack.id]
    async with db.read() as tx:
        assert await outbox.next_at(tx) == NOW + MINUTE
    assert await claim(db, NOW + MINUTE - SECOND) == []
    assert len(await claim(db, NOW + MINUTE)) == 1


async def test_a_chat_that_was_told_to_wait_waits_alone(db: Database) -> None:
    await put(db, row(chat="1"), other := row(chat="2"))
    async with db.write() as tx:
        await buckets.pause(tx, "telegram.main", "1", NOW + MINUTE, NOW)
    assert ids(await claim(db)) == [other.id]
    async with db.read() as tx:
        assert await outbox.next_at(tx) == NOW + MINUTE
    assert len(await claim(db, NOW + MINUTE)) == 1


async def test_a_clock_that_goes_back_stops_nobody(db: Database) -> None:
    await put(db, row(chat="1"))
    await claim(db, NOW + 2 * HOUR, rates={"telegram.main": TELEGRAM})
    async with db.write() as tx:
        await outbox.release_owner(tx, "nobody")
        await buckets.pause(tx, "telegram.main", None, NOW + 3 * HOUR, NOW + 2 * HOUR)
    assert len(await claim(db, rates={"telegram.main": TELEGRAM})) == 1


async def test_a_bucket_gives_what_it_holds_and_says_when_more_comes(db: Database) -> None:
    async def take(tx: Tx, at: datetime) -> datetime | None:
        return await buckets.take(tx, "user:1", 20, 60, at)

    async with db.write() as tx:
        assert [await take(tx, NOW) for _ in range(5)] == [None] * 5
        free_at = await take(tx, NOW)
        assert free_at is not None
        assert NOW + 3 * SECOND < free_at < NOW + 4 * SECOND
        assert await take(tx, free_at - SECOND) == free_at
        assert await take(tx, free_at) is None
        assert await buckets.take(tx, "user:2", 1, 60, NOW) is None
        assert await buckets.take(tx, "user:2", 1, 60, NOW) == NOW + MINUTE + timedelta(microseconds=1)
        await buckets.forget(tx, NOW + HOUR)
        assert [await take(tx, NOW) for _ in range(5)] == [None] * 5


async def test_who_waited_for_the_transaction_takes_no_more(db: Database) -> None:
    async with db.write() as tx:
        assert await buckets.take(tx, "user:1", 1, 60, NOW) is None
        assert await buckets.take(tx, "user:1", 1, 60, NOW - SECOND) is not None


async def test_fifty_at_once_take_no_more_than_there_is(db: Database) -> None:
    async def take(n: int) -> bool:
        async with db.write() as tx:
            return await buckets.take(tx, "user:1", 20, 60, NOW) is None

    assert sum(await asyncio.gather(*map(take, range(50)))) == 5


async def test_what_an_event_led_to_is_found_again_on_its_account(db: Database) -> None:
    interview = uuid4()
    told = [
        row(key=f"{cause}/1:x{n}", account=account, interview=interview)
        for n, (cause, account) in enumerate(
            (
                ("page/one_%", "page"),
                ("core/page/one_%+0", "page"),
                ("page/one_%", "telegram.main"),
                ("page/oneXY", "page"),
                ("page/two", "page"),
            )
        )
    ]
    other = row(key="page/one_%/1:elsewhere", account="page", interview=uuid4())
    await put(db, *told, other)
    async with db.read() as tx:
        found = await outbox.caused_by(tx, interview, "page", "page/one_%")
    assert ids(found) == ids(told[:2])


async def test_who_was_reminded_by_hand_and_when(db: Database) -> None:
    interview, attempt = uuid4(), uuid4()
    own = {"interview": interview, "attempt": attempt}
    later = NOW + MINUTE
    await put(db, row(**own), row(**own, created_at=later, state="accepted"))
    # The ladder's, an earlier attempt's, another message, and what never went out do not count.
    others: list[dict[str, Any]] = [
        {"rung": "1h"}, {"attempt": uuid4()}, {"kind": "greeting"}, {"state": "undeliverable"},
        {"state": "superseded"}, {"interview": uuid4()}, {"edits": uuid4()},
    ]  # fmt: skip
    await put(db, *(row(**{**own, "created_at": NOW + HOUR, **each}) for each in others))
    async with db.read() as tx:
        assert await outbox.reminded_by_hand(tx, interview, attempt) == later
        assert await outbox.reminded_by_hand(tx, interview, uuid4()) is None
