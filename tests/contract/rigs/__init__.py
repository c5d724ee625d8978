"""How each channel is set up on a stand-in of its platform. A channel without a rig fails the suite."""

from __future__ import annotations

from tests.contract.rigs.base import Rig, Seen, Trouble
from tests.contract.rigs.console import ConsoleRig
from tests.contract.rigs.email import EmailByHook, EmailByMailbox
from tests.contract.rigs.slack import SlackByHttp, SlackBySocket
from tests.contract.rigs.sms import SmsByAliyun, SmsByGateway
from tests.contract.rigs.telegram import TelegramByPolling, TelegramByWebhook, TelegramRig
from tests.contract.rigs.wechat import WeChatByTemplate, WeChatInWindow
from tests.contract.rigs.wecom import WeComRig
from tests.contract.rigs.wecom_contact import ContactRig
from tests.contract.rigs.wecom_kf import KfRig
from tests.contract.rigs.wecom_webhook import WebhookRig

__all__ = ["RIGS", "Rig", "Seen", "TelegramRig", "Trouble"]

RIGS: tuple[type[Rig], ...] = (
    TelegramByWebhook,
    TelegramByPolling,
    ConsoleRig,
    EmailByHook,
    EmailByMailbox,
    SlackByHttp,
    SlackBySocket,
    SmsByAliyun,
    SmsByGateway,
    WeComRig,
    WebhookRig,
    KfRig,
    ContactRig,
    WeChatByTemplate,
    WeChatInWindow,
)
