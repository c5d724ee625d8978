"""What HR and administrators run from chat: the configuration, lists, times, the journal."""

from __future__ import annotations

from bot.sandbox.stage import Stage
from bot.sandbox.stories.bulk import answered
from bot.sandbox.stories.story import (
    TOMORROW_AT_TWO,
    at_wall,
    either,
    hr,
    invited,
    on_telegram,
    own,
    row,
    staff,
    stands,
    was_told,
)


async def configured(stage: Stage) -> None:
    """A change of the configuration is looked at first, confirmed, followed by every reminder, and taken back."""
    admin = await staff(stage, "Zhao Min", "admin")
    await hr(stage)
    await invited(stage)
    told = await answered(stage, admin, "config get grace", "配置 查看 grace")
    stage.holds("10m" in told, f"the value in force was to be told: {told}")
    told = await answered(
        stage, admin, "config set rungs 24h,2h,1h,30m --dry-run", "配置 设置 rungs 24h，2h，1h，30m --dry-run"
    )
    stage.holds("+1" in told and "24h,1h,30m" in told, f"the plan was to be told: {told}")
    await stage.says(admin, "config set grace soon")
    await stage.says(admin, "config set gracee 5m")
    await stage.says(admin, "config set precheck.turn_secret abc")
    await stage.says(admin, "config set grace 10m")
    await stage.says(admin, "config back 1")
    await stage.says(admin, "config set rungs 24h,2h,1h,30m")
    await stage.picks(admin, "no")
    await stage.says(admin, either(stage, "config set rungs 24h,2h,1h,30m", "配置 设置 rungs 24h,2h,1h,30m"))
    await stage.picks(admin, "yes")
    planned = [rung["rung"] for rung in (await stage.why("A-1"))["rungs"]]
    stage.holds("2h" in planned, f"what was planned was to follow: {planned}")
    await answered(stage, admin, "config list", "配置 历史")
    await answered(stage, admin, "config diff", "配置 对比")
    # As after a restart: the file still says what it said.
    await stage.app.upkeep.tell_difference()
    await stage.settle()
    await stage.says(admin, "config back 1 --yes")
    planned = [rung["rung"] for rung in (await stage.why("A-1"))["rungs"] if rung["verdict"] == "planned"]
    stage.holds("2h" not in planned, f"what was planned was to follow: {planned}")
    await was_told(
        stage,
        "command.config",
        "config.preview",
        "config.refused",
        "config.same",
        "config.left",
        "config.applied",
        "config.file_differs",
    )


HEADINGS = "姓名,手机,岗位,面试时间,面试链接,编号"
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(64)


def lines(stage: Stage, *names: str) -> str:
    """Return a list as somebody copies it, its first row good and each further one with something wrong."""
    at = at_wall(TOMORROW_AT_TWO)
    role = own(stage, "Front-end engineer")
    rows = [f"{own(stage, names[0])},13800001234,{role},{at},https://meet.example/1,A-1"]
    rows += [
        f"{own(stage, name)},138,{role},{at},https://meet.example/{n},A-{n}"
        for n, name in enumerate(names[1:], 2)
    ]
    return "\n".join((HEADINGS, *rows))


async def imported(stage: Stage) -> None:
    """Lists by chat: pasted lines and a file, looked at row by row, taken in by a button; no list is refused."""
    team = await hr(stage)
    await stage.says(team, either(stage, "import", "导入"))
    await stage.says(team, f"{either(stage, 'import', '导入')}\n{lines(stage, 'Li Lei', *['Zhang San'] * 9)}")
    await stage.picks(team, "more:2")
    await stage.picks(team, "no")
    await stage.settle()
    sender = on_telegram(team)
    await sender.sends_file("list.csv", PICTURE)
    await stage.settle()
    await sender.sends_file("list.csv", lines(stage, "Li Lei", "Zhang San").encode())
    await stage.settle()
    await stage.picks(team, "apply")
    await stands(stage, "scheduled", "A-1")
    await sender.sends_file("list.csv", lines(stage, "Li Lei").encode())
    await stage.settle()
    await was_told(
        stage,
        "command.import",
        "import.preview",
        "import.left",
        "import.refused",
        "import.applied",
        "import.nothing",
    )


async def added(stage: Stage) -> None:
    """One interview typed as it comes, the rest asked for; times added, refused, closed."""
    team = await hr(stage)
    typed = f"{own(stage, 'Li Lei')} 13800001234 {either(stage, 'tomorrow', '明天')} 14:00"
    await stage.says(team, f"{either(stage, 'add', '新增')} {typed}")
    await stage.says(team, "https://meet.example/1")
    await stage.picks(team, "no")
    await stage.says(team, "add --burn")
    await stage.says(team, "add")
    await stage.picks(team, "fill")
    await stage.says(
        team, f"{typed} job:{own(stage, 'Front-end engineer')} https://meet.example/1".replace(" job:", " ")
    )
    await stage.picks(team, "yes")
    await stands(stage, "scheduled", "I-1001")
    await stage.says(team, f"add {typed} https://meet.example/1")
    await stage.picks(team, "yes")
    await answered(
        stage,
        team,
        "slots add friday 14:00-17:00 every:30m places:2",
        "时段 添加 周五 14:00-17:00 每:30分 名额:2",
    )
    await stage.says(team, "slots add friday 14:15-15:15 every:30m")
    told = await answered(stage, team, "slots friday", "时段 周五")
    stage.holds("12" in told, f"twelve places were to be free: {told}")
    await answered(stage, team, "slots close friday 14:00", "时段 关闭 周五 14:00")
    told = await answered(stage, team, "slots friday", "时段 周五")
    stage.holds("10" in told, f"ten places were to be free: {told}")
    await was_told(
        stage,
        "command.add",
        "command.slots",
        "add.ask",
        "add.typed",
        "add.sure",
        "add.wrong",
        "add.done",
        "add.left",
    )


async def looked_into(stage: Stage) -> None:
    """What will be sent, tried out on oneself; who is invited again; phones behind a word; the journal; how it runs."""
    admin = await staff(stage, "Zhao Min", "admin")
    team = await hr(stage)
    await stage.import_list([row(stage, 1), row(stage, 2, "Zhang San")])
    await answered(stage, team, "preview I-1001", "预览 I-1001")
    await stage.says(team, "preview I-1001 30m --lang en")
    await stage.says(team, "preview I-1001 7d")
    await answered(stage, team, "test-send I-1001 24h", "试发 I-1001 24h")
    await stage.says(team, "test-send I-1001 7d")
    await stage.says(team, "invite I-1001")
    await stage.says(team, "invite state:unbound")
    await stage.picks(team, "no")
    told = await answered(stage, team, "show I-1001", "查看 I-1001")
    stage.holds("13800" not in told.replace(" ", ""), f"the number was to be hidden: {told}")
    await answered(stage, team, "reveal I-1001", "联系方式 I-1001")
    await answered(stage, admin, "audit I-1001", "审计 I-1001")
    await answered(stage, admin, "audit last30d", "审计 最近30天")
    await stage.says(admin, "audit Nobody At All")
    await answered(stage, admin, "audit verify", "审计 校验")
    await answered(stage, admin, "health", "健康")
    await was_told(
        stage,
        "command.preview",
        "command.test-send",
        "test.reminder",
        "command.invite",
        "command.reveal",
        "command.audit",
        "command.health",
    )
