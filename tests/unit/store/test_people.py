"""People: found however they are written, bound once, merged into one, and their one-time tokens."""

import asyncio
from dataclasses import replace
from uuid import uuid4

import pytest

from conversations.dialog import Session
from conversations.identity import Address, Role
from store import interviews, outbox, people, sessions, tokens
from store.db import Database
from store.errors import Taken
from tests.unit.store.samples import DAY, HOUR, NOW, booked, person, row, staff

TELEGRAM = Address("telegram.main", "42")


async def test_a_person_comes_back_as_stored(db: Database) -> None:
    someone = person(
        locale="zh_Hans",
        zone="Asia/Shanghai",
        roles=frozenset({Role.CANDIDATE, Role.RECRUITER}),
        jobs=frozenset({"前端工程师", "Java, senior"}),
        hints={"telegram": "@lilei", "wecom": "lilei"},
        opted_out_at=NOW,
    )
    async with db.write() as tx:
        await people.create(tx, someone)
        assert await people.get(tx, someone.id) == someone
        assert await people.get(tx, uuid4()) is None


async def test_saving_changes_what_is_known_and_how_it_is_found(db: Database) -> None:
    async with db.write() as tx:
        someone = await people.create(tx, person(hints={"telegram": "@lilei"}))
        changed = replace(someone, phone="13900000000", email=None, hints={"telegram": "@lei"})
        await people.save(tx, changed)
        assert await people.get(tx, someone.id) == changed
        assert await people.by_phone(tx, "+86 139 0000 0000") == changed
        assert await people.by_hint(tx, "telegram", "LEI") == changed
        assert await people.by_phone(tx, "13812341234") is None
        assert await people.by_email(tx, "lilei@example.com") is None
        assert await people.by_hint(tx, "telegram", "@lilei") is None
        with pytest.raises(LookupError):
            await people.save(tx, person())


async def test_binding_is_for_good_and_idempotent(db: Database) -> None:
    async with db.write() as tx:
        someone = await people.create(tx, person())
        first = await people.bind(tx, someone.id, TELEGRAM, "chat", NOW)
        again = await people.bind(tx, someone.id, TELEGRAM, "other chat", NOW + HOUR)
        assert again == first
        assert first.address == TELEGRAM
        assert await people.chat_of(tx, first.id) == "other chat"
        assert await people.binding(tx, first.id) == first
        assert await people.by_address(tx, TELEGRAM) == replace(someone, bindings=(first,))
        assert await people.by_address(tx, Address("telegram.other", "42")) is None


async def test_an_address_of_somebody_else_is_taken(db: Database) -> None:
    async with db.write() as tx:
        one, two = await people.create(tx, person()), await people.create(tx, person())
        bound = await people.bind(tx, one.id, TELEGRAM, "chat", NOW)
        with pytest.raises(Taken) as taken:
            await people.bind(tx, two.id, TELEGRAM, "chat", NOW)
        assert taken.value.person == one.id
        assert await people.unbind(tx, bound.id)
        assert not await people.unbind(tx, bound.id)
        assert (await people.bind(tx, two.id, TELEGRAM, "chat", NOW)).person == two.id


async def test_of_fifty_who_claim_an_address_one_gets_it(db: Database) -> None:
    async with db.write() as tx:
        everybody = [await people.create(tx, person()) for _ in range(50)]

    async def claim(n: int) -> bool:
        try:
            async with db.write() as tx:
                await people.bind(tx, everybody[n].id, TELEGRAM, "chat", NOW)
        except Taken:
            return False
        return True

    assert sum(await asyncio.gather(*map(claim, range(50)))) == 1


async def test_reach_is_news_once(db: Database) -> None:
    async with db.write() as tx:
        someone = await people.create(tx, person())
        bound = await people.bind(tx, someone.id, TELEGRAM, "chat", NOW)
        assert await people.mark_reach(tx, TELEGRAM, False, "blocked", NOW)
        assert not await people.mark_reach(tx, TELEGRAM, False, "blocked", NOW)
        found = await people.get(tx, someone.id)
        assert found is not None
        assert found.reachable == ()
        assert found.bindings[0].unreachable_why == "blocked"
        assert await people.mark_binding(tx, bound.id, True, "", NOW)
        assert not await people.mark_binding(tx, bound.id, True, "", NOW)
        assert not await people.mark_reach(tx, Address("telegram.main", "43"), False, "blocked", NOW)


async def test_who_comes_back_can_be_reached_again(db: Database) -> None:
    async with db.write() as tx:
        someone = await people.create(tx, person())
        await people.bind(tx, someone.id, TELEGRAM, "chat", NOW)
        await people.mark_reach(tx, TELEGRAM, False, "blocked", NOW)
        assert (await people.bind(tx, someone.id, TELEGRAM, "chat", NOW)).is_reachable
        found = await people.get(tx, someone.id)
        assert found is not None
        assert len(found.reachable) == 1


async def test_missing_bindings_are_told(db: Database) -> None:
    async with db.read() as tx:
        for look_up in (people.chat_of, people.binding):
            with pytest.raises(LookupError):
                await look_up(tx, uuid4())
        assert await people.chats_of(tx, []) == {}


async def test_staff_are_found_by_their_very_role(db: Database) -> None:
    async with db.write() as tx:
        hr = await people.create(tx, staff(Role.HR, Role.CANDIDATE))
        admin = await people.create(tx, staff(Role.ADMIN))
        await people.create(tx, person())
        assert await people.staff(tx, Role.HR) == [hr]
        assert await people.staff(tx, Role.ADMIN) == [admin]
        assert await people.staff(tx, Role.CANDIDATE) == [hr], (
            "staff who are candidates, never all candidates"
        )


async def test_two_who_are_one_become_one(db: Database) -> None:
    async with db.write() as tx:
        keep = await people.create(tx, person(phone=None, email="a@example.com", hints={"slack": "U1"}))
        gone = await people.create(
            tx, person(phone="13900000000", email="b@example.com", hints={"telegram": "@g"})
        )
        other = await people.create(tx, person(name="旧"))
        await people.merge(tx, gone.id, other.id)
        bound = await people.bind(tx, gone.id, TELEGRAM, "chat", NOW)
        interview = await booked(tx, gone)
        await sessions.save(tx, Session(uuid4(), f"person:{keep.id}", "menu", turn=3))
        await sessions.save(tx, Session(uuid4(), f"person:{gone.id}", "menu", turn=9))
        await sessions.save(tx, Session(uuid4(), f"person:{gone.id}", "help"))
        await outbox.put(tx, row(key="k", to_person=gone.id))

        one = await people.merge(tx, keep.id, gone.id)

        assert (one.email, one.phone) == ("a@example.com", "13900000000")
        assert one.hints == {"slack": "U1", "telegram": "@g"}
        assert [binding.id for binding in one.bindings] == [bound.id]
        for id in (keep.id, gone.id, other.id):
            assert await people.get(tx, id) == one
        for found in (await people.by_address(tx, TELEGRAM), await people.by_phone(tx, "13900000000")):
            assert found == one
        assert await people.by_email(tx, "b@example.com") is None
        assert (await interviews.get(tx, interview.id)).person == keep.id  # type: ignore[union-attr]
        held = await sessions.of_holder(tx, f"person:{keep.id}")
        assert {(s.subject, s.turn) for s in held} == {("menu", 3), ("help", 0)}
        assert await sessions.of_holder(tx, f"person:{gone.id}") == []
        assert (await outbox.listing(tx))[0].to_person == keep.id
        with pytest.raises(LookupError):
            await people.merge(tx, keep.id, gone.id)


async def test_who_said_stop_stays_stopped_when_merged(db: Database) -> None:
    async with db.write() as tx:
        keep, gone = await people.create(tx, person()), await people.create(tx, person(opted_out_at=NOW))
        assert (await people.merge(tx, keep.id, gone.id)).opted_out_at == NOW


async def test_a_token_is_used_once(db: Database) -> None:
    async with db.write() as tx:
        token = await tokens.mint_token(tx, "bind", "interview:1", NOW, NOW + DAY)
        assert len(token) == 22
        assert (await tokens.look(tx, "bind", token, NOW)) == tokens.TokenState("good", "interview:1")
        assert await tokens.redeem(tx, "login", token, NOW) is None
        assert await tokens.redeem(tx, "bind", token, NOW, "person:1") == "interview:1"
        assert await tokens.redeem(tx, "bind", token, NOW, "person:2") is None
        assert (await tokens.look(tx, "bind", token, NOW)) == tokens.TokenState(
            "used", "interview:1", "person:1"
        )


async def test_a_token_expires_and_a_newer_one_kills_it(db: Database) -> None:
    async with db.write() as tx:
        token = await tokens.mint_token(tx, "bind", "interview:1", NOW, NOW + HOUR)
        assert (await tokens.look(tx, "bind", token, NOW + HOUR)).state == "expired"
        assert await tokens.redeem(tx, "bind", token, NOW + HOUR) is None
        newer = await tokens.mint_token(tx, "bind", "interview:1", NOW, NOW + DAY)
        other = await tokens.mint_token(tx, "bind", "interview:2", NOW, NOW + DAY)
        assert [
            (await tokens.look(tx, "bind", each, NOW)).state for each in (token, newer, other, "no such")
        ] == [
            "unknown",
            "good",
            "good",
            "unknown",
        ]


async def test_a_token_made_elsewhere_is_kept(db: Database) -> None:
    async with db.write() as tx:
        await tokens.keep(tx, "bind", "interview:1", "made elsewhere", NOW, NOW + HOUR)
        await tokens.keep(tx, "bind", "interview:1", "made elsewhere", NOW, NOW + DAY)
        assert await tokens.redeem(tx, "bind", "made elsewhere", NOW + HOUR) == "interview:1"
        await tokens.keep(tx, "bind", "interview:1", "made elsewhere", NOW, NOW + DAY)
        assert await tokens.redeem(tx, "bind", "made elsewhere", NOW + HOUR) is None, "used stays used"


async def test_of_fifty_who_redeem_a_token_one_does(db: Database) -> None:
    async with db.write() as tx:
        token = await tokens.mint_token(tx, "bind", "interview:1", NOW, NOW + DAY)

    async def redeem(n: int) -> str | None:
        async with db.write() as tx:
            return await tokens.redeem(tx, "bind", token, NOW)

    found = await asyncio.gather(*map(redeem, range(50)))
    assert found.count("interview:1") == 1
