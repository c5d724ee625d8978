"""`why I-1024`: every reminder of an interview, sent or not, with the reason in words and the platform's receipt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from conversations.commands.lines import SCREEN, held_back, name_of, page_in
from conversations.commands.one import needs_ledger, with_entry
from conversations.dialog import Command, Need, Scene, Turn
from conversations.events import Event
from conversations.findings import Delivery, LedgerEntry
from conversations.identity import STAFF
from conversations.interview import RungRow, Verdict
from conversations.messages import Block, Fact, Message, Note, item
from conversations.names import channel_name, channel_of, message_name
from conversations.prechecks import result
from locales.text import Listing, Moment, Text, Value, ct, nt, t

USAGE = ct("typed", "why I-1024")
RUNGS_SHOWN = 8
OTHERS_SHOWN = 4
CHECKS_SHOWN = 3

VERDICTS: Mapping[Verdict | None, Text] = {
    None: ct("verdict", "planned"),
    Verdict.SENT: ct("verdict", "sent"),
    Verdict.SKIPPED: ct("verdict", "skipped"),
    Verdict.EXPIRED: ct("verdict", "expired"),
    Verdict.SUPERSEDED: ct("verdict", "superseded"),
    Verdict.REFUSED: ct("verdict", "refused"),
    Verdict.PAUSED: ct("verdict", "held back"),
    Verdict.WOULD_SEND: ct("verdict", "would be sent"),
}

STATES: Mapping[str, Text] = {
    "waiting": ct("delivery", "waiting"),
    "held": ct("delivery", "held"),
    "sending": ct("delivery", "being sent"),
    "accepted": ct("delivery", "accepted"),
    "undeliverable": ct("delivery", "not deliverable"),
    "superseded": ct("delivery", "superseded"),
    "expired": ct("delivery", "expired"),
    "would-send": ct("delivery", "would be sent"),
    "dead": ct("delivery", "put aside"),
}

WHYS: Mapping[str, Text] = {
    # as planned
    "booked_late": t("its time was past when the interview was booked"),
    "account_removed": t("the account it was to go by is no longer set up"),
    "added_late": t("its time was past when the reminder was added to the policy"),
    "confirmed": t("the candidate has confirmed, and this one is for those who have not"),
    "quiet": t("it fell into the candidate's night, and there was no better time"),
    "quiet:moved_earlier": t("moved before the candidate's night"),
    "crowd:moved_earlier": t("begun early, because many reminders share that time"),
    "quiet:moved_later": t("moved to the morning after the candidate's night"),
    "quiet_hours": t("it fell into the candidate's night, and there was no better time"),
    "overtaken": t("the next reminder came close behind"),
    # what happened to the interview
    "joined": t("the candidate had joined"),
    "completed": t("the interview was over"),
    "no_show": t("the interview was a no-show already"),
    "moved": t("the interview was moved"),
    "rebooked": t("the interview was rebooked"),
    "cancelled": t("the interview was cancelled"),
    "withdrawn": t("the candidate has withdrawn"),
    "paused": t("HR held the reminders back"),
    "undone": t("what it was about was taken back"),
    # what happened to the message
    "late": t("Turnout could not send it while it was still useful"),
    "expired": t("Turnout could not send it while it was still useful"),
    "superseded": t("a later reminder took its place"),
    "shadow": t("shadow mode: nothing is really sent"),
    "opted_out": t("the candidate asked for no more messages"),
    "unbound": t("the candidate has not opened their link yet"),
    "nobody_reachable": t("the candidate could not be reached on any channel"),
    "no_window_open": t("only the candidate could open the conversation there, and it was not open"),
    "by_hand: sent": t("a person sent it by hand"),
    "by_hand: not_sent": t("it was to be sent by hand, and could not be"),
    "by_hand: nobody": t("it was to be sent by hand, and nobody said that it was"),
    "unreachable": t("the candidate could not be reached on this channel any more"),
    "asks_where_nobody_answers": t(
        "nobody can answer in that group: everybody of the team was asked in person"
    ),
    "team_has_no_member_with_a_chat": t("nobody in the team is in a chat with the bot"),
    "no_right": t("whoever had the card has no role here any more"),
    "gone": t("the candidate cannot be reached there any more"),
    "blocked": t("the candidate has blocked the bot"),
    "closed": t("the platform does not allow it at the moment"),
    "refused": t("the platform refused it"),
    "stopped": t("the account on the platform is set up wrong"),
    "busy": t("the platform asked us to wait"),
    "rate": t("it waits its turn: the platform limits how much we send"),
    "in_doubt": t("the platform gave no clear answer, so it may have arrived twice"),
    "put_aside": t("it failed five times and waits for a person"),
    "platform_silent": t("the interview platform was silent"),
}
"""Why codes in words: by the whole code, or by what stands before its colon. Others are shown as they are."""

_DETAILED = frozenset({"gone", "closed", "refused", "stopped", "put_aside"})
"""Codes behind whose colon the platform's own words stand."""


def in_words(code: str) -> Text:
    """Return a why code as a sentence; an unknown one as it is."""
    name, _, detail = code.partition(":")
    if name == "overtaken" and detail:
        return t("the reminder {rung} came close behind", rung=detail.strip())
    known = WHYS.get(code) or WHYS.get(name)
    if known is None:
        return t("{code}", code=code)
    if name in _DETAILED and detail.strip():
        return t("{why} ({detail})", why=known, detail=detail.strip()[:120])
    return known


def run(scene: Scene, event: Event, rest: str) -> Turn:
    named, page = page_in(rest)

    def then(entry: LedgerEntry) -> Turn:
        return Turn(say=_answer(event, entry, page))

    return with_entry(scene, event, named, "why", USAGE, then)


def needs(rest: str) -> tuple[Need, ...]:
    return needs_ledger(page_in(rest)[0])


def _answer(event: Event, entry: LedgerEntry, page: int) -> Message:
    interview = entry.target.interview
    rungs = sorted(entry.rungs, key=lambda row: row.due_at)
    sent = sum(row.verdict is Verdict.SENT for row in rungs)
    lead = nt(
        "{label} {name}: {sent} of {n} reminder sent.",
        "{label} {name}: {sent} of {n} reminders sent.",
        len(rungs),
        label=interview.label,
        name=name_of(entry.target.candidate, event),
        sent=sent,
    )
    others = [_other(delivery) for delivery in entry.deliveries if delivery.rung is None]
    told = [_rung(row, entry.deliveries) for row in rungs]
    earlier = [*told[:-RUNGS_SHOWN], *others[:-OTHERS_SHOWN]]
    pages = 1 + -(-len(earlier) // SCREEN)
    page = min(page, pages)
    # The newest come first; each page behind it goes further back.
    end = len(earlier) - SCREEN * (page - 2)
    lines = (
        [*told[-RUNGS_SHOWN:], *others[-OTHERS_SHOWN:]] if page == 1 else earlier[max(0, end - SCREEN) : end]
    )
    checks = entry.checks[:CHECKS_SHOWN] if page == 1 else ()
    blocks: tuple[Block, ...] = (
        *map(item, lines),
        *(Fact("check", t("Device check"), result(check)) for check in checks),
        *_earlier(interview.label, len(earlier) - SCREEN * (page - 1), page),
        *held_back(interview),
        Note(t("Still to come: plan {label}. Send one now: remind {label}", label=interview.label)),
    )
    return Message("command.why", lead, blocks)


def _rung(row: RungRow, deliveries: Sequence[Delivery]) -> Text:
    said: dict[str, Value] = {
        "rung": row.name,
        "verdict": VERDICTS[row.verdict],
        "when": Moment(row.settled_at if row.verdict is Verdict.SENT and row.settled_at else row.due_at),
    }
    evidence = _evidence(row, deliveries)
    if row.why and evidence:
        return Text(
            "{rung}, {when}: {verdict}, {why} [{evidence}]",
            {**said, "why": in_words(row.why), "evidence": evidence},
        )
    if row.why:
        return Text("{rung}, {when}: {verdict}, {why}", {**said, "why": in_words(row.why)})
    if evidence:
        return Text("{rung}, {when}: {verdict} [{evidence}]", {**said, "evidence": evidence})
    return Text("{rung}, {when}: {verdict}", said)


def _evidence(row: RungRow, deliveries: Sequence[Delivery]) -> Listing | None:
    """Return the platforms' own ids of what they accepted, each with its platform."""
    known = [tuple(row.evidence.split(":", 1))] if ":" in row.evidence else []
    known += [(d.channel, d.platform_id) for d in deliveries if d.rung == row.name and d.platform_id]
    found = dict.fromkeys((channel_of(account), id) for account, id in known)
    if row.evidence and not known:
        return Listing((row.evidence,))
    return (
        Listing(tuple(t("{channel} {id}", channel=channel_name(name), id=id) for name, id in found))
        if found
        else None
    )


def _other(delivery: Delivery) -> Text:
    """Return a message outside the ladder: an invitation, a question, an answer."""
    said: dict[str, Value] = {
        "kind": message_name(delivery.kind),
        "channel": channel_name(delivery.channel) if delivery.channel else "–",
        "state": STATES.get(delivery.state) or t("{code}", code=delivery.state),
    }
    if delivery.at is not None and delivery.why:
        return Text(
            "{kind} by {channel}, {when}: {state}, {why}",
            {**said, "when": Moment(delivery.at), "why": in_words(delivery.why)},
        )
    if delivery.at is not None:
        return Text("{kind} by {channel}, {when}: {state}", {**said, "when": Moment(delivery.at)})
    return Text("{kind} by {channel}: {state}", said)


def _earlier(label: str, n: int, page: int) -> Sequence[Note]:
    """Return what leads to those that are further back, if there are any."""
    typed = ct("typed", "why {label} +{page}", label=label, page=page + 1)
    return (
        (Note(nt("{n} earlier one: {typed}", "{n} earlier ones: {typed}", n, typed=typed)),) if n > 0 else ()
    )


WHY = Command(
    "why",
    ("为什么",),
    STAFF,
    USAGE,
    t("Every reminder, sent or not, with the reason and the platform's receipt."),
    run,
    needs,
    may_follow=True,
    flags=(),
)
