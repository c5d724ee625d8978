"""The personal invitation: every chat app there is, as a link and as a picture to scan, or this page instead."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from bot.booking import INVITE_LIFE
from bot.delivery import PAGE_LIFE
from bot.invitations import all_invitations, code_of
from bot.web import page
from bot.web.my import browsers, pictures
from bot.web.my.visits import Visits
from conversations.identity import Person
from conversations.interview import Interview
from conversations.policy import Policy
from locales.text import Reader, Text, Words, ct, t
from locales.translate import render
from store import interviews, people, tokens

if TYPE_CHECKING:
    from bot.app import App

NAMES: Mapping[str, Text] = {
    "telegram": t("Telegram"),
    "slack": t("Slack"),
    "wecom": t("WeCom"),
    "wechat": t("WeChat"),
    # Candidates come to both from their own WeChat.
    "wecom_kf": t("WeChat"),
    "wecom_contact": t("WeChat"),
}


@dataclass(frozen=True, slots=True)
class Way:
    """One chat app by which a candidate can come to us."""

    account: str
    name: str
    address: str
    open: str
    """The words of its button."""
    save: str
    alt: str
    picture: str


@dataclass(frozen=True, slots=True)
class Invited:
    """Whom an invitation is for."""

    interview: Interview
    person: Person
    policy: Policy
    reader: Reader


class Join:
    """Answers requests for /join. Nothing personal is shown: an invitation is opened by whoever has it."""

    def __init__(self, app: App, visits: Visits) -> None:
        self.app = app
        self.visits = visits

    async def look(self, token: str, request: Request) -> Response:
        invited = await self._invited(token, request)
        agent = request.headers.get("user-agent", "")[:500]
        around = browsers.app_around(agent)
        reader, company = invited.reader, Words(invited.policy.display_name)
        found = await all_invitations(self.app.channels, token, self._until(invited))
        ways = [self._way(token, reader, *each) for each in found.items()]
        words = {
            "title": t("Your interview with {company}", company=company),
            "company": t("{company}", company=company),
            "why": t(
                "We remind you in time, and you can confirm, move or call off with one tap. Where do you read messages?"
            ),
            "here": t("No chat app? You can do everything here as well."),
            "open_here": ct("button", "Answer here"),
            "scan": t("Scan this with your phone"),
            "save_first": t("Or save the picture, and scan it from your photos in the app."),
            "private": t("This invitation is only for you. Please do not forward it."),
            "in_app": t(
                "You are reading this inside {app}. If a button does nothing, tap ⋯ or the menu at the top right, and "
                "choose “Open in browser”.",
                app=around or "",
            ),
        }
        return page.show(
            "join.html",
            reader,
            words,
            root=self.visits.root,
            ways=ways,
            mine=self._mine(invited),
            is_phone=browsers.is_phone(agent),
            is_in_app=around is not None,
        )

    async def picture(self, token: str, account: str, request: Request) -> Response:
        """Return one app's invitation as a QR code."""
        until = self._until(await self._invited(token, request))
        found = await all_invitations(self.app.channels, token, until, only=account)
        address = found.get(account)
        if address is None:
            self.visits.refuse(request, "no_such_app")
        return pictures.shown(await code_of(self.app.channels[account], token, address, until))

    async def _invited(self, token: str, request: Request) -> Invited:
        """Return whom a good invitation is for; of one that was used, is too old or never was, all hear the same."""
        async with self.app.db.read() as tx:
            known = await tokens.look(tx, "bind", token if token.isascii() else "", self.app.clock.now())
            id = known.subject.partition(":")[2] if known.state == "good" else ""
            interview = await interviews.get(tx, UUID(id)) if id else None
            person = await people.get(tx, interview.person) if interview is not None else None
        if interview is None or person is None:
            self.visits.refuse(request, f"invite_{known.state}")
        self.visits.limits.visit(token)
        policy = self.app.settings.policies.for_(interview.company, interview.role)
        wanted = page.preferred(request.headers.get("accept-language", ""))
        reader = self.app.delivery.reader(person, policy, wanted)
        language = request.query_params.get("lang", "")
        if language in policy.languages:
            reader = replace(reader, locale=language)
        return Invited(interview, person, policy, reader)

    def _way(self, token: str, reader: Reader, account: str, address: str) -> Way:
        platform = account.partition(".")[0]
        known = NAMES.get(platform)
        name = render(known, reader) if known is not None else platform.capitalize()
        return Way(
            account=account,
            name=name,
            address=address,
            open=render(ct("button", "Open {app}", app=name), reader),
            save=render(ct("button", "Save the picture"), reader),
            alt=render(t("QR code for {app}", app=name), reader),
            picture=f"{self.visits.root}/join/{token}/{account}.png",
        )

    def _until(self, invited: Invited) -> datetime:
        return max(invited.interview.attempt.starts_at, self.app.clock.now()) + INVITE_LIFE

    def _mine(self, invited: Invited) -> str:
        interview = invited.interview
        until = max(interview.attempt.starts_at, self.app.clock.now()) + PAGE_LIFE
        mine = self.app.links.page("my", interview.id, until)
        return f"{self.visits.root}/my/{mine.rpartition('/')[2]}"
