"""The language packs: spelling, typos, words compared whole."""

import pytest

from conversations.understanding.packs import packs, plain, squeezed


def test_traditional_full_width_and_typos_become_what_the_patterns_use() -> None:
    assert plain("鏡頭壞掉") == "镜头坏掉"
    assert plain("ＡＰＰ　閃退") == "app 闪退"
    assert plain("電腦登陸不了") == "电脑登录不了"
    assert plain("TMRW  morning") == "tomorrow morning"
    assert plain("I cant") == "i can't"


@pytest.mark.parametrize(
    ("text", "kept"),
    [("Got it, thanks!", "got it thanks"), ("👍👍", "👍"), (" 好的。 ", "好的"), ("？", "?")],
)
def test_whole_words_lose_what_stands_around_them(text: str, kept: str) -> None:
    assert squeezed(text) == kept


def test_no_whole_word_means_two_things() -> None:
    seen: dict[str, str] = {}
    twice = [
        (word, name, seen[word])
        for name, words in packs().words.items()
        for word in words
        if seen.setdefault(word, name) != name
    ]
    assert twice == []


def test_every_character_is_spelt_one_way() -> None:
    assert not set(packs().spelling) & {ord(c) for c in packs().spelling.values()}
