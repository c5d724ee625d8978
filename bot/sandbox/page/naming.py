"""What people call what the journal and the ladder name by ids: I-1024, C-77, somebody's name."""

from __future__ import annotations

from uuid import UUID

from locales.text import Text, t
from store import cases, interviews, people
from store.db import Tx


class Naming:
    """Finds names, each once."""

    def __init__(self, tx: Tx) -> None:
        self._tx = tx
        self._known: dict[str, str] = {}

    async def of(self, subject: str) -> str:
        """Return what an entry of the journal is about or whose it is; what nothing is known of without its id."""
        if subject not in self._known:
            self._known[subject] = await self._look_up(subject)
        return self._known[subject]

    async def whose(self, subject: str) -> str:
        """Return the name of the candidate behind an interview or a case; of anybody else their own."""
        kind, _, id = subject.partition(":")
        if kind == "case" and (case := await cases.case(self._tx, UUID(id))) is not None:
            subject = f"interview:{case.interview}"
            kind, _, id = subject.partition(":")
        if kind == "interview" and (known := await interviews.get(self._tx, UUID(id))) is not None:
            return await self.of(f"person:{known.person}")
        return await self.of(subject)

    async def _look_up(self, subject: str) -> str:
        kind, _, id = subject.partition(":")
        try:
            known = UUID(id)
        except ValueError:
            return subject
        found = ""
        if kind == "interview" and (interview := await interviews.get(self._tx, known)) is not None:
            found = interview.label
        elif kind == "case" and (case := await cases.case(self._tx, known)) is not None:
            found = case.label
        elif kind == "person" and (person := await people.get(self._tx, known)) is not None:
            found = person.name
        return found or kind


def actor(name: str) -> Text:
    """Return who did something, with what is not a person in words."""
    known = {"core": t("Turnout"), "cli": t("the command line"), "file": t("the file")}
    return known.get(name) or t("{name}", name=name)
