"""A dry run as people read it: a table of the rows that `verdicts.to_json` describes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text as Styled

from bot.importing.problems import in_english
from locales.text import Text, ct

_STYLES = {"new": "green", "changed": "yellow", "unchanged": "dim", "bad": "bold red"}
_NAMES = {
    "new": ct("verdict", "new"),
    "changed": ct("verdict", "changed"),
    "unchanged": ct("verdict", "unchanged"),
    "bad": ct("verdict", "bad"),
}
_HEADINGS = (
    ct("verdict", "Row"),
    ct("verdict", "Verdict"),
    ct("verdict", "Who or what"),
    ct("verdict", "Column"),
    ct("verdict", "Why, and what to do"),
)


def print_rows(
    rows: Iterable[Mapping[str, Any]], console: Console, say: Callable[[Text], str] = in_english
) -> None:
    """Print the rows as a table, everything that is wrong with a row below each other, its notes last."""
    table = Table(*map(say, _HEADINGS), header_style="bold")
    for row in rows:
        told = [(row["column"], row["reason"]), *((one["column"], one["reason"]) for one in row["also"])]
        told += [("", note) for note in row["notes"]]
        first = (str(row["row"]), say(_NAMES[row["verdict"]]), row["label"])
        for column, why in [one for one in told if one[1]] or [("", "")]:
            number, verdict, label = first
            # Styled, because a plain string would be read as markup, and cells are somebody's data.
            style = _STYLES[row["verdict"]]
            table.add_row(Styled(number), Styled(verdict, style), Styled(label), Styled(column), Styled(why))
            first = ("", "", "")
    console.print(table)
