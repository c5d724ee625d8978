"""Reading one table by its keys. What is wrong is collected, and reading goes on."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from bot.settings import keys
from bot.settings.addresses import ACCOUNT
from bot.settings.keys import Key
from bot.settings.kinds import Kind
from bot.settings.problems import NO_SUCH_KEY, EnvText, Problem, Wrong, joined, listed, nearest
from bot.settings.sources import read_secret_file
from locales.text import Text, t

MOST_STRANGE = 20


class _Bad:
    """Stands for a value that is there and wrong, so that nothing more is said about it."""

    def __repr__(self) -> str:
        return "BAD"


BAD: Final = _Bad()


@dataclass
class Reading:
    """One reading of a configuration: where it stands, what was found wrong, and which secrets were seen."""

    folder: Path
    platforms: Collection[str]
    problems: list[Problem] = field(default_factory=list)
    """In the order they were found, none twice."""
    warnings: list[Problem] = field(default_factory=list)
    secrets: dict[str, str] = field(default_factory=dict)
    """Key to value, wrong ones too: none of them may be shown."""
    has_secrets_inside: bool = False
    """Whether any stands in the configuration itself, and not in the environment or a file of its own."""
    _told: set[str] = field(default_factory=set)

    def wrong(self, key: str, reason: Text, remedy: Text) -> None:
        self._add(self.problems, Problem(key, reason, remedy))

    def warn(self, key: str, reason: Text, remedy: Text) -> None:
        self._add(self.warnings, Problem(key, reason, remedy))

    def _add(self, problems: list[Problem], problem: Problem) -> None:
        if repr(problem) not in self._told:
            self._told.add(repr(problem))
            problems.append(problem)

    def table(self, value: object, path: str, example: str = "") -> dict[str, Any]:
        """Return the table that stands at `path`; what stands there instead is never shown, it may be secret."""
        if value is None:
            return {}
        if isinstance(value, dict):
            return value
        what = (
            t("text") if isinstance(value, str) else t("a list") if isinstance(value, list) else t("a value")
        )
        self.wrong(
            path,
            t("is {what} where a table belongs", what=what),
            t("write [{table}] and its keys below", table=example or path),
        )
        return {}

    def fields(
        self, value: object, path: str, known: Iterable[Key], others: Iterable[str] = ()
    ) -> dict[str, Any]:
        """Return {name: value} for every key that is there, BAD for the wrong ones; `others` are read elsewhere."""
        table, by_name = self.table(value, path), {key.name: key for key in known}
        names = {*by_name, *others, *(f"{key.name}_file" for key in by_name.values() if key.secret)}
        self.refuse_strange(table, path, names)
        found: dict[str, Any] = {}
        for key in by_name.values():
            if key.secret:
                found.update(self._secret(table, path, key))
            elif key.name in table:
                found[key.name] = self.value(table[key.name], f"{path}.{key.name}", key)
        return found

    def value(self, raw: object, path: str, key: Key) -> Any:
        try:
            return key.kind(raw)
        except Wrong as wrong:
            for problem in wrong.problems:
                reason = _from(raw.variable if isinstance(raw, EnvText) else None, problem.reason)
                self.wrong(path + problem.key, reason, problem.remedy)
            return BAD

    def refuse_strange(self, table: Mapping[str, Any], path: str, known: Collection[str]) -> None:
        """Refuse keys that are not known here, with the one that was probably meant; what they say is not shown."""
        strange = [name for name in table if name not in known]
        for name in strange[:MOST_STRANGE]:
            variable = _variable(table[name])
            homes = [home for home, section in keys.SECTIONS.items() if name in {key.name for key in section}]
            if homes:
                remedy = t("it belongs under [{table}]", table=homes[0])
            elif meant := nearest(name, known):
                remedy = t('did you mean "{meant}"?', meant=meant)
            else:
                remedy = t("known here: {known}", known=listed(known))
            self.wrong(joined(path, name), _from(variable, NO_SUCH_KEY), remedy)
        if strange[MOST_STRANGE:]:
            where = path or "turnout.toml"
            self.wrong(where, t("has {n} keys nobody knows", n=len(strange)), t("is this the right file?"))

    def account(self, name: str, path: str) -> bool:
        """Tell whether a name can be an account's, which is part of addresses and of our URLs."""
        if ACCOUNT.fullmatch(name):
            return True
        remedy = t("use small letters, digits, - and _, at most 32, beginning with a letter or digit")
        self.wrong(joined(path, name), t("cannot be the name of an account"), remedy)
        return False

    def _secret(self, table: dict[str, Any], path: str, key: Key) -> Iterator[tuple[str, Any]]:
        where, file = f"{path}.{key.name}", f"{key.name}_file"
        if key.name in table:
            raw = table[key.name]
            self._remember(where, raw)
            self.has_secrets_inside |= not isinstance(raw, EnvText)
            value = self.value(raw, where, key)
            if file in table:
                self.wrong(
                    where, t("stands here and in {file} too", file=file), t("leave one of the two out")
                )
                value = BAD
            yield key.name, value
        elif file in table:
            where = f"{path}.{file}"
            text = self.value(table[file], where, replace(key, kind=Kind(self._content)))
            if text is not BAD:
                self._remember(where, text)
                text = self.value(text, where, key)
            yield key.name, text

    def _content(self, name: object) -> str:
        return read_secret_file(self.folder, name)

    def _remember(self, key: str, value: object) -> None:
        """Note what must not be shown; of an address that is only its password."""
        values = value if isinstance(value, list) else [value]
        for n, each in enumerate(values):
            secret = str(each).strip() if isinstance(each, str) else ""
            if "://" in secret:
                secret = _PASSWORD.findall(secret)[0] if _PASSWORD.findall(secret) else ""
            if secret:
                self.secrets[f"{key}[{n}]" if isinstance(value, list) else key] = secret


_PASSWORD = re.compile(r"://[^/@]*?:([^@]+)@")


def _from(variable: str | None, reason: Text) -> Text:
    return t("{reason} (from {variable})", reason=reason, variable=variable) if variable else reason


def _variable(value: object) -> str | None:
    """Return the environment variable that a value, or the first in a table, came from."""
    while isinstance(value, dict) and value:
        value = next(iter(value.values()))
    return value.variable if isinstance(value, EnvText) else None


def with_defaults(values: Mapping[str, Any], known: Iterable[Key]) -> dict[str, Any]:
    """Return the values with defaults for what is not there or wrong."""
    good = {name: value for name, value in values.items() if value is not BAD}
    return {key.name: key.kind(key.default) for key in known if key.default is not None} | good
