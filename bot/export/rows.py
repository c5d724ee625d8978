"""What is known of each attempt that is taken away, and how much of it whoever asks may have."""

from __future__ import annotations

from dataclasses import dataclass

from conversations.figures import AttemptFacts


@dataclass(frozen=True, slots=True)
class Exported:
    """One attempt: the facts that figures count, and whose it is, as it may be told here."""

    facts: AttemptFacts
    n: int
    """Which attempt of the interview it is."""
    name: str
    phone: str
    recruiter: str = ""
