"""Reads what the page reports. Whatever no page of ours would send is refused, and changes nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from bot.web.door import Refused
from conversations.policy import DeviceCheck
from conversations.prechecks import CHECKS, CODES, LIMITS, Finding, Precheck

LARGEST = 1024
"""Bytes of a whole report."""
LONGEST = 3600
"""Seconds a check may have taken."""
_ID = re.compile("[0-9a-f]{32}")


def read(
    body: bytes, interview: UUID, wanted: DeviceCheck, now: datetime, device: str = ""
) -> tuple[Precheck, str]:
    """Return the check that a body reports, and the nonce of its page; raises Refused.

    `device` are the families of browser and system, which the page does not report.
    """
    if len(body) > LARGEST:
        raise Refused(413, "report:too_large", f"Send at most {LARGEST} bytes.")
    try:
        told = json.loads(body, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise Refused(400, "report:not_json", "Send the report as the page does.") from None
    if not isinstance(told, dict) or told.keys() != {"id", "nonce", "took", "checks"}:
        raise _impossible("shape")
    id, nonce, took, checks = told["id"], told["nonce"], told["took"], told["checks"]
    if not isinstance(id, str) or not _ID.fullmatch(id) or not isinstance(nonce, str):
        raise _impossible("id")
    if not _is_number(took) or not 0 <= took <= LONGEST:
        raise _impossible("took")
    if not isinstance(checks, list) or len(checks) > len(CHECKS):
        raise _impossible("checks")
    findings = tuple(_finding(each) for each in checks)
    _whole(findings, wanted)
    return Precheck(UUID(id), interview, now, findings, took, device), nonce


def _finding(told: Any) -> Finding:
    if not isinstance(told, dict) or told.keys() != {"id", "status", "code", "data"}:
        raise _impossible("check")
    code, data = told["code"], told["data"]
    known = CODES.get(code) if isinstance(code, str) else None
    if known is None or (known.check, known.status) != (told["id"], told["status"]):
        raise _impossible("code")
    if not isinstance(data, dict) or not all(_may_be(known.check, *each) for each in data.items()):
        raise _impossible("data")
    return Finding(code, data)


def _may_be(check: str, name: str, value: Any) -> bool:
    limits: Mapping[str, tuple[int, int]] = LIMITS.get(check, {})
    return name in limits and _is_number(value) and limits[name][0] <= value <= limits[name][1]


def _whole(findings: tuple[Finding, ...], wanted: DeviceCheck) -> None:
    """Refuse a report in which something is missing or told twice; where the browser fails, nothing else is tried."""
    told = [CODES[finding.code].check for finding in findings]
    if len({*told}) != len(told) or "browser" not in told:
        raise _impossible("checks")
    if any(CODES[f.code].check == "browser" and CODES[f.code].status == "fail" for f in findings):
        return
    needed = {
        "network": True,
        "camera": wanted.camera,
        "microphone": wanted.microphone,
        "speaker": wanted.speaker,
    }
    if any(is_needed and check not in told for check, is_needed in needed.items()):
        raise _impossible("checks")


def _is_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _no_number(name: str) -> None:
    raise ValueError(name)


def _impossible(what: str) -> Refused:
    return Refused(422, f"report:{what}", "Send the report as the page does.")
