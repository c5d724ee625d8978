"""Sentences, dates and figures in the reader's language, on the reader's clock."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from locales import catalogue as catalogues
from locales.catalogue import parse_catalogue
from locales.text import (
    Countdown,
    Day,
    Listing,
    Moment,
    Percent,
    Points,
    Reader,
    Span,
    Text,
    TimeOfDay,
    Value,
    Words,
    ct,
    nt,
    t,
)
from locales.translate import (
    LOCALES,
    BadSentence,
    Live,
    Untranslated,
    best_locale,
    render,
    require_translated,
    show,
    spans,
)

SHANGHAI = "Asia/Shanghai"
NEW_YORK = "America/New_York"
NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)  # Sunday 14:00 in Beijing


def reader(locale: str = "en", zone: str = SHANGHAI, now: datetime = NOW, formal: bool = True) -> Reader:
    return Reader(locale, zone, now, formal)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


# --- which language


@pytest.mark.parametrize(
    "tag",
    "zh|zh_Hans|zh-hans|zh-Hans-CN|zh_CN|ZH-cn|zh-SG|zh-TW|zh-Hant|zh_CN.UTF-8|zh-cmn-Hans-CN|cmn|yue| zh ".split(
        "|"
    ),
)
def test_every_chinese_tag_finds_simplified_chinese(tag: str) -> None:
    assert best_locale(tag) == "zh_Hans"


@pytest.mark.parametrize("tag", ["en", "en-GB", "EN_us", "pt-br", "xx", "", None, "C", "-", "Hans", "123"])
def test_everyone_else_reads_english(tag: str | None) -> None:
    assert best_locale(tag) == "en"


@pytest.mark.parametrize(
    ("tag", "found"),
    [
        ("zh-TW", "zh_Hant"),
        ("zh-HK", "zh_Hant"),
        ("zh-Hans-HK", "zh_Hans"),
        ("zh", "zh_Hans"),
        ("pt-PT", "pt_PT"),
        ("pt", "pt_BR"),
        ("pt-AO", "pt_BR"),
        ("de-AT", "de"),
        ("no", "nb"),
        ("fr", "de"),
    ],
)
def test_script_counts_before_territory(tag: str, found: str) -> None:
    assert best_locale(tag, ["pt_BR", "pt_PT", "zh_Hans", "zh_Hant", "de", "nb"], default="de") == found


@given(st.text(max_size=20))
def test_any_tag_finds_a_language(tag: str) -> None:
    assert best_locale(tag) in LOCALES


def test_the_languages_offered() -> None:
    assert set(LOCALES) == {"en", "zh_Hans"}


# --- sentences


@pytest.fixture
def words(monkeypatch: pytest.MonkeyPatch) -> None:
    """Add sentences of this test to the catalogues."""
    added = {
        (None, "Hello {name}", None): ("{name}，您好",),
        (None, "We wait for you, {name}.", None): ("{name}，我们等着您。",),
        (None, "{n} reminder", "{n} reminders"): ("{n}条提醒",),
        (None, "Open", None): ("打开",),
        ("state", "Open", None): ("未处理",),
        (None, "Begins {in_time}, {name}", None): ("{name}，{in_time}",),
        (None, "Broken {name}", None): ("坏了{nmae}",),
    }
    chinese = catalogues._read("zh_Hans")
    changed = catalogues.Catalogue("zh_Hans", chinese.formats, {**chinese.sentences, **added}, chinese.plural)
    english = catalogues._read("en")
    monkeypatch.setattr(catalogues, "_read", {"zh_Hans": changed, "en": english}.__getitem__)
    catalogues.catalogue.cache_clear()


@pytest.fixture(autouse=True)
def _fresh_catalogues() -> object:
    yield
    catalogues.catalogue.cache_clear()


@pytest.mark.usefixtures("words")
class TestSentences:
    def test_a_sentence_is_said_in_the_readers_language(self) -> None:
        assert render(t("Hello {name}", name="李雷"), reader("zh-CN")) == "李雷，您好"
        assert render(t("Hello {name}", name="李雷"), reader("en")) == "Hello 李雷"

    def test_what_has_no_translation_is_wholly_english(self) -> None:
        text = t("Not yet in Chinese: {when}", when=Day(date(2026, 11, 24)))
        assert render(text, reader("zh_Hans")) == "Not yet in Chinese: Tue 24 Nov"

    def test_a_context_chooses_the_translation(self) -> None:
        assert render(t("Open"), reader("zh_Hans")) == "打开"
        assert render(ct("state", "Open"), reader("zh_Hans")) == "未处理"
        assert render(ct("elsewhere", "Open"), reader("zh_Hans")) == "Open"

    @pytest.mark.parametrize(("n", "english"), [(0, "0 reminders"), (1, "1 reminder"), (2, "2 reminders")])
    def test_plurals(self, n: int, english: str) -> None:
        text = nt("{n} reminder", "{n} reminders", n)
        assert render(text, reader("en")) == english
        assert render(text, reader("zh_Hans")) == f"{n}条提醒"

    def test_a_plural_needs_a_count(self) -> None:
        with pytest.raises(BadSentence, match="needs a whole number n"):
            render(Text("{n} reminder", {}, plural="{n} reminders"), reader())

    def test_data_is_neither_translated_nor_read_for_placeholders(self) -> None:
        assert render(t("Hello {name}", name="Open"), reader("zh_Hans")) == "Open，您好"
        assert render(t("Hello {name}", name="{name} {0} {n} %s"), reader()) == "Hello {name} {0} {n} %s"

    def test_a_sentence_within_a_sentence_is_translated(self) -> None:
        assert render(t("Hello {name}", name=t("Open")), reader("zh_Hans")) == "打开，您好"

    def test_a_missing_value_is_named(self) -> None:
        with pytest.raises(BadSentence, match=re.escape("'Hello {name}' needs a value {name}; given: nmae")):
            render(t("Hello {name}", nmae="x"), reader())
        with pytest.raises(KeyError, match="nmae"):
            render(t("Broken {name}", name="x"), reader("zh_Hans"))

    def test_informal_address_changes_our_words_and_nobody_elses(self) -> None:
        text = t("We wait for you, {name}.", name="您好先生")
        assert render(text, reader("zh_Hans")) == "您好先生，我们等着您。"
        assert render(text, reader("zh_Hans", formal=False)) == "您好先生，我们等着你。"
        assert render(text, reader("en", formal=False)) == "We wait for you, 您好先生."

    def test_countdowns_are_marked_for_channels_that_keep_them_live(self) -> None:
        start = NOW + timedelta(minutes=65)
        text = t("Begins {in_time}, {name}", in_time=Countdown(start), name="Anna")
        assert spans(text, reader()) == ("Begins ", Live("in 1 hour 5 minutes", start), ", Anna")
        assert spans(text, reader("zh_Hans")) == ("Anna，", Live("还有1小时5分钟", start))
        assert render(text, reader()) == "Begins in 1 hour 5 minutes, Anna"

    def test_countdowns_in_lists_are_marked_too(self) -> None:
        text = t("Hello {name}", name=Listing((Countdown(NOW), t("Open"))))
        assert spans(text, reader("zh_Hans")) == (Live("马上开始", NOW), "和打开，您好")

    def test_what_is_not_translated_is_found(self) -> None:
        require_translated(t("Hello {name}", name="x"), "zh_Hans")
        with pytest.raises(Untranslated, match="Not yet"):
            require_translated(t("Not yet"), "zh_Hans")
        with pytest.raises(Untranslated, match="Not yet"):
            require_translated(t("Hello {name}", name=Listing((t("Not yet"),))), "zh_Hans")


def test_unfinished_translations_do_not_count() -> None:
    po = parse_catalogue(
        "ru",
        'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n'
        '"Plural-Forms: nplurals=3; plural=(n%10==1 ? 0 : n%10<5 ? 1 : 2);\\n"\n\n'
        '#, fuzzy\nmsgid "a"\nmsgstr "а"\n\nmsgid "b"\nmsgstr ""\n\n'
        'msgid "{n} c"\nmsgid_plural "{n} cs"\nmsgstr[0] "1"\nmsgstr[1] ""\nmsgstr[2] "5"\n\n'
        'msgid "{n} d"\nmsgid_plural "{n} ds"\nmsgstr[0] "one"\nmsgstr[1] "few"\nmsgstr[2] "many"\n',
    )
    assert po.find(t("a")) is None
    assert po.find(t("b")) is None
    assert po.find(nt("{n} c", "{n} cs", 1)) is None
    assert [po.find(nt("{n} d", "{n} ds", n)) for n in (1, 3, 5)] == ["one", "few", "many"]


def test_every_kind_of_value_survives_storage() -> None:
    values: tuple[Value, ...] = (
        Moment(NOW, SHANGHAI), TimeOfDay(NOW), Day(date(2026, 11, 24)), Countdown(NOW), Span(timedelta(hours=1)),
        Percent(0.1), Points(-0.1), Words({"en": "hi"}), t("Open"), "data", 3,
    )  # fmt: skip
    stored = TypeAdapter(Text)
    text = nt("{n} thing: {all}", "{n} things: {all}", 2, all=Listing(values))
    again = stored.validate_json(stored.dump_json(text))
    assert again == text
    assert render(again, reader()) == render(text, reader())


# --- moments

TUESDAY = at("2026-11-24 06:00")


@pytest.mark.parametrize(
    ("value", "zone", "english", "chinese"),
    [
        (Moment(TUESDAY), SHANGHAI, "Tue 24 Nov, 14:00", "11月24日（周二）14:00"),
        (Moment(TUESDAY, SHANGHAI), SHANGHAI, "Tue 24 Nov, 14:00", "11月24日（周二）14:00"),
        (Moment(TUESDAY, "Asia/Singapore"), SHANGHAI, "Tue 24 Nov, 14:00", "11月24日（周二）14:00"),
        (
            Moment(TUESDAY, SHANGHAI), "Asia/Tokyo",
            "Tue 24 Nov, 15:00 (Tokyo time; 14:00 Beijing time)", "11月24日（周二）15:00（东京时间；北京时间 14:00）",
        ),
        (
            Moment(TUESDAY, SHANGHAI), NEW_YORK,
            "Tue 24 Nov, 01:00 (New York time; 14:00 Beijing time)",
            "11月24日（周二）01:00（纽约时间；北京时间 14:00）",
        ),
        (
            Moment(at("2026-11-24 01:00"), SHANGHAI), NEW_YORK,
            "tomorrow, Mon 23 Nov, 20:00 (New York time; Tue 24 Nov, 09:00 Beijing time)",
            "明天 11月23日（周一）20:00（纽约时间；北京时间 11月24日周二 09:00）",
        ),
        (
            Moment(TUESDAY, "UTC"), "Asia/Kolkata",
            "Tue 24 Nov, 11:30 (Kolkata time; 06:00 UTC)", "11月24日（周二）11:30（加尔各答时间；UTC 06:00）",
        ),
        (
            Moment(TUESDAY, "Etc/GMT-5"), SHANGHAI,
            "Tue 24 Nov, 14:00 (Beijing time; 11:00 UTC+5)", "11月24日（周二）14:00（北京时间；UTC+5 11:00）",
        ),
        (Moment(at("2027-01-04 06:00")), SHANGHAI, "Mon 4 Jan 2027, 14:00", "2027年1月4日（周一）14:00"),
        (
            Moment(at("2026-12-31 17:30"), SHANGHAI), "UTC",
            "Thu 31 Dec, 17:30 (UTC; Fri 1 Jan 2027, 01:30 Beijing time)",
            "12月31日（周四）17:30（UTC；北京时间 2027年1月1日周五 01:30）",
        ),
        (
            Moment(at("2026-11-01 05:30")), NEW_YORK,
            "Sun 1 Nov, 01:30 (New York time, UTC-4)", "11月1日（周日）01:30（纽约时间 UTC-4）",
        ),
        (
            Moment(at("2026-11-01 06:30"), SHANGHAI), NEW_YORK,
            "Sun 1 Nov, 01:30 (New York time, UTC-5; 14:30 Beijing time)",
            "11月1日（周日）01:30（纽约时间 UTC-5；北京时间 14:30）",
        ),
        (
            Moment(at("2026-04-04 15:15"), SHANGHAI), "Australia/Lord_Howe",
            "Sun 5 Apr, 01:45 (Lord Howe Island time, UTC+10:30; Sat 4 Apr, 23:15 Beijing time)",
            "4月5日（周日）01:45（豪勋爵岛时间 UTC+10:30；北京时间 4月4日周六 23:15）",
        ),
    ],
)  # fmt: skip
def test_moments(value: Moment, zone: str, english: str, chinese: str) -> None:
    assert show(value, reader("en", zone)) == english
    assert show(value, reader("zh_Hans", zone)) == chinese


@pytest.mark.parametrize(
    ("now", "english", "chinese"),
    [
        ("2026-11-22 06:00", "Tue 24 Nov, 14:00", "11月24日（周二）14:00"),
        ("2026-11-22 16:00", "tomorrow, Tue 24 Nov, 14:00", "明天 11月24日（周二）14:00"),
        ("2026-11-23 16:00", "today, Tue 24 Nov, 14:00", "今天 11月24日（周二）14:00"),
        ("2026-11-24 15:59", "today, Tue 24 Nov, 14:00", "今天 11月24日（周二）14:00"),
        ("2026-11-24 16:00", "Tue 24 Nov, 14:00", "11月24日（周二）14:00"),
    ],
)
def test_today_and_tomorrow_are_the_readers(now: str, english: str, chinese: str) -> None:
    assert show(Moment(TUESDAY), reader("en", now=at(now))) == english
    assert show(Moment(TUESDAY), reader("zh_Hans", now=at(now))) == chinese


def test_the_year_is_shown_unless_it_is_the_readers() -> None:
    new_year = reader("en", SHANGHAI, at("2026-12-31 20:00"))  # 04:00 on 1 January in Beijing
    assert show(Moment(TUESDAY), new_year) == "Tue 24 Nov 2026, 14:00"
    assert show(Moment(at("2026-12-31 22:00")), new_year) == "today, Fri 1 Jan, 06:00"
    assert show(Day(date(2026, 3, 2)), new_year) == "Mon 2 Mar 2026"


def test_a_moment_needs_a_zone_of_its_own() -> None:
    with pytest.raises(ValueError, match="needs a zone"):
        show(Moment(datetime(2026, 11, 24, 14, 0)), reader())


@pytest.mark.parametrize(
    ("value", "english", "chinese"),
    [
        (TimeOfDay(at("2026-11-24 01:05")), "09:05", "09:05"),
        (Day(date(2026, 11, 24)), "Tue 24 Nov", "11月24日（周二）"),
        (Day(date(2027, 3, 1)), "Mon 1 Mar 2027", "2027年3月1日（周一）"),
        (Percent(0.097), "9.7%", "9.7%"),
        (Percent(0.1), "10%", "10%"),
        (Percent(1.0), "100%", "100%"),
        (Percent(0.00049), "0%", "0%"),
        (Percent(-0.00049), "0%", "0%"),
        (Percent(0.0005), "0.1%", "0.1%"),
        (Points(0.012), "+1.2 percentage points", "+1.2个百分点"),
        (Points(-0.034), "-3.4 percentage points", "-3.4个百分点"),
        (Points(0.01), "+1 percentage point", "+1个百分点"),
        (Points(-0.01), "-1 percentage point", "-1个百分点"),
        (Points(0.0004), "±0 percentage points", "±0个百分点"),
        (Points(0.0999), "+10 percentage points", "+10个百分点"),
        (Listing(("a", "b", "c")), "a, b, and c", "a、b和c"),
        (Listing(("a", "{b}")), "a and {b}", "a和{b}"),
        (Listing(("a",)), "a", "a"),
        (Listing(()), "", ""),
        (Listing((Percent(0.5), 3)), "50% and 3", "50%和3"),
        (Words({"zh-CN": "人力资源", "en": "People team"}), "People team", "人力资源"),
        (Words({"en-GB": "People team"}), "People team", "People team"),
        (Words({"de": "Personal", "en": " "}), "Personal", "Personal"),
        (Words({}), "", ""),
        ("李雷 {x}", "李雷 {x}", "李雷 {x}"),
        (12345, "12345", "12345"),
    ],
)
def test_values(value: Value, english: str, chinese: str) -> None:
    assert show(value, reader("en")) == english
    assert show(value, reader("zh_Hans")) == chinese


# --- how long


@pytest.mark.parametrize(
    ("seconds", "english", "chinese"),
    [
        (65 * 60, "in 1 hour 5 minutes", "还有1小时5分钟"),
        (60, "in 1 minute", "还有1分钟"),
        (59, "now", "马上开始"),
        (0, "now", "马上开始"),
        (-29, "now", "马上开始"),
        (-30, "started 1 minute ago", "已开始1分钟"),
        (-300, "started 5 minutes ago", "已开始5分钟"),
        (-86400, "started 1 day ago", "已开始1天"),
        (89, "in 1 minute", "还有1分钟"),
        (90, "in 2 minutes", "还有2分钟"),
        (59 * 60 + 31, "in 1 hour", "还有1小时"),
        (3600, "in 1 hour", "还有1小时"),
        (2 * 3600 + 60, "in 2 hours 1 minute", "还有2小时1分钟"),
        (24 * 3600 - 31, "in 23 hours 59 minutes", "还有23小时59分钟"),
        (24 * 3600 - 30, "in 1 day", "还有1天"),
        (24 * 3600, "in 1 day", "还有1天"),
        (26 * 3600, "in 1 day 2 hours", "还有1天2小时"),
        (47 * 3600 + 1800, "in 2 days", "还有2天"),
        (72 * 3600, "in 3 days", "还有3天"),
    ],
)
def test_countdowns(seconds: int, english: str, chinese: str) -> None:
    value = Countdown(NOW + timedelta(seconds=seconds))
    assert show(value, reader("en")) == english
    assert show(value, reader("zh_Hans")) == chinese


@pytest.mark.parametrize(
    ("length", "english", "chinese"),
    [
        (timedelta(hours=1, minutes=5), "1 hour 5 minutes", "1小时5分钟"),
        (timedelta(days=1), "1 day", "1天"),
        (timedelta(days=9, hours=1), "9 days 1 hour", "9天1小时"),
        (timedelta(seconds=45), "45 seconds", "45秒钟"),
        (timedelta(seconds=59.6), "1 minute", "1分钟"),
        (timedelta(), "0 seconds", "0秒钟"),
        (timedelta(minutes=-5), "-5 minutes", "-5分钟"),
    ],
)
def test_lengths_of_time(length: timedelta, english: str, chinese: str) -> None:
    assert show(Span(length), reader("en")) == english
    assert show(Span(length), reader("zh_Hans")) == chinese


UNITS = {"day": timedelta(days=1), "hour": timedelta(hours=1), "minute": timedelta(minutes=1)}
CHINESE_UNITS = {"天": "day", "小时": "hour", "分钟": "minute"}


@given(st.timedeltas(timedelta(minutes=1), timedelta(days=400)))
def test_a_countdown_is_right_within_half_its_smaller_unit(left: timedelta) -> None:
    english = show(Countdown(NOW + left), reader("en"))
    parts = [(int(n), unit) for n, unit in re.findall(r"(\d+) (day|hour|minute)s?", english)]
    chinese = re.findall(r"(\d+)(天|小时|分钟)", show(Countdown(NOW + left), reader("zh_Hans")))
    assert [(int(n), CHINESE_UNITS[unit]) for n, unit in chinese] == parts
    assert 1 <= len(parts) <= 2
    assert all(n > 0 for n, _ in parts)
    assert all(n < {"minute": 60, "hour": 24}.get(unit, 1000) for n, unit in parts)
    slack = (
        timedelta(seconds=30) if left < timedelta(days=1) - timedelta(seconds=30) else timedelta(minutes=30)
    )
    assert abs(sum((UNITS[unit] * n for n, unit in parts), timedelta()) - left) <= slack


@given(st.timedeltas(timedelta(seconds=30), timedelta(days=400)))
def test_what_has_begun_is_told_in_the_same_units(since: timedelta) -> None:
    said = show(Countdown(NOW - since), reader("en"))
    assert re.fullmatch(r"started [1-9]\d* \w+( [1-9]\d* \w+)? ago", said)


@given(st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC)), st.timezone_keys())
def test_a_moment_can_be_shown_everywhere(instant: datetime, zone: str) -> None:
    for locale in LOCALES:
        assert "{" not in show(Moment(instant, zone), reader(locale, SHANGHAI))
        assert "{" not in show(Moment(instant, SHANGHAI), reader(locale, zone))
