"""What the sandbox's page itself says, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping

from locales.text import Text, ct

SENTENCES: Mapping[str, Text] = {
    "title": ct("sandbox", "Turnout: the sandbox"),
    "simulated": ct("sandbox", "Everything here is simulated: no message leaves this machine."),
    "language": ct("sandbox", "Language"),
    "scenarios": ct("sandbox", "Scenarios"),
    "play": ct("sandbox", "Play"),
    "reset": ct("sandbox", "Start over"),
    "pause": ct("sandbox", "Pause"),
    "resume": ct("sandbox", "Go on"),
    "step": ct("sandbox", "Next step"),
    "clock": ct("sandbox", "The sandbox's clock, in Shanghai"),
    "stands": ct("sandbox", "stands still"),
    "next": ct("sandbox", "To what is due next"),
    "hour": ct("sandbox", "+1 hour"),
    "day": ct("sandbox", "+1 day"),
    "told": ct("sandbox", "What is happening"),
    "windows": ct("sandbox", "Who sees what"),
    "earlier": ct("sandbox", "{n} earlier messages"),
    "wire": ct("sandbox", "On the wire"),
    "wire_about": ct(
        "sandbox", "Every request between Turnout and the platforms, in their own formats, the newest first."
    ),
    "to_platform": ct("sandbox", "to {platform}"),
    "from_platform": ct("sandbox", "from {platform}"),
    "cut": ct("sandbox", "cut off"),
    "question": ct("sandbox", "Request"),
    "response": ct("sandbox", "Answer"),
    "replay": ct("sandbox", "Send it again"),
    "state": ct("sandbox", "What Turnout knows"),
    "outbox": ct("sandbox", "Waiting to be sent"),
    "nothing": ct("sandbox", "Nothing yet."),
    "send": ct("sandbox", "Send"),
    "write": ct("sandbox", "Write as {name}"),
    "attempt": ct("sandbox", "Appointment {n}: {when}"),
    "empty": ct("sandbox", "No messages yet."),
    "others": ct("sandbox", "Also there"),
    "menu": ct("sandbox", "Menu"),
    "speaker": ct("sandbox", "Who speaks"),
    "more": ct("sandbox", "What else they can do"),
    "paste": ct("sandbox", "An invitation or a link"),
    "follow": ct("sandbox", "Open"),
    "invitation": ct("sandbox", "Invite to: I-1001"),
    "come": ct("sandbox", "Come"),
    "edited": ct("sandbox", "edited"),
    "only_you": ct("sandbox", "only they see this"),
    "close": ct("sandbox", "Close"),
    "one_click": ct("sandbox", "With an unsubscription by one click in its head."),
    "segments": ct("sandbox", "{n} texts, {signs} characters"),
    "new_tab": ct("sandbox", "in a tab of its own"),
    "no_page": ct("sandbox", "No page is open in this browser."),
    "broken": ct("sandbox", "This part cannot be shown now ({error}). Start over if it stays so."),
    "wrong_how": ct("sandbox", "What was expected"),
    "played_well": ct("sandbox", "The scenario is over, and the stage is yours: tap, write, let time pass."),
    "went_wrong": ct(
        "sandbox",
        "The scenario could not go on as told, because its course was changed. Go on by hand, or start over.",
    ),
}
"""By the name under which templates ask for them."""
