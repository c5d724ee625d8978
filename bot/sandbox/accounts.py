"""Accounts that channels can be made with to show what they would send: for previews and golden files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from channels import load
from channels.base import Channel

ACCOUNTS: Mapping[str, Mapping[str, Any]] = {
    "console": {},
    "telegram": {"token": "1:abcdefgh"},
    "slack": {"token": "xoxb-1-2-Abc", "app_token": "xapp-1-A1-Abc"},
    "email": {"host": "smtp.example.com", "from": "interviews@example.com"},
    "sms": {
        "provider": "http",
        "url": "https://gateway.example.com/messages",
        "body": '{"to": "{to}", "text": "{text}"}',
        "hook_secret": "sample-hook-secret",
        "inbound": {"number": "/from", "text": "/text"},
    },
    "wechat": {
        "appid": "wx0123456789abcdef",
        "secret": "sample-appsecret-sample-appsecret",
        "token": "samplewechattoken",
        "aes_key": "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789abcdefg",
        "templates": {
            "reminder": {
                "id": "sample-template-of-reminders",
                "kinds": ["reminder"],
                "fields": {"thing1": "what", "time2": "time", "thing3": "countdown", "thing4": "role"},
            },
            "others": {
                "id": "sample-template-of-all-others",
                "kinds": ["*"],
                "fields": {"thing1": "what", "phrase2": "state"},
            },
        },
    },
    "wecom": {
        "corpid": "ww0123456789abcdef",
        "agentid": 1000002,
        "secret": "sample-secret-sample-secret-sample-secret-s",
        "token": "sampletoken",
        "aes_key": "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
    },
    "wecom_kf": {
        "corpid": "ww0123456789abcdef",
        "secret": "sample-secret-sample-secret-sample-secret-k",
        "token": "sampletokenkf",
        "aes_key": "bbcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
        "open_kfid": "wkSampleSampleSampleSample",
    },
    "wecom_contact": {
        "corpid": "ww0123456789abcdef",
        "secret": "sample-secret-sample-secret-sample-secret-c",
        "token": "sampletokencontact",
        "aes_key": "cbcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
        "users": "WangFang, LiNa",
    },
}


def channel(name: str, now: Callable[[], datetime]) -> Channel:
    """Return a channel that renders as it would for an account called `main`, and reaches nobody."""
    return load(name)(f"{name}.main", ACCOUNTS[name], now)
