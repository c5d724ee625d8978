"""From a file and the environment to Settings, or to every problem there is."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import channels
from bot.settings import keys
from bot.settings.accounts import check_same_secret, read_channels, read_interviews, read_teams
from bot.settings.addresses import is_private
from bot.settings.database import read_database_url, read_keyring
from bot.settings.layers import Surroundings
from bot.settings.model import Log, Server, Settings
from bot.settings.policies import read_policies
from bot.settings.problems import BadConfig, EnvText, without_secrets
from bot.settings.sources import SECTIONS, Tree, overlay, parse, read_file
from bot.settings.tables import BAD, Reading, with_defaults
from bot.settings.written import DECIDED, Written, key_of, leaves, put, secrets_in, written_in
from locales.text import t


def load(path: Path | None, environ: Mapping[str, str], platforms: Collection[str] | None = None) -> Settings:
    """Return the settings of a file with the environment's over them, or raise BadConfig with all problems.

    Without a path the environment is all there is. Relative paths start at the file's folder. `platforms`
    are the channels there are, those of `channels.CHANNELS` when not given.
    """
    text, problems = read_file(path) if path else ("", [])
    if problems:
        raise BadConfig(problems)
    folder = path.absolute().parent if path else Path.cwd()
    return read(text, environ, folder, path, platforms)


def read(
    text: str,
    environ: Mapping[str, str],
    folder: Path,
    path: Path | None = None,
    platforms: Collection[str] | None = None,
) -> Settings:
    """Return the settings of a TOML text, as `load` does of a file."""
    return _read(text, environ, folder, path, platforms, None)


def _read(
    text: str,
    environ: Mapping[str, str],
    folder: Path,
    path: Path | None,
    platforms: Collection[str] | None,
    decided: Written | None,
) -> Settings:
    """Return the settings of a text, with what was decided elsewhere in the place of its policies."""
    tree, problems = parse(text, str(path or "configuration"))
    if problems:
        raise BadConfig(without_secrets(problem, ()) for problem in problems)
    written = written_in(tree) if decided is None else decided
    if decided is not None:
        tree = _with_decided(tree, decided)
    reading = Reading(folder, known_platforms() if platforms is None else platforms)
    reading.problems += overlay(tree, environ)
    settings = _settings(reading, tree, path)
    hidden = sorted(reading.secrets.values(), key=len, reverse=True)
    if reading.problems:
        raise BadConfig(without_secrets(problem, hidden) for problem in reading.problems)
    return replace(
        settings,
        written=written,
        overlaid=dict(_overlaid({name: tree.get(name) for name in DECIDED})),
        again=lambda other: _read(text, environ, folder, path, platforms, other),
    )


def _with_decided(tree: Tree, decided: Written) -> Tree:
    """Put policies in the place of a file's own; the secrets that stand there stay."""
    kept = {name: deepcopy(table) for name, table in decided.items()}
    for at, value in leaves(secrets_in(tree)):
        put(kept, at, value)
    return {**{name: table for name, table in tree.items() if name not in DECIDED}, **kept}


def _overlaid(tree: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the keys that the environment sets, and its variables."""
    for at, value in leaves({name: table for name, table in tree.items() if table is not None}):
        if isinstance(value, EnvText):
            yield key_of(at), value.variable


def known_platforms() -> Collection[str]:
    """Return the channels that are built in."""
    return tuple(channels.CHANNELS)


def _settings(reading: Reading, tree: Tree, path: Path | None) -> Settings:
    reading.refuse_strange(tree, "", SECTIONS)
    server = _server(reading, tree.get("server"))
    database = read_database_url(reading, tree.get("database"))
    keyring = read_keyring(reading, tree.get("secrets"), database)
    accounts = read_channels(reading, tree.get("channels"), server)
    interviews = read_interviews(reading, tree.get("interviews"), server)
    logged = with_defaults(reading.fields(tree.get("log"), "log", keys.LOG), keys.LOG)
    teams = read_teams(reading, tree.get("teams"), accounts)
    around = Surroundings(
        channels=sorted({account.split(".")[0] for account in accounts}),
        accounts=sorted(accounts),
        signals=sorted(interviews),
        teams=teams,
        has_page=server is None or bool(server.public_url),
    )
    policies = read_policies(reading, tree, around)
    check_same_secret(reading)
    _readable_by_others(reading, path)
    return Settings(
        # What stands in for the unreadable never leaves this module: BadConfig is raised instead.
        server=server or Server("127.0.0.1", 8080, ""),
        database_url=database,
        keyring=keyring,
        channels=accounts,
        interviews=interviews,
        policies=policies,
        teams=teams,
        log=Log(logged["level"], logged["format"]),
        warnings=tuple(reading.warnings),
        path=path,
    )


def _server(reading: Reading, value: object) -> Server | None:
    """Return where we listen; None when it could not be read, so that nothing more is concluded from it."""
    fields = reading.fields(value, "server", keys.SERVER)
    url = fields.get("public_url", "")
    if url is BAD:
        return None
    if url.startswith("http:") and not is_private(url):
        remedy = t("use https: personal details travel on these pages")
        reading.warn("server.public_url", t("is not https"), remedy)
    return Server(**with_defaults(fields, keys.SERVER))


def _readable_by_others(reading: Reading, path: Path | None) -> None:
    """Warn when a file with secrets in it can be read by every user of the machine."""
    try:
        mode = path.stat().st_mode if path and reading.has_secrets_inside else 0
    except OSError:
        return
    if mode & 0o004:
        reading.warn(
            str(path),
            t("holds secrets and every user here may read it"),
            t("type: {command}", command=f"chmod 600 {path}"),
        )
