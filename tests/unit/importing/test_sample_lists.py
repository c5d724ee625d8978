"""The lists we ship are good, without a doubt, on the demo's first morning."""

from importlib.resources import files

import pytest

from bot.importing.columns import INTERVIEWS, SLOTS
from bot.importing.drafts import InterviewDraft, parse_interviews
from bot.importing.matching import Found
from bot.importing.reading import read
from bot.importing.rows import ParsedList
from bot.importing.slots import judge_slots, parse_slots
from bot.importing.verdicts import judge, tally
from tests.unit.importing.lists import CONTEXT, NOW

DATA = files("bot.sandbox") / "data"
LISTS = ("面试名单.csv", "interviews.csv")


def parsed(file: str) -> ParsedList[InterviewDraft]:
    return parse_interviews(read((DATA / file).read_bytes(), file, INTERVIEWS), CONTEXT)


@pytest.mark.parametrize("file", LISTS)
def test_every_interview_is_new(file: str) -> None:
    verdicts = judge(parsed(file), Found(), NOW)
    assert tally(verdicts) == {"new": len(verdicts), "changed": 0, "unchanged": 0, "bad": 0}
    assert len(verdicts) >= 12


def test_they_show_what_there_is() -> None:
    drafts = [row.draft for file in LISTS for row in parsed(file).rows if row.draft]
    assert {draft.zone for draft in drafts} == {
        "Asia/Shanghai",
        "Asia/Tokyo",
        "Europe/Berlin",
        "America/New_York",
    }
    assert {draft.candidate_type for draft in drafts} == {"campus", "experienced", "part_time", "intern"}
    assert {draft.locale for draft in drafts} == {"zh_Hans", "en"}
    assert {draft.local_start.day for draft in drafts} == {24, 25, 26}
    assert len({draft.external_id for draft in drafts}) == len(drafts)
    assert len({draft.phone for draft in drafts if draft.phone}) == sum(bool(draft.phone) for draft in drafts)
    assert any(not draft.has_contact for draft in drafts), "somebody needs the personal link"


def test_nobody_real_is_in_them() -> None:
    for row in (row for file in LISTS for row in parsed(file).rows):
        assert row.draft
        assert not row.draft.email or row.draft.email.endswith("@example.com")
        # Chinese 138 0000, German 030 23125 xxx and American 555-01xx are kept for films.
        assert (row.draft.phone or "").startswith(
            ("+861380000", "+493023125", "+12125550", "")
        ) or not row.draft.phone


def test_every_slot_is_new() -> None:
    table = read((DATA / "slots.csv").read_bytes(), "slots.csv", SLOTS)
    assert {one.verdict for one in judge_slots(parse_slots(table, CONTEXT), [], NOW)} == {"new"}
