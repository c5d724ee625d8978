"""Messages as HTML: each platform's markup shown, everything else escaped."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from bot.sandbox.page import markup
from bot.sandbox.page.letters import letter

AT = datetime(2026, 11, 24, 6, tzinfo=UTC)
STAMP = int(AT.timestamp())


def leads(label: str, to: str) -> Markup:
    return Markup("[{}→{}]").format(label, to)


def counts(at: datetime) -> str:
    return f"in {at:%H}"


def names(id: str) -> str:
    return {"U1": "Li Lei"}.get(id, "")


def test_telegrams_entities_count_utf_16() -> None:
    text = "😀 bold <b> at"
    entities = [
        {"type": "bold", "offset": 3, "length": 4},
        {"type": "date_time", "offset": 12, "length": 2, "unix_time": STAMP, "date_time_format": "r"},
    ]
    found = markup.telegram(text, entities, leads, counts)
    assert found.startswith("😀 <b>bold</b> &lt;b&gt; ")
    assert found.endswith(">in 06</time>")


def test_telegrams_links_and_nested_entities() -> None:
    entities = [
        {"type": "italic", "offset": 0, "length": 8},
        {"type": "text_link", "offset": 4, "length": 4, "url": "https://e.example"},
    ]
    found = markup.telegram("see here", entities, leads, counts)
    assert found == "<i>see </i><i>[here→https://e.example]</i>"


def test_slacks_marks_links_calls_and_dates() -> None:
    text = f"*a* _b_ <@U1> <https://e.example|x &amp; y> <!date^{STAMP}^{{ago}}|soon> 2*3*4 &lt;i&gt;"
    found = markup.slack({"type": "mrkdwn", "text": text}, names, leads, counts)
    assert found.startswith(
        '<b>a</b> <i>b</i> <span class="mention">@Li Lei</span> [x &amp; y→https://e.example] '
    )
    assert ">in 06</time> 2*3*4 &lt;i&gt;" in found


def test_slacks_plain_text_is_plain() -> None:
    assert markup.slack({"type": "plain_text", "text": "*a* <b>"}, names, leads, counts) == "*a* &lt;b&gt;"


def test_wecoms_markdown_and_anchors() -> None:
    found = markup.markdown(
        '# T\n**b** [x](https://e.example) <font color="info">ok</font> <@LiLei> <i>', leads
    )
    assert "<b>T</b>" in found
    assert "<b>b</b> [x→https://e.example]" in found
    assert '<span class="font-info">ok</span>' in found
    assert "@LiLei" in found
    assert "&lt;i&gt;" in found
    assert (
        markup.tencent('<a href="https://e.example">go</a> <b>', leads) == "[go→https://e.example] &lt;b&gt;"
    )


def test_bare_addresses_and_labels_are_links() -> None:
    found = markup.plain("see https://e.example/a，or label", {"label": "https://f.example"}, leads)
    assert found == "see [https://e.example/a→https://e.example/a]，or [label→https://f.example]"


MAIL = """<html><head><style>p{}</style><title>t</title></head><body><h1>Hi</h1><p onclick="x()">a<br>b</p>
<script>alert(1)</script><dl><dt>k</dt><dd>v</dd></dl><a class="choice" href="https://e.example">Yes <b>now</b></a>
<div style="display: none">hidden <img src="x"><span>deep</span></div>
<iframe src="x">in</iframe><table><tr><td>c</table>"""


def test_a_mail_is_reduced_to_words_and_links() -> None:
    found = letter(MAIL, leads)
    assert "<strong>Hi</strong>" in found
    assert "<p>a<br>b</p>" in found
    assert '<span class="opens">[Yes now→https://e.example]</span>' in found
    for gone in ("script", "alert", "onclick", "style", "hidden", "deep", "iframe", "<img", "<title"):
        assert gone not in found, gone
    assert found.count("<td>") == found.count("</td>") == 1


@given(
    st.text(max_size=80) | st.from_regex(r"(<[a-z!/@#*_`>\[\]()|^]{0,6}|[*_~`]|&lt;|x){0,20}", fullmatch=True)
)
@pytest.mark.parametrize("way", ["telegram", "slack", "tencent", "markdown", "plain", "letter"])
def test_nothing_that_anybody_writes_becomes_an_element_of_its_own(way: str, text: str) -> None:
    made = {
        "telegram": lambda: markup.telegram(text, (), leads, counts),
        "slack": lambda: markup.slack({"type": "mrkdwn", "text": text}, names, leads, counts),
        "tencent": lambda: markup.tencent(text, leads),
        "markdown": lambda: markup.markdown(text, leads),
        "plain": lambda: markup.plain(text, {}, leads),
        "letter": lambda: letter(text, leads),
    }[way]()
    assert "<script" not in made
    assert "<img" not in made
    assert " on" not in "".join(part.partition(">")[0] for part in made.split("<")[1:])
