"""Settings as plain data, for `turnout check --json`. A secret is only ever "set" or "missing"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlsplit

from bot.settings.addresses import place_text
from bot.settings.holidays import unpublished
from bot.settings.model import Settings
from bot.settings.platforms import PLATFORMS, Platform
from bot.settings.problems import Problem, Secret, in_words
from bot.settings.times import DAY_NAMES, span_text
from conversations.identity import Place
from conversations.policy import Policy
from locales.catalogue import SOURCE


def describe(settings: Settings, now: datetime | None = None, locale: str = SOURCE) -> dict[str, Any]:
    """Return everything that is set, ready for JSON, with lengths and times as they are written in TOML.

    With `now` the warnings tell, too, what is not known yet of the year that comes; they are in `locale`.
    """
    return {
        "file": str(settings.path) if settings.path else None,
        "server": asdict(settings.server),
        "database": {"url": _without_user(settings.database_url)},
        "secrets": {"keyring": str(settings.keyring)},
        "log": asdict(settings.log),
        "channels": {account: _account(account, config) for account, config in settings.channels.items()},
        "interviews": {
            account: {
                "secret": _is_set(interviews.secrets[:1]),
                "previous_secret": _is_set(interviews.secrets[1:]),
            }
            for account, interviews in settings.interviews.items()
        },
        "teams": {name: place_text(place) for name, place in settings.teams.items()},
        "policies": [
            {"company": company or "*", "role": role or "*", "policy": _policy(policy)}
            for company, role, policy in settings.policies
        ],
        "hooks": {account: urls for account in settings.channels if (urls := _hooks(settings, account))},
        "warnings": [
            _problem(warning, locale) for warning in (*settings.warnings, *_of_today(settings, now))
        ],
    }


def _of_today(settings: Settings, now: datetime | None) -> list[Problem]:
    return unpublished(settings.policies, now) if now else []


def _problem(problem: Problem, locale: str) -> dict[str, str]:
    reason, remedy = in_words(problem.reason, locale), in_words(problem.remedy, locale)
    return {"key": problem.key, "reason": reason, "remedy": remedy}


def _is_set(secret: object) -> str:
    return "set" if secret else "missing"


def _account(account: str, config: Mapping[str, Any]) -> dict[str, Any]:
    declared = PLATFORMS.get(account.split(".")[0], Platform()).keys
    masked = {name: _is_set(value) if isinstance(value, Secret) else value for name, value in config.items()}
    return {key.name: "missing" for key in declared if key.secret} | masked


def _hooks(settings: Settings, account: str) -> list[str]:
    """Return the addresses that an account's provider has to be given, its secret by name."""
    platform, _, name = account.partition(".")
    hooks = PLATFORMS.get(platform, Platform()).hooks
    base = f"{settings.public_url}/hooks/{platform}/{name}"
    return [f"{base}/{hook}".rstrip("/") for hook in hooks if settings.public_url]


def _without_user(url: str) -> str:
    """Return a database's address without user, password and options, any of which may be secret."""
    if url.startswith("sqlite:"):
        return str(url)
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def _policy(policy: Policy) -> dict[str, Any]:
    plain: dict[str, Any] = _plain(asdict(policy))
    for name in ("digest_place", "alerts_place", "support_place"):
        place = getattr(policy, name)
        plain[name] = place_text(place) if isinstance(place, Place) else None
    plain["holidays"] = {
        "country": policy.holidays.country.name or None,
        "known_until": _plain(policy.holidays.country.known_until),
        "days_off": [day.isoformat() for day in sorted(policy.holidays.off)],
        "days_worked": [day.isoformat() for day in sorted(policy.holidays.worked)],
    }
    plain["precheck"]["turn_secret"] = _is_set(policy.precheck.turn_secret)
    for duty in plain["on_duty"]:
        duty["days"] = [DAY_NAMES[day] for day in sorted(duty["days"])]
    plain["support"]["days"] = [DAY_NAMES[day] for day in sorted(policy.support.days)]
    return plain


def _plain(value: object) -> Any:
    match value:
        case timedelta():
            return span_text(value)
        case date():
            return value.isoformat()
        case time():
            return f"{value:%H:%M}"
        case dict():
            return {key: _plain(each) for key, each in value.items()}
        case list() | tuple() | frozenset():
            return [_plain(each) for each in value]
    return value
