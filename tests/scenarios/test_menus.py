"""The menus of commands in Telegram: by role, in each one's language, and taken back with the role."""

from __future__ import annotations

from bot.sandbox.stage import Stage
from bot.sandbox.stories.story import hr, invited, on_telegram, staff
from bot.sandbox.telegram import Person


def offered(stage: Stage, who: Person) -> dict[str, str]:
    found = stage.telegram.commands_of.get(who._chat.id, [])
    return {each["command"]: each["description"] for each in found}


async def test_everybody_of_staff_is_offered_what_they_may() -> None:
    async with await Stage.open("zh_Hans") as stage:
        admin, team = on_telegram(await staff(stage, "Zhao Min", "admin")), on_telegram(await hr(stage))
        support = on_telegram(await staff(stage, "Chen, support", "support"))
        await invited(stage)
        assert await stage.app.upkeep.menus.follow() == 3
        assert await stage.app.upkeep.menus.follow() == 0, "nothing is said twice"
        assert {"config", "role", "import", "list"} <= offered(stage, admin).keys()
        assert {"import", "list"} <= offered(stage, team).keys()
        assert "role" not in offered(stage, team)
        assert "import" not in offered(stage, support)
        assert offered(stage, team)["import"].startswith("导入")
        assert len(stage.telegram.commands_of) == 3, "candidates have the menu that everybody has"


async def test_a_role_that_is_taken_takes_its_commands_along() -> None:
    async with await Stage.open("en") as stage:
        admin, team = await staff(stage, "Zhao Min", "admin"), on_telegram(await hr(stage))
        await stage.app.upkeep.menus.follow()
        await stage.says(admin, "role grant “Wang Fang, HR” recruiter")
        await stage.says(admin, "role revoke “Wang Fang, HR” hr")
        await stage.app.upkeep.menus.follow()
        assert "import" not in offered(stage, team)
        assert "add" in offered(stage, team)
        await stage.says(admin, "role revoke “Wang Fang, HR” recruiter")
        await stage.app.upkeep.menus.follow()
        assert offered(stage, team) == {}


async def test_a_platform_that_cannot_be_asked_is_asked_again() -> None:
    async with await Stage.open("en") as stage:
        team = on_telegram(await hr(stage))
        stage.telegram.fail("setMyCommands", "500")
        await stage.app.upkeep.menus.follow()
        assert offered(stage, team) == {}
        await stage.app.upkeep.menus.follow()
        assert "import" in offered(stage, team)
