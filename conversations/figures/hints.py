"""What figures suggest to do: the rule told with the hint, and a change of the configuration to preview."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from conversations.figures.dimensions import said
from conversations.figures.facts import HANDLED_WITHIN
from conversations.figures.numbers import SMALLEST_GROUP, Durations
from conversations.figures.views import ByGroup, Group, Share
from conversations.interview import Reason
from conversations.policy import Policy, Rung
from locales.text import Percent, Span, Text, ct, t

TECHNICAL_SHARE = 0.4
"""Of the known reasons."""
SEGMENT = 20
"""A segment of fewer interviews says too little to act on."""
_EXTRA = timedelta(hours=2)
_SHORTEST = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Setting:
    """A key of the configuration, and what it would be set to."""

    key: str
    value: str

    @property
    def typed(self) -> Text:
        """The command that shows what the change would do, before it does it."""
        return ct("typed", "config set {key} {value} --dry-run", key=self.key, value=self.value)


@dataclass(frozen=True, slots=True)
class Hint:
    """What stands out, by which rule, what helps, and the change to look at; None where no key changes it."""

    name: str
    finding: Text
    rule: Text
    advice: Text
    setting: Setting | None = None

    @property
    def way(self) -> Text:
        """What helps, with the line that shows what the change would do."""
        if self.setting is None:
            return self.advice
        return ct("hint", "{advice} Preview: {typed}", advice=self.advice, typed=self.setting.typed)


def hints(
    policy: Policy,
    shares: Sequence[Share] = (),
    segments: Iterable[ByGroup] = (),
    handling: Durations | None = None,
    named: Callable[[str, str], Text] = said,
) -> tuple[Hint, ...]:
    """Return what the figures suggest, the most certain first; `named` says a segment in words."""
    found = [*_technical(policy, shares)]
    for segment in segments:
        found += _segment(policy, segment, named)
    if handling is not None:
        found += _slow(policy, handling)
    return tuple(found)


def _technical(policy: Policy, shares: Sequence[Share]) -> Iterator[Hint]:
    known = sum(share.k for share in shares if share.reason is not None)
    technical = sum(share.k for share in shares if share.reason is Reason.TECHNICAL)
    if known < SMALLEST_GROUP or technical / known < TECHNICAL_SHARE:
        return
    yield Hint(
        "technical",
        t(
            "Technical problems are {share} of the known reasons ({k} of {n}).",
            share=Percent(technical / known),
            k=technical,
            n=known,
        ),
        t("Rule: {share} of the known reasons or more.", share=Percent(TECHNICAL_SHARE)),
        t("Send the list of browsers that work, and the device check, well before the interview."),
        _check_before(policy),
    )


def _check_before(policy: Policy) -> Setting | None:
    """Offer the device check; where it is offered, one more reminder brings it to mind while help is still there."""
    if not policy.precheck.offered and not policy.precheck_url:
        return Setting("precheck.offered", "true")
    if any(rung.before == _EXTRA for rung in policy.rungs):
        return None
    rungs = sorted((*policy.rungs, Rung("", _EXTRA)), key=lambda rung: -rung.before)
    return Setting("rungs", ",".join(_span(rung.before) for rung in rungs))


def _segment(policy: Policy, found: ByGroup, named: Callable[[str, str], Text]) -> Iterator[Hint]:
    worst = next((group for group in found.groups if _is_to_act_on(group)), None)
    if worst is None:
        return
    everywhere = all(rung.delivery == "all" for rung in policy.rungs)
    yield Hint(
        f"segment:{found.dimension}",
        t(
            "{group}: no-show rate {rate} (n = {n}), {overall} overall.",
            group=named(found.dimension, worst.value),
            rate=Percent(worst.rate.ratio or 0.0),
            n=worst.rate.n,
            overall=Percent(found.average.ratio or 0.0),
        ),
        t("Rule: above all others together for more than chance, with {n} interviews or more.", n=SEGMENT),
        t("Reach them on another channel as well, or call those who have not confirmed."),
        None if everywhere else Setting("delivery", "all"),
    )


def _is_to_act_on(group: Group) -> bool:
    return bool(group.value) and group.stands_out and group.rate.n >= SEGMENT


def _slow(policy: Policy, handling: Durations) -> Iterator[Hint]:
    if handling.median is None or handling.n < SMALLEST_GROUP or handling.median <= HANDLED_WITHIN:
        return
    shorter = max(_SHORTEST, policy.acknowledge_within / 2)
    yield Hint(
        "handling",
        t("Half of the no-shows take longer than {span} to settle.", span=Span(handling.median)),
        t("Rule: a median over {span}.", span=Span(HANDLED_WITHIN)),
        t("Let cases that nobody takes go on to the next person sooner."),
        Setting("acknowledge_within", _span(shorter)) if shorter < policy.acknowledge_within else None,
    )


def _span(span: timedelta) -> str:
    """Return a span as the configuration writes it."""
    seconds = int(span.total_seconds())
    for unit, size in (("h", 3600), ("m", 60)):
        if seconds % size == 0:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"
