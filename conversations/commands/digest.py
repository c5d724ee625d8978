"""`digest`: this morning's, with its buttons, or a whole week, month or quarter; `digest set 09:00 mon-fri`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from conversations.commands.config import CONFIG
from conversations.commands.digested import longer, picture_of
from conversations.commands.figured import unread
from conversations.commands.pictured import pictured
from conversations.dialog import Command, Scene, Turn
from conversations.digest import HR, Window, last_digest, subject_of
from conversations.digest.longer import Longer
from conversations.digest.needs import day_need, kept, longer_need, require
from conversations.effects import REPLY, Effect, Show, Work
from conversations.events import Event
from conversations.grammar import BadLine, read_line
from conversations.identity import Role
from locales.text import Text, ct, t
from locales.zones import local

KIND = "command.digest"
USAGE = ct("typed", "digest week")
SET_USAGE = ct("typed", "digest set 09:00 mon-fri")
_WORDS: Mapping[Window, str] = {
    "day": "now today day daily 今天 日 日报 现在",
    "week": "week weekly 周 本周 上周 周报",
    "month": "month monthly 月 上月 月报",
    "quarter": "quarter quarterly 季 季度 上季度 季报",
}
_WINDOWS: Mapping[str, Window] = {word: window for window, words in _WORDS.items() for word in words.split()}
_SET = frozenset({"set", "设", "设为", "设置"})
_OFF = frozenset({"off", "none", "关", "关闭", "不要"})
_CLOCK = re.compile(r"[0-2]?\d[:：][0-5]\d")


def run(scene: Scene, event: Event, rest: str) -> Turn:
    try:
        words = read_line(rest).words
    except BadLine as bad:
        return Turn(say=unread(KIND, bad.why, USAGE))
    if words[:1] and words[0].casefold() in _SET:
        return _set(scene, event, words[1:])
    window = _WINDOWS.get(words[0].casefold()) if words else "day"
    if window is None or len(words) > 1:
        lead = t("I do not know a digest “{typed}”.", typed=" ".join(words))
        return Turn(
            say=unread(KIND, lead, ct("typed", "digest · digest week · digest month · digest quarter"))
        )
    return _day(scene, event) if window == "day" else _longer(scene, window)


def _day(scene: Scene, event: Event) -> Turn:
    """Show the digest as it would be now, to whoever asks alone: their own card with its own buttons."""
    if scene.person is None:
        return Turn()
    on = local(scene.now, scene.policy.zone).date()
    require(scene, [day_need(HR, on, last_digest(scene.policy, on))])
    facts = scene.found["digest"]
    keep = {**kept(facts, scene), "asked": event.id}
    holder = f"person:{scene.person.id}"
    return Turn(effects=(Show(holder, subject_of(HR, on), "hr_digest.day", keep, REPLY),))


def _longer(scene: Scene, window: Window) -> Turn:
    on = local(scene.now, scene.policy.zone).date()
    need = longer_need(HR, window, on)
    require(scene, [need])
    found: Longer = scene.found[need.name]
    return Turn(pictured(scene, picture_of(found)), say=longer(found))


# -- when it comes ---------------------------------------------------------------------------------------


def _set(scene: Scene, event: Event, words: tuple[str, ...]) -> Turn:
    """Change hour and days as `config set` would: with a preview, and only by those who may."""
    times = [word for word in words if _CLOCK.fullmatch(word) or word.casefold() in _OFF]
    days = [word for word in words if word not in times]
    if not words or len(times) > 1:
        lead = t("When should the digest come? Type an hour, and the days if they change.")
        return Turn(say=unread(KIND, lead, SET_USAGE))
    wanted = [("digest_at", _hour(word)) for word in times]
    wanted += [("digest_days", " ".join(days))] if days else []
    (key, value), *others = wanted
    turn = CONFIG.run(scene, event, f"set {key} {value}")
    return replace(turn, effects=tuple(_with(effect, others, value) for effect in turn.effects))


def _with(effect: Effect, others: list[tuple[str, str]], value: str) -> Effect:
    """Let one preview and one question be about all keys."""
    if not isinstance(effect, Work):
        return effect
    return replace(effect, args={**effect.args, "value": value, "also": [list(one) for one in others]})


def _hour(word: str) -> str:
    return "off" if word.casefold() in _OFF else word.replace("：", ":")


def _shorthand(window: Window, alias: str, usage: Text, about: Text) -> Command:
    def run_it(scene: Scene, event: Event, rest: str) -> Turn:
        return run(scene, event, f"{_WORDS[window].split()[0]} {rest}".strip())

    return Command(usage.msgid, (alias,), ROLES, usage, about, run_it)


ROLES = frozenset({Role.HR, Role.RECRUITER})
DIGEST = Command(
    "digest",
    ("日报", "简报"),
    ROLES,
    USAGE,
    t("The digest now; of a week, month or quarter; or when it comes: digest set 09:00 mon-fri"),
    run,
)
WEEKLY = _shorthand("week", "周报", ct("typed", "weekly"), t("The digest of last week."))
MONTHLY = _shorthand("month", "月报", ct("typed", "monthly"), t("The digest of last month."))
QUARTERLY = _shorthand("quarter", "季报", ct("typed", "quarterly"), t("The digest of last quarter."))
