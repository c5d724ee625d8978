"""Four families of jobs as a company of some size hires for them, each with its own hours, sources and habits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from conversations.interview import Reason

Words = tuple[str, str]
"""In Chinese and in English."""


@dataclass(frozen=True, slots=True)
class Family:
    """A family of jobs. `weight` is its share of all interviews, `misses` how readily its candidates miss one."""

    name: str
    roles: tuple[Words, ...]
    candidate_type: str
    sources: tuple[tuple[Words, int], ...]
    """Each with its weight."""
    hours: tuple[int, ...]
    """When interviews begin, on the company's clocks."""
    weight: int
    misses: float
    channels: tuple[str, ...]
    """On which its candidates are reached, the usual one first."""
    campus: tuple[Words, ...]
    """Where they work, or study: the company's own dimension."""
    works_weekends: bool = False


_BOARD: Words = ("招聘网站", "job board")
_REFERRED: Words = ("内部推荐", "referral")

FAMILIES: tuple[Family, ...] = (
    Family(
        "campus",
        (("Java 开发（校招）", "Java developer, graduate"), ("产品助理（校招）", "Product trainee")),
        "campus",
        ((("校园宣讲", "campus talk"), 5), (("校园招聘会", "campus fair"), 3), (_REFERRED, 1)),
        (9, 10, 11, 14, 15, 16, 17),
        36,
        1.3,
        ("wechat", "wecom_kf", "email"),
        (("北京", "Beijing"), ("武汉", "Wuhan"), ("成都", "Chengdu")),
    ),
    Family(
        "retail",
        (("门店店员（兼职）", "Shop assistant, part-time"),),
        "part_time",
        (((_BOARD), 4), (("门店海报", "poster in the shop"), 3), (_REFERRED, 2)),
        (10, 11, 15, 18, 19, 20),
        26,
        1.6,
        ("wechat", "sms", "wecom_kf"),
        (("上海", "Shanghai"), ("杭州", "Hangzhou")),
        works_weekends=True,
    ),
    Family(
        "engineers",
        (("前端工程师", "Front-end engineer"), ("算法工程师", "Machine-learning engineer")),
        "experienced",
        ((_REFERRED, 4), ((_BOARD), 3), (("猎头", "agency"), 3)),
        (10, 11, 14, 15, 16, 19),
        22,
        0.5,
        ("email", "telegram", "wechat"),
        (("北京", "Beijing"), ("上海", "Shanghai")),
    ),
    Family(
        "manufacturing",
        (("装配技术员", "Assembly technician"), ("质检员", "Quality inspector")),
        "experienced",
        ((("劳务公司", "staffing company"), 4), (("现场招聘会", "job fair"), 3), (_REFERRED, 2)),
        (8, 9, 10, 13, 14),
        16,
        1.2,
        ("sms", "wechat"),
        (("苏州", "Suzhou"), ("东莞", "Dongguan")),
    ),
)

RECRUITERS: tuple[Words, ...] = (("孙悦", "Sun Yue"), ("何静", "He Jing"), ("Leo 林", "Leo Lin"))
HELPERS: tuple[Words, ...] = (("王芳", "Wang Fang"), ("陈晨", "Chen Chen"))
"""Who looks after cases: HR, and support."""

SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
GIVEN = (
    "伟 芳 娜 敏 静 丽 强 磊 军 洋 勇 艳 杰 娟 涛 明 超 霞 平 刚 桂英 子涵 欣怡 浩然 宇轩 诗琪 思远 雨桐 "
    "一诺 梓萱 俊杰 佳怡 博文 嘉豪 晓东 建国 秀兰 志强 雪梅 文静"
).split()

DEVICES: tuple[tuple[str, int], ...] = (
    ("wechat android", 5),
    ("chrome windows", 4),
    ("wechat ios", 3),
    ("edge windows", 2),
    ("safari ios", 2),
    ("chrome mac", 1),
)
TROUBLES: tuple[str, ...] = ("CAM-BLOCKED", "MIC-SILENT", "NET-SLOW", "WEB-APP-BLOCKS")
"""What the device check had found where an interview failed for technical reasons."""

REASONS_BEFORE: Mapping[Reason | None, int] = {
    Reason.FORGOT: 18,
    Reason.TECHNICAL: 11,
    Reason.CAME_UP: 4,
    None: 3,
}
"""Of 200 interviews, as the white paper's case has it: 9.0 % forgot, 5.4 % technical trouble, 3.6 % the rest."""
REASONS_AFTER: Mapping[Reason | None, int] = {
    Reason.FORGOT: 5,
    Reason.TECHNICAL: 2,
    Reason.CAME_UP: 8,
    Reason.OTHER_OFFER: 3,
    Reason.UNCLEAR: 2,
    None: 4,
}
"""Of 400: 1.2 % forgot, 0.6 % technical trouble, 4.2 % the rest."""
