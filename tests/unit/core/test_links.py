"""Tokens: signed, bound to whom they were shown to, expiring; anything else is refused and never raises."""

import base64
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.links import BUTTON_LIFE, BadToken, Links, whom
from tests.support.toys import HOUR, NOW, uid

LINKS = Links(b"k" * 32, "https://turnout.example/")
OTHERS = Links(b"o" * 32, "https://turnout.example")
ME = whom(uid("me"), "", "")
DAY = timedelta(days=1)


def refusal(read: object, *args: object) -> str:
    assert callable(read)
    with pytest.raises(BadToken) as bad:
        read(*args)
    return bad.value.reason


@given(st.uuids(), st.integers(0, 70_000), st.integers(1, 9), st.text(max_size=300), st.integers(0, 3650))
def test_a_button_always_fits_and_comes_back_as_it_went(
    session: UUID, turn: int, choice: int, chat: str, days: int
) -> None:
    now = NOW + timedelta(days=days)
    bound = whom(None, "telegram.main", chat.encode("utf-8", "replace").decode())
    value = LINKS.button(session, turn, choice, bound, now)
    assert len(value.encode()) <= 64
    picked = LINKS.read_button(value, (ME, bound), now)
    assert (picked.session, picked.choice, picked.turn) == (session, choice, turn & 0xFFFF)


def test_a_button_is_bound_to_the_person_or_the_place() -> None:
    for bound in (ME, whom(None, "telegram.main", "-100")):
        value = LINKS.button(uuid4(), 3, 2, bound, NOW)
        somebody = (
            whom(uuid4(), "", ""),
            whom(None, "telegram.main", "-101"),
            whom(None, "telegram.other", "-100"),
        )
        assert refusal(LINKS.read_button, value, somebody, NOW) == "not_theirs"
        assert refusal(LINKS.read_button, value, (), NOW) == "not_theirs"


def test_a_place_cannot_be_spelled_like_a_person() -> None:
    assert whom(None, "a", "b:c") == whom(None, "a:b", "c")  # accounts are configured, and hold no colon
    assert whom(uid("me"), "x", "y") == ME


def test_a_button_expires() -> None:
    value = LINKS.button(uuid4(), 3, 2, ME, NOW)
    assert LINKS.read_button(value, (ME,), NOW + BUTTON_LIFE).turn == 3
    assert refusal(LINKS.read_button, value, (ME,), NOW + BUTTON_LIFE + DAY) == "expired"


def test_a_forged_button_is_refused() -> None:
    value = LINKS.button(uid("session"), 3, 2, ME, NOW)
    head, choice, row, mac = value.split(".")
    other_row = LINKS.button(uid("session"), 4, 2, ME, NOW).split(".")[2]
    for forged in (
        f"{head}.3.{row}.{mac}",
        f"{head}.{choice}.{other_row}.{mac}",
        f"{head}.{choice}.{row}.{mac[:-2]}",
        f"{head}.{choice}.{row}.",
        OTHERS.button(uid("session"), 3, 2, ME, NOW),
    ):
        assert refusal(LINKS.read_button, forged, (ME,), NOW) in ("not_theirs", "not_ours")


@pytest.mark.parametrize(
    "value",
    ["", ".", "v1", "v1.1.a", "v2.1.a.b", "v1.10.a.b", "v1.x.a.b", "v1.²..", "v1.１..", "v1.1.ü.ü", "v1.1.!!.!!",
     "v1.1..", "\x00", "v1.1.\ud800.a", "a" * 100_000],
)  # fmt: skip
def test_what_is_no_button_of_ours_is_refused(value: str) -> None:
    assert refusal(LINKS.read_button, value, (ME,), NOW) == "not_ours"


def token(purpose: str = "go", links: Links = LINKS) -> str:
    return links.page(purpose, uid("interview"), NOW + HOUR).rpartition("/")[2]


def test_a_page_opens_for_whom_and_what_it_was_made_until_it_expires() -> None:
    url = LINKS.page("go", uid("interview"), NOW + HOUR)
    assert url.startswith("https://turnout.example/go/")
    for now in (NOW, NOW + HOUR - timedelta(seconds=1)):
        opened = LINKS.read_page("go", token(), now)
        assert opened.interview == uid("interview")
        assert opened.expires_at == NOW + HOUR
    assert refusal(LINKS.read_page, "go", token(), NOW + HOUR) == "expired"


def test_a_page_token_opens_no_other_page_and_no_other_installation() -> None:
    assert refusal(LINKS.read_page, "my", token(), NOW) == "not_ours"
    assert refusal(OTHERS.read_page, "go", token(), NOW) == "not_ours"
    assert refusal(LINKS.read_page, "go", LINKS.button(uid("s"), 1, 1, ME, NOW), NOW) == "not_ours"
    assert refusal(LINKS.read_button, token(), (ME,), NOW) == "not_ours"


def test_a_page_token_is_no_longer_than_a_text_messages_template_takes() -> None:
    assert len(token()) == 35


@given(st.integers(0, 10_000), st.integers(0, 7))
def test_no_bit_of_a_page_token_can_be_changed(place: int, bit: int) -> None:
    raw = bytearray(base64.urlsafe_b64decode(token() + "="))
    raw[place % len(raw)] ^= 1 << bit
    changed = base64.urlsafe_b64encode(bytes(raw)).rstrip(b"=").decode()
    assert refusal(LINKS.read_page, "go", changed, NOW) == "not_ours"


def test_a_page_token_is_written_in_one_way_only() -> None:
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    for letter in letters.replace(token()[-1], ""):
        assert refusal(LINKS.read_page, "go", token()[:-1] + letter, NOW) == "not_ours"


_shapes = st.one_of(
    st.text(max_size=200),
    st.from_regex(r"v1\.[0-9]\.[\w-]{0,40}\.[\w-]{0,40}", fullmatch=True),
    st.builds(lambda a, b: f"{a}.{b}", st.text("AZaz09-_=.", max_size=60), st.text("AZaz09-_=", max_size=30)),
    st.binary(max_size=100).map(lambda raw: raw.decode("latin-1")),
    st.text(st.characters(categories=["Cs", "Nd", "No"]), max_size=30),
)


@given(_shapes)
def test_reading_whatever_comes_raises_nothing_but_bad_token(value: str) -> None:
    for read in (
        lambda: LINKS.read_button(value, (ME,), NOW),
        lambda: LINKS.read_page("go", value, NOW),
    ):
        with pytest.raises(BadToken):
            read()


def test_a_personal_link_is_the_same_whenever_it_is_made_and_tells_nothing() -> None:
    token = LINKS.invite_token(uid("interview"))
    assert token == LINKS.invite_token(uid("interview"))
    assert token != LINKS.invite_token(uid("other"))
    assert token != OTHERS.invite_token(uid("interview"))
    assert len(token) == 22  # 128 bits
