"""Configuration: one TOML file and the environment, read and checked as a whole before anything starts."""

from bot.settings.describe import describe
from bot.settings.elements import Missing, missing_elements
from bot.settings.model import Interviews, Log, Server, Settings
from bot.settings.policies import Policies
from bot.settings.problems import BadConfig, Problem, Secret
from bot.settings.reading import load, read

__all__ = [
    "BadConfig",
    "Interviews",
    "Log",
    "Missing",
    "Policies",
    "Problem",
    "Secret",
    "Server",
    "Settings",
    "describe",
    "load",
    "missing_elements",
    "read",
]
