"""Files that messages name: the interview's entry in calendars, through moves, a cancellation and its undoing."""

from datetime import timedelta
from typing import Any

import pytest
from icalendar import Calendar

from bot import files
from bot.links import Links
from conversations.events import Ordered
from store import blobs
from store.db import Database
from tests.support.scenes import START, Stage, candidate, interview, policy, scene

NOW = START - timedelta(days=2)
LINKS = Links(b"secret", "https://turnout.example.com")


def event(data: bytes) -> Any:
    (found,) = Calendar.from_ical(data).events
    return found


def played(play: Stage, *, cancelled: bool = False) -> Any:
    return event(files.entry(play.scene, play.scene.now, LINKS, cancelled=cancelled))


def test_whatever_becomes_of_it_it_is_one_entry_with_a_rising_number() -> None:
    play = Stage(scene(NOW))
    about = play.interview.id
    files_sent = [played(play)]
    play.happens(Ordered("move", about, args={"starts_at": (START + timedelta(days=1)).isoformat()}))
    files_sent.append(played(play))
    play.happens(Ordered("cancel", about))
    files_sent.append(played(play, cancelled=True))
    play.happens(Ordered("undo", about))
    files_sent.append(played(play))
    play.happens(Ordered("move", about, args={"starts_at": (START + timedelta(days=2)).isoformat()}))
    files_sent.append(played(play))

    assert len({str(file["uid"]) for file in files_sent}) == 1
    numbers = [file["sequence"] for file in files_sent]
    assert numbers == sorted(set(numbers)) == [0, 2, 3, 4, 6]
    assert [str(file["status"]) for file in files_sent] == [
        "CONFIRMED", "CONFIRMED", "CANCELLED", "CONFIRMED", "CONFIRMED",
    ]  # fmt: skip
    days = [(file.start - START) / timedelta(days=1) for file in files_sent]
    assert days == [0, 1, 1, 1, 2]


def test_the_entry_leads_to_our_pages_and_rings_half_an_hour_before() -> None:
    found = event(files.entry(scene(NOW), NOW, LINKS))
    go, my = str(found["url"]), str(found["description"]).rpartition(" ")[2]
    assert LINKS.read_page("go", go.rpartition("/")[2], START + timedelta(hours=11)).purpose == "go"
    assert LINKS.read_page("my", my.rpartition("/")[2], START + timedelta(days=29)).purpose == "my"
    (alarm,) = found.walk("VALARM")
    assert alarm["trigger"].dt == timedelta(minutes=-30)


def test_without_a_public_address_it_leads_to_the_interview_itself() -> None:
    own = interview(join="https://meet.example.com/42")
    for links in (None, Links(b"secret", "")):
        found = event(files.entry(scene(NOW, own), NOW, links))
        assert str(found["url"]) == "https://meet.example.com/42"
        assert "http" not in str(found["description"])


def test_a_cancellation_leads_nowhere() -> None:
    found = event(files.entry(scene(NOW), NOW, LINKS, cancelled=True))
    assert "turnout.example.com" not in found.to_ical().decode()
    assert not found.walk("VALARM")


def test_who_organises_it() -> None:
    assert str(event(files.entry(scene(NOW), NOW))["contact"]) == "Nebula"
    support = policy().support
    rules = policy(support=type(support)(**{**_fields(support), "email": "help@nebula.example"}))
    found = event(files.entry(scene(NOW, policy=rules), NOW))
    assert str(found["organizer"]) == "mailto:help@nebula.example"


def test_it_speaks_the_language_of_the_candidate() -> None:
    chinese = scene(NOW, candidate=candidate(locale="zh_Hans"))
    assert str(event(files.entry(chinese, NOW))["summary"]) == "面试：星云科技 Java developer"
    roleless = scene(NOW, interview(role=""))
    assert str(event(files.entry(roleless, NOW))["summary"]) == "Interview at Nebula"


async def test_files_are_made_by_their_names(db: Database) -> None:
    about = scene(NOW)
    async with db.write() as tx:
        name = f"make:calendar:{about.booked.id}"
        made = await files.make(tx, name, about, NOW, LINKS)
        assert await files.make(tx, name, about, NOW, LINKS) == made
        off = await files.make(tx, f"make:calendar-cancel:{about.booked.id}", about, NOW, LINKS)
        assert b"METHOD:PUBLISH" in await blobs.read(tx, made)
        assert b"METHOD:CANCEL" in await blobs.read(tx, off)
        with pytest.raises(ValueError, match="nobody makes"):
            await files.make(tx, "make:cake:1", about, NOW)


def _fields(value: Any) -> dict[str, Any]:
    return {name: getattr(value, name) for name in value.__dataclass_fields__}
