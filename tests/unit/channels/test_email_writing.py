"""A message as a mail: subject, text, HTML, files, headers; nobody's data is ever more than text."""

import re
from collections.abc import Mapping
from dataclasses import replace
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import SMTPUTF8
from email.utils import parseaddr
from html.parser import HTMLParser
from typing import Any

import pytest

from bot.sandbox.mail.people import links_of
from bot.sandbox.mail.rules import checked
from channels.base import NotDelivered, Unrenderable
from channels.email.building import LARGEST, build
from channels.email.marks import Marks
from channels.email.settings import Settings, read_settings
from channels.email.writing import LONGEST_SUBJECT, MOST_FILES, subject_of, write
from channels.routes import ROUTES
from conversations.messages import File, Link, Message, Para, Press
from tests.support.accounts import ACCOUNTS
from tests.support.samples import BLOB, HOSTILE, MESSAGES, NOW, choices, data, envelope, hostile, words

STOP = "https://turnout.example.com/stop/" + "s" * 90
TO = "lilei@example.com"
MARKS = Marks(b"a key", "example.com")
CALENDAR = b"BEGIN:VCALENDAR\r\nMETHOD:PUBLISH\r\nEND:VCALENDAR\r\n"


def params(
    message: Message, locale: str = "en", *, takes_replies: bool = True, **urls: str | None
) -> Mapping[str, Any]:
    made = envelope(message, TO, locale, account="email.main")
    known = {**made.urls, "stop": STOP, **urls}
    made = replace(made, urls={k: v for k, v in known.items() if v}, request_id="ab" * 16)
    (call,) = write(message, made, ROUTES["email"], takes_replies=takes_replies).calls
    assert call.method == "send"
    return call.params


def settings(**changes: Any) -> Settings:
    return read_settings({**ACCOUNTS["email"], "name": "Nebula", **changes})


def built(made: Mapping[str, Any], to: str = TO, blob: bytes = CALENDAR, **changes: Any) -> EmailMessage:
    """Return a mail as a strict program reads it."""
    name, raw = build(made, to, settings(**changes), MARKS, {BLOB: blob})
    mail = checked(raw, ["SMTPUTF8", "BODY=8BITMIME"], NOW)
    assert str(mail["Message-ID"]) == f"<{name}>"
    return mail


# -- subject ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lead", "subject"),
    [
        ("Good, see you then!", "Good, see you then!"),
        ("Two\n  lines\there", "Two lines here"),
        ("One sentence that says what this is about. " * 3, "One sentence that says what this is about."),
        ("word " * 40, "word " * 14 + "word…"),
        ("x" * 200, "x" * 77 + "…"),
        ("面试时间已更改。" * 10, "面试时间已更改。面试时间已更改。面试时间已更改。面试时间已更改。"),
        ("面" * 60, "面" * 38 + "…"),
    ],
)
def test_a_subject_is_one_line_cut_where_words_end(lead: str, subject: str) -> None:
    assert subject_of(lead) == subject
    assert sum(2 if letter > "\u2e7f" else 1 for letter in subject_of(lead)) <= LONGEST_SUBJECT


def test_the_subject_tells_when() -> None:
    assert params(MESSAGES["reminder"])["subject"] == "Your interview: in 1 hour 5 minutes"
    assert params(MESSAGES["reminder"], "zh_Hans")["subject"] == "面试提醒：还有1小时5分钟"


# -- text and HTML ----------------------------------------------------------------------------------------


def test_each_choice_leads_to_the_page_and_tells_which() -> None:
    made = params(MESSAGES["reminder"])
    assert "Answer here: http://localhost:8080/my/3f9d\n" in made["text"]
    assert "1." not in made["text"]
    links = links_of(made["html"])
    assert list(links.items())[:4] == [
        ("I'll be there", "http://localhost:8080/my/3f9d?choice=1"),
        ("Move it", "http://localhost:8080/my/3f9d?choice=2"),
        ("I can't come", "http://localhost:8080/my/3f9d?choice=3"),
        ("Help", "http://localhost:8080/my/3f9d?choice=4"),
    ]
    assert links["Enter the interview"] == "https://turnout.example.com/go/3f9d"
    assert links["Support: +862155550000"] == "tel:+862155550000"
    assert links["Stop these e-mails"] == STOP


def test_an_address_with_a_query_keeps_it() -> None:
    made = params(choices(2), my="https://x.example/my?a=1&b=2")
    assert [*links_of(made["html"]).values()][:2] == [
        f"https://x.example/my?a=1&b=2&choice={number}" for number in (1, 2)
    ]


def test_without_a_page_choices_are_answered_by_their_number() -> None:
    made = params(choices(2), my=None)
    for part in (made["text"], re.sub(r"<[^>]+>", "", made["html"])):
        assert re.search(r"^1\. tomorrow.*$", part, re.MULTILINE)
        assert re.search(r"^Reply with a number\.$", part, re.MULTILINE)
    assert "choice=" not in made["html"]


def test_what_is_offered_below() -> None:
    with_replies, without = params(choices(1)), params(choices(1), takes_replies=False)
    assert "You can also simply reply to this e-mail." in with_replies["text"]
    assert "simply reply" not in without["text"] + without["html"]
    assert "simply reply" not in params(MESSAGES["bare"])["text"]
    assert f"\n-- \nStop these e-mails: {STOP}\n" in params(MESSAGES["bare"])["text"]
    assert "Stop" not in params(MESSAGES["bare"], stop=None)["text"]
    assert "stop" not in params(MESSAGES["bare"], stop=None)


def test_the_html_is_whole_and_plain() -> None:
    for locale, lang in (("en", "en"), ("zh_Hans", "zh-Hans")):
        for message in MESSAGES.values():
            page = _Page(params(message, locale)["html"])
            assert page.lang == lang
            assert page.open == []
            assert not page.elements & {"script", "img", "link", "iframe", "form", "input", "svg", "object"}
            assert not [name for name in page.attributes if name.startswith("on")]
    html = params(MESSAGES["reminder"])["html"]
    assert "max-width:560px" in html
    assert 'role="presentation"' in html
    assert "prefers-color-scheme: dark" in html
    assert re.search(r"<dt[^>]*>You need</dt>\s*<dd[^>]*>a computer, a camera, a headset</dd>", html)


@pytest.mark.parametrize("text", HOSTILE)
def test_nobodys_data_is_markup_or_header(text: str) -> None:
    plain, shown = params(hostile("harmless")), params(hostile(text))
    one, other = _Page(plain["html"]), _Page(shown["html"] or plain["html"])
    assert (other.elements, other.lang) == (one.elements, one.lang)
    assert [url.partition("?")[0] for url in other.urls] == [url.partition("?")[0] for url in one.urls]
    mail = built(shown)
    assert {name.lower() for name in mail} == {name.lower() for name in built(plain)}
    assert "\n" not in str(mail["Subject"])


@pytest.mark.parametrize("field", ["name", "subject"])
def test_no_header_is_injected(field: str) -> None:
    evil = "Hi\r\nBcc: victim@example.com\r\n\r\n<b>body</b>"
    made = dict(params(MESSAGES["bare"]))
    mail = built(made | {"subject": evil}) if field == "subject" else built(made, name=evil)
    assert "Bcc" not in mail
    assert "victim@example.com" in str(mail["Subject" if field == "subject" else "From"])


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "data:text/html,x", "//evil.example", 'https://x"onclick="y', "https://a b"],
)
def test_links_lead_only_to_the_web(url: str) -> None:
    message = Message(
        "m", words("你好", "Hello"), actions=(Link("x", words("点", "Tap")), Press("a", words("好", "OK")))
    )
    page = _Page(params(message, x=url, my=url, go=url)["html"])
    assert not [each for each in page.urls if each not in ("#", STOP)]
    assert not [name for name in page.attributes if name.startswith("on")]


def test_what_would_be_clipped_is_sent_as_text() -> None:
    long = Message("m", words("长", "Long"), tuple(Para(data("word " * 200)) for _ in range(95)))
    assert params(long)["html"] == ""
    assert not built(params(long)).is_multipart()
    with pytest.raises(Unrenderable):
        params(replace(long, blocks=long.blocks * 2))


# -- bytes ------------------------------------------------------------------------------------------------


def test_the_same_parameters_are_the_same_bytes() -> None:
    made = params(MESSAGES["rebooked"])
    one, other = (build(made, TO, settings(), MARKS, {BLOB: CALENDAR}) for _ in range(2))
    assert one == other
    name, raw = build(params(MESSAGES["bare"]), TO, settings(), MARKS, {})
    # Another try of the same send says perhaps something else, under the same name.
    assert name == one[0]
    assert raw != one[1]


def test_the_headers() -> None:
    mail = built(params(MESSAGES["reminder"]), reply_to="hr@example.com")
    assert str(mail["From"]) == "Nebula <interviews@example.com>"
    assert str(mail["To"]) == TO
    assert str(mail["Reply-To"]) == "hr@example.com"
    assert mail["Date"].datetime == NOW
    assert str(mail["Auto-Submitted"]) == "auto-generated"
    assert "NDR" not in str(mail["X-Auto-Response-Suppress"]).split(", ")
    assert str(mail["List-Unsubscribe"]) == f"<{STOP}>"
    assert str(mail["List-Unsubscribe-Post"]) == "List-Unsubscribe=One-Click"
    assert str(mail["References"]) == str(built(params(MESSAGES["bare"]))["References"])
    assert "Precedence" not in mail
    assert "List-Unsubscribe" not in built(params(MESSAGES["bare"], stop=None))


def test_every_part_goes_through_servers_that_take_seven_bits() -> None:
    for locale in ("zh_Hans", "en"):
        for message in MESSAGES.values():
            _, raw = build(params(message, locale), TO, settings(), MARKS, {BLOB: CALENDAR})
            assert raw.isascii()
            assert max(map(len, raw.split(b"\r\n"))) <= 998


def test_text_and_html_say_what_was_meant() -> None:
    for locale in ("zh_Hans", "en"):
        made = params(MESSAGES["reminder"], locale)
        mail = built(made)
        for kind, text in (("plain", made["text"]), ("html", made["html"])):
            body = mail.get_body((kind,))
            assert body is not None
            assert body.get_content().replace("\r\n", "\n") == text


@pytest.mark.parametrize(
    ("data_", "method"), [(CALENDAR, "PUBLISH"), (CALENDAR.replace(b"PUBLISH", b"CANCEL"), "CANCEL")]
)
def test_a_calendar_file_says_what_it_does(data_: bytes, method: str) -> None:
    mail = built(params(MESSAGES["rebooked"], "zh_Hans"), blob=data_)
    (file,) = mail.iter_attachments()
    assert file.get_content_type() == "text/calendar"
    assert (file.get_param("method"), file.get_param("charset")) == (method, "utf-8")
    assert (file.get_filename(), file.get_payload(decode=True)) == ("面试.ics", data_)
    assert "日历文件：面试.ics" in params(MESSAGES["rebooked"], "zh_Hans")["text"]


@pytest.mark.parametrize(
    ("media_type", "found"),
    [
        ("image/png", "image/png"),
        ("application/pdf; x=y", "application/pdf"),
        ("message/rfc822", "application/octet-stream"),
        ("multipart/mixed", "application/octet-stream"),
        ("nonsense", "application/octet-stream"),
        ("image/gif\r\nBcc: x", "image/gif"),
        ("text/html", "application/octet-stream"),
    ],
)
def test_files_are_what_they_are(media_type: str, found: str) -> None:
    file = File(BLOB, 'a"b\r\n/../c' + "d" * 300 + ".bin", media_type, words("文件", "File"))
    mail = built(params(Message("m", words("你好", "Hello"), (file,))), blob=b"\x00\xff")
    (part,) = mail.iter_attachments()
    assert part.get_content_type() == found
    assert part.get_payload(decode=True) == b"\x00\xff"
    assert not re.search(r'["\r\n/]', str(part.get_filename()))
    assert "Bcc" not in mail


def test_there_are_limits() -> None:
    file = File(BLOB, "a.ics", "text/calendar", words("文件", "File"))
    with pytest.raises(Unrenderable):
        params(Message("m", words("你好", "Hello"), (file,) * (MOST_FILES + 1)))
    with pytest.raises(NotDelivered) as raised:
        build(
            params(Message("m", words("你好", "Hello"), (file,))),
            TO,
            settings(),
            MARKS,
            {BLOB: b"x" * (LARGEST + 1)},
        )
    assert raised.value.why == "refused"


@pytest.mark.parametrize("name", ["星云科技，面试助手" * 5, 'Nebula "HR", Ltd. (Asia) <x@y>', "Łódź"])
def test_names_of_every_kind(name: str) -> None:
    _, raw = build(params(MESSAGES["bare"]), TO, settings(name=name), MARKS, {})
    checked(raw, [], NOW)
    # As RFC 2047 has it: Python's structured headers keep the blank between two encoded words.
    told, address = parseaddr(message_from_bytes(raw)["From"])
    assert (str(make_header(decode_header(told))), address) == (name, "interviews@example.com")


def test_international_addresses() -> None:
    mail = built(params(MESSAGES["bare"]), to="李雷@例子.中国")
    assert mail["To"].addresses[0].addr_spec == "李雷@xn--fsqu00a.xn--fiqs8s"
    _, raw = build(params(MESSAGES["bare"]), "lilei@例子.中国", settings(), MARKS, {})
    assert raw.isascii()
    assert b"To: lilei@xn--fsqu00a.xn--fiqs8s\r\n" in raw


def test_no_line_of_text_is_taken_for_a_header_of_a_part() -> None:
    text = "--=_x\r\nContent-Type: text/html\r\n\r\n<script>\r\n.\r\n..\r\nFrom here"
    made = {**params(MESSAGES["bare"]), "text": text, "html": ""}
    _, raw = build(made, TO, settings(), MARKS, {})
    mail = message_from_bytes(raw, policy=SMTPUTF8)
    assert isinstance(mail, EmailMessage)
    assert mail.get_content().replace("\r\n", "\n").strip() == text.replace("\r\n", "\n")


class _Page(HTMLParser):
    """What stands in a document, and whether everything that was opened was closed."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: set[str] = set()
        self.attributes: set[str] = set()
        self.urls: list[str] = []
        self.open: list[str] = []
        self.lang: str | None = None
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.urls += [value or "" for name, value in attrs if name in ("href", "src", "action")]
        self.lang = dict(attrs).get("lang", self.lang)
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag
