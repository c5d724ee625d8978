"""A month of made-up interviews after going live, and the month before it: the same for the same seed."""

from bot.sandbox.month.families import FAMILIES, Family
from bot.sandbox.month.loading import Loaded, load_month
from bot.sandbox.month.shape import AFTER, BEFORE, DAYS, Made, Month, month

__all__ = ["AFTER", "BEFORE", "DAYS", "FAMILIES", "Family", "Loaded", "Made", "Month", "load_month", "month"]
