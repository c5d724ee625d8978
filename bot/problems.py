"""What went wrong in words for the engineer, and what to do next."""

from __future__ import annotations


class Problem(Exception):
    """Something the person at the command line can mend: `what` is wrong, and the `remedy`."""

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(what)
        self.what = what
        self.remedy = remedy
