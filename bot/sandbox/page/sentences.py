"""What the sandbox's page itself says, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping

from locales.text import Text, ct

SENTENCES: Mapping[str, Text] = {
    "title": ct("sandbox", "Turnout: the sandbox"),
    "simulated": ct("sandbox", "Everything here is simulated; nothing leaves this machine."),
    "scenarios": ct("sandbox", "Scenarios"),
    "play": ct("sandbox", "Play"),
    "reset": ct("sandbox", "Start over"),
    "pause": ct("sandbox", "Pause"),
    "resume": ct("sandbox", "Go on"),
    "step": ct("sandbox", "Next"),
    "next_due": ct("sandbox", "To the next thing due"),
    "hour": ct("sandbox", "+1 hour"),
    "day": ct("sandbox", "+1 day"),
    "wire": ct("sandbox", "On the wire"),
    "send": ct("sandbox", "Send"),
    "say": ct("sandbox", "Write as {name}"),
    "played_well": ct("sandbox", "The scenario is over; now it is yours: tap, write, let time pass."),
    "went_wrong": ct(
        "sandbox",
        "The scenario could not go on as told, because its course was changed. Go on by hand, or start over.",
    ),
}
"""By the name under which templates ask for them."""
