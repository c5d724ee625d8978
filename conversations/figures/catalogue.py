"""Every figure, once: its name, its definition in words to stand beside it, and what it counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from conversations.figures.asked import Count
from locales.text import Text, ct, t


@dataclass(frozen=True, slots=True)
class RateOf:
    """Of the attempts that bear all marks in `among`, how many bear those in `hit` as well."""

    hit: tuple[str, ...]
    among: tuple[str, ...]

    @property
    def counts(self) -> tuple[Count, ...]:
        return Count((*self.among, *self.hit)), Count(self.among)


@dataclass(frozen=True, slots=True)
class SharesOf:
    """Of the attempts that bear all marks, how many there are of each value of a dimension."""

    among: tuple[str, ...]
    by: str

    @property
    def counts(self) -> tuple[Count, ...]:
        return (Count(self.among),)


@dataclass(frozen=True, slots=True)
class StagesOf:
    """Of the attempts that bear all marks, how many got to each step; one may skip a step."""

    among: tuple[str, ...]
    steps: tuple[tuple[str, Text], ...]

    @property
    def counts(self) -> tuple[Count, ...]:
        return Count(self.among), *(Count((*self.among, name)) for name, _ in self.steps)


@dataclass(frozen=True, slots=True)
class SpansOf:
    """How long it took from the flag until the case was closed, of the attempts that bear all marks."""

    among: tuple[str, ...]

    @property
    def counts(self) -> tuple[Count, ...]:
        return ()


@dataclass(frozen=True, slots=True)
class AverageOf:
    """The mean of an amount over the attempts that bear all marks."""

    adds: str
    among: tuple[str, ...]

    @property
    def counts(self) -> tuple[Count, ...]:
        return Count(self.among, self.adds), Count(self.among)


How = RateOf | SharesOf | StagesOf | SpansOf | AverageOf

STEPS: tuple[tuple[str, Text], ...] = (
    ("invited", ct("funnel", "invited")),
    ("bound", ct("funnel", "came to the bot")),
    ("reminded", ct("funnel", "reminded")),
    ("confirmed", ct("funnel", "confirmed")),
    ("checked", ct("funnel", "checked their device")),
    ("entered", ct("funnel", "tapped the link")),
    ("came", ct("funnel", "joined")),
)


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure that may be asked for by name."""

    name: str
    label: Text
    definition: Text
    how: How


FIGURES: Mapping[str, Figure] = {
    figure.name: figure
    for figure in (
        Figure(
            "no_show_rate",
            t("no-show rate"),
            t(
                "Of the interviews that were due, the share where the candidate did not join. Each appointment counts "
                "by itself, also after rebooking; cancelled, moved and undecided ones do not. "
                "The range is Wilson's interval at 95 percent."
            ),
            RateOf(("no_show",), ("decided",)),
        ),
        Figure(
            "reasons",
            t("reasons"),
            t(
                "Of all no-shows, the share of each reason the candidate or HR gave; the unknown ones are shown too."
            ),
            SharesOf(("no_show",), "reason"),
        ),
        Figure(
            "technical_checks",
            t("what the device check had found"),
            t(
                "Of the no-shows for technical reasons, the worst finding of the last device check, made up to an hour "
                "after the start."
            ),
            SharesOf(("no_show", "technical"), "check"),
        ),
        Figure(
            "technical_devices",
            t("browser and system"),
            t(
                "Of the no-shows for technical reasons, the browser and system that the device check was made with."
            ),
            SharesOf(("no_show", "technical"), "device"),
        ),
        Figure(
            "checks_passed",
            t("device check passed"),
            t(
                "Of the appointments whose candidate checked their device, up to an hour after the start, the share "
                "whose last check found nothing that has to be fixed; cancelled and moved ones do not count."
            ),
            RateOf(("check_passed",), ("counted", "checked")),
        ),
        Figure(
            "handling_time",
            t("no-show handling time"),
            t("From the no-show flag until its case was closed. Cases that are still open do not count yet."),
            SpansOf(("no_show", "closed")),
        ),
        Figure(
            "handled_late",
            t("handled after more than 2 hours"),
            t("Of the no-shows whose case is closed, the share that took more than two hours from the flag."),
            RateOf(("slow",), ("no_show", "closed")),
        ),
        Figure(
            "contacted_in_time",
            t("asked within the hour"),
            t(
                "Of all no-shows, the share whose question why was accepted by a platform within an hour of the flag. "
                "Those whose hour is not over yet do not count."
            ),
            RateOf(("asked_in_time",), ("no_show", "watched", "hour_over")),
        ),
        Figure(
            "rebooked",
            t("rebooked after a no-show"),
            t("Of all no-shows, the share who took a new appointment."),
            RateOf(("rebooked",), ("no_show",)),
        ),
        Figure(
            "recovered",
            t("recovered after a no-show"),
            t(
                "Of all no-shows, the share who took a new appointment and joined it. "
                "A new appointment that is still ahead does not count yet."
            ),
            RateOf(("rebooked", "joined_later"), ("no_show",)),
        ),
        Figure(
            "funnel",
            t("from invitation to interview"),
            t(
                "Of all appointments that were neither cancelled nor moved, how many candidates were invited, came to "
                "the bot, were reminded, confirmed, checked their device, tapped the link and joined. One may skip a "
                "step; past interviews that were imported do not count."
            ),
            StagesOf(("counted", "watched"), STEPS),
        ),
        Figure(
            "rating",
            t("candidates' rating"),
            t(
                "The mean of what candidates answered to “How was everything?”, from 1, poor, to 5, very good."
            ),
            AverageOf("rating", ("rated",)),
        ),
        Figure(
            "satisfaction",
            t("satisfied candidates"),
            t("Of the candidates who answered how everything was, the share who gave 4 or 5 of 5."),
            RateOf(("content",), ("rated",)),
        ),
        Figure(
            "response",
            t("answered the survey"),
            t("Of the candidates who were asked how everything was, the share who answered."),
            RateOf(("rated",), ("surveyed", "watched")),
        ),
        Figure(
            "reminders_right",
            t("reminders were just right"),
            t(
                "Of the candidates who answered about the reminders, the share who found them neither too many nor too "
                "few."
            ),
            RateOf(("reminders_right",), ("reminders_answered",)),
        ),
        Figure(
            "support_timely",
            t("support was there in time"),
            t("Of the candidates who answered about support, the share who found it there in time."),
            RateOf(("support_timely",), ("support_answered",)),
        ),
        Figure(
            "four_elements",
            t("reminded with all four elements"),
            t(
                "Of the interviews that were due, the share with at least one reminder accepted by a platform. Every "
                "reminder holds time, link, device requirements and support: a configuration that lacks one is refused."
            ),
            RateOf(("reminded",), ("decided", "watched")),
        ),
        Figure(
            "two_channels",
            t("reminded on two channels"),
            t(
                "Of the interviews that were due, the share whose reminders were accepted by at least two channels."
            ),
            RateOf(("two_channels",), ("decided", "watched")),
        ),
        Figure(
            "owned",
            t("every case had an owner"),
            t(
                "Of the interviews that were due, the share without a case that nobody took or settled within two "
                "hours."
            ),
            RateOf(("owned",), ("decided", "watched")),
        ),
        Figure(
            "standard",
            t("meets the whole standard"),
            t(
                "Of the interviews that were due, the share that meets every rule of the standard that concerns it: "
                "all four elements, two channels, an owner for each case, and for a no-show the question why within "
                "the hour."
            ),
            RateOf(("conforms",), ("decided", "watched")),
        ),
    )
}
