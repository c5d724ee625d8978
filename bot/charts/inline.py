"""A chart for a page: SVG with shapes and words only, in the page's own type, named for those who do not see it."""

from __future__ import annotations

from xml.etree.ElementTree import Element, tostring

from defusedxml.ElementTree import fromstring

SVG = "http://www.w3.org/2000/svg"
SHAPES = frozenset({"svg", "g", "path", "text", "tspan", "rect", "line", "circle"})
"""All else goes: scripts, styles, links, pictures, what refers to something."""
LOOKS = frozenset(
    "transform d x y x1 x2 y1 y2 dx dy width height rx ry cx cy r viewBox fill fill-opacity stroke stroke-width "
    "stroke-opacity stroke-dasharray stroke-linecap stroke-linejoin stroke-miterlimit opacity "
    "text-anchor font-size font-weight font-style".split()
)


def inline(svg: bytes, alt: str) -> str:
    """Return an SVG to be put into HTML; it fills the width it is given and says `alt` to a screen reader.

    No attribute may hold more than numbers, colours and words: nothing in it can run, load or refer.
    Raises ValueError for what is none.
    """
    old = fromstring(svg.decode())
    if _name(old) != "svg":
        raise ValueError("this is no SVG")
    new = _kept(old)
    for size in ("width", "height"):
        new.attrib.pop(size, None)
    new.attrib.update({"xmlns": SVG, "class": "chart", "role": "img", "aria-label": _line(alt)})
    return tostring(new, encoding="unicode")


def _kept(old: Element) -> Element:
    new = Element(_name(old), {name: value for name, value in old.attrib.items() if _is_plain(name, value)})
    new.text = old.text
    new.extend(_kept(child) for child in old if _is_seen(child))
    return new


def _is_seen(element: Element) -> bool:
    return _name(element) in SHAPES and element.get("opacity") != "0"


def _is_plain(name: str, value: str) -> bool:
    return name in LOOKS and "url(" not in value and ":" not in value


def _name(element: Element) -> str:
    space, _, name = str(element.tag).rpartition("}")
    return name if space in ("", "{" + SVG) else ""


def _line(text: str) -> str:
    """Return a text without what XML cannot hold."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
