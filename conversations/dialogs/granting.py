"""A one-time code for somebody who is not in any chat with us yet: given to whoever asked for it, in private."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from conversations.commands.people import called
from conversations.dialog import Dialog, Scene, Turn
from conversations.effects import REPLY, Effect, Record, Say
from conversations.events import Done, Event
from conversations.grants import Grant, recorded
from conversations.identity import Person, Role, ToPerson
from conversations.messages import Block, Message, Note, Para
from conversations.names import channel_name, channel_of
from locales.text import Moment, t


def _code(scene: Scene, event: Event) -> Turn:
    """`result`: who (as typed), role, jobs, code, expires_at, links by account; or error."""
    if not isinstance(event.body, Done) or scene.person is None or Role.ADMIN not in scene.person.roles:
        return Turn()
    result, by = event.body.result, scene.person
    if "code" not in result:
        lead = t("No code could be made just now. Please try again.")
        return Turn(effects=(Say(ToPerson(by.id), Message("role.code", lead), REPLY),))
    grant = Grant(Role(result["role"]), frozenset(result["jobs"]))
    future = Person(by.id, "", roles=frozenset({grant.role}), jobs=grant.jobs)
    lead = t(
        "I know nobody called “{who}” yet. Whoever sends me this code becomes {role}: {code}",
        who=str(result["who"]),
        role=called(future),
        code=result["code"],
    )
    blocks: tuple[Block, ...] = (*_links(result["links"]), _how(result["expires_at"]))
    effects: tuple[Effect, ...] = (
        Say(ToPerson(by.id), Message("role.code", lead, blocks), REPLY),
        Record("person.role_offered", f"role:{grant.role.value}", f"person:{by.id}", recorded(grant)),
    )
    return Turn(effects=effects)


def _links(links: dict[str, str]) -> Iterator[Para]:
    for account, link in sorted(links.items()):
        yield Para(t("{channel}: {link}", channel=channel_name(channel_of(account)), link=link))


def _how(expires_at: str) -> Note:
    return Note(
        t(
            "Give it to them alone: they send it to me in our private chat. It works once, until {when}.",
            when=Moment(datetime.fromisoformat(expires_at)),
        )
    )


GRANTING = Dialog("granting", on={"done.role_code": _code}, roles=(Role.ADMIN,))
