"""A slip of a finger is forgiven; another word is none."""

import difflib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.understanding.nearest import distance, nearest

WORDS = (
    "list show why plan remind joined noshow undo move cancel rebook pause resume "
    "取消 提醒 改约 暂停提醒 今天 确认"
).split()


@pytest.mark.parametrize(
    ("typed", "word"),
    [
        ("lsit", "list"),
        ("shwo", "show"),
        ("cancle", "cancel"),
        ("canccel", "cancel"),
        ("rebok", "rebook"),
        ("rem", "remind"),
        ("resum", "resume"),
        ("取肖", "取消"),
        ("体醒I-1024", "提醒"),
        ("该约", "改约"),
        ("qqqqqq", None),
        ("me", None),
        ("", None),
        ("你好", None),
        ("weather", None),
        ("消息", None),
    ],
)
def test_the_nearest_word(typed: str, word: str | None) -> None:
    assert nearest(typed, WORDS) == word


@given(st.text("abc取消", max_size=6), st.text("abc取消", max_size=6))
def test_distances_are_those_of_single_slips(one: str, other: str) -> None:
    found = distance(one, other)
    assert found == distance(other, one)
    assert (found == 0) is (one == other)
    assert abs(len(one) - len(other)) <= found <= max(len(one), len(other))
    same = sum(block.size for block in difflib.SequenceMatcher(None, one, other).get_matching_blocks())
    assert found <= len(one) + len(other) - 2 * same
