"""The device check comes back to the chat: all set, something to watch, or something to fix with help at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from conversations.dialog import Ask, Dialog, Scene, Session, Tell, Turn
from conversations.dialogs import person, rebook, technical
from conversations.dialogs.appointments import is_off, standing
from conversations.dialogs.checked import last
from conversations.dialogs.phrases import call_support, guides, nothing, when
from conversations.effects import PROMPTLY, Effect
from conversations.events import Event
from conversations.interview import CaseKind
from conversations.messages import Action, Block, Link, Message, Note, Press, item
from conversations.prechecks import CODES, SHOWN, said
from locales.text import ct, t

# -- what is said ----------------------------------------------------------------------------------------


def _passed(scene: Scene, session: Session | None) -> Message:
    lead = t("Your device works: you are all set. See you {when}!", when=when(scene.booked.attempt))
    return Message("precheck.passed", lead)


def _warned(scene: Scene) -> Message:
    lead = t(
        "Your device works for the interview. Something to watch until {when}:",
        when=when(scene.booked.attempt),
    )
    return Message("precheck.warned", lead, tuple(_found(scene)), (Link("check", _AGAIN),))


def _failed(scene: Scene, session: Session) -> Message:
    lead = t("Your device check found something to fix before {when}.", when=when(scene.booked.attempt))
    blocks: tuple[Block, ...] = (
        *_found(scene),
        person.who_and_when(scene),
        Note(t("You can join the interview in any case, and the result is never held against you.")),
    )
    phone = Press("phone", ct("button", "Use my phone"))
    return Message("precheck.failed", lead, blocks, (Link("check", _AGAIN), phone, *_ways_out(scene)))


def _phone(scene: Scene, session: Session) -> Message:
    lead = t("Most phones can do it: open this check on your phone, and see whether it works there.")
    note = Note(t("Open this message on your phone, or scan the code that the page shows on your computer."))
    link = Link("check", ct("button", "Check your device"))
    return Message("precheck.phone", lead, (note,), (link, *_ways_out(scene)))


def _link(scene: Scene, session: Session) -> Message:
    lead = t("Camera, microphone and connection, in a minute: check the device that you will use.")
    links = tuple(link for link in guides(scene.policy) if link.to in ("check", scene.policy.precheck_url))
    if not links:
        lead = t("There is nothing to check beforehand. If something does not work, call us.")
    return Message("precheck.link", lead, (), (*links, *call_support(scene.policy)))


_AGAIN = ct("button", "Try again")


def _ways_out(scene: Scene) -> tuple[Action, ...]:
    return (
        Press("help", ct("button", "Ask for help")),
        Press("rebook", ct("button", "Find another time")),
        *call_support(scene.policy),
    )


def _found(scene: Scene) -> Iterator[Block]:
    """Yield what was found, with what helps on any device."""
    check = last(scene)
    for code in check.codes[:SHOWN] if check is not None else ():
        if (remedy := CODES[code].remedy) is None:
            yield item(t("{finding} ({code})", finding=said(code), code=code))
        else:
            yield item(t("{finding} ({code}). {remedy}.", finding=said(code), code=code, remedy=remedy))


# -- what comes back from the page -----------------------------------------------------------------------


def _when_passed(scene: Scene, event: Event) -> Turn:
    """Say so once; what was wrong before is settled, and nobody needs to look at it any more."""
    if is_off(scene):
        return Turn()
    effects = _solved(scene)
    if _is_on_it(scene):
        return Turn(effects=effects, to="precheck.passed", manner=PROMPTLY)
    if not effects and _before(scene) == "passed":
        return Turn()
    return Turn(effects=effects, say=_passed(scene, None), manner=PROMPTLY)


def _when_warned(scene: Scene, event: Event) -> Turn:
    check = last(scene)
    if is_off(scene) or check is None:
        return Turn()
    effects = _solved(scene)
    if not effects and check.codes == _codes_before(scene):
        return Turn()
    end = "end" if _is_on_it(scene) else None
    return Turn(effects=effects, say=_warned(scene), to=end, manner=PROMPTLY)


def _when_failed(scene: Scene, event: Event) -> Turn:
    """Support hears of it early, and the candidate what to do; the same again is not said twice."""
    check = last(scene)
    if is_off(scene) or check is None:
        return Turn()
    effects = person.open_case(scene, event, CaseKind.TECHNICAL)
    is_said = check.codes == _codes_before(scene) and _is_on_it(scene)
    if technical.is_silent(scene) or is_said:
        return Turn(effects=effects)
    return Turn(effects=effects, to="precheck.failed", manner=PROMPTLY)


def _solved(scene: Scene) -> tuple[Effect, ...]:
    """Close the case that a check has opened, if nobody has taken it and nothing was said about it."""
    case = scene.open_case(CaseKind.TECHNICAL)
    if case is None or case.said or "failed" not in {check.verdict for check in scene.found["prechecks"][1:]}:
        return ()
    return technical.settled(scene)


def _is_on_it(scene: Scene) -> bool:
    """Tell whether the candidate is asked about an earlier check, or about what does not work."""
    session = scene.session(f"person:{scene.whose.id}", f"interview:{scene.booked.id}")
    return session is not None and session.is_waiting and session.dialog in ("precheck", "technical")


def _before(scene: Scene) -> str:
    return next((check.verdict for check in scene.found["prechecks"][1:]), "")


def _codes_before(scene: Scene) -> tuple[str, ...]:
    return next((check.codes for check in scene.found["prechecks"][1:]), ())


# -- what is answered ------------------------------------------------------------------------------------


def _use_phone(scene: Scene, session: Session, event: Event, arg: str) -> Turn:
    return Turn(to="phone", chosen=ct("button", "Use my phone"))


def _help(scene: Scene, session: Session, event: Event, arg: str) -> Turn:
    return replace(technical.get_help(scene, event), chosen=ct("button", "Ask for help"))


def _rebook(scene: Scene, session: Session, event: Event, arg: str) -> Turn:
    return replace(rebook.begin(scene, event), chosen=ct("button", "Find another time"))


def _wanted_help(scene: Scene, event: Event) -> Turn:
    """Asked for on the page of the check: what was found is known already."""
    return standing(scene) if is_off(scene) else technical.get_help(scene, event)


def _wanted(scene: Scene, event: Event) -> Turn:
    """Asked for from a menu."""
    if scene.interview is None:
        return Turn(say=nothing(scene))
    return standing(scene) if is_off(scene) else Turn(to="precheck.link")


_EXITS = ("technical.waiting", "technical.solved", "person.waiting", *rebook.ENTRIES)

PRECHECK = Dialog(
    "precheck",
    Ask(
        "failed",
        _failed,
        {"phone": _use_phone, "help": _help, "rebook": _rebook},
        hear=technical.HEAR,
        needs=("prechecks",),
        exits=("phone", *_EXITS),
    ),
    Ask(
        "phone",
        _phone,
        {"help": _help, "rebook": _rebook},
        hear=technical.HEAR,
        exits=_EXITS,
    ),
    Tell("passed", _passed),
    Tell("link", _link),
    entries=("passed", "link"),
    on={
        "checked.passed": _when_passed,
        "checked.warned": _when_warned,
        "checked.failed": _when_failed,
        "wanted.help_checking": _wanted_help,
        "wanted.check": _wanted,
    },
    needs={
        "checked.passed": ("prechecks",),
        "checked.warned": ("prechecks",),
        "checked.failed": ("prechecks",),
    },
)
