"""Requests to WeCom's API as the app that may use customer service. Imported only when something is asked."""

from __future__ import annotations

from channels.tencent.company_wire import CompanyWire
from channels.wecom_kf.errors import OF_KF


class Wire(CompanyWire):
    """One app's connection.

    wechatpy's own methods for customer service put some messages under wrong names: all is asked for by `ask`.
    """

    posts = ("kf/send_msg", "kf/send_msg_on_event")
    meanings = OF_KF
