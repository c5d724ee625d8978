"""The gate before XML: elements and texts. No document type, no depth, and no element that is asked for twice.

xmltodict, on which wechatpy reads callbacks, accepts a document type and 200,000 levels of nesting, and makes a list
of two elements with one name. XXE has happened on this very platform: CVE-2018-13439.
"""

from __future__ import annotations

from xml.etree.ElementTree import Element, ParseError, TreeBuilder

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from channels.base import Malformed, storable

DEEPEST = 8
"""A card's selected items are five levels deep, and nothing that is documented is deeper."""

_NO_CONTROLS = bytes(each if each >= 0x20 or each in b"\t\n\r" else 0x20 for each in range(0x100))
"""Spaces for what no XML may have: somebody's message that has it would be lost as a whole."""


def read_xml(body: bytes) -> Element:
    """Return the element `<xml>` of a callback; raises Malformed."""
    body = body.translate(_NO_CONTROLS).strip()
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        raise Malformed("not_utf8") from None
    # UTF-8, whatever a declaration says.
    parser = DefusedXMLParser(target=_Shallow(), encoding="utf-8", forbid_dtd=True)
    try:
        parser.feed(body)
        root: Element = parser.close()
    except DefusedXmlException:
        raise Malformed("document_type") from None
    except (ParseError, ValueError, LookupError):
        raise Malformed("not_xml") from None
    if root.tag != "xml":
        raise Malformed("not_a_callback")
    return root


def text_of(root: Element, path: str) -> str:
    """Return the text of the one element there, "" where there is none; raises Malformed."""
    found = root.findall(path)
    if len(found) > 1 or (found and len(found[0])):
        raise Malformed(f"{path.rpartition('/')[2].lower()}_twice" if len(found) > 1 else "not_a_text")
    return storable((found[0].text or "").strip()) if found else ""


def required(root: Element, path: str, longest: int = 128) -> str:
    """Return the text of the one element there, which is no longer than that; raises Malformed."""
    text = text_of(root, path)
    if not 0 < len(text) <= longest:
        raise Malformed(f"{path.rpartition('/')[2].lower()}")
    return text


class _Shallow(TreeBuilder):
    """Builds a tree that is not deep."""

    _depth = 0

    def start(self, tag: str, attrs: dict[str, str], /) -> Element:
        self._depth += 1
        if self._depth > DEEPEST:
            raise Malformed("too_deep")
        return super().start(tag, attrs)

    def end(self, tag: str, /) -> Element:
        self._depth -= 1
        return super().end(tag)
