"""Every step with buttons that staff can have before them, as it stands in the database when somebody presses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from conversations.batch import Batch, BatchState
from conversations.book import Book
from conversations.commands import COMMANDS
from conversations.commands.add import Draft
from conversations.commands.orders import Matter
from conversations.dialog import Session
from conversations.dialogs import DIALOGS
from conversations.digest import DigestFacts, OpenCase, TodayLine, plain
from conversations.findings import CaseFound, LedgerEntry, Target
from conversations.identity import Person
from conversations.interview import Case, CaseKind, CaseState, Outcome, State
from tests.support.staff_scenes import (
    ADA,
    HAN,
    NOW,
    POLICY,
    RUI,
    SAM,
    START,
    VERA,
    Stage,
    case,
    id_of,
    target,
)
from tests.unit.matrix.table import OTHER

BOOK = Book.of(DIALOGS, COMMANDS)
MISSED: dict[str, Any] = {"state": State.NO_SHOW, "outcome": Outcome.NO_SHOW, "flagged_at": NOW}
ONE = target(recruiter=RUI.id, **MISSED)
"""A no-show that Rui recruits for."""
COMING = target(1025, "韩梅", recruiter=RUI.id, starts_at=START + timedelta(days=1))
"""An interview of tomorrow, of Rui's as well."""

Made = tuple[Stage, Session]
Make = Callable[[Person, str], Made]


def shown(at: str, action: str, to: Person) -> Made:
    """Return the stage on which somebody sees a step with this button; `action` may carry an argument."""
    return _MAKERS[at](to, action)


def _stage(one: Target, cases: tuple[Case, ...] = (), **found: Any) -> Stage:
    usual: dict[str, Any] = {
        **dict.fromkeys(("targets", "selected", "members", "interviews"), (one,)),
        "ledger": (LedgerEntry(one),),
        "cases": tuple(CaseFound(each, one) for each in cases),
        "team": (HAN, SAM, ADA, RUI, VERA, OTHER),
        "threads": ("telegram.main",),
        "batch": _batch(HAN),
        "last_batch": None,
        "next_batch": 2,
        "digest_lines": {},
    }
    return Stage(one, cases, book=BOOK, found={**usual, **found})


def _has(played: Stage, holder: str, subject: str, at: str, action: str, data: Mapping[str, Any]) -> Made:
    dialog, _, step = at.partition(".")
    session = Session(id_of("shown"), holder, subject, dialog, step, 1, (action,), NOW, data=data)
    played.sessions[holder, subject] = session
    return played, session


def _alert(to: Person, action: str) -> Made:
    made = case(ONE.interview)
    if action in ("release", "write", "give"):
        # What only whoever has the case in hand is offered.
        made = replace(made, state=CaseState.TAKEN, owner=to.id, owner_name=to.name, taken_at=NOW)
    return _has(_stage(ONE, (made,)), "team:hr", f"case:{made.id}", "alert.card", action, {})


def _alerts(to: Person, action: str) -> Made:
    flag = {"interview": str(ONE.interview.id), "label": "I-1024", "name": "李雷", "role": "Java", "news": "",
            "at": START.isoformat(), "zone": POLICY.zone, "attempt": str(ONE.interview.attempt.id)}  # fmt: skip
    played = _stage(ONE, (case(ONE.interview),))
    argued = f"open:{ONE.interview.id}" if action == "open" else action
    return _has(played, "team:hr", "alerts:1", "alert.list", argued, {"flags": [flag] * 5, "page": 1})


def _support(to: Person, action: str) -> Made:
    made = case(COMING.interview, CaseKind.TECHNICAL)
    if action in ("release", "close"):
        made = replace(made, state=CaseState.TAKEN, owner=to.id, owner_name=to.name, taken_at=NOW)
    return _has(_stage(COMING, (made,)), "team:support", f"case:{made.id}", "support.card", action, {})


def _checklist(to: Person, action: str) -> Made:
    entry = {"interview": str(ONE.interview.id), "label": "I-1024", "name": "李雷", "role": "Java",
             "at": START.isoformat(), "zone": POLICY.zone, "entered": "", "came": False}  # fmt: skip
    argued = f"toggle:{ONE.interview.id}" if action == "toggle" else action
    data = {"entries": [entry], "page": 1, "round": 1}
    return _has(_stage(ONE), "team:hr", "checklist:1", "checklist.card", argued, data)


def _by_hand(to: Person, action: str) -> Made:
    data = {"rung": "24h", "attempt": str(COMING.interview.attempt.id), "until": START.isoformat(),
            "channels": ["wecom_kf"], "outcome": ""}  # fmt: skip
    return _has(_stage(COMING), "team:hr", f"by_hand:{COMING.interview.id}", "by_hand.task", action, data)


def _together(to: Person, action: str) -> Made:
    made = case(COMING.interview, CaseKind.TECHNICAL)
    entry = {"holder": "team:support", "subject": f"case:{made.id}", "step": "support.card",
             "interview": str(COMING.interview.id), "label": "I-1025", "name": "韩梅", "role": "Java",
             "at": START.isoformat(), "zone": POLICY.zone, "listed_at": NOW.isoformat()}  # fmt: skip
    played, argued = _stage(COMING, (made,)), "open:0" if action == "open" else action
    data = {"of": "support", "items": [entry] * 5, "page": 1}
    return _has(played, "team:support", "supports:1", "together.list", argued, data)


def _digest(to: Person, action: str) -> Made:
    made = case(ONE.interview)
    line = TodayLine(1025, "韩梅", START, POLICY.zone, "Java", ("unconfirmed",), COMING.interview.id)
    waiting = OpenCase(
        1024, CaseKind.NO_SHOW, 1024, "李雷", timedelta(hours=1), None, made.id, ONE.interview.id
    )
    facts = DigestFacts("hr", NOW.date(), NOW.date(), NOW.date(), today=(line,), open_cases=(waiting,))
    played = _stage(ONE, (made,), members=(COMING,))
    argued = "take:C-1024" if action == "take" else f"{action}:I-1025"
    data = {"facts": plain(facts), "nudged": {}, "stood": {}, "zone": POLICY.zone}
    return _has(played, "team:hr", "digest:hr:2026-11-24", "hr_digest.day", argued, data)


def _own(at: str, subject: str, data: Mapping[str, Any], one: Target = COMING) -> Make:
    """Return the maker of what somebody was asked in private."""

    def make(to: Person, action: str) -> Made:
        arguments = {"pick": "pick:I-1025", "score": "score:5", "to": f"to:person:{RUI.id}", "more": "more:2"}
        is_talk = at.startswith(("relay.", "aside."))
        owner = to if is_talk else HAN
        held = case(ONE.interview, state=CaseState.TAKEN, owner=owner.id, owner_name=owner.name, taken_at=NOW)
        cases = (held,) if one is ONE else ()
        named = subject.format(case=held.id)
        kept = {**data, "case": str(held.id)} if is_talk else data
        played = _stage(
            one, cases, somebody=(RUI,), batch=_batch(to, state=_STATES.get(at, BatchState.WAITING))
        )
        return _has(played, f"person:{to.id}", named, at, arguments.get(action, action), kept)

    return make


def _batch(by: Person, **changes: Any) -> Batch:
    made = Batch(id_of("batch"), 1, by.id, "remind", (COMING.interview.id,), NOW, NOW)
    return replace(made, done=frozenset({COMING.interview.id}), **changes)


_STATES = {
    "batch.progress": BatchState.RUNNING,
    "batch.over": BatchState.DONE,
    "take_back.sure": BatchState.DONE,
}
_MATTER = Matter(
    COMING.interview.id, "I-1025", "韩梅", "Java", COMING.interview.attempt.starts_at, POLICY.zone
).as_data()
_IDS = [str(COMING.interview.id)]
_OPTION = {"label": "I-1025", "name": "韩梅", "role": "Java", "at": START.isoformat(), "zone": POLICY.zone}
_CARD = {"label": "B-1", "act": "remind", "n": 1}
_LIST = {"blob": "sha256:0", "file": "list.csv", "kind": "interviews", "counts": {"new": 9}, "untold": 0,
         "told": [[n, "李雷", "new", "", "new"] for n in range(9)], "locale": "en", "zone": POLICY.zone}  # fmt: skip

_SHEET = {
    "account": "telegram.main",
    "user": "1",
    "reference": "f",
    "kind": "document",
    "name": "a.csv",
    "caption": "",
}
_ASIDE = {"interview": str(ONE.interview.id), "candidate": str(ONE.candidate.id), "name": "李雷", "words": "hi",
          "files": [_SHEET]}  # fmt: skip
_GRACE = {"key": "grace", "value": "15m", "changes": [], "plan": [0, 0, 0]}
_DRAFT = Draft("吴伟", "13800001240", "", "Java", "2026-12-01 10:00", POLICY.zone, "https://meet.example/2")
_TO_RUI = {"verb": "assign", "before": "C-1024", "after": "", "case": "C-1024",
           "options": [{"to": f"person:{RUI.id}", "name": "Rui"}]}  # fmt: skip
_BATCH = f"batch:{id_of('batch')}"

_MAKERS: Mapping[str, Make] = {
    "alert.card": _alert,
    "alert.list": _alerts,
    "support.card": _support,
    "checklist.card": _checklist,
    "by_hand.task": _by_hand,
    "together.list": _together,
    "hr_digest.day": _digest,
    "choose.ask": _own("choose.ask", "choose", {"verb": "show", "tail": "", "options": [_OPTION]}),
    "whom.ask": _own("whom.ask", "whom", _TO_RUI, ONE),
    "relay.thread": _own("relay.thread", "relay:{case}", {"owner": "Han"}, ONE),
    "relay.chat": _own("relay.chat", "relay:{case}", {"owner": "Han"}, ONE),
    "aside.ask": _own("aside.ask", "aside:{case}", _ASIDE, ONE),
    "confirm.ask": _own("confirm.ask", "confirm", {"verb": "cancel", "matter": _MATTER}),
    "moving.when": _own("moving.when", "moving", {"verb": "move", "matter": _MATTER}),
    "moving.typed": _own("moving.typed", "moving", {"verb": "move", "matter": _MATTER}),
    "batch.preview": _own("batch.preview", _BATCH, {"act": "remind", "args": {}, "ids": _IDS}),
    "batch.waiting": _own("batch.waiting", _BATCH, _CARD),
    "batch.progress": _own("batch.progress", _BATCH, _CARD),
    "batch.over": _own("batch.over", _BATCH, _CARD),
    "take_back.sure": _own("take_back.sure", "undo", {"batch": str(id_of("batch"))}),
    "configuring.ask": _own("configuring.ask", "config", _GRACE),
    "importing.preview": _own("importing.preview", "import", _LIST),
    "hr_survey.ask": _own("hr_survey.ask", "hr_survey:2026", {"year": 2026}),
    "adding.ask": _own("adding.ask", "add", {"draft": _DRAFT.as_data()}),
    "adding.typed": _own("adding.typed", "add", {"draft": _DRAFT.as_data()}),
    "adding.sure": _own("adding.sure", "add", {"draft": _DRAFT.as_data()}),
}
