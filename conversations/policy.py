"""What a company decided: rungs, patience, quiet hours, support. Loaded and checked elsewhere; here it is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from typing import Literal

from conversations.holidays import Holidays
from conversations.identity import Place

Localised = Mapping[str, str]
"""The company's own words by language tag."""


@dataclass(frozen=True, slots=True)
class Rung:
    """One reminder of the ladder; its configured name is its identity and is never sent twice per attempt."""

    name: str
    before: timedelta
    channels: tuple[str, ...] = ()
    """Channels in order of preference; the others only when none of these reaches somebody. Empty for all."""
    delivery: Literal["all", "fallback"] = "fallback"
    when_confirmed: bool = True
    """Whether somebody who confirmed still gets it."""


@dataclass(frozen=True, slots=True)
class Support:
    """Whom a candidate can turn to, and when."""

    name: Localised
    phone: str
    opens: time
    closes: time
    zone: str
    days: frozenset[int] = frozenset(range(7))
    """Weekdays on which somebody is there, Monday is 0."""
    email: str = ""


@dataclass(frozen=True, slots=True)
class Duty:
    """When somebody is on duty for a team: they are called first."""

    team: str
    """`hr` or `support`."""
    who: str
    """Their mailbox, or `account:user` as a platform knows them."""
    opens: time
    closes: time
    days: frozenset[int] = frozenset(range(7))
    """Weekdays on which it begins, Monday is 0."""
    zone: str = ""
    """Empty for the company's."""


@dataclass(frozen=True, slots=True)
class DeviceCheck:
    """What a candidate's device has to do for the interview, as our own page checks it."""

    offered: bool = True
    camera: bool = True
    microphone: bool = True
    speaker: bool = True
    camera_height: int = 480
    """Pixels; a smaller picture is a remark."""
    screen_width: int = 0
    """Pixels; 0 for any screen."""
    down_kbps: int = 1500
    up_kbps: int = 1000
    rtt_ms: int = 300
    jitter_ms: int = 50
    battery_percent: int = 30
    """Below it, and not charging, is a remark."""
    turn_url: str = ""
    """A TURN server to test the relay with, `turn:…` or `turns:…`."""
    turn_user: str = ""
    """Empty where the server shares a secret with us, by which users are made for some hours."""
    turn_secret: str = ""


@dataclass(frozen=True, slots=True)
class Policy:
    """Everything a company decided for one role."""

    company: str
    display_name: Localised
    zone: str
    languages: tuple[str, ...]
    """Languages offered to candidates; the first is the default."""
    rungs: tuple[Rung, ...]
    """From the earliest to the latest."""
    support: Support
    devices: Localised
    """What a candidate needs to take part."""
    guide_url: str = ""
    faq_url: str = ""
    precheck_url: str = ""
    """The company's own device check, instead of our page."""
    precheck: DeviceCheck = DeviceCheck()
    privacy_url: str = ""
    what_next: Localised = field(default_factory=dict)
    """What follows a completed interview, and by when."""
    blocks: Mapping[str, Localised] = field(default_factory=dict)
    """The role's own content, by name: a note on the coding task, a sales scenario."""
    formal: bool = True
    rescue_after: timedelta = timedelta(minutes=3)
    grace: timedelta = timedelta(minutes=10)
    patience: timedelta = timedelta(hours=24)
    """How long a question to a candidate stays open before a person takes over."""
    ask_within: timedelta = timedelta(hours=1)
    """The candidate is asked why within this; HR is warned after three quarters of it."""
    acknowledge_within: timedelta = timedelta(minutes=5)
    """Of those who are called about a case, the next are called after this."""
    unbound_after: timedelta = timedelta(hours=2)
    quiet_from: time = time(22)
    quiet_until: time = time(8)
    moves_allowed: int = 2
    move_cutoff: timedelta = timedelta(minutes=30)
    """A candidate moves by themselves until this long before the start."""
    horizon: timedelta = timedelta(days=7)
    """Slots later than this are not offered."""
    digest_at: time | None = time(9)
    digest_days: frozenset[int] = frozenset(range(5))
    """The working days of those who read digests, Monday is 0: the daily one comes on them."""
    holidays: Holidays = field(default_factory=Holidays)
    """Days that are worked, or not, whatever day of the week they are."""
    digest_weekly: int | None = 0
    """The weekday of the weekly one, Monday is 0; None for none."""
    digest_monthly: int = 1
    """On which working day of a month the monthly one comes; 0 for none."""
    digest_quarterly: bool = True
    """Whether there is one for the quarter, too, on the same day of its first month."""
    digest_place: Place | None = None
    """Where the digest goes; without one, to each member of HR."""
    alerts_place: Place | None = None
    support_place: Place | None = None
    lead: str = ""
    """Who is called when a recruiter does not take a no-show: a mailbox, or `account:user`. Empty for nobody."""
    on_duty: tuple[Duty, ...] = ()
    join_signal: Literal["platform", "poll", "manual"] = "manual"
    signal_account: str = ""
    heartbeat_within: timedelta = timedelta(minutes=15)
    """With a join signal: how long the platform may be silent before flags wait."""
    mode: Literal["live", "shadow"] = "live"
    go_live: date | None = None
    """The day from which `report` counts as after; None where nobody said."""

    def rung(self, name: str) -> Rung | None:
        return next((rung for rung in self.rungs if rung.name == name), None)

    @property
    def ask_alarm(self) -> timedelta:
        return self.ask_within * 3 / 4
