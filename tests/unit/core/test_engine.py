"""The engine: who decides, what a decision does, and that nothing old ever acts."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.book import Book
from conversations.dialog import END, Ask, BadDialog, Dialog, Session, Tell, Turn
from conversations.effects import Answer, CloseButtons, DropTimers, Record, Say, SetTimer
from conversations.engine import MISSES_BEFORE_A_PERSON, NeedMore, present, react
from conversations.events import Booked, Commanded, Due, Ordered, Picked, Said, Submitted, Wanted
from conversations.identity import Role, ToPerson, ToTeam
from conversations.interview import CaseState
from conversations.messages import Field, Form, Message, Press
from locales.translate import render
from tests.support.samples import reader
from tests.support.toys import (
    BOOK,
    COMMANDS,
    HOUR,
    NOW,
    POLICY,
    Play,
    case_,
    event,
    go,
    interview,
    kinds,
    notes,
    person,
    prompt,
    records,
    scene,
    uid,
    words,
)

ASKED = Booked(uid("interview"), is_new=True)


def asked(**values: Any) -> Play:
    """Return a play in which the candidate was just asked whether they come."""
    play = Play(**values)
    assert kinds(play.react(ASKED)) == ["come"]
    return play


def toast(answer: Answer | None) -> str:
    assert answer is not None
    assert answer.toast is not None
    return render(answer.toast, reader("en"))


# -- presses ---------------------------------------------------------------------------------------------


def test_a_press_leads_on_and_closes_the_buttons_it_answered() -> None:
    play = asked()
    turn = play.session.turn
    outcome = play.press(2)
    assert records(outcome) == ["picked"]
    assert kinds(outcome) == ["why"]
    assert [e for e in outcome.effects if isinstance(e, CloseButtons)] == [
        CloseButtons(play.session.id, turn + 1, words("why"))
    ]
    assert play.session.at == "question.why"
    assert play.session.turn > turn
    assert play.session.choices == ("reason:forgot", "reason:technical", "reason:other")


def test_the_argument_of_a_choice_reaches_its_pick() -> None:
    play = asked()
    play.press(2)
    outcome = play.press(2)
    assert [e.detail["argument"] for e in outcome.effects if hasattr(e, "detail")] == ["technical"]


def test_a_stale_press_never_acts_and_shows_where_things_are() -> None:
    play = asked()
    old = play.session.turn
    play.press(2)
    outcome = play.press(1, turn=old)
    assert not records(outcome)
    assert kinds(outcome) == ["why"]
    assert notes(outcome) == 1
    assert "moved on" in toast(outcome.answer)
    assert play.session.at == "question.why"


def test_a_second_press_of_the_same_button_is_thanked_for() -> None:
    play = asked()
    turn = play.session.turn
    play.press(2)
    outcome = play.press(2, turn=turn)
    assert not outcome.effects
    assert "Got it already" in toast(outcome.answer)


def test_a_second_press_after_a_told_end_is_thanked_for() -> None:
    play = asked()
    turn = play.session.turn
    play.press(1)
    assert play.session.at == "question.thanks"
    outcome = play.press(1, turn=turn)
    assert not outcome.effects
    assert "Got it already" in toast(outcome.answer)


@pytest.mark.parametrize("turn", [0, 2, 99, 65_535])
def test_a_turn_that_was_never_shown_does_nothing(turn: int) -> None:
    play = asked()
    assert not records(play.press(1, turn=turn))
    assert play.session.at == "question.come"


@pytest.mark.parametrize("choice", [0, 6, 9])
def test_a_choice_that_was_not_offered_does_nothing(choice: int) -> None:
    play = asked()
    assert not records(play.press(choice))
    assert play.session.at == "question.come"


def test_a_press_on_a_session_that_is_over_or_unknown_only_says_so() -> None:
    play = asked()
    turn = play.session.turn
    play.press(3)
    assert play.session.step == ""
    for outcome in (play.press(1, turn=turn), play.react(Picked(uid("unknown"), 1, 1))):
        assert not outcome.effects
        assert "earlier" in toast(outcome.answer)


def test_somebody_elses_button_is_refused() -> None:
    play = asked()
    play.scene = replace(play.scene, person=person("somebody"))
    outcome = play.press(1)
    assert records(outcome) == ["right.refused"]
    assert len(outcome.effects) == 1
    assert "somebody else" in toast(outcome.answer)
    assert play.session.at == "question.come"


def test_what_stays_open_can_be_answered_after_asking_for_details() -> None:
    play = asked()
    outcome = play.press(4)
    assert kinds(outcome) == ["detail"]
    assert not any(isinstance(effect, CloseButtons) for effect in outcome.effects)
    assert play.session.is_waiting
    assert records(play.press(1)) == ["picked"]


def test_leaving_by_an_exit_that_was_not_declared_raises() -> None:
    play = asked()
    with pytest.raises(BadDialog, match=r"question\.come left to hidden"):
        play.press(5)


def test_a_choice_that_no_pick_handles_raises() -> None:
    book = Book.of((Dialog("d", Ask("a", prompt("a", "unhandled"), {}), on=on_booked("d.a")),))
    play = Play(book)
    play.react(ASKED)
    with pytest.raises(BadDialog, match="does not handle"):
        play.press(1)


def on_booked(to: str) -> dict[str, Any]:
    return {"booked": lambda scene, event: Turn(to=to)}


def test_more_than_nine_choices_are_refused() -> None:
    actions = [f"n:{n}" for n in range(10)]
    for count, is_refused in ((9, False), (10, True)):
        step = Ask("a", prompt("a", *actions[:count]), {"n": go(END)}, exits=(END,))
        play = Play(Book.of((Dialog("d", step, on=on_booked("d.a")),)))
        if is_refused:
            with pytest.raises(BadDialog, match="9 is the most"):
                play.react(ASKED)
        else:
            play.react(ASKED)


# -- words -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["2", "２", "二", "②", "2.", "第二个", " 2 "])
def test_a_number_picks_the_choice_in_that_place(typed: str) -> None:
    play = asked()
    assert records(play.react(Said(typed))) == ["picked"]
    assert play.session.at == "question.why"


@pytest.mark.parametrize("typed", ["6", "0", "10", "22"])
def test_a_number_that_was_not_offered_is_a_miss(typed: str) -> None:
    play = asked()
    outcome = play.react(Said(typed))
    assert not records(outcome)
    assert kinds(outcome) == ["come"]
    assert notes(outcome) == 1


def other_session(**values: Any) -> Session:
    wanted: dict[str, Any] = {
        "id": uid("other"),
        "holder": f"person:{uid('candidate')}",
        "subject": "feedback",
    }
    shown = {"dialog": "question", "step": "why", "turn": 7, "choices": ("reason:forgot", "reason:technical")}
    return Session(**{**wanted, **shown, "asked_at": NOW + HOUR, **values})


def test_a_number_answers_the_newest_question() -> None:
    play = asked()
    play.scene = replace(play.scene, sessions=(*play.scene.sessions, other_session()))
    outcome = play.react(Said("2"))
    assert [session.id for session in outcome.sessions] == [uid("other")]


def test_the_session_of_the_message_that_was_answered_wins() -> None:
    play = asked()
    play.scene = replace(
        play.scene, sessions=(*play.scene.sessions, other_session()), about=play.scene.sessions[0].id
    )
    first = play.scene.sessions[0].id
    outcome = play.react(Said("2"))
    assert [session.id for session in outcome.sessions] == [first]


def test_a_session_that_asks_nothing_is_not_answered_by_a_number() -> None:
    play = Play(sessions=(other_session(choices=(), asked_at=NOW), other_session(id=uid("x"), asked_at=None)))
    outcome = play.react(Said("1"))
    assert not records(outcome)


def test_words_a_step_understands_lead_on() -> None:
    play = asked()
    outcome = play.react(Said("because"))
    assert kinds(outcome) == ["why"]
    assert any(isinstance(effect, CloseButtons) for effect in outcome.effects)


def test_words_nobody_understands_bring_the_buttons_again_and_then_a_person() -> None:
    play = asked()
    for n in range(1, MISSES_BEFORE_A_PERSON):
        outcome = play.react(Said("gibberish"))
        assert kinds(outcome) == ["come"]
        assert notes(outcome) == 1
        assert play.session.misses == n
        assert play.session.is_waiting
    outcome = play.react(Said("gibberish"))
    assert records(outcome) == ["misses"]
    assert play.session.misses == 0


def test_being_understood_clears_the_misses() -> None:
    play = asked()
    play.react(Said("gibberish"))
    play.react(Said("because"))
    assert play.session.misses == 0


def test_what_can_be_said_at_any_time_is_heeded_beside_an_open_question() -> None:
    play = asked()
    outcome = play.react(Said("status"))
    assert kinds(outcome) == ["status"]
    assert play.session.is_waiting
    assert play.session.misses == 0


def test_words_without_a_question_get_the_menu_never_silence() -> None:
    assert kinds(Play().react(Said("hello"))) == ["menu"]


def test_a_stranger_is_answered() -> None:
    for body in (Said("hello"), Commanded("show", "I-1"), Wanted("status")):
        outcome = Play(person=None, interview=None, candidate=None).react(body)
        assert kinds(outcome) == ["who"]
        assert [e.to for e in outcome.effects if isinstance(e, Say)] == [ToPerson(uid("x").__class__(int=0))]


def test_the_bot_is_silent_while_a_person_has_the_case() -> None:
    play = asked(cases=(case_(CaseState.TAKEN),))
    for text in ("hello", "status", "because"):
        assert records(play.react(Said(text))) == ["silent"]
    assert play.session.at == "question.come"


@pytest.mark.parametrize("state", [CaseState.OPEN, CaseState.CLOSED])
def test_the_bot_answers_while_nobody_has_the_case(state: CaseState) -> None:
    assert kinds(asked(cases=(case_(state),)).react(Said("status"))) == ["status"]


# -- commands --------------------------------------------------------------------------------------------


def hr() -> Any:
    return person("hr", Role.HR)


def test_staff_type_commands_with_and_without_a_slash() -> None:
    play = Play(person=hr(), found={"target": None})
    assert kinds(play.react(Said("show I-1001"))) == ["shown"]
    assert kinds(play.react(Commanded("show", "I-1001"))) == ["shown"]
    assert kinds(play.react(Commanded("查看", "I-1001"))) == ["shown"]


def test_a_command_names_what_it_needs() -> None:
    with pytest.raises(NeedMore) as more:
        Play(person=hr()).react(Commanded("show", "I-1001"))
    assert [(need.name, dict(need.args)) for need in more.value.needs] == [("target", {"name": "I-1001"})]


@pytest.mark.parametrize(
    ("roles", "kind"), [((Role.VIEWER,), "not_allowed"), ((Role.ADMIN,), "shown"), ((), "not_allowed")]
)
def test_a_command_is_only_run_for_its_roles(roles: tuple[Role, ...], kind: str) -> None:
    play = Play(person=person("somebody", *roles), found={"target": None})
    assert kinds(play.react(Commanded("show", "I-1001"))) == [kind]


def test_an_unknown_command_is_answered() -> None:
    assert kinds(Play(person=hr()).react(Commanded("dance"))) == ["unknown"]
    assert kinds(Play().react(Commanded("dance"))) == ["menu"]
    assert kinds(Play().react(Commanded("status"))) == ["status"]
    assert kinds(Play().react(Commanded("ping"))) == ["pong"]


# -- cards -----------------------------------------------------------------------------------------------


def card(*roles: Role) -> Play:
    play = Play(person=None)
    outcome = play.react(Ordered("no_show", uid("interview")), source="core", account=None)
    said = next(effect for effect in outcome.effects if isinstance(effect, Say))
    assert said.to == ToTeam("hr")
    assert said.message.key == f"card:{play.session.id}"
    play.scene = replace(play.scene, person=person("staff", *roles))
    return play


def test_a_card_is_edited_through_its_life_and_never_closed() -> None:
    play = card(Role.HR)
    key = f"card:{play.session.id}"
    outcome = play.press(1)
    said = next(effect for effect in outcome.effects if isinstance(effect, Say))
    assert (said.message.kind, said.message.key) == ("taken", key)
    assert not any(isinstance(effect, CloseButtons) for effect in outcome.effects)
    assert play.session.at == "card.taken"


@pytest.mark.parametrize(("role", "may"), [(Role.HR, True), (Role.ADMIN, True), (Role.VIEWER, False)])
def test_a_press_in_a_place_is_checked_by_role_at_the_press(role: Role, may: bool) -> None:
    play = card(role)
    outcome = play.press(1)
    assert ("right.refused" not in records(outcome)) == may
    if not may:
        assert records(outcome) == ["right.refused"]
        assert "somebody else" in toast(outcome.answer)


def test_a_role_that_was_taken_away_no_longer_presses() -> None:
    play = card(Role.HR)
    play.press(1)
    play.scene = replace(play.scene, person=person("staff", Role.CANDIDATE))
    assert records(play.press(1)) == ["right.refused"]


def test_two_who_press_the_same_card_do_it_once() -> None:
    play = card(Role.HR)
    turn = play.session.turn
    assert records(play.press(1, turn=turn)) == ["picked"]
    again = play.press(1, turn=turn)
    assert not records(again)
    assert "Got it already" in toast(again.answer)
    assert not records(play.press(2, turn=turn))


# -- forms -----------------------------------------------------------------------------------------------


def _submit(scene: Any, session: Session, event: Any, values: Mapping[str, str]) -> Turn:
    if values.get("day") != "friday":
        return Turn(answer=Answer(field_errors={"day": words("not that day")}))
    return Turn(effects=(Record("submitted", values["day"], "candidate"),), to="done")


def _typed(scene: Any, session: Session, event: Any, said: Said) -> Turn:
    return Turn(to="done", was_understood=said.text in ("friday", "show friday"))


FORMS = Book.of(
    (
        Dialog(
            "wish",
            Ask("ask", prompt("ask", "choose"), {"choose": go("day")}, exits=("day",)),
            Ask(
                "day",
                prompt("day", "back"),
                {"back": go("ask")},
                hear=_typed,
                exits=("ask", "done"),
                form=lambda scene, session: Form(
                    "wish", words("Which day?"), (Field("day", words("Day")),), words("OK"), {"about": "x"}
                ),
                submit=_submit,
            ),
            Tell("done", prompt("done")),
            on={
                "booked": lambda scene, event: Turn(to="wish.ask"),
                "unknown_command": lambda scene, event: Turn(say=Message("unknown", words("unknown"))),
            },
            roles=(Role.CANDIDATE, Role.HR),
        ),
    ),
    COMMANDS,
)


def form_open(**values: Any) -> tuple[Play, Form]:
    """Return a play in which the candidate has just pressed their way to a form."""
    play = Play(FORMS, **values)
    assert play.react(ASKED).answer is None
    form = play.press(1).answer
    assert form is not None
    assert form.form is not None
    return play, form.form


def submitted(form: Form, day: str) -> Submitted:
    return Submitted(form.name, {"day": day}, form.carried)


def test_whoever_presses_their_way_to_a_form_gets_it_open_beside_the_message() -> None:
    play, form = form_open()
    assert play.session.at == "wish.day"
    assert play.session.choices == ("back",)
    assert form.carried == {"about": "x", "session": str(play.session.id), "turn": str(play.session.turn)}


def test_a_form_is_not_pushed_on_anybody_who_pressed_nothing() -> None:
    steps = FORMS.dialogs["wish"].steps.values()
    play = Play(Book.of((Dialog("wish", *steps, entries=("day",), on=on_booked("wish.day")),)))
    assert play.react(ASKED).answer is None
    assert play.session.at == "wish.day"


def test_what_a_form_says_is_done_once() -> None:
    play, form = form_open()
    outcome = play.react(submitted(form, "friday"))
    assert records(outcome) == ["submitted"]
    assert outcome.answer is None
    assert play.session.at == "wish.done"
    assert any(isinstance(effect, CloseButtons) for effect in outcome.effects)
    again = play.react(submitted(form, "friday"))
    assert not records(again)
    assert "moved on" in toast(again.answer)


def test_a_field_that_is_wrong_leaves_the_form_open() -> None:
    play, form = form_open()
    before = play.session
    outcome = play.react(submitted(form, "someday"))
    assert outcome.answer == Answer(field_errors={"day": words("not that day")})
    assert (outcome.effects, outcome.sessions, play.session) == ((), (), before)
    assert records(play.react(submitted(form, "friday"))) == ["submitted"]


def test_a_form_of_an_earlier_turn_never_acts_and_shows_where_things_are() -> None:
    play, form = form_open()
    play.press(1)
    outcome = play.react(submitted(form, "friday"))
    assert not records(outcome)
    assert kinds(outcome) == ["ask"]
    assert notes(outcome) == 1
    assert "moved on" in toast(outcome.answer)


def test_a_form_where_none_was_shown_never_acts() -> None:
    play, form = form_open()
    play.press(1)
    carried = {**form.carried, "turn": str(play.session.turn)}
    outcome = play.react(Submitted("wish", {"day": "friday"}, carried))
    assert not records(outcome)
    assert "moved on" in toast(outcome.answer)


def test_somebody_elses_form_is_refused() -> None:
    play, form = form_open()
    for who in (person("somebody"), None):
        play.scene = replace(play.scene, person=who)
        outcome = play.react(submitted(form, "friday"))
        assert records(outcome) == (["right.refused"] if who else [])
        assert len(outcome.effects) == len(records(outcome))
        assert "somebody else" in toast(outcome.answer)


@pytest.mark.parametrize(
    "carried", [{}, {"session": str(uid("unknown")), "turn": "2"}, {"session": "nonsense"}]
)
def test_a_form_of_no_session_only_says_that_it_is_from_earlier(carried: dict[str, str]) -> None:
    play, _ = form_open()
    outcome = play.react(Submitted("wish", {"day": "friday"}, carried))
    assert not outcome.effects
    assert "earlier" in toast(outcome.answer)
    assert play.session.at == "wish.day"


@pytest.mark.parametrize("turn", ["", "0", "x", "1"])
def test_a_form_with_another_turn_never_acts(turn: str) -> None:
    play, form = form_open()
    outcome = play.react(Submitted("wish", {"day": "friday"}, {**form.carried, "turn": turn}))
    assert not records(outcome)


def test_what_a_form_asks_for_can_be_typed_instead() -> None:
    play, _ = form_open()
    assert kinds(play.react(Said("friday"))) == ["done"]


def test_staff_type_what_a_form_asks_for_even_where_it_begins_like_a_command() -> None:
    someone = person("candidate", Role.HR)
    play, _ = form_open(person=someone, candidate=someone)
    play.scene = replace(play.scene, found={"target": None})
    assert kinds(play.react(Said("show I-1001"))) == ["shown"]
    assert kinds(play.react(Said("show friday"))) == ["done"]


# -- time ------------------------------------------------------------------------------------------------


def test_a_question_sets_its_lapse_and_an_answer_drops_it() -> None:
    play = Play()
    first = play.react(ASKED)
    timer = next(effect for effect in first.effects if isinstance(effect, SetTimer))
    assert (timer.name, timer.subject) == ("lapse", f"session:{play.session.id}")
    assert timer.at == NOW + POLICY.patience
    assert timer.data == {"turn": str(play.session.turn)}
    answered = play.press(1)
    assert DropTimers(f"session:{play.session.id}") in answered.effects


def test_a_lapse_ends_the_question() -> None:
    play = asked()
    assert records(play.lapse()) == ["lapsed"]
    assert play.session.step == ""
    assert not play.session.is_waiting


def test_a_lapse_of_an_earlier_turn_is_ignored() -> None:
    play = asked()
    turn = play.session.turn
    play.react(Said("gibberish"))
    outcome = play.lapse(turn)
    assert not outcome.effects
    assert play.session.is_waiting


@pytest.mark.parametrize(
    "body",
    [
        Due("lapse", "session:nobody", NOW, {"turn": "1"}),
        Due("lapse", f"session:{uid('candidate')}", NOW),
        Due("unheard-of", "interview:x", NOW),
    ],
)
def test_a_timer_for_nobody_does_nothing(body: Due) -> None:
    assert not asked().react(body, source="time").effects


# -- needs, present, twins -------------------------------------------------------------------------------


def test_what_a_step_needs_is_asked_for_before_anything_happens() -> None:
    body = Ordered("rebook", uid("interview"))
    with pytest.raises(NeedMore) as more:
        react(BOOK, scene(), event(body))
    assert [need.name for need in more.value.needs] == ["slots"]
    outcome = react(BOOK, scene(found={"slots": ["a", "b"]}), event(body))
    assert records(outcome) == ["first"]
    assert outcome.sessions[0].choices == ("slot:a", "slot:b")


def test_the_same_scene_and_event_always_give_the_same_outcome() -> None:
    known = {f"session:team:hr:interview:{uid('interview')}": None}
    for body in (ASKED, Said("status"), Ordered("no_show", uid("interview"))):
        happened = event(body)
        assert react(BOOK, scene(found=known), happened) == react(BOOK, scene(found=known), happened)


def test_present_shows_the_current_step_and_changes_nothing() -> None:
    play = asked()
    shown = present(BOOK, play.scene, play.session)
    assert [press.action for press in shown.presses] == list(play.session.choices)
    with pytest.raises(NeedMore):
        present(BOOK, scene(), other_session(dialog="slots", step="pick"))


def test_what_an_effect_changes_is_seen_by_the_prompt_that_follows() -> None:
    from conversations.effects import SaveInterview

    later = interview(moves=3)

    def show(scene: Any, session: Session) -> Message:
        return Message("moves", words(str(scene.interview.moves)), actions=(Press("ok", words("ok")),))

    dialog = Dialog(
        "d",
        Ask("a", show, {"ok": go(END)}, exits=(END,)),
        on={"booked": lambda scene, event: Turn((SaveInterview(later),), to="d.a")},
    )
    said = next(e for e in Play(Book.of((dialog,))).react(ASKED).effects if isinstance(e, Say))
    assert said.message.lead == words("3")


# -- whatever happens ------------------------------------------------------------------------------------

_presses = st.tuples(st.just("press"), st.integers(0, 9).filter(lambda n: n != 5), st.integers(-3, 3))
_words = st.tuples(
    st.just("say"),
    st.sampled_from(["1", "二", "３", "because", "status", "hello", "", "/x", "show"]) | st.text(max_size=20),
    st.just(0),
)
_others = st.tuples(st.sampled_from(["lapse", "booked", "move"]), st.integers(-2, 0), st.just(0))


@given(st.lists(_presses | _words | _others, max_size=30), st.booleans())
def test_whatever_is_pressed_and_said_nothing_old_acts(
    steps: list[tuple[str, Any, int]], is_taken: bool
) -> None:
    play = asked(cases=(case_(CaseState.TAKEN),) if is_taken else ())
    for kind, value, shift in steps:
        before = play.session
        choice: Any = value
        match kind:
            case "press":
                outcome = play.press(choice, turn=before.turn + shift)
                is_current = shift == 0 and 1 <= choice <= len(before.choices) and before.step != ""
                assert bool(records(outcome)) <= is_current
            case "say":
                if before.at == "question.come" and value.strip().startswith(("5", "五", "５", "第五", "⑤")):
                    continue
                with suppress(BadDialog):  # the toy's fifth choice leaves by an exit it did not declare
                    play.react(Said(value))
                continue
            case "lapse":
                outcome = play.lapse(before.turn + choice)
                assert bool(records(outcome)) <= (choice == 0 and before.is_waiting)
            case "booked":
                outcome = play.react(ASKED)
            case _:
                play.scene = replace(play.scene, found={"slots": ["a"]})
                outcome = play.react(Ordered("rebook", uid("interview")))
        after = play.session
        assert after.turn >= before.turn
        if any(isinstance(effect, Say) and effect.session for effect in outcome.effects):
            assert after.turn > before.turn
        assert after.is_waiting <= bool(after.step)
        assert len(after.choices) <= 9
