"""Who owns a database file: one process, told by a lock beside the file that dies with its owner."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from store.errors import InUse


class FileLock:
    """Held until released or until the process ends. What is left in the file says that it ended badly."""

    def __init__(self, path: Path) -> None:
        """Take the lock; raises InUse, naming the process that has it."""
        self._handle: int | None = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            # flock, not lockf: it also keeps this process from opening the file twice.
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            owner = os.pread(self._handle, 20, 0).decode("ascii", "replace").strip() or "unknown"
            os.close(self._handle)
            database = str(path).removesuffix("-lock")
            raise InUse(
                f"{database} is in use by process {owner}. Stop that one first; to run several, use PostgreSQL"
            ) from None
        self.was_clean = os.fstat(self._handle).st_size == 0
        os.ftruncate(self._handle, 0)
        os.pwrite(self._handle, f"{os.getpid()}\n".encode(), 0)

    def release(self, *, is_clean: bool) -> None:
        """Let others have the file."""
        if self._handle is None:
            return
        if is_clean:
            os.ftruncate(self._handle, 0)
        os.close(self._handle)
        self._handle = None
