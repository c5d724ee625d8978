"""Whether a bot works, and whether updates come to us. Each problem with its remedy."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any
from urllib.parse import urlsplit

from channels.base import NotDelivered
from channels.telegram.settings import Settings
from locales.text import t
from locales.told import Told, text_of


def unanswered(failure: NotDelivered) -> str:
    """Return why the bot could not be asked, and what to do."""
    if failure.why == "stopped":
        return failure.detail
    why = text_of(failure.detail)
    return Told(
        t(
            "{platform} cannot be reached ({why}). Check the network, and api_base.",
            platform="Telegram",
            why=why,
        )
    )


def look_through(settings: Settings, hook: Mapping[str, Any], wanted: Collection[str]) -> tuple[str, ...]:
    """Return what is wrong with what getWebhookInfo tells, empty when nothing is."""
    url = str(hook.get("url", ""))
    if settings.pulls:
        if not url:
            return ()
        mode = "mode = polling"
        return (Told(t("Telegram sends updates to a webhook. Starting with {mode} removes it.", mode=mode)),)
    found = []
    if url != settings.webhook_url:
        there = t("elsewhere, to {host}", host=str(urlsplit(url).hostname)) if url else t("nowhere")
        found.append(t("Telegram sends updates {there}. Start once with this configuration.", there=there))
    if set(wanted) - set(hook.get("allowed_updates") or wanted):
        found.append(t("Telegram sends not all kinds of updates. Start once with this configuration."))
    if error := hook.get("last_error_message"):
        found.append(
            t(
                "Telegram could not deliver: {error} ({waiting} waiting). "
                "Check that public_url leads here with a valid certificate.",
                error=str(error)[:200],
                waiting=str(hook.get("pending_update_count", 0)),
            )
        )
    return tuple(map(Told, found))
