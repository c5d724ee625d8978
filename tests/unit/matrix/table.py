"""Who may what. Whoever adds a command or a button adds its line here: what is not listed is refused by the tests.

`own` recruits for the interview in question, `other` recruits for others. A candidate and a stranger may nothing of
all this, so they stand nowhere.
"""

from __future__ import annotations

from tests.support.staff_scenes import ADA, HAN, RUI, SAM, VERA, candidate, staff

OTHER = staff("Roy", *RUI.roles)
"""Another recruiter."""
CANDIDATE = candidate()
WHO = {
    "admin": ADA,
    "hr": HAN,
    "own": RUI,
    "other": OTHER,
    "support": SAM,
    "viewer": VERA,
    "candidate": CANDIDATE,
    "stranger": None,
}

_ALL = "admin hr own other support viewer"
_LOOK = "admin hr own support viewer"
_FIGURES = "admin hr own other viewer"
_CASES = "admin hr own support"
_DECIDE = "admin hr own"

COMMANDS: dict[str, str] = {
    "help": _ALL,
    "whoami": _ALL,
    "list": _ALL,
    "tomorrow": _ALL,
    "no-shows": _ALL,
    "show I-1024": _LOOK,
    "why I-1024": _LOOK,
    "plan I-1024": _LOOK,
    "slots": "admin hr own other support",
    "risk": "admin hr own other support",
    "remind I-1024": _DECIDE,
    "confirm I-1024": _DECIDE,
    "joined I-1024": _CASES,
    "noshow I-1024": _DECIDE,
    "undo I-1024": _CASES,
    "move I-1024 2026-12-01T10:00": _CASES,
    "rebook I-1024": _DECIDE,
    "cancel I-1024": _DECIDE,
    "pause I-1024": _DECIDE,
    "resume I-1024": _DECIDE,
    "link I-1024": _DECIDE,
    "take C-1024": _DECIDE,
    "assign C-1024 me": _DECIDE,
    "handoff C-1024 hr": _DECIDE,
    "close C-1024": _DECIDE,
    "write C-1024": _DECIDE,
    "handback C-1024": _DECIDE,
    "stats": _FIGURES,
    "reasons": _FIGURES,
    "trend": _FIGURES,
    "report 2026-10-01": _FIGURES,
    "standard": _FIGURES,
    "export": _FIGURES,
    "export --whole": "admin hr",
    "page": _ALL,
    "digest": "admin hr own other",
    "weekly": "admin hr own other",
    "monthly": "admin hr own other",
    "quarterly": "admin hr own other",
    "import": "admin hr",
    "add": "admin hr own other",
    "slots add 2026-12-02 10:00": "admin hr",
    "slots close 2026-12-01 10:00": "admin hr",
    "reveal I-1024": "admin hr own",
    "preview I-1024 24h": _LOOK,
    "test-send I-1024 24h": _DECIDE,
    "invite I-1024": _DECIDE,
    "audit": "admin hr",
    "health": "admin hr",
    "role list": "admin",
    "role grant @roy admin": "admin",
    "role revoke @roy": "admin",
    "config get": "admin hr",
    "config set grace 15m": "admin",
    "config back 1": "admin",
}
"""By what is typed, who gets it done. The case C-1024 is a no-show's, which support does not look after."""

_NO_SHOW = "admin hr own"
_SUPPORT = "admin hr support"
_TEAM = "admin hr"
_RECRUITERS = "admin hr own other"
_ORDERS = "admin hr own other support"

BUTTONS: dict[str, str] = {
    "alert.card.rebook": _NO_SHOW,
    "alert.card.dismiss": _NO_SHOW,
    "alert.card.undo": _NO_SHOW,
    "alert.card.take": _NO_SHOW,
    "alert.card.release": _NO_SHOW,
    "alert.card.write": _NO_SHOW,
    "alert.card.give": _NO_SHOW,
    "alert.card.number": _NO_SHOW,
    "alert.list.open": _NO_SHOW,
    "alert.list.page": _RECRUITERS,
    "alert.list.refresh": _RECRUITERS,
    "support.card.take": _SUPPORT,
    "support.card.release": _SUPPORT,
    "support.card.close": _SUPPORT,
    "support.card.rebook": _SUPPORT,
    "support.card.write": _SUPPORT,
    "support.card.give": _SUPPORT,
    "support.card.number": _SUPPORT,
    "checklist.card.toggle": _TEAM,
    "checklist.card.page": _TEAM,
    "checklist.card.done": _TEAM,
    "by_hand.task.sent": _NO_SHOW,
    "by_hand.task.not_sent": _NO_SHOW,
    "by_hand.task.number": _NO_SHOW,
    "together.list.open": _ORDERS,
    "together.list.page": _ORDERS,
    "hr_digest.day.nudge": _NO_SHOW,
    "hr_digest.day.call": _NO_SHOW,
    "hr_digest.day.take": _NO_SHOW,
    "hr_survey.ask.score": _TEAM,
    "hr_survey.ask.skip": _TEAM,
    "adding.ask.fill": _RECRUITERS,
    "adding.ask.no": _RECRUITERS,
    "adding.typed.no": _RECRUITERS,
    "adding.sure.yes": _RECRUITERS,
    "adding.sure.change": _RECRUITERS,
    "adding.sure.no": _RECRUITERS,
    "importing.preview.apply": _TEAM,
    "importing.preview.more": _TEAM,
    "importing.preview.no": _TEAM,
    "choose.ask.pick": _LOOK,
    "whom.ask.to": _DECIDE,
    "relay.thread.back": _CASES,
    "relay.thread.settled": _CASES,
    "relay.chat.back": _CASES,
    "relay.chat.settled": _CASES,
    "aside.ask.yes": _CASES,
    "aside.ask.no": _CASES,
    "aside.ask.list": _TEAM,
    "confirm.ask.yes": _DECIDE,
    "confirm.ask.no": _ORDERS,
    "moving.when.choose": _ORDERS,
    "moving.when.no": _ORDERS,
    "moving.typed.no": _ORDERS,
    "batch.preview.yes": _DECIDE,
    "batch.preview.no": _ORDERS,
    "batch.waiting.undo": _ORDERS,
    "batch.progress.undo": _ORDERS,
    "batch.over.undo": _ORDERS,
    "take_back.sure.yes": _ORDERS,
    "take_back.sure.no": _ORDERS,
    "configuring.ask.yes": "admin",
    "configuring.ask.no": "admin",
}
"""By `dialog.step.action`, who gets it done: on a team's card whoever of these presses it, on what somebody was
asked in private only they themselves, and only while they still have the right."""


def allowed(who: str, line: str) -> bool:
    return who in line.split()
