"""What WeCom's codes mean where a customer service account speaks.

developer.work.weixin.qq.com/document/path/90313, 94677, 94669.
"""

from __future__ import annotations

from collections.abc import Mapping

from channels.tencent.errors import OF_WECOM, Meaning
from locales.text import Text, t

CALLBACK_TOKEN = 95007
"""The token of a callback is older than ten minutes, or not the account's: messages are asked for without it."""
REPEATED = 40058
"""What the same `msgid` a second time is taken to bring; Tencent documents no code of its own for it."""
STATES = (95013, 95016, 95018)
"""The talk is in a state in which nothing can be sent by the API; which one, has to be asked."""

_ACCOUNT = t("Copy open_kfid anew: `turnout check --live` lists the accounts that the app may use.")
_APP = t("Add the app, and let it manage the account: admin console, 微信客服, API, 可调用接口的应用.")
_VERIFY = t("Have the company verified: admin console, 我的企业, 企业信息.")


def _stopped(why: Text, remedy: Text) -> Meaning:
    return Meaning("stopped", t("{why} {remedy}", why=why, remedy=remedy), "account")


_STATE = Meaning("closed", "Somebody of the company has the talk, or it has ended.", "chat")

OF_KF: Mapping[int, Meaning] = {
    **OF_WECOM,
    95000: _stopped(t("open_kfid is none."), _ACCOUNT),
    95003: _stopped(t("A company that is not verified may talk with so many people only."), _VERIFY),
    95004: _stopped(t("There is no such customer service account in this company."), _ACCOUNT),
    95011: _stopped(t("The secret is that of an older way to customer service."), _APP),
    95012: _stopped(t("The company does not use customer service in WeCom."), _APP),
    **dict.fromkeys(STATES, _STATE),
    95014: Meaning("refused", "somebody who is named as a servicer is none"),
    95015: Meaning("refused", "the account has servicers of its own"),
    95017: _stopped(t("The app may not use 微信客服."), _APP),
    95019: Meaning("closed", "Whoever should take the talk has stopped taking any.", "chat"),
    95023: _stopped(t("Another app may use 微信客服, and this one not."), _APP),
}

FAILURES: Mapping[int, tuple[str, bool]] = {
    0: ("unknown", False),
    1: ("account_deleted", True),
    2: ("app_closed", True),
    4: ("window_closed", False),
    5: ("session_closed", False),
    6: ("over_limit", False),
    8: ("not_verified", True),
    10: ("refused", False),
    11: ("nobody_logged_in", True),
    12: ("kind_not_allowed", False),
}
"""Why a message did not arrive that was accepted (94670, 消息发送失败事件), and whether somebody has to act."""
