"""What comes in by mail: answers and reports are believed only when they quote what only we could have written."""

import random
from collections.abc import AsyncIterator
from dataclasses import replace
from email.message import EmailMessage
from email.policy import SMTPUTF8

import pytest

from bot.clock import VirtualClock
from bot.sandbox.mail import MailPerson, MailStandIn
from bot.sandbox.mail.composing import bounce, complaint, reply
from channels.base import Forged, Inbound, Malformed, Parsed
from channels.email import Email
from conversations.events import Body, Event, Said, Sent, Unreachable, Wanted
from tests.support import samples
from tests.support.accounts import ACCOUNTS

TO = "lilei@example.com"
SECRET = "inbound-secret-of-the-test"
NAMED = ("<answer@example.com>", samples.NOW)


class Post:
    """A mailbox without a server: what it posts comes to the channel as it is."""

    def __init__(self, channel: Email, sent: EmailMessage, name: str) -> None:
        self.channel = channel
        self.sent = sent
        self.name = name

    async def brings(self, mail: EmailMessage | bytes) -> tuple[Event, ...]:
        return (await self.parses(mail)).events

    async def parses(self, mail: EmailMessage | bytes) -> Parsed:
        body = mail if isinstance(mail, bytes) else mail.as_bytes(policy=SMTPUTF8)
        return await self.channel.parse(self.inbound(body))

    async def refuses(self, mail: EmailMessage | bytes) -> str:
        with pytest.raises(Malformed) as raised:
            await self.brings(mail)
        return raised.value.reason

    def inbound(self, body: bytes) -> Inbound:
        headers = {"authorization": f"Bearer {SECRET}"}
        return Inbound("POST", "/hooks/email/main", {}, headers, body, samples.NOW)

    def answer(self, text: str = "收到", sender: str = TO) -> EmailMessage:
        return reply("plain", self.sent, "李雷", sender, text, NAMED)


@pytest.fixture
async def post() -> AsyncIterator[Post]:
    async with MailStandIn(VirtualClock(samples.NOW), security="none") as server:
        person: MailPerson = server.person("李雷", TO)
        channel = Email("email.main", {**server.account(), "inbound_secret": SECRET}, server.clock.now)
        message = samples.MESSAGES["reminder"]
        payload = channel.render(message, samples.envelope(message, TO, account="email.main"))

        async def read_blob(blob: str) -> bytes:
            return b""

        receipt = await channel.deliver(payload, read_blob)
        yield Post(channel, person.last.mail, receipt.id)
        await channel.close()


def changed(mail: EmailMessage, **headers: str | None) -> EmailMessage:
    for name, value in headers.items():
        del mail[name.replace("_", "-")]
        if value is not None:
            mail[name.replace("_", "-")] = value
    return mail


# -- answers ----------------------------------------------------------------------------------------------


async def test_an_answer_is_what_its_sender_says(post: Post) -> None:
    (event,) = await post.brings(post.answer("改到明天下午3点"))
    assert event.body == Said("改到明天下午3点")
    assert (event.source, event.account, event.user, event.chat) == ("email.main", "email.main", TO, TO)
    assert (event.about, event.at, event.is_private, event.name) == (post.name, samples.NOW, True, "李雷")


async def test_the_proof_may_stand_in_references(post: Post) -> None:
    for reference in ("In_Reply_To", "References"):
        (event,) = await post.brings(changed(post.answer(), **{reference: None}))
        assert event.about == post.name
    assert await post.refuses(changed(post.answer(), In_Reply_To=None, References=None)) == "not_a_reply"


async def test_case_is_not_told_apart(post: Post) -> None:
    (event,) = await post.brings(post.answer(sender="LiLei@EXAMPLE.com"))
    assert event.user == TO


async def test_nobody_else_can_answer(post: Post) -> None:
    own = f"<{post.name}>"
    assert await post.refuses(post.answer(sender="han@example.com")) == "not_ours"
    assert await post.refuses(changed(post.answer(), From="Li Lei <>")) == "from"
    assert await post.refuses(changed(post.answer(), From=None)) == "from"
    forged = own.replace(post.name.split(".")[1][:5], "00000")
    assert await post.refuses(changed(post.answer(), In_Reply_To=forged, References=None)) == "not_ours"
    # What another account has sent is not ours.
    other = Email("email.main", {**ACCOUNTS["email"], "inbound_secret": SECRET}, lambda: samples.NOW)
    with pytest.raises(Malformed):
        await other.parse(post.inbound(post.answer().as_bytes(policy=SMTPUTF8)))


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto-Submitted": "auto-replied"},
        {"Auto-Submitted": "auto-generated; x"},
        {"Precedence": "bulk"},
        {"Precedence": "Auto_Reply"},
        {"X-Autoreply": "yes"},
        {"List-Id": "<x.example>"},
        {"Return-Path": "<>"},
    ],
)
async def test_machines_are_not_answered(post: Post, headers: dict[str, str]) -> None:
    parsed = await post.parses(changed(post.answer(), **headers))
    assert (parsed.events, parsed.reply, parsed.status) == ((), b"ignored", 200)


async def test_a_person_is_no_machine(post: Post) -> None:
    for headers in ({"Auto-Submitted": "no"}, {"Precedence": "first-class"}, {"Return-Path": f"<{TO}>"}):
        assert len(await post.brings(changed(post.answer(), **headers))) == 1


async def test_read_receipts_are_nothing_to_answer(post: Post) -> None:
    answer = changed(
        post.answer(), Content_Type='multipart/report; report-type=disposition-notification; boundary="x"'
    )
    assert (await post.parses(answer)).reply == b"ignored"


@pytest.mark.parametrize(
    ("kind", "body"), [("image/png", Sent("picture")), ("application/pdf", Sent("document"))]
)
async def test_files_are_noticed(post: Post, kind: str, body: Body) -> None:
    main, _, sub = kind.partition("/")
    mail = post.answer("")
    mail.add_attachment(b"\x00", maintype=main, subtype=sub, filename="a.bin")
    assert [event.body for event in await post.brings(mail)] == [body]
    # Words count for more: pictures stand in many a signature.
    mail = post.answer("Yes")
    mail.add_attachment(b"\x00", maintype=main, subtype=sub, filename="a.bin")
    assert [event.body for event in await post.brings(mail)] == [Said("Yes")]


async def test_an_empty_answer_says_nothing(post: Post) -> None:
    assert await post.refuses(post.answer("")) == "empty"


async def test_what_is_said_can_be_stored(post: Post) -> None:
    mail = post.answer("x")
    mail.set_payload("Yes\x00 \\ud800 \udcff" + "long " * 5000)
    (event,) = await post.brings(mail.as_string().encode("utf-8", "surrogateescape"))
    assert isinstance(event.body, Said)
    event.body.text.encode("utf-8")
    assert "\x00" not in event.body.text
    assert len(event.body.text) <= 10_000


async def test_the_same_mail_is_the_same_event_by_whichever_way_it_comes(post: Post) -> None:
    raw = post.answer().as_bytes(policy=SMTPUTF8)
    ids = {
        (await post.brings(head + raw))[0].id for head in (b"", b"Received: by mx2\r\n", b"X-Spam: no\r\n")
    }
    assert len(ids) == 1
    other = changed(post.answer(), Message_ID="<other@example.com>")
    assert {(await post.brings(other))[0].id} != ids
    unnamed = changed(post.answer(), Message_ID=None).as_bytes(policy=SMTPUTF8)
    assert (await post.brings(unnamed))[0].id == (await post.brings(unnamed))[0].id


# -- reports ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("whole", [True, False])
async def test_a_bounce_makes_its_recipient_unreachable(post: Post, whole: bool) -> None:
    (event,) = await post.brings(bounce(post.sent, TO, NAMED, "5.1.1", "failed", whole))
    assert event.body == Unreachable("bounced 5.1.1")
    assert (event.user, event.chat, event.about) == (TO, TO, post.name)
    # After an alias another address is named; the mail returned says whom we wrote to.
    (event,) = await post.brings(bounce(post.sent, "real@mailbox.example", NAMED, "5.2.2", "failed", whole))
    assert (event.user, event.body) == (TO, Unreachable("bounced 5.2.2"))


@pytest.mark.parametrize(
    ("status", "action", "is_news"),
    [
        ("4.4.1", "delayed", False),
        ("4.4.7", "failed", True),
        ("2.0.0", "delivered", False),
        ("2.0.0", "relayed", False),
        ("5.0.0", "unheard-of", False),
    ],
)
async def test_only_what_failed_is_news(post: Post, status: str, action: str, is_news: bool) -> None:
    parsed = await post.parses(bounce(post.sent, TO, NAMED, status, action, False))
    assert [event.body for event in parsed.events] == [Unreachable(f"bounced {status}")] * is_news
    assert parsed.reply == (b"" if is_news else b"ignored")


async def test_a_forged_bounce_does_nothing(post: Post) -> None:
    stranger = EmailMessage()
    stranger["From"], stranger["To"], stranger["Subject"] = "interviews@nebula.example", TO, "Hi"
    stranger["Message-ID"] = f"<{'ab' * 16}.{'0' * 24}@nebula.example>"
    stranger.set_content("Hi")
    assert await post.refuses(bounce(stranger, TO, NAMED, "5.1.1", "failed", False)) == "not_ours"
    # A mail of ours, but to somebody else.
    sent = changed(post.sent, To="victim@example.com")
    assert (
        await post.refuses(bounce(sent, "victim@example.com", NAMED, "5.1.1", "failed", True)) == "not_ours"
    )


async def test_a_bounce_in_the_old_form(post: Post) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Message-ID"] = (
        "MAILER-DAEMON@x.example",
        "interviews@nebula.example",
        "<b@x>",
    )
    mail["X-Failed-Recipients"] = f"someone@example.com, {TO}"
    mail["References"] = f"<{post.name}>"
    mail.set_content("A message that you sent could not be delivered.")
    assert [(event.user, event.body) for event in await post.brings(mail)] == [(TO, Unreachable("bounced"))]
    assert await post.refuses(changed(mail, References=None)) == "not_ours"


async def test_who_calls_it_spam_wants_no_more(post: Post) -> None:
    (event,) = await post.brings(complaint(post.sent, TO, NAMED, "abuse"))
    assert (event.body, event.user, event.about) == (Wanted("silence"), TO, post.name)
    assert await post.brings(complaint(post.sent, TO, NAMED, "not-spam")) == ()
    stranger = changed(post.sent, Message_ID="<x@y.example>")
    assert await post.refuses(complaint(stranger, TO, NAMED, "abuse")) == "not_ours"


# -- the door ---------------------------------------------------------------------------------------------


async def test_without_a_secret_nothing_comes_in(post: Post) -> None:
    channel = Email("email.main", ACCOUNTS["email"], lambda: samples.NOW)
    for headers in ({}, {"authorization": "Bearer "}, {"authorization": "Bearer x"}):
        with pytest.raises(Forged):
            await channel.parse(replace(post.inbound(b""), headers=headers))


async def test_looking_brings_nothing(post: Post) -> None:
    with pytest.raises(Malformed):
        await post.channel.parse(replace(post.inbound(post.answer().as_bytes()), method="GET"))


ODD = (
    b"", b" ", b"\r\n", b"\r\n\r\n", b"\x00" * 99, b"\xff\xfe" * 50, b":", b"From", b"From:", b"From: \r\n\r\n",
    b"From: =?utf-8?b?////?= <a@b.cc>\r\n\r\n", b"From: =?x?q?a?= <lilei@example.com>\r\nIn-Reply-To: <a.b@c>\r\n\r\n",
    b"Content-Type: multipart/mixed\r\n\r\n", b'Content-Type: multipart/report; report-type="\xff"\r\n\r\n',
    b"Content-Type: multipart/report; report-type=delivery-status\r\n\r\n", b"Content-Type: message/rfc822\r\n\r\n",
    b"Content-Type: multipart/report; report-type*0=delivery-; report-type*1=status; boundary=x\r\n\r\n--x\r\n"
    b"Content-Type: message/delivery-status\r\n\r\nAction: failed\r\nFinal-Recipient: rfc822\r\n\r\n--x--",
    b"X-Failed-Recipients: \xff,,,@,a@\r\n\r\n", b"In-Reply-To: <\r\nFrom: <<<\r\n\r\n", b"From " + b"a" * 9999,
)  # fmt: skip


@pytest.mark.parametrize("odd", ODD)
async def test_nothing_that_is_no_mail_breaks_it(post: Post, odd: bytes) -> None:
    reason = "ignored"
    try:
        assert await post.brings(odd) == ()
    except Malformed as malformed:
        reason = malformed.reason
    assert reason.replace("_", "").isalpha()


async def test_a_thousand_mails_that_went_wrong(post: Post) -> None:
    chance = random.Random(20261124)
    good = [
        post.answer("Yes\n" * 5).as_bytes(policy=SMTPUTF8),
        reply("outlook", post.sent, "李雷", TO, "好", NAMED).as_bytes(policy=SMTPUTF8),
        bounce(post.sent, TO, NAMED, "5.1.1", "failed", True).as_bytes(policy=SMTPUTF8),
        complaint(post.sent, TO, NAMED, "abuse").as_bytes(policy=SMTPUTF8),
    ]
    reasons: dict[str, int] = {}
    for _ in range(1000):
        body = bytearray(chance.choice(good))
        for _ in range(chance.randrange(1, 6)):
            place = chance.randrange(min(len(body), 1500))
            match chance.randrange(4):
                case 0:
                    del body[place : place + chance.randrange(1, 300)]
                case 1:
                    body[place] = chance.randrange(256)
                case 2:
                    body[place:place] = chance.randbytes(chance.randrange(1, 40))
                case _:
                    body[place:place] = body[chance.randrange(len(body)) :][:400]
        try:
            outcome = "ok" if await post.brings(bytes(body)) else "ignored"
        except Malformed as malformed:
            outcome = malformed.reason
        reasons[outcome] = reasons.get(outcome, 0) + 1
    assert {"ok", "not_ours"} <= reasons.keys()
    assert sum(reasons.values()) == 1000


@pytest.mark.parametrize(
    "deep",
    [
        "".join(f'Content-Type: multipart/mixed; boundary="b{n}"\r\n\r\n--b{n}\r\n' for n in range(4000)),
        "Content-Type: message/rfc822\r\n\r\n" * 8000,
        "Content-Type:\r\n message/rfc822\r\n\r\n" * 8000,
        "From: " + "(" * 250_000 + "\r\n\r\n",
        "References: " + "<a.b@c> " * 30_000 + "\r\nFrom: lilei@example.com\r\n\r\n",
        "".join(f"X-{n}: y\r\n" for n in range(20_000)) + "\r\n",
    ],
)
async def test_no_mail_takes_long(post: Post, deep: str) -> None:
    assert await post.refuses(deep.encode()) != ""
