"""The sandbox as different companies would have it: what a preset of `turnout init` decides, and people to match."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files

from bot.sandbox.stage import Stage
from bot.sandbox.stories.story import (
    TOMORROW_AT_TWO,
    Play,
    Story,
    comes,
    hr,
    listed,
    open_slots,
    own,
    row,
    staff,
)
from locales.text import Text, ct


@dataclass(frozen=True, slots=True)
class Case:
    """One of the mission's cases: whose policy it is, where HR and the candidates are, and for what job."""

    name: str
    """Of the preset in bot/presets."""
    about: Text
    on: tuple[str, ...]
    """HR is on the first."""
    candidates: str
    job: Text


CASES = (
    Case(
        "retail",
        ct("story", "Retail part-timers: a WeChat reminder half an hour before"),
        ("wecom", "wechat", "sms"),
        "wechat",
        ct("story", "Shop assistant"),
    ),
    Case(
        "campus",
        ct("story", "Campus: three reminders, the first three days before"),
        ("wecom", "wechat", "email"),
        "wechat",
        ct("story", "Graduate engineer"),
    ),
    Case(
        "tech",
        ct("story", "Engineers: an e-mail at 24 hours, a chat message at one"),
        ("slack", "telegram", "email"),
        "telegram",
        ct("story", "Back-end engineer"),
    ),
    Case(
        "manufacturing",
        ct("story", "A plant: by WeChat customer service and text, around the shifts"),
        ("wecom", "wecom_kf", "sms"),
        "wecom_kf",
        ct("story", "Line worker"),
    ),
)


def _policy(name: str) -> str:
    """Return what a preset decides, as that of the sandbox's one company."""
    text = (files("bot") / "presets" / f"{name}.toml").read_text("utf-8")
    decided = text.partition("[policy]")[2]
    return ("\n[policy]" + decided).replace("[policy", '[companies."<company>"')


def _play(case: Case) -> Play:
    async def play(stage: Stage) -> None:
        stage.scene(stage.words(case.about))
        await hr(stage)
        await staff(stage, "Chen, support", "support")
        job = stage.words(case.job)
        rows = [
            row(stage, n, name, 岗位=job) for n, name in enumerate(("Li Lei", "Han Meimei", "Zhang San"), 1)
        ]
        for each in rows:
            listed(stage, each, case.candidates)
            for other in case.on:
                if other not in (stage.main, case.candidates):
                    who = each["姓名"]
                    stage.person(who, other, email=each["邮箱"], phone=each["手机"], has_page=False)
        result = await stage.import_list(rows)
        stage.holds(result["counts"]["new"] == len(rows), f"all interviews were to be new: {result}")
        await open_slots(stage, 2, 3, 4)
        stage.scene(stage.words(ct("story", "Three candidates are invited, and two follow the invitation.")))
        for each in rows[:2]:
            await comes(stage, each, case.candidates)
        left = ct(
            "story",
            "{name} has not come yet. Invite them, or let time pass and watch.",
            name=own(stage, "Zhang San"),
        )
        stage.scene(stage.words(left))
        stage.holds(stage.clock.now() < TOMORROW_AT_TWO, "the interviews were to be ahead")

    return play


PRESETS = tuple(
    Story(f"case-{case.name}", case.about, _play(case), _policy(case.name), case.on) for case in CASES
)
"""As scenarios that set the stage, and leave it to whoever watches."""
