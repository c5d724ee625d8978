"""Shaping: no choice is ever lost, and text is measured and cut as platforms count."""

import unicodedata
from dataclasses import replace
from typing import get_args

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from channels.base import Caps, Unrenderable
from channels.routes import ROUTES
from channels.shape import Unit, blob_reference, cut, measure, pieces, plain, read_reference, shape
from conversations.messages import MAX_CHOICES, Fact, File, Link, Message, Note, Para, Press
from locales.translate import render
from tests.support.samples import HOSTILE, MESSAGES, START, choices, data, envelope, hostile, reader, words

UNITS: tuple[Unit, ...] = get_args(Unit)
TEXT = st.text(st.characters(exclude_categories=["Cs"])) | st.text("字。！\n a.👍🏽👨‍👩‍👧🇨🇳é", max_size=300)


# -- the matrix: every route, every number of choices ------------------------------------------------------


@pytest.mark.parametrize("labels", ["short", "long", "empty"])
@pytest.mark.parametrize("values", ["short", "too long", "missing"])
@pytest.mark.parametrize("count", range(1, MAX_CHOICES + 1))
@pytest.mark.parametrize("route", ROUTES)
def test_no_route_loses_a_choice(route: str, count: int, values: str, labels: str) -> None:
    caps = ROUTES[route]
    label = {"short": "选{}", "long": "第{}个选项，" + "很长" * 40, "empty": " "}[labels]
    presses = tuple(Press(f"a{n}", data(label.format(n))) for n in range(1, count + 1))
    links = (Link("go", data("进入面试")),) * 2
    message = Message("m", data("请选择"), actions=(*presses[:1], *links, *presses[1:]))
    made = envelope(message)
    made = replace(made, urls={"go": made.urls["go"]})
    if values != "short":
        given_values = {} if values == "missing" else {press.action: "x" * 5000 for press in presses}
        made = replace(made, values=given_values)
    shaped = shape(message, made, caps)
    buttons = [button for button in shaped.buttons if button.value]
    lines = [line.text for line in shaped.lines if line.kind == "choice"]
    for number, press in enumerate(presses, 1):
        told = " ".join(plain(render(press.label, reader())).split())
        as_button = len(buttons) == count and buttons[number - 1].value == made.values[press.action]
        as_line = len(lines) == count and lines[number - 1] == f"{number}. {told}"
        assert as_button or as_line
        assert as_line or buttons[number - 1].label == told
    assert len(shaped.buttons) <= caps.max_buttons
    assert all(len(button.label) <= caps.max_button_text for button in shaped.buttons)
    assert all(len(button.value.encode()) <= caps.button_value_bytes for button in shaped.buttons)
    # Links too: as buttons or written out.
    assert len([b for b in shaped.buttons if b.url]) + shaped.text.count(made.urls["go"]) == 2
    if not buttons:
        assert shaped.lines[-1].kind == "hint" or shaped.lines[-1].kind == "link"


@pytest.mark.parametrize(("locale", "told"), [("zh_Hans", "请在这里选择："), ("en", "Answer here: ")])
@pytest.mark.parametrize("route", ROUTES)
def test_a_route_without_buttons_leads_to_the_page_that_has_them(route: str, locale: str, told: str) -> None:
    for name in ("reminder", "local"):
        made = envelope(MESSAGES[name], locale=locale)
        shaped = shape(MESSAGES[name], made, ROUTES[route])
        answers = [line.text for line in shaped.lines if line.kind == "answer"]
        assert answers == ([told + made.urls["my"]] if ROUTES[route].buttons == "none" else [])
        if answers:
            assert shaped.lines[-1].text == answers[0]
            # A link of the message to the same page is the same.
            assert shaped.text.count(made.urls["my"]) == 1
            assert "choice" not in [line.kind for line in shaped.lines]


def test_a_message_that_asks_nothing_keeps_its_link_to_the_page() -> None:
    message = replace(MESSAGES["local"], actions=MESSAGES["local"].actions[:1])
    shaped = shape(message, envelope(message), ROUTES["sms"])
    assert [line.kind for line in shaped.lines] == ["lead", "link"]


def test_there_are_twelve_routes_with_their_sources() -> None:
    assert list(ROUTES) == [
        "telegram", "slack", "wecom.app", "wecom.webhook", "wecom.kf", "wecom.contact", "wechat.template",
        "wechat.custom", "wechat.subscribe", "email", "sms", "console",
    ]  # fmt: skip
    for route, caps in ROUTES.items():
        assert caps.route == route
        assert caps.source
        assert caps.text_limit > 0
        assert (caps.edit_for is None) == (caps.edits in ("always", "never"))
        assert (caps.max_buttons > 0) == (caps.buttons in ("card", "menu"))
        # Contacts are answered within a window too: the one that their coming opens.
        assert bool(caps.windows) == (caps.proactive == "window" or route == "wecom.contact")


# -- lines ------------------------------------------------------------------------------------------------


def test_a_message_without_buttons_is_one_text() -> None:
    message = MESSAGES["reminder"]
    assert shape(message, envelope(message), ROUTES["console"]).text.splitlines() == [
        "面试提醒：还有1小时5分钟",
        "",
        "岗位：Java 开发工程师",
        "时间：今天 11月24日（周二）14:05",
        "设备：电脑、摄像头、耳机",
        "",
        "请提前10分钟进入。",
        "遇到问题请联系技术支持。",
        "",
        "进入面试：https://turnout.example.com/go/3f9d",
        "技术支持电话：+862155550000",
        "",
        "1. 准时参加",
        "2. 改约",
        "3. 来不了",
        "4. 求助",
        "请回复数字。",
    ]


def test_links_without_an_address_are_left_out() -> None:
    message = Message("m", data("hi"), actions=(Link("nowhere", data("Look")),))
    assert shape(message, envelope(message), ROUTES["telegram"]).buttons == ()
    assert shape(message, envelope(message), ROUTES["console"]).text == "hi"


def test_what_can_never_be_carried_is_refused() -> None:
    for message in (
        Message("m", data(" \n")),
        Message("m", data("hi"), (File("make:calendar:1", "a.ics", "text/calendar", data("file")),)),
    ):
        with pytest.raises(Unrenderable):
            shape(message, envelope(message), ROUTES["telegram"])


def test_a_route_without_files_says_what_they_are() -> None:
    message = MESSAGES["rebooked"]
    assert shape(message, envelope(message), ROUTES["sms"]).lines[-1].text == "日历文件"
    assert len(shape(message, envelope(message), ROUTES["email"]).files) == 1


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("面试.ics", "面试.ics"),
        ("../etc/passwd", "etc passwd"),
        ('a"; filename="b\r\nX-Evil: 1.ics', "a ; filename= b X-Evil 1.ics"),
        ("\u202e..", "file"),
    ],
)
def test_a_file_keeps_its_blob_and_a_name_that_harms_nobody(name: str, kept: str) -> None:
    file = File("sha256:ab", name, "text/calendar", words("", ""))
    assert read_reference(blob_reference(file)) == ("sha256:ab", kept)


@pytest.mark.parametrize("text", HOSTILE)
def test_data_is_text_in_every_place(text: str) -> None:
    message = hostile(text)
    shaped = shape(message, envelope(message), ROUTES["telegram"])
    for shown in (shaped.text, *(button.label for button in shaped.buttons)):
        assert not {character for character in shown if unicodedata.category(character) == "Cc"} - {"\n"}
        assert "\u202e" not in shown
    assert all("\n" not in button.label for button in shaped.buttons)


def test_blocks_keep_their_order() -> None:
    blocks = (Para(data("one")), Fact("f", data("k"), data("v")), Note(data("n")), Para(data("two")))
    message = Message("m", data("lead"), blocks)
    assert shape(message, envelope(message), ROUTES["console"]).text == "lead\n\none\n\nk：v\n\nn\n\ntwo"


def test_countdowns_stay_alive_in_lines() -> None:
    lead = shape(MESSAGES["reminder"], envelope(MESSAGES["reminder"]), ROUTES["telegram"]).lines[0]
    assert [span.at for span in lead.spans if not isinstance(span, str)] == [START]


# -- measuring and cutting --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "unit", "length"),
    [
        ("aé字👍", "characters", 4),
        ("aé字👍", "utf16", 5),
        ("aé字👍", "bytes", 10),
        ("", "segments", 1),
        ("a" * 160, "segments", 1),
        ("a" * 161, "segments", 2),
        ("a" * 306, "segments", 2),
        ("a" * 307, "segments", 3),
        ("€" * 80, "segments", 1),
        ("€" * 81, "segments", 2),
        ("字" * 70, "segments", 1),
        ("字" * 71, "segments", 2),
        ("字" * 134, "segments", 2),
        ("字" * 135, "segments", 3),
        ("👍" * 35, "segments", 1),
        ("👍" * 36, "segments", 2),
    ],
)
def test_lengths(text: str, unit: Unit, length: int) -> None:
    assert measure(text, unit) == length


@given(TEXT, st.integers(4, 200), st.sampled_from(UNITS))
@example("a.b" * 100, 10, "utf16")
@example("字" * 500, 1, "segments")
@example(" " * 50, 4, "bytes")
@example("👨‍👩‍👧‍👦" * 50, 20, "utf16")
def test_pieces_fit_and_lose_only_white_space(text: str, limit: int, unit: Unit) -> None:
    if unit == "segments":
        limit = 1 + limit % 4
    cuts = pieces(text, limit, unit)
    assert "".join("".join(text[start:end].split()) for start, end in cuts) == "".join(text.split())
    last = 0
    for start, end in cuts:
        assert last <= start < end
        assert not text[last:start].strip()
        assert measure(text[start:end], unit) <= limit
        last = end
    assert not text[last:].strip()


@given(TEXT, st.integers(4, 200), st.sampled_from(UNITS))
def test_a_cut_text_fits(text: str, limit: int, unit: Unit) -> None:
    if unit == "segments":
        limit = 1 + limit % 4
    short = cut(text, limit, unit)
    assert measure(short, unit) <= limit
    assert short == text or short.endswith("…")
    assert text.startswith(short.removesuffix("…"))


@pytest.mark.parametrize(
    ("text", "limit", "parts"),
    [
        ("一段。\n\n二段。", 7, ["一段。", "二段。"]),
        ("第一句。第二句！第三句？", 8, ["第一句。第二句！", "第三句？"]),
        ("Mr. Li comes. He is late.", 15, ["Mr. Li comes.", "He is late."]),
        ("one two three four", 9, ["one two", "three", "four"]),
        ("他说：“来。”我说好。", 7, ["他说：“来。”", "我说好。"]),
        ("第一行\n第二行", 4, ["第一行", "第二行"]),
    ],
)
def test_cuts_fall_where_a_reader_pauses(text: str, limit: int, parts: list[str]) -> None:
    assert [text[start:end] for start, end in pieces(text, limit, "characters")] == parts


@pytest.mark.parametrize("cluster", ["👨‍👩‍👧‍👦", "👍🏽", "🇨🇳", "e\u0301", "🏳️‍🌈"])
@pytest.mark.parametrize("limit", range(12, 30))
def test_no_cut_falls_inside_what_is_seen_as_one(cluster: str, limit: int) -> None:
    text = cluster * 40
    for start, end in pieces(text, limit, "utf16"):
        assert text[start:end] == cluster * ((end - start) // len(cluster))


def test_nothing_is_lost_at_any_number_of_choices_on_a_tiny_route() -> None:
    tiny = replace(ROUTES["wecom.app"], max_buttons=2)
    assert isinstance(tiny, Caps)
    message = choices(3)
    shaped = shape(message, envelope(message), tiny)
    assert (len(shaped.buttons), [line.kind for line in shaped.lines[1:]]) == (0, ["choice"] * 3 + ["hint"])


def test_where_not_even_one_character_fits_only_the_sign_of_it_is_left() -> None:
    assert cut("\x80\u0800", 4, "bytes") == "…"
