"""What HR and administrators run from chat: the configuration, lists, times, the journal."""

from __future__ import annotations

from bot.sandbox.stage import Stage
from bot.sandbox.stories.bulk import answered
from bot.sandbox.stories.story import either, hr, invited, staff, was_told


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
    )
