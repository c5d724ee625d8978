"""Opens the device check, takes its report, and leads on to help or another time."""

from __future__ import annotations

import base64
import hmac
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import segno
from babel import Locale
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from bot.calendar import MEDIA_TYPE
from bot.delivery import LINK_LIFE, PAGE_LIFE
from bot.files import entry
from bot.web import door, page
from bot.web.door import Refused
from bot.web.my import acts, browsers
from bot.web.my.asking import ask
from bot.web.my.view import OPEN
from bot.web.my.visits import Visit, Visits
from bot.web.precheck import assets, reports, words
from bot.web.precheck.probes import PURPOSE, cookie_name
from bot.web.precheck.shell import rows, texts
from conversations.dialogs import phrases
from conversations.events import Checked, Wanted
from conversations.identity import PAGE
from conversations.policy import DeviceCheck
from conversations.prechecks import result
from locales.text import Countdown, Reader, Text
from locales.translate import render
from locales.zones import city
from store import inbox, prechecks

if TYPE_CHECKING:
    from bot.app import App

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; media-src blob: mediastream:; form-action 'self' https: http:; "
    "frame-ancestors 'none'; base-uri 'none'",
    "Permissions-Policy": "camera=(self), microphone=(self), display-capture=(), geolocation=()",
}
REPORTS = 12
"""Of one interview within an hour; whoever tries again and again has long got help."""
WANTS = {"help": "help_checking", "move": "move"}
TURN_LIFE = timedelta(hours=1)
_NOBODY = Reader("en", "UTC", datetime(2024, 1, 1, tzinfo=UTC))
"""Whom we do not know; nothing they read tells a time."""


class Checking:
    """Answers requests for /check, but for what the connection is measured with."""

    def __init__(self, app: App, visits: Visits) -> None:
        self.app = app
        self.visits = visits
        self.root = visits.root
        self.cookie_name = cookie_name(visits.seals.secure)

    # -- opening -----------------------------------------------------------------------------------------

    async def open(self, link: str, request: Request) -> Response:
        """Put a cookie in the link's place: what stands in the address is copied, photographed and logged."""
        visit = await self.visits.open("check", link, request)
        token = visit.token
        address = self.app.links.page(PURPOSE, token.interview, token.expires_at)
        query = {"opened": "1"} | ({"lang": visit.language} if visit.language else {})
        response = self._to(f"/check?{urlencode(query)}")
        response.set_cookie(
            self.cookie_name,
            address.rpartition("/")[2],
            max_age=max(60, int((token.expires_at - self.app.clock.now()).total_seconds())),
            path="/",
            secure=self.visits.seals.secure,
            httponly=True,
            samesite="lax",
        )
        return response

    async def look(self, request: Request) -> Response:
        if self.cookie_name not in request.cookies and "opened" in request.query_params:
            return self._needs_cookies(request)
        visit = await self._visit(request)
        if not visit.is_checked:
            return ask(self.visits, visit, self._path(visit))
        if visit.interview.state not in OPEN:
            return self._to(self._mine(visit))
        return await self._page(visit)

    async def answer(self, request: Request) -> Response:
        """Take the last digits of somebody's phone."""
        visit = await self._visit(request)
        given = await self.visits.fields(request)
        self._must_be_ours(given.get("nonce", ""), visit)
        if not visit.is_checked and not await self.visits.answers_rightly(visit, given.get("digits", "")):
            return ask(self.visits, visit, self._path(visit), is_wrong=True)
        response = self._to(self._path(visit))
        self.visits.remember(response, visit)
        return response

    async def _visit(self, request: Request) -> Visit:
        """Return who checks, by the cookie that stands for the link; raises Refused as for any bad link."""
        link = request.cookies.get(self.cookie_name, "")
        if not link:
            raise Refused(404, "check:no_link", "Open the newest message from us: its link works.")
        return await self.visits.open(PURPOSE, link, request)

    async def _checked_visit(self, request: Request) -> Visit:
        visit = await self._visit(request)
        if not visit.is_checked:
            raise Refused(403, "check:who", "Open the page first, and say who it is.")
        return visit

    def _must_be_ours(self, nonce: str, visit: Visit) -> None:
        if not self.visits.seals.is_nonce(nonce, visit.link):
            raise Refused(403, "nonce", "Open the page anew, and press there.")

    def _needs_cookies(self, request: Request) -> Response:
        reader = replace(_NOBODY, locale=page.language(request.headers.get("accept-language", "")))
        said = texts()
        told = {"title": said["no_cookies"], "remedy": said["other_browser"], "reload": said["title"]}
        return page.show("sorry.html", reader, told, root=self.root, status=403, again="")

    # -- the page ----------------------------------------------------------------------------------------

    async def _page(self, visit: Visit) -> Response:
        policy, attempt, now = visit.policy, visit.interview.attempt, self.app.clock.now()
        async with self.app.db.read() as tx:
            last = next(iter(await prechecks.of_interview(tx, visit.interview.id, 1)), None)

        def say(text: Text) -> str:
            return render(text, visit.reader)

        return page.show(
            "check.html",
            visit.reader,
            texts(),
            root=self.root,
            headers=self._headers(),
            company=say(phrases.bare(phrases.company(policy))),
            interview=say(phrases.role_first(visit.interview)),
            when=say(phrases.bare(phrases.when(attempt))),
            countdown=say(phrases.bare(Countdown(attempt.starts_at))),
            devices=say(phrases.devices(policy).value),
            support=say(phrases.support(policy, now).value),
            calls=[(say(link.label), link.to) for link in phrases.call_support(policy)],
            last=say(result(last)) if last is not None else "",
            rows=[(id, say(name), say(about)) for id, name, about in rows(policy.precheck)],
            setup=self._setup(visit),
            nonce=self.visits.seals.nonce(visit.link),
            static=f"{self.root}/check/static/{assets.version()}",
            enter=self._link("go", visit, LINK_LIFE) if phrases.is_url(attempt.join) else "",
            join="" if phrases.is_url(attempt.join) else attempt.join,
            mine=self._link("my", visit, PAGE_LIFE),
            address=self._address(visit),
            languages=[
                (
                    name.replace("_", "-"),
                    page.LANGUAGE_NAMES.get(name, name),
                    f"{self.root}/check?lang={name}",
                )
                for name in policy.languages
                if name != visit.reader.locale
            ],
        )

    def _headers(self) -> dict[str, str]:
        secure = {"Strict-Transport-Security": "max-age=31536000"} if self.visits.seals.secure else {}
        return HEADERS | secure

    def _setup(self, visit: Visit) -> Markup:
        """Return what the module has to know, as JSON that cannot end its element."""
        attempt, wanted = visit.interview.attempt, visit.policy.precheck
        locale = visit.reader.locale
        told: dict[str, Any] = {
            "root": f"{self.root}/check",
            "words": self.root + words.path(visit.reader),
            "nonce": self.visits.seals.nonce(visit.link),
            "lang": locale.replace("_", "-"),
            "starts": round(attempt.starts_at.timestamp() * 1000),
            "zone": attempt.zone,
            "place": city(attempt.zone, Locale.parse(locale)) or attempt.zone,
            "height": wanted.camera_height,
            "width": wanted.screen_width,
            "down": wanted.down_kbps,
            "up": wanted.up_kbps,
            "rtt": wanted.rtt_ms,
            "jitter": wanted.jitter_ms,
            "battery": wanted.battery_percent,
            "relay": relay_of(wanted, self.app.clock.now()),
        }
        return Markup(json.dumps(told).replace("<", "\\u003c"))  # noqa: S704 - nothing in it can end the element

    # -- what comes back ---------------------------------------------------------------------------------

    async def report(self, request: Request) -> Response:
        """Keep what was found, and have it told in the chat: both or neither, and once."""
        visit = await self._checked_visit(request)
        now = self.app.clock.now()
        inbound = await door.read(request, self.app.clock)
        device = browsers.family(visit.agent)
        check, nonce = reports.read(inbound.body, visit.interview.id, visit.policy.precheck, now, device)
        self._must_be_ours(nonce, visit)
        body = Checked(visit.interview.id, check.verdict, check.codes)
        event = replace(acts.event(visit, check.id.hex, body, now), source=PAGE)
        async with self.app.db.write() as tx:
            if await prechecks.tally(tx, visit.interview.id, now - timedelta(hours=1)) >= REPORTS:
                raise Refused(429, "too_often:report", "Ask for help instead.", {"Retry-After": "3600"})
            if not await prechecks.add(tx, check):
                raise Refused(409, "report:repeated", "This report is known already.")
            await inbox.put(tx, event, now)
        self.app.pumps.wake["inbox"].set()
        return JSONResponse({"verdict": check.verdict}, headers={"Cache-Control": "no-store"})

    async def want(self, request: Request) -> Response:
        """Ask for help or another time: what that leads to stands on the page of the interview."""
        visit = await self._checked_visit(request)
        given = await self.visits.fields(request)
        self._must_be_ours(given.get("nonce", ""), visit)
        wanted = WANTS.get(given.get("want", ""))
        if wanted is None:
            raise Refused(400, "form", "Send the form as the page has it.")
        id = hmac.digest(b"want", f"{wanted}{given['nonce']}".encode(), "sha256").hex()[:32]
        event = acts.event(visit, id, Wanted(wanted), self.app.clock.now())
        await self.app.decide(event)
        return self._to(f"{self._mine(visit)}?{urlencode({'done': id})}#said")

    # -- what goes along ---------------------------------------------------------------------------------

    async def calendar(self, request: Request) -> Response:
        visit = await self._checked_visit(request)
        async with self.app.db.read() as tx:
            scene, _ = await self.app.runtime.present(tx, visit.person.id, visit.interview.id)
        headers = {**page.HEADERS, "Content-Disposition": 'attachment; filename="interview.ics"'}
        return Response(
            entry(scene, self.app.clock.now(), self.app.links), media_type=MEDIA_TYPE, headers=headers
        )

    async def picture(self, request: Request) -> Response:
        """Return the link as a QR code, to go on with on a phone."""
        visit = await self._checked_visit(request)
        drawn = BytesIO()
        made = segno.make(self._address(visit), error="m", micro=False)
        made.save(drawn, kind="svg", border=4, light="#fff", xmldecl=False, svgclass=None, lineclass=None)
        return Response(drawn.getvalue(), media_type="image/svg+xml", headers=page.HEADERS)

    # -- addresses ---------------------------------------------------------------------------------------

    def _address(self, visit: Visit) -> str:
        """Return the link itself, for another device or browser."""
        token = visit.token
        return self.app.links.page("check", token.interview, token.expires_at)

    def _link(self, purpose: str, visit: Visit, life: timedelta) -> str:
        until = max(visit.interview.attempt.starts_at, self.app.clock.now()) + life
        made = self.app.links.page(purpose, visit.interview.id, until)
        return f"{self.root}/{purpose}/{made.rpartition('/')[2]}"

    def _mine(self, visit: Visit) -> str:
        return self._link("my", visit, PAGE_LIFE).removeprefix(self.root)

    def _path(self, visit: Visit) -> str:
        return "/check" + (f"?{urlencode({'lang': visit.language})}" if visit.language else "")

    def _to(self, path: str) -> RedirectResponse:
        return RedirectResponse(self.root + path, 303, page.HEADERS)


def relay_of(wanted: DeviceCheck, now: datetime) -> dict[str, str] | None:
    """Return how to reach the company's TURN server, if there is one.

    Without a user of its own, one is made for an hour from the secret it shares with us, as coturn's
    use-auth-secret has it (draft-uberti-behave-turn-rest-00: base64 of HMAC-SHA1 over "expiry:name").
    """
    if not wanted.turn_url:
        return None
    if wanted.turn_user or not wanted.turn_secret:
        return {"url": wanted.turn_url, "user": wanted.turn_user, "secret": wanted.turn_secret}
    user = f"{int((now + TURN_LIFE).timestamp())}:check"
    made = base64.b64encode(hmac.digest(wanted.turn_secret.encode(), user.encode(), "sha1")).decode()
    return {"url": wanted.turn_url, "user": user, "secret": made}
