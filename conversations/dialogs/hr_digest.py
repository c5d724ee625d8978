"""Digests: each is said once for its team and window, whatever crashes; the daily one's lines close themselves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from conversations.commands.digested import longer, picture_of
from conversations.commands.pictured import pictured_for
from conversations.dialog import END, Ask, Dialog, Need, Scene, Session, Turn
from conversations.dialogs.digest_lines import (
    EDIT,
    PICKS,
    actions_of,
    standing,
    stood,
)
from conversations.digest import (
    HR,
    LATELY,
    DigestFacts,
    Morning,
    digest,
    digest_due,
    digest_key,
    facts_from,
    morning,
    subject_of,
)
from conversations.digest.calendar import Window
from conversations.digest.longer import Longer
from conversations.digest.needs import day_need, kept, lines_need, longer_need, require
from conversations.effects import CloseButtons, Effect, Manner, Priority, Say, SetTimer, Show, Work
from conversations.events import Done, Due, Event
from conversations.identity import Role, ToTeam
from conversations.messages import File, Message
from conversations.pages import MY_PAGE
from conversations.pictures import Picture, picture_from, reasons_picture
from conversations.policy import Policy
from locales.text import Day, t

HOLDER = f"team:{HR}"
PRESSED_FOR = timedelta(hours=20)
"""So long a digest's buttons do something: until shortly before the next one."""


# -- when it is due --------------------------------------------------------------------------------------


def _due(scene: Scene, event: Event) -> Turn:
    body = event.body
    if not isinstance(body, Due):
        return Turn()
    team, zone = body.subject.removeprefix("team:"), scene.policy.zone
    told = date.fromisoformat(body.data["told"]) if "told" in body.data else None
    due = morning(scene.policy, zone, scene.now, told)
    effects: list[Effect] = []
    if due is not None:
        told = due.on
        require(scene, list(_needs(team, due)))
        effects += [effect for window in due.windows for effect in _said(scene, team, due, window)]
    if (following := digest_due(scene.policy, zone, scene.now)) is not None:
        data = {"told": told.isoformat()} if told is not None else {}
        effects.append(SetTimer("digest", body.subject, following, data))
    return Turn(effects=tuple(effects))


def _needs(team: str, due: Morning) -> Iterator[Need]:
    for window in due.windows:
        if window == "day":
            yield day_need(team, due.on, due.since)
            # Once it was said it is not said again, nor are its buttons.
            subject = subject_of(team, due.on)
            yield Need(f"session:{HOLDER}:{subject}", {"holder": HOLDER, "subject": subject})
        else:
            yield longer_need(team, window, due.on)


# -- what is said ----------------------------------------------------------------------------------------


def _said(scene: Scene, team: str, due: Morning, window: Window) -> Iterator[Effect]:
    """Yield a digest, and the work for the picture that follows it."""
    if window == "day":
        subject = subject_of(team, due.on)
        facts: DigestFacts = scene.found["digest"]
        scope = t("{first} to {last}", first=Day(facts.on - LATELY), last=Day(facts.until))
        if scene.found[f"session:{HOLDER}:{subject}"] is None:
            keep = kept(replace(facts, is_late=facts.is_late or due.is_late), scene)
            yield Show(HOLDER, subject, "hr_digest.day", keep, _once(scene, subject))
            yield from _picture(scene, team, subject, reasons_picture(facts.lately, scope))
        return
    found: Longer = scene.found[f"digest_period:{window}"]
    key = digest_key(team, found.first, window)
    yield Say(ToTeam(HR), longer(found), _once(scene, key))
    yield from _picture(scene, team, key, picture_of(found))


def _once(scene: Scene, name: str) -> Manner:
    return Manner(where="ladder", priority=Priority.DIGEST, once=name, language=_language(scene))


def _language(scene: Scene) -> str:
    """Return the language of a company's own group; people and everybody's group have theirs."""
    place = scene.policy.digest_place
    return (place.locale or scene.policy.languages[0]) if place is not None else ""


def _picture(scene: Scene, team: str, key: str, picture: Picture | None) -> Iterator[Work]:
    if picture is not None:
        yield Work("digest_chart", {"team": team, "key": key, **pictured_for(scene, picture)})


def _drawn(scene: Scene, event: Event) -> Turn:
    """Show a digest's picture below it; without one the words have to do."""
    result = event.body.result if isinstance(event.body, Done) else {}
    if "blob" not in result:
        return Turn()
    picture = picture_from(result["picture"])
    shown = File(str(result["blob"]), str(result["name"]), "image/png", picture.alt)
    message = Message("picture", picture.title, (shown,))
    return Turn(effects=(Say(ToTeam(HR), message, _once(scene, f"{result['key']}:picture")),))


# -- the daily one through its day -----------------------------------------------------------------------


def _day(scene: Scene, session: Session) -> Message:
    facts = facts_from(session.data["facts"])
    if facts.is_empty:
        return _under_own_key(digest(facts), session)
    require(scene, [lines_need(facts)])
    now = standing(scene, facts, session.data["nudged"])
    message = digest(facts, (*actions_of(facts, now, scene.now), MY_PAGE), now, session.data["zone"])
    return _under_own_key(message, session)


def _under_own_key(message: Message, session: Session) -> Message:
    """Let what somebody asked for stand by itself: it does not edit what everybody got in the morning."""
    asked = session.data.get("asked")
    return replace(message, key=f"digest:{asked}") if asked else message


def _touched(scene: Scene, event: Event) -> Turn:
    """Edit a digest when something on it has changed; where it cannot be edited nothing is said again."""
    result = event.body.result if isinstance(event.body, Done) else {}
    holder, subject = str(result.get("holder")), str(result.get("subject"))
    name = f"session:{holder}:{subject}"
    require(scene, [Need(name, {"holder": holder, "subject": subject})])
    session: Session | None = scene.found[name]
    if session is None or session.at != "hr_digest.day":
        return Turn()
    facts = facts_from(session.data["facts"])
    require(scene, [lines_need(facts)])
    now = stood(standing(scene, facts))
    if now == session.data["stood"]:
        return Turn()
    return Turn(effects=(Show(holder, subject, "hr_digest.day", {"stood": now}, EDIT),))


def _lapse(scene: Scene, session: Session, event: Event) -> Turn:
    return Turn(effects=(CloseButtons(session.id, session.turn + 1),), to=END)


def _patience(policy: Policy) -> timedelta:
    return PRESSED_FOR


HR_DIGEST = Dialog(
    "hr_digest",
    Ask("day", _day, PICKS, lapse=_lapse, patience=_patience, exits=("day", END)),
    on={"due.digest": _due, "done.digest_chart": _drawn, "done.digest_line": _touched},
    roles=(Role.HR, Role.RECRUITER),
    is_card=True,
)
