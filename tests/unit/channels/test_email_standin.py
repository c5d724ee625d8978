"""The sandbox's mail server: it judges by the RFCs, and its people have mailboxes and calendars."""

import asyncio
import smtplib
import ssl
from collections.abc import AsyncIterator, Callable
from datetime import timedelta

import pytest
from aiosmtpd.smtp import Envelope

from bot.calendar import calendar_file
from bot.clock import VirtualClock
from bot.sandbox.listening import Server, listen
from bot.sandbox.mail import MailStandIn, Rules
from bot.sandbox.mail.people import links_of
from bot.sandbox.mail.rules import Refusal, checked
from tests.support.samples import NOW
from tests.support.scenes import START, interview

GOOD = (
    b"From: Nebula <a@nebula.example>\r\nTo: lilei@example.com\r\nSubject: Hi\r\n"
    b"Date: Tue, 24 Nov 2026 05:00:00 +0000\r\nMessage-ID: <1@nebula.example>\r\nMIME-Version: 1.0\r\n"
    b'Content-Type: text/plain; charset="utf-8"\r\nContent-Transfer-Encoding: 7bit\r\n\r\nHello\r\n'
)
CHINESE = "李雷".encode()


def test_a_good_mail_is_taken() -> None:
    mail = checked(GOOD, [], NOW)
    assert (str(mail["Subject"]), mail.get_content().strip()) == ("Hi", "Hello")


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda mail: mail + b"bare\nline\r\n", "CR or LF alone"),
        (lambda mail: mail + b"more", "no end"),
        (lambda mail: mail + b"a\x00b\r\n", "NUL"),
        (lambda mail: mail + b"x" * 999 + b"\r\n", "longer than 998"),
        (lambda mail: mail + CHINESE + b"\r\n", "without BODY=8BITMIME"),
        (lambda mail: mail.replace(b"Hi", CHINESE), "8-bit"),
        (lambda mail: mail.partition(b"\r\n\r\n")[0] + b"\r\n", "blank line"),
        (lambda mail: mail.replace(b"Subject:", b"Sub ject:"), "is none"),
        (lambda mail: mail.replace(b"Date:", b"X-Date:"), "0 times Date"),
        (lambda mail: mail.replace(b"Message-ID:", b"X-Id:"), "0 times Message-ID"),
        (lambda mail: mail.replace(b"From:", b"X-From:"), "0 times From"),
        (lambda mail: b"Subject: again\r\n" + mail, "2 times Subject"),
        (lambda mail: b"References: <a@b>\r\nReferences: <a@b>\r\n" + mail, "References more than once"),
        (lambda mail: mail.replace(b"<1@nebula.example>", b"1@nebula.example"), "Message-ID"),
        (lambda mail: mail.replace(b"2026", b"2016"), "not dated today"),
        (lambda mail: mail.replace(b"Tue, 24 Nov 2026 05:00:00 +0000", b"today"), "Date"),
        (lambda mail: mail.replace(b"a@nebula.example", b"a b@nebula.example"), "From"),
        (lambda mail: mail.replace(b"Hi", b"=?utf-8?q?" + b"a" * 70 + b"?="), "longer than 75"),
        (lambda mail: b"List-Unsubscribe: =?utf-8?q?x?=\r\n" + mail, "where none may"),
        (lambda mail: b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" + mail, "one-click"),
        (lambda mail: mail.replace(b"MIME-Version: 1.0\r\n", b""), "MIME-Version"),
        (lambda mail: mail.replace(b"7bit", b"base64").replace(b"Hello", b"/w=="), "charset"),
        (lambda mail: mail.replace(b"Hello", b""), "no text part"),
        (lambda mail: mail.replace(b'text/plain; charset="utf-8"', b'multipart/mixed; boundary="b"'), "multipart"),
        (lambda mail: mail.replace(b"text/plain", b"text/calendar").replace(b"Hello", b"METHOD:CANCEL"), "method"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_refused(change: Callable[[bytes], bytes], why: str) -> None:
    with pytest.raises(Refusal, match=why):
        checked(change(GOOD), [], NOW)


def test_html_does_not_come_first() -> None:
    parts = [
        b'--b\r\nContent-Type: text/%b; charset="utf-8"\r\n\r\nHello\r\n' % kind
        for kind in (b"html", b"plain")
    ]
    head = GOOD.replace(b'text/plain; charset="utf-8"', b'multipart/alternative; boundary="b"')
    mail = head.replace(b"Hello\r\n", b"".join(parts) + b"--b--\r\n")
    with pytest.raises(Refusal, match="does not come first"):
        checked(mail, [], NOW)


def test_links_by_their_labels() -> None:
    html = '<a href="https://x/1">One <b>link</b></a> <a>none</a> <a href="https://x/2&amp;y=1">Two</a>'
    html += '<a href="z">Two</a>'
    assert links_of(html) == {"One link": "https://x/1", "Two": "https://x/2&y=1"}


# -- by another client ------------------------------------------------------------------------------------


@pytest.fixture
async def server() -> AsyncIterator[MailStandIn]:
    async with MailStandIn(VirtualClock(NOW)) as made:
        made.person("李雷", "lilei@example.com")
        yield made


async def test_pythons_own_client_gets_the_same_answers(server: MailStandIn) -> None:
    person = server.person("韩梅梅", "han@example.com")
    person.fills_mailbox()

    def talk() -> list[int]:
        codes = []
        with smtplib.SMTP(server.host, server.port) as smtp:
            smtp.ehlo()
            codes.append(smtp.mail("a@nebula.example")[0])
            smtp.starttls(context=ssl.create_default_context(cafile=server.ca_file))
            smtp.ehlo()
            codes.append(smtp.mail("a@nebula.example")[0])
            with pytest.raises(smtplib.SMTPAuthenticationError):
                smtp.login("interviews", "wrong")
            codes.append(smtp.login("interviews", "Sandbox" * 3)[0])
            codes.append(smtp.mail("a@nebula.example")[0])
            codes += [
                smtp.rcpt(to)[0] for to in ("nobody@example.com", "han@example.com", "lilei@example.com")
            ]
            codes.append(smtp.data(GOOD)[0])
            smtp.mail("a@nebula.example")
            smtp.rcpt("lilei@example.com")
            codes.append(smtp.data(GOOD.replace(b"Date:", b"X-Date:"))[0])
        return codes

    assert await asyncio.to_thread(talk) == [530, 530, 235, 250, 550, 552, 250, 250, 554]
    assert [accepted.recipient for accepted in server.accepted] == ["lilei@example.com"]
    assert [refused.recipient for refused in server.refused] == [
        "nobody@example.com", "han@example.com", "lilei@example.com",
    ]  # fmt: skip
    assert b"X-Date" in server.refused[-1].raw


async def test_faults_happen_as_often_as_they_were_asked_for(server: MailStandIn) -> None:
    server.fail("connect", answer="421 4.3.2 Later", times=2)
    server.fail("ehlo", "cut")

    def greeted() -> str:
        try:
            with smtplib.SMTP(server.host, server.port) as smtp:
                smtp.ehlo_or_helo_if_needed()
                return "yes"
        except smtplib.SMTPException as refused:
            return type(refused).__name__

    outcomes = [await asyncio.to_thread(greeted) for _ in range(4)]
    assert outcomes == ["SMTPConnectError", "SMTPConnectError", "SMTPServerDisconnected", "yes"]
    server.fail("connect", "hang")
    server.recover()
    assert await asyncio.to_thread(greeted) == "yes"


async def test_without_international_addresses() -> None:
    async with MailStandIn(VirtualClock(NOW), security="none", rules=Rules(takes_utf8=False)) as server:

        def offered() -> set[str]:
            with smtplib.SMTP(server.host, server.port) as smtp:
                smtp.ehlo()
                return set(smtp.esmtp_features)

        assert "smtputf8" not in await asyncio.to_thread(offered)


# -- mailboxes --------------------------------------------------------------------------------------------


def file(n: int, start: timedelta = timedelta(), *, cancelled: bool = False) -> bytes:
    return calendar_file(
        interview(starts_at=START + start),
        company_name="Nebula",
        summary="Interview",
        description="",
        url="",
        sequence=n,
        stamped_at=NOW,
        cancelled=cancelled,
    )


async def test_a_calendar_follows_what_comes_in_order_of_its_numbers(server: MailStandIn) -> None:
    person = server.person("韩梅梅")
    uid = f"{interview().id}@turnout"

    def gets(data: bytes) -> dict[str, object]:
        method = b"CANCEL" if b"METHOD:CANCEL" in data else b"PUBLISH"
        head = GOOD.replace(b'text/plain; charset="utf-8"', b'multipart/mixed; boundary="b"')
        body = (
            b'--b\r\nContent-Type: text/plain; charset="utf-8"\r\n\r\nHello\r\n--b\r\n'
            b'Content-Type: text/calendar; charset="utf-8"; method=%b\r\n'
            b"Content-Disposition: attachment; filename=interview.ics\r\n\r\n%b--b--\r\n" % (method, data)
        )
        mail = head.replace(b"Hello\r\n", body).replace(b"<1@", b"<%d@" % len(person.mails))
        mail = mail.replace(b"To: lilei@example.com", b"To: " + person.address.encode())
        envelope = Envelope()
        envelope.original_content, envelope.rcpt_tos = mail, [person.address]
        assert server.takes(envelope).startswith("250"), server.refused
        return dict(person.calendar)

    assert gets(file(0)) == {uid: START}
    assert gets(file(2, timedelta(hours=1))) == {uid: START + timedelta(hours=1)}
    # What was on its way for long changes nothing.
    assert gets(file(1, cancelled=True)) == {uid: START + timedelta(hours=1)}
    assert gets(file(3, cancelled=True)) == {}
    assert gets(file(4)) == {uid: START}


async def test_nobody_answers_what_never_came(server: MailStandIn) -> None:
    person = server.person("韩梅梅")
    with pytest.raises(LookupError, match="has no mail"):
        await person.says("Hello?")
    with pytest.raises(LookupError, match="nothing in a mail can be pressed"):
        await person.presses("Yes")


async def test_mail_to_the_bot_is_brought_again_until_it_is_taken() -> None:
    statuses = [503, 503, 200, 400]
    taken: list[bytes] = []

    async def hook(
        scope: dict[str, object], receive: Callable[[], object], send: Callable[[object], object]
    ) -> None:
        message = await receive()  # type: ignore[misc]
        status = statuses.pop(0)
        if status < 500:
            taken.append(message["body"])
        await send({"type": "http.response.start", "status": status, "headers": []})  # type: ignore[misc]
        await send({"type": "http.response.body", "body": b""})  # type: ignore[misc]

    listener = listen()
    web = Server(hook)  # type: ignore[arg-type]
    serving = asyncio.create_task(web.serve(sockets=[listener]))
    await web.is_up.wait()
    made = MailStandIn(VirtualClock(NOW), hook=f"http://127.0.0.1:{listener.getsockname()[1]}/")
    made.bring_raw(b"one")
    made.bring_raw(b"two")
    assert made.pending
    await made.settle()
    assert not made.pending
    assert taken == [b"one", b"two"]
    assert [brought.status for brought in made.brought] == [200, 400]
    statuses += [503] * 30
    made.bring_raw(b"three")
    with pytest.raises(TimeoutError):
        await made.settle()
    web.should_exit = True
    await serving


async def test_a_mail_server_needs_no_machine_clock(server: MailStandIn) -> None:
    # Its certificates hold in whatever year the sandbox plays.
    context = ssl.create_default_context(cafile=server.ca_file)
    (authority,) = context.get_ca_certs()
    assert str(authority["notAfter"]).endswith("2049 GMT")
