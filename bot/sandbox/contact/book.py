"""Who of a company may have contacts outside it, by which ways they are added, and who has come by them."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.sandbox.contact.people import ContactPerson, as_shown
from bot.sandbox.wecom.callbacks import Callback, Callbacks, as_xml

PICTURES = "/wwhead/"
WELCOME_LIVES = timedelta(seconds=20)


@dataclass(frozen=True, slots=True)
class Way:
    """A contact way (联系我): whoever scans its picture adds one of these employees."""

    config_id: str
    qr_code: str
    users: tuple[str, ...]
    state: str
    skips_asking: bool
    """Whether nobody has to agree to being added."""


@dataclass(slots=True)
class Welcome:
    """Leave to welcome somebody once."""

    person: ContactPerson
    at: datetime
    is_used: bool = False


class Book:
    """All contacts of a company."""

    def __init__(self, clock: Clock, callbacks: Callbacks) -> None:
        self.clock = clock
        self._callbacks = callbacks
        self.employees: list[str] = []
        """Userids of those who may have contacts (客户联系使用范围)."""
        self.people: dict[str, ContactPerson] = {}
        """By external_userid."""
        self.ways: dict[str, Way] = {}
        """By config_id."""
        self.welcomes: dict[str, Welcome] = {}
        self.has_own_welcome = False
        """Whether the console has a welcome for these employees, which leaves none to the app."""
        self.host = "http://p.qpic.cn"
        """Where the pictures of codes are."""
        self._number = 0

    def person(self, name: str) -> ContactPerson:
        """Return somebody new, who has added nobody yet."""
        external = f"woAJ2GCAAAXtWyujaWJHDDGi0mAC{len(self.people) + 1:04d}"
        self.people[external] = ContactPerson(self, name, external)
        return self.people[external]

    def way(self, users: Sequence[str], state: str, skips_asking: bool) -> Way:
        """Return a new contact way."""
        id = secrets.token_hex(16)
        made = Way(
            id, f"{self.host}{PICTURES}{secrets.token_urlsafe(24)}/0", tuple(users), state, skips_asking
        )
        self.ways[id] = made
        return made

    def added(self, person: ContactPerson, code: str) -> str:
        """Tell that somebody scanned a code and added an employee, and give leave to welcome them (92130)."""
        way = next((each for each in self.ways.values() if each.qr_code == code), None)
        if way is None:
            raise LookupError(f"{code} is the picture of no contact way, or of one that was deleted")
        userid = way.users[self._number % len(way.users)]
        fields: dict[str, object] = {"State": way.state} if way.state else {}
        if userid not in person.knows and not self.has_own_welcome:
            fields["WelcomeCode"] = self._welcome(person)
        person.knows.add(userid)
        person.is_talking = False
        change = "add_external_contact" if way.skips_asking else "add_half_external_contact"
        return self._tell(person, userid, change, fields)

    def _welcome(self, person: ContactPerson) -> str:
        code = "CALLBACK" + secrets.token_hex(16)
        self.welcomes[code] = Welcome(person, self.clock.now())
        return code

    def edited(self, person: ContactPerson, userid: str) -> str:
        """Tell that an employee wrote something down about somebody."""
        return self._tell(person, userid, "edit_external_contact", {})

    def left(self, person: ContactPerson, userid: str, change: str) -> str:
        """Tell that one of both has deleted the other."""
        person.knows.discard(userid)
        return self._tell(person, userid, change, {})

    def wrote(self, person: ContactPerson, userid: str, text: str) -> None:
        """Show what an employee wrote by hand, of which no app is told."""
        if userid not in person.knows:
            raise LookupError(f"{userid} does not have {person.name}")
        person.is_talking = True
        person.chat.append(as_shown(self.clock.now(), userid, text))

    def _tell(self, person: ContactPerson, userid: str, change: str, more: dict[str, object]) -> str:
        now = self.clock.now()
        self._number += 1
        id = f"event{self._number:08d}"
        fields: dict[str, object] = {
            "ToUserName": self._callbacks.seal.receive_id,
            "FromUserName": "sys",
            "CreateTime": int(now.timestamp()),
            "MsgType": "event",
            "Event": "change_external_contact",
            "ChangeType": change,
            "UserID": userid,
            "ExternalUserID": person.external_userid,
            **more,
        }
        self._callbacks.add(Callback(id, person.external_userid, as_xml(fields), now))
        return id
