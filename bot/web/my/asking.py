"""Asks who somebody is: a link may have been forwarded, so the last digits of their phone come first."""

from __future__ import annotations

from starlette.responses import Response

from bot.web import page
from bot.web.my.visits import DIGITS, Visit, Visits
from locales.text import Words, ct, t


def ask(visits: Visits, visit: Visit, action: str, *, is_wrong: bool = False) -> Response:
    """Return the page that asks, and sends the answer to `action`."""
    words = {
        "title": t("Is it you?"),
        "why": t(
            "{company} keeps your interview here. Because it is personal, we ask once on each device.",
            company=Words(visit.policy.display_name),
        ),
        "question": t("The last four digits of your phone number"),
        "go_on": ct("button", "Continue"),
        "wrong": t(
            "This does not match what we know, or it was tried too often. Please try again later, or call {phone}.",
            phone=visit.policy.support.phone,
        ),
    }
    return page.show(
        "ask.html",
        visit.reader,
        words,
        root=visits.root,
        status=403 if is_wrong else 200,
        action=action,
        nonce=visits.seals.nonce(visit.link),
        digits=DIGITS,
        is_wrong=is_wrong,
    )
