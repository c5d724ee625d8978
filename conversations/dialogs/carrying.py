"""What is sent beside words while a person writes with the candidate: what it is, and why it cannot be brought."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from conversations.effects import Work
from conversations.engine import LISTS
from conversations.events import Event, Sent
from conversations.messages import File
from conversations.names import channel_name, channel_of
from locales.text import Text, t

CARRIED = ("voice", "picture", "video", "document")
"""The kinds that are files."""
LONGEST_CAPTION = 2000


def is_file(sent: Sent) -> bool:
    return sent.kind in CARRIED


def is_list(sent: Sent) -> bool:
    """Tell whether it could be meant for the import."""
    return sent.kind == "document" and sent.name.lower().endswith(LISTS)


def as_words(sent: Sent) -> str:
    """Return what is no file as it can be written, "" where it cannot: a place by its coordinates, a link."""
    if sent.kind == "location" or sent.reference.startswith(("https://", "http://")):
        return " ".join(part for part in (sent.caption.strip(), sent.reference) if part)
    return sent.caption.strip()


def kept(event: Event, sent: Sent) -> dict[str, str]:
    """Return where a file that came with an event is fetched, as a session keeps it."""
    return {
        "account": event.account or "",
        "user": event.user or "",
        "reference": sent.reference,
        "kind": sent.kind,
        "name": sent.name,
        "caption": sent.caption.strip()[:LONGEST_CAPTION],
    }


def file_from(file: Mapping[str, str]) -> Sent:
    kind: Any = file["kind"]
    return Sent(kind, file["reference"], file["caption"], file["name"])


def carry(about: Mapping[str, Any], file: Mapping[str, str], to: str = "candidate") -> Work:
    """Have a file fetched that is for somebody; it comes back as `done.carry`.

    `about` holds the ids of a conversation: `interview`, `case`, `candidate`, `staff`; `to` says which it is for.
    """
    case = {"about": str(about["interview"]), "case": str(about["case"]), "to": str(about[to])}
    return Work("carry", {**case, **file, "prefer": str(about.get("prefer") or "")})


def file_of(result: Mapping[str, Any], name: str) -> File:
    """Return a file that was fetched; `name` is whose it is."""
    return File(
        str(result["blob"]), str(result["name"]), str(result["media_type"]), _alt(result["kind"], name)
    )


def _alt(kind: str, name: str) -> Text:
    match kind:
        case "voice":
            return t("Voice message from {name}", name=name)
        case "picture":
            return t("Picture from {name}", name=name)
        case "video":
            return t("Video from {name}", name=name)
        case _:
            return t("File from {name}", name=name)


def sent_what(kind: str, name: str) -> Text:
    """Return what somebody sent, as whoever writes with them reads it."""
    match kind:
        case "voice":
            return t("{name} sent a voice message.", name=name)
        case "picture":
            return t("{name} sent a picture.", name=name)
        case "video":
            return t("{name} sent a video.", name=name)
        case "location":
            return t("{name} sent a place.", name=name)
        case "sticker":
            return t("{name} sent a sticker.", name=name)
        case "document":
            return t("{name} sent a file.", name=name)
        case _:
            return t("{name} sent something that I cannot bring. Please ask for it in words.", name=name)


def why_not(result: Mapping[str, Any]) -> Text:
    """Return why a file was not brought, in one sentence."""
    there = channel_name(channel_of(str(result.get("there") or result.get("account") or "")))
    match result.get("why"):
        case "not_fetched":
            return t("I cannot fetch files that are sent on {channel}.", channel=there)
        case "not_carried":
            return t("I cannot send files on {channel}.", channel=there)
        case "too_large":
            return t("It is larger than {mb} MB, the most that I can bring.", mb=int(result.get("mb") or 0))
        case "nowhere":
            return t("There is no chat in which it would arrive.")
        case _:
            return t("It could not be fetched.")
