"""Phone numbers: what can be texted, and how it is written."""

import pytest

from bot.importing.cells import read_phone
from bot.importing.problems import Unclear
from channels.sms.numbers import e164, national, of_provider


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("13800138000", "+8613800138000"),
        ("138 0013 8000", "+8613800138000"),
        ("+86 138-0013-8000", "+8613800138000"),
        ("0086 13800138000", "+8613800138000"),
        ("8613800138000", "+8613800138000"),
        ("１３８００１３８０００", "+8613800138000"),
        ("+49 30 901820", "+4930901820"),
        ("+852 6123 4567", "+85261234567"),
        ("+44 (0)20 7946 0018", "+442079460018"),
        ("021-55550000", None),
        ("+86 21 5555 0000", None),
        ("400-820-8820", None),
        ("+8613800", None),
        ("12800138000", None),
        ("lilei@example.com", None),
        ("", None),
        ("+", None),
    ],
)
def test_what_can_be_texted(written: str, number: str | None) -> None:
    assert e164(written) == number
    # Lists are read by the same rules, but may hold numbers that can only be called.
    if number is not None:
        assert read_phone(written) == number


@pytest.mark.parametrize(
    "written", ["13800138000", "8613800138000", "4930901820", "+4930901820", "85261234567"]
)
def test_providers_leave_out_the_plus(written: str) -> None:
    assert of_provider(written) == "+" + ("86" * (len(written) == 11 and written[0] == "1")) + written.lstrip(
        "+"
    )


def test_only_mainland_mobiles_have_a_national_form() -> None:
    assert national("+8613800138000") == "13800138000"
    assert [national(each) for each in ("+85261234567", "+862155550000", "13800138000")] == [None] * 3


def test_what_lists_refuse_is_not_texted() -> None:
    for written in ("021-55550000", "400-820-8820", "1.38E+10"):
        with pytest.raises(Unclear):
            read_phone(written)
        assert e164(written) is None
