"""What the page for lists says."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.importing.table import LARGEST_FILE
from conversations.dialogs.importing import tally
from locales.text import Moment, Text, ct, nt, t

Two = tuple[Text, Text]

CLOSED: Two = (
    t("This page is closed for you"),
    t("Lists are imported by HR. An administrator can give you that role: role grant"),
)
OTHERS: Two = (
    t("This link was opened in another browser"),
    t(
        "Each link opens in one browser only. Please ask for a new one in the chat, and open it here: type “import”."
    ),
)
STRANGERS: Two = (
    t("We could not see that it is you"),
    t("This link opens only for whom it was made. Please ask for your own in the chat: type “import”."),
)


def fresh(expires_at: datetime) -> Mapping[str, Text]:
    """Return what the page says that one tap opens."""
    return {
        "title": t("Import a list"),
        "why": t(
            "It opens in this browser alone, until {when}. Please do not forward the link.",
            when=Moment(expires_at),
        ),
        "go_on": ct("button", "Open my page here"),
    }


def form() -> dict[str, Text]:
    return {
        "title": t("Import a list"),
        "why": t(
            "Interviews or times, as .xlsx or .csv. You see what it does; it is taken in by the button in the chat."
        ),
        "choose": t("The list"),
        "send": ct("button", "Look at it"),
        "wrong": t("That did not work"),
        "headings": t("Headings like: 姓名, 手机, 岗位, 面试时间, 面试链接."),
        "found": t("What it would do"),
        "counts": t("Nothing yet."),
        "next": t("Nothing has happened yet."),
        "rows_title": t("Rows to be looked at"),
        "row": t("Row"),
        "who": t("Who or what"),
        "column": t("Column"),
        "reason": t("Why, and what to do"),
    }


def result(found: Mapping[str, Any]) -> dict[str, Text]:
    """Return what a list would do, in words."""
    n = int(found["counts"].get("new", 0)) + int(found["counts"].get("changed", 0))
    rest = int(found.get("untold") or 0)
    more = nt("{n} more row is not shown here.", "{n} more rows are not shown here.", rest)
    next = (
        nt(
            "To take in {n} row, go back to the chat and tap the button there.",
            "To take in {n} rows, go back to the chat and tap the button there.",
            n,
        )
        if n
        else t("There is nothing to take in. Mend the list and choose it again.")
    )
    return {
        "found": t("{file}: what it would do", file=str(found["file"])),
        "counts": tally(found["counts"]),
        "next": next,
        **({"more": more} if rest else {}),
    }


def too_large() -> dict[str, Text]:
    mb = LARGEST_FILE // 1_000_000
    return {"wrong": t("The file is larger than {mb} MB. Split the list, or delete pictures from it.", mb=mb)}


def nothing_chosen() -> dict[str, Text]:
    return {"wrong": t("No file was chosen. Choose one, and then look at it.")}


def unreadable(reason: str) -> dict[str, Text]:
    return {"wrong": t("{reason}", reason=reason)}
