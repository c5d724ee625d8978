"""Keeps the .po files in step with the code: `python -m locales.messages`, and `--check` for CI."""

from __future__ import annotations

import argparse
import io
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from babel import Locale
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import PoFileError, read_po, write_po

from locales.catalogue import SOURCE, is_offered
from locales.extract import Sentence, extract

ROOT = Path(__file__).parent.parent
PLACEHOLDER = re.compile(r"\{(\w+)\}")


def updated(po: str, name: str | None, sentences: Iterable[Sentence]) -> str:
    """Return a .po file's text with exactly these sentences and the translations it had.

    Its head stays word for word; English is filled with the sentences themselves; None is the template.
    """
    head = po.partition("\n\n")[0].rstrip()
    old, new = read_po(io.StringIO(po), locale=name), Catalog(locale=name)
    for sentence in sentences:
        id_ = (sentence.msgid, sentence.plural) if sentence.plural else sentence.msgid
        had = old.get(sentence.msgid, sentence.context)
        kept = had if had and isinstance(had.id, str) == isinstance(id_, str) and name else Message(id_)
        string = id_ if name == SOURCE and not any(_forms(kept)) else kept.string
        flags, comments = {"fuzzy"} & kept.flags, kept.user_comments
        place = [(sentence.file, sentence.line)]
        new.add(id_, string, place, flags, user_comments=comments, context=sentence.context)
    for message in new:
        message.flags -= {"python-format", "python-brace-format"}
    body = io.BytesIO()
    write_po(body, new, width=0, omit_header=True, include_lineno=False)
    return f"{head}\n\n{body.getvalue().decode()}".rstrip() + "\n"


def problems(po: str, name: str, sentences: Iterable[Sentence], glossary: Mapping[str, Any]) -> Iterator[str]:
    """Yield what keeps a language from being offered; a draft need not be complete, only right."""
    try:
        catalog = read_po(io.StringIO(po), locale=name, abort_invalid=True)
    except PoFileError as error:
        yield f"cannot be read: {error}"
        return
    wanted = {sentence.key: sentence for sentence in sentences}
    had = {(message.context, _msgid(message)): message for message in catalog if message.id}
    unsaid = [message for key, message in had.items() if key not in wanted]
    for msgid in map(_msgid, (*unsaid, *catalog.obsolete.values())):
        yield f"{msgid!r} is said nowhere any more: run python -m locales.messages"
    for key in wanted:
        message = had.get(key)
        if message is None:
            yield f"{key[1]!r} is missing: run python -m locales.messages"
        elif message.fuzzy:
            yield f"{key[1]!r} is fuzzy: check its translation and take the mark away"
        elif all(_forms(message)):
            yield from (f"{key[1]!r}: {wrong}" for wrong in _wrong(message))
            yield from (f"{key[1]!r}: {wrong}" for wrong in _against(glossary.get(name, {}), message))
        elif is_offered(po):
            yield f"{key[1]!r} has no translation"


def _wrong(message: Message) -> Iterator[str]:
    msgids = _ids(message)
    allowed = set().union(*map(_placeholders, msgids))
    needed = _placeholders(msgids[-1]) - ({"n"} if len(msgids) > 1 else set())
    for form in _forms(message):
        if unknown := _placeholders(form) - allowed:
            yield f"its translation asks for {_braced(unknown)}, which the sentence does not have"
        if lost := needed - _placeholders(form):
            yield f"its translation leaves out {_braced(lost)}"


def _against(glossary: Mapping[str, Any], message: Message) -> Iterator[str]:
    for form in _forms(message):
        for rule in glossary.get("never", ()):
            if found := re.search(rule["pattern"], form):
                yield f"never say {found[0]!r}: {rule['instead']}"
        for term in glossary.get("term", ()):
            english = re.search(rf"(?i)(?<!\w)({term['english']})(?!\w)", _msgid(message))
            if english and not any(word in form for word in term["say"]):
                yield f"{english[0]!r} is said as {' or '.join(term['say'])}"


def _said(root: Path) -> tuple[list[Sentence], list[str]]:
    """Return the sentences of the code, and what is wrong with how they are written there."""
    found = extract(root)
    return [sentence for sentence in found if sentence.msgid], list(_misused(found))


def _misused(sentences: Iterable[Sentence]) -> Iterator[str]:
    plurals: dict[tuple[str | None, str], str | None] = {}
    for sentence in sentences:
        place = f"{sentence.file}:{sentence.line}"
        asked = _placeholders(sentence.msgid) | _placeholders(sentence.plural or "")
        if not sentence.msgid:
            yield f"{place}: write the words themselves here, and what varies as a {{value}}"
        if sentence.values is not None and asked - sentence.values:
            yield f"{place}: {sentence.msgid!r} is not given its {_braced(asked - sentence.values)}"
        if sentence.msgid and plurals.setdefault(sentence.key, sentence.plural) != sentence.plural:
            yield f"{place}: {sentence.msgid!r} is said elsewhere with another plural: use one, or a context"


def _ids(message: Message) -> tuple[str, ...]:
    return (message.id,) if isinstance(message.id, str) else tuple(message.id)


def _msgid(message: Message) -> str:
    return _ids(message)[0]


def _forms(message: Message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string or ())


def _placeholders(text: str) -> set[str]:
    return set(PLACEHOLDER.findall(text))


def _braced(names: Iterable[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in sorted(names))


_HEAD = r"""# {language}.
msgid ""
msgstr ""
"Language: {name}\n"
"MIME-Version: 1.0\n"
"Content-Type: text/plain; charset=utf-8\n"
"Content-Transfer-Encoding: 8bit\n"
"Plural-Forms: {plurals}\n"
"X-Offered: no\n"

"""


def new_language(name: str) -> str:
    """Return the head of a .po file for a language that is not offered yet."""
    plurals = Catalog(locale=name).plural_forms
    return _HEAD.format(language=Locale.parse(name).english_name, name=name, plurals=plurals)


def check(root: Path = ROOT) -> list[str]:
    """Return everything that is wrong with the words of the house, each with its remedy."""
    sentences, found = _said(root)
    glossary = tomllib.loads((root / "locales/glossary.toml").read_text("utf-8"))
    for path in sorted((root / "locales").glob("*.po")):
        found += (
            f"{path.name}: {p}" for p in problems(path.read_text("utf-8"), path.stem, sentences, glossary)
        )
    template = (root / "locales/turnout.pot").read_text("utf-8")
    known = {(message.context, _msgid(message)) for message in read_po(io.StringIO(template)) if message.id}
    if known != {sentence.key for sentence in sentences}:
        found.append("turnout.pot is out of date: run python -m locales.messages")
    return found


def update(root: Path = ROOT) -> list[str]:
    """Write the sentences of the code into the template and every language; return the files changed."""
    sentences, _ = _said(root)
    changed = []
    for path in sorted((root / "locales").glob("*.po*")):
        before = path.read_text("utf-8")
        after = updated(before, path.stem if path.suffix == ".po" else None, sentences)
        if after != before:
            path.write_text(after, "utf-8")
            changed.append(path.name)
    return changed


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; return its exit status."""
    parser = argparse.ArgumentParser("python -m locales.messages", description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing, exit 1 if anything is wrong")
    parser.add_argument("--new", metavar="LANGUAGE", help="begin a language, such as de or zh_Hant")
    given = parser.parse_args(arguments)
    try:
        if given.check:
            print("\n".join(found := check()) or "words: all in order")
            return 1 if found else 0
        if given.new:
            (ROOT / f"locales/{given.new}.po").write_text(new_language(given.new), "utf-8")
        print("changed: " + (", ".join(update()) or "nothing"))
    except SyntaxError as error:
        print(f"{error.filename}:{error.lineno}: nothing done, because this is not Python: {error.msg}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
