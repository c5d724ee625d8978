"""Accounts on channels and interview platforms, and the teams' places on them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import Any

from bot.settings import keys
from bot.settings.keys import Key
from bot.settings.model import Interviews, Server
from bot.settings.platforms import PLATFORMS
from bot.settings.problems import joined, listed, nearest
from bot.settings.rules import check_place
from bot.settings.signing import MAKE_ONE, SAMPLE
from bot.settings.tables import BAD, Reading, with_defaults
from conversations.identity import Place
from locales.text import t


def read_channels(reading: Reading, value: object, server: Server | None) -> dict[str, dict[str, Any]]:
    """Return what each account needs, by names like `telegram.main`; `server` is None when it was unreadable."""
    found = {}
    for platform, accounts in reading.table(value, "channels", "channels.telegram.main").items():
        path = joined("channels", platform)
        if platform not in reading.platforms:
            meant = nearest(platform, reading.platforms)
            remedy = (
                t('did you mean "{meant}"?', meant=meant)
                if meant
                else t("there are: {known}", known=listed(reading.platforms))
            )
            reading.wrong(path, t("there is no such channel"), remedy)
            continue
        known = PLATFORMS[platform].keys if platform in PLATFORMS else ()
        for account, table in reading.table(accounts, path, f"{path}.main").items():
            if _is_account(reading, account, table, path, known):
                own = f"{path}.{account}"
                found[f"{platform}.{account}"] = _config(reading, table, platform, own, server)
    if not found:
        remedy = t('add [channels.telegram.main] with token = "…", from @BotFather')
        reading.warn("channels", t("there are none, so nobody can be reached"), remedy)
    return found


def _is_account(reading: Reading, name: str, table: object, path: str, known: Iterable[Key]) -> bool:
    """Tell whether this is an account, and not one of its keys written one level too high."""
    if not isinstance(table, dict) and name.removesuffix("_file") in {key.name for key in known}:
        remedy = t("write [{path}.main] above it: there may be several accounts", path=path)
        reading.wrong(joined(path, name), t("stands outside of any account"), remedy)
        return False
    return reading.account(name, path)


def _config(
    reading: Reading, value: object, platform: str, path: str, server: Server | None
) -> dict[str, Any]:
    if platform not in PLATFORMS:
        return _as_it_stands(reading, value, path)
    known = PLATFORMS[platform]
    fields = reading.fields(value, path, known.keys)
    secret = {key.name for key in known.keys if key.secret}
    for name in known.required:
        if name not in fields and isinstance(value, dict):
            remedy = t("write it")
            if name in secret:
                remedy = t("write it, or {key}_file with the name of the file that holds it", key=name)
            reading.wrong(f"{path}.{name}", t("is missing"), remedy)
    config = with_defaults(fields, known.keys)
    if server:
        known.check(reading, config, path, server.public_url)
    return config


_SOUNDS_SECRET = re.compile(r"token|secret|password|passwd|credential|(^|_)key(_file)?$", re.I)


def _as_it_stands(reading: Reading, value: object, path: str) -> dict[str, Any]:
    """Return the keys of a channel that declares none; what sounds secret is treated so."""
    table = reading.table(value, path)
    secret = {name.removesuffix("_file") for name in table if _SOUNDS_SECRET.search(name)}
    others = {name for name in table if not _SOUNDS_SECRET.search(name)}
    known = [Key(name, keys.UNDECLARED_SECRET, None, "", secret=True) for name in sorted(secret)]
    known += [Key(name, keys.UNDECLARED, None, "") for name in sorted(others)]
    return with_defaults(reading.fields(table, path, known), known)


def read_interviews(reading: Reading, value: object, server: Server | None) -> dict[str, Interviews]:
    """Return the interview platforms that tell us who joined, by account."""
    found = {}
    for account, table in reading.table(value, "interviews", "interviews.main").items():
        if _is_account(reading, account, table, "interviews", keys.INTERVIEWS):
            found[account] = _interviews(reading, table, f"interviews.{account}")
    if found and server and not server.public_url:
        reason = t("is missing, and interviews.{account} has to find us", account=min(found))
        reading.warn("server.public_url", reason, t('set it, like "https://turnout.example.com"'))
    return found


def _interviews(reading: Reading, value: object, path: str) -> Interviews:
    fields = reading.fields(value, path, keys.INTERVIEWS)
    if "secret" not in fields and isinstance(value, dict):
        remedy = t("write it, or secret_file; without it a forged signal looks like a true one")
        reading.wrong(f"{path}.secret", t("is missing"), remedy)
    both = (fields.get("secret", ()), fields.get("previous_secret", ()))
    secrets = tuple(secret for each in both if each is not BAD for secret in each)
    if SAMPLE in secrets:
        reading.warn(f"{path}.secret", t("is the one from the README, which everybody knows"), MAKE_ONE)
    return Interviews(secrets)


def read_teams(reading: Reading, value: object, accounts: Collection[str]) -> dict[str, Place]:
    """Return the teams' groups by team: `hr`, `support`, `admin`."""
    teams = {}
    for name, place in reading.fields(value, "teams", keys.TEAMS).items():
        if isinstance(place, Place):
            check_place(reading, place, f"teams.{name}", accounts)
            teams[name] = place
    return teams


def check_same_secret(reading: Reading) -> None:
    """Refuse a secret that stands in two places: who learns one of them should not have learnt both."""
    first: dict[str, str] = {}
    for key, value in reading.secrets.items():
        if first.setdefault(value, key) != key:
            reading.wrong(
                key,
                t("is the same secret as {key}", key=first[value]),
                t("use each secret in one place only"),
            )
