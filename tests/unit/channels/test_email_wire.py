"""One SMTP transaction: what each answer means, connections that are kept, and nothing in the open."""

import asyncio
import logging
import re
import ssl
import traceback
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.clock import VirtualClock
from bot.sandbox.mail import MailPerson, MailStandIn, Rules
from channels.base import NotDelivered, Receipt
from channels.email import Email, wire
from channels.email.answers import Phase, judge
from conversations.messages import Message
from tests.support import samples
from tests.support.samples import MESSAGES, words

TO = "lilei@example.com"


@pytest.fixture
async def server() -> AsyncIterator[MailStandIn]:
    async with MailStandIn(VirtualClock(samples.NOW)) as made:
        yield made


@pytest.fixture
async def person(server: MailStandIn) -> MailPerson:
    return server.person("李雷", TO)


class Account:
    """A channel on a stand-in, closed at the end."""

    def __init__(self, server: MailStandIn, **changes: Any) -> None:
        made = {k: v for k, v in {**server.account(), **changes}.items() if v is not None}
        self.channel = Email("email.main", made, server.clock.now)

    async def __aenter__(self) -> "Account":
        await self.channel.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.channel.close()

    async def sends(self, message: Message = MESSAGES["bare"], to: str = TO) -> Receipt:
        payload = self.channel.render(message, samples.envelope(message, to, "en", account="email.main"))
        return await self.channel.deliver(payload, read_blob)

    async def fails(self, message: Message = MESSAGES["bare"], to: str = TO) -> NotDelivered:
        with pytest.raises(NotDelivered) as raised:
            await self.sends(message, to)
        told = "".join(traceback.format_exception(raised.value))
        assert "SandboxSandbox" not in told
        assert to not in raised.value.detail
        return raised.value


async def read_blob(blob: str) -> bytes:
    return samples.CALENDAR


def says(number: int) -> Message:
    return Message("m", words(f"第{number}封", f"Mail {number}"))


# -- sending ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("security", ["starttls", "tls", "none"])
async def test_mails_arrive_however_the_server_is_spoken_to(security: Any) -> None:
    async with MailStandIn(VirtualClock(samples.NOW), security=security) as server:
        person = server.person("李雷", TO)
        async with Account(server) as account:
            assert await account.channel.check() == ()
            receipt = await account.sends()
        assert person.last.message_id == f"<{receipt.id}>"
        (accepted,) = server.accepted
        assert (accepted.sender, accepted.recipient) == ("interviews@nebula.example", TO)


async def test_a_connection_is_kept_for_the_next_mail(
    server: MailStandIn, person: MailPerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with Account(server) as account:
        for number in range(3):
            await account.sends(says(number))
        assert server.connections == 1
        # Cut off meanwhile: that is no failure of a mail.
        server.drop_connections()
        await account.sends(says(3))
        server.fail("mail", answer="421 4.4.2 Timeout, closing")
        await account.sends(says(4))
        assert server.connections == 3
        monkeypatch.setattr(wire, "MOST_MAILS", 1)
        await account.sends(says(5))
        await account.sends(says(6))
        assert server.connections == 4
        monkeypatch.setattr(wire, "KEPT", 0)
        monkeypatch.setattr(wire, "MOST_MAILS", 100)
        await account.sends(says(7))
        await asyncio.sleep(0.01)
        await account.sends(says(8))
        assert server.connections == 6
    assert [mail.subject for mail in person.mails] == [f"Mail {number}" for number in range(9)]
    assert server.refused == []


async def test_many_at_once(server: MailStandIn) -> None:
    people = [server.person(f"P{number}") for number in range(20)]
    async with Account(server) as account:
        await asyncio.gather(*(account.sends(to=person.address) for person in people))
        assert len(account.channel._connected()._kept) <= wire.MOST_KEPT
    assert [len(person.mails) for person in people] == [1] * 20


async def test_a_second_try_has_the_same_message_id(server: MailStandIn, person: MailPerson) -> None:
    async with Account(server) as account:
        server.fail("end", "cut", accepts=True)
        assert (await account.fails()).why == "in_doubt"
        receipt = await account.sends()
    assert [str(each.mail["Message-ID"]) for each in server.accepted] == [f"<{receipt.id}>"] * 2
    assert len(person.mails) == 1


async def test_a_large_mail_cut_off_halfway_was_not_taken(server: MailStandIn, person: MailPerson) -> None:
    long = Message("m", words("长", "Long"), MESSAGES["digest"].blocks)
    async with Account(server) as account:
        for _ in range(3):
            server.fail("content", "cut")
            # Where its end was on its way already, nobody knows.
            assert (await account.fails(long)).why in ("busy", "in_doubt")
        await account.sends(long)
    assert len(person.mails) == 1


async def test_lines_that_are_a_dot_arrive(server: MailStandIn, person: MailPerson) -> None:
    text = ".\n..\n.hidden\nFrom here"
    async with Account(server) as account:
        await account.sends(Message("m", words(text, text)))
    assert text in person.last.text


async def test_international_addresses_need_a_server_that_takes_them(server: MailStandIn) -> None:
    person = server.person("李雷", "李雷@例子.中国")
    server.person("李", "li@例子.中国")
    async with Account(server) as account:
        await account.sends(to="李雷@例子.中国")
        assert person.last.mail["To"].addresses[0].username == "李雷"
    async with MailStandIn(server.clock, rules=Rules(takes_utf8=False), security="none") as old:
        plain, chinese = old.person("李", "li@例子.中国"), old.person("李雷", "李雷@例子.中国")
        async with Account(old) as account:
            failure = await account.fails(to="李雷@例子.中国")
            assert failure.why == "refused"
            assert "SMTPUTF8" in failure.detail
            await account.sends(to="li@例子.中国")
        assert (len(plain.mails), len(chinese.mails)) == (1, 0)


async def test_a_server_of_seven_bits_takes_every_mail() -> None:
    rules = Rules(takes_8bit=False, takes_utf8=False)
    async with MailStandIn(VirtualClock(samples.NOW), rules=rules, security="none") as server:
        person = server.person("李雷", TO)
        async with Account(server) as account:
            for message in MESSAGES.values():
                await account.sends(message)
        assert len(person.mails) == len(MESSAGES)
        assert server.refused == []


async def test_what_the_server_finds_too_large_is_not_sent() -> None:
    rules = Rules(largest=3000)
    async with MailStandIn(VirtualClock(samples.NOW), rules=rules, security="none") as server:
        server.person("李雷", TO)
        async with Account(server) as account:
            failure = await account.fails(MESSAGES["digest"])
        assert (failure.why, server.accepted) == ("refused", [])
        assert "3000" in failure.detail


@pytest.mark.parametrize(
    "to", ["", "nobody", "a@b", "<a@example.com>", "a@example.com\r\nRCPT TO:<b@example.com>"]
)
async def test_a_broken_address_reaches_nobody(server: MailStandIn, to: str) -> None:
    async with Account(server) as account:
        failure = NotDelivered("busy")
        with pytest.raises(NotDelivered) as raised:
            await account.sends(to=to)
        failure = raised.value
    assert (failure.why, failure.scope) == ("gone", "chat")
    assert server.connections == 0


# -- nothing in the open ----------------------------------------------------------------------------------


async def test_a_server_that_hides_encryption_gets_no_password(caplog: pytest.LogCaptureFixture) -> None:
    async with MailStandIn(VirtualClock(samples.NOW), security="none") as server:
        server.person("李雷", TO)
        with caplog.at_level(logging.DEBUG, "mail.log"):
            async with Account(
                server, security="starttls", username="u", password="hunter2hunter2"
            ) as account:
                failure = await account.fails()
        assert (failure.why, failure.scope) == ("stopped", "account")
        assert "encryption" in failure.detail
        assert ">> b'EHLO" in caplog.text
        assert ">> b'AUTH" not in caplog.text
        assert server.accepted == []


async def test_only_a_certificate_of_a_known_authority_counts(server: MailStandIn) -> None:
    async with Account(server, ca_file=None) as account:
        failure = await account.fails()
        (told,) = await account.channel.check()
    assert failure.why == "stopped"
    assert "ca_file" in failure.detail
    assert told == failure.detail
    # The certificate is for 127.0.0.1.
    async with Account(server, host="localhost") as account:
        assert "ostname mismatch" in (await account.fails()).detail


async def test_what_check_finds(server: MailStandIn) -> None:
    for changes, told in (
        ({"port": 1}, "cannot be reached"),
        ({"password": "another"}, "username and password"),
        ({"security": "tls"}, 'security = "starttls"'),
        ({"ca_file": "/nowhere/own.pem"}, "ca_file cannot be read"),
        ({}, None),
    ):
        async with Account(server, **changes) as account:
            found = await account.channel.check()
            assert (told in found[0]) if told else found == ()
    server.fail("connect", "hang")
    async with Account(server, deadline_seconds=0.1) as account:
        (problem,) = await account.channel.check()
        assert "too slow" in problem


async def test_who_has_no_password_logs_in_nowhere() -> None:
    async with (
        MailStandIn(VirtualClock(samples.NOW), security="none") as server,
        Account(server, username="u", password="p" * 20) as account,
    ):
        assert "takes no password" in (await account.channel.check())[0]


# -- what answers mean ------------------------------------------------------------------------------------


class Answer(Exception):
    def __init__(self, code: int, message: str) -> None:
        self.code, self.message = code, message


@pytest.mark.parametrize(
    ("phase", "code", "text", "why", "scope"),
    [
        ("connect", 421, "Too busy", "busy", "account"),
        ("connect", 554, "5.7.1 You are on a blocklist", "stopped", "account"),
        ("hello", 550, "Who are you", "stopped", "account"),
        ("encryption", 454, "TLS not available", "busy", "account"),
        ("login", 454, "4.7.0 Temporary authentication failure", "busy", "account"),
        ("login", 535, "5.7.8 Bad credentials", "stopped", "account"),
        ("login", 534, "5.7.9 Please log in with your web browser", "stopped", "account"),
        ("sender", 421, "4.7.28 Unusual rate", "busy", "account"),
        ("sender", 451, "4.3.0 No", "busy", "account"),
        ("sender", 452, "4.3.1 Disk full", "busy", "account"),
        ("sender", 530, "5.7.0 Must issue a STARTTLS command first", "stopped", "account"),
        (
            "sender",
            550,
            "5.7.60 Client does not have permissions to send as this sender",
            "stopped",
            "account",
        ),
        ("sender", 552, "5.3.4 Message size exceeds limit", "refused", "message"),
        ("recipient", 450, "4.7.1 Greylisted", "busy", "message"),
        ("recipient", 451, "Greylisted", "busy", "message"),
        ("recipient", 452, "4.2.2 Over quota", "busy", "message"),
        ("recipient", 421, "Slow down", "busy", "account"),
        ("recipient", 550, "5.1.1 User unknown", "gone", "chat"),
        ("recipient", 550, "No such user here", "gone", "chat"),
        ("recipient", 550, "5.4.1 Recipient address rejected: Access denied", "gone", "chat"),
        ("recipient", 551, "User not local", "gone", "chat"),
        ("recipient", 553, "Mailbox name not allowed", "gone", "chat"),
        ("recipient", 501, "5.1.3 Bad address syntax", "gone", "chat"),
        ("recipient", 550, "5.2.1 Mailbox disabled", "gone", "chat"),
        ("recipient", 550, "5.2.2 Mailbox full", "closed", "chat"),
        ("recipient", 552, "5.2.2 Mailbox full", "closed", "chat"),
        ("recipient", 550, "5.7.1 Blocked by policy", "refused", "message"),
        ("recipient", 554, "5.7.1 Relay access denied", "stopped", "account"),
        ("recipient", 550, "Relaying not permitted", "stopped", "account"),
        ("recipient", 503, "5.5.1 Bad sequence", "refused", "message"),
        ("data", 451, "4.3.0 Later", "busy", "message"),
        ("data", 554, "5.5.1 No valid recipients", "refused", "message"),
        ("sent", 451, "4.7.1 Greylisted", "busy", "message"),
        ("sent", 421, "Closing", "busy", "account"),
        ("sent", 552, "5.3.4 Too big", "refused", "message"),
        ("sent", 554, "5.7.1 Spam", "refused", "message"),
        ("sent", 550, "5.1.1 User unknown", "gone", "chat"),
        ("sent", 550, "Spam", "refused", "message"),
        ("sent", 354, "?", "in_doubt", "account"),
        ("sent", -1, "Malformed SMTP response line", "in_doubt", "message"),
        ("recipient", -1, "Malformed SMTP response line", "busy", "account"),
    ],
)
def test_answers_are_sorted(phase: Phase, code: int, text: str, why: str, scope: str) -> None:
    judged = judge(phase, Answer(code, text))
    assert (judged.why, judged.scope, judged.retry_after) == (why, scope, None)


@pytest.mark.parametrize(
    ("phase", "failure", "why"),
    [
        ("connect", ConnectionRefusedError(), "busy"),
        ("recipient", ConnectionResetError(), "busy"),
        ("data", TimeoutError(), "busy"),
        ("sent", TimeoutError(), "in_doubt"),
        ("sent", ConnectionResetError(), "in_doubt"),
        ("connect", OSError("no route"), "busy"),
        ("connect", ssl.SSLEOFError(), "busy"),
        ("connect", ssl.SSLCertVerificationError(), "stopped"),
    ],
)
def test_silence_is_sorted(phase: Phase, failure: Exception, why: str) -> None:
    assert judge(phase, failure).why == why


def test_what_a_server_says_goes_on_without_addresses() -> None:
    said = (
        "5.1.1 <lilei@example.com>: user lilei@example.com is unknown\n5.1.1 (li\u0301@例子.中国) "
        + "x" * 500
    )
    detail = judge("recipient", Answer(550, said)).detail
    assert "@" not in detail
    assert "lilei" not in detail
    assert "5.1.1" in detail
    assert len(detail) < 200


def test_a_stopped_account_says_what_to_do() -> None:
    for phase in ("connect", "login", "sender"):
        assert re.search(r"\b(Set|Take)\b", judge(phase, Answer(550, "No")).detail)
