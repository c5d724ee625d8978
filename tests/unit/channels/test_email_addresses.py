"""Mailboxes and Message-IDs: what counts as one, and what only we can make."""

import pytest

from channels.email.addresses import canonical, on_wire
from channels.email.marks import Marks, read_ids

MARKS = Marks(b"a key", "example.com")


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("lilei@example.com", "lilei@example.com"),
        ("  LiLei@Example.COM ", "lilei@example.com"),
        ("a+b.c_d-e@mail.example.co.uk", "a+b.c_d-e@mail.example.co.uk"),
        ("ｌｉ@example.com", "li@example.com"),
        ("李雷@例子.中国", "李雷@例子.中国"),
        ("李雷@xn--fsqu00a.xn--fiqs8s", "李雷@例子.中国"),
        ("a@xn--fa-hia.de", "a@xn--fa-hia.de"),
        # The IDNA that Python knows makes fass.de of it, which is somebody else's.
        ("a@faß.de", None),
        ("", None),
        ("lilei", None),
        ("@example.com", None),
        ("lilei@", None),
        ("lilei@example", None),
        ("lilei@localhost", None),
        ("lilei@127.0.0.1", None),
        ("lilei@[127.0.0.1]", None),
        (".a@example.com", None),
        ("a..b@example.com", None),
        ("a b@example.com", None),
        ("a@b@example.com", None),
        ('"a b"@example.com', None),
        ("<a@example.com>", None),
        ("a@example.com\r\nBcc: b@example.com", None),
        ("a\u200b@example.com", None),
        ("a\u202eb@example.com", None),
        ("a@-example.com", None),
        ("a@exa_mple.com", None),
        ("a@example..com", None),
        ("a" * 65 + "@example.com", None),
        ("李" * 22 + "@example.com", None),
        ("a@" + "b." * 130 + "com", None),
        ("a@" + "é" * 70 + ".com", None),
    ],
)
def test_what_an_address_is(written: str, found: str | None) -> None:
    assert canonical(written) == found
    if found is not None:
        assert canonical(found) == canonical(on_wire(found)) == found


def test_international_domains_travel_in_ascii() -> None:
    assert on_wire("lilei@例子.中国") == "lilei@xn--fsqu00a.xn--fiqs8s"
    assert on_wire("李雷@例子.中国") == "李雷@xn--fsqu00a.xn--fiqs8s"


def test_a_send_has_one_name_for_each_recipient() -> None:
    name = MARKS.make("ab" * 16, "lilei@example.com")
    assert name == MARKS.make("ab" * 16, "lilei@example.com")
    assert name.startswith("ab" * 16 + ".")
    assert name.endswith("@example.com")
    others = {MARKS.make("ab" * 16, "han@example.com"), MARKS.make("cd" * 16, "lilei@example.com")}
    others.add(Marks(b"other", "example.com").make("ab" * 16, "lilei@example.com"))
    assert name not in others
    assert len({each.split(".")[1] for each in others} | {name.split(".")[1]}) == 4


def test_strange_requests_make_plain_names() -> None:
    for request in ("", "a b", "é", "x" * 100, "a.b", "a>\r\nBcc: x"):
        name = MARKS.make(request, "lilei@example.com")
        assert MARKS.find([f"<{name}>"], ["lilei@example.com"]) == (name, "lilei@example.com")


def test_only_our_own_are_found_and_only_for_their_recipient() -> None:
    name = MARKS.make("ab" * 16, "lilei@example.com")
    known = ["han@example.com", "lilei@example.com"]
    assert MARKS.find(["<x@y>", f"<{name}>"], known) == (name, "lilei@example.com")
    assert MARKS.find([f"< {name} >"], known) == (name, "lilei@example.com")
    for wrong in (
        name.replace("ab", "ac", 1),
        name[:40] + ("0" if name[40] != "0" else "1") + name[41:],
        name.replace("@", ".x@"),
        name.upper(),
        f"{name}, <x@y>",
        "",
        "." * 90,
    ):
        assert MARKS.find([wrong], known) is None
    assert MARKS.find([name], ["han@example.com"]) is None
    assert MARKS.find([name], []) is None
    assert Marks(b"other", "example.com").find([name], known) is None
    assert MARKS.find([MARKS.root("lilei@example.com")], known) is None


def test_ids_are_read_newest_first() -> None:
    assert read_ids("<a@b> (comment) <c@d>\t<e@f>") == ["<e@f>", "<c@d>", "<a@b>"]
    assert read_ids("a@b") == read_ids("<>") == read_ids("<a b@c>") == []
