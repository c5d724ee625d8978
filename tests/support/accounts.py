"""The least that an account of each channel can be set up with."""

from bot.sandbox.accounts import ACCOUNTS

__all__ = ["ACCOUNTS"]
