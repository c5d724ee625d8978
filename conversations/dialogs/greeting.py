"""How somebody comes to the bot: by their personal link, by a one-time code for staff, or just so."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import Any, Protocol
from uuid import UUID

from conversations.dialog import Ask, Dialog, Need, Scene, Session, Tell, Turn, fresh_id
from conversations.dialogs import coming, opt_out, rebook
from conversations.dialogs.appointments import actor, is_off, may_be_told, plan, subject, unhurried
from conversations.dialogs.claim import claimed
from conversations.dialogs.phrases import company, elements, go, guides, nothing, role_first, stranger, when
from conversations.effects import (
    PROMPTLY,
    Bind,
    Effect,
    MarkReach,
    Record,
    SavePerson,
    Say,
    SendElsewhere,
    Then,
    Work,
)
from conversations.engine import NeedMore
from conversations.events import Booked, Done, Event, Followed, Lost, Ordered, Said, Unreachable
from conversations.grants import Grant, read_grant, recorded
from conversations.identity import Address, Binding, Person, Role, ToPerson
from conversations.interview import State
from conversations.messages import Action, Block, File, Link, Message, Note, Para
from locales.text import Countdown, Listing, Text, ct, t

_NOBODY = UUID(int=0)
"""Whoever wrote, in the chat they wrote in."""
_NOWHERE = Session(_NOBODY, "", "")


class Token(Protocol):
    """How a token stands, as the need `token` finds it."""

    state: str
    """`good`, `used`, `expired` or `unknown`."""
    subject: str
    used_by_me: bool


# -- what is said ----------------------------------------------------------------------------------------


def _hello(scene: Scene, session: Session) -> Message:
    policy, attempt = scene.policy, scene.booked.attempt
    lead = t(
        "Hello {name}, I am the interview assistant of {company}. {interview} is {when}, {countdown}.",
        name=scene.whose.name,
        company=company(policy),
        interview=role_first(scene.booked),
        when=when(attempt),
        countdown=Countdown(attempt.starts_at),
    )
    blocks = (*elements(scene, "time", "countdown"), *_what_we_send(scene), *_code(scene), *_privacy(scene))
    actions = (*go(scene), *coming.presses(scene), *_links(scene), *_chat(scene))
    return Message("greeting", lead, blocks, actions, calendar="entry")


def _chat(scene: Scene) -> tuple[Action, ...]:
    """Offer the chat apps that reach only who comes to them, to whom we know in none of them."""
    known = {binding.address.channel for binding in scene.whose.bindings}
    inviting: tuple[str, ...] = scene.found.get("inviting", ())
    if not inviting or known & {*inviting}:
        return ()
    return (Link(f"invite:{scene.booked.id}", ct("button", "Get reminders in a chat app")),)


def _code(scene: Scene) -> Iterator[Block]:
    """Yield the code that brings them to us in WeChat, which has no link that a computer could open."""
    if "wechat" in scene.found.get("inviting", ()) and _chat(scene):
        alt = t("Scan this with WeChat, and I remind you there")
        yield File(f"invite:wechat:{scene.booked.id}", "wechat.png", "image/png", alt)


def _what_we_send(scene: Scene) -> Iterator[Block]:
    times = rebook.reminders_ahead(scene)
    if times:
        yield Para(
            t(
                "What you get from me: a reminder {times}; help if something does not work; and another time if "
                "this one does not suit you.",
                times=Listing(times),
            )
        )
    else:
        yield Para(
            t(
                "What you get from me: help if something does not work, and another time if this one does not suit you."
            )
        )


def _privacy(scene: Scene) -> Iterator[Block]:
    yield Note(
        t(
            "What we store serves this interview only. Write “stop” for no more messages, “privacy” for what we store."
        )
    )


def _links(scene: Scene) -> tuple[Action, ...]:
    privacy = scene.policy.privacy_url
    return (*guides(scene.policy), *((Link(privacy, ct("button", "Privacy")),) if privacy else ()))


def _staff(scene: Scene, session: Session) -> Message:
    return _welcome_staff(scene, scene.person)


def _welcome_staff(scene: Scene, person: Person | None) -> Message:
    name = person.name if person else ""
    lead = t("Welcome, {name}. You are set up for {company}.", name=name, company=company(scene.policy))
    blocks = (
        Para(_what_comes(person.roles if person else frozenset())),
        Note(t("Try “list today”, or “help” for everything you can ask.")),
    )
    return Message("greeting.staff", lead, blocks)


def _what_comes(roles: Collection[Role]) -> Text:
    """Say what somebody of staff gets here, by the role that gets most."""
    if Role.HR in roles:
        return t(
            "No-shows and the daily digest come to you here, with buttons; calls for help too, when support does not "
            "answer."
        )
    if Role.SUPPORT in roles:
        return t("Calls for help come to you here, with buttons.")
    if Role.ADMIN in roles:
        return t("What nobody else has taken in time comes to you here, with buttons.")
    if Role.RECRUITER in roles:
        return t(
            "No-shows of the interviews you recruit for come to you here first; you can move and remind as well."
        )
    return t("You can look up interviews and figures here. Nothing is sent to you unasked.")


def _not_yours(scene: Scene, session: Session) -> Message:
    lead = t("This link was made for somebody else, so I cannot open it here.")
    note = Note(t("If it is meant for you, ask whoever invited you for a new link. I have told them, too."))
    return Message("greeting.not_yours", lead, (note,))


def _expired(scene: Scene, session: Session) -> Message:
    lead = t("This link no longer works.")
    note = Note(
        t("Ask whoever invited you for a new one: it takes them a moment. Your interview is not affected.")
    )
    return Message("greeting.expired", lead, (note,))


def _stranger(scene: Scene, session: Session) -> Message:
    return stranger(scene)


# -- who comes -------------------------------------------------------------------------------------------


def _followed(scene: Scene, event: Event) -> Turn:
    token: Token = scene.found["token"]
    back = _reachable_again(scene, event)
    if not isinstance(event.body, Followed) or not event.body.token:
        return _came_back(scene, event).and_also(*back)
    return _with_token(scene, event, token, event.body.token).and_also(*back)


def _with_token(scene: Scene, event: Event, token: Token, value: str) -> Turn:
    match token.state:
        case "good" if (grant := read_grant(token.subject)) is not None:
            return _join_staff(scene, event, grant, value)
        case "good":
            return _bind(scene, event, value)
        case "used" if token.used_by_me or _is_own(scene):
            return _came_back(scene, event)
        case "used":
            return _refuse(scene, event)
        case "unknown" if scene.person is not None:
            return _came_back(scene, event)
    return _tell(scene, _expired(scene, _NOWHERE))


def _bind(scene: Scene, event: Event, value: str) -> Turn:
    """A candidate proves this account by the link that only they have."""
    if scene.interview is None or scene.candidate is None or event.account is None or event.user is None:
        return _tell(scene, _expired(scene, _NOWHERE))
    candidate = scene.candidate
    if scene.person is not None and scene.person.id != candidate.id:
        return _refuse(scene, event)
    effects: list[Effect] = []
    # Coming by the link is as good as START.
    came = replace(candidate, locale=candidate.locale or event.language, opted_out_at=None)
    if came != candidate:
        effects.append(SavePerson(came))
        candidate = came
    address = Address(event.account, event.user)
    effects.append(Bind(candidate.id, address, event.chat or event.user, value))
    effects.append(
        Record("person.bound", subject(scene.interview), f"person:{candidate.id}", {"account": event.account})
    )
    known = replace(scene, candidate=candidate)
    if is_off(known) or known.booked.state is State.NO_SHOW or known.booked.attempt.starts_at <= scene.now:
        return Turn(effects=tuple(effects), to=_where_it_stands(known))
    return Turn(effects=tuple(effects), to="greeting.hello")


def _where_it_stands(scene: Scene) -> str:
    if is_off(scene):
        return "status.now"
    return "no_show.ask" if scene.booked.state is State.NO_SHOW else "reminder.ask"


def _join_staff(scene: Scene, event: Event, grant: Grant, value: str) -> Turn:
    """Whoever sends the one-time code gets the role it stands for."""
    if event.account is None or event.user is None:
        return Turn()
    role = grant.role
    if scene.person is None:
        person = Person(
            id=fresh_id(event, "person"),
            name=event.name or role.value,
            locale=event.language,
            roles=frozenset({role}),
            jobs=grant.jobs,
        )
    else:
        roles, jobs = grant.to(scene.person)
        person = replace(scene.person, roles=roles, jobs=jobs)
    effects = (
        SavePerson(person),
        Bind(person.id, Address(event.account, event.user), event.chat or event.user, value),
        Record("person.role", f"person:{person.id}", f"person:{person.id}", recorded(grant)),
    )
    if event.name is None and scene.person is None and scene.found["accounts"].get(event.account) == "lookup":
        # The platform knows what they are called: they are welcomed by that name.
        asked = Work("find", {"account": event.account, "hint": event.user, "staff": str(person.id)})
        return Turn(effects=(*effects, asked))
    return Turn(effects=(*effects, Say(ToPerson(person.id), _welcome_staff(scene, person))))


def _found_staff(scene: Scene, event: Event, result: Mapping[str, Any]) -> Turn:
    """Welcome somebody of staff by the name, and in the language, that their platform knows; or without."""
    person = scene.person
    if person is None or not person.is_staff:
        return Turn()
    came = replace(
        person,
        name=str(result.get("name") or person.name),
        zone=person.zone or result.get("zone"),
        locale=person.locale or result.get("language"),
    )
    return Turn(effects=(SavePerson(came), Say(ToPerson(person.id), _welcome_staff(scene, came))))


def _refuse(scene: Scene, event: Event) -> Turn:
    label = scene.interview.label if scene.interview else ""
    told = Done("used_link", {"interview": label, "account": event.account or ""})
    return _tell(scene, _not_yours(scene, _NOWHERE)).and_also(Then(told))


def _tell(scene: Scene, message: Message) -> Turn:
    """Answer whoever wrote or opened a link, not the candidate whose interview the scene may hold."""
    return Turn(effects=(Say(ToPerson(scene.person.id if scene.person else _NOBODY), message),))


def _is_own(scene: Scene) -> bool:
    return scene.person is not None and scene.candidate is not None and scene.person.id == scene.candidate.id


def _came_back(scene: Scene, event: Event) -> Turn:
    """Somebody we know, or nobody yet."""
    person = scene.person
    if person is None:
        return _tell(scene, _stranger(scene, _NOWHERE))
    if person.is_staff and not _is_own(scene):
        return _tell(scene, _welcome_staff(scene, person))
    if person.opted_out_at is not None:
        return opt_out.come_back(scene, event)
    if scene.interview is None:
        return _tell(scene, nothing(scene))
    return Turn(to="menu.menu", keep={"welcome": True})


def _reachable_again(scene: Scene, event: Event) -> tuple[Effect, ...]:
    if scene.person is None or event.account is None or event.user is None:
        return ()
    address = Address(event.account, event.user)
    is_lost = any(b.address == address and not b.is_reachable for b in scene.person.bindings)
    return (MarkReach(address, True),) if is_lost else ()


def _unreachable(scene: Scene, event: Event) -> Turn:
    """Somebody blocked us or left: a fact, not an error. HR finds them in the list of those we cannot reach."""
    if not isinstance(event.body, Unreachable) or event.account is None or event.user is None:
        return Turn()
    marked = MarkReach(Address(event.account, event.user), False, event.body.why)
    return Turn(effects=(marked, *_left_behind(scene)))


def _left_behind(scene: Scene) -> Iterator[Then]:
    """Yield what has it looked at whether somebody of staff leaves cases behind."""
    if scene.person is None or not scene.person.is_staff:
        return
    if "owned" not in scene.found:
        raise NeedMore((Need("owned", {"person": str(scene.person.id)}),))
    for case in scene.found["owned"]:
        yield Then(Done("orphan", {"about": str(case.interview), "case": str(case.id)}))


def _lost(scene: Scene, event: Event) -> Turn:
    """What a platform had taken did not arrive: it goes another way, and the next one this way again."""
    if not isinstance(event.body, Lost) or event.account is None or event.user is None or not event.about:
        return Turn()
    address = Address(event.account, event.user)
    lost = Record("message.lost", f"account:{event.account}", "core", {"why": event.body.why})
    return Turn(effects=(SendElsewhere(address, event.about), lost))


def _stranger_says(scene: Scene, event: Event) -> Turn:
    """Words of somebody we do not know: a code perhaps, otherwise who we are and how to come in."""
    token: Token = scene.found["token"]
    if isinstance(event.body, Said) and (claim := claimed(scene, event, event.body.text)) is not None:
        return claim
    if isinstance(event.body, Said) and token.state != "unknown":
        value = event.body.text.strip()
        if token.subject.startswith("role:") and token.state == "good":
            return _with_token(scene, event, token, value)
        # The interview that an invitation's token stands for is loaded for those who follow a link.
        return Turn(effects=(Then(Followed(value)),))
    return _tell(scene, _stranger(scene, _NOWHERE))


# -- what was booked for them ----------------------------------------------------------------------------


def _booked(scene: Scene, event: Event) -> Turn:
    """A new interview is planned; a candidate who is in a chat already hears of it at once."""
    body = event.body
    if not isinstance(body, Booked) or scene.interview is None or is_off(scene):
        return Turn()
    known, addresses = _known_by_list(scene, event)
    if not body.is_new:
        return rebook.replanned(known, event).and_also(*addresses)
    effects = (
        *addresses,
        *plan(scene, scene.booked),
        Record("interview.booked", subject(scene.booked), actor(scene)),
    )
    if not may_be_told(known) or scene.booked.attempt.starts_at <= scene.now:
        return Turn(effects=effects)
    return Turn(effects=effects, to="greeting.hello", manner=unhurried(scene))


def _invite(scene: Scene, event: Event) -> Turn:
    """Invite somebody once more, by every address the list knows; platforms that find people are asked again."""
    if not isinstance(event.body, Ordered) or scene.interview is None or is_off(scene):
        return Turn()
    known, addresses = _known_by_list(scene, event)
    effects = (*addresses, Record("invitation.sent", subject(scene.booked), actor(scene)))
    if not may_be_told(known):
        return Turn(effects=effects)
    return Turn(effects=effects, to="greeting.hello", manner=replace(PROMPTLY, delivery="all"))


def _known_by_list(scene: Scene, event: Event) -> tuple[Scene, tuple[Effect, ...]]:
    """Join a candidate to what the list knows of them: mailbox, phone, and whoever a platform finds by these."""
    candidate = scene.whose
    accounts: Mapping[str, str] = scene.found["accounts"]
    effects: list[Effect] = []
    bindings = list(candidate.bindings)
    for account, finds in accounts.items():
        user = {"email": candidate.email, "phone": candidate.phone}.get(finds)
        held = [binding for binding in candidate.bindings if binding.address.account == account]
        if finds == "lookup" and not held:
            effects.append(_look_up(scene, account))
        if not user or Address(account, user) in [binding.address for binding in held]:
            continue
        effects += [MarkReach(binding.address, False, "replaced") for binding in held]
        effects.append(Bind(candidate.id, Address(account, user), user))
        id = fresh_id(event, f"binding:{account}")
        bindings.append(Binding(id, candidate.id, Address(account, user), scene.now))
    known = replace(candidate, bindings=tuple(bindings))
    return replace(scene, candidate=known), tuple(effects)


def _look_up(scene: Scene, account: str) -> Work:
    candidate = scene.whose
    wanted = {
        "email": candidate.email,
        "phone": candidate.phone,
        "hint": candidate.hints.get(account.partition(".")[0]),
    }
    known = {name: value for name, value in wanted.items() if value}
    return Work("find", {"account": account, "about": str(scene.booked.id), **known})


def _found(scene: Scene, event: Event) -> Turn:
    """The platform knows them, or not: who was not told yet is greeted there."""
    if isinstance(event.body, Done) and "staff" in event.body.result:
        return _found_staff(scene, event, event.body.result)
    if not isinstance(event.body, Done) or scene.interview is None or scene.candidate is None:
        return Turn()
    result, candidate = event.body.result, scene.candidate
    account = str(result.get("account", ""))
    if not result.get("user"):
        why = "failed" if result.get("error") else "unknown"
        return Turn(
            effects=(
                Record("person.not_found", subject(scene.booked), "core", {"account": account, "why": why}),
            )
        )
    address = Address(account, str(result["user"]))
    came = replace(
        candidate,
        zone=candidate.zone or result.get("zone"),
        locale=candidate.locale or result.get("language"),
    )
    effects: tuple[Effect, ...] = (
        *((SavePerson(came),) if came != candidate else ()),
        Bind(candidate.id, address, str(result.get("chat") or address.user)),
        Record("person.found", subject(scene.booked), "core", {"account": account}),
    )
    is_told = may_be_told(scene) or is_off(scene) or scene.booked.attempt.starts_at <= scene.now
    if is_told or candidate.opted_out_at is not None:
        return Turn(effects=effects)
    return Turn(effects=effects, to="greeting.hello", manner=unhurried(replace(scene, candidate=came)))


GREETING = Dialog(
    "greeting",
    Ask("hello", _hello, coming.PICKS, hear=coming.HEAR, exits=coming.EXITS, needs=("inviting",)),
    Tell("staff", _staff),
    Tell("not_yours", _not_yours),
    Tell("expired", _expired),
    Tell("stranger", _stranger, needs=("accounts",)),
    entries=("staff", "not_yours", "expired", "stranger"),
    on={
        "followed": _followed,
        "stranger": _stranger_says,
        "unreachable": _unreachable,
        "lost": _lost,
        "booked": _booked,
        "ordered.invite": _invite,
        "done.find": _found,
    },
    needs={
        "followed": ("token", "accounts"),
        "stranger": ("token", "accounts"),
        "booked": ("accounts",),
        "ordered.invite": ("accounts",),
    },
)
