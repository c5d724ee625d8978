"""Logs, metrics and health. Secrets and personal data never get here; what slips through is cut out."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Iterable, Mapping, MutableMapping
from typing import Any

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

REGISTRY = CollectorRegistry()
EVENTS = Counter("turnout_events", "Events handled", ["source", "outcome"], registry=REGISTRY)
SENDS = Counter("turnout_sends", "Sends by outcome", ["channel", "outcome"], registry=REGISTRY)
LATENESS = Histogram(
    "turnout_lateness_seconds",
    "From due to accepted by the platform",
    buckets=(0.5, 1, 2, 5, 10, 30, 60, 300, 3600),
    registry=REGISTRY,
)
REFUSED = Counter(
    "turnout_refused_requests", "Requests refused at the front door", ["reason"], registry=REGISTRY
)
OLDEST_DUE = Gauge("turnout_oldest_due_seconds", "Age of the oldest message that is due", registry=REGISTRY)
ASIDE = Counter("turnout_put_aside", "Events and messages put aside after five tries", registry=REGISTRY)

_secrets: set[str] = set()
_SHAPES = re.compile(
    r"\d{6,12}:[A-Za-z0-9_-]{30,}|xox[abprs]-[A-Za-z0-9-]{10,}|whsec_[A-Za-z0-9+/=]{16,}"
    r"|(?:access_token|corpsecret|secret|token)=[^&\s\"']+"
)
_CONTROL = re.compile("[\x00-\x08\x0a-\x1f\x7f\x85\u2028\u2029]")


def hide(secrets: Iterable[str]) -> None:
    """Have these values cut out of every log line from now on."""
    _secrets.update(secret for secret in secrets if len(secret) >= 6)


def redact(text: str) -> str:
    """Return text without configured secrets, without anything shaped like a token, on one line."""
    for secret in sorted(_secrets, key=len, reverse=True):
        text = text.replace(secret, "[secret]")
    return _CONTROL.sub(" ", _SHAPES.sub("[secret]", text))


def _redact_all(_: Any, __: str, entry: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for key, value in entry.items():
        if not key.startswith("_"):
            entry[key] = _redacted(value)
    if "exception" in entry:
        # Under its own name, the console form would print the stack on lines of its own.
        entry["traceback"] = entry.pop("exception")
    return entry


def _redacted(value: Any) -> Any:
    match value:
        case str():
            return redact(value)
        case bool() | int() | float() | None:
            return value
        case Mapping():
            return {redact(str(key)): _redacted(item) for key, item in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_redacted(item) for item in value]
        case BaseException():
            return redact(f"{type(value).__name__}: {value}")
        case _:
            return redact(str(value))


def set_up(level: str = "info", form: str = "json") -> None:
    """Send all logs, ours and the libraries', to standard error, one redacted line each.

    `form` is `json`, `text`, or `auto`: text where somebody watches, JSON elsewhere.
    """
    is_watched = sys.stderr.isatty()
    is_json = form == "json" or (form == "auto" and not is_watched)
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        _redact_all,
    ]
    last = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if is_json
        else structlog.dev.ConsoleRenderer(colors=is_watched)
    )
    structlog.configure(
        processors=[*shared, last],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level.upper())),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processor=last))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    # These print addresses with tokens in them at lower levels.
    for noisy in ("httpx", "httpcore", "aiohttp", "aiogram", "uvicorn.access"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def logger(name: str) -> Any:
    """Return a logger whose events are named `noun.verb`."""
    return structlog.get_logger(component=name)
