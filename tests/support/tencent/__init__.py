"""Tencent's own samples: callbacks as its pages show them, and published encryption vectors."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
VECTORS: tuple[Mapping[str, Any], ...] = tuple(json.loads((HERE / "crypto_vectors.json").read_text("utf-8")))
CALLBACKS: Mapping[str, bytes] = {
    f"{path.parent.name}/{path.stem}": path.read_bytes()
    for path in sorted((HERE / "callbacks").glob("*/*.xml"))
}
"""By folder and name: `wecom/text`, `mp/event_SCAN`. Where each comes from stands in callbacks/SOURCES.tsv."""
SYNC_MSG: Mapping[str, Any] = json.loads(
    (HERE / "api" / "wecom_kf_sync_msg.full.response.json").read_text("utf-8")
)
"""Messages of customer service as its page shows them; where from stands in api/SOURCES.md."""


def instant(timestamp: str) -> datetime:
    return datetime.fromtimestamp(int(timestamp), UTC)
