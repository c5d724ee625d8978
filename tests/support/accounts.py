"""The least that an account of each channel can be set up with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

ACCOUNTS: Mapping[str, Mapping[str, Any]] = {
    "console": {},
    "email": {"host": "smtp.example.com", "from": "interviews@example.com"},
    "slack": {"token": "xoxb-1-2-Abc", "app_token": "xapp-1-A1-Abc"},
    "sms": {"provider": "http", "url": "https://sms.example.com/send?to={to}&text={text}"},
    "telegram": {"token": "1:abcdefgh"},
}
