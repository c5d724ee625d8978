"""What the page of figures says in any case, and instead of figures to whoever may not see them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from bot.web.hr.opening import Visit
from locales.text import Moment, Text, ct, t

CLOSED = (
    t("This page is closed for you"),
    t("You have no role here any more that may see it. An administrator can give you one: role grant"),
)
OTHERS = (
    t("This link was opened in another browser"),
    t(
        "Each link opens in one browser only. Please ask for a new one in the chat, and open it here: type “page”."
    ),
)
STRANGERS = (
    t("We could not see that it is you"),
    t("This link opens only for whom it was made. Please ask for your own in the chat: type “page”."),
)


def fresh(expires_at: datetime) -> Mapping[str, Text]:
    """Return what the page says that one tap opens."""
    return {
        "title": t("Your page of figures"),
        "why": t(
            "It opens in this browser alone, until {when}. Please do not forward the link.",
            when=Moment(expires_at),
        ),
        "go_on": ct("button", "Open my page here"),
    }


def shown(visit: Visit) -> Mapping[str, Text]:
    """Return what stands on every page of figures."""
    return {
        "title": t("Interview attendance"),
        "skip": t("Skip to the content"),
        "other_languages": t("Other languages"),
        "at_a_glance": t("At a glance"),
        "filter_title": t("Choose"),
        "filter_more": ct("button", "Narrow down"),
        "apply": ct("button", "Show"),
        "reset_label": t("Show everything"),
        "remove": t("remove"),
        "first_label": ct("filter", "Own days, from"),
        "last_label": ct("filter", "to"),
        "days_label": t("Days"),
        "wrong_title": t("That cannot be shown"),
        "people_title": t("Needs a person"),
        "advice_title": t("What stands out, and what helps"),
        "preview": t("See first what it would change, in the chat:"),
        "charts_title": t("How it goes"),
        "what": t("What is counted"),
        "table": t("As a table"),
        "exports_title": t("Take it away"),
        "exports_note": t("The appointments of this selection, names masked. Every file is written down."),
        "made": t("As of {when}. Read-only.", when=Moment(visit.reader.now)),
        "life": t(
            "For {name} alone, in this browser, until {when}. A new link: type “page” in the chat.",
            name=visit.person.name,
            when=Moment(visit.token.expires_at),
        ),
        "same_time": t(
            "Changes are against the same number of days just before; groups of fewer than 5 are hidden."
        ),
    }
