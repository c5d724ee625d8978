"""The stories that the demo plays and the tests prove: each is the whole product on a clock of its own."""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape
from rich.rule import Rule

from bot.sandbox.stage import COMPANY_ZONE, START, Stage, WentWrong
from bot.sandbox.stories import (
    admin,
    bulk,
    chats,
    dashboard,
    devices,
    feedback,
    figures,
    hr_day,
    journeys,
    kf,
    loops,
    mixed,
    month,
    pages,
    relay,
    slack,
    strangers,
    trouble,
    wechat,
    wecom,
)
from bot.sandbox.stories.story import CAST, Story
from locales.catalogue import SOURCE
from locales.text import Reader, ct
from locales.translate import render
from locales.zones import local

__all__ = ["CAST", "STORIES", "Story", "play", "print_ledger", "print_stories", "print_transcript"]

SHADOW = '\n[companies."<company>"]\nmode = "shadow"\n'
MANUAL = '\n[companies."<company>"]\njoin_signal = "manual"\n'

STORIES = (
    Story(
        "day", ct("story", "a day: import, invitation, reminders, a no-show, rebooking, digest"), journeys.day
    ),
    Story("happy", ct("story", "invited, reminded, confirmed, joined, completed"), journeys.happy),
    Story("forgot", ct("story", "a no-show who forgot, rebooked in three taps"), journeys.forgot),
    Story("came-up", ct("story", "a no-show in their own words, rebooked"), journeys.came_up),
    Story(
        "technical",
        ct("story", "a technical case: support takes it, the bot is silent, slots at the end"),
        journeys.technical,
    ),
    Story(
        "technical-before",
        ct("story", "trouble before the start: support helps, and the time stays"),
        journeys.technical_before,
    ),
    Story(
        "outside-hours",
        ct("story", "trouble when support has gone home: other times at once"),
        journeys.outside_hours,
    ),
    Story("before", ct("story", "somebody who cannot come says so beforehand"), journeys.before),
    Story("stuck", ct("story", "three minutes after the start: in, stuck, late, not coming"), journeys.stuck),
    Story("late-join", ct("story", "a late join reverts the flag, kindly"), journeys.late_join),
    Story("attended", ct("story", "flagged, but they were there: HR puts it right"), journeys.attended),
    Story("withdrawn", ct("story", "a no-show took another offer and takes leave"), journeys.withdrawn),
    Story(
        "limits", ct("story", "moved twice in their own words, the third time by a person"), journeys.limits
    ),
    Story(
        "change-of-mind", ct("story", "this, then that: every answer is answered"), journeys.change_of_mind
    ),
    Story(
        "lapse", ct("story", "no answer for a day: HR's turn, on the card and in the digest"), journeys.lapse
    ),
    Story("many-flags", ct("story", "six no-shows of one start are one list for HR"), journeys.many_flags),
    Story(
        "opt-out",
        ct("story", "stop means stop, and HR knows; START brings the reminders back"),
        journeys.opt_out,
    ),
    Story(
        "place-lost",
        ct("story", "HR's group is lost: who can act hears of it, with the remedy"),
        feedback.place_lost,
        feedback.IN_A_GROUP,
        refusals=("bot was kicked",),
    ),
    Story("content", ct("story", "how was it? one tap each, and thanks"), feedback.content),
    Story(
        "content-by-mail",
        ct("story", "how was it, by mail and page"),
        feedback.content,
        on=("email",),
        says_nothing_new=True,
    ),
    Story("not-content", ct("story", "not content: HR hears of it at once, and why"), feedback.not_content),
    Story("words", ct("story", "everything a candidate may say at any time"), chats.words),
    Story("commands", ct("story", "everything HR may ask, and what is not allowed"), chats.commands),
    Story("recorded", ct("story", "HR records who came and who did not, and takes it back"), chats.recorded),
    Story("moved-by-hr", ct("story", "HR moves an interview, after thinking twice"), chats.moved_by_hr),
    Story("cancelled", ct("story", "HR cancels an interview, and takes it back"), chats.cancelled),
    Story(
        "looked-after",
        ct("story", "HR's card: taken, handed back, times offered, dismissed"),
        chats.looked_after,
    ),
    Story(
        "relay",
        ct("story", "HR on Slack and a candidate on Telegram write with each other, the bot is silent"),
        relay.relayed,
        on=("slack", "telegram"),
    ),
    Story(
        "relay-day", ct("story", "a day of silence ends it; who says stop is called"), relay.silent_for_a_day
    ),
    Story(
        "relay-chat",
        ct("story", "HR on WeCom, without threads: all they write goes to the candidate until handed back"),
        relay.in_the_chat,
        on=("wecom", "telegram"),
    ),
    Story(
        "escalated",
        ct("story", "recruiter, lead, on duty, HR: until somebody takes it"),
        relay.escalated,
        relay.CHAIN,
    ),
    Story("given", ct("story", "roles given and taken; a case goes from one to another"), relay.given),
    Story(
        "digest", ct("story", "the morning's digest: who came, who did not, what today needs"), chats.digested
    ),
    Story(
        "mornings",
        ct("story", "a week of digests, each once through crashes; lines that close"),
        month.mornings,
    ),
    Story(
        "month",
        ct("story", "every figure of a sample month: the white paper's case in a chat"),
        month.looked_at,
    ),
    Story(
        "figures",
        ct("story", "what HR looks at and takes away: figures, pictures, the list"),
        figures.looked_at,
    ),
    Story(
        "page",
        ct("story", "HR opens the page of figures, takes the list away; nobody else gets in"),
        dashboard.looked_at,
    ),
    Story(
        "imported",
        ct("story", "HR imports lists from chat: pasted, as a file, looked at first"),
        admin.imported,
    ),
    Story("added", ct("story", "HR adds one interview and some times by typing"), admin.added),
    Story(
        "looked-into",
        ct("story", "reminders tried out, invitations, phones, the journal, health"),
        admin.looked_into,
    ),
    Story(
        "configured",
        ct("story", "an administrator changes the configuration, after a preview"),
        admin.configured,
    ),
    Story(
        "outage",
        ct("story", "the interview platform is silent: nobody is flagged, HR is told once"),
        trouble.outage,
    ),
    Story(
        "manual",
        ct("story", "no platform tells who joined: HR is asked with one card"),
        trouble.manual,
        MANUAL,
    ),
    Story("duplicates", ct("story", "every callback comes twice and changes nothing"), trouble.duplicates),
    Story(
        "slot-lost", ct("story", "the slot goes while it is looked at: fresh ones at once"), trouble.slot_lost
    ),
    Story(
        "three-days-down",
        ct("story", "the bot was away for three days: nobody is flagged by our silence"),
        trouble.three_days_down,
    ),
    Story(
        "night",
        ct("story", "back in the night: a reminder too late for the morning is not sent"),
        trouble.night,
    ),
    Story(
        "shadow",
        ct("story", "shadow mode: what would have been sent, and nothing is"),
        trouble.shadow,
        SHADOW,
    ),
    Story("blocked", ct("story", "a candidate blocks the bot, and comes back"), trouble.blocked),
    Story("not-asked", ct("story", "a no-show who cannot be asked: HR is told in time"), trouble.not_asked),
    Story(
        "second-account",
        ct("story", "strangers: no link, a broken one, somebody else's"),
        trouble.second_account,
    ),
    Story(
        "everywhere",
        ct("story", "four platforms at once: everybody where they read"),
        mixed.everywhere,
        on=("slack", "telegram", "email", "sms"),
    ),
    Story(
        "mission",
        ct("story", "e-mail a day before, chat an hour before, rebooked after a no-show"),
        mixed.mission,
        mixed.MISSION,
        ("telegram", "email"),
        says_nothing_new=True,
    ),
    Story(
        "closed",
        ct("story", "answered on one channel, closed on all"),
        mixed.closed_everywhere,
        on=("telegram", "slack", "email"),
        says_nothing_new=True,
    ),
    Story(
        "on-page",
        ct("story", "begun in Telegram, finished on our page"),
        mixed.finished_on_page,
        on=("telegram", "email"),
        says_nothing_new=True,
    ),
    Story(
        "refused",
        ct("story", "blocked, deactivated, no such mailbox: the other way within a minute"),
        mixed.refused_for_good,
        mixed.ONE_BY_ONE,
        ("telegram", "slack", "email", "sms"),
        refusals=("User unknown",),
        says_nothing_new=True,
    ),
    Story(
        "one-channel",
        ct("story", "who is reached by one channel only is on HR's list"),
        mixed.by_one_only,
        on=("telegram", "email", "sms"),
        says_nothing_new=True,
    ),
    Story(
        "bounced",
        ct("story", "a mail comes back: what it said goes out by text"),
        mixed.bounced,
        mixed.ONE_BY_ONE,
        ("telegram", "email", "sms"),
        says_nothing_new=True,
    ),
    Story(
        "sms-stop",
        ct("story", "STOP by text, and taken back on the page"),
        mixed.stopped_by_text,
        on=("telegram", "sms"),
        says_nothing_new=True,
    ),
    Story(
        "computer",
        ct("story", "on the phone, asked for on the computer: the link is mailed"),
        pages.to_the_computer,
        on=("email",),
    ),
    Story(
        "by-mail",
        ct("story", "answered by mail, in words; and called spam"),
        mixed.answered_by_mail,
        on=("telegram", "email"),
        says_nothing_new=True,
    ),
    Story(
        "scanner",
        ct("story", "a mail scanner opens every link, and changes nothing"),
        mixed.scanned,
        on=("telegram", "email"),
        says_nothing_new=True,
    ),
    Story(
        "slack",
        ct("story", "the whole loop on Slack alone"),
        loops.loop,
        on=("slack",),
        says_nothing_new=True,
    ),
    Story(
        "email",
        ct("story", "the whole loop by e-mail and our page alone"),
        loops.loop,
        loops.MAILBOXES,
        ("email",),
        says_nothing_new=True,
    ),
    Story(
        "sms",
        ct("story", "the whole loop by texts and our page alone"),
        loops.loop,
        on=("sms",),
        says_nothing_new=True,
    ),
    Story(
        "slack-forms",
        ct("story", "Slack: slash commands, and forms that say what is wrong"),
        slack.moved_by_form,
        on=("slack",),
        says_nothing_new=True,
    ),
    Story(
        "slack-channel",
        ct("story", "Slack: HR's cards in a channel, App Homes"),
        slack.in_a_channel,
        slack.HR_CHANNEL,
        ("slack",),
        says_nothing_new=True,
    ),
    Story(
        "slack-deleted",
        ct("story", "Slack: a card is deleted before its edit"),
        slack.card_deleted,
        slack.HR_CHANNEL,
        ("slack",),
        refusals=("message_not_found",),
        says_nothing_new=True,
    ),
    Story(
        "slack-invite",
        ct("story", "Slack: HR's channel does not have the bot"),
        slack.not_invited,
        slack.HR_CHANNEL,
        ("slack",),
        refusals=("channel_not_found",),
        says_nothing_new=True,
    ),
    Story(
        "slack-revoked",
        ct("story", "Slack: the app is removed, and the mailbox takes over"),
        slack.revoked,
        mixed.ONE_BY_ONE,
        ("telegram", "slack", "email"),
        refusals=("token_revoked", "account_inactive", "invalid_auth"),
        says_nothing_new=True,
    ),
    Story(
        "slack-late",
        ct("story", "Slack: a press comes too late for its form"),
        slack.trigger_expired,
        on=("slack",),
        refusals=("expired_trigger_id",),
        says_nothing_new=True,
    ),
    Story(
        "device",
        ct("story", "the device check: busy camera, phone, all set; support sees it"),
        devices.checked,
    ),
    Story(
        "device-not-checked",
        ct("story", "no device check an hour before, and a technical reason"),
        devices.not_checked,
    ),
    Story(
        "device-slack",
        ct("story", "the device check on Slack"),
        devices.checked,
        on=("slack",),
        says_nothing_new=True,
    ),
    Story(
        "device-wecom",
        ct("story", "the device check on WeCom"),
        devices.checked,
        on=("wecom",),
        says_nothing_new=True,
    ),
    Story(
        "device-email",
        ct("story", "the device check by e-mail and our page"),
        devices.checked,
        loops.MAILBOXES,
        ("email",),
        says_nothing_new=True,
    ),
    Story(
        "device-sms",
        ct("story", "the device check by text and our page"),
        devices.checked,
        on=("sms",),
        says_nothing_new=True,
    ),
    Story(
        "wecom",
        ct("story", "the whole loop on WeCom alone: found by the list, answered on cards"),
        wecom.alone,
        on=("wecom",),
        says_nothing_new=True,
    ),
    Story(
        "wecom-menu",
        ct("story", "WeCom: the app's menu, numbers typed, and a group's robot"),
        wecom.by_menu,
        wecom.HR_GROUP,
        ("wecom",),
        says_nothing_new=True,
    ),
    Story(
        "wecom-range",
        ct("story", "WeCom: out of the app's visible range, and back"),
        wecom.out_of_sight,
        on=("wecom",),
        says_nothing_new=True,
    ),
    Story(
        "wecom-once",
        ct("story", "WeCom: a card's one edit is spent on how it ends, and others' cards close"),
        wecom.once_only,
        on=("wecom",),
    ),
    Story(
        "wecom-forty",
        ct("story", "WeCom: forty no-shows at once are one list, and nothing is dropped"),
        wecom.forty,
        on=("wecom",),
        says_nothing_new=True,
    ),
    Story(
        "wecom-who-came",
        ct("story", "WeCom: who came? Three are answered for on one card, and an opinion on another"),
        wecom.who_came,
        MANUAL,
        ("wecom",),
    ),
    Story(
        "wecom-tile",
        ct("story", "WeCom: today's figures on the workbench"),
        wecom.tile,
        on=("wecom",),
        refusals=("45033",),
        says_nothing_new=True,
    ),
    Story(
        "wechat",
        ct("story", "the whole loop on WeChat alone: a code scanned, templates, and the page they lead to"),
        wechat.closed,
        on=("wechat",),
        says_nothing_new=True,
    ),
    Story(
        "wechat-chat",
        ct("story", "WeChat: who writes is answered in the chat; items, numbers typed, support"),
        wechat.opened,
        on=("wechat",),
        says_nothing_new=True,
    ),
    Story(
        "wechat-open",
        ct("story", "the whole loop on WeChat alone while the window is open: everything in the chat"),
        wechat.whole_in_window,
        on=("wechat",),
        says_nothing_new=True,
    ),
    Story(
        "wechat-asked",
        ct("story", "WeChat: a no-show who wrote the day before is asked and rebooked in the chat"),
        wechat.flagged_in_window,
        on=("wechat",),
        says_nothing_new=True,
    ),
    Story(
        "wechat-used-up",
        ct("story", "WeChat: five messages for one word, and the sixth is a template"),
        wechat.used_up,
        on=("wechat",),
        says_nothing_new=True,
    ),
    Story(
        "wechat-cannot",
        ct("story", "WeChat: cannot come, why, and another time"),
        wechat.cannot_come,
        on=("wechat",),
        says_nothing_new=True,
    ),
    Story(
        "wechat-menu",
        ct("story", "WeChat: every entry of the account's menu"),
        wechat.by_menu,
        on=("wechat",),
    ),
    Story(
        "wechat-voice",
        ct("story", "WeChat: a voice note is answered, and kept with an open case"),
        wechat.voice_note,
        on=("wechat",),
        says_nothing_new=True,
    ),
    Story(
        "wechat-overruled",
        ct("story", "WeChat closes a window early: the reminder is a template at once"),
        wechat.overruled,
        on=("wechat",),
        refusals=("response out of time limit",),
        says_nothing_new=True,
    ),
    Story(
        "wechat-unfollowed",
        ct("story", "WeChat: who stops following is reminded by text, until they are back"),
        wechat.unfollowed,
        wechat.ONE_BY_ONE,
        ("wechat", "sms"),
        says_nothing_new=True,
    ),
    Story(
        "wechat-notices-off",
        ct("story", "WeChat: notices turned off, told after the reminder was taken: it goes by text"),
        wechat.notices_off,
        wechat.ONE_BY_ONE,
        ("wechat", "sms"),
        says_nothing_new=True,
    ),
    Story(
        "wechat-brought-twice",
        ct("story", "WeChat brings everything twice, and nothing happens twice"),
        wechat.brought_twice,
        on=("wechat",),
        says_nothing_new=True,
    ),
    Story(
        "wechat-found",
        ct("story", "WeChat: followed without a code of ours; the phone number, and a code by text"),
        wechat.found_by_name,
        on=("wechat", "sms"),
        says_nothing_new=True,
    ),
    Story(
        "device-wechat",
        ct("story", "the device check on WeChat: a template says what is wrong, the page what helps"),
        wechat.device,
        on=("wechat",),
        says_nothing_new=True,
    ),
    Story(
        "wechat-scanned-twice",
        ct("story", "WeChat: somebody else scans the same code, and is refused"),
        wechat.scanned_twice,
        on=("wechat",),
        says_nothing_new=True,
    ),
    Story(
        "wechat-mixed",
        ct("story", "HR on WeCom, candidates on WeChat and by text: the whole loop"),
        wechat.mixed,
        on=("wecom", "wechat", "sms"),
        says_nothing_new=True,
    ),
    Story(
        "wechat-lost",
        ct("story", "a reminder that WeChat took is lost within Tencent: it goes by text"),
        wechat.lost_inside,
        on=("wechat", "sms"),
        says_nothing_new=True,
    ),
    Story(
        "kf",
        ct("story", "WeChat customer service: by a link, welcomed, confirmed and moved in the chat"),
        kf.by_link,
        on=("wecom_kf", "wecom"),
    ),
    Story(
        "kf-silent",
        ct("story", "WeChat customer service: who never wrote is reminded by text, until they write"),
        kf.silent,
        kf.ONE_BY_ONE,
        ("wecom_kf", "sms", "wecom"),
        says_nothing_new=True,
    ),
    Story(
        "kf-by-hand",
        ct("story", "WeChat customer service alone, and silence: a person sends the words and says so"),
        kf.alone,
        kf.ONE_BY_ONE,
        ("wecom_kf", "wecom"),
    ),
    Story(
        "kf-no-show",
        ct("story", "WeChat customer service: asked by text after a no-show, settled in the chat"),
        kf.no_show,
        kf.ONE_BY_ONE,
        ("wecom_kf", "sms", "wecom"),
        says_nothing_new=True,
    ),
    Story(
        "kf-lost",
        ct("story", "WeChat customer service: taken and not arrived, so it goes by text"),
        kf.not_arrived,
        kf.ONE_BY_ONE,
        ("wecom_kf", "sms", "wecom"),
        says_nothing_new=True,
    ),
    Story(
        "kf-many",
        ct("story", "WeChat customer service: five reminders to be sent by hand are one list"),
        kf.many,
        kf.ONE_BY_ONE,
        ("wecom_kf", "wecom"),
    ),
    Story(
        "kf-taken",
        ct("story", "WeChat customer service: a person has the talk, and the bot is silent there"),
        kf.taken_over,
        kf.ONE_BY_ONE,
        ("wecom_kf", "sms", "wecom"),
        ("session status invalid",),
    ),
    Story(
        "contact",
        ct("story", "contacts on WeCom: an employee is added by a code, one welcome leads to our page"),
        kf.added,
        on=("wecom_contact", "wecom"),
        says_nothing_new=True,
    ),
    Story(
        "claims",
        ct("story", "found without a link: a code to the mailbox shows who they are"),
        strangers.claims,
        on=("telegram", "email"),
    ),
    Story(
        "campus",
        ct("story", "forty no-shows at once: one command offers everybody another time"),
        bulk.campus_day,
    ),
    Story(
        "hr-day",
        ct("story", "a day of HR's work: digest, forty no-shows, a hand-over, a file, a change"),
        hr_day.hr_day,
    ),
    Story(
        "hr-day-slack",
        ct("story", "a day of HR's work on Slack"),
        hr_day.hr_day,
        on=("slack",),
        says_nothing_new=True,
    ),
    Story(
        "hr-day-wecom",
        ct("story", "a day of HR's work on WeCom"),
        hr_day.hr_day,
        on=("wecom",),
        says_nothing_new=True,
    ),
    Story(
        "campus-slack",
        ct("story", "forty no-shows at once, on Slack"),
        bulk.campus_day,
        on=("slack",),
        says_nothing_new=True,
    ),
    Story(
        "taken-back",
        ct("story", "a command about many is taken back: at once, and afterwards"),
        bulk.thought_better,
    ),
    Story(
        "by-phone",
        ct("story", "recorded by HR: confirmed, held back, other times, in any word order"),
        bulk.by_phone,
    ),
    Story(
        "nobody-left",
        ct("story", "while HR reads the preview everybody does it themselves"),
        bulk.nobody_left,
    ),
    Story(
        "put-aside",
        ct("story", "a message that breaks waits for a person, the rest goes on"),
        trouble.put_aside,
    ),
)

DEMO = ("day", "slack", "email", "sms", "everywhere")
"""What is played when no story is named: the whole loop on each platform, and on all of them at once."""
LOCALES = ("zh_Hans", "en")


def _about(story: Story, locale: str) -> str:
    """Return what a story shows, in a language."""
    return render(story.about, Reader(locale, COMPANY_ZONE, START))


def print_stories(out: Console) -> None:
    for story in STORIES:
        out.print(f"{story.name:16} {_about(story, SOURCE)}", markup=False)


async def play(name: str, lang: str, out: Console) -> int:
    """Play one story, or those that show every platform, in one language or all; return the exit code."""
    names = (name,) if name else DEMO
    wanted = [story for each in names for story in STORIES if story.name == each]
    if not wanted:
        out.print(f"There is no story {name}. There are: {', '.join(s.name for s in STORIES)}.", markup=False)
        return 2
    played = [(story, locale) for story in wanted for locale in ([lang] if lang else LOCALES)]
    went_well = [await _play(story, locale, out) for story, locale in played]
    if len(played) > 1:
        for (story, locale), is_well in zip(played, went_well, strict=True):
            out.print(
                f"{'✓' if is_well else '✗'} {story.name} ({locale}): {_about(story, locale)}", markup=False
            )
    return 0 if all(went_well) else 1


async def _play(story: Story, locale: str, out: Console) -> bool:
    out.print(Rule(f"{story.name} · {locale}: {_about(story, locale)}"))
    async with await story.open(locale) as stage:
        try:
            await story.play(stage)
            went_well = True
        except (WentWrong, LookupError) as wrong:
            went_well = False
            stage.note("✗", str(wrong))
        print_transcript(stage, out)
        await print_ledger(stage, out)
    out.print(f"{'✓' if went_well else '✗'} {story.name} ({locale})\n", markup=False)
    return went_well


def print_transcript(stage: Stage, out: Console) -> None:
    """Print who said what, when, with buttons in brackets."""
    last = ""
    for line in stage.lines:
        at = f"{local(line.at, COMPANY_ZONE):%m-%d %H:%M}"
        stamp, last = (at if at != last else " " * len(at)), at
        head, *rest = line.text.splitlines() or [""]
        out.print(f"[dim]{stamp}[/dim]  [bold]{escape(line.who)}[/bold]  {escape(head)}")
        for more in rest:
            out.print(f"{' ' * len(at)}    {escape(more)}")


async def print_ledger(stage: Stage, out: Console) -> None:
    """Print every rung of every interview with its verdict."""
    for interview in (await stage.operations.list({"all": True}))[:4]:
        why = await stage.why(interview["interview"])
        out.print(f"{interview['interview']} {why['state']}", markup=False)
        for row in why["rungs"]:
            tail = " ".join(part for part in (row["why"], row["evidence"]) if part)
            out.print(f"    #{row['attempt']} {row['rung']:8} {row['verdict']:12} {tail}", markup=False)
