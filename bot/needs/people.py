"""Who is meant: somebody of staff by mention, address, mailbox, number or name; and which jobs there are."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from uuid import UUID

from bot.needs.asking import Answering, Asked, target_of
from conversations.findings import CaseFound
from conversations.identity import Address, Person
from conversations.interview import Case
from store import cases, interviews, people

_MENTION = re.compile(r"<@([\w-]+)(?:\|[^<>]*)?>")


async def _somebody(asked: Asked) -> tuple[Person, ...]:
    """Return everybody of staff whom words may mean, and whoever has exactly the address they name."""
    text = asked.args["text"].strip()
    if text.startswith("person:"):
        known = await people.get(asked.tx, UUID(text.removeprefix("person:")))
        return (known,) if known is not None else ()
    if address := _address(text, asked.event.account or ""):
        found = await people.by_address(asked.tx, address)
        if found is not None:
            return (found,)
    return _named(await people.everybody_of_staff(asked.tx), text)


def _address(text: str, account: str) -> Address | None:
    """Read `<@U024BE7LH>`, `slack.main:U024BE7LH`, or `@wangfang` on the platform where it is typed."""
    if mention := _MENTION.fullmatch(text):
        return Address(account, mention[1])
    own, _, user = text.partition(":")
    if "." in own and user:
        return Address(own, user)
    return Address(account, text[1:]) if text.startswith("@") else None


def _named(staff: Sequence[Person], text: str) -> tuple[Person, ...]:
    """Return whom a name, a mailbox or a number means; those who are called just so go before those in part."""
    wanted = _plain(text.removeprefix("@"))
    if not wanted:
        return ()
    for fits in (_is_called, _is_listed_as, _is_like):
        if found := tuple(person for person in staff if fits(person, wanted)):
            return found
    return ()


def _is_called(person: Person, wanted: str) -> bool:
    return wanted in (_plain(person.name), _plain(person.email or ""), _digits(person.phone))


def _is_listed_as(person: Person, wanted: str) -> bool:
    return wanted in map(_plain, person.hints.values())


def _is_like(person: Person, wanted: str) -> bool:
    return wanted in _plain(person.name) or _plain(person.email or "").startswith(f"{wanted}@")


def _plain(word: str) -> str:
    return "".join(word.casefold().removeprefix("@").split())


def _digits(phone: str | None) -> str:
    return re.sub(r"\D", "", phone or "")[-11:]


async def _titles(asked: Asked) -> tuple[str, ...]:
    return tuple(await interviews.roles(asked.tx))


async def _owned(asked: Asked) -> tuple[Case, ...]:
    """Return the open cases that somebody looks after."""
    return tuple(await cases.owned_by(asked.tx, UUID(asked.args["person"])))


async def _cases(asked: Asked) -> tuple[CaseFound, ...]:
    """Return the cases that words name: `C-77`, an interview's, or without words those of whoever asks."""
    text, who = asked.args["text"].strip(), asked.scene.person
    found: list[Case] = []
    if number := re.fullmatch(r"(?i)c-?(\d{1,9})", text):
        case = await cases.case_by_number(asked.tx, int(number[1]), who)
        found = [case] if case is not None else []
    elif text:
        for interview, _ in await interviews.search(asked.tx, who, text=text, limit=9):
            found += [case for case in await cases.cases_of(asked.tx, interview.id) if case.closed_at is None]
    elif who is not None:
        found = await cases.owned_by(asked.tx, who.id)
    targets = [(case, await target_of(asked.tx, case.interview)) for case in found]
    return tuple(CaseFound(case, target) for case, target in targets if target is not None)


NEEDS: Mapping[str, Answering] = {
    "cases": _cases,
    "owned": _owned,
    "somebody": _somebody,
    "titles": _titles,
}
