"""The .po files beside this module, read in memory at first use: sentences, plurals, languages offered."""

from __future__ import annotations

import gettext
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from babel import Locale
from babel.core import get_global
from babel.messages.pofile import read_po

from locales.text import Text

SOURCE = "en"
"""The language that sentences are written in; what has no translation is said in it."""


class BadSentence(KeyError):
    """A sentence asks for a value that was not given, or for a count that is no number."""

    def __str__(self) -> str:
        return str(self.args[0])


@dataclass(frozen=True, slots=True)
class Catalogue:
    """One language: its formats, its finished translations, its plural rule."""

    name: str
    formats: Locale
    sentences: Mapping[tuple[str | None, str, str | None], tuple[str, ...]]
    plural: Callable[[int], int]

    def find(self, text: Text) -> str | None:
        """Return the words for a sentence with its {values} still open, or None where none are finished."""
        forms = self.sentences.get((text.context, text.msgid, text.plural))
        return (forms and forms[self.plural(_count(text)) if text.plural else 0]) or None

    def words(self, text: Text) -> str:
        """Return the words for a sentence, those of its English msgid if there are no others."""
        if text.plural is None:
            return self.find(text) or text.msgid
        return self.find(text) or (text.msgid if _count(text) == 1 else text.plural)


def parse_catalogue(name: str, po: str) -> Catalogue:
    """Read a .po file's text; what is fuzzy or half translated counts as untranslated."""
    catalog = read_po(po.splitlines(keepends=True), locale=name, abort_invalid=True)
    sentences = {}
    for message in catalog:
        forms = (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
        msgid, plural = (message.id, None) if isinstance(message.id, str) else message.id[:2]
        if msgid and forms and all(forms) and not message.fuzzy:
            sentences[message.context, msgid, plural] = forms
    return Catalogue(name, Locale.parse(name), sentences, gettext.c2py(catalog.plural_expr))


@lru_cache(maxsize=64)
def catalogue(locale: str) -> Catalogue:
    """Return the catalogue nearest to a language tag; a language not offered yet goes by its exact name."""
    name = locale if locale in _files() else best_locale(locale)
    return _read(name)


def best_locale(tag: str | None, offered: Iterable[str] | None = None, default: str = SOURCE) -> str:
    """Return the offered language nearest to a tag as platforms and browsers write it, or `default`.

    Languages must agree; then script counts, then territory: zh, zh_CN and zh-hans-SG all find zh_Hans,
    and so does zh-TW where there is no zh_Hant. `offered` is LOCALES if not given.
    """
    return _best(tag or "", LOCALES if offered is None else tuple(offered), default)


@lru_cache(maxsize=1024)
def _best(tag: str, offered: tuple[str, ...], default: str) -> str:
    wanted = _subtags(tag)
    same_language = [name for name in offered if wanted[0] and _subtags(name)[0] == wanted[0]]
    return max(same_language, key=lambda name: _nearness(_subtags(name), wanted), default=default)


def _nearness(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[bool, ...]:
    return tuple(a == b for a, b in zip(one[1:], other[1:], strict=True))


_TONGUES: Mapping[str, str] = {"yue": "zh", "wuu": "zh", "hak": "zh", "nan": "zh", "no": "nb"}


def _subtags(tag: str) -> tuple[str, str, str]:
    """Return (language, script, territory) of a tag, the likely ones where it is silent."""
    language, *rest = re.split(r"[-_]", re.split(r"[.@]", tag.strip())[0])
    script = next((part.title() for part in rest if re.fullmatch(r"[A-Za-z]{4}", part)), "")
    territory = next((part.upper() for part in rest if re.fullmatch(r"[A-Za-z]{2}|\d{3}", part)), "")
    language = language.lower()
    language = _TONGUES.get(language) or str(get_global("language_aliases").get(language, language))
    known = get_global("likely_subtags")
    likely = str(known.get(f"{language}_{territory}") or known.get(language) or "").split("_")
    return language, script or "".join(likely[1:2]), territory or "".join(likely[2:3])


def _count(text: Text) -> int:
    n = text.params.get("n")
    if not isinstance(n, int):
        raise BadSentence(f"{text.msgid!r} has a plural and needs a whole number n, not {n!r}: write nt(…)")
    return n


@lru_cache(maxsize=1)
def _files() -> Mapping[str, str]:
    found = (entry for entry in files("locales").iterdir() if entry.name.endswith(".po"))
    return {
        entry.name[:-3]: entry.read_text(encoding="utf-8") for entry in sorted(found, key=lambda e: e.name)
    }


@lru_cache(maxsize=64)
def _read(name: str) -> Catalogue:
    return parse_catalogue(name, _files()[name])


def is_offered(po: str) -> bool:
    """Tell whether a .po file's header offers its language, which promises that it is complete."""
    return '"X-Offered: yes\\n"' in po.partition("\n\n")[0]


LOCALES: tuple[str, ...] = tuple(name for name, po in _files().items() if is_offered(po))
"""The complete languages, kept complete by `python -m locales.messages --check`."""
