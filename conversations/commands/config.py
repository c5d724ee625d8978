"""`config set grace 15m`: what the company decided, key by key; a change is looked at first, then confirmed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from conversations.commands.lines import line_typed, more
from conversations.commands.people import answer
from conversations.configured import Changed, Compared, Configured, Setting, Version
from conversations.dialog import Command, Need, Scene, Turn
from conversations.effects import Work
from conversations.events import Event
from conversations.grammar import BadLine
from conversations.identity import Role
from conversations.messages import Message, Note, Para, item
from locales.text import Listing, Moment, Text, ct, nt, t

KIND = "command.config"
USAGE = ct("typed", "config set grace 15m --dry-run")
SHOWN = 10
LONGEST = 200
KEYS_SHOWN = 4

_VERBS: Mapping[str, str] = {
    word: verb
    for verb, words in {
        "get": "get show 查看 看",
        "set": "set 设 设为 设置 改 修改",
        "unset": "unset reset 恢复默认 默认 清除",
        "diff": "diff compare 对比 比较",
        "list": "list versions history 版本 历史",
        "back": "back rollback restore 回退 退回 恢复",
    }.items()
    for word in words.split()
}
_WITH_VERSION = {"diff": ct("typed", "config diff {n}", n=3), "back": ct("typed", "config back {n}", n=3)}
_ONLY_LOOKS = frozenset({"get"})
"""What HR may, too."""
_FLAG = re.compile(r"\s(?:--|—{1,2}|––?)(dry-run|yes)(?=\s|$)")
_SCOPE = re.compile(
    r"(?:^|\s)(company|公司|job|role|岗位|职位)[:：](?:[\"“]([^\"”]+)[\"”]|(\S+))(?=\s|$)", re.IGNORECASE
)
_KEY = re.compile(r"\s*((?:[\"“”][^\"“”]*[\"“”]|[^\s\"“”=])+)(?:\s*=\s*|\s+|$)(.*)", re.DOTALL)
_PAGE = re.compile(r"\s\+(\d{1,3})$")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was typed."""

    verb: str
    key: str = ""
    value: str | None = None
    company: str = ""
    role: str = ""
    version: int = 0
    is_dry: bool = False
    is_sure: bool = False
    page: int = 1


def read(rest: str) -> Wanted:
    """Take the arguments apart; a value stands as it was typed. Raises BadLine."""
    flags = {flag[1] for flag in _FLAG.finditer(f" {rest}")}
    line = _FLAG.sub("", f" {rest}").strip()
    first, _, left = line.partition(" ")
    verb = _VERBS.get(first.casefold(), "") if first else "get"
    if not verb:
        raise BadLine(t("Type one of these: config get, config set, config unset, config diff, config list, "
                        "config back."))  # fmt: skip
    scope = {("company" if one[1].casefold() in ("company", "公司") else "role"): one[2] or one[3]
             for one in _SCOPE.finditer(left)}  # fmt: skip
    left = _SCOPE.sub(" ", left).strip()
    page = _PAGE.search(f" {left}")
    if page is not None and verb in ("get", "list", "diff"):
        left = f" {left}"[: page.start()].strip()
    wanted = Wanted(
        verb, company=scope.get("company", ""), role=scope.get("role", ""), is_dry="dry-run" in flags,
        is_sure="yes" in flags, page=max(1, int(page[1])) if page else 1,
    )  # fmt: skip
    return _with_words(wanted, left)


def _with_words(wanted: Wanted, left: str) -> Wanted:
    match wanted.verb:
        case "diff" | "back":
            digits = left.casefold().removeprefix("v")
            if not digits and wanted.verb == "diff":
                return wanted
            if not (digits.isascii() and digits.isdecimal() and 0 < int(digits[:9]) < 10**6):
                raise BadLine(t("Which version? Type for example: {usage}", usage=_WITH_VERSION[wanted.verb]))
            return replace(wanted, version=int(digits[:9]))
        case "get" | "unset":
            if wanted.verb == "unset" and not left:
                raise BadLine(
                    t("Which key? Type for example: {usage}", usage=ct("typed", "config unset grace"))
                )
            return replace(wanted, key=left)
        case "set":
            found = _KEY.fullmatch(left)
            if found is None or not found[2].strip():
                raise BadLine(t("Which key, and which value? Type for example: {usage}", usage=USAGE))
            return replace(wanted, key=found[1], value=found[2].strip())
    return wanted


def _needs(rest: str) -> tuple[Need, ...]:
    try:
        wanted = read(rest)
    except BadLine:
        return ()
    match wanted.verb:
        case "get":
            args = {"key": wanted.key, "company": wanted.company, "role": wanted.role}
            return (Need("config", args),)
        case "list":
            return (Need("config_versions"),)
        case "diff":
            return (Need("config_diff", {"version": str(wanted.version or "")}),)
    return ()


def run(scene: Scene, event: Event, rest: str) -> Turn:
    try:
        wanted = read(rest)
    except BadLine as bad:
        return answer(KIND, bad.why, _how())
    if scene.person is None:
        return Turn()
    if wanted.verb not in _ONLY_LOOKS and not scene.person.may():
        return answer(KIND, t("Only administrators change the configuration; you can look at it: config get"))
    match wanted.verb:
        case "get":
            return Turn(say=_got(scene.found["config"], wanted, event))
        case "list":
            return Turn(say=_versions(scene.found["config_versions"], wanted, event))
        case "diff":
            return Turn(say=_compared(scene.found["config_diff"], wanted, event))
    value = None if wanted.value is None else _as_typed(event, wanted.value)
    asked = {
        "do": "look",
        "person": str(scene.person.id),
        "key": wanted.key,
        "value": value,
        "company": wanted.company,
        "role": wanted.role,
        "version": wanted.version,
        "is_dry": wanted.is_dry,
        "is_sure": wanted.is_sure,
    }
    return Turn(effects=(Work("config", asked),))


def _as_typed(event: Event, value: str) -> str:
    """Return a value as it stands in what was typed: a line is folded before it is read, a text keeps its commas."""
    line = _FLAG.sub("", _SCOPE.sub(" ", f" {line_typed(event)}")).strip()
    starts = [0, *(match.end() for match in re.finditer(r"[\s=]", line))]
    same = (line[at:] for at in starts if unicodedata.normalize("NFKC", line[at:]).strip() == value)
    return next(same, value).strip()


# -- looking ---------------------------------------------------------------------------------------------


def _got(found: Configured, wanted: Wanted, event: Event) -> Message:
    if not found.settings:
        meant = ct("typed", "config get {key}", key=found.near)
        blocks = (Note(t("Did you mean {usage}?", usage=meant)),) if found.near else ()
        lead = t("Nothing is set under “{key}”.", key=wanted.key[:LONGEST])
        return Message(KIND, lead, (*blocks, Note(t("Everything that is set: config get"))))
    if len(found.settings) == 1 and wanted.key:
        return Message(KIND, _line(found.settings[0]), (*_origin(found.settings[0]), _how()))
    lead = nt("{n} key is set (version {version}):", "{n} keys are set (version {version}):",
              len(found.settings), version=found.version)  # fmt: skip
    return Message(KIND, lead, (*_page(list(map(_line, found.settings)), wanted, event), _how()))


def _line(setting: Setting) -> Text:
    return t("{key} = {value}", key=setting.key, value=_short(setting.value))


def _origin(setting: Setting) -> Iterator[Note]:
    if setting.origin == "default":
        yield Note(t("This is the default: nothing sets it."))
    elif setting.origin == "environment":
        yield Note(t("{variable} in the environment sets it, which goes before what is set here.",
                     variable=setting.comes_from))  # fmt: skip
    elif setting.comes_from != setting.key:
        yield Note(t("It comes from {key}.", key=setting.comes_from))


def _versions(found: Sequence[Version], wanted: Wanted, event: Event) -> Message:
    lead = t("Versions of the configuration, the newest first:")
    lines = [_version(each) for each in found]
    note = Note(t("What one changed: config diff 3 · To go back to one: config back 3"))
    return Message(KIND, lead, (*_page(lines, wanted, event), note))


def _version(version: Version) -> Text:
    what = _keys(version.keys)
    return t("{n}: {when}, by {who}: {what}", n=version.number, when=Moment(version.at), who=who(version.by),
             what=what)  # fmt: skip


def _keys(keys: Sequence[str]) -> Text:
    if not keys:
        return t("as a whole")
    rest = len(keys) - KEYS_SHOWN
    more_keys = (nt("{n} more", "{n} more", rest),) if rest > 0 else ()
    return t("{keys}", keys=Listing((*keys[:KEYS_SHOWN], *more_keys)))


def who(by: str) -> Text:
    """Name who made a version."""
    known = {"file": t("the file"), "cli": t("the command line"), "": t("somebody")}
    return known.get(by) or t("{name}", name=by)


def _compared(found: Compared, wanted: Wanted, event: Event) -> Message:
    versions = Note(t("Which versions there are: config list"))
    if not found.old:
        lead = (
            t("There is no version {n} to compare with.", n=wanted.version)
            if wanted.version
            else t("There is only one version, nothing to compare with.")
        )
        return Message(KIND, lead, (versions,))
    if not found.changes:
        return Message(
            KIND, t("Versions {old} and {new} say the same.", old=found.old, new=found.new), (versions,)
        )
    lead = nt("{n} key differs from version {old} to {new}:", "{n} keys differ from version {old} to {new}:",
              len(found.changes), old=found.old, new=found.new)  # fmt: skip
    lines = _page([change_line(each) for each in found.changes], wanted, event)
    back = Note(t("To go back to it: {command}", command=ct("typed", "config back {n}", n=found.old)))
    return Message(KIND, lead, (*lines, back))


def change_line(change: Changed) -> Text:
    """Return what becomes of one key, on one line."""
    nothing = t("not set")
    old = nothing if change.old is None else t("{value}", value=_short(change.old))
    new = nothing if change.new is None else t("{value}", value=_short(change.new))
    return t("{key}: {old} → {new}", key=change.key, old=old, new=new)


def _page(lines: Sequence[Text], wanted: Wanted, event: Event) -> Iterator[Para | Note]:
    shown = lines[(wanted.page - 1) * SHOWN : wanted.page * SHOWN] or lines[:SHOWN]
    yield from map(item, shown)
    typed = _PAGE.sub("", line_typed(event))
    yield from more(len(lines), wanted.page, typed, SHOWN)


def _short(value: str) -> str:
    line = " ".join(value.split())
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"


def _how() -> Note:
    return Note(t("To see what a change would do: {usage}", usage=USAGE))


CONFIG = Command(
    "config",
    ("配置", "参数"),
    frozenset({Role.ADMIN, Role.HR}),
    USAGE,
    t("What the company decided: look at it, change it with a preview, compare versions and go back."),
    run,
    _needs,
    flags=("dry-run", "yes"),
)
