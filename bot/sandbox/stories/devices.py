"""The device check: from the link in a reminder to the result in the chat, support's card and HR's digest."""

from __future__ import annotations

from datetime import timedelta

from bot.sandbox.people import Someone
from bot.sandbox.stage import Stage
from bot.sandbox.stories.story import (
    TOMORROW_AT_TWO,
    comes,
    flagged,
    hr,
    listed,
    open_slots,
    row,
    staff,
    was_told,
)
from conversations.prechecks import CODES
from locales.text import ct, nt, t

_COUNTED = nt(
    "{n} device was checked for today: {passed} fine, {warned} with a remark, {failed} to fix.",
    "{n} devices were checked for today: {passed} fine, {warned} with a remark, {failed} to fix.",
    1,
    passed=1,
    warned=0,
    failed=0,
)


async def _reminded(stage: Stage) -> tuple[Someone, Someone, Someone]:
    """Bring a candidate to their first reminder, with HR and support there."""
    team = await hr(stage)
    support = await staff(stage, "Chen, support", "support")
    booked = row(stage)
    listed(stage, booked)
    await stage.import_list([booked])
    candidate = await comes(stage, booked)
    await open_slots(stage, 2, 3, 4)
    await stage.until(TOMORROW_AT_TWO - timedelta(hours=24))
    return team, support, candidate


async def checked(stage: Stage) -> None:
    """The camera is busy: what helps, support's card, the phone, and in the end all is well."""
    team, support, candidate = await _reminded(stage)
    has_room = stage.main != "sms"  # a text says that there is something, and leads to the page
    phone = row(stage)["手机"]
    await stage.checks(candidate, "CAM-BUSY", "NET-SLOW", phone=phone)
    if has_room:
        stage.saw(candidate, CODES["CAM-BUSY"].said)
        stage.saw(support, "CAM-BUSY")
    await stage.picks(candidate, "phone")
    stage.saw(
        candidate, t("Most phones can do it: open this check on your phone, and see whether it works there.")
    )
    await stage.checks(candidate, "CAM-DARK", phone=phone)
    if has_room:
        stage.saw(candidate, CODES["CAM-DARK"].said)
    await stage.checks(candidate, phone=phone)
    await stage.until(TOMORROW_AT_TWO - timedelta(minutes=55))
    if has_room:
        stage.saw(candidate, ct("device check", "everything works"))
        stage.saw(team, _COUNTED)
    await was_told(
        stage, "precheck.failed", "precheck.phone", "precheck.warned", "precheck.passed", "support.card"
    )


async def not_checked(stage: Stage) -> None:
    """Nothing was checked an hour before: the reminder says so. Later the reason is technical, and HR sees both."""
    team = await hr(stage)
    booked = row(stage)
    listed(stage, booked)
    await stage.import_list([booked])
    candidate = await comes(stage, booked)
    await open_slots(stage, 2, 3)
    await stage.until(TOMORROW_AT_TWO - timedelta(minutes=55))
    stage.saw(candidate, t("Your device is not checked yet. “Check your device” takes less than a minute."))
    await stage.checks(candidate, "MIC-QUIET", phone=booked["手机"])
    await flagged(stage)
    await stage.picks(candidate, "reason:technical")
    stage.saw(team, "MIC-QUIET")
