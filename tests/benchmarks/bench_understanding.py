"""How well candidates' words are understood: `python -m tests.benchmarks.bench_understanding FOLDER`.

The folder holds dev_reasons.jsonl and dev_times.jsonl, which are not ours to keep here. Harm is counted apart
from what was merely missed: a wrong reason, or a window that does not meet the meaning at all.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from conversations.interview import Reason
from conversations.understanding.reasons import reason_of
from conversations.understanding.times import window_of

LABELS = {Reason.FORGOT: "forgot", Reason.TECHNICAL: "technical", Reason.CAME_UP: "came_up", None: "none"}
DAYS = 21
OPEN = range(16, 44)
"""Half hours from 08:00 to 22:00."""
GOOD = 0.65
POINT = timedelta(minutes=15)

Windows = Sequence[tuple[datetime, datetime]]


def reasons(path: Path) -> dict[str, Any]:
    """Return counts: right, wrong (a concrete reason that is not among the accepted), missed; flags likewise."""
    counts = dict.fromkeys(("rows", "right", "wrong", "missed", "flags_missing", "flags_extra"), 0)
    for row in _rows(path):
        guess = reason_of(row["text"])
        label = LABELS.get(guess.reason, "other")
        counts["rows"] += 1
        counts["right" if label in row["reason_accept"] else "missed" if label == "none" else "wrong"] += 1
        counts["flags_missing"] += bool(set(row["flags"]) - guess.flags)
        counts["flags_extra"] += bool(guess.flags - set(row["flags"]) - set(row["flags_optional"]))
    return counts


def times(path: Path) -> dict[str, Any]:
    """Return counts: exact (Jaccard over half-hour slots, a point within 15 minutes), near, missed, harm."""
    counts = dict.fromkeys(("rows", "exact", "near", "missed", "harm"), 0)
    for row in _rows(path):
        now = datetime.fromisoformat(row["now"])
        found = [(w.start, w.end) for w in window_of(row["text"], now)]
        counts["rows"] += 1
        counts[_judge(found, [row["gold"], *row["gold_alt"]], now, row["kind"])] += 1
    return counts


def _judge(found: Windows, golds: Iterable[Sequence[Sequence[str]]], now: datetime, kind: str) -> str:
    if kind == "none":
        return "harm" if found else "exact"
    if not found:
        return "missed"
    meant = [[(datetime.fromisoformat(a), datetime.fromisoformat(b)) for a, b in gold] for gold in golds]
    if any(_is_exact(found, gold, now) for gold in meant):
        return "exact"
    meets = any(a < d and c < b for a, b in found for gold in meant for c, d in gold)
    return "near" if meets else "harm"


def _is_exact(found: Windows, gold: Windows, now: datetime) -> bool:
    if len(gold) == 1 and gold[0][1] - gold[0][0] <= 2 * POINT and abs(found[0][0] - gold[0][0]) <= POINT:
        return True
    ours, theirs = set(_slots(found, now)), set(_slots(gold, now))
    return bool(ours | theirs) and len(ours & theirs) / len(ours | theirs) >= GOOD


def _slots(windows: Windows, now: datetime) -> Iterator[datetime]:
    midnight = now.replace(hour=0, minute=0)
    for day in range(DAYS):
        for half_hour in OPEN:
            at = midnight + timedelta(days=day, minutes=30 * half_hour)
            if at >= now and any(start <= at < end for start, end in windows):
                yield at


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    for line in path.read_text("utf-8").splitlines():
        yield json.loads(line)


def speed(path: Path) -> str:
    texts = [row["text"] for row in _rows(path)]
    reason_of(texts[0])
    began = time.perf_counter()
    for text in texts:
        reason_of(text)
    return f"{(time.perf_counter() - began) / len(texts) * 1000:.2f} ms a sentence"


def main(folder: str) -> int:
    """Print the figures; return 1 when anything was harmful."""
    found = {
        "reasons": reasons(Path(folder, "dev_reasons.jsonl")),
        "times": times(Path(folder, "dev_times.jsonl")),
    }
    for name, counts in found.items():
        print(f"{name:8} " + "  ".join(f"{kind} {n}" for kind, n in counts.items()))
    print(f"speed    {speed(Path(folder, 'dev_reasons.jsonl'))}")
    return 1 if found["reasons"]["wrong"] or found["times"]["harm"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
