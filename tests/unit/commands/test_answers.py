"""What the commands answer: on one screen, with what to do next, masked where others read along."""

from datetime import timedelta

import pytest

from conversations.book import Book
from conversations.commands import COMMANDS
from conversations.commands.list import LIMIT
from conversations.commands.why import WHYS, in_words
from conversations.dialogs import DIALOGS
from conversations.effects import Then, Work
from conversations.findings import Around, Delivery, LedgerEntry, Target
from conversations.interview import CaseKind, CaseState, Outcome, Reason, RungRow, Slot, State, Verdict
from conversations.messages import Link
from locales.translate import render
from tests.support.staff_scenes import (
    ADA,
    HAN,
    NOW,
    POLICY,
    READER,
    RUI,
    START,
    ZONE,
    Stage,
    candidate,
    case,
    id_of,
    interview,
    target,
    text_of,
)

SCREEN = 20


def lines(message) -> list[str]:
    return text_of(message).splitlines()


# -- list ------------------------------------------------------------------------------------------------


def many(n: int) -> tuple[Target, ...]:
    return tuple(target(1000 + k, "李雷", starts_at=START + timedelta(minutes=k)) for k in range(n))


def test_today_is_listed_without_being_asked_for():
    played = Stage(found={"interviews": many(2)})
    shown = lines(played.types("list"))
    assert played.asked == [("interviews", {"text": "", "state": "", "when": "today", "limit": str(LIMIT)})]
    assert shown[0] == "2 interviews: Tue 24 Nov (Asia/Shanghai)."
    assert shown[1] == "I-1000 李雷, Java: today, Tue 24 Nov, 14:00, begun, no word yet"
    assert shown[-1] == "More about one: show I-1000. What was sent: why I-1000"


@pytest.mark.parametrize(
    ("line", "args"),
    [
        ("list no_show", {"state": "no_show", "when": "all"}),
        ("list no-show yesterday", {"state": "no_show", "when": "yesterday"}),
        ("列表 未参加", {"state": "no_show", "when": "all"}),
        ("未参加", {"state": "no_show", "when": "all"}),
        ("no-shows last7d", {"state": "no_show", "when": "last7d"}),
        ("今天", {"state": "", "when": "today"}),
        ("明天", {"state": "", "when": "tomorrow"}),
        ("list friday", {"state": "", "when": "friday"}),
        ("list 24 Nov joined", {"state": "joined", "when": "24 nov"}),
        ("list 李雷", {"text": "李雷", "state": "", "when": "all"}),
        ("list sales next friday", {"text": "sales", "when": "next friday"}),
        ("list unconfirmed", {"state": "scheduled", "when": "next60d"}),
    ],
)
def test_lists_are_asked_for_by_state_day_and_name_in_any_order(line, args):
    played = Stage(found={"interviews": many(1)})
    played.types(line)
    (name, asked), *_ = played.asked
    assert name == "interviews"
    assert {key: asked[key].casefold() for key in args} == args


def test_words_without_a_slash_work_in_a_private_chat():
    played = Stage(found={"interviews": many(1)})
    assert "1 interview" in text_of(played.says("今天"))
    played.found["interviews"] = (target(7, state=State.NO_SHOW, outcome=Outcome.NO_SHOW),)
    assert "1 interview: no-shows." in text_of(played.says("未参加"))


def test_a_long_list_is_one_screen_and_more():
    played = Stage(found={"interviews": many(20)})
    shown = lines(played.types("list today"))
    assert len(shown) <= SCREEN
    assert "12 more: list today +2" in shown
    second = lines(played.types("list today +2"))
    assert second[1].startswith("I-1008")
    assert lines(played.types("list today +3"))[-2].startswith("I-1019")
    assert lines(played.types("list today +99"))[1].startswith("I-1000"), "beyond the end it begins again"


def test_a_list_cut_off_by_the_query_says_so():
    assert "not all are listed" in text_of(Stage(found={"interviews": many(LIMIT)}).types("list"))


LATER = target(1031, "韩梅梅", starts_at=START + timedelta(days=2))
EARLIER = target(1019, "韩梅梅", starts_at=START - timedelta(days=9), state=State.COMPLETED)


def nothing(line: str, by=HAN, **around) -> list[str]:
    played = Stage(
        found={"around": Around(**{"total": 37, "of_text": 0, "of_state": 0, "of_days": 0, **around})}
    )
    message = played.types(line, by)
    assert message is not None
    assert message.kind == "command.list"
    return lines(message)


def test_an_empty_list_says_how_many_there_are_and_what_to_try():
    shown = nothing("list no_show")
    assert shown[0] == "No interviews: no-shows."
    assert not any("Nothing matches" in said for said in shown), "the first line says it"
    assert "There are 37 interviews in all." in shown
    assert "list unbound" in shown[-1]


@pytest.mark.parametrize(
    ("line", "around", "why"),
    [
        ("list sales friday", {"of_text": 3}, ["Nothing matches: Fri 27 Nov."]),
        ("list sales friday", {"of_days": 3}, ["Nothing matches: “sales”.", "Names are compared whole."]),
        ("list sales friday", {}, ["Nothing matches: “sales”.", "Nothing matches: Fri 27 Nov."]),
        (
            "list sales no_show friday",
            {"of_text": 3, "of_state": 2, "of_days": 5},
            ["Each alone matches something: “sales” (3), no-shows (2), and Fri 27 Nov (5)."],
        ),
        ("list unconfirmed", {"of_state": 5, "of_days": 5}, ["Everybody who is still ahead has confirmed."]),
        ("list unbound", {"of_state": 5}, ["Everybody who is still ahead can be reached."]),
        ("list confirmed friday", {"of_state": 5}, []),
        ("list nobody", {"of_days": 5}, ["Names are compared whole."]),
    ],
)
def test_an_empty_list_says_which_filter_matched_nothing(line, around, why):
    shown = nothing(line, **around)
    for sentence in why:
        assert any(said.startswith(sentence) for said in shown), shown
    assert sum("matches" in said for said in shown) == sum("matches" in sentence for sentence in why)


def test_an_empty_list_names_the_nearest():
    shown = nothing("list", of_state=1, before=EARLIER, after=LATER)
    assert "The nearest: I-1031 韩梅梅, Java: Thu 26 Nov, 14:00, not confirmed" in shown
    shown = nothing("list 韩梅梅 today", of_text=1, before=EARLIER)
    assert "The nearest: I-1019 韩梅梅, Java: Sun 15 Nov, 14:00, completed" in shown
    shown = nothing("list unconfirmed today", of_state=1, before=EARLIER)
    assert not any(said.startswith("The nearest") for said in shown), (
        "what is over is no longer to be confirmed"
    )


def test_what_somebody_may_not_see_is_not_named_as_the_nearest():
    shown = nothing("list", RUI, after=LATER)
    assert not any("I-1031" in said for said in shown)


def test_where_there_is_nothing_at_all_the_way_in_is_told():
    assert "turnout import" in nothing("list", total=0)[-1]
    assert "the interviews you recruit for" in nothing("list", RUI, total=0)[-1]


def test_why_nothing_is_listed_is_asked_for_only_then():
    played = Stage(found={"interviews": many(1), "around": Around()})
    played.types("list")
    assert [name for name, _ in played.asked] == ["interviews"]
    played = Stage(found={"around": Around()})
    played.types("list sales friday")
    assert played.asked[-1] == ("around", {"text": "sales", "state": "", "when": "friday"})


def test_the_unbound_come_with_their_links():
    played = Stage(
        found={"unbound": (target(1, "Zoe", channels=(), starts_at=START + timedelta(days=1)), target(2))}
    )
    message = played.types("list unbound")
    assert message is not None
    assert "1 interview: cannot be reached yet." in text_of(message)
    assert [action.to for action in message.actions if isinstance(action, Link)] == [
        f"invite:{id_of('interview 1')}"
    ]
    in_group = played.types("list unbound", private=False)
    assert in_group is not None
    assert in_group.actions == ()


def test_the_unconfirmed_are_those_still_to_come():
    later = START + timedelta(days=1)
    found = (target(1, starts_at=later), target(2, starts_at=later, confirmed_at=NOW), target(3))
    shown = text_of(Stage(found={"interviews": found}).types("list unconfirmed"))
    assert "I-1 " in shown
    assert "I-2 " not in shown
    assert "I-3 " not in shown


def test_groups_read_masked_names():
    played = Stage(found={"interviews": (target(1, "Anna Smith"),)})
    assert "Anna S." in text_of(played.types("list", private=False))
    assert "Smith" not in text_of(played.types("list", private=False))


# -- show ------------------------------------------------------------------------------------------------


def entry(**changes) -> LedgerEntry:
    one = target(**changes)
    rungs = (
        RungRow(
            one.interview.attempt.id, "24h", START - timedelta(hours=24), Verdict.SENT, "", "telegram:811"
        ),
        RungRow(one.interview.attempt.id, "10m", NOW + timedelta(hours=1)),
    )
    return LedgerEntry(one, rungs)


def test_show_is_one_screen_with_whose_turn_it_is():
    played = Stage(found={"ledger": (entry(starts_at=START + timedelta(hours=2)),)})
    shown = lines(played.types("show I-1024"))
    assert shown[0] == "I-1024 李雷, Java: not confirmed"
    assert "When: today, Tue 24 Nov, 16:00" in shown
    assert "Next: 李雷: confirm, before today, Tue 24 Nov, 16:00." in shown
    assert "Next reminder: 10m, today, Tue 24 Nov, 15:10" in shown
    assert "Phone: 138****1234" in shown
    assert "The whole number: reveal I-1024" in shown
    assert not any("13812341234" in line for line in shown)
    assert len(shown) <= SCREEN


def test_show_hides_personal_data_in_a_group():
    shown = text_of(Stage(found={"ledger": (entry(),)}).types("show I-1024", private=False))
    assert "李*" in shown
    assert "李雷" not in shown
    assert "138****1234" in shown
    assert "13812341234" not in shown


def test_show_tells_who_has_the_case_and_until_when():
    found = entry(state=State.NO_SHOW, outcome=Outcome.NO_SHOW, flagged_at=NOW, reason=Reason.FORGOT)
    taken = case(found.target.interview, state=CaseState.TAKEN, owner=RUI.id, owner_name="Rui", taken_at=NOW)
    with_case = LedgerEntry(Target(found.target.interview, found.target.candidate, (taken,)), found.rungs)
    shown = text_of(Stage(found={"ledger": (with_case,), "team": (HAN, RUI)}).types("show I-1024"))
    assert "no-show, forgot the time" in shown
    assert "Next: Rui: settle it, by today, Tue 24 Nov, 16:10." in shown
    assert "C-1024, no-show, since" in shown


@pytest.mark.parametrize(
    ("changes", "turn"),
    [
        ({"starts_at": START + timedelta(days=1), "confirmed_at": NOW}, "李雷: join, tomorrow"),
        ({"starts_at": START + timedelta(days=1), "channels": ()}, "HR: bring 李雷 into the chat"),
        ({}, "HR: say whether 李雷 came, after today, Tue 24 Nov, 14:10."),
        ({"state": State.JOINED, "outcome": Outcome.JOINED}, "Interviewer: the interview is under way."),
        ({"state": State.COMPLETED, "outcome": Outcome.COMPLETED}, "HR: tell 李雷 how it went."),
        ({"state": State.CANCELLED, "outcome": Outcome.CANCELLED}, "Nobody: it is off."),
        (
            {"state": State.NO_SHOW, "outcome": Outcome.NO_SHOW},
            "HR: decide whether to offer 李雷 another time.",
        ),
    ],
)
def test_every_interview_has_somebody_whose_turn_it_is(changes, turn):
    assert turn in text_of(Stage(found={"ledger": (entry(**changes),)}).types("show I-1024"))


@pytest.mark.parametrize(
    ("kind", "changes", "turn"),
    [
        (CaseKind.TECHNICAL, {}, "Support: take it, by today, Tue 24 Nov, 14:15."),
        (CaseKind.PERSON, {"escalated_at": NOW}, "HR: nobody in support has taken it"),
        (CaseKind.NO_SHOW, {}, "Turnout: ask 李雷 why, by today, Tue 24 Nov, 15:10."),
    ],
)
def test_an_open_case_says_whose_turn_it_is(kind, changes, turn):
    one = target()
    found = LedgerEntry(Target(one.interview, one.candidate, (case(one.interview, kind, **changes),)))
    assert turn in text_of(Stage(found={"ledger": (found,)}).types("show I-1024"))


def test_an_asked_candidate_has_until_patience_ends():
    one = target(contacted_at=NOW)
    found = LedgerEntry(Target(one.interview, one.candidate, (case(one.interview),)))
    shown = text_of(Stage(found={"ledger": (found,)}).types("show I-1024"))
    assert "李雷: say why, by tomorrow, Wed 25 Nov, 14:10." in shown


# -- why -------------------------------------------------------------------------------------------------


def test_why_tells_every_rung_with_reason_and_receipt():
    one = target()
    attempt = one.interview.attempt.id
    rungs = (
        RungRow(attempt, "72h", START - timedelta(hours=72), Verdict.SKIPPED, "booked_late"),
        RungRow(
            attempt,
            "24h",
            START - timedelta(hours=24),
            Verdict.SENT,
            "",
            "telegram:811",
            START - timedelta(hours=24),
        ),
        RungRow(attempt, "1h", START - timedelta(hours=1), Verdict.REFUSED, "refused: 400 chat not found"),
        RungRow(attempt, "30m", START - timedelta(minutes=30), Verdict.SUPERSEDED, "overtaken:10m"),
        RungRow(attempt, "10m", START - timedelta(minutes=10), Verdict.EXPIRED, "something_new:42"),
    )
    deliveries = (Delivery("greeting", "telegram", "accepted", "", START - timedelta(days=3), "17"),)
    shown = lines(Stage(found={"ledger": (LedgerEntry(one, rungs, deliveries),)}).types("why I-1024"))
    assert shown == [
        "I-1024 李雷: 1 of 5 reminders sent.",
        "72h, Sat 21 Nov, 14:00: skipped, its time was past when the interview was booked",
        "24h, Mon 23 Nov, 14:00: sent [Telegram 811]",
        "1h, today, Tue 24 Nov, 13:00: refused, the platform refused it (400 chat not found)",
        "30m, today, Tue 24 Nov, 13:30: superseded, the reminder 10m came close behind",
        "10m, today, Tue 24 Nov, 13:50: expired, something_new:42",
        "invitation by Telegram, Sat 21 Nov, 14:00: accepted",
        "Still to come: plan I-1024. Send one now: remind I-1024",
    ]


def test_receipts_come_from_the_outbox_where_the_ledger_has_none():
    one = target()
    rung = RungRow(one.interview.attempt.id, "24h", START, Verdict.SENT)
    sent = (
        Delivery("reminder", "telegram", "accepted", platform_id="811", rung="24h"),
        Delivery("reminder", "email", "accepted", platform_id="<a@b>", rung="24h"),
    )
    shown = text_of(Stage(found={"ledger": (LedgerEntry(one, (rung,), sent),)}).types("why I-1024"))
    assert "sent [Telegram 811 and e-mail <a@b>]" in shown


def test_every_code_of_the_planner_has_its_words():
    known = (
        "booked_late", "added_late", "crowd:moved_earlier", "confirmed", "quiet",
        "quiet:moved_earlier", "quiet:moved_later", "overtaken:1h", "joined", "cancelled", "moved", "late", "shadow",
        "opted_out", "nobody_reachable", "put_aside: RenderError", "gone: blocked", "rate", "in_doubt",
    )  # fmt: skip
    for code in known:
        assert render(in_words(code), READER) != code
    assert len({render(text, READER) for text in WHYS.values()}) >= len(WHYS) - 3


def test_an_unknown_code_is_shown_as_it_is():
    assert render(in_words("cosmic_rays:7"), READER) == "cosmic_rays:7"


# -- plan, slots, link, whoami ---------------------------------------------------------------------------


def test_plan_lists_what_is_still_to_be_sent():
    one = target(1, "李雷")
    rows = tuple(
        (RungRow(one.interview.attempt.id, "1h", NOW + timedelta(minutes=k)), one) for k in (30, 10, 20)
    )
    sent = (RungRow(one.interview.attempt.id, "24h", NOW, Verdict.SENT), one)
    played = Stage(found={"plan": (*rows, sent)})
    shown = lines(played.types("plan today"))
    assert played.asked == [("plan", {"when": "today"})]
    assert shown[0] == "3 reminders are planned, Tue 24 Nov (Asia/Shanghai)."
    assert shown[1] == "today, Tue 24 Nov, 14:20: 1h to I-1 李雷, Java"
    assert shown[-1] == "Why one is planned or not: why I-1"


def test_plan_of_a_day_of_nothing_says_so():
    assert "No reminder is planned, Wed 25 Nov (Asia/Shanghai)." in text_of(Stage().types("plan tomorrow"))


def test_plan_of_one_interview():
    played = Stage(found={"ledger": (entry(),)})
    shown = lines(played.types("plan I-1024"))
    assert played.asked == [("ledger", {"text": "I-1024"})]
    assert shown[:2] == ["1 reminder is planned for I-1024 李雷:", "10m, today, Tue 24 Nov, 15:10"]
    done = LedgerEntry(target())
    played = Stage(found={"ledger": (done,)})
    assert "No reminder is planned for I-1024 李雷 any more." in text_of(played.types("plan I-1024"))


def slot(n: int, taken: int, role: str = "") -> Slot:
    return Slot(id_of(f"slot {n}"), START + timedelta(days=n), ZONE, "example", role, 3, taken)


def test_slots_tell_the_places_left():
    played = Stage(found={"slots_all": (slot(2, 3), slot(1, 1, "Java"), slot(-1, 0))})
    shown = lines(played.types("slots"))
    assert shown[:3] == [
        "2 places are free: all (Asia/Shanghai).",
        f"{slot(1, 1, 'Java').label} tomorrow, Wed 25 Nov, 14:00, Java: 2 of 3 free",
        f"{slot(2, 3).label} Thu 26 Nov, 14:00, every role: 0 of 3 free",
    ]
    assert "3 places are free" not in text_of(played.types("slots tomorrow"))
    assert "No times to come: Mon 30 Nov" in text_of(played.types("slots monday"))
    assert "1 Java" not in text_of(played.types("slots sales"))


def test_a_link_is_given_in_private_only():
    played = Stage(found={"targets": (target(channels=()),)})
    message = played.types("link I-1024")
    assert message is not None
    assert [action.to for action in message.actions if isinstance(action, Link)] == [
        f"invite:{id_of('interview 1024')}"
    ]
    in_group = played.types("link I-1024", private=False)
    assert in_group is not None
    assert in_group.actions == ()
    assert "private chat" in text_of(in_group)


def test_whoami_tells_rights_and_clock():
    shown = lines(Stage().types("whoami", HAN))
    assert shown[:4] == [
        "You are Han Meimei.",
        "You are: HR",
        "I reach you by: Telegram",
        "Your clock: Asia/Shanghai",
    ]


# -- all of them -----------------------------------------------------------------------------------------


def test_help_fits_one_screen_and_names_the_chinese_words():
    shown = lines(Stage().types("help"))
    assert len(shown) <= SCREEN
    assert any("查看" in line for line in shown)


def test_every_command_can_be_asked_about():
    for command in COMMANDS:
        shown = text_of(Stage().types(f"help {command.name}", ADA))
        assert shown.startswith(f"{render(command.usage, READER)}: ")
        for alias in command.aliases:
            assert alias in shown


EVERY_DIALOG = Book.of(DIALOGS, COMMANDS)


def test_every_answer_renders_in_chinese():
    one = entry()
    found = {
        "targets": (one.target,), "ledger": (one,), "interviews": many(12),
        "slots_all": (slot(1, 0),), "plan": ((one.rungs[1], one.target),), "unbound": (),
    }  # fmt: skip
    for command in COMMANDS:
        for line in (render(command.usage, READER), command.name):
            played = Stage(found=dict(found), book=EVERY_DIALOG)
            said = played.types(line)
            is_slow = any(isinstance(effect, Work | Then) for effect in played.effects)
            assert is_slow if said is None else text_of(said, "zh_Hans"), line


def test_an_interview_of_another_zone_says_so():
    far = target(1, zone="America/New_York", starts_at=START + timedelta(hours=3))
    shown = text_of(Stage(found={"interviews": (far,)}).types("list"))
    assert "New York time" in shown
    assert POLICY.zone == ZONE


def test_people_are_found_by_their_own_interview():
    assert interview(3, candidate()).person == candidate().id
