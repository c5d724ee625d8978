"""What an export hides from who has not asked for whole names, or may not have them."""

from __future__ import annotations

import re

from locales.mask import mask_email, mask_name, mask_phone

_EMAIL = re.compile(r"[^\s@]+@[^\s@]+")
_NUMBER = re.compile(r"\+?\d(?:[\s-]?\d){6,}[Xx]?")
"""A phone number, an identity card: seven digits or more."""


class Mask:
    """Tells names, phones and other words as they may be told."""

    def __init__(self, *, is_whole: bool) -> None:
        self.is_whole = is_whole

    def name(self, name: str) -> str:
        return name if self.is_whole else mask_name(name)

    def phone(self, phone: str) -> str:
        return phone if self.is_whole or not phone else mask_phone(phone)

    def words(self, words: str) -> str:
        """Return the company's own words, such as a tag, without addresses and long numbers."""
        if self.is_whole:
            return words
        hidden = _EMAIL.sub(lambda found: mask_email(found[0]), words)
        return _NUMBER.sub(lambda found: mask_phone(found[0]), hidden)
