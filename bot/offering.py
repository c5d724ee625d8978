"""The menu of commands in chat apps: what the roles of each member of staff let them use, in their language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from bot import observe
from bot.runtime import Runtime
from channels.base import NotDelivered, Offering
from conversations.dialog import Command
from conversations.identity import Person
from locales.text import Reader, Text
from locales.translate import best_locale
from store import people

Offered = Sequence[tuple[str, Text]]
log = observe.logger("offering")


class Menus:
    """Keeps what each chat is offered in step with roles and languages; asked again and again it does what is new."""

    def __init__(self, runtime: Runtime) -> None:
        self.runtime = runtime
        self._known: dict[UUID, tuple[str, str, str]] = {}
        """Of each binding: its account, its chat, and a name for what is offered there."""

    async def follow(self) -> int:
        """Offer everybody of staff their commands where these changed; return for how many they did."""
        wanted: dict[UUID, tuple[str, str, str]] = {}
        readers: dict[UUID, Person] = {}
        async with self.runtime.db.read() as tx:
            for person in await people.everybody_of_staff(tx):
                for binding in person.reachable:
                    account = binding.address.account
                    channel: object = self.runtime.channels.get(account)
                    if isinstance(channel, Offering):
                        chat = await people.chat_of(tx, binding.id)
                        wanted[binding.id] = (account, chat, _name(person, self._locale(person)))
                        readers[binding.id] = person
        gone = [id for id in self._known if id not in wanted]
        changed = [id for id, entry in wanted.items() if self._known.get(id) != entry]
        for id in gone:
            account, chat, _ = self._known[id]
            if await self._offer(account, chat, (), None):
                del self._known[id]
        for id in changed:
            account, chat, _ = wanted[id]
            if await self._offer(account, chat, self.of(readers[id]), readers[id]):
                self._known[id] = wanted[id]
        return len(gone) + len(changed)

    def of(self, person: Person) -> Offered:
        """Return the commands that somebody may use, in the order of help."""
        return tuple((command.name, command.about) for command in _commands(self.runtime.book.commands)
                     if person.may(*command.roles))  # fmt: skip

    def _locale(self, person: Person) -> str:
        languages = self.runtime.policies.default.languages
        return best_locale(person.locale, languages, languages[0])

    async def _offer(self, account: str, chat: str, commands: Offered, person: Person | None) -> bool:
        channel: object = self.runtime.channels.get(account)
        if not isinstance(channel, Offering):
            return True
        locale = self._locale(person) if person is not None else "en"
        reader = Reader(locale, self.runtime.policies.default.zone, self.runtime.clock.now())
        try:
            await channel.offer(chat, commands, reader)
        except NotDelivered as failure:
            log.info("menu.not_offered", account=account, why=failure.why)
            # Whoever is gone for good needs no menu; anything else is tried again in a minute.
            return failure.why in ("gone", "refused")
        return True


def _name(person: Person, locale: str) -> str:
    return f"{locale}:{','.join(sorted(role.value for role in person.roles))}"


def _commands(by_word: Mapping[str, Command]) -> Sequence[Command]:
    return tuple({command.name: command for command in by_word.values()}.values())
