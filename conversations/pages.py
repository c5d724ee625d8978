"""Our own pages, as messages to staff lead to them."""

from __future__ import annotations

from conversations.messages import Link
from locales.text import ct

MY_PAGE = Link("hr", ct("button", "Open the figures"))
"""The page of figures: each message brings its reader a link of their own; in a group it is left out."""
