"""On Slack alone: HR works in a channel and by slash commands, forms open over the chat, and what goes wrong there."""

from __future__ import annotations

from datetime import timedelta

from bot.sandbox.people import Someone
from bot.sandbox.slack import Modal, SlackPerson
from bot.sandbox.stage import Stage, WentWrong
from bot.sandbox.stories.story import (
    TOMORROW_AT_TWO,
    either,
    flagged,
    hr,
    invited,
    listed,
    open_slots,
    own,
    rebooked,
    row,
    staff,
    stands,
    verdicts,
    was_told,
)

TRIGGER_LIVES = timedelta(seconds=3)
HR_CHANNEL = '\n[teams]\nhr = {at = "<slack-channel>", locale = "<locale>"}\n'


def on_slack(who: Someone) -> SlackPerson:
    """Return somebody as who they are on Slack, where they can do what people do nowhere else."""
    if not isinstance(who, SlackPerson):
        raise TypeError(f"{who.name} is not on Slack")
    return who


async def types(stage: Stage, who: Someone, english: str, chinese: str) -> None:
    """Type a slash command, and be answered by something."""
    line = f"/turnout {either(stage, english, chinese)}"
    count = len(who.chat)
    stage.note(who.name, line)
    await on_slack(who).types(line)
    await stage.settle()
    stage.holds(len(who.chat) > count, f"{line} was to be answered")


def form(stage: Stage, who: Someone) -> Modal:
    """Return the form that is open before somebody; the story went wrong if there is none."""
    modal = on_slack(who).modal
    if modal is None:
        raise WentWrong(f"{who.name} was to have a form open: {on_slack(who).troubles}")
    stage.note(f"Turnout → {who.name}", f"▢ {modal.title}: {' · '.join(modal.labels)}")
    return modal


async def sends(stage: Stage, who: Someone, **values: str) -> None:
    """Fill in the open form by its fields' names, and send it."""
    stage.note(who.name, "▢ " + " · ".join(values.values()))
    await on_slack(who).submits(values)
    await stage.settle()


def is_refused(stage: Stage, who: Someone, field: str) -> None:
    """The story went wrong unless a form stays open and says what is wrong with a field."""
    modal = on_slack(who).modal
    wrong = modal.errors if modal is not None else {}
    stage.holds(len(wrong) == 1, f"{field} was to be found wrong, in a form that stays open: {wrong}")
    for label, why in wrong.items():
        stage.note(f"Turnout → {who.name}", f"▢ {label}: {why}")


# -- stories ---------------------------------------------------------------------------------------------


async def moved_by_form(stage: Stage) -> None:
    """HR moves an interview by a slash command and a form; the candidate moves it again by one of their own."""
    team = await hr(stage)
    candidate = await invited(stage)
    await open_slots(stage, 2, 3)
    await types(stage, team, "list tomorrow", "名单 明天")
    await types(stage, team, "why I-1001", "为什么 I-1001")
    await types(stage, team, "move I-1001", "改约 I-1001")
    await stage.picks(team, "choose")
    form(stage, team)
    await sends(stage, team, day="2026-11-25", time="15:00", link="tomorrow")
    is_refused(stage, team, "link")
    await sends(stage, team, day="2026-11-25", time="15:00", link="")
    await stage.picks(team, "yes")
    why = await stands(stage, "scheduled")
    stage.holds(why["starts_at"] == "2026-11-25T07:00:00+00:00", f"it was to be moved: {why['starts_at']}")
    await stage.picks(candidate, "move")
    await stage.picks(candidate, "typed")
    modal = form(stage, candidate)
    stage.holds(bool(modal.labels), "the candidate was to be asked for a day and a time")
    await sends(stage, candidate, day="2020-01-01", time="10:00")
    is_refused(stage, candidate, "day")
    await sends(stage, candidate, day="2026-11-26", time="10:00")
    await stage.picks(candidate, "slot:0")
    why = await stands(stage, "scheduled")
    stage.holds(why["attempt"] == 3, f"it was to be moved twice: {why['attempt']}")
    await was_told(stage, "command.list", "command.why", "move.when", "confirm.ask", "reminder.moved")


async def in_a_channel(stage: Stage) -> None:
    """No-shows stand in HR's channel as one card each, edited through its life; the reason comes by a form."""
    channel = stage.slack_channel
    team = await hr(stage)
    recruiter = await staff(stage, "Sun, recruiter", "recruiter")
    channel.members.append(on_slack(team))
    candidate = await invited(stage)
    await open_slots(stage, 2, 3, 4)
    await flagged(stage)
    cards = [message for message in channel.chat if message.presses]
    stage.holds(len(cards) == 1, f"there was to be one card in the channel, not {len(cards)}")
    await stage.picks(team, "take", at=channel)
    await stage.picks(candidate, "reason:forgot")
    await stage.picks(candidate, "slot:0")
    await rebooked(stage)
    stage.holds(len(cards[0].told_before) >= 3, "the card was to be edited through its life")
    stage.holds(not cards[0].presses, "the card was to be settled")
    posts = [message for message in channel.chat if message.text.startswith(cards[0].text[:12])]
    stage.holds(posts == cards, "no other card was to come")
    await home(stage, candidate, own(stage, "Front-end engineer"))
    await home(stage, team, "")
    await home(stage, recruiter, "")
    stage.did_not_see(recruiter, own(stage, "Li Lei"))


async def home(stage: Stage, who: Someone, words: str) -> None:
    """Open the App Home, which shows something with these words."""
    person = on_slack(who)
    stage.note(who.name, "→ Home")
    await person.opens_home()
    await stage.settle()
    shown = person.home
    stage.holds(shown is not None and words in shown.text, f"{who.name} was to see {words} at home")
    if shown is not None:
        stage.note(f"Turnout → {who.name}", f"⌂ {shown.text}")


async def card_deleted(stage: Stage) -> None:
    """Somebody deletes HR's card: what has happened since is told by a new one."""
    channel = stage.slack_channel
    await hr(stage)
    candidate = await invited(stage)
    await open_slots(stage, 2, 3, 4)
    await flagged(stage)
    card = channel.last
    card.is_deleted = True
    await stage.picks(candidate, "reason:forgot")
    stage.holds(channel.last is not card, "a new card was to be posted")
    stage.holds("I-1001" in channel.last.text, f"it was to name the interview: {channel.last.text}")
    await stage.picks(candidate, "slot:0")
    stage.holds(not channel.last.presses, "the new card was to be settled")


async def not_invited(stage: Stage) -> None:
    """HR's channel is private and does not have the bot: somebody of HR gets it, and how to mend that."""
    channel = stage.slack_channel
    channel.kind, channel.has_bot = "group", False
    team = await hr(stage)
    await invited(stage)
    await stage.until(TOMORROW_AT_TWO - timedelta(hours=4, minutes=59))
    await was_told(stage, "digest")
    stage.saw(team, "/invite")
    stage.holds(not channel.messages, "nothing was to stand in the channel")
    stage.note(team.name, "/invite @Turnout")
    await on_slack(team).invites_bot(channel)
    await stage.settle()
    await stage.until(TOMORROW_AT_TWO - timedelta(minutes=1))
    await stage.signal("joined", "A-1")
    await stage.until(TOMORROW_AT_TWO + timedelta(hours=19, minutes=1))
    stage.holds(len(channel.chat) > 0, "the next digest was to stand in the channel")
    told = [message for message in team.chat if "/invite" in message.text]
    stage.holds(len(told) == 1, f"HR was to be told once, not {len(told)} times")


async def trigger_expired(stage: Stage) -> None:
    """A press arrives too late for its form: the same is asked in the chat, and words will do."""
    await hr(stage)
    candidate = await invited(stage)
    await open_slots(stage, 2, 3)
    await stage.picks(candidate, "move")
    found = await stage.button(candidate, "typed")
    if found is None:
        raise WentWrong("a time was to be typed")
    stage.note(candidate.name, f"[{found[0]}] …")
    await candidate.presses(found[0], on=found[1])
    await stage.slack.settle()
    stage.clock.advance(TRIGGER_LIVES + timedelta(seconds=1))
    await stage.settle()
    stage.holds(on_slack(candidate).modal is None, "no form was to open")
    await stage.says(candidate, either(stage, "Thursday 10:00", "周四上午10点"))
    await stage.picks(candidate, "slot:0")
    why = await stands(stage, "scheduled")
    stage.holds(why["attempt"] == 2, "words were to do as well")


async def revoked(stage: Stage) -> None:
    """The app is removed from the workspace: who has a mailbox is reminded there, and nothing waits in vain."""
    await hr(stage)
    booked = row(stage)
    desk, mailbox = listed(stage, booked, "slack"), listed(stage, booked, "email")
    await stage.import_list([booked])
    await stage.until(TOMORROW_AT_TWO - timedelta(hours=2))
    stage.note("Slack", "✕ tokens_revoked, app_uninstalled")
    stage.slack.uninstall()
    await stage.settle()
    seen = len(desk.chat), len(mailbox.chat)
    await stage.until(TOMORROW_AT_TWO - timedelta(minutes=59))
    stage.holds((len(desk.chat), len(mailbox.chat)) == (seen[0], seen[1] + 1), "one mail was to come instead")
    sent = verdicts(await stage.why("A-1"))
    stage.holds(sent["1h"] == "sent", f"it was to be sent: {sent}")
