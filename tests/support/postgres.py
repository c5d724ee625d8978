"""A throw-away PostgreSQL server for the tests: one cluster per test process, one database per test.

Needs the server's programs, not a running server. It listens on a free port of 127.0.0.1, as a user who is
not root, from a folder of its own, and is gone when the test process is, however that ended.
"""

import ctypes
import itertools
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TypedDict

USER = "turnout"
START_TIMEOUT = 30.0
MISSING = "PostgreSQL's server programs (initdb, postgres, psql) are not installed. Run: make system"

# The data is thrown away, so nothing waits for the disk.
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "max_connections": "100",
    "shared_buffers": "32MB",
    "jit": "off",
    # Not UTC, so that a timestamp which lost its zone shows.
    "timezone": "Asia/Kathmandu",
}


class PostgresMissing(Exception):
    """The server cannot be started here; the message says what to do."""


@dataclass
class Cluster:
    """A running server. Databases are named by number, so a test never sees another's."""

    programs: Path
    port: int
    _numbers: Iterator[int] = field(default_factory=itertools.count)
    _templates: dict[str, str] = field(default_factory=dict)
    _discarded: list[str] = field(default_factory=list)

    def url(self, database: str) -> str:
        """Return the address SQLAlchemy opens `database` by."""
        return f"postgresql+asyncpg://{USER}@127.0.0.1:{self.port}/{database}"

    def template(self, name: str, prepare: Callable[[str], object]) -> str:
        """Return the template called `name`, made on first use by `prepare(url)`.

        `prepare` must leave no connection open: PostgreSQL copies only a database that nobody uses.
        """
        if name not in self._templates:
            self.sql(f'CREATE DATABASE "template_{name}"')
            prepare(self.url(f"template_{name}"))
            self._templates[name] = f"template_{name}"
        return self._templates[name]

    def create(self, template: str = "template0") -> str:
        """Return the name of a fresh copy of `template`."""
        name = f"test_{next(self._numbers)}"
        # Old ones go in the same call, because starting psql costs more than dropping a database.
        discarded, self._discarded = self._discarded, []
        self.sql(
            *(f'DROP DATABASE "{old}" WITH (FORCE)' for old in discarded),
            f'CREATE DATABASE "{name}" TEMPLATE "{template}"{self._strategy}',
        )
        return name

    @cached_property
    def _strategy(self) -> str:
        # A copy of the files takes 28 ms here, the default copy through the log 117 ms.
        return " STRATEGY file_copy" if int(self.sql("SHOW server_version_num")) >= 150000 else ""

    def discard(self, database: str) -> None:
        """Drop `database` the next time one is created."""
        self._discarded.append(database)

    def sql(self, *statements: str, database: str = "postgres") -> str:
        """Run the statements, each in its own transaction, and return what psql printed."""
        options = (
            f"-X -q -A -t -v ON_ERROR_STOP=1 -h 127.0.0.1 -p {self.port} -U {USER} -d {database}".split()
        )
        commands = [argument for statement in statements for argument in ("-c", statement)]
        done = subprocess.run(
            [self.programs / "psql", *options, *commands],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise RuntimeError(f"psql: {done.stderr.strip()}")
        return done.stdout.strip()


@contextmanager
def running_cluster() -> Iterator[Cluster]:
    """Start a server in a new folder, yield it, then stop it and remove the folder."""
    programs = find_programs()
    account = unprivileged_account()
    # Not pytest's folder: that one is closed to every other user.
    home = Path(tempfile.mkdtemp(prefix="turnout-postgres-", dir="/tmp" if account else None))
    try:
        if account:
            os.chown(home, account.pw_uid, account.pw_gid)
        data = home / "data"
        _run_as(
            account,
            [programs / "initdb", "-D", data, "-U", USER, "-A", "trust", "-E", "UTF8", "--no-locale", "-N"],
            cwd=home,
        )
        with open(data / "postgresql.conf", "a", encoding="ascii") as config:
            config.writelines(f"{name} = '{value}'\n" for name, value in SETTINGS.items())
        server, port = _start(programs, account, home)
        try:
            yield Cluster(programs, port)
        finally:
            _stop(server)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def find_programs() -> Path:
    """Return the folder of the newest PostgreSQL server installed here."""
    debian = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"),
        key=lambda folder: [int(part) for part in folder.parent.name.split(".") if part.isdigit()],
        reverse=True,
    )
    on_path = [Path(found).resolve().parent for found in [shutil.which("initdb")] if found]
    for folder in [*debian, *on_path]:
        if all((folder / program).exists() for program in ("initdb", "postgres", "psql")):
            return folder
    raise PostgresMissing(MISSING)


def unprivileged_account() -> pwd.struct_passwd | None:
    """Return whom to run the server as, None for ourselves: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise PostgresMissing("PostgreSQL refuses to run as root, and there is no user postgres or nobody.")


def _start(
    programs: Path, account: pwd.struct_passwd | None, home: Path
) -> tuple[subprocess.Popen[bytes], int]:
    log = home / "log"
    for _ in range(3):  # Between finding a port and using it, somebody else may take it.
        port = _free_port()
        with open(log, "ab") as output:
            server = subprocess.Popen(
                [programs / "postgres", "-D", home / "data", "-p", str(port)],
                cwd=home,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                preexec_fn=_die_with_parent,
                **_as(account),
            )
        if _answers(programs, server, port):
            return server, port
        _stop(server)
    raise RuntimeError(f"PostgreSQL did not start:\n{log.read_text(errors='replace')[-4000:]}")


def _answers(programs: Path, server: subprocess.Popen[bytes], port: int) -> bool:
    deadline = time.monotonic() + START_TIMEOUT
    while time.monotonic() < deadline and server.poll() is None:
        ready = subprocess.run(
            [programs / "psql", "-X", "-h", "127.0.0.1", "-p", str(port), "-U", USER, "-c", "", "postgres"],
            capture_output=True,
            check=False,
        )
        if ready.returncode == 0:
            return server.poll() is None
        time.sleep(0.05)
    return False


def _stop(server: subprocess.Popen[bytes]) -> None:
    server.send_signal(signal.SIGINT)  # PostgreSQL's "fast": roll back, disconnect, leave.
    try:
        server.wait(10)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def _die_with_parent() -> None:
    """Have Linux stop the server when the test process dies, even by SIGKILL."""
    if sys.platform == "linux":
        set_parent_death_signal = 1
        ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGINT)


def _run_as(account: pwd.struct_passwd | None, command: list[str | Path], cwd: Path) -> None:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False, **_as(account))
    if done.returncode != 0:
        raise RuntimeError(f"{command[0]}: {done.stderr.strip() or done.stdout.strip()}")


class _Identity(TypedDict, total=False):
    user: int
    group: int
    extra_groups: list[int]


def _as(account: pwd.struct_passwd | None) -> _Identity:
    return _Identity(user=account.pw_uid, group=account.pw_gid, extra_groups=[]) if account else {}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
