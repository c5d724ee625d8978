"""Digests: when which of them is due, what they tell, and how each line of the daily one closes itself."""

from conversations.digest.calendar import (
    LATE_AT_MOST,
    WINDOWS,
    Morning,
    Window,
    digest_due,
    last_digest,
    morning,
    span_of,
    windows_on,
)
from conversations.digest.facts import (
    CASES_SHOWN,
    LATELY,
    RISKS,
    RISKS_SHOWN,
    DigestFacts,
    OpenCase,
    Standing,
    TodayLine,
    facts_from,
    plain,
    risks_of,
)
from conversations.digest.teams import HR, company_of, digest_key, has_own_digest, subject_of, team_of
from conversations.digest.words import digest

__all__ = [
    "CASES_SHOWN",
    "HR",
    "LATELY",
    "LATE_AT_MOST",
    "RISKS",
    "RISKS_SHOWN",
    "WINDOWS",
    "DigestFacts",
    "Morning",
    "OpenCase",
    "Standing",
    "TodayLine",
    "Window",
    "company_of",
    "digest",
    "digest_due",
    "digest_key",
    "facts_from",
    "has_own_digest",
    "last_digest",
    "morning",
    "plain",
    "risks_of",
    "span_of",
    "subject_of",
    "team_of",
    "windows_on",
]
