"""What our pages for people share: templates, their one style sheet, headers, and words in the reader's language."""

from __future__ import annotations

import gzip
import re
from collections.abc import Mapping
from functools import cache
from hashlib import sha256

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from locales.catalogue import LOCALES, best_locale
from locales.text import Reader, Text
from locales.translate import render

HEADERS = {
    "Cache-Control": "no-store",
    # Entering leads on to the meeting's own address, which Chromium counts as the form's action too.
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self' data:; "
    "form-action 'self' https: http:; frame-ancestors 'none'; base-uri 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow",
}
LANGUAGE_NAMES: Mapping[str, str] = {
    "zh_Hans": "简体中文",
    "zh_Hant": "繁體中文",
    "en": "English",
    "ja": "日本語",
}
"""What languages call themselves."""

_LONGEST_PREFERENCE = 200
_TAG = re.compile(r"[A-Za-z]{1,8}(?:[-_][A-Za-z0-9]{1,8}){0,3}")

_templates = Environment(
    loader=PackageLoader("bot.web", "pages"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def show(
    template: str,
    reader: Reader,
    words: Mapping[str, Text],
    *,
    root: str,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    **values: object,
) -> HTMLResponse:
    """Return a page: `words` in the reader's language, and `values` as they are; the template escapes all of it.

    `root` is the path under which the internet finds us, without a slash at its end.
    """
    html = written(template, reader, words, root=root, **values)
    return HTMLResponse(html, status, {**HEADERS, **(headers or {})})


def written(template: str, reader: Reader, words: Mapping[str, Text], *, root: str, **values: object) -> str:
    """Return the HTML of a page, as `show` answers with it."""
    said = {name: render(text, reader) for name, text in words.items()}
    return _templates.get_template(template).render(
        lang=reader.locale.replace("_", "-"),
        root=root,
        style=f"{root}/page.css?{style()[0]}",
        figures_style=f"{root}/figures.css?{style('figures.css')[0]}",
        **said,
        **values,
    )


_CSS_COMMENT = re.compile(r"/\*.*?\*/", re.S)
_CSS_SPACE = re.compile(r"\s*([{};,>])\s*")


@cache
def style(name: str = "page.css") -> tuple[str, str]:
    """Return a style sheet as it is served, after a name for this version of it."""
    source, _, _ = _templates.loader.get_source(_templates, name)  # type: ignore[union-attr]
    served = _CSS_SPACE.sub(r"\1", _CSS_COMMENT.sub("", source))
    return sha256(served.encode()).hexdigest()[:8], served


def sheet(request: Request, name: str = "page.css") -> Response:
    return small(style(name)[1].encode(), "text/css", "max-age=86400", request)


def small(data: bytes, media_type: str, cache_control: str, request: Request) -> Response:
    """Return what every visitor gets alike, compressed for whoever takes it so."""
    headers = {"Cache-Control": cache_control, "X-Content-Type-Options": "nosniff", "Vary": "Accept-Encoding"}
    if "gzip" in request.headers.get("accept-encoding", ""):
        data, headers["Content-Encoding"] = _compressed(data), "gzip"
    return Response(data, media_type=media_type, headers=headers)


@cache
def _compressed(data: bytes) -> bytes:
    return gzip.compress(data, 9, mtime=0)


def preferred(accept_language: str) -> str | None:
    """Return the tag a browser wants most, of what an Accept-Language header lists; None when it wants nothing."""
    best, weight = None, 0.0
    for item in accept_language[:_LONGEST_PREFERENCE].split(","):
        tag, _, quality = item.strip().partition(";")
        number = quality.strip().removeprefix("q=")
        q = 1.0 if not quality else float(number) if re.fullmatch(r"[01](?:\.[0-9]{1,3})?", number) else 0.0
        if q > weight and _TAG.fullmatch(tag.strip()):
            best, weight = tag.strip(), q
    return best


def language(accept_language: str) -> str:
    """Return the language of ours that is nearest to what a browser wants."""
    return best_locale(preferred(accept_language), LOCALES)
