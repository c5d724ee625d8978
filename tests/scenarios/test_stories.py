"""Every story of the sandbox goes as it must, in both languages, and leaves nothing behind."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from bot.sandbox.stories import STORIES, Story, play, print_ledger, print_stories, print_transcript
from store import inbox, journal, outbox


@pytest.mark.timeout(120)
@pytest.mark.parametrize("locale", ["zh_Hans", "en"])
@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
async def test_a_story_goes_as_it_must(story: Story, locale: str) -> None:
    async with await story.open(locale) as stage:
        await story.play(stage)
        async with stage.app.db.read() as tx:
            assert await inbox.dead(tx) == []
            assert await outbox.listing(tx, state="dead") == []
            assert await outbox.listing(tx, state="claimed") == []
            assert await journal.verify(tx) == []
        assert [each for each in stage.refusals() if not is_harmless(each, story)] == []
        for interview in await stage.operations.list({"all": True}):
            why = await stage.why(interview["interview"])
            over = [row for row in why["rungs"] if row["due_at"] < stage.clock.now().isoformat()]
            assert all(row["verdict"] != "planned" for row in over), "every rung ends in a recorded verdict"
        out = io.StringIO()
        console = Console(file=out, width=100)
        print_transcript(stage, console)
        await print_ledger(stage, console)
        assert out.getvalue()


def is_harmless(refusal: str, story: Story) -> bool:
    """Tell whether what a platform refused is no mistake of ours: that nothing is new, or what the story is about."""
    always = ("message is not modified", "blocked by the user", "users_not_found")
    return any(part in refusal for part in (*always, *story.refusals))


async def test_an_unknown_story_is_named_with_those_there_are() -> None:
    out = io.StringIO()
    assert await play("nonsense", "en", Console(file=out, width=200)) == 2
    assert "happy" in out.getvalue()


def test_the_stories_are_listed() -> None:
    out = io.StringIO()
    print_stories(Console(file=out, width=200))
    assert all(story.name in out.getvalue() for story in STORIES)
