"""The platforms a stage can be set with: how each is started, what its account needs, and who lives on it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from bot.clock import Clock
from bot.sandbox.contact import ContactStandIn
from bot.sandbox.kf import KfStandIn
from bot.sandbox.mail import MailStandIn
from bot.sandbox.people import Someone, StandIn
from bot.sandbox.slack import SlackStandIn
from bot.sandbox.sms import SmsStandIn
from bot.sandbox.telegram import TelegramStandIn
from bot.sandbox.wechat import WeChatStandIn
from bot.sandbox.wecom import WeComStandIn
from bot.sandbox.wecom.application import Application

WEBHOOK_SECRET = "sandbox-webhook-secret-0001"  # noqa: S105 - the sandbox's own

Setting: TypeAlias = "str | int | float | bool | Sequence[str] | Mapping[str, Setting]"


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody who is about to be on a platform."""

    name: str
    locale: str
    email: str = ""
    phone: str = ""


class Platform(Protocol):
    """A platform on a stage. Its account is always called `main`."""

    name: str
    has_buttons: bool
    """Whether one answers there; otherwise on our page."""
    is_invited: bool
    """Whether people have to come to the bot first, by a personal link."""
    is_open: bool
    """Whether one can write to the bot before it has written."""

    @property
    def stand_in(self) -> StandIn: ...

    @property
    def places(self) -> Mapping[str, str]:
        """What a story's configuration may name, with what it stands for."""

    def account(self, base: str) -> Mapping[str, Setting]:
        """Return what stands in `[channels.<name>.main]`, once the stand-in is started; `base` is our address."""

    def person(self, who: Newcomer) -> Someone: ...

    def refusals(self) -> Sequence[str]:
        """Return what was asked of the platform and not carried out, each in a line."""


class OnTelegram:
    """Telegram, with its updates sent to the webhook."""

    name = "telegram"
    has_buttons = True
    is_invited = True
    is_open = True

    def __init__(self, clock: Clock) -> None:
        self.stand_in = TelegramStandIn(clock)
        self.places: Mapping[str, str] = {}

    def account(self, base: str) -> Mapping[str, Setting]:
        return {
            "mode": "webhook",
            "username": self.stand_in.username,
            "token": self.stand_in.token,
            "api_base": self.stand_in.api_base,
            "webhook_secret": WEBHOOK_SECRET,
        }

    def person(self, who: Newcomer) -> Someone:
        code = "zh-hans" if who.locale == "zh_Hans" else who.locale
        return self.stand_in.person(who.name, language_code=code)

    def refusals(self) -> Sequence[str]:
        return [f"{each.method}: {each.description}" for each in self.stand_in.refused]


class OnSlack:
    """Slack, with everything sent to our address. People are found by their mailboxes."""

    name = "slack"
    has_buttons = True
    is_invited = False
    is_open = True

    def __init__(self, clock: Clock) -> None:
        self.stand_in = SlackStandIn(clock)
        self.channel = self.stand_in.channel("interviews")
        self.places = {"<slack-channel>": f"slack.main:{self.channel.id}"}

    def account(self, base: str) -> Mapping[str, Setting]:
        self.stand_in.listens(f"{base}/hooks/slack/main")
        return {
            "mode": "http",
            "token": self.stand_in.token,
            "signing_secret": self.stand_in.app.signing_secret,
            "api_base": f"{self.stand_in.api_base}/api",
        }

    def person(self, who: Newcomer) -> Someone:
        locale = "zh-CN" if who.locale == "zh_Hans" else "en-US"
        return self.stand_in.person(who.name, email=who.email, locale=locale)

    def refusals(self) -> Sequence[str]:
        calls = [f"{each.method}: {each.error}" for each in self.stand_in.refused]
        return [*calls, *self.stand_in.misplaced]


class OnSms:
    """Texts by a gateway, with phones behind it; answers are given on our page."""

    name = "sms"
    has_buttons = False
    is_invited = False
    is_open = True

    def __init__(self, clock: Clock) -> None:
        self.stand_in = SmsStandIn(clock)
        self.places: Mapping[str, str] = {}

    def account(self, base: str) -> Mapping[str, Setting]:
        self.stand_in.pushes_to(f"{base}/hooks/sms/main")
        account: Mapping[str, Setting] = self.stand_in.account()
        return account

    def person(self, who: Newcomer) -> Someone:
        number = who.phone if who.phone.startswith("+") or not who.phone else f"+86{who.phone}"
        return self.stand_in.person(who.name, number)

    def refusals(self) -> Sequence[str]:
        return [each.code for each in self.stand_in.refused]


class OnWeCom:
    """WeCom, for a company whose candidates are its members; they are found by userid, phone or mailbox."""

    name = "wecom"
    has_buttons = True
    is_invited = False
    is_open = True

    def __init__(self, clock: Clock) -> None:
        self.stand_in = WeComStandIn(clock)
        self.group = self.stand_in.robot("面试日报")
        self.places = {"<wecom-group>": "wecom.main:webhook:daily"}

    def account(self, base: str) -> Mapping[str, Setting]:
        self.stand_in.listens(f"{base}/hooks/wecom/main")
        return {
            **_keys(self.stand_in),
            "agentid": self.stand_in.agent_id,
            "robots": {"daily": self.group.key},
        }

    def person(self, who: Newcomer) -> Someone:
        return self.stand_in.person(who.name, mobile=who.phone, biz_mail=who.email)

    def refusals(self) -> Sequence[str]:
        dropped = [f"dropped: {each.why}" for each in self.stand_in.dropped]
        return [*_refusals(self.stand_in), *dropped, *self.stand_in.cut]


class OnWeChat:
    """A verified service account on WeChat, with two templates; people follow it by the code of their invitation."""

    name = "wechat"
    has_buttons = True
    is_invited = True
    is_open = True

    def __init__(self, clock: Clock) -> None:
        self.stand_in = WeChatStandIn(clock)
        self.places: Mapping[str, str] = {}
        self.reminder = self.stand_in.template(
            "面试提醒",
            "提醒事项：{{thing1.DATA}}\n面试岗位：{{thing2.DATA}}\n面试时间：{{time3.DATA}}\n距离开始：{{thing4.DATA}}",
        )
        self.others = self.stand_in.template(
            "面试进度通知", "通知事项：{{thing1.DATA}}\n公司名称：{{thing5.DATA}}\n当前状态：{{phrase2.DATA}}"
        )

    def account(self, base: str) -> Mapping[str, Setting]:
        self.stand_in.listens(f"{base}/hooks/wechat/main")
        self.stand_in.account.oauth.domain = base.partition("://")[2]
        return {
            "appid": self.stand_in.appid,
            "secret": self.stand_in.secret,
            "token": self.stand_in.callback_token,
            "aes_key": self.stand_in.aes_key,
            "api_base": self.stand_in.api_base,
            "templates": {
                "reminder": {
                    "id": self.reminder,
                    "kinds": ["reminder"],
                    "fields": {"thing1": "what", "thing2": "role", "time3": "time", "thing4": "countdown"},
                },
                "others": {
                    "id": self.others,
                    "kinds": ["*"],
                    "fields": {"thing1": "what", "thing5": "company", "phrase2": "state"},
                },
            },
        }

    def person(self, who: Newcomer) -> Someone:
        return self.stand_in.person(who.name, language="zh_CN" if who.locale == "zh_Hans" else "en")

    def refusals(self) -> Sequence[str]:
        stand_in = self.stand_in
        calls = [f"{each.method}: {(each.answer or {}).get('errmsg')}" for each in stand_in.refused]
        shown = [f"{each.name} read: {toast}" for each in stand_in.people for toast in each.toasts]
        return [*calls, *shown, *stand_in.cut, *stand_in.unreadable]


class OnKf:
    """微信客服: people on personal WeChat who come by a link, and are answered while a window is open."""

    name = "wecom_kf"
    has_buttons = True
    is_invited = True
    is_open = True

    def __init__(self, clock: Clock) -> None:
        self.stand_in = KfStandIn(clock)
        self.places: Mapping[str, str] = {}

    def account(self, base: str) -> Mapping[str, Setting]:
        self.stand_in.listens(f"{base}/hooks/wecom_kf/main")
        return {**_keys(self.stand_in), "open_kfid": self.stand_in.open_kfid}

    def person(self, who: Newcomer) -> Someone:
        return self.stand_in.person(who.name)

    def refusals(self) -> Sequence[str]:
        return _refusals(self.stand_in)


class OnContact:
    """客户联系: people on personal WeChat who add an employee, and are welcomed once; they answer on our page."""

    name = "wecom_contact"
    has_buttons = False
    is_invited = True
    is_open = False

    def __init__(self, clock: Clock) -> None:
        self.stand_in = ContactStandIn(clock)
        self.employee = self.stand_in.employee("WangFang")
        self.places: Mapping[str, str] = {}

    def account(self, base: str) -> Mapping[str, Setting]:
        self.stand_in.listens(f"{base}/hooks/wecom_contact/main")
        return {**_keys(self.stand_in), "users": self.employee}

    def person(self, who: Newcomer) -> Someone:
        return self.stand_in.person(who.name)

    def refusals(self) -> Sequence[str]:
        return _refusals(self.stand_in)


def _keys(app: Application) -> Mapping[str, Setting]:
    """Return what an application of a company on WeCom is configured with."""
    return {
        "corpid": app.corp_id,
        "secret": app.secret,
        "token": app.callback_token,
        "aes_key": app.aes_key,
        "api_base": app.api_base,
    }


def _refusals(app: Application) -> list[str]:
    calls = [f"{each.method}: {(each.answer or {}).get('errmsg')}" for each in app.refused]
    return [*calls, *app.unreadable]


class OnEmail:
    """E-mail through a server with everybody's mailboxes; answers are given on our page, or written back."""

    name = "email"
    has_buttons = False
    is_invited = False
    is_open = False

    def __init__(self, clock: Clock) -> None:
        self.stand_in = MailStandIn(clock)
        self.places: Mapping[str, str] = {}

    def account(self, base: str) -> Mapping[str, Setting]:
        self.stand_in.hook = f"{base}/hooks/email/main"
        return self.stand_in.account()

    def person(self, who: Newcomer) -> Someone:
        return self.stand_in.person(who.name, who.email)

    def refusals(self) -> Sequence[str]:
        return [f"{each.recipient}: {each.why}" for each in self.stand_in.refused]


PLATFORMS: Mapping[str, Callable[[Clock], Platform]] = {
    "telegram": OnTelegram,
    "slack": OnSlack,
    "email": OnEmail,
    "sms": OnSms,
    "wecom": OnWeCom,
    "wecom_kf": OnKf,
    "wecom_contact": OnContact,
    "wechat": OnWeChat,
}
"""By the name that stories and configuration use."""

LABELS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "telegram": "Telegram",
        "slack": "Slack",
        "email": "e-mail",
        "sms": "SMS",
        "page": "page",
        "wecom": "WeCom",
        "wecom_kf": "WeChat customer service",
        "wecom_contact": "contact on WeCom",
        "wechat": "WeChat",
    },
    "zh_Hans": {
        "telegram": "Telegram",
        "slack": "Slack",
        "email": "邮件",
        "sms": "短信",
        "page": "网页",
        "wecom": "企业微信",
        "wecom_kf": "微信客服",
        "wecom_contact": "客户联系",
        "wechat": "微信",
    },
}
"""How a transcript calls them."""


def written(platform: Platform, base: str) -> str:
    """Return an account as it stands in a configuration file."""
    keys = (f"{key} = {_written(value)}" for key, value in platform.account(base).items())
    return "\n".join(("", f"[channels.{platform.name}.main]", *keys, ""))


def _written(value: Setting) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_written(key)} = {_written(each)}" for key, each in value.items()) + " }"
    # Of texts, numbers, booleans and lists of them, JSON is TOML.
    return json.dumps(value, ensure_ascii=False)
