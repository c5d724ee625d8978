"""Every command as staff type it, and what it must answer to when it is typed wrongly: one small company, one morning.

Each line is typed in both languages to the real product on the sandbox's Telegram. `{sun}`, `{lilei}`, `{job}` and
the like stand for names in the language that is spoken; what is pressed is pressed on the newest card.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.sandbox.people import Someone
from bot.sandbox.stage import START, Stage
from bot.sandbox.stories.story import (
    TOMORROW_AT_TWO,
    at_wall,
    comes,
    either,
    hr,
    open_slots,
    own,
    row,
    staff,
)

AT_TEN = START + timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody types in each language, and which buttons they press afterwards, by their actions."""

    english: str
    chinese: str
    by: str = "hr"
    picks: tuple[str, ...] = ()


def both(line: str, by: str = "hr", *picks: str) -> Typed:
    return Typed(line, line, by, picks)


COMMANDS: dict[str, Sequence[Typed]] = {
    "help": (
        Typed("help", "帮助"),
        Typed("help show", "帮助 查看"),
        Typed("help banana", "帮助 香蕉"),
        Typed("help", "帮助", "viewer"),
        Typed("help cancel", "帮助 取消", "viewer"),
    ),
    "whoami": (Typed("whoami", "我是谁"), Typed("whoami", "我是谁", "recruiter")),
    "list": (
        Typed("list", "今天"),
        Typed("list tomorrow", "名单 明天"),
        Typed("list unbound", "名单 未绑定"),
        Typed("list {lilei}", "名单 {lilei}"),
        Typed("list 2026-13-45", "名单 2026-13-45"),
        Typed("list sunday", "名单 周日"),
        Typed("list 2026-11-30..2026-11-01", "名单 2026-11-30..2026-11-01"),
        Typed("list today tomorrow", "名单 今天 明天"),
        Typed("list 3pm", "名单 下午3点"),
        Typed("list +2h", "名单 +2h"),
        Typed("list flavour:sweet", "名单 口味:甜"),
    ),
    "tomorrow": (Typed("tomorrow", "明天"),),
    "no-shows": (Typed("no-shows", "未参加"),),
    "show": (
        Typed("show I-1001", "查看 I-1001"),
        Typed("show {lilei}", "查看 {lilei}"),
        Typed("show", "查看"),
        Typed("show I-9999", "查看 I-9999"),
        Typed("show tomorrow", "查看 明天"),
        Typed("show this", "查看 这场"),
        Typed("show I-1001 I-1002", "查看 I-1001 I-1002"),
        both("I-1001"),
        Typed("show I-1001", "查看 I-1001", "recruiter"),
        Typed("ｓｈｏｗ　Ｉ－１００１", "查看　Ｉ－１００１"),
        both('=HYPERLINK("https://evil.example")'),
        Typed("show =1+1", "查看 =1+1"),
    ),
    "why": (Typed("why I-1001", "为什么 I-1001"), Typed("why I-1004", "为什么 I-1004")),
    "plan": (Typed("plan I-1001", "计划 I-1001"), Typed("plan tomorrow", "计划 明天")),
    "slots": (Typed("slots", "时段"), Typed("slots sunday", "时段 周日")),
    "link": (Typed("link I-1002", "链接 I-1002"),),
    "risk": (Typed("risk tomorrow", "风险 明天"),),
    "stats": (
        Typed("stats last90d", "统计 last90d"),
        Typed("stats last90d by:source", "统计 last90d 按:来源"),
        Typed("stats definitions", "统计 口径"),
        Typed("stats someday", "统计 改天"),
    ),
    "reasons": (Typed("reasons last90d", "原因 last90d"),),
    "trend": (Typed("trend", "趋势"),),
    "report": (Typed("report 2026-10-26", "报告 2026-10-26"), Typed("report 2026-02-30", "报告 2026-02-30")),
    "standard": (Typed("standard", "标准"),),
    "export": (
        Typed("export last90d --csv", "导出 last90d --csv"),
        Typed("export last7d source:nowhere", "导出 last7d 来源:无"),
        Typed("export last30d --whole", "导出 last30d --whole", "viewer"),
        Typed("export last30d --pdf", "导出 last30d --pdf"),
        Typed("export last30d --csv --json", "导出 last30d --csv --json"),
    ),
    "remind": (
        Typed("remind I-1001 --dry-run", "提醒 I-1001 --dry-run"),
        Typed("remind I-1002", "提醒 I-1002"),
        Typed("remind state:unconfirmed tomorrow", "提醒 状态:未确认 明天", picks=("no",)),
        Typed("remind I-1001", "提醒 I-1001"),
    ),
    "confirm": (Typed("confirm I-1001", "确认 I-1001"), Typed("undo I-1001", "撤销 I-1001")),
    "pause": (Typed("pause I-1001", "暂停 I-1001"),),
    "resume": (Typed("resume I-1001", "恢复 I-1001"),),
    "move": (
        Typed("move I-1001 2020-01-01T10:00", "改约 I-1001 2020-01-01T10:00"),
        Typed("move I-1001 2026-02-30 14:00", "改约 I-1001 2026-02-30 14:00"),
        Typed("move I-1001 someday", "改约 I-1001 改天"),
        Typed("move I-1001 next monday", "改约 I-1001 下周一"),
        Typed("move I-1001 +2h --dry-run", "改约 I-1001 +2h --dry-run"),
        Typed(
            "move I-1001 2026-11-25T14:00@Europe/Berlin --dry-run",
            "改约 I-1001 2026-11-25T14:00@Europe/Berlin --dry-run",
        ),
        Typed("move I-1001", "改约 I-1001", picks=("no",)),
        Typed("{limei} move 2026-11-26 14:00", "{limei} 改约 2026-11-26 14:00", picks=("no",)),
        Typed("move I-1001 2026-11-26 14:00 --yes", "改约 I-1001 2026-11-26 14:00 --yes"),
    ),
    "cancel": (
        Typed("cancel I-1001", "取消 I-1001", picks=("no",)),
        Typed("cancel I-1001", "取消 I-1001", "viewer"),
        Typed("cancel I-1001", "取消 I-1001", "recruiter"),
        Typed("cancel I-1004", "取消 I-1004"),
        Typed("cancel I-1001 --here --nonsense", "取消 I-1001 --nonsense"),
    ),
    "take": (Typed("take C-1", "接手 C-1"), Typed("take C-99", "接手 C-99")),
    "assign": (Typed('assign C-1 "{zhao}"', 'assign C-1 "{zhao}"'), Typed("assign C-1", "分配 C-1")),
    "handoff": (Typed("handoff C-1 hr", "转交 C-1 hr", "admin"),),
    "write": (Typed("write C-1", "写给 C-1"), Typed("Hello, are you well?", "您好，还好吗？")),
    "handback": (Typed("handback C-1", "交还 C-1"),),
    "rebook": (
        Typed("rebook state:no_show today --dry-run", "重新预约 状态:未参加 今天 --dry-run"),
        Typed("rebook state:no_show today", "重新预约 状态:未参加 今天", picks=("yes", "undo")),
        Typed("rebook I-1004", "重新预约 I-1004"),
        Typed("rebook I-1004", "重新预约 I-1004", "recruiter"),
        Typed("rebook 2026-02-30", "重新预约 2026-02-30"),
    ),
    "undo": (
        Typed("undo", "撤销"),
        Typed("undo B-9", "撤销 B-9"),
        Typed("undo I-1003", "撤销 I-1003"),
        Typed("undo", "撤销", "recruiter"),
    ),
    "close": (Typed("close C-1 reached by phone", "关闭 C-1 已电话沟通"),),
    "noshow": (Typed("noshow I-1001", "标记未参加 I-1001"), Typed("noshow I-1005", "标记未参加 I-1005")),
    "joined": (Typed("joined I-1005", "已参加 I-1005"), Typed("joined I-1006", "已参加 I-1006")),
    "role": (
        Typed("role list", "角色 列表", "admin"),
        Typed('role grant "{sun}" recruiter job:"{job}"', '角色 授予 "{sun}" 招聘 job:"{job}"', "admin"),
        Typed("role grant @nobody viewer", "角色 授予 @nobody 只读", "admin"),
        Typed('role revoke "{zhao}" admin', '角色 收回 "{zhao}" 管理员', "admin"),
        Typed("role grant", "角色 授予", "admin"),
        Typed("role list", "角色 列表"),
    ),
    "config": (
        Typed("config get grace", "配置 查看 grace", "admin"),
        Typed("config set grace soon", "配置 设置 grace 马上", "admin"),
        Typed(
            "config set rungs 24h,2h,1h,30m --dry-run", "配置 设置 rungs 24h，2h，1h，30m --dry-run", "admin"
        ),
        Typed("config set rungs 24h,2h,1h,30m", "配置 设置 rungs 24h，2h，1h，30m", "admin", ("no",)),
        Typed("config get grace", "配置 查看 grace", "recruiter"),
    ),
    "digest": (
        Typed("digest", "日报"),
        Typed("digest week", "日报 周"),
        Typed("digest set 08:30 mon-fri", "日报 设置 08:30 周一-周五", "admin", ("no",)),
        Typed("digest century", "日报 世纪"),
    ),
    "weekly": (Typed("weekly", "周报"),),
    "monthly": (Typed("monthly", "月报"),),
    "quarterly": (Typed("quarterly", "季报"),),
    "page": (Typed("page", "看板"),),
    "add": (
        Typed("add", "新增", picks=("no",)),
        Typed(
            "add Zhao Liu 13800009999 job:{job} tomorrow 15:00 https://meet.example.com/9",
            "新增 赵六 13800009999 岗位:{job} 明天 15:00 https://meet.example.com/9",
            picks=("yes",),
        ),
        Typed("add Zhao Liu yesterday 15:00", "新增 赵六 昨天 15:00"),
        Typed("add Zhao Liu", "新增 赵六", "viewer"),
    ),
    "import": (Typed("import", "导入"), Typed("import", "导入", "recruiter")),
    "reveal": (
        Typed("reveal I-1001", "联系方式 I-1001"),
        Typed("reveal I-1001", "联系方式 I-1001", "recruiter"),
    ),
    "preview": (
        Typed("preview I-1001 1h", "预览 I-1001 1h"),
        Typed("preview I-1001 99h", "预览 I-1001 99h"),
    ),
    "test-send": (Typed("test-send I-1001 1h", "试发 I-1001 1h"),),
    "invite": (Typed("invite I-1002", "邀请 I-1002"), Typed("invite I-1001", "邀请 I-1001")),
    "audit": (
        Typed("audit today", "审计 今天"),
        Typed("audit verify", "审计 验证"),
        Typed("audit", "审计", "viewer"),
    ),
    "health": (Typed("health", "健康", "admin"),),
    "nonsense": (
        Typed("lst today", "名但"),
        Typed("frobnicate", "随便写点什么"),
        both("/今天"),
        Typed("yes", "确定"),
        both("1"),
        Typed("list today\nlist tomorrow", "今天\n明天"),
        Typed("show I-1001 --lang xx", "查看 I-1001 --lang xx"),
        Typed("show I-1001 --lang zh_Hans", "查看 I-1001 --lang en"),
    ),
}
"""By the command they belong to, in the order in which they are typed; `nonsense` belongs to none."""

NOTHING_NEXT: tuple[str, ...] = (
    "Nobody was told anything.",
    "没有通知任何人。",
    "nobody hears of it.",
    "也没有通知任何人。",
    "is taken back already.",
    "已经撤销过了。",
    "That you looked is written down.",
    "本次查看已记录。",
    "It works once, until",
    "只能用一次",
)
"""What ends a matter: nothing is left to be typed or pressed."""
NAMES = {
    "lilei": "Li Lei",
    "limei": "Li Mei",
    "sun": "Sun, recruiter",
    "zhao": "Zhao Min",
    "job": "Product manager",
}


async def company(stage: Stage) -> dict[str, Someone]:
    """Bring everybody to ten past ten: one is flagged, one is coming tomorrow, one cannot be reached yet."""
    people = {
        "hr": await hr(stage),
        "admin": await staff(stage, "Zhao Min", "admin"),
        "recruiter": await staff(stage, "Sun, recruiter", "recruiter"),
        "viewer": await staff(stage, "Zhou, director", "viewer"),
    }
    manager = own(stage, "Product manager")
    rows = [
        row(stage),
        row(stage, 2, "Li Mei", 岗位=manager, 面试时间=at_wall(TOMORROW_AT_TWO + timedelta(hours=2))),
        row(stage, 3, "Li Lei", 岗位=manager, 面试时间=at_wall(TOMORROW_AT_TWO + timedelta(days=2))),
        row(stage, 4, "Han Meimei", 面试时间=at_wall(AT_TEN)),
        row(stage, 5, "Zhang San", 面试时间=at_wall(AT_TEN)),
        row(stage, 6, "Wu Wei", 面试时间=at_wall(AT_TEN)),
        *(_past(stage, week, n) for week in range(1, 7) for n in range(5)),
    ]
    await stage.import_list(rows)
    for booked in (rows[0], *rows[3:6]):
        await comes(stage, booked)
    await open_slots(stage, 2, 3)
    await stage.until(AT_TEN - timedelta(minutes=5))
    stage.is_platform_alive = True
    await stage.until(AT_TEN)
    await stage.signal("joined", "A-5")
    await stage.until(AT_TEN + timedelta(minutes=11))
    stage.is_platform_alive = False
    return people


def _past(stage: Stage, week: int, n: int) -> dict[str, str]:
    """Return an interview of some weeks ago: of each week's five one was missed, before that two."""
    is_missed = n < (2 if week > 3 else 1)
    return row(
        stage,
        100 + week * 10 + n,
        f"Candidate {week}-{n}",
        面试时间=at_wall(START - timedelta(weeks=week, days=-(n % 5), hours=-2)),
        来源=either(stage, "campus", "校招") if n % 2 else either(stage, "job board", "招聘网站"),
        面试结果="未参加" if is_missed else "已完成",
        未参加原因=("技术问题" if week % 2 else "忘记时间") if is_missed else "",
    )
