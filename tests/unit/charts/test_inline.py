"""Charts inside a page: nothing in them can run, load or refer."""

import re
from xml.etree.ElementTree import fromstring

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.charts.drawing import Studio
from bot.charts.inline import LOOKS, SHAPES, inline
from bot.charts.spec import spec_of
from tests.unit.charts.test_specs import PICTURES, reader

HOSTILE = """<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="9" height="9"
 viewBox="0 0 9 9" onload="alert(1)" style="position:fixed">
<script>alert(1)</script><style>*{display:none}</style><foreignObject><body xmlns="http://www.w3.org/1999/xhtml"/></foreignObject>
<image href="https://example.com/x.png"/><use href="#a"/><a href="javascript:alert(1)"><text>x</text></a>
<g aria-label="group" role="graphics-object" clip-path="url(#a)" fill="url(https://example.com)">
<text x="1" fill="#000">甲 &amp; 乙</text></g>
<text opacity="0">unseen</text></svg>"""


def test_only_shapes_and_words_stay() -> None:
    made = inline(HOSTILE.encode(), 'Rate "9.8%" <b>')
    root = fromstring(made)
    assert {element.tag.rpartition("}")[2] for element in root.iter()} <= SHAPES
    assert {name for element in root.iter() for name in element.attrib} <= LOOKS | {
        "class",
        "role",
        "aria-label",
    }
    assert "".join(root.itertext()).strip() == "甲 & 乙"
    assert root.attrib["aria-label"] == 'Rate "9.8%" <b>'
    assert not re.search(r"script|href|url\(|style|onload|javascript|width=", made)


async def test_every_picture_goes_into_a_page_and_keeps_its_words() -> None:
    specs = [spec_of(picture, reader("zh_Hans")) for picture in PICTURES.values()]
    for spec, svg in zip(specs, await Studio(deadline=60).draw(specs, "svg"), strict=True):
        root = fromstring(inline(svg, "alt"))
        assert root.attrib["viewBox"] == f"0 0 {spec['width']} {spec['height']}"
        assert "".join(spec["title"]["text"]) in "".join(root.itertext())
        assert "font-family" not in inline(svg, "alt")


def test_what_is_no_svg_is_refused() -> None:
    with pytest.raises(ValueError, match="no SVG"):
        inline(b"<html/>", "alt")


@given(st.text())
def test_no_alternative_text_breaks_out(alt: str) -> None:
    made = inline(b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>', alt)
    assert made.count("<") == 1
