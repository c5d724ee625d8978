"""`turnout init`: at most seven questions, and the commented configuration that their answers make."""

from __future__ import annotations

import os
import re
import tempfile
import textwrap
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any

from bot.settings import BadConfig, Problem
from bot.settings.addresses import read_phone
from bot.settings.elements import is_blank
from bot.settings.keys import (
    DATABASE,
    E_MAIL,
    INTERVIEWS,
    LOG,
    POLICY,
    PRECHECK,
    SECRETS,
    SERVER,
    SLACK,
    SMS,
    SUPPORT,
    TEAMS,
    TELEGRAM,
    WECHAT,
    WECOM,
    WECOM_CONTACT,
    WECOM_KF,
    Key,
)
from bot.settings.kinds import read_line
from bot.settings.problems import Wrong
from bot.settings.signing import read_secret, read_telegram_token
from bot.settings.times import read_hours, read_zone
from bot.settings.toml import literal
from bot.settings.words import read_languages
from locales.catalogue import SOURCE, best_locale
from locales.text import Text, Words, t
from locales.zones import is_zone, zone_from_alias

PRESETS = ("retail", "campus", "tech", "manufacturing")
GENERAL = "general"
"""What stands when no preset is chosen."""
ANSWER_IT = t("answer the question")
"""Stands for the question's own hint."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What the questions brought."""

    company: str
    zone: str
    languages: tuple[str, ...]
    phone: str
    hours: str
    devices: Mapping[str, str]
    """By language."""
    token: str = field(default="", repr=False)
    preset: str = GENERAL


# The questions

Read = Callable[[str, "Draft"], Any]


@dataclass(frozen=True, slots=True)
class Draft:
    """What is known while asking."""

    preset: Mapping[str, Any]
    lang: str
    environ: Mapping[str, str]
    answers: dict[str, Any] = field(default_factory=dict)

    def words(self, by_language: Mapping[str, str]) -> str:
        return by_language.get(self.lang) or by_language[SOURCE]


@dataclass(frozen=True, slots=True)
class Question:
    """One question: the flag that answers it too, how an answer is read, and what stands when there is none."""

    name: str
    text: Mapping[str, str]
    hint: Mapping[str, str]
    """Said when an answer could not be understood."""
    read: Read
    default: Callable[[Draft], str | None]


def _read_company(text: str, draft: Draft) -> str:
    if is_blank({"": read_line(text)}, ""):
        raise Wrong(t("it says nothing"), ANSWER_IT)
    return read_line(text)


def _read_zone(text: str, draft: Draft) -> str:
    return zone_from_alias(text) or read_zone(text)


_CALLED = {
    "中文": "zh_Hans",
    "汉语": "zh_Hans",
    "chinese": "zh_Hans",
    "英文": "en",
    "英语": "en",
    "english": "en",
}


def _read_languages(text: str, draft: Draft) -> tuple[str, ...]:
    parts = [part for part in re.split(r"[,，、/\s]+", text.strip()) if part]
    return read_languages([_CALLED.get(part.casefold(), part) for part in parts])


def _read_phone(text: str, draft: Draft) -> str:
    if not text.strip():
        raise Wrong(t("it is empty"), ANSWER_IT)
    return read_phone(text)


def _read_hours(text: str, draft: Draft) -> str:
    opens, closes = read_hours(text)
    return f"{opens:%H:%M}-{closes:%H:%M}"


def _read_devices(text: str, draft: Draft) -> dict[str, str]:
    """Return the requirements by language: one text for each that is offered, parted by a stroke."""
    languages = draft.answers.get("languages", (SOURCE,))
    parts = [read_line(part) for part in re.split(r"\s*[|｜]\s*", text.strip())]
    if len(parts) != len(languages) or any(is_blank({"": part}, "") for part in parts):
        raise Wrong(
            t("there is not one text for each of {languages}", languages=", ".join(languages)),
            t("part them with |"),
        )
    return dict(zip(languages, parts, strict=True))


def _read_token(text: str, draft: Draft) -> str:
    """Return a Telegram bot's token, or the two of a Slack app that uses Socket Mode, parted by a blank."""
    if not text.strip():
        return ""
    both = sorted(read_secret(part) for part in text.split())
    if any(part.startswith("xox") for part in both):
        if [part[:5] for part in both] != ["xapp-", "xoxb-"]:
            remedy = t("give the bot's token xoxb-… and the app-level token xapp-…, parted by a blank")
            raise Wrong(t("they are not the two tokens of a Slack app"), remedy)
        return " ".join(both)
    return str(read_telegram_token(text))


def _usual_zone(draft: Draft) -> str:
    here = draft.environ.get("TZ", "").lstrip(":")
    return here if is_zone(here) else "Asia/Shanghai"


def _usual_devices(draft: Draft) -> str | None:
    devices = draft.preset["devices"]
    languages = draft.answers.get("languages", ())
    return (
        " | ".join(devices[each] for each in languages)
        if all(each in devices for each in languages)
        else None
    )


QUESTIONS = (
    Question(
        "company",
        {"en": "Your company, as candidates know it", "zh_Hans": "公司名称（候选人看到的）"},
        {"en": "Please write a name.", "zh_Hans": "请写一个名称。"},
        _read_company,
        lambda draft: None,
    ),
    Question(
        "zone",
        {"en": "Its time zone", "zh_Hans": "所在时区"},
        {
            "en": "Please write it like Asia/Shanghai or Tokyo.",
            "zh_Hans": "请写成 Asia/Shanghai 或“北京时间”的样子。",
        },
        _read_zone,
        _usual_zone,
    ),
    Question(
        "languages",
        {
            "en": "Languages for candidates, the usual one first",
            "zh_Hans": "候选人使用的语言，默认的写在最前面",
        },
        {"en": "Please choose from zh_Hans and en.", "zh_Hans": "请从 zh_Hans（中文）和 en（英文）中选择。"},
        _read_languages,
        lambda draft: "zh_Hans, en" if draft.lang == "zh_Hans" else "en, zh_Hans",
    ),
    Question(
        "phone",
        {
            "en": "Phone of technical support, for candidates to tap",
            "zh_Hans": "技术支持电话（候选人可直接拨打）",
        },
        {
            "en": "Please write it like 400-820-8820 or +49 30 901820.",
            "zh_Hans": "请写成 400-820-8820 的样子。",
        },
        _read_phone,
        lambda draft: None,
    ),
    Question(
        "hours",
        {"en": "Hours of technical support", "zh_Hans": "技术支持时间"},
        {"en": "Please write them like 09:00-18:00.", "zh_Hans": "请写成 09:00-18:00 的样子。"},
        _read_hours,
        lambda draft: str(draft.preset["support"]["hours"]),
    ),
    Question(
        "devices",
        {
            "en": "What candidates need to take part (one text per language, parted by |)",
            "zh_Hans": "候选人需要准备的设备（每种语言一段，用 | 分开）",
        },
        {
            "en": "Please write one text for each language you chose, in that order, parted by |.",
            "zh_Hans": "请按所选语言的顺序，每种语言写一段，用 | 分开。",
        },
        _read_devices,
        _usual_devices,
    ),
    Question(
        "token",
        {
            "en": "Token of your Telegram bot, or both tokens of your Slack app: xoxb-… xapp-… (empty: later)",
            "zh_Hans": "Telegram 机器人令牌，或 Slack 应用的两个令牌 xoxb-… xapp-…（可留空，以后再填）",
        },
        {
            "en": "Please paste the whole token from @BotFather, or Slack's two parted by a blank, or nothing.",
            "zh_Hans": "请粘贴 @BotFather 给出的完整令牌，或用空格分开的两个 Slack 令牌，或留空。",
        },
        _read_token,
        lambda draft: "",
    ),
)


def language(flag: str | None, environ: Mapping[str, str]) -> str:
    """Return the language to ask in: the flag's, else the environment's, else English."""
    said = (environ.get(name) for name in ("TURNOUT_LANG", "LC_ALL", "LC_MESSAGES", "LANG"))
    return best_locale(flag or next((each for each in said if each), None))


def ask(
    given: Mapping[str, str],
    preset: str = GENERAL,
    lang: str = SOURCE,
    environ: Mapping[str, str] | None = None,
    prompt: Callable[[str, str | None], str] | None = None,
    complain: Callable[[str], None] = lambda hint: None,
) -> Answers:
    """Return the answers: those `given` by flags, the others asked, or their defaults when there is no `prompt`.

    `prompt(text, default)` asks one question; `complain` says why it is asked again. Raises BadConfig with
    everything that is wrong with the flags, or missing without a prompt.
    """
    draft = Draft(read_preset(preset)["policy"], lang, environ or {})
    problems = []
    for question in QUESTIONS:
        default = question.default(draft)
        said = given.get(question.name)
        try:
            if said is None and prompt:
                draft.answers[question.name] = _asked(question, draft, default, prompt, complain)
            elif said is None and default is None:
                remedy = t("give it with --{name}", name=question.name)
                problems.append(Problem(f"--{question.name}", t("is missing and has no default"), remedy))
            else:
                draft.answers[question.name] = question.read(default or "" if said is None else said, draft)
        except Wrong as wrong:
            problems += [
                Problem(f"--{question.name}", each.reason, _remedy(question, each)) for each in wrong.problems
            ]
    if problems:
        raise BadConfig(problems)
    return Answers(**draft.answers, preset=preset)


def _remedy(question: Question, problem: Problem) -> Text:
    return t("{hint}", hint=Words(question.hint)) if problem.remedy == ANSWER_IT else problem.remedy


def _asked(
    question: Question,
    draft: Draft,
    default: str | None,
    prompt: Callable[[str, str | None], str],
    complain: Callable[[str], None],
) -> Any:
    while True:
        said = prompt(draft.words(question.text), default).strip() or default or ""
        try:
            return question.read(said, draft)
        except Wrong:
            complain(draft.words(question.hint))


def read_preset(name: str) -> dict[str, Any]:
    """Return what a preset decides; raises BadConfig for one there is not."""
    if name not in {*PRESETS, GENERAL}:
        raise BadConfig(
            [
                Problem(
                    "--preset",
                    t('there is no preset "{name}"', name=name),
                    t("choose from {known}", known=", ".join(PRESETS)),
                )
            ]
        )
    return tomllib.loads((files("bot") / "presets" / f"{name}.toml").read_text("utf-8"))


# The text

WIDTH = 100
HEAD = """\
# Turnout. Check this file with `turnout check`; start with `turnout run`.
# A line like "# name = value" shows a default (… where there is none): take the # away to change it.
# Every key is also an environment variable, which wins: server.port is TURNOUT_SERVER__PORT,
# and a secret may stand in a file: TURNOUT_CHANNELS__TELEGRAM__MAIN__TOKEN_FILE=/run/secrets/telegram.
"""
TAIL = """\
# What differs for a role, a company, or one role of a company. Each says only what is different:
# [policy] < [policy.roles.R] < [companies.C] < [companies.C.roles.R]
#
# [policy.roles."前端工程师".blocks]
# coding = {zh_Hans = "有一道编程题。", en = "There is a coding task."}
#
# [companies."Acme"]
# name = {zh_Hans = "艾克米", en = "Acme"}
# grace = "5m"
#
# [companies."Acme".roles."Store manager"]
# rungs = ["48h", "24h", "1h"]
"""


def plan_init(answers: Answers) -> str:
    """Return a configuration with every key in it, explained; what was not asked has its default."""
    preset = read_preset(answers.preset)
    policy: dict[str, Any] = dict(preset["policy"])
    rungs, support = policy.pop("rungs"), dict(policy.pop("support"))
    policy |= {
        "name": answers.company,
        "zone": answers.zone,
        "languages": list(answers.languages),
        "devices": dict(answers.devices),
    }
    support |= {"phone": answers.phone, "hours": answers.hours}
    app_token, _, bot_token = answers.token.partition(" ")
    slack = {"token": bot_token, "app_token": app_token} if bot_token else {}
    token = {"token": answers.token} if answers.token and not slack else {}
    channels = {"slack"} if slack else {"telegram"} if token else set()
    parts = (
        [HEAD.rstrip()],
        _table("server", SERVER, {}),
        _table("database", DATABASE, {}),
        _table("secrets", SECRETS, {}),
        _table("log", LOG, {}),
        ["# A bot on Telegram; other accounts are called otherwise than main."],
        _table("channels.telegram.main", TELEGRAM, token, is_on=bool(token)),
        ["# Mail, sent through your mail server; channels/email/README.md says how answers come in."],
        _table("channels.email.main", E_MAIL, {}, is_on=False),
        ["# An app on Slack, made from what `turnout manifest slack` prints."],
        _table("channels.slack.main", SLACK, slack, is_on=bool(slack)),
        ["# Text messages: Alibaba Cloud, or any gateway; channels/README.md has an example of each."],
        _table("channels.sms.main", SMS, {}, is_on=False),
        ["# A self-built app on WeCom (企业微信); channels/wecom/README.md says what to click."],
        _table("channels.wecom.main", WECOM, {}, is_on=False),
        ["# Candidates on their own WeChat, by customer service (微信客服); channels/wecom_kf/README.md."],
        _table("channels.wecom_kf.main", WECOM_KF, {}, is_on=False),
        ["# Candidates who add an employee (客户联系); channels/wecom_contact/README.md."],
        _table("channels.wecom_contact.main", WECOM_CONTACT, {}, is_on=False),
        ["# A service account on WeChat (微信服务号); channels/wechat/README.md says what to click."],
        _table("channels.wechat.main", WECHAT, {}, is_on=False),
        ["# An interview platform that tells who joined, at /hooks/interviews/main."],
        _table("interviews.main", INTERVIEWS, {}, is_on=False),
        ['# Groups, written as account and chat: "telegram.main:-1001234567890".'],
        _table("teams", TEAMS, {}),
        [f"# Preset: {answers.preset}. {preset['about']}."],
        _table("policy", [key for key in POLICY if key.name != "rungs"], policy),
        _rungs(rungs, channels, _why(answers.preset)),
        _table("policy.support", SUPPORT, support),
        ["# What a device needs to do; the same below [policy.roles.R.precheck] for a role."],
        _table("policy.precheck", PRECHECK, {}),
        [TAIL.rstrip()],
    )
    return "\n".join(_spaced(parts)) + "\n"


def _spaced(parts: Iterable[list[str]]) -> Iterator[str]:
    """Yield lines with a blank one between parts, but none after a single line of comment."""
    after_remark = True
    for lines in parts:
        if not after_remark:
            yield ""
        yield from lines
        after_remark = len(lines) == 1 and lines[0].startswith("# ") and "\n" not in lines[0]


def _table(name: str, keys: Iterable[Key], values: Mapping[str, Any], is_on: bool = True) -> list[str]:
    off = "" if is_on else "# "
    lines = [f"{off}[{name}]"]
    for key in keys:
        lines += [f"# {line}" for line in textwrap.wrap(key.about, WIDTH - 2)]
        if key.name in values:
            lines.append(f"{off}{key.name} = {literal(values[key.name])}")
        else:
            lines.append(f"# {key.name} = {literal('…' if key.default is None else key.default)}")
    return lines


def _rungs(rungs: Iterable[str | dict[str, Any]], channels: set[str], why: str) -> list[str]:
    """Return the ladder; a rung names its channels only where they are set up, else shows how."""
    about = next(key.about for key in POLICY if key.name == "rungs")
    lines = [f"# {line}" for line in (*textwrap.wrap(about, WIDTH - 2), why) if line]
    for rung in rungs:
        lines.append("[[policy.rungs]]")
        for name, value in ({"name": rung, "before": rung} if isinstance(rung, str) else rung).items():
            missing = [channel for channel in value if channel not in channels] if name == "channels" else []
            if missing:
                lines.append(f"# once [channels.{missing[0]}.main] is set up:")
            lines.append(f"{'# ' if missing else ''}{name} = {literal(value)}")
    return lines


def _why(preset: str) -> str:
    """Return the preset's own remark on its ladder."""
    text = (files("bot") / "presets" / f"{preset}.toml").read_text("utf-8")
    return next((line[2:] for line in text.splitlines() if line.startswith("# ")), "")


def write(path: Path, text: str, force: bool = False) -> None:
    """Write a configuration that only its owner may read, whole or not at all; raises BadConfig."""
    if path.exists() and not force:
        raise BadConfig(
            [Problem(str(path), t("is there already"), t("use --force to replace it, or another --config"))]
        )
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)  # has mode 0600
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            if force:
                os.replace(name, path)
            else:
                os.link(name, path)  # unlike a rename it never replaces what came in between
        finally:
            Path(name).unlink(missing_ok=True)
    except FileExistsError:
        raise BadConfig([Problem(str(path), t("is there already"), t("use --force to replace it"))]) from None
    except OSError as error:
        why = error.strerror or ""
        raise BadConfig(
            [Problem(str(path), t("cannot be written ({why})", why=why), t("choose another folder"))]
        ) from None
