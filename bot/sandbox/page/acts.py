"""What somebody before the page does in place of the people at the windows: write, tap, fill in, follow links."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.sandbox.page.doings import doings
from bot.sandbox.page.seats import Place, Seat, seats
from bot.sandbox.page.studio import Mistaken, Studio
from bot.sandbox.people import Someone
from bot.sandbox.slack import SlackChannel, SlackPerson
from bot.sandbox.stage import Stage
from bot.sandbox.telegram import Group, Person
from bot.sandbox.visitor import Visitor
from bot.sandbox.wechat import WeChatPerson
from bot.sandbox.wecom import WeComPerson
from locales.text import ct


def seat(studio: Studio, key: str) -> Seat:
    """Return a seat by its key, `platform:name`; raises Mistaken."""
    found = next((each for each in seats(studio.set_stage) if each.key == key), None)
    if found is None:
        raise Mistaken(ct("sandbox", "There is no window {name}.", name=key[:80]))
    return found


def message(studio: Studio, key: str, number: int) -> Any:
    """Return a message of a window by its number, counted from 0; raises Mistaken."""
    shown = seat(studio, key).messages
    if not 0 <= number < len(shown):
        raise Mistaken(ct("sandbox", "There is no message {n} there.", n=number))
    return shown[number]


def open_window(studio: Studio, key: str) -> None:
    """Show somebody's window, whoever else is there."""
    studio.opened.add(seat(studio, key).key)
    studio.touch()


async def says(studio: Studio, key: str, text: str, by: str = "") -> None:
    """Write as somebody, or in a group as one of its members; on Slack what begins with / is a command."""
    if not text.strip():
        raise Mistaken(ct("sandbox", "There is nothing to send: write something."))
    at = seat(studio, key)
    who, there = _speaker(studio, at, by)
    async with studio.hands() as stage:
        stage.note(who.name, text)
        if isinstance(who, SlackPerson) and text.startswith("/"):
            await who.types(text, there if isinstance(there, SlackChannel) else None)
        elif there is not None:
            await who.says(text, to=there)  # type: ignore[call-arg]
        else:
            await who.says(text)


async def presses(
    studio: Studio, key: str, number: int, label: str, by: str = "", chosen: Mapping[str, str] | None = None
) -> None:
    """Tap a button of a message, with options chosen before where it has any."""
    at = seat(studio, key)
    shown = message(studio, key, number)
    who, there = _speaker(studio, at, by)
    if label not in shown.presses:
        raise Mistaken(ct("sandbox", "That message has no button “{label}” any more.", label=label[:80]))
    more: dict[str, Any] = {"to": there} if there is not None else {}
    if chosen and isinstance(who, WeComPerson):
        more["choose"] = _options(shown, chosen)
    async with studio.hands() as stage:
        stage.note(who.name, f"[{label}]")
        await who.presses(label, on=shown, **more)


def _options(shown: Any, chosen: Mapping[str, str]) -> Mapping[str, str]:
    """Return what was chosen; raises Mistaken for what that message does not ask."""
    options = {each.title: each.options for each in shown.face.questions}
    if any(option not in options.get(title, ()) for title, option in chosen.items()):
        raise Mistaken(ct("sandbox", "That message asks something else by now."))
    return chosen


def _speaker(studio: Studio, at: Seat, by: str) -> tuple[Someone, Place | None]:
    """Return who acts at a seat, and in which group."""
    if at.person is not None:
        return at.person, None
    members = at.sits.members if isinstance(at.sits, Group | SlackChannel) else []
    found: Person | SlackPerson | None = next((each for each in members if each.name == by), None)
    if found is None:
        raise Mistaken(ct("sandbox", "Choose who of the group does it."))
    return found, at.sits if isinstance(at.sits, Group | SlackChannel) else None


async def does(studio: Studio, key: str, name: str) -> None:
    """Do one of what somebody can do beside writing and tapping: block the bot …"""
    at = seat(studio, key)
    found = next((each for each in doings(at.person) if each.name == name), None) if at.person else None
    if found is None or at.person is None:
        raise Mistaken(ct("sandbox", "That cannot be done at this window now."))
    async with studio.hands() as stage:
        stage.note(at.name, f"({stage.words(found.label)})")
        done = found.do(at.person)
        if hasattr(done, "__await__"):
            await done


async def chooses(studio: Studio, key: str, name: str) -> None:
    """Choose an entry of the menu under a chat; where it leads to a page, open that."""
    who = seat(studio, key).person
    if not isinstance(who, WeComPerson | WeChatPerson):
        raise Mistaken(ct("sandbox", "There is no menu at this window."))
    async with studio.hands() as stage:
        stage.note(who.name, f"[{name}]")
        led = await who.clicks_menu(name)
        if led.startswith("http"):
            await stage.on_page(who).visits(led)


# -- Slack's forms ------------------------------------------------------------------------------------------


async def submits(studio: Studio, key: str, values: Mapping[str, str]) -> None:
    """Send the form that lies over somebody's Slack, filled in by action id."""
    who = _on_slack(studio, key)
    async with studio.hands() as stage:
        modal = who.modal
        if modal is None:
            raise Mistaken(ct("sandbox", "No form is open there any more."))
        stage.note(who.name, f"[{modal.title}]")
        await who.submits(values)


async def closes(studio: Studio, key: str) -> None:
    """Put the form away unsent."""
    who = _on_slack(studio, key)
    await studio.act(lambda stage: who.closes())


def _on_slack(studio: Studio, key: str) -> SlackPerson:
    who = seat(studio, key).person
    if not isinstance(who, SlackPerson):
        raise Mistaken(ct("sandbox", "No form is open there any more."))
    return who


# -- links and pages ----------------------------------------------------------------------------------------


async def visits(studio: Studio, key: str, url: str) -> None:
    """Open an address of ours in somebody's browser, or follow an invitation; raises Mistaken for any other."""
    who = seat(studio, key).person
    if who is None:
        raise Mistaken(ct("sandbox", "That address leads out of the sandbox."))
    async with studio.hands() as stage:
        if is_ours(stage, url):
            stage.note(who.name, f"→ {url.removeprefix(stage.base)[:12]}…")
            visitor = stage.on_page(who)
            await visitor.visits(url)
            studio.opened.add(f"page:{who.name}")
        else:
            await _follow(stage, who, url)


async def invited(studio: Studio, key: str, interview: str) -> None:
    """Have somebody follow the personal invitation to an interview."""
    who = seat(studio, key).person
    if who is None:
        raise Mistaken(ct("sandbox", "Only a person can be invited."))
    async with studio.hands() as stage:
        await _follow(stage, who, await stage.invite(interview))


async def _follow(stage: Stage, who: Someone, url: str) -> None:
    try:
        await stage.follows(who, url)
    except (ValueError, AssertionError) as wrong:
        raise Mistaken(
            ct("sandbox", "That address leads nowhere on this platform: {why}", why=str(wrong)[:200])
        ) from None


def is_ours(stage: Stage, url: str) -> bool:
    """Tell whether an address leads to a page of the product, directly or by way of a platform's login."""
    bases = [stage.base, *(getattr(each.stand_in, "api_base", "") for each in stage.platforms.values())]
    return any(base and url.startswith(f"{base}/") for base in bases)


async def browses(studio: Studio, key: str, form: int, button: str, values: Mapping[str, str]) -> None:
    """Send a form of the page in somebody's browser, by a button, filled in by field."""
    visitor = seat(studio, key).sits
    page = visitor.page if isinstance(visitor, Visitor) else None
    if not isinstance(visitor, Visitor) or page is None or not 0 <= form < len(page.forms):
        raise Mistaken(ct("sandbox", "That page has changed meanwhile."))
    found = page.forms[form]
    names = {each.name for each in found.fields if each.kind != "hidden"}
    async with studio.hands() as stage:
        stage.note(visitor.name, f"[{button}]")
        pressed = next((each for each in found.buttons if each.label == button), None)
        await visitor.sends(found, {name: value for name, value in values.items() if name in names}, pressed)
