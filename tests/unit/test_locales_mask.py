"""Personal details as a group may see them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from locales.mask import mask_email, mask_name, mask_phone


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("李雷", "李*"),
        ("王小明", "王**"),
        ("欧阳娜娜", "欧阳**"),
        ("司马光", "司马*"),
        ("欧阳", "欧*"),
        ("阿依古丽·买买提", "阿**"),
        ("李雷 Leo", "李*"),
        ("Anna Smith", "Anna S."),
        ("Anna Maria van Smith", "Anna S."),
        ("Smith, Anna", "Anna S."),
        ("  Anna   Smith ", "Anna S."),
        ("Anna", "A**"),
        ("김철수", "김**"),
        ("李", "李"),
        ("", ""),
    ],
)
def test_names(name: str, masked: str) -> None:
    assert mask_name(name) == masked


@pytest.mark.parametrize(
    ("phone", "masked"),
    [
        ("13812341234", "138****1234"),
        ("138 1234 1234", "138****1234"),
        ("138-1234-1234", "138****1234"),
        ("+8613812341234", "+86 138****1234"),
        ("86 138 1234 1234", "+86 138****1234"),
        ("+1 415 555 0199", "+141****0199"),
        ("010-62345678", "010****5678"),
        ("62345678", "****78"),
        ("12345", "****"),
        ("", "****"),
    ],
)
def test_phones(phone: str, masked: str) -> None:
    assert mask_phone(phone) == masked


@pytest.mark.parametrize(
    ("email", "masked"),
    [
        ("anna.smith@example.com", "a***@example.com"),
        ("li@example.com", "***@example.com"),
        ("李雷雷@example.com", "李***@example.com"),
        ("not an address", "***"),
    ],
)
def test_emails(email: str, masked: str) -> None:
    assert mask_email(email) == masked


@given(st.text(max_size=30))
def test_masking_never_fails(text: str) -> None:
    mask_name(text), mask_phone(text), mask_email(text)


@given(st.text("0123456789", min_size=6, max_size=15))
def test_four_digits_of_a_phone_stay_hidden(phone: str) -> None:
    assert sum(character.isdigit() for character in mask_phone(phone)) <= max(len(phone) - 3, 2)
