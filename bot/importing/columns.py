"""What the headings of a list mean, in Chinese and English, however they are written."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from bot.importing.problems import Unreadable
from bot.importing.words import word_key, words
from locales.text import t
from locales.zones import zone_from_alias


class Field(StrEnum):
    """What a column can hold; everything else is a tag."""

    NAME = "name"
    FAMILY_NAME = "family_name"
    GIVEN_NAME = "given_name"
    PHONE = "phone"
    EMAIL = "email"
    COMPANY = "company"
    ROLE = "role"
    SOURCE = "source"
    CANDIDATE_TYPE = "candidate_type"
    STARTS_AT = "starts_at"
    DAY = "date"
    TIME = "time"
    ENDS_AT = "ends_at"
    DURATION = "duration"
    CAPACITY = "capacity"
    ZONE = "zone"
    LINK = "link"
    MEETING = "meeting"
    """A meeting number in a column of its own; it serves where the link is empty."""
    LANGUAGE = "language"
    TELEGRAM = "telegram"
    SLACK = "slack"
    WECOM = "wecom"
    WECHAT = "wechat"
    EXTERNAL_ID = "external_id"
    RECRUITER = "recruiter"
    OUTCOME = "outcome"
    ATTENDED = "attended"
    """The outcome as an answer to yes or no."""
    REASON = "reason"
    HANDLED = "handled"
    """How long a past no-show took to settle, in minutes."""
    SATISFACTION = "satisfaction"
    """How a past candidate found it, 1 to 5."""
    ROW_NUMBER = "row_number"
    """Counts the rows and means nothing: never a tag, for it changes whenever the list is sorted."""


CHANNELS = (Field.TELEGRAM, Field.SLACK, Field.WECOM, Field.WECHAT)

_WORDS = words("headings")

_SLOT_FIELDS = (
    Field.STARTS_AT,
    Field.DAY,
    Field.TIME,
    Field.ENDS_AT,
    Field.DURATION,
    Field.CAPACITY,
    Field.ZONE,
    Field.COMPANY,
    Field.ROLE,
    Field.LINK,
    Field.MEETING,
    Field.ROW_NUMBER,
)
_NOT_FOR_INTERVIEWS = (Field.ENDS_AT, Field.DURATION, Field.CAPACITY)


def _without_remarks(heading: str) -> tuple[str, tuple[str, ...]]:
    """Split 面试时间（北京时间） into the heading and what stands in brackets."""
    folded = unicodedata.normalize("NFKC", heading)
    remarks = re.findall(r"[(\[【〔]([^)\]】〕]*)[)\]】〕]", folded)
    return re.sub(r"[(\[【〔][^)\]】〕]*[)\]】〕]?", " ", folded), tuple(remarks)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The headings that a kind of list knows, and how many of them make a header row."""

    by_key: Mapping[str, Field]
    fewest: int

    @classmethod
    def of(cls, fields: Iterable[Field], fewest: int) -> Vocabulary:
        return cls({word_key(word): one for one in fields for word in _WORDS[one.value]}, fewest)

    def field(self, heading: str) -> Field | None:
        """Return what a heading means, or None when it names one of the company's own columns."""
        bare, _ = _without_remarks(heading)
        return self.by_key.get(word_key(heading)) or self.by_key.get(word_key(bare))

    def count(self, cells: Iterable[str]) -> int:
        """Return how many different known headings stand among the cells of a row."""
        return len({known for cell in cells if len(cell) <= 60 and (known := self.field(cell))})


INTERVIEWS = Vocabulary.of((one for one in Field if one not in _NOT_FOR_INTERVIEWS), fewest=2)
SLOTS = Vocabulary.of(_SLOT_FIELDS, fewest=1)


def suggested(one: Field) -> str:
    """Return the heading to write for a field, in Chinese and English."""
    chinese, english = _WORDS[one.value][:2]
    return chinese if chinese == english else f"{chinese} / {one.value}"


@dataclass(frozen=True, slots=True)
class Columns:
    """Which column holds what; a field stands in one column only."""

    places: Mapping[Field, int]
    headings: Mapping[Field, str]
    """The known headings as the list writes them."""
    tags: Mapping[int, str] = field(default_factory=dict)
    """The company's own columns, by place."""
    zone_hints: Mapping[Field, str] = field(default_factory=dict)
    """Zones that stand in a heading: 面试时间（北京时间）."""

    @classmethod
    def of(cls, headings: Sequence[str], vocabulary: Vocabulary, file: str) -> Columns:
        """Tell the columns apart; raises Unreadable when two of them hold the same thing."""
        places: dict[Field, int] = {}
        tags: dict[int, str] = {}
        hints: dict[Field, str] = {}
        for place, heading in enumerate(headings):
            known = vocabulary.field(heading)
            if known in places:
                raise _twice(file, headings[places[known]], heading, known)
            if known:
                places[known] = place
                for remark in _without_remarks(heading)[1]:
                    if zone := zone_from_alias(remark):
                        hints[known] = zone
            elif word_key(heading):
                name = heading
                if name in tags.values():
                    name = f"{heading} ({place + 1})"
                tags[place] = name
        _join_day_and_time(places, hints)
        for one, other in ((Field.STARTS_AT, Field.TIME), (Field.OUTCOME, Field.ATTENDED)):
            if one in places and other in places:
                raise _twice(file, headings[places[one]], headings[places[other]], one)
        return cls(places, {known: headings[place] for known, place in places.items()}, tags, hints)

    def cell(self, cells: Sequence[str], one: Field) -> str:
        """Return a row's cell of a field; nothing where there is no such column or the row is shorter."""
        place = self.places.get(one)
        return cells[place] if place is not None and place < len(cells) else ""

    def heading(self, one: Field) -> str:
        """Return a field's heading as it is written, or the one to add if there is none."""
        return self.headings.get(one) or suggested(one)

    @property
    def start(self) -> Field:
        """The column that problems with the start are reported for."""
        return next((one for one in (Field.STARTS_AT, Field.DAY) if one in self.places), Field.STARTS_AT)


def _join_day_and_time(places: dict[Field, int], hints: dict[Field, str]) -> None:
    """Beside 面试日期, a column 面试时间 or 时间 holds the time of day; alone it holds both."""
    if Field.DAY in places and Field.TIME not in places and Field.STARTS_AT in places:
        source, target = Field.STARTS_AT, Field.TIME
    elif Field.DAY not in places and Field.TIME in places and Field.STARTS_AT not in places:
        source, target = Field.TIME, Field.STARTS_AT
    else:
        return
    places[target] = places.pop(source)
    if source in hints:
        hints[target] = hints.pop(source)


def _twice(file: str, first: str, second: str, known: Field) -> Unreadable:
    return Unreadable(
        t(
            "{file}: the columns {first} and {second} both hold the same thing ({field})."
            " Rename or delete one of them, then import again.",
            file=file,
            first=first,
            second=second,
            field=suggested(known),
        )
    )
