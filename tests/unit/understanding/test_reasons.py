"""Reasons and wishes from candidates' own words. The sentences were written for this test, not for the patterns."""

import pytest

from conversations.interview import Reason
from conversations.understanding.reasons import reason_of

FORGOT = """
睡过头了，闹钟没响
我把时间记成三点了
我给忘得一干二净
啊我以为是明天下午的面试
手机静音没看到你们的消息
不好意思，今天太忙把这事给忘了
搞混日期了
压根不知道今天有面试
時間看錯了
睡著了沒聽到鬧鐘
日历里没加，错过了
完全forget了
不是技术问题，单纯忘了
I totally forgot about it, so sorry
I mixed up the dates
my alarm didn't go off
I thought the interview was tomorrow
got confused with time zones
never saw the reminder
the email went to spam
had it down for Thursday
not a technical problem, simply forgot
"""
TECHNICAL = """
麦克风没声音
腾讯会议一直进不去
家里突然断电了
公司电脑装不了软件
手机没电自动关机了
显示链接已过期
wifi断了
人脸识别过不去
网太卡了，问题都没听清
軟體閃退
攝影機打不開
按了开始没反应
我准时进去了但是黑屏
不是我不想参加，是真的登不上去
没有忘，就是卡得进不去
ｗｉｆｉ断了
我的mic不work
Zoom kept crashing
I couldn't log in
laptop died right before
there was a power outage
kept getting kicked out of the room
I tried but nothing happened when I clicked the button
I didn't forget, the link just wouldn't open
"""
CAME_UP = """
孩子突然发烧了，送医院
领导临时叫我去开会
在加班走不开
奶奶去世了
地铁故障堵在半路
身体不太舒服
出车祸了
公司突然要我出差
肚子疼得厉害
塞車塞了一個小時
临时被客户叫走了
陪我妈看病去了
没忘记也不是网络问题，是家里有事
今天有个meeting冲突了
my kid got sick
stuck in traffic
my boss called me into a meeting
something came up at work
train was delayed
I wasn't feeling well
I had to take my dog to the vet
my grandmother passed away
It wasn't my internet, I had to work late
"""
OTHERS = {
    "觉得自己没准备好": Reason.OTHER,
    "我不太想跟机器人面试": Reason.OTHER,
    "薪资达不到预期": Reason.OTHER,
    "I was too nervous": Reason.OTHER,
    "我已经入职别的公司了": Reason.OTHER_OFFER,
    "拿到更好的offer了": Reason.OTHER_OFFER,
    "I accepted another offer": Reason.OTHER_OFFER,
    "不方便说": Reason.PRIVATE,
    "私人原因": Reason.PRIVATE,
    "I'd rather not say": Reason.PRIVATE,
    "通知写得不清楚": Reason.UNCLEAR,
    "不知道在哪里参加": Reason.UNCLEAR,
    "the instructions were confusing": Reason.UNCLEAR,
}
NO_REASON = """
我没有忘记
不是网络问题
如果网络不好怎么办
what if my internet goes down
会议号是多少
网络没问题
设备都正常
需要准备什么材料吗
嗯
。。。
随便吧
lol
别忘了提醒我
今天天气不错
面试要多久
"""
WISHES = {
    "不用再给我发短信了": "opt_out",
    "TD": "opt_out",
    "请停止骚扰": "opt_out",
    "don't text me": "opt_out",
    "please remove me from your list": "opt_out",
    "有没有真人可以聊": "human",
    "我要找hr": "human",
    "can I talk to a real person": "human",
    "我刚刚已经面完了": "attended",
    "I did attend!": "attended",
    "可以改到后天吗": "reschedule",
    "后天下午行不行": "reschedule",
    "还能补面吗": "reschedule",
    "can we move it to Friday": "reschedule",
    "any slot tomorrow evening?": "reschedule",
    "不考虑了，谢谢": "withdraw",
    "please withdraw my application": "withdraw",
    "你们这什么垃圾系统": "complaint",
    "what a waste of time": "complaint",
    "面试流程是什么": "question",
    "who are you": "question",
    "啊这": "unclear",
}


def lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if line]


@pytest.mark.parametrize("text", lines(FORGOT))
def test_forgot(text: str) -> None:
    assert reason_of(text).reason is Reason.FORGOT


@pytest.mark.parametrize("text", lines(TECHNICAL))
def test_technical(text: str) -> None:
    assert reason_of(text).reason is Reason.TECHNICAL


@pytest.mark.parametrize("text", lines(CAME_UP))
def test_something_came_up(text: str) -> None:
    assert reason_of(text).reason is Reason.CAME_UP


@pytest.mark.parametrize(("text", "reason"), OTHERS.items())
def test_other_reasons(text: str, reason: Reason) -> None:
    assert reason_of(text).reason is reason


@pytest.mark.parametrize("text", lines(NO_REASON))
def test_no_reason_is_made_up(text: str) -> None:
    assert reason_of(text).reason is None


@pytest.mark.parametrize(("text", "wish"), WISHES.items())
def test_wishes(text: str, wish: str) -> None:
    assert wish in reason_of(text).flags


def test_the_first_cause_counts() -> None:
    assert reason_of("忘了，后来补进的时候链接过期了").reason is Reason.FORGOT
    assert reason_of("I forgot and then the link was expired").reason is Reason.FORGOT


def test_another_offer_means_taking_leave_too() -> None:
    assert "withdraw" in reason_of("我找到工作了").flags


def test_endless_text_is_read_only_so_far() -> None:
    assert reason_of("啊" * 100_000).reason is None
