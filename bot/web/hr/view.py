"""What the page of figures says: tiles, charts with the tables that say the same, definitions; all in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.web.hr.asking import DAYS, DEFAULT, FILTERS, Choices, Query
from conversations.commands.figured import period_of, range_of, too_few
from conversations.figures import (
    FIGURES,
    REASONS,
    SMALLEST_GROUP,
    ByGroup,
    Change,
    Durations,
    Group,
    Rate,
)
from conversations.figures.board import Against, Board
from conversations.figures.dimensions import WEEKDAYS
from conversations.figures.hints import Hint
from conversations.pictures import (
    Picture,
    funnel_picture,
    groups_picture,
    heat_picture,
    reasons_picture,
    trend_picture,
)
from locales.text import Day, Percent, Points, Reader, Span, Text, ct, nt, t
from locales.translate import render

NOTHING = "–"
_SMALL_CHANGE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Tile:
    """One figure at a glance; `tone` is "better", "worse" or "" and only repeats what `verdict` says."""

    name: str
    label: str
    value: str
    of: str
    change: str
    verdict: str
    tone: str
    definition: str


@dataclass(frozen=True, slots=True)
class Plot:
    """A chart with what it shows as words and as a table; no picture where there is nothing to see."""

    name: str
    label: str
    finding: str
    picture: Picture | None
    alt: str
    definition: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Advice:
    finding: str
    advice: str
    rule: str
    typed: str


@dataclass(frozen=True, slots=True)
class Blank:
    """One thing to choose in the form; `wrong` says what is wrong with what was chosen."""

    name: str
    label: str
    options: tuple[tuple[str, str], ...]
    value: str
    wrong: str = ""


class View:
    """Says a board for one reader."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader

    def words(self, text: Text) -> str:
        return render(text, self.reader)

    # -- at a glance -------------------------------------------------------------------------------------

    def lead(self, board: Board) -> str:
        """Return in a sentence or two how it stands."""
        rate = board.rates["no_show_rate"]
        if not rate.now.n:
            return self.words(t("No interview was due in these days. Choose more of them."))
        if not rate.now.is_shown:
            return self.words(too_few("", board.asked, rate.now.n).lead)
        found = t(
            "{rate} of the interviews due were missed: {k} of {n}.",
            rate=_ratio(rate.now), k=rate.now.k, n=rate.now.n,
        )  # fmt: skip
        if rate.change is None:
            return self.words(found)
        if not rate.change.is_significant:
            since = t("No clear change against the same time before.")
        elif rate.change.difference < 0:
            since = t("That is better than in the same time before, by more than chance.")
        else:
            since = t("That is worse than in the same time before, by more than chance.")
        return self.words(ct("figures", "{found} {since}", found=found, since=since))

    def tiles(self, board: Board) -> Iterator[Tile]:
        missed = board.rates["no_show_rate"]
        of = t("{k} of {n}; {range}", k=missed.now.k, n=missed.now.n, range=range_of(missed.now))
        yield self._rate("no_show_rate", missed, more_is_better=False, of=of)
        yield self._rate("checks_passed", board.rates["checks_passed"])
        yield self._rate("recovered", board.rates["recovered"])
        yield self._handling(board)
        yield self._satisfaction(board)

    def _rate(self, name: str, rate: Against, *, more_is_better: bool = True, of: Text | None = None) -> Tile:
        figure = FIGURES[name]
        change = rate.change
        tone = _tone(change, more_is_better=more_is_better)
        return Tile(
            name,
            self.words(figure.label),
            self.words(t("{rate}", rate=_ratio(rate.now))) if rate.now.is_shown else NOTHING,
            self.words(of or _of(rate.now)) if rate.now.is_shown else self.words(_few(rate.now.n)),
            self.words(_since(change)) if change is not None else "",
            self.words(_VERDICTS[tone]) if change is not None else "",
            tone,
            self.words(figure.definition),
        )

    def _handling(self, board: Board) -> Tile:
        figure, now, before = FIGURES["handling_time"], board.handling, board.handling_before
        change = tone = ""
        if now.median is None or now.n < SMALLEST_GROUP:
            return Tile("handling_time", self.words(figure.label), NOTHING, self.words(_few(now.n)), "", "", "",
                        self.words(figure.definition))  # fmt: skip
        if before.median is not None and before.n >= SMALLEST_GROUP:
            change = self.words(t("median before: {span}", span=Span(_rounded(before.median))))
        return Tile(
            "handling_time",
            self.words(figure.label),
            self.words(t("{span}", span=Span(_rounded(now.median)))),
            self.words(self._handled(board, now)),
            change,
            tone,
            "",
            self.words(figure.definition),
        )

    def _handled(self, board: Board, now: Durations) -> Text:
        late, p90 = board.rates["handled_late"].now, now.p90 or timedelta()
        return t(
            "median of {n}; nine in ten within {p90}, {late} over 2 hours",
            n=now.n, p90=Span(_rounded(p90)), late=_ratio(late),
        )  # fmt: skip

    def _satisfaction(self, board: Board) -> Tile:
        rate, response = board.rates["satisfaction"], board.rates["response"].now
        of = t("{k} of {n} who answered", k=rate.now.k, n=rate.now.n)
        if response.n:
            of = t(
                "{k} of {n} who answered; {response} of those asked did",
                k=rate.now.k, n=rate.now.n, response=_ratio(response),
            )  # fmt: skip
        return self._rate("satisfaction", rate, of=of)

    # -- charts ------------------------------------------------------------------------------------------

    def plots(self, board: Board) -> Iterator[Plot]:
        yield self._trend(board)
        yield self._heat(board)
        yield self._reasons(board)
        yield self._funnel(board)
        for found in board.groups:
            yield self._groups(board, found)

    def _plot(
        self,
        name: str,
        label: Text,
        picture: Picture | None,
        definition: Text,
        columns: Sequence[Text],
        rows: Sequence[Sequence[Text]],
        note: Text | None = None,
        otherwise: Text | None = None,
    ) -> Plot:
        """Return what is shown; without a picture `otherwise` says why, where it is not that there is too little."""
        return Plot(
            name,
            self.words(label),
            self.words(picture.title if picture is not None else otherwise or _NOTHING_TO_SEE),
            picture,
            self.words(picture.alt) if picture is not None else "",
            self.words(definition),
            tuple(map(self.words, columns)) if rows else (),
            tuple(tuple(map(self.words, row)) for row in rows),
            self.words(note) if note is not None else "",
        )

    def _trend(self, board: Board) -> Plot:
        picture = trend_picture(board.trend, _NO_SCOPE)
        known = [point for point in board.trend.points if point.rate.n]
        return self._plot(
            "trend",
            ct("figures", "No-show rate by week"),
            picture,
            t(
                "Weeks begin on Monday. Those of fewer than 5 interviews have no rate; the running one is not drawn."
            ),
            (ct("column", "Week from"), ct("column", "Rate"), ct("column", "Missed of due")),
            [(t("{day}", day=Day(point.first)), _shown(point.rate), _k_of_n(point.rate)) for point in known],
        )

    def _heat(self, board: Board) -> Plot:
        hidden = board.heat.hidden
        cells = sorted(board.heat.cells.items())
        return self._plot(
            "heat",
            ct("figures", "No-show rate by hour and weekday"),
            heat_picture(board.heat, _NO_SCOPE),
            t("On the clocks where the interviews take place; the darker, the more were missed."),
            (ct("column", "Hour"), ct("column", "Rate"), ct("column", "Missed of due")),
            [
                (
                    ct("figures", "{weekday}, {hour}:00", weekday=WEEKDAYS[day - 1], hour=hour),
                    _shown(rate),
                    _k_of_n(rate),
                )
                for (day, hour), rate in cells
            ],
            nt(
                "{n} interview in hours of fewer than 5 is not shown.",
                "{n} interviews in hours of fewer than 5 are not shown.",
                hidden,
            )
            if hidden
            else None,
        )

    def _reasons(self, board: Board) -> Plot:
        is_shown = sum(share.k for share in board.shares) >= SMALLEST_GROUP
        return self._plot(
            "reasons",
            ct("figures", "Why candidates did not come"),
            reasons_picture(board.shares, _NO_SCOPE),
            FIGURES["reasons"].definition,
            (ct("column", "Reason"), ct("column", "Share"), ct("column", "Number")),
            [
                (REASONS[share.reason], t("{share}", share=Percent(share.ratio)), t("{n}", n=share.k))
                for share in board.shares
            ]
            if is_shown
            else (),
        )

    def _funnel(self, board: Board) -> Plot:
        stages = board.funnel.stages
        is_shown = bool(stages) and stages[0].n >= SMALLEST_GROUP
        return self._plot(
            "funnel",
            ct("figures", "From invitation to interview"),
            funnel_picture(board.funnel, _NO_SCOPE) if is_shown else None,
            FIGURES["funnel"].definition,
            (ct("column", "Step"), ct("column", "Share"), ct("column", "Number")),
            [(stage.label, t("{share}", share=Percent(stage.k / stage.n)), t("{k} of {n}", k=stage.k, n=stage.n))
             for stage in stages] if is_shown else (),
        )  # fmt: skip

    def _groups(self, board: Board, found: ByGroup) -> Plot:
        named = board.asked.named
        picture = groups_picture(found, _NO_SCOPE, named) if len(found.groups) > 1 else None
        rows = [self._group(found, group, board) for group in found.groups]
        if rows:
            average = found.average
            rows.append((ct("figures", "all"), _shown(average), _k_of_n(average), _range(average)))
        return self._plot(
            f"by-{found.dimension.replace(':', '-')}" if ":" not in found.dimension else "by-tag",
            ct("figures", "No-show rate by {dimension}", dimension=found.label),
            picture,
            t("The thin line is the range at 95 percent, the dashed line all together."),
            (
                ct("column", "Group"),
                ct("column", "Rate"),
                ct("column", "Missed of due"),
                ct("column", "95% range"),
            ),
            rows,
            _hidden(found),
            t("All of one group: {group}", group=named(found.dimension, found.groups[0].value))
            if len(found.groups) == 1
            else None,
        )

    def _group(self, found: ByGroup, group: Group, board: Board) -> tuple[Text, ...]:
        name = board.asked.named(found.dimension, group.value)
        rate = _shown(group.rate)
        if group.against is not None and group.against.is_significant:
            rate = (
                ct("figures", "{rate}, above the others", rate=rate)
                if group.stands_out
                else ct("figures", "{rate}, below the others", rate=rate)
            )
        return name, rate, _k_of_n(group.rate), _range(group.rate)

    # -- what stands out ---------------------------------------------------------------------------------

    def advice(self, hints: Sequence[Hint]) -> Iterator[Advice]:
        for hint in hints:
            yield Advice(
                self.words(hint.finding),
                self.words(hint.advice),
                self.words(hint.rule),
                self.words(hint.setting.typed) if hint.setting is not None else "",
            )

    # -- what is asked -----------------------------------------------------------------------------------

    def period(self, query: Query) -> str:
        return self.words(period_of(query.asked))

    def blanks(self, query: Query, choices: Choices) -> Iterator[Blank]:
        """Yield everything that can be chosen; what has only one value is no choice."""
        wrong = {each.key: self.words(each.why) for each in query.wrong}
        for key, label in LABELS.items():
            options = choices.of(key)
            given = query.given.get(key, "")
            if key in FILTERS and len(options) < 2 and not given:
                continue
            if key in ("tag", "by") and not options:
                continue
            named = tuple((value, self.words(words)) for value, words in options.items())
            first = ("", self.words(_ANY if key != "by" else _NONE))
            yield Blank(key, self.words(label), (first, *named), given, wrong.get(key, ""))

    def days(self, query: Query) -> Iterator[tuple[str, str, bool]]:
        """Yield the spans of days that are one tap away: name, words, and whether it is this one."""
        is_own = bool(query.given.keys() & {"from", "to"})
        for name, words in DAYS.items():
            yield name, self.words(words), not is_own and query.given.get("days", DEFAULT) == name

    def chips(self, query: Query, choices: Choices) -> Iterator[tuple[str, str]]:
        """Yield what the figures are narrowed down to: name and words."""
        for key in (*FILTERS, "tag"):
            value = query.given.get(key)
            if value is not None and value in choices.of(key):
                said_as = choices.of(key)[value]
                yield key, self.words(ct("filter", "{label}: {value}", label=LABELS[key], value=said_as))


LABELS: Mapping[str, Text] = {
    "company": ct("filter", "Company"),
    "job": ct("filter", "Job"),
    "source": ct("filter", "Source"),
    "type": ct("filter", "Type"),
    "recruiter": ct("filter", "Recruiter"),
    "tag": ct("filter", "Column"),
    "by": ct("filter", "Also split by"),
}
_ANY = ct("filter", "all")
_NONE = ct("filter", "nothing else")
_NO_SCOPE = t("{scope}", scope="")
"""The page says once which days and whose interviews it shows."""
_NOTHING_TO_SEE = t("Fewer than 5: nothing to see yet.")
_VERDICTS: Mapping[str, Text] = {
    "better": ct("change", "better"),
    "worse": ct("change", "worse"),
    "": ct("change", "no clear change"),
}


def _since(change: Change) -> Text:
    return ct(
        "change", "{points}, from {before}", points=Points(change.difference), before=_ratio(change.before)
    )


def _tone(change: Change | None, *, more_is_better: bool) -> str:
    if change is None or not change.is_significant:
        return ""
    return "better" if (change.difference > 0) is more_is_better else "worse"


def _few(n: int) -> Text:
    return t("only {n} so far: shown from 5 on", n=n) if n else t("none in these days")


def _hidden(found: ByGroup) -> Text | None:
    if found.others is None:
        return None
    return nt(
        "{n} group of fewer than 5 interviews is not shown by itself.",
        "{n} groups of fewer than 5 interviews are not shown by themselves.",
        found.others.groups,
    )


def _ratio(rate: Rate) -> Percent:
    return Percent(rate.ratio or 0.0)


def _shown(rate: Rate) -> Text:
    return t("{rate}", rate=_ratio(rate)) if rate.is_shown else t("{nothing}", nothing=NOTHING)


def _k_of_n(rate: Rate) -> Text:
    """Return what a rate is counted from; of too few only how many they are."""
    return t("{k} of {n}", k=rate.k, n=rate.n) if rate.is_shown else t("{n}", n=rate.n)


def _range(rate: Rate) -> Text:
    low, high = Percent(rate.low), Percent(rate.high)
    return (
        ct("figures", "{low} to {high}", low=low, high=high)
        if rate.is_shown
        else t("{nothing}", nothing=NOTHING)
    )


def _of(rate: Rate) -> Text:
    return t("{k} of {n}", k=rate.k, n=rate.n)


def _rounded(span: timedelta) -> timedelta:
    return max(_SMALL_CHANGE, timedelta(minutes=round(span.total_seconds() / 60))) if span else span
