"""Requests to WeCom's API as the app that may use customer contacts. Imported only when something is asked."""

from __future__ import annotations

from channels.tencent.company_wire import CompanyWire


class Wire(CompanyWire):
    """One app's connection."""

    posts = ("externalcontact/send_welcome_msg",)
