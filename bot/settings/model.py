"""Settings: all that was decided outside the code."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from bot.settings.policies import Policies
from bot.settings.problems import Problem, Secret
from conversations.identity import Place


@dataclass(frozen=True, slots=True)
class Server:
    host: str
    port: int
    public_url: str
    """Without a slash at its end; empty when the internet does not reach us."""
    ask_phone: bool = True
    """Whether a candidate's page asks for the last digits of their phone first, where it is known."""


@dataclass(frozen=True, slots=True)
class Log:
    level: Literal["debug", "info", "warning", "error"]
    format: Literal["auto", "text", "json"]


@dataclass(frozen=True, slots=True)
class Interviews:
    """An interview platform that tells us who joined."""

    secrets: tuple[Secret, ...]
    """What its webhooks may be signed with, the newest first."""


@dataclass(frozen=True, slots=True)
class Settings:
    """All that was decided outside the code. Loaded means checked."""

    server: Server
    database_url: Secret
    """`sqlite:///` and an absolute path, or `postgresql://…`; never with a driver's name."""
    keyring: Path
    channels: Mapping[str, Mapping[str, Any]]
    """What each account needs, by names like `telegram.main`."""
    interviews: Mapping[str, Interviews]
    policies: Policies
    teams: Mapping[str, Place]
    log: Log
    warnings: tuple[Problem, ...] = ()
    """What can be run with, and should still be looked at."""
    path: Path | None = None
    """The file it came from."""
    written: Mapping[str, Any] = field(default_factory=dict)
    """What it decides about policies, as written, secrets left out."""
    overlaid: Mapping[str, str] = field(default_factory=dict)
    """Keys of policies that the environment sets, and its variables."""
    again: Callable[[Mapping[str, Any]], Settings] | None = field(default=None, repr=False, compare=False)
    """Reads all of it again with other policies, as written; raises BadConfig with all problems."""

    @property
    def public_url(self) -> str:
        return self.server.public_url

    @property
    def secrets(self) -> tuple[str, ...]:
        """Every secret value there is, for a log that has to hide them."""
        found = [value for config in self.channels.values() for value in config.values()]
        found += [secret for account in self.interviews.values() for secret in account.secrets]
        found += [policy.precheck.turn_secret for _, _, policy in self.policies]
        password = urlsplit(self.database_url).password
        return tuple(
            value for value in (*found, Secret(password or "")) if isinstance(value, Secret) and value
        )
