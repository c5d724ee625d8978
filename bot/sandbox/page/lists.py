"""Lists of interviews that visitors bring along: looked at first, then taken, and their people shown."""

from __future__ import annotations

import base64
import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import xlsxwriter
from starlette.datastructures import FormData, UploadFile

from bot.problems import Problem
from bot.sandbox.page.studio import Mistaken, Studio
from bot.sandbox.stage import Stage
from conversations.identity import Person
from conversations.interview import Interview
from locales.text import ct
from store import interviews

MOST_WINDOWS = 6
"""So many new candidates get a window at once."""
MOST_INTERVIEWS = 10_000
ROWS_SHOWN = 100
BROKEN = (
    "姓名,手机,邮箱,岗位,面试时间,时区,面试链接\n"
    "李雷,138,lilei#example.com,前端工程师,昨天下午,北京?,meeting\n"
    ",,,,,,\n"
)
"""What a list looks like with which one can try what happens."""


@dataclass(frozen=True, slots=True)
class Looked:
    """A list, with a verdict for each of its rows."""

    name: str
    data: bytes
    found: Mapping[str, Any]
    is_applied: bool
    people: tuple[tuple[str, str], ...] = ()
    """New interviews with the keys of their candidates' windows."""

    @property
    def rows(self) -> list[Mapping[str, Any]]:
        return list(self.found["rows"])[:ROWS_SHOWN]


async def look(studio: Studio, form: FormData) -> Looked:
    """Return the verdicts on a list that was brought along; nothing is changed. Raises Mistaken."""
    brought = form.get("list")
    if not isinstance(brought, UploadFile) or not brought.filename:
        raise Mistaken(ct("sandbox", "Choose a file first: CSV or XLSX."))
    name, data = brought.filename[-120:], await brought.read()
    return Looked(name, data, await _judged(studio, name, data, apply=False), is_applied=False)


async def apply(studio: Studio, looked: Looked | None) -> Looked:
    """Take the list that was looked at, and show its new people. Raises Mistaken when there is none."""
    if looked is None or looked.is_applied:
        raise Mistaken(ct("sandbox", "There is no list that waits to be taken: check one first."))
    known = {interview.id for interview, _ in await _interviews(studio.set_stage)}
    found = await _judged(studio, looked.name, looked.data, apply=True)
    shown = []
    async with studio.hands() as stage:
        new = [each for each in await _interviews(stage) if each[0].id not in known]
        for interview, person in new[:MOST_WINDOWS]:
            email, phone = person.email or "", person.phone or ""
            who = stage.person(person.name, stage.main, email=email, phone=phone)
            shown.append((interview.label, f"{stage.main}:{who.name}"))
    studio.opened |= {key for _, key in shown}
    return Looked(looked.name, looked.data, found, is_applied=True, people=tuple(shown))


async def _interviews(stage: Stage) -> list[tuple[Interview, Person]]:
    async with stage.app.db.read() as tx:
        return await interviews.search(tx, None, limit=MOST_INTERVIEWS)


async def _judged(studio: Studio, name: str, data: bytes, *, apply: bool) -> Mapping[str, Any]:
    args = {"file": name, "data": base64.b64encode(data).decode(), "apply": apply, "lang": studio.locale}
    async with studio.hands() as stage:
        try:
            return await stage.operations.booking.import_list({**args, "actor": "sandbox"})
        except Problem as problem:
            said = ct("sandbox", "{what} Nothing was changed.", what=problem.what)
            raise Mistaken(said) from None


def samples() -> Mapping[str, bytes]:
    """Return lists to try, by file name: two good ones, one as XLSX, and a broken one."""
    folder = files("bot.sandbox") / "data"
    known = {name: (folder / name).read_bytes() for name in ("面试名单.csv", "interviews.csv")}
    return {
        **known,
        "interviews.xlsx": _spreadsheet(known["interviews.csv"]),
        "broken.csv": BROKEN.encode("utf-8-sig"),
    }


def _spreadsheet(data: bytes) -> bytes:
    kept = io.BytesIO()
    with xlsxwriter.Workbook(kept, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Interviews")
        for number, row in enumerate(csv.reader(io.StringIO(data.decode("utf-8-sig")))):
            sheet.write_row(number, 0, row)
    return kept.getvalue()
