"""`add` and `import`: words read in any order, what is missing asked, nothing done before a yes."""

from typing import Any

import pytest

from conversations.book import Book
from conversations.commands import COMMANDS
from conversations.commands.add import Draft, read
from conversations.commands.import_ import pasted
from conversations.dialogs import DIALOGS
from conversations.effects import Work
from conversations.events import Body, Commanded, Done, Event, Said, Sent
from conversations.grammar import BadLine
from tests.support.staff_scenes import HAN, NOW, RUI, SAM, ZONE, Stage, id_of, text_of

BOOK = Book.of(DIALOGS, COMMANDS)
LINK = "https://meet.example/1"
LOOKED = {
    "do": "look", "blob": "sha256:0", "file": "a.csv", "kind": "interviews", "locale": "en", "zone": ZONE,
    "counts": {"new": 2, "changed": 0, "unchanged": 1, "bad": 1}, "plan": [0, 0], "untold": 0,
    "told": [[3, "李雷", "bad", "手机", "138 is no number"]],
}  # fmt: skip


def works(played: Stage) -> list[tuple[str, dict[str, Any]]]:
    return [(effect.kind, dict(effect.args)) for effect in played.effects if isinstance(effect, Work)]


def stage(**found: Any) -> Stage:
    return Stage(book=BOOK, found={"takes_files": True, "pages": True, **found})


@pytest.mark.parametrize(
    "typed",
    [
        f"李雷 13800001234 前端 明天14:00 {LINK}",
        f"明天 14:00 李雷 {LINK} 前端 13800001234",
        f"李雷 job:前端 13800001234 明天下午2点 {LINK}",
        f"{LINK} 李雷 13800001234 前端 2026-11-25 14:00",
        f"李雷 13800001234 前端 at:“2026-11-25 14:00” {LINK}",
    ],
)
def test_words_are_read_in_any_order(typed):
    draft = read(typed, NOW, ZONE)
    assert draft == Draft("李雷", "13800001234", "", "前端", "2026-11-25 14:00", ZONE, LINK)
    assert draft.missing == ()


def test_latin_names_have_two_words_before_the_role():
    draft = read("Li Lei Front-end engineer li@example.com", NOW, ZONE)
    assert (draft.name, draft.role, draft.email) == ("Li Lei", "Front-end engineer", "li@example.com")
    assert draft.missing == ("starts_at", "link")


def test_what_is_typed_later_goes_over_what_was_known():
    before = read("李雷 明天14:00", NOW, ZONE)
    after = read(f"15:00 {LINK}", NOW, ZONE, before)
    assert (after.name, after.link) == ("李雷", LINK)
    full = read("前端", NOW, ZONE, after)
    assert full.role == "前端"
    with pytest.raises(BadLine, match="cannot be read"):
        read("还有什么", NOW, ZONE, full)


def test_what_is_missing_is_asked_for_and_nothing_happens_before_yes():
    played = stage()
    asked = played.types("add 李雷 13800001234 明天14:00")
    assert "the link where it takes place" in text_of(asked)
    sure = played.says(LINK)
    assert "Add this interview with 李雷?" in text_of(sure)
    assert ZONE in text_of(sure)
    assert works(played) == []
    played.says("yes")
    ((kind, args),) = works(played)
    assert kind == "add"
    assert args["draft"]["link"] == LINK


def test_a_form_brings_it_back_or_says_what_is_wrong():
    played = stage()
    played.types("add")
    played.presses(played.session(f"person:{HAN.id}", "add"), "fill")
    form = played.answers[-1].form
    filled: dict[str, Any] = {
        "name": "李雷",
        "phone": "",
        "email": "",
        "role": "",
        "day": "2026-11-20",
        "time": "14:00",
        "link": "x",
    }
    played.fills_in(form, **filled)
    assert set(played.answers[-1].field_errors) == {"day", "link"}
    played.fills_in(form, **{**filled, "day": "2026-11-25", "link": LINK})
    assert played.said[-1].message.kind == "add.sure"


@pytest.mark.parametrize(
    ("result", "words"),
    [
        ({"wrong": [["phone", "138 is no number"]]}, "phone: 138 is no number"),
        ({"wrong": [["", "is here already"]]}, "not added: is here already"),
        ({"error": "x"}, "try again"),
        ({"interview": "I-7", "id": str(id_of("i")), "starts_at": NOW.isoformat()}, "I-7 李雷 is added"),
    ],
)
def test_what_came_of_it_is_told(result, words):
    played = stage()
    draft = read(f"李雷 明天14:00 {LINK}", NOW, ZONE).as_data()
    played.happens(Done("add", {"draft": draft, **result}), HAN)
    assert words in text_of(played.said[-1].message)


# -- import ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "lines"),
    [
        (Said("导入\n姓名,面试时间\n李雷，a,b"), "姓名,面试时间\n李雷，a,b"),
        (Said("import"), ""),
        (Said("import slots\nstarts_at\n1"), "starts_at\n1"),
        (Commanded("import", "姓名,面试时间\n李雷,1"), "姓名,面试时间\n李雷,1"),
        (Commanded("import", "slots\nstarts_at\n1"), "starts_at\n1"),
        (Commanded("import", "slots"), ""),
    ],
)
def test_pasted_lines_stay_as_they_were_typed(body: Body, lines: str):
    assert pasted(Event("1", "telegram.main", NOW, body)) == lines


def test_without_lines_the_ways_are_told():
    message = stage().types("import")
    assert message is not None
    assert "send it into this chat" in text_of(message)
    assert [action.tag for action in message.actions] == ["link"]
    message = stage(takes_files=False, pages=False).types("import")
    assert "send it into this chat" not in text_of(message)
    assert "On a page" not in text_of(message)
    assert "paste them below" in text_of(stage().types("import my list"))


def test_a_document_of_hr_is_a_list():
    played = stage()
    played.happens(Sent("document", "file-1", "", "list.xlsx"), HAN)
    ((kind, args),) = works(played)
    assert (kind, args["do"], args["reference"], args["file"]) == ("list", "look", "file-1", "list.xlsx")
    assert args["account"] == "telegram.main"


def test_a_document_of_others_or_elsewhere_is_none():
    played = stage()
    played.happens(Sent("document", "file-1"), RUI)
    assert "imported by HR" in text_of(played.said[-1].message)
    played = stage(takes_files=False)
    played.happens(Sent("document", "file-1"), HAN)
    assert "page" in text_of(played.said[-1].message)
    played = stage()
    played.happens(Sent("document", "file-1"), HAN, private=False)
    assert works(played) == []
    assert played.said == []


def test_a_list_is_looked_at_and_taken_in_by_its_button():
    played = stage()
    played.happens(Done("list", LOOKED), HAN)
    card = played.said[-1].message
    assert "4 interviews" in text_of(card)
    assert "Row 3 李雷, 手机: 138 is no number" in text_of(card)
    played.presses(played.session(f"person:{HAN.id}", "import"), "apply")
    kind, args = works(played)[-1]
    assert (kind, args["do"], args["blob"], args["kind"]) == ("list", "apply", "sha256:0", "interviews")


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({"unreadable": "a.csv is a picture."}, "import.refused"),
        ({"error": "x"}, "import.refused"),
        ({"counts": {"new": 0, "changed": 0, "unchanged": 3, "bad": 0}}, "import.nothing"),
        ({"counts": {"new": 0, "changed": 0, "unchanged": 0, "bad": 3}}, "import.nothing"),
        ({"do": "apply", "plan": [3, 0]}, "import.applied"),
    ],
)
def test_what_comes_back_is_told(change, kind):
    played = stage()
    played.happens(Done("list", {**LOOKED, **change}), HAN)
    assert played.said[-1].message.kind == kind
    assert played.said[-1].message.presses == ()


def test_whoever_may_not_any_more_gets_nothing():
    played = stage()
    played.happens(Done("list", LOOKED), SAM)
    assert played.said == []
