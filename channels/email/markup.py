"""The HTML of a mail: readable at any width, light or dark, and without pictures, scripts or anybody's markup.

Mail programs keep inline styles and drop much else, so what matters stands inline; the style sheet only adapts
it to dark screens where it is kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Literal

WIDTH = 560
"""Pixels; a longer line is hard to read."""
_FONT = "font-family:-apple-system,'Segoe UI','PingFang SC','Microsoft YaHei','Noto Sans SC',Helvetica,Arial,sans-serif"
_INK, _SOFT, _LINE, _EDGE, _PAPER = "#1c2430", "#55606f", "#c3cad4", "#7d8896", "#ffffff"
_ACCENT, _ON_ACCENT, _DANGER = "#0a5fb4", "#ffffff", "#a3261d"
_DARK = """
:root { color-scheme: light dark; supported-color-schemes: light dark; }
@media (prefers-color-scheme: dark) {
  .paper { background: #14181f !important; color: #e8ecf2 !important; }
  .ink { color: #e8ecf2 !important; }
  .soft { color: #a9b4c2 !important; }
  .line { border-color: #3a4452 !important; }
  .link { color: #7cb7f2 !important; }
  .plain { color: #e8ecf2 !important; border-color: #6b7889 !important; }
  .primary { background: #7cb7f2 !important; color: #0c1622 !important; border-color: #7cb7f2 !important; }
  .enter { color: #7cb7f2 !important; border-color: #7cb7f2 !important; }
  .danger { color: #ff9a8f !important; border-color: #ff9a8f !important; }
}
@media (max-width: 480px) { .choice { display: block !important; margin-right: 0 !important; } }
"""
_SAFE = re.compile(r"(?:https?://|tel:|mailto:)[^\s<>\"']+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Choice:
    """Something to tap that leads to a page."""

    label: str
    url: str
    style: Literal["plain", "primary", "danger", "enter"] = "plain"


@dataclass(frozen=True, slots=True)
class Reference:
    """A link in running text."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Page:
    """What a mail says, in the reader's words; every text here is plain."""

    language: str
    title: str
    lead: str
    parts: Sequence[tuple[Literal["para", "fact", "note", "choice"], str, str]]
    """In order: kind, label of a fact, text."""
    choices: Sequence[Choice] = ()
    hint: str = ""
    """Stands below the choices."""
    enter: Choice | None = None
    """Leads to the interview itself."""
    references: Sequence[Reference] = ()
    footer: Sequence[str] = ()
    stop: Reference | None = None


def write_page(page: Page) -> str:
    """Return a whole HTML document; whatever the texts hold, they stay text."""
    size = "font-size:20px;line-height:1.35" if len(page.lead) <= 160 else "font-size:16px;line-height:1.6"
    weight = "600" if len(page.lead) <= 160 else "400"
    body = [
        f'<h1 class="ink" style="margin:0 0 16px;{size};font-weight:{weight};color:{_INK}">{_text(page.lead)}</h1>',
        *_parts(page.parts),
        *_choices(page),
        *([f'<div style="margin:16px 0 8px">{_button(page.enter)}</div>'] if page.enter else []),
        *_references(page.references),
        *_footer(page),
    ]
    return "\n".join(
        [
            "<!doctype html>",
            f'<html lang="{escape(page.language)}">',
            "<head>",
            '<meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            '<meta name="color-scheme" content="light dark">',
            '<meta name="supported-color-schemes" content="light dark">',
            f"<title>{escape(page.title)}</title>",
            f"<style>{_DARK}</style>",
            "</head>",
            f'<body class="paper" style="margin:0;padding:0;background:{_PAPER};-webkit-text-size-adjust:100%">',
            # Outlook for Windows knows no max-width.
            f'<!--[if mso]><table role="presentation" align="center" width="{WIDTH}"><tr><td><![endif]-->',
            f'<div class="paper" style="box-sizing:border-box;max-width:{WIDTH}px;margin:0 auto;padding:24px 20px;'
            f'{_FONT};font-size:16px;line-height:1.6;color:{_INK};overflow-wrap:anywhere;word-break:break-word">',
            *body,
            "</div>",
            "<!--[if mso]></td></tr></table><![endif]-->",
            "</body>",
            "</html>",
            "",
        ]
    )


def _parts(parts: Iterable[tuple[str, str, str]]) -> Iterable[str]:
    """Yield the parts in order; facts that follow each other are one list."""
    is_listing = False
    for kind, label, text in parts:
        if is_listing and kind != "fact":
            yield "</dl>"
        if kind == "fact":
            if not is_listing:
                yield f'<dl class="line" style="margin:0 0 12px;padding:12px 0 0;border-top:1px solid {_LINE}">'
            yield f'<dt class="soft" style="margin:0;font-size:14px;line-height:1.4;color:{_SOFT}">{_text(label)}</dt>'
            yield f'<dd class="ink" style="margin:0 0 10px;font-weight:600;color:{_INK}">{_text(text)}</dd>'
        elif kind == "note":
            yield _small(text, 10)
        else:
            space = "6px" if kind == "choice" else "16px"
            yield f'<p class="ink" style="margin:0 0 {space};color:{_INK}">{_text(text)}</p>'
        is_listing = kind == "fact"
    if is_listing:
        yield "</dl>"


def _small(text: str, below: int) -> str:
    style = f"margin:0 0 {below}px;font-size:14px;line-height:1.5;color:{_SOFT}"
    return f'<p class="soft" style="{style}">{_text(text)}</p>'


_STYLES = {
    "primary": f"background:{_ACCENT};color:{_ON_ACCENT};border:1px solid {_ACCENT};font-weight:600",
    "plain": f"color:{_INK};border:1px solid {_EDGE}",
    "enter": f"color:{_ACCENT};border:2px solid {_ACCENT};font-weight:600",
    "danger": f"color:{_DANGER};border:1px solid {_DANGER}",
}


def _choices(page: Page) -> Iterable[str]:
    if not page.choices:
        return
    yield '<div style="margin:20px 0 8px">'
    yield from map(_button, page.choices)
    yield "</div>"
    if page.hint:
        yield _small(page.hint, 16)


def _button(choice: Choice) -> str:
    style = (
        "display:inline-block;box-sizing:border-box;margin:0 8px 10px 0;padding:11px 18px;border-radius:10px;"
        f"text-align:center;text-decoration:none;line-height:1.4;{_STYLES[choice.style]}"
    )
    href = f'class="choice {choice.style}" href="{_address(choice.url)}"'
    return f'<a {href} style="{style}">{_text(choice.label)}</a>'


def _references(references: Sequence[Reference]) -> Iterable[str]:
    if not references:
        return
    yield f'<ul class="line" style="list-style:none;margin:20px 0 0;padding:14px 0 0;border-top:1px solid {_LINE}">'
    for reference in references:
        yield f'<li class="ink" style="margin:0 0 10px;color:{_INK}">{_anchor(reference, "link", _ACCENT)}</li>'
    yield "</ul>"


def _footer(page: Page) -> Iterable[str]:
    lines = [_text(line) for line in page.footer]
    if page.stop is not None:
        lines.append(_anchor(page.stop, "soft", _SOFT))
    if lines:
        style = (
            f"margin:24px 0 0;padding:14px 0 0;border-top:1px solid {_LINE};font-size:13px;line-height:1.6"
        )
        yield f'<div class="soft line" style="{style};color:{_SOFT}">{"<br>".join(lines)}</div>'


def _anchor(reference: Reference, name: str, colour: str) -> str:
    if not _SAFE.fullmatch(reference.url):
        return f"{_text(reference.label)} {_text(reference.url)}"
    href = f'class="{name}" href="{_address(reference.url)}"'
    return f'<a {href} style="color:{colour}">{_text(reference.label)}</a>'


def _address(url: str) -> str:
    """Return an address fit for an attribute; one that could be anything else leads nowhere."""
    return escape(url) if _SAFE.fullmatch(url) else "#"


def _text(text: str) -> str:
    return escape(text).replace("\n", "<br>")
