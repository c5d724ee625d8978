"""The configurations in the README of SMS are taken as they stand."""

import re
from pathlib import Path

import pytest

import channels
from bot.settings import read
from bot.settings.toml import literal
from channels import load
from tests.support.samples import MESSAGES, NOW, envelope
from tests.unit.test_config_bad import GOOD

README = (Path(channels.__path__[0]) / "sms" / "README.md").read_text("utf-8")


@pytest.mark.parametrize(
    "example", re.findall(r"```toml\n(.*?)```", README, re.DOTALL), ids=["aliyun", "http"]
)
def test_an_example_is_taken_as_it_stands(example: str, tmp_path: Path) -> None:
    for n, name in enumerate(sorted({*re.findall(r'_file = "(.+?)"', example)})):
        (tmp_path / name).write_text(f"a-secret-of-the-readme-{n}", "utf-8")
    rest = "\n".join(f"{name} = {literal(value)}" for name, value in GOOD.items() if name != "channels")
    settings = read(f"{rest}\n{example}", {}, tmp_path)
    assert settings.warnings == ()
    channel = load("sms")("sms.main", settings.channels["sms.main"], lambda: NOW)
    for locale in ("zh_Hans", "en"):
        assert channel.render(MESSAGES["bare"], envelope(MESSAGES["bare"], "+8613800138000", locale)).calls


def test_every_module_is_explained() -> None:
    modules = {path.stem for path in (Path(channels.__path__[0]) / "sms").glob("*.py")} - {"__init__"}
    assert sorted(modules - {*re.findall(r"`(\w+)`", README)}) == []
