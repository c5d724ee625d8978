"""Where the database and its keys are."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

from bot.settings import keys
from bot.settings.problems import Secret, Wrong
from bot.settings.tables import BAD, Reading
from locales.text import t


def read_database_url(reading: Reading, value: object) -> Secret:
    fields = reading.fields(value, "database", keys.DATABASE)
    if "url" not in fields:
        return Secret(f"sqlite:///{reading.folder / 'turnout.db'}")
    if fields["url"] is BAD:
        return Secret("sqlite://")
    try:
        return Secret(_located(fields["url"], reading))
    except Wrong as wrong:
        reading.wrong("database.url", wrong.problems[0].reason, wrong.problems[0].remedy)
        return Secret("sqlite://")


def _located(url: str, reading: Reading) -> str:
    """Return a database's address with an absolute path and no driver's name.

    No reason shows it: it may hold a password.
    """
    scheme, colon, rest = url.partition("://")
    example = t('write "sqlite:///turnout.db" or "postgresql://host/name"')
    if not colon:
        raise Wrong(t("is not an address"), example)
    match scheme.casefold().split("+"):
        case ["sqlite"] | ["sqlite", "aiosqlite"]:
            name = rest.removeprefix("/").partition("?")[0]
            if not rest.startswith("/") or not name or "\0" in name:
                raise Wrong(t("names no file"), t('write three strokes and the file: "sqlite:///turnout.db"'))
            if name == ":memory:" or name.startswith("file:"):
                raise Wrong(t("keeps nothing after a stop"), t('name a file: "sqlite:///turnout.db"'))
            return f"sqlite:///{reading.folder / name}"
        case ["postgresql" | "postgres"] | ["postgresql" | "postgres", "asyncpg"]:
            try:
                parts = urlsplit(f"postgresql://{rest}")
                _ = parts.port  # raises when it is no port
            except ValueError:
                raise Wrong(t("is not an address"), example) from None
            if len(parts.path.strip("/")) == 0:
                raise Wrong(t("names no database"), t('write it at the end: "postgresql://host/turnout"'))
            return f"postgresql://{rest}"
    is_name = re.fullmatch(r"[a-z]{2,12}(\+[a-z0-9]{2,12})?", scheme)
    reason = (
        t("{name} is not a database Turnout runs on", name=scheme)
        if is_name
        else t("this is not a database Turnout runs on")
    )
    raise Wrong(reason, example)


def read_keyring(reading: Reading, value: object, database: str) -> Path:
    """Return where the keys are: beside the database where that is a file, else beside the configuration."""
    fields = reading.fields(value, "secrets", keys.SECRETS)
    name = fields.get("keyring")
    file = database.removeprefix("sqlite:///")
    if isinstance(name, str):
        if not name or "\0" in name:
            reading.wrong("secrets.keyring", t("names no file"), t('write one, like "keyring.json"'))
        elif str(reading.folder / name) == file:
            reading.wrong("secrets.keyring", t("is the database's own file"), t("name another one"))
        return reading.folder / name
    beside = Path(file).parent if file.startswith("/") else reading.folder
    return beside / "keyring.json"
