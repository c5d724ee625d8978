"""Why somebody did not come, in words."""

from __future__ import annotations

from collections.abc import Mapping

from conversations.interview import Reason
from locales.text import Text, ct

REASONS: Mapping[Reason | None, Text] = {
    Reason.FORGOT: ct("reason", "forgot the time"),
    Reason.TECHNICAL: ct("reason", "technical problem"),
    Reason.CAME_UP: ct("reason", "something came up"),
    Reason.UNCLEAR: ct("reason", "notice was unclear"),
    Reason.OTHER_OFFER: ct("reason", "took another offer"),
    Reason.PRIVATE: ct("reason", "would rather not say"),
    Reason.OTHER: ct("reason", "another reason"),
    None: ct("reason", "reason unknown"),
}
