"""Where settings come from: one TOML file, and the environment over it. Nothing is judged here but form."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from bot.settings.problems import EnvText, Problem, Wrong, shown
from locales.text import Text, t

Tree = dict[str, Any]

PREFIX = "TURNOUT_"
BETWEEN = "__"
LARGEST = 1_000_000
LARGEST_SECRET = 64_000
SECTIONS = ("server", "database", "secrets", "channels", "interviews", "policy", "companies", "teams", "log")


def variable(key: str) -> str:
    """Return the environment variable of a key: `server.port` is TURNOUT_SERVER__PORT."""
    return PREFIX + BETWEEN.join(_form(part).upper() for part in key.split("."))


def read_file(path: Path) -> tuple[str, list[Problem]]:
    """Return a configuration file's text, or what is wrong with the file."""

    def wrong(reason: Text, remedy: Text) -> tuple[str, list[Problem]]:
        return "", [Problem(str(path), reason, remedy)]

    try:
        if path.is_dir():
            return wrong(t("is a folder"), t("name the file in it"))
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except FileNotFoundError:
        return wrong(t("does not exist"), t("write one with: turnout init"))
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or t("its name is not one")
        return wrong(t("cannot be read ({why})", why=why), t("check the name and who may read it"))
    if len(data) > LARGEST:
        return wrong(
            t("is larger than {largest} bytes", largest=f"{LARGEST:,}"), t("is this the right file?")
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return wrong(t("is not UTF-8 text (line {line})", line=line), t("save it as UTF-8 in your editor"))
    if "\0" in text:
        return wrong(t("is a binary file"), t("name the TOML file"))
    return text, []


def read_secret_file(folder: Path, name: object) -> str:
    """Return what a secret's file holds, without the blanks around it; raises Wrong."""
    if not isinstance(name, str) or not name.strip() or "\0" in name:
        raise Wrong(t("is not the name of a file"), t("name the file that holds the secret, in quotes"))
    file = folder / name.strip()
    called = shown(str(file), longest=200)
    try:
        if not file.is_file():
            reason = t("{called} does not exist", called=called)
            if file.exists():
                reason = t("{called} is not a regular file", called=called)
            raise Wrong(reason, t("put the secret there, or name another file"))
        with file.open("rb") as opened:
            data = opened.read(LARGEST_SECRET + 1)
    except OSError as error:
        remedy = t("check who may read it")
        raise Wrong(
            t("{called} cannot be read ({why})", called=called, why=error.strerror or ""), remedy
        ) from None
    try:
        text = data.decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        raise Wrong(t("{called} is not text", called=called), t("put only the secret there")) from None
    if not text or len(data) > LARGEST_SECRET:
        raise Wrong(
            t("{called} is too large", called=called) if text else t("{called} is empty", called=called),
            t("put only the secret there"),
        )
    return text


def parse(text: str, name: str) -> tuple[Tree, list[Problem]]:
    """Return what a TOML text says, or its first fault of syntax with the line."""
    try:
        # With a last line end, or a fault in the last line is told as one "at end of document".
        return tomllib.loads(text + "\n"), []
    except RecursionError:
        return {}, [Problem(name, t("is nested too deeply"), t("no key here needs more than five levels"))]
    except ValueError as error:
        reason, _, where = str(error).partition(" (at ")
        where = where.rstrip(")")
        remedy = t('text stands in "quotes", a table begins with [name]')
        if re.match("Cannot (overwrite|declare|mutate|redefine)|Duplicate", reason):
            remedy = t("each key and table may stand only once")
        if match := re.match(r"line (\d+)", where):
            lines = text.split("\n")
            written = lines[min(int(match[1]), len(lines)) - 1]
            if re.search("[“”‘’＂＝［］，]", written):
                remedy = t("use plain quotes, commas and signs there, not Chinese or curly ones")
        return {}, [Problem(name, _not_toml(_first_lower(reason), where), remedy)]


def _not_toml(why: str, where: str) -> Text:
    """Return the fault in Python's own words: nobody else's name the sign that is wrong."""
    if place := re.match(r"line (\d+), column (\d+)", where):
        line, column = int(place[1]), int(place[2])
        return t("is not TOML at line {line}, column {column}: {why}", line=line, column=column, why=why)
    return t("is not TOML: {why}", why=why)


def _first_lower(text: str) -> str:
    line = " ".join(text.split())[:120]
    return line[:1].lower() + line[1:]


def overlay(tree: Tree, environ: Mapping[str, str]) -> list[Problem]:
    """Put the environment's values into the tree, over what stands there; return what has no place.

    An empty variable counts as not set. Names match without regard to case and signs, so that
    TURNOUT_COMPANIES__ACME_LTD__GRACE reaches [companies."Acme Ltd"].
    """
    problems = []
    for name in sorted(environ):
        if not name.startswith(PREFIX) or not environ[name].strip():
            continue
        try:
            f"{name}{environ[name]}".encode()
        except UnicodeEncodeError:
            shown = name.encode("ascii", "replace").decode()
            problems.append(Problem(shown, t("is not UTF-8 text"), t("set it to UTF-8 text")))
            continue
        if BETWEEN in name:
            problems += _put(tree, name, environ[name])
        else:
            problems += _single_underscore(name)
    return problems


def _single_underscore(name: str) -> Iterator[Problem]:
    section, _, rest = name.removeprefix(PREFIX).partition("_")
    if rest and section.lower() in SECTIONS:
        meant = f"{PREFIX}{section.upper()}{BETWEEN}{rest.upper()}"
        yield Problem(
            name,
            t("sets nothing: tables are parted by two underscores"),
            t("did you mean {meant}?", meant=meant),
        )


def _put(tree: Tree, name: str, value: str) -> Iterator[Problem]:
    *tables, last = name.removeprefix(PREFIX).split(BETWEEN)
    if not all((*tables, last)):
        yield Problem(name, t("has an empty part"), t("write it like TURNOUT_DATABASE__URL"))
        return
    node = tree
    for part in tables:
        key = _key(node, part)
        below = node.get(key)
        if isinstance(below, EnvText):
            remedy = t("set {variable} or its parts, not both", variable=below.variable)
            yield Problem(
                name, t("is a part of {variable}, which is set as a whole", variable=below.variable), remedy
            )
            return
        if not isinstance(below, dict):
            below = node[key] = {}
        node = below
    key = _key(node, last)
    rival = key.removesuffix("_file") if key.endswith("_file") else f"{key}_file"
    if rival in node and not isinstance(node[rival], EnvText):
        del node[rival]
    node[key] = EnvText(value, name)


def _key(node: Iterable[str], part: str) -> str:
    """Return the key that is meant by a part of a variable's name."""
    return next((key for key in node if key and _form(key) == _form(part)), part.lower())


def _form(name: str) -> str:
    return re.sub(r"[\W_]+", "_", unicodedata.normalize("NFKC", name).casefold()).strip("_")
