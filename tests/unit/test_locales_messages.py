"""The catalogues keep step with the code, and their words with the glossary."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from locales import messages
from locales.catalogue import LOCALES, is_offered, parse_catalogue
from locales.extract import extract, sentences_in
from locales.messages import check, new_language, problems, update, updated

ROOT = Path(__file__).resolve().parents[2]
GLOSSARY = tomllib.loads((ROOT / "locales/glossary.toml").read_text("utf-8"))
ENGLISH = '# English.\nmsgid ""\nmsgstr ""\n"Language: en\\n"\n"X-Offered: yes\\n"\n'
CHINESE = (
    '# 中文。\nmsgid ""\nmsgstr ""\n"Language: zh_Hans\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n'
    '"Plural-Forms: nplurals=1; plural=0;\\n"\n"X-Offered: yes\\n"\n'
)


# --- what is shipped


def test_all_words_are_in_order() -> None:
    assert check(ROOT) == []


@pytest.mark.parametrize("locale", LOCALES)
def test_every_language_offered_is_complete(locale: str) -> None:
    language = parse_catalogue(locale, (ROOT / f"locales/{locale}.po").read_text("utf-8"))
    said = {(s.context, s.msgid, s.plural) for s in extract(ROOT) if s.msgid}
    assert said - set(language.sentences) == set()


def test_no_catalogue_says_what_is_never_said() -> None:
    for path in (ROOT / "locales").glob("*.po"):
        translations = " ".join(re.findall(r'^(?:msgstr.*|)"(.*)"$', path.read_text("utf-8"), re.M))
        assert not re.search("爽约|缺席", translations), path.name


# --- finding sentences

IMPORT = "from locales.text import Listing, Text, ct, nt, t\n"


def found(code: str) -> list[tuple[str | None, str, str | None]]:
    return [(s.context, s.msgid, s.plural) for s in sentences_in(IMPORT + code, "x.py")]


@pytest.mark.parametrize(
    ("code", "sentences"),
    [
        ("t('a')", [(None, "a", None)]),
        ("t('a '\n  'b')", [(None, "a b", None)]),
        ("nt('{n} a', '{n} as', 2)", [(None, "{n} a", "{n} as")]),
        ("ct('here', 'a')", [("here", "a", None)]),
        ("t('a' if x else 'b')", [(None, "a", None), (None, "b", None)]),
        ("t('a {x}', x=Listing((t('b'), ct('c', 'd'))))",
         [(None, "a {x}", None), (None, "b", None), ("c", "d", None)]),
        ("Text('a', {'n': 1}, plural='as', context='c')", [("c", "a", "as")]),
        ("Text(other.msgid, {})", []),
        ("[t for t in x]\nother.t('no')\nx(t)", []),
        ("t(name)", [(None, "", None)]),
        ("t(f'a {x}')", [(None, "", None)]),
        ("nt('a', plural, 1)", [(None, "", None)]),
    ],
)  # fmt: skip
def test_sentences_in_code(code: str, sentences: list[tuple[str | None, str, str | None]]) -> None:
    assert sorted(found(code), key=str) == sorted(sentences, key=str)


def test_only_what_comes_from_locales_text_counts() -> None:
    assert sentences_in("def t(x): ...\nt('a')", "x.py") == []
    renamed = sentences_in("from locales.text import t as say\nsay('a')", "x.py")
    assert [sentence.msgid for sentence in renamed] == ["a"]


# --- a house of its own


@pytest.fixture
def house(tmp_path: Path) -> Path:
    (tmp_path / "locales").mkdir()
    (tmp_path / "bot").mkdir()
    (tmp_path / "locales/turnout.pot").write_text(
        'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n'
    )
    (tmp_path / "locales/en.po").write_text(ENGLISH, "utf-8")
    (tmp_path / "locales/zh_Hans.po").write_text(CHINESE, "utf-8")
    (tmp_path / "locales/glossary.toml").write_bytes((ROOT / "locales/glossary.toml").read_bytes())
    return tmp_path


def write(house: Path, code: str) -> None:
    (house / "bot/says.py").write_text(IMPORT + code, "utf-8")


def translate(house: Path, **translations: str) -> None:
    path = house / "locales/zh_Hans.po"
    po = path.read_text("utf-8")
    for name, translation in translations.items():
        po = re.sub(
            rf'(msgid "{name}[^"]*"\n(?:msgid_plural.*\n)?msgstr(?:\[0\])?) ""', rf'\1 "{translation}"', po
        )
    path.write_text(po, "utf-8")


def test_new_sentences_reach_every_catalogue(house: Path) -> None:
    write(house, "t('Hello {name}', name='x')\nnt('{n} day', '{n} days', 1)")
    assert update(house) == ["en.po", "turnout.pot", "zh_Hans.po"]
    assert update(house) == []
    english = (house / "locales/en.po").read_text("utf-8")
    assert english.startswith(ENGLISH)
    assert '#: bot/says.py\nmsgid "Hello {name}"\nmsgstr "Hello {name}"\n' in english
    assert 'msgstr[0] "{n} day"\nmsgstr[1] "{n} days"\n' in english
    assert 'msgid "{n} day"\nmsgid_plural "{n} days"\nmsgstr[0] ""\n' in (
        house / "locales/zh_Hans.po"
    ).read_text("utf-8")
    assert check(house) == [
        "zh_Hans.po: 'Hello {name}' has no translation",
        "zh_Hans.po: '{n} day' has no translation",
    ]


def test_translations_stay_while_their_sentence_does(house: Path) -> None:
    write(house, "t('Hello {name}', name='x')\nt('Bye')")
    update(house)
    translate(house, Hello="{name}，您好", Bye="再见")
    assert check(house) == []
    write(house, "\n\nt('Later')\nt('Hello {name}', name='x')")
    assert "turnout.pot is out of date: run python -m locales.messages" in check(house)
    assert "zh_Hans.po: 'Bye' is said nowhere any more: run python -m locales.messages" in check(house)
    update(house)
    chinese = (house / "locales/zh_Hans.po").read_text("utf-8")
    assert 'msgstr "{name}，您好"' in chinese
    assert "Bye" not in chinese
    assert check(house) == ["zh_Hans.po: 'Later' has no translation"]


def test_english_may_be_polished_without_touching_the_code(house: Path) -> None:
    write(house, "t('Helo')")
    update(house)
    path = house / "locales/en.po"
    path.write_text(path.read_text("utf-8").replace('msgstr "Helo"', 'msgstr "Hello"'), "utf-8")
    assert update(house) == []
    assert 'msgstr "Hello"' in path.read_text("utf-8")


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        ("t(name)", "bot/says.py:2: write the words themselves here, and what varies as a {value}"),
        ("t('{a} and {b}', a='x')", "bot/says.py:2: '{a} and {b}' is not given its {b}"),
        ("nt('{n} day in {x}', '{n} days in {x}', 1)", "bot/says.py:2: '{n} day in {x}' is not given its {x}"),
        ("t('{n} day', n=1)\nnt('{n} day', '{n} days', 1)",
         "bot/says.py:3: '{n} day' is said elsewhere with another plural: use one, or a context"),
    ],
)  # fmt: skip
def test_sentences_written_wrongly_in_code(house: Path, code: str, problem: str) -> None:
    write(house, code)
    assert problem in check(house)


def test_values_that_are_not_written_out_are_left_to_the_tests(house: Path) -> None:
    write(house, "t('{a}', **values)\nText('{b}', values)")
    update(house)
    assert not [problem for problem in check(house) if "is not given" in problem]


@pytest.mark.parametrize(
    ("msgid", "msgstr", "problem"),
    [
        ("Hello {name}", "{name}，您好", None),
        ("Hello {name}", "您好", "its translation leaves out {name}"),
        ("Hello {name}", "{nmae}，您好", "its translation asks for {nmae}, which the sentence does not have"),
        ("Missed", "爽约", "never say '爽约': it blames: say 未参加 to HR, and 没能参加 to candidates"),
        ("Missed", "缺席", "never say '缺席'"),
        ("You", "你", "write 您"),
        ("Well, yes", "好,可以", "write Chinese punctuation"),
        ("Time: {at}", "时间:{at}", "write Chinese punctuation"),
        ("Time: {at}", "时间：{at}", None),
        ("up by {n} percentage points", "上升{n}百分点", "say 个百分点"),
        ("up by {n} percentage points", "上升{n}个百分点", None),
        ("No-show rate", "失约率", "'No-show rate' is said as 未参加率"),
        ("No-show rate", "未参加率", None),
        ("No-show flag", "未参加标记", None),
        ("Sorry you couldn't make it", "很遗憾，您没能参加", None),
        ("Sorry you couldn't make it", "很遗憾", "is said as 没能参加"),
        ("Rebook", "改约", None),
        ("Rebook", "再约", "'Rebook' is said as 重新预约 or 改约"),
        ("Forgot the time", "忘了", "忘记时间"),
        ("Something came up", "有事", "临时有事"),
        ("A technical problem", "技术故障", "技术问题"),
        ("Device check", "检查", "设备检测"),
        ("Reminder sent", "已提醒", "已发送提醒"),
        ("No-show handling time", "处理时间", "未参加处理时间"),
    ],
)
def test_translations_against_the_sentence_and_the_glossary(
    msgid: str, msgstr: str, problem: str | None
) -> None:
    po = f'{CHINESE}\nmsgid "{msgid}"\nmsgstr "{msgstr}"\n'
    values = "".join(f", {name}=''" for name in re.findall(r"\{(\w+)\}", msgid))
    sentences = sentences_in(f"{IMPORT}t({msgid!r}{values})", "x.py")
    said = list(problems(po, "zh_Hans", sentences, GLOSSARY))
    assert any(problem in line for line in said) if problem else said == []


@pytest.mark.parametrize("word", ["ghosted", "absent", "Failed to attend"])
def test_english_blames_nobody_either(word: str) -> None:
    po = f'{ENGLISH}\nmsgid "They {word}"\nmsgstr "They {word}"\n'
    said = problems(po, "en", sentences_in(f"{IMPORT}t('They {word}')", "x.py"), GLOSSARY)
    assert "it blames" in next(said)


def test_fuzzy_and_half_plural_translations_are_refused(house: Path) -> None:
    write(house, "t('Hello')\nnt('{n} day', '{n} days', 1)")
    (house / "locales/zh_Hans.po").unlink()
    (house / "locales/ru.po").write_text(new_language("ru").replace("Offered: no", "Offered: yes"), "utf-8")
    update(house)
    path = house / "locales/ru.po"
    po = path.read_text("utf-8").replace('msgid "Hello"\nmsgstr ""', '#, fuzzy\nmsgid "Hello"\nmsgstr "x"')
    po = po.replace('msgstr[0] ""', 'msgstr[0] "{n}"').replace('msgstr[1] ""', 'msgstr[1] "{n}"')
    path.write_text(po, "utf-8")
    assert check(house) == [
        "ru.po: 'Hello' is fuzzy: check its translation and take the mark away",
        "ru.po: '{n} day' has no translation",
    ]


def test_too_many_plurals_are_refused(house: Path) -> None:
    write(house, "nt('{n} day', '{n} days', 1)")
    update(house)
    path = house / "locales/zh_Hans.po"
    po = path.read_text("utf-8").replace('msgstr[0] ""', 'msgstr[0] "{n}天"\nmsgstr[1] "{n}天"')
    path.write_text(po, "utf-8")
    assert [problem.partition(": msg")[0] for problem in check(house)] == ["zh_Hans.po: cannot be read"]


def test_a_plural_may_leave_out_its_number(house: Path) -> None:
    write(house, "nt('one more {x}', '{n} more {x}', 1, x='')")
    update(house)
    translate(house, one="还有{x}")
    assert check(house) == []


def test_a_draft_need_not_be_complete(house: Path) -> None:
    write(house, "t('Hello')\nt('Bye {x}', x='')")
    (house / "locales/zh_Hans.po").write_text(CHINESE.replace("Offered: yes", "Offered: no"), "utf-8")
    update(house)
    assert check(house) == []
    translate(house, Bye="再见")
    assert check(house) == ["zh_Hans.po: 'Bye {x}': its translation leaves out {x}"]


def test_a_language_begins_with_its_own_plurals() -> None:
    po = new_language("ru")
    assert not is_offered(po)
    assert "nplurals=3" in po
    sentences: list[Any] = sentences_in(f"{IMPORT}nt('{{n}} day', '{{n}} days', 1)", "x.py")
    assert 'msgstr[2] ""' in updated(po, "ru", sentences)


# --- the command


@pytest.fixture
def at_home(house: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(messages, "ROOT", house)
    monkeypatch.setattr(messages.check, "__defaults__", (house,))
    monkeypatch.setattr(messages.update, "__defaults__", (house,))
    return house


def test_the_command(at_home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(at_home, "t('Hello')")
    assert messages.main(["--new", "de"]) == 0
    assert capsys.readouterr().out == "changed: de.po, en.po, turnout.pot, zh_Hans.po\n"
    assert messages.main(["--check"]) == 1
    assert capsys.readouterr().out == "zh_Hans.po: 'Hello' has no translation\n"
    translate(at_home, Hello="您好")
    assert messages.main(["--check"]) == 0
    assert messages.main([]) == 0
    assert "changed: nothing" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [["--check"], []])
def test_code_that_does_not_parse_is_named(
    at_home: Path, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    write(at_home, "t(")
    assert messages.main(arguments) == 1
    assert capsys.readouterr().out.startswith("bot/says.py:2: nothing done")


def test_the_command_runs_as_a_module() -> None:
    command = [sys.executable, "-m", "locales.messages", "--help"]
    assert "--check" in subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
