"""What contacts of employees need as configuration. Every refusal names the setting and the remedy."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from channels.tencent import company
from channels.tencent.company import CompanySettings, bad, read_company
from locales.text import t

KNOWN = (*company.KNOWN, "users")
MOST_USERS = 100
_REMEDY = t(
    "Write the userids of those whom candidates add, like {example}: admin console, 通讯录, the member, 账号.",
    example='"WangFang, LiNa"',
)


@dataclass(frozen=True, slots=True)
class Settings(CompanySettings):
    """The employees whom candidates add, and the app that hears of it, checked."""

    users: tuple[str, ...]
    """Userids of employees; a candidate adds one of them."""


def read_settings(config: Mapping[str, Any]) -> Settings:
    """Return a configuration, checked; raises BadSetting."""
    return Settings(**read_company(config, KNOWN), users=_users(config.get("users")))


def _users(given: object) -> tuple[str, ...]:
    listed: Sequence[object] = given if isinstance(given, list | tuple) else str(given or "").split(",")
    users = tuple(str(each).strip() for each in listed if str(each).strip())
    if not users:
        raise bad("users", t("they are missing"), _REMEDY)
    if len(users) > MOST_USERS:
        raise bad("users", t("there are more than {most}", most=str(MOST_USERS)), t("Name fewer."))
    if not all(re.fullmatch(r"[\w.@-]{1,64}", user, re.ASCII) for user in users):
        raise bad("users", t("one of them has not the right form"), _REMEDY)
    return users
