"""What one can say at any time, told from everything else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.interview import Reason
from conversations.understanding.intents import heed

SAID = {
    "confirm": [
        "准时参加",
        "好的，我会准时参加",
        "收到，明天准时到",
        "我一定会来的",
        "I'll be there!",
        "Yes, I will attend",
    ],
    "ack": ["收到", "好的，收到", "👌", "👍🏻", "👍👍", "OK", "Got it, thanks", "嗯嗯"],
    "yes": ["会", "yes", "当然"],
    "no": ["不行", "no", "none of these"],
    "move": ["改约", "/改约", "我想改一下时间", "可以改到明天吗", "can we reschedule?", "後天下午行不行"],
    "cant": [
        "来不了",
        "我明天來不了",
        "临时有事，参加不了了",
        "I can't make it tomorrow",
        "取消面试",
        "不参加了",
    ],
    "late": ["我可能要迟到十分钟", "running 5 min late", "稍等，马上来", "堵车了，晚点到"],
    "technical": ["链接打不开", "进不去怎么办", "my camera isn't working"],
    "status": ["进度", "/status", "面试是几点？", "when is my interview", "结果什么时候出来"],
    "help": ["帮助", "HELP", "？"],
    "stop": ["退订", "STOP", "别发了", "td", "please stop texting me", "不要再傳了"],
    "start": ["START", "恢复提醒"],
    "privacy": ["隐私", "my data", "你们怎么有我的电话"],
    "person": ["人工", "我要找真人", "can I talk to HR"],
    "thanks": ["谢谢", "Thanks!"],
    "hello": ["你好", "hi"],
    "link": ["链接发我一下", "where is the link?", "怎么参加面试"],
    "withdraw": ["我不想去了", "找到工作了", "withdraw my application"],
    "attended": ["我已经面试完了", "I already did the interview"],
    "complaint": ["什么破系统"],
}


@pytest.mark.parametrize(("intent", "text"), [(i, t) for i, texts in SAID.items() for t in texts])
def test_what_is_heard(intent: str, text: str) -> None:
    assert heed(text).intent == intent


@pytest.mark.parametrize(
    "text",
    ["别取消", "不要取消我的面试", "don't cancel my interview", "不用改约", "不会迟到", "I won't be late", "哈哈哈",
     "面试要穿正装吗", "会准时开始吗", "我不确定能不能参加", "今天天气不错"],
)  # fmt: skip
def test_nothing_is_heard_where_nothing_was_asked(text: str) -> None:
    assert heed(text).intent is None


def test_a_reason_beside_a_wish_is_kept() -> None:
    heard = heed("生病了，去不了")
    assert (heard.intent, heard.reason) == ("cant", Reason.CAME_UP)


def test_reading_is_not_confirming() -> None:
    assert heed("收到").intent != heed("准时参加").intent


@given(st.text(max_size=80))
def test_nothing_typed_breaks_it(text: str) -> None:
    heed(text)
