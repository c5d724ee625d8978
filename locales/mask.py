"""Personal details as they may be shown in a group or a digest: enough to recognise, too little to use."""

from __future__ import annotations

import re

_HAN = "\u3400-\u9fff"
_SURNAMES_OF_TWO = re.compile(
    "欧阳|歐陽|司马|司馬|上官|诸葛|諸葛|东方|東方|皇甫|尉迟|尉遲|公孙|公孫|慕容|令狐|长孙|長孫|宇文|司徒|夏侯|轩辕|端木"
    "|独孤|南宫|西门|申屠|太史|澹台|公羊|赫连|钟离|闻人|濮阳|淳于|单于|仲孙|公冶|宗政|百里|呼延|东郭"
)


def mask_name(name: str) -> str:
    """Return a name with the given name hidden: 李雷 → 李*, 欧阳娜娜 → 欧阳**, Anna Smith → Anna S."""
    name = " ".join(name.split())
    if match := re.match(f"[{_HAN}]+", name):
        return _mask_after(match[0], 2 if len(match[0]) > 2 and _SURNAMES_OF_TWO.match(match[0]) else 1)
    first, _, rest = name.partition(" ")
    if "," in first and rest:  # Smith, Anna
        first, rest = rest.partition(" ")[0], first.strip(",")
    if rest:
        return f"{first} {rest.split()[-1][0]}."
    return _mask_after(name, 1)


def mask_phone(phone: str) -> str:
    """Return a phone number with its middle hidden: 13812341234 → 138****1234."""
    digits = re.sub(r"\D", "", phone)
    if len(digits) == 13 and digits.startswith("86"):
        return f"+86 {digits[2:5]}****{digits[-4:]}"
    if len(digits) >= 10:
        return f"{'+' if phone.strip().startswith('+') else ''}{digits[:3]}****{digits[-4:]}"
    return f"****{digits[-2:] if len(digits) >= 6 else ''}"


def mask_email(email: str) -> str:
    """Return an address with its owner hidden: anna.smith@example.com → a***@example.com."""
    owner, at, domain = email.strip().rpartition("@")
    if not at:
        return "***"
    return f"{owner[0] if len(owner) > 2 else ''}***@{domain}"


def _mask_after(word: str, shown: int) -> str:
    return word[:shown] + "*" * min(2, len(word) - shown)
