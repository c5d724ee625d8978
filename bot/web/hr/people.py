"""Who needs a person, in words: the case, whose interview it is about, whose turn it is and until when."""

from __future__ import annotations

from dataclasses import dataclass

from bot.web.hr.cases import Cases, Waiting
from conversations.commands.lines import KINDS
from locales.text import Moment, Reader, Span, Text, ct, nt, t
from locales.translate import render


@dataclass(frozen=True, slots=True)
class Line:
    """One case."""

    label: str
    kind: str
    about: str
    step: str
    due: str
    is_late: bool
    late: str


class People:
    """The list, for one reader."""

    def __init__(self, reader: Reader, found: Cases) -> None:
        self.reader = reader
        self.count = len(found.all)
        self.late = found.late(reader.now)
        self.lines = [self._line(waiting) for waiting in found.shown]
        left = self.count - len(self.lines)
        self.more = self._words(t("{n} more, in the chat: list", n=left)) if left else ""
        self.how = self._words(t("To take one, write in the chat: {command}", command="take C-…"))

    @property
    def lead(self) -> str:
        if not self.count:
            return self._words(t("Nobody is waiting for a person."))
        said = nt("{n} case is open", "{n} cases are open", self.count)
        if not self.late:
            return self._words(ct("people", "{open}, none is late.", open=said))
        late = nt("{n} is late", "{n} are late", self.late)
        return self._words(ct("people", "{open}, {late}.", open=said, late=late))

    @property
    def label(self) -> str:
        return self._words(t("needs a person now"))

    @property
    def said(self) -> str:
        if not self.count:
            return self._words(ct("people", "nobody is waiting"))
        if not self.late:
            return self._words(ct("people", "open cases, none late"))
        return self._words(t("open cases, {n} late", n=self.late))

    def _line(self, waiting: Waiting) -> Line:
        interview, step, now = waiting.interview, waiting.step, self.reader.now
        about = t("{label} {name}, {role}", label=interview.label, name=waiting.name, role=interview.role)
        by = step.by
        is_late = waiting.is_late(now)
        return Line(
            waiting.case.label,
            self._words(KINDS[waiting.case.kind]),
            self._words(about),
            self._words(step.told),
            self._words(t("{when}", when=Moment(by))) if by is not None else "",
            is_late,
            self._words(t("late by {span}", span=Span(now - by))) if is_late and by is not None else "",
        )

    def _words(self, text: Text) -> str:
        return render(text, self.reader)
