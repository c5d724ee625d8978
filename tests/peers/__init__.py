"""Other people's implementations, from the npm registry, run by the machine's Node.js."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
_LOCK = (HERE / "package-lock.json").read_bytes()
INSTALLED = Path(sys.prefix) / "peers" / hashlib.sha256(_LOCK).hexdigest()[:12]
"""Beside Python's packages, and in no tree of ours."""
REMEDY = (
    "Install Node.js with npm (on Debian: apt-get install nodejs npm), and let it reach the npm registry."
)


def installed() -> Path:
    """Return where the peers are, installed as the lock names them, by hash; raises RuntimeError."""
    if INSTALLED.is_dir():
        return INSTALLED
    INSTALLED.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=INSTALLED.parent) as folder:
        for name in ("package.json", "package-lock.json"):
            shutil.copy(HERE / name, folder)
        command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        try:
            done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=50)
        except OSError:
            raise RuntimeError(f"There is no npm. {REMEDY}") from None
        if done.returncode:
            raise RuntimeError(f"{REMEDY}\n{done.stderr[-500:]}")
        try:
            os.rename(folder, INSTALLED)
        except OSError:  # another worker was faster
            if not INSTALLED.is_dir():
                raise
        else:
            Path(folder).mkdir()  # for its own removal
    return INSTALLED


def ask(script: str, questions: Sequence[Mapping[str, Any]]) -> list[Any]:
    """Return what a peer answers to each question."""
    lines = "".join(f"{json.dumps(question)}\n" for question in questions)
    done = subprocess.run(
        ["node", str(HERE / script), str(installed())],
        input=lines,
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    return [json.loads(line) for line in done.stdout.splitlines()]
