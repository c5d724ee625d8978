"""Which row means which interview: by external id, else by person, role and start; a doubt is never settled."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from bot.importing.cells import read_phone
from bot.importing.columns import CHANNELS, Field
from bot.importing.drafts import InterviewDraft
from bot.importing.problems import Unclear
from bot.importing.rows import ParsedList
from bot.importing.words import fold
from conversations.identity import Person
from conversations.interview import Attempt, Interview, State
from locales.text import Text, t

OPEN = frozenset({State.SCHEDULED, State.NO_SHOW})
"""What a row with another start moves; after a no-show it is the new appointment."""
_REVIVED = OPEN | {State.CANCELLED, State.WITHDRAWN}
"""What its external id moves besides: the list takes the cancelling back."""

Key = tuple[str, str]
"""(`phone` | `email` | channel, value): what two rows of one person have in common."""


@dataclass(frozen=True, slots=True)
class Existing:
    """An interview as it is known, its candidate, and the attempts before the present one."""

    interview: Interview
    person: Person
    earlier: tuple[Attempt, ...] = ()


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list has to be compared with; values are as in the drafts, names as `fold` leaves them."""

    companies: frozenset[str]
    external_ids: frozenset[str]
    phones: frozenset[str]
    emails: frozenset[str]
    accounts: frozenset[Key]
    """(channel, user), to be found among hints and bindings."""
    names: frozenset[str]


@dataclass(frozen=True, slots=True)
class Found:
    """What is known of `Wanted`; more does no harm.

    Interviews in any state, of the wanted companies, that have one of the external ids or whose person
    has one of the phones, addresses, accounts or names.
    """

    interviews: Sequence[Existing] = ()
    people: Sequence[Person] = ()
    """People of these phones, addresses and accounts who have no interview among `interviews`."""
    staff: Sequence[Person] = ()
    """Those whom a recruiter's cell may mean."""


def wanted(parsed: ParsedList[InterviewDraft]) -> Wanted:
    """Return what has to be looked up before a list can be judged."""
    drafts = [row.draft for row in parsed.rows if row.draft]
    return Wanted(
        companies=frozenset(draft.company for draft in drafts),
        external_ids=frozenset(draft.external_id for draft in drafts if draft.external_id),
        phones=frozenset(draft.phone for draft in drafts if draft.phone),
        emails=frozenset(draft.email for draft in drafts if draft.email),
        accounts=frozenset(pair for draft in drafts for pair in draft.hints.items()),
        names=frozenset(fold(draft.name) for draft in drafts),
    )


@dataclass(frozen=True, slots=True)
class Match:
    """What a row was found to be: an interview, or a new one of a known person or of nobody known."""

    existing: Existing | None = None
    person: Person | None = None
    is_superseded: bool = False
    """Its start is one that the interview had before it was moved."""
    is_idle: bool = False
    """Another row speaks for the interview as it is now, so this one changes nothing."""
    notes: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why a row cannot be matched."""

    field: Field
    reason: Text


def keys_of(draft: InterviewDraft) -> list[Key]:
    pairs = [("phone", draft.phone), ("email", draft.email), *draft.hints.items()]
    return [(kind, value.casefold()) for kind, value in pairs if value]


def keys_of_person(person: Person) -> list[Key]:
    pairs = [("phone", normal_phone(person.phone)), ("email", person.email), *person.hints.items()]
    pairs += [(binding.address.channel, binding.address.user) for binding in person.bindings]
    return [(kind, value.casefold()) for kind, value in pairs if value]


def normal_phone(phone: str | None) -> str | None:
    try:
        return read_phone(phone) if phone else None
    except Unclear:
        return phone


def is_same_name(one: str, other: str) -> bool:
    """Tell whether two names are the same but for case, width, space and order."""
    return sorted(fold(one).replace(",", " ").split()) == sorted(fold(other).replace(",", " ").split()) or (
        fold(one).replace(" ", "") == fold(other).replace(" ", "")
    )


def match(
    rows: Mapping[int, InterviewDraft], found: Found, same_person: Mapping[int, int]
) -> dict[int, Match | Doubt]:
    """Return what each row means, by row number; rows with one value in `same_person` are about one person.

    First the certain ones: external id, then person, role and start. What is left of a person and role is
    moved to what is left in the list: one to one, several in the order of their starts if there are as many
    rows as open interviews, otherwise it is doubtful. A row whose person has nothing open is new, so two rows
    of one person and role with different starts are two interviews, the first time and ever after.
    """
    return _Matching(rows, found, same_person).run()


@dataclass(slots=True)
class _Matching:
    rows: Mapping[int, InterviewDraft]
    found: Found
    same_person: Mapping[int, int]
    matches: dict[int, Match | Doubt] = field(default_factory=dict)
    claimed: dict[UUID, int] = field(default_factory=dict)
    booked: dict[tuple[UUID, datetime], int] = field(default_factory=dict)
    told: dict[UUID, dict[str, tuple[int, str]]] = field(default_factory=dict)
    """What the rows so far say of a known person, by kind, and which row said it."""
    listed: set[Key] = field(default_factory=set)
    people: dict[Key, dict[UUID, Person]] = field(default_factory=lambda: defaultdict(dict))
    by_person: dict[UUID, list[Existing]] = field(default_factory=lambda: defaultdict(list))
    by_id: dict[tuple[str, str], list[Existing]] = field(default_factory=lambda: defaultdict(list))
    by_name: dict[str, list[Existing]] = field(default_factory=lambda: defaultdict(list))

    def run(self) -> dict[int, Match | Doubt]:
        self._index()
        # Those without phone or address go last: all that they have is a name.
        certain_first = sorted(self.rows.items(), key=lambda item: not item[1].has_contact)
        for step in (self._by_external_id, self._by_start, self._by_earlier_start, self._by_name):
            for row, draft in certain_first:
                if row not in self.matches and (result := step(draft)):
                    self._settle(row, result)
        self._move()
        self._refuse_split_people()
        self._let_stale_rows_rest()
        return self.matches

    def _refuse_split_people(self) -> None:
        """Refuse rows that the list says are about one person, and that were found to mean several."""
        groups: dict[int, dict[UUID, Person]] = defaultdict(dict)
        for row, match in self.matches.items():
            if isinstance(match, Match) and match.person:
                groups[self.same_person[row]][match.person.id] = match.person
        for row, match in self.matches.items():
            meant = groups[self.same_person[row]]
            if isinstance(match, Match) and len(meant) > 1:
                self.matches[row] = _belongs_to_another(self.rows[row], list(meant.values()), None)

    def _index(self) -> None:
        self.listed.update(key for draft in self.rows.values() for key in keys_of(draft))
        for one in sorted(
            self.found.interviews, key=lambda one: (one.interview.attempt.starts_at, one.interview.number)
        ):
            self.by_person[one.person.id].append(one)
            self.by_name[fold(one.person.name)].append(one)
            if one.interview.external_id:
                self.by_id[one.interview.company, fold(one.interview.external_id)].append(one)
        for person in (*self.found.people, *(one.person for one in self.found.interviews)):
            for key in keys_of_person(person):
                self.people[key][person.id] = person

    def _settle(self, row: int, result: Match | Doubt) -> None:
        if isinstance(result, Match) and result.person:
            result = self._beside_others(row, result, result.person) or result
        self.matches[row] = result
        if isinstance(result, Match) and result.existing and not result.is_superseded:
            self.claimed[result.existing.interview.id] = row

    def _beside_others(self, row: int, result: Match, person: Person) -> Doubt | None:
        """Return what contradicts another row of the same person, whom only what is known showed to be one."""
        draft = self.rows[row]
        first = row if result.is_superseded else self.booked.setdefault((person.id, draft.starts_at), row)
        if first != row:
            return Doubt(Field.NAME, same_as(first))
        told = self.told.setdefault(person.id, {})
        for kind, value in [("name", draft.name), *keys_of(draft)]:
            first, other = told.setdefault(kind, (row, value))
            if other != value and not (kind == "name" and is_same_name(other, value)):
                return Doubt(
                    field_of(kind),
                    t(
                        "Row {row} is about the same person and says {value}. Correct the wrong one.",
                        row=first,
                        value=other,
                    ),
                )
        return None

    def _let_stale_rows_rest(self) -> None:
        for row, result in sorted(self.matches.items()):
            if isinstance(result, Match) and result.existing and result.is_superseded:
                id_ = result.existing.interview.id
                self.matches[row] = replace(result, is_idle=id_ in self.claimed)
                self.claimed.setdefault(id_, row)

    def _people_of(self, draft: InterviewDraft) -> list[Person]:
        """Return the known people whom a draft's phone, address and accounts belong to."""
        found = {id_: person for key in keys_of(draft) for id_, person in self.people.get(key, {}).items()}
        return list(found.values())

    def _people_beside(self, row: int) -> list[Person]:
        """Return the known person whom another row of the same person was found to be about."""
        group = self.same_person[row]
        near = (match for other, match in self.matches.items() if self.same_person[other] == group)
        return [match.person for match in near if isinstance(match, Match) and match.person][:1]

    def _of_person(self, draft: InterviewDraft) -> Iterator[Existing]:
        """Yield the interviews that a draft may be, by its person and role."""
        if draft.has_contact:
            near = [one for person in self._people_of(draft) for one in self.by_person.get(person.id, ())]
        else:
            near = self.by_name.get(fold(draft.name), [])
        fitting = [one for one in near if self._may_be(draft, one)]
        yield from sorted(fitting, key=lambda one: fold(one.interview.role) != fold(draft.role))

    def _may_be(self, draft: InterviewDraft, one: Existing) -> bool:
        interview = one.interview
        other_id = (
            draft.external_id
            and interview.external_id
            and fold(draft.external_id) != fold(interview.external_id)
        )
        is_role = not draft.role or fold(draft.role) == fold(interview.role)
        return interview.company == draft.company and is_role and not other_id

    def _by_external_id(self, draft: InterviewDraft) -> Match | Doubt | None:
        if not draft.external_id or not (known := self.by_id.get((draft.company, fold(draft.external_id)))):
            return None
        one = (
            _first(one for one in known if one.interview.attempt.starts_at == draft.starts_at)
            or _first(one for one in known if _had(one, draft.starts_at))
            or _first(one for one in reversed(known) if one.interview.state in _REVIVED)
        )
        person = (one or known[-1]).person
        of_contact = self._people_of(draft)
        if any(other.id != person.id for other in of_contact):
            return _belongs_to_another(draft, of_contact, person)
        if not of_contact and not is_same_name(draft.name, person.name):
            return Doubt(
                Field.EXTERNAL_ID,
                t(
                    "{value} is the number of {interview}, which is {name}'s. Correct the number;"
                    " if the column only counts the rows, call it 序号.",
                    value=draft.external_id,
                    interview=(one or known[-1]).interview.label,
                    name=person.name,
                ),
            )
        if one is None:
            return Doubt(
                Field.EXTERNAL_ID,
                t(
                    "{value} is the number of {interview}, which is over. Give the next interview a number of its own.",
                    value=draft.external_id,
                    interview=known[-1].interview.label,
                ),
            )
        current = one.interview.attempt.starts_at
        if draft.outcome and current != draft.starts_at and not _had(one, draft.starts_at):
            return Doubt(
                Field.STARTS_AT,
                t(
                    "It has a result, but {interview} is known to start at another time. Correct one of them.",
                    interview=one.interview.label,
                ),
            )
        return Match(one, person, is_superseded=current != draft.starts_at and _had(one, draft.starts_at))

    def _by_start(self, draft: InterviewDraft) -> Match | Doubt | None:
        people = self._people_of(draft)
        if len(people) > 1:
            return _belongs_to_another(draft, people, None)
        fitting = [one for one in self._free(draft) if one.interview.attempt.starts_at == draft.starts_at]
        # Of what a row without role or without contact may be, what has none either comes first.
        fitting = [one for one in fitting if fold(one.interview.role) == fold(draft.role)] or fitting
        if not draft.has_contact:
            fitting = [one for one in fitting if not keys_of_person(one.person)] or fitting
        if len({one.person.id for one in fitting}) > 1:
            return _ambiguous(fitting)
        return Match(fitting[0], fitting[0].person) if fitting else None

    def _by_earlier_start(self, draft: InterviewDraft) -> Match | None:
        one = _first(
            one
            for one in self._of_person(draft)
            if _had(one, draft.starts_at) and not self._is_anothers(one, draft)
        )
        return Match(one, one.person, is_superseded=True) if one else None

    def _is_anothers(self, one: Existing, draft: InterviewDraft) -> bool:
        """Tell whether a row with another external id was found to mean this interview."""
        row = self.claimed.get(one.interview.id)
        other = self.rows[row].external_id if row is not None else None
        return bool(other and draft.external_id and fold(other) != fold(draft.external_id))

    def _by_name(self, draft: InterviewDraft) -> Match | None:
        """Find the interview whose candidate's number or address was corrected: the list has the old one no more."""
        if not draft.has_contact or self._people_of(draft):
            return None
        fitting = [
            one
            for one in self.by_name.get(fold(draft.name), ())
            if one.interview.id not in self.claimed
            and self._may_be(draft, one)
            and one.interview.attempt.starts_at == draft.starts_at
            and not self.listed.intersection(keys_of_person(one.person))
        ]
        if len(fitting) != 1:
            return None
        one = fitting[0]
        if not one.person.bindings:
            return Match(one, one.person)
        # Whoever bound is proven to be somebody else, or not: a list cannot tell, so nothing is taken over.
        return Match(
            notes=(
                t(
                    "{interview} has the same name, role and start, but another phone or address."
                    " If it is the same person, cancel one of the two.",
                    interview=one.interview.label,
                ),
            )
        )

    def _free(self, draft: InterviewDraft) -> Iterator[Existing]:
        return (one for one in self._of_person(draft) if one.interview.id not in self.claimed)

    def _move(self) -> None:
        """Settle the rows that are left: moves where something open is left too, otherwise new ones."""
        waiting: defaultdict[tuple[UUID, ...], list[int]] = defaultdict(list)
        for row, draft in self.rows.items():
            if row not in self.matches:
                is_open = [
                    one for one in self._free(draft) if one.interview.state in OPEN and not draft.outcome
                ]
                waiting[tuple(one.interview.id for one in is_open)].append(row)
        for ids, rows in waiting.items():
            rows.sort(key=lambda row: (self.rows[row].starts_at, row))
            is_open = [one for one in self._free(self.rows[rows[0]]) if one.interview.id in ids]
            if len({one.person.id for one in is_open}) > 1 or (is_open and len(is_open) != len(rows)):
                for row in rows:
                    self.matches[row] = _ambiguous(is_open)
                continue
            for place, row in enumerate(rows):
                self._settle(row, self._moved(row, is_open[place] if is_open else None))

    def _moved(self, row: int, one: Existing | None) -> Match | Doubt:
        draft = self.rows[row]
        people = [one.person] if one else self._people_of(draft) or self._people_beside(row)
        person = people[0] if people else None
        if person and not is_same_name(draft.name, person.name):
            return _belongs_to_another(draft, people, None)
        return Match(one, person)


def _had(one: Existing, starts_at: datetime) -> bool:
    return any(attempt.starts_at == starts_at for attempt in one.earlier)


def _first(found: Iterable[Existing]) -> Existing | None:
    return next(iter(found), None)


def same_as(row: int) -> Text:
    """Return what is wrong with a row that repeats an earlier one, or asks somebody to be in two places."""
    return t(
        "Row {row} has the same person at the same time. Delete one of the two, or correct its start.",
        row=row,
    )


def _ambiguous(open_: Sequence[Existing]) -> Doubt:
    labels = ", ".join(one.interview.label for one in open_)
    return Doubt(
        Field.STARTS_AT,
        t(
            "It is not certain which interview is meant: {interviews}. Give the external id,"
            " or move them one by one with turnout move.",
            interviews=labels,
        ),
    )


def _belongs_to_another(draft: InterviewDraft, people: Sequence[Person], expected: Person | None) -> Doubt:
    """Name the cell that belongs to somebody else than the row's candidate."""
    for kind, value in keys_of(draft):
        for person in people:
            is_other = expected.id != person.id if expected else not is_same_name(person.name, draft.name)
            if is_other and (kind, value) in keys_of_person(person):
                return Doubt(
                    field_of(kind),
                    t(
                        "{value} belongs to {name} already. Correct it, or write the name as it is known.",
                        value=value,
                        name=person.name,
                    ),
                )
    names = ", ".join(person.name for person in people)
    return Doubt(
        Field.NAME, t("The phone, e-mail and accounts belong to several people: {names}.", names=names)
    )


def field_of(kind: str) -> Field:
    """Return the column that a key of a person comes from."""
    return Field(kind) if kind in ("phone", "email", *CHANNELS) else Field.NAME
