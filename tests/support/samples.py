"""Messages of every shape, in both languages: what channels are tried with besides the product's own examples."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from channels.base import Envelope
from conversations.messages import Fact, Field, File, Form, Link, Message, Note, Para, Press
from locales.text import Countdown, Moment, Reader, Text, Value, Words, ct
from tests.support.digested import fullest

NOW = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)
START = NOW + timedelta(hours=1, minutes=5)
CALENDAR = b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"
BLOB = "sha256:" + "5e" * 32


def words(chinese: str, english: str) -> Text:
    """Return words of our own for tests; the sentence round them is one that every language passes through."""
    return Text("{time}", {"time": Words({"zh_Hans": chinese, "en": english})})


def data(text: str) -> Text:
    """Return what somebody typed."""
    return Text("{time}", {"time": text})


def fact(name: str, chinese: str, english: str, value: Value) -> Fact:
    return Fact(name, words(chinese, english), Text("{time}", {"time": value}))


_GREETING = Message(
    "greeting",
    words("您好，这里是示例科技的面试助手。", "Hello, this is the interview assistant of Example Tech."),
    (
        fact("when", "时间", "When", Moment(START, "Asia/Shanghai")),
        Para(words("我们会在面试前提醒您。", "We will remind you before it begins.")),
        Note(words("您的资料只用于安排这次面试。", "Your details are used for this interview only.")),
    ),
    (
        Press("accept", words("准时参加", "I'll be there"), "primary"),
        Press("move", words("改约", "Move it")),
        Link("https://example.com/privacy", words("隐私说明", "Privacy")),
    ),
)
_REMINDER = Message(
    "reminder",
    ct(
        "fact",
        "{label}: {value}",
        label=Words({"zh_Hans": "面试提醒", "en": "Your interview"}),
        value=Countdown(START),
    ),
    (
        fact("role", "岗位", "Role", Words({"zh_Hans": "Java 开发工程师", "en": "Java developer"})),
        fact("when", "时间", "When", Moment(START, "Asia/Shanghai")),
        fact(
            "devices",
            "设备",
            "You need",
            Words({"zh_Hans": "电脑、摄像头、耳机", "en": "a computer, a camera, a headset"}),
        ),
        Note(words("请提前10分钟进入。", "Please enter 10 minutes early.")),
        Note(words("遇到问题请联系技术支持。", "Support is there if something does not work.")),
    ),
    (
        Press("accept", words("准时参加", "I'll be there"), "primary"),
        Press("move", words("改约", "Move it")),
        Press("cannot", words("来不了", "I can't come"), "danger"),
        Press("help", words("求助", "Help")),
        Link("go", words("进入面试", "Enter the interview")),
        Link("tel:+862155550000", words("技术支持电话", "Support")),
    ),
    key="reminder",
)
_REASONS = (
    ("forgot", "忘记时间", "I forgot the time"),
    ("technical", "技术问题", "Technical trouble"),
    ("urgent", "临时有事", "Something came up"),
    ("unclear", "通知不清楚", "The notice was unclear"),
    ("offer", "已有其他机会", "I took another offer"),
    ("silent", "不方便说", "I'd rather not say"),
)
_NO_SHOW = Message(
    "no_show",
    words(
        "刚才的面试您没能参加。想重新约个时间吗？",
        "You could not make the interview. Shall we find a new time?",
    ),
    actions=(
        Press("move", words("改约", "Move it"), "primary"),
        *(Press(action, words(chinese, english)) for action, chinese, english in _REASONS),
    ),
)
_REBOOKED = Message(
    "rebooked",
    words("已经为您改好时间。", "Your interview has been moved."),
    (
        fact("when", "时间", "When", Moment(START + timedelta(days=1), "Asia/Shanghai")),
        File(BLOB, "面试.ics", "text/calendar", words("日历文件", "Calendar file")),
    ),
)
_BARE = Message("bare", words("好的，到时候见！", "Good, see you then!"))
_LONG_LABELS = Message(
    "long_labels",
    words("请选择。", "Please choose."),
    actions=(
        Press(
            "one",
            words(
                "我会参加，不过可能要晚几分钟才能进入，请面试官稍等一下。" * 3,
                "I will come, but " * 6 + "late",
            ),
        ),
        Press("two", words("不参加", "No")),
    ),
)
_DIGEST = Message(
    "digest",
    words("今日面试情况", "Interviews today"),
    tuple(
        Para(
            words(
                f"第{n}位候选人李*：已发送提醒，等待确认。" * 3,
                f"Candidate {n}: reminded, not confirmed yet. " * 3,
            )
        )
        for n in range(1, 81)
    ),
    (Press("refresh", words("刷新", "Refresh")),),
)
_LOCAL = Message(
    "local",
    words("点这里查看。", "Look here."),
    actions=(Link("my", words("我的面试", "My interview")), Press("ok", words("知道了", "OK"))),
)


def choices(count: int) -> Message:
    """Return a message with so many choices."""
    slots = (START + timedelta(days=1 + n // 3, hours=n % 3) for n in range(count))
    presses = tuple(Press(f"slot{n}", Text("{time}", {"time": Moment(at)})) for n, at in enumerate(slots))
    return Message(f"choices_{count}", words("选个时间：", "Choose a time:"), actions=presses)


def asked_at_once(
    *, names: int = 3, options: int = 3, name: str = "I-1001 李雷", option: str = "来了"
) -> Message:
    """Return a message that asks for several at once: so many, each with so many options."""
    labels = tuple((f"o{n}", data(f"{option}{n or ''}")) for n in range(options))
    fields = tuple(
        Field(f"q{n}", data(f"{name}{n or ''}"), "choice", labels, initial="o1") for n in range(names)
    )
    form = Form("who", words("谁来了？", "Who came?"), fields, words("完成", "Done"))
    return replace(choices(names), form=form)


MESSAGES: Mapping[str, Message] = {
    message.kind: message
    for message in (
        _GREETING,
        _REMINDER,
        _NO_SHOW,
        _REBOOKED,
        _BARE,
        _LONG_LABELS,
        _DIGEST,
        fullest(),
        _LOCAL,
        *map(choices, range(1, 10)),
    )
}

FORM = Form(
    "name",
    words("姓名", "Name"),
    (Field("name", words("姓名", "Name"), max_length=20),),
    words("发送", "Send"),
    {"session": "5f0c", "turn": "7"},
)

HOSTILE = (
    "<a href='https://evil.example'>win</a>",
    "*bold* _italic_ `code` ~gone~ ||hidden||",
    "<tg-time unix='1' format='r'>soon</tg-time> <b>x</b> &amp; &#60;",
    "[link](https://evil.example) [user](tg://user?id=1)",
    "<!channel> <@U123> <@everyone> @everyone @here @durov",
    "\u202egnirts a fo sdrawkcab\u202c \u2066isolated\u2069",
    "zero\u200bwidth\u200djoiner\ufeffmark",
    "bell\x07null\x00escape\x1b[31m tab\there\x85next\u2028line\r\nend",
    "{label} {0} {reader.now} %s %(x)s $HOME ${HOME}",
    "李" * 300,
    "👨‍👩‍👧‍👦🏳️‍🌈👍🏽🇨🇳" * 400,
    "e\u0301" * 500,
    "/stop /start token",
    "]]> --> */ '; DROP TABLE people; --",
)

URLS = {
    "go": "https://turnout.example.com/go/3f9d",
    "my": "http://localhost:8080/my/3f9d",
    "tel:+862155550000": "tel:+862155550000",
    "https://example.com/privacy": "https://example.com/privacy",
}


def reader(locale: str = "zh_Hans") -> Reader:
    return Reader(locale, "Asia/Shanghai", NOW)


def envelope(
    message: Message,
    chat: str = "10001",
    locale: str = "zh_Hans",
    *,
    account: str = "telegram.main",
    is_private: bool = True,
    edits: str | None = None,
    thread: str | None = None,
    request_id: str = "",
    shown: Message | None = None,
) -> Envelope:
    """Return what a message needs to be rendered, with a button value of full length for each choice."""
    values = {press.action: f"v1.{number}.".ljust(64, "x") for number, press in enumerate(message.presses, 1)}
    return Envelope(
        reader(locale),
        account,
        chat,
        thread,
        is_private,
        values,
        URLS,
        edits,
        shown=shown,
        request_id=request_id,
        form_value="v1.0.".ljust(64, "x") if message.form is not None else "",
    )


def hostile(text: str) -> Message:
    """Return a message with somebody's data wherever there can be some."""
    return Message(
        "hostile",
        ct("fact", "{label}: {value}", label="HR", value=text),
        (fact("name", "姓名", "Name", text), Para(data(text)), Note(data(text))),
        (Press("take", data(text[:200])), Link("go", data(text[:200]))),
    )
