"""What somebody wrote in answer to a mail, whichever program they wrote it with."""

from email import message_from_string
from email.message import EmailMessage
from email.policy import compat32

import pytest

from bot.sandbox.mail.composing import CLIENTS, Client, reply
from channels.email.replies import text_of, without_quotes
from tests.support.samples import NOW

ANSWERS = (
    "收到",
    "改到明天下午3点",
    "1",
    "Yes, I'll be there.",
    "第一行\n第二行",
    "a < b & c > d\n<b>no</b>",
)


def sent(
    text: str = "Your interview: in 1 hour\n\nAnswer here: https://x.example/my/1\n\n-- \nStop\n",
) -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = "星云科技 <interviews@nebula.example>"
    mail["Subject"] = "Your interview: in 1 hour"
    mail["Date"] = "Tue, 24 Nov 2026 05:00:00 +0000"
    mail["Message-ID"] = "<1@nebula.example>"
    mail.set_content(text)
    return mail


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("text", ANSWERS)
def test_only_what_is_new_is_read(client: Client, text: str) -> None:
    answer = reply(client, sent(), "李雷", "lilei@example.com", text, ("<2@example.com>", NOW))
    raw = answer.as_string()
    assert text_of(message_from_string(raw, policy=compat32)) == text


@pytest.mark.parametrize(
    ("whole", "new"),
    [
        ("Yes\n\nOn Tue, 24 Nov 2026 at 05:00, Nebula <a@b.cc> wrote:\n> old", "Yes"),
        ("Yes\n\nOn Tue, 24 Nov 2026 at 05:00, Nebula Technologies\n<a@b.cc> wrote:\n> old", "Yes"),
        ("好的\n\n在 2026年11月24日，下午1:00，星云科技 <a@b.cc> 写道：\n> 旧", "好的"),
        ("好的\n\n星云科技 <a@b.cc> 于2026年11月24日周二 13:05写道：\n旧", "好的"),
        ("好的\n\n\n---- 回复的原邮件 ----\n发件人 | a@b.cc |", "好的"),
        ("好的\n\n------------------ 原始邮件 ------------------\n旧", "好的"),
        ("Yes\n\n-----Original Message-----\nFrom: a@b.cc\nold", "Yes"),
        ("Yes\n\n________________________________\nFrom: Nebula\nold", "Yes"),
        ("Yes\n\n发件人: 星云\n发送时间: 2026年11月24日\n旧", "Yes"),
        ("Yes\n\nFrom: Nebula\nSent: Tuesday\nold", "Yes"),
        ("Yes\n\n*From:* Nebula <a@b.cc>\nold", "Yes"),
        ("Yes\n-- \nLi Lei\n138", "Yes"),
        ("Yes\n\nSent from my iPhone", "Yes"),
        ("好的\n\n发自我的iPhone", "好的"),
        ("好的\n\n来自我的华为手机", "好的"),
        # An answer below what it answers.
        ("On Tue, 24 Nov 2026, Nebula <a@b.cc> wrote:\n> old\n> older\n\nYes", "Yes"),
        ("> old\nYes\n> older\nNo", "Yes\nNo"),
        # These are words of their own.
        ("来自上海的李雷", "来自上海的李雷"),
        ("On Monday I can.\nOn Tuesday I wrote: no", "On Monday I can.\nOn Tuesday I wrote: no"),
        ("From Monday on", "From Monday on"),
        ("在路上\n堵车", "在路上\n堵车"),
        ("发自我的iPhone", "发自我的iPhone"),
        ("--", "--"),
        ("", ""),
        ("> old", ""),
        ("On Tue, 24 Nov 2026, Nebula <a@b.cc> wrote:\nold", ""),
    ],
)
def test_where_a_quote_begins(whole: str, new: str) -> None:
    assert without_quotes(whole) == without_quotes(whole.replace("\n", "\r\n")) == new


def part(html: str) -> str:
    return text_of(message_from_string(f"Content-Type: text/html; charset=utf-8\n\n{html}", policy=compat32))


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>Yes</p><p>please</p>", "Yes\n\nplease"),
        ("Yes<br>please", "Yes\nplease"),
        ("<style>p {color: red}</style><script>alert(1)</script>Yes", "Yes"),
        ("<div>Yes</div><blockquote>old <blockquote>older</blockquote> old</blockquote>", "Yes"),
        ("<div>Yes</div><div class='gmail_quote x'><div>old</div></div><div>more</div>", "Yes\n\nmore"),
        ("Yes<div id=appendonsend></div><hr><div>old</div>", "Yes"),
        ("Yes &amp; no &lt;b&gt; &#20320;", "Yes & no <b> 你"),
        ("Yes <!-- <p>no</p> --> please", "Yes please"),
        ("Yes <!-- no", "Yes"),
        ("1 < 2 <3", "1 < 2 <3"),
        ("<p\nclass='a'>Yes</p >", "Yes"),
        ("<![endif]>Yes</>", "Yes"),
        ("<", "<"),
        ("", ""),
    ],
)
def test_html_is_read_as_text(html: str, text: str) -> None:
    assert part(html) == text


@pytest.mark.parametrize(
    "tag", ["<a ", "<", "</", "<!--", "<a b='", "<div><p>", "<blockquote>", "&", "<![CDATA["]
)
def test_no_html_takes_long(tag: str) -> None:
    # With Python's own parser the first of these takes minutes, which the test's time limit does not allow.
    part(tag * (250_000 // len(tag)))


@pytest.mark.parametrize(
    ("charset", "encoded"),
    [
        ("gb2312", "好的，囍镕".encode("gb18030")),
        ("x-unknown", "好的，囍镕".encode()),
        ("utf-8", "好的，囍镕".encode()),
    ],
)
def test_charsets_are_what_is_meant_by_them(charset: str, encoded: bytes) -> None:
    mail = EmailMessage()
    mail.set_content(encoded, maintype="text", subtype="plain", cte="base64")
    mail.set_param("charset", charset)
    assert text_of(message_from_string(mail.as_string(), policy=compat32)) == "好的，囍镕"


def test_flowed_lines_belong_together() -> None:
    text = "I would rather come at \nthree tomorrow.\n\nYes.\n-- \nLi"
    head = "Content-Type: text/plain; format=flowed\n\n"
    assert (
        text_of(message_from_string(head + text, policy=compat32))
        == "I would rather come at three tomorrow.\n\nYes."
    )


def test_what_is_attached_is_not_said() -> None:
    mail = EmailMessage()
    mail.set_content("Here it is.")
    mail.add_attachment("not this", subtype="plain", filename="notes.txt")
    assert text_of(message_from_string(mail.as_string(), policy=compat32)) == "Here it is."
