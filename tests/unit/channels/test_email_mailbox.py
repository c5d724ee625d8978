"""Mail to us that lies in a mailbox: fetched once, in order, and left as it was."""

from collections.abc import AsyncIterator, Sequence
from email.policy import SMTPUTF8
from typing import Any

import pytest

from bot.clock import VirtualClock
from bot.sandbox.mail import MailStandIn
from bot.sandbox.mail.composing import reply
from channels.base import NotDelivered
from channels.email import Email, mailbox
from conversations.events import Event, Said, Unreachable
from tests.support import samples

TO = "lilei@example.com"
STRANGE = b"From: news@example.com\r\nSubject: Buy now\r\n\r\nBuy now\r\n"


class Office:
    """A channel that looks into the stand-in's mailbox, and somebody who writes to it."""

    def __init__(self, server: MailStandIn) -> None:
        assert server.imap is not None
        self.server = server
        self.imap = server.imap
        self.person = server.person("李雷", TO)
        self.cursors: list[str | None] = []
        self.events: list[Event] = []
        self.channel = self.connected()

    def connected(self, **changes: Any) -> Email:
        made = {**self.server.account(), "poll_seconds": 0, "deadline_seconds": 5, **changes}
        return Email("email.main", made, self.server.clock.now)

    async def sends(self) -> None:
        message = samples.MESSAGES["reminder"]
        payload = self.channel.render(message, samples.envelope(message, TO, account="email.main"))

        async def read_blob(blob: str) -> bytes:
            return b""

        await self.channel.deliver(payload, read_blob)

    async def looks(self) -> list[object]:
        """Look into the mailbox once; return what is new."""
        before = len(self.events)

        async def receive(events: Sequence[Event], reached: str | None) -> None:
            self.events += events
            self.cursors.append(reached)

        cursor = self.cursors[-1] if self.cursors else None
        assert await self.channel.pull(cursor, receive) == (self.cursors[-1] if self.cursors else cursor)
        return [event.body for event in self.events[before:]]


@pytest.fixture
async def office() -> AsyncIterator[Office]:
    async with MailStandIn(VirtualClock(samples.NOW), has_imap=True, security="none") as server:
        made = Office(server)
        yield made
        await made.channel.close()


async def test_what_was_there_before_us_counts_as_read(office: Office) -> None:
    await office.sends()
    await office.person.says("early")
    await office.server.settle()
    assert await office.looks() == []
    await office.person.says("late")
    await office.server.settle()
    assert await office.looks() == [Said("late")]


async def test_each_mail_is_fetched_once_and_in_order(office: Office) -> None:
    await office.sends()
    await office.looks()
    for text in ("one", "two", "three"):
        await office.person.says(text)
    await office.person.bounces()
    await office.server.settle()
    assert await office.looks() == [Said("one"), Said("two"), Said("three"), Unreachable("bounced 5.1.1")]
    cursors = [*office.cursors]
    assert await office.looks() == []
    # Nothing to store: the cursor stands.
    assert office.cursors == cursors


async def test_other_peoples_mail_does_not_hold_ours_up(office: Office) -> None:
    await office.sends()
    await office.looks()
    office.imap.gets(STRANGE)
    gone = office.imap.gets(STRANGE)
    office.imap.gets(b"\xff\xfe\x00")
    await office.person.says("yes")
    await office.server.settle()
    office.imap.deletes(gone)
    assert await office.looks() == [Said("yes")]


async def test_many_come_in_several_goes(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mailbox, "MOST", 4)
    await office.sends()
    await office.looks()
    for number in range(10):
        await office.person.says(f"{number}")
    await office.server.settle()
    goes = [len(await office.looks()) for _ in range(4)]
    assert goes == [4, 4, 2, 0]
    assert [event.body for event in office.events] == [Said(f"{number}") for number in range(10)]


async def test_a_mailbox_made_anew_begins_anew(office: Office) -> None:
    await office.sends()
    await office.looks()
    await office.person.says("lost with the mailbox")
    await office.server.settle()
    office.imap.validity = 2
    assert await office.looks() == []
    await office.person.says("here")
    await office.server.settle()
    assert await office.looks() == [Said("here")]


async def test_only_the_beginning_of_a_large_mail_is_read(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailbox, "LARGEST", 5_000)
    await office.sends()
    await office.looks()
    named = ("<1@example.com>", samples.NOW)
    mail = reply("apple", office.person.last.mail, "李雷", TO, "see the picture", named)
    mail.add_attachment(b"x" * 100_000, maintype="image", subtype="png", filename="a.png")
    office.imap.gets(mail.as_bytes(policy=SMTPUTF8))
    assert await office.looks() == [Said("see the picture")]


async def test_nothing_there_is_changed(office: Office) -> None:
    await office.sends()
    await office.looks()
    await office.person.says("yes")
    await office.server.settle()
    await office.looks()
    verbs = {command.split(" (")[0].rstrip("0123456789:,* ") for command in office.imap.commands}
    assert verbs <= {"CAPABILITY", "LOGIN", 'EXAMINE "INBOX"', "UID SEARCH UID", "UID FETCH", "LOGOUT"}


@pytest.mark.parametrize(
    ("changes", "why", "told"),
    [
        ({"imap_password": "another"}, "stopped", "does not open with this username and password"),
        ({"imap_folder": "Interviews"}, "stopped", "imap_folder"),
        ({"imap_host": "localhost"}, "stopped", "ca_file"),
        ({"imap_port": 1}, "busy", "ConnectionRefused"),
    ],
)
async def test_failures_are_sorted(office: Office, changes: dict[str, Any], why: str, told: str) -> None:
    channel = office.connected(**changes)

    async def receive(events: Sequence[Event], reached: str | None) -> None:
        raise AssertionError

    with pytest.raises(NotDelivered) as raised:
        await channel.pull("1:1", receive)
    assert (raised.value.why, raised.value.scope) == (why, "account")
    assert told in raised.value.detail
    assert "another" not in str(raised.value)
    (problem,) = await channel.check()
    assert told in problem
    await channel.close()


async def test_a_mailbox_that_says_nothing_is_given_up(office: Office) -> None:
    channel = office.connected(deadline_seconds=0.2)
    assert await channel.check() == ()
    office.imap.is_deaf = True
    (problem,) = await channel.check()
    assert "cannot be reached" in problem
    await channel.close()


async def test_who_pulls_offers_to_be_answered(office: Office) -> None:
    assert office.channel.pulls
    payload = office.channel.render(samples.choices(1), samples.envelope(samples.choices(1), TO, "en"))
    assert "simply reply" in payload.calls[0].params["text"]
