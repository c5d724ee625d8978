"""Several channels at once: who is reached by two, who answers where, and what happens when one of them fails."""

from __future__ import annotations

from datetime import UTC, timedelta

from bot.sandbox.mail import MailPerson
from bot.sandbox.people import Someone
from bot.sandbox.sms import SmsPerson
from bot.sandbox.stage import Stage, WentWrong
from bot.sandbox.stories.loops import loop_of
from bot.sandbox.stories.slack import on_slack
from bot.sandbox.stories.story import (
    TOMORROW_AT_TWO,
    alive,
    at_wall,
    comes,
    either,
    flagged,
    hr,
    listed,
    on_telegram,
    open_slots,
    own,
    rebooked,
    row,
    stands,
    verdicts,
    was_told,
)
from bot.sandbox.visitor import Visitor
from locales.text import ct
from store import outbox

MISSION = """
[companies."<company>"]
rungs = [
  { before = "24h", channels = ["email"] },
  { before = "1h", channels = ["telegram"], when_confirmed = true },
]
"""
ONE_BY_ONE = """
[companies."<company>"]
rungs = [
  { before = "24h", delivery = "fallback" },
  { before = "1h", delivery = "fallback" },
  { before = "30m", delivery = "fallback" },
]
"""


async def everywhere(stage: Stage) -> None:
    """HR and support on Slack; one candidate on Telegram, one with a mailbox, one with a phone."""
    await loop_of(stage, ("telegram", "email", "sms"))


async def mission(stage: Stage) -> None:
    """The case of the white paper: e-mail a day before, chat an hour before, a message after the no-show, rebooking."""
    await hr(stage)
    booked = row(stage)
    mailbox = listed(stage, booked, "email")
    await stage.import_list([booked])
    phone = await comes(stage, booked, "telegram")
    await open_slots(stage, 2, 3, 4)
    seen = len(phone.chat)
    await stage.until(TOMORROW_AT_TWO - timedelta(hours=24))
    mail = stage.newest(mailbox)
    devices = either(stage, "Chrome 110", "Chrome 110")
    stage.holds(devices in mail.text, "the mail was to say what one needs")
    stage.holds(any("/go/" in to for to in mail.opens.values()), "the mail was to lead into the interview")
    stage.holds(len(phone.chat) == seen, "a day before, the chat was to be silent")
    mails = len(mailbox.chat)
    await alive(stage, TOMORROW_AT_TWO - timedelta(hours=1))
    stage.holds(len(mailbox.chat) == mails, "an hour before, the mailbox was to be spared")
    note = on_telegram(phone).last
    stage.holds(note.live != [], "the chat was to count down")
    stage.holds(note.live[0][1] == TOMORROW_AT_TWO, f"it was to count to the start: {note.live}")
    check = stage.words(ct("button", "Check your device"))
    stage.holds(check in note.opens, f"and to lead to the pre-check: {note.buttons}")
    await flagged(stage)
    stage.saw(phone, own(stage, "Front-end engineer"), last=True)
    await stage.picks(phone, "reason:came_up")
    await stage.picks(phone, "slot:0")
    await rebooked(stage)
    why = await stage.why("A-1")
    stage.holds(verdicts(why) == {"24h": "sent", "1h": "sent"}, f"both were to be sent: {verdicts(why)}")
    await _went_by(stage, "24h", "email.main")
    await _went_by(stage, "1h", "telegram.main")


async def _went_by(stage: Stage, rung: str, *accounts: str) -> None:
    """The story went wrong unless a rung was accepted on these accounts, and on no other."""
    async with stage.app.db.read() as tx:
        rows = await outbox.listing(tx, limit=500)
    taken = sorted(each.account for each in rows if each.rung == rung and each.state == "accepted")
    stage.holds(taken == sorted(accounts), f"{rung} was to go by {accounts}, and went by {taken}")


async def closed_everywhere(stage: Stage) -> None:
    """The first reminder goes to everything there is; answered in one place, it is answered in all."""
    await hr(stage)
    booked = row(stage)
    mailbox, desk = listed(stage, booked, "email"), listed(stage, booked, "slack")
    await stage.import_list([booked])
    phone = await comes(stage, booked, "telegram")
    await stage.until(TOMORROW_AT_TWO - timedelta(hours=24))
    await _went_by(stage, "24h", "email.main", "slack.main", "telegram.main")
    for who in (phone, desk):
        stage.holds(await stage.button(who, "confirm") is not None, f"{who.name} was to be asked")
    page = await stage.looks(_visitor(mailbox))
    old = await stage.button(phone, "confirm")
    await stage.picks(desk, "confirm")
    stage.holds(not stage.newest(phone).presses, "the buttons on Telegram were to be closed")
    stage.holds(not _asking(desk), "those on Slack too")
    label = next(label for label, value in page.presses.items() if value)
    await mailbox.presses(label, on=page)
    await stage.settle()
    stage.holds(old is not None, "there was a button on Telegram")
    why = await stands(stage, "scheduled")
    stage.holds(why["confirmed"], "it was to be confirmed")
    async with stage.app.db.read() as tx:
        thanks = [each for each in await outbox.listing(tx, limit=500) if each.kind == "reminder.confirmed"]
    stage.holds(len(thanks) == 1, f"who answers twice was to be thanked once: {len(thanks)}")


def _asking(who: Someone) -> bool:
    return any("confirm" in label for seen in who.chat for label in seen.presses.values())


def _visitor(who: Someone) -> Visitor:
    if not isinstance(who, Visitor):
        raise TypeError(f"{who.name} answers elsewhere")
    return who


async def finished_on_page(stage: Stage) -> None:
    """Begun in Telegram, finished on the page that the mail leads to: one dialog, whichever way it goes on."""
    await hr(stage)
    booked = row(stage)
    mailbox = listed(stage, booked, "email")
    await stage.import_list([booked])
    phone = await comes(stage, booked, "telegram")
    await open_slots(stage, 2, 3)
    await stage.says(phone, either(stage, "move", "改约"))
    stage.holds(await stage.button(phone, "slot:0") is not None, "times were to be offered in the chat")
    await stage.picks(mailbox, "slot:1")
    why = await stands(stage, "scheduled")
    stage.holds(why["attempt"] == 2, "the time chosen on the page was to be booked")
    stage.holds(await stage.button(phone, "slot:0") is None, "the chat was to offer nothing more")
    stage.holds(not any("slot" in value for value in stage.newest(phone).presses.values()), "nor to show it")
    await stage.until(TOMORROW_AT_TWO)
    calendar = _mailbox(mailbox).calendar
    starts = [each.astimezone(UTC).isoformat() for each in calendar.values()]
    stage.holds(starts == [why["starts_at"]], f"the calendar was to follow: {calendar}")


def _mailbox(who: Someone) -> MailPerson:
    inbox = _visitor(who).inbox
    if not isinstance(inbox, MailPerson):
        raise TypeError(f"{who.name} has no mailbox")
    return inbox


async def refused_for_good(stage: Stage) -> None:
    """Blocked, deactivated, no such mailbox: each reminder takes the other way within a minute."""
    team = await hr(stage)
    rows = [row(stage, 1, "Li Lei"), row(stage, 2, "Li Mei"), row(stage, 3, "Han Meimei")]
    desk = listed(stage, rows[1], "slack")
    mailboxes = [listed(stage, booked, "email") for booked in rows]
    texts = [listed(stage, booked, "sms") for booked in rows]
    await stage.import_list(rows)
    phone = await comes(stage, rows[0], "telegram")
    await stage.until(TOMORROW_AT_TWO - timedelta(hours=2))
    stage.note(phone.name, "✕ Telegram")
    await on_telegram(phone).blocks()
    stage.note(desk.name, "✕ Slack")
    await on_slack(desk).deactivates()
    stage.note(mailboxes[2].name, "✕ e-mail")
    _mailbox(mailboxes[2]).deletes_mailbox()
    await stage.settle()
    before = [len(_arrived(each)) for each in (*mailboxes[:2], texts[2])]
    await stage.until(TOMORROW_AT_TWO - timedelta(minutes=59))
    after = [len(_arrived(each)) for each in (*mailboxes[:2], texts[2])]
    stage.holds(
        [b - a for a, b in zip(before, after, strict=True)] == [1, 1, 1],
        f"each was to be reminded the other way within a minute: {before}, {after}",
    )
    for number in (1, 2, 3):
        why = await stage.why(f"A-{number}")
        stage.holds(verdicts(why)["1h"] == "sent", f"A-{number} was to be reminded: {verdicts(why)}")
    stage.saw(team, "I-1")


def _arrived(who: Someone) -> list[str]:
    return [seen.text for seen in _visitor(who).inbox.chat if seen.is_of_bot]


async def by_one_only(stage: Stage) -> None:
    """Who is reached by one channel only is on HR's list before the first reminder, with what could be added."""
    team = await hr(stage)
    start = TOMORROW_AT_TWO + timedelta(days=1)
    rows = [row(stage, n, name, 面试时间=at_wall(start)) for n, name in enumerate(("Li Lei", "Li Mei"), 1)]
    rows[0]["手机"] = ""
    for booked in rows:
        listed(stage, booked, "email")
    listed(stage, rows[1], "sms")
    await stage.import_list(rows)
    await stage.until(start - timedelta(hours=24, minutes=1))
    card = stage.saw(team, "I-1001")
    stage.holds("I-1002" not in card.text, f"who is reached by two was not to be listed: {card.text}")
    stage.holds(any(to.startswith("https://t.me/") for to in card.opens.values()), "a link was to be copied")
    await was_told(stage, "unbound.card")


async def bounced(stage: Stage) -> None:
    """A mail is taken, and comes back an hour later: what it said goes out by text, and HR sees who has no mailbox."""
    await hr(stage)
    booked = row(stage)
    mailbox, texts = listed(stage, booked, "email"), listed(stage, booked, "sms")
    await stage.import_list([booked])
    await stage.until(TOMORROW_AT_TWO - timedelta(hours=24))
    seen = len(_arrived(texts))
    await stage.passes(minutes=5)
    stage.note(mailbox.name, "✕ e-mail")
    await _mailbox(mailbox).bounces()
    await stage.settle()
    await stage.passes(minutes=1)
    stage.holds(len(_arrived(texts)) == seen + 1, "what came back was to go out by text")
    await stage.until(TOMORROW_AT_TWO - timedelta(minutes=59))
    await _went_by(stage, "1h", "sms.main")


async def stopped_by_text(stage: Stage) -> None:
    """STOP, as a text: nothing more is sent anywhere, HR knows; the page takes it back."""
    team = await hr(stage)
    booked = row(stage)
    candidate = listed(stage, booked, "sms")
    await stage.import_list([booked])
    texts = _visitor(candidate).inbox
    if not isinstance(texts, SmsPerson):
        raise WentWrong("the candidate was to have a phone")
    await stage.says(texts, either(stage, "STOP", "TD"))
    await stage.until(TOMORROW_AT_TWO - timedelta(hours=23))
    refused = verdicts(await stage.why("A-1"))
    stage.holds(refused["24h"] == "refused", f"nothing more was to be sent: {refused}")
    stage.saw(team, own(stage, "Li Lei"))
    await stage.looks(_visitor(candidate))
    await stage.taps(candidate, ct("button", "Send me messages again"))
    await stage.until(TOMORROW_AT_TWO - timedelta(minutes=59))
    sent = verdicts(await stage.why("A-1"))
    stage.holds(sent["1h"] == "sent", f"the reminders were to be back: {sent}")


async def scanned(stage: Stage) -> None:
    """A mail scanner opens every link of every mail, twice: nothing changes."""
    await hr(stage)
    booked = row(stage)
    mailbox = listed(stage, booked, "email")
    await stage.import_list([booked])
    await open_slots(stage, 2, 3)
    await stage.until(TOMORROW_AT_TWO - timedelta(hours=24))
    before = await stage.why("A-1")
    for mail in _mailbox(mailbox).mails:
        for to in (*mail.opens.values(), mail.unsubscribe or ""):
            if to.startswith(stage.base):
                stage.note("scanner", f"GET /{to.removeprefix(stage.base).split('/')[1]}/…")
                for _ in range(2):
                    answer = await stage.http.get(to)
                    stage.holds(answer.status_code < 400, f"{to} was answered with {answer.status_code}")
    await stage.settle()
    after = await stage.why("A-1")
    stage.holds(before == after, f"nothing was to change: {after}")
    stage.holds(not after["confirmed"], "nobody has confirmed")
    await stage.picks(mailbox, "confirm")
    stage.holds((await stage.why("A-1"))["confirmed"], "the candidate was to confirm")


async def answered_by_mail(stage: Stage) -> None:
    """A mailbox answers that its owner is away, somebody else answers for them, then they do: in words, by mail."""
    team = await hr(stage)
    booked = row(stage)
    mailbox = _mailbox(listed(stage, booked, "email"))
    await stage.import_list([booked])
    await open_slots(stage, 2, 3)
    await stage.until(TOMORROW_AT_TWO - timedelta(hours=24))
    seen = len(mailbox.mails)
    await mailbox.is_away()
    await stage.settle()
    stage.holds(len(mailbox.mails) == seen, "machines were not to be answered")
    stage.holds(not (await stage.why("A-1"))["confirmed"], "nobody has confirmed yet")
    await stage.says(mailbox, either(stage, "I'll be there", "我会准时参加"))
    stage.holds((await stage.why("A-1"))["confirmed"], "words were to confirm")
    await stage.says(mailbox, either(stage, "move", "改约"))
    mail = stage.newest(mailbox)
    stage.holds(any("/my/" in to for to in mail.opens.values()), "times were to be offered, on the page")
    stage.note(mailbox.name, "✉ spam")
    seen = len(mailbox.mails)
    await mailbox.complains()
    await stage.settle()
    stage.holds(len(mailbox.mails) == seen, "who calls it spam was to get not even a farewell")
    stage.saw(team, own(stage, "Li Lei"))
    await stage.until(TOMORROW_AT_TWO - timedelta(minutes=59))
    refused = verdicts(await stage.why("A-1"))
    stage.holds(refused["1h"] != "sent", f"who calls it spam gets no more: {refused}")
