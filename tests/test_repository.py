"""The house rules that no linter knows: what the repository may hold and how its modules look."""

import ast
import importlib.util
import re
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("bot", "channels", "conversations", "store", "locales")
LOCKS = ("requirements.lock", "requirements-dev.lock")
TARGETS = set("system install demo test check bench preview graph messages lock clean".split())
LARGEST = 3_000_000
PLATFORM_SDKS = ("aiogram", "aiohttp", "slack_bolt", "slack_sdk", "wechatpy", "aiosmtplib")

# Built from pieces, so that this file obeys the rules it checks.
REGISTRY = re.compile(r"\b(py" + r"pi|python" + r"hosted|npm" + r"js|deb" + r"ian)[.](org|com)\b")
MACHINE_PATH = re.compile(
    "|".join(("/wor" + "k/(main|steering)", r"(?<![\w.])/ro" + r"ot\b", re.escape(str(ROOT)) + r"\b"))
)


@cache
def files() -> tuple[Path, ...]:
    """Return every file that is tracked, or would be by `git add`."""
    listed = git("ls-files", "-z", "--cached", "--others", "--exclude-standard")
    found = (ROOT / name for name in listed.split("\0") if name)
    return tuple(sorted(path for path in found if path.is_file()))


def git(*arguments: str) -> str:
    # CI may clone as one user and test as another.
    command = ["git", "-c", "safe.directory=*", "-C", str(ROOT), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def modules() -> list[Path]:
    return [path for path in files() if path.suffix == ".py"]


def product_modules() -> list[Path]:
    return [path for path in modules() if path.relative_to(ROOT).parts[0] in PACKAGES]


def lines_matching(pattern: re.Pattern[str]) -> Iterator[str]:
    for path in files():
        data = path.read_bytes()
        if b"\0" in data:
            continue
        for number, line in enumerate(data.decode("utf-8", "replace").splitlines(), 1):
            if pattern.search(line):
                yield f"{name(path)}:{number}: {line.strip()[:100]}"


def test_no_file_names_a_package_registry() -> None:
    assert list(lines_matching(REGISTRY)) == []


def test_no_file_names_a_path_of_one_machine() -> None:
    assert list(lines_matching(MACHINE_PATH)) == []


def test_no_file_is_large() -> None:
    assert [name(path) for path in files() if path.stat().st_size > LARGEST] == []


# Their names are also names of other distributions, so a stray one could shadow ours.
def test_the_packages_come_from_one_folder() -> None:
    folders = {}
    for package in PACKAGES:
        spec = importlib.util.find_spec(package)
        origin = spec.origin if spec else None
        assert origin, f"{package} cannot be imported, or has no __init__.py"
        folders[package] = Path(origin).resolve().parent.parent
    assert folders == dict.fromkeys(PACKAGES, ROOT)


@pytest.mark.parametrize("package", PACKAGES)
def test_each_package_is_explained_on_one_page(package: str) -> None:
    readme = ROOT / package / "README.md"
    assert readme.is_file(), f"{package}/README.md is missing"
    assert len(readme.read_text("utf-8").splitlines()) <= 60


def test_every_module_opens_with_a_docstring() -> None:
    silent = [
        name(path)
        for path in modules()
        if (source := path.read_text("utf-8")).strip() and not ast.get_docstring(ast.parse(source))
    ]
    assert silent == []


def test_no_module_has_a_name_that_says_nothing() -> None:
    says_nothing = re.compile(r"(?:^|[/_])(utils?|helpers?|managers?|common|misc)(?:[/_.]|$)")
    assert [name(path) for path in modules() if says_nothing.search(name(path))] == []


def test_every_folder_of_tests_is_a_package() -> None:
    tests = [path for path in modules() if path.relative_to(ROOT).parts[0] == "tests"]
    assert sorted({name(path.parent) for path in tests if not (path.parent / "__init__.py").exists()}) == []


WALL_CLOCK = {
    ("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today"),
    ("time", "time"), ("time", "time_ns"), ("time", "localtime"), ("time", "gmtime"), ("time", "ctime"),
    # The database has a clock too, and it is not the one that tests and the demo turn.
    ("func", "now"), ("func", "current_timestamp"), ("func", "localtimestamp"),
}  # fmt: skip
RANDOM_IDS = {("uuid", "uuid1"), ("uuid", "uuid4"), ("uuid", "uuid6"), ("uuid", "uuid7")}


def uses(path: Path, forbidden: set[tuple[str, str]]) -> Iterator[str]:
    """Yield where `path` uses one of the (owner, name) pairs, by attribute or by from-import."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Attribute):
            owner = node.value
            owner_name = owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", "")
            found = {(owner_name, node.attr)}
        elif isinstance(node, ast.ImportFrom):
            found = {(node.module or "", alias.name) for alias in node.names}
        else:
            continue
        for pair in found & forbidden:
            yield f"{name(path)}:{node.lineno}: {'.'.join(pair)}"


def test_only_the_clock_reads_the_time() -> None:
    readers = [path for path in product_modules() if name(path) != "bot/clock.py"]
    assert [use for path in readers for use in uses(path, WALL_CLOCK)] == []


def test_conversations_draws_no_identifiers() -> None:
    pure = [path for path in product_modules() if path.relative_to(ROOT).parts[0] == "conversations"]
    assert [use for path in pure for use in uses(path, RANDOM_IDS)] == []


def test_the_scan_for_clocks_sees_every_spelling(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules[__name__], "ROOT", tmp_path)
    spelled = tmp_path / "spelled.py"
    spelled.write_text(
        "import time, datetime\nfrom time import time as t\nfrom datetime import datetime as dt\n"
        "datetime.datetime.now()\ndatetime.now(UTC)\ndatetime.date.today()\ntime.time()\n"
        "clock.now()\ntime.monotonic()\n"
    )
    assert [use.split(":")[1] for use in sorted(uses(spelled, WALL_CLOCK))] == ["2", "4", "5", "6", "7"]


def test_make_lists_every_promised_target() -> None:
    listed = subprocess.run(["make", "-s"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    targets = {line.split()[1] for line in listed.splitlines() if line.startswith("  make ")}
    assert targets >= TARGETS


def pins(lock: str) -> dict[str, str]:
    """Return {requirement: the lines that belong to it}."""
    text = (ROOT / lock).read_text("utf-8")
    entries = re.split(r"^(?=\w)", re.sub(r"^ *#.*\n", "", text, flags=re.MULTILINE), flags=re.MULTILINE)
    return {entry.split(" ", 1)[0]: entry for entry in entries if entry.strip()}


@pytest.mark.parametrize("lock", LOCKS)
def test_locks_pin_every_file_and_name_no_index(lock: str) -> None:
    assert pins(lock), f"{lock} is empty"
    loose = [pin for pin, entry in pins(lock).items() if "==" not in pin or "--hash=sha256:" not in entry]
    assert loose == []
    named = re.search(
        r"://|--(extra-)?index-url|--find-links|--trusted-host", (ROOT / lock).read_text("utf-8")
    )
    assert named is None


def test_locks_cover_what_the_project_declares() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]

    def missing(requirements: list[str], lock: str) -> list[str]:
        locked = {pin.split("==")[0] for pin in pins(lock)}
        declared = (re.match(r"[\w.-]+", requirement) for requirement in requirements)
        return [found[0] for found in declared if found and found[0].lower() not in locked]

    assert missing([*project["dependencies"], *extras["build"]], "requirements.lock") == []
    assert missing(extras["dev"], "requirements-dev.lock") == []
    assert pins("requirements.lock").keys() - pins("requirements-dev.lock").keys() == set()


def test_starting_the_command_loads_no_platform_sdk() -> None:
    program = f"import bot.cli, sys; print([sdk for sdk in {PLATFORM_SDKS!r} if sdk in sys.modules])"
    command = [sys.executable, "-c", program]
    loaded = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (loaded.returncode, loaded.stdout.strip()) == (0, "[]"), loaded.stderr


def test_the_wheel_holds_every_file_of_the_packages(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, capture_output=True, check=True)
    with zipfile.ZipFile(next(tmp_path.glob("*.whl"))) as wheel:
        packed = {entry for entry in wheel.namelist() if entry.split("/")[0] in PACKAGES}
    assert packed == {name(path) for path in files() if path.relative_to(ROOT).parts[0] in PACKAGES}
