"""A mail's HTML reduced to what is safe to show: words, lists, tables, emphasis and links; nothing is loaded."""

from __future__ import annotations

from html.parser import HTMLParser

from markupsafe import Markup, escape

from bot.sandbox.page.markup import Leads

_KEPT = frozenset("p b i em u s ul ol li dl dt dd br hr blockquote table tbody tr td th pre code".split())
_HEADS = frozenset({"h1", "h2", "h3", "h4"})
_VOID = frozenset({"br", "hr"})
_UNSEEN = frozenset({"head", "style", "script", "title", "template", "svg"})


def letter(html: str, leads: Leads) -> Markup:
    """Return a mail's HTML without styles, scripts, pictures and everything unknown; our choices are buttons."""
    reader = _Letter(leads)
    reader.feed(html)
    reader.close()
    return reader.made()


class _Letter(HTMLParser):
    """Builds the safe part of a document."""

    def __init__(self, leads: Leads) -> None:
        super().__init__(convert_charrefs=True)
        self._leads = leads
        self._parts: list[Markup] = []
        self._open: list[str] = []
        self._unseen = 0
        self._href: str | None = None
        self._label = ""
        self._is_button = False

    def made(self) -> Markup:
        ends = (Markup("</{}>").format(tag) for tag in reversed(self._open))
        return Markup("").join([*self._parts, *ends])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        if tag in _UNSEEN or "display:none" in (known.get("style") or "").replace(" ", ""):
            self._unseen += tag not in ("meta", "link", "img", "br")
        elif self._unseen:
            # What is inside something unseen ends with it; void elements have no end.
            self._unseen += tag not in ("meta", "link", "img", "br", "hr", "input")
        elif tag == "a":
            self._href, self._label = known.get("href"), ""
            self._is_button = "choice" in (known.get("class") or "").split()
        elif tag == "img" and known.get("alt"):
            self._parts.append(Markup('<span class="file">{}</span>').format(known["alt"]))
        elif tag in _VOID:
            self._parts.append(Markup("<{}>").format(tag))
        elif shown := _shown(tag):
            self._open.append(shown)
            self._parts.append(Markup("<{}>").format(shown))

    def handle_endtag(self, tag: str) -> None:
        if self._unseen:
            self._unseen -= 1
        elif tag == "a" and self._href is not None:
            link = self._leads(" ".join(self._label.split()), self._href)
            self._parts.append(
                Markup('<span class="opens">{}</span>').format(link) if self._is_button else link
            )
            self._href = None
        elif (shown := _shown(tag)) in self._open:
            while self._open:
                ended = self._open.pop()
                self._parts.append(Markup("</{}>").format(ended))
                if ended == shown:
                    break

    def handle_data(self, data: str) -> None:
        if self._unseen:
            return
        if self._href is not None:
            self._label += data
        else:
            self._parts.append(escape(data))


def _shown(tag: str) -> str:
    """Return what stands for an element on the page; the page has headings of its own."""
    return "strong" if tag in (*_HEADS, "strong") else tag if tag in _KEPT else "div" if tag == "div" else ""
