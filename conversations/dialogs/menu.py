"""Whatever else is said gets a kind menu, never silence."""

from __future__ import annotations

from conversations.dialog import Ask, Dialog, Scene, Session, Turn
from conversations.dialogs import coming, person
from conversations.dialogs.appointments import is_off
from conversations.dialogs.phrases import call_support, company, go, guides, nothing, support
from conversations.events import Event, Sent
from conversations.interview import State
from conversations.messages import Link, Message, Note, Press
from locales.text import Text, ct, t

# -- what is said ----------------------------------------------------------------------------------------


def _menu(scene: Scene, session: Session) -> Message:
    if scene.interview is None:
        return nothing(scene)
    if session.data.get("welcome"):
        lead = t("Welcome back! What can I do for you?")
    elif session.data.get("hello"):
        name = company(scene.policy)
        lead = t("Hello! I am the interview assistant of {company}. What can I do for you?", company=name)
    else:
        lead = t("I am not sure what you mean, but this is what I can do:")
    return Message("menu", lead, (Note(_words(scene)),), (*_presses(scene), *_enter(scene)))


def _words(scene: Scene) -> Text:
    if is_off(scene):
        return t("Or write: status, help, privacy, stop.")
    return t("Or write: status, move, can't come, help, privacy, stop.")


def _presses(scene: Scene) -> tuple[Press, ...]:
    status = Press("status", ct("button", "Where things stand"))
    ask = Press("person", ct("button", "Talk to a person"))
    if is_off(scene):
        return (status, ask)
    technical = Press("technical", ct("button", "Something does not work"))
    if scene.booked.state is State.NO_SHOW:
        return (Press("move", ct("button", "Find another time"), "primary"), technical, status, ask)
    choices = (press for press in coming.presses(scene) if press.action != "help")
    return (*choices, technical, status, ask)


def _enter(scene: Scene) -> tuple[Link, ...]:
    return go(scene) if scene.booked.state is State.SCHEDULED else ()


def _help(scene: Scene, session: Session) -> Message:
    policy = scene.policy
    lead = t("I am glad to help. What is it about?")
    presses = (
        Press("technical", ct("button", "Something does not work")),
        Press("person", ct("button", "Talk to a person")),
        Press("move", ct("button", "Another time")),
        Press("status", ct("button", "Where things stand")),
    )
    offered = tuple(press for press in presses if press.action != "move" or not is_off(scene))
    links = (*call_support(policy), *guides(policy))
    return Message("menu.help", lead, (support(policy, scene.now),), (*offered, *links))


# -- what is chosen --------------------------------------------------------------------------------------


def _technical(scene: Scene, session: Session, event: Event, arg: str) -> Turn:
    return Turn(to="technical.fix", chosen=ct("button", "Something does not work"))


def _person(scene: Scene, session: Session, event: Event, arg: str) -> Turn:
    return Turn(
        effects=person.open_case(scene, event), to="person.waiting", chosen=ct("button", "Talk to a person")
    )


def _status(scene: Scene, session: Session, event: Event, arg: str) -> Turn:
    return Turn(to="status.now", chosen=ct("button", "Where things stand"))


PICKS = {**coming.PICKS, "technical": _technical, "person": _person, "status": _status}
EXITS = ("technical.fix", "person.waiting", "status.now", *coming.EXITS)


_SIGNS = {"voice": "🎤", "picture": "🖼", "video": "🎞", "location": "📍"}
"""How a file stands among the words of a case, whatever language its reader has."""


# -- what leads here -------------------------------------------------------------------------------------


def _said(scene: Scene, event: Event) -> Turn:
    return Turn(to="menu.menu") if scene.interview else Turn(say=nothing(scene))


def _hello(scene: Scene, event: Event) -> Turn:
    return Turn(to="menu.menu", keep={"hello": True}) if scene.interview else Turn(say=nothing(scene))


def _thanks(scene: Scene, event: Event) -> Turn:
    """Answered beside whatever is being asked, which stays open."""
    return Turn(say=Message("menu.welcome", t("You are welcome!")))


def _heed_help(scene: Scene, event: Event) -> Turn:
    return Turn(to="menu.help") if scene.interview else Turn(say=nothing(scene))


def _sent(scene: Scene, event: Event) -> Turn:
    """A voice note or a picture: kept with an open case, otherwise answered kindly, never ignored."""
    body = event.body
    if not isinstance(body, Sent):
        return Turn()
    if scene.interview is not None and (case := scene.open_case(*person.HELP)) is not None:
        added = person.add_words(scene, case, f"{_SIGNS.get(body.kind, '📎')} {body.caption}".strip())
        said = t("Thank you. I have put it with your question; our support sees that you sent it.")
        return Turn(effects=added, say=Message("menu.added", said))
    match body.kind:
        case "voice":
            said = t("I cannot listen to voice messages yet. Please write it, or tap one of the buttons.")
        case "sticker":
            said = t("Nice! If you need anything, just write to me.")
        case _:
            said = t("I cannot look at that yet. Please write it, or tap one of the buttons.")
    return Turn(say=Message("menu.cannot_read", said))


MENU = Dialog(
    "menu",
    Ask("menu", _menu, PICKS, exits=EXITS),
    Ask("help", _help, PICKS, exits=EXITS),
    entries=("help",),
    on={"said": _said, "sent": _sent},
    heeds={"hello": _hello, "thanks": _thanks, "help": _heed_help},
)
